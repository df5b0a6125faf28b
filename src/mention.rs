//! A span that refers to something: what kind of thing, how sure, and what found it.
//!
//! In "Poland asked NATO" two mentions: `Poland` a country, `NATO` an organisation.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::span::Span;

/// What sort of thing a mention names.
///
/// The first four are the default output; [`Location`](Self::Location) and [`Nationality`](Self::Nationality) are
/// given on request, see [`RecognizerBuilder::kinds`](crate::RecognizerBuilder::kinds).
///
/// # Examples
///
/// ```
/// use attache::EntityKind;
///
/// assert_eq!("treaty".parse::<EntityKind>().unwrap(), EntityKind::Treaty);
/// assert_eq!(EntityKind::Organisation.to_string(), "Organisation");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum EntityKind {
    /// A named individual human being.
    Person,
    /// A sovereign state or ISO 3166-1 territory, named as a noun; states of the past too.
    Country,
    /// A named group that acts: alliance, agency, company, party, newspaper, team.
    Organisation,
    /// A named agreement under international law, or a numbered provision of one.
    Treaty,
    /// A named place that is no country: city, region, river, continent, constituent country.
    Location,
    /// An adjective or noun for a country's people or things: Polish, Belarusians.
    Nationality,
}

impl EntityKind {
    /// Every kind, in the order of their declaration.
    pub const ALL: [Self; 6] =
        [Self::Person, Self::Country, Self::Organisation, Self::Treaty, Self::Location, Self::Nationality];

    /// The kinds of the default output: Person, Country, Organisation, Treaty.
    pub const DEFAULT: [Self; 4] = [Self::Person, Self::Country, Self::Organisation, Self::Treaty];

    /// The kind's name as it stands in labels and in output: `Person`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "Person",
            Self::Country => "Country",
            Self::Organisation => "Organisation",
            Self::Treaty => "Treaty",
            Self::Location => "Location",
            Self::Nationality => "Nationality",
        }
    }
}

impl fmt::Display for EntityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for EntityKind {
    type Err = Error;

    /// Reads a kind's name in any letter case; `organization` is read too.
    fn from_str(name: &str) -> Result<Self, Error> {
        let lower = name.to_ascii_lowercase();
        let known = Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name));
        match known {
            Some(kind) => Ok(kind),
            None if lower == "organization" => Ok(Self::Organisation),
            None => Err(Error::new(
                ErrorKind::Argument,
                "kind",
                "person, country, organisation, treaty, location or nationality",
                format!("{name:?}"),
            )),
        }
    }
}

/// What found a mention.
///
/// # Examples
///
/// ```
/// use attache::{Recognizer, Source};
///
/// let document = Recognizer::builder().gazetteer_only().build()?.recognize("Peru signed.");
/// assert_eq!(document.mentions()[0].source, Source::Gazetteer);
/// assert_eq!(Source::Gazetteer.to_string(), "Gazetteer");
/// # Ok::<(), attache::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Source {
    /// The transformer read it in its sentence.
    Model,
    /// A name in the gazetteer.
    Gazetteer,
    /// The grammar of provisions, of treaty names or of titles before names.
    Grammar,
    /// A repeat of a name that is sure elsewhere in the document.
    Alias,
}

impl Source {
    /// The source's name as it stands in output: `Model`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Model => "Model",
            Self::Gazetteer => "Gazetteer",
            Self::Grammar => "Grammar",
            Self::Alias => "Alias",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A span that refers to something.
///
/// # Examples
///
/// ```
/// use attache::{EntityKind, Mention, Source, Span};
///
/// let mention = Mention::new(Span::new(5, 9), EntityKind::Organisation, 0.9, Source::Model);
/// assert_eq!(mention.surface("Join NATO"), "NATO");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    /// Where it stands; `&text[mention.span]` is its surface.
    pub span: Span,
    /// What sort of thing it names.
    pub kind: EntityKind,
    /// How sure the source is, from 0 to 1. For [`Source::Model`]: see [the crate's page on scores](crate#scores).
    pub score: f32,
    /// What found it.
    pub source: Source,
}

impl Mention {
    /// A mention of `kind` at `span`.
    pub const fn new(span: Span, kind: EntityKind, score: f32, source: Source) -> Self {
        Self { span, kind, score, source }
    }

    /// What the mention's text is: the surface.
    pub fn surface(self, text: &str) -> &str {
        &text[self.span]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_in_any_case_and_in_both_spellings() {
        for kind in EntityKind::ALL {
            assert_eq!(kind.name().to_uppercase().parse::<EntityKind>().unwrap(), kind);
        }
        assert_eq!("Organization".parse::<EntityKind>().unwrap(), EntityKind::Organisation);
    }

    #[test]
    fn an_unknown_kind_is_named() {
        assert_eq!(
            "planet".parse::<EntityKind>().unwrap_err().to_string(),
            "kind: expected person, country, organisation, treaty, location or nationality, found \"planet\""
        );
    }
}
