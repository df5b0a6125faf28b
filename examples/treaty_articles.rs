//! Which treaty and which provision each passage names: `cargo run --release --example treaty_articles [FILE]`.
//!
//! Without an argument it reads a short text in which one article is named without its treaty.

use attache::{Document, Recognizer};

const TEXT: &str = "Lithuania asked its allies to consult under Article 4 of the North Atlantic Treaty. \
    Diplomats recalled that Article 5 has been invoked once.\n\
    In Geneva, lawyers argued that pushing people back breaks Article 33 of the Refugee Convention, \
    and Article 3 of the European Convention on Human Rights too.";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = match std::env::args().nth(1) {
        Some(path) => std::fs::read_to_string(path)?,
        None => TEXT.to_owned(),
    };
    let document = Recognizer::new()?.recognize(&text);
    for treaty in document.treaties() {
        let year = treaty.year().map_or(String::new(), |year| format!(", {year}"));
        let inferred = if treaty.is_inferred() { " (no passage says so in full)" } else { "" };
        println!("{}{year}{inferred}", treaty.name());
        for provision in treaty.provisions() {
            println!("  {provision}");
        }
        for mention in treaty.mentions() {
            println!("    “{}” in: {}", document.surface(mention), sentence(&document, mention.span));
        }
    }
    Ok(())
}

/// The sentence that a span stands in.
fn sentence(document: &Document, span: attache::Span) -> &str {
    let found = document.sentences().iter().find(|sentence| sentence.contains(span));
    found.map_or("", |sentence| document.text()[*sentence].trim())
}
