//! Half-open byte ranges, and all the arithmetic on them.
//!
//! `Span::new(0, 6)` of "Poland said" is "Poland". Offsets are bytes, so `&text[span]` is the surface;
//! [`Span::to_chars`] and [`Span::to_utf16`] convert for Python and JavaScript.

use std::ops::{Index, Range};

use serde::{Deserialize, Serialize};

/// A half-open range of bytes in a text: `start` is inside, `end` is not.
///
/// Spans order by start, then by end.
///
/// # Examples
///
/// ```
/// use attache::Span;
///
/// let text = "Poland said";
/// let span = Span::new(0, 6);
/// assert_eq!(&text[span], "Poland");
/// assert_eq!(span.len(), 6);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    start: usize,
    end: usize,
}

impl Span {
    /// The span from byte `start` up to, and without, byte `end`.
    ///
    /// # Panics
    ///
    /// Panics where `end` lies before `start`.
    pub const fn new(start: usize, end: usize) -> Self {
        assert!(start <= end, "a span ends before it starts");
        Self { start, end }
    }

    /// The first byte of the span.
    pub const fn start(self) -> usize {
        self.start
    }

    /// The first byte after the span.
    pub const fn end(self) -> usize {
        self.end
    }

    /// How many bytes the span holds.
    pub const fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether the span holds no byte.
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether the two spans share a byte. Spans that touch do not overlap.
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether every byte of `other` lies in this span.
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The smallest span that contains both.
    pub fn cover(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// The same length, `bytes` further on: from a part of a text to the whole.
    pub const fn shift(self, bytes: usize) -> Self {
        Self { start: self.start + bytes, end: self.end + bytes }
    }

    /// The span without the white space at both its ends in `text`.
    pub(crate) fn trim(self, text: &str) -> Self {
        let surface = &text[self];
        let start = self.start + surface.len() - surface.trim_start().len();
        Self::new(start, start + surface.trim().len())
    }

    /// The same range counted in Unicode scalar values, as Python's `str` counts.
    ///
    /// # Examples
    ///
    /// ```
    /// use attache::Span;
    ///
    /// let text = "Die Türkei und Polen";
    /// assert_eq!(&text[Span::new(16, 21)], "Polen");
    /// assert_eq!(Span::new(16, 21).to_chars(text), 15..20);
    /// ```
    ///
    /// # Panics
    ///
    /// Panics where the span does not lie on character boundaries of `text`.
    pub fn to_chars(self, text: &str) -> Range<usize> {
        let start = text[..self.start].chars().count();
        start..start + text[self].chars().count()
    }

    /// The same range counted in UTF-16 code units, as JavaScript's strings count.
    ///
    /// # Panics
    ///
    /// Panics where the span does not lie on character boundaries of `text`.
    ///
    /// # Examples
    ///
    /// ```
    /// use attache::Span;
    ///
    /// let text = "😀 Oslo";
    /// assert_eq!(&text[Span::new(5, 9)], "Oslo");
    /// assert_eq!(Span::new(5, 9).to_utf16(text), 3..7);
    /// ```
    pub fn to_utf16(self, text: &str) -> Range<usize> {
        let start = text[..self.start].encode_utf16().count();
        start..start + text[self].encode_utf16().count()
    }
}

impl Index<Span> for str {
    type Output = str;

    fn index(&self, span: Span) -> &str {
        &self[span.start..span.end]
    }
}

impl Index<Span> for String {
    type Output = str;

    fn index(&self, span: Span) -> &str {
        &self.as_str()[span]
    }
}

impl From<Span> for Range<usize> {
    fn from(span: Span) -> Self {
        span.start..span.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn touching_spans_do_not_overlap() {
        assert!(!Span::new(0, 3).overlaps(Span::new(3, 5)));
        assert!(Span::new(0, 4).overlaps(Span::new(3, 5)));
        assert!(!Span::new(2, 2).overlaps(Span::new(2, 2)));
    }

    #[test]
    fn trim_leaves_out_white_space_of_every_kind() {
        let text = "\u{a0} Türkei\r\n";
        assert_eq!(&text[Span::new(0, text.len()).trim(text)], "Türkei");
        assert!(Span::new(0, 3).trim(text).is_empty());
    }

    #[test]
    fn chars_and_utf16_count_their_own_units() {
        let text = "a😀中b";
        let span = Span::new(8, 9);
        assert_eq!(&text[span], "b");
        assert_eq!(span.to_chars(text), 3..4);
        assert_eq!(span.to_utf16(text), 4..5);
    }

    #[test]
    #[should_panic(expected = "a span ends before it starts")]
    fn a_reversed_span_is_a_bug() {
        let _ = Span::new(2, 1);
    }
}
