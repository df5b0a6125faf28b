//! Text to tokens: ids for the model, each with its place in the text and the case class of its word.
//!
//! "NATO met" is `nato` and `met`: the vocabulary is uncased, and the case of each word comes in beside it, as a
//! [`CaseClass`], which the model reads as the token type.

#[cfg(test)]
mod parity;

use std::fmt;

use ahash::AHashMap;
use tokenizers::models::wordpiece::WordPiece;
use tokenizers::normalizers::bert::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;

use crate::error::{Error, ErrorKind};
use crate::span::Span;

/// The longest word in characters that WordPiece looks at; a longer one is one unknown token.
const LONGEST_WORD: usize = 100;

/// One id for the model, with its place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    /// Row of the model's word embeddings.
    pub(crate) id: u32,
    /// The case of the word that the token belongs to.
    pub(crate) case: CaseClass,
    /// The bytes of the text that the token stands for.
    pub(crate) span: Span,
    /// Whether a word starts here.
    pub(crate) starts_word: bool,
    /// Whether a sentence starts here.
    pub(crate) starts_sentence: bool,
}

/// The case of a word, from its letters in the text. The number is the token type that the model was trained with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CaseClass {
    /// No letter, or none in upper case.
    Lower = 0,
    /// The first letter is upper-case, no other is.
    Capitalised = 1,
    /// All upper-case, two letters or more.
    Upper = 2,
    /// One single letter, upper-case.
    Single = 3,
    /// Anything else.
    Mixed = 4,
}

impl CaseClass {
    /// The class of a word.
    pub(crate) fn of(word: &str) -> Self {
        let mut letters = word.chars().filter(|c| c.is_alphabetic());
        let Some(first) = letters.next() else { return Self::Lower };
        let (mut count, mut upper) = (1, usize::from(first.is_uppercase()));
        for letter in letters {
            count += 1;
            upper += usize::from(letter.is_uppercase());
        }
        match upper {
            0 => Self::Lower,
            1 if count == 1 => Self::Single,
            _ if upper == count => Self::Upper,
            1 if first.is_uppercase() => Self::Capitalised,
            _ => Self::Mixed,
        }
    }
}

/// Uncased WordPiece over words in the manner of BERT.
pub(crate) struct Tokenizer {
    inner: Inner,
    start: u32,
    end: u32,
    vocabulary: usize,
}

type Inner = tokenizers::TokenizerImpl<
    WordPiece,
    BertNormalizer,
    BertPreTokenizer,
    tokenizers::processors::bert::BertProcessing,
    tokenizers::decoders::wordpiece::WordPiece,
>;

impl fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokenizer").field("vocabulary", &self.vocabulary).finish_non_exhaustive()
    }
}

impl Tokenizer {
    /// A tokenizer from the text of a `vocab.txt`: one token a line, its id the number of lines before it.
    ///
    /// # Errors
    ///
    /// Fails where a token is given twice or is empty, and where `[UNK]`, `[CLS]` or `[SEP]` is missing.
    pub(crate) fn from_vocabulary(text: &str) -> Result<Self, Error> {
        let mut vocabulary = AHashMap::new();
        for (id, token) in text.lines().enumerate() {
            let line = || format!("line {}", id + 1);
            if token.is_empty() {
                return Err(Error::new(ErrorKind::Format, line(), "a token", "an empty line"));
            }
            if vocabulary.insert(token.to_owned(), id as u32).is_some() {
                return Err(Error::new(ErrorKind::Format, line(), "each token once", format!("{token:?} again")));
            }
        }
        let size = vocabulary.len();
        let special = |token: &str| match vocabulary.get(token) {
            Some(&id) => Ok(id),
            None => Err(Error::new(ErrorKind::Format, "tokens", format!("the token {token:?}"), "none")),
        };
        let (start, end, _) = (special("[CLS]")?, special("[SEP]")?, special("[UNK]")?);
        let word_piece = WordPiece::builder()
            .vocab(vocabulary)
            .unk_token("[UNK]".to_owned())
            .max_input_chars_per_word(LONGEST_WORD)
            .build()
            .map_err(|error| Error::new(ErrorKind::Format, "tokens", "a WordPiece vocabulary", error.to_string()))?;
        let mut inner = Inner::new(word_piece);
        inner.with_normalizer(Some(BertNormalizer::new(true, true, None, true))).expect("no added tokens to normalise");
        inner.with_pre_tokenizer(Some(BertPreTokenizer));
        Ok(Self { inner, start, end, vocabulary: size })
    }

    /// How many tokens the vocabulary holds.
    pub(crate) fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    /// The id before the first token of a window, `[CLS]`.
    pub(crate) fn start(&self) -> u32 {
        self.start
    }

    /// The id after the last token of a window, `[SEP]`.
    pub(crate) fn end(&self) -> u32 {
        self.end
    }

    /// The tokens of `sentences` in `text`, without special tokens, in order.
    pub(crate) fn encode(&self, text: &str, sentences: &[Span]) -> Vec<Token> {
        let mut tokens = Vec::with_capacity(text.len() / 4);
        for &sentence in sentences {
            self.encode_sentence(text, sentence, &mut tokens);
        }
        tokens
    }

    fn encode_sentence(&self, text: &str, sentence: Span, tokens: &mut Vec<Token>) {
        let encoding =
            self.inner.encode(&text[sentence], false).expect("WordPiece with an unknown token takes any text");
        let (ids, words, offsets) = (encoding.get_ids(), encoding.get_word_ids(), encoding.get_offsets());
        let mut first = 0;
        while first < ids.len() {
            let length = words[first..].iter().take_while(|&&word| word == words[first]).count();
            let last = first + length;
            let span = |i: usize| Span::new(offsets[i].0, offsets[i].1).shift(sentence.start());
            let case = CaseClass::of(&text[span(first).cover(span(last - 1))]);
            for (i, &id) in ids.iter().enumerate().take(last).skip(first) {
                let starts_word = i == first;
                tokens.push(Token { id, case, span: span(i), starts_word, starts_sentence: i == 0 });
            }
            first = last;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VOCABULARY: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nnato\nmet\n.\nu\ns\nlit\n##auen\ntur\n##kei\n中";

    fn surfaces(text: &str) -> Vec<(&str, u32, CaseClass, bool)> {
        let tokenizer = Tokenizer::from_vocabulary(VOCABULARY).unwrap();
        let tokens = tokenizer.encode(text, &crate::sentence::split(text));
        tokens.iter().map(|token| (&text[token.span], token.id, token.case, token.starts_word)).collect()
    }

    #[test]
    fn tokens_carry_their_bytes_and_the_case_of_their_word() {
        assert_eq!(
            surfaces("NATO met Litauen."),
            [
                ("NATO", 4, CaseClass::Upper, true),
                ("met", 5, CaseClass::Lower, true),
                ("Lit", 9, CaseClass::Capitalised, true),
                ("auen", 10, CaseClass::Capitalised, false),
                (".", 6, CaseClass::Lower, true),
            ]
        );
    }

    #[test]
    fn accents_fold_and_offsets_stay_in_the_original() {
        assert_eq!(
            surfaces("\u{a0}Türkei 中\r\n\r\n😀 U.S."),
            [
                ("Tür", 11, CaseClass::Capitalised, true),
                ("kei", 12, CaseClass::Capitalised, false),
                ("中", 13, CaseClass::Lower, true),
                ("😀", 1, CaseClass::Lower, true),
                ("U", 7, CaseClass::Single, true),
                (".", 6, CaseClass::Lower, true),
                ("S", 8, CaseClass::Single, true),
                (".", 6, CaseClass::Lower, true),
            ]
        );
    }

    #[test]
    fn a_word_of_a_megabyte_is_one_token() {
        let text = "x".repeat(1 << 20);
        assert_eq!(surfaces(&text).len(), 1);
    }

    #[test]
    fn case_classes_follow_the_letters() {
        for (word, class) in [
            ("2021", CaseClass::Lower),
            ("e.g", CaseClass::Lower),
            ("Élysée", CaseClass::Capitalised),
            ("X", CaseClass::Single),
            ("EU", CaseClass::Upper),
            ("G7", CaseClass::Single),
            ("iPhone", CaseClass::Mixed),
            ("McCain", CaseClass::Mixed),
        ] {
            assert_eq!(CaseClass::of(word), class, "{word}");
        }
    }

    #[test]
    fn a_broken_vocabulary_names_the_line() {
        let message = |text: &str| Tokenizer::from_vocabulary(text).unwrap_err().to_string();
        assert_eq!(message("[UNK]\n[UNK]"), "line 2: expected each token once, found \"[UNK]\" again");
        assert_eq!(message("[UNK]\n\nx"), "line 2: expected a token, found an empty line");
        assert_eq!(message("[UNK]\n[CLS]"), "tokens: expected the token \"[SEP]\", found none");
    }
}
