//! Labels with no model at all: `cargo run --no-default-features --features embedded-gazetteer --example gazetteer_only`.

use attache::render::{self, Colours};
use attache::{EntityKind, Recognizer};

const TEXT: &str = "President Salome Zourabichvili flew from Georgia to the United States. In Atlanta, Georgia, \
    students ate Turkish delight and asked her about Turkey, NATO's Article 5 and the Treaty of Kars.";

fn main() -> Result<(), attache::Error> {
    let recognizer = Recognizer::builder().gazetteer_only().kinds(EntityKind::ALL).build()?;
    let document = recognizer.recognize(TEXT);
    println!("{}\n", render::text(&document, Colours::detect()));
    println!("{}", render::tables(&document, Colours::detect()));
    if let Some(fallback) = document.fallback() {
        println!("{fallback}");
    }
    Ok(())
}
