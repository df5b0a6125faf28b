//! Sixteen lanes in four 128-bit registers: NEON, which every 64-bit ARM processor has, and its dot product where the
//! processor has that.
//!
//! Both multiply i8 with i8: an activation is moved from 0..=255 to −128..=127 first, and [`Simd::unmoved`] gives the sums
//! back what that took away.
#![allow(unsafe_code)]

use std::arch::aarch64::*;
use std::arch::{asm, is_aarch64_feature_detected};

use super::simd::{Floats, Kernel, LANES, Simd};

/// NEON: int8 products by way of 16-bit ones, which cannot overflow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Neon(());

/// NEON with the extension `dotprod`: four i8 × i8 products and their sum in one instruction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NeonDot(());

impl Neon {
    /// The instruction set, where the processor has it and keeps the first byte of a number first.
    pub(crate) fn detect() -> Option<Self> {
        let found = cfg!(target_endian = "little") && is_aarch64_feature_detected!("neon");
        found.then_some(Self(()))
    }
}

impl NeonDot {
    /// The instruction set, where the processor has it.
    pub(crate) fn detect() -> Option<Self> {
        let found = Neon::detect().is_some() && is_aarch64_feature_detected!("dotprod");
        found.then_some(Self(()))
    }
}

/// Calls intrinsics.
///
/// Every use is inside a method of `Neon` or `NeonDot` that takes `self`.
macro_rules! with_neon {
    ($body:expr) => {
        // SAFETY: `self` is made by `detect` only, so the processor has the features that the intrinsics need; the
        // pointers come from references to arrays of exactly the size that is read or written, and the instructions
        // take any alignment.
        unsafe { $body }
    };
}

/// One operation on each of the four registers.
macro_rules! four {
    ($operation:ident($($vector:ident),+)) => {
        with_neon!([
            $operation($($vector[0]),+),
            $operation($($vector[1]),+),
            $operation($($vector[2]),+),
            $operation($($vector[3]),+),
        ])
    };
}

/// The larger of each pair; b where one is not a number: as x86 has it, and not as `fmax` does.
#[target_feature(enable = "neon")]
#[inline]
fn larger(a: float32x4_t, b: float32x4_t) -> float32x4_t {
    vbslq_f32(vcgtq_f32(a, b), a, b)
}

#[target_feature(enable = "neon")]
#[inline]
fn smaller(a: float32x4_t, b: float32x4_t) -> float32x4_t {
    vbslq_f32(vcltq_f32(a, b), a, b)
}

#[target_feature(enable = "neon")]
#[inline]
fn scale_by_power(a: float32x4_t, shift: float32x4_t) -> float32x4_t {
    let exponents = vshlq_n_s32::<23>(vreinterpretq_s32_f32(shift));
    vreinterpretq_f32_s32(vaddq_s32(vreinterpretq_s32_f32(a), exponents))
}

/// a + 128 · b for b that are whole: with seven bits after the point, a number's bits are 128 times it.
#[target_feature(enable = "neon")]
#[inline]
fn add_128_times(a: int32x4_t, b: float32x4_t) -> int32x4_t {
    vaddq_s32(a, vcvtq_n_s32_f32::<7>(b))
}

/// Joins lane i with i + 8, then with i + 4, i + 2, i + 1, where lane 0 ends up.
#[target_feature(enable = "neon")]
#[inline]
fn fold(vector: [float32x4_t; 4], join: impl Fn(float32x4_t, float32x4_t) -> float32x4_t) -> f32 {
    let four = join(join(vector[0], vector[2]), join(vector[1], vector[3]));
    let two = join(four, vextq_f32::<2>(four, four));
    vgetq_lane_f32::<0>(join(two, vextq_f32::<1>(two, two)))
}

/// All that does not differ between the two.
macro_rules! lanes {
    ($features:literal) => {
        type F = [float32x4_t; 4];
        type I = [int32x4_t; 4];

        fn run<K: Kernel>(self, kernel: K) -> K::Output {
            #[target_feature(enable = $features)]
            fn switched_on<S: Simd, K: Kernel>(simd: S, kernel: K) -> K::Output {
                kernel.run(simd)
            }
            with_neon!(switched_on(self, kernel))
        }

        #[inline(always)]
        fn splat(self, value: f32) -> [float32x4_t; 4] {
            with_neon!([vdupq_n_f32(value); 4])
        }
        #[inline(always)]
        fn load(self, values: &Floats) -> [float32x4_t; 4] {
            let (fours, _) = values.as_chunks::<4>();
            let pointers = [fours[0].as_ptr(), fours[1].as_ptr(), fours[2].as_ptr(), fours[3].as_ptr()];
            four!(vld1q_f32(pointers))
        }
        #[inline(always)]
        fn store(self, vector: [float32x4_t; 4], values: &mut Floats) {
            for (values, vector) in values.as_chunks_mut::<4>().0.iter_mut().zip(vector) {
                with_neon!(vst1q_f32(values.as_mut_ptr(), vector));
            }
        }
        #[inline(always)]
        fn add(self, a: [float32x4_t; 4], b: [float32x4_t; 4]) -> [float32x4_t; 4] {
            four!(vaddq_f32(a, b))
        }
        #[inline(always)]
        fn sub(self, a: [float32x4_t; 4], b: [float32x4_t; 4]) -> [float32x4_t; 4] {
            four!(vsubq_f32(a, b))
        }
        #[inline(always)]
        fn mul(self, a: [float32x4_t; 4], b: [float32x4_t; 4]) -> [float32x4_t; 4] {
            four!(vmulq_f32(a, b))
        }
        #[inline(always)]
        fn mul_add(self, a: [float32x4_t; 4], b: [float32x4_t; 4], c: [float32x4_t; 4]) -> [float32x4_t; 4] {
            four!(vfmaq_f32(c, a, b))
        }
        #[inline(always)]
        fn mul_sub_from(self, a: [float32x4_t; 4], b: [float32x4_t; 4], c: [float32x4_t; 4]) -> [float32x4_t; 4] {
            four!(vfmsq_f32(c, a, b))
        }
        #[inline(always)]
        fn max(self, a: [float32x4_t; 4], b: [float32x4_t; 4]) -> [float32x4_t; 4] {
            four!(larger(a, b))
        }
        #[inline(always)]
        fn min(self, a: [float32x4_t; 4], b: [float32x4_t; 4]) -> [float32x4_t; 4] {
            four!(smaller(a, b))
        }
        #[inline(always)]
        fn abs(self, a: [float32x4_t; 4]) -> [float32x4_t; 4] {
            four!(vabsq_f32(a))
        }
        #[inline(always)]
        fn scale_by_power(self, a: [float32x4_t; 4], shift: [float32x4_t; 4]) -> [float32x4_t; 4] {
            four!(scale_by_power(a, shift))
        }
        #[inline(always)]
        fn interleave_low(self, a: [float32x4_t; 4], b: [float32x4_t; 4]) -> [float32x4_t; 4] {
            with_neon!(
                [vzip1q_f32(a[0], b[0]), vzip2q_f32(a[0], b[0]), vzip1q_f32(a[1], b[1]), vzip2q_f32(a[1], b[1]),]
            )
        }
        #[inline(always)]
        fn interleave_high(self, a: [float32x4_t; 4], b: [float32x4_t; 4]) -> [float32x4_t; 4] {
            with_neon!(
                [vzip1q_f32(a[2], b[2]), vzip2q_f32(a[2], b[2]), vzip1q_f32(a[3], b[3]), vzip2q_f32(a[3], b[3]),]
            )
        }
        #[inline(always)]
        fn sum(self, vector: [float32x4_t; 4]) -> f32 {
            with_neon!(fold(vector, |a, b| vaddq_f32(a, b)))
        }
        #[inline(always)]
        fn max_lane(self, vector: [float32x4_t; 4]) -> f32 {
            with_neon!(fold(vector, |a, b| larger(a, b)))
        }
        #[inline(always)]
        fn min_lane(self, vector: [float32x4_t; 4]) -> f32 {
            with_neon!(fold(vector, |a, b| smaller(a, b)))
        }

        #[inline(always)]
        fn round(self, vector: [float32x4_t; 4]) -> [int32x4_t; 4] {
            four!(vcvtnq_s32_f32(vector))
        }
        #[inline(always)]
        fn to_f32(self, vector: [int32x4_t; 4]) -> [float32x4_t; 4] {
            four!(vcvtq_f32_s32(vector))
        }
        #[inline(always)]
        fn splat_i32(self, value: i32) -> [int32x4_t; 4] {
            with_neon!([vdupq_n_s32(value); 4])
        }
        #[inline(always)]
        fn load_i32(self, values: &[i32; LANES]) -> [int32x4_t; 4] {
            let (fours, _) = values.as_chunks::<4>();
            let pointers = [fours[0].as_ptr(), fours[1].as_ptr(), fours[2].as_ptr(), fours[3].as_ptr()];
            four!(vld1q_s32(pointers))
        }
        #[inline(always)]
        fn add_i32(self, a: [int32x4_t; 4], b: [int32x4_t; 4]) -> [int32x4_t; 4] {
            four!(vaddq_s32(a, b))
        }
        #[inline(always)]
        fn store_u8(self, vector: [int32x4_t; 4], bytes: &mut [u8; LANES]) {
            with_neon!({
                let low = vqmovn_high_s32(vqmovn_s32(vector[0]), vector[1]);
                let high = vqmovn_high_s32(vqmovn_s32(vector[2]), vector[3]);
                vst1q_u8(bytes.as_mut_ptr(), vqmovun_high_s16(vqmovun_s16(low), high));
            })
        }

        #[inline(always)]
        fn weights(self, weights: &[i8; 64]) -> [int8x16_t; 4] {
            let (columns, _) = weights.as_chunks::<16>();
            let pointers = [columns[0].as_ptr(), columns[1].as_ptr(), columns[2].as_ptr(), columns[3].as_ptr()];
            four!(vld1q_s8(pointers))
        }
        #[inline(always)]
        fn unmoved(self, sums: [int32x4_t; 4], weight_sums: [float32x4_t; 4]) -> [int32x4_t; 4] {
            four!(add_128_times(sums, weight_sums))
        }
    };
}

impl Simd for Neon {
    lanes!("neon");

    type Weights = [int8x16_t; 4]; // (4 columns, 4), four times
    type Sums = [int32x4_t; 8]; // (2 columns, 2), eight times

    const WIDE: bool = false;
    const F32_ROWS: usize = 6;
    const INT8_ROWS: usize = 2;
    const QUERIES: usize = 4;

    #[inline(always)]
    fn no_sums(self) -> [int32x4_t; 8] {
        with_neon!([vdupq_n_s32(0); 8])
    }
    #[inline(always)]
    fn dot(self, sums: [int32x4_t; 8], activations: [u8; 4], weights: [int8x16_t; 4]) -> [int32x4_t; 8] {
        with_neon!({
            let four = vreinterpretq_s8_s32(vdupq_n_s32(i32::from_le_bytes(activations)));
            let activations = veorq_s8(four, vdupq_n_s8(i8::MIN)); // the four, moved, four times
            let eight = vget_low_s8(activations);
            [
                vpadalq_s16(sums[0], vmull_s8(eight, vget_low_s8(weights[0]))),
                vpadalq_s16(sums[1], vmull_high_s8(activations, weights[0])),
                vpadalq_s16(sums[2], vmull_s8(eight, vget_low_s8(weights[1]))),
                vpadalq_s16(sums[3], vmull_high_s8(activations, weights[1])),
                vpadalq_s16(sums[4], vmull_s8(eight, vget_low_s8(weights[2]))),
                vpadalq_s16(sums[5], vmull_high_s8(activations, weights[2])),
                vpadalq_s16(sums[6], vmull_s8(eight, vget_low_s8(weights[3]))),
                vpadalq_s16(sums[7], vmull_high_s8(activations, weights[3])),
            ]
        })
    }
    #[inline(always)]
    fn store_sums(self, sums: [int32x4_t; 8], values: &mut [i32; LANES]) {
        for (values, sums) in values.as_chunks_mut::<4>().0.iter_mut().zip(sums.as_chunks::<2>().0) {
            with_neon!(vst1q_s32(values.as_mut_ptr(), vpaddq_s32(sums[0], sums[1]))); // both sums of a column are neighbours
        }
    }
}

/// The bits of four activations, moved, as the one f32 that loads them where `sdot` reads them: no shuffle is needed.
#[target_feature(enable = "neon")]
#[inline]
fn moved(activations: [u8; 4]) -> f32 {
    let mut four = f32::from_bits(u32::from_le_bytes(activations));
    // SAFETY: the processor has the instruction, which every one with NEON has; it touches no memory and no flags.
    unsafe {
        asm!(
            "eor {four:v}.8b, {four:v}.8b, {top:v}.8b",
            four = inout(vreg) four,
            top = in(vreg) vdup_n_s8(i8::MIN),
            options(pure, nomem, nostack, preserves_flags),
        );
    }
    four
}

/// Adds to each of four sums the products of its four weights with four activations: the intrinsic `vdotq_lane_s32`, which
/// is not stable yet.
#[target_feature(enable = "neon,dotprod")]
#[inline]
fn sdot(mut sums: int32x4_t, weights: int8x16_t, activations: f32) -> int32x4_t {
    // SAFETY: the processor has the instruction, as this function needs its feature; it touches no memory and no flags.
    unsafe {
        asm!(
            "sdot {sums:v}.4s, {weights:v}.16b, {activations:v}.4b[0]",
            sums = inout(vreg) sums,
            weights = in(vreg) weights,
            activations = in(vreg) activations,
            options(pure, nomem, nostack, preserves_flags),
        );
    }
    sums
}

impl Simd for NeonDot {
    lanes!("neon,dotprod");

    type Weights = [int8x16_t; 4]; // (4 columns, 4), four times
    type Sums = [int32x4_t; 4]; // (4 columns), four times

    const WIDE: bool = false;
    const F32_ROWS: usize = 6;
    const INT8_ROWS: usize = 5; // with 6, compilers tend to run out of registers
    const QUERIES: usize = 4;

    #[inline(always)]
    fn no_sums(self) -> [int32x4_t; 4] {
        with_neon!([vdupq_n_s32(0); 4])
    }
    #[inline(always)]
    fn dot(self, sums: [int32x4_t; 4], activations: [u8; 4], weights: [int8x16_t; 4]) -> [int32x4_t; 4] {
        let activations = with_neon!([moved(activations); 4]);
        four!(sdot(sums, weights, activations))
    }
    #[inline(always)]
    fn store_sums(self, sums: [int32x4_t; 4], values: &mut [i32; LANES]) {
        for (values, sums) in values.as_chunks_mut::<4>().0.iter_mut().zip(sums) {
            with_neon!(vst1q_s32(values.as_mut_ptr(), sums));
        }
    }
}
