//! `attache label --jsonl` over many short lines: its peak of memory, and its speed beside `recognize_batch`.
//!
//! `cargo bench --features cli --bench stream`; with `-- --test` over a tenth of the lines, once. Labels with the
//! gazetteer alone, where reading and writing weigh most, and a part of the lines with the model. One line is broken,
//! and every answer is checked. Memory is read where there is a `/proc`.
//!
//! What is compared: the command reads JSON, labels and writes JSON from file to file; the library labels the same
//! texts, which lie in memory, ten thousand a call, and lets the documents go. Both use all threads, and take turns, so
//! that what else the machine does slows both. Loading counts for neither: the recogniser is built before its clock
//! starts, and what the command takes for an empty file is taken off its time; of a million lines, that is a hundredth.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use attache::{Recognizer, RecognizerBuilder};

#[allow(dead_code)] // shared with the other benches
#[path = "common/measure.rs"]
mod measure;

/// Lines of the long file and of the one that the model reads.
const LINES: [usize; 2] = [1_000_000, 10_000];
/// Lines of the file that the long one's memory is held against: in any run, since far fewer are no stream.
const SHORT: usize = 10_000;
const ROUNDS: usize = 3;
const COUNTRIES: [&str; 8] = ["Peru", "Chile", "Japan", "Kenya", "Norway", "Türkiye", "the Netherlands", "South Korea"];
const VERBS: [&str; 3] = ["recalled its envoy from", "signed a fisheries accord with", "lifted its visa rule for"];

/// What a run of the command took.
struct Run {
    seconds: f64,
    /// In KiB; 0 where the system does not say.
    peak: u64,
}

fn main() {
    let part = if measure::rounds(ROUNDS) == 1 { 10 } else { 1 };
    let [long, read] = LINES.map(|lines| lines / part);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stream");
    fs::create_dir_all(&folder).unwrap();
    let many = compare(&folder, "gazetteer", long, &["--gazetteer-only"], Recognizer::builder().gazetteer_only());
    compare(&folder, "model", read, &[], Recognizer::builder());
    let few = label(&folder, SHORT, &["--gazetteer-only"]).peak;
    if few > 0 {
        println!("figure stream_peak_mib_{SHORT} {:.1}", few as f64 / 1024.0);
        println!("figure stream_peak_mib_{long} {:.1}", many as f64 / 1024.0);
        println!("figure stream_peak_long_over_short {:.3}", many as f64 / few as f64);
    }
    fs::remove_dir_all(&folder).unwrap();
}

/// Lines a second of the command and of the library, and what share of the library's the command's are. Gives the most
/// memory that the command had.
fn compare(folder: &Path, name: &str, lines: usize, options: &[&str], builder: RecognizerBuilder) -> u64 {
    let recognizer = builder.build().unwrap();
    let texts: Vec<String> = (0..lines).map(text).collect();
    let (mut starts, mut stream, mut batch, mut ratios, mut peak) = (vec![], vec![], vec![], vec![], 0);
    for _ in 0..measure::rounds(ROUNDS) {
        let start = label(folder, 0, options).seconds;
        let run = label(folder, lines, options);
        let seconds = recognize(&recognizer, &texts);
        starts.push(start);
        stream.push(lines as f64 / (run.seconds - start));
        batch.push(lines as f64 / seconds);
        ratios.push(seconds / (run.seconds - start));
        peak = peak.max(run.peak);
    }
    println!("figure stream_{name}_lines {lines}");
    measure::figure(&format!("stream_{name}_start_seconds"), starts);
    measure::figure(&format!("stream_{name}_lines_per_second"), stream);
    measure::figure(&format!("batch_{name}_lines_per_second"), batch);
    measure::figure(&format!("stream_over_batch_{name}"), ratios);
    peak
}

fn text(i: usize) -> String {
    let (first, second) = (COUNTRIES[i % 8], COUNTRIES[(i * i + 3) % 8]);
    format!("The government of {first} {} {second} on day {i} of the talks.", VERBS[i % 3])
}

/// The seconds that the library takes for the texts.
fn recognize(recognizer: &Recognizer, texts: &[String]) -> f64 {
    let start = Instant::now();
    // Not all documents are held at once: the command does not hold them either.
    for texts in texts.chunks(10_000) {
        let documents = recognizer.recognize_batch(texts);
        assert!(documents.iter().all(|document| !document.countries().is_empty()));
    }
    start.elapsed().as_secs_f64()
}

/// Runs the command over `lines` lines of which the middle one is broken; over an empty file where there are none.
fn label(folder: &Path, lines: usize, options: &[&str]) -> Run {
    let (texts, labelled) = (folder.join("texts.jsonl"), folder.join("labelled.jsonl"));
    write_texts(&texts, lines);
    let _ = fs::remove_file(&labelled); // emptying what the run before wrote would be timed
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
    if lines == 0 {
        assert!(output.status.success() && said.is_empty(), "{said}");
    } else {
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(&format!("line {}: ", lines / 2 + 1)) && said.lines().count() == 1, "{said}");
    }
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
