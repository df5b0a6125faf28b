//! What the gazetteer knows of a country, an organisation, a treaty, a person.

use crate::gazetteer::Text;

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

/// A treaty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TreatyFacts {
    pub(crate) id: Text,
    pub(crate) name: Text,
    pub(crate) year: Option<u16>,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PersonFacts {
    pub(crate) id: Text,
}
