//! The numbers of provisions: `4`, `42(7)`, `VII`, `4 and 5`, `31–33`, `5 bis`.

use crate::entity::{Provision, ProvisionUnit};
use crate::word;

/// The longest number that is read, in bytes: `42(7)(a)(iii) quater` is shorter.
const LONGEST: usize = 40;

/// The most numbers of one list.
const MOST: usize = 20;

/// The provisions that numbers tell of, and the byte after them.
pub(super) struct Numbers {
    pub(super) end: usize,
    pub(super) provisions: Vec<Provision>,
}

/// Reads the numbers from byte `at` on: one, a list, a range. Roman numerals and single letters are read where
/// `allows_roman` says that the unit is written as a name.
pub(super) fn numbers(text: &str, at: usize, unit: ProvisionUnit, allows_roman: bool) -> Option<Numbers> {
    let (mut pending, mut end) = number(text, at, allows_roman)?;
    let mut provisions = Vec::new();
    loop {
        let range = ["–", "-", " – ", " - ", " to ", " through "];
        match joined(text, end, &range, allows_roman) {
            Some((last, after)) => {
                provisions.push(Provision::range(unit, pending, last));
                end = after;
            }
            None => provisions.push(Provision::new(unit, pending)),
        }
        let list = [", and ", ", or ", ", ", " and ", " or ", " & "];
        match joined(text, end, &list, allows_roman) {
            Some((next, after)) if provisions.len() < MOST => (pending, end) = (next, after),
            _ => return Some(Numbers { end, provisions }),
        }
    }
}

/// The number after one of `joints` at byte `at`.
fn joined(text: &str, at: usize, joints: &[&str], allows_roman: bool) -> Option<(String, usize)> {
    joints.iter().find_map(|joint| {
        text[at..].strip_prefix(joint)?;
        number(text, at + joint.len(), allows_roman)
    })
}

/// One number with its paragraphs in brackets: `42(7)`, `2(1)(a)`, `5 bis`, `1.2`.
fn number(text: &str, at: usize, allows_roman: bool) -> Option<(String, usize)> {
    let word = word_at(text, at);
    let mut number = plain(word, allows_roman)?;
    let mut end = at + word.len();
    if let Some(suffix) = ["bis", "ter", "quater"].into_iter().find(|&suffix| is_suffix(&text[end..], suffix)) {
        number.push_str(suffix);
        end += 1 + suffix.len();
    }
    while number.len() < LONGEST
        && let Some(inner) = text[end..].strip_prefix(['(', '[']).map(|rest| word_at(rest, 0))
        && (1..=4).contains(&inner.len())
        && text[end + 1 + inner.len()..].starts_with([')', ']'])
    {
        number.push_str(&format!("({inner})"));
        end += inner.len() + 2;
    }
    let part = text[end..].strip_prefix('.').map_or("", |rest| word_at(rest, 0));
    if (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()) {
        number.push_str(&format!(".{part}"));
        end += 1 + part.len();
    }
    Some((number, end))
}

fn is_suffix(rest: &str, suffix: &str) -> bool {
    let after = rest.strip_prefix([' ', '\u{a0}', '-']).and_then(|rest| rest.strip_prefix(suffix));
    after.is_some_and(|after| !after.starts_with(word::is_word))
}

/// The word that starts at byte `at`; "" where none does, or one longer than any number.
fn word_at(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    let end = rest.bytes().take(LONGEST).take_while(u8::is_ascii_alphanumeric).count();
    if end == LONGEST || rest[end..].starts_with(word::is_word) { "" } else { &rest[..end] }
}

/// A word as a number: digits with a letter at most, or a roman numeral in arabic digits.
fn plain(word: &str, allows_roman: bool) -> Option<String> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        let rest = &word[digits..];
        let is_number = digits <= 3 && (rest.len() <= 1 || matches!(rest, "bis" | "ter"));
        return is_number.then(|| word.to_owned());
    }
    if !allows_roman {
        return None;
    }
    match roman(word) {
        Some(value) => Some(value.to_string()),
        None => (word.len() == 1 && word != "A" && word.bytes().all(|byte| byte.is_ascii_uppercase()))
            .then(|| word.to_owned()),
    }
}

/// The value of a roman numeral in capitals, up to 399.
fn roman(word: &str) -> Option<u32> {
    if word.is_empty() || word.len() > 9 {
        return None;
    }
    let digit = |c: char| {
        Some(match c {
            'I' => 1,
            'V' => 5,
            'X' => 10,
            'L' => 50,
            'C' => 100,
            _ => return None,
        })
    };
    let values: Vec<u32> = word.chars().map(digit).collect::<Option<_>>()?;
    let next = values.iter().skip(1).chain(&[0]);
    let (added, taken) = values.iter().zip(next).fold((0, 0), |(added, taken), (&value, &next)| match value < next {
        true => (added, taken + value),
        false => (added + value, taken),
    });
    let total = added.checked_sub(taken)?;
    (to_roman(total) == word).then_some(total)
}

fn to_roman(mut value: u32) -> String {
    let parts = [(100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")];
    let mut numeral = String::new();
    for (part, letters) in parts {
        while value >= part {
            numeral.push_str(letters);
            value -= part;
        }
    }
    numeral
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Option<(Vec<String>, &str)> {
        let found = numbers(text, 0, ProvisionUnit::Article, true)?;
        Some((found.provisions.iter().map(Provision::id).collect(), &text[found.end..]))
    }

    #[test]
    fn lists_ranges_and_paragraphs_are_read() {
        let cases = [
            ("4 of", "art4", " of"),
            ("42(7) TEU", "art42(7)", " TEU"),
            ("2(1)(a), and", "art2(1)(a)", ", and"),
            ("5 bis of", "art5bis", " of"),
            ("4 bison", "art4", " bison"),
            ("4 and 5 of", "art4 art5", " of"),
            ("1, 2, and 6", "art1 art2 art6", ""),
            ("31–33 and 40", "art31-33 art40", ""),
            ("V to VII.", "art5-7", "."),
            ("XIV, Poland", "art14", ", Poland"),
            ("1.2. Then", "art1.2", ". Then"),
            ("B of", "artB", " of"),
        ];
        for (text, expected, rest) in cases {
            let expected: Vec<String> = expected.split(' ').map(str::to_owned).collect();
            assert_eq!(ids(text), Some((expected, rest)), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "of", "IIX", "1984 of", "seven", "A new", "12ab", "中", "VIVIVIVIVIVIVIVIVIVIVIV"] {
            assert_eq!(ids(text), None, "{text}");
        }
        assert_eq!(numbers("V", 0, ProvisionUnit::Article, false).map(|found| found.end), None);
    }
}
