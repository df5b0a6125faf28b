//! Names to mentions: every listed name in a text, the longest at each place, where the rules of ambiguity let it stand.
//!
//! "Guinea-Bissau" is one country and not Guinea; "turkey" is none; "U.S. State Department" is one organisation.

mod ambiguity;
mod embedded;
mod facts;
mod lookup;
mod table;
mod trie;
mod user;

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
        let mut mentions = Vec::new();
        let mut start = 0;
        while start < words.len() {
            let Some(found) = self.longest(words, start) else {
                start += 1;
                continue;
            };
            let entry = found.entry;
            let is_doubted = self.ambiguity.doubts(words, &(start..found.end), entry.kind, entry.has_rules);
            if entry.is_own || !is_doubted {
                mentions.push(Mention::new(found.span, entry.kind, entry.score(), Source::Gazetteer));
            }
            start = found.end;
        }
        mentions
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
    let is_dotted = end - start > 1 && words.gap(end - 1) == Gap::Dot && words.is_initial(end - 1);
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
    !is_elided && (!is_domain || after.starts_with(". "))
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
        !is_generic && has_same_marks && self.case.accepts(&self.name, surface)
    }

    /// The share of such names that the gazetteer alone had right, strict spans, on 14,778 annotated sentences of news
    /// and records (2026-11-24; the number of mentions beside each). A pair that was not seen has the share of its kind.
    fn score(&self) -> f32 {
        match (self.kind, self.form) {
            (EntityKind::Country, Form::Name) => 0.970,         // 7,912
            (EntityKind::Country, Form::Acronym) => 0.948,      // 1,146
            (EntityKind::Country, Form::Alias) => 0.907,        // 441
            (EntityKind::Country, _) => 0.894,                  // 180
            (EntityKind::Nationality, _) => 0.945,              // 4,394
            (EntityKind::Organisation, Form::Acronym) => 0.960, // 821
            (EntityKind::Organisation, _) => 0.891,             // 5,872
            (EntityKind::Treaty, Form::Alias) => 0.824,         // 216
            (EntityKind::Treaty, _) => 0.967,                   // 750
            (EntityKind::Person, Form::Alias) => 0.822,         // 101
            (EntityKind::Person, _) => 0.988,                   // 2,290
            (EntityKind::Location, _) => 0.876,                 // 6,158
        }
    }
}
