//! One organisation under its name, its acronym and its short forms.

use std::collections::HashMap;

use crate::entity::Organisation;
use crate::gazetteer::Gazetteer;
use crate::mention::Mention;
use crate::resolve::person::one_line;
use crate::resolve::spelling::fold;

/// Legal forms that end a company's name and tell nothing of which it is.
const LEGAL_FORMS: &[&str] = &[
    "ab",
    "ag",
    "asa",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "gmbh",
    "inc",
    "incorporated",
    "limited",
    "llc",
    "llp",
    "ltd",
    "nv",
    "oao",
    "ooo",
    "oyj",
    "pao",
    "pjsc",
    "plc",
    "sa",
    "se",
    "spa",
];

/// Words that an acronym leaves out.
const SMALL_WORDS: &[&str] = &["a", "and", "at", "by", "de", "for", "in", "of", "on", "the", "to"];

struct Draft {
    id: Option<String>,
    known: Option<(String, Option<String>)>, // the gazetteer's name and acronym
    mentions: Vec<Mention>,
}

/// The organisations of the mentions, in the order of first mentions.
///
/// Two mentions are one organisation where the gazetteer gives them one identifier, where their folded names are the
/// same but for "the" and a legal form, or where the text defines an acronym in brackets right after a name or before.
pub(super) fn resolve(text: &str, mentions: &[Mention], gazetteer: &Gazetteer) -> Vec<Organisation> {
    let acronyms = defined_acronyms(text, mentions);
    let mut drafts: Vec<Draft> = Vec::new();
    let mut keys: HashMap<String, usize> = HashMap::new(); // a draft's key to its place
    let mut ids: HashMap<String, usize> = HashMap::new(); // and its identifier
    for &mention in mentions {
        let surface = &text[mention.span];
        let long = acronyms.iter().find(|(acronym, _)| acronym == surface).map(|(_, long)| long.as_str());
        let facts = gazetteer.organisation(long.unwrap_or(surface)).or_else(|| gazetteer.organisation(surface));
        let (key, id) = (key(long.unwrap_or(surface)), facts.map(|facts| facts.id.to_string()));
        let by_id = id.as_ref().and_then(|id| ids.get(id)).copied();
        let place = keys.get(&key).copied().into_iter().chain(by_id).min().unwrap_or(drafts.len());
        match drafts.get_mut(place) {
            Some(draft) => draft.mentions.push(mention),
            None => {
                keys.insert(key, place);
                ids.extend(id.clone().map(|id| (id, place)));
                let known = facts.map(|facts| (facts.name.to_string(), facts.acronym.as_ref().map(|a| a.to_string())));
                drafts.push(Draft { id, known, mentions: vec![mention] });
            }
        }
    }
    drafts.into_iter().map(|draft| draft.finish(text, &acronyms)).collect()
}

/// A name folded, without "the" and without its legal form.
fn key(surface: &str) -> String {
    let folded = fold(surface);
    let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    if words.len() > 1 && words[0] == "the" {
        words.remove(0);
    }
    while words.len() > 1 && words.last().is_some_and(|last| LEGAL_FORMS.contains(last)) {
        words.pop();
    }
    words.join(" ")
}

/// The acronyms that the text defines, each with the long name: `Baltic Harbour Council (BHC)` and the reverse.
///
/// After Schwartz and Hearst (2003), for names that the pipeline already found: the letters of the acronym are the
/// initials of the name's words, small words left out or not.
fn defined_acronyms(text: &str, mentions: &[Mention]) -> Vec<(String, String)> {
    let mut defined = Vec::new();
    for pair in mentions.windows(2) {
        let (first, second) = (&text[pair[0].span], &text[pair[1].span]);
        let between = text[pair[0].span.end()..pair[1].span.start()].trim();
        let is_bracketed = between == "(" && text[pair[1].span.end()..].starts_with(')');
        let (long, short) = if first.len() >= second.len() { (first, second) } else { (second, first) };
        if is_bracketed && is_acronym_of(short, long) {
            defined.push((short.to_owned(), long.to_owned()));
        }
    }
    defined
}

fn is_acronym_of(short: &str, long: &str) -> bool {
    let letters: String = short.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let folded = fold(long);
    let initials = |keeps_small: bool| -> String {
        let words = folded.split_whitespace().filter(|word| keeps_small || !SMALL_WORDS.contains(word));
        words.filter_map(|word| word.chars().next()).collect()
    };
    letters.chars().count() >= 2 && (letters == initials(false) || letters == initials(true))
}

impl Draft {
    fn finish(self, text: &str, acronyms: &[(String, String)]) -> Organisation {
        let mut surfaces: Vec<String> = Vec::new();
        for mention in &self.mentions {
            let surface = one_line(&text[mention.span]);
            if !surfaces.contains(&surface) {
                surfaces.push(surface);
            }
        }
        let defined = acronyms.iter().find(|(short, _)| surfaces.contains(short)).map(|(short, _)| short.clone());
        let (name, acronym) = match self.known {
            Some((name, acronym)) => (name, acronym.or(defined)),
            None => {
                let longest = surfaces.iter().rev().max_by_key(|surface| surface.len());
                (longest.cloned().unwrap_or_default(), defined)
            }
        };
        surfaces.retain(|surface| *surface != name);
        Organisation { id: self.id, name, acronym, aliases: surfaces, mentions: self.mentions }
    }
}
