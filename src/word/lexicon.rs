//! Short lists of words for the grammars, and the hash that words are looked up by.

/// A short list of words, each with what it means to a grammar: one look tells whether a word is in it.
#[derive(Debug)]
pub(crate) struct Lexicon<T> {
    slots: Vec<Option<(&'static str, T)>>, // as many as a power of two, at most half in use
}

impl<T: Copy> Lexicon<T> {
    /// The words of lists parted by white space; of a word in two lists the first counts.
    pub(crate) fn new(lists: &[(T, &'static str)]) -> Self {
        let count: usize = lists.iter().map(|(_, list)| list.split_whitespace().count()).sum();
        let mut lexicon = Self { slots: vec![None; (2 * count).next_power_of_two().max(2)] };
        for &(meaning, list) in lists {
            for word in list.split_whitespace() {
                let slot = lexicon.slot(word);
                lexicon.slots[slot].get_or_insert((word, meaning));
            }
        }
        lexicon
    }

    /// What a word means, as it is written.
    pub(crate) fn get(&self, word: &str) -> Option<T> {
        self.slots[self.slot(word)].map(|(_, meaning)| meaning)
    }

    fn slot(&self, word: &str) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash(word.as_bytes()) as usize & mask;
        while self.slots[slot].is_some_and(|(listed, _)| listed != word) {
            slot = (slot + 1) & mask;
        }
        slot
    }
}

/// A hash of a word that does not tell letter case: eight bytes at a time, with the bit set that parts the cases.
///
/// Letters of a text only choose where to look: an equal hash is never taken for an equal word.
pub(crate) fn hash(word: &[u8]) -> u64 {
    const CASE: u64 = 0x2020_2020_2020_2020;
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15; // 2^64 over the golden ratio
    let mix = |hash: u64, bytes: u64| (hash.rotate_left(29) ^ (bytes | CASE)).wrapping_mul(ODD);
    let mut hash = word.len() as u64;
    let mut chunks = word.chunks_exact(8);
    for chunk in &mut chunks {
        hash = mix(hash, u64::from_le_bytes(chunk.try_into().expect("eight bytes")));
    }
    let last = chunks.remainder().iter().rev().fold(0, |last, &byte| last << 8 | u64::from(byte));
    let hash = mix(hash, last);
    hash ^ hash >> 29
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lexicon_knows_its_words_as_they_are_written() {
        let lexicon = Lexicon::new(&[(1, "Mr Mrs van"), (2, "van der")]);
        assert_eq!(
            ["Mr", "mr", "van", "der", ""].map(|word| lexicon.get(word)),
            [Some(1), None, Some(1), Some(2), None]
        );
    }
}
