//! `config.json` of a model, but for its network: its labels, its token types, how many ids it knows.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::{Error, ErrorKind};
use crate::tokenizer::CaseClass;

/// What a model's configuration says about all but its network.
#[derive(Debug, Deserialize)]
pub(super) struct Settings {
    pub(super) vocab_size: usize,
    type_vocab_size: Option<usize>,
    id2label: BTreeMap<String, String>,
    /// The logits are divided by it for scores that mean what they say; 1 where the model has none of its own.
    #[serde(default = "one", rename = "score_temperature")]
    pub(super) temperature: f32,
}

fn one() -> f32 {
    1.0
}

/// What the encoder is given as a token's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenTypes {
    /// The case class of the token's word: our own models, which have a token type for each.
    CaseClasses,
    /// 0, for the one text that there is: all other models.
    One,
}

impl TokenTypes {
    /// The type of a token whose word is of this class.
    pub(super) fn of(self, case: CaseClass) -> u32 {
        match self {
            Self::CaseClasses => case as u32,
            Self::One => 0,
        }
    }
}

impl Settings {
    /// Reads and checks the bytes of a `config.json`.
    ///
    /// # Errors
    ///
    /// Fails where it is no JSON, lacks a field, or leaves a label out.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let settings: Self = serde_json::from_slice(bytes).map_err(|error| {
            let place = format!("line {} column {}", error.line(), error.column());
            Error::new(ErrorKind::Format, place, "the configuration of a token classifier", error.to_string())
        })?;
        if settings.temperature.is_nan() || settings.temperature <= 0.0 {
            let found = settings.temperature.to_string();
            return Err(Error::new(ErrorKind::Format, "score_temperature", "a number above 0", found));
        }
        settings.check_labels()?;
        Ok(settings)
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
    pub(super) fn label_names(&self) -> Vec<String> {
        (0..self.id2label.len()).map(|id| self.id2label[&id.to_string()].clone()).collect()
    }

    /// What the encoder is given as token types: as many token types as case classes are case classes.
    pub(super) fn token_types(&self) -> TokenTypes {
        match self.type_vocab_size {
            Some(CaseClass::COUNT) => TokenTypes::CaseClasses,
            _ => TokenTypes::One,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_come_in_the_order_of_their_ids() {
        let labels: Vec<String> = (0..12).map(|id| format!(r#""{id}": "B-{id}""#)).collect();
        let config = format!(r#"{{"vocab_size": 1, "id2label": {{{}}}}}"#, labels.join(","));
        let names = Settings::parse(config.as_bytes()).unwrap().label_names();
        assert_eq!((names[2].as_str(), names[11].as_str()), ("B-2", "B-11"));
    }

    #[test]
    fn only_as_many_token_types_as_case_classes_are_case_classes() {
        let types = |types: &str| {
            let config = format!(r#"{{"vocab_size": 1, "id2label": {{"0": "O"}}{types}}}"#);
            Settings::parse(config.as_bytes()).unwrap().token_types()
        };
        assert_eq!(types(r#", "type_vocab_size": 5"#), TokenTypes::CaseClasses);
        assert_eq!(types(r#", "type_vocab_size": 2"#), TokenTypes::One);
        assert_eq!(types(""), TokenTypes::One);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let message = |rest: &str| {
            let config = format!(r#"{{"vocab_size": 1, {rest}}}"#);
            Settings::parse(config.as_bytes()).unwrap_err().to_string()
        };
        let gap = r#""id2label": {"0": "O", "2": "B-Person"}"#;
        assert_eq!(message(gap), "id2label: expected the ids 0 to 1, found no 1");
        assert_eq!(message(r#""id2label": {}"#), "id2label: expected one label or more, found none");
        let cold = r#""id2label": {"0": "O"}, "score_temperature": 0"#;
        assert_eq!(message(cold), "score_temperature: expected a number above 0, found 0");
        assert!(message(r#""x": 1"#).contains("missing field `id2label`"));
    }
}
