//! Which countries stand in one sentence, over several texts: `cargo run --release --example country_dyads [FILE…]`.
//!
//! What event coders start from. Without arguments it reads three short dispatches.

use std::collections::BTreeMap;

use attache::Recognizer;

const DISPATCHES: [&str; 3] = [
    "Chile and Peru signed a fisheries accord. Peru's president then flew to Brazil, which had not been asked.",
    "The Peruvian and Chilean navies met off Iquique; Chile thanked Peru. Ecuador sent an observer.",
    "Brazil lent Ecuador two ships. Chile, Ecuador and Peru will patrol together from May.",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut texts: Vec<String> = Vec::new();
    for path in std::env::args().skip(1) {
        texts.push(std::fs::read_to_string(path)?);
    }
    if texts.is_empty() {
        texts.extend(DISPATCHES.map(str::to_owned));
    }

    // By the identifiers of both countries: in how many texts, in how many sentences.
    let mut together: BTreeMap<(String, String), (usize, usize)> = BTreeMap::new();
    for document in Recognizer::new()?.recognize_batch(&texts) {
        for dyad in document.dyads() {
            let (texts, sentences) = together.entry((dyad.first, dyad.second)).or_default();
            *texts += 1;
            *sentences += dyad.sentences;
        }
    }
    println!("countries  texts  sentences");
    for ((first, second), (texts, sentences)) in together {
        println!("{:<9}  {texts:>5}  {sentences:>9}", format!("{first}–{second}"));
    }
    Ok(())
}
