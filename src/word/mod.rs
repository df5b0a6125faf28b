//! Text to words, with what stands between them; and the folding of words.
//!
//! "Côte d’Ivoire" is `Côte` ` ` `d` `’` `Ivoire`; folded, `cote`, `d`, `ivoire`. Each word keeps its bytes in the text.

mod fold;
mod lexicon;
mod short;

pub(crate) use fold::{fold_into, plain_letters};
pub(crate) use lexicon::{Lexicon, hash, is_same};

use crate::span::Span;

/// A run of letters, digits and combining marks, with what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word {
    /// The bytes of the text.
    pub(crate) span: Span,
    /// What stands between this word and the one before.
    pub(crate) gap: Gap,
    letters: u8,
    hash: u64,
}

/// What stands between a word and the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gap {
    /// White space on one line.
    Space,
    /// White space with one end of a line in it.
    Line,
    /// One hyphen or en dash and nothing else.
    Hyphen,
    /// One apostrophe and nothing else.
    Apostrophe,
    /// One full stop and nothing else.
    Dot,
    /// A full stop and white space.
    Stop,
    /// A comma, with or without white space.
    Comma,
    /// An ampersand, with or without white space.
    Ampersand,
    /// One slash and nothing else.
    Slash,
    /// An opening bracket after white space, or a closing one before it.
    Bracket,
    /// Anything else: other marks, a blank line, the start of the text.
    Break,
}

/// The words of a text.
#[derive(Debug, Clone)]
pub(crate) struct Words<'a> {
    /// The text.
    pub(crate) text: &'a str,
    words: Vec<Word>,
}

/// The first character is in upper case.
const INITIAL: u8 = 1;
/// A character is in upper case.
const UPPER: u8 = 2;
/// A character is in lower case.
const LOWER: u8 = 4;
/// A character is a digit.
const DIGIT: u8 = 8;
/// A character is none of ASCII.
const WIDE: u8 = 16;

/// By ASCII byte: what the character adds to a word's letters; 0 for a character that belongs to no word.
const ASCII: [u8; 256] = {
    let mut letters = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        letters[byte] = match byte as u8 {
            b'A'..=b'Z' => UPPER,
            b'a'..=b'z' => LOWER,
            b'0'..=b'9' => DIGIT,
            _ => 0,
        };
        byte += 1;
    }
    letters
};

impl<'a> Words<'a> {
    /// The words of `text`, in order.
    pub(crate) fn of(text: &'a str) -> Self {
        let mut words = Vec::with_capacity(text.len() / 5 + 1);
        let mut after = 0;
        while let Some((start, gap)) = next_word(text, after) {
            let gap = if after == 0 { Gap::Break } else { gap };
            let (end, letters, hash) = short::word(text.as_bytes(), start).unwrap_or_else(|| word(text, start));
            words.push(Word { span: Span::new(start, end), gap, letters, hash });
            after = end;
        }
        Self { text, words }
    }

    /// How many words there are.
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// The word at `i`, as it is written; "" outside the text.
    pub(crate) fn at(&self, i: usize) -> &'a str {
        self.words.get(i).map_or("", |word| &self.text[word.span])
    }

    /// The hash of word `i` as it is written, but for the case of its ASCII letters; that of "" outside the text.
    pub(crate) fn hash(&self, i: usize) -> u64 {
        self.words.get(i).map_or_else(|| hash(b""), |word| word.hash)
    }

    /// What stands before word `i`; a break outside the text.
    pub(crate) fn gap(&self, i: usize) -> Gap {
        self.words.get(i).map_or(Gap::Break, |word| word.gap)
    }

    /// From the first of the words `from..to` to the end of the last. The range holds a word.
    pub(crate) fn span(&self, from: usize, to: usize) -> Span {
        self.words[from].span.cover(self.words[to - 1].span)
    }

    /// The words themselves.
    pub(crate) fn as_slice(&self) -> &[Word] {
        &self.words
    }

    /// The first word that starts at `byte` or after it.
    pub(crate) fn first_from(&self, byte: usize) -> usize {
        self.words.partition_point(|word| word.span.start() < byte)
    }

    /// Whether word `i` begins in upper case.
    pub(crate) fn is_capitalised(&self, i: usize) -> bool {
        self.words.get(i).is_some_and(Word::is_capitalised)
    }

    /// Whether word `i` has upper case and no lower case.
    pub(crate) fn is_upper(&self, i: usize) -> bool {
        self.words.get(i).is_some_and(|word| word.letters & (UPPER | LOWER) == UPPER)
    }

    /// Whether word `i` has a digit.
    pub(crate) fn has_digit(&self, i: usize) -> bool {
        self.words.get(i).is_some_and(|word| word.letters & DIGIT != 0)
    }

    /// Whether only a space or the end of a line parts word `i` from the one before.
    pub(crate) fn is_near(&self, i: usize) -> bool {
        i > 0 && matches!(self.gap(i), Gap::Space | Gap::Line)
    }

    /// Whether word `i` opens a sentence, a line, a quotation: its capital tells nothing.
    pub(crate) fn opens(&self, i: usize) -> bool {
        match self.gap(i) {
            Gap::Break | Gap::Line | Gap::Bracket => true,
            Gap::Stop => !self.is_initial(i - 1) && !ABBREVIATED.contains(&self.at(i - 1)),
            _ => false,
        }
    }

    /// Whether word `i` is one capital: the initial of a name, or a letter of "U.S.".
    pub(crate) fn is_initial(&self, i: usize) -> bool {
        self.is_capitalised(i) && self.words[i].span.len() <= 2 && self.at(i).chars().count() == 1
    }

    /// Whether word `i` is the "s" of a possessive.
    pub(crate) fn is_possessive(&self, i: usize) -> bool {
        self.gap(i) == Gap::Apostrophe && matches!(self.at(i), "s" | "S")
    }
}

impl Word {
    /// The hash of the word as it is written, but for the case of its ASCII letters.
    pub(crate) fn hash(self) -> u64 {
        self.hash
    }

    /// Whether the first character is in upper case.
    pub(crate) fn is_capitalised(&self) -> bool {
        self.letters & INITIAL != 0
    }

    /// Whether every character is of ASCII.
    pub(crate) fn is_ascii(self) -> bool {
        self.letters & WIDE == 0
    }
}

/// Words that end in a full stop inside a sentence.
const ABBREVIATED: &[&str] = &[
    "Adm", "Amb", "Art", "Arts", "Brig", "Capt", "Cmdr", "Col", "Dr", "Fr", "Ft", "Gen", "Gov", "Hon", "Jr", "Lt",
    "Maj", "Mr", "Mrs", "Ms", "Mt", "No", "Prof", "Rep", "Rev", "Sen", "Sgt", "Sr", "St", "vs", "v",
];

/// Where the next word from byte `after` on starts, and what stands before it.
fn next_word(text: &str, after: usize) -> Option<(usize, Gap)> {
    let bytes = text.as_bytes();
    if let [b' ', next, ..] = bytes[after..]
        && ASCII[next as usize] != 0
    {
        return Some((after + 1, Gap::Space));
    }
    let mut start = after;
    loop {
        let byte = *bytes.get(start)?;
        if byte.is_ascii() {
            if ASCII[byte as usize] != 0 {
                break;
            }
            start += 1;
            continue;
        }
        let c = text[start..].chars().next()?;
        if is_word(c) {
            break;
        }
        start += c.len_utf8();
    }
    Some((start, gap(&text[after..start])))
}

/// Where the word that starts at byte `start` ends, which letters it has, and its hash.
fn word(text: &str, start: usize) -> (usize, u8, u64) {
    let bytes = text.as_bytes();
    let (mut end, mut letters) = (start, 0);
    while let Some(&byte) = bytes.get(end)
        && ASCII[byte as usize] != 0
    {
        letters |= ASCII[byte as usize];
        end += 1;
    }
    if ASCII[bytes[start] as usize] == UPPER {
        letters |= INITIAL;
    }
    if bytes.get(end).is_some_and(|byte| !byte.is_ascii()) {
        for c in text[end..].chars().take_while(|&c| is_word(c)) {
            letters |= wide_letter(c) | if end == start && c.is_uppercase() { INITIAL } else { 0 };
            end += c.len_utf8();
        }
    }
    (end, letters, hash(&bytes[start..end]))
}

fn wide_letter(c: char) -> u8 {
    let case = match c {
        _ if c.is_lowercase() => LOWER,
        _ if c.is_uppercase() => UPPER,
        _ if c.is_numeric() => DIGIT,
        _ => 0,
    };
    if c.is_ascii() { case } else { case | WIDE }
}

/// Whether a character is part of a word: letters, digits, and combining marks.
pub(crate) fn is_word(c: char) -> bool {
    let is_punctuation = ('\u{2000}'..='\u{206f}').contains(&c); // quotes and dashes, which Unicode's tables tell slowly
    !is_punctuation && (c.is_alphanumeric() || is_mark(c))
}

fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

fn gap(between: &str) -> Gap {
    match between {
        " " => return Gap::Space,
        ", " => return Gap::Comma,
        ". " => return Gap::Stop,
        "-" | "\u{2010}" | "\u{2011}" | "–" => return Gap::Hyphen,
        "'" | "’" | "‘" | "ʼ" | "`" | "′" => return Gap::Apostrophe,
        "." => return Gap::Dot,
        "," => return Gap::Comma,
        "/" => return Gap::Slash,
        _ => {}
    }
    let marks = between.trim();
    let is_parted = between.ends_with(char::is_whitespace);
    match marks {
        "" => match between.matches(['\n', '\u{2029}']).count() {
            0 => Gap::Space,
            1 => Gap::Line,
            _ => Gap::Break,
        },
        "." if is_parted && between.starts_with('.') => Gap::Stop,
        "," => Gap::Comma,
        "&" => Gap::Ampersand,
        "(" | ")" => Gap::Bracket,
        _ => Gap::Break,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<(String, Gap)> {
        let words = Words::of(text);
        let fold = |i| {
            let mut folded = String::new();
            fold_into(words.at(i), &mut folded);
            (folded, words.gap(i))
        };
        (0..words.len()).map(fold).collect()
    }

    #[test]
    fn words_fold_and_tell_what_stands_before_them() {
        let expected = [
            ("cote", Gap::Break),
            ("d", Gap::Space),
            ("ivoire", Gap::Apostrophe),
            ("s", Gap::Apostrophe),
            ("u", Gap::Space),
            ("s", Gap::Dot),
            ("guinea", Gap::Stop),
            ("bissau", Gap::Hyphen),
            ("turkiye", Gap::Line),
            ("中", Gap::Space),
            ("nato", Gap::Break),
        ];
        let expected: Vec<(String, Gap)> = expected.map(|(word, gap)| (word.to_owned(), gap)).into();
        assert_eq!(parts("Côte d’Ivoire’s U.S. Guinea-Bissau\r\nTu\u{308}rkiye\u{a0}中 😀 NATO"), expected);
    }

    #[test]
    fn a_blank_line_is_a_break() {
        assert_eq!(parts("United\n\nNations")[1].1, Gap::Break);
        assert!(parts(" \n\n ").is_empty());
    }

    #[test]
    fn a_sentence_opens_after_a_stop_but_not_after_an_initial() {
        let words = Words::of("He left. Joe B. Roe and Gen. Doe of the U.S. Army");
        let opening: Vec<&str> = (0..words.len()).filter(|&i| words.opens(i)).map(|i| words.at(i)).collect();
        assert_eq!(opening, ["He", "Joe"]);
    }

    #[test]
    fn letters_tell_their_case() {
        let words = Words::of("Élan ÉU 4bis x");
        assert!(words.is_capitalised(0) && !words.is_upper(0));
        assert!(words.is_upper(1) && !words.is_upper(3));
        assert!(words.has_digit(2) && !words.is_capitalised(9));
    }

    proptest::proptest! {
        #[test]
        fn words_are_ordered_and_lie_on_characters(text in "\\PC{0,40}") {
            let mut end = 0;
            for word in Words::of(&text).as_slice() {
                proptest::prop_assert!(word.span.start() >= end && !word.span.is_empty());
                proptest::prop_assert!(text[word.span].chars().all(is_word));
                end = word.span.end();
            }
        }
    }
}
