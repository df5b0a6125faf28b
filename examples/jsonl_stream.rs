//! JSON lines in, JSON lines out: `cargo run --release --example jsonl_stream -- - < news.jsonl`.
//!
//! Reads `{"id": …, "text": …}` a line and holds a hundred lines in memory, however many there are. Without an argument
//! it reads three lines of its own. The command `attache label --jsonl` does the same with options.

use std::io::{self, BufRead, BufWriter, Write};

use attache::Recognizer;
use attache::render::{self, JsonOptions};
use serde::Deserialize;

const LINES: &str = r#"{"id": "a-1", "text": "Kenya and Ethiopia renewed the Nile accord."}
{"id": "a-2", "text": "Angela Merkel spoke in Zürich."}
{"id": "a-3", "text": "NATO cited Article 5 of the North Atlantic Treaty."}
"#;

#[derive(Deserialize)]
struct Line {
    id: String,
    text: String,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lines: Box<dyn BufRead> = match std::env::args().nth(1) {
        Some(_) => Box::new(io::stdin().lock()),
        None => Box::new(LINES.as_bytes()),
    };
    let recognizer = Recognizer::new()?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut waiting: Vec<Line> = Vec::new();
    for line in lines.lines() {
        waiting.push(serde_json::from_str(&line?)?);
        if waiting.len() == 100 {
            label(&recognizer, &mut waiting, &mut out)?;
        }
    }
    label(&recognizer, &mut waiting, &mut out)?;
    Ok(())
}

/// Labels the lines that wait, all at once, and writes them in their order.
fn label(recognizer: &Recognizer, waiting: &mut Vec<Line>, out: &mut impl Write) -> io::Result<()> {
    let texts: Vec<&str> = waiting.iter().map(|line| line.text.as_str()).collect();
    for (line, document) in waiting.iter().zip(recognizer.recognize_batch(&texts)) {
        // Python counts characters; leave `offsets` out for bytes.
        let options = JsonOptions { id: Some(&line.id), offsets: render::Offsets::Char, ..JsonOptions::default() };
        render::write_jsonl(&mut *out, &document, &options)?;
    }
    waiting.clear();
    out.flush()
}
