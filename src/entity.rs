//! The things that a document names, each once: which one it is, and all its mentions.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::mention::{EntityKind, Mention};

/// A numbered part of a treaty: `Article 4`, `Chapter VII`, `Articles 4 to 6`.
///
/// # Examples
///
/// ```
/// use attache::{Provision, ProvisionUnit};
///
/// let provision = Provision::new(ProvisionUnit::Article, "42(7)");
/// assert_eq!(provision.to_string(), "Article 42(7)");
/// assert_eq!(provision.id(), "art42(7)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Provision {
    unit: ProvisionUnit,
    number: String,
    last: Option<String>,
}

/// What sort of part a provision is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ProvisionUnit {
    /// An article, its paragraphs in brackets: `Article 2(4)`.
    Article,
    /// A chapter; roman numerals are read as numbers.
    Chapter,
    /// An annex.
    Annex,
    /// An appendix.
    Appendix,
    /// A protocol to the treaty.
    Protocol,
    /// A part.
    Part,
    /// A title.
    Title,
    /// A section.
    Section,
    /// A schedule: a list of what the treaty is about.
    Schedule,
    /// A paragraph that is not written in an article's brackets.
    Paragraph,
    /// The preamble, which has no number.
    Preamble,
}

impl ProvisionUnit {
    /// The unit's name in a sentence: `Article`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Article => "Article",
            Self::Chapter => "Chapter",
            Self::Annex => "Annex",
            Self::Appendix => "Appendix",
            Self::Protocol => "Protocol",
            Self::Part => "Part",
            Self::Title => "Title",
            Self::Section => "Section",
            Self::Schedule => "Schedule",
            Self::Paragraph => "Paragraph",
            Self::Preamble => "Preamble",
        }
    }

    /// The unit's short name in an identifier: `art`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Article => "art",
            Self::Chapter => "ch",
            Self::Annex => "annex",
            Self::Appendix => "appendix",
            Self::Protocol => "protocol",
            Self::Part => "part",
            Self::Title => "title",
            Self::Section => "sec",
            Self::Schedule => "schedule",
            Self::Paragraph => "para",
            Self::Preamble => "preamble",
        }
    }
}

impl Provision {
    /// The part of `unit` with `number`, in arabic digits: "4", "42(7)", "5bis". A preamble has the number "".
    pub fn new(unit: ProvisionUnit, number: impl Into<String>) -> Self {
        Self { unit, number: number.into(), last: None }
    }

    /// The parts of `unit` from `first` to `last`.
    pub fn range(unit: ProvisionUnit, first: impl Into<String>, last: impl Into<String>) -> Self {
        Self { unit, number: first.into(), last: Some(last.into()) }
    }

    /// What sort of part it is.
    pub fn unit(&self) -> ProvisionUnit {
        self.unit
    }

    /// Its number, or the first of a range: `4`, `42(7)`.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The last number, where the provision is a range.
    pub fn last(&self) -> Option<&str> {
        self.last.as_deref()
    }

    /// The number of the article, or of a range's last, without its paragraphs; none for other units.
    pub(crate) fn last_article(&self) -> Option<u16> {
        let number = self.last.as_deref().unwrap_or(&self.number);
        let digits = number.bytes().take_while(u8::is_ascii_digit).count();
        number[..digits].parse().ok().filter(|_| self.unit == ProvisionUnit::Article)
    }

    /// The provision's part of an identifier: `art4`, `art4-5`, `ch7`.
    pub fn id(&self) -> String {
        match &self.last {
            Some(last) => format!("{}{}-{last}", self.unit.id(), self.number),
            None => format!("{}{}", self.unit.id(), self.number),
        }
    }
}

impl fmt::Display for Provision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = self.unit.name();
        match (&self.last, self.number.as_str()) {
            (Some(last), first) => write!(f, "{unit}s {first}–{last}"),
            (None, "") => f.write_str(unit),
            (None, number) => write!(f, "{unit} {number}"),
        }
    }
}

/// How a text names a country.
///
/// # Examples
///
/// ```
/// use attache::{CountryForm, Recognizer};
///
/// let document = Recognizer::new()?.recognize("Burma is now called Myanmar.");
/// assert_eq!(document.countries()[0].forms(), [CountryForm::Former, CountryForm::Name]);
/// # Ok::<(), attache::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum CountryForm {
    /// Its usual English name: Poland.
    Name,
    /// Its formal name: Republic of Poland.
    Formal,
    /// An abbreviation: U.S., UAE, DPRK.
    Abbreviation,
    /// A name it had: Burma, Persia.
    Former,
    /// A foreign or variant spelling: Litauen, Türkiye.
    Variant,
    /// An adjective or noun for its people or things: Polish, Poles.
    Demonym,
}

/// A person that the text names.
///
/// # Examples
///
/// ```
/// let document = attache::Recognizer::new()?.recognize("Mateusz Morawiecki spoke. Morawiecki left.");
/// let person = &document.people()[0];
/// assert_eq!((person.name(), person.aliases()), ("Mateusz Morawiecki", &["Morawiecki".to_owned()][..]));
/// # Ok::<(), attache::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Person {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) mentions: Vec<Mention>,
}

/// A country that the text names, with its ISO 3166 codes.
///
/// # Examples
///
/// ```
/// let document = attache::Recognizer::new()?.recognize("Poland signed.");
/// let country = &document.countries()[0];
/// assert_eq!((country.name(), country.alpha2(), country.alpha3(), country.numeric()), ("Poland", "PL", "POL", "616"));
/// # Ok::<(), attache::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Country {
    pub(crate) id: String,
    pub(crate) alpha3: String,
    pub(crate) numeric: String,
    pub(crate) name: String,
    pub(crate) former: bool,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) forms: Vec<CountryForm>,
}

/// An organisation that the text names.
///
/// # Examples
///
/// ```
/// let document = attache::Recognizer::new()?.recognize("The European Union paid.");
/// let organisation = &document.organisations()[0];
/// assert_eq!((organisation.id(), organisation.acronym()), (Some("european-union"), Some("EU")));
/// # Ok::<(), attache::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Organisation {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) acronym: Option<String>,
    pub(crate) aliases: Vec<String>,
    pub(crate) mentions: Vec<Mention>,
}

/// A treaty that the text names, with the provisions it names of it.
///
/// # Examples
///
/// ```
/// let document = attache::Recognizer::new()?.recognize("Article 5 of the North Atlantic Treaty binds them.");
/// let treaty = &document.treaties()[0];
/// assert_eq!((treaty.name(), treaty.year()), ("North Atlantic Treaty", Some(1949)));
/// assert_eq!(treaty.provisions()[0].to_string(), "Article 5");
/// # Ok::<(), attache::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Treaty {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) year: Option<u16>,
    #[serde(default)]
    pub(crate) unts: Option<String>,
    #[serde(default)]
    pub(crate) parties: Vec<String>,
    #[serde(default)]
    pub(crate) organisation: Option<String>,
    pub(crate) provisions: Vec<Provision>,
    pub(crate) inferred: bool,
    pub(crate) mentions: Vec<Mention>,
}

impl Person {
    /// The fullest name that the text gives, without titles: `Mateusz Morawiecki`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The other spellings and short forms that the text uses, each once, in the order of their first mention.
    pub fn aliases(&self) -> &[String] {
        &self.aliases
    }

    /// The gazetteer's identifier, where the name is in it: `alexander-lukashenko`.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Every mention, in the order of the text.
    pub fn mentions(&self) -> &[Mention] {
        &self.mentions
    }
}

impl Country {
    /// The identifier: the ISO 3166-1 alpha-2 code, or the ISO 3166-3 alpha-4 code of a state of the past: `PL`,
    /// `SUHH`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The ISO 3166-1 alpha-2 code, now or, for a state of the past, the one it had: `PL`, `SU`. Kosovo has the
    /// user-assigned `XK`.
    pub fn alpha2(&self) -> &str {
        &self.id[..2]
    }

    /// The ISO 3166-1 alpha-3 code, now or, for a state of the past, the one it had: `POL`, `SUN`.
    pub fn alpha3(&self) -> &str {
        &self.alpha3
    }

    /// The ISO 3166-1 numeric code in three digits, `616`; empty where there is none (Kosovo).
    pub fn numeric(&self) -> &str {
        &self.numeric
    }

    /// The usual English name: `Poland`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the state is one of the past, listed in ISO 3166-3.
    pub fn is_former(&self) -> bool {
        self.former
    }

    /// Every mention, in the order of the text.
    pub fn mentions(&self) -> &[Mention] {
        &self.mentions
    }

    /// How each mention names the country, in the order of [`mentions`](Self::mentions).
    pub fn forms(&self) -> &[CountryForm] {
        &self.forms
    }
}

impl Organisation {
    /// The usual name where the gazetteer knows the organisation, else the fullest name that the text gives.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The acronym, where the gazetteer or the text gives one: `CSTO`.
    pub fn acronym(&self) -> Option<&str> {
        self.acronym.as_deref()
    }

    /// The other names that the text uses, each once, in the order of their first mention.
    pub fn aliases(&self) -> &[String] {
        &self.aliases
    }

    /// The gazetteer's identifier, where it knows the organisation: `european-union`. Bodies that many states have under
    /// one name share an identifier that says no more than the name does: `supreme-court`, `liberal-party`.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Every mention, in the order of the text.
    pub fn mentions(&self) -> &[Mention] {
        &self.mentions
    }
}

impl Treaty {
    /// A treaty of which the name alone is known, and that no text has named yet.
    pub(crate) fn unlisted(name: String) -> Self {
        Self {
            id: None,
            name,
            year: None,
            unts: None,
            parties: Vec::new(),
            organisation: None,
            provisions: Vec::new(),
            inferred: false,
            mentions: Vec::new(),
        }
    }

    /// The usual name where the treaty is known, else as the text names it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The treaty's identifier, or none where the name is a treaty's by its shape alone: `north-atlantic-treaty`.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The year of signature, where it is known.
    pub fn year(&self) -> Option<u16> {
        self.year
    }

    /// The registration number in the United Nations Treaty Series, where the tables have it: `I-54113`.
    pub fn unts(&self) -> Option<&str> {
        self.unts.as_deref()
    }

    /// The parties of a treaty that has few, sorted: ISO 3166 codes of states, and identifiers of organisations, which
    /// are in lower case. Those of New START are `RU` and `US`.
    ///
    /// It is empty where the tables do not say: for the many conventions that are open to all states, among others.
    pub fn parties(&self) -> &[String] {
        &self.parties
    }

    /// The identifier of the organisation whose treaty it is: `nato` of the North Atlantic Treaty.
    pub fn organisation(&self) -> Option<&str> {
        self.organisation.as_deref()
    }

    /// The provisions that the text names, each once, in the order of their first mention.
    pub fn provisions(&self) -> &[Provision] {
        &self.provisions
    }

    /// Whether a mention is a bare provision that was tied to the treaty as the only candidate of the document.
    pub fn is_inferred(&self) -> bool {
        self.inferred
    }

    /// Every mention, in the order of the text.
    pub fn mentions(&self) -> &[Mention] {
        &self.mentions
    }
}

/// One thing that the text names, of any kind.
///
/// # Examples
///
/// ```
/// use attache::{Entity, Recognizer};
///
/// for entity in Recognizer::new()?.recognize("Poland called NATO.").entities() {
///     match entity {
///         Entity::Country(country) => assert_eq!(country.alpha2(), "PL"),
///         other => assert_eq!((other.kind().name(), other.name()), ("Organisation", "NATO")),
///     }
/// }
/// # Ok::<(), attache::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "kind")]
#[non_exhaustive]
pub enum Entity<'a> {
    /// A person.
    Person(&'a Person),
    /// A country.
    Country(&'a Country),
    /// An organisation.
    Organisation(&'a Organisation),
    /// A treaty.
    Treaty(&'a Treaty),
}

impl<'a> Entity<'a> {
    /// What sort of thing it is.
    pub fn kind(self) -> EntityKind {
        match self {
            Self::Person(_) => EntityKind::Person,
            Self::Country(_) => EntityKind::Country,
            Self::Organisation(_) => EntityKind::Organisation,
            Self::Treaty(_) => EntityKind::Treaty,
        }
    }

    /// The entity's name.
    pub fn name(self) -> &'a str {
        match self {
            Self::Person(person) => person.name(),
            Self::Country(country) => country.name(),
            Self::Organisation(organisation) => organisation.name(),
            Self::Treaty(treaty) => treaty.name(),
        }
    }

    /// The entity's identifier, where it has one.
    pub fn id(self) -> Option<&'a str> {
        match self {
            Self::Person(person) => person.id(),
            Self::Country(country) => Some(country.id()),
            Self::Organisation(organisation) => organisation.id(),
            Self::Treaty(treaty) => treaty.id(),
        }
    }

    /// Every mention, in the order of the text.
    pub fn mentions(self) -> &'a [Mention] {
        match self {
            Self::Person(person) => person.mentions(),
            Self::Country(country) => country.mentions(),
            Self::Organisation(organisation) => organisation.mentions(),
            Self::Treaty(treaty) => treaty.mentions(),
        }
    }
}
