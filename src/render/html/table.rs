//! Tables of what documents name, each row with links to the passages.

use std::io;

use crate::mention::EntityKind;

use super::class;
use super::corpus::{Corpus, Row};
use super::escape::escape;

/// So many links stand in a row; more are folded behind a summary.
const OPEN_LINKS: usize = 12;

/// Writes the tables of countries, organisations, treaties and people; a kind that is not named has none, nor has a
/// column that no row fills.
pub(super) fn write(out: &mut impl io::Write, corpus: &Corpus) -> io::Result<()> {
    let tables = [
        (EntityKind::Country, "Countries", ["Code", "Alpha-3"].as_slice(), &corpus.countries),
        (EntityKind::Organisation, "Organisations", &["Acronym", "Also"], &corpus.organisations),
        (EntityKind::Treaty, "Treaties", &["Year", "Provisions"], &corpus.treaties),
        (EntityKind::Person, "People", &["Also"], &corpus.people),
    ];
    for (kind, title, heads, rows) in tables {
        if !rows.is_empty() {
            write_table(out, kind, title, heads, rows)?;
        }
    }
    Ok(())
}

fn write_table(
    out: &mut impl io::Write,
    kind: EntityKind,
    title: &str,
    heads: &[&str],
    rows: &[Row],
) -> io::Result<()> {
    let is_filled = |column: &usize| rows.iter().any(|row| !row.details[*column].is_empty());
    let columns: Vec<usize> = (0..heads.len()).filter(is_filled).collect();
    writeln!(out, "<section id=\"{}\">\n<h2>{title}</h2>", class(kind))?;
    writeln!(
        out,
        "<div class=\"scroll\" role=\"region\" aria-label=\"{title}\" tabindex=\"0\">\n<table>\n<thead><tr>"
    )?;
    for head in ["Name"].into_iter().chain(columns.iter().map(|column| heads[*column])) {
        write!(out, "<th scope=\"col\">{head}</th>")?;
    }
    writeln!(
        out,
        "<th scope=\"col\" class=\"number\">Mentions</th><th scope=\"col\">Passages</th></tr></thead>\n<tbody>"
    )?;
    for row in rows {
        write!(
            out,
            "<tr><th scope=\"row\"><mark class=\"{}\"><bdi>{}</bdi></mark></th>",
            class(kind),
            escape(&row.name)
        )?;
        for column in &columns {
            write!(out, "<td><bdi>{}</bdi></td>", escape(&row.details[*column].join(", ")))?;
        }
        write!(out, "<td class=\"number\">{}</td><td>", row.mentions)?;
        write_passages(out, row)?;
        writeln!(out, "</td></tr>")?;
    }
    writeln!(out, "</tbody>\n</table>\n</div>\n</section>")
}

/// A link for each document, to its first mention there.
fn write_passages(out: &mut impl io::Write, row: &Row) -> io::Result<()> {
    let is_folded = row.passages.len() > OPEN_LINKS;
    if is_folded {
        write!(out, "<details><summary>{} documents</summary>", row.passages.len())?;
    }
    for (i, (number, anchor)) in row.passages.iter().enumerate() {
        let gap = if i == 0 { "" } else { " " };
        let name = escape(&row.name);
        write!(out, "{gap}<a href=\"#{anchor}\" aria-label=\"{name} in document {number}\">{number}</a>")?;
    }
    if is_folded {
        write!(out, "</details>")?;
    }
    Ok(())
}
