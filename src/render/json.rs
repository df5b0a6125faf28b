//! JSON of a document, for programs; `document.schema.json` beside this file says what each field means.

use std::io;

use serde::Serialize;

use crate::document::{Document, Fallback};
use crate::entity::{Country, CountryForm, Organisation, Person, Provision, Treaty};
use crate::mention::{EntityKind, Mention, Source};

use super::identity::Identities;
use super::offsets::Offsets;

/// The JSON Schema (draft 2020-12) of what [`json`] and [`jsonl`] write.
///
/// # Examples
///
/// ```
/// assert!(attache::render::JSON_SCHEMA.contains("\"resolved\""));
/// ```
pub const JSON_SCHEMA: &str = include_str!("document.schema.json");

/// What [`json`] and [`jsonl`] write beside the entities.
///
/// # Examples
///
/// ```
/// use attache::render::{JsonOptions, Offsets};
///
/// let for_python = JsonOptions { id: Some("a-17"), offsets: Offsets::Char, ..JsonOptions::default() };
/// # let _ = for_python;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JsonOptions<'a> {
    /// The field `id`; without it the field is left out.
    pub id: Option<&'a str>,
    /// Whether the field `text` is written.
    pub text: TextField,
    /// What `start` and `end` count.
    pub offsets: Offsets,
}

/// Whether JSON holds the text beside its entities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum TextField {
    /// The text is written.
    #[default]
    Keep,
    /// The text is left out; each entity still has its own.
    Omit,
}

/// The document as an indented JSON object.
///
/// # Examples
///
/// ```
/// use attache::render::{JsonOptions, json};
///
/// # fn main() -> Result<(), attache::Error> {
/// let document = attache::Recognizer::new()?.recognize("Poland signed.");
/// let object = json(&document, &JsonOptions::default());
/// assert!(object.contains("\"alpha3\": \"POL\""));
/// # Ok(())
/// # }
/// ```
pub fn json(document: &Document, options: &JsonOptions<'_>) -> String {
    serde_json::to_string_pretty(&Object::new(document, options)).expect("strings, numbers and lists are JSON")
}

/// The document as a JSON object on one line, with the line break.
///
/// [`evaluate::read::jsonl`](crate::evaluate::read::jsonl) reads such lines.
///
/// # Examples
///
/// ```
/// use attache::render::{JsonOptions, jsonl};
///
/// # fn main() -> Result<(), attache::Error> {
/// let document = attache::Recognizer::new()?.recognize("Poland signed.");
/// let line = jsonl(&document, &JsonOptions { id: Some("a-17"), ..JsonOptions::default() });
/// assert!(line.starts_with("{\"id\":\"a-17\",\"text\":\"Poland signed.\",\"entities\":[{\"start\":0,"));
/// # Ok(())
/// # }
/// ```
pub fn jsonl(document: &Document, options: &JsonOptions<'_>) -> String {
    let mut line = Vec::with_capacity(2 * document.text().len() + 192 * document.mentions().len() + 256);
    write_jsonl(&mut line, document, options).expect("a vector takes every byte");
    String::from_utf8(line).expect("JSON is UTF-8")
}

/// Writes what [`jsonl`] gives.
///
/// # Errors
///
/// Fails where the writer does.
///
/// # Examples
///
/// ```
/// use attache::render::{JsonOptions, write_jsonl};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut out = std::io::stdout().lock();
/// for document in attache::Recognizer::new()?.recognize_batch(&["Chile signed.", "Peru did not."]) {
///     write_jsonl(&mut out, &document, &JsonOptions::default())?;
/// }
/// # Ok(())
/// # }
/// ```
pub fn write_jsonl(mut out: impl io::Write, document: &Document, options: &JsonOptions<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut out, &Object::new(document, options))?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Object<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    entities: Vec<Row<'a>>,
    resolved: Resolved<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fallback: Option<Reason<'a>>,
}

/// A mention; `entity` is a place in the resolved list of its kind.
#[derive(Serialize)]
struct Row<'a> {
    start: usize,
    end: usize,
    text: &'a str,
    kind: EntityKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    score: f32,
    source: Source,
    #[serde(skip_serializing_if = "Option::is_none")]
    entity: Option<usize>,
}

#[derive(Serialize)]
struct Resolved<'a> {
    people: Vec<PersonRow<'a>>,
    countries: Vec<CountryRow<'a>>,
    organisations: Vec<OrganisationRow<'a>>,
    treaties: Vec<TreatyRow<'a>>,
}

#[derive(Serialize)]
struct PersonRow<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    aliases: &'a [String],
    mentions: Vec<usize>,
}

#[derive(Serialize)]
struct CountryRow<'a> {
    name: &'a str,
    id: &'a str,
    alpha2: &'a str,
    alpha3: &'a str,
    numeric: &'a str,
    former: bool,
    forms: &'a [CountryForm],
    mentions: Vec<usize>,
}

#[derive(Serialize)]
struct OrganisationRow<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acronym: Option<&'a str>,
    aliases: &'a [String],
    mentions: Vec<usize>,
}

#[derive(Serialize)]
struct TreatyRow<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    year: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unts: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    parties: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation: Option<&'a str>,
    provisions: Vec<ProvisionRow>,
    inferred: bool,
    mentions: Vec<usize>,
}

#[derive(Serialize)]
struct ProvisionRow {
    id: String,
    name: String,
}

#[derive(Serialize)]
struct Reason<'a> {
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

impl<'a> Object<'a> {
    fn new(document: &'a Document, options: &JsonOptions<'a>) -> Self {
        Self {
            id: options.id,
            text: (options.text == TextField::Keep).then_some(document.text()),
            entities: rows(document, options.offsets),
            resolved: Resolved::new(document),
            fallback: document.fallback().map(Reason::from),
        }
    }
}

fn rows(document: &Document, offsets: Offsets) -> Vec<Row<'_>> {
    let identities = Identities::new(document);
    let mut counter = offsets.counter(document.text());
    let mut rows = Vec::with_capacity(document.mentions().len());
    for mention in document.mentions() {
        let range = counter.range(mention.span);
        let entity = identities.find(mention);
        rows.push(Row {
            start: range.start,
            end: range.end,
            text: document.surface(mention),
            kind: mention.kind,
            id: entity.and_then(|(entity, _)| entity.id()),
            score: mention.score,
            source: mention.source,
            entity: entity.map(|(_, index)| index),
        });
    }
    rows
}

impl<'a> Resolved<'a> {
    fn new(document: &'a Document) -> Self {
        let place = |mention: &Mention| document.mentions().binary_search_by_key(&mention.span, |other| other.span);
        // A mention that the caller did not ask for (a nationality, say) stands in its entity and not in the list.
        let find = |mentions: &[Mention]| mentions.iter().filter_map(|mention| place(mention).ok()).collect();
        Self {
            people: document.people().iter().map(|person| PersonRow::new(person, find(person.mentions()))).collect(),
            countries: document.countries().iter().map(|c| CountryRow::new(c, find(c.mentions()))).collect(),
            organisations: document
                .organisations()
                .iter()
                .map(|o| OrganisationRow::new(o, find(o.mentions())))
                .collect(),
            treaties: document.treaties().iter().map(|t| TreatyRow::new(t, find(t.mentions()))).collect(),
        }
    }
}

impl<'a> PersonRow<'a> {
    fn new(person: &'a Person, mentions: Vec<usize>) -> Self {
        Self { name: person.name(), id: person.id(), aliases: person.aliases(), mentions }
    }
}

impl<'a> CountryRow<'a> {
    fn new(country: &'a Country, mentions: Vec<usize>) -> Self {
        Self {
            name: country.name(),
            id: country.id(),
            alpha2: country.alpha2(),
            alpha3: country.alpha3(),
            numeric: country.numeric(),
            former: country.is_former(),
            forms: country.forms(),
            mentions,
        }
    }
}

impl<'a> OrganisationRow<'a> {
    fn new(organisation: &'a Organisation, mentions: Vec<usize>) -> Self {
        let (name, id, acronym) = (organisation.name(), organisation.id(), organisation.acronym());
        Self { name, id, acronym, aliases: organisation.aliases(), mentions }
    }
}

impl<'a> TreatyRow<'a> {
    fn new(treaty: &'a Treaty, mentions: Vec<usize>) -> Self {
        Self {
            name: treaty.name(),
            id: treaty.id(),
            year: treaty.year(),
            unts: treaty.unts(),
            parties: treaty.parties(),
            organisation: treaty.organisation(),
            provisions: treaty.provisions().iter().map(ProvisionRow::from).collect(),
            inferred: treaty.is_inferred(),
            mentions,
        }
    }
}

impl From<&Provision> for ProvisionRow {
    fn from(provision: &Provision) -> Self {
        Self { id: provision.id(), name: provision.to_string() }
    }
}

impl<'a> From<&'a Fallback> for Reason<'a> {
    fn from(fallback: &'a Fallback) -> Self {
        match fallback {
            Fallback::Asked => Self { reason: "Asked", error: None },
            Fallback::NotLoaded(error) => Self { reason: "NotLoaded", error: Some(error) },
            Fallback::EncoderFailed(error) => Self { reason: "EncoderFailed", error: Some(error) },
        }
    }
}

#[cfg(test)]
mod tests;
