//! Token ids and case classes against the reference implementation: `tests/parity/make.py` made the goldens.

use serde::Deserialize;

use crate::sentence;
use crate::span::Span;
use crate::tokenizer::{Letters, Token, Tokenizer};

/// A text as the reference tokenises it.
#[derive(Deserialize)]
struct Golden {
    text: String,
    ids: Vec<u32>,
    classes: Vec<u32>,
}

fn check(cut: impl Fn(&str) -> Vec<Span>) {
    let tokenizer =
        Tokenizer::from_vocabulary(include_str!("../../models/attache-small/vocab.txt"), Letters::default()).unwrap();
    let goldens: Vec<Golden> = serde_json::from_str(include_str!("../../tests/parity/goldens.json")).unwrap();
    for Golden { text, ids, classes } in goldens {
        let tokens: Vec<Token> = tokenizer.encode(&text, &cut(&text));
        assert_eq!(tokens.iter().map(|token| token.id).collect::<Vec<u32>>(), ids, "{text}");
        assert_eq!(tokens.iter().map(|token| token.case as u32).collect::<Vec<u32>>(), classes, "{text}");
    }
}

#[test]
fn ids_and_case_classes_are_the_references() {
    check(|text| vec![Span::new(0, text.len())]);
}

#[test]
fn cutting_a_text_into_sentences_changes_no_token() {
    check(sentence::split);
}
