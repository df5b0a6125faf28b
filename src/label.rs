//! The labels that a model gives its tokens, and which label may follow which.
//!
//! `id2label` of `{"0": "O", "1": "B-Person", "2": "I-Person"}` is a BIO scheme over one kind; `I-Person` may follow
//! `B-Person` and `I-Person`, never `O`.

use crate::error::{Error, ErrorKind};
use crate::mention::EntityKind;

/// Where in a mention the word stands that carries a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In no mention.
    Outside,
    /// The first word of a mention.
    Begin(EntityKind),
    /// A later word of a mention.
    Inside(EntityKind),
}

impl Place {
    /// The kind of the mention that the word stands in.
    pub(crate) fn kind(self) -> Option<EntityKind> {
        match self {
            Self::Outside => None,
            Self::Begin(kind) | Self::Inside(kind) => Some(kind),
        }
    }
}

/// The labels of a model, by their column in the logits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LabelSet {
    places: Vec<Place>,
}

impl LabelSet {
    /// Reads label names, in the order of the logits' columns: `O`, `B-<kind>`, `I-<kind>`.
    ///
    /// # Errors
    ///
    /// Fails on a name that is none of these, on a name given twice, and where `O` or the `B-` to an `I-` is missing.
    pub(crate) fn parse<S: AsRef<str>>(names: &[S]) -> Result<Self, Error> {
        let mut places = Vec::with_capacity(names.len());
        for (column, name) in names.iter().enumerate() {
            let place = parse_name(name.as_ref()).map_err(|error| error.within(format!("label {column}")))?;
            if places.contains(&place) {
                return Err(unfit(format!("label {column}"), "each label once", format!("{:?} again", name.as_ref())));
            }
            places.push(place);
        }
        let set = Self { places };
        set.check()?;
        Ok(set)
    }

    /// How many labels there are: the columns of the logits.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// What each column means.
    pub(crate) fn places(&self) -> &[Place] {
        &self.places
    }

    /// Whether a word labelled `next` may follow one labelled `previous`; `None` is the start of a sentence.
    pub(crate) fn allows(previous: Option<Place>, next: Place) -> bool {
        match next {
            Place::Outside | Place::Begin(_) => true,
            Place::Inside(kind) => previous.and_then(Place::kind) == Some(kind),
        }
    }

    fn check(&self) -> Result<(), Error> {
        if !self.places.contains(&Place::Outside) {
            return Err(unfit("labels", "a label \"O\"", "none"));
        }
        for place in &self.places {
            if let Place::Inside(kind) = *place
                && !self.places.contains(&Place::Begin(kind))
            {
                return Err(unfit("labels", format!("\"B-{kind}\" beside \"I-{kind}\""), "only the latter"));
            }
        }
        Ok(())
    }
}

fn parse_name(name: &str) -> Result<Place, Error> {
    if name == "O" {
        return Ok(Place::Outside);
    }
    match name.split_once('-') {
        Some(("B", kind)) => Ok(Place::Begin(kind.parse()?)),
        Some(("I", kind)) => Ok(Place::Inside(kind.parse()?)),
        _ => Err(unfit("name", "\"O\", \"B-<kind>\" or \"I-<kind>\"", format!("{name:?}"))),
    }
}

fn unfit(place: impl Into<String>, expected: impl Into<String>, found: impl Into<String>) -> Error {
    Error::new(ErrorKind::Unsupported, place, expected, found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inside_follows_only_its_own_kind() {
        let inside = Place::Inside(EntityKind::Person);
        assert!(LabelSet::allows(Some(Place::Begin(EntityKind::Person)), inside));
        assert!(LabelSet::allows(Some(inside), inside));
        assert!(!LabelSet::allows(Some(Place::Outside), inside));
        assert!(!LabelSet::allows(None, inside));
        assert!(!LabelSet::allows(Some(Place::Begin(EntityKind::Treaty)), inside));
    }

    #[test]
    fn each_broken_set_is_told_from_the_others() {
        let message = |names: &[&str]| LabelSet::parse(names).unwrap_err().to_string();
        assert_eq!(message(&["B-Person"]), "labels: expected a label \"O\", found none");
        assert_eq!(
            message(&["O", "I-Person"]),
            "labels: expected \"B-Person\" beside \"I-Person\", found only the latter"
        );
        assert_eq!(message(&["O", "O"]), "label 1: expected each label once, found \"O\" again");
        assert_eq!(
            message(&["O", "Person"]),
            "label 1: name: expected \"O\", \"B-<kind>\" or \"I-<kind>\", found \"Person\""
        );
        assert_eq!(
            message(&["O", "B-Planet"]),
            "label 1: kind: expected person, country, organisation, treaty, location or nationality, found \"Planet\""
        );
    }
}
