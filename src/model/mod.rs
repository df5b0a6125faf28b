//! A model is a folder of files, or the same files inside the binary: configuration, vocabulary, weights.
//!
//! `config.json`, `tokenizer.json` or `vocab.txt`, and `model.safetensors` are read and held against each other; what does
//! not fit is an error before any text is read.

mod folder;
mod read;
mod settings;

use std::path::Path;
use std::sync::Arc;

#[cfg(feature = "rust-bert")]
use crate::encoder::{Device, NetworkPlan, RustBertEncoder};
use crate::encoder::{Encoder, EncoderConfig, Engine, NativeEncoder, Plan, Precision, Weights};
use crate::error::{Error, ErrorKind};
use crate::label::{LabelSet, LabelTable};
use crate::tokenizer::Tokenizer;
use folder::{Faults, TokenizerFile};
use settings::{Settings, TokenTypes};

/// All that reads text up to mentions: tokenizer, encoder, and what the encoder's columns mean.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) tokenizer: Arc<Tokenizer>,
    pub(crate) encoder: Arc<dyn Encoder>,
    pub(crate) labels: LabelSet,
    token_types: TokenTypes,
    /// The logits are divided by it before the softmax, so that scores mean what they say.
    pub(crate) temperature: f32,
}

/// How a model is to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choices<'a> {
    pub(crate) engine: Engine,
    pub(crate) labels: &'a LabelTable,
    /// What runs the network in place of the native encoder; the model's weights are not read then.
    pub(crate) encoder: Option<&'a Arc<dyn Encoder>>,
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
        Self::load(&NetworkPlan::parse(EMBEDDED_CONFIG)?, &Weights::new(EMBEDDED_WEIGHTS)?, device)
    }
}

impl NativeEncoder {
    /// The encoder of the model in a folder, for token ids that come from elsewhere.
    ///
    /// # Errors
    ///
    /// Fails where `config.json` or the weights are missing, broken, or of a network that it does not run.
    pub fn from_dir(dir: impl AsRef<Path>, precision: Precision) -> Result<Self, Error> {
        let dir = dir.as_ref();
        let config = EncoderConfig::parse(&configuration(dir)?).map_err(|error| in_config(error, dir))?;
        load(dir, |weights| Self::load(&config, weights, precision))
    }
}

#[cfg(feature = "rust-bert")]
impl RustBertEncoder {
    /// The encoder of the model in a folder, for token ids that come from elsewhere.
    ///
    /// # Errors
    ///
    /// Fails where `config.json` or the weights are missing, broken, or of a network that it does not run, where the
    /// device is not there, and where libtorch fails.
    pub fn from_dir(dir: impl AsRef<Path>, device: Device) -> Result<Self, Error> {
        let dir = dir.as_ref();
        let plan = NetworkPlan::parse(&configuration(dir)?).map_err(|error| in_config(error, dir))?;
        load(dir, |weights| Self::load(&plan, weights, device))
    }
}

impl Model {
    /// The model inside the binary.
    ///
    /// # Errors
    ///
    /// Fails where `ATTACHE_ISA` asks for kernels that this machine does not have.
    #[cfg(feature = "embedded-model")]
    pub(crate) fn embedded(choices: Choices<'_>) -> Result<Self, Error> {
        let settings = Settings::parse(EMBEDDED_CONFIG)?;
        let labels = LabelSet::parse(&settings.label_names(), choices.labels)?;
        let vocabulary = include_str!("../../models/attache-small/vocab.txt");
        let tokenizer = Tokenizer::from_vocabulary(vocabulary, crate::tokenizer::Letters::default())?;
        let encoder = match choices.encoder {
            Some(encoder) => encoder.clone(),
            None => choices.engine.plan(EMBEDDED_CONFIG)?.load(&Weights::new(EMBEDDED_WEIGHTS)?)?,
        };
        Ok(Self::assemble(&settings, labels, tokenizer, encoder))
    }

    /// The model of a folder that holds `config.json`, `tokenizer.json` or `vocab.txt`, and `model.safetensors`, whole or
    /// in shards.
    ///
    /// # Errors
    ///
    /// Fails where a file is missing or broken, and where two do not fit; the error names the file and the place, and has
    /// what is wrong with the other files in it.
    pub(crate) fn from_dir(dir: &Path, choices: Choices<'_>) -> Result<Self, Error> {
        if !dir.is_dir() {
            // It has no files to look at one by one.
            configuration(dir)?;
        }
        let mut faults = Faults::default();
        let config = faults.keep(configuration(dir));
        let config = config.as_deref();
        // Before all else, since it says whether this is a model that can be read.
        let network = config
            .filter(|_| choices.encoder.is_none())
            .and_then(|config| faults.keep(choices.engine.plan(config).map_err(|error| in_config(error, dir))));
        let settings =
            config.and_then(|config| faults.keep(Settings::parse(config).map_err(|error| in_config(error, dir))));
        let labels = settings.as_ref().and_then(|settings| faults.keep(labels(settings, choices, dir)));
        let tokenizer = faults.keep(folder::tokenizer(dir));
        if let (Some((tokenizer, file)), Some(settings)) = (&tokenizer, &settings) {
            faults.keep(check_vocabulary(tokenizer, *file, settings).map_err(|error| error.within(dir.display())));
        }
        let encoder = match choices.encoder {
            Some(encoder) => Some(encoder.clone()),
            None => encoder(dir, network, &mut faults),
        };
        let parts = settings.zip(labels).zip(tokenizer).zip(encoder);
        faults.unless_any(parts.map(|(((settings, labels), (tokenizer, _)), encoder)| {
            Self::assemble(&settings, labels, tokenizer, encoder)
        }))
    }

    fn assemble(settings: &Settings, labels: LabelSet, tokenizer: Tokenizer, encoder: Arc<dyn Encoder>) -> Self {
        let (token_types, temperature) = (settings.token_types(), settings.temperature);
        Self { tokenizer: Arc::new(tokenizer), encoder, labels, token_types, temperature }
    }
}

fn configuration(dir: &Path) -> Result<Vec<u8>, Error> {
    folder::read(dir, "config.json", "the model's configuration")
}

fn in_config(error: Error, dir: &Path) -> Error {
    error.within("config.json").within(dir.display())
}

fn labels(settings: &Settings, choices: Choices<'_>, dir: &Path) -> Result<LabelSet, Error> {
    LabelSet::parse(&settings.label_names(), choices.labels).map_err(|error| in_config(error.within("id2label"), dir))
}

/// The network with a folder's weights. Where there is no network, at least the weights' files are looked at.
fn encoder(dir: &Path, network: Option<Plan>, faults: &mut Faults) -> Option<Arc<dyn Encoder>> {
    match network {
        Some(network) => faults.keep(load(dir, |weights| network.load(weights))),
        None => {
            faults.keep(folder::weights(dir));
            None
        }
    }
}

/// An encoder with a folder's weights.
fn load<T>(dir: &Path, encoder: impl FnOnce(&Weights) -> Result<T, Error>) -> Result<T, Error> {
    let (weights, file) = folder::weights(dir)?;
    encoder(&weights).map_err(|error| match error.kind() {
        ErrorKind::Encoder => error, // of the device, not of the file
        _ => error.within(file).within(dir.display()),
    })
}

/// Fails where the tokenizer has ids that the network does not know. A `vocab.txt` has no fewer either: it would be another
/// model's.
fn check_vocabulary(tokenizer: &Tokenizer, file: TokenizerFile, settings: &Settings) -> Result<(), Error> {
    let (known, found) = (settings.vocab_size, tokenizer.vocabulary());
    let (fits, at_most) = match file {
        TokenizerFile::Whole => (found <= known, " at most"),
        TokenizerFile::Vocabulary => (found == known, ""),
    };
    if fits {
        return Ok(());
    }
    let expected = format!("{known} tokens{at_most}, as config.json has in vocab_size");
    Err(Error::new(ErrorKind::Mismatch, file.name(), expected, found.to_string()))
}
