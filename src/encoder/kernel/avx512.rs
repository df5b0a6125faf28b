//! AVX-512 with VNNI: 16 floats, and 16 channels by 4 inputs in one instruction.

use std::arch::x86_64::*;

use super::vector::{Dot, Vector};

/// Products of bytes by `vpdpbusd` on 512 bits.
#[derive(Clone, Copy)]
pub(super) struct Vnni512;

impl Vector for __m512 {
    const LANES: usize = 16;

    operations! {
        fn splat(x: f32) -> Self = _mm512_set1_ps(x);
        fn load(from: *const f32) -> Self = _mm512_loadu_ps(from);
        fn store(self, to: *mut f32) -> () = _mm512_storeu_ps(to, self);
        fn add(self, other: Self) -> Self = _mm512_add_ps(self, other);
        fn sub(self, other: Self) -> Self = _mm512_sub_ps(self, other);
        fn mul(self, other: Self) -> Self = _mm512_mul_ps(self, other);
        fn div(self, other: Self) -> Self = _mm512_div_ps(self, other);
        fn max(self, other: Self) -> Self = _mm512_max_ps(self, other);
        fn min(self, other: Self) -> Self = _mm512_min_ps(self, other);
        fn abs(self) -> Self = _mm512_abs_ps(self);
        fn mul_add(self, factor: Self, addend: Self) -> Self = _mm512_fmadd_ps(self, factor, addend);
        fn round(self) -> Self = _mm512_roundscale_ps::<_MM_FROUND_TO_NEAREST_INT>(self);
        fn times_power_of_two(self, n: Self) -> Self = _mm512_scalef_ps(self, n);
        fn sum(self) -> f32 = _mm512_reduce_add_ps(self);
        fn highest(self) -> f32 = _mm512_reduce_max_ps(self);
        fn store_bytes(self, to: *mut u8) -> () = {
            let bytes = _mm512_cvtepi32_epi8(_mm512_add_epi32(_mm512_cvtps_epi32(self), _mm512_set1_epi32(128)));
            _mm_storeu_si128(to.cast(), bytes);
        };
    }
}

impl Dot for Vnni512 {
    type Float = __m512;
    type Input = u8;
    type Weight = i8;
    type Weights = __m512i;
    type Inputs = __m512i;
    type Sums = __m512i;
    const STEP: usize = 4;
    const ROWS: usize = 12;
    const VECTORS: usize = 2;

    operations! {
        fn zero() -> __m512i = _mm512_setzero_si512();
        fn weights(from: *const i8) -> __m512i = _mm512_loadu_si512(from.cast());
        fn inputs(from: *const u8) -> __m512i = _mm512_set1_epi32(from.cast::<i32>().read_unaligned());
        fn dot(sums: __m512i, inputs: __m512i, weights: __m512i) -> __m512i =
            _mm512_dpbusd_epi32(sums, inputs, weights);
        fn finish(sums: __m512i, corrections: *const i32) -> __m512 =
            _mm512_cvtepi32_ps(_mm512_add_epi32(sums, _mm512_loadu_si512(corrections.cast())));
    }
}
