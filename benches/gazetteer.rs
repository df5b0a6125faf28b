//! The gazetteer and the grammars alone: how fast on one core, with entities and without, and how soon they are there.
//!
//! `cargo bench --no-default-features --features embedded-gazetteer --bench gazetteer`; with `-- --test` each part runs
//! once. What is compared runs in turns within each round, and a figure is the median over the rounds. Run it on one idle
//! core.

#[path = "common/measure.rs"]
mod measure;
#[path = "common/news.rs"]
mod news;

use std::process::Command;

use attache::{Document, EntityKind, Error, Gazetteer, Recognizer};

use measure::{figure, rounds, seconds};

/// Said to the bench itself: only load the gazetteer, and print the seconds that it took.
const LOAD: &str = "--load";

fn main() -> Result<(), Error> {
    if std::env::args().any(|argument| argument == LOAD) {
        println!("{}", seconds(Gazetteer::embedded));
        return Ok(());
    }
    let gazetteer = Gazetteer::embedded();
    let alone = || Recognizer::builder().gazetteer_only().kinds(EntityKind::ALL);
    let whole = alone().build()?;
    let nameless = alone().min_score(1.0).build()?; // all is found and nothing sure enough to be an entity
    let text = news::text(rounds(2000));
    let documents: Vec<&str> = text.split("\n\n").collect();
    check(&gazetteer, &whole, &nameless, &documents);

    let megabytes = documents.iter().map(|text| text.len()).sum::<usize>() as f64 / 1e6;
    let rate =
        |read: &dyn Fn(&str) -> usize| megabytes / seconds(|| documents.iter().map(|text| read(text)).sum::<usize>());
    let mentions = |document: Document| document.mentions().len();
    let mut rates = vec![[0.0; 3]; rounds(41)]; // megabytes a second
    for rates in &mut rates {
        rates[0] = rate(&|text| gazetteer.find(text).len());
        rates[1] = rate(&|text| mentions(nameless.recognize(text)));
        rates[2] = rate(&|text| mentions(whole.recognize(text)));
    }
    println!("{} documents, {megabytes:.3} MB", documents.len());
    figure("find_mb_per_s", rates.iter().map(|rates| rates[0]));
    figure("find_with_grammars_mb_per_s", rates.iter().map(|rates| rates[1]));
    figure("recognize_mb_per_s", rates.iter().map(|rates| rates[2]));
    figure("load_ms", (0..rounds(21)).map(|_| 1e3 * load()));
    Ok(())
}

/// Panics where a country that a text names is missed.
fn check(gazetteer: &Gazetteer, whole: &Recognizer, nameless: &Recognizer, documents: &[&str]) {
    for text in documents {
        let (listed, document) = (gazetteer.find(text), whole.recognize(text));
        let codes: Vec<&str> = document.countries().iter().map(|country| country.alpha2()).collect();
        for (name, code) in news::COUNTRIES.iter().filter(|(name, _)| text.contains(name)) {
            assert!(listed.iter().any(|mention| mention.surface(text) == *name), "{name} is not found: {text}");
            assert!(codes.contains(code), "{name} is no country: {text}");
        }
        assert!(nameless.recognize(text).mentions().is_empty(), "a mention is sure: {text}");
    }
}

/// The seconds that a process of its own takes to load the gazetteer: in this one it is there already.
fn load() -> f64 {
    let bench = std::env::current_exe().expect("a bench has a path");
    let output = Command::new(bench).arg(LOAD).output().expect("a bench runs");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("seconds")
}
