//! Writes an HTML report over several texts: `cargo run --example html_report [FILE…]`.
//!
//! Without arguments it reports on three short dispatches. The page is `report.html` in the temporary folder.

use attache::{Document, Recognizer, render};

const DISPATCHES: [(&str, &str); 3] = [
    ("Monday", "Poland and Lithuania asked NATO for talks under Article 4 of the North Atlantic Treaty."),
    (
        "Tuesday",
        "Germany’s Annalena Baerbock said the European Union would not recognise the vote in Belarus. Poland agreed with Germany.",
    ),
    ("Wednesday", "France and Germany want Iran to keep to the Treaty on the Non-Proliferation of Nuclear Weapons."),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut texts: Vec<(String, String)> = Vec::new();
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path)?;
        texts.push((path, text));
    }
    if texts.is_empty() {
        texts.extend(DISPATCHES.map(|(title, text)| (title.to_owned(), text.to_owned())));
    }
    let recognizer = Recognizer::new()?;
    let documents: Vec<Document> = texts.iter().map(|(_, text)| recognizer.recognize(text)).collect();
    let titled: Vec<(&str, &Document)> = texts.iter().map(|(title, _)| title.as_str()).zip(&documents).collect();
    let page = std::env::temp_dir().join("report.html");
    render::write_report(std::io::BufWriter::new(std::fs::File::create(&page)?), &titled, "Dispatches")?;
    println!("{}", page.display());
    Ok(())
}
