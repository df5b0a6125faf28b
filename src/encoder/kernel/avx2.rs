//! AVX2 with FMA: 8 floats; 8 channels by 4 inputs, with VNNI in one instruction, without it widened to 16 bits.

use std::arch::x86_64::*;

use super::vector::{Dot, Vector};

/// Products of bytes by `vpmaddwd`. `vpmaddubsw` would be faster and saturates.
#[derive(Clone, Copy)]
pub(super) struct Widened;

/// Products of bytes by `vpdpbusd` on 256 bits.
#[derive(Clone, Copy)]
pub(super) struct Vnni256;

impl Vector for __m256 {
    const LANES: usize = 8;

    operations! {
        fn splat(x: f32) -> Self = _mm256_set1_ps(x);
        fn load(from: *const f32) -> Self = _mm256_loadu_ps(from);
        fn store(self, to: *mut f32) -> () = _mm256_storeu_ps(to, self);
        fn add(self, other: Self) -> Self = _mm256_add_ps(self, other);
        fn sub(self, other: Self) -> Self = _mm256_sub_ps(self, other);
        fn mul(self, other: Self) -> Self = _mm256_mul_ps(self, other);
        fn div(self, other: Self) -> Self = _mm256_div_ps(self, other);
        fn max(self, other: Self) -> Self = _mm256_max_ps(self, other);
        fn min(self, other: Self) -> Self = _mm256_min_ps(self, other);
        fn abs(self) -> Self = _mm256_andnot_ps(_mm256_set1_ps(-0.0), self);
        fn mul_add(self, factor: Self, addend: Self) -> Self = _mm256_fmadd_ps(self, factor, addend);
        fn round(self) -> Self = _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(self);
        fn times_power_of_two(self, n: Self) -> Self = {
            let biased = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
            _mm256_mul_ps(self, _mm256_castsi256_ps(_mm256_slli_epi32::<23>(biased)))
        };
        fn sum(self) -> f32 = {
            let four = _mm_add_ps(_mm256_castps256_ps128(self), _mm256_extractf128_ps::<1>(self));
            let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
            _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps::<1>(two, two)))
        };
        fn highest(self) -> f32 = {
            let four = _mm_max_ps(_mm256_castps256_ps128(self), _mm256_extractf128_ps::<1>(self));
            let two = _mm_max_ps(four, _mm_movehl_ps(four, four));
            _mm_cvtss_f32(_mm_max_ss(two, _mm_shuffle_ps::<1>(two, two)))
        };
        fn store_bytes(self, to: *mut u8) -> () = {
            let whole = _mm256_add_epi32(_mm256_cvtps_epi32(self), _mm256_set1_epi32(128));
            let words = _mm_packus_epi32(_mm256_castsi256_si128(whole), _mm256_extracti128_si256::<1>(whole));
            _mm_storel_epi64(to.cast(), _mm_packus_epi16(words, words));
        };
    }
}

/// `Dot` for channels of one vector in one register, by the instruction `$dot`.
macro_rules! vnni_of_256_bits {
    ($name:ty, $dot:ident) => {
        impl Dot for $name {
            type Float = __m256;
            type Input = u8;
            type Weight = i8;
            type Weights = __m256i;
            type Inputs = __m256i;
            type Sums = __m256i;
            const STEP: usize = 4;
            const ROWS: usize = 6;
            const VECTORS: usize = 2;

            operations! {
                fn zero() -> __m256i = _mm256_setzero_si256();
                fn weights(from: *const i8) -> __m256i = _mm256_loadu_si256(from.cast());
                fn inputs(from: *const u8) -> __m256i = _mm256_set1_epi32(from.cast::<i32>().read_unaligned());
                fn dot(sums: __m256i, inputs: __m256i, weights: __m256i) -> __m256i = $dot(sums, inputs, weights);
                fn finish(sums: __m256i, corrections: *const i32) -> __m256 =
                    _mm256_cvtepi32_ps(_mm256_add_epi32(sums, _mm256_loadu_si256(corrections.cast())));
            }
        }
    };
}

vnni_of_256_bits!(Vnni256, _mm256_dpbusd_avx_epi32);

/// The same instruction as AVX-512 encodes it: what a machine without AVX-VNNI tests `Vnni256` with.
#[cfg(test)]
#[derive(Clone, Copy)]
pub(super) struct Vnni256OfAvx512;
#[cfg(test)]
vnni_of_256_bits!(Vnni256OfAvx512, _mm256_dpbusd_epi32);

impl Dot for Widened {
    type Float = __m256;
    type Input = u8;
    type Weight = i8;
    type Weights = [__m256i; 2]; // 16 bits: channels 0 to 3, channels 4 to 7
    type Inputs = __m256i; // 16 bits
    type Sums = [__m256i; 2]; // for each channel the sums of the first and of the last two inputs of each step
    const STEP: usize = 4;
    const ROWS: usize = 4;
    const VECTORS: usize = 1;

    operations! {
        fn zero() -> Self::Sums = [_mm256_setzero_si256(); 2];
        fn weights(from: *const i8) -> Self::Weights = [
            _mm256_cvtepi8_epi16(_mm_loadu_si128(from.cast())),
            _mm256_cvtepi8_epi16(_mm_loadu_si128(from.add(16).cast())),
        ];
        fn inputs(from: *const u8) -> __m256i =
            _mm256_cvtepu8_epi16(_mm_set1_epi32(from.cast::<i32>().read_unaligned()));
        fn dot(sums: Self::Sums, inputs: __m256i, weights: Self::Weights) -> Self::Sums = [
            _mm256_add_epi32(sums[0], _mm256_madd_epi16(inputs, weights[0])),
            _mm256_add_epi32(sums[1], _mm256_madd_epi16(inputs, weights[1])),
        ];
        fn finish(sums: Self::Sums, corrections: *const i32) -> __m256 = {
            // hadd takes halves of 128 bits: channels 0 1 4 5, 2 3 6 7
            let pairs = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_hadd_epi32(sums[0], sums[1]));
            _mm256_cvtepi32_ps(_mm256_add_epi32(pairs, _mm256_loadu_si256(corrections.cast())))
        };
    }
}
