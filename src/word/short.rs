//! Short words, as most are: read in one step and not byte by byte.

use super::lexicon::{CASE, hash_short, last};
use super::{DIGIT, INITIAL, LOWER, UPPER};

/// A one in each byte.
const ONES: u64 = 0x0101_0101_0101_0101;
/// The high bit of each byte.
const HIGH: u64 = 0x80 * ONES;

/// Where the word that starts at byte `start` ends, which letters it has, and its hash; `None` where it has more than seven
/// bytes or a character that is none of ASCII.
#[inline]
pub(super) fn word(text: &[u8], start: usize) -> Option<(usize, u8, u64)> {
    let rest = text.get(start..)?;
    let eight = rest.first_chunk().map_or_else(|| last(rest), |chunk| u64::from_le_bytes(*chunk));
    let plain = eight & !HIGH;
    let alphabetic = between(plain | CASE, b'a', b'z');
    let digits = between(plain, b'0', b'9');
    let after = !(alphabetic | digits) & HIGH | eight & HIGH; // the high bit of what is in no word of ASCII
    let first = after & after.wrapping_neg();
    if first == 0 || eight & first != 0 {
        return None;
    }
    let within = (first >> 7) - 1; // the bits of the word
    let lower = eight << 2; // that part the cases, as high bits
    let (upper, lower) = (alphabetic & !lower & within, alphabetic & lower & within);
    let has = |bits: u64, letter: u8| if bits != 0 { letter } else { 0 };
    let letters = has(upper, UPPER) | has(upper & 0x80, INITIAL) | has(lower, LOWER) | has(digits & within, DIGIT);
    Some((start + first.trailing_zeros() as usize / 8, letters, hash_short(eight & within)))
}

/// The high bit of each byte that is one of `first..=last`; no byte has one itself.
fn between(bytes: u64, first: u8, last: u8) -> u64 {
    let is_from = bytes + u64::from(0x80 - first) * ONES;
    let is_after = bytes + u64::from(0x7f - last) * ONES;
    is_from & !is_after & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_word_is_read_as_byte_by_byte() {
        for byte in 0..128 {
            for place in 0..8 {
                for rest in ["aB3dE6g-", "ABCDEFG ", "abcdefgh", "1234567."] {
                    let mut text = rest.as_bytes().to_owned();
                    text[place] = byte;
                    for length in place + 1..=text.len() {
                        let text = std::str::from_utf8(&text[..length]).unwrap();
                        let slow = super::super::word(text, 0);
                        let expected = (slow.0 < 8).then_some(slow);
                        assert_eq!(word(text.as_bytes(), 0), expected, "{text:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn other_words_are_left_alone() {
        for text in ["abcdefgh", "abcdefghi", "café", "café au lait", "abcdefgé", "é", "élan vital"] {
            assert_eq!(word(text.as_bytes(), 0), None, "{text:?}");
        }
        for text in ["ab", "ab é, 中", "ab."] {
            assert_eq!(word(text.as_bytes(), 0).map(|word| word.0), Some(2), "{text:?}");
        }
    }
}
