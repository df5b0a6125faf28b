//! Text to tokens: ids for the model, each with its place in the text and the case class of its word.
//!
//! "NATO met" is `nato` and `met`: the vocabulary is uncased, and the case of each word comes in beside it, as a
//! [`CaseClass`], which the model reads as the token type. A model of another make brings its own `tokenizer.json`.

#[cfg(test)]
mod parity;

use std::fmt;

use ahash::AHashMap;
use serde::Deserialize;
use tokenizers::models::wordpiece::WordPiece;
use tokenizers::normalizers::bert::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;

use crate::error::{Error, ErrorKind};
use crate::span::Span;

/// The longest word in characters that WordPiece looks at; a longer one is one unknown token.
const LONGEST_WORD: usize = 100;

/// A character that stands for nothing, in no vocabulary.
const UNHEARD_OF: &str = "\u{10fffd}";

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
    /// How many classes there are.
    pub(crate) const COUNT: usize = Self::Mixed as usize + 1;

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

/// Text to tokens, by a `vocab.txt` or a `tokenizer.json`.
pub(crate) struct Tokenizer {
    inner: Inner,
    start: u32,
    end: u32,
    vocabulary: usize,
}

enum Inner {
    /// WordPiece over words in the manner of BERT.
    WordPiece(Box<WordPieceTokenizer>),
    /// Whatever a `tokenizer.json` describes.
    File(Box<tokenizers::Tokenizer>),
}

type WordPieceTokenizer = tokenizers::TokenizerImpl<
    WordPiece,
    BertNormalizer,
    BertPreTokenizer,
    tokenizers::processors::bert::BertProcessing,
    tokenizers::decoders::wordpiece::WordPiece,
>;

/// What `tokenizer_config.json` says about the letters of a text that is read with a `vocab.txt`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Letters {
    do_lower_case: bool,
    tokenize_chinese_chars: bool,
    strip_accents: Option<bool>,
}

impl Default for Letters {
    /// Lower case, without accents, each Chinese character a word: what BERT does where nothing is said.
    fn default() -> Self {
        Self { do_lower_case: true, tokenize_chinese_chars: true, strip_accents: None }
    }
}

impl Letters {
    /// Reads the bytes of a `tokenizer_config.json`.
    ///
    /// # Errors
    ///
    /// Fails where it is no JSON, or says something else than yes and no.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(bytes).map_err(|error| {
            let place = format!("line {} column {}", error.line(), error.column());
            Error::new(ErrorKind::Format, place, "the configuration of a tokenizer", error.to_string())
        })
    }

    fn normalizer(self) -> BertNormalizer {
        BertNormalizer::new(true, self.tokenize_chinese_chars, self.strip_accents, self.do_lower_case)
    }
}

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
    pub(crate) fn from_vocabulary(text: &str, letters: Letters) -> Result<Self, Error> {
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
        let mut inner = WordPieceTokenizer::new(word_piece);
        inner.with_normalizer(Some(letters.normalizer())).expect("no added tokens to normalise");
        inner.with_pre_tokenizer(Some(BertPreTokenizer));
        Ok(Self { inner: Inner::WordPiece(Box::new(inner)), start, end, vocabulary: size })
    }

    /// A tokenizer from the bytes of a `tokenizer.json`.
    ///
    /// What it says of truncation and padding is left aside, and a special token's name in a text is text.
    ///
    /// # Errors
    ///
    /// Fails where it is no such file, where it does not put one token before a text and one after it, and where it does
    /// not take every text.
    pub(crate) fn from_file(bytes: &[u8]) -> Result<Self, Error> {
        let broken = |error: tokenizers::Error| {
            Error::new(ErrorKind::Format, "tokenizer", "one that the crate tokenizers reads", error.to_string())
        };
        let mut inner = tokenizers::Tokenizer::from_bytes(bytes).map_err(broken)?;
        inner.with_truncation(None).map_err(broken)?;
        inner.with_padding(None);
        inner.set_encode_special_tokens(true);
        let around = inner.encode("", true).map_err(broken)?;
        let &[start, end] = around.get_ids() else {
            let found = format!("{} tokens", around.get_ids().len());
            let expected = "one token before a text and one after it";
            return Err(Error::new(ErrorKind::Unsupported, "post_processor", expected, found));
        };
        inner.encode(UNHEARD_OF, false).map_err(|error| {
            Error::new(ErrorKind::Unsupported, "model", "a token for what is in no vocabulary", error.to_string())
        })?;
        let vocabulary = inner.get_vocab(true).into_values().max().map_or(0, |last| last as usize + 1);
        Ok(Self { inner: Inner::File(Box::new(inner)), start, end, vocabulary })
    }

    /// How many ids there are: as many as tokens, where the ids leave none out.
    pub(crate) fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    /// The id before the first token of a window, `[CLS]` or `<s>`.
    pub(crate) fn start(&self) -> u32 {
        self.start
    }

    /// The id after the last token of a window, `[SEP]` or `</s>`.
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
        let encoding = match &self.inner {
            Inner::WordPiece(inner) => inner.encode(&text[sentence], false),
            Inner::File(inner) => inner.encode(&text[sentence], false),
        };
        let encoding = encoding.expect("a tokenizer with an unknown token takes any text");
        let (ids, words, offsets) = (encoding.get_ids(), encoding.get_word_ids(), encoding.get_offsets());
        let mut first = 0;
        while first < ids.len() {
            let length = words[first..].iter().take_while(|&&word| word == words[first]).count();
            let last = first + length;
            let span = |i: usize| self.span(&text[sentence], offsets[i]).shift(sentence.start());
            let case = CaseClass::of(&text[span(first).cover(span(last - 1))]);
            for (i, &id) in ids.iter().enumerate().take(last).skip(first) {
                let starts_word = i == first;
                tokens.push(Token { id, case, span: span(i), starts_word, starts_sentence: i == 0 });
            }
            first = last;
        }
    }

    /// The bytes of a sentence that a token stands for: without the space that other tokenizers count to it.
    fn span(&self, sentence: &str, (start, end): (usize, usize)) -> Span {
        if matches!(self.inner, Inner::WordPiece(_)) {
            return Span::new(start, end);
        }
        let start = (0..=start).rev().find(|&at| sentence.is_char_boundary(at)).unwrap_or(0);
        let end = (end..sentence.len()).find(|&at| sentence.is_char_boundary(at)).unwrap_or(sentence.len());
        let surface = &sentence[start..end];
        let start = end - surface.trim_start().len();
        Span::new(start, start + surface.trim().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VOCABULARY: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nnato\nmet\n.\nu\ns\nlit\n##auen\ntur\n##kei\n中";

    fn surfaces(text: &str) -> Vec<(&str, u32, CaseClass, bool)> {
        let tokenizer = Tokenizer::from_vocabulary(VOCABULARY, Letters::default()).unwrap();
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
    fn letters_are_kept_where_the_configuration_says_so() {
        let letters = |json: &str| Letters::parse(json.as_bytes());
        assert_eq!(letters("{}").unwrap(), Letters::default());
        let cased = letters(r#"{"do_lower_case": false, "strip_accents": null, "model_max_length": 512}"#).unwrap();
        let tokenizer = Tokenizer::from_vocabulary("[UNK]\n[CLS]\n[SEP]\nNato\nnato", cased).unwrap();
        let ids = |text: &str| tokenizer.encode(text, &crate::sentence::split(text))[0].id;
        assert_eq!([ids("Nato"), ids("nato"), ids("NATO")], [3, 4, 0]);
        let message = letters(r#"{"do_lower_case": "no"}"#).unwrap_err().to_string();
        assert!(message.starts_with("line 1 column 22: expected the configuration of a tokenizer"), "{message}");
    }

    #[test]
    fn a_broken_vocabulary_names_the_line() {
        let message = |text: &str| Tokenizer::from_vocabulary(text, Letters::default()).unwrap_err().to_string();
        assert_eq!(message("[UNK]\n[UNK]"), "line 2: expected each token once, found \"[UNK]\" again");
        assert_eq!(message("[UNK]\n\nx"), "line 2: expected a token, found an empty line");
        assert_eq!(message("[UNK]\n[CLS]"), "tokens: expected the token \"[SEP]\", found none");
    }
}
