//! People by the title before their name: "Prime Minister Ana Müller", "spokesman Ned Price".

use crate::gazetteer::symbol::{self, Shape, Symbol};
use crate::mention::{EntityKind, Mention, Source};

/// The share of such mentions that were right on the annotated sentences that the gazetteer's scores were measured on.
const SCORE: f32 = 0.9;

/// Titles and roles whose bearer's name follows them.
const TITLES: &[&str] = &[
    "Admiral",
    "Ambassador",
    "Archbishop",
    "Ayatollah",
    "Bishop",
    "Brigadier",
    "Capt",
    "Captain",
    "Cardinal",
    "Chairman",
    "Chancellor",
    "Chairwoman",
    "Chief",
    "Col",
    "Colonel",
    "Commissioner",
    "Congressman",
    "Congresswoman",
    "Dr",
    "Gen",
    "General",
    "Gov",
    "Governor",
    "Imam",
    "Judge",
    "Justice",
    "King",
    "Lt",
    "Maj",
    "Major",
    "Mayor",
    "Minister",
    "Miss",
    "Mr",
    "Mrs",
    "Ms",
    "Mullah",
    "Pope",
    "Premier",
    "President",
    "Prince",
    "Princess",
    "Prof",
    "Professor",
    "Queen",
    "Rabbi",
    "Rep",
    "Representative",
    "Rev",
    "Reverend",
    "Secretary",
    "Sen",
    "Senator",
    "Sergeant",
    "Sgt",
    "Sheik",
    "Sheikh",
    "Sir",
    "Speaker",
    "Sultan",
    "Emir",
    "Crown",
    "Marshal",
    "Senator",
    "spokesman",
    "spokeswoman",
    "spokesperson",
    "journalist",
    "lawyer",
    "activist",
    "analyst",
    "reporter",
    "businessman",
    "politician",
];

/// Titles after which a single word is a name too.
const SINGLE: &[&str] = &[
    "Mr",
    "Mrs",
    "Ms",
    "Dr",
    "President",
    "Chancellor",
    "Premier",
    "Senator",
    "Sen",
    "Gen",
    "General",
    "Pope",
    "Judge",
    "Sheikh",
];

/// Particles inside a name.
const PARTICLES: &[&str] = &[
    "al", "bin", "ibn", "bint", "da", "de", "del", "der", "di", "dos", "du", "el", "ter", "ul", "van", "von", "la",
    "le", "ben", "abu",
];

/// Capitalised words that end a name or are none.
const STOPS: &[&str] = &[
    "Affairs",
    "And",
    "April",
    "August",
    "Bank",
    "Council",
    "December",
    "Defence",
    "Defense",
    "Deputy",
    "Election",
    "February",
    "Finance",
    "Foreign",
    "Friday",
    "General",
    "House",
    "In",
    "Interior",
    "January",
    "July",
    "June",
    "March",
    "May",
    "Minister",
    "Ministry",
    "Monday",
    "November",
    "October",
    "Of",
    "Office",
    "On",
    "Prime",
    "Saturday",
    "Secretary",
    "September",
    "State",
    "Sunday",
    "The",
    "Thursday",
    "Tuesday",
    "Wednesday",
    "President",
    "Security",
    "Court",
    "Justice",
    "Executive",
    "Army",
    "Party",
    "Republic",
    "He",
    "She",
    "It",
    "But",
    "I",
    "A",
    "As",
    "At",
    "For",
    "Who",
    "Has",
    "Says",
    "Said",
    "To",
    "Is",
    "Was",
    "Elect",
    "Emeritus",
    "Designate",
    "Vice",
    "United",
    "National",
    "Minister",
    "Union",
    "Government",
];

/// The people in `text` whose title stands before their name, sorted and disjoint; the title stays outside.
pub(crate) fn find(text: &str) -> Vec<Mention> {
    let symbols: Vec<Symbol<'_>> = symbol::symbols(text).collect();
    let mut mentions: Vec<Mention> = Vec::new();
    let mut at = 0;
    while at < symbols.len() {
        let Some(title) = word(&symbols, at).filter(|word| TITLES.contains(word)) else {
            at += 1;
            continue;
        };
        let mut first = at + 1;
        if matches!(symbols.get(first).map(|symbol| symbol.shape), Some(Shape::Mark('.'))) && title.len() <= 4 {
            first += 1;
        }
        let end = name_end(text, &symbols, first);
        let is_enough = end > first + 1 || (end == first + 1 && SINGLE.contains(&title));
        if is_enough {
            let span = symbols[first].span.cover(symbols[end - 1].span);
            mentions.push(Mention::new(span, EntityKind::Person, SCORE, Source::Grammar));
        }
        at = end.max(at + 1);
    }
    mentions
}

fn word<'a>(symbols: &[Symbol<'a>], at: usize) -> Option<&'a str> {
    match symbols.get(at)?.shape {
        Shape::Word(word) => Some(word),
        _ => None,
    }
}

/// The symbol after the name that starts at `first`; `first` where none does.
fn name_end(text: &str, symbols: &[Symbol<'_>], first: usize) -> usize {
    let mut end = first;
    let mut at = first;
    while at < symbols.len() && at < first + 6 {
        let gap = symbols[at].span.start() - symbols[at - 1].span.end();
        let is_initial_stop =
            symbols[at].shape == Shape::Mark('.') && at > first && text[symbols[at - 1].span].chars().count() == 1;
        if is_initial_stop && gap == 0 {
            at += 1;
            continue;
        }
        let Some(word) = word(symbols, at).filter(|_| gap <= 1) else { break };
        if is_name_word(word) {
            end = at + 1;
        } else if !PARTICLES.contains(&word) {
            break;
        }
        at += 1;
    }
    end
}

fn is_name_word(word: &str) -> bool {
    let is_capitalised = word.starts_with(char::is_uppercase) && !STOPS.contains(&word);
    let is_acronym = word.len() > 1 && !word.contains(char::is_lowercase);
    is_capitalised && !is_acronym
}
