//! What a document names as tables for a terminal, one for each kind; columns line up by display width.

use std::collections::BTreeSet;

use unicode_width::UnicodeWidthStr;

use crate::document::Document;
use crate::entity::{Country, Organisation, Person, Treaty};
use crate::mention::{EntityKind, Mention};

use super::terminal::{BOLD, Colours, code};
use super::visible::one_line;

/// Tables of the people, countries, organisations and treaties that the document names; a kind that it does not name
/// has none.
///
/// Countries come with alpha-2 and alpha-3 code and the forms that the text uses, organisations with acronym and
/// identifier, treaties with their provisions. An asterisk marks a treaty that only provisions were tied to
/// ([`Treaty::is_inferred`]).
///
/// # Examples
///
/// ```
/// use attache::render::{Colours, tables};
///
/// # fn main() -> Result<(), attache::Error> {
/// let document = attache::Recognizer::new()?.recognize("Türkiye signed; Turkey has not ratified.");
/// let expected = "\
/// Countries  Alpha-2  Alpha-3  In the text      Mentions
/// Turkey     TR       TUR      Turkey, Türkiye         2
/// ";
/// assert_eq!(tables(&document, Colours::Plain), expected);
/// # Ok(())
/// # }
/// ```
pub fn tables(document: &Document, colours: Colours) -> String {
    let people = document.people().iter().map(person_row);
    let countries = document.countries().iter().map(|country| country_row(document, country));
    let organisations = document.organisations().iter().map(organisation_row);
    let treaties = document.treaties().iter().map(treaty_row);
    let tables = [
        (EntityKind::Person, vec!["People", "Also"], people.collect::<Vec<_>>()),
        (EntityKind::Country, vec!["Countries", "Alpha-2", "Alpha-3", "In the text"], countries.collect()),
        (EntityKind::Organisation, vec!["Organisations", "Acronym", "Identifier", "Also"], organisations.collect()),
        (EntityKind::Treaty, vec!["Treaties", "Year", "Provisions", "Identifier"], treaties.collect()),
    ];
    let mut rendered = Vec::new();
    for (kind, mut heads, rows) in tables {
        if !rows.is_empty() {
            heads.push("Mentions");
            rendered.push(table(&heads, &rows, kind, colours));
        }
    }
    rendered.join("\n")
}

fn person_row(person: &Person) -> Vec<String> {
    vec![person.name().to_owned(), person.aliases().join(", "), count(person.mentions())]
}

fn country_row(document: &Document, country: &Country) -> Vec<String> {
    let code = if country.is_former() { country.id() } else { country.alpha2() };
    let surfaces: BTreeSet<&str> = country.mentions().iter().map(|mention| document.surface(mention)).collect();
    let surfaces = surfaces.into_iter().collect::<Vec<_>>().join(", ");
    let alpha3 = country.alpha3().to_owned();
    vec![country.name().to_owned(), code.to_owned(), alpha3, surfaces, count(country.mentions())]
}

fn organisation_row(organisation: &Organisation) -> Vec<String> {
    vec![
        organisation.name().to_owned(),
        organisation.acronym().unwrap_or("").to_owned(),
        organisation.id().unwrap_or("").to_owned(),
        organisation.aliases().join(", "),
        count(organisation.mentions()),
    ]
}

fn treaty_row(treaty: &Treaty) -> Vec<String> {
    let mark = if treaty.is_inferred() { " *" } else { "" };
    let provisions: Vec<String> = treaty.provisions().iter().map(ToString::to_string).collect();
    vec![
        format!("{}{mark}", treaty.name()),
        treaty.year().map_or_else(String::new, |year| year.to_string()),
        provisions.join(", "),
        treaty.id().unwrap_or("").to_owned(),
        count(treaty.mentions()),
    ]
}

fn count(mentions: &[Mention]) -> String {
    mentions.len().to_string()
}

/// Rows under a head; the last column is of numbers and stands to the right.
fn table(heads: &[&str], rows: &[Vec<String>], kind: EntityKind, colours: Colours) -> String {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| one_line(cell)).collect()).collect();
    let widest = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
    let widths: Vec<usize> = heads.iter().enumerate().map(|(i, head)| head.width().max(widest(i))).collect();
    let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    let mut rendered = colours.paint(BOLD, line(&heads, &widths).trim_end());
    rendered.push('\n');
    for row in &rows {
        let line = line(row, &widths);
        // The name fills the first column, its padding stays unpainted.
        let (name, rest) = line.split_at(row[0].len());
        rendered.push_str(&colours.paint(code(kind), name));
        rendered.push_str(rest);
        rendered.push('\n');
    }
    rendered
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (i, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let padding = " ".repeat(width - cell.width());
        match i {
            0 => line.push_str(&format!("{cell}{padding}")),
            _ if i + 1 == cells.len() => line.push_str(&format!("  {padding}{cell}")),
            _ => line.push_str(&format!("  {cell}{padding}")),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn each_kind_has_its_table() {
        let expected = "\
People    Also  Mentions
Ada Roth  Roth         2

Countries  Alpha-2  Alpha-3  In the text      Mentions
Turkey     TR       TUR      Turkey, Türkiye         2
Poland     PL       POL      Poland, Polish          3

Organisations           Acronym  Identifier              Also  Mentions
Oslo Pact Organisation  OPO      oslo-pact-organisation  OPO          2

Treaties   Year  Provisions  Identifier  Mentions
Oslo Pact  1925  Article 4   oslo-pact          1
";
        assert_eq!(tables(&sample::news(), Colours::Plain), expected);
    }

    #[test]
    fn wide_and_combining_characters_line_up() {
        let rows = vec![vec!["中国".to_owned(), "1".to_owned()], vec!["e\u{301}".to_owned(), "2".to_owned()]];
        let rendered = table(&["N", "C"], &rows, EntityKind::Country, Colours::Plain);
        assert_eq!(rendered, "N     C\n中国  1\ne\u{301}     2\n");
    }

    #[test]
    fn colour_changes_no_column() {
        let coloured = tables(&sample::news(), Colours::Ansi);
        let mut plain = coloured.clone();
        for code in ["1", "0", "1;32", "1;33", "1;34", "1;35"] {
            plain = plain.replace(&format!("\x1b[{code}m"), "");
        }
        assert_ne!(plain, coloured);
        assert_eq!(plain, tables(&sample::news(), Colours::Plain));
    }

    #[test]
    fn an_inferred_treaty_is_marked_and_no_entity_is_no_table() {
        let mut document = sample::news();
        document.treaties[0].inferred = true;
        assert!(tables(&document, Colours::Plain).contains("Oslo Pact *  1925"));
        assert_eq!(tables(&sample::bare("x"), Colours::Plain), "");
    }

    #[test]
    fn hostile_names_stay_on_their_line() {
        let rendered = tables(&sample::hostile(), Colours::Plain);
        assert!(!rendered.contains(['\u{1b}', '\u{0}', '\t', '\r']));
        assert_eq!(rendered.lines().count(), 5);
    }
}
