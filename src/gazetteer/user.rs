//! Gazetteers of the caller's own: from a table or from values, checked when they are read.

use std::collections::HashMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::gazetteer::table::{self, Case, Form};
use crate::gazetteer::{Entry, Gazetteer, OrganisationFacts, PersonFacts, Text, TreatyFacts};
use crate::mention::EntityKind;

/// A name of the caller's own gazetteer.
///
/// # Examples
///
/// ```
/// use attache::{EntityKind, GazetteerEntry};
///
/// let entry = GazetteerEntry { case: "exact".to_owned(), ..GazetteerEntry::new("IT", EntityKind::Country, "IT") };
/// assert_eq!((entry.name.as_str(), entry.case.as_str()), ("IT", "exact"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GazetteerEntry {
    /// The name as it stands in text, without a leading "the".
    pub name: String,
    /// What sort of thing it names.
    pub kind: EntityKind,
    /// Which one: an ISO 3166 code for a country or a nationality, else an identifier of the caller's choice. Several
    /// names with one identifier name one thing; the first is the name that it is shown under.
    pub id: String,
    /// `fold` for any letter case, `capital` (or "") where the name's capitals must be capitals or all letters are,
    /// `exact` for the name as written.
    #[serde(default)]
    pub case: String,
}

impl GazetteerEntry {
    /// A name for the thing with identifier `id`; its capitals must be capitals in the text.
    pub fn new(name: impl Into<String>, kind: EntityKind, id: impl Into<String>) -> Self {
        Self { name: name.into(), kind, id: id.into(), case: String::new() }
    }
}

impl Gazetteer {
    /// A gazetteer from values.
    ///
    /// # Errors
    ///
    /// Fails on an empty name, on an unknown code of a country, on an unknown `case`, and on a name that stands for two
    /// things of one kind; the error gives the entry's number, counted from 1.
    ///
    /// # Examples
    ///
    /// ```
    /// use attache::{EntityKind, Gazetteer, GazetteerEntry};
    ///
    /// let gazetteer = Gazetteer::from_entries([GazetteerEntry::new("Holland", EntityKind::Country, "NL")])?;
    /// assert_eq!(gazetteer.find("Holland signed.").len(), 1);
    ///
    /// let ruritania = GazetteerEntry::new("Ruritania", EntityKind::Country, "RUR");
    /// assert!(Gazetteer::from_entries([ruritania]).unwrap_err().to_string().starts_with("entry 1: id: expected"));
    /// # Ok::<(), attache::Error>(())
    /// ```
    pub fn from_entries(entries: impl IntoIterator<Item = GazetteerEntry>) -> Result<Self, Error> {
        let mut gazetteer = Self::of_countries()?;
        let mut seen = HashMap::new();
        for (i, entry) in entries.into_iter().enumerate() {
            gazetteer.add_entry(&entry, &mut seen).map_err(|error| error.within(format!("entry {}", i + 1)))?;
        }
        Ok(gazetteer)
    }

    /// A gazetteer from a file of tab-separated lines under the header `name kind id case`; `case` may be left out,
    /// lines that begin with `#` are comments.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be read, and as [`from_entries`](Self::from_entries) does; the error gives the line.
    ///
    /// # Examples
    ///
    /// ```
    /// use attache::Gazetteer;
    ///
    /// let path = std::env::temp_dir().join("attache-from-tsv.tsv");
    /// std::fs::write(&path, "name\tkind\tid\nBlue Quay Group\torganisation\tblue-quay\n")?;
    /// assert_eq!(Gazetteer::from_tsv(&path)?.find("The Blue Quay Group met.").len(), 1);
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_tsv(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|error| Error::io(path, "a gazetteer's table", error))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            Error::new(ErrorKind::Format, path.display().to_string(), "UTF-8", error.utf8_error().to_string())
        })?;
        Self::parse_tsv(&text).map_err(|error| error.within(path.display()))
    }

    fn parse_tsv(text: &str) -> Result<Self, Error> {
        let mut gazetteer = Self::of_countries()?;
        let mut seen = HashMap::new();
        for row in table::rows(text, &["name", "kind", "id", "case"], 3)? {
            let row = row?;
            let (name, id, case) = (row.cell(0).to_owned(), row.cell(2).to_owned(), row.cell(3).to_owned());
            let entry = GazetteerEntry { name, kind: row.parse(1)?, id, case };
            gazetteer.add_entry(&entry, &mut seen).map_err(|error| error.within(format!("line {}", row.line)))?;
        }
        Ok(gazetteer)
    }

    fn add_entry(
        &mut self,
        entry: &GazetteerEntry,
        seen: &mut HashMap<(EntityKind, String), String>,
    ) -> Result<(), Error> {
        let fail =
            |place: &str, expected: &str, found: String| Err(Error::new(ErrorKind::Format, place, expected, found));
        let (name, id) = (entry.name.trim(), entry.id.trim());
        if !name.contains(char::is_alphanumeric) {
            return fail("name", "a name with a letter or a digit", format!("{:?}", entry.name));
        }
        if id.is_empty() {
            return fail("id", "an identifier", format!("{:?}", entry.id));
        }
        let case: Case = entry.case.parse()?;
        if let Some(other) = seen.insert((entry.kind, name.to_owned()), id.to_owned())
            && other != id
        {
            return fail("name", "one identifier for a name of one kind", format!("{name:?} for {other:?} and {id:?}"));
        }
        let target = self.own_target(entry.kind, name.to_owned().into(), id.to_owned().into())?;
        let own = Entry::new(name.to_owned(), entry.kind, target, Form::Name, case);
        self.add(Entry { is_own: true, ..own });
        Ok(())
    }

    /// The place of an identifier in the facts of its kind; made where it is new, but for countries.
    fn own_target(&mut self, kind: EntityKind, name: Text, id: Text) -> Result<u32, Error> {
        let of = if kind == EntityKind::Nationality { EntityKind::Country } else { kind };
        if let Some(&place) = self.ids.get(&(of, id.clone())) {
            return Ok(place);
        }
        let place = match of {
            EntityKind::Person => {
                self.people.push(PersonFacts { id: id.clone() });
                self.people.len()
            }
            EntityKind::Organisation => {
                self.organisations.push(OrganisationFacts { id: id.clone(), name, acronym: None });
                self.organisations.len()
            }
            EntityKind::Treaty => {
                self.treaties.push(TreatyFacts::named(id.clone(), name));
                self.treaties.len()
            }
            EntityKind::Location => return Ok(u32::MAX),
            _ => {
                let expected = "an ISO 3166-1 alpha-2 or ISO 3166-3 alpha-4 code, or XK";
                return Err(Error::new(ErrorKind::Format, "id", expected, format!("{id:?}")));
            }
        };
        self.ids.insert((of, id), place as u32 - 1);
        Ok(place as u32 - 1)
    }

    /// This gazetteer with all names of another, whose reading of a name wins where both have it.
    ///
    /// # Examples
    ///
    /// ```
    /// use attache::{EntityKind, Gazetteer, GazetteerEntry};
    ///
    /// let one = Gazetteer::from_entries([GazetteerEntry::new("Blue Quay", EntityKind::Organisation, "blue-quay")])?;
    /// let other = Gazetteer::from_entries([GazetteerEntry::new("Blue Quay", EntityKind::Location, "quay")])?;
    /// assert_eq!(one.merged_with(&other).find("At Blue Quay.")[0].kind, EntityKind::Location);
    /// # Ok::<(), attache::Error>(())
    /// ```
    #[must_use]
    pub fn merged_with(&self, other: &Self) -> Self {
        let mut merged = self.clone();
        merged.learn(other);
        other.entries.iter().for_each(|entry| merged.trie.remove(&entry.name));
        for entry in &other.entries {
            let target = merged.own_target(entry.kind, entry.name.clone(), other.id_of(entry));
            let target = target.expect("both know the same countries");
            merged.add(Entry { target, ..entry.clone() });
        }
        merged
    }

    /// Takes over what another gazetteer knows of the organisations and treaties that are new to this one.
    fn learn(&mut self, other: &Self) {
        for facts in &other.organisations {
            let place = self.organisations.len() as u32;
            if *self.ids.entry((EntityKind::Organisation, facts.id.clone())).or_insert(place) == place {
                self.organisations.push(facts.clone());
            }
        }
        for facts in &other.treaties {
            let place = self.treaties.len() as u32;
            if *self.ids.entry((EntityKind::Treaty, facts.id.clone())).or_insert(place) == place {
                self.treaties.push(facts.clone());
            }
        }
        for (organisation, &place) in &other.bodies {
            let treaty = self.ids[&(EntityKind::Treaty, other.treaties[place as usize].id.clone())];
            self.bodies.entry(organisation.clone()).or_insert(treaty);
        }
    }

    fn id_of(&self, entry: &Entry) -> Text {
        let place = entry.target as usize;
        match entry.kind {
            EntityKind::Country | EntityKind::Nationality => self.countries[place].id.clone(),
            EntityKind::Organisation => self.organisations[place].id.clone(),
            EntityKind::Treaty => self.treaties[place].id.clone(),
            EntityKind::Person => self.people[place].id.clone(),
            EntityKind::Location => Text::default(),
        }
    }
}

#[cfg(all(test, feature = "embedded-gazetteer"))]
mod tests {
    use super::*;

    #[test]
    fn a_merged_gazetteer_knows_what_both_knew() {
        let own = GazetteerEntry::new("Harbour Pact", EntityKind::Treaty, "harbour-pact");
        let own = Gazetteer::from_entries([own]).unwrap();
        let embedded = Gazetteer::embedded();
        for merged in [own.merged_with(&embedded), embedded.merged_with(&own)] {
            assert_eq!(merged.treaty_by_id("harbour-pact").unwrap().name(), "Harbour Pact");
            assert_eq!(merged.treaty_by_id("paris-agreement"), embedded.treaty_by_id("paris-agreement"));
            let nato = merged.organisation("North Atlantic Treaty Organization").unwrap();
            assert_eq!((nato.acronym.as_deref(), &*nato.name), (Some("NATO"), "NATO"));
            assert_eq!(merged.treaty_of("nato").unwrap().organisation.as_deref(), Some("nato"));
        }
    }
}
