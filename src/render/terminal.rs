//! The text for a terminal, each mention marked: `[Poland · Country PL] called.`, or in colour.

use std::io::IsTerminal;

use crate::document::Document;
use crate::mention::EntityKind;

use super::identity::Identities;
use super::visible::visible;

/// Whether an output for a terminal is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Colours {
    /// No escape sequence: for files, pipes and terminals without colour.
    #[default]
    Plain,
    /// ANSI colours from the terminal's own palette, so that they suit light and dark.
    Ansi,
}

impl Colours {
    /// Colours where standard output is a terminal and the environment does not ask for none (`NO_COLOR`,
    /// <https://no-color.org>).
    pub fn detect() -> Self {
        let is_refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if std::io::stdout().is_terminal() && !is_refused { Self::Ansi } else { Self::Plain }
    }

    /// `text` in the style that an ANSI `code` stands for.
    pub(super) fn paint(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Ansi if text.is_empty() => String::new(),
            Self::Ansi => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }
}

/// The ANSI codes of bold headings and of what stands back.
pub(super) const BOLD: &str = "1";
pub(super) const DIM: &str = "2";

/// The text with each mention marked, its kind and its short identity beside it.
///
/// Control characters other than line breaks and tabs are shown, not sent.
///
/// # Examples
///
/// ```
/// use attache::render::{Colours, text};
///
/// # fn main() -> Result<(), attache::Error> {
/// let document = attache::Recognizer::new()?.recognize("Poland and Latvia turned to the capital.");
/// let plain = text(&document, Colours::Plain);
/// assert_eq!(plain, "[Poland · Country PL] and [Latvia · Country LV] turned to the capital.\n");
/// # Ok(())
/// # }
/// ```
pub fn text(document: &Document, colours: Colours) -> String {
    let identities = Identities::new(document);
    let whole = document.text();
    let mut rendered = String::with_capacity(2 * whole.len());
    let mut done = 0;
    for mention in document.mentions() {
        rendered.push_str(&visible(&whole[done..mention.span.start()]));
        let surface = visible(document.surface(mention));
        let identity = identities.short(mention);
        let gap = if identity.is_empty() { "" } else { " " };
        let kind = format!(" · {}{gap}{identity}", mention.kind);
        match colours {
            Colours::Plain => rendered.push_str(&format!("[{surface}{kind}]")),
            Colours::Ansi => {
                rendered.push_str(&colours.paint(code(mention.kind), &surface));
                rendered.push_str(&colours.paint(DIM, &kind));
            }
        }
        done = mention.span.end();
    }
    rendered.push_str(&visible(&whole[done..]));
    if !rendered.ends_with('\n') {
        rendered.push('\n');
    }
    rendered
}

/// Bold, and a colour of the palette for each kind.
pub(super) fn code(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Person => "1;34",
        EntityKind::Country => "1;32",
        EntityKind::Organisation => "1;35",
        EntityKind::Treaty => "1;33",
        EntityKind::Location => "1;36",
        EntityKind::Nationality => "1;4;32",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn plain_text_marks_each_mention_with_kind_and_identity() {
        let rendered = text(&sample::news(), Colours::Plain);
        assert!(rendered.starts_with(
            "[Ada Roth · Person] of the [Oslo Pact Organisation · Organisation OPO] told [Türkiye · Country TR] \
             that [Article 4 of the Oslo Pact · Treaty oslo-pact] binds [Polish · Nationality PL] crews.\n"
        ));
    }

    #[test]
    fn colours_come_and_go_with_each_mention() {
        let rendered = text(&sample::news(), Colours::Ansi);
        assert!(rendered.starts_with("\x1b[1;34mAda Roth\x1b[0m\x1b[2m · Person\x1b[0m of the "));
        assert_eq!(rendered.matches("\x1b[0m").count(), 2 * sample::news().mentions().len());
    }

    #[test]
    fn hostile_text_sends_no_escape_sequence() {
        assert!(!text(&sample::hostile(), Colours::Plain).contains(['\u{1b}', '\u{0}', '\u{9b}']));
    }

    #[test]
    fn a_text_without_mentions_is_itself() {
        assert_eq!(text(&sample::bare("Nothing.\n"), Colours::Plain), "Nothing.\n");
        assert_eq!(text(&sample::bare(""), Colours::Plain), "\n");
    }
}
