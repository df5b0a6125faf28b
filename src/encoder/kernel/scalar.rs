//! Sixteen lanes as arrays: safe code for any processor, and the twin that the faster instruction sets are tested
//! against. Compilers turn most of it into vector instructions where the processor always has them (aarch64).

use super::simd::{Floats, Kernel, LANES, Simd};

/// No instruction set in particular.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scalar;

#[inline(always)]
fn each<A: Copy, B: Copy, C>(a: [A; LANES], b: [B; LANES], f: impl Fn(A, B) -> C) -> [C; LANES] {
    std::array::from_fn(|lane| f(a[lane], b[lane]))
}

/// Joins lane i with i + 8, then with i + 4, i + 2, i + 1.
#[inline(always)]
fn fold(mut lanes: Floats, join: impl Fn(f32, f32) -> f32) -> f32 {
    for half in [8, 4, 2, 1] {
        for lane in 0..half {
            lanes[lane] = join(lanes[lane], lanes[lane + half]);
        }
    }
    lanes[0]
}

/// The larger one, b where one is not a number: as x86 has it.
#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[inline(always)]
fn smaller(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

impl Simd for Scalar {
    type F = Floats;
    type I = [i32; LANES];
    type Weights = [i8; 64];
    type Sums = [i32; LANES];

    const WIDE: bool = false;
    const F32_ROWS: usize = 2;
    const INT8_ROWS: usize = 2;
    const QUERIES: usize = 2;

    fn run<K: Kernel>(self, kernel: K) -> K::Output {
        kernel.run(self)
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Floats {
        [value; LANES]
    }
    #[inline(always)]
    fn load(self, values: &Floats) -> Floats {
        *values
    }
    #[inline(always)]
    fn store(self, vector: Floats, values: &mut Floats) {
        *values = vector;
    }
    #[inline(always)]
    fn add(self, a: Floats, b: Floats) -> Floats {
        each(a, b, |a, b| a + b)
    }
    #[inline(always)]
    fn sub(self, a: Floats, b: Floats) -> Floats {
        each(a, b, |a, b| a - b)
    }
    #[inline(always)]
    fn mul(self, a: Floats, b: Floats) -> Floats {
        each(a, b, |a, b| a * b)
    }
    #[inline(always)]
    fn mul_add(self, a: Floats, b: Floats, c: Floats) -> Floats {
        std::array::from_fn(|lane| a[lane].mul_add(b[lane], c[lane]))
    }
    #[inline(always)]
    fn mul_sub_from(self, a: Floats, b: Floats, c: Floats) -> Floats {
        std::array::from_fn(|lane| (-a[lane]).mul_add(b[lane], c[lane]))
    }
    #[inline(always)]
    fn max(self, a: Floats, b: Floats) -> Floats {
        each(a, b, larger)
    }
    #[inline(always)]
    fn min(self, a: Floats, b: Floats) -> Floats {
        each(a, b, smaller)
    }
    #[inline(always)]
    fn abs(self, a: Floats) -> Floats {
        a.map(f32::abs)
    }
    #[inline(always)]
    fn scale_by_power(self, a: Floats, shift: Floats) -> Floats {
        each(a, shift, |a, shift| f32::from_bits(a.to_bits().wrapping_add(shift.to_bits() << 23)))
    }
    #[inline(always)]
    fn interleave_low(self, a: Floats, b: Floats) -> Floats {
        std::array::from_fn(|lane| if lane % 2 == 0 { a[lane / 2] } else { b[lane / 2] })
    }
    #[inline(always)]
    fn interleave_high(self, a: Floats, b: Floats) -> Floats {
        std::array::from_fn(|lane| if lane % 2 == 0 { a[8 + lane / 2] } else { b[8 + lane / 2] })
    }
    #[inline(always)]
    fn sum(self, vector: Floats) -> f32 {
        fold(vector, |a, b| a + b)
    }
    #[inline(always)]
    fn max_lane(self, vector: Floats) -> f32 {
        fold(vector, larger)
    }
    #[inline(always)]
    fn min_lane(self, vector: Floats) -> f32 {
        fold(vector, smaller)
    }

    #[inline(always)]
    fn round(self, vector: Floats) -> [i32; LANES] {
        vector.map(|value| value.round_ties_even() as i32)
    }
    #[inline(always)]
    fn to_f32(self, vector: [i32; LANES]) -> Floats {
        vector.map(|value| value as f32)
    }
    #[inline(always)]
    fn splat_i32(self, value: i32) -> [i32; LANES] {
        [value; LANES]
    }
    #[inline(always)]
    fn load_i32(self, values: &[i32; LANES]) -> [i32; LANES] {
        *values
    }
    #[inline(always)]
    fn add_i32(self, a: [i32; LANES], b: [i32; LANES]) -> [i32; LANES] {
        each(a, b, i32::wrapping_add)
    }
    #[inline(always)]
    fn store_u8(self, vector: [i32; LANES], bytes: &mut [u8; LANES]) {
        *bytes = vector.map(|value| value.clamp(0, 255) as u8);
    }

    #[inline(always)]
    fn no_sums(self) -> [i32; LANES] {
        [0; LANES]
    }
    #[inline(always)]
    fn weights(self, weights: &[i8; 64]) -> [i8; 64] {
        *weights
    }
    #[inline(always)]
    fn dot(self, sums: [i32; LANES], activations: [u8; 4], weights: [i8; 64]) -> [i32; LANES] {
        std::array::from_fn(|column| {
            let products = (0..4).map(|i| i32::from(activations[i]) * i32::from(weights[4 * column + i]));
            sums[column] + products.sum::<i32>()
        })
    }
    #[inline(always)]
    fn store_sums(self, sums: [i32; LANES], values: &mut [i32; LANES]) {
        *values = sums;
    }
}
