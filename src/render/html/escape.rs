//! Text as HTML shows it, in content and in quoted attributes.

use crate::render::visible::visible;

/// The text with every character that means something in HTML named, and control characters made visible.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for character in visible(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_that_means_something_is_named() {
        assert_eq!(escape("<a href=\"x\">'&amp;'\u{0}"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;amp;&#39;␀");
    }
}
