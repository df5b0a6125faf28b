//! BERT, RoBERTa, XLM-RoBERTa and ELECTRA: our embeddings, rust-bert's layers, one head.
//!
//! The layers have an ε of layer normalisation that is built in, but there it is next to the variance of rows that were
//! normalised before: about 1.

use rust_bert::bert::BertEncoder;
use tch::nn::{self, Module, Path};
use tch::{Kind, Tensor};

use super::embeddings::{Embeddings, at};
use super::network::Tensors;
use super::plan::layers_config;
use crate::encoder::EncoderConfig;

/// The network, with all its tensors.
pub(super) struct Bert {
    embeddings: Embeddings,
    layers: BertEncoder,
    classifier: nn::Linear,
}

impl Bert {
    /// The network under `root`, its tensors yet to be filled.
    pub(super) fn new(root: &Path<'_>, config: &EncoderConfig) -> Self {
        let names = config.architecture.names();
        let (hidden, labels) = (config.hidden_size as i64, config.label_count() as i64);
        Self {
            embeddings: Embeddings::new(root, config),
            layers: BertEncoder::new(at(root, &names.whole("encoder")), &layers_config(config)),
            classifier: nn::linear(at(root, names.head), hidden, labels, Default::default()),
        }
    }

    /// (sequences, longest, labels).
    pub(super) fn forward(&self, batch: &Tensors) -> Tensor {
        let hidden = self.embeddings.forward(batch); // (sequences, longest, hidden)
        let is_padding = batch.mask.eq(0).unsqueeze(1).unsqueeze(1); // (sequences, 1, 1, longest)
        let mask = is_padding.zeros_like().to_kind(Kind::Float).masked_fill(&is_padding, f64::NEG_INFINITY);
        let output = self.layers.forward_t(&hidden, Some(&mask), None, None, false);
        self.classifier.forward(&output.hidden_state)
    }
}
