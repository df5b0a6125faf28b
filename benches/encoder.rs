//! The native encoder alone: bytes against floats, and how much of what the core can multiply it makes use of.
//!
//! `cargo bench --bench encoder`; with `-- --test` each part runs once. What is compared runs in turns within each
//! round, and a figure is the median over the rounds of the ratio within a round. Run it on one idle core.

#![allow(unsafe_code)]

#[path = "common/measure.rs"]
mod measure;

use std::hint::black_box;

use attache::{Encoder, Error, Logits, NativeEncoder, Precision, Sequence};

use measure::{figure, rounds, seconds};

/// The multiplications of one token in the linear layers: 6 layers of 4 · 384² + 2 · 384 · 1536.
const PER_TOKEN: f64 = 10_616_832.0;

fn main() -> Result<(), Error> {
    let load = seconds(|| NativeEncoder::embedded(Precision::Int8));
    let bytes = NativeEncoder::embedded(Precision::Int8)?;
    let floats = NativeEncoder::embedded(Precision::F32)?;

    // 16 sequences of 10 to 60 tokens, sorted
    let lengths: Vec<usize> = (0..16).map(|i| 10 + i * 50 / 15).collect();
    let ids = sequences(&lengths);
    let types = [0; 60];
    let mix: Vec<Sequence<'_>> = ids.iter().map(|ids| Sequence { ids, token_types: &types[..ids.len()] }).collect();
    let sentence_ids = sequences(&[32]);
    let sentence = [Sequence { ids: &sentence_ids[0], token_types: &types[..32] }];
    assert_near(&bytes.logits(&mix)?, &floats.logits(&mix)?);

    let tokens = lengths.iter().sum::<usize>() as f64;
    let mut times = vec![[0.0; 5]; rounds(41)]; // seconds a token; the last a multiplication
    for times in &mut times {
        times[0] = seconds(|| bytes.logits(&mix)) / tokens;
        times[1] = seconds(|| floats.logits(&mix)) / tokens;
        times[2] = seconds(|| bytes.logits(&sentence)) / 32.0;
        times[3] = seconds(|| floats.logits(&sentence)) / 32.0;
        times[4] = peak();
    }
    let figure = |name: &str, ratio: &dyn Fn(&[f64; 5]) -> f64| figure(name, times.iter().map(ratio));
    figure("load_int8_ms", &|_| load * 1e3);
    figure("int8_mix_microseconds_per_token", &|times| times[0] * 1e6);
    figure("int8_sentence_microseconds_per_token", &|times| times[2] * 1e6);
    figure("int8_over_f32_mix", &|times| times[1] / times[0]);
    figure("int8_over_f32_sentence", &|times| times[3] / times[2]);
    if times[0][4].is_finite() {
        // The whole encoder's time over what its linear layers alone would take at the peak.
        figure("int8_mix_share_of_peak", &|times| PER_TOKEN * times[4] / times[0]);
        figure("int8_sentence_share_of_peak", &|times| PER_TOKEN * times[4] / times[2]);
    }
    Ok(())
}

/// Sequences of words that differ.
fn sequences(lengths: &[usize]) -> Vec<Vec<u32>> {
    let id = |i: usize, j: usize| 1_000 + (i * 7_919 + j * 104_729) as u32 % 20_000;
    lengths.iter().enumerate().map(|(i, &length)| (0..length).map(|j| id(i, j)).collect()).collect()
}

/// Panics where bytes decide otherwise than floats in more than one token of ten.
fn assert_near(bytes: &[Logits], floats: &[Logits]) {
    let best = |logits: &Logits| -> Vec<usize> {
        let rows = logits.view();
        let highest = |row: ndarray::ArrayView1<'_, f32>| {
            (0..row.len()).max_by(|&a, &b| row[a].total_cmp(&row[b])).expect("one label or more")
        };
        rows.rows().into_iter().map(highest).collect()
    };
    let (bytes, floats): (Vec<usize>, Vec<usize>) =
        (bytes.iter().flat_map(best).collect(), floats.iter().flat_map(best).collect());
    assert_eq!(bytes.len(), floats.len());
    let different = bytes.iter().zip(&floats).filter(|(a, b)| a != b).count();
    assert!(different * 10 <= bytes.len(), "{different} of {} tokens are labelled otherwise", bytes.len());
}

/// Seconds a multiplication of bytes takes at best, in registers alone, with the instructions that the encoder has: AMX,
/// or VNNI; not a number where there is neither.
fn peak() -> f64 {
    #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
    if has_tiles() {
        const STEPS: usize = 20_000;
        // SAFETY: the processor has the tiles, and the system lets this process use them.
        let time = seconds(|| unsafe { tile_products(STEPS) });
        return time / (STEPS * 4 * 16 * 16 * 64) as f64;
    }
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni") {
        const STEPS: usize = 200_000;
        // SAFETY: the processor has the features that the function is compiled for.
        let time = seconds(|| unsafe { dot_products(STEPS) });
        return time / (STEPS * 16 * 64) as f64;
    }
    f64::NAN
}

/// Whether the encoder multiplies by AMX: it is not told to do otherwise, and has got the system's leave for it.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn has_tiles() -> bool {
    if std::env::var_os("ATTACHE_ISA").is_some_and(|name| name != "amx") {
        return false;
    }
    let mut permitted = 0u64;
    let result: i64;
    // SAFETY: arch_prctl(ARCH_GET_XCOMP_PERM) writes one number, and the call two registers.
    unsafe {
        std::arch::asm!(
            "syscall", inlateout("rax") 158i64 => result, in("rdi") 0x1022, in("rsi") &mut permitted,
            lateout("rcx") _, lateout("r11") _, options(nostack),
        );
    }
    result == 0 && permitted & 1 << 18 != 0
}

/// Four products of tiles in each step, of 16 · 16 · 64 multiplications.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
unsafe fn tile_products(steps: usize) {
    #[repr(align(64))]
    struct Shapes([u8; 64]);
    let mut shapes = Shapes([0; 64]);
    shapes.0[0] = 1; // the palette; then 64 bytes in each of 16 rows, in eight registers
    shapes.0[16..32].copy_from_slice(&[64, 0].repeat(8));
    shapes.0[48..56].fill(16);
    // SAFETY: the caller's; the registers are set up and given back here.
    unsafe {
        std::arch::asm!(
            "ldtilecfg [{shapes}]",
            "2:",
            "tdpbusd tmm0, tmm4, tmm6", "tdpbusd tmm1, tmm4, tmm7",
            "tdpbusd tmm2, tmm5, tmm6", "tdpbusd tmm3, tmm5, tmm7",
            "dec {steps}",
            "jnz 2b",
            "tilerelease",
            shapes = in(reg) &shapes, steps = inout(reg) steps => _,
            out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
            out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
            options(nostack, readonly),
        );
    }
}

/// 16 sums of 64 products in each step.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vnni")]
fn dot_products(steps: usize) -> i32 {
    use std::arch::x86_64::*;
    let (x, weights) = (black_box(_mm512_set1_epi8(3)), black_box(_mm512_set1_epi8(5)));
    let mut sums = [_mm512_setzero_si512(); 16];
    for _ in 0..steps {
        for sum in &mut sums {
            *sum = _mm512_dpbusd_epi32(*sum, x, weights);
        }
    }
    sums.into_iter().map(|sum| _mm512_reduce_add_epi32(sum)).fold(0, i32::wrapping_add)
}
