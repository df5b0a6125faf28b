//! The product of floats, on any vector.

use std::marker::PhantomData;

use super::vector::{Dot, Vector};

/// Products of floats in vectors of `V`.
pub(super) struct Full<V>(PhantomData<V>);

impl<V: Vector> Dot for Full<V> {
    type Float = V;
    type Input = f32;
    type Weight = f32;
    type Weights = V;
    type Inputs = V;
    type Sums = V;
    const STEP: usize = 1;
    // 32 registers with AVX-512, 16 elsewhere
    const ROWS: usize = if V::LANES == 16 { 12 } else { 6 };
    const VECTORS: usize = 2;

    operations! {
        fn zero() -> V = V::splat(0.0);
        fn weights(from: *const f32) -> V = V::load(from);
        fn inputs(from: *const f32) -> V = V::splat(*from);
        fn dot(sums: V, inputs: V, weights: V) -> V = inputs.mul_add(weights, sums);
        fn finish(sums: V, _corrections: *const i32) -> V = sums;
    }
}
