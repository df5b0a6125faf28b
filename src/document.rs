//! The result: a text with its mentions and the entities they name.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::entity::{Country, Entity, Organisation, Person, Treaty};
use crate::mention::Mention;
use crate::merge::Decision;
use crate::span::Span;

/// A text, what it names, and where.
///
/// A document owns its text, so that it can be sent, stored and streamed.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), attache::Error> {
/// let document = attache::Recognizer::new()?.recognize("Poland and Latvia turned to NATO.");
/// let surfaces: Vec<&str> = document.mentions().iter().map(|mention| document.surface(mention)).collect();
/// assert_eq!(surfaces, ["Poland", "Latvia", "NATO"]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    pub(crate) text: String,
    pub(crate) sentences: Vec<Span>,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) people: Vec<Person>,
    pub(crate) countries: Vec<Country>,
    pub(crate) organisations: Vec<Organisation>,
    pub(crate) treaties: Vec<Treaty>,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) fallback: Option<Fallback>,
}

/// Why the gazetteer and the grammar labelled a text alone.
///
/// # Examples
///
/// ```
/// use attache::{Fallback, Recognizer};
///
/// let recognizer = Recognizer::builder().model_dir("models/none").fallback_to_gazetteer().build()?;
/// match recognizer.recognize("Peru signed.").fallback() {
///     Some(Fallback::NotLoaded(error)) => assert!(error.starts_with("models/none/config.json")),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), attache::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Fallback {
    /// The caller asked for the gazetteer alone.
    Asked,
    /// The model could not be loaded, and the caller had asked for the gazetteer in that case; the error's message.
    NotLoaded(String),
    /// The encoder failed on this document; the error's message.
    EncoderFailed(String),
}

impl fmt::Display for Fallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked => f.write_str("gazetteer alone, as asked for"),
            Self::NotLoaded(error) => write!(f, "gazetteer alone, the model was not loaded: {error}"),
            Self::EncoderFailed(error) => write!(f, "gazetteer alone, the encoder failed: {error}"),
        }
    }
}

/// Two countries that a text names together.
///
/// # Examples
///
/// ```
/// let document = attache::Recognizer::new()?.recognize("Poland met Latvia.");
/// let attache::Dyad { first, second, sentences } = &document.dyads()[0];
/// assert_eq!(format!("{first} and {second}: {sentences}"), "LV and PL: 1");
/// # Ok::<(), attache::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Dyad {
    /// The identifier of the country that comes first in the alphabet of identifiers.
    pub first: String,
    /// The identifier of the other.
    pub second: String,
    /// How many sentences name both.
    pub sentences: usize,
}

impl Document {
    /// The text, as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The sentences of the text, in order.
    ///
    /// # Examples
    ///
    /// ```
    /// let document = attache::Recognizer::builder().gazetteer_only().build()?.recognize("Peru left. Chile stayed.");
    /// assert_eq!(&document.text()[document.sentences()[1]], "Chile stayed.");
    /// # Ok::<(), attache::Error>(())
    /// ```
    pub fn sentences(&self) -> &[Span] {
        &self.sentences
    }

    /// Every mention of the kinds asked for, sorted, none overlapping another.
    pub fn mentions(&self) -> &[Mention] {
        &self.mentions
    }

    /// The surface of a mention of this document.
    pub fn surface(&self, mention: &Mention) -> &str {
        &self.text[mention.span]
    }

    /// The people that the text names, each once, in the order of their first mention.
    ///
    /// # Examples
    ///
    /// ```
    /// let document = attache::Recognizer::new()?.recognize("Mateusz Morawiecki spoke. Morawiecki left.");
    /// assert_eq!(document.people().len(), 1);
    /// assert_eq!((document.people()[0].name(), document.people()[0].mentions().len()), ("Mateusz Morawiecki", 2));
    /// # Ok::<(), attache::Error>(())
    /// ```
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// The countries that the text mentions, each once, in the order of their first mention.
    ///
    /// A country comes with its ISO 3166 code or not at all: a mention that no code could be found for stays in
    /// [`mentions`](Self::mentions). Different names for one state ("Turkey", "Republic of Türkiye") are one country
    /// with several mentions.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), attache::Error> {
    /// let document = attache::Recognizer::new()?.recognize("Türkiye signed; Turkey has not ratified.");
    /// let country = &document.countries()[0];
    /// assert_eq!(country.alpha2(), "TR");
    /// assert_eq!(country.mentions().len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn countries(&self) -> &[Country] {
        &self.countries
    }

    /// The organisations that the text names, each once, in the order of their first mention.
    ///
    /// # Examples
    ///
    /// ```
    /// let document = attache::Recognizer::new()?.recognize("The European Union thanked NATO.");
    /// let ids: Vec<_> = document.organisations().iter().map(|organisation| organisation.id()).collect();
    /// assert_eq!(ids, [Some("european-union"), Some("nato")]);
    /// # Ok::<(), attache::Error>(())
    /// ```
    pub fn organisations(&self) -> &[Organisation] {
        &self.organisations
    }

    /// The treaties that the text names, each once, with the provisions it names of them.
    ///
    /// # Examples
    ///
    /// ```
    /// let document = attache::Recognizer::new()?.recognize("Article 5 of the North Atlantic Treaty binds them.");
    /// let treaty = &document.treaties()[0];
    /// assert_eq!((treaty.id(), treaty.year()), (Some("north-atlantic-treaty"), Some(1949)));
    /// assert_eq!(treaty.provisions()[0].id(), "art5");
    /// # Ok::<(), attache::Error>(())
    /// ```
    pub fn treaties(&self) -> &[Treaty] {
        &self.treaties
    }

    /// Every person, country, organisation and treaty, in the order of their first mention.
    ///
    /// # Examples
    ///
    /// ```
    /// let document = attache::Recognizer::new()?.recognize("Poland and Latvia turned to NATO.");
    /// let names: Vec<&str> = document.entities().iter().map(|entity| entity.name()).collect();
    /// assert_eq!(names, ["Poland", "Latvia", "NATO"]);
    /// # Ok::<(), attache::Error>(())
    /// ```
    pub fn entities(&self) -> Vec<Entity<'_>> {
        let people = self.people.iter().map(Entity::Person);
        let countries = self.countries.iter().map(Entity::Country);
        let organisations = self.organisations.iter().map(Entity::Organisation);
        let treaties = self.treaties.iter().map(Entity::Treaty);
        let mut entities: Vec<Entity<'_>> = people.chain(countries).chain(organisations).chain(treaties).collect();
        entities.sort_by_key(|entity| entity.mentions().first().map(|mention| mention.span));
        entities
    }

    /// The entity that a mention of this document refers to, where it was resolved.
    ///
    /// # Examples
    ///
    /// ```
    /// let document = attache::Recognizer::builder().gazetteer_only().build()?.recognize("Türkiye signed.");
    /// let mention = &document.mentions()[0];
    /// let entity = document.entity(mention).unwrap();
    /// assert_eq!((document.surface(mention), entity.name(), entity.id()), ("Türkiye", "Turkey", Some("TR")));
    /// # Ok::<(), attache::Error>(())
    /// ```
    pub fn entity(&self, mention: &Mention) -> Option<Entity<'_>> {
        self.entities().into_iter().find(|entity| entity.mentions().iter().any(|other| other.span == mention.span))
    }

    /// Which countries are named together, counted by sentences, sorted by their identifiers: what event coders start
    /// from.
    ///
    /// # Examples
    ///
    /// ```
    /// let document = attache::Recognizer::new()?.recognize("Poland met Latvia. Latvia and Poland signed.");
    /// let dyad = &document.dyads()[0];
    /// assert_eq!((dyad.first.as_str(), dyad.second.as_str(), dyad.sentences), ("LV", "PL", 2));
    /// # Ok::<(), attache::Error>(())
    /// ```
    pub fn dyads(&self) -> Vec<Dyad> {
        let mut counts = std::collections::BTreeMap::new();
        for sentence in &self.sentences {
            let mut named: Vec<&str> = Vec::new();
            for country in &self.countries {
                if country.mentions.iter().any(|mention| sentence.contains(mention.span)) {
                    named.push(country.id());
                }
            }
            named.sort_unstable();
            for (i, first) in named.iter().enumerate() {
                for second in &named[i + 1..] {
                    *counts.entry((first.to_string(), second.to_string())).or_insert(0) += 1;
                }
            }
        }
        counts.into_iter().map(|((first, second), sentences)| Dyad { first, second, sentences }).collect()
    }

    /// What competed for the bytes of `span`, and which rule decided: each mention that lost there.
    ///
    /// # Examples
    ///
    /// ```
    /// let document = attache::Recognizer::new()?.recognize("The U.S. State Department spoke.");
    /// for decision in document.explain(document.mentions()[0].span) {
    ///     println!("{} lost: {}", document.surface(&decision.loser), decision.rule);
    /// }
    /// # Ok::<(), attache::Error>(())
    /// ```
    pub fn explain(&self, span: Span) -> Vec<&Decision> {
        self.decisions.iter().filter(|decision| decision.loser.span.overlaps(span)).collect()
    }

    /// Why the gazetteer and the grammar labelled the text alone; `None` where the model read it.
    ///
    /// # Examples
    ///
    /// ```
    /// use attache::{Fallback, Recognizer};
    ///
    /// let document = Recognizer::builder().gazetteer_only().build()?.recognize("Peru signed.");
    /// assert_eq!(document.fallback(), Some(&Fallback::Asked));
    /// assert_eq!(Recognizer::new()?.recognize("Peru signed.").fallback(), None);
    /// # Ok::<(), attache::Error>(())
    /// ```
    pub fn fallback(&self) -> Option<&Fallback> {
        self.fallback.as_ref()
    }
}
