//! Whether the right spans also say which one they mean.

use serde::{Deserialize, Serialize};

use super::{Annotation, Pair};

/// Of the spans that are strictly right and have an identifier in the gold: how many got one, and the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
pub struct Identifiers {
    /// Right spans whose gold has an identifier.
    pub gold: usize,
    /// Those that the answer gives an identifier.
    pub predicted: usize,
    /// Those whose identifier is the gold's.
    pub right: usize,
}

impl Identifiers {
    /// The part of the right spans with the right identifier, from 0 to 1; 1 where none needs one.
    #[allow(clippy::cast_precision_loss, reason = "no corpus has 2^53 spans")]
    pub fn accuracy(self) -> f64 {
        if self.gold == 0 { 1.0 } else { self.right as f64 / self.gold as f64 }
    }
}

/// Compares the identifiers of strictly right spans; `is_same` says of a gold and an answered annotation whether they
/// mean one thing.
///
/// What "same" means is the caller's: equal letter by letter, equal up to the provision, or two names of one treaty.
///
/// # Examples
///
/// ```
/// use attache::evaluate::{Pair, identifiers, notation};
///
/// let gold = notation::parse("[Burma](Country=MM) and [Georgia](Country=GE)").unwrap();
/// let answer = notation::parse("[Burma](Country=MM) and [Georgia](Country=US)").unwrap();
/// let result = identifiers(&[Pair::new(&gold, &answer)], |gold, predicted| gold.id == predicted.id);
/// assert_eq!(result.accuracy(), 0.5);
/// ```
pub fn identifiers(pairs: &[Pair<'_>], is_same: impl Fn(&Annotation, &Annotation) -> bool) -> Identifiers {
    let mut result = Identifiers::default();
    for pair in pairs {
        for gold in pair.gold.iter().filter(|gold| gold.id.is_some()) {
            let twin = pair.predicted.iter().find(|other| other.span == gold.span && other.kind == gold.kind);
            let Some(predicted) = twin else { continue };
            result.gold += 1;
            result.predicted += usize::from(predicted.id.is_some());
            result.right += usize::from(predicted.id.is_some() && is_same(gold, predicted));
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::notation;

    #[test]
    fn only_right_spans_with_a_gold_identifier_count() {
        let gold = notation::parse("[A](Country=AA) [B](Country=BB) [C](Country) [D](Country=DD)").unwrap();
        let answer = notation::parse("[A](Country=AA) [B](Person=BB) [C](Country=CC) [D](Country)").unwrap();
        let result = identifiers(&[Pair::new(&gold, &answer)], |gold, predicted| gold.id == predicted.id);
        assert_eq!(result, Identifiers { gold: 2, predicted: 1, right: 1 });
        assert_eq!(Identifiers::default().accuracy(), 1.0);
    }
}
