//! Tables of tab-separated lines: `#` lines are comments, the first other line is the header.

use std::str::FromStr;

use memchr::memchr_iter;

use crate::entity::CountryForm;
use crate::error::{Error, ErrorKind};

/// The most columns of a table.
const MOST: usize = 6;

/// A row of a table, with the number of its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row<'a> {
    pub(crate) line: usize,
    cells: [&'a str; MOST], // "" after the last
}

/// The rows under a header that must be `columns`; of the columns, those after `required` may be left out.
///
/// # Errors
///
/// Fails on another header, and a row fails with too few or too many cells; the error names the line.
pub(crate) fn rows<'a>(
    text: &'a str,
    columns: &[&str],
    required: usize,
) -> Result<impl Iterator<Item = Result<Row<'a>, Error>> + use<'a>, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.lines().enumerate().map(|(i, line)| (i + 1, line));
    let mut lines = lines.filter(|(_, line)| !line.starts_with('#') && !line.trim_start().is_empty());
    let header = columns.join("<tab>");
    let Some((line, first)) = lines.next() else {
        return Err(Error::new(ErrorKind::Format, "line 1", format!("the header {header:?}"), "no line"));
    };
    let found: Vec<&str> = first.split('\t').collect();
    if found.len() < required || found.len() > columns.len() || found != columns[..found.len()] {
        let found = found.join("<tab>");
        let (expected, found) = (format!("the header {header:?}"), format!("{found:?}"));
        return Err(Error::new(ErrorKind::Format, format!("line {line}"), expected, found));
    }
    let width = found.len();
    Ok(lines.map(move |(line, text)| row(line, text, width, required)))
}

fn row(line: usize, text: &str, width: usize, required: usize) -> Result<Row<'_>, Error> {
    let (mut cells, mut count, mut start) = ([""; MOST], 0, 0);
    for end in memchr_iter(b'\t', text.as_bytes()).chain([text.len()]) {
        if let Some(place) = cells.get_mut(count) {
            *place = &text[start..end];
        }
        (count, start) = (count + 1, end + 1);
    }
    if count < required || count > width {
        let (expected, found) = (format!("{width} cells between tabs"), count.to_string());
        return Err(Error::new(ErrorKind::Format, format!("line {line}"), expected, found));
    }
    Ok(Row { line, cells })
}

impl<'a> Row<'a> {
    /// A cell; "" where the row ends before it.
    pub(crate) fn cell(&self, column: usize) -> &'a str {
        self.cells.get(column).copied().unwrap_or("")
    }

    /// A cell read as what it should be.
    pub(crate) fn parse<T: FromStr<Err = Error>>(&self, column: usize) -> Result<T, Error> {
        self.cell(column).parse().map_err(|error: Error| error.within(format!("line {}", self.line)))
    }

    /// An error at this row.
    #[cfg(feature = "embedded-gazetteer")]
    pub(crate) fn error(&self, expected: impl Into<String>, found: impl Into<String>) -> Error {
        Error::new(ErrorKind::Format, format!("line {}", self.line), expected, found)
    }
}

/// How closely the letters of a text must follow a listed name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Case {
    /// Any letter case: `kyrgyzstan`.
    Fold,
    /// Each capital of the name is one in the text, or the whole name stands in capitals: Turkey, TURKEY, not turkey.
    #[default]
    Capital,
    /// As listed: US, not us or Us.
    Exact,
}

impl FromStr for Case {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "fold" => Ok(Self::Fold),
            "capital" | "" => Ok(Self::Capital),
            "exact" => Ok(Self::Exact),
            _ => Err(Error::new(ErrorKind::Format, "case", "fold, capital or exact", format!("{text:?}"))),
        }
    }
}

impl Case {
    /// Whether `surface` is an acceptable writing of `name`; that its folded words are the same is known.
    pub(crate) fn accepts(self, name: &str, surface: &str) -> bool {
        match self {
            Self::Fold => true,
            Self::Exact => same_capitals(name, surface, true),
            Self::Capital => same_capitals(name, surface, false) || is_upper(surface),
        }
    }
}

fn is_upper(surface: &str) -> bool {
    let mut letters = surface.chars().filter(|c| c.is_alphabetic());
    letters.clone().count() > 1 && letters.all(|c| !c.is_lowercase())
}

/// Whether each word of `surface` begins in upper case where that of `name` does; if `exact`, whether every letter has
/// the case of its counterpart.
fn same_capitals(name: &str, surface: &str, exact: bool) -> bool {
    let split = |c: char| !c.is_alphanumeric();
    let mut surfaces = surface.split(split).filter(|word| !word.is_empty());
    for word in name.split(split).filter(|word| !word.is_empty()) {
        let Some(other) = surfaces.next() else { return true };
        let starts = word.starts_with(char::is_uppercase);
        if starts && !other.starts_with(|c: char| !c.is_lowercase()) {
            return false;
        }
        if exact && !word.chars().zip(other.chars()).all(|(a, b)| a.is_uppercase() == b.is_uppercase()) {
            return false;
        }
    }
    true
}

/// What sort of name a line of a table gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The name that the thing is shown under.
    Name,
    /// Its formal name or title.
    Formal,
    /// Another name.
    Alias,
    /// An abbreviation or acronym.
    Acronym,
    /// A name it had.
    Former,
    /// A nationality's adjective, noun or plural.
    Demonym,
    /// A place, of whatever sort.
    Place,
}

impl FromStr for Form {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "name" => Ok(Self::Name),
            "formal" => Ok(Self::Formal),
            "alias" | "variant" => Ok(Self::Alias),
            "acronym" | "abbreviation" => Ok(Self::Acronym),
            "former" => Ok(Self::Former),
            "adjective" | "noun" | "plural" => Ok(Self::Demonym),
            "capital" | "city" | "continent" | "region" | "constituent" | "state" | "water" | "mountain" => {
                Ok(Self::Place)
            }
            _ => Err(Error::new(ErrorKind::Format, "form", "name, formal, alias, acronym, …", format!("{text:?}"))),
        }
    }
}

impl Form {
    /// How a country is named by a name of this form.
    pub(crate) fn of_country(self) -> CountryForm {
        match self {
            Self::Name | Self::Place => CountryForm::Name,
            Self::Formal => CountryForm::Formal,
            Self::Alias => CountryForm::Variant,
            Self::Acronym => CountryForm::Abbreviation,
            Self::Former => CountryForm::Former,
            Self::Demonym => CountryForm::Demonym,
        }
    }
}
