//! The words that names are made of.

use crate::word::{self, Word, hash, is_same};

/// The number of a word that stands in some name, from 1 on.
pub(super) type Code = u32;

/// The code of what stands in no name.
pub(super) const UNKNOWN: Code = 0;

/// The words of all names, folded, each with its code.
#[derive(Debug, Clone)]
pub(super) struct Vocabulary {
    letters: String,
    starts: Vec<u32>,        // by code - 1: where in the letters; one more for the end
    slots: Vec<(u32, Code)>, // a part of the hash, and the code; as many as a power of two, at most half in use
}

impl Default for Vocabulary {
    fn default() -> Self {
        Self { letters: String::new(), starts: vec![0], slots: vec![(0, UNKNOWN); 16] }
    }
}

impl Vocabulary {
    /// Room for as many words, so that they are placed once.
    #[cfg(any(feature = "embedded-gazetteer", test))]
    pub(super) fn reserve(&mut self, words: usize) {
        self.letters.reserve(8 * words); // bytes: few words of names are longer
        self.starts.reserve(words);
        let slots = (2 * words).next_power_of_two();
        if slots > self.slots.len() {
            self.resize(slots);
        }
    }

    /// The code and the hash of a word once folded, which is listed from now on.
    pub(super) fn insert(&mut self, word: &str) -> (Code, u64) {
        if 2 * (self.starts.len() + 1) > self.slots.len() {
            self.resize(2 * self.slots.len());
        }
        let start = self.letters.len();
        word::fold_into(word, &mut self.letters);
        let folded = &self.letters.as_bytes()[start..];
        let hash = hash(folded);
        let slot = self.slot(hash, |listed| listed == folded);
        if self.slots[slot].1 == UNKNOWN {
            self.slots[slot] = (tag(hash), self.starts.len() as Code);
            self.starts.push(self.letters.len() as u32);
        } else {
            self.letters.truncate(start);
        }
        (self.slots[slot].1, hash)
    }

    /// How many codes there are, with [`UNKNOWN`].
    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    fn letters(&self, code: Code) -> &[u8] {
        let (start, end) = (self.starts[code as usize - 1], self.starts[code as usize]);
        &self.letters.as_bytes()[start as usize..end as usize]
    }

    /// The code of a word of a text; [`UNKNOWN`] where it stands in no name.
    pub(super) fn code(&self, text: &str, word: Word) -> Code {
        let surface = &text[word.span];
        if word.is_ascii() {
            let bytes = surface.as_bytes();
            let slot = self.slot(word.hash(), |listed| is_same(listed, bytes));
            return self.slots[slot].1;
        }
        let mut folded = String::new();
        word::fold_into(surface, &mut folded);
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
            if listed == tag(hash) && is_same(self.letters(code)) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
    }

    fn resize(&mut self, count: usize) {
        let old = std::mem::replace(&mut self.slots, vec![(0, UNKNOWN); count]);
        for (listed, code) in old.into_iter().filter(|&(_, code)| code != UNKNOWN) {
            let slot = self.slot(hash(self.letters(code)), |_| false);
            self.slots[slot] = (listed, code);
        }
    }
}

fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::word::Words;

    #[test]
    fn a_word_has_one_code_in_any_case_and_with_any_accent() {
        let mut vocabulary = Vocabulary::default();
        vocabulary.reserve(40);
        let codes: Vec<Code> = (0..500).map(|i| vocabulary.insert(&format!("w{i}")).0).collect();
        assert_eq!((codes[0], codes[499], vocabulary.len()), (1, 500, 501));
        assert_eq!(vocabulary.insert("Ŵ7"), (codes[7], hash(b"w7")));
        let words = Words::of("W7 w499 Ẃ8 w500");
        let found: Vec<Code> = words.as_slice().iter().map(|&word| vocabulary.code(words.text, word)).collect();
        assert_eq!(found, [codes[7], codes[499], UNKNOWN, UNKNOWN]);
    }
}
