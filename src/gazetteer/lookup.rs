//! Which thing a surface names: the same names, asked one at a time.

use crate::entity::{CountryForm, Treaty};
use crate::gazetteer::{CountryFacts, Entry, Gazetteer, OrganisationFacts, PersonFacts, TreatyFacts};
use crate::mention::EntityKind;

impl Gazetteer {
    /// The treaty with an identifier, as [`Treaty::id`] gives it: its name, year, number in the United Nations Treaty
    /// Series, parties and organisation, without a mention or a provision. `None` where no treaty has the identifier.
    ///
    /// # Examples
    ///
    /// ```
    /// let gazetteer = attache::Gazetteer::embedded();
    /// let treaty = gazetteer.treaty_by_id("new-start").expect("the built-in tables hold it");
    /// assert_eq!((treaty.name(), treaty.year()), ("New START", Some(2010)));
    /// assert_eq!(treaty.parties(), ["RU", "US"]);
    /// let agreement = gazetteer.treaty_by_id("paris-agreement").expect("the built-in tables hold it");
    /// assert_eq!(agreement.unts(), Some("I-54113"));
    /// ```
    pub fn treaty_by_id(&self, id: &str) -> Option<Treaty> {
        self.treaty_facts(id).map(TreatyFacts::treaty)
    }

    /// What is known of the treaty of an identifier.
    pub(crate) fn treaty_facts(&self, id: &str) -> Option<&TreatyFacts> {
        let place = *self.ids.get(&(EntityKind::Treaty, id.to_owned().into()))?;
        Some(&self.treaties[place as usize])
    }

    /// The country that a surface names, and how it names it; "State of Guatemala" is Guatemala.
    pub(crate) fn country(&self, surface: &str) -> Option<(&CountryFacts, CountryForm)> {
        let plain = || self.entry(EntityKind::Country, without_style(surface)?);
        let entry = self.entry(EntityKind::Country, surface).or_else(plain)?;
        Some((&self.countries[entry.target as usize], entry.form.of_country()))
    }

    /// Whether a listed name is one that a reader of news seldom meets: a country's formal, former or foreign name. A
    /// common name that the model passes over was passed over for a reason.
    pub(crate) fn is_seldom(&self, kind: EntityKind, surface: &str) -> bool {
        kind != EntityKind::Country
            || self.country(surface).is_some_and(|(_, form)| {
                matches!(form, CountryForm::Formal | CountryForm::Former | CountryForm::Variant)
            })
    }

    /// The country that an adjective or noun for its people belongs to.
    pub(crate) fn nationality(&self, surface: &str) -> Option<&CountryFacts> {
        let entry = self.entry(EntityKind::Nationality, surface)?;
        Some(&self.countries[entry.target as usize])
    }

    /// Whether a surface is listed under a kind.
    pub(crate) fn lists(&self, kind: EntityKind, surface: &str) -> bool {
        self.entry(kind, surface).is_some()
    }

    /// Whether every country and its people are listed: in the built-in tables, which come with rules of ambiguity.
    #[cfg(feature = "encoder")]
    pub(crate) fn lists_countries(&self) -> bool {
        self.ambiguity.names().next().is_some()
    }

    /// The organisation that a surface names.
    pub(crate) fn organisation(&self, surface: &str) -> Option<&OrganisationFacts> {
        let entry = self.entry(EntityKind::Organisation, surface)?;
        Some(&self.organisations[entry.target as usize])
    }

    /// The treaty that a surface names; a year before or after the name, and the order of words in "Treaty of X", may
    /// differ from the list's. Another treaty's year makes it none: "1763 Treaty of Paris" is not that of 1783.
    pub(crate) fn treaty(&self, surface: &str) -> Option<&TreatyFacts> {
        let entry = self.entry(EntityKind::Treaty, surface).or_else(|| {
            let bare = without_year(surface);
            let turned = turned(bare);
            let turned = || self.entry(EntityKind::Treaty, &turned?);
            self.entry(EntityKind::Treaty, bare).or_else(turned).or_else(|| self.begun(bare))
        })?;
        let facts = &self.treaties[entry.target as usize];
        let is_other = |year: u16| facts.year.is_some_and(|of| of.abs_diff(year) > YEARS);
        (!year_of(surface).is_some_and(is_other)).then_some(facts)
    }

    /// The entry of the one treaty whose names begin with the words of a surface, which leaves the rest of a long title
    /// out: "Convention against Torture and Other Cruel, Inhuman or Degrading Treatment".
    fn begun(&self, surface: &str) -> Option<&Entry> {
        if surface.split(' ').count() < BEGUN {
            return None;
        }
        let goes_on = |name: &str| name.len() > surface.len() && name.as_bytes()[surface.len()] == b' ';
        let begins =
            |name: &str| goes_on(name) && name.as_bytes()[..surface.len()].eq_ignore_ascii_case(surface.as_bytes());
        let treaties = self.entries.iter().filter(|entry| entry.kind == EntityKind::Treaty);
        let mut begun = treaties.filter(|entry| begins(&entry.name));
        let first = begun.next()?;
        begun.all(|other| other.target == first.target).then_some(first)
    }

    /// The treaty that is meant by "the organisation's treaty": NATO's is the North Atlantic Treaty.
    pub(crate) fn treaty_of(&self, organisation: &str) -> Option<&TreatyFacts> {
        self.bodies.get(organisation).map(|&place| &self.treaties[place as usize])
    }

    /// The person that a full name names.
    pub(crate) fn person(&self, surface: &str) -> Option<&PersonFacts> {
        let entry = self.entry(EntityKind::Person, surface)?;
        Some(&self.people[entry.target as usize])
    }

    /// The entry of a kind for a surface, as it stands, without "the" and a possessive, or without dots.
    fn entry(&self, kind: EntityKind, surface: &str) -> Option<&Entry> {
        let of_kind = |name: &str| {
            let mut entries = self.trie.get(name).map(|entry| &self.entries[entry]);
            entries.find(|entry| entry.kind == kind)
        };
        let bare = without_joints(surface);
        let of_bare = || if bare.len() < surface.len() { of_kind(bare) } else { None };
        let undotted = || if bare.contains('.') { of_kind(&bare.replace('.', "")) } else { None };
        of_kind(surface).or_else(of_bare).or_else(undotted)
    }
}

/// The fewest words of a title that is cut short: with fewer, many a title begins so.
const BEGUN: usize = 5;

/// How far the year in a name may be from that of signature: it may be that of entry into force.
const YEARS: u16 = 5;

/// The year before or after a name.
fn year_of(surface: &str) -> Option<u16> {
    let mut words = surface.split_whitespace();
    let (first, last) = (words.next()?, words.next_back().unwrap_or(""));
    let year = |word: &str| word.trim_matches(['(', ')', ',']).parse().ok().filter(|year| (1000..2100).contains(year));
    year(first).or_else(|| year(last))
}

/// A surface without a leading "the" and a trailing possessive.
fn without_joints(surface: &str) -> &str {
    let surface = surface.trim();
    let surface = match surface.get(..4) {
        Some(the) if the.eq_ignore_ascii_case("the ") => &surface[4..],
        _ => surface,
    };
    let end = ["'s", "’s", "'", "’"].into_iter().find_map(|possessive| surface.strip_suffix(possessive));
    end.unwrap_or(surface)
}

/// A country's name without what it calls itself before it. The State of Georgia is another one.
fn without_style(surface: &str) -> Option<&str> {
    let name = ["Republic of ", "Kingdom of ", "State of "].into_iter().find_map(|style| surface.strip_prefix(style));
    name.filter(|_| surface != "State of Georgia")
}

/// A name without a year before or after it: `1951 Refugee Convention`, `Treaty of Rome (1957)`.
fn without_year(surface: &str) -> &str {
    let is_year = |word: &str| {
        let digits = word.trim_matches(['(', ')', ',']);
        digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let surface = match surface.split_once(' ') {
        Some((first, rest)) if is_year(first) => rest,
        _ => surface,
    };
    match surface.rsplit_once(' ') {
        Some((rest, last)) if is_year(last) => rest.strip_suffix(" of").unwrap_or(rest).trim_end_matches(','),
        _ => surface,
    }
}

/// The same name in the other order: `Treaty of Rome` for `Rome Treaty` and the reverse.
fn turned(surface: &str) -> Option<String> {
    let words = ["Treaty", "Convention", "Agreement", "Accords", "Accord", "Pact", "Charter", "Protocol", "Statute"];
    for word in words {
        for joint in [" of ", " on "] {
            if let Some(place) = surface.strip_prefix(word).and_then(|rest| rest.strip_prefix(joint)) {
                return Some(format!("{place} {word}"));
            }
        }
        if let Some(place) = surface.strip_suffix(word) {
            return Some(format!("{word} of {}", place.trim_end()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_and_the_order_of_words_may_differ() {
        assert_eq!(without_year("1951 Refugee Convention"), "Refugee Convention");
        assert_eq!(without_year("Treaty of Rome of 1957"), "Treaty of Rome");
        assert_eq!(turned("Treaty of Rome").as_deref(), Some("Rome Treaty"));
        assert_eq!(turned("Versailles Treaty").as_deref(), Some("Treaty of Versailles"));
        assert_eq!(without_joints("the Netherlands’"), "Netherlands");
    }

    #[cfg(feature = "embedded-gazetteer")]
    #[test]
    fn a_surface_is_looked_up_in_any_of_its_forms() {
        let gazetteer = Gazetteer::embedded();
        let treaty = |surface: &str| gazetteer.treaty(surface).map(|facts| facts.id.to_string());
        for surface in
            ["North Atlantic Treaty", "the north atlantic treaty", "1949 North Atlantic Treaty", "Washington Treaty’s"]
        {
            assert_eq!(treaty(surface).as_deref(), Some("north-atlantic-treaty"), "{surface}");
        }
        assert_eq!(treaty("1763 Treaty of Paris"), None);
        let torture = "Convention against Torture and Other Cruel, Inhuman or Degrading Treatment";
        assert_eq!(treaty(torture), treaty(&format!("{torture} or Punishment")));
        assert!(treaty(torture).is_some());
        assert_eq!(treaty("Convention on the Elimination of All Forms"), None, "two treaties begin so");
        assert_eq!(treaty("Treaty of Elbonia"), None);
        let country = |surface: &str| gazetteer.country(surface).map(|(facts, form)| (facts.id.to_string(), form));
        assert_eq!(country("the U.S.'s"), Some(("US".to_owned(), CountryForm::Abbreviation)));
        assert_eq!(country("COTE D'IVOIRE"), Some(("CI".to_owned(), CountryForm::Variant)));
        assert_eq!(country("Elbonia"), None);
        assert_eq!(gazetteer.nationality("belarusians").map(|facts| &*facts.id), Some("BY"));
        let nato = gazetteer.organisation("N.A.T.O.").map(|facts| &*facts.id);
        assert_eq!(nato.and_then(|id| gazetteer.treaty_of(id)).map(|facts| &*facts.id), Some("north-atlantic-treaty"));
    }
}
