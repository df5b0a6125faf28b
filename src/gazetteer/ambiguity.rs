//! The rules that doubt a listed name by the words around it, read from `ambiguity.tsv`.
//!
//! "French fries" names no nationality, "Michael Jordan" no country, "Bank of Ghana" is more than Ghana.

use std::collections::HashMap;
use std::ops::Range;

use crate::error::{Error, ErrorKind};
use crate::gazetteer::table;
use crate::mention::EntityKind;
use crate::word::{self, Gap, Words};

/// The rules by the folded name that they are about; those of every place's name stand under "*".
#[derive(Debug, Clone, Default)]
pub(super) struct Ambiguity {
    rules: HashMap<String, Vec<Rule>>,
}

#[derive(Debug, Clone)]
enum Rule {
    /// None of the phrases may follow.
    Next(Vec<Phrase>),
    /// None of the phrases may follow where a year stands before.
    Dated(Vec<Phrase>),
    /// None of the phrases may stand before.
    Previous(Vec<Phrase>),
    /// None of the words may stand within [`NEAR`] words.
    Near(Vec<String>),
    /// No capitalised word but these may stand beside the name.
    Person(Vec<String>),
}

/// Words in a row.
#[derive(Debug, Clone)]
struct Phrase {
    words: Vec<String>,
}

/// How many words and marks to each side are looked at for what tells one Georgia from the other: a sentence or so.
const NEAR: usize = 30;

/// The names under which the rules for every place and for every treaty stand.
const EVERY: &str = "*";
const TREATY: &str = "treaty";

impl Ambiguity {
    /// Reads the table of rules.
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        let mut rules: HashMap<String, Vec<Rule>> = HashMap::new();
        for row in table::rows(text, &["name", "rule", "words"], 3)? {
            let words: Vec<&str> = row.cell(2).split('|').collect();
            let phrases = || words.iter().map(|phrase| Phrase::new(phrase)).collect();
            let rule = match row.cell(1) {
                "next" => Rule::Next(phrases()),
                "dated" => Rule::Dated(phrases()),
                "previous" => Rule::Previous(phrases()),
                "near" => Rule::Near(words.iter().map(|&word| word.to_owned()).collect()),
                "person" => Rule::Person(words.iter().map(|&word| word.to_owned()).collect()),
                other => {
                    let expected = "next, dated, previous, near or person";
                    let place = format!("line {}: rule", row.line);
                    return Err(Error::new(ErrorKind::Format, place, expected, format!("{other:?}")));
                }
            };
            rules.entry(folded(row.cell(0))).or_default().push(rule);
        }
        Ok(Self { rules })
    }

    /// Whether the words `name` of a text, a listed name of `kind`, are doubted.
    pub(super) fn doubts(&self, words: &Words<'_>, name: &Range<usize>, kind: EntityKind) -> bool {
        let is_place = matches!(kind, EntityKind::Country | EntityKind::Nationality | EntityKind::Location);
        let every = match kind {
            EntityKind::Treaty => TREATY,
            _ if is_place => EVERY,
            _ => return false,
        };
        let own = self.rules.get(&folded(&words.text[words.span(name.start, name.end)])).into_iter().flatten();
        let every = self.rules.get(every).into_iter().flatten();
        own.chain(every).any(|rule| match rule {
            Rule::Next(phrases) => phrases.iter().any(|phrase| phrase.follows(words, name.end)),
            Rule::Dated(phrases) => {
                is_year(words, name.start) && phrases.iter().any(|phrase| phrase.follows(words, name.end))
            }
            Rule::Near(others) => is_near_any(words, name, others),
            Rule::Previous(phrases) => phrases.iter().any(|phrase| phrase.precedes(words, name.start)),
            Rule::Person(allowed) => is_personal(words, name, allowed),
        })
    }
}

impl Phrase {
    fn new(phrase: &str) -> Self {
        Self { words: phrase.split(' ').map(str::to_owned).collect() }
    }

    fn follows(&self, words: &Words<'_>, end: usize) -> bool {
        is_joined(words, end) && self.words.iter().enumerate().all(|(i, word)| is_word(words.at(end + i), word))
    }

    fn precedes(&self, words: &Words<'_>, start: usize) -> bool {
        let Some(first) = start.checked_sub(self.words.len()) else { return false };
        is_joined(words, start) && self.words.iter().enumerate().all(|(i, word)| is_word(words.at(first + i), word))
    }
}

/// Whether one space or hyphen parts word `i` from the one before.
fn is_joined(words: &Words<'_>, i: usize) -> bool {
    matches!(words.gap(i), Gap::Space | Gap::Line | Gap::Hyphen)
        || (words.gap(i) == Gap::Stop && words.is_initial(i - 1)) // U.S. Army
}

/// Whether a year stands before word `start`, or the end of a range of years.
fn is_year(words: &Words<'_>, start: usize) -> bool {
    let word = start.checked_sub(1).map_or("", |before| words.at(before));
    matches!(word.len(), 2 | 4) && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_near_any(words: &Words<'_>, name: &Range<usize>, others: &[String]) -> bool {
    let beside = (name.start.saturating_sub(NEAR)..name.start).chain(name.end..name.end + NEAR);
    beside.filter(|&i| words.is_capitalised(i)).any(|i| others.iter().any(|other| other == words.at(i)))
}

fn is_word(word: &str, expected: &str) -> bool {
    word == expected || is_shouted(word, expected)
}

fn is_shouted(word: &str, expected: &str) -> bool {
    word.len() > 1 && !word.contains(char::is_lowercase) && word.eq_ignore_ascii_case(expected)
}

/// Whether a capitalised word beside the name makes it a person's.
fn is_personal(words: &Words<'_>, name: &Range<usize>, allowed: &[String]) -> bool {
    let is_other = |i: usize| words.is_capitalised(i) && !allowed.iter().any(|word| word == words.at(i));
    let is_beside = |i: usize| matches!(words.gap(i), Gap::Space | Gap::Hyphen);
    if is_beside(name.end) && is_other(name.end) {
        return true;
    }
    let Some(before) = name.start.checked_sub(1) else { return false };
    is_beside(name.start) && is_other(before) && !words.opens(before)
}

fn folded(name: &str) -> String {
    let mut folded = String::new();
    for (i, word) in Words::of(name).as_slice().iter().enumerate() {
        if i > 0 {
            folded.push(' ');
        }
        word::fold_into(&name[word.span], &mut folded);
    }
    if folded.is_empty() { name.to_owned() } else { folded }
}
