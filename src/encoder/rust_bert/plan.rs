//! `config.json` to the network that rust-bert builds of it.

use rust_bert::Activation as RustBertActivation;
use rust_bert::bert::BertConfig;
use rust_bert::distilbert::DistilBertConfig;

use crate::encoder::architecture::Architecture;
use crate::encoder::kernel::Activation;
use crate::encoder::{EncoderConfig, Limits};
use crate::error::Error;

/// A network to be built, one that the native encoder has too.
#[derive(Debug)]
pub(crate) enum NetworkPlan {
    /// BERT, RoBERTa, XLM-RoBERTa, ELECTRA.
    Bert(EncoderConfig),
    /// Sanh et al. 2019.
    DistilBert(EncoderConfig),
    /// He et al. 2021, 2023.
    Deberta(EncoderConfig),
}

impl NetworkPlan {
    /// Reads and checks the bytes of a `config.json`.
    ///
    /// # Errors
    ///
    /// Fails where it is no JSON, lacks a field, or describes a network that does not run here.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let config = EncoderConfig::parse(bytes)?;
        Ok(match config.architecture {
            Architecture::DistilBert => Self::DistilBert(config),
            Architecture::DebertaV2 => Self::Deberta(config),
            _ => Self::Bert(config),
        })
    }

    pub(super) fn label_count(&self) -> usize {
        self.config().label_count()
    }

    pub(super) fn limits(&self) -> Limits {
        Limits::of(self.config())
    }

    fn config(&self) -> &EncoderConfig {
        match self {
            Self::Bert(config) | Self::DistilBert(config) | Self::Deberta(config) => config,
        }
    }
}

fn activation(config: &EncoderConfig) -> RustBertActivation {
    match config.activation {
        Activation::Gelu => RustBertActivation::gelu,
        Activation::GeluTanh => RustBertActivation::gelu_new,
        Activation::Relu => RustBertActivation::relu,
        Activation::Tanh => RustBertActivation::tanh,
    }
}

/// The configuration of rust-bert's layers: no dropout, nothing beside the last layer's output.
pub(super) fn layers_config(config: &EncoderConfig) -> BertConfig {
    BertConfig {
        hidden_act: activation(config),
        attention_probs_dropout_prob: 0.0,
        hidden_dropout_prob: 0.0,
        hidden_size: config.hidden_size as i64,
        intermediate_size: config.intermediate_size as i64,
        num_attention_heads: config.num_attention_heads as i64,
        num_hidden_layers: config.num_hidden_layers as i64,
        ..BertConfig::default()
    }
}

pub(super) fn distilbert_config(config: &EncoderConfig) -> DistilBertConfig {
    let names = (0..config.label_count() as i64).map(|id| (id, id.to_string()));
    DistilBertConfig {
        activation: activation(config),
        dim: config.hidden_size as i64,
        hidden_dim: config.intermediate_size as i64,
        id2label: Some(names.collect()),
        max_position_embeddings: config.max_position_embeddings as i64,
        n_heads: config.num_attention_heads as i64,
        n_layers: config.num_hidden_layers as i64,
        sinusoidal_pos_embds: false, // how they were first filled; the weights have them
        vocab_size: config.vocab_size as i64,
        ..DistilBertConfig::default()
    }
}
