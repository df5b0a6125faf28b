//! Characters that act instead of showing, made visible.

use std::borrow::Cow;

/// The text with a picture for each control character but the line break and the tab: `␛` for escape.
///
/// A terminal would obey them, a browser would drop them or take them for an error.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_acting) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars().map(|character| if is_acting(character) { picture(character) } else { character }).collect(),
    )
}

/// The text on one line: line breaks and tabs are spaces.
pub(super) fn one_line(text: &str) -> String {
    visible(text).split(char::is_whitespace).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn is_acting(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\t' | '\r')
}

fn picture(control: char) -> char {
    match u32::from(control) {
        code @ 0..0x20 => char::from_u32(0x2400 + code).expect("a control picture"),
        0x7f => '␡',
        _ => char::REPLACEMENT_CHARACTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_show_and_text_stays() {
        assert_eq!(visible("a\u{0}\u{1b}[31m\u{7f}\u{9b}\n\tü"), "a␀␛[31m␡\u{fffd}\n\tü");
        assert!(matches!(visible("Türkei\r\n"), Cow::Borrowed(_)));
        assert_eq!(one_line(" a\n\tb\r\n c "), "a b c");
    }
}
