//! Names to mentions: every listed name in a text, the longest at each place, where the rules of ambiguity let it stand.
//!
//! "Guinea-Bissau" is one country and not Guinea; "turkey" is none; "U.S. State Department" is one organisation.

mod ambiguity;
mod embedded;
mod facts;
mod lookup;
pub(crate) mod symbol;
mod table;
mod trie;
mod user;

use std::collections::HashMap;

pub(crate) use facts::{CountryFacts, OrganisationFacts, PersonFacts, TreatyFacts};
pub use user::GazetteerEntry;

use crate::mention::{EntityKind, Mention, Source};
use crate::span::Span;
use ambiguity::Ambiguity;
use table::{Case, Form};
use trie::{Coded, Trie};

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
    ids: HashMap<(EntityKind, Box<str>), u32>, // kind and identifier to the place in the facts
    bodies: HashMap<Box<str>, u32>,            // an organisation's identifier to its treaty's place
    ambiguity: Ambiguity,
}

/// One name in the trie.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    name: Box<str>,
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
        let coded = self.trie.code(text);
        let mut mentions = Vec::new();
        let mut start = 0;
        while start < coded.symbols.len() {
            match self.longest(text, &coded, start) {
                Some((end, entry)) => {
                    let span = coded.symbols[start].span.cover(coded.symbols[end - 1].span);
                    let is_doubted = self.ambiguity.doubts(text, &coded.symbols, start..end, entry.kind);
                    if !is_doubted {
                        mentions.push(Mention::new(span, entry.kind, entry.score(), Source::Gazetteer));
                    }
                    start = end;
                }
                None => start += 1,
            }
        }
        mentions
    }

    /// The longest acceptable name at symbol `start`: the symbol after it, and its entry.
    fn longest(&self, text: &str, coded: &Coded<'_>, start: usize) -> Option<(usize, &Entry)> {
        let mut longest = None;
        for (end, found) in self.trie.matches(coded, start) {
            let span = coded.symbols[start].span.cover(coded.symbols[end - 1].span);
            let accepted = found.iter().map(|&entry| &self.entries[entry as usize]);
            let accepted = accepted.filter(|entry| entry.is_written(&text[span]));
            if let Some(entry) = accepted.min_by_key(|entry| rank(entry.kind))
                && is_whole(text, span)
            {
                longest = Some((end, entry));
            }
        }
        longest
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

/// Whether no sign that belongs to a word stands at an end of `span`: an address, a hashtag's or a file's name.
fn is_whole(text: &str, span: Span) -> bool {
    let (before, after) = (&text[..span.start()], &text[span.end()..]);
    let is_dotted = after.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
    !before.ends_with(['@', '_', '/', '\\', '.']) && !after.starts_with(['@', '_', '\\', '$']) && !is_dotted
}

impl Entry {
    /// Whether a surface with the name's folded words is a writing of it. A treaty's name is made of common words: in
    /// lower case throughout it names no particular one ("a comprehensive test-ban treaty").
    fn is_written(&self, surface: &str) -> bool {
        let is_generic = self.kind == EntityKind::Treaty && !surface.contains(char::is_uppercase);
        !is_generic && self.case.accepts(&self.name, surface)
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
