//! Adds names of one's own to the built-in ones: `cargo run --example own_gazetteer [TABLE]`.
//!
//! A table is tab-separated under the header `name kind id case`; without one, two names are made here.

use attache::{EntityKind, Gazetteer, GazetteerEntry, Recognizer};

const TEXT: &str = "The Baltic Harbour Council and the Gdynia Compact worry Poland; the BHC meets in June.";

fn main() -> Result<(), attache::Error> {
    let gazetteer = match std::env::args().nth(1) {
        Some(table) => Gazetteer::from_tsv(table)?,
        None => Gazetteer::from_entries([
            GazetteerEntry::new("Baltic Harbour Council", EntityKind::Organisation, "baltic-harbour-council"),
            GazetteerEntry::new("BHC", EntityKind::Organisation, "baltic-harbour-council"),
            GazetteerEntry::new("Gdynia Compact", EntityKind::Treaty, "gdynia-compact"),
        ])?,
    };
    let recognizer = Recognizer::builder().add_gazetteer(gazetteer).build()?;
    let document = recognizer.recognize(TEXT);
    for entity in document.entities() {
        let surfaces: Vec<&str> = entity.mentions().iter().map(|mention| document.surface(mention)).collect();
        println!("{:<13} {:<24} {}", entity.kind(), entity.id().unwrap_or("-"), surfaces.join(" · "));
    }
    Ok(())
}
