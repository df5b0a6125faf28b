//! `config.json` of a model: the shape of its network.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::architecture::Architecture;
use super::disentangled::Disentangled;
use super::kernel::Activation;
use crate::error::{Error, ErrorKind};

/// The shape of a network for token classification, as Hugging Face writes it in `config.json`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct EncoderConfig {
    #[serde(skip)]
    pub(crate) architecture: Architecture,
    #[serde(skip)]
    pub(crate) activation: Activation,
    /// Of DeBERTa.
    #[serde(skip)]
    pub(crate) disentangled: Option<Disentangled>,
    #[serde(alias = "dim")]
    pub(crate) hidden_size: usize,
    /// The width of the embeddings, where it is not that of the layers.
    embedding_size: Option<usize>,
    #[serde(alias = "n_layers")]
    pub(crate) num_hidden_layers: usize,
    #[serde(alias = "n_heads")]
    pub(crate) num_attention_heads: usize,
    #[serde(alias = "hidden_dim")]
    pub(crate) intermediate_size: usize,
    pub(crate) vocab_size: usize,
    /// Two where a configuration does not say, none in DeBERTa.
    type_vocab_size: Option<usize>,
    pub(crate) max_position_embeddings: usize,
    /// That of DistilBERT, which does not say.
    #[serde(default = "usual_epsilon")]
    pub(crate) layer_norm_eps: f32,
    #[serde(alias = "activation")]
    hidden_act: String,
    position_embedding_type: Option<String>,
    pad_token_id: Option<usize>,
    id2label: BTreeMap<String, IgnoredAny>,
}

fn usual_epsilon() -> f32 {
    1e-12
}

/// What is read before all else: whether the rest can be read at all.
#[derive(Deserialize)]
struct Family {
    model_type: String,
}

impl EncoderConfig {
    /// Reads and checks the bytes of a `config.json`.
    ///
    /// # Errors
    ///
    /// Fails where it is no JSON, lacks a field, or describes a network that does not run.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let family: Family = read(bytes)?;
        let architecture = Architecture::parse(&family.model_type)?;
        let mut config: Self = read(bytes)?;
        config.architecture = architecture;
        config.activation = activation("hidden_act", &config.hidden_act)?;
        if architecture == Architecture::DebertaV2 {
            config.disentangled = Some(Disentangled::parse(read(bytes)?, &config)?);
        }
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), Error> {
        if let Some(positions) = self.position_embedding_type.as_deref().filter(|positions| *positions != "absolute") {
            let (place, found) = ("position_embedding_type", format!("{positions:?}"));
            return Err(Error::new(ErrorKind::Unsupported, place, "\"absolute\"", found));
        }
        self.check_sizes()?;
        if !self.hidden_size.is_multiple_of(self.num_attention_heads) {
            let expected = format!("a multiple of num_attention_heads ({})", self.num_attention_heads);
            return Err(Error::new(ErrorKind::Format, "hidden_size", expected, self.hidden_size.to_string()));
        }
        if self.max_tokens() < 3 {
            let expected = format!("{} or more", self.first_position() + 3);
            let found = self.max_position_embeddings.to_string();
            return Err(Error::new(ErrorKind::Format, "max_position_embeddings", expected, found));
        }
        Ok(())
    }

    fn check_sizes(&self) -> Result<(), Error> {
        let sizes = [
            ("hidden_size", self.hidden_size),
            ("num_hidden_layers", self.num_hidden_layers),
            ("num_attention_heads", self.num_attention_heads),
            ("intermediate_size", self.intermediate_size),
            ("vocab_size", self.vocab_size),
            ("type_vocab_size", self.type_vocab_size.unwrap_or(2).max(usize::from(self.may_lack_types()))),
            ("embedding_size", self.embedding_size()),
            ("max_position_embeddings", self.max_position_embeddings),
        ];
        for (place, size) in sizes {
            if size == 0 || size > 1 << 24 {
                return Err(Error::new(ErrorKind::Format, place, "a size of 1 to 16777216", size.to_string()));
            }
        }
        // Sums of bytes have 32 bits: 2¹⁷ products of 127 · 127 fit.
        for (place, size) in [("hidden_size", self.hidden_size), ("intermediate_size", self.intermediate_size)] {
            if size > 1 << 17 {
                return Err(Error::new(ErrorKind::Unsupported, place, "131072 at most", size.to_string()));
            }
        }
        Ok(())
    }

    /// How many labels each token gets a logit for.
    pub(crate) fn label_count(&self) -> usize {
        self.id2label.len()
    }

    /// The rows of the token type table; 0 where there is none.
    pub(crate) fn token_types(&self) -> usize {
        let usual = if self.may_lack_types() { 0 } else { 2 };
        self.architecture.names().token_types.map_or(0, |_| self.type_vocab_size.unwrap_or(usual))
    }

    fn may_lack_types(&self) -> bool {
        self.architecture == Architecture::DebertaV2
    }

    /// The rows of the position table; 0 where only the attention knows where tokens stand.
    pub(crate) fn positions(&self) -> usize {
        let adds = self.disentangled.as_ref().is_none_or(|it| it.adds_positions);
        if adds { self.max_position_embeddings } else { 0 }
    }

    /// The width of the embeddings.
    pub(crate) fn embedding_size(&self) -> usize {
        let is_own = self.architecture.names().projection.is_some();
        self.embedding_size.filter(|_| is_own).unwrap_or(self.hidden_size)
    }

    /// Whether the embeddings are widened to the layers.
    pub(crate) fn has_projection(&self) -> bool {
        self.embedding_size() != self.hidden_size
    }

    /// The row of the position table that the first token of a sequence gets.
    pub(crate) fn first_position(&self) -> usize {
        self.architecture.first_position(self.pad_token_id.unwrap_or(1))
    }

    /// The longest sequence, special tokens included.
    pub(crate) fn max_tokens(&self) -> usize {
        self.max_position_embeddings.saturating_sub(self.first_position())
    }

    /// The width of one attention head.
    pub(crate) fn head_size(&self) -> usize {
        self.hidden_size / self.num_attention_heads
    }

    /// What scores are multiplied with before the softmax: 1/√(head · the terms of a score).
    pub(crate) fn score_scale(&self) -> f32 {
        let terms = self.disentangled.as_ref().map_or(1, |it| it.terms);
        1.0 / ((self.head_size() * terms) as f32).sqrt()
    }
}

fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|error| {
        let place = format!("line {} column {}", error.line(), error.column());
        Error::new(ErrorKind::Format, place, "the configuration of a token classifier", error.to_string())
    })
}

/// The function after a product, by the names that `transformers` has for it.
pub(super) fn activation(place: &str, name: &str) -> Result<Activation, Error> {
    match name {
        "gelu" | "gelu_python" => Ok(Activation::Gelu),
        "gelu_new" | "gelu_pytorch_tanh" | "gelu_fast" => Ok(Activation::GeluTanh),
        "relu" => Ok(Activation::Relu),
        "tanh" => Ok(Activation::Tanh),
        other => {
            let expected = "\"gelu\", \"gelu_new\", \"relu\" or \"tanh\"";
            Err(Error::new(ErrorKind::Unsupported, place, expected, format!("{other:?}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = r#"{"model_type": "bert", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
        "intermediate_size": 16, "vocab_size": 10, "type_vocab_size": 5, "max_position_embeddings": 32,
        "layer_norm_eps": 1e-12, "hidden_act": "gelu", "id2label": {"0": "O", "1": "B-Person"}}"#;

    fn message(from: &str, to: &str) -> String {
        assert!(CONFIG.contains(from));
        EncoderConfig::parse(CONFIG.replace(from, to).as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn what_cannot_run_is_named() {
        let supported = "\"bert\", \"distilbert\", \"roberta\", \"xlm-roberta\", \"electra\" or \"deberta-v2\"";
        let found = message("\"bert\"", "\"gpt2\"");
        assert_eq!(found, format!("model_type: expected {supported}, found \"gpt2\""));
        let found = message("\"gelu\"", "\"silu\"");
        assert_eq!(found, "hidden_act: expected \"gelu\", \"gelu_new\", \"relu\" or \"tanh\", found \"silu\"");
        assert_eq!(
            message("\"hidden_size\": 8", "\"hidden_size\": 9"),
            "hidden_size: expected a multiple of num_attention_heads (2), found 9"
        );
        assert_eq!(
            message("\"vocab_size\": 10", "\"vocab_size\": 0"),
            "vocab_size: expected a size of 1 to 16777216, found 0"
        );
        assert_eq!(
            message("\"intermediate_size\": 16", "\"intermediate_size\": 131073"),
            "intermediate_size: expected 131072 at most, found 131073"
        );
        assert_eq!(
            message("\"hidden_size\": 8", "\"position_embedding_type\": \"relative_key\", \"hidden_size\": 8"),
            "position_embedding_type: expected \"absolute\", found \"relative_key\""
        );
        assert!(message("\"vocab_size\": 10,", "").contains("missing field `vocab_size`"));
        assert!(message("}}", "}").starts_with("line 3 column"));
    }
}
