//! The quick start of the README: `cargo run --example quickstart`.

fn main() -> Result<(), attache::Error> {
    let recognizer = attache::Recognizer::new()?;
    let document = recognizer.recognize("Morawiecki may invoke Article 4 of NATO's treaty, Poland said.");
    for treaty in document.treaties() {
        println!("{} {}", treaty.name(), treaty.provisions()[0]);
    }
    for country in document.countries() {
        println!("{} {}", country.alpha2(), country.name());
    }
    Ok(())
}
