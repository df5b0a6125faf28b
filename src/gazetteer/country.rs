//! The countries' codes, which every gazetteer knows: a user's own names of countries are checked against them.

use crate::error::Error;
use crate::gazetteer::table;
use crate::gazetteer::{CountryFacts, Gazetteer};
use crate::mention::EntityKind;

/// The countries' codes: facts that also a user's own gazetteer is checked against.
const COUNTRIES: &str = include_str!("../../models/gazetteer/countries.tsv");

impl Gazetteer {
    /// A gazetteer that knows the countries' codes and no name.
    pub(crate) fn of_countries() -> Result<Self, Error> {
        let mut gazetteer = Self::default();
        let columns = ["id", "alpha3", "numeric", "name", "formal", "status"];
        for row in table::rows(COUNTRIES, &columns, 6)? {
            let row = row?;
            let facts = CountryFacts {
                id: row.cell(0).into(),
                alpha3: row.cell(1).into(),
                numeric: row.cell(2).into(),
                name: row.cell(3).into(),
                former: row.cell(5) == "former",
            };
            gazetteer.ids.insert((EntityKind::Country, facts.id.clone()), gazetteer.countries.len() as u32);
            gazetteer.countries.push(facts);
        }
        Ok(gazetteer)
    }
}
