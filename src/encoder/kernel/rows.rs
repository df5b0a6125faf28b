//! What is done to whole rows: layer normalisation, and quantisation for the next product.

use super::product::RowScale;
use super::simd::{Floats, Kernel, LANES, Simd};

/// The parameters of a layer normalisation.
#[derive(Debug)]
pub(crate) struct Norm {
    pub(crate) scale: Vec<f32>, // (hidden in whole vectors), zeros beyond the width
    pub(crate) shift: Vec<f32>, // the same
    pub(crate) width: usize,
    pub(crate) epsilon: f32,
}

/// Layer normalisation of each row in place; what lies beyond its width is zero, before and after (Ba et al. 2016).
pub(crate) struct Normalise<'a> {
    pub(crate) rows: &'a mut [f32], // (rows, hidden)
    pub(crate) norm: &'a Norm,
}

/// Quantisation of each row to bytes, with the scale and the zero that use their whole range.
pub(crate) struct Quantise<'a> {
    pub(crate) rows: &'a [f32],            // (rows, width)
    pub(crate) bytes: &'a mut [u8],        // (rows, width)
    pub(crate) scales: &'a mut [RowScale], // (rows)
}

impl Kernel for Normalise<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (padded, width) = (self.norm.scale.len(), self.norm.width);
        let own: Floats = std::array::from_fn(|lane| if padded - LANES + lane < width { 1.0 } else { 0.0 });
        for row in self.rows.chunks_exact_mut(padded) {
            normalise_row(simd, row.as_chunks_mut().0, simd.load(&own), self.norm);
        }
    }
}

/// `own` has ones in the lanes of the last vector that are within the width.
#[inline(always)]
fn normalise_row<S: Simd>(simd: S, row: &mut [Floats], own: S::F, norm: &Norm) {
    let width = norm.width as f32;
    let join = |[a, b, c, d]: [S::F; CHAINS]| simd.sum(simd.add(simd.add(a, b), simd.add(c, d)));
    let zero = simd.splat(0.0);
    let sum = join(chains(simd, row, zero, |sum, values| simd.add(sum, values)));
    let mean = simd.splat(sum / width);
    let (last, whole) = row.split_last().expect("a row has a width");
    let mut squares = chains(simd, whole, zero, |squares, values| {
        let distance = simd.sub(values, mean);
        simd.mul_add(distance, distance, squares)
    });
    let distance = simd.mul(simd.sub(simd.load(last), mean), own);
    squares[0] = simd.mul_add(distance, distance, squares[0]);
    let deviation = (join(squares) / width + norm.epsilon).sqrt();
    let factor = simd.splat(1.0 / deviation);
    for ((values, scale), shift) in row.iter_mut().zip(vectors(&norm.scale)).zip(vectors(&norm.shift)) {
        let normal = simd.mul(simd.sub(simd.load(values), mean), factor);
        simd.store(simd.mul_add(normal, simd.load(scale), simd.load(shift)), values);
    }
}

impl Kernel for Quantise<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let width = self.rows.len() / self.scales.len().max(1);
        assert!(self.rows.len() == self.scales.len() * width && self.bytes.len() == self.rows.len());
        assert!(width.is_multiple_of(LANES), "rows are made of whole vectors");
        let (vectors, bytes) = (vectors(self.rows), self.bytes.as_chunks_mut().0);
        let vectors_of_row = vectors.chunks_exact((width / LANES).max(1));
        let bytes_of_row = bytes.chunks_exact_mut((width / LANES).max(1));
        for ((row, bytes), scale) in vectors_of_row.zip(bytes_of_row).zip(self.scales) {
            *scale = quantise_row(simd, row, bytes);
        }
    }
}

/// The range always holds zero, so that zero has a byte of its own.
#[inline(always)]
fn quantise_row<S: Simd>(simd: S, row: &[Floats], bytes: &mut [[u8; LANES]]) -> RowScale {
    let zero = simd.splat(0.0);
    let widen = |[low, high]: [S::F; 2], values| [simd.min(values, low), simd.max(values, high)];
    let [a, b, c, d] = chains(simd, row, [zero; 2], widen);
    let low = simd.min_lane(simd.min(simd.min(a[0], b[0]), simd.min(c[0], d[0])));
    let high = simd.max_lane(simd.max(simd.max(a[1], b[1]), simd.max(c[1], d[1])));
    let scale = ((high - low) / 255.0).max(f32::MIN_POSITIVE * 255.0); // a row of zeros keeps a scale
    let zero = (-low / scale).round_ties_even();
    let (steps, offset) = (simd.splat(1.0 / scale), simd.splat_i32(zero as i32));
    for (values, bytes) in row.iter().zip(bytes) {
        let whole = simd.round(simd.mul(simd.load(values), steps));
        simd.store_u8(simd.add_i32(whole, offset), bytes);
    }
    RowScale { scale, zero }
}

/// So many sums at a time: one alone would wait for each of its additions.
const CHAINS: usize = 4;

/// Joins vectors 0, 4, 8, … of a row, and 1, 5, 9, …, and so on.
#[inline(always)]
fn chains<S: Simd, T: Copy>(simd: S, row: &[Floats], start: T, join: impl Fn(T, S::F) -> T) -> [T; CHAINS] {
    let (whole, rest) = row.as_chunks::<CHAINS>();
    let mut all = [start; CHAINS];
    for values in whole {
        for i in 0..CHAINS {
            all[i] = join(all[i], simd.load(&values[i]));
        }
    }
    for (all, values) in all.iter_mut().zip(rest) {
        *all = join(*all, simd.load(values));
    }
    all
}

/// The values as whole vectors.
#[inline(always)]
fn vectors(values: &[f32]) -> &[Floats] {
    values.as_chunks().0
}
