//! Text to symbols: words folded to lower case without accents, and the punctuation between them.
//!
//! "Côte d'Ivoire" is `cote` `d` `'` `ivoire`; white space and hyphens inside a name part its words and are no symbols.
//! Each symbol keeps its bytes in the text.

use crate::span::Span;

/// A word or a punctuation character, with its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Symbol<'a> {
    /// The bytes of the text.
    pub(crate) span: Span,
    /// What it is.
    pub(crate) shape: Shape<'a>,
}

/// What a symbol is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape<'a> {
    /// A run of letters, digits and combining marks.
    Word(&'a str),
    /// A character that is neither part of a word nor a joint inside a name.
    Mark(char),
    /// A blank line: no name goes over it.
    Break,
}

/// The symbols of `text`, in order.
pub(crate) fn symbols(text: &str) -> impl Iterator<Item = Symbol<'_>> {
    Symbols { text, at: 0 }
}

struct Symbols<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Symbols<'a> {
    type Item = Symbol<'a>;

    fn next(&mut self) -> Option<Symbol<'a>> {
        let start = self.skip_joint()?;
        if let Some(blank) = start.blank {
            return Some(Symbol { span: blank, shape: Shape::Break });
        }
        let rest = &self.text[self.at..];
        let length = word_length(rest);
        let from = self.at;
        if length > 0 {
            self.at += length;
            return Some(Symbol { span: Span::new(from, self.at), shape: Shape::Word(&rest[..length]) });
        }
        let mark = rest.chars().next()?;
        self.at += mark.len_utf8();
        Some(Symbol { span: Span::new(from, self.at), shape: Shape::Mark(plain_mark(mark)) })
    }
}

/// Where the next symbol starts.
struct Start {
    /// A blank line that was passed.
    blank: Option<Span>,
}

impl Symbols<'_> {
    /// Passes white space, and a hyphen between two words; `None` at the end of the text.
    fn skip_joint(&mut self) -> Option<Start> {
        let from = self.at;
        let mut lines = 0;
        loop {
            let rest = &self.text[self.at..];
            let c = rest.chars().next()?;
            let is_joint = c.is_whitespace() || (is_hyphen(c) && self.joins(c.len_utf8()));
            if !is_joint {
                let blank = (lines > 1).then(|| Span::new(from, self.at));
                return Some(Start { blank });
            }
            lines += usize::from(c == '\n' || c == '\u{2029}');
            self.at += c.len_utf8();
        }
    }

    /// Whether the character here, `length` bytes long, stands between two words without white space.
    fn joins(&self, length: usize) -> bool {
        let (before, after) = (&self.text[..self.at], &self.text[self.at + length..]);
        before.ends_with(is_word) && after.starts_with(is_word)
    }
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}')
}

/// Whether a character is part of a word: letters, digits, and combining marks.
pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c)
}

fn word_length(rest: &str) -> usize {
    let ascii = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    match rest.as_bytes().get(ascii) {
        Some(byte) if !byte.is_ascii() => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
        _ => ascii,
    }
}

/// One character for the forms of an apostrophe or a dash.
fn plain_mark(mark: char) -> char {
    match mark {
        '’' | '‘' | 'ʼ' | '`' | '′' => '\'',
        '–' | '—' | '\u{2010}' | '\u{2011}' => '-',
        other => other,
    }
}

/// Appends a word folded: lower case, without accents.
pub(crate) fn fold_into(word: &str, out: &mut String) {
    if word.is_ascii() {
        out.extend(word.bytes().map(|byte| char::from(byte.to_ascii_lowercase())));
        return;
    }
    for c in word.chars().flat_map(char::to_lowercase) {
        match plain_letters(c) {
            Some(letters) => out.push_str(letters),
            None if ('\u{300}'..='\u{36f}').contains(&c) => {}
            None => out.push(c),
        }
    }
}

/// The plain Latin letters for an accented lower-case one; `None` for a letter that has none.
pub(crate) fn plain_letters(c: char) -> Option<&'static str> {
    Some(match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' | 'ạ' | 'ả' | 'ấ' | 'ầ' | 'ẩ' | 'ẫ' | 'ậ' | 'ắ' | 'ằ' | 'ẳ' | 'ẵ' | 'ặ' => {
            "a"
        }
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' | 'ḍ' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ẹ' | 'ẻ' | 'ẽ' | 'ế' | 'ề' | 'ể' | 'ễ' | 'ệ' | 'ə' => {
            "e"
        }
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' | 'ḥ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ỉ' | 'ị' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö'
        | 'ø'
        | 'ō'
        | 'ŏ'
        | 'ő'
        | 'ơ'
        | 'ọ'
        | 'ỏ'
        | 'ố'
        | 'ồ'
        | 'ổ'
        | 'ỗ'
        | 'ộ'
        | 'ớ'
        | 'ờ'
        | 'ở'
        | 'ỡ'
        | 'ợ' => "o",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' | 'ṣ' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ț' | 'ṭ' => "t",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ư' | 'ụ' | 'ủ' | 'ứ' | 'ừ' | 'ử' | 'ữ' | 'ự' => {
            "u"
        }
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' | 'ỳ' | 'ỵ' | 'ỷ' | 'ỹ' => "y",
        'ź' | 'ż' | 'ž' | 'ẓ' => "z",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(text: &str) -> Vec<String> {
        let fold = |word: &str| {
            let mut folded = String::new();
            fold_into(word, &mut folded);
            folded
        };
        symbols(text)
            .map(|symbol| match symbol.shape {
                Shape::Word(word) => fold(word),
                Shape::Mark(mark) => mark.to_string(),
                Shape::Break => "¶".to_owned(),
            })
            .collect()
    }

    #[test]
    fn words_fold_and_marks_stand_alone() {
        assert_eq!(
            shapes("Côte d’Ivoire’s U.S. Guinea-Bissau"),
            ["cote", "d", "'", "ivoire", "'", "s", "u", ".", "s", ".", "guinea", "bissau"]
        );
        assert_eq!(shapes("Tu\u{308}rkiye\u{a0}中 – NATO-led"), ["turkiye", "中", "-", "nato", "led"]);
    }

    #[test]
    fn a_blank_line_is_a_break_and_a_single_one_is_not() {
        assert_eq!(shapes("United\r\nNations\r\n\r\nNext"), ["united", "nations", "¶", "next"]);
        assert!(shapes(" \n\n ").is_empty());
    }

    proptest::proptest! {
        #[test]
        fn symbols_are_ordered_and_lie_on_characters(text in "\\PC{0,40}") {
            let mut end = 0;
            for symbol in symbols(&text) {
                proptest::prop_assert!(symbol.span.start() >= end && !symbol.span.is_empty());
                let _ = &text[symbol.span];
                end = symbol.span.end();
            }
        }
    }
}
