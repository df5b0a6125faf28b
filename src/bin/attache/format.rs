//! Documents in the format asked for: rendered on any thread, put together in order.

use attache::Document;
use attache::render::{self, Colours, JsonOptions, Offsets, Scheme, TSV_HEADER};

use crate::arguments::Format;

/// "1 document", "2 documents".
pub(crate) fn count_documents(count: usize) -> String {
    format!("{count} document{}", if count == 1 { "" } else { "s" })
}

/// How documents are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    pub(crate) format: Format,
    pub(crate) offsets: Offsets,
    pub(crate) colours: Colours,
    /// Whether there may be several documents: JSON is a list then, and text and TSV tell which is which.
    pub(crate) has_many: bool,
}

impl Layout {
    /// Whether all documents stand in one page, and none can be written before all are read.
    pub(crate) fn is_report(self) -> bool {
        self.format == Format::Html && self.has_many
    }

    /// What stands before the first document.
    pub(crate) fn head(self) -> String {
        match self.format {
            Format::Json if self.has_many => "[\n".to_owned(),
            Format::Tsv if self.has_many => format!("document\t{TSV_HEADER}"),
            Format::Tsv => TSV_HEADER.to_owned(),
            _ => String::new(),
        }
    }

    /// What stands after the last of `written` documents.
    pub(crate) fn tail(self, written: usize) -> &'static str {
        match self.format {
            Format::Json if self.has_many && written > 0 => "\n]\n",
            Format::Json if self.has_many => "]\n",
            _ => "",
        }
    }

    /// What stands before a document that follows on `written` others.
    pub(crate) fn separator(self, written: usize) -> &'static str {
        match self.format {
            Format::Json if written > 0 => ",\n",
            Format::Text if written > 0 => "\n",
            _ => "",
        }
    }

    /// Puts one document at the end of `out`.
    pub(crate) fn render(self, out: &mut Vec<u8>, id: Option<&str>, document: &Document) {
        let options = JsonOptions { id, offsets: self.offsets, ..JsonOptions::default() };
        let rendered = match self.format {
            Format::Jsonl => {
                return render::write_jsonl(out, document, &options).expect("a vector takes every byte");
            }
            Format::Text => self.text(id, document),
            Format::Json if self.has_many => render::json(document, &options),
            Format::Json => render::json(document, &options) + "\n",
            Format::Conll => render::conll(document, Scheme::Bio),
            Format::Html => render::html(document, id.unwrap_or("attache")),
            Format::Tsv => self.tsv(id, document),
        };
        out.extend_from_slice(rendered.as_bytes());
    }

    fn text(self, id: Option<&str>, document: &Document) -> String {
        let mut rendered = String::new();
        if self.has_many
            && let Some(id) = id
        {
            rendered.push_str(&format!("== {} ==\n", cell(id)));
        }
        rendered.push_str(&render::text(document, self.colours));
        let tables = render::tables(document, self.colours);
        if !tables.is_empty() {
            rendered.push('\n');
            rendered.push_str(&tables);
        }
        rendered
    }

    fn tsv(self, id: Option<&str>, document: &Document) -> String {
        let rows = render::tsv(document, self.offsets);
        if !self.has_many {
            return rows;
        }
        let id = cell(id.unwrap_or(""));
        rows.split_inclusive('\n').map(|row| format!("{id}\t{row}")).collect()
    }
}

/// An identifier that keeps to its cell and its line, escaped as the other columns are.
fn cell(id: &str) -> String {
    let mut cell = String::with_capacity(id.len());
    for character in id.chars() {
        match character {
            '\\' => cell.push_str("\\\\"),
            _ if character.is_control() => cell.extend(character.escape_default()),
            _ => cell.push(character),
        }
    }
    cell
}
