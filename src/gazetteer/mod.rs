//! Names to mentions: every listed name in a text, the longest at each place, where the rules of ambiguity let it stand.
//!
//! "Guinea-Bissau" is one country and not Guinea; "turkey" is none; "U.S. State Department" is one organisation.

// The rules are read with the built-in tables; a gazetteer of the caller's own alone has none.
#[cfg_attr(not(feature = "embedded-gazetteer"), allow(dead_code))]
mod ambiguity;
mod country;
#[cfg(feature = "embedded-gazetteer")]
mod embedded;
mod facts;
mod join;
mod lookup;
mod table;
mod trie;
mod user;
mod vocabulary;

use std::borrow::Cow;
use std::collections::HashMap;

pub(crate) use facts::{CountryFacts, OrganisationFacts, PersonFacts, TreatyFacts};
pub use user::GazetteerEntry;

use crate::mention::{EntityKind, Mention, Source};
use crate::span::Span;
use crate::word::{self, Gap, Words};
use ambiguity::Ambiguity;
use table::{Case, Form};
use trie::Trie;

/// A string of the built-in tables or of the caller's.
pub(crate) type Text = Cow<'static, str>;

/// Names with the things they stand for, ready to be found in text.
///
/// # Examples
///
/// ```
/// use attache::{EntityKind, Gazetteer, GazetteerEntry};
///
/// let entry = GazetteerEntry::new("Baltic Harbour Council", EntityKind::Organisation, "baltic-harbour-council");
/// let gazetteer = Gazetteer::from_entries([entry])?;
/// let text = "The Baltic Harbour Council’s members met.";
/// assert_eq!(&text[gazetteer.find(text)[0].span], "Baltic Harbour Council");
/// # Ok::<(), attache::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Gazetteer {
    trie: Trie,
    entries: Vec<Entry>,
    countries: Vec<CountryFacts>,
    organisations: Vec<OrganisationFacts>,
    treaties: Vec<TreatyFacts>,
    people: Vec<PersonFacts>,
    ids: HashMap<(EntityKind, Text), u32>, // kind and identifier to the place in the facts
    bodies: HashMap<Text, u32>,            // an organisation's identifier to its treaty's place
    ambiguity: Ambiguity,
}

/// One name in the trie.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    name: Text,
    has_marks: bool, // between its words, such as no other name has: those of a text must be the same
    has_rules: bool, // of ambiguity, that are about this name alone
    is_own: bool,    // listed by the caller: no rule of ambiguity is about it
    kind: EntityKind,
    target: u32, // the place in the facts of its kind; a location has none
    form: Form,
    case: Case,
}

impl Gazetteer {
    /// The listed names in `text`, as mentions from [`Source::Gazetteer`], sorted and disjoint.
    ///
    /// At each place the longest name is taken, as whole words; a possessive stays outside, a hyphen ends a word
    /// ("NATO-led"). A name that the rules of ambiguity doubt is passed over: silence rather than a wrong answer. A
    /// mention's score is the share of such names that were right on annotated news.
    pub fn find(&self, text: &str) -> Vec<Mention> {
        self.find_in(&Words::of(text))
    }

    /// The listed names among the words of a text.
    pub(crate) fn find_in(&self, words: &Words<'_>) -> Vec<Mention> {
        let mut mentions: Vec<Mention> = Vec::new();
        let (mut start, mut after) = (0, 0); // this word; the word after the last mention
        while start < words.len() {
            let Some(found) = self.trie.may_start(words, start).then(|| self.longest(words, start)).flatten() else {
                start += 1;
                continue;
            };
            if self.is_taken(words, start, &found) {
                let mention = Mention::new(found.span, found.entry.kind, found.entry.score(), Source::Gazetteer);
                let last = mentions.pop_if(|last| join::is_part(words, last, after, start, mention.kind));
                let whole = last.map(|last| Mention { span: last.span.cover(mention.span), ..last });
                mentions.push(whole.or_else(|| join::place(words, start, &mention)).unwrap_or(mention));
                after = found.end;
            }
            start = found.end;
        }
        mentions
    }

    /// Whether a phrase of the rules says that a mention is no country and no nationality: "guinea pig", "French fries".
    pub(crate) fn rejects(&self, words: &Words<'_>, mention: &Mention) -> bool {
        let at = words.first_from(mention.span.start())..words.first_from(mention.span.end());
        let is_place = matches!(mention.kind, EntityKind::Country | EntityKind::Nationality);
        is_place && !at.is_empty() && self.ambiguity.rejects(words, &at)
    }

    /// Whether no rule of ambiguity doubts the name found at word `start`.
    fn is_taken(&self, words: &Words<'_>, start: usize, found: &Found<'_>) -> bool {
        let entry = found.entry;
        entry.is_own || !self.ambiguity.doubts(words, &(start..found.end), entry.kind, entry.has_rules)
    }

    /// The longest acceptable name at word `start`.
    fn longest(&self, words: &Words<'_>, start: usize) -> Option<Found<'_>> {
        let mut longest = None;
        for end in self.trie.matches(words, start) {
            let span = with_stop(words, start, end.word);
            let entries = self.trie.entries(end).map(|entry| &self.entries[entry]);
            let accepted = entries.filter(|entry| entry.accepts(&words.text[span]));
            if let Some(entry) = accepted.min_by_key(|entry| rank(entry.kind))
                && is_whole(words, span, end.word)
            {
                longest = Some(Found { end: end.word, span, entry });
            }
        }
        longest
    }

    /// Adds an entry to the names.
    fn add(&mut self, entry: Entry) {
        let has_marks = self.trie.insert(&entry.name, entry.case == Case::Fold);
        self.entries.push(Entry { has_marks, ..entry });
    }
}

/// A name in a text.
struct Found<'a> {
    end: usize, // the word after it
    span: Span,
    entry: &'a Entry,
}

/// The words `start..end` with the last stop of an abbreviation: all of "U.S.".
fn with_stop(words: &Words<'_>, start: usize, end: usize) -> Span {
    let span = words.span(start, end);
    let is_dotted = end - start > 1 && matches!(words.gap(end - 1), Gap::Dot | Gap::Stop) && words.is_initial(end - 1);
    match words.text[span.end()..].starts_with('.') && is_dotted {
        true => Span::new(span.start(), span.end() + 1),
        false => span,
    }
}

/// Which reading of a name comes first where it is listed under several kinds.
fn rank(kind: EntityKind) -> u8 {
    match kind {
        EntityKind::Country => 0,
        EntityKind::Treaty => 1,
        EntityKind::Organisation => 2,
        EntityKind::Nationality => 3,
        EntityKind::Person => 4,
        EntityKind::Location => 5,
    }
}

/// Whether no sign stands beside `span` that makes it a part of something else: an address, a file's name, "O'Chad".
fn is_whole(words: &Words<'_>, span: Span, end: usize) -> bool {
    let (before, after) = (&words.text[..span.start()], &words.text[span.end()..]);
    if before.ends_with(['@', '_', '/', '\\', '.']) || after.starts_with(['@', '_', '\\', '$']) {
        return false;
    }
    let is_elided = before.ends_with(['\'', '’']) && before.trim_end_matches(['\'', '’']).ends_with(word::is_word);
    let is_domain = words.gap(end) == Gap::Dot && words.at(end).starts_with(|c: char| c.is_ascii_lowercase());
    let goes_on = words.gap(end) == Gap::Dot && words.is_initial(end - 1) && words.is_initial(end); // U.S.A.
    !is_elided && !goes_on && (!is_domain || after.starts_with(". "))
}

impl Entry {
    fn new(name: impl Into<Text>, kind: EntityKind, target: u32, form: Form, case: Case) -> Self {
        Self { name: name.into(), has_marks: false, has_rules: false, is_own: false, kind, target, form, case }
    }

    /// Whether `surface`, the same words when folded, is a writing of the name. A treaty's name is made of common words:
    /// in lower case throughout it names no particular one ("a comprehensive test-ban treaty").
    fn accepts(&self, surface: &str) -> bool {
        let is_generic = self.kind == EntityKind::Treaty && !surface.contains(char::is_uppercase);
        let has_same_marks = !self.has_marks || surface.eq_ignore_ascii_case(&self.name);
        !is_generic && has_same_marks && !self.is_open(surface) && self.case.accepts(&self.name, surface)
    }

    /// Whether a surface is more than the name would be in a text: with a bracket ("Myanmar (Burma") or, a country's, with
    /// a common word before the name ("south Sudan", "commonwealth of Puerto Rico").
    fn is_open(&self, surface: &str) -> bool {
        let is_common = self.kind == EntityKind::Country
            && surface.starts_with(|c: char| c.is_ascii_lowercase())
            && surface.contains(' ')
            && surface.contains(char::is_uppercase)
            && self.name.starts_with(char::is_uppercase);
        is_common || surface.contains('(')
    }

    /// The share of such names that the gazetteer and the grammars alone had right, strict spans, on 14,778 annotated
    /// sentences of news and records (2026-11-24; the number of mentions beside each). A pair that was not seen has the
    /// share of its kind.
    fn score(&self) -> f32 {
        match (self.kind, self.form) {
            (EntityKind::Country, Form::Name) => 0.985,         // 7,967
            (EntityKind::Country, Form::Acronym) => 0.980,      // 1,098
            (EntityKind::Country, Form::Alias) => 0.905,        // 222
            (EntityKind::Country, _) => 0.947,                  // 171
            (EntityKind::Nationality, _) => 0.954,              // 4,340
            (EntityKind::Organisation, Form::Acronym) => 0.971, // 860
            (EntityKind::Organisation, _) => 0.939,             // 5,471
            (EntityKind::Treaty, Form::Alias) => 0.943,         // 436
            (EntityKind::Treaty, _) => 0.977,                   // 854
            (EntityKind::Person, Form::Alias) => 0.974,         // 39
            (EntityKind::Person, _) => 0.994,                   // 2,506
            (EntityKind::Location, _) => 0.898,                 // 5,989
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn gazetteer(names: &[(&str, EntityKind, &str, &str)]) -> Gazetteer {
        let entry = |&(name, kind, id, case): &(&str, EntityKind, &str, &str)| GazetteerEntry {
            name: name.to_owned(),
            kind,
            id: id.to_owned(),
            case: case.to_owned(),
        };
        Gazetteer::from_entries(names.iter().map(entry)).unwrap()
    }

    fn five() -> Gazetteer {
        gazetteer(&[
            ("Guinea", EntityKind::Country, "GN", "capital"),
            ("Guinea-Bissau", EntityKind::Country, "GW", "fold"),
            ("U.S.", EntityKind::Country, "US", "capital"),
            ("Türkiye", EntityKind::Country, "TR", "fold"),
            ("US Navy", EntityKind::Organisation, "us-navy", "exact"),
        ])
    }

    fn found(text: &str) -> Vec<&str> {
        five().find(text).into_iter().map(|mention| &text[mention.span]).collect()
    }

    #[test]
    fn the_longest_name_is_found_as_whole_words() {
        assert_eq!(found("guinea bissau, Guinea’s pig, Guineans"), ["guinea bissau", "Guinea"]);
        assert_eq!(found("(Guinea) “Guinea” Guinea-led pro-Guinea"), ["Guinea"; 4]);
        assert!(found("x@Guinea.example _Guinea Guinea_ O'Guinea www.Guinea Guinea2").is_empty());
    }

    #[test]
    fn letter_case_is_each_name_s_own() {
        assert_eq!(found("a guinea, a GUINEA; us navy, US NAVY, US Navy"), ["GUINEA", "US Navy"]);
        assert_eq!(found("TÜRKIYE turkiye Tu\u{308}rkiye"), ["TÜRKIYE", "turkiye", "Tu\u{308}rkiye"]);
    }

    #[test]
    fn dots_of_an_abbreviation_stay_inside_and_other_stops_outside() {
        assert_eq!(
            found("in the U.S. Then in the U.S.’s north, U.S.-led. Guinea."),
            ["U.S.", "U.S.", "U.S.", "Guinea"]
        );
        assert!(found("U.S.A. or US").is_empty());
    }

    #[test]
    fn a_name_does_not_go_over_a_blank_line_but_over_the_end_of_one() {
        assert_eq!(found("US\nNavy"), ["US\nNavy"]);
        assert!(found("US\n\nNavy").is_empty());
    }

    #[test]
    fn another_gazetteer_wins_where_both_have_a_name() {
        let other = gazetteer(&[("guinea", EntityKind::Organisation, "guinea-inn", "fold")]);
        let merged = five().merged_with(&other);
        assert_eq!(merged.find("Guinea")[0].kind, EntityKind::Organisation);
        assert_eq!(merged.find("Guinea-Bissau")[0].kind, EntityKind::Country);
        assert_eq!(merged.organisation("Guinea").unwrap().id, "guinea-inn");
    }

    #[cfg(feature = "embedded-gazetteer")]
    #[test]
    fn a_caller_s_own_name_is_never_doubted() {
        let own = gazetteer(&[("Ghana", EntityKind::Country, "GH", "capital")]);
        let text = "the 2010 Ghana census";
        assert!(Gazetteer::embedded().find(text).is_empty());
        assert_eq!(Gazetteer::embedded().merged_with(&own).find(text).len(), 1);
    }

    /// The slow twin of `find`: at each word every name is tried.
    fn scan(names: &[String], text: &str) -> Vec<Span> {
        let words = Words::of(text);
        let folded = |text: &str| {
            let (words, mut all) = (Words::of(text), String::new());
            for i in 0..words.len() {
                all.push(if i > 0 { ' ' } else { '|' });
                word::fold_into(words.at(i), &mut all);
            }
            all
        };
        let (mut spans, mut start) = (Vec::new(), 0);
        while start < words.len() {
            let is_listed = |end: &usize| {
                let surface = &text[words.span(start, *end)];
                let is_joined = (start + 1..*end).all(|i| matches!(words.gap(i), Gap::Space | Gap::Hyphen));
                is_joined && names.iter().any(|name| folded(name) == folded(surface))
            };
            let longest = (start + 1..=words.len()).rfind(is_listed);
            longest.inspect(|&end| spans.push(words.span(start, end)));
            start = longest.unwrap_or(start + 1);
        }
        spans
    }

    proptest! {
        #[test]
        fn find_equals_a_naive_scan(
            names in proptest::collection::vec("[abÄ]{1,2}([ -][abÄ]{1,2}){0,2}", 1..6),
            text in "([abÄ]{1,2}[ -]){0,12}[ab]",
        ) {
            let entries = names.iter().map(|name| GazetteerEntry {
                name: name.clone(),
                kind: EntityKind::Organisation,
                id: "x".to_owned(),
                case: "fold".to_owned(),
            });
            let found: Vec<Span> =
                Gazetteer::from_entries(entries).unwrap().find(&text).into_iter().map(|mention| mention.span).collect();
            prop_assert_eq!(found, scan(&names, &text));
        }

        #[test]
        fn any_text_gives_sorted_disjoint_spans_on_characters(text in "(Guinea|U\\.S\\.|[ -~]|’|\u{301}|中|😀|\r\n){0,30}") {
            let mut end = 0;
            for mention in five().find(&text) {
                prop_assert!(end <= mention.span.start());
                let _ = &text[mention.span];
                end = mention.span.end();
            }
        }
    }
}
