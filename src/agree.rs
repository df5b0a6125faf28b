//! One name, one kind: a mention that the model is unsure of takes the kind that its name has elsewhere in the document.
//!
//! The model reads a sentence at a time: in "Xi's spokesman left" it may take Xi for an organisation, where the sentence
//! before told of Xi Jinping.

use std::collections::HashMap;

use crate::mention::{EntityKind, Mention, Source};
use crate::merge::{Decision, Rule};

/// A mention this sure keeps its kind, whatever the others are: Washington said, and so did Denzel Washington.
const SURE: f32 = 0.9;

/// So many times the evidence for its own kind another kind must have.
const CLEARLY: f32 = 2.0;

/// The kinds that are told apart by what a text says elsewhere.
const KINDS: [EntityKind; 4] =
    [EntityKind::Person, EntityKind::Country, EntityKind::Organisation, EntityKind::Location];

/// The evidence for each of [`KINDS`].
type Evidence = [f32; KINDS.len()];

/// Gives each of the model's unsure mentions the kind that its document clearly has for its name, and tells what was
/// changed.
///
/// A mention of score p is evidence −ln(1 − p) for its kind; that of a person's full name is so for its first and its last
/// word too. What is left of the evidence for the new kind, less that for the old one, is the score. A name that
/// `is_listed` under its own kind keeps that, and one that is not listed as a country becomes none.
pub(crate) fn agree(
    text: &str,
    mentions: &mut [Mention],
    is_listed: impl Fn(EntityKind, &str) -> bool,
) -> Vec<Decision> {
    let is_open = |mention: &Mention| {
        let is_unsure = mention.source == Source::Model && mention.score < SURE && place(mention.kind).is_some();
        is_unsure && !is_listed(mention.kind, &text[mention.span])
    };
    if !mentions.iter().any(is_open) {
        return Vec::new();
    }
    let known = evidence(text, mentions);
    let mut decisions = Vec::new();
    for mention in mentions.iter_mut().filter(|mention| is_open(mention)) {
        let surface = &text[mention.span];
        let (Some(evidence), Some(own)) = (known.get(surface), place(mention.kind)) else { continue };
        let best = (0..KINDS.len()).max_by(|&a, &b| evidence[a].total_cmp(&evidence[b])).unwrap_or(own);
        let may_be = KINDS[best] != EntityKind::Country || is_listed(EntityKind::Country, surface);
        if best != own && evidence[best] >= CLEARLY * evidence[own] && may_be {
            let score = 1.0 - (evidence[own] - evidence[best]).exp();
            let winner = Mention { kind: KINDS[best], score, ..*mention };
            decisions.push(Decision { winner, loser: *mention, rule: Rule::Agreed });
            *mention = winner;
        }
    }
    decisions
}

/// The evidence that the mentions give for the kinds of surfaces.
fn evidence<'a>(text: &'a str, mentions: &[Mention]) -> HashMap<&'a str, Evidence> {
    let mut known: HashMap<&str, Evidence> = HashMap::new();
    for mention in mentions {
        let Some(place) = place(mention.kind) else { continue };
        let weight = -(1.0 - mention.score.min(0.999)).ln();
        let mut add = |surface: &'a str| known.entry(surface).or_default()[place] += weight;
        let surface = &text[mention.span];
        add(surface);
        if mention.kind == EntityKind::Person
            && let (Some((first, _)), Some((_, last))) = (surface.split_once(' '), surface.rsplit_once(' '))
        {
            add(first);
            add(last);
        }
    }
    known
}

fn place(kind: EntityKind) -> Option<usize> {
    KINDS.iter().position(|&other| other == kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;

    const PERSON: EntityKind = EntityKind::Person;
    const BODY: EntityKind = EntityKind::Organisation;
    const PLACE: EntityKind = EntityKind::Location;

    /// The kinds of the last mention, before and after, and its score; the mentions stand one after another in a text.
    fn last(named: &[(&str, EntityKind, f32)], listed: &[(EntityKind, &str)]) -> (EntityKind, f32) {
        let text: String = named.iter().map(|(surface, ..)| format!("{surface} ")).collect();
        let mut start = 0;
        let mention = |&(surface, kind, score): &(&str, EntityKind, f32)| {
            let span = Span::new(start, start + surface.len());
            start = span.end() + 1;
            Mention::new(span, kind, score, Source::Model)
        };
        let mut mentions: Vec<Mention> = named.iter().map(mention).collect();
        let before = mentions.clone();
        let decisions = agree(&text, &mut mentions, |kind, surface| listed.contains(&(kind, surface)));
        let is_changed = |(old, new): &(&Mention, &Mention)| old.kind != new.kind;
        assert_eq!(before.iter().zip(&mentions).filter(is_changed).count(), decisions.len());
        let last = mentions.last().expect("a name is given");
        (last.kind, last.score)
    }

    #[test]
    fn an_unsure_name_takes_the_kind_that_the_document_has_for_it() {
        let (kind, score) = last(&[("Xi Quist", PERSON, 0.99), ("Xi", BODY, 0.6)], &[]);
        assert_eq!(kind, PERSON);
        assert!((0.97..0.99).contains(&score), "{score}");
        assert_eq!(last(&[("Ana Brook", PERSON, 0.99), ("Brook", PLACE, 0.5)], &[]).0, PERSON);
        assert_eq!(last(&[("Acme", BODY, 0.95), ("Acme", BODY, 0.8), ("Acme", PLACE, 0.7)], &[]).0, BODY);
    }

    #[test]
    fn a_sure_name_a_listed_one_and_one_that_the_document_leaves_open_keep_their_kind() {
        let brook = ("Ana Brook", PERSON, 0.99);
        assert_eq!(last(&[brook, ("Brook", PLACE, 0.95)], &[]).0, PLACE);
        assert_eq!(last(&[brook, ("Brook", PLACE, 0.5)], &[(PLACE, "Brook")]).0, PLACE);
        assert_eq!(last(&[("Acme", BODY, 0.8), ("Acme", PLACE, 0.7)], &[]).0, PLACE);
        assert_eq!(last(&[brook, ("Brooks", PLACE, 0.5)], &[]).0, PLACE);
    }

    #[test]
    fn only_a_listed_country_becomes_one() {
        let named = [("Elbonia", EntityKind::Country, 0.99), ("Elbonia", PLACE, 0.5)];
        assert_eq!(last(&named, &[]).0, PLACE);
        assert_eq!(last(&named, &[(EntityKind::Country, "Elbonia")]).0, EntityKind::Country);
    }
}
