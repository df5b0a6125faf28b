//! The rules that doubt a listed name by the words around it, read from `ambiguity.tsv`.
//!
//! "French fries" names no nationality, "Michael Jordan" no country, "Bank of Ghana" is more than Ghana.

use std::collections::HashMap;
use std::ops::Range;

use crate::error::{Error, ErrorKind};
use crate::gazetteer::table;
use crate::mention::EntityKind;
use crate::word::{self, Gap, Words};

/// The rules: those of single names, by the folded name, and those of kinds.
#[derive(Debug, Clone, Default)]
pub(super) struct Ambiguity {
    rules: HashMap<String, Vec<Rule>>,
    places: Vec<Rule>,
    peoples: Vec<Rule>,
    treaties: Vec<Rule>,
    people: Vec<Rule>,
    organisations: Vec<Rule>,
}

#[derive(Debug, Clone)]
enum Rule {
    /// None of the phrases may follow.
    Next(Phrases),
    /// None of the phrases may follow where a year stands before.
    Dated(Phrases),
    /// None of the phrases may stand before.
    Previous(Phrases),
    /// None of the words may stand within [`NEAR`] words.
    Near(Vec<String>),
    /// No capitalised word but these may stand beside the name.
    Person(Vec<String>),
    /// None of the words may stand before where nothing that has the name's quality follows.
    Language(Vec<String>),
}

/// Phrases, sorted by the hash of the word next to the name.
#[derive(Debug, Clone)]
struct Phrases {
    bits: [u64; 1 << 4], // one for the hash of each word next to the name: most words of a text end here
    phrases: Vec<(u64, Vec<String>)>,
}

/// How many words to each side are looked at for what tells one Georgia from the other: a sentence or so.
const NEAR: usize = 30;

/// The names under which the rules for every name of a kind stand.
const PLACES: &str = "*";
const PEOPLES: &str = "nationality";
const TREATIES: &str = "treaty";
const PEOPLE: &str = "person";
const ORGANISATIONS: &str = "organisation";

impl Ambiguity {
    /// Reads the table of rules.
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        let mut ambiguity = Self::default();
        for row in table::rows(text, &["name", "rule", "words"], 3)? {
            let row = row?;
            let phrases = row.cell(2).split('|').map(|phrase| phrase.split(' ').map(str::to_owned).collect());
            let words = || row.cell(2).split('|').map(str::to_owned).collect();
            let rule = match row.cell(1) {
                "next" => Rule::Next(Phrases::new(phrases, |phrase| &phrase[0])),
                "dated" => Rule::Dated(Phrases::new(phrases, |phrase| &phrase[0])),
                "previous" => Rule::Previous(Phrases::new(phrases, |phrase| &phrase[phrase.len() - 1])),
                "near" => Rule::Near(words()),
                "person" => Rule::Person(words()),
                "language" => Rule::Language(words()),
                other => {
                    let expected = "next, dated, previous, near, person or language";
                    let place = format!("line {}: rule", row.line);
                    return Err(Error::new(ErrorKind::Format, place, expected, format!("{other:?}")));
                }
            };
            match row.cell(0) {
                PLACES => ambiguity.places.push(rule),
                PEOPLES => ambiguity.peoples.push(rule),
                TREATIES => ambiguity.treaties.push(rule),
                PEOPLE => ambiguity.people.push(rule),
                ORGANISATIONS => ambiguity.organisations.push(rule),
                name => ambiguity.rules.entry(folded(name)).or_default().push(rule),
            }
        }
        Ok(ambiguity)
    }

    /// The names that have rules of their own, folded, in no order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.rules.keys().map(String::as_str)
    }

    /// Whether the words `at` of a text, a listed name of `kind`, are doubted; `has_rules` where the name has some of its
    /// own.
    pub(super) fn doubts(&self, words: &Words<'_>, at: &Range<usize>, kind: EntityKind, has_rules: bool) -> bool {
        let of_kind: [&[Rule]; 2] = match kind {
            EntityKind::Treaty => [&self.treaties, &[]],
            EntityKind::Country | EntityKind::Location => [&self.places, &[]],
            EntityKind::Nationality => [&self.places, &self.peoples],
            EntityKind::Person => [&self.people, &[]],
            EntityKind::Organisation => [&self.organisations, &[]],
        };
        let name = has_rules.then(|| folded(&words.text[words.span(at.start, at.end)]));
        let own = name.and_then(|name| self.rules.get(&name)).into_iter().flatten();
        own.chain(of_kind.into_iter().flatten()).any(|rule| rule.doubts(words, at))
    }

    /// Whether a phrase beside the words `at` says that their name is none here: a "guinea pig" is none of Guinea. Such a
    /// rule is about one name and certain, unlike those that only doubt.
    pub(super) fn rejects(&self, words: &Words<'_>, at: &Range<usize>) -> bool {
        let rules = self.rules.get(&folded(&words.text[words.span(at.start, at.end)]));
        let is_phrase = |rule: &&Rule| matches!(rule, Rule::Next(_) | Rule::Previous(_));
        rules.into_iter().flatten().filter(is_phrase).any(|rule| rule.doubts(words, at))
    }
}

impl Rule {
    fn doubts(&self, words: &Words<'_>, at: &Range<usize>) -> bool {
        match self {
            Self::Next(phrases) => phrases.follow(words, at.end),
            Self::Dated(phrases) => is_year(words, at.start) && phrases.follow(words, at.end),
            Self::Previous(phrases) => phrases.precede(words, at.start),
            Self::Near(others) => is_near_any(words, at, others),
            Self::Person(allowed) => is_personal(words, at, allowed),
            Self::Language(before) => is_language(words, at, before),
        }
    }
}

impl Phrases {
    fn new(phrases: impl Iterator<Item = Vec<String>>, key: impl Fn(&[String]) -> &str) -> Self {
        let mut phrases: Vec<_> = phrases.map(|phrase| (word::hash(key(&phrase).as_bytes()), phrase)).collect();
        phrases.sort_unstable();
        let mut bits = [0; 1 << 4];
        for (hash, _) in &phrases {
            bits[cell(*hash)] |= 1 << (hash % 64);
        }
        Self { bits, phrases }
    }

    fn follow(&self, words: &Words<'_>, end: usize) -> bool {
        is_joined(words, end) && self.stand(words, end, |_| Some(end))
    }

    fn precede(&self, words: &Words<'_>, start: usize) -> bool {
        start > 0 && is_joined(words, start) && self.stand(words, start - 1, |length| start.checked_sub(length))
    }

    /// Whether a phrase stands where `first` says for its length; the word at `key` is the one it is listed under.
    fn stand(&self, words: &Words<'_>, key: usize, first: impl Fn(usize) -> Option<usize>) -> bool {
        let hash = words.hash(key);
        if self.bits[cell(hash)] >> (hash % 64) & 1 == 0 {
            return false;
        }
        let listed = &self.phrases[self.phrases.partition_point(|&(listed, _)| listed < hash)..];
        listed.iter().take_while(|&&(listed, _)| listed == hash).any(|(_, phrase)| {
            let first = first(phrase.len());
            first.is_some_and(|first| phrase.iter().enumerate().all(|(i, word)| is_word(words.at(first + i), word)))
        })
    }
}

/// Where the bit of a hash stands.
fn cell(hash: u64) -> usize {
    (hash >> 6) as usize % (1 << 4)
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

/// What follows a language that a text is in, and no noun: "released in Spanish as …".
const AFTER_LANGUAGE: &[&str] = &["as", "at", "but", "by", "for", "from", "is", "on", "since", "to", "was", "with"];

/// Whether a name stands for a language: after one of the words `before`, alone or with others joined to it, and before
/// nothing that it could qualify ("in Spanish or Portuguese.", but "in Spanish and Portuguese hands"); or before a colon
/// in a bracket ("(Turkish: …").
fn is_language(words: &Words<'_>, name: &Range<usize>, before: &[String]) -> bool {
    let is_joint = |i: usize| matches!(words.at(i), "and" | "or");
    let (mut first, mut end) = (name.start, name.end);
    if words.text[words.span(first, end).end()..].starts_with(": ") {
        return matches!(words.gap(first), Gap::Bracket | Gap::Comma);
    }
    while first > 1 && is_joint(first - 1) && words.is_capitalised(first - 2) {
        first -= 2;
    }
    while is_joint(end) && words.is_capitalised(end + 1) {
        end += 2;
    }
    let is_after = first > 0 && is_joined(words, first) && before.iter().any(|word| word == words.at(first - 1));
    is_after && (end >= words.len() || !is_joined(words, end) || AFTER_LANGUAGE.contains(&words.at(end)))
}

fn folded(name: &str) -> String {
    let mut folded = String::new();
    for (i, word) in Words::of(name).as_slice().iter().enumerate() {
        if i > 0 {
            folded.push(' ');
        }
        word::fold_into(&name[word.span], &mut folded);
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubts(table: &str, text: &str, name: &str, kind: EntityKind) -> bool {
        let ambiguity = Ambiguity::read(&format!("name\trule\twords\n{table}")).unwrap();
        let words = Words::of(text);
        let start = words.first_from(text.find(name).unwrap());
        ambiguity.doubts(&words, &(start..start + 1), kind, true)
    }

    #[test]
    fn each_rule_has_its_limit() {
        let table = "Jordan\tnext\tRiver|Valley\n*\tprevious\tBank of\n*\tdated\tcensus\nMali\tperson\tPresident\n\
            Georgia\tnear\tAtlanta\ntreaty\tnext\tFund";
        let cases = [
            ("the Jordan River", "Jordan", true),
            ("THE JORDAN RIVER", "JORDAN", true),
            ("the Jordan, River", "Jordan", false),
            ("the Bank of Ghana", "Ghana", true),
            ("Bank. Of Ghana", "Ghana", false),
            ("the 2010 Ghana census", "Ghana", true),
            ("the Ghana census", "Ghana", false),
            ("of Anna Mali", "Mali", true),
            ("of Mali Anna", "Mali", true),
            ("Yet Mali President Doe", "Mali", false),
            ("Georgia, north of Atlanta", "Georgia", true),
            ("Georgia, north of Armenia", "Georgia", false),
        ];
        for (text, name, expected) in cases {
            assert_eq!(doubts(table, text, name, EntityKind::Country), expected, "{text}");
        }
        let table = "nationality\tlanguage\tin|into";
        for (text, name, expected) in [
            ("It came out in Spanish.", "Spanish", true),
            ("in Spanish or Portuguese as a book", "Portuguese", true),
            ("in Spanish and Portuguese hands", "Spanish", false),
            ("in Spanish hands", "Spanish", false),
            ("by Spanish, then", "Spanish", false),
            ("the wall (Spanish: muro)", "Spanish", true),
            ("He met the Spanish: they left", "Spanish", false),
        ] {
            assert_eq!(doubts(table, text, name, EntityKind::Nationality), expected, "{text}");
        }
        let table = "treaty\tnext\tFund";
        assert!(doubts(table, "the Kyoto Fund", "Kyoto", EntityKind::Treaty));
        assert!(!doubts(table, "the Kyoto Fund", "Kyoto", EntityKind::Organisation));
    }

    #[test]
    fn a_phrase_rejects_a_name_and_a_doubt_does_not() {
        let table = "Guinea\tnext\tpig\nGuinea\tperson\tPresident\n*\tprevious\tBank of";
        let ambiguity = Ambiguity::read(&format!("name\trule\twords\n{table}")).unwrap();
        for (text, expected) in
            [("a guinea pig", true), ("Anna Guinea", false), ("Bank of Guinea", false), ("a pig", false)]
        {
            let words = Words::of(text);
            let last = words.len() - usize::from(expected);
            assert_eq!(ambiguity.rejects(&words, &(last - 1..last)), expected, "{text}");
        }
    }

    #[test]
    fn an_unknown_rule_is_named() {
        let error = Ambiguity::read("name\trule\twords\nChad\tsometimes\tx").unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 2: rule: expected next, dated, previous, near, person or language, found \"sometimes\""
        );
    }
}
