//! What the model found to mentions: where its labels leave the kind open, the gazetteer and the grammar say it.
//!
//! A model of another make calls both "Peru" and "Lima" `LOC`: the gazetteer knows Peru as a country.

use crate::decode::Found;
use crate::gazetteer::Gazetteer;
use crate::label::LabelMeaning;
use crate::mention::{EntityKind, Mention, Source};
use crate::treaty_name;
use crate::word::Words;

/// The mentions of a text, with source [`Source::Model`], in the order in which they were found.
pub(crate) fn settle(text: &str, all: &[Found], gazetteer: &Gazetteer) -> Vec<Mention> {
    let mention = |found: &Found| {
        let kind = kind(found.meaning, &text[found.span], gazetteer)?;
        Some(Mention::new(found.span, kind, found.score, Source::Model))
    };
    all.iter().filter_map(mention).collect()
}

/// The kind of a surface; none where it is nothing that is looked for.
fn kind(meaning: LabelMeaning, surface: &str, gazetteer: &Gazetteer) -> Option<EntityKind> {
    match meaning {
        LabelMeaning::Kind(kind) => Some(kind),
        LabelMeaning::CountryOrLocation if gazetteer.country(surface).is_some() => Some(EntityKind::Country),
        LabelMeaning::CountryOrLocation => Some(EntityKind::Location),
        LabelMeaning::TreatyIfConfirmed => is_treaty(surface, gazetteer).then_some(EntityKind::Treaty),
        LabelMeaning::Nothing => None,
    }
}

fn is_treaty(surface: &str, gazetteer: &Gazetteer) -> bool {
    gazetteer.treaty(surface).is_some() || !treaty_name::find(&Words::of(surface)).is_empty()
}

#[cfg(all(test, feature = "embedded-gazetteer"))]
mod tests {
    use super::*;

    #[test]
    fn the_gazetteer_and_the_grammar_say_what_a_label_leaves_open() {
        let gazetteer = Gazetteer::embedded();
        let (place, law) = (LabelMeaning::CountryOrLocation, LabelMeaning::TreatyIfConfirmed);
        for (meaning, surface, expected) in [
            (place, "Peru", Some(EntityKind::Country)),
            (place, "Lima", Some(EntityKind::Location)),
            (place, "Türkiye", Some(EntityKind::Country)),
            (law, "North Atlantic Treaty", Some(EntityKind::Treaty)),
            (law, "Convention on the Harvest of Herring", Some(EntityKind::Treaty)),
            (law, "Tax Code", None),
            (LabelMeaning::Nothing, "Peru", None),
            (EntityKind::Person.into(), "Peru", Some(EntityKind::Person)),
        ] {
            assert_eq!(kind(meaning, surface, &gazetteer), expected, "{surface}");
        }
    }
}
