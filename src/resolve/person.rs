//! One person under all spellings: the surname after the full name, the variant spelling, never two of one surname.

use std::collections::{HashMap, HashSet};

use crate::entity::Person;
use crate::gazetteer::Gazetteer;
use crate::mention::Mention;
use crate::resolve::spelling::{fold, is_variant, shared};

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
/// not contradict (an initial or a missing middle name does not). Then a name that is the end of one other joins it
/// ("Von der Leyen", "al-Sisi", "Thomas-Greenfield"). Then each single word joins the one person that has it as a
/// surname, else the one that has it as another name; where several have it, it stays apart.
pub(super) fn resolve(text: &str, mentions: &[Mention], gazetteer: &Gazetteer) -> Vec<Person> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut index = Index::default();
    let words: Vec<Vec<String>> = mentions.iter().map(|mention| words(&text[mention.span])).collect();
    let endings = Endings::of(&words);
    let full = mentions.iter().zip(&words).filter(|(_, words)| words.len() > 1);
    let (ends, whole): (Vec<_>, Vec<_>) = full.partition(|(_, words)| endings.has(words));
    for (mention, words) in whole.into_iter().chain(ends) {
        let id = gazetteer.person(&text[mention.span]).map(|facts| facts.id.to_string());
        let same = index.same(&drafts, words, id.as_deref());
        let place = same.or_else(|| index.longer(&drafts, words, id.as_deref())).unwrap_or(drafts.len());
        match drafts.get_mut(place) {
            Some(draft) => draft.join(*mention, words, id),
            None => drafts.push(Draft { words: words.clone(), id, mentions: vec![*mention] }),
        }
        if mentions.len() > 1 {
            index.add(&drafts[place], words, place);
        }
    }
    for (mention, words) in mentions.iter().zip(&words).filter(|(_, words)| words.len() <= 1) {
        match index.bearer(&drafts, words.first().map_or("", String::as_str)) {
            Some(place) => drafts[place].mentions.push(*mention),
            None => {
                index.add_single(words, drafts.len());
                drafts.push(Draft { words: words.clone(), id: None, mentions: vec![*mention] });
            }
        }
    }
    let mut people: Vec<Person> = drafts.into_iter().map(|draft| draft.finish(text)).collect();
    people.sort_by_key(|person| person.mentions[0].span);
    people
}

/// The ends of two words and more that the names have, so that names without one are not asked for it.
struct Endings<'a>(HashSet<&'a [String]>);

impl<'a> Endings<'a> {
    fn of(names: &'a [Vec<String>]) -> Self {
        Self(names.iter().flat_map(|words| (1..words.len().max(2) - 1).map(|first| &words[first..])).collect())
    }

    fn has(&self, words: &[String]) -> bool {
        self.0.contains(words)
    }
}

/// The words of a name, folded, without dots and suffixes.
fn words(surface: &str) -> Vec<String> {
    let folded = if surface.contains('.') { fold(&surface.replace('.', " ")) } else { fold(surface) };
    let words = folded.split(' ').filter(|word| !word.is_empty() && !SUFFIXES.contains(word));
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

/// Where the persons in the making are that a name can belong to, so that no name is held against all of them.
#[derive(Debug, Default)]
struct Index {
    surnames: HashMap<String, Vec<usize>>, // by what all spellings of the last word share
    others: HashMap<String, Vec<usize>>,   // by each word but the last
    ids: HashMap<String, usize>,
}

impl Index {
    /// The first person that a full name belongs to.
    fn same(&self, drafts: &[Draft], words: &[String], id: Option<&str>) -> Option<usize> {
        let by_id = id.and_then(|id| self.ids.get(id)).copied();
        let bucket = self.surnames.get(&shared(words.last()?)).into_iter().flatten().copied();
        let by_name = bucket.filter(|&place| is_same(&drafts[place], words, id)).min();
        by_id.into_iter().chain(by_name).min()
    }

    /// The one person whose name ends in these words and has more before them.
    fn longer(&self, drafts: &[Draft], words: &[String], id: Option<&str>) -> Option<usize> {
        let is_longer = |place: &usize| {
            let draft = &drafts[*place];
            let is_other = draft.id.as_deref().zip(id).is_some_and(|(known, id)| known != id);
            draft.words.len() > words.len() && draft.words.ends_with(words) && !is_other
        };
        let mut longer =
            self.surnames.get(&shared(words.last()?)).into_iter().flatten().filter(|&place| is_longer(place));
        longer.next().copied().filter(|_| longer.next().is_none())
    }

    fn add(&mut self, draft: &Draft, words: &[String], place: usize) {
        let Some((last, others)) = words.split_last() else { return };
        enter(self.surnames.entry(shared(last)).or_default(), place);
        for word in others {
            enter(self.others.entry(word.clone()).or_default(), place);
        }
        if let Some(id) = &draft.id {
            self.ids.entry(id.clone()).or_insert(place);
        }
    }

    /// Adds a person of whom a single word is known.
    fn add_single(&mut self, words: &[String], place: usize) {
        if let Some(word) = words.first() {
            enter(self.surnames.entry(shared(word)).or_default(), place);
        }
    }

    /// The one person that bears a single name: as the surname, else as any other of the words. Of several whose surnames
    /// are variants of it, the one that has it to the letter, else the one that ends in "a" as it does or as it does not:
    /// "Zelensky" is Zelenskyy and not Zelenska.
    fn bearer(&self, drafts: &[Draft], word: &str) -> Option<usize> {
        let surname = |place: &usize| drafts[*place].words.last().map_or("", String::as_str);
        let known = self.surnames.get(&shared(word)).into_iter().flatten().copied();
        let variants: Vec<usize> = known.filter(|place| is_variant(surname(place), word)).collect();
        if variants.is_empty() {
            return only(self.others.get(word)?);
        }
        let mut nearest = variants.clone();
        nearest.retain(|place| surname(place) == word);
        if nearest.is_empty() {
            nearest.extend(variants.iter().filter(|place| surname(place).ends_with('a') == word.ends_with('a')));
        }
        only(&nearest).or_else(|| only(&variants))
    }
}

fn only(places: &[usize]) -> Option<usize> {
    match *places {
        [place] => Some(place),
        _ => None,
    }
}

/// Enters a place once; places come in rising order or again.
fn enter(places: &mut Vec<usize>, place: usize) {
    if !places.contains(&place) {
        places.push(place);
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
    let mut line = String::with_capacity(surface.len());
    for word in surface.split_whitespace() {
        line.push_str(if line.is_empty() { "" } else { " " });
        line.push_str(word);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mention::{EntityKind, Source};
    use crate::span::Span;

    /// Each person's surfaces, the name first, of names that stand one after another in a text.
    fn people(names: &[&str]) -> Vec<String> {
        let text = names.join("; ");
        let mut start = 0;
        let mentions = names.iter().map(|name| {
            let span = Span::new(start, start + name.len());
            start = span.end() + 2;
            Mention::new(span, EntityKind::Person, 1.0, Source::Model)
        });
        let people = resolve(&text, &mentions.collect::<Vec<_>>(), &Gazetteer::default());
        let surfaces = |person: &Person| {
            let aliases = person.aliases.iter().map(|alias| format!(" = {alias}"));
            person.name.clone() + &aliases.collect::<String>()
        };
        people.iter().map(surfaces).collect()
    }

    #[test]
    fn a_name_that_ends_another_is_the_same_person() {
        assert_eq!(people(&["Ursula von der Leyen", "Von der Leyen"]), ["Ursula von der Leyen = Von der Leyen"]);
        assert_eq!(
            people(&["Thomas-Greenfield", "Linda Thomas-Greenfield"]),
            ["Linda Thomas-Greenfield = Thomas-Greenfield"]
        );
        assert_eq!(people(&["Al-Sisi", "Abdel Fattah al-Sisi", "Sisi"]), ["Abdel Fattah al-Sisi = Al-Sisi = Sisi"]);
        let two = ["Charles de Gaulle", "Pierre de Gaulle", "De Gaulle"];
        assert_eq!(people(&two), two, "of two nobody knows which");
        assert_eq!(people(&["Anna Maria Quist", "Maria Brook"]).len(), 2);
    }

    #[test]
    fn of_two_surnames_that_are_variants_the_nearer_is_meant() {
        let couple = ["Volodymyr Zelenskyy", "Olena Zelenska"];
        assert_eq!(people(&[couple[0], couple[1], "Zelensky"])[0], "Volodymyr Zelenskyy = Zelensky");
        assert_eq!(people(&[couple[0], couple[1], "Zelenska"])[1], "Olena Zelenska = Zelenska");
        assert_eq!(people(&["Alexander Lukashenko", "Lukashenka"]).len(), 1);
        assert_eq!(people(&["George Bush", "Barbara Bush", "Bush"]).len(), 3);
    }
}
