//! DeBERTa of the second and third version (He et al. 2021, 2023), written in libtorch's tensors.
//!
//! rust-bert 0.23 has a network of that name, but it divides the scores between contents and distances by d · n where the
//! published network divides by the square root of it, and its logits are others than the reference's.

use tch::nn::{self, Module, Path};
use tch::{Kind, Tensor};

use super::embeddings::{Embeddings, at, layer_norm};
use super::network::Tensors;
use crate::encoder::EncoderConfig;
use crate::encoder::disentangled::{self, Relative};
use crate::encoder::kernel::Activation;

/// The network, with all its tensors.
pub(super) struct Deberta {
    embeddings: Embeddings,
    distances: Option<Table>,
    layers: Vec<Layer>,
    convolution: Option<Convolution>,
    classifier: nn::Linear,
}

/// The table of distances.
struct Table {
    relative: Relative,
    vectors: nn::Embedding, // (rows, hidden)
    norm: Option<nn::LayerNorm>,
}

struct Layer {
    query: nn::Linear,
    key: nn::Linear,
    value: nn::Linear,
    own: [Option<nn::Linear>; 2], // what makes keys and queries of distances, where contents' do not
    distance_keys: Option<Tensor>,
    distance_queries: Option<Tensor>, // (heads, rows, head) both
    output: nn::Linear,
    attention_norm: nn::LayerNorm,
    widen: nn::Linear,
    narrow: nn::Linear,
    output_norm: nn::LayerNorm,
    heads: i64,
    scale: f64,
    activation: Activation,
}

/// The convolution over tokens that is added to the first layer.
struct Convolution {
    weights: nn::Conv1D,
    activation: Activation,
    norm: nn::LayerNorm,
}

/// The rows of the table that a batch needs.
struct Rows {
    first: i64,
    count: i64,
    of: Tensor, // (longest, longest): that of each query's distance to each key, counted from the first
}

impl Deberta {
    /// The network under `root`, its tensors yet to be filled, and then [`settle`](Self::settle)d.
    pub(super) fn new(root: &Path<'_>, config: &EncoderConfig) -> Self {
        let names = config.architecture.names();
        let shape = config.disentangled.as_ref();
        let (hidden, labels) = (config.hidden_size as i64, config.label_count() as i64);
        Self {
            embeddings: Embeddings::new(root, config),
            distances: shape.and_then(|shape| shape.relative.as_ref()).map(|it| Table::new(root, it, config)),
            layers: (0..config.num_hidden_layers).map(|i| Layer::new(root, i, config)).collect(),
            convolution: Convolution::new(root, config),
            classifier: nn::linear(at(root, names.head), hidden, labels, Default::default()),
        }
    }

    /// Makes what depends on the weights alone.
    pub(super) fn settle(&mut self) {
        let Some(table) = &self.distances else { return };
        let mut vectors = table.vectors.ws.shallow_clone();
        if let Some(norm) = &table.norm {
            vectors = norm.forward(&vectors);
        }
        for layer in &mut self.layers {
            layer.settle(&table.relative, &vectors);
        }
    }

    /// (sequences, longest, labels).
    pub(super) fn forward(&self, batch: &Tensors) -> Tensor {
        let is_padding = batch.mask.eq(0); // (sequences, longest)
        let embeddings = self.embeddings.forward(batch).masked_fill(&is_padding.unsqueeze(-1), 0.0);
        let rows = self.distances.as_ref().map(|table| Rows::new(&table.relative, &batch.ids));
        let mut hidden = embeddings.shallow_clone(); // (sequences, longest, hidden)
        for (i, layer) in self.layers.iter().enumerate() {
            hidden = layer.forward(&hidden, &is_padding, rows.as_ref());
            if let Some(convolution) = self.convolution.as_ref().filter(|_| i == 0) {
                hidden = convolution.forward(&embeddings, &hidden);
            }
        }
        self.classifier.forward(&hidden)
    }
}

impl Table {
    fn new(root: &Path<'_>, relative: &Relative, config: &EncoderConfig) -> Self {
        let names = config.architecture.names();
        let (rows, hidden) = (relative.distances.rows() as i64, config.hidden_size as i64);
        let path = |part: &str| at(root, &names.whole(part));
        Self {
            relative: relative.clone(),
            vectors: nn::embedding(path(disentangled::TABLE), rows, hidden, Default::default()),
            norm: relative.is_normalised.then(|| layer_norm(path(disentangled::NORM), hidden, config)),
        }
    }
}

impl Rows {
    fn new(relative: &Relative, ids: &Tensor) -> Self {
        let (tokens, place) = (ids.size()[1], (Kind::Int64, ids.device()));
        let rows: Vec<i64> = relative.distances.rows_of(tokens as usize).map(|row| row as i64).collect(); // they rise
        let (first, last) = (rows[0], rows[rows.len() - 1]);
        let at = Tensor::arange(tokens, place);
        let distances = at.unsqueeze(1) - at.unsqueeze(0) + (tokens - 1); // (longest, longest), from 0 on
        let rows = Tensor::from_slice(&rows).to_device(ids.device()) - first;
        let of = rows.index_select(0, &distances.flatten(0, -1)).view([tokens, tokens]);
        Self { first, count: last - first + 1, of }
    }

    /// Each row of `vectors` with the rows of the table: (sequences, heads, longest, rows).
    fn meet(&self, vectors: &Tensor, table: &Tensor) -> Tensor {
        vectors.matmul(&table.narrow(1, self.first, self.count).transpose(-1, -2))
    }
}

impl Layer {
    fn new(root: &Path<'_>, i: usize, config: &EncoderConfig) -> Self {
        let names = config.architecture.names();
        let (hidden, middle) = (config.hidden_size as i64, config.intermediate_size as i64);
        let path = |part: &str| at(root, &names.of_layer(i, part));
        let linear = |part, inputs, outputs| nn::linear(path(part), inputs, outputs, Default::default());
        let relative = config.disentangled.as_ref().and_then(|shape| shape.relative.as_ref());
        let own = relative.filter(|relative| !relative.shares_projections).map(|relative| relative.projections(names));
        Self {
            query: linear(names.query, hidden, hidden),
            key: linear(names.key, hidden, hidden),
            value: linear(names.value, hidden, hidden),
            own: own.unwrap_or_default().map(|part| part.map(|part| linear(part, hidden, hidden))),
            distance_keys: None,
            distance_queries: None,
            output: linear(names.attention_output, hidden, hidden),
            attention_norm: layer_norm(path(names.attention_norm), hidden, config),
            widen: linear(names.widen, hidden, middle),
            narrow: linear(names.narrow, middle, hidden),
            output_norm: layer_norm(path(names.output_norm), hidden, config),
            heads: config.num_attention_heads as i64,
            scale: config.score_scale().into(),
            activation: config.activation,
        }
    }

    fn settle(&mut self, relative: &Relative, vectors: &Tensor) {
        let panels = |own: &Option<nn::Linear>, contents: &nn::Linear| {
            let made = own.as_ref().unwrap_or(contents).forward(vectors); // (rows, hidden)
            self.split(&made.unsqueeze(0)).squeeze_dim(0)
        };
        let keys = relative.content_to_position.then(|| panels(&self.own[0], &self.key));
        let queries = relative.position_to_content.then(|| panels(&self.own[1], &self.query));
        (self.distance_keys, self.distance_queries) = (keys, queries);
    }

    /// (sequences, longest, hidden) to (sequences, heads, longest, head).
    fn split(&self, hidden: &Tensor) -> Tensor {
        let size = hidden.size();
        hidden.view([size[0], size[1], self.heads, size[2] / self.heads]).transpose(1, 2)
    }

    fn forward(&self, hidden: &Tensor, is_padding: &Tensor, rows: Option<&Rows>) -> Tensor {
        let context = self.attend(hidden, is_padding, rows);
        let attended = self.attention_norm.forward(&(self.output.forward(&context) + hidden));
        let middle = activate(&self.widen.forward(&attended), self.activation); // (sequences, longest, intermediate)
        self.output_norm.forward(&(self.narrow.forward(&middle) + attended))
    }

    /// softmax((Q Kᵀ + Q Kₚᵀ + (K Qₚᵀ)ᵀ) / √(n · d)) V, where p stands for the distance between query and key.
    fn attend(&self, hidden: &Tensor, is_padding: &Tensor, rows: Option<&Rows>) -> Tensor {
        let [query, key, value] = [&self.query, &self.key, &self.value].map(|it| self.split(&it.forward(hidden)));
        let mut scores = query.matmul(&key.transpose(-1, -2)); // (sequences, heads, longest, longest)
        if let Some(rows) = rows {
            let size = scores.size();
            if let Some(table) = &self.distance_keys {
                scores += rows.meet(&query, table).gather(-1, &rows.of.expand(size.as_slice(), false), false);
            }
            if let Some(table) = &self.distance_queries {
                let of = rows.of.transpose(0, 1).expand(size.as_slice(), false);
                scores += rows.meet(&key, table).gather(-1, &of, false).transpose(-1, -2);
            }
        }
        let unseen = is_padding.unsqueeze(1).unsqueeze(1); // (sequences, 1, 1, longest)
        let weights = (scores * self.scale).masked_fill(&unseen, f64::NEG_INFINITY).softmax(-1, Kind::Float);
        weights.matmul(&value).transpose(1, 2).flatten(2, 3) // (sequences, longest, hidden)
    }
}

impl Convolution {
    fn new(root: &Path<'_>, config: &EncoderConfig) -> Option<Self> {
        let (names, hidden) = (config.architecture.names(), config.hidden_size as i64);
        let shape = config.disentangled.as_ref()?.convolution?;
        let [weights, norm] = disentangled::CONVOLUTION.map(|part| at(root, &names.whole(part)));
        let (tokens, padding) = (shape.tokens as i64, (shape.tokens / 2) as i64);
        let around = nn::ConvConfig { padding, ..Default::default() };
        Some(Self {
            weights: nn::conv1d(weights, hidden, hidden, tokens, around),
            activation: shape.activation,
            norm: layer_norm(norm, hidden, config),
        })
    }

    /// (sequences, longest, hidden), of the embeddings, zero for padding, and of the first layer.
    fn forward(&self, embeddings: &Tensor, hidden: &Tensor) -> Tensor {
        let convolved = self.weights.forward(&embeddings.transpose(1, 2)).transpose(1, 2);
        self.norm.forward(&(activate(&convolved, self.activation) + hidden))
    }
}

fn activate(values: &Tensor, activation: Activation) -> Tensor {
    match activation {
        Activation::Gelu => values.gelu("none"),
        Activation::GeluTanh => values.gelu("tanh"),
        Activation::Relu => values.relu(),
        Activation::Tanh => values.tanh(),
    }
}
