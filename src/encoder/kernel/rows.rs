//! What runs over rows of hidden states: layer norm and quantising.

use super::vector::{Vector, load_part, store_part};

/// The scale and the shift of a layer norm (Ba et al. 2016).
#[derive(Debug)]
pub(crate) struct Norm {
    pub(crate) scale: Vec<f32>, // (hidden)
    pub(crate) shift: Vec<f32>, // (hidden)
    pub(crate) epsilon: f32,
}

/// The least highest magnitude of a row that is quantised: a row of zeros has an inverse.
const LOWEST: f32 = 1e-30;

/// Calls `$step` for each vector of a row: `(column, lanes)`, the last where the row does not fill it.
macro_rules! columns {
    ($V:ident, $width:expr, |$column:ident, $count:ident| $step:expr) => {{
        let whole = $width - $width % $V::LANES;
        for $column in (0..whole).step_by($V::LANES) {
            let $count = $V::LANES;
            $step;
        }
        if whole < $width {
            let ($column, $count) = (whole, $width - whole);
            $step;
        }
    }};
}

#[inline(always)]
unsafe fn read<V: Vector>(from: *const f32, count: usize, fill: f32) -> V {
    // SAFETY: the caller's `from` is valid for `count` floats.
    unsafe { if count == V::LANES { V::load(from) } else { load_part(from, count, fill) } }
}

#[inline(always)]
unsafe fn write<V: Vector>(x: V, to: *mut f32, count: usize) {
    // SAFETY: the caller's `to` is valid for `count` floats.
    unsafe { if count == V::LANES { x.store(to) } else { store_part(x, to, count) } }
}

/// Each row of `x` plus its row of `residual`, normalised.
///
/// # Safety
///
/// The processor has the instruction set of `V`, and the function is inlined into one compiled for it.
/// `x` and `residual` hold the same number of whole rows.
#[inline(always)]
pub(super) unsafe fn normalize<V: Vector>(x: &mut [f32], residual: &[f32], norm: &Norm) {
    let width = norm.scale.len();
    for (row, residual) in x.chunks_exact_mut(width).zip(residual.chunks_exact(width)) {
        let (row, residual) = (row.as_mut_ptr(), residual.as_ptr()); // (hidden)
        // SAFETY: all columns lie below `width`, the length of the rows, of the scale and of the shift.
        unsafe {
            let mut total = V::splat(0.0);
            columns!(V, width, |column, count| {
                let x: V = read(row.add(column), count, 0.0);
                let x = x.add(read(residual.add(column), count, 0.0));
                write(x, row.add(column), count);
                total = total.add(x);
            });
            let mean = total.sum() / width as f32;
            let mut squares = V::splat(0.0);
            columns!(V, width, |column, count| {
                let x = read::<V>(row.add(column), count, mean).sub(V::splat(mean));
                squares = x.mul_add(x, squares);
            });
            let inverse = V::splat(1.0 / (squares.sum() / width as f32 + norm.epsilon).sqrt());
            columns!(V, width, |column, count| {
                let x = read::<V>(row.add(column), count, 0.0).sub(V::splat(mean)).mul(inverse);
                let scale = read(norm.scale.as_ptr().add(column), count, 0.0);
                let shift = read(norm.shift.as_ptr().add(column), count, 0.0);
                write(x.mul_add(scale, shift), row.add(column), count);
            });
        }
    }
}

/// Each row of `x` as bytes, 128 for zero and 127 steps to the highest magnitude; the width of a step in `scales`.
///
/// # Safety
///
/// The processor has the instruction set of `V`, and the function is inlined into one compiled for it.
/// `x` and `bytes` hold as many whole rows as there are scales, those of `bytes` not narrower than those of `x`.
#[inline(always)]
pub(super) unsafe fn quantize<V: Vector>(x: &[f32], bytes: &mut [u8], scales: &mut [f32]) {
    let (width, stride) = (x.len() / scales.len(), bytes.len() / scales.len());
    let rows = x.chunks_exact(width).zip(bytes.chunks_exact_mut(stride));
    for ((row, bytes), scale) in rows.zip(scales) {
        // SAFETY: all columns lie below `width`, the length of the row, which that of the bytes is not below.
        unsafe {
            let mut highest = V::splat(LOWEST);
            columns!(V, width, |column, count| {
                highest = highest.max(read::<V>(row.as_ptr().add(column), count, 0.0).abs());
            });
            let highest = highest.highest();
            *scale = highest / 127.0;
            let inverse = V::splat(127.0 / highest);
            columns!(V, width, |column, count| {
                let x = read::<V>(row.as_ptr().add(column), count, 0.0).mul(inverse);
                if count == V::LANES {
                    x.store_bytes(bytes.as_mut_ptr().add(column));
                } else {
                    let mut last = [0; super::vector::MOST_LANES];
                    x.store_bytes(last.as_mut_ptr());
                    bytes[column..][..count].copy_from_slice(&last[..count]);
                }
            });
        }
    }
}
