//! The rules that doubt a listed name by the words around it, read from `ambiguity.tsv`.
//!
//! "French fries" names no nationality, "Michael Jordan" no country, "Bank of Ghana" is more than Ghana.

use std::collections::HashMap;
use std::ops::Range;

use crate::error::{Error, ErrorKind};
use crate::gazetteer::symbol::{self, Shape, Symbol};
use crate::gazetteer::table;
use crate::mention::EntityKind;

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

    /// Whether the name at `name` among the symbols is doubted.
    pub(super) fn doubts(&self, text: &str, symbols: &[Symbol<'_>], name: Range<usize>, kind: EntityKind) -> bool {
        let is_place = matches!(kind, EntityKind::Country | EntityKind::Nationality | EntityKind::Location);
        let every = match kind {
            EntityKind::Treaty => TREATY,
            _ if is_place => EVERY,
            _ => return false,
        };
        let span = symbols[name.start].span.cover(symbols[name.end - 1].span);
        let own = self.rules.get(&folded(&text[span])).into_iter().flatten();
        let every = self.rules.get(every).into_iter().flatten();
        own.chain(every).any(|rule| match rule {
            Rule::Next(phrases) => phrases.iter().any(|phrase| phrase.follows(text, symbols, name.end)),
            Rule::Dated(phrases) => {
                is_year(symbols, name.start) && phrases.iter().any(|phrase| phrase.follows(text, symbols, name.end))
            }
            Rule::Near(words) => is_near_any(symbols, &name, words),
            Rule::Previous(phrases) => phrases.iter().any(|phrase| phrase.precedes(text, symbols, name.start)),
            Rule::Person(allowed) => is_personal(text, symbols, &name, allowed),
        })
    }
}

impl Phrase {
    fn new(phrase: &str) -> Self {
        Self { words: phrase.split(' ').map(str::to_owned).collect() }
    }

    fn follows(&self, text: &str, symbols: &[Symbol<'_>], end: usize) -> bool {
        end + self.words.len() <= symbols.len()
            && is_near(text, symbols, end)
            && self.words.iter().zip(&symbols[end..]).all(|(word, symbol)| is_word(symbol, word))
    }

    fn precedes(&self, text: &str, symbols: &[Symbol<'_>], start: usize) -> bool {
        let Some(first) = start.checked_sub(self.words.len()) else { return false };
        is_near(text, symbols, start)
            && self.words.iter().zip(&symbols[first..]).all(|(word, symbol)| is_word(symbol, word))
    }
}

/// Whether only one space or hyphen parts symbol `i` from the one before.
fn is_near(text: &str, symbols: &[Symbol<'_>], i: usize) -> bool {
    i > 0 && symbols[i].span.start() - symbols[i - 1].span.end() <= 1 && !text[symbols[i - 1].span].ends_with('.')
}

/// Whether one of `words` stands near the name.
fn is_near_any(symbols: &[Symbol<'_>], name: &Range<usize>, words: &[String]) -> bool {
    let around = name.start.saturating_sub(NEAR)..symbols.len().min(name.end + NEAR);
    symbols[around].iter().any(|symbol| words.iter().any(|word| is_word(symbol, word)))
}

/// Whether a year stands before symbol `start`, or the end of a range of years.
fn is_year(symbols: &[Symbol<'_>], start: usize) -> bool {
    let Some(Shape::Word(word)) = start.checked_sub(1).map(|before| symbols[before].shape) else { return false };
    matches!(word.len(), 2 | 4) && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_word(symbol: &Symbol<'_>, expected: &str) -> bool {
    matches!(symbol.shape, Shape::Word(word) if word == expected || is_shouted(word, expected))
}

fn is_shouted(word: &str, expected: &str) -> bool {
    word.len() > 1 && !word.contains(char::is_lowercase) && word.eq_ignore_ascii_case(expected)
}

/// Whether a capitalised word beside the name makes it a person's.
fn is_personal(text: &str, symbols: &[Symbol<'_>], name: &Range<usize>, allowed: &[String]) -> bool {
    let capitalised = |i: usize| match symbols.get(i)?.shape {
        Shape::Word(word) if word.starts_with(char::is_uppercase) => Some(word),
        _ => None,
    };
    let is_allowed = |word: &str| allowed.iter().any(|other| other == word);
    let next = capitalised(name.end).filter(|_| is_near(text, symbols, name.end));
    if next.is_some_and(|word| !is_allowed(word)) {
        return true;
    }
    let Some(before) = name.start.checked_sub(1) else { return false };
    let opens = before == 0
        || matches!(symbols[before - 1].shape, Shape::Break | Shape::Mark('.' | '!' | '?' | '"' | '“' | ':'));
    let previous = capitalised(before).filter(|_| is_near(text, symbols, name.start) && !opens);
    previous.is_some_and(|word| !is_allowed(word))
}

fn folded(name: &str) -> String {
    let mut folded = String::new();
    for symbol in symbol::symbols(name) {
        if !folded.is_empty() {
            folded.push(' ');
        }
        match symbol.shape {
            Shape::Word(word) => symbol::fold_into(word, &mut folded),
            Shape::Mark(mark) => folded.push(mark),
            Shape::Break => {}
        }
    }
    folded
}
