//! A document as text for people and for programs: terminal, HTML, JSON, CoNLL columns, TSV.
//!
//! Every function takes a [`Document`](crate::Document) and gives a `String`; `write_*` send what may be long straight
//! to a writer. Whatever the text holds stays text: it can neither end a tag, nor a column, nor move a terminal's cursor.
//!
//! | function | for | shape |
//! | --- | --- | --- |
//! | [`text`] | a terminal | the text, each mention marked |
//! | [`tables`] | a terminal | people, countries, organisations and treaties, a table each |
//! | [`html`], [`report`] | a browser | a page for one document, and for many |
//! | [`json`], [`jsonl`] | programs | one object a document, by `document.schema.json` |
//! | [`conll`] | taggers | a word and its label a line |
//! | [`tsv`] | spreadsheets | a mention a line |

mod conll;
mod html;
mod identity;
mod json;
mod offsets;
mod table;
mod terminal;
mod tsv;
mod visible;

#[cfg(test)]
pub(crate) mod sample;

pub use conll::{Scheme, conll};
pub use html::{html, report, write_html, write_report};
pub use json::{JSON_SCHEMA, JsonOptions, TextField, json, jsonl, write_jsonl};
pub use offsets::Offsets;
pub use table::tables;
pub use terminal::{Colours, text};
pub use tsv::{TSV_HEADER, tsv};
