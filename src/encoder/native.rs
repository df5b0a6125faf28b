//! A BERT and its relatives in pure Rust: embeddings, layers of attention and feed-forward, one linear head (Devlin et
//! al. 2019).
//!
//! Sequences are packed end to end, without padding: every product runs over real tokens only, and attention runs
//! within each sequence.
//!
//! What DeBERTa has besides is computed beside it: the queries and keys of distances once, when the model is loaded.

mod read;

use std::cell::RefCell;

use super::config::EncoderConfig;
use super::disentangled::Relative;
use super::kernel::{Activation, After, Attention, DistancePanels, Distances, Isa, Norm, Normalise};
use super::linear::{Layout, Linear};
use super::scratch::{Scratch, Work, part};
use super::weights::Matrix;
use super::{Encoder, Limits, Logits, Sequence};
use crate::error::Error;

/// Rows that go through the feed-forward part together, so that its wide middle stays in the second-level cache.
const MIDDLE_ROWS: usize = 48;

/// Tokens that go through the network together, unless one sequence has more: enough to use each weight often once it
/// is in the cache, and few enough that what is computed of them stays there too.
const PACK_TOKENS: usize = 256;

#[derive(Debug)]
struct Layer {
    qkv: Linear, // hidden to 3 hidden: query · 1/√head, key, value
    distance_keys: Option<DistancePanels>,
    distance_queries: Option<DistancePanels>,
    output: Linear,
    attention_norm: Norm,
    widen: Linear,  // hidden to intermediate
    narrow: Linear, // intermediate to hidden
    output_norm: Norm,
}

/// The convolution over tokens that is added to the first layer.
#[derive(Debug)]
struct Convolution {
    tokens: usize,
    weights: Linear, // tokens · hidden to hidden
    activation: Activation,
    norm: Norm,
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
    positions: Vec<f32>,    // (longest, embedding), or one row of zeros
    types: Vec<f32>,        // (types, embedding), or one row of zeros
    embedding_norm: Norm,
    projection: Option<Linear>, // embedding to hidden, where the embeddings are narrower
    convolution: Option<Convolution>,
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

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl NativeEncoder {
    /// The logits of a few sequences, packed end to end.
    fn forward(&self, pack: &[Sequence<'_>], scratch: &mut Scratch, logits: &mut Vec<Logits>) {
        let tokens: usize = pack.iter().map(|sequence| sequence.ids.len()).sum();
        let labels = self.config.label_count();
        let Scratch { hidden, convolved, logits: scores, work } = scratch;
        let hidden = part(hidden, tokens * self.layouts.hidden.width()); // (tokens, hidden)
        self.embed(pack, hidden, work);
        let convolution = self.convolution.as_ref().map(|convolution| {
            let convolved = part(convolved, hidden.len()); // (tokens, hidden)
            self.convolve(convolution, pack, hidden, work, convolved);
            (convolution, convolved)
        });
        for (i, layer) in self.layers.iter().enumerate() {
            self.attend(layer, pack, hidden, work);
            self.feed_forward(layer, hidden, work);
            if let Some((convolution, convolved)) = convolution.as_ref().filter(|_| i == 0) {
                hidden.iter_mut().zip(convolved.iter()).for_each(|(value, other)| *value += other);
                self.isa.run(Normalise { rows: hidden, norm: &convolution.norm });
            }
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
        let norm = &self.embedding_norm;
        let Some(projection) = &self.projection else {
            self.look_up(pack, hidden);
            return self.isa.run(Normalise { rows: hidden, norm });
        };
        let widens_first = self.config.architecture.names().widens_first;
        let tokens = hidden.len() / self.layouts.hidden.width();
        let embeddings = part(&mut work.context, tokens * self.layouts.embedding.width()); // (tokens, embedding)
        self.look_up(pack, embeddings);
        if !widens_first {
            self.isa.run(Normalise { rows: embeddings, norm });
        }
        projection.apply(self.isa, embeddings, &mut work.inputs, After::Store, hidden);
        if widens_first {
            self.isa.run(Normalise { rows: hidden, norm });
        }
    }

    /// word + position + token type.
    fn look_up(&self, pack: &[Sequence<'_>], embeddings: &mut [f32]) {
        let width = self.layouts.embedding.width();
        let has_positions = self.config.positions() > 0;
        let mut rows = embeddings.chunks_exact_mut(width);
        for sequence in pack {
            for (position, (&id, &token_type)) in sequence.ids.iter().zip(sequence.token_types).enumerate() {
                let row = rows.next().expect("a row for each token");
                let (word, beyond) = row.split_at_mut(self.config.embedding_size());
                self.words.read_row(id as usize, word);
                beyond.fill(0.0);
                let position = if has_positions { position } else { 0 };
                let position = &self.positions[position * width..][..width];
                let token_type = &self.types[token_type as usize * width..][..width];
                row.iter_mut().zip(position).zip(token_type).for_each(|((sum, a), b)| *sum += a + b);
            }
        }
    }

    /// The function of the product of each token and its neighbours in the sequence; zeros beyond its ends.
    fn convolve(
        &self,
        convolution: &Convolution,
        pack: &[Sequence<'_>],
        hidden: &[f32],
        work: &mut Work,
        convolved: &mut [f32],
    ) {
        let Convolution { tokens, weights, activation, .. } = convolution;
        let (width, reach) = (self.layouts.hidden.width(), tokens / 2);
        let seen = part(&mut work.projected, hidden.len() * tokens); // (tokens, seen · hidden)
        let (mut rest, mut rows) = (hidden, seen.chunks_exact_mut(tokens * width));
        for sequence in pack {
            let own;
            (own, rest) = rest.split_at(sequence.ids.len() * width);
            for at in 0..sequence.ids.len() {
                let row = rows.next().expect("a row for each token");
                for (i, place) in row.chunks_exact_mut(width).enumerate() {
                    match (at + i).checked_sub(reach).and_then(|other| own.get(other * width..(other + 1) * width)) {
                        Some(other) => place.copy_from_slice(other),
                        None => place.fill(0.0),
                    }
                }
            }
        }
        weights.apply(self.isa, seen, &mut work.inputs, After::Activate(*activation), convolved);
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
            if let Some(relative) = self.relative() {
                let rows = relative.distances.rows_of(sequence.ids.len()).rev().map(|row| row as u32);
                work.rows.clear();
                work.rows.extend(rows);
            }
            self.isa.run(Attention {
                projected: &projected[3 * start..3 * end],
                heads: self.config.num_attention_heads,
                hidden: width,
                distances: self.relative().map(|_| Distances {
                    keys: layer.distance_keys.as_ref(),
                    queries: layer.distance_queries.as_ref(),
                    rows: &work.rows,
                }),
                scratch: &mut work.attention,
                context: &mut context[start..end],
            });
            start = end;
        }
        layer.output.apply(self.isa, context, &mut work.inputs, After::Add, hidden);
        self.isa.run(Normalise { rows: hidden, norm: &layer.attention_norm });
    }

    fn relative(&self) -> Option<&Relative> {
        self.config.disentangled.as_ref()?.relative.as_ref()
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

#[cfg(all(test, feature = "embedded-model"))]
mod tests {
    use super::*;
    use crate::encoder::Precision;

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
}
