//! A document's text with its mentions marked; each mark has the anchor `d1m0` that tables link to.

use std::io;

use crate::document::Document;
use crate::entity::Entity;
use crate::mention::Mention;
use crate::render::identity::Identities;

use super::class;
use super::escape::escape;

/// Writes the text of the document that has `number` in its page.
pub(super) fn write(out: &mut impl io::Write, number: usize, document: &Document) -> io::Result<()> {
    let identities = Identities::new(document);
    let text = document.text();
    let mut done = 0;
    out.write_all(b"<div class=\"text\">")?;
    for (i, mention) in document.mentions().iter().enumerate() {
        out.write_all(escape(&text[done..mention.span.start()]).as_bytes())?;
        let entity = identities.find(mention).map(|(entity, _)| entity);
        let class = class(mention.kind);
        let tooltip = escape(&tooltip(mention, entity));
        let surface = escape(document.surface(mention));
        write!(out, "<mark class=\"{class}\" id=\"d{number}m{i}\" title=\"{tooltip}\"><bdi>{surface}</bdi>")?;
        write!(out, "<small>{}{}</small></mark>", mention.kind, code(entity))?;
        done = mention.span.end();
    }
    out.write_all(escape(&text[done..]).as_bytes())?;
    out.write_all(b"</div>\n")
}

/// Says that the gazetteer labelled the document alone, where it did.
pub(super) fn write_note(out: &mut impl io::Write, document: &Document) -> io::Result<()> {
    match document.fallback() {
        Some(fallback) => writeln!(out, "<p class=\"note warning\">{}</p>", escape(&fallback.to_string())),
        None => Ok(()),
    }
}

/// A country's code, to stand beside its kind.
fn code(entity: Option<Entity<'_>>) -> String {
    match entity {
        Some(Entity::Country(country)) => format!(" {}", escape(country.id())),
        _ => String::new(),
    }
}

fn tooltip(mention: &Mention, entity: Option<Entity<'_>>) -> String {
    let identity = match entity {
        Some(Entity::Country(country)) => format!("{} ({}, {})", country.name(), country.id(), country.alpha3()),
        Some(entity) => match entity.id() {
            Some(id) => format!("{} ({id})", entity.name()),
            None => entity.name().to_owned(),
        },
        None => "not resolved".to_owned(),
    };
    format!("{}: {identity} · score {:.2} · found by {}", mention.kind, mention.score, mention.source)
}
