//! What the gazetteer knows of a country, an organisation, a treaty, a person.

/// A country or a state of the past, by ISO 3166.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CountryFacts {
    pub(crate) id: Box<str>,
    pub(crate) alpha3: Box<str>,
    pub(crate) numeric: Box<str>,
    pub(crate) name: Box<str>,
    pub(crate) former: bool,
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrganisationFacts {
    pub(crate) id: Box<str>,
    pub(crate) name: Box<str>,
    pub(crate) acronym: Option<Box<str>>,
}

/// A treaty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TreatyFacts {
    pub(crate) id: Box<str>,
    pub(crate) name: Box<str>,
    pub(crate) year: Option<u16>,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PersonFacts {
    pub(crate) id: Box<str>,
}
