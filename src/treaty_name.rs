//! Treaties by the shape of their names, for those that no list holds: "Treaty of Tartu", "Nagoya Protocol".

use crate::gazetteer::symbol::{self, Shape, Symbol};
use crate::mention::{EntityKind, Mention, Source};

/// The share of such mentions that were right on the annotated sentences that the gazetteer's scores were measured on.
const SCORE: f32 = 0.6;

/// Nouns that name an agreement under international law.
const NOUNS: &[&str] =
    &["Accord", "Accords", "Agreement", "Charter", "Convention", "Covenant", "Pact", "Protocol", "Statute", "Treaty"];

/// Nouns that name one also by a place before them alone: "Versailles Treaty".
const SHORT_NOUNS: &[&str] = &["Accord", "Accords", "Convention", "Pact", "Protocol", "Treaty"];

/// Small words inside a name.
const SMALL: &[&str] =
    &["of", "on", "the", "and", "for", "in", "to", "against", "between", "with", "concerning", "from", "by"];

/// Words that may stand before a noun and make no name of a treaty with it.
const GENERIC: &[&str] = &[
    "A",
    "All",
    "American",
    "An",
    "Annual",
    "Any",
    "Association",
    "Constitutional",
    "Democratic",
    "Draft",
    "Each",
    "Every",
    "Final",
    "First",
    "GOP",
    "His",
    "In",
    "Its",
    "Labour",
    "National",
    "New",
    "No",
    "Our",
    "Party",
    "Peace",
    "Republican",
    "Second",
    "Such",
    "That",
    "The",
    "Their",
    "These",
    "This",
    "Those",
    "Trade",
    "Under",
];

/// The treaties in `text` that their names' shape tells, sorted and disjoint.
pub(crate) fn find(text: &str) -> Vec<Mention> {
    if !NOUNS.iter().any(|noun| text.contains(noun)) {
        return Vec::new();
    }
    let symbols: Vec<Symbol<'_>> = symbol::symbols(text).collect();
    let mut mentions: Vec<Mention> = Vec::new();
    for at in 0..symbols.len() {
        let Some(noun) = word(&symbols, at).filter(|word| NOUNS.contains(word)) else { continue };
        let start = modifiers(text, &symbols, at);
        let end = complement(text, &symbols, at + 1);
        let is_named = end > at + 1 || (start < at && SHORT_NOUNS.contains(&noun));
        let span = symbols[start].span.cover(symbols[end - 1].span);
        let is_free = mentions.last().is_none_or(|last| last.span.end() <= span.start());
        if is_named && is_free {
            mentions.push(Mention::new(span, EntityKind::Treaty, SCORE, Source::Grammar));
        }
    }
    mentions
}

fn word<'a>(symbols: &[Symbol<'a>], at: usize) -> Option<&'a str> {
    match symbols.get(at)?.shape {
        Shape::Word(word) => Some(word),
        _ => None,
    }
}

fn is_near(symbols: &[Symbol<'_>], at: usize) -> bool {
    at > 0 && at < symbols.len() && symbols[at].span.start() - symbols[at - 1].span.end() <= 1
}

/// The first of the capitalised words before the noun that belong to its name.
fn modifiers(text: &str, symbols: &[Symbol<'_>], noun: usize) -> usize {
    let mut start = noun;
    while start > 0 && noun - start < 6 && is_near(symbols, start) {
        let Some(word) = word(symbols, start - 1) else { break };
        let is_capitalised = word.starts_with(char::is_uppercase) && !text[symbols[start - 1].span].contains('.');
        if !is_capitalised || GENERIC.contains(&word) {
            break;
        }
        start -= 1;
    }
    start
}

/// The symbol after the name's complement: "of Tartu", "on the Rights of the Child"; `at` itself where there is none.
fn complement(text: &str, symbols: &[Symbol<'_>], at: usize) -> usize {
    let opens = word(symbols, at)
        .is_some_and(|word| matches!(word, "of" | "on" | "for" | "against" | "concerning" | "relating" | "between"));
    let mut end = at;
    if !opens {
        return end;
    }
    for next in at..symbols.len().min(at + 20) {
        if !is_near(symbols, next) {
            break;
        }
        match word(symbols, next) {
            Some(word) if word.starts_with(char::is_uppercase) => end = next + 1,
            Some(word) if SMALL.contains(&word) || (next == at && text[symbols[next].span].len() > 1) => {}
            _ => break,
        }
    }
    end
}
