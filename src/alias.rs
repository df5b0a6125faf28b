//! Repeats: a name that is sure in one place of the document is found again where nothing else found it.
//!
//! "Josep Borrell spoke. … Later Borrell left": the model may miss the second; the first tells who it is.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::mention::{EntityKind, Mention, Source};
use crate::span::Span;

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

/// The repeats of sure names in `text` that overlap none of `mentions`, sorted and disjoint.
///
/// Looked for are the surfaces of people and organisations, and the last word of a person's full name, as whole words
/// in their own letter case. A name is left alone where mentions disagree on its kind, where a capitalised word goes on
/// with it, and where the text also has it in lower case: it may be a common word. A repeat has the score of the
/// mention that it repeats. `mentions` are sorted and disjoint.
pub(crate) fn find(text: &str, mentions: &[Mention]) -> Vec<Mention> {
    let names = names(text, mentions);
    if names.is_empty() {
        return Vec::new();
    }
    let automaton = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        // Built for one text: a state machine that is quicker to run would take longer to make.
        .kind(Some(AhoCorasickKind::NoncontiguousNFA))
        .ascii_case_insensitive(true)
        .build(names.iter().map(|name| name.surface))
        .expect("a document's names fit an automaton");
    let mut is_common = vec![false; names.len()];
    let mut repeats: Vec<(usize, Span)> = Vec::new();
    for found in automaton.find_iter(text) {
        let (name, span) = (found.pattern().as_usize(), Span::new(found.start(), found.end()));
        let surface = &text[span];
        if surface == names[name].surface && stands_alone(text, span) {
            repeats.push((name, span));
        }
        is_common[name] |= !surface.contains(char::is_uppercase) && is_word(text, span);
    }
    repeats.retain(|&(name, _)| !is_common[name]);
    free(repeats, &names, mentions)
}

/// The repeats that no mention overlaps.
fn free(repeats: Vec<(usize, Span)>, names: &[Name<'_>], mentions: &[Mention]) -> Vec<Mention> {
    let mut free = Vec::new();
    let mut next = 0; // the first mention that does not end before the repeat
    for (name, span) in repeats {
        next += mentions[next..].iter().take_while(|mention| mention.span.end() <= span.start()).count();
        if mentions.get(next).is_none_or(|mention| !mention.span.overlaps(span)) {
            free.push(Mention::new(span, names[name].kind, names[name].score, Source::Alias));
        }
    }
    free
}

struct Name<'a> {
    surface: &'a str,
    kind: EntityKind,
    score: f32,
}

/// The names to look for, in the order of the text, each once.
fn names<'a>(text: &'a str, mentions: &[Mention]) -> Vec<Name<'a>> {
    let mut kinds: HashMap<&str, Option<EntityKind>> = HashMap::new(); // None where mentions disagree
    let mut names: Vec<Name<'a>> = Vec::new();
    for mention in mentions {
        let is_sure = mention.score >= SURE && mention.source != Source::Grammar;
        for surface in surfaces(text, mention) {
            let is_new = !kinds.contains_key(surface);
            let kind = kinds.entry(surface).or_insert(Some(mention.kind));
            *kind = kind.filter(|&kind| kind == mention.kind);
            let is_looked_for = matches!(mention.kind, EntityKind::Person | EntityKind::Organisation);
            if is_new && is_sure && is_looked_for && is_name(surface) {
                names.push(Name { surface, kind: mention.kind, score: mention.score });
            }
        }
    }
    names.retain(|name| kinds[name.surface].is_some());
    names
}

/// What of a mention may be repeated: all of it, and a person's last word.
fn surfaces<'a>(text: &'a str, mention: &Mention) -> impl Iterator<Item = &'a str> {
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
        find(text, &mentions)
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
    fn a_name_of_two_kinds_is_left_alone() {
        let text = "Olga Tass met Tass staff; then Tass wrote.";
        let known = [("Olga Tass", PERSON, 0.95), ("Tass staff", EntityKind::Organisation, 0.95)];
        assert_eq!(repeats(text, &known[..1]), ["Tass@14", "Tass@31"]);
        let mentions = [
            Mention::new(Span::new(0, 9), PERSON, 0.95, Source::Model),
            Mention::new(Span::new(14, 18), EntityKind::Organisation, 0.95, Source::Model),
        ];
        assert!(find(text, &mentions).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn repeats_never_overlap_what_is_known(text in "(Ana Brook|Brook|brook|ü|中|😀| |\\.|-){0,30}") {
            let Some(start) = text.find("Ana Brook") else { return Ok(()) };
            let known = [Mention::new(Span::new(start, start + 9), PERSON, 0.95, Source::Model)];
            for mention in find(&text, &known) {
                proptest::prop_assert!(["Brook", "Ana Brook"].contains(&&text[mention.span]));
                proptest::prop_assert!(!mention.span.overlaps(known[0].span));
            }
        }
    }
}
