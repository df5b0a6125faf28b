//! Which kind was taken for which, among spans that gold and answer both have.

use std::collections::BTreeMap;
use std::fmt;

use crate::mention::EntityKind;

use super::Pair;

/// How often a span of one kind was given another, was missed, or was no span of the gold. `Display` prints a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Confusion {
    counts: BTreeMap<(Option<EntityKind>, Option<EntityKind>), usize>,
}

impl Confusion {
    /// How many spans the gold calls `gold` and the answer calls `predicted`.
    ///
    /// `None` is a span that one side does not have: `count(Some(kind), None)` were missed, `count(None, Some(kind))`
    /// are the answer's alone.
    pub fn count(&self, gold: Option<EntityKind>, predicted: Option<EntityKind>) -> usize {
        self.counts.get(&(gold, predicted)).copied().unwrap_or(0)
    }
}

impl fmt::Display for Confusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds: Vec<Option<EntityKind>> = EntityKind::ALL.into_iter().map(Some).chain([None]).collect();
        write!(f, "{:<14}", "gold")?;
        for kind in &kinds {
            write!(f, "{:>14}", kind.map_or("missed", EntityKind::name))?;
        }
        for gold in &kinds {
            write!(f, "\n{:<14}", gold.map_or("in no gold", EntityKind::name))?;
            for predicted in &kinds {
                write!(f, "{:>14}", self.count(*gold, *predicted))?;
            }
        }
        writeln!(f)
    }
}

/// Which kind was taken for which: spans are compared where start and end are equal.
///
/// # Examples
///
/// ```
/// use attache::EntityKind;
/// use attache::evaluate::{Pair, confusion, notation};
///
/// let gold = notation::parse("[Georgia](Location) beat [Kentucky](Location).").unwrap();
/// let answer = notation::parse("[Georgia](Country) beat Kentucky.").unwrap();
/// let confusion = confusion(&[Pair::new(&gold, &answer)]);
/// assert_eq!(confusion.count(Some(EntityKind::Location), Some(EntityKind::Country)), 1);
/// assert_eq!(confusion.count(Some(EntityKind::Location), None), 1);
/// ```
pub fn confusion(pairs: &[Pair<'_>]) -> Confusion {
    let mut counts = BTreeMap::new();
    for pair in pairs {
        let mut spans = BTreeMap::new();
        for annotation in pair.gold {
            spans.entry(annotation.span).or_insert((None, None)).0 = Some(annotation.kind);
        }
        for annotation in pair.predicted {
            spans.entry(annotation.span).or_insert((None, None)).1 = Some(annotation.kind);
        }
        for kinds in spans.into_values() {
            *counts.entry(kinds).or_insert(0) += 1;
        }
    }
    Confusion { counts }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::notation;

    #[test]
    fn the_table_has_what_each_side_has_alone() {
        let gold = notation::parse("[A](Person) [B](Country) c").unwrap();
        let answer = notation::parse("[A](Treaty) B [c](Country)").unwrap();
        let confusion = confusion(&[Pair::new(&gold, &answer)]);
        assert_eq!(confusion.count(Some(EntityKind::Person), Some(EntityKind::Treaty)), 1);
        assert_eq!(confusion.count(Some(EntityKind::Country), None), 1);
        assert_eq!(confusion.count(None, Some(EntityKind::Country)), 1);
        let table = confusion.to_string();
        assert_eq!(table.lines().count(), 8);
        assert!(table.lines().all(|line| line.len() == 14 * 8));
    }
}
