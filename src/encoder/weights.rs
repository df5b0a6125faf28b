//! The tensors of a model, read in place from the bytes of one safetensors file or several, and checked before
//! anything runs.
//!
//! A tensor is F32, F16, BF16, or I8 with one scale for each row beside it (`NAME` and `NAME.scale`). Where there is no
//! `NAME.weight` or `NAME.bias`, `NAME.gamma` or `NAME.beta` is read, as checkpoints that came from TensorFlow call them.

use std::borrow::Cow;

use safetensors::{Dtype, SafeTensors};

use crate::error::{Error, ErrorKind};

/// The bytes of the safetensors files that hold a model's tensors: one, or as many as it was sharded into.
#[derive(Debug)]
pub(crate) struct Weights {
    files: Vec<Cow<'static, [u8]>>,
}

/// How the numbers of a matrix are held.
#[derive(Debug)]
pub(crate) enum Matrix<'a> {
    /// One number for each element.
    Full(Vec<f32>), // (rows, columns)
    /// One signed byte for each element, as in the file, and one scale for each row.
    Scaled { values: Cow<'a, [u8]>, scales: Vec<f32> }, // (rows, columns), (rows)
}

impl Weights {
    /// Weights of one file; where its bytes are inside the binary, nothing is copied.
    ///
    /// # Errors
    ///
    /// Fails where the bytes are no safetensors file.
    pub(crate) fn new(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Self, Error> {
        let bytes = bytes.into();
        SafeTensors::deserialize(&bytes)
            .map_err(|error| Error::new(ErrorKind::Format, "header", "a whole safetensors file", error.to_string()))?;
        Ok(Self { files: vec![bytes] })
    }

    /// The tensors of all of them together.
    pub(crate) fn join(shards: impl IntoIterator<Item = Self>) -> Self {
        Self { files: shards.into_iter().flat_map(|shard| shard.files).collect() }
    }

    /// The tensors by name.
    pub(crate) fn tensors(&self) -> Tensors<'_> {
        Tensors { files: self.files.iter().map(|bytes| parsed(bytes)).collect() }
    }

    /// A matrix that outlives the weights: where they are inside the binary, it stays there.
    pub(crate) fn table(&self, name: &str, rows: usize, columns: usize) -> Result<Matrix<'static>, Error> {
        if let [Cow::Borrowed(bytes)] = self.files.as_slice() {
            return Tensors { files: vec![parsed(bytes)] }.matrix(name, rows, columns);
        }
        Ok(match self.tensors().matrix(name, rows, columns)? {
            Matrix::Full(values) => Matrix::Full(values),
            Matrix::Scaled { values, scales } => Matrix::Scaled { values: Cow::Owned(values.into_owned()), scales },
        })
    }
}

fn parsed(bytes: &[u8]) -> SafeTensors<'_> {
    SafeTensors::deserialize(bytes).expect("checked when the weights were made")
}

/// A view of the tensors in the files.
#[derive(Debug)]
pub(crate) struct Tensors<'a> {
    files: Vec<SafeTensors<'a>>,
}

impl<'a> Tensors<'a> {
    /// Fails where one of `names` is missing; the error lists all that are, each with the nearest name of the file.
    pub(crate) fn require(&self, names: &[String]) -> Result<(), Error> {
        let present: Vec<&str> = self.files.iter().flat_map(SafeTensors::names).collect();
        let is_present = |name: &String| {
            present.contains(&name.as_str()) || old_name(name).is_some_and(|old| present.contains(&old.as_str()))
        };
        let missing: Vec<&String> = names.iter().filter(|name| !is_present(name)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let spare: Vec<&str> =
            present.iter().copied().filter(|name| !names.iter().any(|required| required == name)).collect();
        let list = missing.iter().map(|name| match nearest(name, &spare) {
            Some(near) => format!("{name} (the file has {near})"),
            None => (*name).clone(),
        });
        let found = format!("{} without: {}", present.len(), list.collect::<Vec<_>>().join(", "));
        Err(Error::new(ErrorKind::Format, "tensors", format!("{} tensors", names.len()), found))
    }

    /// A vector of `length` numbers.
    pub(crate) fn vector(&self, name: &str, length: usize) -> Result<Vec<f32>, Error> {
        self.floats(name, &[length])
    }

    /// A matrix of `rows` and `columns`.
    pub(crate) fn matrix(&self, name: &str, rows: usize, columns: usize) -> Result<Matrix<'a>, Error> {
        let view = self.view(name, &[rows, columns])?;
        if view.dtype() != Dtype::I8 {
            return Ok(Matrix::Full(self.floats(name, &[rows, columns])?));
        }
        let values = Cow::Borrowed(view.data());
        let scales = self.floats(&format!("{name}.scale"), &[rows])?;
        Ok(Matrix::Scaled { values, scales })
    }

    /// A tensor of any shape, its bytes widened where it has bytes.
    #[cfg(feature = "rust-bert")]
    pub(crate) fn numbers(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        let [rows, columns] = *shape else { return self.floats(name, shape) };
        Ok(match self.matrix(name, rows, columns)? {
            Matrix::Full(values) => values,
            scaled => {
                let mut values = vec![0.0; rows * columns];
                values.chunks_exact_mut(columns).enumerate().for_each(|(row, out)| scaled.read_row(row, out));
                values
            }
        })
    }

    fn view(&self, name: &str, shape: &[usize]) -> Result<safetensors::tensor::TensorView<'a>, Error> {
        let missing = || Error::new(ErrorKind::Format, name, "a tensor", "none of that name");
        let find = |name: &str| self.files.iter().find_map(|file| file.tensor(name).ok());
        let view = find(name).or_else(|| find(&old_name(name)?)).ok_or_else(missing)?;
        if view.shape() != shape {
            let (expected, found) = (format!("the shape {shape:?}"), format!("{:?}", view.shape()));
            return Err(Error::new(ErrorKind::Mismatch, name, expected, found));
        }
        Ok(view)
    }

    /// A tensor of any shape that holds floats.
    pub(crate) fn floats(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        let view = self.view(name, shape)?;
        let data = view.data();
        let halves = || data.chunks_exact(2).map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]]));
        match view.dtype() {
            Dtype::F32 => {
                let four = |bytes: &[u8]| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
                Ok(data.chunks_exact(4).map(four).collect())
            }
            Dtype::F16 => Ok(halves().map(from_f16).collect()),
            Dtype::BF16 => Ok(halves().map(|bits| f32::from_bits(u32::from(bits) << 16)).collect()),
            other => {
                let expected = "F32, F16, BF16, or for a weight matrix I8";
                Err(Error::new(ErrorKind::Unsupported, name, expected, format!("{other:?}")))
            }
        }
    }
}

/// What TensorFlow calls the parameter of a layer normalisation.
fn old_name(name: &str) -> Option<String> {
    let renamed = |new: &str, old: &str| name.strip_suffix(new).map(|layer| format!("{layer}{old}"));
    renamed(".weight", ".gamma").or_else(|| renamed(".bias", ".beta"))
}

/// IEEE 754 binary16 to binary32; exact.
fn from_f16(bits: u16) -> f32 {
    let sign = u32::from(bits >> 15) << 31;
    let (exponent, fraction) = (u32::from(bits >> 10) & 31, u32::from(bits) & 1023);
    match exponent {
        0 => f32::from_bits(sign | (fraction as f32 / 16_777_216.0).to_bits()), // subnormal: fraction · 2⁻²⁴
        31 => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
    }
}

/// The name of the file that ends like `name` for longest, where it ends in the same word.
fn nearest<'a>(name: &str, present: &[&'a str]) -> Option<&'a str> {
    let common = |other: &str| name.bytes().rev().zip(other.bytes().rev()).take_while(|(a, b)| a == b).count();
    let best = present.iter().max_by(|a, b| common(a).cmp(&common(b)).then(b.cmp(a)))?;
    let last_word = name.rsplit_once('.').map_or(name.len(), |(_, word)| word.len() + 1);
    (common(best) > last_word).then_some(*best)
}

impl Matrix<'_> {
    /// Writes row `row`, as long as `out`.
    pub(crate) fn read_row(&self, row: usize, out: &mut [f32]) {
        let columns = out.len();
        match self {
            Self::Full(values) => out.copy_from_slice(&values[row * columns..][..columns]),
            Self::Scaled { values, scales } => {
                for (out, &value) in out.iter_mut().zip(&values[row * columns..][..columns]) {
                    *out = f32::from(value as i8) * scales[row];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, data: &[u8]) -> Vec<u8> {
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn half_precision_is_exact() {
        for (bits, value) in
            [(0x3c00, 1.0), (0xc000, -2.0), (0x3555, 0.333_251_95), (0x0001, 5.960_464_5e-8), (0x8000, -0.0)]
        {
            assert_eq!(from_f16(bits).to_bits(), f32::to_bits(value));
        }
        assert_eq!(from_f16(0x7c00), f32::INFINITY);
    }

    #[test]
    fn what_is_wrong_with_a_tensor_is_named() {
        let header = r#"{"a":{"dtype":"I32","shape":[1],"data_offsets":[0,4]},"b.weight":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#;
        let weights = Weights::new(file(header, &[0; 8])).unwrap();
        let tensors = weights.tensors();
        let message = |error: Error| error.to_string();
        assert_eq!(
            message(tensors.vector("a", 1).unwrap_err()),
            "a: expected F32, F16, BF16, or for a weight matrix I8, found I32"
        );
        assert_eq!(message(tensors.vector("b.weight", 2).unwrap_err()), "b.weight: expected the shape [2], found [1]");
        let names = ["a", "x.b.weight", "zz"].map(str::to_owned);
        assert_eq!(
            message(tensors.require(&names).unwrap_err()),
            "tensors: expected 3 tensors, found 2 without: x.b.weight (the file has b.weight), zz"
        );
    }

    #[test]
    fn a_truncated_file_is_an_error() {
        let header = r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
        let whole = file(header, &[0; 8]);
        for length in [0, 7, 8, 20, whole.len() - 1] {
            let error = Weights::new(whole[..length].to_vec()).unwrap_err();
            assert!(error.to_string().starts_with("header: expected a whole safetensors file, found "));
        }
    }
}
