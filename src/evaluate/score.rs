//! Precision, recall and F1 over spans: strict, as seqeval counts, and partial.
//!
//! Gold `[Bank of England](Organisation)` against an answer `Bank of [England](Organisation)`: strictly nothing is
//! right, partially one.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use crate::mention::EntityKind;
use crate::span::Span;

use super::{Annotation, Pair};

/// How many spans the gold has, how many the answer has, and how many of them are right.
///
/// # Examples
///
/// ```
/// use attache::evaluate::Score;
///
/// let score = Score { gold: 4, predicted: 2, right: 1 };
/// assert_eq!((score.precision(), score.recall()), (0.5, 0.25));
/// assert_eq!(Score::default().f1(), 0.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
pub struct Score {
    /// Spans of the gold.
    pub gold: usize,
    /// Spans of the answer.
    pub predicted: usize,
    /// Spans of the answer that are right.
    pub right: usize,
}

impl Score {
    /// The right part of the answer, from 0 to 1; 0 where the answer is empty.
    pub fn precision(self) -> f64 {
        share(self.right, self.predicted)
    }

    /// The part of the gold that was found, from 0 to 1; 0 where the gold is empty.
    pub fn recall(self) -> f64 {
        share(self.right, self.gold)
    }

    /// The harmonic mean of precision and recall; 0 where nothing is right.
    pub fn f1(self) -> f64 {
        let (precision, recall) = (self.precision(), self.recall());
        let sum = precision + recall;
        // In seqeval's order of operations, so that the last digit agrees too.
        if sum == 0.0 { 0.0 } else { 2.0 * precision * recall / sum }
    }
}

impl AddAssign for Score {
    fn add_assign(&mut self, other: Self) {
        self.gold += other.gold;
        self.predicted += other.predicted;
        self.right += other.right;
    }
}

/// A [`Score`] for each kind, and for all together. `Display` prints a table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Scores {
    kinds: Vec<(EntityKind, Score)>,
}

impl Scores {
    /// The micro average: the counts of all kinds together.
    pub fn all(&self) -> Score {
        let mut all = Score::default();
        for (_, score) in &self.kinds {
            all += *score;
        }
        all
    }

    /// The score of one kind; nothing counted where neither gold nor answer has it.
    pub fn kind(&self, kind: EntityKind) -> Score {
        self.kinds.iter().find(|(other, _)| *other == kind).map_or_else(Score::default, |(_, score)| *score)
    }

    /// Each kind that gold or answer has, with its score, in the order of [`EntityKind::ALL`].
    pub fn kinds(&self) -> &[(EntityKind, Score)] {
        &self.kinds
    }
}

impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<14}{:>8}{:>11}{:>8}{:>11}{:>9}{:>9}",
            "kind", "gold", "predicted", "right", "precision", "recall", "f1"
        )?;
        for (kind, score) in &self.kinds {
            write_row(f, kind.name(), *score)?;
        }
        write_row(f, "all", self.all())
    }
}

/// Scores that call a span right where its start, its end and its kind are the gold's.
///
/// Equals seqeval's `classification_report` in its default mode. Spans given twice count once.
///
/// # Examples
///
/// ```
/// use attache::EntityKind;
/// use attache::evaluate::{self, Pair, notation};
///
/// let gold = notation::parse("The [Bank of England](Organisation) met in [London](Location).").unwrap();
/// let answer = notation::parse("The Bank of [England](Location) met in [London](Location).").unwrap();
/// let scores = evaluate::strict(&[Pair::new(&gold, &answer)]);
/// assert_eq!(scores.kind(EntityKind::Location).precision(), 0.5);
/// assert_eq!(scores.all().recall(), 0.5);
/// ```
pub fn strict(pairs: &[Pair<'_>]) -> Scores {
    count(pairs, |gold, predicted| gold.intersection(predicted).count())
}

/// Scores that call a span right where it shares a byte with a gold span of its kind.
///
/// One gold span makes one span of the answer right, and the other way round: an answer in two halves has one right
/// and one wrong.
///
/// # Examples
///
/// ```
/// use attache::evaluate::{self, Pair, notation};
///
/// let gold = notation::parse("The [Bank of England](Organisation) met.").unwrap();
/// let answer = notation::parse("The [Bank](Organisation) of [England](Organisation) met.").unwrap();
/// let scores = evaluate::partial(&[Pair::new(&gold, &answer)]);
/// assert_eq!((scores.all().precision(), scores.all().recall()), (0.5, 1.0));
/// ```
pub fn partial(pairs: &[Pair<'_>]) -> Scores {
    count(pairs, count_overlapping)
}

fn count(pairs: &[Pair<'_>], right: impl Fn(&BTreeSet<Span>, &BTreeSet<Span>) -> usize) -> Scores {
    let mut scores = Scores::default();
    for kind in EntityKind::ALL {
        let mut score = Score::default();
        for pair in pairs {
            let gold = spans(pair.gold, kind);
            let predicted = spans(pair.predicted, kind);
            let right = right(&gold, &predicted);
            score += Score { gold: gold.len(), predicted: predicted.len(), right };
        }
        if score != Score::default() {
            scores.kinds.push((kind, score));
        }
    }
    scores
}

fn spans(annotations: &[Annotation], kind: EntityKind) -> BTreeSet<Span> {
    annotations.iter().filter(|annotation| annotation.kind == kind).map(|annotation| annotation.span).collect()
}

/// How many pairs of overlapping spans there are when each span may stand in one pair: both lists are walked at once,
/// and of two spans that do not meet, the one that ends first can meet nothing later.
fn count_overlapping(gold: &BTreeSet<Span>, predicted: &BTreeSet<Span>) -> usize {
    let (mut gold, mut predicted) = (gold.iter().peekable(), predicted.iter().peekable());
    let mut count = 0;
    while let (Some(a), Some(b)) = (gold.peek(), predicted.peek()) {
        let meet = a.overlaps(**b);
        let a_ends_first = a.end() <= b.end();
        count += usize::from(meet);
        if meet || a_ends_first {
            gold.next();
        }
        if meet || !a_ends_first {
            predicted.next();
        }
    }
    count
}

fn write_row(f: &mut fmt::Formatter<'_>, name: &str, score: Score) -> fmt::Result {
    let Score { gold, predicted, right } = score;
    write!(f, "{name:<14}{gold:>8}{predicted:>11}{right:>8}")?;
    writeln!(f, "{:>11.4}{:>9.4}{:>9.4}", score.precision(), score.recall(), score.f1())
}

#[allow(clippy::cast_precision_loss, reason = "no corpus has 2^53 spans")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{Annotated, notation};

    fn read(notation: &str) -> Annotated {
        notation::parse(notation).unwrap()
    }

    #[test]
    fn the_counts_of_several_texts_add_up() {
        let texts = [
            ("[A](Person) of [B](Country)", "[A](Person) of [B](Person)"),
            ("[C](Treaty) and [D](Country)", "C and [D](Country)"),
        ];
        let texts = texts.map(|(gold, answer)| (read(gold), read(answer)));
        let pairs: Vec<Pair<'_>> = texts.iter().map(|(gold, answer)| Pair::new(gold, answer)).collect();
        let scores = strict(&pairs);
        assert_eq!(scores.all(), Score { gold: 4, predicted: 3, right: 2 });
        assert_eq!(scores.kind(EntityKind::Person), Score { gold: 1, predicted: 2, right: 1 });
        assert_eq!(scores.kind(EntityKind::Location), Score::default());
        assert_eq!(scores.kinds().len(), 3);
    }

    #[test]
    fn spans_given_twice_count_once() {
        let gold = read("[A](Person)");
        let mut answer = gold.clone();
        answer.annotations.push(answer.annotations[0].clone());
        assert_eq!(strict(&[Pair::new(&gold, &answer)]).all(), Score { gold: 1, predicted: 1, right: 1 });
    }

    #[test]
    fn a_partial_match_pairs_each_span_once() {
        let gold = read("[a b](Person) [c](Person) d [e f](Country)");
        let answer = read("a [b c](Person) d [e](Country) [f](Country)");
        assert_eq!(partial(&[Pair::new(&gold, &answer)]).all(), Score { gold: 3, predicted: 3, right: 2 });
    }

    #[test]
    fn the_table_has_a_row_for_each_kind_and_one_for_all() {
        let gold = read("[A](Person) of [B](Country)");
        let answer = read("[A](Person) of B");
        let expected = "\
kind              gold  predicted   right  precision   recall       f1
Person               1          1       1     1.0000   1.0000   1.0000
Country              1          0       0     0.0000   0.0000   0.0000
all                  2          1       1     1.0000   0.5000   0.6667
";
        assert_eq!(strict(&[Pair::new(&gold, &answer)]).to_string(), expected);
    }
}
