//! How a recogniser is put together; all that can fail fails here.

use std::path::PathBuf;
use std::sync::Arc;

use crate::document::Fallback;
#[cfg(feature = "encoder")]
use crate::encoder::{Backend, Encoder, Engine, Precision};
use crate::error::{Error, ErrorKind};
use crate::gazetteer::Gazetteer;
#[cfg(feature = "hub")]
use crate::hub::HubModel;
#[cfg(feature = "encoder")]
use crate::label::{LabelMeaning, LabelTable};
use crate::mention::EntityKind;
#[cfg(feature = "encoder")]
use crate::model::{Choices, Model};
use crate::recognizer::Recognizer;

/// Where the model comes from.
#[derive(Debug, Clone)]
enum ModelChoice {
    /// The one inside the binary; the gazetteer alone where the binary has none.
    Embedded,
    /// A folder.
    #[cfg_attr(not(feature = "encoder"), allow(dead_code))]
    Dir(PathBuf),
    /// The Hugging Face Hub.
    #[cfg(feature = "hub")]
    Hub(HubModel),
    /// None: the gazetteer and the grammar alone.
    None,
}

/// Puts a [`Recognizer`] together.
///
/// # Examples
///
/// ```
/// use attache::{EntityKind, Recognizer};
///
/// let recognizer = Recognizer::builder().kinds(EntityKind::ALL).min_score(0.5).threads(2).build()?;
/// let document = recognizer.recognize("Polish ministers met in Vilnius.");
/// let kinds: Vec<EntityKind> = document.mentions().iter().map(|mention| mention.kind).collect();
/// assert_eq!(kinds, [EntityKind::Nationality, EntityKind::Location]);
/// # Ok::<(), attache::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RecognizerBuilder {
    model: ModelChoice,
    #[cfg(feature = "encoder")]
    encoder: Option<Arc<dyn Encoder>>,
    #[cfg(feature = "encoder")]
    engine: Engine,
    #[cfg(feature = "encoder")]
    labels: LabelTable,
    gazetteer: Option<Arc<Gazetteer>>,
    added: Vec<Arc<Gazetteer>>,
    falls_back: bool,
    kinds: Vec<EntityKind>,
    min_score: f32,
    threads: Option<usize>,
}

impl Recognizer {
    /// The recogniser with the embedded model and the embedded gazetteer: no file, no network.
    ///
    /// # Errors
    ///
    /// Fails where the environment variable `ATTACHE_ISA` asks for kernels that this processor cannot run.
    ///
    /// # Examples
    ///
    /// ```
    /// let document = attache::Recognizer::new()?.recognize("Peru signed.");
    /// assert_eq!(document.countries()[0].alpha2(), "PE");
    /// # Ok::<(), attache::Error>(())
    /// ```
    #[cfg(all(feature = "embedded-model", feature = "embedded-gazetteer"))]
    pub fn new() -> Result<Self, Error> {
        Self::builder().build()
    }

    /// The recogniser with a model of the Hugging Face Hub, `owner/name`, and the embedded gazetteer.
    ///
    /// The model's files are fetched once and then read from the Hub's cache on this machine.
    ///
    /// # Errors
    ///
    /// Fails where a file can be had from neither, and where the model is not one that this library runs.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// let recognizer = attache::Recognizer::from_hub("dslim/bert-base-NER")?;
    /// # Ok::<(), attache::Error>(())
    /// ```
    #[cfg(all(feature = "hub", feature = "embedded-gazetteer"))]
    pub fn from_hub(repository: &str) -> Result<Self, Error> {
        Self::builder().hub(repository).build()
    }

    /// A recogniser to be put together: own model, own gazetteer, kinds, minimum score, threads.
    pub fn builder() -> RecognizerBuilder {
        RecognizerBuilder::default()
    }
}

impl Default for RecognizerBuilder {
    fn default() -> Self {
        Self {
            model: ModelChoice::Embedded,
            #[cfg(feature = "encoder")]
            encoder: None,
            #[cfg(feature = "encoder")]
            engine: Engine::default(),
            #[cfg(feature = "encoder")]
            labels: LabelTable::default(),
            gazetteer: None,
            added: Vec::new(),
            falls_back: false,
            kinds: EntityKind::DEFAULT.to_vec(),
            min_score: 0.0,
            threads: None,
        }
    }
}

impl RecognizerBuilder {
    /// Reads the model from a folder, in place of the embedded one: one of ours, or a token classifier as Hugging Face's
    /// `transformers` saves it, of the types `bert`, `distilbert`, `roberta`, `xlm-roberta`, `electra` and `deberta-v2`.
    ///
    /// The folder holds `config.json`, `tokenizer.json` (or `vocab.txt`, with `tokenizer_config.json` where letters keep
    /// their case) and `model.safetensors`, whole or in shards. What its labels mean, [`map_label`](Self::map_label) says.
    #[must_use]
    #[cfg(feature = "encoder")]
    pub fn model_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.model = ModelChoice::Dir(dir.into());
        self
    }

    /// Reads the model from the Hugging Face Hub, `owner/name` or a [`HubModel`], in place of the embedded one.
    #[must_use]
    #[cfg(feature = "hub")]
    pub fn hub(mut self, model: impl Into<HubModel>) -> Self {
        self.model = ModelChoice::Hub(model.into());
        self
    }

    /// Says what a type of the model's labels means: `PRODUCT` of `B-PRODUCT`, in any letter case.
    ///
    /// Known without it are `PER`, `PERSON`, `ORG`, `LOC`, `GPE`, `FAC`, `NORP`, `LAW`, `COUNTRY` and the names of our own
    /// kinds. `MISC` and what OntoNotes calls dates, amounts, events, products, works and languages mean
    /// [`LabelMeaning::Nothing`]. [`build`](Self::build) fails on a type that is not known.
    ///
    /// # Examples
    ///
    /// ```
    /// use attache::{EntityKind, LabelMeaning, Recognizer};
    ///
    /// let builder = Recognizer::builder()
    ///     .map_label("POLITICIAN", EntityKind::Person)
    ///     .map_label("STREET", LabelMeaning::Nothing);
    /// # builder.build()?;
    /// # Ok::<(), attache::Error>(())
    /// ```
    #[must_use]
    #[cfg(feature = "encoder")]
    pub fn map_label(mut self, name: impl AsRef<str>, meaning: impl Into<LabelMeaning>) -> Self {
        self.labels.insert(name.as_ref(), meaning.into());
        self
    }

    /// Runs the network on `encoder` in place of the native one; tokenizer and labels stay the model's, and its weights are
    /// not read.
    #[must_use]
    #[cfg(feature = "encoder")]
    pub fn encoder(mut self, encoder: Arc<dyn Encoder>) -> Self {
        self.encoder = Some(encoder);
        self
    }

    /// What runs the model's network; [`Backend::Native`] unless said.
    #[must_use]
    #[cfg(feature = "encoder")]
    pub fn backend(mut self, backend: Backend) -> Self {
        self.engine.backend = backend;
        self
    }

    /// What the native encoder multiplies in; [`Precision::Int8`] unless said.
    #[must_use]
    #[cfg(feature = "encoder")]
    pub fn precision(mut self, precision: Precision) -> Self {
        self.engine.precision = precision;
        self
    }

    /// Labels with the gazetteer and the grammar alone.
    ///
    /// # Examples
    ///
    /// ```
    /// let recognizer = attache::Recognizer::builder().gazetteer_only().build()?;
    /// assert_eq!(recognizer.recognize("Peru signed.").countries()[0].alpha2(), "PE");
    /// # Ok::<(), attache::Error>(())
    /// ```
    #[must_use]
    pub fn gazetteer_only(mut self) -> Self {
        self.model = ModelChoice::None;
        self
    }

    /// Where the model cannot be loaded, [`build`](Self::build) gives a recogniser on the gazetteer alone instead of
    /// the error; [`Recognizer::fallback`] and each document say so and why.
    ///
    /// # Examples
    ///
    /// ```
    /// let builder = attache::Recognizer::builder().model_dir("models/none");
    /// assert!(builder.clone().build().is_err());
    /// assert!(builder.fallback_to_gazetteer().build()?.fallback().is_some());
    /// # Ok::<(), attache::Error>(())
    /// ```
    #[must_use]
    pub fn fallback_to_gazetteer(mut self) -> Self {
        self.falls_back = true;
        self
    }

    /// Takes `gazetteer` in place of the embedded one.
    ///
    /// # Examples
    ///
    /// ```
    /// use attache::{EntityKind, Gazetteer, GazetteerEntry, Recognizer};
    ///
    /// let own = Gazetteer::from_entries([GazetteerEntry::new("Blue Quay", EntityKind::Organisation, "blue-quay")])?;
    /// let recognizer = Recognizer::builder().gazetteer(own).gazetteer_only().build()?;
    /// assert_eq!(recognizer.recognize("Blue Quay left Peru.").mentions().len(), 1);
    /// # Ok::<(), attache::Error>(())
    /// ```
    #[must_use]
    pub fn gazetteer(mut self, gazetteer: impl Into<Arc<Gazetteer>>) -> Self {
        self.gazetteer = Some(gazetteer.into());
        self
    }

    /// Adds the names of `gazetteer` to the others; where both have a name, this one's reading wins.
    ///
    /// # Examples
    ///
    /// ```
    /// use attache::{EntityKind, Gazetteer, GazetteerEntry, Recognizer};
    ///
    /// let own = Gazetteer::from_entries([GazetteerEntry::new("Blue Quay", EntityKind::Organisation, "blue-quay")])?;
    /// let recognizer = Recognizer::builder().add_gazetteer(own).gazetteer_only().build()?;
    /// assert_eq!(recognizer.recognize("Blue Quay left Peru.").mentions().len(), 2);
    /// # Ok::<(), attache::Error>(())
    /// ```
    #[must_use]
    pub fn add_gazetteer(mut self, gazetteer: impl Into<Arc<Gazetteer>>) -> Self {
        self.added.push(gazetteer.into());
        self
    }

    /// The kinds of mentions to give; [`EntityKind::DEFAULT`] unless said.
    #[must_use]
    pub fn kinds(mut self, kinds: impl IntoIterator<Item = EntityKind>) -> Self {
        self.kinds = kinds.into_iter().collect();
        self
    }

    /// The lowest score that a mention is given with, from 0 to 1; 0 unless said.
    #[must_use]
    pub fn min_score(mut self, score: f32) -> Self {
        self.min_score = score;
        self
    }

    /// The number of threads to read on; rayon's pool of the process unless said.
    ///
    /// # Examples
    ///
    /// ```
    /// let one = attache::Recognizer::builder().threads(1).gazetteer_only().build()?;
    /// let three = attache::Recognizer::builder().threads(3).gazetteer_only().build()?;
    /// let texts = ["Peru signed.", "Chile did not."];
    /// assert_eq!(one.recognize_batch(&texts), three.recognize_batch(&texts));
    /// # Ok::<(), attache::Error>(())
    /// ```
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// The recogniser.
    ///
    /// # Errors
    ///
    /// Fails where the model's folder lacks a file or holds a broken one, where the encoder has another number of
    /// labels than the model, and where an argument has no meaning. The message names file, place, expected and found;
    /// [`Error::others`] has what is wrong with the folder's other files.
    pub fn build(self) -> Result<Recognizer, Error> {
        if !(0.0..=1.0).contains(&self.min_score) {
            return Err(Error::new(ErrorKind::Argument, "min_score", "0 to 1", self.min_score.to_string()));
        }
        if self.kinds.is_empty() {
            return Err(Error::new(ErrorKind::Argument, "kinds", "one kind or more", "none"));
        }
        let pool = self.threads.map(pool).transpose()?;
        #[cfg(feature = "encoder")]
        let (model, alone) = self.model()?;
        #[cfg(not(feature = "encoder"))]
        let alone = Some(Fallback::Asked);
        Ok(Recognizer {
            #[cfg(feature = "encoder")]
            model,
            gazetteer: self.gazetteer_of_all()?,
            alone,
            kinds: self.kinds,
            min_score: self.min_score,
            pool,
        })
    }

    /// The model, or why there is none.
    #[cfg(feature = "encoder")]
    fn model(&self) -> Result<(Option<Model>, Option<Fallback>), Error> {
        let choices = Choices { engine: self.engine, labels: &self.labels, encoder: self.encoder.as_ref() };
        let loaded = match &self.model {
            ModelChoice::None => return Ok((None, Some(Fallback::Asked))),
            ModelChoice::Dir(dir) => Model::from_dir(dir, choices),
            #[cfg(feature = "hub")]
            ModelChoice::Hub(model) => model.fetch().and_then(|dir| Model::from_dir(&dir, choices)),
            #[cfg(feature = "embedded-model")]
            ModelChoice::Embedded => Model::embedded(choices),
            #[cfg(not(feature = "embedded-model"))]
            ModelChoice::Embedded => {
                let expected = "a folder: this build has no embedded model";
                Err(Error::new(ErrorKind::Argument, "model_dir", expected, "none"))
            }
        };
        match loaded.and_then(with_fitting_encoder) {
            Ok(model) => Ok((Some(model), None)),
            Err(error) if self.falls_back => Ok((None, Some(Fallback::NotLoaded(error.to_string())))),
            Err(error) => Err(error),
        }
    }

    fn gazetteer_of_all(&self) -> Result<Arc<Gazetteer>, Error> {
        let own = match &self.gazetteer {
            Some(gazetteer) => gazetteer.clone(),
            #[cfg(feature = "embedded-gazetteer")]
            None => Gazetteer::embedded(),
            #[cfg(not(feature = "embedded-gazetteer"))]
            None => Arc::new(Gazetteer::from_entries([])?),
        };
        Ok(self.added.iter().fold(own, |all, added| Arc::new(all.merged_with(added))))
    }
}

/// The model, where its encoder has as many labels: it may be the caller's.
#[cfg(feature = "encoder")]
fn with_fitting_encoder(model: Model) -> Result<Model, Error> {
    let (expected, found) = (model.labels.len(), model.encoder.label_count());
    if expected != found {
        let expected = format!("{expected} labels, as the model has");
        return Err(Error::new(ErrorKind::Mismatch, "encoder", expected, found.to_string()));
    }
    Ok(model)
}

fn pool(threads: usize) -> Result<Arc<rayon::ThreadPool>, Error> {
    if threads == 0 {
        return Err(Error::new(ErrorKind::Argument, "threads", "1 or more", "0"));
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| {
        let expected = format!("{threads} threads to start");
        Error::new(ErrorKind::Argument, "threads", expected, error.to_string()).with_source(error)
    })?;
    Ok(Arc::new(pool))
}
