//! What offsets count: bytes, characters or UTF-16 code units.

use std::ops::Range;

use crate::span::Span;

/// What the offsets of an output count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
#[non_exhaustive]
pub enum Offsets {
    /// Bytes of UTF-8, as Rust and Go count.
    #[default]
    Byte,
    /// Unicode scalar values, as Python's `str` counts.
    Char,
    /// UTF-16 code units, as JavaScript and Java count.
    Utf16,
}

impl Offsets {
    /// The range of `span` in `text`, counted so.
    ///
    /// # Panics
    ///
    /// Panics where the span does not lie on character boundaries of `text`.
    ///
    /// # Examples
    ///
    /// ```
    /// use attache::Span;
    /// use attache::render::Offsets;
    ///
    /// let span = Span::new(5, 9);
    /// assert_eq!(Offsets::Byte.range("😀 Oslo", span), 5..9);
    /// assert_eq!(Offsets::Char.range("😀 Oslo", span), 2..6);
    /// assert_eq!(Offsets::Utf16.range("😀 Oslo", span), 3..7);
    /// ```
    pub fn range(self, text: &str, span: Span) -> Range<usize> {
        match self {
            Self::Byte => span.into(),
            Self::Char => span.to_chars(text),
            Self::Utf16 => span.to_utf16(text),
        }
    }

    /// The span of `text` that a range counted so means; `None` where it is reversed, leaves the text or cuts a
    /// character.
    ///
    /// # Examples
    ///
    /// ```
    /// use attache::Span;
    /// use attache::render::Offsets;
    ///
    /// assert_eq!(Offsets::Utf16.span("😀 Oslo", 3..7), Some(Span::new(5, 9)));
    /// assert_eq!(Offsets::Utf16.span("😀 Oslo", 1..7), None);
    /// ```
    pub fn span(self, text: &str, range: Range<usize>) -> Option<Span> {
        let start = self.byte(text, range.start)?;
        let end = self.byte(text, range.end)?;
        (start <= end).then(|| Span::new(start, end))
    }

    /// Counts the ranges of spans that come in the order of the text, in one walk over it.
    pub(super) fn counter(self, text: &str) -> Counter<'_> {
        Counter { offsets: self, text, byte: 0, counted: 0 }
    }

    /// The byte of `text` that stands at `offset`.
    fn byte(self, text: &str, offset: usize) -> Option<usize> {
        let width = match self {
            Self::Byte => return text.is_char_boundary(offset).then_some(offset),
            Self::Char => |_: char| 1,
            Self::Utf16 => char::len_utf16,
        };
        let mut counted = 0;
        for (byte, character) in text.char_indices() {
            if counted >= offset {
                return (counted == offset).then_some(byte);
            }
            counted += width(character);
        }
        (counted == offset).then_some(text.len())
    }
}

/// Where a walk over a text stands, in bytes and in what its offsets count.
pub(super) struct Counter<'a> {
    offsets: Offsets,
    text: &'a str,
    byte: usize,
    counted: usize,
}

impl Counter<'_> {
    /// The range of a span that starts no earlier than the last one ended.
    pub(super) fn range(&mut self, span: Span) -> Range<usize> {
        let start = self.walk(span.start());
        start..self.walk(span.end())
    }

    fn walk(&mut self, byte: usize) -> usize {
        let passed = Span::new(self.byte, byte);
        self.counted += self.offsets.range(&self.text[passed], Span::new(0, passed.len())).end;
        self.byte = byte;
        self.counted
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_range_past_the_end_is_none() {
        for offsets in [Offsets::Byte, Offsets::Char, Offsets::Utf16] {
            assert_eq!(offsets.span("ab", 0..3), None);
            let (start, end) = (2, 1);
            assert_eq!(offsets.span("ab", start..end), None);
            assert_eq!(offsets.span("", 0..0), Some(Span::new(0, 0)));
        }
    }

    #[test]
    fn a_walk_counts_as_each_span_alone_does() {
        let text = "ü 😀 中 a\u{301} b";
        let spans = [Span::new(0, 2), Span::new(3, 7), Span::new(8, 11), Span::new(16, 17)];
        for offsets in [Offsets::Byte, Offsets::Char, Offsets::Utf16] {
            let mut counter = offsets.counter(text);
            for span in spans {
                assert_eq!(counter.range(span), offsets.range(text, span));
            }
        }
    }

    proptest! {
        #[test]
        fn each_span_comes_back(text in "[aü中😀\u{301}]{0,8}", start in 0..9_usize, length in 0..9_usize) {
            let bounds: Vec<usize> = text.char_indices().map(|(byte, _)| byte).chain([text.len()]).collect();
            let start = start.min(bounds.len() - 1);
            let span = Span::new(bounds[start], bounds[(start + length).min(bounds.len() - 1)]);
            for offsets in [Offsets::Byte, Offsets::Char, Offsets::Utf16] {
                prop_assert_eq!(offsets.span(&text, offsets.range(&text, span)), Some(span));
            }
        }
    }
}
