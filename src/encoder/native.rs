//! A BERT and its relatives in pure Rust: embeddings, layers of attention and feed-forward, one linear head (Devlin et
//! al. 2019).
//!
//! Sequences are packed end to end, without padding: every product runs over real tokens only, and attention runs
//! within each sequence.

use std::cell::RefCell;

use super::architecture::Names;
use super::config::EncoderConfig;
use super::kernel::{After, Attention, Isa, Norm, Normalise};
use super::linear::{Layout, Linear, Precision};
use super::scratch::{Scratch, Work, part};
use super::weights::{Matrix, Tensors, Weights};
use super::{Encoder, Limits, Logits, Sequence};
use crate::error::{Error, ErrorKind};

/// Rows that go through the feed-forward part together, so that its wide middle stays in the second-level cache.
const MIDDLE_ROWS: usize = 48;

/// Tokens that go through the network together, unless one sequence has more: enough to use each weight often once it
/// is in the cache, and few enough that what is computed of them stays there too.
const PACK_TOKENS: usize = 256;

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
/// It runs on the fastest instruction set that the processor has; the environment variable `ATTACHE_ISA`, read when a
/// model is loaded, names another (`scalar`, `avx2`, `avxvnni`, `avx512`, `avx512vnni`, `amx`; on 64-bit ARM `scalar`,
/// `neon`, `neondot`). The logits of a sequence are the same to the bit on all of them, whatever else is in the call and
/// on every thread.
///
/// [`Recognizer`](crate::Recognizer) makes its own; this type is for those who read logits themselves, see
/// [`NativeEncoder::embedded`].
#[derive(Debug)]
pub struct NativeEncoder {
    config: EncoderConfig,
    isa: Isa,
    words: Matrix<'static>, // (vocabulary, embedding)
    positions: Vec<f32>,    // (longest, embedding)
    types: Vec<f32>,        // (types, embedding)
    embedding_norm: Norm,
    projection: Option<Linear>, // embedding to hidden, where the embeddings are narrower
    layers: Vec<Layer>,
    classifier: Linear,
    layouts: Layouts,
}

/// How the rows between the steps are laid out: in whole vectors, whatever the network's widths.
#[derive(Debug, Clone, Copy)]
struct Layouts {
    embedding: Layout,
    hidden: Layout,
    heads: Layout, // the same values, each head in whole vectors
    intermediate: Layout,
}

impl Layouts {
    fn of(config: &EncoderConfig) -> Self {
        let (hidden, intermediate) = (config.hidden_size, config.intermediate_size);
        let embedding = config.embedding_size();
        Self {
            embedding: Layout::of(embedding, embedding),
            hidden: Layout::of(hidden, hidden),
            heads: Layout::of(hidden, config.head_size()),
            intermediate: Layout::of(intermediate, intermediate),
        }
    }
}

/// Products of 255 · 127 summed over a wider row would overflow an i32.
const MAX_WIDTH: usize = 1 << 16;

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
        let isa = Isa::choose()?;
        check_widths(config)?;
        let (tensors, names) = (weights.tensors(), config.architecture.names());
        tensors.require(&tensor_names(config))?;
        let layouts = Layouts::of(config);
        let rows = |part: &str, rows| {
            let table = weights.table(&format!("{}.weight", names.whole(part)), rows, config.embedding_size())?;
            Ok::<_, Error>(all_rows(&table, rows, layouts.embedding))
        };
        let words = format!("{}.weight", names.whole(names.words));
        let before_first = config.first_position() * layouts.embedding.width();
        let reader = Reader { tensors, config, names, precision, layouts };
        Ok(Self {
            isa,
            words: weights.table(&words, config.vocab_size, config.embedding_size())?,
            positions: rows(names.positions, config.max_position_embeddings)?.split_off(before_first),
            types: match names.token_types {
                Some(part) => rows(part, config.token_types())?,
                None => vec![0.0; layouts.embedding.width()],
            },
            embedding_norm: reader.norm(&names.whole(names.embedding_norm), layouts.embedding)?,
            projection: reader.projection()?,
            layers: (0..config.num_hidden_layers).map(|i| reader.layer(i)).collect::<Result<_, _>>()?,
            // The head is small: bytes would save nothing.
            classifier: Reader { precision: Precision::F32, ..reader }.linear(
                names.head,
                Layout::dense(config.label_count()),
                layouts.hidden,
            )?,
            layouts,
            config: config.clone(),
        })
    }

    /// The logits of a few sequences, packed end to end.
    fn forward(&self, pack: &[Sequence<'_>], scratch: &mut Scratch, logits: &mut Vec<Logits>) {
        let tokens: usize = pack.iter().map(|sequence| sequence.ids.len()).sum();
        let labels = self.config.label_count();
        let Scratch { hidden, logits: scores, work } = scratch;
        let hidden = part(hidden, tokens * self.layouts.hidden.width()); // (tokens, hidden)
        self.embed(pack, hidden, work);
        for layer in &self.layers {
            self.attend(layer, pack, hidden, work);
            self.feed_forward(layer, hidden, work);
        }
        let scores = part(scores, tokens * labels); // (tokens, labels)
        self.classifier.apply(self.isa, hidden, &mut work.inputs, After::Store, scores);
        let mut rest = &*scores;
        for sequence in pack {
            let own;
            (own, rest) = rest.split_at(sequence.ids.len() * labels);
            logits.push(Logits::new(own.to_vec(), labels));
        }
    }

    /// The embeddings, as wide as the layers.
    fn embed(&self, pack: &[Sequence<'_>], hidden: &mut [f32], work: &mut Work) {
        let Some(projection) = &self.projection else { return self.look_up(pack, hidden) };
        let tokens = hidden.len() / self.layouts.hidden.width();
        let embeddings = part(&mut work.context, tokens * self.layouts.embedding.width()); // (tokens, embedding)
        self.look_up(pack, embeddings);
        projection.apply(self.isa, embeddings, &mut work.inputs, After::Store, hidden);
    }

    /// word + position + token type, normalised.
    fn look_up(&self, pack: &[Sequence<'_>], embeddings: &mut [f32]) {
        let width = self.layouts.embedding.width();
        let mut rows = embeddings.chunks_exact_mut(width);
        for sequence in pack {
            for (position, (&id, &token_type)) in sequence.ids.iter().zip(sequence.token_types).enumerate() {
                let row = rows.next().expect("a row for each token");
                let (word, beyond) = row.split_at_mut(self.config.embedding_size());
                self.words.read_row(id as usize, word);
                beyond.fill(0.0);
                let position = &self.positions[position * width..][..width];
                let token_type = &self.types[token_type as usize * width..][..width];
                row.iter_mut().zip(position).zip(token_type).for_each(|((sum, a), b)| *sum += a + b);
            }
        }
        self.isa.run(Normalise { rows: embeddings, norm: &self.embedding_norm });
    }

    /// softmax(Q Kᵀ) V within each sequence and head, then the output product, the residual and the norm.
    fn attend(&self, layer: &Layer, pack: &[Sequence<'_>], hidden: &mut [f32], work: &mut Work) {
        let (tokens, width) = (hidden.len() / self.layouts.hidden.width(), self.layouts.heads.width());
        let projected = part(&mut work.projected, tokens * 3 * width); // (tokens, 3 · heads)
        let context = part(&mut work.context, tokens * width); // (tokens, heads)
        layer.qkv.apply(self.isa, hidden, &mut work.inputs, After::Store, projected);
        let mut start = 0;
        for sequence in pack {
            let end = start + sequence.ids.len() * width;
            self.isa.run(Attention {
                projected: &projected[3 * start..3 * end],
                heads: self.config.num_attention_heads,
                hidden: width,
                scratch: &mut work.attention,
                context: &mut context[start..end],
            });
            start = end;
        }
        layer.output.apply(self.isa, context, &mut work.inputs, After::Add, hidden);
        self.isa.run(Normalise { rows: hidden, norm: &layer.attention_norm });
    }

    /// GELU(x W₁ + b₁) W₂ + b₂, or what stands for GELU, the residual and the norm, some rows at a time.
    fn feed_forward(&self, layer: &Layer, hidden: &mut [f32], work: &mut Work) {
        let (width, intermediate) = (self.layouts.hidden.width(), self.layouts.intermediate.width());
        let activate = After::Activate(self.config.activation);
        for rows in hidden.chunks_mut(MIDDLE_ROWS * width) {
            let middle = part(&mut work.middle, rows.len() / width * intermediate);
            layer.widen.apply(self.isa, rows, &mut work.inputs, activate, middle); // (rows, intermediate)
            layer.narrow.apply(self.isa, middle, &mut work.inputs, After::Add, rows);
            self.isa.run(Normalise { rows, norm: &layer.output_norm });
        }
    }
}

impl Encoder for NativeEncoder {
    fn label_count(&self) -> usize {
        self.config.label_count()
    }

    fn max_tokens(&self) -> usize {
        self.config.max_tokens()
    }

    fn logits(&self, sequences: &[Sequence<'_>]) -> Result<Vec<Logits>, Error> {
        let limits = Limits::of(&self.config);
        sequences.iter().try_for_each(|sequence| limits.check(sequence))?;
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

/// How many of the sequences go through the network together: one at least.
fn pack_length(sequences: &[Sequence<'_>]) -> usize {
    let mut tokens = 0;
    let fits = |sequence: &&Sequence<'_>| {
        tokens += sequence.ids.len();
        tokens <= PACK_TOKENS
    };
    sequences.iter().take_while(fits).count().max(1)
}

/// Fails where a row is so wide that its products overflow.
fn check_widths(config: &EncoderConfig) -> Result<(), Error> {
    let widths = [
        ("config.json: hidden_size", Layouts::of(config).heads.width()),
        ("config.json: intermediate_size", config.intermediate_size),
        ("config.json: embedding_size", config.embedding_size()),
    ];
    for (place, width) in widths {
        if MAX_WIDTH < width {
            let expected = format!("{MAX_WIDTH} at most, each head in whole sixteens");
            return Err(Error::new(ErrorKind::Unsupported, place, expected, width.to_string()));
        }
    }
    Ok(())
}

/// A small table as floats.
fn all_rows(table: &Matrix<'_>, rows: usize, layout: Layout) -> Vec<f32> {
    let mut values = vec![0.0; rows * layout.width()];
    for (row, values) in values.chunks_exact_mut(layout.width()).enumerate() {
        table.read_row(row, &mut values[..layout.values]);
    }
    values
}

/// The names of all tensors that the network needs.
fn tensor_names(config: &EncoderConfig) -> Vec<String> {
    let names = config.architecture.names();
    let tables = [Some(names.words), Some(names.positions), names.token_types];
    let mut all: Vec<String> =
        tables.into_iter().flatten().map(|table| format!("{}.weight", names.whole(table))).collect();
    let mut parts = vec![names.whole(names.embedding_norm), names.head.to_owned()];
    parts.extend(projection_name(config));
    for i in 0..config.num_hidden_layers {
        parts.extend(names.layer_parts().map(|part| names.of_layer(i, part)));
    }
    all.extend(parts.iter().flat_map(|part| [format!("{part}.weight"), format!("{part}.bias")]));
    all
}

/// What widens the embeddings to the layers, where they are narrower.
fn projection_name(config: &EncoderConfig) -> Option<String> {
    let names = config.architecture.names();
    names.projection.filter(|_| config.embedding_size() != config.hidden_size).map(|part| names.whole(part))
}

/// Reads the parts of the network.
struct Reader<'a> {
    tensors: Tensors<'a>,
    config: &'a EncoderConfig,
    names: &'static Names,
    precision: Precision,
    layouts: Layouts,
}

impl Reader<'_> {
    fn projection(&self) -> Result<Option<Linear>, Error> {
        let Layouts { embedding, hidden, .. } = self.layouts;
        projection_name(self.config).map(|name| self.linear(&name, hidden, embedding)).transpose()
    }

    fn layer(&self, i: usize) -> Result<Layer, Error> {
        let (Layouts { hidden, heads, intermediate, .. }, names) = (self.layouts, self.names);
        let name = |part: &str| names.of_layer(i, part);
        Ok(Layer {
            qkv: self.qkv(i)?,
            output: self.linear(&name(names.attention_output), hidden, heads)?,
            attention_norm: self.norm(&name(names.attention_norm), hidden)?,
            widen: self.linear(&name(names.widen), intermediate, hidden)?,
            narrow: self.linear(&name(names.narrow), hidden, intermediate)?,
            output_norm: self.norm(&name(names.output_norm), hidden)?,
        })
    }

    /// Query, key and value as one product, the query scaled by 1/√head.
    fn qkv(&self, layer: usize) -> Result<Linear, Error> {
        let (Layouts { hidden, heads, .. }, names) = (self.layouts, self.names);
        let scale = 1.0 / (self.config.head_size() as f32).sqrt();
        let mut all = Linear::new(self.precision, 3 * heads.width(), hidden.width());
        for (i, (part, factor)) in [(names.query, scale), (names.key, 1.0), (names.value, 1.0)].into_iter().enumerate()
        {
            self.put(&mut all, i * heads.width(), &names.of_layer(layer, part), [heads, hidden], factor)?;
        }
        Ok(all)
    }

    fn linear(&self, name: &str, outputs: Layout, inputs: Layout) -> Result<Linear, Error> {
        let mut linear = Linear::new(self.precision, outputs.width(), inputs.width());
        self.put(&mut linear, 0, name, [outputs, inputs], 1.0)?;
        Ok(linear)
    }

    fn put(
        &self,
        linear: &mut Linear,
        first: usize,
        name: &str,
        shape: [Layout; 2], // outputs, inputs
        factor: f32,
    ) -> Result<(), Error> {
        let matrix = self.tensors.matrix(&format!("{name}.weight"), shape[0].values, shape[1].values)?;
        let bias = self.tensors.vector(&format!("{name}.bias"), shape[0].values)?;
        linear.put(first, &matrix, &bias, factor, shape);
        Ok(())
    }

    fn norm(&self, name: &str, layout: Layout) -> Result<Norm, Error> {
        let epsilon = self.config.layer_norm_eps;
        let vector = |part: &str| {
            let values = self.tensors.vector(&format!("{name}.{part}"), layout.values)?;
            Ok::<_, Error>(layout.spread(&values).into_owned())
        };
        Ok(Norm { scale: vector("weight")?, shift: vector("bias")?, width: layout.values, epsilon })
    }
}

#[cfg(all(test, feature = "embedded-model"))]
mod tests {
    use super::*;

    #[test]
    fn logits_are_the_same_to_the_bit_on_every_instruction_set() {
        let ids: Vec<u32> = (0..40).map(|i| 1_000 + i * 701).collect();
        let token_types: Vec<u32> = (0..40).map(|i| i % 5).collect();
        let sequences = [40, 17, 1].map(|end| Sequence { ids: &ids[..end], token_types: &token_types[..end] });
        let mut encoder = NativeEncoder::embedded(Precision::Int8).unwrap();
        let expected = encoder.logits(&sequences).unwrap();
        for isa in Isa::all() {
            encoder.isa = isa;
            assert_eq!(encoder.logits(&sequences).unwrap(), expected, "{}", isa.name());
        }
    }

    #[test]
    fn widths_whose_sums_overflow_are_named() {
        let mut config = EncoderConfig::parse(include_bytes!("../../models/attache-small/config.json")).unwrap();
        config.hidden_size = 1 << 16;
        config.num_attention_heads = 1 << 16;
        let message = |config: &EncoderConfig| check_widths(config).unwrap_err().to_string();
        assert_eq!(
            message(&config),
            "config.json: hidden_size: expected 65536 at most, each head in whole sixteens, found 1048576"
        );
        (config.hidden_size, config.num_attention_heads, config.intermediate_size) = (384, 12, 1 << 17);
        assert_eq!(
            message(&config),
            "config.json: intermediate_size: expected 65536 at most, each head in whole sixteens, found 131072"
        );
    }
}
