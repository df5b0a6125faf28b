//! Vectors as arrays: for every processor, and the twin that the other instruction sets are held against.
//!
//! The loops are of fixed length and over arrays, which compilers turn into the vectors of the target.

use super::vector::{Dot, Vector};

/// The floats of an array.
const LANES: usize = 8;

/// A vector of floats as an array.
#[derive(Clone, Copy)]
pub(super) struct Floats([f32; LANES]);

/// Products of bytes, one by one.
#[derive(Clone, Copy)]
pub(super) struct Bytes;

#[inline(always)]
fn lanes(f: impl Fn(usize) -> f32) -> Floats {
    let mut lanes = [0.0; LANES];
    lanes.iter_mut().enumerate().for_each(|(i, lane)| *lane = f(i));
    Floats(lanes)
}

/// `x · y + z`, fused where that is one instruction and not a call.
#[inline(always)]
fn mul_add(x: f32, y: f32, z: f32) -> f32 {
    if cfg!(any(target_arch = "aarch64", target_feature = "fma")) { x.mul_add(y, z) } else { x * y + z }
}

/// The nearest whole number, of two the even one, for |x| below 2²²: adding 1.5 · 2²³ leaves no place for a fraction.
#[inline(always)]
fn round(x: f32) -> f32 {
    const SHIFT: f32 = 12_582_912.0;
    (x + SHIFT) - SHIFT
}

impl Vector for Floats {
    const LANES: usize = LANES;

    operations! {
        fn splat(x: f32) -> Self = Floats([x; LANES]);
        fn load(from: *const f32) -> Self = Floats(from.cast::<[f32; LANES]>().read_unaligned());
        fn store(self, to: *mut f32) -> () = to.cast::<[f32; LANES]>().write_unaligned(self.0);
        fn add(self, other: Self) -> Self = lanes(|i| self.0[i] + other.0[i]);
        fn sub(self, other: Self) -> Self = lanes(|i| self.0[i] - other.0[i]);
        fn mul(self, other: Self) -> Self = lanes(|i| self.0[i] * other.0[i]);
        fn div(self, other: Self) -> Self = lanes(|i| self.0[i] / other.0[i]);
        fn max(self, other: Self) -> Self = lanes(|i| if self.0[i] > other.0[i] { self.0[i] } else { other.0[i] });
        fn min(self, other: Self) -> Self = lanes(|i| if self.0[i] < other.0[i] { self.0[i] } else { other.0[i] });
        fn abs(self) -> Self = lanes(|i| self.0[i].abs());
        fn mul_add(self, factor: Self, addend: Self) -> Self = lanes(|i| mul_add(self.0[i], factor.0[i], addend.0[i]));
        fn round(self) -> Self = lanes(|i| round(self.0[i]));
        fn times_power_of_two(self, n: Self) -> Self =
            lanes(|i| self.0[i] * f32::from_bits(((n.0[i] as i32 + 127) as u32) << 23));
        fn sum(self) -> f32 = self.0.iter().sum();
        fn highest(self) -> f32 = self.0.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        fn store_bytes(self, to: *mut u8) -> () = {
            let mut bytes = [0; LANES];
            bytes.iter_mut().zip(self.0).for_each(|(byte, x)| *byte = (round(x) as i32 + 128) as u8);
            to.cast::<[u8; LANES]>().write_unaligned(bytes);
        };
    }
}

impl Dot for Bytes {
    type Float = Floats;
    type Input = u8;
    type Weight = i8;
    type Weights = [[i32; LANES]; 4]; // (4, channels): turned once for all rows
    type Inputs = [u8; 4];
    type Sums = [i32; LANES];
    const STEP: usize = 4;
    const ROWS: usize = 8;
    const VECTORS: usize = 1;

    operations! {
        fn zero() -> Self::Sums = [0; LANES];
        fn weights(from: *const i8) -> Self::Weights = {
            let rows = from.cast::<[[i8; 4]; LANES]>().read();
            let mut turned = [[0; LANES]; 4];
            for (channel, weights) in rows.iter().enumerate() {
                weights.iter().zip(&mut turned).for_each(|(&weight, turned)| turned[channel] = i32::from(weight));
            }
            turned
        };
        fn inputs(from: *const u8) -> [u8; 4] = from.cast::<[u8; 4]>().read();
        fn dot(sums: Self::Sums, inputs: [u8; 4], weights: Self::Weights) -> Self::Sums = {
            let mut sums = sums;
            for (input, weights) in inputs.into_iter().zip(weights) {
                sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += i32::from(input) * weight);
            }
            sums
        };
        fn finish(sums: Self::Sums, corrections: *const i32) -> Floats = {
            let corrections = corrections.cast::<[i32; LANES]>().read();
            lanes(|i| (sums[i] + corrections[i]) as f32)
        };
    }
}
