//! The product of rows and a matrix, tile by tile; scale, bias and GELU while the sums are in registers.

use super::vector::{Dot, Vector, store_part};
use super::{Finish, PANEL, Packed};

/// `out = finish((rows · matrix) · row scale · channel scale + bias)`.
///
/// # Safety
///
/// The processor has the instruction set of `D`, and the function is inlined into one compiled for it.
/// `inputs` holds `row_scales.len()` rows of whole steps, `out` as many rows of the matrix's outputs.
#[inline(always)]
pub(super) unsafe fn product<D: Dot>(
    matrix: &Packed<D::Weight>,
    inputs: &[D::Input],
    row_scales: &[f32],
    finish: Finish,
    out: &mut [f32],
) {
    // SAFETY: the caller's promise.
    unsafe {
        match finish {
            Finish::Linear => panels::<D, false>(matrix, inputs, row_scales, out),
            Finish::Gelu => panels::<D, true>(matrix, inputs, row_scales, out),
        }
    }
}

/// Where a tile begins.
struct Place {
    row: usize,
    channel: usize,
}

/// Every group of channels over all rows: its weights stay in the cache nearest to the core.
#[inline(always)]
unsafe fn panels<D: Dot, const GELU: bool>(
    matrix: &Packed<D::Weight>,
    inputs: &[D::Input],
    row_scales: &[f32],
    out: &mut [f32],
) {
    for channel in (0..matrix.outputs).step_by(D::VECTORS * D::Float::LANES) {
        let mut row = 0;
        while row < row_scales.len() {
            let (left, at) = (row_scales.len() - row, Place { row, channel });
            // SAFETY: the caller's promise, and a tile is as high as there are rows left at most.
            row += unsafe {
                match left {
                    12.. if D::ROWS >= 12 => tile::<D, 12, GELU>(matrix, inputs, row_scales, at, out),
                    8.. if D::ROWS >= 8 => tile::<D, 8, GELU>(matrix, inputs, row_scales, at, out),
                    6.. if D::ROWS == 6 => tile::<D, 6, GELU>(matrix, inputs, row_scales, at, out),
                    4.. if D::ROWS >= 4 => tile::<D, 4, GELU>(matrix, inputs, row_scales, at, out),
                    2.. if D::ROWS >= 2 => tile::<D, 2, GELU>(matrix, inputs, row_scales, at, out),
                    _ => tile::<D, 1, GELU>(matrix, inputs, row_scales, at, out),
                }
            };
        }
    }
}

/// `ROWS` rows by `D::VECTORS` vectors of channels; gives back `ROWS`.
#[inline(always)]
unsafe fn tile<D: Dot, const ROWS: usize, const GELU: bool>(
    matrix: &Packed<D::Weight>,
    inputs: &[D::Input],
    row_scales: &[f32],
    at: Place,
    out: &mut [f32],
) -> usize {
    // SAFETY: the caller's promise.
    unsafe {
        match D::VECTORS {
            2 => tile_of::<D, ROWS, 2, GELU>(matrix, inputs, row_scales, at, out),
            _ => tile_of::<D, ROWS, 1, GELU>(matrix, inputs, row_scales, at, out),
        }
    }
    ROWS
}

#[inline(always)]
unsafe fn tile_of<D: Dot, const ROWS: usize, const VECTORS: usize, const GELU: bool>(
    matrix: &Packed<D::Weight>,
    inputs: &[D::Input],
    row_scales: &[f32],
    at: Place,
    out: &mut [f32],
) {
    let (steps, lanes) = (matrix.steps(), D::Float::LANES);
    // SAFETY: rows and channels of the tile lie within `inputs`, the panels and `out`; where the last vector of
    // channels is not whole, the panels go on with zeros and only the part within the outputs is written.
    unsafe {
        let mut sums = [[D::zero(); VECTORS]; ROWS];
        let mut weights = matrix.panel(at.channel); // a step is (PANEL, D::STEP)
        let mut inputs = inputs.as_ptr().add(at.row * steps * D::STEP); // (ROWS, steps, D::STEP)
        for _ in 0..steps {
            let mut of_channels = [D::weights(weights); VECTORS];
            for (v, of_channel) in of_channels.iter_mut().enumerate() {
                *of_channel = D::weights(weights.add(v * lanes * D::STEP));
            }
            for (row, sums) in sums.iter_mut().enumerate() {
                let input = D::inputs(inputs.add(row * steps * D::STEP));
                for (sum, &weights) in sums.iter_mut().zip(&of_channels) {
                    *sum = D::dot(*sum, input, weights);
                }
            }
            weights = weights.add(PANEL * D::STEP);
            inputs = inputs.add(D::STEP);
        }
        for (row, sums) in sums.iter().enumerate() {
            let row_scale = D::Float::splat(*row_scales.get_unchecked(at.row + row));
            for (v, &sum) in sums.iter().enumerate() {
                let channel = at.channel + v * lanes;
                if channel >= matrix.outputs {
                    break;
                }
                let scale = D::Float::load(matrix.scales.as_ptr().add(channel)).mul(row_scale);
                let bias = D::Float::load(matrix.bias.as_ptr().add(channel));
                let sum = D::finish(sum, matrix.corrections.as_ptr().add(channel));
                let y = sum.mul_add(scale, bias);
                let y = if GELU { D::gelu(y) } else { y };
                let to = out.as_mut_ptr().add((at.row + row) * matrix.outputs + channel);
                match matrix.outputs - channel {
                    left if left < lanes => store_part(y, to, left),
                    _ => y.store(to),
                }
            }
        }
    }
}
