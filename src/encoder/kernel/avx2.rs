//! Sixteen lanes in two 256-bit registers: AVX2 with FMA, and AVX-VNNI where the processor has it.
#![allow(unsafe_code)]

use std::arch::x86_64::*;

use super::simd::{Floats, Kernel, LANES, Simd};

/// AVX2 and FMA: int8 products by way of 16-bit ones, which cannot overflow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx2(());

/// AVX2, FMA and AVX-VNNI: four u8 × i8 products and their sum in one instruction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AvxVnni(());

impl Avx2 {
    /// The instruction set, where the processor has it.
    pub(crate) fn detect() -> Option<Self> {
        let found = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        found.then_some(Self(()))
    }
}

impl AvxVnni {
    /// The instruction set, where the processor has it.
    pub(crate) fn detect() -> Option<Self> {
        let found = Avx2::detect().is_some() && is_x86_feature_detected!("avxvnni");
        found.then_some(Self(()))
    }
}

/// AVX-VNNI's kernels with the same instruction in the form that AVX-512 VNNI has of it, so that a machine without the
/// former can test them.
#[cfg(test)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Vnni256(());

#[cfg(test)]
impl Vnni256 {
    /// The instruction set, where the processor has it.
    pub(crate) fn detect() -> Option<Self> {
        let found = Avx2::detect().is_some()
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vnni");
        found.then_some(Self(()))
    }
}

/// Calls intrinsics.
///
/// Every use is inside a method of `Avx2` or `AvxVnni` that takes `self`.
macro_rules! with_avx2 {
    ($body:expr) => {
        // SAFETY: `self` is made by `detect` only, so the processor has the features that the intrinsics need; the
        // pointers come from references to arrays of exactly the size that is read or written, and the instructions
        // take any alignment.
        unsafe { $body }
    };
}

/// All that does not differ between the two.
macro_rules! lanes {
    ($features:literal) => {
        type F = [__m256; 2];
        type I = [__m256i; 2];

        fn run<K: Kernel>(self, kernel: K) -> K::Output {
            #[target_feature(enable = $features)]
            fn switched_on<S: Simd, K: Kernel>(simd: S, kernel: K) -> K::Output {
                kernel.run(simd)
            }
            with_avx2!(switched_on(self, kernel))
        }

        #[inline(always)]
        fn splat(self, value: f32) -> [__m256; 2] {
            with_avx2!([_mm256_set1_ps(value); 2])
        }
        #[inline(always)]
        fn load(self, values: &Floats) -> [__m256; 2] {
            with_avx2!([_mm256_loadu_ps(values.as_ptr()), _mm256_loadu_ps(values.as_ptr().add(8))])
        }
        #[inline(always)]
        fn store(self, vector: [__m256; 2], values: &mut Floats) {
            with_avx2!({
                _mm256_storeu_ps(values.as_mut_ptr(), vector[0]);
                _mm256_storeu_ps(values.as_mut_ptr().add(8), vector[1]);
            })
        }
        #[inline(always)]
        fn add(self, a: [__m256; 2], b: [__m256; 2]) -> [__m256; 2] {
            with_avx2!([_mm256_add_ps(a[0], b[0]), _mm256_add_ps(a[1], b[1])])
        }
        #[inline(always)]
        fn sub(self, a: [__m256; 2], b: [__m256; 2]) -> [__m256; 2] {
            with_avx2!([_mm256_sub_ps(a[0], b[0]), _mm256_sub_ps(a[1], b[1])])
        }
        #[inline(always)]
        fn mul(self, a: [__m256; 2], b: [__m256; 2]) -> [__m256; 2] {
            with_avx2!([_mm256_mul_ps(a[0], b[0]), _mm256_mul_ps(a[1], b[1])])
        }
        #[inline(always)]
        fn mul_add(self, a: [__m256; 2], b: [__m256; 2], c: [__m256; 2]) -> [__m256; 2] {
            with_avx2!([_mm256_fmadd_ps(a[0], b[0], c[0]), _mm256_fmadd_ps(a[1], b[1], c[1])])
        }
        #[inline(always)]
        fn mul_sub_from(self, a: [__m256; 2], b: [__m256; 2], c: [__m256; 2]) -> [__m256; 2] {
            with_avx2!([_mm256_fnmadd_ps(a[0], b[0], c[0]), _mm256_fnmadd_ps(a[1], b[1], c[1])])
        }
        #[inline(always)]
        fn max(self, a: [__m256; 2], b: [__m256; 2]) -> [__m256; 2] {
            with_avx2!([_mm256_max_ps(a[0], b[0]), _mm256_max_ps(a[1], b[1])])
        }
        #[inline(always)]
        fn min(self, a: [__m256; 2], b: [__m256; 2]) -> [__m256; 2] {
            with_avx2!([_mm256_min_ps(a[0], b[0]), _mm256_min_ps(a[1], b[1])])
        }
        #[inline(always)]
        fn abs(self, a: [__m256; 2]) -> [__m256; 2] {
            with_avx2!({
                let sign = _mm256_set1_ps(-0.0);
                [_mm256_andnot_ps(sign, a[0]), _mm256_andnot_ps(sign, a[1])]
            })
        }
        #[inline(always)]
        fn scale_by_power(self, a: [__m256; 2], shift: [__m256; 2]) -> [__m256; 2] {
            with_avx2!({
                let first = _mm256_slli_epi32::<23>(_mm256_castps_si256(shift[0]));
                let second = _mm256_slli_epi32::<23>(_mm256_castps_si256(shift[1]));
                [
                    _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(a[0]), first)),
                    _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(a[1]), second)),
                ]
            })
        }
        #[inline(always)]
        fn interleave_low(self, a: [__m256; 2], b: [__m256; 2]) -> [__m256; 2] {
            with_avx2!({
                let (even, odd) = (_mm256_unpacklo_ps(a[0], b[0]), _mm256_unpackhi_ps(a[0], b[0]));
                [_mm256_permute2f128_ps::<0x20>(even, odd), _mm256_permute2f128_ps::<0x31>(even, odd)]
            })
        }
        #[inline(always)]
        fn interleave_high(self, a: [__m256; 2], b: [__m256; 2]) -> [__m256; 2] {
            with_avx2!({
                let (even, odd) = (_mm256_unpacklo_ps(a[1], b[1]), _mm256_unpackhi_ps(a[1], b[1]));
                [_mm256_permute2f128_ps::<0x20>(even, odd), _mm256_permute2f128_ps::<0x31>(even, odd)]
            })
        }
        #[inline(always)]
        fn sum(self, vector: [__m256; 2]) -> f32 {
            with_avx2!({
                let eight = _mm256_add_ps(vector[0], vector[1]);
                let four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps::<1>(eight));
                let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
                _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
            })
        }
        #[inline(always)]
        fn max_lane(self, vector: [__m256; 2]) -> f32 {
            with_avx2!({
                let eight = _mm256_max_ps(vector[0], vector[1]);
                let four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps::<1>(eight));
                let two = _mm_max_ps(four, _mm_movehl_ps(four, four));
                _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)))
            })
        }
        #[inline(always)]
        fn min_lane(self, vector: [__m256; 2]) -> f32 {
            with_avx2!({
                let eight = _mm256_min_ps(vector[0], vector[1]);
                let four = _mm_min_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps::<1>(eight));
                let two = _mm_min_ps(four, _mm_movehl_ps(four, four));
                _mm_cvtss_f32(_mm_min_ss(two, _mm_movehdup_ps(two)))
            })
        }

        #[inline(always)]
        fn round(self, vector: [__m256; 2]) -> [__m256i; 2] {
            with_avx2!([_mm256_cvtps_epi32(vector[0]), _mm256_cvtps_epi32(vector[1])])
        }
        #[inline(always)]
        fn to_f32(self, vector: [__m256i; 2]) -> [__m256; 2] {
            with_avx2!([_mm256_cvtepi32_ps(vector[0]), _mm256_cvtepi32_ps(vector[1])])
        }
        #[inline(always)]
        fn splat_i32(self, value: i32) -> [__m256i; 2] {
            with_avx2!([_mm256_set1_epi32(value); 2])
        }
        #[inline(always)]
        fn load_i32(self, values: &[i32; LANES]) -> [__m256i; 2] {
            with_avx2!({
                let pointer = values.as_ptr().cast::<__m256i>();
                [_mm256_loadu_si256(pointer), _mm256_loadu_si256(pointer.add(1))]
            })
        }
        #[inline(always)]
        fn add_i32(self, a: [__m256i; 2], b: [__m256i; 2]) -> [__m256i; 2] {
            with_avx2!([_mm256_add_epi32(a[0], b[0]), _mm256_add_epi32(a[1], b[1])])
        }
        #[inline(always)]
        fn store_u8(self, vector: [__m256i; 2], bytes: &mut [u8; LANES]) {
            with_avx2!({
                // Four values of the first register, four of the second, then the other halves; the permutation puts them in order.
                let mixed = _mm256_packs_epi32(vector[0], vector[1]);
                let words = _mm256_permute4x64_epi64::<0b11_01_10_00>(mixed);
                let low = _mm256_castsi256_si128(words);
                let high = _mm256_extracti128_si256::<1>(words);
                _mm_storeu_si128(bytes.as_mut_ptr().cast(), _mm_packus_epi16(low, high))
            })
        }
    };
}

/// Products by one instruction for four u8 × i8 products and their sum.
macro_rules! vnni {
    ($dpbusd:ident) => {
        type Weights = [__m256i; 2]; // (8 columns, 4), twice
        type Sums = [__m256i; 2];

        const WIDE: bool = false;
        const F32_ROWS: usize = 6;
        const INT8_ROWS: usize = 6;
        const QUERIES: usize = 4;

        #[inline(always)]
        fn no_sums(self) -> [__m256i; 2] {
            with_avx2!([_mm256_setzero_si256(); 2])
        }
        #[inline(always)]
        fn weights(self, weights: &[i8; 64]) -> [__m256i; 2] {
            with_avx2!({
                let pointer = weights.as_ptr().cast::<__m256i>();
                [_mm256_loadu_si256(pointer), _mm256_loadu_si256(pointer.add(1))]
            })
        }
        #[inline(always)]
        fn dot(self, sums: [__m256i; 2], activations: [u8; 4], weights: [__m256i; 2]) -> [__m256i; 2] {
            with_avx2!({
                let activations = _mm256_set1_epi32(i32::from_le_bytes(activations));
                [$dpbusd(sums[0], activations, weights[0]), $dpbusd(sums[1], activations, weights[1])]
            })
        }
        #[inline(always)]
        fn store_sums(self, sums: [__m256i; 2], values: &mut [i32; LANES]) {
            with_avx2!({
                let pointer = values.as_mut_ptr().cast::<__m256i>();
                _mm256_storeu_si256(pointer, sums[0]);
                _mm256_storeu_si256(pointer.add(1), sums[1]);
            })
        }
    };
}

impl Simd for AvxVnni {
    lanes!("avx2,fma,avxvnni");
    vnni!(_mm256_dpbusd_avx_epi32);
}

#[cfg(test)]
impl Simd for Vnni256 {
    lanes!("avx2,fma,avx512f,avx512vl,avx512vnni");
    vnni!(_mm256_dpbusd_epi32);
}

impl Simd for Avx2 {
    lanes!("avx2,fma");

    type Weights = [__m256i; 4]; // (4 columns, 4) as i16, four times
    type Sums = [__m256i; 4]; // (4 columns, 2), four times

    const WIDE: bool = false;
    const F32_ROWS: usize = 6;
    const INT8_ROWS: usize = 2;
    const QUERIES: usize = 4;

    #[inline(always)]
    fn no_sums(self) -> [__m256i; 4] {
        with_avx2!([_mm256_setzero_si256(); 4])
    }
    #[inline(always)]
    fn weights(self, weights: &[i8; 64]) -> [__m256i; 4] {
        with_avx2!({
            let pointer = weights.as_ptr().cast::<__m128i>();
            [
                _mm256_cvtepi8_epi16(_mm_loadu_si128(pointer)),
                _mm256_cvtepi8_epi16(_mm_loadu_si128(pointer.add(1))),
                _mm256_cvtepi8_epi16(_mm_loadu_si128(pointer.add(2))),
                _mm256_cvtepi8_epi16(_mm_loadu_si128(pointer.add(3))),
            ]
        })
    }
    #[inline(always)]
    fn dot(self, sums: [__m256i; 4], activations: [u8; 4], weights: [__m256i; 4]) -> [__m256i; 4] {
        with_avx2!({
            let four = _mm_cvtepu8_epi16(_mm_cvtsi32_si128(i32::from_le_bytes(activations)));
            let activations = _mm256_broadcastq_epi64(four);
            [
                _mm256_add_epi32(sums[0], _mm256_madd_epi16(activations, weights[0])),
                _mm256_add_epi32(sums[1], _mm256_madd_epi16(activations, weights[1])),
                _mm256_add_epi32(sums[2], _mm256_madd_epi16(activations, weights[2])),
                _mm256_add_epi32(sums[3], _mm256_madd_epi16(activations, weights[3])),
            ]
        })
    }
    #[inline(always)]
    fn store_sums(self, sums: [__m256i; 4], values: &mut [i32; LANES]) {
        with_avx2!({
            // Both sums of a column are neighbours. hadd takes two columns of the first, two of the second, then the
            // other halves; the permutation puts them in order.
            let pointer = values.as_mut_ptr().cast::<__m256i>();
            let first = _mm256_hadd_epi32(sums[0], sums[1]);
            let second = _mm256_hadd_epi32(sums[2], sums[3]);
            _mm256_storeu_si256(pointer, _mm256_permute4x64_epi64::<0b11_01_10_00>(first));
            _mm256_storeu_si256(pointer.add(1), _mm256_permute4x64_epi64::<0b11_01_10_00>(second));
        })
    }
}
