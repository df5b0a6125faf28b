//! The pipeline on one screen: text in, document out.

use std::sync::Arc;

use rayon::prelude::*;

use crate::agree;
use crate::alias;
use crate::cue::{Cues, Grammar};
use crate::document::{Document, Fallback};
use crate::error::Error;
use crate::gazetteer::Gazetteer;
use crate::mention::{EntityKind, Mention, Source};
use crate::merge::{self, Decision};
#[cfg(feature = "encoder")]
use crate::model::Model;
use crate::organisation_name;
use crate::provision;
use crate::resolve::{self, Entities};
use crate::sentence;
#[cfg(feature = "encoder")]
use crate::settle;
use crate::span::Span;
use crate::title;
use crate::treaty_name;
use crate::word::Words;

/// Texts of a batch that are read together, in bytes of text: what is held in memory at once.
const GROUP: usize = 1 << 20;

/// Reads text and says which people, countries, organisations and treaties it names.
///
/// One recogniser serves all threads; making one is the costly part, so make it once. Cloning is cheap.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), attache::Error> {
/// let recognizer = attache::Recognizer::new()?;
/// let document = recognizer.recognize("Morawiecki may invoke Article 4 of NATO's treaty, Poland said.");
/// let treaty = &document.treaties()[0];
/// assert_eq!(format!("{} {}", treaty.name(), treaty.provisions()[0]), "North Atlantic Treaty Article 4");
/// let country = &document.countries()[0];
/// assert_eq!(format!("{} {}", country.alpha2(), country.name()), "PL Poland");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Recognizer {
    #[cfg(feature = "encoder")]
    pub(crate) model: Option<Model>,
    pub(crate) gazetteer: Arc<Gazetteer>,
    pub(crate) alone: Option<Fallback>, // why there is no model
    pub(crate) kinds: Vec<EntityKind>,
    pub(crate) min_score: f32,
    pub(crate) pool: Option<Arc<rayon::ThreadPool>>,
}

/// What the model made of a text: its mentions, or why it did not read.
type Read = Result<Vec<Mention>, Error>;

impl Recognizer {
    /// Why this recogniser runs on the gazetteer and the grammar alone; `None` where it has a model.
    ///
    /// # Examples
    ///
    /// ```
    /// let recognizer = attache::Recognizer::builder().gazetteer_only().build()?;
    /// assert_eq!(recognizer.fallback(), Some(&attache::Fallback::Asked));
    /// # Ok::<(), attache::Error>(())
    /// ```
    pub fn fallback(&self) -> Option<&Fallback> {
        self.alone.as_ref()
    }

    /// What `text` names.
    ///
    /// Any text gives a document, of any length, whole. Where the encoder fails at run time, the gazetteer and the
    /// grammar label the text alone, and [`Document::fallback`] says so.
    ///
    /// # Examples
    ///
    /// ```
    /// let document = attache::Recognizer::new()?.recognize("Poland called NATO.");
    /// let surfaces: Vec<&str> = document.mentions().iter().map(|mention| document.surface(mention)).collect();
    /// assert_eq!(surfaces, ["Poland", "NATO"]);
    /// # Ok::<(), attache::Error>(())
    /// ```
    pub fn recognize(&self, text: &str) -> Document {
        let sentences = sentence::split(text);
        let read = self.read(&[(text, &sentences)]).pop().flatten();
        self.document(text, sentences, read)
    }

    /// What `text` names, or the encoder's error where it fails.
    ///
    /// # Errors
    ///
    /// Fails where the encoder fails at run time: an accelerator out of memory, say. A recogniser without a model
    /// never fails.
    ///
    /// # Examples
    ///
    /// ```
    /// let document = attache::Recognizer::new()?.try_recognize("Poland called NATO.")?;
    /// assert!(document.fallback().is_none());
    /// # Ok::<(), attache::Error>(())
    /// ```
    pub fn try_recognize(&self, text: &str) -> Result<Document, Error> {
        let sentences = sentence::split(text);
        match self.read(&[(text, &sentences)]).pop().flatten() {
            Some(Err(error)) => Err(error),
            read => Ok(self.document(text, sentences, read)),
        }
    }

    /// What each text names: documents in the order of the texts, equal to those of [`recognize`](Self::recognize).
    ///
    /// Texts are read together and on all threads, which is faster than one by one where they are short.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), attache::Error> {
    /// let recognizer = attache::Recognizer::new()?;
    /// let documents = recognizer.recognize_batch(&["Chile signed.", "Peru did not."]);
    /// assert_eq!(documents[1].countries()[0].alpha2(), "PE");
    /// # Ok(())
    /// # }
    /// ```
    pub fn recognize_batch<S: AsRef<str> + Sync>(&self, texts: &[S]) -> Vec<Document> {
        let mut documents = Vec::with_capacity(texts.len());
        let mut start = 0;
        while start < texts.len() {
            let length = group(&texts[start..]);
            documents.extend(self.install(|| self.recognize_group(&texts[start..start + length])));
            start += length;
        }
        documents
    }

    fn recognize_group<S: AsRef<str> + Sync>(&self, texts: &[S]) -> Vec<Document> {
        let sentences: Vec<Vec<Span>> = texts.par_iter().map(|text| sentence::split(text.as_ref())).collect();
        let pairs: Vec<(&str, &[Span])> =
            texts.iter().zip(&sentences).map(|(text, sentences)| (text.as_ref(), sentences.as_slice())).collect();
        let reads = self.read(&pairs);
        let parts = texts.par_iter().zip(sentences).zip(reads);
        parts.map(|((text, sentences), read)| self.document(text.as_ref(), sentences, read)).collect()
    }

    /// Runs on the recogniser's own threads where it has some.
    fn install<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        match &self.pool {
            Some(pool) => pool.install(work),
            None => work(),
        }
    }

    /// What the model finds in each text; `None` without a model.
    fn read(&self, texts: &[(&str, &[Span])]) -> Vec<Option<Read>> {
        #[cfg(feature = "encoder")]
        if let Some(model) = &self.model {
            let reads = texts.iter().zip(self.install(|| model.read(texts)));
            let settled = reads.map(|((text, _), found)| found.map(|all| settle::settle(text, &all, &self.gazetteer)));
            return settled.map(Some).collect();
        }
        texts.iter().map(|_| None).collect()
    }

    /// All that follows the model: names, provisions, repeats, entities.
    fn document(&self, text: &str, sentences: Vec<Span>, read: Option<Read>) -> Document {
        let (read, fallback) = match read {
            Some(Ok(mentions)) => (Some(mentions), None),
            Some(Err(error)) => (None, Some(Fallback::EncoderFailed(error.to_string()))),
            None => (None, self.alone.clone()),
        };
        let words = Words::of(text);
        let listed = self.gazetteer.find_in(&words);
        let cues = Cues::of(&words);
        let bare = provision::bare(&words, cues.for_grammar(Grammar::Provision));
        let mut names = match read {
            Some(mut read) => {
                read.retain(|mention| !self.gazetteer.rejects(&words, mention));
                let is_seldom = |mention: &Mention| self.gazetteer.is_seldom(mention.kind, &text[mention.span]);
                merge::merge(&[&[read.as_slice(), &merge::heard(&read, &listed, &bare, is_seldom)].concat()])
            }
            None => {
                let treaties = treaty_name::find(&words, cues.for_grammar(Grammar::Treaty));
                let people = title::find(&words, cues.for_grammar(Grammar::Title));
                let organisations = organisation_name::find(&words, cues.for_grammar(Grammar::Organisation));
                merge::merge(&[&[listed.as_slice(), &treaties, &people, &organisations].concat(), &bare])
            }
        };
        names.mentions.retain(|mention| mention.source != Source::Model || !self.is_unnamed(text, mention));
        let agreed = agree::agree(text, &mut names.mentions, |kind, surface| self.gazetteer.lists(kind, surface));
        let anchors = [names.mentions.as_slice(), &listed];
        let is_founded = |mention: &Mention| self.is_founded(&text[mention.span]);
        let provisions = provision::find(&words, cues.for_grammar(Grammar::Provision), &anchors, is_founded);
        let whole = merge::merge(&[&provisions, &names.mentions]);
        let provisions = provision::repeats(text, &whole.mentions, &bare);
        let repeats = alias::find(&words, &whole.mentions);
        let mentions = merge::merge(&[&whole.mentions, &provisions, &repeats]).mentions;
        let decisions = [names.decisions, agreed, whole.decisions].concat();
        self.resolve(text.to_owned(), sentences, mentions, decisions, fallback)
    }

    /// Whether a mention is a word for a treaty that nobody listed as a name.
    fn is_unnamed(&self, text: &str, mention: &Mention) -> bool {
        let surface = &text[mention.span];
        let is_common = mention.kind == EntityKind::Treaty && treaty_name::is_common(surface);
        is_common && !treaty_name::is_cut_off(&text[mention.span.end()..]) && self.gazetteer.treaty(surface).is_none()
    }

    /// Whether a surface names an organisation that is founded on a treaty.
    fn is_founded(&self, surface: &str) -> bool {
        let organisation = self.gazetteer.organisation(surface);
        organisation.is_some_and(|facts| self.gazetteer.treaty_of(&facts.id).is_some())
    }

    /// What is asked for of the mentions, and the entities that they name.
    fn resolve(
        &self,
        text: String,
        sentences: Vec<Span>,
        mut mentions: Vec<Mention>,
        decisions: Vec<Decision>,
        fallback: Option<Fallback>,
    ) -> Document {
        let is_wanted = |kind: EntityKind| self.kinds.contains(&kind);
        mentions.retain(|mention| mention.score >= self.min_score);
        mentions.retain(|mention| mention.kind != EntityKind::Nationality || is_wanted(mention.kind));
        let mut entities = resolve::resolve(&text, &sentences, &mentions, &self.gazetteer);
        mentions.retain(|mention| is_wanted(mention.kind) && !entities.is_loose(&text, mention));
        entities.retain(is_wanted);
        let Entities { people, countries, organisations, treaties } = entities;
        Document { text, sentences, mentions, people, countries, organisations, treaties, decisions, fallback }
    }
}

/// How many of the texts are read together: at least one.
fn group<S: AsRef<str>>(texts: &[S]) -> usize {
    let mut bytes = 0;
    let fits = texts.iter().take_while(|text| {
        bytes += text.as_ref().len();
        bytes <= GROUP
    });
    fits.count().max(1)
}
