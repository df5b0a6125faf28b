//! What the kernels ask of an instruction set: a vector of floats, and a product of rows and channels.
//!
//! The algorithms are written once over these traits, in functions that are always inlined; an instruction set is one
//! implementation of each, and one table of entry points compiled for it.

use super::packed::Weight;

/// A vector of floats.
///
/// # Safety
///
/// A method may run only where the processor has the instruction set of the vector, inside a function compiled for
/// it. A pointer must be valid for [`LANES`](Self::LANES) elements; no alignment is asked for.
pub(super) trait Vector: Copy {
    /// The floats of a vector.
    const LANES: usize;
    /// All lanes `x`.
    unsafe fn splat(x: f32) -> Self;
    unsafe fn load(from: *const f32) -> Self;
    unsafe fn store(self, to: *mut f32);
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn sub(self, other: Self) -> Self;
    unsafe fn mul(self, other: Self) -> Self;
    unsafe fn div(self, other: Self) -> Self;
    unsafe fn max(self, other: Self) -> Self;
    unsafe fn min(self, other: Self) -> Self;
    unsafe fn abs(self) -> Self;
    /// `self · factor + addend`, rounded once where the processor can.
    unsafe fn mul_add(self, factor: Self, addend: Self) -> Self;
    /// The nearest whole number, of two the even one.
    unsafe fn round(self) -> Self;
    /// `self · 2ⁿ`, for whole `n` of -126 to 127.
    unsafe fn times_power_of_two(self, n: Self) -> Self;
    /// The sum of the lanes, in an order that the lanes alone decide.
    unsafe fn sum(self) -> f32;
    /// The highest lane.
    unsafe fn highest(self) -> f32;
    /// Writes the lanes, each of -127.5 to 127.4, rounded to whole numbers and moved up by 128.
    unsafe fn store_bytes(self, to: *mut u8);
}

/// The inner step of a product: some inputs of a row, times the weights of some channels.
///
/// # Safety
///
/// As for [`Vector`]; a pointer to weights must be valid for one step of [`Vector::LANES`] channels, a pointer to
/// inputs for one step.
pub(super) trait Dot {
    /// What the sums become.
    type Float: Vector;
    /// An input as it lies in memory.
    type Input: Copy;
    /// A weight as it lies in memory.
    type Weight: Weight;
    /// The weights of one step in a register.
    type Weights: Copy;
    /// The inputs of one step in a register, the same for every channel.
    type Inputs: Copy;
    /// Sums as they grow.
    type Sums: Copy;
    /// The inputs of one step.
    const STEP: usize;
    /// The rows and the vectors of channels that are worked on at once: as many as the registers hold.
    const ROWS: usize;
    const VECTORS: usize;
    unsafe fn zero() -> Self::Sums;
    unsafe fn weights(from: *const Self::Weight) -> Self::Weights;
    unsafe fn inputs(from: *const Self::Input) -> Self::Inputs;
    unsafe fn dot(sums: Self::Sums, inputs: Self::Inputs, weights: Self::Weights) -> Self::Sums;
    /// The sums plus one correction for each channel, as floats.
    unsafe fn finish(sums: Self::Sums, corrections: *const i32) -> Self::Float;
    /// GELU (Hendrycks and Gimpel 2016), as exactly as what reads it asks for.
    #[inline(always)]
    unsafe fn gelu(x: Self::Float) -> Self::Float {
        // SAFETY: the caller has the instruction set.
        unsafe { if Self::STEP == 1 { gelu(x) } else { gelu_for_bytes(x) } }
    }
}

/// The most lanes that a vector has.
pub(super) const MOST_LANES: usize = 16;

/// The first `count` floats; `fill` in the other lanes.
///
/// # Safety
///
/// As for [`Vector`]; `from` must be valid for `count` floats, and `count` at most the lanes.
#[inline(always)]
pub(super) unsafe fn load_part<V: Vector>(from: *const f32, count: usize, fill: f32) -> V {
    let mut part = [fill; MOST_LANES];
    // SAFETY: both sides hold `count` floats, and `part` as many as a vector has at most.
    unsafe {
        from.copy_to_nonoverlapping(part.as_mut_ptr(), count);
        V::load(part.as_ptr())
    }
}

/// Writes the first `count` lanes.
///
/// # Safety
///
/// As for [`Vector`]; `to` must be valid for `count` floats, and `count` at most the lanes.
#[inline(always)]
pub(super) unsafe fn store_part<V: Vector>(x: V, to: *mut f32, count: usize) {
    let mut part = [0.0; MOST_LANES];
    // SAFETY: both sides hold `count` floats, and `part` as many as a vector has at most.
    unsafe {
        x.store(part.as_mut_ptr());
        part.as_ptr().copy_to_nonoverlapping(to, count);
    }
}

/// eˣ; x below -87 counts as -87. Cephes' polynomial, within 2e-7 of the value (Moshier 1992, `expf`).
///
/// # Safety
///
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn exp<V: Vector>(x: V) -> V {
    // SAFETY: the caller has the instruction set.
    unsafe {
        let x = x.max(V::splat(-87.0)).min(V::splat(87.0));
        let n = x.mul(V::splat(std::f32::consts::LOG2_E)).round();
        // x - n ln 2, with ln 2 in two parts so that little is lost
        let r = n.mul_add(V::splat(-0.693_359_4), x);
        let r = n.mul_add(V::splat(2.121_944_4e-4), r);
        let mut p = V::splat(1.987_569_1e-4);
        for c in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
            p = p.mul_add(r, V::splat(c));
        }
        p.mul_add(r.mul(r), r.add(V::splat(1.0))).times_power_of_two(n)
    }
}

/// x · Φ(x), with the error function of Abramowitz and Stegun 7.1.26 (error below 1.5e-7).
///
/// # Safety
///
/// As for [`Vector`].
#[inline(always)]
unsafe fn gelu<V: Vector>(x: V) -> V {
    // SAFETY: the caller has the instruction set.
    unsafe {
        let one = V::splat(1.0);
        let z = x.abs().mul(V::splat(std::f32::consts::FRAC_1_SQRT_2));
        let t = one.div(z.mul_add(V::splat(0.327_591_1), one));
        let mut p = V::splat(1.061_405_4);
        for c in [-1.453_152_1, 1.421_413_8, -0.284_496_72, 0.254_829_6] {
            p = p.mul_add(t, V::splat(c));
        }
        let tail = p.mul(t).mul(exp(V::splat(0.0).sub(z.mul(z)))); // 1 - erf |x|/√2
        // x Φ(x) is max(x, 0) - |x| tail / 2 on both sides of 0
        x.abs().mul(V::splat(-0.5)).mul_add(tail, x.max(V::splat(0.0)))
    }
}

/// x · Φ(x) within 5e-5 for |x| up to 12, which is little beside the rounding to bytes that follows: 1 - Φ of |x| as a polynomial up to
/// 4.4, beyond which it counts as what it is there.
///
/// # Safety
///
/// As for [`Vector`].
#[inline(always)]
unsafe fn gelu_for_bytes<V: Vector>(x: V) -> V {
    // SAFETY: the caller has the instruction set.
    unsafe {
        let z = x.abs().min(V::splat(4.4));
        let square = z.mul(z);
        // (Φ(z) - 1/2) / z in powers of z²; least squares, reweighted until the error is even
        let mut p = V::splat(3.572_630_6e-11);
        for c in [
            -3.756_631e-9,
            1.741_708_8e-7,
            -4.726_404_3e-6,
            8.430_879e-5,
            -1.055_086_1e-3,
            9.643_332e-3,
            -6.607_690_2e-2,
            3.987_618_6e-1,
        ] {
            p = p.mul_add(square, V::splat(c));
        }
        let beyond = z.mul(p).sub(V::splat(0.5)); // Φ(z) - 1
        x.abs().mul_add(beyond, x.max(V::splat(0.0)))
    }
}
