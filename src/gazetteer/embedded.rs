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
        gazetteer.add_treaties(facts).map_err(|error| error.within(file))?;
        let (file, articles) = names!("treaty_articles.tsv");
        gazetteer.add_articles(articles).map_err(|error| error.within(file))?;
        let (file, parties) = names!("treaty_parties.tsv");
        gazetteer.add_parties(parties).map_err(|error| error.within(file))?;
        let tables = [
            (EntityKind::Country, names!("country_names.tsv")),
            (EntityKind::Nationality, names!("nationalities.tsv")),
            (EntityKind::Location, names!("locations.tsv")),
            (EntityKind::Organisation, names!("organisations.tsv")),
            (EntityKind::Treaty, names!("treaties.tsv")),
            (EntityKind::Person, names!("people.tsv")),
        ];
        gazetteer.reserve(tables.iter().map(|(_, (_, text))| line_count(text)).sum());
        for (kind, (file, text)) in tables {
            gazetteer.add_names(kind, text).map_err(|error| error.within(file))?;
        }
        let (file, rules) = names!("ambiguity.tsv");
        gazetteer.ambiguity = Ambiguity::read(rules).map_err(|error| error.within(file))?;
        for name in gazetteer.ambiguity.names() {
            gazetteer.trie.get(name).for_each(|entry| gazetteer.entries[entry].has_rules = true);
        }
        let (file, bodies) = names!("treaty_bodies.tsv");
        gazetteer.add_bodies(bodies).map_err(|error| error.within(file))?;
        Ok(gazetteer)
    }

    /// Room for as many names.
    fn reserve(&mut self, names: usize) {
        self.trie.reserve(names);
        self.entries.reserve(names);
        self.ids.reserve(2 * names / 5); // several names have one identifier
    }

    fn add_treaties(&mut self, text: &'static str) -> Result<(), Error> {
        for row in table::rows(text, &["id", "name", "year", "unts"], 4)? {
            let row = row?;
            let (id, name, unts) = (row.cell(0), row.cell(1), row.cell(3));
            self.ids.insert((EntityKind::Treaty, id.into()), self.treaties.len() as u32);
            self.treaties.push(TreatyFacts {
                year: row.cell(2).parse().ok(),
                unts: (!unts.is_empty()).then(|| unts.into()),
                ..TreatyFacts::named(id.into(), name.into())
            });
        }
        Ok(())
    }

    fn add_articles(&mut self, text: &'static str) -> Result<(), Error> {
        for row in table::rows(text, &["treaty", "articles"], 2)? {
            let row = row?;
            let place = self.listed_treaty(&row, 0)?;
            let articles = row.cell(1).parse().map_err(|_| row.error("a number of articles", row.cell(1)))?;
            self.treaties[place as usize].articles = Some(articles);
        }
        Ok(())
    }

    fn add_parties(&mut self, text: &'static str) -> Result<(), Error> {
        for row in table::rows(text, &["treaty", "parties"], 2)? {
            let row = row?;
            let place = self.listed_treaty(&row, 0)?;
            self.treaties[place as usize].parties = row.cell(1).into();
        }
        Ok(())
    }

    /// Reads which treaty is an organisation's; of the bodies that share one, the first listed is its organisation.
    fn add_bodies(&mut self, text: &'static str) -> Result<(), Error> {
        for row in table::rows(text, &["organisation", "treaty"], 2)? {
            let row = row?;
            let place = self.listed_treaty(&row, 1)?;
            self.bodies.insert(row.cell(0).into(), place);
            self.treaties[place as usize].organisation.get_or_insert(row.cell(0).into());
        }
        Ok(())
    }

    /// The place of the treaty that a cell gives the identifier of.
    fn listed_treaty(&self, row: &Row<'static>, column: usize) -> Result<u32, Error> {
        let id = row.cell(column);
        let place = self.ids.get(&(EntityKind::Treaty, id.into())).copied();
        place.ok_or_else(|| row.error("the identifier of a treaty", format!("{id:?}")))
    }

    fn add_names(&mut self, kind: EntityKind, text: &'static str) -> Result<(), Error> {
        let mut last = ("", u32::MAX); // names of one thing mostly stand together
        for row in table::rows(text, &NAME_COLUMNS, 4)? {
            let row = row?;
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

fn line_count(text: &str) -> usize {
    text.bytes().filter(|&byte| byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_party_is_a_country_or_an_organisation_and_stands_in_order() {
        let gazetteer = Gazetteer::embedded();
        let mut parties = 0;
        for facts in &gazetteer.treaties {
            let treaty = facts.treaty();
            assert!(treaty.parties().is_sorted_by(|a, b| a < b), "{}", facts.id);
            for party in treaty.parties() {
                let kind = match party.starts_with(|c: char| c.is_ascii_uppercase()) {
                    true => EntityKind::Country,
                    false => EntityKind::Organisation,
                };
                assert!(gazetteer.ids.contains_key(&(kind, party.clone().into())), "{}: {party}", facts.id);
                parties += 1;
            }
        }
        assert!(parties > 300, "{parties}");
    }

    #[test]
    fn the_first_body_of_a_treaty_is_its_organisation() {
        let gazetteer = Gazetteer::embedded();
        let charter = gazetteer.treaty_by_id("united-nations-charter").unwrap();
        assert_eq!(charter.organisation(), Some("united-nations"));
        assert_eq!(gazetteer.treaty_by_id("geneva-conventions").unwrap().organisation(), None);
    }
}
