//! Gold as one writes it by hand: `[Article 4](Treaty=north-atlantic-treaty#art4@nato)`.
//!
//! A labelled span is `[text](Kind)`, `[text](Kind=id)`, `[text](Kind@cluster)` or `[text](Kind=id@cluster)`. A bracket
//! that belongs to the text is doubled: `[[` and `]]`. Take the marks out and the text remains, byte for byte.
//!
//! A run of brackets is read from the left, two at a time: `[[[NATO](Organisation)]]` is `[NATO]` with NATO labelled. A
//! span that starts with an opening bracket can therefore not be written.

use crate::error::{Error, ErrorKind};
use crate::mention::EntityKind;
use crate::span::Span;

use super::{Annotated, Annotation};

const MARK: &str = "a mark such as [text](Kind=id@cluster)";

/// Reads one text in the notation.
///
/// An identifier may hold parentheses that are closed (`treaty-on-european-union#art42(7)`), a cluster too; neither may
/// hold white space or `@`.
///
/// # Errors
///
/// Fails at the first mark that is not one, with the line and the column (in characters) where it goes wrong.
///
/// # Examples
///
/// ```
/// use attache::evaluate::notation;
///
/// let gold = notation::parse("[Article 42(7)](Treaty=treaty-on-european-union#art42(7)) [[sic]]").unwrap();
/// assert_eq!(gold.text, "Article 42(7) [sic]");
/// assert_eq!(gold.annotations[0].id.as_deref(), Some("treaty-on-european-union#art42(7)"));
///
/// let error = notation::parse("one\ntwo [Poland](Land)").unwrap_err();
/// assert!(error.to_string().starts_with("line 2, column 14: expected Person, Country, "));
/// ```
pub fn parse(notation: &str) -> Result<Annotated, Error> {
    read_from(notation, 0)
}

/// Reads one text a line, each `source<TAB>sentence` with the sentence in the notation; empty lines are passed over.
///
/// Gives the source of each text beside it. A line without a tab is a text without a source: "".
///
/// # Errors
///
/// Fails as [`parse`] does.
///
/// # Examples
///
/// ```
/// use attache::evaluate::notation;
///
/// let sentences = notation::parse_lines("wire\t[Oslo](Location) voted.\n\nNobody came.\n").unwrap();
/// assert_eq!(sentences[0].0, "wire");
/// assert_eq!(sentences[1].1.text, "Nobody came.");
/// ```
pub fn parse_lines(lines: &str) -> Result<Vec<(String, Annotated)>, Error> {
    let mut sentences = Vec::new();
    let mut at = 0;
    for line in lines.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        let (source, sentence) = content.split_once('\t').unwrap_or(("", content));
        if !content.is_empty() {
            // The reader starts inside the whole file, so that its errors name the line of the file.
            let start = at + content.len() - sentence.len();
            sentences.push((source.to_owned(), read_from(&lines[..at + content.len()], start)?));
        }
        at += line.len();
    }
    Ok(sentences)
}

/// Writes a text with its annotations in the notation; [`parse`] reads the same back.
///
/// # Errors
///
/// Fails where an annotation cannot be written: an empty span, one outside the text or inside a character, one that
/// starts before the last one ended, one that starts with `[`, an identifier or a cluster that [`parse`] would not read.
///
/// # Examples
///
/// ```
/// use attache::evaluate::{Annotated, Annotation, notation};
/// use attache::{EntityKind, Span};
///
/// let annotations = vec![Annotation::new(Span::new(1, 5), EntityKind::Organisation)];
/// let written = notation::write(&Annotated { text: "[NATO]".into(), annotations }).unwrap();
/// assert_eq!(written, "[[[NATO](Organisation)]]");
/// ```
pub fn write(annotated: &Annotated) -> Result<String, Error> {
    let text = annotated.text.as_str();
    let mut written = String::with_capacity(text.len() + 32 * annotated.annotations.len());
    let mut done = 0;
    for annotation in &annotated.annotations {
        check(text, done, annotation)?;
        let span = annotation.span;
        written.push_str(&double_brackets(&text[done..span.start()]));
        written.push('[');
        written.push_str(&double_brackets(&text[span]));
        written.push_str("](");
        written.push_str(&meaning(annotation));
        written.push(')');
        done = span.end();
    }
    written.push_str(&double_brackets(&text[done..]));
    Ok(written)
}

/// What stands between a mark's parentheses: `Kind=id@cluster`.
fn meaning(annotation: &Annotation) -> String {
    let mut meaning = annotation.kind.name().to_owned();
    if let Some(id) = &annotation.id {
        meaning.push('=');
        meaning.push_str(id);
    }
    if let Some(cluster) = &annotation.cluster {
        meaning.push('@');
        meaning.push_str(cluster);
    }
    meaning
}

/// Reads what stands from byte `start` on.
fn read_from(notation: &str, start: usize) -> Result<Annotated, Error> {
    let mut reader = Reader { notation, at: start, annotated: Annotated::default() };
    while reader.at < notation.len() {
        if !reader.take_literal() {
            reader.take_mark()?;
        }
    }
    Ok(reader.annotated)
}

struct Reader<'a> {
    notation: &'a str,
    at: usize,
    annotated: Annotated,
}

impl<'a> Reader<'a> {
    /// Takes text up to the next single bracket; false where there is none before it.
    fn take_literal(&mut self) -> bool {
        let start = self.at;
        while let Some(character) = self.rest().chars().next() {
            let doubled = self.rest().starts_with("[[") || self.rest().starts_with("]]");
            if matches!(character, '[' | ']') && !doubled {
                break;
            }
            self.annotated.text.push(character);
            self.at += if doubled { 2 } else { character.len_utf8() };
        }
        self.at > start
    }

    fn take_mark(&mut self) -> Result<(), Error> {
        if self.rest().starts_with(']') {
            return Err(self.unlike("\"]]\" for a bracket of the text"));
        }
        let open = self.at;
        self.at += 1;
        let start = self.annotated.text.len();
        self.take_literal();
        let span = Span::new(start, self.annotated.text.len());
        if !self.rest().starts_with(']') {
            return Err(self.unlike("\"]\" after the labelled text"));
        }
        if span.is_empty() {
            return Err(self.unlike("text in the brackets"));
        }
        self.at += 1;
        if !self.rest().starts_with('(') {
            let expected = if self.rest().is_empty() { MARK } else { "\"(Kind)\" after the labelled text" };
            return Err(self.unlike(expected));
        }
        self.at += 1;
        let meaning = self.take_meaning(open)?;
        let annotation = self.read_meaning(meaning, span)?;
        self.annotated.annotations.push(annotation);
        self.at += meaning.len() + 1;
        Ok(())
    }

    /// What stands up to the parenthesis that closes the mark; parentheses of an identifier come in pairs.
    fn take_meaning(&mut self, open: usize) -> Result<&'a str, Error> {
        let mut depth = 0;
        for (i, character) in self.rest().char_indices() {
            match character {
                '(' => depth += 1,
                ')' if depth == 0 => return Ok(&self.notation[self.at..self.at + i]),
                ')' => depth -= 1,
                _ if character.is_whitespace() => {
                    self.at += i;
                    return Err(self.unlike("\")\", as no mark holds white space after its kind"));
                }
                _ => {}
            }
        }
        self.at = open;
        Err(self.unlike(MARK))
    }

    fn read_meaning(&mut self, meaning: &str, span: Span) -> Result<Annotation, Error> {
        let (rest, cluster) = split_off(meaning, '@');
        let (name, id) = split_off(rest, '=');
        let Some(kind) = EntityKind::ALL.into_iter().find(|kind| kind.name() == name) else {
            let expected = "Person, Country, Organisation, Treaty, Location or Nationality";
            return Err(self.error(expected, format!("{name:?}")));
        };
        self.at += name.len();
        if id == Some("") {
            return Err(self.unlike("an identifier after \"=\""));
        }
        self.at += rest.len() - name.len();
        if cluster.is_some_and(|cluster| cluster.is_empty() || cluster.contains('@')) {
            return Err(self.unlike("one cluster after \"@\""));
        }
        self.at -= rest.len();
        Ok(Annotation { span, kind, id: id.map(str::to_owned), cluster: cluster.map(str::to_owned) })
    }

    fn rest(&self) -> &'a str {
        &self.notation[self.at..]
    }

    /// An error that shows what stands here.
    fn unlike(&self, expected: &str) -> Error {
        let line = self.rest().lines().next().unwrap_or("");
        let shown: String = line.chars().take(20).collect();
        let found = match (self.rest(), shown.as_str()) {
            ("", _) => "the end".to_owned(),
            (_, "") => "the end of the line".to_owned(),
            _ => format!("{shown:?}"),
        };
        self.error(expected, found)
    }

    fn error(&self, expected: &str, found: String) -> Error {
        let before = &self.notation[..self.at];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|character| *character != '\n').count() + 1;
        Error::new(ErrorKind::Format, format!("line {line}, column {column}"), expected, found)
    }
}

fn split_off(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn double_brackets(text: &str) -> String {
    text.replace('[', "[[").replace(']', "]]")
}

fn check(text: &str, done: usize, annotation: &Annotation) -> Result<(), Error> {
    let span = annotation.span;
    let place = || format!("{} at bytes {} to {}", annotation.kind, span.start(), span.end());
    let unfit = |expected: &str, found: &str| Err(Error::new(ErrorKind::Argument, place(), expected, found));
    if !text.is_char_boundary(span.start()) || !text.is_char_boundary(span.end()) {
        return unfit("a span of the text", "one outside it or inside a character");
    }
    if span.is_empty() {
        return unfit("a span of text", "an empty one");
    }
    if span.start() < done {
        return unfit("sorted spans that do not overlap", "one that starts before the last one ended");
    }
    if text[span].starts_with('[') {
        return unfit("a span that does not start with \"[\"", "one that does");
    }
    let names = [(&annotation.id, "an identifier"), (&annotation.cluster, "a cluster")];
    for (name, what) in names {
        if name.as_deref().is_some_and(|name| !is_readable(name)) {
            return unfit(&format!("{what} without white space, \"@\" or a lone parenthesis"), "one with it, or \"\"");
        }
    }
    Ok(())
}

fn is_readable(name: &str) -> bool {
    let mut depth = 0_usize;
    for character in name.chars() {
        match character {
            '(' => depth += 1,
            ')' if depth == 0 => return false,
            ')' => depth -= 1,
            '@' => return false,
            _ if character.is_whitespace() => return false,
            _ => {}
        }
    }
    depth == 0 && !name.is_empty()
}

#[cfg(test)]
mod tests;
