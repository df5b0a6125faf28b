//! What any sequence of labels means, well formed or not, against the rules of conlleval.pl (Tjong Kim Sang and De
//! Meulder 2003) as seqeval 1.2 has them when it is not strict, written down again here.

use super::*;
use crate::label::LabelTable;
use crate::mention::EntityKind;
use crate::tokenizer::CaseClass;

/// A word's label: the letter before the type, and the type.
type Label = (char, Option<EntityKind>);

const OUTSIDE: Label = ('O', None);
const KINDS: [EntityKind; 2] = [EntityKind::Person, EntityKind::Organisation];

/// The labels of a scheme with these letters.
fn labels(letters: &str) -> Vec<Label> {
    let typed = letters.chars().flat_map(|letter| KINDS.map(|kind| (letter, Some(kind))));
    std::iter::once(OUTSIDE).chain(typed).collect()
}

/// As a model names it.
fn name((letter, kind): Label) -> String {
    match kind {
        Some(EntityKind::Person) => format!("{letter}-PER"),
        Some(_) => format!("{letter}-ORG"),
        None => letter.to_string(),
    }
}

/// seqeval's `start_of_chunk`.
fn starts(previous: Label, own: Label) -> bool {
    matches!(own.0, 'B' | 'S')
        || matches!((previous.0, own.0), ('E' | 'S' | 'O', 'E' | 'I'))
        || own.0 != 'O' && previous.1 != own.1
}

/// seqeval's `end_of_chunk`.
fn ends(previous: Label, own: Label) -> bool {
    matches!(previous.0, 'E' | 'S')
        || matches!((previous.0, own.0), ('B' | 'I', 'B' | 'S' | 'O'))
        || previous.0 != 'O' && previous.1 != own.1
}

/// seqeval's `get_entities`: the first word, the one after the last, and the type.
fn entities(path: &[Label]) -> Vec<(usize, usize, EntityKind)> {
    let (mut found, mut previous, mut start) = (Vec::new(), OUTSIDE, 0);
    for (i, &own) in path.iter().chain([&OUTSIDE]).enumerate() {
        if ends(previous, own) {
            found.extend(previous.1.map(|kind| (start, i, kind)));
        }
        if starts(previous, own) {
            start = i;
        }
        previous = own;
    }
    found
}

/// What the decoder makes of words, one token each, whose labels are certain.
fn decoded(path: &[usize], labels: &LabelSet) -> Vec<(usize, usize, EntityKind)> {
    let token = |i| Token {
        id: 0,
        case: CaseClass::Lower,
        span: Span::new(i, i + 1),
        starts_word: true,
        starts_sentence: i == 0,
    };
    let tokens: Vec<Token> = (0..path.len()).map(token).collect();
    let row = |&column: &usize| (0..labels.len()).map(move |other| if other == column { 9.0 } else { 0.0 });
    let logits = Logits::new(path.iter().flat_map(row).collect(), labels.len());
    let found = mentions(&"a".repeat(path.len()), &tokens, &logits, labels, 1.0);
    let kind = |meaning| KINDS.into_iter().find(|&kind| LabelMeaning::Kind(kind) == meaning).unwrap();
    found.iter().map(|found| (found.span.start(), found.span.end(), kind(found.meaning))).collect()
}

/// All sequences of four words. seqeval's lax reading knows `L` and `U` not; they are the `E` and `S` of BILOU.
#[test]
fn every_sequence_is_read_as_by_conlleval() {
    for (letters, written) in [("BI", "BI"), ("IB", "IB"), ("I", "I"), ("BIES", "BIES"), ("BIES", "BILU")] {
        let (meant, names) = (labels(letters), labels(written).into_iter().map(name).collect::<Vec<_>>());
        let set = LabelSet::parse(&names, &LabelTable::default()).unwrap();
        for number in 0..meant.len().pow(4) {
            let path = [0, 1, 2, 3].map(|place| number / meant.len().pow(place) % meant.len());
            let expected = entities(&path.map(|column| meant[column]));
            assert_eq!(decoded(&path, &set), expected, "{:?}", path.map(|column| &names[column]));
        }
    }
}
