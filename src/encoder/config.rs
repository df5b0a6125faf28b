//! `config.json` of a model: the shape of its network and the names of its labels.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::{Error, ErrorKind};

/// The shape of a BERT for token classification, as Hugging Face writes it in `config.json`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct EncoderConfig {
    pub(crate) model_type: String,
    pub(crate) hidden_size: usize,
    pub(crate) num_hidden_layers: usize,
    pub(crate) num_attention_heads: usize,
    pub(crate) intermediate_size: usize,
    pub(crate) vocab_size: usize,
    pub(crate) type_vocab_size: usize,
    pub(crate) max_position_embeddings: usize,
    pub(crate) layer_norm_eps: f32,
    pub(crate) hidden_act: String,
    pub(crate) id2label: BTreeMap<String, String>,
    /// The logits are divided by it for scores that mean what they say; 1 where the model has none of its own.
    #[serde(default = "one", rename = "score_temperature")]
    pub(crate) temperature: f32,
}

fn one() -> f32 {
    1.0
}

impl EncoderConfig {
    /// Reads and checks the bytes of a `config.json`.
    ///
    /// # Errors
    ///
    /// Fails where it is no JSON, lacks a field, or describes a network that the native encoder does not run.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let config: Self = serde_json::from_slice(bytes).map_err(|error| {
            let place = format!("line {} column {}", error.line(), error.column());
            Error::new(ErrorKind::Format, place, "the configuration of a BERT", error.to_string())
        })?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), Error> {
        let unsupported = |place: &str, expected: &str, found: &str| {
            Err(Error::new(ErrorKind::Unsupported, place, expected, format!("{found:?}")))
        };
        if self.model_type != "bert" {
            return unsupported("model_type", "\"bert\"", &self.model_type);
        }
        if self.hidden_act != "gelu" {
            return unsupported("hidden_act", "\"gelu\"", &self.hidden_act);
        }
        let sizes = [
            ("hidden_size", self.hidden_size),
            ("num_hidden_layers", self.num_hidden_layers),
            ("num_attention_heads", self.num_attention_heads),
            ("intermediate_size", self.intermediate_size),
            ("vocab_size", self.vocab_size),
            ("type_vocab_size", self.type_vocab_size),
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
        if !self.hidden_size.is_multiple_of(self.num_attention_heads) {
            let expected = format!("a multiple of num_attention_heads ({})", self.num_attention_heads);
            return Err(Error::new(ErrorKind::Format, "hidden_size", expected, self.hidden_size.to_string()));
        }
        if self.temperature.is_nan() || self.temperature <= 0.0 {
            let found = self.temperature.to_string();
            return Err(Error::new(ErrorKind::Format, "score_temperature", "a number above 0", found));
        }
        self.check_labels()
    }

    fn check_labels(&self) -> Result<(), Error> {
        for id in 0..self.id2label.len() {
            if !self.id2label.contains_key(&id.to_string()) {
                let expected = format!("the ids 0 to {}", self.id2label.len() - 1);
                return Err(Error::new(ErrorKind::Format, "id2label", expected, format!("no {id}")));
            }
        }
        if self.id2label.is_empty() {
            return Err(Error::new(ErrorKind::Format, "id2label", "one label or more", "none"));
        }
        Ok(())
    }

    /// The labels' names, in the order of the logits' columns.
    pub(crate) fn label_names(&self) -> Vec<String> {
        (0..self.id2label.len()).map(|id| self.id2label[&id.to_string()].clone()).collect()
    }

    /// The width of one attention head.
    pub(crate) fn head_size(&self) -> usize {
        self.hidden_size / self.num_attention_heads
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
    fn labels_come_in_the_order_of_their_ids() {
        assert_eq!(EncoderConfig::parse(CONFIG.as_bytes()).unwrap().label_names(), ["O", "B-Person"]);
    }

    #[test]
    fn what_cannot_run_is_named() {
        assert_eq!(message("\"bert\"", "\"gpt2\""), "model_type: expected \"bert\", found \"gpt2\"");
        assert_eq!(message("\"gelu\"", "\"relu\""), "hidden_act: expected \"gelu\", found \"relu\"");
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
        assert_eq!(message("\"1\": \"B", "\"2\": \"B"), "id2label: expected the ids 0 to 1, found no 1");
        assert!(message("\"vocab_size\": 10,", "").contains("missing field `vocab_size`"));
        assert!(message("}}", "}").starts_with("line 3 column"));
    }
}
