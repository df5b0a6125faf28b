//! One person under all spellings: the surname after the full name, the variant spelling, never two of one surname.

use crate::entity::Person;
use crate::gazetteer::Gazetteer;
use crate::mention::Mention;
use crate::resolve::spelling::{fold, is_variant};

/// Words that end a name and tell nothing of who it is.
const SUFFIXES: &[&str] = &["jr", "sr", "ii", "iii", "iv"];

/// A person in the making: the words of the fullest name, folded.
struct Draft {
    words: Vec<String>,
    id: Option<String>,
    mentions: Vec<Mention>,
}

/// The people of the mentions, in the order of first mentions.
///
/// Full names come first: two are one person where the surnames are variants of one spelling and the given names do
/// not contradict (an initial or a missing middle name does not). Then each single word joins the one person that has
/// it as a surname, else the one that has it as another name; where several have it, it stays apart.
pub(super) fn resolve(text: &str, mentions: &[Mention], gazetteer: &Gazetteer) -> Vec<Person> {
    let mut drafts: Vec<Draft> = Vec::new();
    let words: Vec<Vec<String>> = mentions.iter().map(|mention| words(&text[mention.span])).collect();
    for (mention, words) in mentions.iter().zip(&words).filter(|(_, words)| words.len() > 1) {
        let id = gazetteer.person(&text[mention.span]).map(|facts| facts.id.to_string());
        match drafts.iter_mut().find(|draft| is_same(draft, words, id.as_deref())) {
            Some(draft) => draft.join(*mention, words, id),
            None => drafts.push(Draft { words: words.clone(), id, mentions: vec![*mention] }),
        }
    }
    for (mention, words) in mentions.iter().zip(&words).filter(|(_, words)| words.len() <= 1) {
        match bearer(&drafts, words.first().map_or("", String::as_str)) {
            Some(place) => drafts[place].mentions.push(*mention),
            None => drafts.push(Draft { words: words.clone(), id: None, mentions: vec![*mention] }),
        }
    }
    let mut people: Vec<Person> = drafts.into_iter().map(|draft| draft.finish(text)).collect();
    people.sort_by_key(|person| person.mentions[0].span);
    people
}

/// The words of a name, folded, without dots and suffixes.
fn words(surface: &str) -> Vec<String> {
    let folded = fold(&surface.replace('.', " "));
    let words = folded.split_whitespace().filter(|word| !SUFFIXES.contains(word));
    words.map(str::to_owned).collect()
}

fn is_same(draft: &Draft, words: &[String], id: Option<&str>) -> bool {
    if let (Some(known), Some(id)) = (draft.id.as_deref(), id) {
        return known == id;
    }
    let (Some((last, given)), Some((other_last, other_given))) = (words.split_last(), draft.words.split_last()) else {
        return false;
    };
    if draft.words.len() == 1 || words.len() == 1 || !is_variant(last, other_last) {
        return false;
    }
    agree(&given[0], &other_given[0]) && middles_agree(&given[1..], &other_given[1..])
}

/// Whether two given names may be one: equal, variants, or one the initial of the other.
fn agree(a: &str, b: &str) -> bool {
    let is_initial = |short: &str, long: &str| short.chars().count() == 1 && long.starts_with(short);
    is_variant(a, b) || is_initial(a, b) || is_initial(b, a)
}

/// Middle names agree where one side has none or each pair agrees.
fn middles_agree(a: &[String], b: &[String]) -> bool {
    a.is_empty() || b.is_empty() || (a.len() == b.len() && a.iter().zip(b).all(|(a, b)| agree(a, b)))
}

/// The one person that bears a single name: as the surname, else as any other of the words.
fn bearer(drafts: &[Draft], word: &str) -> Option<usize> {
    let single = |is_borne: &dyn Fn(&Draft) -> bool| {
        let mut bearers = drafts.iter().enumerate().filter(|(_, draft)| is_borne(draft));
        let first = bearers.next().map(|(place, _)| place);
        (first, bearers.next().is_some())
    };
    let by_surname = single(&|draft| draft.words.last().is_some_and(|last| is_variant(last, word)));
    let by_other = single(&|draft| draft.words.iter().rev().skip(1).any(|other| other == word));
    match (by_surname, by_other) {
        ((Some(place), false), _) => Some(place),
        ((None, _), (Some(place), false)) => Some(place),
        _ => None,
    }
}

impl Draft {
    fn join(&mut self, mention: Mention, words: &[String], id: Option<String>) {
        if words.len() > self.words.len() {
            self.words = words.to_vec();
        }
        self.id = self.id.take().or(id);
        self.mentions.push(mention);
    }

    /// The person: the name is the surface with the most words, the first of them; the other surfaces are aliases.
    fn finish(mut self, text: &str) -> Person {
        self.mentions.sort_by_key(|mention| mention.span);
        let mut surfaces: Vec<&str> = Vec::new();
        for mention in &self.mentions {
            let surface = &text[mention.span];
            if !surfaces.contains(&surface) {
                surfaces.push(surface);
            }
        }
        let fullest = surfaces.iter().rev().max_by_key(|surface| surface.split_whitespace().count());
        let name = fullest.map_or(String::new(), |name| one_line(name));
        let mut aliases: Vec<String> = Vec::new();
        for alias in surfaces.into_iter().map(one_line) {
            if alias != name && !aliases.contains(&alias) {
                aliases.push(alias);
            }
        }
        Person { id: self.id, name, aliases, mentions: self.mentions }
    }
}

/// A surface with each run of white space as one space: names wrap over lines.
pub(super) fn one_line(surface: &str) -> String {
    surface.split_whitespace().collect::<Vec<_>>().join(" ")
}
