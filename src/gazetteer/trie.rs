//! All names in one tree of symbols: a text is scanned once, and the longest name at each word is found.
//!
//! A word that stands in no name ends every match at once, so most of a text costs one lookup a word.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::gazetteer::symbol::{self, Shape, Symbol};

/// The number of a word that stands in some name, or of a mark.
type Code = u32;

/// The code of what stands in no name.
const UNKNOWN: Code = 0;
/// Codes from here on are marks.
const MARKS: Code = 1 << 24;

/// The names, as a tree whose edges are symbols.
#[derive(Debug, Default, Clone)]
pub(crate) struct Trie {
    words: HashMap<Box<str>, Code, BuildHasherDefault<Fx>>,
    edges: HashMap<u64, u32, BuildHasherDefault<Fx>>, // (node, code) to node
    ends: Vec<Vec<u32>>,                              // by node: the entries whose name ends here
}

/// A text as codes, ready to be matched.
#[derive(Debug, Default)]
pub(crate) struct Coded<'a> {
    pub(crate) symbols: Vec<Symbol<'a>>,
    codes: Vec<Code>,
}

impl Trie {
    /// Adds a name that `entry` stands for.
    pub(crate) fn insert(&mut self, name: &str, entry: u32) {
        if self.ends.is_empty() {
            self.ends.push(Vec::new());
        }
        let mut node = 0;
        let mut folded = String::new();
        for symbol in symbol::symbols(name) {
            let code = match symbol.shape {
                Shape::Word(word) => {
                    folded.clear();
                    symbol::fold_into(word, &mut folded);
                    let next = self.words.len() as Code + 1;
                    *self.words.entry(folded.as_str().into()).or_insert(next)
                }
                Shape::Mark(mark) => MARKS + u32::from(mark),
                Shape::Break => UNKNOWN,
            };
            let next = self.ends.len() as u32;
            node = *self.edges.entry(edge(node, code)).or_insert(next);
            if node == next {
                self.ends.push(Vec::new());
            }
        }
        self.ends[node as usize].push(entry);
    }

    /// Takes away what is listed under a name.
    pub(crate) fn remove(&mut self, name: &str) {
        if let Some(node) = self.node(name) {
            self.ends[node as usize].clear();
        }
    }

    /// The symbols of a text with their codes.
    pub(crate) fn code<'a>(&self, text: &'a str) -> Coded<'a> {
        let mut coded =
            Coded { symbols: Vec::with_capacity(text.len() / 5), codes: Vec::with_capacity(text.len() / 5) };
        let mut folded = String::new();
        for symbol in symbol::symbols(text) {
            coded.codes.push(match symbol.shape {
                Shape::Word(word) => {
                    folded.clear();
                    symbol::fold_into(word, &mut folded);
                    self.words.get(folded.as_str()).copied().unwrap_or(UNKNOWN)
                }
                Shape::Mark(mark) => MARKS + u32::from(mark),
                Shape::Break => UNKNOWN,
            });
            coded.symbols.push(symbol);
        }
        coded
    }

    /// The names that start at symbol `start`, the shorter first: the symbol after each, and its entries.
    pub(crate) fn matches(&self, coded: &Coded<'_>, start: usize) -> impl Iterator<Item = (usize, &[u32])> {
        let mut node = 0;
        let path = coded.codes[start..].iter().map_while(move |&code| {
            node = self.step(node, code)?;
            Some(self.ends[node as usize].as_slice())
        });
        path.enumerate().filter(|(_, ends)| !ends.is_empty()).map(move |(i, ends)| (start + i + 1, ends))
    }

    /// The entries whose name is the whole of `name`.
    pub(crate) fn get(&self, name: &str) -> &[u32] {
        self.node(name).map_or(&[], |node| &self.ends[node as usize])
    }

    /// The node that the whole of `name` leads to.
    fn node(&self, name: &str) -> Option<u32> {
        let codes = self.code(name).codes;
        let path = codes.iter().try_fold(0, |node, &code| self.step(node, code));
        path.filter(|_| !codes.is_empty())
    }

    fn step(&self, node: u32, code: Code) -> Option<u32> {
        if code == UNKNOWN {
            return None;
        }
        self.edges.get(&edge(node, code)).copied()
    }
}

fn edge(node: u32, code: Code) -> u64 {
    u64::from(node) << 32 | u64::from(code)
}

/// The hash of the Firefox browser and of rustc: a rotation, an exclusive or and a product for each eight bytes.
///
/// Names come from tables that their owner chose, so no hash that resists attack is needed.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Fx(u64);

impl Fx {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x51_7c_c1_b7_27_22_0a_95);
    }
}

impl Hasher for Fx {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            self.add(u64::from_le_bytes(chunk.try_into().expect("eight bytes")));
        }
        let mut last = [0; 8];
        last[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
        self.add(u64::from_le_bytes(last) ^ (bytes.len() as u64) << 56);
    }

    fn write_u64(&mut self, word: u64) {
        self.add(word);
    }

    fn write_u8(&mut self, byte: u8) {
        self.add(u64::from(byte));
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
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
        let coded = trie.code("guinea bissau, COTE D’IVOIRE; U.S.");
        let all: Vec<(usize, usize, u32)> = (0..coded.symbols.len())
            .flat_map(|start| trie.matches(&coded, start).map(move |(end, ends)| (start, end, ends[0])))
            .collect();
        assert_eq!(all, [(0, 1, 0), (0, 2, 1), (3, 7, 3), (8, 12, 2)]);
    }

    #[test]
    fn a_whole_name_is_looked_up_folded() {
        let trie = trie(&["Türkiye", "Turkiye Bank"]);
        assert_eq!(trie.get("turkiye"), [0]);
        assert!(trie.get("turkiye b").is_empty() && trie.get("").is_empty());
        assert!(Trie::default().get("x").is_empty());
    }
}
