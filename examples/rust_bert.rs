//! The model on rust-bert and libtorch, beside the native encoder: what both find, and how long it takes.
//!
//! Needs libtorch: `eval "$(.ci/libtorch.sh target/libtorch)" && cargo run --release --features rust-bert --example
//! rust_bert`. With an argument, a number, on that CUDA device.

use std::time::Instant;

use attache::{Backend, Device, Error, Recognizer};

fn main() -> Result<(), Error> {
    let device = match std::env::args().nth(1).and_then(|number| number.parse().ok()) {
        Some(number) => Device::Cuda(number),
        None => Device::Cpu,
    };
    let text = "Aino Virtanen told the International Atomic Energy Agency that Finland keeps to the Paris Agreement. ";
    let texts: Vec<String> = (1..=64).map(|length| text.repeat(length % 8 + 1)).collect();
    for backend in [Backend::Native, Backend::RustBert(device)] {
        // Where the device is not there, the gazetteer reads alone, and the documents say so.
        let recognizer = Recognizer::builder().backend(backend).fallback_to_gazetteer().build()?;
        let start = Instant::now();
        let documents = recognizer.recognize_batch(&texts);
        println!("{backend:?}: {} texts in {:.2?}", documents.len(), start.elapsed());
        if let Some(fallback) = recognizer.fallback() {
            println!("  {fallback}");
        }
        for mention in documents[0].mentions().iter().take(4) {
            println!("  {:?} {} {:.3}", mention.kind, documents[0].surface(mention), mention.score);
        }
    }
    Ok(())
}
