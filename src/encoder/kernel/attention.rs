//! softmax(Q Kᵀ) V within one sequence, head by head (Vaswani et al. 2017).

use super::vector::{Vector, exp};

/// The rows of scores that are worked on at once.
const ROWS: usize = 6;

/// What lies between the steps for one head.
#[derive(Debug, Default)]
pub(crate) struct HeadScratch {
    keys: Vec<f32>,   // (head, tokens in whole vectors)
    values: Vec<f32>, // (tokens, head in whole vectors)
    scores: Vec<f32>, // (ROWS, tokens in whole vectors)
    mixed: Vec<f32>,  // (ROWS, head in whole vectors)
}

/// The attention of one sequence: `qkv` is (tokens, 3 hidden), queries scaled; `context` is (tokens, hidden).
///
/// # Safety
///
/// The processor has the instruction set of `V`, and the function is inlined into one compiled for it.
/// `qkv` holds three times the floats of `context`, whole rows of `hidden`, and `head` divides `hidden`.
#[inline(always)]
pub(super) unsafe fn attend<V: Vector>(
    qkv: &[f32],
    hidden: usize,
    head: usize,
    context: &mut [f32],
    scratch: &mut HeadScratch,
) {
    let tokens = context.len() / hidden;
    if tokens == 0 {
        return;
    }
    let (across, wide) = (tokens.next_multiple_of(V::LANES), head.next_multiple_of(V::LANES));
    scratch.keys.resize(head * across, 0.0);
    scratch.values.resize(tokens * wide, 0.0);
    scratch.scores.resize(ROWS * across, 0.0);
    scratch.mixed.resize(ROWS * wide, 0.0);
    for first in (0..hidden).step_by(head) {
        scratch.gather(&qkv[hidden + first..], hidden, head, across, wide);
        for row in (0..tokens).step_by(ROWS) {
            let rows = ROWS.min(tokens - row);
            let query = |i: usize| qkv[(row + i.min(rows - 1)) * 3 * hidden + first..].as_ptr();
            let queries = pointers(query); // each (head)
            // SAFETY: keys are (head, across), scores (ROWS, across).
            unsafe { product::<V>(queries, head, &scratch.keys, across, &mut scratch.scores) };
            let mut inverses = [0.0; ROWS];
            for (row, inverse) in scratch.scores.chunks_exact_mut(across).zip(&mut inverses) {
                // SAFETY: a row is made of whole vectors.
                *inverse = unsafe { softmax::<V>(row, tokens) };
            }
            let weights = pointers(|i| scratch.scores[i * across..].as_ptr()); // each (tokens)
            // SAFETY: values are (tokens, wide), what is mixed from them (ROWS, wide).
            unsafe { product::<V>(weights, tokens, &scratch.values, wide, &mut scratch.mixed) };
            for i in 0..rows {
                let out = &mut context[(row + i) * hidden + first..][..head];
                let mixed = &scratch.mixed[i * wide..][..head];
                out.iter_mut().zip(mixed).for_each(|(out, mixed)| *out = mixed * inverses[i]);
            }
        }
    }
}

#[inline(always)]
fn pointers(row: impl Fn(usize) -> *const f32) -> [*const f32; ROWS] {
    let mut pointers = [std::ptr::null(); ROWS];
    pointers.iter_mut().enumerate().for_each(|(i, pointer)| *pointer = row(i));
    pointers
}

impl HeadScratch {
    /// The keys of a head turned, and its values side by side; `keys` begins at the head's first key.
    #[inline(always)]
    fn gather(&mut self, keys: &[f32], hidden: usize, head: usize, across: usize, wide: usize) {
        for (token, values) in self.values.chunks_exact_mut(wide).enumerate() {
            let row = &keys[token * 3 * hidden..];
            values[..head].copy_from_slice(&row[hidden..][..head]);
            for (turned, key) in self.keys.chunks_exact_mut(across).zip(row) {
                turned[token] = *key;
            }
        }
    }
}

/// `out = rows · matrix`, with rows of `depth` numbers and a matrix of (depth, width), `width` in whole vectors.
#[inline(always)]
unsafe fn product<V: Vector>(rows: [*const f32; ROWS], depth: usize, matrix: &[f32], width: usize, out: &mut [f32]) {
    let pair = 2 * V::LANES;
    let whole = width - width % pair;
    // SAFETY: the tiles lie within the matrix's width.
    unsafe {
        for column in (0..whole).step_by(pair) {
            tile::<V, 2>(rows, depth, matrix, width, column, out);
        }
        if whole < width {
            tile::<V, 1>(rows, depth, matrix, width, whole, out);
        }
    }
}

#[inline(always)]
unsafe fn tile<V: Vector, const VECTORS: usize>(
    rows: [*const f32; ROWS],
    depth: usize,
    matrix: &[f32], // (depth, width)
    width: usize,
    column: usize,
    out: &mut [f32], // (ROWS, width)
) {
    // SAFETY: the caller's rows hold `depth` numbers, and the columns of the tile lie below `width`.
    unsafe {
        let mut sums = [[V::splat(0.0); VECTORS]; ROWS];
        for d in 0..depth {
            let mut columns = [V::splat(0.0); VECTORS];
            for (v, columns) in columns.iter_mut().enumerate() {
                *columns = V::load(matrix.as_ptr().add(d * width + column + v * V::LANES));
            }
            for (sums, row) in sums.iter_mut().zip(rows) {
                let x = V::splat(*row.add(d));
                for (sum, &column) in sums.iter_mut().zip(&columns) {
                    *sum = x.mul_add(column, *sum);
                }
            }
        }
        for (i, sums) in sums.iter().enumerate() {
            for (v, sum) in sums.iter().enumerate() {
                sum.store(out.as_mut_ptr().add(i * width + column + v * V::LANES));
            }
        }
    }
}

/// Exponentials of the first `tokens` scores of a row, relative to the highest; gives one over their sum.
#[inline(always)]
unsafe fn softmax<V: Vector>(row: &mut [f32], tokens: usize) -> f32 {
    row[tokens..].fill(f32::MIN);
    // SAFETY: the row is made of whole vectors.
    unsafe {
        let mut highest = V::splat(f32::MIN);
        for scores in row.chunks_exact(V::LANES) {
            highest = highest.max(V::load(scores.as_ptr()));
        }
        let highest = V::splat(highest.highest());
        let mut total = V::splat(0.0);
        for scores in row.chunks_exact_mut(V::LANES) {
            let x = exp(V::load(scores.as_ptr()).sub(highest));
            x.store(scores.as_mut_ptr());
            total = total.add(x);
        }
        1.0 / total.sum()
    }
}
