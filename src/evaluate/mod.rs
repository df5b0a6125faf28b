//! How good an answer is: span scores against gold, as seqeval counts them, and the notation that gold is written in.
//!
//! `[Poland](Country=PL) called [NATO](Organisation).` against an answer that has both spans right and calls NATO a
//! country: one of two right, and one Organisation taken for a Country.
//!
//! Nothing here runs a recogniser. Gold is read from text ([`notation`], [`read`]), an answer is a list of
//! [`Annotation`]s made from a [`Document`], from [`Mention`]s or from another program's output, and a [`Pair`] of the
//! two is what every function here counts.
//!
//! # Examples
//!
//! ```
//! use attache::evaluate::{self, Pair, notation};
//!
//! # fn main() -> Result<(), attache::Error> {
//! let gold = notation::parse("[Poland](Country=PL) called [NATO](Organisation).")?;
//! let answer = notation::parse("[Poland](Country=PL) called [NATO](Country).")?;
//! let scores = evaluate::strict(&[Pair::new(&gold, &answer)]);
//! assert_eq!(scores.all().f1(), 0.5);
//! println!("{scores}");
//! # Ok(())
//! # }
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::document::Document;
use crate::mention::{EntityKind, Mention};
use crate::span::Span;

pub mod notation;

pub mod read;

mod confusion;
mod identifier;
mod interval;
mod score;

pub use confusion::{Confusion, confusion};
pub use identifier::{Identifiers, identifiers};
pub use interval::{Interval, interval};
pub use score::{Score, Scores, partial, strict};

/// A span with its kind, as a person or a program labelled it, and what it refers to where that is said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Annotation {
    /// Where it stands.
    pub span: Span,
    /// What sort of thing it names.
    pub kind: EntityKind,
    /// Which one: `PL`, `north-atlantic-treaty#art4`.
    pub id: Option<String>,
    /// A name that the mentions of one thing share within a text.
    pub cluster: Option<String>,
}

/// A text with its annotations, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Annotated {
    /// The text, without any mark.
    pub text: String,
    /// The labelled spans, sorted; in gold none overlaps another.
    pub annotations: Vec<Annotation>,
}

/// The gold of one text beside an answer for it.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    /// What is true.
    pub gold: &'a [Annotation],
    /// What was answered.
    pub predicted: &'a [Annotation],
}

impl Annotation {
    /// An annotation of `kind` at `span`, with neither identifier nor cluster.
    pub const fn new(span: Span, kind: EntityKind) -> Self {
        Self { span, kind, id: None, cluster: None }
    }
}

impl From<Mention> for Annotation {
    fn from(mention: Mention) -> Self {
        Self::new(mention.span, mention.kind)
    }
}

impl Annotated {
    /// The same text with the annotations of `kinds` alone.
    ///
    /// # Examples
    ///
    /// ```
    /// use attache::EntityKind;
    /// use attache::evaluate::notation;
    ///
    /// let gold = notation::parse("[Polish](Nationality=PL) troops left [Iraq](Country=IQ).").unwrap();
    /// assert_eq!(gold.only(&EntityKind::DEFAULT).annotations.len(), 1);
    /// ```
    #[must_use]
    pub fn only(mut self, kinds: &[EntityKind]) -> Self {
        self.annotations.retain(|annotation| kinds.contains(&annotation.kind));
        self
    }
}

impl From<&Document> for Annotated {
    /// The document's text and mentions, each with the identifier of its entity: for a treaty the identifier of the
    /// treaty, without a provision.
    fn from(document: &Document) -> Self {
        let mut ids = BTreeMap::new();
        for entity in document.entities() {
            for mention in entity.mentions() {
                ids.insert(mention.span, entity.id().map(str::to_owned));
            }
        }
        let mut annotations = Vec::with_capacity(document.mentions().len());
        for mention in document.mentions() {
            let id = ids.remove(&mention.span).flatten();
            annotations.push(Annotation { id, ..Annotation::from(*mention) });
        }
        Self { text: document.text().to_owned(), annotations }
    }
}

impl<'a> Pair<'a> {
    /// The annotations of `gold` beside those of `predicted`.
    pub fn new(gold: &'a Annotated, predicted: &'a Annotated) -> Self {
        Self { gold: &gold.annotations, predicted: &predicted.annotations }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mention::Source;
    use crate::render::{JsonOptions, Offsets, Scheme, conll, jsonl, sample};

    #[test]
    fn a_document_gives_its_mentions_with_the_identifiers_of_their_entities() {
        let written = notation::write(&Annotated::from(&sample::news())).unwrap();
        let expected = "[Ada Roth](Person) of the [Oslo Pact Organisation](Organisation=oslo-pact-organisation) told \
                        [Türkiye](Country=TR) that [Article 4 of the Oslo Pact](Treaty=oslo-pact) binds \
                        [Polish](Nationality=PL) crews.\n";
        assert!(written.starts_with(expected), "{written}");
    }

    #[test]
    fn json_lines_are_read_back_as_they_were_written() {
        for document in [sample::news(), sample::hostile()] {
            for offsets in [Offsets::Byte, Offsets::Char, Offsets::Utf16] {
                let line = jsonl(&document, &JsonOptions { offsets, ..JsonOptions::default() });
                assert_eq!(read::jsonl(&line, offsets).unwrap(), [Annotated::from(&document)]);
            }
        }
    }

    fn read_columns(document: &Document, scheme: Scheme) -> Vec<Annotated> {
        read::conll(&conll(document, scheme).repeat(2), |name| name.parse().map(Some)).unwrap()
    }

    /// Kinds and surfaces; columns keep no white space and no control characters.
    fn surfaces(text: &Annotated) -> Vec<(EntityKind, String)> {
        let is_kept = |character: &char| !character.is_whitespace() && !character.is_control();
        text.annotations.iter().map(|one| (one.kind, text.text[one.span].chars().filter(is_kept).collect())).collect()
    }

    #[test]
    fn columns_are_read_back_with_the_same_mentions() {
        for document in [sample::news(), sample::hostile()] {
            for scheme in [Scheme::Bio, Scheme::Bioes] {
                let back = read_columns(&document, scheme);
                assert_eq!(back.len(), 2);
                assert_eq!(surfaces(&back[1]), surfaces(&Annotated::from(&document)));
            }
        }
    }

    /// A text of pieces, some of them mentions, each with a character that columns keep.
    fn document() -> impl Strategy<Value = Document> {
        let piece = (0..7_usize, "[a-cü中😀 \n\r\t'.\u{301}\u{200b}\u{202e}\u{0}-]{0,5}x[a-b\u{301} \n-]{0,3}");
        proptest::collection::vec(piece, 0..6).prop_map(|pieces| {
            let mut document = sample::bare("");
            for (kind, piece) in pieces {
                let span = Span::new(document.text.len(), document.text.len() + piece.len());
                document.text.push_str(&piece);
                if let Some(kind) = EntityKind::ALL.get(kind) {
                    document.mentions.push(Mention::new(span, *kind, 0.5, Source::Model));
                }
            }
            document.sentences = sample::bare(&document.text).sentences;
            document
        })
    }

    proptest! {
        #[test]
        fn columns_of_any_document_are_read_back(document in document()) {
            for scheme in [Scheme::Bio, Scheme::Bioes] {
                let back = read_columns(&document, scheme);
                prop_assert_eq!(back.len(), if document.text.is_empty() { 0 } else { 2 });
                for back in &back {
                    prop_assert_eq!(surfaces(back), surfaces(&Annotated::from(&document)));
                }
            }
        }

        #[test]
        fn json_of_any_document_is_read_back(document in document()) {
            let line = jsonl(&document, &JsonOptions { offsets: Offsets::Utf16, ..JsonOptions::default() });
            prop_assert_eq!(read::jsonl(&line, Offsets::Utf16).unwrap(), [Annotated::from(&document)]);
        }
    }
}
