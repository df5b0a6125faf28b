//! What goes into the first layer: words, positions and token types, added up and normalised.
//!
//! rust-bert builds the ε of layer normalisation into its embeddings, 1e-12 whatever the checkpoint says. Where sums of
//! embeddings vary little, that is seen in the logits (RoBERTa has 1e-5), so the embeddings are made here.

use tch::nn::{self, Module, Path};
use tch::{Kind, Tensor};

use super::network::Tensors;
use crate::encoder::EncoderConfig;

/// The embeddings, with all their tensors.
pub(super) struct Embeddings {
    words: nn::Embedding,             // (vocabulary, embedding)
    positions: Option<nn::Embedding>, // (longest, embedding)
    types: Option<nn::Embedding>,     // (types, embedding)
    first_position: i64,
    norm: nn::LayerNorm,
    projection: Option<nn::Linear>, // embedding to hidden
    widens_first: bool,
}

impl Embeddings {
    /// Those of the network under `root`, their tensors yet to be filled.
    pub(super) fn new(root: &Path<'_>, config: &EncoderConfig) -> Self {
        let names = config.architecture.names();
        let path = |part: &str| at(root, &names.whole(part));
        let (embedding, hidden) = (config.embedding_size() as i64, config.hidden_size as i64);
        let table = |part: &str, rows: usize| nn::embedding(path(part), rows as i64, embedding, Default::default());
        let optional = |part: Option<&str>, rows: usize| part.filter(|_| rows > 0).map(|part| table(part, rows));
        let projection = names.projection.filter(|_| config.has_projection());
        let linear = nn::LinearConfig { bias: !names.widens_first, ..Default::default() };
        Self {
            words: table(names.words, config.vocab_size),
            positions: optional(Some(names.positions), config.positions()),
            types: optional(names.token_types, config.token_types()),
            first_position: config.first_position() as i64,
            norm: layer_norm(path(names.embedding_norm), if names.widens_first { hidden } else { embedding }, config),
            projection: projection.map(|part| nn::linear(path(part), embedding, hidden, linear)),
            widens_first: names.widens_first,
        }
    }

    /// (sequences, longest, hidden).
    pub(super) fn forward(&self, batch: &Tensors) -> Tensor {
        let mut sum = self.words.forward(&batch.ids); // (sequences, longest, embedding)
        if let Some(positions) = &self.positions {
            let end = self.first_position + batch.ids.size()[1];
            let rows = Tensor::arange_start(self.first_position, end, (Kind::Int64, batch.ids.device()));
            sum += positions.forward(&rows);
        }
        if let Some(types) = &self.types {
            sum += types.forward(&batch.token_types);
        }
        match &self.projection {
            None => self.norm.forward(&sum),
            Some(projection) if self.widens_first => self.norm.forward(&projection.forward(&sum)),
            Some(projection) => projection.forward(&self.norm.forward(&sum)),
        }
    }
}

/// The place of a name with points in it.
pub(super) fn at<'a>(root: &Path<'a>, name: &str) -> Path<'a> {
    name.split('.').fold(root.clone(), |path, word| path / word)
}

/// A layer normalisation with the configuration's ε.
pub(super) fn layer_norm(path: Path<'_>, width: i64, config: &EncoderConfig) -> nn::LayerNorm {
    let epsilon = nn::LayerNormConfig { eps: config.layer_norm_eps.into(), ..Default::default() };
    nn::layer_norm(path, vec![width], epsilon)
}
