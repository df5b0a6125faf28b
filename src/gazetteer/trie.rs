//! All names in one tree of words: a text is scanned once, and every name that starts at a word is found.
//!
//! A word that begins no name costs one look into the vocabulary, so most of a text costs just that. Both tables are
//! open addressing over flat vectors: they are filled in milliseconds at start and hold no pointer.

use crate::span::Span;
use crate::word::{self, Gap, Word, Words, hash};

/// The number of a word that stands in some name, from 1 on.
type Code = u32;

/// The code of what stands in no name.
const UNKNOWN: Code = 0;

/// The names, as a tree whose edges are words and what stands before them.
#[derive(Debug, Default, Clone)]
pub(crate) struct Trie {
    vocabulary: Vocabulary,
    first: Vec<u32>, // by code: the node of the names that begin with the word, 0 where none does
    edges: Edges,
    ends: Vec<Vec<u32>>, // by node: the entries whose name ends here
}

/// A text's words with their codes, ready to be matched.
#[derive(Debug)]
pub(crate) struct Coded<'a> {
    pub(crate) words: &'a Words<'a>,
    codes: Vec<Code>,
}

impl Trie {
    /// Adds a name that `entry` stands for.
    pub(crate) fn insert(&mut self, name: &str, entry: u32) {
        if self.ends.is_empty() {
            self.ends.push(Vec::new()); // node 0 is none
            self.first.push(0);
        }
        let words = Words::of(name);
        let mut folded = String::new();
        let mut node = 0;
        for i in 0..words.len() {
            folded.clear();
            word::fold_into(words.at(i), &mut folded);
            let code = self.vocabulary.insert(&folded);
            self.first.resize(self.vocabulary.spans.len() + 1, 0);
            let next = self.ends.len() as u32;
            node = if i == 0 {
                let first = &mut self.first[code as usize];
                *first = if *first == 0 { next } else { *first };
                *first
            } else {
                self.edges.get_or_insert(edge(node, joint(&words, i), code), next)
            };
            if node == next {
                self.ends.push(Vec::new());
            }
        }
        if node != 0 {
            self.ends[node as usize].push(entry);
        }
    }

    /// Takes away what is listed under a name.
    pub(crate) fn remove(&mut self, name: &str) {
        if let Some(node) = self.node(name) {
            self.ends[node as usize].clear();
        }
    }

    /// The words of a text with their codes.
    pub(crate) fn code<'a>(&self, words: &'a Words<'a>) -> Coded<'a> {
        let mut folded = String::new();
        let code = |word: &Word| self.vocabulary.code(words.text, *word, &mut folded);
        let codes = words.as_slice().iter().map(code).collect();
        Coded { words, codes }
    }

    /// The names that start at word `start`, the shorter first: the word after each, and its entries.
    pub(crate) fn matches(&self, coded: &Coded<'_>, start: usize) -> impl Iterator<Item = (usize, &[u32])> {
        let mut node = self.first.get(coded.codes[start] as usize).copied().unwrap_or(0);
        let mut end = start + 1;
        std::iter::from_fn(move || {
            while node != 0 {
                let found = (end, self.ends[node as usize].as_slice());
                node = self.step(coded, node, end);
                end += 1;
                if !found.1.is_empty() {
                    return Some(found);
                }
            }
            None
        })
    }

    /// Whether some name starts at word `start`: most words end here.
    pub(crate) fn starts(&self, coded: &Coded<'_>, start: usize) -> bool {
        let code = coded.codes[start];
        code != UNKNOWN && self.first[code as usize] != 0
    }

    /// The entries whose name is the whole of `name`.
    pub(crate) fn get(&self, name: &str) -> &[u32] {
        self.node(name).map_or(&[], |node| &self.ends[node as usize])
    }

    /// The node that the whole of `name` leads to.
    fn node(&self, name: &str) -> Option<u32> {
        let words = Words::of(name);
        let coded = self.code(&words);
        let first = self.first.get(*coded.codes.first()? as usize).copied()?;
        let node = (1..coded.codes.len()).fold(first, |node, i| self.step(&coded, node, i));
        (node != 0).then_some(node)
    }

    /// The node after word `i`, 0 where no name goes on so.
    fn step(&self, coded: &Coded<'_>, node: u32, i: usize) -> u32 {
        match (node, coded.codes.get(i).copied().unwrap_or(UNKNOWN)) {
            (0, _) | (_, UNKNOWN) => 0,
            (node, code) => self.edges.get(edge(node, joint(coded.words, i), code)),
        }
    }
}

/// A space or a hyphen: they stand for each other.
const PLAIN: u64 = 0;

/// What joins word `i` of a name to the one before.
fn joint(words: &Words<'_>, i: usize) -> u64 {
    match words.gap(i) {
        Gap::Space | Gap::Line | Gap::Hyphen => PLAIN,
        Gap::Stop if words.is_initial(i - 1) && words.is_initial(i) && words.gap(i - 1) != Gap::Dot => 1,
        Gap::Stop if words.at(i - 1).len() <= 4 && words.is_capitalised(i - 1) => PLAIN,
        Gap::Dot => 1,
        Gap::Apostrophe => 2,
        Gap::Comma => 3,
        Gap::Ampersand => 4,
        Gap::Slash => 5,
        Gap::Bracket => 6,
        Gap::Stop | Gap::Break => 7,
    }
}

fn edge(node: u32, joint: u64, code: Code) -> u64 {
    u64::from(node) << 32 | joint << 29 | u64::from(code)
}

/// The words of all names, folded, each with its code.
#[derive(Debug, Default, Clone)]
struct Vocabulary {
    letters: String,
    spans: Vec<Span>,        // by code - 1: where in the letters
    slots: Vec<(u32, Code)>, // a part of the hash, and the code; as many as a power of two, at most half in use
}

impl Vocabulary {
    fn insert(&mut self, folded: &str) -> Code {
        if 2 * (self.spans.len() + 1) > self.slots.len() {
            self.grow();
        }
        let hash = hash(folded.as_bytes());
        let slot = self.slot(hash, |listed| listed == folded.as_bytes());
        if self.slots[slot].1 == UNKNOWN {
            let start = self.letters.len();
            self.letters.push_str(folded);
            self.spans.push(Span::new(start, self.letters.len()));
            self.slots[slot] = (tag(hash), self.spans.len() as Code);
        }
        self.slots[slot].1
    }

    fn code(&self, text: &str, word: Word, folded: &mut String) -> Code {
        if self.slots.is_empty() {
            return UNKNOWN;
        }
        let surface = &text[word.span];
        if word.is_ascii() {
            let bytes = surface.as_bytes();
            let slot = self.slot(hash(bytes), |listed| listed.eq_ignore_ascii_case(bytes));
            return self.slots[slot].1;
        }
        folded.clear();
        word::fold_into(surface, folded);
        let slot = self.slot(hash(folded.as_bytes()), |listed| listed == folded.as_bytes());
        self.slots[slot].1
    }

    /// The slot of a word, or the free one where it would stand.
    fn slot(&self, hash: u64, is_same: impl Fn(&[u8]) -> bool) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let (listed, code) = self.slots[slot];
            if code == UNKNOWN {
                return slot;
            }
            let letters = || &self.letters.as_bytes()[std::ops::Range::from(self.spans[code as usize - 1])];
            if listed == tag(hash) && is_same(letters()) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let old = std::mem::take(&mut self.slots);
        self.slots = vec![(0, UNKNOWN); (2 * old.len()).max(16)];
        for (listed, code) in old.into_iter().filter(|&(_, code)| code != UNKNOWN) {
            let span = self.spans[code as usize - 1];
            let slot = self.slot(hash(self.letters[span].as_bytes()), |_| false);
            self.slots[slot] = (listed, code);
        }
    }
}

fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// Edges to nodes.
#[derive(Debug, Default, Clone)]
struct Edges {
    slots: Vec<(u64, u32)>, // an edge and its node, 0 where the slot is free
    count: usize,
}

impl Edges {
    fn get(&self, edge: u64) -> u32 {
        if self.slots.is_empty() { 0 } else { self.slots[self.slot(edge)].1 }
    }

    fn get_or_insert(&mut self, edge: u64, node: u32) -> u32 {
        if 2 * (self.count + 1) > self.slots.len() {
            self.grow();
        }
        let slot = self.slot(edge);
        if self.slots[slot].1 == 0 {
            self.slots[slot] = (edge, node);
            self.count += 1;
        }
        self.slots[slot].1
    }

    fn slot(&self, edge: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = (edge.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & mask;
        while self.slots[slot].1 != 0 && self.slots[slot].0 != edge {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn grow(&mut self) {
        let old = std::mem::take(&mut self.slots);
        self.slots = vec![(0, 0); (2 * old.len()).max(16)];
        for (edge, node) in old.into_iter().filter(|&(_, node)| node != 0) {
            let slot = self.slot(edge);
            self.slots[slot] = (edge, node);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trie(names: &[&str]) -> Trie {
        let mut trie = Trie::default();
        names.iter().enumerate().for_each(|(i, name)| trie.insert(name, i as u32));
        trie
    }

    #[test]
    fn every_name_at_a_place_is_found_the_shorter_first() {
        let trie = trie(&["Guinea", "Guinea-Bissau", "U.S.", "Côte d'Ivoire"]);
        let words = Words::of("guinea bissau, COTE D’IVOIRE; U.S.");
        let coded = trie.code(&words);
        let all: Vec<(usize, usize, u32)> = (0..coded.words.len())
            .flat_map(|start| trie.matches(&coded, start).map(move |(end, ends)| (start, end, ends[0])))
            .collect();
        assert_eq!(all, [(0, 1, 0), (0, 2, 1), (2, 5, 3), (5, 7, 2)]);
    }

    #[test]
    fn a_whole_name_is_looked_up_folded() {
        let trie = trie(&["Türkiye", "Turkiye Bank", "", "…"]);
        assert_eq!(trie.get("turkiye"), [0]);
        assert!(trie.get("turkiye b").is_empty() && trie.get("").is_empty());
        assert!(Trie::default().get("x").is_empty());
    }

    #[test]
    fn dots_belong_to_a_name_and_the_end_of_a_sentence_parts_two() {
        let trie = trie(&["U.S.", "U.S.A.", "St. Lucia", "New York"]);
        assert!(trie.get("US").is_empty());
        assert_eq!(trie.get("U. S."), [0]);
        assert_eq!(trie.get("St Lucia"), [2]);
        let words = Words::of("the U.S. A man, something new. York");
        let coded = trie.code(&words);
        let found = (0..coded.words.len()).flat_map(|start| trie.matches(&coded, start)).count();
        assert_eq!(found, 1);
    }

    #[test]
    fn many_names_are_all_kept() {
        let names: Vec<String> = (0..5000).map(|i| format!("name{} of{}", i % 70, i / 7)).collect();
        let mut trie = Trie::default();
        names.iter().enumerate().for_each(|(i, name)| trie.insert(name, i as u32));
        assert!(names.iter().enumerate().all(|(i, name)| trie.get(name).contains(&(i as u32))));
    }
}
