//! What the gazetteer knows of a country, an organisation, a treaty, a person.

use crate::entity::{Provision, Treaty};
use crate::gazetteer::Text;
#[cfg(feature = "embedded-gazetteer")]
use crate::gazetteer::table::Form;

/// A country or a state of the past, by ISO 3166.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CountryFacts {
    pub(crate) id: Text,
    pub(crate) alpha3: Text,
    pub(crate) numeric: Text,
    pub(crate) name: Text,
    pub(crate) former: bool,
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrganisationFacts {
    pub(crate) id: Text,
    pub(crate) name: Text,
    pub(crate) acronym: Option<Text>,
}

impl OrganisationFacts {
    /// Takes a built-in name in: as the one to be shown, or as the acronym where it is short and usual.
    #[cfg(feature = "embedded-gazetteer")]
    pub(super) fn add_name(&mut self, name: &'static str, form: Form) {
        if form == Form::Name {
            self.name = name.into();
        }
        let is_short = form == Form::Acronym || (form == Form::Name && !name.contains(char::is_lowercase));
        let is_usual = self.acronym.is_none() || name == self.name || name.eq_ignore_ascii_case(&self.id);
        if is_short && is_usual && !name.contains('.') {
            self.acronym = Some(name.into());
        }
    }
}

/// A treaty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TreatyFacts {
    pub(crate) id: Text,
    pub(crate) name: Text,
    pub(crate) year: Option<u16>,
    pub(crate) unts: Option<Text>,
    pub(crate) parties: Text, // identifiers, sorted, with commas between
    pub(crate) organisation: Option<Text>,
    pub(crate) articles: Option<u16>, // the number of the last one
}

impl TreatyFacts {
    /// A treaty of which no more is known than its name.
    pub(super) fn named(id: Text, name: Text) -> Self {
        Self { id, name, year: None, unts: None, parties: Text::default(), organisation: None, articles: None }
    }

    /// Whether the treaty is long enough for these provisions, as far as its length is known.
    pub(crate) fn may_have(&self, provisions: &[Provision]) -> bool {
        let Some(articles) = self.articles else { return true };
        provisions.iter().filter_map(Provision::last_article).all(|article| article <= articles)
    }

    /// The treaty, before any text has named it.
    pub(crate) fn treaty(&self) -> Treaty {
        let parties = self.parties.split(',').filter(|party| !party.is_empty());
        Treaty {
            id: Some(self.id.to_string()),
            year: self.year,
            unts: self.unts.as_ref().map(Text::to_string),
            parties: parties.map(str::to_owned).collect(),
            organisation: self.organisation.as_ref().map(Text::to_string),
            ..Treaty::unlisted(self.name.to_string())
        }
    }
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PersonFacts {
    pub(crate) id: Text,
}
