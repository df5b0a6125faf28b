//! A model of the Hugging Face Hub to a folder on this machine: fetched once, then read from its cache.
//!
//! The cache is that of Python's `huggingface_hub`, so what either has fetched, both have.

use std::path::{Path, PathBuf};

use hf_hub::api::sync::{ApiBuilder, ApiError, ApiRepo};
use hf_hub::{Cache, CacheRepo, Repo, RepoType};
use serde::Deserialize;

use crate::error::{Error, ErrorKind};

const ENDPOINT: &str = "https://huggingface.co";

/// A model of the Hugging Face Hub: which one, and where it is fetched from and to.
///
/// # Examples
///
/// ```no_run
/// use attache::{HubModel, Recognizer};
///
/// let model = HubModel::new("dslim/bert-base-NER").revision("main").cache_dir("models/hub");
/// let recognizer = Recognizer::builder().hub(model).build()?;
/// # Ok::<(), attache::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubModel {
    repository: String,
    revision: String,
    endpoint: Option<String>,
    cache_dir: Option<PathBuf>,
}

impl HubModel {
    /// The model of a repository, `owner/name`.
    pub fn new(repository: impl Into<String>) -> Self {
        Self { repository: repository.into(), revision: "main".to_owned(), endpoint: None, cache_dir: None }
    }

    /// A branch, a tag or a commit; `main` unless said. Only a commit is the same model tomorrow.
    #[must_use]
    pub fn revision(mut self, revision: impl Into<String>) -> Self {
        self.revision = revision.into();
        self
    }

    /// The server; unless said, the one that the environment variable `HF_ENDPOINT` names, or `https://huggingface.co`.
    #[must_use]
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// The folder that keeps what was fetched; unless said, `hub` in the folder that the environment variable `HF_HOME`
    /// names, or in `.cache/huggingface` of the user's home.
    #[must_use]
    pub fn cache_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.cache_dir = Some(dir.into());
        self
    }

    /// The folder with the model's files, those that the cache lacks fetched.
    ///
    /// # Errors
    ///
    /// Fails where a file is neither in the cache nor to be had from the server; the error names both places.
    pub(crate) fn fetch(&self) -> Result<PathBuf, Error> {
        let cache = self.cache()?;
        let repo = Repo::with_revision(self.repository.clone(), RepoType::Model, self.revision.clone());
        let endpoint = self.endpoint.clone().or_else(|| std::env::var("HF_ENDPOINT").ok());
        let endpoint = endpoint.unwrap_or_else(|| ENDPOINT.to_owned());
        let folder = cache.join(repo.folder_name());
        let cache = Cache::new(cache);
        let builder = ApiBuilder::from_cache(cache.clone()).with_progress(false);
        let api = builder.with_endpoint(endpoint.trim_end_matches('/').to_owned()).build();
        let api = api.map_err(|error| self.failure("connection", "one to the Hub", &error))?;
        Files { model: self, api: api.repo(repo.clone()), kept: cache.repo(repo), folder }.fetch()
    }

    fn cache(&self) -> Result<PathBuf, Error> {
        if let Some(dir) = &self.cache_dir {
            return Ok(dir.clone());
        }
        if let Some(home) = std::env::var_os("HF_HOME") {
            return Ok(Path::new(&home).join("hub"));
        }
        let home = std::env::home_dir().map(|home| home.join(".cache/huggingface/hub"));
        let expected = "a folder for the cache: HF_HOME, or a home";
        home.ok_or_else(|| Error::new(ErrorKind::Argument, format!("hub: {}", self.repository), expected, "none"))
    }

    fn failure(&self, place: &str, expected: impl Into<String>, error: &dyn std::error::Error) -> Error {
        Error::new(ErrorKind::Io, format!("hub: {}: {place}", self.repository), expected, error.to_string())
    }
}

impl From<&str> for HubModel {
    fn from(repository: &str) -> Self {
        Self::new(repository)
    }
}

impl From<String> for HubModel {
    fn from(repository: String) -> Self {
        Self::new(repository)
    }
}

/// The files of one model.
struct Files<'a> {
    model: &'a HubModel,
    api: ApiRepo,
    kept: CacheRepo,
    folder: PathBuf, // of what is kept
}

/// Where the tensors of a model in several files lie.
#[derive(Deserialize)]
struct Index {
    weight_map: std::collections::BTreeMap<String, String>,
}

impl Files<'_> {
    fn fetch(&self) -> Result<PathBuf, Error> {
        let config = self.file("config.json")?;
        // Where a later file of a pair is kept, the server said of the earlier that there is none.
        if !self.is_kept("vocab.txt") && self.optional("tokenizer.json")?.is_none() {
            self.optional("tokenizer_config.json")?;
            self.file("vocab.txt")?;
        }
        if self.is_kept("model.safetensors.index.json") || self.optional("model.safetensors")?.is_none() {
            self.parts()?;
        }
        Ok(config.parent().unwrap_or(Path::new("")).to_owned())
    }

    /// The weights in several files.
    fn parts(&self) -> Result<(), Error> {
        let Some(index) = self.optional("model.safetensors.index.json")? else {
            self.file("model.safetensors")?; // fails, and says so of this file
            return Ok(());
        };
        let bytes = std::fs::read(&index).map_err(|error| Error::io(&index, "the index of the weights", error))?;
        let index: Index = serde_json::from_slice(&bytes)
            .map_err(|error| self.model.failure("model.safetensors.index.json", "a map of the weights", &error))?;
        let mut names: Vec<&String> = index.weight_map.values().collect();
        names.sort();
        names.dedup();
        names.into_iter().try_for_each(|name| self.part(name))
    }

    /// A file that the index names, which must not lead out of the model's folder.
    fn part(&self, name: &str) -> Result<(), Error> {
        if name.contains(['/', '\\']) || !name.ends_with(".safetensors") {
            let place = format!("hub: {}: model.safetensors.index.json", self.model.repository);
            return Err(Error::new(ErrorKind::Format, place, "names of safetensors files", format!("{name:?}")));
        }
        self.file(name).map(drop)
    }

    fn is_kept(&self, name: &str) -> bool {
        self.kept.get(name).is_some()
    }

    fn file(&self, name: &str) -> Result<PathBuf, Error> {
        self.api.get(name).map_err(|error| self.missing(name, error))
    }

    /// The file, or none where the server says that there is none.
    fn optional(&self, name: &str) -> Result<Option<PathBuf>, Error> {
        match self.api.get(name) {
            Ok(path) => Ok(Some(path)),
            Err(ApiError::RequestError(error)) if matches!(*error, ureq::Error::StatusCode(404)) => Ok(None),
            Err(error) => Err(self.missing(name, error)),
        }
    }

    fn missing(&self, name: &str, error: ApiError) -> Error {
        let expected = format!("{} or a copy of it in {}", self.api.url(name), self.folder.display());
        self.model.failure(name, expected, &error).with_source(error)
    }
}
