//! Logits to mentions: the best path of labels over the words of each sentence, never an impossible one.
//!
//! A label belongs to a word and is read at the word's first token. The path is found by the algorithm of Viterbi
//! (1967) over log-probabilities, with the transitions that [`LabelSet::allows`]. Where it allows all, the path is the best
//! label of each word, and any path has a meaning, that of conlleval.pl and of seqeval where it is not strict: a mention
//! begins at `B` and `S` and wherever a label of its type has none before it to go on with, and it ends with `E` and `S`,
//! before the next beginning and before `O`. On `B` and `I` this is how `transformers` groups tokens too.

#[cfg(test)]
mod conlleval;

use std::ops::Range;

use ndarray::ArrayView2;

use crate::encoder::Logits;
use crate::label::{LabelMeaning, LabelSet, Place};
use crate::span::Span;
use crate::tokenizer::Token;

/// Words that join a name to what follows it; where one ends a mention, it is left outside.
const DANGLING: &[&str] = &["and", "for", "of", "or", "the", "with"];

/// What may stand before a name without being part of it,
const OPENING: &[char] = &['(', '[', '{', '"', '\'', '“', '‘', '«', '—', '–', '-', '.', ',', ';', ':', '!', '?'];

/// and what after it. A full stop is looked at by itself.
const CLOSING: &[char] = &[')', ']', '}', '"', '\'', '”', '’', '»', '—', '–', '-', ',', ';', ':', '!', '?', '…'];

/// What the logits tell of: a span, what the model's labels say that it is, and the score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Found {
    pub(crate) span: Span,
    pub(crate) meaning: LabelMeaning,
    pub(crate) score: f32,
}

/// What the logits tell of, sorted and disjoint; nothing of what means nothing.
///
/// `logits` has one row for each token. A score is the lowest probability that one of the words gets for standing in a
/// mention of that type, the logits divided by `temperature` before the softmax.
pub(crate) fn mentions(
    text: &str,
    tokens: &[Token],
    logits: &Logits,
    labels: &LabelSet,
    temperature: f32,
) -> Vec<Found> {
    let rows = logits.view();
    let mut all = Vec::new();
    let mut start = 0;
    while start < tokens.len() {
        let length = tokens[start + 1..].iter().take_while(|token| !token.starts_sentence).count() + 1;
        let words = words(&tokens[start..start + length], start);
        decode_sentence(&words, rows, labels, temperature, &mut all);
        start += length;
    }
    all.retain_mut(|found| {
        let surface = &text[found.span];
        let kept = if labels.is_strict() { without_dangling(surface) } else { without_punctuation(surface) };
        found.span = kept.clone().map_or(found.span, |kept| Span::new(kept.start, kept.end).shift(found.span.start()));
        kept.is_some() && found.meaning != LabelMeaning::Nothing
    });
    all
}

/// The surface without a joining word at its end: `Refugee Convention and` is the convention. None where nothing stays.
fn without_dangling(surface: &str) -> Option<Range<usize>> {
    let mut kept = surface;
    while let Some(word) = kept.split_whitespace().next_back().filter(|word| DANGLING.contains(word)) {
        kept = kept[..kept.len() - word.len()].trim_end();
    }
    (!kept.is_empty()).then_some(0..kept.len())
}

/// The surface without the punctuation around it, which is part of the word where a tokenizer knows words by the spaces
/// between them: `(Lagos),` is Lagos. A full stop stays where the last word has another: U.S. None where nothing stays.
fn without_punctuation(surface: &str) -> Option<Range<usize>> {
    let start = surface.len() - surface.trim_start_matches(OPENING).len();
    let mut kept = &surface[start..];
    loop {
        let last_word = kept.split_whitespace().next_back()?;
        let is_abbreviation = last_word.ends_with('.') && last_word.matches('.').count() > 1;
        let shorter = if is_abbreviation { kept } else { kept.trim_end_matches('.') }.trim_end_matches(CLOSING);
        if shorter == kept {
            return Some(start..start + kept.len());
        }
        kept = shorter;
    }
}

/// A word: the row of its first token, and its bytes.
struct Word {
    row: usize,
    span: Span,
}

fn words(tokens: &[Token], first_row: usize) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        match words.last_mut() {
            Some(word) if !token.starts_word => word.span = word.span.cover(token.span),
            _ => words.push(Word { row: first_row + i, span: token.span }),
        }
    }
    words
}

fn decode_sentence(
    words: &[Word],
    rows: ArrayView2<'_, f32>,
    labels: &LabelSet,
    temperature: f32,
    mentions: &mut Vec<Found>,
) {
    let mut probabilities = Vec::with_capacity(words.len() * labels.len()); // (words, labels)
    for word in words {
        softmax(rows.row(word.row).iter().map(|logit| logit / temperature), &mut probabilities);
    }
    let path = best_path(&probabilities, labels);
    let mut open: Option<(usize, Found)> = None;
    for (i, word) in words.iter().enumerate() {
        let place = labels.places()[path[i]];
        let Some(of) = place.of_type() else {
            mentions.extend(open.take().map(|(_, found)| found));
            continue;
        };
        let mass = type_mass(&probabilities[i * labels.len()..], of, labels);
        match &mut open {
            Some((open_type, found)) if place.goes_on() && *open_type == of => {
                found.span = found.span.cover(word.span);
                found.score = found.score.min(mass);
            }
            _ => {
                let found = Found { span: word.span, meaning: labels.meaning(of), score: mass };
                mentions.extend(open.replace((of, found)).map(|(_, found)| found));
            }
        }
        if place.ends() {
            mentions.extend(open.take().map(|(_, found)| found));
        }
    }
    mentions.extend(open.map(|(_, found)| found));
}

/// Appends the softmax of one row.
fn softmax(row: impl Iterator<Item = f32>, out: &mut Vec<f32>) {
    let start = out.len();
    out.extend(row);
    let row = &mut out[start..];
    let highest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut total = 0.0;
    for value in row.iter_mut() {
        *value = (*value - highest).exp();
        total += *value;
    }
    for value in row.iter_mut() {
        *value /= total;
    }
}

/// The probability that the word of this row stands in a mention of the type.
fn type_mass(row: &[f32], of_type: usize, labels: &LabelSet) -> f32 {
    let same = labels.places().iter().zip(row).filter(|(place, _)| place.of_type() == Some(of_type));
    same.map(|(_, probability)| probability).sum::<f32>().min(1.0)
}

/// The columns of the most probable allowed path over the rows of `probabilities`; the lower column wins a tie.
fn best_path(probabilities: &[f32], labels: &LabelSet) -> Vec<usize> {
    let count = labels.len();
    let words = probabilities.len() / count;
    let mut best = vec![f32::NEG_INFINITY; count]; // log-probability of the best path that ends in each label
    let mut back = vec![0; words * count]; // (words, labels): the label before
    for word in 0..words {
        let mut next = vec![f32::NEG_INFINITY; count];
        for column in 0..count {
            let place = labels.places()[column];
            let (previous, score) = best_previous(&best, labels, place, word == 0);
            back[word * count + column] = previous;
            next[column] = score + probabilities[word * count + column].max(f32::MIN_POSITIVE).ln();
        }
        best = next;
    }
    let mut column = (0..count).rev().max_by(|&a, &b| best[a].total_cmp(&best[b])).unwrap_or(0);
    let mut path = vec![0; words];
    for word in (0..words).rev() {
        path[word] = column;
        column = back[word * count + column];
    }
    path
}

fn best_previous(best: &[f32], labels: &LabelSet, next: Place, is_first: bool) -> (usize, f32) {
    if is_first {
        return (0, if labels.allows(None, next) { 0.0 } else { f32::NEG_INFINITY });
    }
    let mut winner = (0, f32::NEG_INFINITY);
    for (column, &place) in labels.places().iter().enumerate() {
        if labels.allows(Some(place), next) && best[column] > winner.1 {
            winner = (column, best[column]);
        }
    }
    winner
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::LabelTable;
    use crate::mention::EntityKind;
    use crate::tokenizer::CaseClass;

    const LABELS: [&str; 5] = ["O", "B-Person", "I-Person", "B-Country", "I-Country"];

    fn decode(starts_word: &[bool], columns: &[[f32; 5]]) -> Vec<(usize, usize, EntityKind)> {
        decode_as(&LABELS, starts_word, columns)
    }

    fn decode_as(labels: &[&str], starts_word: &[bool], columns: &[[f32; 5]]) -> Vec<(usize, usize, EntityKind)> {
        let token = |(i, &starts_word): (usize, &bool)| Token {
            id: 0,
            case: CaseClass::Lower,
            span: Span::new(i * 2, i * 2 + 2),
            starts_word,
            starts_sentence: i == 0,
        };
        let tokens: Vec<Token> = starts_word.iter().enumerate().map(token).collect();
        let logits = Logits::new(columns.concat(), 5);
        let text = "ab".repeat(tokens.len());
        let labels = LabelSet::parse(labels, &LabelTable::default()).unwrap();
        let kind = |found: &Found| match found.meaning {
            LabelMeaning::Kind(kind) => kind,
            other => unreachable!("{other:?}"),
        };
        let found = mentions(&text, &tokens, &logits, &labels, 1.0);
        found.iter().map(|found| (found.span.start(), found.span.end(), kind(found))).collect()
    }

    const O: [f32; 5] = [5.0, 0.0, 0.0, 0.0, 0.0];
    const B_PERSON: [f32; 5] = [0.0, 5.0, 0.0, 0.0, 0.0];
    const I_PERSON: [f32; 5] = [0.0, 0.0, 5.0, 0.0, 0.0];
    const B_COUNTRY: [f32; 5] = [0.0, 0.0, 0.0, 5.0, 0.0];

    #[test]
    fn mentions_that_touch_stay_two() {
        assert_eq!(
            decode(&[true; 4], &[B_PERSON, I_PERSON, B_PERSON, B_COUNTRY]),
            [(0, 4, EntityKind::Person), (4, 6, EntityKind::Person), (6, 8, EntityKind::Country),]
        );
    }

    #[test]
    fn only_the_first_token_of_a_word_is_read() {
        assert_eq!(decode(&[true, false, true], &[B_PERSON, B_COUNTRY, O]), [(0, 4, EntityKind::Person)]);
    }

    #[test]
    fn an_inside_without_its_begin_never_stands() {
        let found = decode(&[true; 2], &[O, [2.0, 2.5, 3.0, 0.0, 0.0]]);
        assert_eq!(found, [(2, 4, EntityKind::Person)]);
        assert!(decode(&[true; 2], &[O, [2.5, 2.0, 3.0, 0.0, 0.0]]).is_empty());
    }

    #[test]
    fn a_score_is_the_lowest_mass_of_its_kind() {
        let tokens =
            [Token { id: 0, case: CaseClass::Lower, span: Span::new(0, 1), starts_word: true, starts_sentence: true }];
        let logits = Logits::new(vec![0.0, 2.0, 1.0, 0.0, 0.0], 5);
        let found = mentions("a", &tokens, &logits, &LabelSet::parse(&LABELS, &LabelTable::default()).unwrap(), 1.0);
        let (e, total) = (std::f32::consts::E, std::f32::consts::E + std::f32::consts::E.powi(2) + 3.0);
        assert!((found[0].score - (e + e * e) / total).abs() < 1e-6);
    }

    #[test]
    fn in_iob1_an_inside_opens_a_mention_and_a_begin_parts_two() {
        let labels = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG"];
        let i_org = [0.0, 0.0, 0.0, 0.0, 5.0];
        assert_eq!(
            decode_as(&labels, &[true; 6], &[I_PERSON, I_PERSON, B_PERSON, i_org, O, i_org]),
            [
                (0, 4, EntityKind::Person),
                (4, 6, EntityKind::Person),
                (6, 8, EntityKind::Organisation),
                (10, 12, EntityKind::Organisation)
            ]
        );
    }

    #[test]
    fn last_and_single_end_a_mention() {
        let labels = ["O", "B-PER", "E-PER", "S-PER", "I-PER"];
        let (last, single, inside) = (I_PERSON, B_COUNTRY, [0.0, 0.0, 0.0, 0.0, 5.0]);
        assert_eq!(
            decode_as(&labels, &[true; 7], &[B_PERSON, inside, last, last, single, inside, O]),
            [(0, 6), (6, 8), (8, 10), (10, 12)].map(|(start, end)| (start, end, EntityKind::Person))
        );
    }

    #[test]
    fn plain_types_run_as_far_as_they_go_on() {
        let labels = ["O", "PER", "ORG", "NORP", "MISC"];
        let dropped = [0.0, 0.0, 0.0, 0.0, 5.0];
        assert_eq!(
            decode_as(&labels, &[true; 5], &[B_PERSON, B_PERSON, I_PERSON, dropped, B_PERSON]),
            [(0, 4, EntityKind::Person), (4, 6, EntityKind::Organisation), (8, 10, EntityKind::Person)]
        );
    }

    #[test]
    fn punctuation_around_a_name_is_left_outside() {
        let trimmed = |text: &'static str| without_punctuation(text).map(|kept| &text[kept]);
        for (surface, kept) in [
            ("“Lagos,”", Some("Lagos")),
            ("(U.S.),", Some("U.S.")),
            ("Peru.", Some("Peru")),
            ("Peru...", Some("Peru...")),
            ("Ada Quill’s", Some("Ada Quill’s")),
            ("Ada Quill?!).", Some("Ada Quill")),
            ("...", None),
            ("中—", Some("中")),
        ] {
            assert_eq!(trimmed(surface), kept, "{surface}");
        }
    }

    #[test]
    fn a_joining_word_at_the_end_is_left_outside() {
        let trimmed = |text: &'static str| without_dangling(text).map(|kept| &text[kept]);
        assert_eq!(trimmed("Refugee Convention and"), Some("Refugee Convention"));
        assert_eq!(trimmed("Charter of the"), Some("Charter"));
        assert_eq!(trimmed("Bank of Ghana"), Some("Bank of Ghana"));
        assert_eq!(trimmed("of"), None);
    }

    #[test]
    fn not_a_number_decodes_to_something_allowed() {
        assert!(decode(&[true; 2], &[[f32::NAN; 5], O]).len() <= 1);
    }
}
