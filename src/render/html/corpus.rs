//! What several documents name, counted together: one row for each thing, whichever documents name it.

use std::collections::BTreeMap;

use crate::document::Document;
use crate::entity::{Entity, Provision};
use crate::mention::Mention;

/// The rows of the tables, the most named first, and the pairs of countries that sentences name together.
pub(super) struct Corpus {
    pub(super) people: Vec<Row>,
    pub(super) countries: Vec<Row>,
    pub(super) organisations: Vec<Row>,
    pub(super) treaties: Vec<Row>,
    /// By the identifiers of two countries, the smaller first.
    pub(super) pairs: BTreeMap<(String, String), Together>,
}

/// A thing that documents name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Its identifier, or its name where it has none.
    pub(super) key: String,
    pub(super) name: String,
    /// The columns between the name and the counts; each holds its values once.
    pub(super) details: Vec<Vec<String>>,
    pub(super) mentions: usize,
    /// The anchor of the first mention in each document that names it, by the document's number.
    pub(super) passages: Vec<(usize, String)>,
}

/// How many sentences name two countries, and the anchor of the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Together {
    pub(super) sentences: usize,
    pub(super) anchor: String,
}

impl Corpus {
    pub(super) fn new(documents: &[(&str, &Document)]) -> Self {
        let mut rows: [BTreeMap<String, Row>; 4] = Default::default();
        let mut pairs = BTreeMap::new();
        for (i, (_, document)) in documents.iter().enumerate() {
            let anchors = Anchors { number: i + 1, mentions: document.mentions() };
            for entity in document.entities() {
                let list = match entity {
                    Entity::Person(_) => 0,
                    Entity::Country(_) => 1,
                    Entity::Organisation(_) => 2,
                    Entity::Treaty(_) => 3,
                };
                add(&mut rows[list], entity, &anchors);
            }
            add_pairs(&mut pairs, document, &anchors);
        }
        let [people, countries, organisations, treaties] = rows.map(sorted);
        Self { people, countries, organisations, treaties, pairs }
    }
}

/// Where the mentions of one document stand in the page.
struct Anchors<'a> {
    number: usize,
    mentions: &'a [Mention],
}

impl Anchors<'_> {
    /// The anchor of the first of `mentions` that the page shows, else the document's.
    fn first(&self, mentions: &[Mention]) -> String {
        let shown = mentions.iter().find_map(|one| self.mentions.iter().position(|other| other.span == one.span));
        match shown {
            Some(i) => format!("d{}m{i}", self.number),
            None => format!("d{}", self.number),
        }
    }
}

fn add(rows: &mut BTreeMap<String, Row>, entity: Entity<'_>, anchors: &Anchors<'_>) {
    let key = entity.id().unwrap_or(entity.name()).to_owned();
    let details = details(entity);
    let name = entity.name().to_owned();
    let row = rows.entry(key.clone()).or_insert_with(|| Row {
        key,
        name,
        details: vec![Vec::new(); details.len()],
        mentions: 0,
        passages: Vec::new(),
    });
    for (old, new) in row.details.iter_mut().zip(details) {
        for value in new {
            if !old.contains(&value) {
                old.push(value);
            }
        }
    }
    row.mentions += entity.mentions().len();
    let anchor = anchors.first(entity.mentions());
    row.passages.push((anchors.number, anchor));
}

fn details(entity: Entity<'_>) -> Vec<Vec<String>> {
    let one = |value: Option<&str>| value.map(str::to_owned).into_iter().collect();
    match entity {
        Entity::Person(person) => vec![person.aliases().to_vec()],
        Entity::Country(country) => vec![one(Some(country.id())), one(Some(country.alpha3()))],
        Entity::Organisation(organisation) => vec![one(organisation.acronym()), organisation.aliases().to_vec()],
        Entity::Treaty(treaty) => vec![
            treaty.year().map(|year| year.to_string()).into_iter().collect(),
            treaty.provisions().iter().map(Provision::to_string).collect(),
        ],
    }
}

fn sorted(rows: BTreeMap<String, Row>) -> Vec<Row> {
    let mut rows: Vec<Row> = rows.into_values().collect();
    // The sort keeps the order of the keys where counts and names are equal.
    rows.sort_by(|a, b| b.mentions.cmp(&a.mentions).then_with(|| a.name.cmp(&b.name)));
    rows
}

/// Counts what [`Document::dyads`] counts, and remembers where each pair stands first.
fn add_pairs(pairs: &mut BTreeMap<(String, String), Together>, document: &Document, anchors: &Anchors<'_>) {
    for sentence in document.sentences() {
        let mut named: Vec<(&str, &Mention)> = Vec::new();
        for country in document.countries() {
            if let Some(mention) = country.mentions().iter().find(|mention| sentence.contains(mention.span)) {
                named.push((country.id(), mention));
            }
        }
        named.sort_by_key(|(id, _)| *id);
        for (i, (first, mention)) in named.iter().enumerate() {
            for (second, _) in &named[i + 1..] {
                let start = || Together { sentences: 0, anchor: anchors.first(std::slice::from_ref(*mention)) };
                pairs.entry(((*first).to_owned(), (*second).to_owned())).or_insert_with(start).sentences += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn a_thing_of_two_documents_is_one_row() {
        let (first, second) = (sample::news(), sample::news());
        let corpus = Corpus::new(&[("a", &first), ("b", &second)]);
        let names: Vec<_> = corpus.countries.iter().map(|row| (row.key.as_str(), row.mentions)).collect();
        assert_eq!(names, [("PL", 6), ("TR", 4)]);
        assert_eq!(corpus.countries[0].passages, [(1, "d1m4".to_owned()), (2, "d2m4".to_owned())]);
        assert_eq!(corpus.treaties[0].details, [vec!["1925".to_owned()], vec!["Article 4".to_owned()]]);
    }

    #[test]
    fn pairs_count_as_dyads_do() {
        let document = sample::news();
        let corpus = Corpus::new(&[("a", &document)]);
        let dyads = document.dyads();
        assert_eq!(dyads.len(), corpus.pairs.len());
        for dyad in dyads {
            assert_eq!(corpus.pairs[&(dyad.first, dyad.second)].sentences, dyad.sentences);
        }
        assert_eq!(corpus.pairs[&("PL".to_owned(), "TR".to_owned())].anchor, "d1m4");
    }

    #[test]
    fn a_mention_that_is_not_shown_links_to_its_document() {
        let mut document = sample::news();
        document.mentions.clear();
        assert_eq!(Corpus::new(&[("a", &document)]).people[0].passages, [(1, "d1".to_owned())]);
    }
}
