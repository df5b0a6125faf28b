//! Listed names that with the words beside them make a longer one: "Bundesrat of Germany", "Northern Iraq".

use crate::mention::{EntityKind, Mention};
use crate::span::Span;
use crate::word::Words;

/// Words that with a country's name after them name a part of it.
const PARTS: &[&str] = &[
    "Northern",
    "Southern",
    "Eastern",
    "Western",
    "Central",
    "Northeastern",
    "Northwestern",
    "Southeastern",
    "Southwestern",
    "Southeast",
    "Southwest",
    "Northeast",
    "Northwest",
    "Mainland",
    "Peninsular",
];

/// The share of such parts that were right, strict spans, on 14,778 annotated sentences of news and records (2026-11-24,
/// 19 mentions).
const PLACE_SCORE: f32 = 0.842;

/// Whether the name of `kind` at word `start` belongs to the organisation `last`, after which word `after` stands: it is
/// a country, and "of" or "of the" joins the two.
pub(super) fn is_part(words: &Words<'_>, last: &Mention, after: usize, start: usize, kind: EntityKind) -> bool {
    let is_of = words.at(after) == "of" && words.is_near(after) && words.is_near(start);
    let is_the = start == after + 2 && words.at(after + 1) == "the" && words.is_near(after + 1);
    last.kind == EntityKind::Organisation && kind == EntityKind::Country && is_of && (start == after + 1 || is_the)
}

/// The part of a country whose name starts at word `start`, where the word before says so with a capital of its own.
pub(super) fn place(words: &Words<'_>, start: usize, country: &Mention) -> Option<Mention> {
    let before = start.checked_sub(1)?;
    let is_part = words.is_near(start) && PARTS.contains(&words.at(before)) && !words.opens(before);
    (country.kind == EntityKind::Country && is_part).then(|| {
        let span = Span::new(words.as_slice()[before].span.start(), country.span.end());
        Mention::new(span, EntityKind::Location, PLACE_SCORE, country.source)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gazetteer::{Gazetteer, GazetteerEntry};

    fn found(text: &str) -> Vec<(&str, EntityKind)> {
        let germany = GazetteerEntry::new("Germany", EntityKind::Country, "DE");
        let bundesrat = GazetteerEntry::new("Bundesrat", EntityKind::Organisation, "bundesrat");
        let gazetteer = Gazetteer::from_entries([germany, bundesrat]).unwrap();
        gazetteer.find(text).into_iter().map(|mention| (&text[mention.span], mention.kind)).collect()
    }

    #[test]
    fn an_organisation_of_a_country_is_one_name() {
        let organisation = EntityKind::Organisation;
        assert_eq!(found("the Bundesrat of Germany met"), [("Bundesrat of Germany", organisation)]);
        assert_eq!(found("Bundesrat of the Germany"), [("Bundesrat of the Germany", organisation)]);
        let apart = [("Bundesrat", organisation), ("Germany", EntityKind::Country)];
        for text in ["Bundesrat, of Germany", "Bundesrat in Germany", "Bundesrat of all Germany"] {
            assert_eq!(found(text), apart, "{text}");
        }
    }

    #[test]
    fn a_part_of_a_country_has_a_capital_of_its_own() {
        assert_eq!(found("in Northern Germany"), [("Northern Germany", EntityKind::Location)]);
        for text in ["in northern Germany", "it fell. Northern Germany", "Southern, Germany"] {
            assert_eq!(found(text), [("Germany", EntityKind::Country)], "{text}");
        }
    }
}
