//! The built-in tables, read once.

use std::sync::{Arc, LazyLock};

use crate::error::Error;
use crate::gazetteer::ambiguity::Ambiguity;
use crate::gazetteer::table::{self, Row};
use crate::gazetteer::{Entry, Gazetteer, OrganisationFacts, PersonFacts, TreatyFacts};
use crate::mention::EntityKind;

/// The columns of every table of names.
const NAME_COLUMNS: [&str; 4] = ["name", "id", "form", "case"];

macro_rules! names {
    ($file:literal) => {
        ($file, include_str!(concat!("../../models/gazetteer/", $file)))
    };
}

static EMBEDDED: LazyLock<Arc<Gazetteer>> =
    LazyLock::new(|| Arc::new(Gazetteer::read_embedded().expect("the tests read every built-in table")));

impl Gazetteer {
    /// The built-in gazetteer: countries, nationalities, places, organisations, treaties and people.
    ///
    /// It is read once and shared.
    ///
    /// # Examples
    ///
    /// ```
    /// let text = "Kyrgyz officials in the U.A.E.";
    /// assert_eq!(attache::Gazetteer::embedded().find(text).len(), 2);
    /// ```
    pub fn embedded() -> Arc<Self> {
        EMBEDDED.clone()
    }

    fn read_embedded() -> Result<Self, Error> {
        let mut gazetteer = Self::of_countries()?;
        let (file, facts) = names!("treaty_facts.tsv");
        for row in table::rows(facts, &["id", "name", "year", "unts"], 4).map_err(|error| error.within(file))? {
            let facts =
                TreatyFacts { id: row.cell(0).into(), name: row.cell(1).into(), year: row.cell(2).parse().ok() };
            gazetteer.ids.insert((EntityKind::Treaty, facts.id.clone()), gazetteer.treaties.len() as u32);
            gazetteer.treaties.push(facts);
        }
        let tables = [
            (EntityKind::Country, names!("country_names.tsv")),
            (EntityKind::Nationality, names!("nationalities.tsv")),
            (EntityKind::Location, names!("locations.tsv")),
            (EntityKind::Organisation, names!("organisations.tsv")),
            (EntityKind::Treaty, names!("treaties.tsv")),
            (EntityKind::Person, names!("people.tsv")),
        ];
        for (kind, (file, text)) in tables {
            gazetteer.add_names(kind, text).map_err(|error| error.within(file))?;
        }
        let (file, rules) = names!("ambiguity.tsv");
        gazetteer.ambiguity = Ambiguity::read(rules).map_err(|error| error.within(file))?;
        for name in gazetteer.ambiguity.names() {
            gazetteer.trie.get(name).for_each(|entry| gazetteer.entries[entry].has_rules = true);
        }
        let (file, bodies) = names!("treaty_bodies.tsv");
        for row in table::rows(bodies, &["organisation", "treaty"], 2).map_err(|error| error.within(file))? {
            let treaty = gazetteer.ids.get(&(EntityKind::Treaty, row.cell(1).into())).copied();
            let treaty = treaty.ok_or_else(|| row.error("the identifier of a treaty", format!("{:?}", row.cell(1))));
            gazetteer.bodies.insert(row.cell(0).into(), treaty.map_err(|error| error.within(file))?);
        }
        Ok(gazetteer)
    }

    fn add_names(&mut self, kind: EntityKind, text: &'static str) -> Result<(), Error> {
        let mut last = ("", u32::MAX); // names of one thing mostly stand together
        for row in table::rows(text, &NAME_COLUMNS, 4)? {
            let (name, id, form) = (row.cell(0), row.cell(1), row.parse(2)?);
            if last.0 != id {
                last = (id, self.target(kind, &row)?);
            }
            if kind == EntityKind::Organisation {
                self.organisations[last.1 as usize].add_name(name, form);
            }
            self.add(Entry::new(name, kind, last.1, form, row.parse(3)?));
        }
        Ok(())
    }

    /// The place of a row's identifier in the facts of its kind; an organisation or a person is new by its first row.
    fn target(&mut self, kind: EntityKind, row: &Row<'static>) -> Result<u32, Error> {
        let (name, id) = (row.cell(0), row.cell(1));
        let of = match kind {
            EntityKind::Location => return Ok(u32::MAX),
            EntityKind::Nationality => EntityKind::Country,
            other => other,
        };
        if let Some(&place) = self.ids.get(&(of, id.into())) {
            return Ok(place);
        }
        let place = match of {
            EntityKind::Organisation => {
                self.organisations.push(OrganisationFacts { id: id.into(), name: name.into(), acronym: None });
                self.organisations.len()
            }
            EntityKind::Person => {
                self.people.push(PersonFacts { id: id.into() });
                self.people.len()
            }
            _ => {
                let expected = format!("the identifier of a {}", of.name().to_lowercase());
                return Err(row.error(expected, format!("{id:?}")));
            }
        };
        self.ids.insert((of, id.into()), place as u32 - 1);
        Ok(place as u32 - 1)
    }
}
