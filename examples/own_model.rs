//! Labels with the model of a folder: ours, or a token classifier as Hugging Face's `transformers` saves it.
//!
//! `cargo run --release --example own_model -- path/to/bert-base-NER`; without a path, the model that the library ships.

use attache::render::{self, Colours};
use attache::{EntityKind, Recognizer};

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models/attache-small");

const TEXT: &str = "Ada Quill of the World Health Organization flew from Lima to Peru's border with Chile. The ministers \
    had signed the Paris Agreement in Geneva, she told reporters.";

fn main() -> Result<(), attache::Error> {
    let dir = std::env::args().nth(1).unwrap_or_else(|| SHIPPED.to_owned());
    let recognizer = Recognizer::builder()
        .model_dir(dir)
        // What a label of its own means, if it has such; common ones are known.
        .map_label("POLITICIAN", EntityKind::Person)
        .kinds(EntityKind::ALL)
        .build()?;
    let document = recognizer.recognize(TEXT);
    println!("{}\n", render::text(&document, Colours::detect()));
    println!("{}", render::tables(&document, Colours::detect()));
    Ok(())
}
