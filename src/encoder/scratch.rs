//! Buffers that a thread keeps between calls, so that labelling many texts allocates nothing for each.

use super::kernel::AttentionScratch;
use super::linear::Inputs;

/// What the forward pass works in.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pub(super) hidden: Buffer<f32>,    // (tokens, hidden)
    pub(super) convolved: Buffer<f32>, // (tokens, hidden)
    pub(super) logits: Buffer<f32>,    // (tokens, labels)
    pub(super) work: Work,
}

/// What a layer works in.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) projected: Buffer<f32>, // (tokens, 3 · hidden)
    pub(super) context: Buffer<f32>,   // (tokens, hidden)
    pub(super) middle: Buffer<f32>,    // (some rows, intermediate)
    pub(super) rows: Vec<u32>,         // (2 · tokens − 1), of one sequence
    pub(super) inputs: Inputs,
    pub(super) attention: AttentionScratch,
}

/// Memory that grows and is never cleared.
#[derive(Debug)]
pub(super) struct Buffer<T>(Vec<T>);

impl<T> Default for Buffer<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// A cache line: vectors that start on one are read in one go.
const LINE: usize = 64;

/// The first `length` values of a buffer, from a cache line on. They hold whatever was there.
pub(super) fn part<T: Copy + Default>(buffer: &mut Buffer<T>, length: usize) -> &mut [T] {
    let values = &mut buffer.0;
    if values.len() < length + LINE {
        *values = vec![T::default(); length + LINE];
    }
    let start = values.as_ptr().align_offset(LINE).min(LINE);
    &mut values[start..start + length]
}
