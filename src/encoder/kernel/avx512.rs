//! Sixteen lanes in one 512-bit register: AVX-512 F, BW, DQ and VL, with VNNI where the processor has it.
#![allow(unsafe_code)]

use std::arch::x86_64::*;

use super::amx::Amx;
use super::product::Int8Product;
use super::simd::{Floats, Kernel, LANES, Simd};

/// AVX-512 without VNNI: int8 products by way of 16-bit ones, which cannot overflow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx512(());

/// AVX-512 with VNNI: four u8 × i8 products and their sum in one instruction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx512Vnni(());

impl Avx512 {
    /// The instruction set, where the processor has it.
    pub(crate) fn detect() -> Option<Self> {
        let found = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl");
        found.then_some(Self(()))
    }
}

impl Avx512Vnni {
    /// The instruction set, where the processor has it.
    pub(crate) fn detect() -> Option<Self> {
        let found = Avx512::detect().is_some() && is_x86_feature_detected!("avx512vnni");
        found.then_some(Self(()))
    }
}

/// Calls intrinsics.
///
/// Every use is inside a method of `Avx512`, `Avx512Vnni` or `Amx` that takes `self`.
macro_rules! with_avx512 {
    ($body:expr) => {
        // SAFETY: `self` is made by `detect` only, so the processor has the features that the intrinsics need; the
        // pointers come from references to arrays of exactly the size that is read or written, and the instructions
        // take any alignment.
        unsafe { $body }
    };
}

/// All that does not differ between them.
macro_rules! lanes {
    ($features:literal) => {
        type F = __m512;
        type I = __m512i;

        fn run<K: Kernel>(self, kernel: K) -> K::Output {
            #[target_feature(enable = $features)]
            fn switched_on<S: Simd, K: Kernel>(simd: S, kernel: K) -> K::Output {
                kernel.run(simd)
            }
            with_avx512!(switched_on(self, kernel))
        }

        #[inline(always)]
        fn splat(self, value: f32) -> __m512 {
            with_avx512!(_mm512_set1_ps(value))
        }
        #[inline(always)]
        fn load(self, values: &Floats) -> __m512 {
            with_avx512!(_mm512_loadu_ps(values.as_ptr()))
        }
        #[inline(always)]
        fn store(self, vector: __m512, values: &mut Floats) {
            with_avx512!(_mm512_storeu_ps(values.as_mut_ptr(), vector))
        }
        #[inline(always)]
        fn add(self, a: __m512, b: __m512) -> __m512 {
            with_avx512!(_mm512_add_ps(a, b))
        }
        #[inline(always)]
        fn sub(self, a: __m512, b: __m512) -> __m512 {
            with_avx512!(_mm512_sub_ps(a, b))
        }
        #[inline(always)]
        fn mul(self, a: __m512, b: __m512) -> __m512 {
            with_avx512!(_mm512_mul_ps(a, b))
        }
        #[inline(always)]
        fn mul_add(self, a: __m512, b: __m512, c: __m512) -> __m512 {
            with_avx512!(_mm512_fmadd_ps(a, b, c))
        }
        #[inline(always)]
        fn mul_sub_from(self, a: __m512, b: __m512, c: __m512) -> __m512 {
            with_avx512!(_mm512_fnmadd_ps(a, b, c))
        }
        #[inline(always)]
        fn max(self, a: __m512, b: __m512) -> __m512 {
            with_avx512!(_mm512_max_ps(a, b))
        }
        #[inline(always)]
        fn min(self, a: __m512, b: __m512) -> __m512 {
            with_avx512!(_mm512_min_ps(a, b))
        }
        #[inline(always)]
        fn abs(self, a: __m512) -> __m512 {
            with_avx512!(_mm512_abs_ps(a))
        }
        #[inline(always)]
        fn scale_by_power(self, a: __m512, shift: __m512) -> __m512 {
            with_avx512!({
                let exponents = _mm512_slli_epi32::<23>(_mm512_castps_si512(shift));
                _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(a), exponents))
            })
        }
        #[inline(always)]
        fn interleave_low(self, a: __m512, b: __m512) -> __m512 {
            with_avx512!({
                let lanes = _mm512_set_epi32(23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
                _mm512_permutex2var_ps(a, lanes, b)
            })
        }
        #[inline(always)]
        fn interleave_high(self, a: __m512, b: __m512) -> __m512 {
            with_avx512!({
                let lanes = _mm512_set_epi32(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8);
                _mm512_permutex2var_ps(a, lanes, b)
            })
        }
        #[inline(always)]
        fn sum(self, vector: __m512) -> f32 {
            with_avx512!({
                let eight = _mm256_add_ps(_mm512_castps512_ps256(vector), _mm512_extractf32x8_ps::<1>(vector));
                let four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps::<1>(eight));
                let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
                _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
            })
        }
        #[inline(always)]
        fn max_lane(self, vector: __m512) -> f32 {
            with_avx512!(_mm512_reduce_max_ps(vector))
        }
        #[inline(always)]
        fn min_lane(self, vector: __m512) -> f32 {
            with_avx512!(_mm512_reduce_min_ps(vector))
        }

        #[inline(always)]
        fn round(self, vector: __m512) -> __m512i {
            with_avx512!(_mm512_cvtps_epi32(vector))
        }
        #[inline(always)]
        fn to_f32(self, vector: __m512i) -> __m512 {
            with_avx512!(_mm512_cvtepi32_ps(vector))
        }
        #[inline(always)]
        fn splat_i32(self, value: i32) -> __m512i {
            with_avx512!(_mm512_set1_epi32(value))
        }
        #[inline(always)]
        fn load_i32(self, values: &[i32; LANES]) -> __m512i {
            with_avx512!(_mm512_loadu_si512(values.as_ptr().cast()))
        }
        #[inline(always)]
        fn add_i32(self, a: __m512i, b: __m512i) -> __m512i {
            with_avx512!(_mm512_add_epi32(a, b))
        }
        #[inline(always)]
        fn store_u8(self, vector: __m512i, bytes: &mut [u8; LANES]) {
            with_avx512!({
                let positive = _mm512_max_epi32(vector, _mm512_setzero_si512());
                _mm_storeu_si128(bytes.as_mut_ptr().cast(), _mm512_cvtusepi32_epi8(positive))
            })
        }
    };
}

/// int8 products with VNNI.
macro_rules! vnni {
    () => {
        type Weights = __m512i; // (16 columns, 4)
        type Sums = __m512i;

        const WIDE: bool = true;
        const F32_ROWS: usize = 12;
        const INT8_ROWS: usize = 12;
        const QUERIES: usize = 8;

        #[inline(always)]
        fn no_sums(self) -> __m512i {
            with_avx512!(_mm512_setzero_si512())
        }
        #[inline(always)]
        fn weights(self, weights: &[i8; 64]) -> __m512i {
            with_avx512!(_mm512_loadu_si512(weights.as_ptr().cast()))
        }
        #[inline(always)]
        fn dot(self, sums: __m512i, activations: [u8; 4], weights: __m512i) -> __m512i {
            with_avx512!(_mm512_dpbusd_epi32(sums, _mm512_set1_epi32(i32::from_le_bytes(activations)), weights))
        }
        #[inline(always)]
        fn store_sums(self, sums: __m512i, values: &mut [i32; LANES]) {
            with_avx512!(_mm512_storeu_si512(values.as_mut_ptr().cast(), sums))
        }
    };
}

impl Simd for Avx512Vnni {
    lanes!("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni");
    vnni!();
}

impl Simd for Amx {
    lanes!("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni");
    vnni!();

    #[inline(always)]
    fn multiply(self, product: Int8Product<'_>) {
        self.by_tiles(product);
    }
}

impl Simd for Avx512 {
    lanes!("avx512f,avx512bw,avx512dq,avx512vl");

    type Weights = [__m512i; 2]; // (8 columns, 4) as i16, twice
    type Sums = [__m512i; 2]; // (8 columns, 2), twice

    const WIDE: bool = true;
    const F32_ROWS: usize = 12;
    const INT8_ROWS: usize = 5;
    const QUERIES: usize = 8;

    #[inline(always)]
    fn no_sums(self) -> [__m512i; 2] {
        with_avx512!([_mm512_setzero_si512(); 2])
    }
    #[inline(always)]
    fn weights(self, weights: &[i8; 64]) -> [__m512i; 2] {
        with_avx512!({
            let pointer = weights.as_ptr().cast::<__m256i>();
            [
                _mm512_cvtepi8_epi16(_mm256_loadu_si256(pointer)),
                _mm512_cvtepi8_epi16(_mm256_loadu_si256(pointer.add(1))),
            ]
        })
    }
    #[inline(always)]
    fn dot(self, sums: [__m512i; 2], activations: [u8; 4], weights: [__m512i; 2]) -> [__m512i; 2] {
        with_avx512!({
            let four = _mm_cvtepu8_epi16(_mm_cvtsi32_si128(i32::from_le_bytes(activations)));
            let activations = _mm512_broadcastq_epi64(four);
            [
                _mm512_add_epi32(sums[0], _mm512_madd_epi16(activations, weights[0])),
                _mm512_add_epi32(sums[1], _mm512_madd_epi16(activations, weights[1])),
            ]
        })
    }
    #[inline(always)]
    fn store_sums(self, sums: [__m512i; 2], values: &mut [i32; LANES]) {
        with_avx512!({
            // Both sums of a column are neighbours: the even lanes of the two registers, then the odd ones.
            let even = _mm512_set_epi32(30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
            let odd = _mm512_add_epi32(even, _mm512_set1_epi32(1));
            let first = _mm512_permutex2var_epi32(sums[0], even, sums[1]);
            let second = _mm512_permutex2var_epi32(sums[0], odd, sums[1]);
            _mm512_storeu_si512(values.as_mut_ptr().cast(), _mm512_add_epi32(first, second))
        })
    }
}
