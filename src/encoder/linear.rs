//! A linear layer, `y = x W + b`, in bytes or in floats.

use super::kernel::{Finish, Kernels, Packed};
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
    /// Bytes: weights with one scale for each output channel, hidden states with one for each token, so that a
    /// token's labels never depend on what is read beside it. Sums are exact.
    #[default]
    Int8,
    /// 32-bit floats, some three times slower: for those who compare with a reference.
    F32,
}

/// A linear layer.
#[derive(Debug)]
pub(super) enum Linear {
    Int8(Packed<i8>),
    F32(Packed<f32>),
}

/// Rows on their way into a product; used again.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    bytes: Vec<u8>,   // (rows, inputs in whole steps)
    scales: Vec<f32>, // (rows)
}

impl Linear {
    /// A layer of zeros; [`put`](Self::put) fills it.
    pub(super) fn new(precision: Precision, outputs: usize, inputs: usize) -> Self {
        match precision {
            Precision::Int8 => Self::Int8(Packed::new(outputs, inputs)),
            Precision::F32 => Self::F32(Packed::new(outputs, inputs)),
        }
    }

    /// Fills the output channels from `first` on with the rows of `matrix`, both times `factor`.
    pub(super) fn put(&mut self, first: usize, matrix: &Matrix<'_>, bias: &[f32], factor: f32) {
        for (row, &bias) in bias.iter().enumerate() {
            let (channel, bias) = (first + row, bias * factor);
            match (&mut *self, matrix) {
                (Self::Int8(packed), Matrix::Scaled { values, scales }) => {
                    let values = &values[row * packed.inputs()..][..packed.inputs()];
                    packed.put(channel, values, |value| value as i8, scales[row] * factor, bias);
                }
                (Self::Int8(packed), Matrix::Full(values)) => {
                    let values = &values[row * packed.inputs()..][..packed.inputs()];
                    let highest = values.iter().fold(f32::MIN_POSITIVE, |highest, x| highest.max(x.abs()));
                    let quantize = |x: f32| (x * (127.0 / highest)).round_ties_even() as i8;
                    packed.put(channel, values, quantize, highest / 127.0 * factor, bias);
                }
                (Self::F32(packed), matrix) => {
                    let mut values = vec![0.0; packed.inputs()];
                    matrix.read_row(row, &mut values);
                    packed.put(channel, &values, |value| value * factor, 1.0, bias);
                }
            }
        }
    }

    /// `out = finish(x W + b)`, for `x` of (rows, inputs) and `out` of (rows, outputs).
    pub(super) fn apply(&self, kernels: &Kernels, x: &[f32], finish: Finish, inputs: &mut Inputs, out: &mut [f32]) {
        if x.is_empty() {
            return;
        }
        match self {
            Self::Int8(packed) => {
                let rows = x.len() / packed.inputs();
                inputs.scales.resize(rows, 0.0);
                inputs.bytes.resize(rows * packed.steps() * 4, 0);
                kernels.quantize(x, &mut inputs.bytes, &mut inputs.scales);
                kernels.product_of_bytes(packed, &inputs.bytes, &inputs.scales, finish, out);
            }
            Self::F32(packed) => {
                inputs.scales.clear();
                inputs.scales.resize(x.len() / packed.inputs(), 1.0);
                kernels.product_of_floats(packed, x, &inputs.scales, finish, out);
            }
        }
    }
}
