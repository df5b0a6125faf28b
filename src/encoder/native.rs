//! A BERT in pure Rust: embeddings, layers of attention and feed-forward, one linear head (Devlin et al. 2019).
//!
//! Sequences are packed end to end, without padding: every product runs over real tokens only, and attention runs
//! within each sequence.

use std::cell::RefCell;

use super::config::EncoderConfig;
use super::kernel::{Finish, HeadScratch, Kernels, Norm};
use super::linear::{Inputs, Linear, Precision};
use super::weights::{Matrix, Tensors, Weights};
use super::{Encoder, Logits, Sequence};
use crate::error::{Error, ErrorKind};

/// The rows of the feed-forward that are worked on at once: what lies between its two products stays in the cache.
const BLOCK: usize = 48;

/// The tokens that run through all layers together, unless one sequence has more: their states stay in the cache, and
/// there are enough of them to be worth the reading of the weights.
const PACK: usize = 128;

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
///
/// Its kernels are those of the fastest instruction set that the processor has; the environment variable
/// `ATTACHE_ISA`, read when a model is loaded, names another.
#[derive(Debug)]
pub struct NativeEncoder {
    config: EncoderConfig,
    kernels: &'static Kernels,
    words: Matrix<'static>,     // (vocabulary, hidden)
    positions: Matrix<'static>, // (longest, hidden)
    types: Matrix<'static>,     // (types, hidden)
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
    inputs: Inputs,
    head: HeadScratch,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl NativeEncoder {
    /// Reads the network that `config` describes from `weights`.
    ///
    /// # Errors
    ///
    /// Fails where tensors are missing (all are listed), or have another shape or type than they should, and where
    /// `ATTACHE_ISA` asks for kernels that this processor does not have.
    pub(crate) fn load(config: &EncoderConfig, weights: &Weights, precision: Precision) -> Result<Self, Error> {
        let tensors = weights.tensors();
        tensors.require(&tensor_names(config))?;
        let hidden = config.hidden_size;
        let table =
            |name: &str, rows| weights.table(&format!("bert.embeddings.{name}_embeddings.weight"), rows, hidden);
        let reader = Reader { tensors, config, precision };
        Ok(Self {
            kernels: Kernels::choose()?,
            words: table("word", config.vocab_size)?,
            positions: table("position", config.max_position_embeddings)?,
            types: table("token_type", config.type_vocab_size)?,
            embedding_norm: reader.norm("bert.embeddings.LayerNorm")?,
            layers: (0..config.num_hidden_layers).map(|i| reader.layer(i)).collect::<Result<_, _>>()?,
            // The head is small: bytes would save nothing.
            classifier: Reader { precision: Precision::F32, ..reader }.linear(
                "classifier",
                config.id2label.len(),
                hidden,
            )?,
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

    fn forward(&self, sequences: &[Sequence<'_>], scratch: &mut Scratch, logits: &mut Vec<Logits>) {
        let lengths: Vec<usize> = sequences.iter().map(|sequence| sequence.ids.len()).collect();
        self.embed(sequences, scratch);
        for layer in &self.layers {
            self.attend(layer, &lengths, scratch);
            self.feed_forward(layer, scratch);
        }
        let labels = self.config.id2label.len();
        let mut rows = &scratch.hidden[..]; // (tokens, hidden)
        let of_sequence = |length: usize| {
            let (own, others) = rows.split_at(length * self.config.hidden_size);
            rows = others;
            let mut values = vec![0.0; length * labels]; // (length, labels)
            self.classifier.apply(self.kernels, own, Finish::Linear, &mut scratch.inputs, &mut values);
            Logits::new(values, labels)
        };
        logits.extend(lengths.into_iter().map(of_sequence));
    }

    /// word + position + token type, normalised.
    fn embed(&self, sequences: &[Sequence<'_>], scratch: &mut Scratch) {
        let hidden = self.config.hidden_size;
        let tokens: usize = sequences.iter().map(|sequence| sequence.ids.len()).sum();
        scratch.hidden.resize(tokens * hidden, 0.0);
        scratch.attended.resize(tokens * hidden, 0.0);
        let mut part = vec![0.0; hidden];
        let mut rows = scratch.hidden.chunks_exact_mut(hidden).zip(scratch.attended.chunks_exact_mut(hidden));
        for sequence in sequences {
            for (position, (&id, &token_type)) in sequence.ids.iter().zip(sequence.token_types).enumerate() {
                let (row, place) = rows.next().expect("a row for each token");
                self.words.read_row(id as usize, row);
                self.positions.read_row(position, place);
                self.types.read_row(token_type as usize, &mut part);
                place.iter_mut().zip(&part).for_each(|(sum, part)| *sum += part);
            }
        }
        self.kernels.normalize(&mut scratch.hidden, &scratch.attended, &self.embedding_norm);
    }

    /// softmax(Q Kᵀ) V within each sequence and head, then the output product, the residual and the norm.
    fn attend(&self, layer: &Layer, lengths: &[usize], scratch: &mut Scratch) {
        let (hidden, head) = (self.config.hidden_size, self.config.head_size());
        let Scratch { qkv, context, inputs, .. } = scratch;
        qkv.resize(scratch.hidden.len() * 3, 0.0);
        context.resize(scratch.hidden.len(), 0.0);
        layer.qkv.apply(self.kernels, &scratch.hidden, Finish::Linear, inputs, qkv);
        let (mut qkv, mut rest) = (&qkv[..], &mut context[..]);
        for &length in lengths {
            let (own_qkv, own);
            (own_qkv, qkv) = qkv.split_at(length * 3 * hidden);
            (own, rest) = rest.split_at_mut(length * hidden);
            self.kernels.attend(own_qkv, hidden, head, own, &mut scratch.head);
        }
        layer.output.apply(self.kernels, context, Finish::Linear, inputs, &mut scratch.attended);
        self.kernels.normalize(&mut scratch.attended, &scratch.hidden, &layer.attention_norm);
    }

    /// GELU(x W₁ + b₁) W₂ + b₂, the residual and the norm, block by block.
    fn feed_forward(&self, layer: &Layer, scratch: &mut Scratch) {
        let hidden = self.config.hidden_size;
        let Scratch { wide, inputs, .. } = scratch;
        let blocks = scratch.attended.chunks(BLOCK * hidden).zip(scratch.hidden.chunks_mut(BLOCK * hidden));
        for (residual, out) in blocks {
            wide.resize(residual.len() / hidden * self.config.intermediate_size, 0.0);
            layer.widen.apply(self.kernels, residual, Finish::Gelu, inputs, wide);
            layer.narrow.apply(self.kernels, wide, Finish::Linear, inputs, out);
            self.kernels.normalize(out, residual, &layer.output_norm);
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
        let mut logits = Vec::with_capacity(sequences.len());
        SCRATCH.with_borrow_mut(|scratch| {
            let mut rest = sequences;
            while !rest.is_empty() {
                let pack;
                (pack, rest) = rest.split_at(pack_length(rest));
                self.forward(pack, scratch, &mut logits);
            }
        });
        Ok(logits)
    }
}

/// How many of the sequences, one at least, make a pack.
fn pack_length(sequences: &[Sequence<'_>]) -> usize {
    let mut tokens = 0;
    let fits = |sequence: &&Sequence<'_>| {
        tokens += sequence.ids.len();
        tokens <= PACK
    };
    sequences.iter().take_while(fits).count().max(1)
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

/// Reads the parts of the network.
struct Reader<'a> {
    tensors: Tensors<'a>,
    config: &'a EncoderConfig,
    precision: Precision,
}

impl Reader<'_> {
    fn layer(&self, i: usize) -> Result<Layer, Error> {
        let (hidden, intermediate) = (self.config.hidden_size, self.config.intermediate_size);
        let name = |part: &str| format!("bert.encoder.layer.{i}.{part}");
        Ok(Layer {
            qkv: self.qkv(&name("attention.self"))?,
            output: self.linear(&name("attention.output.dense"), hidden, hidden)?,
            attention_norm: self.norm(&name("attention.output.LayerNorm"))?,
            widen: self.linear(&name("intermediate.dense"), intermediate, hidden)?,
            narrow: self.linear(&name("output.dense"), hidden, intermediate)?,
            output_norm: self.norm(&name("output.LayerNorm"))?,
        })
    }

    /// Query, key and value as one product, the query scaled by 1/√head.
    fn qkv(&self, name: &str) -> Result<Linear, Error> {
        let hidden = self.config.hidden_size;
        let scale = 1.0 / (self.config.head_size() as f32).sqrt();
        let mut all = Linear::new(self.precision, 3 * hidden, hidden);
        for (i, (part, factor)) in [("query", scale), ("key", 1.0), ("value", 1.0)].into_iter().enumerate() {
            self.put(&mut all, i * hidden, &format!("{name}.{part}"), (hidden, hidden), factor)?;
        }
        Ok(all)
    }

    fn linear(&self, name: &str, outputs: usize, inputs: usize) -> Result<Linear, Error> {
        let mut linear = Linear::new(self.precision, outputs, inputs);
        self.put(&mut linear, 0, name, (outputs, inputs), 1.0)?;
        Ok(linear)
    }

    fn put(
        &self,
        linear: &mut Linear,
        first: usize,
        name: &str,
        shape: (usize, usize),
        factor: f32,
    ) -> Result<(), Error> {
        let matrix = self.tensors.matrix(&format!("{name}.weight"), shape.0, shape.1)?;
        let bias = self.tensors.vector(&format!("{name}.bias"), shape.0)?;
        linear.put(first, &matrix, &bias, factor);
        Ok(())
    }

    fn norm(&self, name: &str) -> Result<Norm, Error> {
        let vector = |part: &str| self.tensors.vector(&format!("{name}.{part}"), self.config.hidden_size);
        Ok(Norm { scale: vector("weight")?, shift: vector("bias")?, epsilon: self.config.layer_norm_eps })
    }
}
