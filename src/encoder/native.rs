//! A BERT in pure Rust: embeddings, layers of attention and feed-forward, one linear head (Devlin et al. 2019).
//!
//! Sequences are packed end to end, without padding: every product runs over real tokens only, and attention runs
//! within each sequence.

use std::cell::RefCell;

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2};

use crate::encoder::config::EncoderConfig;
use crate::encoder::weights::{Matrix, Tensors, Weights};
use crate::encoder::{Encoder, Logits, Sequence};
use crate::error::{Error, ErrorKind};

/// The rows of the feed-forward that are worked on at once: what lies between its two products stays in the cache.
const BLOCK: usize = 128;

/// A linear layer: `y = x W + b`.
#[derive(Debug)]
struct Linear {
    weight: Vec<f32>, // (outputs, inputs)
    bias: Vec<f32>,   // (outputs)
    inputs: usize,
}

/// The scale and the shift of a layer norm (Ba et al. 2016).
#[derive(Debug)]
struct Norm {
    scale: Vec<f32>, // (hidden)
    shift: Vec<f32>, // (hidden)
}

#[derive(Debug)]
struct Layer {
    qkv: Linear, // hidden to 3 hidden: query · 1/√head, key, value
    output: Linear,
    attention_norm: Norm,
    widen: Linear,  // hidden to intermediate
    narrow: Linear, // intermediate to hidden
    output_norm: Norm,
}

/// The encoder in pure Rust.
#[derive(Debug)]
pub(crate) struct NativeEncoder {
    config: EncoderConfig,
    words: Matrix,     // (vocabulary, hidden)
    positions: Matrix, // (longest, hidden)
    types: Matrix,     // (types, hidden)
    embedding_norm: Norm,
    layers: Vec<Layer>,
    classifier: Linear,
}

/// What lies between the steps; belongs to a thread and is used again.
#[derive(Debug, Default)]
struct Scratch {
    hidden: Vec<f32>,   // (tokens, hidden)
    qkv: Vec<f32>,      // (tokens, 3 hidden)
    context: Vec<f32>,  // (tokens, hidden)
    attended: Vec<f32>, // (tokens, hidden)
    wide: Vec<f32>,     // (BLOCK, intermediate)
    scores: Vec<f32>,   // (longest sequence, longest sequence)
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl NativeEncoder {
    /// Reads the network that `config` describes from `weights`.
    ///
    /// # Errors
    ///
    /// Fails where tensors are missing (all are listed), or have another shape or type than they should.
    pub(crate) fn load(config: &EncoderConfig, weights: &Weights) -> Result<Self, Error> {
        let tensors = weights.tensors();
        tensors.require(&tensor_names(config))?;
        let hidden = config.hidden_size;
        let matrix =
            |name: &str, rows| tensors.matrix(&format!("bert.embeddings.{name}_embeddings.weight"), rows, hidden);
        Ok(Self {
            words: matrix("word", config.vocab_size)?,
            positions: matrix("position", config.max_position_embeddings)?,
            types: matrix("token_type", config.type_vocab_size)?,
            embedding_norm: norm(&tensors, "bert.embeddings.LayerNorm", hidden)?,
            layers: (0..config.num_hidden_layers).map(|i| layer(&tensors, config, i)).collect::<Result<_, _>>()?,
            classifier: linear(&tensors, "classifier", config.id2label.len(), hidden)?,
            config: config.clone(),
        })
    }

    /// Fails where a sequence asks for a row that a table does not have.
    fn check(&self, sequence: &Sequence<'_>) -> Result<(), Error> {
        let fail =
            |place: &str, expected: String, found: String| Err(Error::new(ErrorKind::Argument, place, expected, found));
        let (longest, tokens) = (self.config.max_position_embeddings, sequence.ids.len());
        if tokens > longest {
            return fail("sequence", format!("{longest} tokens at most"), tokens.to_string());
        }
        if sequence.token_types.len() != tokens {
            return fail("token types", format!("{tokens}, one for each id"), sequence.token_types.len().to_string());
        }
        let beyond = |rows: &[u32], size: usize| rows.iter().copied().find(|&row| row as usize >= size);
        if let Some(id) = beyond(sequence.ids, self.config.vocab_size) {
            return fail("token id", format!("below {}", self.config.vocab_size), id.to_string());
        }
        if let Some(id) = beyond(sequence.token_types, self.config.type_vocab_size) {
            return fail("token type", format!("below {}", self.config.type_vocab_size), id.to_string());
        }
        Ok(())
    }

    fn forward(&self, sequences: &[Sequence<'_>], scratch: &mut Scratch) -> Vec<Logits> {
        let lengths: Vec<usize> = sequences.iter().map(|sequence| sequence.ids.len()).collect();
        self.embed(sequences, scratch);
        for layer in &self.layers {
            self.attend(layer, &lengths, scratch);
            self.feed_forward(layer, scratch);
        }
        let labels = self.config.id2label.len();
        let mut logits = Vec::with_capacity(sequences.len());
        let mut start = 0;
        for length in lengths {
            let rows = &scratch.hidden[start * self.config.hidden_size..][..length * self.config.hidden_size];
            let mut values = vec![0.0; length * labels]; // (tokens, labels)
            self.classifier.apply(rows, &mut values);
            logits.push(Logits::new(values, labels));
            start += length;
        }
        logits
    }

    /// word + position + token type, normalised.
    fn embed(&self, sequences: &[Sequence<'_>], scratch: &mut Scratch) {
        let hidden = self.config.hidden_size;
        let tokens: usize = sequences.iter().map(|sequence| sequence.ids.len()).sum();
        scratch.hidden.resize(tokens * hidden, 0.0);
        let mut part = vec![0.0; hidden];
        let mut rows = scratch.hidden.chunks_exact_mut(hidden);
        for sequence in sequences {
            for (position, (&id, &token_type)) in sequence.ids.iter().zip(sequence.token_types).enumerate() {
                let row = rows.next().expect("a row for each token");
                self.words.read_row(id as usize, hidden, row);
                for (table, index) in [(&self.positions, position), (&self.types, token_type as usize)] {
                    table.read_row(index, hidden, &mut part);
                    row.iter_mut().zip(&part).for_each(|(sum, part)| *sum += part);
                }
                self.embedding_norm.apply(row, self.config.layer_norm_eps);
            }
        }
    }

    /// softmax(Q Kᵀ) V within each sequence and head, then the output product, the residual and the norm.
    fn attend(&self, layer: &Layer, lengths: &[usize], scratch: &mut Scratch) {
        let hidden = self.config.hidden_size;
        let tokens = scratch.hidden.len() / hidden;
        scratch.qkv.resize(tokens * 3 * hidden, 0.0);
        scratch.context.resize(tokens * hidden, 0.0);
        scratch.attended.resize(tokens * hidden, 0.0);
        layer.qkv.apply(&scratch.hidden, &mut scratch.qkv);
        let mut start = 0;
        for &length in lengths {
            self.attend_within(start, length, scratch);
            start += length;
        }
        layer.output.apply(&scratch.context, &mut scratch.attended);
        let rows = scratch.attended.chunks_exact_mut(hidden).zip(scratch.hidden.chunks_exact(hidden));
        for (row, residual) in rows {
            row.iter_mut().zip(residual).for_each(|(sum, residual)| *sum += residual);
            layer.attention_norm.apply(row, self.config.layer_norm_eps);
        }
    }

    fn attend_within(&self, start: usize, length: usize, scratch: &mut Scratch) {
        let (hidden, head) = (self.config.hidden_size, self.config.head_size());
        scratch.scores.resize(length * length, 0.0); // (tokens, tokens)
        let rows = &scratch.qkv[start * 3 * hidden..][..length * 3 * hidden];
        let qkv = ArrayView2::from_shape((length, 3 * hidden), rows).expect("packed rows");
        let context = &mut scratch.context[start * hidden..][..length * hidden];
        let mut context = ArrayViewMut2::from_shape((length, hidden), context).expect("packed rows");
        for first in (0..hidden).step_by(head) {
            let part = |offset: usize| qkv.slice(ndarray::s![.., offset + first..offset + first + head]);
            let (query, key, value) = (part(0), part(hidden), part(2 * hidden)); // each (tokens, head)
            let scores = ArrayViewMut2::from_shape((length, length), &mut scratch.scores[..]);
            let mut scores = scores.expect("one score for each pair");
            general_mat_mul(1.0, &query, &key.t(), 0.0, &mut scores);
            scratch.scores.chunks_exact_mut(length).for_each(softmax);
            let scores = ArrayView2::from_shape((length, length), &scratch.scores[..]).expect("as above");
            general_mat_mul(1.0, &scores, &value, 0.0, &mut context.slice_mut(ndarray::s![.., first..first + head]));
        }
    }

    /// GELU(x W₁ + b₁) W₂ + b₂, the residual and the norm, block by block.
    fn feed_forward(&self, layer: &Layer, scratch: &mut Scratch) {
        let hidden = self.config.hidden_size;
        let blocks = scratch.attended.chunks(BLOCK * hidden).zip(scratch.hidden.chunks_mut(BLOCK * hidden));
        for (residual, out) in blocks {
            scratch.wide.resize(residual.len() / hidden * self.config.intermediate_size, 0.0);
            layer.widen.apply(residual, &mut scratch.wide);
            scratch.wide.iter_mut().for_each(|x| *x = gelu(*x));
            layer.narrow.apply(&scratch.wide, out);
            for (row, residual) in out.chunks_exact_mut(hidden).zip(residual.chunks_exact(hidden)) {
                row.iter_mut().zip(residual).for_each(|(sum, residual)| *sum += residual);
                layer.output_norm.apply(row, self.config.layer_norm_eps);
            }
        }
    }
}

impl Encoder for NativeEncoder {
    fn label_count(&self) -> usize {
        self.config.id2label.len()
    }

    fn max_tokens(&self) -> usize {
        self.config.max_position_embeddings
    }

    fn logits(&self, sequences: &[Sequence<'_>]) -> Result<Vec<Logits>, Error> {
        sequences.iter().try_for_each(|sequence| self.check(sequence))?;
        Ok(SCRATCH.with_borrow_mut(|scratch| self.forward(sequences, scratch)))
    }
}

impl Linear {
    fn apply(&self, x: &[f32], out: &mut [f32]) {
        let (rows, outputs) = (x.len() / self.inputs, self.bias.len());
        out.chunks_exact_mut(outputs).for_each(|row| row.copy_from_slice(&self.bias));
        let x = ArrayView2::from_shape((rows, self.inputs), x).expect("whole rows");
        let weight = ArrayView2::from_shape((outputs, self.inputs), &self.weight[..]).expect("checked at load");
        let mut out = ArrayViewMut2::from_shape((rows, outputs), out).expect("whole rows");
        general_mat_mul(1.0, &x, &weight.t(), 1.0, &mut out);
    }
}

impl Norm {
    fn apply(&self, row: &mut [f32], epsilon: f32) {
        let width = row.len() as f32;
        let mean = row.iter().sum::<f32>() / width;
        let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / width;
        let inverse = 1.0 / (variance + epsilon).sqrt();
        for ((x, scale), shift) in row.iter_mut().zip(&self.scale).zip(&self.shift) {
            *x = (*x - mean) * inverse * scale + shift;
        }
    }
}

fn softmax(row: &mut [f32]) {
    let highest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    row.iter_mut().for_each(|x| *x = (*x - highest).exp());
    let total: f32 = row.iter().sum();
    row.iter_mut().for_each(|x| *x /= total);
}

/// x · Φ(x), with the error function of Abramowitz and Stegun 7.1.26 (error below 1.5e-7).
fn gelu(x: f32) -> f32 {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let poly = t * (0.254_829_6 + t * (-0.284_496_72 + t * (1.421_413_8 + t * (-1.453_152_1 + t * 1.061_405_4))));
    let tail = poly * (-z * z).exp(); // 1 - erf(z)
    0.5 * x * if x < 0.0 { tail } else { 2.0 - tail }
}

/// The names of all tensors that the network needs.
fn tensor_names(config: &EncoderConfig) -> Vec<String> {
    let mut names: Vec<String> =
        ["word", "position", "token_type"].map(|table| format!("bert.embeddings.{table}_embeddings.weight")).to_vec();
    let parts = [
        "attention.self.query",
        "attention.self.key",
        "attention.self.value",
        "attention.output.dense",
        "attention.output.LayerNorm",
        "intermediate.dense",
        "output.dense",
        "output.LayerNorm",
    ];
    let mut layers = vec!["bert.embeddings.LayerNorm".to_owned(), "classifier".to_owned()];
    for i in 0..config.num_hidden_layers {
        layers.extend(parts.iter().map(|part| format!("bert.encoder.layer.{i}.{part}")));
    }
    names.extend(layers.iter().flat_map(|part| [format!("{part}.weight"), format!("{part}.bias")]));
    names
}

fn norm(tensors: &Tensors<'_>, name: &str, hidden: usize) -> Result<Norm, Error> {
    let vector = |part: &str| tensors.vector(&format!("{name}.{part}"), hidden);
    Ok(Norm { scale: vector("weight")?, shift: vector("bias")? })
}

fn linear(tensors: &Tensors<'_>, name: &str, outputs: usize, inputs: usize) -> Result<Linear, Error> {
    let weight = tensors.matrix(&format!("{name}.weight"), outputs, inputs)?.to_full(inputs);
    Ok(Linear { weight, bias: tensors.vector(&format!("{name}.bias"), outputs)?, inputs })
}

fn layer(tensors: &Tensors<'_>, config: &EncoderConfig, i: usize) -> Result<Layer, Error> {
    let (hidden, intermediate) = (config.hidden_size, config.intermediate_size);
    let name = |part: &str| format!("bert.encoder.layer.{i}.{part}");
    Ok(Layer {
        qkv: qkv(tensors, &name("attention.self"), hidden, config.head_size())?,
        output: linear(tensors, &name("attention.output.dense"), hidden, hidden)?,
        attention_norm: norm(tensors, &name("attention.output.LayerNorm"), hidden)?,
        widen: linear(tensors, &name("intermediate.dense"), intermediate, hidden)?,
        narrow: linear(tensors, &name("output.dense"), hidden, intermediate)?,
        output_norm: norm(tensors, &name("output.LayerNorm"), hidden)?,
    })
}

/// Query, key and value as one product, the query scaled by 1/√head.
fn qkv(tensors: &Tensors<'_>, name: &str, hidden: usize, head: usize) -> Result<Linear, Error> {
    let mut query = linear(tensors, &format!("{name}.query"), hidden, hidden)?;
    let scale = 1.0 / (head as f32).sqrt();
    query.weight.iter_mut().chain(&mut query.bias).for_each(|x| *x *= scale);
    for part in ["key", "value"] {
        let part = linear(tensors, &format!("{name}.{part}"), hidden, hidden)?;
        query.weight.extend(part.weight);
        query.bias.extend(part.bias);
    }
    Ok(query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gelu_is_x_times_the_normal_distribution() {
        for (x, y) in [(0.0, 0.0), (1.0, 0.841_344_7), (-1.0, -0.158_655_25), (3.0, 2.995_950_2), (-10.0, 0.0)] {
            assert!((gelu(x) - y).abs() < 1e-6, "{x}");
        }
    }
}
