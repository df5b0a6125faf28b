//! Gold that other programs write: CoNLL columns and JSON lines.

use serde::Deserialize;

use crate::error::{Error, ErrorKind};
use crate::mention::EntityKind;
use crate::render::Offsets;
use crate::span::Span;

use super::{Annotated, Annotation};

/// Reads CoNLL columns: a word a line, the label in the last column, an empty line between sentences.
///
/// Columns are parted by tabs, or by spaces in a line without a tab. BIO, BIOES and IOB1 labels are read by the rules
/// of conlleval and of seqeval's default mode: a span ends where the kind changes, and `I-` or `E-` after `O` starts
/// one. Words are joined by one space, sentences by a line break. A line that starts with `-DOCSTART-` starts a
/// document; where there is none, each sentence is a document.
///
/// `read_kind` turns the name after `B-` into a kind, or into `None` where spans of that name do not count;
/// `|name| name.parse().map(Some)` reads this crate's own names.
///
/// # Errors
///
/// Fails on a line with one column, on a label that is neither `O` nor `B-`, `I-`, `E-` or `S-` with a name, and where
/// `read_kind` does; the error names the line.
///
/// # Examples
///
/// ```
/// use attache::EntityKind;
/// use attache::evaluate::read;
///
/// let columns = "EU B-ORG\nrejects O\nGerman B-MISC\ncall O\n";
/// let gold = read::conll(columns, |name| Ok((name == "ORG").then_some(EntityKind::Organisation))).unwrap();
/// assert_eq!(gold[0].text, "EU rejects German call");
/// assert_eq!(gold[0].annotations.len(), 1);
/// ```
pub fn conll(
    columns: &str,
    mut read_kind: impl FnMut(&str) -> Result<Option<EntityKind>, Error>,
) -> Result<Vec<Annotated>, Error> {
    let has_documents = columns.lines().any(is_document_start);
    let mut documents = Vec::new();
    let mut document = Annotated::default();
    let mut sentence = Vec::new();
    for (i, line) in columns.lines().enumerate() {
        let starts_document = is_document_start(line);
        if !line.trim().is_empty() && !starts_document {
            sentence.push(read_row(line, &mut read_kind).map_err(|error| error.within(format!("line {}", i + 1)))?);
            continue;
        }
        add_sentence(&mut document, &mut sentence);
        if starts_document || !has_documents {
            finish(&mut documents, &mut document);
        }
    }
    add_sentence(&mut document, &mut sentence);
    finish(&mut documents, &mut document);
    Ok(documents)
}

/// Reads JSON lines, one document a line: `{"text": …, "entities": [{"start": …, "end": …, "kind": …, "id"?: …}]}`.
///
/// `start` and `end` count what `offsets` says. Other fields are passed over, and so are empty lines; what
/// [`render::jsonl`](crate::render::jsonl) writes is read back.
///
/// # Errors
///
/// Fails on a line that is no such object, on an unknown kind and on a span that is none of the text; the error names
/// the line.
///
/// # Examples
///
/// ```
/// use attache::evaluate::read;
/// use attache::render::Offsets;
///
/// let line = r#"{"text": "Zürich votes", "entities": [{"start": 0, "end": 6, "kind": "Location"}]}"#;
/// let gold = read::jsonl(line, Offsets::Char).unwrap();
/// assert_eq!(&gold[0].text[gold[0].annotations[0].span], "Zürich");
/// ```
pub fn jsonl(lines: &str, offsets: Offsets) -> Result<Vec<Annotated>, Error> {
    let mut documents = Vec::new();
    for (i, line) in lines.lines().enumerate() {
        if !line.trim().is_empty() {
            documents.push(read_object(line, offsets).map_err(|error| error.within(format!("line {}", i + 1)))?);
        }
    }
    Ok(documents)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prefix {
    Begin,
    Inside,
    End,
    Single,
}

/// A word's label: `None` outside; the name, rather than the kind, says where a span ends.
type Label<'a> = Option<(Prefix, &'a str)>;

struct Row<'a> {
    word: &'a str,
    label: Label<'a>,
    kind: Option<EntityKind>,
}

fn is_document_start(line: &str) -> bool {
    line.starts_with("-DOCSTART-")
}

fn read_row<'a>(
    line: &'a str,
    read_kind: &mut impl FnMut(&str) -> Result<Option<EntityKind>, Error>,
) -> Result<Row<'a>, Error> {
    let columns: Vec<&str> =
        if line.contains('\t') { line.split('\t').collect() } else { line.split_whitespace().collect() };
    let [word, .., label] = columns.as_slice() else {
        return Err(Error::new(ErrorKind::Format, "columns", "a word and a label", format!("{line:?}")));
    };
    let label = read_label(label.trim_end())?;
    let kind = match label {
        Some((_, name)) => read_kind(name)?,
        None => None,
    };
    Ok(Row { word, label, kind })
}

fn read_label(label: &str) -> Result<Label<'_>, Error> {
    if label == "O" {
        return Ok(None);
    }
    match label.split_once('-') {
        Some(("B", name)) if !name.is_empty() => Ok(Some((Prefix::Begin, name))),
        Some(("I", name)) if !name.is_empty() => Ok(Some((Prefix::Inside, name))),
        Some(("E", name)) if !name.is_empty() => Ok(Some((Prefix::End, name))),
        Some(("S", name)) if !name.is_empty() => Ok(Some((Prefix::Single, name))),
        _ => {
            let expected = "\"O\", or \"B-\", \"I-\", \"E-\" or \"S-\" with a kind";
            Err(Error::new(ErrorKind::Format, "label", expected, format!("{label:?}")))
        }
    }
}

/// Whether a span that holds the word labelled `previous` reaches no further, as seqeval's `end_of_chunk` decides.
fn ends(previous: Label<'_>, next: Label<'_>) -> bool {
    match (previous, next) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some((previous, old)), Some((next, new))) => {
            matches!(previous, Prefix::End | Prefix::Single)
                || matches!(next, Prefix::Begin | Prefix::Single)
                || old != new
        }
    }
}

/// Moves the words of `sentence` to the end of `document`.
fn add_sentence(document: &mut Annotated, sentence: &mut Vec<Row<'_>>) {
    let mut open: Option<(usize, EntityKind)> = None;
    let mut previous = None;
    for (i, row) in sentence.iter().enumerate() {
        let end = document.text.len();
        let starts = previous.is_none() || ends(previous, row.label);
        if starts && let Some((start, kind)) = open.take() {
            document.annotations.push(Annotation::new(Span::new(start, end), kind));
        }
        if !document.text.is_empty() {
            document.text.push(if i == 0 { '\n' } else { ' ' });
        }
        if starts && let Some(kind) = row.kind {
            open = Some((document.text.len(), kind));
        }
        document.text.push_str(row.word);
        previous = row.label;
    }
    if let Some((start, kind)) = open {
        document.annotations.push(Annotation::new(Span::new(start, document.text.len()), kind));
    }
    sentence.clear();
}

fn finish(documents: &mut Vec<Annotated>, document: &mut Annotated) {
    if !document.text.is_empty() {
        documents.push(std::mem::take(document));
    }
}

#[derive(Deserialize)]
struct Line {
    text: String,
    entities: Vec<Labelled>,
}

#[derive(Deserialize)]
struct Labelled {
    start: usize,
    end: usize,
    kind: String,
    id: Option<String>,
}

fn read_object(line: &str, offsets: Offsets) -> Result<Annotated, Error> {
    let Line { text, entities } = serde_json::from_str(line).map_err(|error| {
        let expected = "an object with \"text\" and \"entities\" of \"start\", \"end\" and \"kind\"";
        Error::new(ErrorKind::Format, format!("column {}", error.column()), expected, error.to_string())
    })?;
    let mut annotations = Vec::with_capacity(entities.len());
    for (i, entity) in entities.into_iter().enumerate() {
        let place = || format!("entity {i}");
        let kind = entity.kind.parse().map_err(|error: Error| error.within(place()))?;
        let Some(span) = offsets.span(&text, entity.start..entity.end) else {
            let found = format!("{} to {}", entity.start, entity.end);
            return Err(Error::new(ErrorKind::Format, place(), "a span of the text", found));
        };
        annotations.push(Annotation { span, kind, id: entity.id, cluster: None });
    }
    annotations.sort();
    Ok(Annotated { text, annotations })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::notation;

    fn own_kinds(name: &str) -> Result<Option<EntityKind>, Error> {
        name.parse().map(Some)
    }

    fn read(columns: &str) -> Vec<String> {
        let documents = conll(columns, own_kinds).unwrap();
        documents.iter().map(|document| notation::write(document).unwrap()).collect()
    }

    #[test]
    fn the_three_schemes_give_the_same_spans() {
        let expected = ["[A](Person)[B C](Person) d [E](Country)".replace(")[", ") [")];
        assert_eq!(read("A B-Person\nB B-Person\nC I-Person\nd O\nE B-Country\n"), expected);
        assert_eq!(read("A S-Person\nB B-Person\nC E-Person\nd O\nE S-Country\n"), expected);
        assert_eq!(read("A I-Person\nB B-Person\nC I-Person\nd O\nE I-Country\n"), expected);
    }

    #[test]
    fn sentences_are_documents_unless_documents_are_marked() {
        assert_eq!(read("A O\n\n\nB O\n"), ["A", "B"]);
        assert_eq!(read("-DOCSTART- O\n\nA O\n\nB S-Person\n-DOCSTART- O\nC O"), ["A\n[B](Person)", "C"]);
        assert!(read("").is_empty());
    }

    #[test]
    fn a_kind_that_does_not_count_still_ends_a_span() {
        let kinds = |name: &str| Ok((name == "PER").then_some(EntityKind::Person));
        let documents = conll("A B-PER\nB I-X\nC I-PER\n", kinds).unwrap();
        assert_eq!(notation::write(&documents[0]).unwrap(), "[A](Person) B [C](Person)");
    }

    #[test]
    fn a_bad_row_is_named() {
        let message = |columns: &str| conll(columns, own_kinds).unwrap_err().to_string();
        assert_eq!(message("A O\nB\n"), "line 2: columns: expected a word and a label, found \"B\"");
        assert_eq!(
            message("A U-Person\n"),
            "line 1: label: expected \"O\", or \"B-\", \"I-\", \"E-\" or \"S-\" with a kind, found \"U-Person\""
        );
        assert_eq!(
            message("A B-Land\n"),
            "line 1: kind: expected person, country, organisation, treaty, location or nationality, found \"Land\""
        );
    }

    #[test]
    fn json_offsets_are_counted_as_asked() {
        for (offsets, start, end) in [(Offsets::Byte, 5, 9), (Offsets::Char, 2, 6), (Offsets::Utf16, 3, 7)] {
            let line = format!(
                r#"{{"text": "😀 Oslo", "entities": [{{"start": {start}, "end": {end}, "kind": "Location"}}]}}"#
            );
            let documents = jsonl(&line, offsets).unwrap();
            assert_eq!(notation::write(&documents[0]).unwrap(), "😀 [Oslo](Location)");
        }
    }

    #[test]
    fn a_bad_json_line_is_named() {
        let message = |line: &str| jsonl(line, Offsets::Byte).unwrap_err().to_string();
        let entity = |start, end| {
            format!(r#"{{"text": "ü", "entities": [{{"start": {start}, "end": {end}, "kind": "Person"}}]}}"#)
        };
        assert_eq!(
            message(&format!("\n{}", entity(0, 1))),
            "line 2: entity 0: expected a span of the text, found 0 to 1"
        );
        assert_eq!(message(&entity(2, 0)), "line 1: entity 0: expected a span of the text, found 2 to 0");
        assert!(message("{}").starts_with("line 1: column 2: expected an object with \"text\" and \"entities\""));
    }
}
