//! Repeats: a name that is sure in one place of the document is found again where nothing else found it.
//!
//! "Josep Borrell spoke. … Later Borrell left": the model may miss the second; the first tells who it is.

use std::cmp::Reverse;

use crate::mention::{EntityKind, Mention, Source};
use crate::span::Span;
use crate::word::{self, Words};

/// A mention must be this sure for its name to be looked for elsewhere.
const SURE: f32 = 0.9;

/// The shortest name that is looked for, in bytes: shorter ones are too often a word or a unit.
const SHORTEST: usize = 4;

/// Words that stand before a name and belong to none.
const TITLES: &[&str] = &[
    "Chancellor",
    "Dr",
    "General",
    "Judge",
    "King",
    "Lady",
    "Lord",
    "Minister",
    "Miss",
    "Mr",
    "Mrs",
    "Ms",
    "Pope",
    "Premier",
    "President",
    "Prince",
    "Princess",
    "Professor",
    "Queen",
    "Secretary",
    "Senator",
    "Sheikh",
    "Sir",
];

/// The repeats of sure names in a text that overlap none of `mentions`, sorted and disjoint.
///
/// Looked for are the surfaces of people and organisations, and the last word of a person's full name, as whole words
/// in their own letter case. A name is left alone where mentions disagree on its kind, where a capitalised word goes on
/// with it, and where the text also has it in lower case: it may be a common word. A repeat has the score of the
/// mention that it repeats. `mentions` are sorted and disjoint.
pub(crate) fn find(words: &Words<'_>, mentions: &[Mention]) -> Vec<Mention> {
    let text = words.text;
    let names = names(text, mentions);
    if names.is_empty() {
        return Vec::new();
    }
    let first_words = names.iter().fold(0, |bits, name| bits | bit(name.first_word));
    let mut is_common = vec![false; names.len()];
    let mut repeats: Vec<(usize, Span)> = Vec::new();
    let mut free = 0; // the first byte that no name found so far holds
    for word in words.as_slice() {
        if first_words & bit(word.hash()) == 0 || word.span.start() < free {
            continue;
        }
        let Some((name, span)) = longest(&names, text, word.span.start(), word.hash()) else { continue };
        free = span.end();
        let surface = &text[span];
        if surface == names[name].surface && stands_alone(text, span) {
            repeats.push((name, span));
        }
        is_common[name] |= !surface.contains(char::is_uppercase) && is_word(text, span);
    }
    repeats.retain(|&(name, _)| !is_common[name]);
    unheld(repeats, &names, mentions)
}

/// One of 64 bits for a hash, of its upper part.
fn bit(hash: u64) -> u64 {
    1 << (hash >> 58)
}

/// The longest name at byte `start`, in any case of ASCII letters; `hash` is that of the word there.
fn longest(names: &[Name<'_>], text: &str, start: usize, hash: u64) -> Option<(usize, Span)> {
    let first = names.partition_point(|name| name.first_word < hash);
    let named = names[first..].iter().take_while(|name| name.first_word == hash);
    for (name, listed) in named.enumerate() {
        let end = start + listed.surface.len();
        if text.get(start..end).is_some_and(|surface| surface.eq_ignore_ascii_case(listed.surface)) {
            return Some((first + name, Span::new(start, end)));
        }
    }
    None
}

/// The repeats that no mention overlaps.
fn unheld(repeats: Vec<(usize, Span)>, names: &[Name<'_>], mentions: &[Mention]) -> Vec<Mention> {
    let mut unheld = Vec::new();
    let mut next = 0; // the first mention that does not end before the repeat
    for (name, span) in repeats {
        next += mentions[next..].iter().take_while(|mention| mention.span.end() <= span.start()).count();
        if mentions.get(next).is_none_or(|mention| !mention.span.overlaps(span)) {
            unheld.push(Mention::new(span, names[name].kind, names[name].score, Source::Alias));
        }
    }
    unheld
}

struct Name<'a> {
    first_word: u64, // its hash
    start: usize,    // of the first mention that has it: of names that differ in case alone, the first is found
    surface: &'a str,
    kind: EntityKind,
    score: f32,
}

/// The names to look for, each once: by their first word, the longer first.
fn names<'a>(text: &'a str, mentions: &[Mention]) -> Vec<Name<'a>> {
    let mut surfaces: Vec<(&str, &Mention)> = Vec::with_capacity(2 * mentions.len());
    for mention in mentions {
        surfaces.extend(surfaces_of(text, mention).map(|surface| (surface, mention)));
    }
    surfaces.sort_by_key(|&(surface, _)| surface); // of one surface, the first mention first
    let mut names: Vec<Name<'a>> = Vec::new();
    for same in surfaces.chunk_by(|(one, _), (other, _)| one == other) {
        let (surface, mention) = same[0];
        let is_sure = mention.score >= SURE && mention.source != Source::Grammar;
        let is_looked_for = matches!(mention.kind, EntityKind::Person | EntityKind::Organisation);
        let is_agreed = same.iter().all(|(_, other)| other.kind == mention.kind);
        if is_sure && is_looked_for && is_agreed && is_name(surface) {
            let (first_word, start) = (first_word(surface), mention.span.start());
            names.push(Name { first_word, start, surface, kind: mention.kind, score: mention.score });
        }
    }
    names.sort_unstable_by_key(|name| (name.first_word, Reverse(name.surface.len()), name.start));
    names
}

/// The hash of the word that a surface begins with.
fn first_word(surface: &str) -> u64 {
    let end = surface.find(|c| !word::is_word(c)).unwrap_or(surface.len());
    word::hash(&surface.as_bytes()[..end])
}

/// What of a mention may be repeated: all of it, and a person's last word.
fn surfaces_of<'a>(text: &'a str, mention: &Mention) -> impl Iterator<Item = &'a str> {
    let surface = &text[mention.span];
    let last = surface.rsplit_once(char::is_whitespace).map(|(_, last)| last);
    let last = last.filter(|_| mention.kind == EntityKind::Person);
    std::iter::once(surface).chain(last)
}

/// Whether a surface is long enough and written as a name.
fn is_name(surface: &str) -> bool {
    surface.len() >= SHORTEST && surface.starts_with(char::is_uppercase) && !surface.ends_with('.')
}

/// Whether `span` begins and ends with a word.
fn is_word(text: &str, span: Span) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '_' | '@' | '#' | '&');
    !text[..span.start()].ends_with(goes_on) && !text[span.end()..].starts_with(goes_on)
}

/// Whether `span` is a name of its own: whole words, and no part of a longer name or of a hyphenated word.
fn stands_alone(text: &str, span: Span) -> bool {
    let (before, after) = (&text[..span.start()], &text[span.end()..]);
    let joins = |c: char| matches!(c, '-' | '–' | '/' | '.');
    let mut next = after.chars();
    let joins_next = next.next().is_some_and(joins) && next.next().is_some_and(char::is_alphanumeric);
    let next_is_capital = after.strip_prefix(' ').is_some_and(|word| word.starts_with(char::is_uppercase));
    is_word(text, span) && !before.ends_with(joins) && !joins_next && !next_is_capital && !goes_on_before(before)
}

/// Whether the text before a name ends in a capitalised word that may belong to it.
fn goes_on_before(before: &str) -> bool {
    let Some(before) = before.strip_suffix(' ') else { return false };
    let start = before
        .rfind(|c: char| !c.is_alphanumeric())
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let (rest, word) = before.split_at(start);
    let starts_sentence = rest.trim_end().is_empty() || rest.trim_end().ends_with(['.', '!', '?', '"', '“', ':', '\n']);
    word.starts_with(char::is_uppercase) && !starts_sentence && !TITLES.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repeats(text: &str, known: &[(&str, EntityKind, f32)]) -> Vec<String> {
        let mut mentions: Vec<Mention> = Vec::new();
        for &(surface, kind, score) in known {
            let start = text.find(surface).unwrap();
            mentions.push(Mention::new(Span::new(start, start + surface.len()), kind, score, Source::Model));
        }
        find(&Words::of(text), &mentions)
            .iter()
            .map(|mention| format!("{}@{}", &text[mention.span], mention.span.start()))
            .collect()
    }

    const PERSON: EntityKind = EntityKind::Person;

    #[test]
    fn a_surname_is_found_again_and_titles_do_not_hide_it() {
        let text = "Ana Müller spoke. Later Müller left, and Mr Müller’s aide too.";
        assert_eq!(repeats(text, &[("Ana Müller", PERSON, 0.95)]), ["Müller@25", "Müller@46"]);
    }

    #[test]
    fn an_unsure_name_a_longer_name_and_a_common_word_are_left_alone() {
        assert!(repeats("Ana Brook spoke; Brook left.", &[("Ana Brook", PERSON, 0.5)]).is_empty());
        assert!(repeats("Ana Brook spoke; Peter Brook left.", &[("Ana Brook", PERSON, 0.95)]).is_empty());
        assert!(repeats("Ana Brook spoke; in Brook County.", &[("Ana Brook", PERSON, 0.95)]).is_empty());
        assert!(repeats("Ana Brook spoke by the brook; Brook left.", &[("Ana Brook", PERSON, 0.95)]).is_empty());
        assert!(repeats("Ana Brook spoke; Brooklyn, Brook-on-Sea.", &[("Ana Brook", PERSON, 0.95)]).is_empty());
    }

    #[test]
    fn of_names_that_differ_in_case_alone_the_first_is_found_again() {
        let text = "Ana Brook met Eva BROOK; BROOK left, Brook left.";
        assert_eq!(repeats(text, &[("Ana Brook", PERSON, 0.95), ("Eva BROOK", PERSON, 0.95)]), ["Brook@37"]);
    }

    #[test]
    fn a_name_of_two_kinds_is_left_alone() {
        let text = "Olga Tass met Tass staff; then Tass wrote.";
        let known = [("Olga Tass", PERSON, 0.95), ("Tass staff", EntityKind::Organisation, 0.95)];
        assert_eq!(repeats(text, &known[..1]), ["Tass@14", "Tass@31"]);
        let mentions = [
            Mention::new(Span::new(0, 9), PERSON, 0.95, Source::Model),
            Mention::new(Span::new(14, 18), EntityKind::Organisation, 0.95, Source::Model),
        ];
        assert!(find(&Words::of(text), &mentions).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn repeats_never_overlap_what_is_known(text in "(Ana Brook|Brook|brook|ü|中|😀| |\\.|-){0,30}") {
            let Some(start) = text.find("Ana Brook") else { return Ok(()) };
            let known = [Mention::new(Span::new(start, start + 9), PERSON, 0.95, Source::Model)];
            for mention in find(&Words::of(&text), &known) {
                proptest::prop_assert!(["Brook", "Ana Brook"].contains(&&text[mention.span]));
                proptest::prop_assert!(!mention.span.overlaps(known[0].span));
            }
        }
    }
}
