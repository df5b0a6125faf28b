//! Labels many texts at once, one a line: `cargo run --release --example many_documents [FILE]`.
//!
//! Without an argument it makes two thousand short texts. Prints which countries are named together most often.

use std::collections::BTreeMap;
use std::time::Instant;

use attache::Recognizer;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let texts = match std::env::args().nth(1) {
        Some(path) => std::fs::read_to_string(&path)?.lines().map(str::to_owned).collect(),
        None => dispatches(),
    };
    let recognizer = Recognizer::new()?;
    let start = Instant::now();
    let documents = recognizer.recognize_batch(&texts);
    let elapsed = start.elapsed();

    let mut pairs: BTreeMap<(String, String), usize> = BTreeMap::new();
    for dyad in documents.iter().flat_map(|document| document.dyads()) {
        *pairs.entry((dyad.first, dyad.second)).or_default() += dyad.sentences;
    }
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    pairs.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    for ((first, second), sentences) in pairs.iter().take(10) {
        println!("{first} – {second}  {sentences}");
    }
    let words: usize = texts.iter().map(|text| text.split_whitespace().count()).sum();
    let rate = words as f64 / elapsed.as_secs_f64();
    println!("{} texts, {words} words in {elapsed:.1?}: {rate:.0} words/s", texts.len());
    Ok(())
}

fn dispatches() -> Vec<String> {
    let countries = ["Peru", "Chile", "Japan", "Kenya", "Norway", "Türkiye", "the Netherlands", "South Korea"];
    let verbs = ["recalled its envoy from", "signed a fisheries accord with", "lifted its visa rule for"];
    let mut texts = Vec::new();
    for i in 0..2000 {
        let (first, second) = (countries[i % 8], countries[(i * i + 3) % 8]);
        texts.push(format!("The government of {first} {} {second} on day {i} of the talks.", verbs[i % 3]));
    }
    texts
}
