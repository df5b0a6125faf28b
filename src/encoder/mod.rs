//! Token ids in, logits out: the transformer, behind a trait with one method that works.
//!
//! An encoder knows no text and no labels. It sees sequences of ids with their token types, special tokens included,
//! and gives one row of logits for each token. [`NativeEncoder`] runs in pure Rust; `RustBertEncoder`, or anything else
//! that can do this ([`Encoder`]), takes its place.

#[cfg(feature = "encoder")]
mod architecture;
#[cfg(feature = "encoder")]
mod config;
#[cfg(feature = "encoder")]
mod disentangled;
#[cfg(feature = "encoder")]
mod kernel;
#[cfg(feature = "encoder")]
mod limits;
#[cfg(feature = "encoder")]
mod linear;
#[cfg(feature = "encoder")]
mod native;
#[cfg(all(test, feature = "encoder"))]
mod parity;
#[cfg(feature = "rust-bert")]
mod rust_bert;
#[cfg(feature = "encoder")]
mod scratch;
#[cfg(feature = "encoder")]
mod weights;

#[cfg(all(test, feature = "embedded-model"))]
mod tests;

use std::fmt;
#[cfg(feature = "encoder")]
use std::sync::Arc;

use ndarray::ArrayView2;

#[cfg(feature = "encoder")]
pub(crate) use config::EncoderConfig;
#[cfg(feature = "encoder")]
use limits::Limits;
#[cfg(feature = "encoder")]
pub use linear::Precision;
#[cfg(feature = "encoder")]
pub use native::NativeEncoder;
#[cfg(feature = "rust-bert")]
pub(crate) use rust_bert::NetworkPlan;
#[cfg(feature = "rust-bert")]
pub use rust_bert::{Device, RustBertEncoder};
#[cfg(feature = "encoder")]
pub(crate) use weights::Weights;

use crate::error::Error;

/// What runs the model's network.
#[cfg(feature = "encoder")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Backend {
    /// The encoder in pure Rust, [`NativeEncoder`].
    #[default]
    Native,
    /// rust-bert on libtorch, [`RustBertEncoder`], on a device.
    #[cfg(feature = "rust-bert")]
    RustBert(Device),
}

/// How a model's network is to be run.
#[cfg(feature = "encoder")]
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Engine {
    pub(crate) backend: Backend,
    /// Of the native backend.
    pub(crate) precision: Precision,
}

/// A network that was found in a `config.json`, for the backend that is to run it.
#[cfg(feature = "encoder")]
pub(crate) enum Plan {
    Native(EncoderConfig, Precision),
    #[cfg(feature = "rust-bert")]
    RustBert(NetworkPlan, Device),
}

#[cfg(feature = "encoder")]
impl Engine {
    /// The network that the bytes of a `config.json` describe.
    ///
    /// # Errors
    ///
    /// Fails where they describe none that the backend runs.
    pub(crate) fn plan(self, config: &[u8]) -> Result<Plan, Error> {
        Ok(match self.backend {
            Backend::Native => Plan::Native(EncoderConfig::parse(config)?, self.precision),
            #[cfg(feature = "rust-bert")]
            Backend::RustBert(device) => Plan::RustBert(NetworkPlan::parse(config)?, device),
        })
    }
}

#[cfg(feature = "encoder")]
impl Plan {
    /// The encoder with its weights.
    pub(crate) fn load(&self, weights: &Weights) -> Result<Arc<dyn Encoder>, Error> {
        Ok(match self {
            Self::Native(config, precision) => Arc::new(NativeEncoder::load(config, weights, *precision)?),
            #[cfg(feature = "rust-bert")]
            Self::RustBert(plan, device) => Arc::new(RustBertEncoder::load(plan, weights, *device)?),
        })
    }
}

/// The token ids that an encoder sees at once, special tokens included.
#[derive(Debug, Clone, Copy)]
pub struct Sequence<'a> {
    /// Rows of the word embedding table.
    pub ids: &'a [u32],
    /// Rows of the token type table; as many as there are ids.
    pub token_types: &'a [u32],
}

/// A transformer up to its logits.
///
/// The answer for a sequence must not depend on the other sequences of the call.
///
/// # Examples
///
/// ```
/// use attache::{Encoder, Error, Logits, Sequence};
///
/// /// Finds nothing anywhere: its first label, which is `O`, gets the highest logit.
/// #[derive(Debug)]
/// struct Blind;
///
/// impl Encoder for Blind {
///     fn label_count(&self) -> usize {
///         13
///     }
///
///     fn max_tokens(&self) -> usize {
///         512
///     }
///
///     fn logits(&self, sequences: &[Sequence<'_>]) -> Result<Vec<Logits>, Error> {
///         let row = |_: &u32| [1.0].into_iter().chain([0.0; 12]);
///         Ok(sequences.iter().map(|sequence| Logits::new(sequence.ids.iter().flat_map(row).collect(), 13)).collect())
///     }
/// }
///
/// let builder = attache::Recognizer::builder().encoder(std::sync::Arc::new(Blind));
/// let recognizer = builder.gazetteer(attache::Gazetteer::from_entries([])?).build()?;
/// assert!(recognizer.recognize("Oddny Fjellstad left.").mentions().is_empty());
/// # Ok::<(), Error>(())
/// ```
pub trait Encoder: Send + Sync + fmt::Debug {
    /// How many labels each token gets a logit for.
    fn label_count(&self) -> usize;

    /// The longest sequence that the encoder takes, special tokens included.
    fn max_tokens(&self) -> usize;

    /// The logits of each sequence, in the order of the sequences.
    ///
    /// Runs on the calling thread; the recogniser spreads calls over threads.
    ///
    /// # Errors
    ///
    /// Fails where the encoder cannot run: an accelerator that is out of memory, say.
    fn logits(&self, sequences: &[Sequence<'_>]) -> Result<Vec<Logits>, Error>;
}

/// The raw scores of one sequence: (tokens, labels).
///
/// # Examples
///
/// ```
/// use attache::Logits;
///
/// let logits = Logits::new(vec![9.0, 0.0, 0.0, 9.0], 2); // two tokens, two labels
/// assert_eq!(logits.view().dim(), (2, 2));
/// assert_eq!(logits.view()[[1, 1]], 9.0);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Logits {
    values: Vec<f32>, // (tokens, labels)
    labels: usize,
}

impl Logits {
    /// Logits from their values, row by row: one row of `labels` values for each token.
    ///
    /// # Panics
    ///
    /// Panics where the values do not fill whole rows.
    pub fn new(values: Vec<f32>, labels: usize) -> Self {
        assert!(labels > 0 && values.len().is_multiple_of(labels), "logits fill whole rows");
        Self { values, labels }
    }

    /// The logits as a matrix of (tokens, labels).
    pub fn view(&self) -> ArrayView2<'_, f32> {
        let shape = (self.values.len() / self.labels, self.labels);
        ArrayView2::from_shape(shape, &self.values).expect("the constructor checked the shape")
    }
}
