//! Mentions to entities: which country, which treaty and provision, which organisation, one person under all spellings.
//!
//! "Lukashenko", "Alexander Lukashenko" and "Lukashenka" are one person; "Litauen" is the country LT; "Article 4 of
//! NATO's treaty" is Article 4 of `north-atlantic-treaty`.

mod organisation;
mod person;
mod spelling;
mod treaty;

use crate::entity::{Country, CountryForm, Organisation, Person, Treaty};
use crate::gazetteer::Gazetteer;
use crate::mention::{EntityKind, Mention, Source};
use crate::provision;
use crate::span::Span;

/// The entities of a document, each kind in the order of first mentions.
#[derive(Debug, Default)]
pub(crate) struct Entities {
    pub(crate) people: Vec<Person>,
    pub(crate) countries: Vec<Country>,
    pub(crate) organisations: Vec<Organisation>,
    pub(crate) treaties: Vec<Treaty>,
}

impl Entities {
    /// Whether a mention is a provision that the grammar alone found, that no treaty could be told for, and that does not
    /// say itself that it is a treaty's.
    pub(crate) fn is_loose(&self, text: &str, mention: &Mention) -> bool {
        let is_grammar = mention.kind == EntityKind::Treaty && mention.source == Source::Grammar;
        if is_grammar && provision::is_of_treaty(&text[mention.span]) {
            return false;
        }
        let mut tied = self.treaties.iter().flat_map(|treaty| &treaty.mentions);
        is_grammar && !tied.any(|other| other.span == mention.span)
    }

    /// Leaves out the entities of the kinds that are not wanted; a country stays where its people are wanted.
    pub(crate) fn retain(&mut self, is_wanted: impl Fn(EntityKind) -> bool) {
        if !is_wanted(EntityKind::Person) {
            self.people.clear();
        }
        if !is_wanted(EntityKind::Country) && !is_wanted(EntityKind::Nationality) {
            self.countries.clear();
        }
        if !is_wanted(EntityKind::Organisation) {
            self.organisations.clear();
        }
        if !is_wanted(EntityKind::Treaty) {
            self.treaties.clear();
        }
    }
}

/// Resolves the mentions of `text`, which are sorted and disjoint as its sentences are. Places stay mentions; a
/// nationality stands with its country.
pub(crate) fn resolve(text: &str, sentences: &[Span], mentions: &[Mention], gazetteer: &Gazetteer) -> Entities {
    let of_kind = |kind: EntityKind| mentions.iter().copied().filter(move |mention| mention.kind == kind);
    let people: Vec<Mention> = of_kind(EntityKind::Person).collect();
    let organisations: Vec<Mention> = of_kind(EntityKind::Organisation).collect();
    let treaties: Vec<Mention> = of_kind(EntityKind::Treaty).collect();
    let organisations = organisation::resolve(text, &organisations, gazetteer);
    Entities {
        people: person::resolve(text, &people, gazetteer),
        countries: countries(text, mentions, gazetteer),
        treaties: treaty::resolve(text, sentences, &treaties, &organisations, gazetteer),
        organisations,
    }
}

/// What a text that names a Korea may call one: "the North fired, the South did not".
const HALVES: &[(&str, &str)] = &[("North", "North Korea"), ("South", "South Korea")];

fn countries(text: &str, mentions: &[Mention], gazetteer: &Gazetteer) -> Vec<Country> {
    let mut countries: Vec<Country> = Vec::new();
    let is_korea = |mention: &Mention| {
        let found = gazetteer.country(&text[mention.span]);
        mention.kind == EntityKind::Country && found.is_some_and(|(facts, _)| matches!(&*facts.id, "KP" | "KR"))
    };
    let half = |surface: &str| {
        let name = HALVES.iter().find(|(half, _)| *half == surface)?.1;
        mentions.iter().any(is_korea).then(|| gazetteer.country(name)).flatten()
    };
    for &mention in mentions {
        let surface = &text[mention.span];
        let found = match mention.kind {
            EntityKind::Country => gazetteer.country(surface).or_else(|| half(surface)),
            EntityKind::Nationality => gazetteer.nationality(surface).map(|facts| (facts, CountryForm::Demonym)),
            _ => None,
        };
        let Some((facts, form)) = found else { continue };
        let known = countries.iter().position(|country| country.id == *facts.id);
        let place = known.unwrap_or_else(|| {
            countries.push(Country {
                id: facts.id.to_string(),
                alpha3: facts.alpha3.to_string(),
                numeric: facts.numeric.to_string(),
                name: facts.name.to_string(),
                former: facts.former,
                mentions: Vec::new(),
                forms: Vec::new(),
            });
            countries.len() - 1
        });
        countries[place].mentions.push(mention);
        countries[place].forms.push(form);
    }
    countries
}

#[cfg(all(test, feature = "embedded-gazetteer"))]
mod tests {
    use super::*;

    /// The codes of the countries of a text, in which each of `surfaces` is a country's mention.
    fn codes(text: &str, surfaces: &[&str]) -> Vec<String> {
        let mention = |surface: &&str| {
            let start = text.find(surface).expect("the text has the name");
            Mention::new(Span::new(start, start + surface.len()), EntityKind::Country, 1.0, Source::Model)
        };
        let mentions: Vec<Mention> = surfaces.iter().map(mention).collect();
        countries(text, &mentions, &Gazetteer::embedded()).iter().map(|country| country.id.clone()).collect()
    }

    #[test]
    fn half_of_korea_is_one_where_the_text_names_a_korea() {
        assert_eq!(codes("Seoul, South Korea: the North fired.", &["South Korea", "North"]), ["KR", "KP"]);
        assert_eq!(codes("The North fired at Sudan.", &["North", "Sudan"]), ["SD"]);
        assert_eq!(codes("The State of Guatemala signed.", &["State of Guatemala"]), ["GT"]);
    }
}
