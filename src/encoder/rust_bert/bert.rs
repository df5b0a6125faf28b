//! BERT, RoBERTa, XLM-RoBERTa and ELECTRA: one embedding, rust-bert's layers, one head.
//!
//! rust-bert builds the ε of layer normalisation into its embeddings, 1e-12 whatever the checkpoint says. Where sums of
//! embeddings vary little, that is seen in the logits (RoBERTa has 1e-5), so the embeddings are made here. Its layers
//! have the same ε, but there it is next to the variance of rows that were normalised before: about 1.

use rust_bert::Activation;
use rust_bert::bert::{BertConfig, BertEncoder};
use tch::nn::{self, Module, Path};
use tch::{Kind, Tensor};

use super::batch::Batch;
use crate::encoder::EncoderConfig;

#[derive(Debug)]
pub(super) struct Bert {
    words: nn::Embedding,     // (vocabulary, hidden)
    positions: nn::Embedding, // (longest, hidden)
    types: nn::Embedding,     // (types, hidden)
    norm: nn::LayerNorm,
    layers: Layers,
    classifier: nn::Linear,
}

/// rust-bert's layers, which print nothing.
struct Layers(BertEncoder);

impl std::fmt::Debug for Layers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Layers")
    }
}

impl Bert {
    /// The network under `root`, its tensors yet to be filled.
    pub(super) fn new(root: &Path<'_>, config: &EncoderConfig) -> Self {
        let bert = root / "bert";
        let embeddings = &bert / "embeddings";
        let hidden = config.hidden_size as i64;
        let table = |name: &str, rows: usize| {
            nn::embedding(&embeddings / format!("{name}_embeddings"), rows as i64, hidden, Default::default())
        };
        let epsilon = nn::LayerNormConfig { eps: config.layer_norm_eps.into(), ..Default::default() };
        let labels = config.id2label.len() as i64;
        Self {
            words: table("word", config.vocab_size),
            positions: table("position", config.max_position_embeddings),
            types: table("token_type", config.type_vocab_size),
            norm: nn::layer_norm(&embeddings / "LayerNorm", vec![hidden], epsilon),
            layers: Layers(BertEncoder::new(&bert / "encoder", &layers_config(config))),
            classifier: nn::linear(root / "classifier", hidden, labels, Default::default()),
        }
    }

    /// (sequences, longest, labels).
    pub(super) fn forward(&self, batch: &Batch) -> Tensor {
        let shape = [batch.lengths.len() as i64, batch.longest as i64];
        let device = self.words.ws.device();
        let tensor = |values: &[i64]| Tensor::from_slice(values).view(shape).to_device(device);
        let positions = Tensor::arange(shape[1], (Kind::Int64, device));
        let sum = self.words.forward(&tensor(&batch.ids))
            + self.positions.forward(&positions)
            + self.types.forward(&tensor(&batch.token_types));
        let hidden = self.norm.forward(&sum); // (sequences, longest, hidden)
        let is_padding = tensor(&batch.mask()).eq(0).view([shape[0], 1, 1, shape[1]]);
        let mask = is_padding.to_kind(Kind::Float).masked_fill(&is_padding, f64::NEG_INFINITY);
        let output = self.layers.0.forward_t(&hidden, Some(&mask), None, None, false);
        self.classifier.forward(&output.hidden_state)
    }
}

/// The configuration of the layers: no dropout, nothing beside the last layer's output.
fn layers_config(config: &EncoderConfig) -> BertConfig {
    BertConfig {
        hidden_act: Activation::gelu,
        attention_probs_dropout_prob: 0.0,
        hidden_dropout_prob: 0.0,
        hidden_size: config.hidden_size as i64,
        intermediate_size: config.intermediate_size as i64,
        num_attention_heads: config.num_attention_heads as i64,
        num_hidden_layers: config.num_hidden_layers as i64,
        ..BertConfig::default()
    }
}
