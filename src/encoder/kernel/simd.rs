//! What a processor can do to sixteen values at once: the one interface that the kernels are written against.
//!
//! Each instruction set gives the same sixteen lanes, adds them up in the same order and fuses the same multiplications
//! with the same additions, so a kernel gives the same bits on all of them.

use super::product::Int8Product;

/// How many f32 or i32 values one operation works on.
pub(crate) const LANES: usize = 16;

/// Sixteen f32 in memory.
pub(crate) type Floats = [f32; LANES];

/// The operations of one instruction set on sixteen lanes.
///
/// A value of the implementing type exists only where the processor has the instructions.
pub(crate) trait Simd: Copy {
    /// Sixteen f32.
    type F: Copy;
    /// Sixteen i32.
    type I: Copy;
    /// Four int8 weights of each of sixteen columns, as [`Simd::dot`] takes them.
    type Weights: Copy;
    /// The sums of sixteen columns while a product runs.
    type Sums: Copy;

    /// Whether one tile of a product is as wide as the panel (two vectors), or half as wide.
    const WIDE: bool;
    /// How many rows of an f32 product fit the registers.
    const F32_ROWS: usize;
    /// How many rows of an int8 product fit the registers.
    const INT8_ROWS: usize;

    /// How many queries of the attention are worked on at once.
    const QUERIES: usize;

    /// Runs a kernel with the instruction set switched on.
    fn run<K: Kernel>(self, kernel: K) -> K::Output;

    /// The same value in each lane.
    fn splat(self, value: f32) -> Self::F;
    /// Reads sixteen values.
    fn load(self, values: &Floats) -> Self::F;
    /// Writes sixteen values.
    fn store(self, vector: Self::F, values: &mut Floats);
    /// a + b
    fn add(self, a: Self::F, b: Self::F) -> Self::F;
    /// a − b
    fn sub(self, a: Self::F, b: Self::F) -> Self::F;
    /// a · b
    fn mul(self, a: Self::F, b: Self::F) -> Self::F;
    /// a · b + c, rounded once
    fn mul_add(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F;
    /// c − a · b, rounded once
    fn mul_sub_from(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F;
    /// The larger of each pair; b where one is not a number.
    fn max(self, a: Self::F, b: Self::F) -> Self::F;
    /// The smaller of each pair; b where one is not a number.
    fn min(self, a: Self::F, b: Self::F) -> Self::F;
    /// |a|
    fn abs(self, a: Self::F) -> Self::F;
    /// a · 2ⁿ, n being the low bits of `shift`: an integer that was added to [`ROUNDING`]. For results that are normal.
    fn scale_by_power(self, a: Self::F, shift: Self::F) -> Self::F;
    /// a₀, b₀, a₁, b₁, … of the first eight lanes of each.
    fn interleave_low(self, a: Self::F, b: Self::F) -> Self::F;
    /// a₈, b₈, a₉, b₉, … of the last eight lanes of each.
    fn interleave_high(self, a: Self::F, b: Self::F) -> Self::F;
    /// The sum of the lanes: i with i + 8, then with i + 4, i + 2, i + 1.
    fn sum(self, vector: Self::F) -> f32;
    /// The largest lane.
    fn max_lane(self, vector: Self::F) -> f32;
    /// The smallest lane.
    fn min_lane(self, vector: Self::F) -> f32;

    /// The nearest integers, to the even one where two are equally near.
    fn round(self, vector: Self::F) -> Self::I;
    /// The integers as f32.
    fn to_f32(self, vector: Self::I) -> Self::F;
    /// The same integer in each lane.
    fn splat_i32(self, value: i32) -> Self::I;
    /// Reads sixteen integers.
    fn load_i32(self, values: &[i32; LANES]) -> Self::I;
    /// a + b, wrapping
    fn add_i32(self, a: Self::I, b: Self::I) -> Self::I;
    /// Writes the integers as bytes, those outside 0..=255 as the nearest.
    fn store_u8(self, vector: Self::I, bytes: &mut [u8; LANES]);

    /// No sum yet.
    fn no_sums(self) -> Self::Sums;
    /// Reads the weights of sixteen columns, four each.
    fn weights(self, weights: &[i8; 64]) -> Self::Weights;
    /// Adds to each column's sum the product of four activations with its four weights, exactly. It may move all activations
    /// by the same number first.
    fn dot(self, sums: Self::Sums, activations: [u8; 4], weights: Self::Weights) -> Self::Sums;
    /// Writes the sums of the columns.
    fn store_sums(self, sums: Self::Sums, values: &mut [i32; LANES]);
    /// The sums that activations as they were would have given, exactly; `weight_sums` are those of the columns' weights.
    #[inline(always)]
    fn unmoved(self, sums: Self::I, _weight_sums: Self::F) -> Self::I {
        sums
    }

    /// A whole product of bytes.
    #[inline(always)]
    fn multiply(self, product: Int8Product<'_>) {
        product.by_vectors(self);
    }
}

/// A loop over vectors, written once for all instruction sets.
pub(crate) trait Kernel {
    /// What it gives back.
    type Output;
    /// Runs it; always inlined into [`Simd::run`], where the instruction set is on.
    fn run<S: Simd>(self, simd: S) -> Self::Output;
}

/// 1.5 · 2²³: adding it to a small f32 rounds that to an integer and leaves the integer in the low bits.
pub(crate) const ROUNDING: f32 = 12_582_912.0;

/// 2^f for f from −0.5 to 0.5: minimax polynomial of degree 5, relative error 7.5e-8.
const POWER: [f32; 6] = [1.0, 0.693_146_94, 0.240_221_2, 0.055_507_13, 0.009_675_542, 0.001_327_648_6];

/// log₂ of the upper tail of the normal distribution, log₂(erfc(u / √2) / 2), for u from 0 to [`TAIL_END`]: minimax
/// polynomial, weighted so that the error of u times the tail stays under 1.2e-7.
const LOG_TAIL: [f32; 7] =
    [-1.0, -1.151_147_1, -0.458_915_7, -0.053_238_19, 0.007_977_463, -0.000_739_873_9, 0.000_029_924_128];

/// Beyond it the tail times u is under 6e-9.
const TAIL_END: f32 = 6.0;

/// e^x for x from −87 to 0; smaller x count as −87.
#[inline(always)]
pub(crate) fn exp<S: Simd>(simd: S, x: S::F) -> S::F {
    let x = simd.max(x, simd.splat(-87.0));
    let log2e = simd.splat(std::f32::consts::LOG2_E);
    let shift = simd.mul_add(x, log2e, simd.splat(ROUNDING));
    let whole = simd.sub(shift, simd.splat(ROUNDING));
    let fraction = simd.sub(simd.splat(0.0), simd.mul_sub_from(x, log2e, whole));
    simd.scale_by_power(polynomial(simd, fraction, POWER), shift)
}

/// x · Φ(x), with Φ(x) = (1 + erf(x / √2)) / 2: the GELU of Hendrycks and Gimpel (2016), not its tanh form.
///
/// Computed as max(x, 0) − |x| · Φ(−|x|), so that nothing cancels; absolute error under 2e-7.
#[inline(always)]
pub(crate) fn gelu<S: Simd>(simd: S, x: S::F) -> S::F {
    let size = simd.abs(x);
    let exponent = polynomial(simd, simd.min(size, simd.splat(TAIL_END)), LOG_TAIL);
    let shift = simd.add(exponent, simd.splat(ROUNDING));
    let fraction = simd.sub(exponent, simd.sub(shift, simd.splat(ROUNDING)));
    let tail = simd.scale_by_power(polynomial(simd, fraction, POWER), shift);
    simd.mul_sub_from(size, tail, simd.max(x, simd.splat(0.0)))
}

/// x · σ(2u) with u = √(2/π) · (x + 0.044715 x³): the tanh form of the GELU, (1 + tanh u) / 2 being σ(2u).
///
/// Computed from e^−|2u|, which does not overflow: σ is 1 / (1 + e^−|2u|) above zero and e^−|2u| times that below.
#[inline(always)]
pub(crate) fn gelu_tanh<S: Simd>(simd: S, x: S::F) -> S::F {
    const TWICE_ROOT: f32 = 2.0 * 0.797_884_6;
    let (zero, one) = (simd.splat(0.0), simd.splat(1.0));
    let inner = simd.mul_add(simd.mul(x, x), simd.splat(TWICE_ROOT * 0.044_715), simd.splat(TWICE_ROOT));
    let power = exp(simd, simd.sub(zero, simd.abs(simd.mul(x, inner))));
    let above = simd.mul_add(simd.min(x, zero), power, simd.max(x, zero));
    divide(simd, above, simd.add(one, power))
}

/// tanh x, as (1 − e^−|2x|) / (1 + e^−|2x|) with the sign of x; absolute error under 2e-7.
#[inline(always)]
pub(crate) fn tanh<S: Simd>(simd: S, x: S::F) -> S::F {
    let (zero, one) = (simd.splat(0.0), simd.splat(1.0));
    let size = simd.abs(x);
    let power = exp(simd, simd.sub(zero, simd.add(size, size)));
    let above = divide(simd, simd.sub(one, power), simd.add(one, power));
    let (mut tanh, mut sign) = ([0.0; LANES], [0.0; LANES]);
    simd.store(above, &mut tanh);
    simd.store(x, &mut sign);
    tanh.iter_mut().zip(sign).for_each(|(tanh, sign)| *tanh = tanh.copysign(sign));
    simd.load(&tanh)
}

/// a / b
#[inline(always)]
fn divide<S: Simd>(simd: S, a: S::F, b: S::F) -> S::F {
    let (mut quotient, mut divisor) = ([0.0; LANES], [0.0; LANES]);
    simd.store(a, &mut quotient);
    simd.store(b, &mut divisor);
    quotient.iter_mut().zip(divisor).for_each(|(quotient, divisor)| *quotient /= divisor);
    simd.load(&quotient)
}

/// c₀ + c₁x + c₂x² + …, by Horner's rule.
#[inline(always)]
fn polynomial<S: Simd, const N: usize>(simd: S, x: S::F, coefficients: [f32; N]) -> S::F {
    let mut sum = simd.splat(coefficients[N - 1]);
    for &coefficient in coefficients[..N - 1].iter().rev() {
        sum = simd.mul_add(sum, x, simd.splat(coefficient));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoder::kernel::scalar::Scalar;

    #[test]
    fn exp_is_near_that_of_the_standard_library() {
        for step in 0..8700 {
            let x = -0.01 * step as f32;
            let found = exp(Scalar, [x; LANES])[0];
            assert!((found - x.exp()).abs() <= 6e-6 * x.exp(), "{x}: {found}");
        }
    }

    #[test]
    fn gelu_in_its_tanh_form_is_near_that_of_the_standard_library() {
        for x in (-120..=120).map(|tenths| tenths as f32 / 10.0) {
            let exact = f64::from(x);
            let u = (2.0 / std::f64::consts::PI).sqrt() * (exact + 0.044_715 * exact.powi(3));
            let expected = (exact * (1.0 + u.tanh()) / 2.0) as f32;
            let found = gelu_tanh(Scalar, [x; LANES])[0];
            assert!((found - expected).abs() < 4e-7 * expected.abs().max(1.0), "{x}: {found} for {expected}");
        }
    }

    #[test]
    fn tanh_is_near_that_of_the_standard_library() {
        for x in (-1000..=1000).map(|hundredths| hundredths as f32 / 100.0) {
            let (found, expected) = (tanh(Scalar, [x; LANES])[0], f64::from(x).tanh() as f32);
            assert!((found - expected).abs() < 2e-7, "{x}: {found} for {expected}");
        }
    }

    #[test]
    fn gelu_is_near_that_of_its_definition() {
        let table = [(0.0, 0.0), (1.0, 0.841_344_8), (-1.0, -0.158_655_25), (-3.0, -0.004_049_694), (5.0, 4.999_998_6)];
        for (x, expected) in table.into_iter().chain([(9.0f32, 9.0f32), (-9.0, 0.0), (-0.5, -0.154_268_77)]) {
            let found = gelu(Scalar, [x; LANES])[0];
            assert!((found - expected).abs() < 2.5e-7 * expected.abs().max(1.0), "{x}: {found}");
        }
    }
}
