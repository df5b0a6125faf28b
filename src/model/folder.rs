//! The files of a model's folder, as Hugging Face lays them out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use crate::encoder::Weights;
use crate::error::{Error, ErrorKind};
use crate::tokenizer::{Letters, Tokenizer};

/// All weights, in one file.
const WHOLE: &str = "model.safetensors";

/// Which of several files holds which weights.
const INDEX: &str = "model.safetensors.index.json";

/// Weights as PyTorch pickles them, in one file or in several: to open one is to run what its maker wrote.
const PICKLED: [&str; 2] = ["pytorch_model.bin", "pytorch_model.bin.index.json"];

/// Reads a file of the folder.
pub(super) fn read(dir: &Path, name: &str, expected: &str) -> Result<Vec<u8>, Error> {
    let path = dir.join(name);
    std::fs::read(&path).map_err(|error| Error::io(&path, expected, error))
}

/// What a folder has to turn text into tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenizerFile {
    /// `tokenizer.json`.
    Whole,
    /// `vocab.txt`, and `tokenizer_config.json` where there is one.
    Vocabulary,
}

impl TokenizerFile {
    /// The better of those that the folder has.
    fn of(dir: &Path) -> Self {
        if dir.join(Self::Whole.name()).exists() { Self::Whole } else { Self::Vocabulary }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Whole => "tokenizer.json",
            Self::Vocabulary => "vocab.txt",
        }
    }
}

/// The folder's tokenizer, and the file that it came from.
pub(super) fn tokenizer(dir: &Path) -> Result<(Tokenizer, TokenizerFile), Error> {
    let file = TokenizerFile::of(dir);
    let tokenizer = match file {
        TokenizerFile::Whole => Tokenizer::from_file(&read(dir, file.name(), "the model's tokenizer")?),
        TokenizerFile::Vocabulary => Tokenizer::from_vocabulary(&vocabulary(dir, file.name())?, letters(dir)?),
    };
    Ok((tokenizer.map_err(|error| error.within(file.name()).within(dir.display()))?, file))
}

fn vocabulary(dir: &Path, name: &str) -> Result<String, Error> {
    let bytes = read(dir, name, "the model's vocabulary, one token a line, or a tokenizer.json beside it")?;
    String::from_utf8(bytes).map_err(|error| {
        Error::new(ErrorKind::Format, name, "UTF-8", error.utf8_error().to_string()).within(dir.display())
    })
}

fn letters(dir: &Path) -> Result<Letters, Error> {
    let name = "tokenizer_config.json";
    if !dir.join(name).exists() {
        return Ok(Letters::default());
    }
    let bytes = read(dir, name, "how the model's tokenizer reads letters")?;
    Letters::parse(&bytes).map_err(|error| error.within(name).within(dir.display()))
}

/// The folder's weights, of one file or of all that the index names, and the file that says where they are.
pub(super) fn weights(dir: &Path) -> Result<(Weights, &'static str), Error> {
    if !dir.join(WHOLE).exists() && dir.join(INDEX).exists() {
        let names = shards(&read(dir, INDEX, "which file holds which weights")?)
            .map_err(|error| error.within(INDEX).within(dir.display()))?;
        let mut faults = Faults::default();
        let shards: Vec<Weights> = names.iter().filter_map(|name| faults.keep(weights_of(dir, name))).collect();
        return faults.unless_any(Some((Weights::join(shards), INDEX)));
    }
    if let Some(name) = PICKLED.into_iter().find(|name| !dir.join(WHOLE).exists() && dir.join(name).exists()) {
        let expected = "model.safetensors, which transformers writes: AutoModelForTokenClassification\
                        .from_pretrained(FOLDER).save_pretrained(FOLDER)";
        let found = format!("only {name}, which is not read");
        return Err(Error::new(ErrorKind::Unsupported, "weights", expected, found).within(dir.display()));
    }
    Ok((weights_of(dir, WHOLE)?, WHOLE))
}

/// What is wrong with a folder, gathered over its files.
#[derive(Default)]
pub(super) struct Faults(Vec<Error>);

impl Faults {
    /// What was read, or nothing, and what is wrong with it kept: once, where two readers of one file say the same.
    pub(super) fn keep<T>(&mut self, read: Result<T, Error>) -> Option<T> {
        match read {
            Ok(read) => Some(read),
            Err(error) => {
                let said = error.to_string();
                if self.0.iter().all(|known| known.to_string() != said) {
                    self.0.push(error);
                }
                None
            }
        }
    }

    /// What was read, where nothing is wrong.
    pub(super) fn unless_any<T>(self, read: Option<T>) -> Result<T, Error> {
        match Error::join(self.0) {
            Some(error) => Err(error),
            None => Ok(read.expect("what was not read left a fault")),
        }
    }
}

fn weights_of(dir: &Path, name: &str) -> Result<Weights, Error> {
    let bytes = read(dir, name, "the model's weights")?;
    Weights::new(bytes).map_err(|error| error.within(name).within(dir.display()))
}

/// The names of the files that an index names, each once.
fn shards(index: &[u8]) -> Result<BTreeSet<String>, Error> {
    #[derive(Deserialize)]
    struct Index {
        weight_map: BTreeMap<String, String>,
    }
    let index: Index = serde_json::from_slice(index).map_err(|error| {
        let place = format!("line {} column {}", error.line(), error.column());
        Error::new(ErrorKind::Format, place, "an index of weights", error.to_string())
    })?;
    for (tensor, file) in &index.weight_map {
        if file.contains(['/', '\\']) || !file.ends_with(".safetensors") {
            let place = format!("weight_map: {tensor}");
            return Err(Error::new(ErrorKind::Format, place, "a safetensors file of the folder", format!("{file:?}")));
        }
    }
    Ok(index.weight_map.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_names_each_file_once_and_none_elsewhere() {
        let names = shards(br#"{"weight_map": {"a": "2.safetensors", "b": "1.safetensors", "c": "2.safetensors"}}"#);
        assert_eq!(names.unwrap().into_iter().collect::<Vec<_>>(), ["1.safetensors", "2.safetensors"]);
        let message = |index: &str| shards(index.as_bytes()).unwrap_err().to_string();
        assert_eq!(
            message(r#"{"weight_map": {"a": "../1.safetensors"}}"#),
            "weight_map: a: expected a safetensors file of the folder, found \"../1.safetensors\""
        );
        assert!(message("{}").contains("missing field `weight_map`"));
    }
}
