//! A linear layer, `y = x W + b`, in bytes or in floats.

use std::borrow::Cow;

use super::kernel::{After, F32Panels, F32Product, Int8Panels, Int8Product, Isa, LANES, Quantise, RowScale};
use super::scratch::{Buffer, part};
use super::weights::Matrix;

/// What the encoder multiplies in.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), attache::Error> {
/// let exact = attache::Recognizer::builder().precision(attache::Precision::F32).build()?;
/// assert_eq!(exact.recognize("Peru has signed.").countries()[0].alpha2(), "PE");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Precision {
    /// Bytes: weights with one scale for each output channel, hidden states with one range for each token, so that a
    /// token's labels never depend on what is read beside it. Sums are exact.
    #[default]
    Int8,
    /// 32-bit floats, some three times slower: for those who compare with a reference.
    F32,
}

/// A linear layer.
#[derive(Debug)]
pub(super) enum Linear {
    Int8(Int8Panels),
    F32(F32Panels),
}

/// Rows on their way into a product of bytes; used again.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    bytes: Buffer<u8>,        // (rows, inputs)
    scales: Buffer<RowScale>, // (rows)
}

/// Values that are laid out in whole vectors: groups of them, with zeros after each where it does not fill its vectors.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    pub(super) values: usize,
    group: usize,
    padded: usize,
}

impl Layout {
    /// So many values, in groups of as many as a group has.
    pub(super) fn of(values: usize, group: usize) -> Self {
        Self { values, group, padded: group.next_multiple_of(LANES) }
    }

    /// So many values and no zeros.
    pub(super) fn dense(values: usize) -> Self {
        Self { values, group: values, padded: values }
    }

    /// How wide the values are, with the zeros among them.
    pub(super) fn width(self) -> usize {
        self.values / self.group * self.padded
    }

    /// Where a value lies.
    fn place(self, value: usize) -> usize {
        value / self.group * self.padded + value % self.group
    }

    /// The values with the zeros among them.
    pub(super) fn spread<T: Copy + Default>(self, values: &[T]) -> Cow<'_, [T]> {
        if self.group == self.padded {
            return Cow::Borrowed(values);
        }
        let mut spread = vec![T::default(); self.width()];
        for (group, spread) in values.chunks(self.group).zip(spread.chunks_mut(self.padded)) {
            spread[..self.group].copy_from_slice(group);
        }
        Cow::Owned(spread)
    }
}

impl Linear {
    /// A layer of zeros between rows of these widths; [`put`](Self::put) fills it.
    pub(super) fn new(precision: Precision, outputs: usize, inputs: usize) -> Self {
        match precision {
            Precision::Int8 => Self::Int8(Int8Panels::new(inputs, outputs)),
            Precision::F32 => Self::F32(F32Panels::new(inputs, outputs)),
        }
    }

    /// Fills the output channels from `first` on with the rows of `matrix`, both times `factor`.
    pub(super) fn put(
        &mut self,
        first: usize,
        matrix: &Matrix<'_>,
        bias: &[f32],
        factor: f32,
        [outputs, inputs]: [Layout; 2],
    ) {
        let columns = inputs.values;
        for (row, &bias) in bias.iter().enumerate() {
            let (column, bias) = (first + outputs.place(row), bias * factor);
            match (&mut *self, matrix) {
                (Self::Int8(panels), Matrix::Scaled { values, scales }) => {
                    let bytes = inputs.spread(&values[row * columns..][..columns]);
                    panels.set_column(column, &bytes, scales[row] * factor, bias);
                }
                (Self::Int8(panels), Matrix::Full(values)) => {
                    let (bytes, scale) = quantise_weights(&values[row * columns..][..columns]);
                    panels.set_column(column, &inputs.spread(&bytes), scale * factor, bias);
                }
                (Self::F32(panels), matrix) => {
                    let mut values = vec![0.0; columns];
                    matrix.read_row(row, &mut values);
                    values.iter_mut().for_each(|value| *value *= factor);
                    panels.set_column(column, &inputs.spread(&values), bias);
                }
            }
        }
    }

    /// The rows (rows, inputs) times the weights, and what is done to it in the output (rows, outputs).
    pub(super) fn apply(&self, isa: Isa, rows: &[f32], inputs: &mut Inputs, after: After, output: &mut [f32]) {
        match self {
            Self::F32(weights) => isa.run(F32Product { rows, weights, after, output }),
            Self::Int8(weights) => {
                let bytes = part(&mut inputs.bytes, rows.len());
                let scales = part(&mut inputs.scales, rows.len() / weights.inputs);
                isa.run(Quantise { rows, bytes, scales });
                isa.run(Int8Product { rows: bytes, scales, weights, after, output });
            }
        }
    }
}

/// Bytes that are i8, from −127 to 127, and their scale: as models/attache-small/recipe/quantise.py has it.
fn quantise_weights(values: &[f32]) -> (Vec<u8>, f32) {
    let largest = values.iter().fold(1e-12f32, |largest, value| largest.max(value.abs()));
    let scale = largest / 127.0;
    let bytes = values.iter().map(|value| (value / scale).round_ties_even().clamp(-127.0, 127.0) as i8 as u8);
    (bytes.collect(), scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_padded_to_whole_vectors() {
        let heads = Layout::of(40, 20);
        let values: Vec<usize> = (1..=40).collect();
        let spread = heads.spread(&values);
        assert_eq!(spread.len(), heads.width());
        assert_eq!(heads.width(), 64);
        for (i, &value) in values.iter().enumerate() {
            assert_eq!(spread[heads.place(i)], value);
        }
        assert_eq!(spread.iter().filter(|&&value| value == 0).count(), 24);
        assert!(matches!(Layout::of(384, 32).spread(&[0u8; 384]), Cow::Borrowed(_)));
        assert_eq!(Layout::dense(13).width(), 13);
    }
}
