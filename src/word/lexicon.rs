//! Short lists of words for the grammars, and the hash that words are looked up by.

use crate::word::Words;

/// A short list of words, each with what it means to a grammar: one look tells whether a word is in it.
#[derive(Debug)]
pub(crate) struct Lexicon<T> {
    bits: Box<[u64; BITS / 64]>, // one for the hash of each word: most words of a text end here
    slots: Vec<Option<(&'static str, T)>>, // as many as a power of two, at most half in use
}

/// How many bits turn words away: 2 KB.
const BITS: usize = 1 << 14;

impl<T: Copy> Lexicon<T> {
    /// The words of lists parted by white space; of a word in two lists the first counts.
    pub(crate) fn new(lists: &[(T, &'static str)]) -> Self {
        let count: usize = lists.iter().map(|(_, list)| list.split_whitespace().count()).sum();
        let slots = vec![None; (2 * count).next_power_of_two().max(2)];
        let mut lexicon = Self { bits: Box::new([0; BITS / 64]), slots };
        for &(meaning, list) in lists {
            for word in list.split_whitespace() {
                let hash = hash(word.as_bytes());
                let slot = lexicon.slot(word, hash);
                lexicon.slots[slot].get_or_insert((word, meaning));
                lexicon.bits[hash as usize % BITS / 64] |= 1 << (hash % 64);
            }
        }
        lexicon
    }

    /// What a word means, as it is written.
    pub(crate) fn get(&self, word: &str) -> Option<T> {
        let hash = hash(word.as_bytes());
        if self.may_hold(hash) { self.look_up(word, hash) } else { None }
    }

    /// What word `i` of a text means.
    #[inline]
    pub(crate) fn at(&self, words: &Words<'_>, i: usize) -> Option<T> {
        let hash = words.hash(i);
        if self.may_hold(hash) { self.look_up(words.at(i), hash) } else { None }
    }

    /// The words of a meaning that `is_sought`, in no order.
    pub(crate) fn words(&self, is_sought: impl Fn(T) -> bool) -> impl Iterator<Item = &'static str> {
        let listed = self.slots.iter().flatten().filter(move |&&(_, meaning)| is_sought(meaning));
        listed.map(|&(word, _)| word)
    }

    fn may_hold(&self, hash: u64) -> bool {
        self.bits[hash as usize % BITS / 64] >> (hash % 64) & 1 != 0
    }

    fn look_up(&self, word: &str, hash: u64) -> Option<T> {
        self.slots[self.slot(word, hash)].map(|(_, meaning)| meaning)
    }

    fn slot(&self, word: &str, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
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
    let (mut mixed, mut rest) = (0, word);
    while let Some((chunk, after)) = rest.split_first_chunk() {
        mixed = mix(mixed, u64::from_le_bytes(*chunk));
        rest = after;
    }
    finish(mix(mixed, last(rest)))
}

/// Whether two words of letters and digits are one but for the case of ASCII letters: eight bytes at a time.
pub(crate) fn is_same(one: &[u8], other: &[u8]) -> bool {
    let (mut one, mut other) = (one, other);
    if one.len() != other.len() {
        return false;
    }
    while let (Some((chunk, rest)), Some((other_chunk, other_rest))) =
        (one.split_first_chunk(), other.split_first_chunk())
    {
        if u64::from_le_bytes(*chunk) | CASE != u64::from_le_bytes(*other_chunk) | CASE {
            return false;
        }
        (one, other) = (rest, other_rest);
    }
    last(one) | CASE == last(other) | CASE
}

/// The bit of each byte that parts the cases.
pub(super) const CASE: u64 = 0x2020_2020_2020_2020;

/// The hash of a word of seven bytes at most, the first the lowest and zeros above them.
pub(super) fn hash_short(bytes: u64) -> u64 {
    finish(mix(0, bytes))
}

fn mix(mixed: u64, bytes: u64) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15; // 2^64 over the golden ratio
    (mixed.rotate_left(29) ^ (bytes | CASE)).wrapping_mul(ODD)
}

fn finish(mixed: u64) -> u64 {
    mixed ^ mixed >> 29
}

/// Up to seven bytes as one number: two halves of four that share their middle, or one by one.
pub(super) fn last(bytes: &[u8]) -> u64 {
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => {
            let shift = 8 * (bytes.len() - 4);
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << shift
        }
        _ => bytes.iter().rev().fold(0, |last, &byte| last << 8 | u64::from(byte)),
    }
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
        assert!(lexicon.words(|meaning| meaning == 2).eq(["der"]));
        let words = Words::of("he and van der Mr");
        assert_eq!([0, 2, 3, 4, 9].map(|i| lexicon.at(&words, i)), [None, Some(1), Some(2), Some(1), None]);
    }

    #[test]
    fn words_are_the_same_in_any_case() {
        let word = b"Abcdefg8ijklMnopq";
        for length in 0..=word.len() {
            let word = &word[..length];
            assert!(is_same(word, &word.to_ascii_uppercase()) && !is_same(word, b"x"));
            for i in 0..length {
                let mut other = word.to_owned();
                other[i] = b'z';
                assert!(!is_same(word, &other), "byte {i} of {length}");
            }
        }
    }

    #[test]
    fn a_hash_tells_every_byte_of_a_word_but_not_its_case() {
        let word = b"abcdefghijklmnopqr";
        for length in 0..=word.len() {
            let one = hash(&word[..length]);
            assert_eq!(one, hash(&word[..length].to_ascii_uppercase()));
            for i in 0..length {
                let mut other = word[..length].to_vec();
                other[i] = b'z';
                assert_ne!(one, hash(&other), "byte {i} of {length}");
            }
        }
    }
}
