//! Pages for a browser, like displaCy's: one for a document, and one for many with tables and a co-mention matrix.
//!
//! A page is one file without scripts, fonts or pictures from elsewhere. It follows the reader's light or dark setting;
//! kinds are told by word and by colour. Whatever a text holds is shown as text.

use std::io;

use crate::document::Document;
use crate::mention::EntityKind;

use corpus::Corpus;
use escape::escape;

mod corpus;
mod escape;
mod matrix;
mod passage;
mod table;

const STYLE: &str = include_str!("style.css");

/// A page that shows one document: its text with each mention marked, and tables of what it names.
///
/// A mention's tooltip gives its identity, its score and what found it.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), attache::Error> {
/// let document = attache::Recognizer::new()?.recognize("Poland signed.");
/// let page = attache::render::html(&document, "The border today");
/// assert!(page.contains("<bdi>Poland</bdi><small>Country PL</small>"));
/// # Ok(())
/// # }
/// ```
pub fn html(document: &Document, title: &str) -> String {
    written(|out| write_html(out, document, title))
}

/// Writes what [`html()`] gives.
///
/// # Errors
///
/// Fails where the writer does.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let document = attache::Recognizer::new()?.recognize("Poland signed.");
/// let mut page = Vec::new(); // or a file
/// attache::render::write_html(&mut page, &document, "The border today")?;
/// # Ok(())
/// # }
/// ```
pub fn write_html(mut out: impl io::Write, document: &Document, title: &str) -> io::Result<()> {
    let documents = [(title, document)];
    let corpus = Corpus::new(&documents);
    open(&mut out, title)?;
    passage::write_note(&mut out, document)?;
    write_legend(&mut out, &documents)?;
    out.write_all(b"<article id=\"d1\">\n")?;
    passage::write(&mut out, 1, document)?;
    out.write_all(b"</article>\n")?;
    table::write(&mut out, &corpus)?;
    close(&mut out)
}

/// A page that shows many documents, each with its title: tables of the countries, organisations, treaties and people
/// by how often they are named, which countries stand in one sentence, and the texts that the tables link to.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), attache::Error> {
/// let recognizer = attache::Recognizer::new()?;
/// let (monday, tuesday) = (recognizer.recognize("Chile and Peru met."), recognizer.recognize("Peru signed."));
/// let page = attache::render::report(&[("Monday", &monday), ("Tuesday", &tuesday)], "The week");
/// assert!(page.contains("2 documents with 3 mentions: 2 countries"));
/// # Ok(())
/// # }
/// ```
pub fn report(documents: &[(&str, &Document)], title: &str) -> String {
    written(|out| write_report(out, documents, title))
}

/// Writes what [`report`] gives.
///
/// # Errors
///
/// Fails where the writer does.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let document = attache::Recognizer::new()?.recognize("Chile and Peru met.");
/// let mut page = Vec::new(); // or a file
/// attache::render::write_report(&mut page, &[("Monday", &document)], "The week")?;
/// # Ok(())
/// # }
/// ```
pub fn write_report(mut out: impl io::Write, documents: &[(&str, &Document)], title: &str) -> io::Result<()> {
    let corpus = Corpus::new(documents);
    open(&mut out, title)?;
    write_summary(&mut out, documents, &corpus)?;
    table::write(&mut out, &corpus)?;
    matrix::write(&mut out, &corpus)?;
    out.write_all(b"<section id=\"documents\">\n<h2>Documents</h2>\n")?;
    write_contents(&mut out, documents)?;
    write_legend(&mut out, documents)?;
    for (i, (title, document)) in documents.iter().enumerate() {
        let number = i + 1;
        writeln!(out, "<article id=\"d{number}\">\n<h3><bdi>{}</bdi></h3>", escape(title))?;
        passage::write_note(&mut out, document)?;
        passage::write(&mut out, number, document)?;
        out.write_all(b"</article>\n")?;
    }
    out.write_all(b"</section>\n")?;
    close(&mut out)
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).expect("a vector takes every byte");
    String::from_utf8(out).expect("pages are written as strings")
}

fn open(out: &mut impl io::Write, title: &str) -> io::Result<()> {
    let title = escape(title);
    writeln!(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(out, "<meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>")?;
    writeln!(out, "<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1><bdi>{title}</bdi></h1>")
}

fn close(out: &mut impl io::Write) -> io::Result<()> {
    out.write_all(b"</main>\n</body>\n</html>\n")
}

/// The kinds that the documents name, each in its colours.
fn write_legend(out: &mut impl io::Write, documents: &[(&str, &Document)]) -> io::Result<()> {
    let mut counts = Vec::new();
    for kind in EntityKind::ALL {
        let of_kind = |document: &Document| document.mentions().iter().filter(|mention| mention.kind == kind).count();
        let count: usize = documents.iter().map(|(_, document)| of_kind(document)).sum();
        if count > 0 {
            counts.push((kind, count));
        }
    }
    if counts.is_empty() {
        return writeln!(out, "<p class=\"note\">No mention was found.</p>");
    }
    out.write_all(b"<ul class=\"legend\" aria-label=\"Mentions by kind\">\n")?;
    for (kind, count) in counts {
        writeln!(out, "<li><mark class=\"{}\">{kind}</mark> {count}</li>", class(kind))?;
    }
    out.write_all(b"</ul>\n")
}

fn write_summary(out: &mut impl io::Write, documents: &[(&str, &Document)], corpus: &Corpus) -> io::Result<()> {
    let mentions: usize = documents.iter().map(|(_, document)| document.mentions().len()).sum();
    let names = [
        (corpus.countries.len(), "country", "countries"),
        (corpus.organisations.len(), "organisation", "organisations"),
        (corpus.treaties.len(), "treaty", "treaties"),
        (corpus.people.len(), "person", "people"),
    ];
    let named = names.into_iter().filter(|(number, _, _)| *number > 0);
    let names: Vec<String> = named.map(|(number, one, many)| count(number, one, many)).collect();
    let documents = count(documents.len(), "document", "documents");
    let mentions = count(mentions, "mention", "mentions");
    let colon = if names.is_empty() { "" } else { ": " };
    writeln!(out, "<p class=\"note\">{documents} with {mentions}{colon}{}.</p>", names.join(", "))?;
    write_sections(out, corpus)
}

/// Links to the sections that the report has.
fn write_sections(out: &mut impl io::Write, corpus: &Corpus) -> io::Result<()> {
    let sections = [
        ("country", "Countries", !corpus.countries.is_empty()),
        ("organisation", "Organisations", !corpus.organisations.is_empty()),
        ("treaty", "Treaties", !corpus.treaties.is_empty()),
        ("person", "People", !corpus.people.is_empty()),
        ("together", "Countries named together", !corpus.pairs.is_empty()),
        ("documents", "Documents", true),
    ];
    out.write_all(b"<nav class=\"sections\" aria-label=\"Sections\">")?;
    for (id, title, _) in sections.into_iter().filter(|(_, _, is_shown)| *is_shown) {
        write!(out, "<a href=\"#{id}\">{title}</a> ")?;
    }
    out.write_all(b"</nav>\n")
}

fn write_contents(out: &mut impl io::Write, documents: &[(&str, &Document)]) -> io::Result<()> {
    out.write_all(b"<ol class=\"contents\">\n")?;
    for (i, (title, document)) in documents.iter().enumerate() {
        let mentions = count(document.mentions().len(), "mention", "mentions");
        writeln!(out, "<li><a href=\"#d{}\"><bdi>{}</bdi></a>, {mentions}</li>", i + 1, escape(title))?;
    }
    out.write_all(b"</ol>\n")
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// The class that gives a kind its colours in `style.css`.
fn class(kind: EntityKind) -> String {
    kind.name().to_lowercase()
}

#[cfg(test)]
mod tests;
