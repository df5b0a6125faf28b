//! `config.json` to the network that rust-bert builds of it.

use std::collections::HashMap;

use rust_bert::Activation as RustBertActivation;
use rust_bert::bert::BertConfig;
use rust_bert::deberta_v2::DebertaV2Config;
use rust_bert::distilbert::DistilBertConfig;
use serde::Deserialize;

use super::worker::guarded;
use crate::encoder::architecture::Architecture;
use crate::encoder::kernel::Activation;
use crate::encoder::{EncoderConfig, Limits};
use crate::error::{Error, ErrorKind};

/// A network to be built: one that the native encoder has too, or one that only rust-bert has.
#[derive(Debug)]
pub(crate) enum NetworkPlan {
    /// BERT, RoBERTa, XLM-RoBERTa, ELECTRA.
    Bert(EncoderConfig),
    /// Sanh et al. 2019.
    DistilBert(EncoderConfig),
    /// DeBERTa v2 and v3, He et al. 2021.
    DebertaV2 {
        config: Box<DebertaV2Config>,
        /// Whether positions are projected by the weights that words are projected by.
        is_shared: bool,
    },
}

/// What is read before all else.
#[derive(Deserialize)]
struct Family {
    model_type: String,
}

impl NetworkPlan {
    /// Reads and checks the bytes of a `config.json`.
    ///
    /// # Errors
    ///
    /// Fails where it is no JSON, lacks a field, or describes a network that does not run here.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let family: Option<Family> = serde_json::from_slice(bytes).ok(); // what is no JSON, the next reader says
        match family.as_ref().map(|family| family.model_type.as_str()) {
            Some("deberta-v2") => return deberta(bytes),
            Some(other) if Architecture::parse(other).is_err() => return Err(unsupported(other)),
            _ => {}
        }
        let config = EncoderConfig::parse(bytes)?;
        Ok(match config.architecture {
            Architecture::DistilBert => Self::DistilBert(config),
            _ => Self::Bert(config),
        })
    }

    pub(super) fn label_count(&self) -> usize {
        match self {
            Self::Bert(config) | Self::DistilBert(config) => config.label_count(),
            Self::DebertaV2 { config, .. } => config.id2label.as_ref().map_or(0, HashMap::len),
        }
    }

    pub(super) fn limits(&self) -> Limits {
        match self {
            Self::Bert(config) | Self::DistilBert(config) => Limits::of(config),
            Self::DebertaV2 { config, .. } => Limits {
                tokens: config.max_position_embeddings as usize,
                ids: config.vocab_size as usize,
                token_types: config.type_vocab_size.max(1) as usize,
            },
        }
    }

    /// The tensor of the checkpoint that fills a variable of rust-bert's network, and what it is multiplied by.
    ///
    /// rust-bert divides the scores between words and positions by d · n (the width of a head, and one more than the kinds
    /// of such scores), where DeBERTa divides by its square root. So the projections of positions, always tensors of their
    /// own here, are multiplied by that root.
    pub(super) fn source(&self, variable: &str) -> (String, f32) {
        match self {
            Self::DebertaV2 { config, is_shared } if variable.contains(".self.pos_") => {
                let kinds = config.pos_att_type.as_ref().map_or(0, |kinds| kinds.len());
                let head = config.hidden_size / config.num_attention_heads;
                let name = if *is_shared { variable.replace(".self.pos_", ".self.") } else { variable.to_owned() };
                (name, ((head * (1 + kinds as i64)) as f32).sqrt())
            }
            _ => (variable.to_owned(), 1.0),
        }
    }
}

fn unsupported(model_type: &str) -> Error {
    let expected = "\"bert\", \"distilbert\", \"roberta\", \"xlm-roberta\", \"electra\" or \"deberta-v2\"";
    Error::new(ErrorKind::Unsupported, "model_type", expected, format!("{model_type:?}"))
}

/// The configuration of a DeBERTa, in whose reader rust-bert panics on what it does not know.
fn deberta(bytes: &[u8]) -> Result<NetworkPlan, Error> {
    let mut config: DebertaV2Config = guarded(|| {
        serde_json::from_slice(bytes).map_err(|error| {
            let place = format!("line {} column {}", error.line(), error.column());
            Error::new(ErrorKind::Format, place, "the configuration of a DeBERTa", error.to_string())
        })
    })?;
    let sizes = [
        ("hidden_size", config.hidden_size),
        ("num_hidden_layers", config.num_hidden_layers),
        ("num_attention_heads", config.num_attention_heads),
        ("intermediate_size", config.intermediate_size),
        ("vocab_size", config.vocab_size),
        ("max_position_embeddings", config.max_position_embeddings),
        ("id2label", config.id2label.as_ref().map_or(0, HashMap::len) as i64),
    ];
    for (place, size) in sizes {
        if !(1..=1 << 24).contains(&size) {
            return Err(Error::new(ErrorKind::Format, place, "a size of 1 to 16777216", size.to_string()));
        }
    }
    let is_shared = config.share_att_key.replace(false).unwrap_or(false);
    Ok(NetworkPlan::DebertaV2 { config: Box::new(config), is_shared })
}

fn activation(config: &EncoderConfig) -> RustBertActivation {
    match config.activation {
        Activation::Gelu => RustBertActivation::gelu,
        Activation::GeluTanh => RustBertActivation::gelu_new,
        Activation::Relu => RustBertActivation::relu,
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
