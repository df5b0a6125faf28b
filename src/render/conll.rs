//! A word and its label a line: `Poland⇥B-Country`.

use std::collections::BTreeSet;

use unicode_segmentation::UnicodeSegmentation;

use crate::document::Document;
use crate::mention::Mention;
use crate::span::Span;

/// How the labels of a mention's words are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// `B-` for the first word, `I-` for the others; also called IOB2.
    #[default]
    Bio,
    /// As BIO, with `E-` for the last word and `S-` for a single one; also called IOBES.
    Bioes,
}

/// The document in CoNLL columns: word, tab, label; an empty line after each sentence, a `-DOCSTART-` line before the
/// first.
///
/// Words are those of Unicode's rules ([UAX 29](https://www.unicode.org/reports/tr29/)), cut once more where a mention
/// starts or ends, so that every mention is whole words. White space and control characters are no words.
///
/// # Examples
///
/// ```
/// use attache::render::{Scheme, conll};
///
/// # fn main() -> Result<(), attache::Error> {
/// let document = attache::Recognizer::new()?.recognize("Poland signed.");
/// let columns = conll(&document, Scheme::Bioes);
/// assert_eq!(columns, "-DOCSTART-\tO\n\nPoland\tS-Country\nsigned\tO\n.\tO\n\n");
/// # Ok(())
/// # }
/// ```
pub fn conll(document: &Document, scheme: Scheme) -> String {
    let mut columns = String::from("-DOCSTART-\tO\n\n");
    let mut mentions = document.mentions().iter().peekable();
    let mut sentences = document.sentences().iter().peekable();
    let words = words(document);
    for (i, word) in words.iter().enumerate() {
        while mentions.next_if(|mention| mention.span.end() <= word.start()).is_some() {}
        let mention = mentions.peek().filter(|mention| mention.span.contains(*word));
        let label = mention.map_or_else(|| "O".to_owned(), |mention| label(mention, &words, i, scheme));
        columns.push_str(&format!("{}\t{label}\n", &document.text()[*word]));
        let next = words.get(i + 1).map_or(usize::MAX, |next| next.start());
        // The sentence ends here, unless a mention goes on: an empty line would cut it.
        while sentences.next_if(|sentence| sentence.end() < word.end()).is_some() {}
        let is_open = mention.is_some_and(|mention| next < mention.span.end());
        if next == usize::MAX || (!is_open && sentences.next_if(|sentence| sentence.end() <= next).is_some()) {
            columns.push('\n');
        }
    }
    columns
}

fn label(mention: &Mention, words: &[Span], i: usize, scheme: Scheme) -> String {
    let is_first = i == 0 || !mention.span.contains(words[i - 1]);
    let is_last = words.get(i + 1).is_none_or(|next| !mention.span.contains(*next));
    let prefix = match (scheme, is_first, is_last) {
        (Scheme::Bioes, true, true) => "S",
        (Scheme::Bioes, false, true) => "E",
        (_, true, _) => "B",
        (_, false, _) => "I",
    };
    format!("{prefix}-{}", mention.kind)
}

/// The words of the text, each whole inside a mention or whole outside.
fn words(document: &Document) -> Vec<Span> {
    let text = document.text();
    let mut cuts: BTreeSet<usize> = text.split_word_bound_indices().map(|(start, _)| start).collect();
    for mention in document.mentions() {
        cuts.extend([mention.span.start(), mention.span.end()]);
    }
    let mut words: Vec<Span> = Vec::new();
    for (start, character) in text.char_indices() {
        if character.is_whitespace() || character.is_control() {
            continue;
        }
        let span = Span::new(start, start + character.len_utf8());
        match words.last_mut() {
            Some(word) if word.end() == start && !cuts.contains(&start) => *word = word.cover(span),
            _ => words.push(span),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mention::{EntityKind, Source};
    use crate::render::sample;

    #[test]
    fn words_carry_the_labels_of_both_schemes() {
        let mut document = sample::bare("The Oslo Pact binds Chad's NATO-led men.\n\n\"Yes.\"");
        sample::mark(&mut document, "Oslo Pact", EntityKind::Treaty, Source::Model);
        sample::mark(&mut document, "Chad", EntityKind::Country, Source::Model);
        sample::mark(&mut document, "NATO", EntityKind::Organisation, Source::Model);
        let bio = "-DOCSTART-\tO\n\nThe\tO\nOslo\tB-Treaty\nPact\tI-Treaty\nbinds\tO\nChad\tB-Country\n's\tO\n\
                   NATO\tB-Organisation\n-\tO\nled\tO\nmen\tO\n.\tO\n\n\"\tO\nYes\tO\n.\tO\n\"\tO\n\n";
        assert_eq!(conll(&document, Scheme::Bio), bio);
        let bioes = bio.replace("Pact\tI-", "Pact\tE-").replace("Chad\tB-", "Chad\tS-").replace("NATO\tB-", "NATO\tS-");
        assert_eq!(conll(&document, Scheme::Bioes), bioes);
    }

    #[test]
    fn mentions_that_touch_stay_two() {
        let mut document = sample::bare("ChadMali");
        sample::mark(&mut document, "Chad", EntityKind::Country, Source::Model);
        sample::mark(&mut document, "Mali", EntityKind::Country, Source::Model);
        assert_eq!(conll(&document, Scheme::Bio), "-DOCSTART-\tO\n\nChad\tB-Country\nMali\tB-Country\n\n");
    }

    #[test]
    fn a_mention_over_two_sentences_is_not_cut() {
        let mut document = sample::bare("Oslo\nPact");
        sample::mark(&mut document, "Oslo\nPact", EntityKind::Treaty, Source::Model);
        assert_eq!(conll(&document, Scheme::Bio), "-DOCSTART-\tO\n\nOslo\tB-Treaty\nPact\tI-Treaty\n\n");
    }

    #[test]
    fn hostile_text_keeps_two_columns() {
        let columns = conll(&sample::hostile(), Scheme::Bio);
        assert!(columns.lines().all(|line| line.is_empty() || line.split('\t').count() == 2));
        assert!(!columns.contains(['\u{0}', '\u{1b}', '\u{1c}', '\r']));
        assert_eq!(columns.matches("-DOCSTART-").count(), 1);
    }

    #[test]
    fn an_empty_text_is_a_document_without_words() {
        assert_eq!(conll(&sample::bare(""), Scheme::Bio), "-DOCSTART-\tO\n\n");
    }
}
