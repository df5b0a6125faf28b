//! Which entity each mention of a document is, looked up once for all of them.

use crate::document::Document;
use crate::entity::Entity;
use crate::mention::Mention;
use crate::span::Span;

/// The entities of a document, sorted by the spans of their mentions.
pub(super) struct Identities<'a> {
    by_span: Vec<(Span, Entity<'a>, usize)>,
}

impl<'a> Identities<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        let people = document.people().iter().map(Entity::Person).enumerate();
        let countries = document.countries().iter().map(Entity::Country).enumerate();
        let organisations = document.organisations().iter().map(Entity::Organisation).enumerate();
        let treaties = document.treaties().iter().map(Entity::Treaty).enumerate();
        let mut by_span = Vec::new();
        for (index, entity) in people.chain(countries).chain(organisations).chain(treaties) {
            for mention in entity.mentions() {
                by_span.push((mention.span, entity, index));
            }
        }
        by_span.sort_by_key(|(span, ..)| *span);
        Self { by_span }
    }

    /// The entity of a mention, with its place in the document's list of its kind.
    pub(super) fn find(&self, mention: &Mention) -> Option<(Entity<'a>, usize)> {
        let after = self.by_span.partition_point(|(span, ..)| *span <= mention.span);
        let (span, entity, index) = self.by_span[..after].last().copied()?;
        (span == mention.span).then_some((entity, index))
    }

    /// A mention's short identity, to stand beside its kind: `PL`, `CSTO`, a treaty's identifier; "" where it has none.
    pub(super) fn short(&self, mention: &Mention) -> &'a str {
        match self.find(mention) {
            Some((Entity::Country(country), _)) => country.id(),
            Some((Entity::Organisation(organisation), _)) => organisation.acronym().unwrap_or(""),
            Some((Entity::Treaty(treaty), _)) => treaty.id().unwrap_or(""),
            _ => "",
        }
    }
}
