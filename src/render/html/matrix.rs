//! Which countries stand in one sentence, as a matrix whose shade grows with the count.

use std::io;

use super::corpus::{Corpus, Row, Together};
use super::escape::escape;

/// So many countries are rows and columns; more would not fit a screen.
const COUNTRIES: usize = 20;

/// The strongest shade, in percent of the accent colour: text on it keeps its contrast.
const STRONGEST: usize = 40;

/// Writes the matrix of the countries most often named beside others, where two are.
pub(super) fn write(out: &mut impl io::Write, corpus: &Corpus) -> io::Result<()> {
    let paired: Vec<&Row> = corpus.countries.iter().filter(|row| is_paired(corpus, row)).collect();
    if paired.is_empty() {
        return Ok(());
    }
    let shown = &paired[..paired.len().min(COUNTRIES)];
    let most = corpus.pairs.values().map(|together| together.sentences).max().unwrap_or(1);
    writeln!(out, "<section id=\"together\">\n<h2>Countries named together</h2>")?;
    write!(out, "<p class=\"note\">How many sentences name both; each number links to the first.")?;
    if shown.len() < paired.len() {
        write!(out, " Shown are the {} most named of {}.", shown.len(), paired.len())?;
    }
    writeln!(
        out,
        "</p>\n<div class=\"scroll\" role=\"region\" aria-label=\"Countries named together\" tabindex=\"0\">"
    )?;
    writeln!(out, "<table class=\"matrix\">\n<thead><tr><td></td>")?;
    for column in shown {
        write!(out, "<th scope=\"col\"><abbr title=\"{}\">{}</abbr></th>", escape(&column.name), escape(&column.key))?;
    }
    writeln!(out, "</tr></thead>\n<tbody>")?;
    for row in shown {
        write!(out, "<tr><th scope=\"row\"><bdi>{}</bdi> {}</th>", escape(&row.name), escape(&row.key))?;
        for column in shown {
            write_cell(out, row, column, find(corpus, row, column), most)?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody>\n</table>\n</div>\n</section>")
}

fn write_cell(
    out: &mut impl io::Write,
    row: &Row,
    column: &Row,
    together: Option<&Together>,
    most: usize,
) -> io::Result<()> {
    if row.key == column.key {
        return write!(out, "<td class=\"self\"></td>");
    }
    let Some(Together { sentences, anchor }) = together else {
        return write!(out, "<td></td>");
    };
    let shade = (sentences * STRONGEST).div_ceil(most);
    let title = format!("{} and {}: {sentences}", escape(&row.name), escape(&column.name));
    write!(out, "<td style=\"--shade:{shade}%\"><a href=\"#{anchor}\" title=\"{title}\">{sentences}</a></td>")
}

fn find<'a>(corpus: &'a Corpus, row: &Row, column: &Row) -> Option<&'a Together> {
    let (first, second) = if row.key < column.key { (row, column) } else { (column, row) };
    corpus.pairs.get(&(first.key.clone(), second.key.clone()))
}

fn is_paired(corpus: &Corpus, row: &Row) -> bool {
    corpus.pairs.keys().any(|(first, second)| *first == row.key || *second == row.key)
}
