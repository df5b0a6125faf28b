//! Scores the recogniser on gold: `cargo run --example evaluate [FILE…]`, each file a text in the gold notation.
//!
//! Without arguments it scores three sentences.

use attache::evaluate::{self, Annotated, Pair, notation};
use attache::{EntityKind, Recognizer};

const SENTENCES: [&str; 3] = [
    "[Poland](Country=PL) and [Lithuania](Country=LT) turned to [NATO](Organisation).",
    "The [Polish](Nationality=PL) minister cited [Article 4 of the North Atlantic Treaty](Treaty=north-atlantic-treaty).",
    "[Angela Merkel](Person) spoke in [Minsk](Location).",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut gold: Vec<Annotated> = Vec::new();
    for path in std::env::args().skip(1) {
        gold.push(notation::parse(&std::fs::read_to_string(path)?)?);
    }
    if gold.is_empty() {
        for sentence in SENTENCES {
            gold.push(notation::parse(sentence)?);
        }
    }
    let recognizer = Recognizer::builder().kinds(EntityKind::ALL).build()?;
    let answers: Vec<Annotated> = gold.iter().map(|gold| Annotated::from(&recognizer.recognize(&gold.text))).collect();
    let pairs: Vec<Pair<'_>> = gold.iter().zip(&answers).map(|(gold, answer)| Pair::new(gold, answer)).collect();

    println!("{}", evaluate::strict(&pairs));
    println!("partial\n{}", evaluate::partial(&pairs));
    println!("{}", evaluate::confusion(&pairs));
    // Provisions aside: a document gives each mention the identifier of its treaty.
    let identifiers = evaluate::identifiers(&pairs, |gold, answer| whole(&gold.id) == whole(&answer.id));
    println!("identifiers right: {} of {}", identifiers.right, identifiers.gold);
    println!("95 % of resampled F1: {}", evaluate::interval(&pairs, 1000, 1));
    Ok(())
}

fn whole(id: &Option<String>) -> Option<&str> {
    id.as_deref().and_then(|id| id.split('#').next())
}
