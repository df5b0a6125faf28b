//! Several lists of mentions become one: sorted, disjoint, each choice made by a named rule.
//!
//! The model reads "State Department", the gazetteer "U.S. State Department": the longer name stays.
//!
//! The order is total. Mentions are taken one by one: first by their tier, then the longer, then the one with the
//! higher score, then by source (model, gazetteer, grammar, alias), then the earlier, then by kind. A mention that
//! overlaps one already taken is lost, and the decision is kept.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::mention::{EntityKind, Mention, Source};

/// Why one mention was kept and another was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Rule {
    /// Both have one span and one kind; the surer stays.
    Same,
    /// A higher tier stays: a provision with its treaty before any name, names before shapes, all before repeats.
    Tier,
    /// The longest name wins.
    Longer,
    /// Of two kinds for one span, or of two spans of one length, the surer stays.
    Surer,
    /// Nothing else tells them apart: the order of sources, then of the text.
    Order,
    /// The name has the one kind elsewhere in the document and was not sure to have the other here.
    Agreed,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Same => "both say the same, the surer stays",
            Self::Tier => "what joins names or is known by name comes first",
            Self::Longer => "the longest name wins",
            Self::Surer => "the surer of two stays",
            Self::Order => "the order of sources and of the text",
            Self::Agreed => "the kind that the name has elsewhere in the document",
        })
    }
}

/// A mention that lost, what it lost to, and the rule that decided.
///
/// # Examples
///
/// ```
/// let document = attache::Recognizer::new()?.recognize("The U.S. State Department spoke.");
/// for decision in document.explain(document.mentions()[0].span) {
///     let (winner, loser) = (document.surface(&decision.winner), document.surface(&decision.loser));
///     println!("{winner} stays, {loser} does not: {}", decision.rule);
/// }
/// # Ok::<(), attache::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The mention that stays.
    pub winner: Mention,
    /// The mention that does not.
    pub loser: Mention,
    /// Why.
    pub rule: Rule,
}

/// What a merge leaves: the mentions, and who lost to whom.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    /// Sorted and disjoint.
    pub(crate) mentions: Vec<Mention>,
    /// In the order in which they were made.
    pub(crate) decisions: Vec<Decision>,
}

/// Merges lists of mentions, the list of the highest tier first.
pub(crate) fn merge(tiers: &[&[Mention]]) -> Merged {
    let mut listed = tiers.iter().filter(|mentions| !mentions.is_empty());
    if let (Some(only), None) = (listed.next(), listed.next())
        && only.iter().all(|mention| !mention.span.is_empty())
        && only.is_sorted_by(|one, next| one.span.end() <= next.span.start())
    {
        return Merged { mentions: only.to_vec(), decisions: Vec::new() };
    }
    let mut candidates: Vec<Candidate> = Vec::with_capacity(tiers.iter().map(|mentions| mentions.len()).sum());
    for (tier, mentions) in tiers.iter().enumerate() {
        let named = mentions.iter().filter(|mention| !mention.span.is_empty());
        candidates.extend(named.map(|&mention| (tier, mention)));
    }
    candidates.sort_by_key(|(_, mention)| mention.span);
    let mut mentions = Vec::with_capacity(candidates.len());
    let mut lost: Vec<(Candidate, Candidate)> = Vec::new(); // a loser and its winner
    let mut rest = candidates.as_mut_slice();
    while !rest.is_empty() {
        let (connected, others) = rest.split_at_mut(connected(rest));
        match connected {
            [(_, alone)] => mentions.push(*alone),
            several => choose(several, &mut mentions, &mut lost),
        }
        rest = others;
    }
    lost.sort_by(|(one, _), (other, _)| precedence(one, other));
    let decision = |&(loser, winner): &(Candidate, Candidate)| Decision {
        winner: winner.1,
        loser: loser.1,
        rule: rule(winner, loser),
    };
    Merged { mentions, decisions: lost.iter().map(decision).collect() }
}

/// A mention with its tier.
type Candidate = (usize, Mention);

/// How many of the candidates, sorted by span, stand together: each overlaps one before it.
fn connected(candidates: &[Candidate]) -> usize {
    let mut end = 0;
    let overlaps = |&(_, mention): &&Candidate| {
        let is_first = end == 0;
        let is_inside = mention.span.start() < end;
        end = mention.span.end().max(end);
        is_first || is_inside
    };
    candidates.iter().take_while(overlaps).count()
}

/// Takes candidates that stand together one by one, in their order of precedence.
fn choose(candidates: &mut [Candidate], mentions: &mut Vec<Mention>, lost: &mut Vec<(Candidate, Candidate)>) {
    candidates.sort_by(precedence);
    let mut taken: Vec<Candidate> = Vec::new(); // by start; disjoint
    for &candidate in candidates.iter() {
        let after = taken.partition_point(|(_, other)| other.span.start() < candidate.1.span.end());
        match taken[..after].last().filter(|(_, last)| last.span.overlaps(candidate.1.span)) {
            Some(&winner) => lost.push((candidate, winner)),
            None => taken.insert(after, candidate),
        }
    }
    mentions.extend(taken.into_iter().map(|(_, mention)| mention));
}

/// What is heard beside the model: of the gazetteer's mentions all that overlap one of the model's, but for places that it
/// takes for bodies, and where the model is silent, nationalities, treaties and the countries that `is_seldom` tells; of
/// bare provisions those that the model takes for a treaty's.
///
/// All lists are sorted and disjoint.
pub(crate) fn heard(
    model: &[Mention],
    listed: &[Mention],
    provisions: &[Mention],
    is_seldom: impl Fn(&Mention) -> bool,
) -> Vec<Mention> {
    let mut heard = Vec::new();
    for (&mention, beside) in beside(model, listed) {
        let is_trusted = matches!(mention.kind, EntityKind::Country | EntityKind::Nationality | EntityKind::Treaty);
        let is_heard = match beside {
            Some(other) => !is_team(&mention, other),
            None => is_trusted && is_seldom(&mention),
        };
        if is_heard {
            heard.push(mention);
        }
    }
    for (&mention, beside) in beside(model, provisions) {
        if beside.is_some_and(|other| other.kind == EntityKind::Treaty) {
            heard.push(mention);
        }
    }
    heard
}

/// Whether the model takes a listed place for a body that bears its name: "Barcelona beat Valencia". It knows better: it
/// was right seven times of nine on 2,102 annotated sentences of which it was unsure (2026-11-30).
fn is_team(listed: &Mention, model: &Mention) -> bool {
    let kinds = (listed.kind, model.kind);
    listed.span == model.span && kinds == (EntityKind::Location, EntityKind::Organisation)
}

/// Each of `others` with the first of the model's mentions that overlaps it.
fn beside<'a>(model: &'a [Mention], others: &'a [Mention]) -> impl Iterator<Item = (&'a Mention, Option<&'a Mention>)> {
    let mut next = 0; // the first of the model's that does not end before the other one
    others.iter().map(move |mention| {
        next += model[next..].iter().take_while(|other| other.span.end() <= mention.span.start()).count();
        (mention, model.get(next).filter(|other| other.span.overlaps(mention.span)))
    })
}

fn precedence(a: &Candidate, b: &Candidate) -> Ordering {
    let by_tier = a.0.cmp(&b.0);
    let (a, b) = (&a.1, &b.1);
    by_tier
        .then(b.span.len().cmp(&a.span.len()))
        .then(b.score.total_cmp(&a.score))
        .then(source_order(a.source).cmp(&source_order(b.source)))
        .then(a.span.cmp(&b.span))
        .then(a.kind.cmp(&b.kind))
}

fn source_order(source: Source) -> u8 {
    match source {
        Source::Model => 0,
        Source::Gazetteer => 1,
        Source::Grammar => 2,
        Source::Alias => 3,
    }
}

fn rule((winner_tier, winner): Candidate, (loser_tier, loser): Candidate) -> Rule {
    if winner.span == loser.span && winner.kind == loser.kind {
        Rule::Same
    } else if winner_tier != loser_tier {
        Rule::Tier
    } else if winner.span.len() != loser.span.len() {
        Rule::Longer
    } else if winner.score.total_cmp(&loser.score).is_ne() {
        Rule::Surer
    } else {
        Rule::Order
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;

    fn mention(start: usize, end: usize, kind: EntityKind, score: f32, source: Source) -> Mention {
        Mention::new(Span::new(start, end), kind, score, source)
    }

    #[test]
    fn the_longest_name_wins_and_the_loser_is_told() {
        let model = [mention(5, 21, EntityKind::Organisation, 0.9, Source::Model)];
        let gazetteer = [mention(0, 21, EntityKind::Organisation, 0.8, Source::Gazetteer)];
        let merged = merge(&[&[], &[model[0], gazetteer[0]]]);
        assert_eq!(merged.mentions, gazetteer);
        assert_eq!(merged.decisions, [Decision { winner: gazetteer[0], loser: model[0], rule: Rule::Longer }]);
    }

    #[test]
    fn a_higher_tier_wins_over_a_longer_name() {
        let provision = [mention(4, 10, EntityKind::Treaty, 0.9, Source::Grammar)];
        let model = [mention(0, 10, EntityKind::Organisation, 0.99, Source::Model)];
        let merged = merge(&[&provision, &model]);
        assert_eq!(merged.mentions, provision);
        assert_eq!(merged.decisions[0].rule, Rule::Tier);
    }

    #[test]
    fn one_span_of_two_kinds_goes_to_the_surer() {
        let model = mention(0, 7, EntityKind::Person, 0.6, Source::Model);
        let gazetteer = mention(0, 7, EntityKind::Organisation, 0.9, Source::Gazetteer);
        let merged = merge(&[&[model, gazetteer]]);
        assert_eq!(merged.mentions, [gazetteer]);
        assert_eq!(merged.decisions[0].rule, Rule::Surer);
    }

    #[test]
    fn a_place_that_the_model_takes_for_a_body_is_not_heard() {
        let place = |start, end| mention(start, end, EntityKind::Location, 0.9, Source::Gazetteer);
        let model = [
            mention(0, 9, EntityKind::Organisation, 0.6, Source::Model),
            mention(15, 23, EntityKind::Person, 0.6, Source::Model),
        ];
        let listed = [place(0, 9), place(15, 23), place(30, 36)];
        assert_eq!(heard(&model, &listed, &[], |_| false), [listed[1]]);
        let longer = [place(0, 12)];
        assert_eq!(heard(&model, &longer, &[], |_| false), longer);
    }

    #[test]
    fn touching_mentions_both_stay() {
        let names = [
            mention(0, 4, EntityKind::Person, 0.9, Source::Model),
            mention(4, 8, EntityKind::Country, 0.9, Source::Model),
        ];
        assert_eq!(merge(&[&names]).mentions, names);
    }

    /// The slow twin of `merge`: each candidate in the order of precedence against all that are taken.
    fn greedy(tiers: &[&[Mention]]) -> (Vec<Mention>, Vec<Decision>) {
        let of_tier = |(tier, mentions): (usize, &&[Mention])| mentions.iter().map(move |&one| (tier, one)).collect();
        let mut candidates: Vec<Candidate> =
            tiers.iter().enumerate().flat_map(|tier| -> Vec<_> { of_tier(tier) }).collect();
        candidates.sort_by(precedence);
        let (mut taken, mut decisions): (Vec<Candidate>, _) = (Vec::new(), Vec::new());
        for candidate in candidates {
            let beside = taken.iter().filter(|(_, other)| other.span.overlaps(candidate.1.span));
            match beside.max_by_key(|(_, other)| other.span) {
                Some(&winner) => {
                    let rule = rule(winner, candidate);
                    decisions.push(Decision { winner: winner.1, loser: candidate.1, rule });
                }
                None => taken.push(candidate),
            }
        }
        taken.sort_by_key(|(_, mention)| mention.span);
        (taken.into_iter().map(|(_, mention)| mention).collect(), decisions)
    }

    proptest::proptest! {
        #[test]
        fn a_merge_equals_a_greedy_choice(
            raw in proptest::collection::vec((0_usize..60, 1_usize..9, 0_usize..6, 0_usize..3), 0..30),
        ) {
            let mut tiers = vec![Vec::new(); 3];
            for (start, length, kind, tier) in raw {
                let score = (length * 7 % 5) as f32 / 5.0;
                tiers[tier].push(mention(start, start + length, EntityKind::ALL[kind], score, Source::Grammar));
            }
            let tiers: Vec<&[Mention]> = tiers.iter().map(Vec::as_slice).collect();
            let merged = merge(&tiers);
            proptest::prop_assert_eq!((merged.mentions, merged.decisions), greedy(&tiers));
        }

        #[test]
        fn the_result_is_sorted_disjoint_and_free_of_the_order_given(
            raw in proptest::collection::vec((0_usize..40, 1_usize..9, 0_usize..6, 0_u8..4), 0..30),
        ) {
            let sources = [Source::Model, Source::Gazetteer, Source::Grammar, Source::Alias];
            let mut mentions: Vec<Mention> = raw.iter().map(|&(start, length, kind, source)| {
                let source = sources[source as usize];
                mention(start, start + length, EntityKind::ALL[kind], (length * 7 % 5) as f32 / 5.0, source)
            }).collect();
            let merged = merge(&[&mentions]).mentions;
            for pair in merged.windows(2) {
                proptest::prop_assert!(pair[0].span.end() <= pair[1].span.start());
            }
            mentions.reverse();
            proptest::prop_assert_eq!(merged, merge(&[&mentions]).mentions);
        }
    }
}
