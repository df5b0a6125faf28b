//! The whole recogniser, text in and documents out: how fast on one thread and on all, and where the time goes.
//!
//! `cargo bench --bench throughput`; with `-- --test` each part runs once. Tokens are those that the encoder sees, the
//! two around each window included. What is compared runs in turns within each round, and a figure is the median over
//! the rounds of the ratio within a round. Run it on an idle machine.

#[path = "common/measure.rs"]
mod measure;
#[path = "common/news.rs"]
mod news;

use std::sync::{Arc, Mutex};
use std::time::Instant;

use attache::{Document, Encoder, Error, Gazetteer, Logits, NativeEncoder, Precision, Recognizer, Sequence};

use measure::{figure, median, rounds, seconds};

/// What is read, and how often for one timing.
struct Case {
    name: &'static str,
    texts: Vec<String>,
    repeats: usize,
    rounds: usize,
}

/// The same recogniser on one thread, on two, and on all.
struct Recognizers {
    one: Recognizer,
    two: Recognizer,
    all: Recognizer,
}

/// The seconds of one reading.
#[derive(Clone, Copy)]
struct Times {
    one: f64,
    two: f64,
    all: f64,
    stages: [f64; 4], // on one thread, as `STAGES` names them
}

const STAGES: [&str; 4] = ["split and tokenise", "encode", "decode, merge, resolve", "of which find listed names"];

fn main() -> Result<(), Error> {
    let recognizers = Recognizers {
        one: Recognizer::builder().threads(1).build()?,
        two: Recognizer::builder().threads(2).build()?,
        all: Recognizer::new()?,
    };
    let clock = Arc::new(Clock { encoder: NativeEncoder::embedded(Precision::Int8)?, spent: Mutex::default() });
    let clocked = Recognizer::builder().threads(1).encoder(clock.clone()).build()?;
    let mut results = Vec::new();
    for case in cases() {
        check(&case, &recognizers);
        let measure = |_| Times {
            one: case.seconds(&recognizers.one),
            two: case.seconds(&recognizers.two),
            all: case.seconds(&recognizers.all),
            stages: stages(&case, &clocked, &clock),
        };
        let times: Vec<Times> = (0..rounds(case.rounds)).map(measure).collect();
        print_rates(&case, clock.tokens(), &times);
        results.push((case.name, times));
    }
    for (name, times) in &results {
        print_figures(name, times);
    }
    Ok(())
}

fn cases() -> Vec<Case> {
    let headline = "Poland invokes Article 4 of the North Atlantic Treaty as Anna Nowak flies to Brussels".to_owned();
    let case = |name, texts: Vec<String>, repeats, rounds| Case { name, texts, repeats, rounds };
    vec![
        case("headline", vec![headline], 100, 21),
        case("paragraph", vec![news::text(5)], 20, 21),
        case("article", vec![news::text(72)], 2, 21),
        case("batch", news::sentences().take(256).collect(), 1, 11),
        case("book", vec![news::text(100 * rounds(30))], 1, 3),
    ]
}

impl Case {
    fn documents(&self, recognizer: &Recognizer) -> Vec<Document> {
        match &self.texts[..] {
            [text] => vec![recognizer.recognize(text)],
            texts => recognizer.recognize_batch(texts),
        }
    }

    /// The seconds of one reading, as the mean over the repeats.
    fn seconds(&self, recognizer: &Recognizer) -> f64 {
        let repeats = rounds(self.repeats);
        seconds(|| (0..repeats).for_each(|_| drop(self.documents(recognizer)))) / repeats as f64
    }
}

/// Panics where threads change the answer, or where more than one country in twenty is missed.
fn check(case: &Case, recognizers: &Recognizers) {
    let documents = case.documents(&recognizers.one);
    assert!(documents == case.documents(&recognizers.two), "{}: two threads read otherwise", case.name);
    assert!(documents == case.documents(&recognizers.all), "{}: all threads read otherwise", case.name);
    let (mut named, mut found) = (0, 0);
    for document in &documents {
        let codes: Vec<&str> = document.countries().iter().map(|country| country.alpha2()).collect();
        let written = news::COUNTRIES.iter().filter(|(name, _)| document.text().contains(name));
        for (_, code) in written {
            named += 1;
            found += usize::from(codes.contains(code));
        }
    }
    assert!(found > 0 && found * 20 >= named * 19, "{}: {found} of {named} countries found", case.name);
}

/// The seconds of each stage of one reading on one thread.
fn stages(case: &Case, clocked: &Recognizer, clock: &Clock) -> [f64; 4] {
    let gazetteer = Gazetteer::embedded();
    clock.reset();
    let start = Instant::now();
    drop(case.documents(clocked));
    let whole = start.elapsed().as_secs_f64();
    let spent = clock.spent.lock().expect("no thread panicked");
    let before = (spent.first.expect("the encoder was called") - start).as_secs_f64();
    let names = seconds(|| case.texts.iter().map(|text| gazetteer.find(text).len()).sum::<usize>());
    [before, spent.inside, whole - before - spent.inside, names]
}

fn print_rates(case: &Case, tokens: usize, times: &[Times]) {
    let words: usize = case.texts.iter().map(|text| text.split_whitespace().count()).sum();
    let bytes: usize = case.texts.iter().map(String::len).sum();
    println!("{}: {tokens} tokens, {words} words, {bytes} bytes", case.name);
    let one = median(times.iter().map(|times| times.one));
    let all = median(times.iter().map(|times| times.all));
    for (threads, seconds) in [("one thread", one), ("all threads", all)] {
        let rate = |count: usize| count as f64 / seconds;
        let (tokens, words, megabytes) = (rate(tokens), rate(words), rate(bytes) / 1e6);
        println!("  {threads:<12}{tokens:>9.0} tokens/s{words:>9.0} words/s{megabytes:>8.3} MB/s");
    }
    for (stage, name) in STAGES.into_iter().enumerate() {
        println!("  {name:<28}{:>5.1} %", 100.0 * median(times.iter().map(|times| share(times, stage))));
    }
}

/// The share of a stage in the time of the stages that follow one another.
fn share(times: &Times, stage: usize) -> f64 {
    times.stages[stage] / times.stages[..3].iter().sum::<f64>()
}

fn print_figures(name: &str, times: &[Times]) {
    figure(&format!("encoder_share_{name}"), times.iter().map(|times| share(times, 1)));
    figure(&format!("two_threads_over_one_{name}"), times.iter().map(|times| times.one / times.two));
}

/// The native encoder, and when it was at work.
#[derive(Debug)]
struct Clock {
    encoder: NativeEncoder,
    spent: Mutex<Spent>,
}

#[derive(Debug, Default)]
struct Spent {
    first: Option<Instant>, // when the encoder was first called
    inside: f64,            // seconds
    tokens: usize,
}

impl Clock {
    fn reset(&self) {
        *self.spent.lock().expect("no thread panicked") = Spent::default();
    }

    fn tokens(&self) -> usize {
        self.spent.lock().expect("no thread panicked").tokens
    }
}

impl Encoder for Clock {
    fn label_count(&self) -> usize {
        self.encoder.label_count()
    }

    fn max_tokens(&self) -> usize {
        self.encoder.max_tokens()
    }

    fn logits(&self, sequences: &[Sequence<'_>]) -> Result<Vec<Logits>, Error> {
        let start = Instant::now();
        let logits = self.encoder.logits(sequences);
        let mut spent = self.spent.lock().expect("no thread panicked");
        spent.first.get_or_insert(start);
        spent.inside += start.elapsed().as_secs_f64();
        spent.tokens += sequences.iter().map(|sequence| sequence.ids.len()).sum::<usize>();
        logits
    }
}
