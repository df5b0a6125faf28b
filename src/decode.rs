//! Logits to mentions: the best path of labels over the words of each sentence, never an impossible one.
//!
//! A label belongs to a word and is read at the word's first token. The path is found by the algorithm of Viterbi
//! (1967) over log-probabilities, with the transitions that [`LabelSet::allows`].

use ndarray::ArrayView2;

use crate::encoder::Logits;
use crate::label::{LabelSet, Place};
use crate::mention::{Mention, Source};
use crate::span::Span;
use crate::tokenizer::Token;

/// Words that join a name to what follows it; where one ends a mention, it is left outside.
const DANGLING: &[&str] = &["and", "for", "of", "or", "the", "with"];

/// The mentions that the logits tell of, sorted and disjoint, with source [`Source::Model`].
///
/// `logits` has one row for each token. A mention's score is the lowest probability that one of its words gets for
/// standing in a mention of that kind, the logits divided by `temperature` before the softmax.
pub(crate) fn mentions(
    text: &str,
    tokens: &[Token],
    logits: &Logits,
    labels: &LabelSet,
    temperature: f32,
) -> Vec<Mention> {
    let rows = logits.view();
    let mut mentions = Vec::new();
    let mut start = 0;
    while start < tokens.len() {
        let length = tokens[start + 1..].iter().take_while(|token| !token.starts_sentence).count() + 1;
        let words = words(&tokens[start..start + length], start);
        decode_sentence(&words, rows, labels, temperature, &mut mentions);
        start += length;
    }
    mentions.into_iter().filter_map(|mention| without_dangling(text, mention)).collect()
}

/// The mention without a joining word at its end: `Refugee Convention and` is the convention. None where nothing stays.
fn without_dangling(text: &str, mut mention: Mention) -> Option<Mention> {
    let mut surface = &text[mention.span];
    while let Some(word) = surface.split_whitespace().next_back().filter(|word| DANGLING.contains(word)) {
        surface = surface[..surface.len() - word.len()].trim_end();
    }
    mention.span = Span::new(mention.span.start(), mention.span.start() + surface.len());
    (!surface.is_empty()).then_some(mention)
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
    mentions: &mut Vec<Mention>,
) {
    let mut probabilities = Vec::with_capacity(words.len() * labels.len()); // (words, labels)
    for word in words {
        softmax(rows.row(word.row).iter().map(|logit| logit / temperature), &mut probabilities);
    }
    let path = best_path(&probabilities, labels);
    let mut open: Option<Mention> = None;
    for (i, word) in words.iter().enumerate() {
        let place = labels.places()[path[i]];
        let mass = place.kind().map_or(0.0, |_| kind_mass(&probabilities[i * labels.len()..], place, labels));
        match (place, &mut open) {
            (Place::Inside(_), Some(mention)) => {
                mention.span = mention.span.cover(word.span);
                mention.score = mention.score.min(mass);
            }
            (Place::Outside, _) => mentions.extend(open.take()),
            (Place::Begin(kind) | Place::Inside(kind), _) => {
                mentions.extend(open.replace(Mention::new(word.span, kind, mass, Source::Model)));
            }
        }
    }
    mentions.extend(open);
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

/// The probability that the word of this row stands in a mention of the place's kind.
fn kind_mass(row: &[f32], place: Place, labels: &LabelSet) -> f32 {
    let same_kind = labels.places().iter().zip(row).filter(|(other, _)| other.kind() == place.kind());
    same_kind.map(|(_, probability)| probability).sum::<f32>().min(1.0)
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
        return (0, if LabelSet::allows(None, next) { 0.0 } else { f32::NEG_INFINITY });
    }
    let mut winner = (0, f32::NEG_INFINITY);
    for (column, &place) in labels.places().iter().enumerate() {
        if LabelSet::allows(Some(place), next) && best[column] > winner.1 {
            winner = (column, best[column]);
        }
    }
    winner
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mention::EntityKind;
    use crate::tokenizer::CaseClass;

    const LABELS: [&str; 5] = ["O", "B-Person", "I-Person", "B-Country", "I-Country"];

    fn decode(starts_word: &[bool], columns: &[[f32; 5]]) -> Vec<(usize, usize, EntityKind)> {
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
        let found = mentions(&text, &tokens, &logits, &LabelSet::parse(&LABELS).unwrap(), 1.0);
        found.iter().map(|mention| (mention.span.start(), mention.span.end(), mention.kind)).collect()
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
        let found = mentions("a", &tokens, &logits, &LabelSet::parse(&LABELS).unwrap(), 1.0);
        let (e, total) = (std::f32::consts::E, std::f32::consts::E + std::f32::consts::E.powi(2) + 3.0);
        assert!((found[0].score - (e + e * e) / total).abs() < 1e-6);
    }

    #[test]
    fn a_joining_word_at_the_end_is_left_outside() {
        let trimmed = |text: &str| {
            let mention = Mention::new(Span::new(0, text.len()), EntityKind::Treaty, 0.9, Source::Model);
            without_dangling(text, mention).map(|mention| text[mention.span].to_owned())
        };
        assert_eq!(trimmed("Refugee Convention and").as_deref(), Some("Refugee Convention"));
        assert_eq!(trimmed("Charter of the").as_deref(), Some("Charter"));
        assert_eq!(trimmed("Bank of Ghana").as_deref(), Some("Bank of Ghana"));
        assert_eq!(trimmed("of"), None);
    }

    #[test]
    fn not_a_number_decodes_to_something_allowed() {
        assert!(decode(&[true; 2], &[[f32::NAN; 5], O]).len() <= 1);
    }
}
