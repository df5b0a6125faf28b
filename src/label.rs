//! The labels that a model gives its tokens, what they mean here, and which label may follow which.
//!
//! `id2label` of `{"0": "O", "1": "B-Person", "2": "I-Person"}` is a BIO scheme over one kind; `I-Person` may follow
//! `B-Person` and `I-Person`, never `O`. Other people's models write `I-PER`, `S-GPE` or plain `LOC`: their names are
//! looked up in a [`LabelTable`], and any of their labels may follow any other.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind};
use crate::mention::EntityKind;

/// What a type of a model's labels means: the `LOC` of `B-LOC` and `I-LOC`.
///
/// # Examples
///
/// ```no_run
/// use attache::{EntityKind, LabelMeaning, Recognizer};
///
/// let recognizer = Recognizer::builder()
///     .model_dir("models/of-another-make")
///     .map_label("POLITICIAN", EntityKind::Person)
///     .map_label("STREET", LabelMeaning::Nothing)
///     .build()?;
/// # Ok::<(), attache::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LabelMeaning {
    /// A kind of mention.
    Kind(EntityKind),
    /// A country where the gazetteer knows the name as one's, else a location: `LOC`, `GPE`.
    CountryOrLocation,
    /// A treaty where the gazetteer or the grammar of treaty names knows it as one, else nothing: `LAW`.
    TreatyIfConfirmed,
    /// Nothing that is looked for: `MISC`, `DATE`.
    Nothing,
}

impl From<EntityKind> for LabelMeaning {
    fn from(kind: EntityKind) -> Self {
        Self::Kind(kind)
    }
}

/// What the types of labels mean that models commonly have: those of CoNLL-2003, OntoNotes 5 and their like.
const COMMON: [(LabelMeaning, &[&str]); 8] = [
    (LabelMeaning::Kind(EntityKind::Person), &["PER", "PERS", "PERSON"]),
    (LabelMeaning::Kind(EntityKind::Organisation), &["ORG", "ORGANISATION", "ORGANIZATION"]),
    (LabelMeaning::Kind(EntityKind::Country), &["COUNTRY"]),
    (LabelMeaning::Kind(EntityKind::Nationality), &["NORP", "NATIONALITY"]),
    (LabelMeaning::Kind(EntityKind::Location), &["FAC", "FACILITY"]),
    (LabelMeaning::CountryOrLocation, &["LOC", "LOCATION", "GPE"]),
    (LabelMeaning::TreatyIfConfirmed, &["LAW", "TREATY"]),
    (
        LabelMeaning::Nothing,
        &[
            "MISC",
            "EVENT",
            "PRODUCT",
            "WORK_OF_ART",
            "LANGUAGE",
            "DATE",
            "TIME",
            "PERCENT",
            "MONEY",
            "QUANTITY",
            "ORDINAL",
            "CARDINAL",
        ],
    ),
];

/// What types of labels mean, by their names in any letter case; a kind's own name (`Location`) means the kind.
#[derive(Debug, Clone, Default)]
pub(crate) struct LabelTable {
    added: BTreeMap<String, LabelMeaning>,
}

impl LabelTable {
    /// Says what a type means, whatever it meant before.
    pub(crate) fn insert(&mut self, name: &str, meaning: LabelMeaning) {
        self.added.insert(name.to_uppercase(), meaning);
    }

    fn meaning(&self, name: &str) -> Option<LabelMeaning> {
        let upper = name.to_uppercase();
        if let Some(meaning) = self.added.get(&upper) {
            return Some(*meaning);
        }
        if let Some(kind) = own_kind(name) {
            return Some(LabelMeaning::Kind(kind));
        }
        let common = COMMON.iter().find(|(_, names)| names.contains(&upper.as_str()));
        common.map(|(meaning, _)| *meaning)
    }
}

/// The kind whose name this is, letter for letter.
fn own_kind(name: &str) -> Option<EntityKind> {
    EntityKind::ALL.into_iter().find(|kind| kind.name() == name)
}

/// Where in a mention the word stands that carries a label. A mention's type is its place among the label set's types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In no mention.
    Outside,
    /// The first word of a mention.
    Begin(usize),
    /// A later word of a mention, or any word of it.
    Inside(usize),
    /// The last word of a mention.
    Last(usize),
    /// The only word of a mention.
    Single(usize),
}

impl Place {
    /// The type of the mention that the word stands in.
    pub(crate) fn of_type(self) -> Option<usize> {
        match self {
            Self::Outside => None,
            Self::Begin(of) | Self::Inside(of) | Self::Last(of) | Self::Single(of) => Some(of),
        }
    }

    /// Whether the word goes on with a mention of its type where one is open.
    pub(crate) fn goes_on(self) -> bool {
        matches!(self, Self::Inside(_) | Self::Last(_))
    }

    /// Whether the word ends its mention.
    pub(crate) fn ends(self) -> bool {
        matches!(self, Self::Last(_) | Self::Single(_))
    }
}

/// The labels of a model, by their column in the logits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LabelSet {
    places: Vec<Place>,
    meanings: Vec<LabelMeaning>, // by type
    is_strict: bool,
}

impl LabelSet {
    /// Reads label names, in the order of the logits' columns: `O`, `B-`, `I-`, `E-` or `L-`, `S-` or `U-` and a type, or
    /// a type alone.
    ///
    /// Where all types are named as our kinds are and each has its `B-`, the model is held to BIO: [`allows`](Self::allows).
    ///
    /// # Errors
    ///
    /// Fails on a name given twice, where `O` is missing, and on types that the table does not know, all of which it lists.
    pub(crate) fn parse<S: AsRef<str>>(names: &[S], table: &LabelTable) -> Result<Self, Error> {
        let (mut places, mut types) = (Vec::with_capacity(names.len()), Vec::new());
        for (column, name) in names.iter().enumerate() {
            let place = place(name.as_ref(), &mut types);
            if places.contains(&place) {
                return Err(unfit(format!("label {column}"), "each label once", format!("{:?} again", name.as_ref())));
            }
            places.push(place);
        }
        if !places.contains(&Place::Outside) {
            return Err(unfit("labels", "a label \"O\"", "none"));
        }
        let meanings = meanings(&types, table)?;
        let is_strict = types.iter().all(|name| own_kind(name).is_some()) && is_bio(&places);
        Ok(Self { places, meanings, is_strict })
    }

    /// How many labels there are: the columns of the logits.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// What each column means.
    pub(crate) fn places(&self) -> &[Place] {
        &self.places
    }

    /// What the mentions of a type are.
    pub(crate) fn meaning(&self, of_type: usize) -> LabelMeaning {
        self.meanings[of_type]
    }

    /// Whether the model is held to BIO, as ours is.
    pub(crate) fn is_strict(&self) -> bool {
        self.is_strict
    }

    /// Whether a word labelled `next` may follow one labelled `previous`; `None` is the start of a sentence.
    ///
    /// Always, unless the model is held to BIO. A set of labels does not tell BIO from IOB1, in which `I-` opens a mention
    /// and `B-` stands only where a mention touches another of its type.
    pub(crate) fn allows(&self, previous: Option<Place>, next: Place) -> bool {
        match next {
            Place::Inside(of) if self.is_strict => previous.and_then(Place::of_type) == Some(of),
            _ => true,
        }
    }
}

/// The place that a label's name says, its type added to `types` where it is new.
fn place(name: &str, types: &mut Vec<String>) -> Place {
    if name == "O" {
        return Place::Outside;
    }
    let (of, name): (fn(usize) -> Place, &str) = match name.split_once(['-', '_']) {
        Some(("B", name)) => (Place::Begin, name),
        Some(("I", name)) => (Place::Inside, name),
        Some(("E" | "L", name)) => (Place::Last, name),
        Some(("S" | "U", name)) => (Place::Single, name),
        _ => (Place::Inside, name),
    };
    let known = types.iter().position(|known| known == name);
    of(known.unwrap_or_else(|| {
        types.push(name.to_owned());
        types.len() - 1
    }))
}

fn meanings(types: &[String], table: &LabelTable) -> Result<Vec<LabelMeaning>, Error> {
    let unknown: Vec<String> =
        types.iter().filter(|name| table.meaning(name).is_none()).map(|name| format!("{name:?}")).collect();
    if unknown.is_empty() {
        return Ok(types.iter().filter_map(|name| table.meaning(name)).collect());
    }
    let expected = "types of labels whose meaning is known (RecognizerBuilder::map_label says what one means, \
                    LabelMeaning::Nothing to drop it)";
    Err(unfit("labels", expected, unknown.join(", ")))
}

/// Whether there are `B-` and `I-` alone, each `I-` with its `B-`.
fn is_bio(places: &[Place]) -> bool {
    places.iter().all(|place| match place {
        Place::Outside | Place::Begin(_) => true,
        Place::Inside(of) => places.contains(&Place::Begin(*of)),
        Place::Last(_) | Place::Single(_) => false,
    })
}

fn unfit(place: impl Into<String>, expected: impl Into<String>, found: impl Into<String>) -> Error {
    Error::new(ErrorKind::Unsupported, place, expected, found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> LabelSet {
        LabelSet::parse(names, &LabelTable::default()).unwrap()
    }

    #[test]
    fn in_our_own_scheme_inside_follows_only_its_own_kind() {
        let set = set(&["O", "B-Person", "I-Person", "B-Treaty"]);
        let [outside, begin, inside, other] = set.places()[..] else { unreachable!() };
        assert!(set.allows(Some(begin), inside) && set.allows(Some(inside), inside));
        assert!(!set.allows(Some(outside), inside) && !set.allows(None, inside) && !set.allows(Some(other), inside));
    }

    #[test]
    fn in_any_other_an_inside_may_open_a_mention() {
        for names in [["O", "B-PER", "I-PER"].as_slice(), &["O", "I-Person"], &["O", "Person"], &["O", "E-Person"]] {
            let set = set(names);
            assert!(!set.is_strict(), "{names:?}");
            assert!(set.places().iter().all(|&next| set.allows(None, next)), "{names:?}");
        }
    }

    #[test]
    fn each_scheme_is_read() {
        let places = |names: &[&str]| set(names).places().to_vec();
        use Place::{Begin, Inside, Last, Outside, Single};
        assert_eq!(places(&["O", "B-PER", "I-PER", "B-LOC"]), [Outside, Begin(0), Inside(0), Begin(1)]);
        assert_eq!(places(&["B-PER", "E-PER", "S-PER", "O"]), [Begin(0), Last(0), Single(0), Outside]);
        assert_eq!(places(&["O", "L_ORG", "U_ORG"]), [Outside, Last(0), Single(0)]);
        assert_eq!(places(&["O", "PERSON", "WORK_OF_ART"]), [Outside, Inside(0), Inside(1)]);
    }

    #[test]
    fn the_table_takes_names_in_any_case_and_the_callers_first() {
        let mut table = LabelTable::default();
        assert_eq!(table.meaning("gpe"), Some(LabelMeaning::CountryOrLocation));
        assert_eq!(table.meaning("LOCATION"), Some(LabelMeaning::CountryOrLocation));
        assert_eq!(table.meaning("Location"), Some(EntityKind::Location.into()));
        assert_eq!(table.meaning("misc"), Some(LabelMeaning::Nothing));
        table.insert("misc", EntityKind::Nationality.into());
        assert_eq!(table.meaning("MISC"), Some(EntityKind::Nationality.into()));
    }

    #[test]
    fn each_broken_set_is_told_from_the_others() {
        let message = |names: &[&str]| LabelSet::parse(names, &LabelTable::default()).unwrap_err().to_string();
        assert_eq!(message(&["B-Person"]), "labels: expected a label \"O\", found none");
        assert_eq!(message(&["O", "O"]), "label 1: expected each label once, found \"O\" again");
        assert_eq!(
            message(&["O", "B-Planet", "I-Planet", "B-PER", "S-Moon"]),
            "labels: expected types of labels whose meaning is known (RecognizerBuilder::map_label says what one means, \
             LabelMeaning::Nothing to drop it), found \"Planet\", \"Moon\""
        );
    }
}
