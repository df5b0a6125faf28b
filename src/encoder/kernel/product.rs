//! Matrix products, int8 and f32, with what follows them done while a tile's sums are in the first-level cache.
//!
//! (rows, inputs) · (inputs, outputs) + bias → (rows, outputs), then stored, or through GELU or its like, or added.

use super::panel::{F32Panels, F32Step, Int8Panels, Int8Step, WIDTH};
use super::simd::{Floats, Kernel, LANES, Simd, gelu, gelu_tanh, tanh};

/// The most rows of any instruction set's tile.
const TILE_ROWS: usize = 12;

/// What becomes of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    /// It replaces the output.
    Store,
    /// The function of it replaces the output.
    Activate(Activation),
    /// It is added to the output, which holds the residual.
    Add,
}

/// A function of what a product gives: in the middle of the feed-forward part, or after a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Activation {
    /// The GELU by its definition.
    #[default]
    Gelu,
    /// The GELU in its tanh form.
    GeluTanh,
    /// What is above zero.
    Relu,
    /// The hyperbolic tangent.
    Tanh,
}

/// How the bytes of a row stand for its values: `(byte − zero) · scale`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct RowScale {
    pub(crate) scale: f32,
    pub(crate) zero: f32, // a whole number
}

/// The product of quantised rows with an int8 matrix.
pub(crate) struct Int8Product<'a> {
    pub(crate) rows: &'a [u8],         // (rows, inputs)
    pub(crate) scales: &'a [RowScale], // (rows)
    pub(crate) weights: &'a Int8Panels,
    pub(crate) after: After,
    pub(crate) output: &'a mut [f32], // (rows, outputs)
}

/// The product of f32 rows with an f32 matrix.
pub(crate) struct F32Product<'a> {
    pub(crate) rows: &'a [f32], // (rows, inputs)
    pub(crate) weights: &'a F32Panels,
    pub(crate) after: After,
    pub(crate) output: &'a mut [f32], // (rows, outputs)
}

impl Kernel for Int8Product<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (rows, weights) = (self.scales.len(), self.weights);
        assert!(self.rows.len() == rows * weights.inputs && self.output.len() == rows * weights.outputs);
        simd.multiply(self);
    }
}

impl Int8Product<'_> {
    /// The product by way of [`Simd::dot`].
    #[inline(always)]
    pub(super) fn by_vectors<S: Simd>(mut self, simd: S) {
        let inputs = self.weights.inputs;
        let mut sums = [[[0; LANES]; 2]; TILE_ROWS]; // (rows, 32 columns)
        for (panel, steps) in self.weights.steps.chunks_exact(inputs / 4).enumerate() {
            for (first, count) in tiles(self.scales.len(), S::INT8_ROWS) {
                let (fours, _) = self.rows[first * inputs..][..count * inputs].as_chunks::<4>();
                if S::WIDE {
                    for_each_height!(S, count, int8_tile, 2, (simd, fours, steps, 0, &mut sums);
                        1 2 3 4 5 6 7 8 9 10 11 12);
                } else {
                    for half in 0..2 {
                        for_each_height!(S, count, int8_tile, 1, (simd, fours, steps, half, &mut sums); 1 2 3 4 5 6);
                    }
                }
                self.finish(simd, panel, first, &sums[..count]);
            }
        }
    }

    /// Brings the sums of some rows, from row `first` on, with a panel to the output.
    #[inline(always)]
    pub(super) fn finish<S: Simd>(&mut self, simd: S, panel: usize, first: usize, sums: &[[[i32; LANES]; 2]]) {
        // Told apart here, the loop over the rows is compiled for each of them.
        match self.after {
            After::Store => self.finish_by(simd, After::Store, panel, first, sums),
            After::Add => self.finish_by(simd, After::Add, panel, first, sums),
            After::Activate(Activation::Gelu) => {
                self.finish_by(simd, After::Activate(Activation::Gelu), panel, first, sums);
            }
            after => self.finish_by(simd, after, panel, first, sums),
        }
    }

    #[inline(always)]
    fn finish_by<S: Simd>(&mut self, simd: S, after: After, panel: usize, first: usize, sums: &[[[i32; LANES]; 2]]) {
        let (outputs, columns) = (self.weights.outputs, &self.weights.columns[panel]);
        let both = |values: &[Floats; 2]| [simd.load(&values[0]), simd.load(&values[1])];
        let columns = [both(&columns.sums), both(&columns.scales), both(&columns.bias)];
        for ((sums, &scale), row) in sums.iter().zip(&self.scales[first..]).zip(first..) {
            let values = rescale(simd, sums, scale, columns);
            finish(simd, values, after, &mut self.output[row * outputs..(row + 1) * outputs][panel * WIDTH..]);
        }
    }
}

impl Kernel for F32Product<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (inputs, outputs) = (self.weights.inputs, self.weights.outputs);
        let rows = self.rows.len() / inputs;
        assert!(self.rows.len() == rows * inputs && self.output.len() == rows * outputs);
        let mut sums = [[[0.0; LANES]; 2]; TILE_ROWS]; // (rows, 32 columns)
        let panels = self.weights.steps.chunks_exact(inputs).zip(&self.weights.bias);
        for (panel, (steps, bias)) in panels.enumerate() {
            for (first, count) in tiles(rows, S::F32_ROWS) {
                let values = &self.rows[first * inputs..][..count * inputs];
                if S::WIDE {
                    for_each_height!(S, count, f32_tile, 2, (simd, values, steps, 0, &mut sums);
                        1 2 3 4 5 6 7 8 9 10 11 12);
                } else {
                    for half in 0..2 {
                        for_each_height!(S, count, f32_tile, 1, (simd, values, steps, half, &mut sums); 1 2 3 4 5 6);
                    }
                }
                let output = &mut self.output[first * outputs..][..count * outputs];
                for (sums, output) in sums.iter().zip(output.chunks_exact_mut(outputs)) {
                    let add = |half: usize| simd.add(simd.load(&sums[half]), simd.load(&bias.0[half]));
                    finish(simd, [add(0), add(1)], self.after, &mut output[panel * WIDTH..]);
                }
            }
        }
    }
}

/// The rows cut into tiles of nearly equal height, none higher than `most`: where each starts and its height.
pub(super) fn tiles(rows: usize, most: usize) -> impl Iterator<Item = (usize, usize)> {
    let count = rows.div_ceil(most);
    (0..count).map(move |tile| (tile * rows / count, (tile + 1) * rows / count - tile * rows / count))
}

/// The sums of R rows with V vectors of columns, from vector `half` of the panel on.
#[inline(always)]
fn int8_tile<S: Simd, const R: usize, const V: usize>(
    simd: S,
    fours: &[[u8; 4]],  // (R, inputs / 4)
    steps: &[Int8Step], // (inputs / 4)
    half: usize,
    output: &mut [[[i32; LANES]; 2]; TILE_ROWS],
) {
    let rows: [&[[u8; 4]]; R] = std::array::from_fn(|row| &fours[row * steps.len()..][..steps.len()]);
    let mut sums = [[simd.no_sums(); V]; R];
    for (at, step) in steps.iter().enumerate() {
        let weights: [S::Weights; V] = std::array::from_fn(|vector| simd.weights(&step.0[half + vector]));
        for row in 0..R {
            for vector in 0..V {
                sums[row][vector] = simd.dot(sums[row][vector], rows[row][at], weights[vector]);
            }
        }
    }
    for row in 0..R {
        for vector in 0..V {
            simd.store_sums(sums[row][vector], &mut output[row][half + vector]);
        }
    }
}

/// The sums of R rows with V vectors of columns, from vector `half` of the panel on; each in the order of the inputs.
#[inline(always)]
fn f32_tile<S: Simd, const R: usize, const V: usize>(
    simd: S,
    values: &[f32],    // (R, inputs)
    steps: &[F32Step], // (inputs)
    half: usize,
    output: &mut [[Floats; 2]; TILE_ROWS],
) {
    let rows: [&[f32]; R] = std::array::from_fn(|row| &values[row * steps.len()..][..steps.len()]);
    let mut sums = [[simd.splat(0.0); V]; R];
    for (at, step) in steps.iter().enumerate() {
        let weights: [S::F; V] = std::array::from_fn(|vector| simd.load(&step.0[half + vector]));
        for row in 0..R {
            let value = simd.splat(rows[row][at]);
            for vector in 0..V {
                sums[row][vector] = simd.mul_add(value, weights[vector], sums[row][vector]);
            }
        }
    }
    for row in 0..R {
        for vector in 0..V {
            simd.store(sums[row][vector], &mut output[row][half + vector]);
        }
    }
}

/// The values that the int8 sums of a row stand for: (sum − zero · sum of the weights) · scale · scale + bias.
#[inline(always)]
fn rescale<S: Simd>(simd: S, sums: &[[i32; LANES]; 2], row: RowScale, columns: [[S::F; 2]; 3]) -> [S::F; 2] {
    let (scale, zero) = (simd.splat(row.scale), simd.splat(row.zero));
    let [weight_sums, scales, bias] = columns;
    let sum = |half: usize| simd.to_f32(simd.unmoved(simd.load_i32(&sums[half]), weight_sums[half]));
    let sums = [sum(0), sum(1)];
    let whole = [simd.mul_sub_from(zero, weight_sums[0], sums[0]), simd.mul_sub_from(zero, weight_sums[1], sums[1])];
    [
        simd.mul_add(simd.mul(whole[0], scale), scales[0], bias[0]),
        simd.mul_add(simd.mul(whole[1], scale), scales[1], bias[1]),
    ]
}

/// Brings 32 columns of a row, or the last few of it, to the output.
#[inline(always)]
fn finish<S: Simd>(simd: S, values: [S::F; 2], after: After, output: &mut [f32]) {
    if let Some((whole, _)) = output.split_first_chunk_mut::<WIDTH>() {
        let (low, high) = whole.split_at_mut(LANES);
        finish_vector(simd, values[0], after, low.try_into().expect("half of the columns"));
        finish_vector(simd, values[1], after, high.try_into().expect("half of the columns"));
        return;
    }
    let (whole, tail) = output.as_chunks_mut::<LANES>();
    for (&values, output) in values.iter().zip(whole.iter_mut()) {
        finish_vector(simd, values, after, output);
    }
    let mut last = [0.0; LANES];
    last[..tail.len()].copy_from_slice(tail);
    finish_vector(simd, values[whole.len()], after, &mut last);
    tail.copy_from_slice(&last[..tail.len()]);
}

#[inline(always)]
fn finish_vector<S: Simd>(simd: S, values: S::F, after: After, output: &mut Floats) {
    let values = match after {
        After::Store => values,
        After::Activate(Activation::Gelu) => gelu(simd, values),
        After::Activate(Activation::GeluTanh) => gelu_tanh(simd, values),
        After::Activate(Activation::Relu) => simd.max(values, simd.splat(0.0)),
        After::Activate(Activation::Tanh) => tanh(simd, values),
        After::Add => simd.add(simd.load(output), values),
    };
    simd.store(values, output);
}
