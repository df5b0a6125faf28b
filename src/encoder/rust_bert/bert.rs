//! BERT, RoBERTa, XLM-RoBERTa and ELECTRA: one embedding, rust-bert's layers, one head.
//!
//! rust-bert builds the ε of layer normalisation into its embeddings, 1e-12 whatever the checkpoint says. Where sums of
//! embeddings vary little, that is seen in the logits (RoBERTa has 1e-5), so the embeddings are made here. Its layers
//! have the same ε, but there it is next to the variance of rows that were normalised before: about 1.

use rust_bert::bert::BertEncoder;
use tch::nn::{self, Module, Path};
use tch::{Kind, Tensor};

use super::network::Tensors;
use super::plan::layers_config;
use crate::encoder::EncoderConfig;

/// The network, with all its tensors.
pub(super) struct Bert {
    words: nn::Embedding,         // (vocabulary, embedding)
    positions: nn::Embedding,     // (longest, embedding)
    types: Option<nn::Embedding>, // (types, embedding)
    first_position: i64,
    norm: nn::LayerNorm,
    projection: Option<nn::Linear>, // embedding to hidden
    layers: BertEncoder,
    classifier: nn::Linear,
}

impl Bert {
    /// The network under `root`, its tensors yet to be filled.
    pub(super) fn new(root: &Path<'_>, config: &EncoderConfig) -> Self {
        let names = config.architecture.names();
        let path = |part: &str| part.split('.').fold(root / names.root, |path, word| path / word);
        let (embedding, hidden) = (config.embedding_size() as i64, config.hidden_size as i64);
        let table = |part: &str, rows: usize| nn::embedding(path(part), rows as i64, embedding, Default::default());
        let epsilon = nn::LayerNormConfig { eps: config.layer_norm_eps.into(), ..Default::default() };
        let linear = |path: Path<'_>, outputs: i64, inputs| nn::linear(path, inputs, outputs, Default::default());
        let projection = names.projection.filter(|_| embedding != hidden);
        Self {
            words: table(names.words, config.vocab_size),
            positions: table(names.positions, config.max_position_embeddings),
            types: names.token_types.map(|part| table(part, config.token_types())),
            first_position: config.first_position() as i64,
            norm: nn::layer_norm(path(names.embedding_norm), vec![embedding], epsilon),
            projection: projection.map(|part| linear(path(part), hidden, embedding)),
            layers: BertEncoder::new(path("encoder"), &layers_config(config)),
            classifier: linear(root / names.head, config.label_count() as i64, hidden),
        }
    }

    /// (sequences, longest, labels).
    pub(super) fn forward(&self, batch: &Tensors) -> Tensor {
        let end = self.first_position + batch.ids.size()[1];
        let positions = Tensor::arange_start(self.first_position, end, (Kind::Int64, batch.ids.device()));
        let mut sum = self.words.forward(&batch.ids) + self.positions.forward(&positions);
        if let Some(types) = &self.types {
            sum += types.forward(&batch.token_types);
        }
        let mut hidden = self.norm.forward(&sum); // (sequences, longest, embedding)
        if let Some(projection) = &self.projection {
            hidden = projection.forward(&hidden); // (sequences, longest, hidden)
        }
        let is_padding = batch.mask.eq(0).unsqueeze(1).unsqueeze(1); // (sequences, 1, 1, longest)
        let mask = is_padding.zeros_like().to_kind(Kind::Float).masked_fill(&is_padding, f64::NEG_INFINITY);
        let output = self.layers.forward_t(&hidden, Some(&mask), None, None, false);
        self.classifier.forward(&output.hidden_state)
    }
}
