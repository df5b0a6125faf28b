//! Labels an article: `cargo run --release --example article [FILE | -]`, a built-in one without an argument.
//!
//! Prints the text with its mentions marked, then who and what it names, then how fast that was.

use std::io::Read;
use std::time::Instant;

use attache::render::{self, Colours};
use attache::{EntityKind, Recognizer};

const ARTICLE: &str = include_str!("texts/border.txt");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = read(std::env::args().nth(1).as_deref())?;
    let start = Instant::now();
    let recognizer = Recognizer::builder().kinds(EntityKind::ALL).build()?;
    let ready = start.elapsed();

    let start = Instant::now();
    let document = recognizer.recognize(&text);
    let elapsed = start.elapsed();

    let colours = Colours::detect();
    println!("{}\n", render::text(&document, colours).trim_end());
    println!("{}", render::tables(&document, colours));
    let words = text.split_whitespace().count();
    let rate = words as f64 / elapsed.as_secs_f64();
    println!("{words} words in {elapsed:.1?} ({rate:.0} words/s on {} threads), ready after {ready:.1?}", threads());
    if let Some(fallback) = document.fallback() {
        println!("{fallback}");
    }
    Ok(())
}

fn read(argument: Option<&str>) -> std::io::Result<String> {
    match argument {
        None => Ok(ARTICLE.to_owned()),
        Some("-") => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            Ok(text)
        }
        Some(path) => {
            std::fs::read_to_string(path).map_err(|error| std::io::Error::new(error.kind(), format!("{path}: {error}")))
        }
    }
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
