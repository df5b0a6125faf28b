//! AMX: products of bytes by tiles of sixteen rows, and all else as AVX-512 VNNI has it.
//!
//! A tile of activations is (16 rows, 64 inputs) as they lie in memory, a tile of weights (16 steps, 16 columns, 4
//! inputs): one half of sixteen [`Int8Step`]s. The intrinsics are not stable in Rust, so this is assembly.
#![allow(unsafe_code)]

use std::arch::asm;
use std::arch::x86_64::{__cpuid, __cpuid_count};
use std::marker::PhantomData;

use super::avx512::Avx512Vnni;
use super::panel::{Int8Step, WIDTH};
use super::product::Int8Product;
use super::simd::LANES;

/// AVX-512 with VNNI, and AMX for bytes: one instruction adds 64 products to each of 16 · 16 sums.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Amx(());

/// Rows of a tile.
const HEIGHT: usize = 16;

/// Inputs that a tile holds of each row.
const DEPTH: usize = 64;

/// Sums of two tiles' rows: (rows, 32 columns).
type Sums = [[[i32; LANES]; 2]; 2 * HEIGHT];

/// Weights that stay in the first-level cache while a block of rows is multiplied with them.
const NEAR_BYTES: usize = 24 << 10;

const NO_SUMS: Sums = [[[0; LANES]; 2]; 2 * HEIGHT];

impl Amx {
    /// The instruction set, where the processor has it and the system lets this process use it.
    pub(crate) fn detect() -> Option<Self> {
        let found = Avx512Vnni::detect().is_some() && processor_has_tiles() && system_permits_tiles();
        found.then_some(Self(()))
    }

    /// A product by way of tiles.
    #[inline(always)]
    pub(super) fn by_tiles(self, mut product: Int8Product<'_>) {
        let (rows, bytes, weights) = (product.scales.len(), product.rows, product.weights);
        if rows == 0 {
            return;
        }
        let (tiles, mut sums) = (Tiles::open(self, rows.min(HEIGHT)), NO_SUMS);
        let inputs = weights.inputs;
        let together = (NEAR_BYTES / (WIDTH * inputs)).max(1);
        for (group, panels) in weights.steps.chunks(together * inputs / 4).enumerate() {
            for (first, count) in blocks(rows) {
                for (i, steps) in panels.chunks_exact(inputs / 4).enumerate() {
                    tiles.multiply(count, &bytes[first * inputs..][..count * inputs], steps, &mut sums);
                    product.finish(self, group * together + i, first, &sums[..count]);
                }
            }
        }
    }
}

/// Rows cut into blocks of one tile or two: where each starts and its height, which is at least a tile's where there
/// are so many rows.
fn blocks(rows: usize) -> impl Iterator<Item = (usize, usize)> {
    let count = rows.div_ceil(2 * HEIGHT);
    let start = move |block: usize| match block == count {
        true => rows,
        false => (block * 2 * HEIGHT).min(rows.saturating_sub(HEIGHT)),
    };
    (0..count).map(move |block| (start(block), start(block + 1) - start(block)))
}

/// Whether the processor has the tiles and their products of bytes (Intel's manual, leaf 7).
#[allow(unused_unsafe)] // the intrinsics became safe in a later Rust than the oldest that the crate is for
fn processor_has_tiles() -> bool {
    const TILES_AND_BYTES: u32 = 0b11 << 24;
    // SAFETY: a processor with AVX-512 has the instruction.
    unsafe { __cpuid(0).eax >= 7 && __cpuid_count(7, 0).edx & TILES_AND_BYTES == TILES_AND_BYTES }
}

/// Asks Linux to keep tiles for this process, which it does only for those that ask (Documentation/arch/x86/xstate.rst).
#[cfg(target_os = "linux")]
fn system_permits_tiles() -> bool {
    const ARCH_PRCTL: i64 = 158;
    const REQUEST_PERMISSION: u64 = 0x1023;
    const TILE_VALUES: u64 = 18;
    let result: i64;
    // SAFETY: the call changes nothing but what the kernel saves of this process's registers; it writes rcx and r11.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") ARCH_PRCTL => result,
            in("rdi") REQUEST_PERMISSION,
            in("rsi") TILE_VALUES,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    result == 0
}

/// Other systems have other ways, which are not tried.
#[cfg(not(target_os = "linux"))]
fn system_permits_tiles() -> bool {
    false
}

/// What each of the eight registers holds, as the processor reads it.
#[repr(C, align(64))]
struct Shapes {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    row_bytes: [u16; 16],
    rows: [u8; 16],
}

/// The tile registers of this thread, ready for use: sums in 0 to 3, activations in 4 and 5, weights in 6 and 7.
struct Tiles {
    height: usize, // of the sums and activations
    of_this_thread: PhantomData<*const ()>,
}

impl Tiles {
    #[inline(always)]
    fn open(_: Amx, height: usize) -> Self {
        assert!((1..=HEIGHT).contains(&height));
        let mut shapes = Shapes { palette: 1, start_row: 0, reserved: [0; 14], row_bytes: [0; 16], rows: [0; 16] };
        shapes.row_bytes[..8].fill(DEPTH as u16);
        shapes.rows[..6].fill(height as u8);
        shapes.rows[6..8].fill(HEIGHT as u8);
        // SAFETY: an `Amx` exists only where there are tiles; the shapes are within those of palette 1.
        unsafe { asm!("ldtilecfg [{}]", in(reg) &shapes, options(nostack, readonly)) }
        Self { height, of_this_thread: PhantomData }
    }

    /// The sums of a block of rows with a panel.
    #[inline(always)]
    fn multiply(&self, count: usize, rows: &[u8], steps: &[Int8Step], sums: &mut Sums) {
        let inputs = 4 * steps.len();
        let whole = inputs / DEPTH;
        self.multiply_depths(whole, count, rows, steps, sums);
        if inputs.is_multiple_of(DEPTH) {
            return;
        }
        // What is left of the inputs, with zeros after it.
        let mut last_rows = [0; 2 * HEIGHT * DEPTH];
        let mut last_steps = [Int8Step([[0; 4 * LANES]; 2]); HEIGHT];
        let left = inputs % DEPTH;
        for (row, last) in rows.chunks_exact(inputs).zip(last_rows.chunks_exact_mut(DEPTH)) {
            last[..left].copy_from_slice(&row[inputs - left..]);
        }
        last_steps[..left / 4].copy_from_slice(&steps[whole * HEIGHT..]);
        let mut more = NO_SUMS;
        self.multiply_depths(1, count, &last_rows[..count * DEPTH], &last_steps, &mut more);
        let more = more.as_flattened().as_flattened();
        sums.as_flattened_mut().as_flattened_mut().iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }

    /// The sums of a block of rows with a panel over the first `depths` tiles of the inputs.
    #[inline(always)]
    fn multiply_depths(&self, depths: usize, count: usize, rows: &[u8], steps: &[Int8Step], sums: &mut Sums) {
        let inputs = 4 * steps.len();
        assert!(self.height <= count && count <= 2 * HEIGHT && rows.len() == count * inputs);
        assert!(self.height == HEIGHT || count == self.height);
        assert!(depths * HEIGHT <= steps.len());
        // The second tile begins within the first where there are fewer rows than both have.
        let second = count - self.height;
        let (upper, lower) = (rows.as_ptr(), rows[second * inputs..].as_ptr());
        let upper_sums = sums.as_mut_ptr();
        if depths == 0 {
            *sums = NO_SUMS;
        } else if second == 0 {
            // SAFETY: the registers are set up on this thread; `height` rows are there, each of `depths` tiles, and as
            // many steps and sums.
            unsafe { one_tile(depths, upper, inputs, steps.as_ptr(), upper_sums) }
        } else {
            // SAFETY: as above, from row `second` on as well: `second + height` is `count`.
            unsafe { two_tiles(depths, [upper, lower], inputs, steps.as_ptr(), [upper_sums, upper_sums.add(second)]) }
        }
    }
}

impl Drop for Tiles {
    /// Gives the registers back, so that the system need not save them.
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: the registers hold nothing that is still needed.
        unsafe { asm!("tilerelease", options(nostack, nomem)) }
    }
}

/// The sums of one tile of rows with both halves of a panel; `inputs` is the distance of the rows.
///
/// # Safety
///
/// The registers are set up, and for their rows there are 64 · `depths` inputs and sums; 16 · `depths` steps.
#[inline(always)]
unsafe fn one_tile(
    depths: usize,
    rows: *const u8,
    inputs: usize,
    steps: *const Int8Step,
    sums: *mut [[i32; LANES]; 2],
) {
    // SAFETY: the caller's; tiles are read and written within what is there.
    unsafe {
        asm!(
            "tilezero tmm0",
            "tilezero tmm1",
            "2:",
            "tileloadd tmm4, [{rows} + {inputs}]",
            "tileloadd tmm6, [{steps} + {step}]",
            "tdpbusd tmm0, tmm4, tmm6",
            "tileloadd tmm7, [{steps} + {step} + 64]",
            "tdpbusd tmm1, tmm4, tmm7",
            "add {rows}, 64",
            "add {steps}, 2048",
            "dec {depths}",
            "jnz 2b",
            "tilestored [{sums} + {step}], tmm0",
            "tilestored [{sums} + {step} + 64], tmm1",
            rows = inout(reg) rows => _,
            steps = inout(reg) steps => _,
            depths = inout(reg) depths => _,
            inputs = in(reg) inputs,
            step = in(reg) size_of::<Int8Step>(), // also of 32 sums
            sums = in(reg) sums,
            out("tmm0") _, out("tmm1") _, out("tmm4") _, out("tmm6") _, out("tmm7") _,
            options(nostack),
        );
    }
}

/// The sums of two tiles of rows with both halves of a panel; `inputs` is the distance of the rows.
///
/// # Safety
///
/// The registers are set up, and for their rows there are 64 · `depths` inputs and sums, twice; 16 · `depths` steps.
#[inline(always)]
unsafe fn two_tiles(
    depths: usize,
    rows: [*const u8; 2],
    inputs: usize,
    steps: *const Int8Step,
    sums: [*mut [[i32; LANES]; 2]; 2],
) {
    // SAFETY: the caller's; tiles are read and written within what is there.
    unsafe {
        asm!(
            "tilezero tmm0",
            "tilezero tmm1",
            "tilezero tmm2",
            "tilezero tmm3",
            "2:",
            "tileloadd tmm4, [{upper} + {inputs}]",
            "tileloadd tmm6, [{steps} + {step}]",
            "tdpbusd tmm0, tmm4, tmm6",
            "tileloadd tmm7, [{steps} + {step} + 64]",
            "tdpbusd tmm1, tmm4, tmm7",
            "tileloadd tmm5, [{lower} + {inputs}]",
            "tdpbusd tmm2, tmm5, tmm6",
            "tdpbusd tmm3, tmm5, tmm7",
            "add {upper}, 64",
            "add {lower}, 64",
            "add {steps}, 2048",
            "dec {depths}",
            "jnz 2b",
            "tilestored [{upper_sums} + {step}], tmm0",
            "tilestored [{upper_sums} + {step} + 64], tmm1",
            "tilestored [{lower_sums} + {step}], tmm2",
            "tilestored [{lower_sums} + {step} + 64], tmm3",
            upper = inout(reg) rows[0] => _,
            lower = inout(reg) rows[1] => _,
            steps = inout(reg) steps => _,
            depths = inout(reg) depths => _,
            inputs = in(reg) inputs,
            step = in(reg) size_of::<Int8Step>(), // also of 32 sums
            upper_sums = in(reg) sums[0],
            lower_sums = in(reg) sums[1],
            out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
            out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
            options(nostack),
        );
    }
}
