//! `attache label --jsonl` over many short lines: its peak of memory, and its speed beside `recognize_batch`.
//!
//! `cargo bench --features cli --bench stream`; with `-- --test` over a hundredth of the lines. Labels with the
//! gazetteer alone, where reading and writing weigh most, and a part of the lines with the model. One line is broken,
//! and every answer is checked. Run it on an idle machine; memory is read where there is a `/proc`.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use attache::{Recognizer, RecognizerBuilder};

/// Lines of the long file, of the short one that its memory is held against, and of the one that the model reads.
const LINES: [usize; 3] = [1_000_000, 10_000, 20_000];
const COUNTRIES: [&str; 8] = ["Peru", "Chile", "Japan", "Kenya", "Norway", "Türkiye", "the Netherlands", "South Korea"];
const VERBS: [&str; 3] = ["recalled its envoy from", "signed a fisheries accord with", "lifted its visa rule for"];

/// What a run of the command took.
struct Run {
    seconds: f64,
    /// In KiB; 0 where the system does not say.
    peak: u64,
}

fn main() {
    let part = if std::env::args().any(|argument| argument == "--test") { 100 } else { 1 };
    let [long, short, read] = LINES.map(|lines| lines / part);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stream");
    fs::create_dir_all(&folder).unwrap();
    let few = label(&folder, short, &["--gazetteer-only"]);
    let many = label(&folder, long, &["--gazetteer-only"]);
    compare("gazetteer", long, &many, recognize(long, Recognizer::builder().gazetteer_only()));
    compare("model", read, &label(&folder, read, &[]), recognize(read, Recognizer::builder()));
    if few.peak > 0 {
        println!("figure stream_peak_mib_{short} {:.1}", few.peak as f64 / 1024.0);
        println!("figure stream_peak_mib_{long} {:.1}", many.peak as f64 / 1024.0);
        println!("figure stream_peak_long_over_short {:.3}", many.peak as f64 / few.peak as f64);
    }
    fs::remove_dir_all(&folder).unwrap();
}

/// Lines a second of the command, and of the library in `seconds`.
fn compare(name: &str, lines: usize, run: &Run, seconds: f64) {
    println!("figure stream_{name}_lines_per_second {:.0}", lines as f64 / run.seconds);
    println!("figure batch_{name}_lines_per_second {:.0}", lines as f64 / seconds);
    println!("figure stream_over_batch_{name} {:.3}", seconds / run.seconds);
}

fn text(i: usize) -> String {
    let (first, second) = (COUNTRIES[i % 8], COUNTRIES[(i * i + 3) % 8]);
    format!("The government of {first} {} {second} on day {i} of the talks.", VERBS[i % 3])
}

/// The seconds that the library takes for as many texts, given all at once.
fn recognize(lines: usize, builder: RecognizerBuilder) -> f64 {
    let recognizer = builder.build().unwrap();
    let texts: Vec<String> = (0..lines).map(text).collect();
    let mut seconds = 0.0;
    // Not all documents are held at once: the command does not hold them either.
    for texts in texts.chunks(10_000) {
        let start = Instant::now();
        let documents = recognizer.recognize_batch(texts);
        seconds += start.elapsed().as_secs_f64();
        assert!(documents.iter().all(|document| !document.countries().is_empty()));
    }
    seconds
}

/// Runs the command over `lines` lines of which the middle one is broken.
fn label(folder: &Path, lines: usize, options: &[&str]) -> Run {
    let (texts, labelled) = (folder.join("texts.jsonl"), folder.join("labelled.jsonl"));
    write_texts(&texts, lines);
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_attache"))
        .arg("label")
        .args(options)
        .args(["--jsonl", "--format", "jsonl", "--on-error", "skip", "--output"])
        .args([&labelled, &texts])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let peak = peak(&mut child);
    let seconds = start.elapsed().as_secs_f64();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("line {}: ", lines / 2 + 1)) && said.lines().count() == 1, "{said}");
    assert_order(&labelled, lines);
    Run { seconds, peak }
}

fn write_texts(path: &Path, lines: usize) {
    let mut texts = String::new();
    for i in 0..lines {
        let end = if i == lines / 2 { "" } else { "}" };
        writeln!(texts, "{{\"id\": {i}, \"text\": \"{}\"{end}", text(i)).unwrap();
    }
    fs::write(path, texts).unwrap();
}

/// Waits for a process, and gives the most memory that it had.
fn peak(child: &mut Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = fs::read_to_string(&status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(kibibytes.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(2));
    }
    peak
}

/// Every line but the broken one has its answer, in its place.
fn assert_order(labelled: &Path, lines: usize) {
    let labelled = fs::read_to_string(labelled).unwrap();
    let mut answers = labelled.lines();
    for i in (0..lines).filter(|i| *i != lines / 2) {
        let answer = answers.next().unwrap_or_else(|| panic!("no answer to line {i}"));
        assert!(answer.starts_with(&format!("{{\"id\":\"{i}\",")), "line {i}: {answer}");
    }
    assert!(answers.next().is_none());
}
