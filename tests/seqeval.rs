//! Strict scores equal seqeval's, digit for digit, on ten fixtures: BIO, BIOES and IOB1, well formed and broken.
//!
//! The numbers in `fixtures/seqeval.tsv` are made by `fixtures/seqeval_numbers.py`.

use attache::evaluate::{Annotated, Pair, Score, Scores, read, strict};

#[test]
fn strict_scores_equal_seqevals_to_the_last_digit() {
    let mut rows = include_str!("fixtures/seqeval.tsv").lines().skip(1).peekable();
    let mut fixtures = 0;
    while let Some(row) = rows.peek() {
        let fixture = row.split('\t').next().unwrap().to_owned();
        let scores = score(&fixture);
        let mut kinds = 0;
        while let Some(row) = rows.next_if(|row| row.starts_with(&format!("{fixture}\t"))) {
            assert_eq!(row, written(&fixture, &scores, row.split('\t').nth(1).unwrap()));
            kinds += 1;
        }
        assert_eq!(kinds, scores.kinds().len() + 1, "{fixture}: a row for each kind, and one for all");
        fixtures += 1;
    }
    assert_eq!(fixtures, 10);
}

fn score(fixture: &str) -> Scores {
    let path = format!("{}/tests/fixtures/seqeval/{fixture}.txt", env!("CARGO_MANIFEST_DIR"));
    let file = std::fs::read_to_string(path).unwrap();
    let (gold, predicted) = (column(&file, 1), column(&file, 2));
    assert_eq!(gold.len(), predicted.len());
    let pairs: Vec<Pair<'_>> = gold.iter().zip(&predicted).map(|(gold, answer)| Pair::new(gold, answer)).collect();
    strict(&pairs)
}

/// The fixture's words with the labels of one column.
fn column(file: &str, column: usize) -> Vec<Annotated> {
    let mut columns = String::new();
    for line in file.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        if cells.len() == 3 {
            columns.push_str(&format!("{}\t{}", cells[0], cells[column]));
        }
        columns.push('\n');
    }
    read::conll(&columns, |name| name.parse().map(Some)).unwrap()
}

/// The row as the script writes it: Rust and Python both print the shortest decimal that reads back to the bit.
fn written(fixture: &str, scores: &Scores, kind: &str) -> String {
    let score: Score = if kind == "all" { scores.all() } else { scores.kind(kind.parse().unwrap()) };
    let (precision, recall, f1) = (score.precision(), score.recall(), score.f1());
    format!("{fixture}\t{kind}\t{precision:?}\t{recall:?}\t{f1:?}\t{}", score.gold)
}
