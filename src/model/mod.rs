//! A model is a folder of files, or the same files inside the binary: configuration, vocabulary, weights.
//!
//! `config.json`, `vocab.txt` and `model.safetensors` are read and held against each other; what does not fit is an
//! error before any text is read.

mod read;

use std::path::Path;
use std::sync::Arc;

#[cfg(all(feature = "embedded-model", feature = "rust-bert"))]
use crate::encoder::{Device, RustBertEncoder};
use crate::encoder::{Encoder, EncoderConfig, Engine, Weights};
#[cfg(feature = "embedded-model")]
use crate::encoder::{NativeEncoder, Precision};
use crate::error::{Error, ErrorKind};
use crate::label::LabelSet;
use crate::tokenizer::{CaseClass, Tokenizer};

/// All that reads text up to mentions: tokenizer, encoder, and what the encoder's columns mean.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) tokenizer: Arc<Tokenizer>,
    pub(crate) encoder: Arc<dyn Encoder>,
    pub(crate) labels: LabelSet,
    /// The logits are divided by it before the softmax, so that scores mean what they say.
    pub(crate) temperature: f32,
}

/// The files of a model, as bytes.
struct Files {
    config: Vec<u8>,
    vocabulary: String,
    weights: Weights,
}

#[cfg(feature = "embedded-model")]
static EMBEDDED_CONFIG: &[u8] = include_bytes!("../../models/attache-small/config.json");
#[cfg(feature = "embedded-model")]
static EMBEDDED_WEIGHTS: &[u8] = include_bytes!("../../models/attache-small/model.safetensors");

#[cfg(feature = "embedded-model")]
impl NativeEncoder {
    /// The encoder of the model inside the binary, for token ids that come from elsewhere.
    ///
    /// # Errors
    ///
    /// Fails where `ATTACHE_ISA` asks for kernels that this machine does not have.
    ///
    /// # Examples
    ///
    /// ```
    /// use attache::{Encoder, NativeEncoder, Precision, Sequence};
    ///
    /// let encoder = NativeEncoder::embedded(Precision::Int8)?;
    /// let sequence = Sequence { ids: &[101, 5735, 102], token_types: &[0, 0, 0] };
    /// let logits = encoder.logits(&[sequence])?;
    /// assert_eq!(logits[0].view().dim(), (3, encoder.label_count()));
    /// # Ok::<(), attache::Error>(())
    /// ```
    pub fn embedded(precision: Precision) -> Result<Self, Error> {
        let config = EncoderConfig::parse(EMBEDDED_CONFIG)?;
        Self::load(&config, &Weights::new(EMBEDDED_WEIGHTS)?, precision)
    }
}

#[cfg(all(feature = "embedded-model", feature = "rust-bert"))]
impl RustBertEncoder {
    /// The encoder of the model inside the binary, its weights widened to floats, for token ids that come from
    /// elsewhere.
    ///
    /// # Errors
    ///
    /// Fails where the device is not there and where libtorch fails.
    pub fn embedded(device: Device) -> Result<Self, Error> {
        let config = EncoderConfig::parse(EMBEDDED_CONFIG)?;
        Self::load(&config, &Weights::new(EMBEDDED_WEIGHTS)?, device)
    }
}

impl Model {
    /// The model inside the binary.
    ///
    /// # Errors
    ///
    /// Fails where `ATTACHE_ISA` asks for kernels that this machine does not have.
    #[cfg(feature = "embedded-model")]
    pub(crate) fn embedded(engine: Engine) -> Result<Self, Error> {
        let files = Files {
            config: EMBEDDED_CONFIG.to_vec(),
            vocabulary: include_str!("../../models/attache-small/vocab.txt").to_owned(),
            weights: Weights::new(EMBEDDED_WEIGHTS)?,
        };
        Self::assemble(files, engine)
    }

    /// The model of a folder that holds `config.json`, `vocab.txt` and `model.safetensors`.
    ///
    /// # Errors
    ///
    /// Fails where a file is missing or broken, and where two do not fit; the error names the file and the place.
    pub(crate) fn from_dir(dir: &Path, engine: Engine) -> Result<Self, Error> {
        let read = |name: &str, expected: &str| {
            let path = dir.join(name);
            std::fs::read(&path).map_err(|error| Error::io(&path, expected, error))
        };
        let config = read("config.json", "the model's configuration")?;
        let vocabulary = read("vocab.txt", "the model's vocabulary, one token a line")?;
        let weights = read("model.safetensors", "the model's weights")?;
        let vocabulary = String::from_utf8(vocabulary)
            .map_err(|error| Error::new(ErrorKind::Format, "vocab.txt", "UTF-8", error.utf8_error().to_string()));
        let assembled = vocabulary.and_then(|vocabulary| {
            let weights = Weights::new(weights).map_err(|error| error.within("model.safetensors"))?;
            Self::assemble(Files { config, vocabulary, weights }, engine)
        });
        assembled.map_err(|error| error.within(dir.display()))
    }

    fn assemble(files: Files, engine: Engine) -> Result<Self, Error> {
        let config = EncoderConfig::parse(&files.config).map_err(|error| error.within("config.json"))?;
        let labels = LabelSet::parse(&config.label_names()).map_err(|error| error.within("config.json: id2label"))?;
        let tokenizer = Tokenizer::from_vocabulary(&files.vocabulary).map_err(|error| error.within("vocab.txt"))?;
        if tokenizer.vocabulary() != config.vocab_size {
            let expected = format!("{} tokens, as config.json has in vocab_size", config.vocab_size);
            let found = tokenizer.vocabulary().to_string();
            return Err(Error::new(ErrorKind::Mismatch, "vocab.txt", expected, found));
        }
        let cases = CaseClass::Mixed as usize + 1;
        if config.type_vocab_size != cases {
            let expected = format!("{cases}, one token type for each case class");
            let found = config.type_vocab_size.to_string();
            return Err(Error::new(ErrorKind::Unsupported, "config.json: type_vocab_size", expected, found));
        }
        let encoder = engine.load(&config, &files.weights)?;
        Ok(Self { tokenizer: Arc::new(tokenizer), encoder, labels, temperature: config.temperature })
    }
}
