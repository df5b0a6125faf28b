//! Mentions as a table with a tab between columns: `0⇥6⇥Country⇥Poland⇥PL⇥Poland⇥0.99⇥Model`.

use crate::document::Document;

use super::identity::Identities;
use super::offsets::Offsets;

/// The names of the columns that [`tsv`] writes, as a line of its own.
pub const TSV_HEADER: &str = "start\tend\tkind\ttext\tid\tname\tscore\tsource\n";

/// A line for each mention, without [`TSV_HEADER`].
///
/// `id` and `name` are the entity's, empty where the mention is none. In every column a tab is written `\t`, a line
/// break `\n` or `\r`, a backslash `\\`.
///
/// # Examples
///
/// ```
/// use attache::render::{Offsets, TSV_HEADER, tsv};
///
/// # fn main() -> Result<(), attache::Error> {
/// let document = attache::Recognizer::new()?.recognize("Poland and Latvia signed.");
/// let rows = tsv(&document, Offsets::Byte);
/// print!("{TSV_HEADER}{rows}");
/// assert!(rows.starts_with("0\t6\tCountry\tPoland\tPL\tPoland\t"));
/// # Ok(())
/// # }
/// ```
pub fn tsv(document: &Document, offsets: Offsets) -> String {
    let identities = Identities::new(document);
    let mut counter = offsets.counter(document.text());
    let mut rows = String::new();
    for mention in document.mentions() {
        let range = counter.range(mention.span);
        let entity = identities.find(mention).map(|(entity, _)| entity);
        let columns = [
            range.start.to_string(),
            range.end.to_string(),
            mention.kind.to_string(),
            escape(document.surface(mention)),
            escape(entity.and_then(|entity| entity.id()).unwrap_or("")),
            escape(entity.map_or("", |entity| entity.name())),
            mention.score.to_string(),
            mention.source.to_string(),
        ];
        rows.push_str(&columns.join("\t"));
        rows.push('\n');
    }
    rows
}

fn escape(cell: &str) -> String {
    cell.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn a_mention_is_a_line_of_eight_columns() {
        let rows = tsv(&sample::news(), Offsets::Byte);
        let first = "0\t8\tPerson\tAda Roth\t\tAda Roth\t0.75\tModel";
        assert_eq!(rows.lines().next(), Some(first));
        assert!(rows.contains("\tCountry\tTürkiye\tTR\tTurkey\t0.75\tGazetteer\n"));
        assert_eq!(rows.lines().count(), sample::news().mentions().len());
    }

    #[test]
    fn hostile_text_keeps_its_line_and_column() {
        let rows = tsv(&sample::hostile(), Offsets::Char);
        assert_eq!(rows.split_terminator('\n').count(), sample::hostile().mentions().len());
        assert!(rows.lines().all(|row| row.split('\t').count() == TSV_HEADER.split('\t').count()));
        assert_eq!(escape("a\tb\\t\r\n"), "a\\tb\\\\t\\r\\n");
    }
}
