//! `attache evaluate`: scores against gold, which kinds are taken for which, and the worst documents.

use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

use attache::evaluate::{Annotated, Annotation, Pair, Score, Scores, confusion, notation, partial, read, strict};
use attache::{EntityKind, Error, Gazetteer, Recognizer};

use crate::arguments::{EvaluateArguments, GoldFormat};
use crate::failure::{Failure, read_text};
use crate::format::count_documents;
use crate::output::print;
use crate::recognizer::{builder, start_threads};

/// Scores what the arguments name.
pub(crate) fn run(arguments: &EvaluateArguments) -> Result<ExitCode, Failure> {
    let gold = read(&arguments.gold, arguments)?;
    if gold.is_empty() {
        return Err(Failure::stopped(format!("{}: no document", arguments.gold.display())));
    }
    let answer = match &arguments.pred {
        Some(path) => {
            let answer = read(path, arguments)?;
            hold_together(&gold, &answer, path)?;
            compare(&gold, &answer, arguments.worst)
        }
        None => ablate(&gold, arguments)?,
    };
    print(&answer).map(|()| ExitCode::SUCCESS)
}

/// The documents of a file, with the annotations of the kinds asked for.
fn read(path: &Path, arguments: &EvaluateArguments) -> Result<Vec<Annotated>, Failure> {
    let text = read_text(path)?;
    let documents = match arguments.format.unwrap_or_else(|| format_of(path)) {
        GoldFormat::Conll => read::conll(&text, |name| name.parse().map(Some)),
        GoldFormat::Jsonl => read::jsonl(&text, arguments.offsets.into()),
        GoldFormat::Notation => {
            notation::parse_lines(&text).map(|lines| lines.into_iter().map(|line| line.1).collect())
        }
    };
    let documents = documents.map_err(|error| Failure::stopped(format!("{}: {error}", path.display())))?;
    Ok(documents.into_iter().map(|document| document.only(&arguments.kinds.0)).collect())
}

fn format_of(path: &Path) -> GoldFormat {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("jsonl" | "ndjson") => GoldFormat::Jsonl,
        Some("conll" | "bio" | "iob") => GoldFormat::Conll,
        _ => GoldFormat::Notation,
    }
}

/// Spans can be compared only within one text.
fn hold_together(gold: &[Annotated], answer: &[Annotated], path: &Path) -> Result<(), Failure> {
    let fail = |message: String| Err(Failure::stopped(format!("{}: {message}", path.display())));
    if gold.len() != answer.len() {
        return fail(format!("expected {}, as the gold has, found {}", count_documents(gold.len()), answer.len()));
    }
    match gold.iter().zip(answer).position(|(gold, answer)| gold.text != answer.text) {
        Some(i) => {
            fail(format!("document {}: expected the text of the gold, found {:?}", i + 1, start(&answer[i].text)))
        }
        None => Ok(()),
    }
}

/// All that is said about one answer.
fn compare(gold: &[Annotated], answer: &[Annotated], shown: usize) -> String {
    let pairs = pairs(gold, answer);
    let mut said = format!("{}\n\n", count_documents(gold.len()));
    let (strict, partial, confusion) = (strict(&pairs), partial(&pairs), confusion(&pairs));
    let _ = write!(said, "strict: start, end and kind agree\n{strict}\n");
    let _ = write!(said, "partial: spans of one kind overlap\n{partial}\n");
    let _ = write!(said, "confusion: what gold calls (row) and the answer calls (column)\n{confusion}");
    said.push_str(&worst(gold, answer, shown));
    said
}

/// attache's own answers: with all it has, and with each half alone.
fn ablate(gold: &[Annotated], arguments: &EvaluateArguments) -> Result<String, Failure> {
    start_threads(&arguments.recognizer)?;
    let build = || builder(&arguments.recognizer, &arguments.kinds.0);
    if arguments.recognizer.gazetteer_only {
        let answer = answer(&build()?.build()?, gold);
        return Ok(compare(gold, &answer, arguments.worst));
    }
    let both = answer(&build()?.build()?, gold);
    let model = answer(&build()?.gazetteer(no_names()?).build()?, gold);
    let gazetteer = answer(&build()?.gazetteer_only().build()?, gold);
    let mut said = compare(gold, &both, arguments.worst);
    said.push_str(&ablation(gold, &[("both", &both), ("model only", &model), ("gazetteer only", &gazetteer)]));
    Ok(said)
}

/// The answers side by side: over all kinds, then the strict F1 of each kind.
fn ablation(gold: &[Annotated], answers: &[(&str, &[Annotated])]) -> String {
    let pairs: Vec<Vec<Pair<'_>>> = answers.iter().map(|(_, answer)| pairs(gold, answer)).collect();
    let scores: Vec<Scores> = pairs.iter().map(|pairs| strict(pairs)).collect();
    let mut said =
        format!("\nablation, all kinds\n{:<16}{:>11}{:>9}{:>9}{:>12}\n", "", "precision", "recall", "f1", "partial f1");
    for (((name, _), scores), pairs) in answers.iter().zip(&scores).zip(&pairs) {
        said.push_str(&row(name, scores, &partial(pairs)));
    }
    let _ = write!(said, "\nablation, strict f1 by kind\n{:<16}", "");
    answers.iter().for_each(|(name, _)| said.push_str(&format!("{name:>16}")));
    for kind in EntityKind::ALL {
        if scores.iter().any(|scores| scores.kind(kind) != Score::default()) {
            let _ = write!(said, "\n{kind:<16}");
            scores.iter().for_each(|scores| said.push_str(&format!("{:>16.4}", scores.kind(kind).f1())));
        }
    }
    said.push('\n');
    said
}

fn pairs<'a>(gold: &'a [Annotated], answer: &'a [Annotated]) -> Vec<Pair<'a>> {
    gold.iter().zip(answer).map(|(gold, answer)| Pair::new(gold, answer)).collect()
}

fn no_names() -> Result<Gazetteer, Error> {
    Gazetteer::from_entries([])
}

fn answer(recognizer: &Recognizer, gold: &[Annotated]) -> Vec<Annotated> {
    let texts: Vec<&str> = gold.iter().map(|gold| gold.text.as_str()).collect();
    recognizer.recognize_batch(&texts).iter().map(Annotated::from).collect()
}

fn row(name: &str, strict: &Scores, partial: &Scores) -> String {
    let (all, overlap) = (strict.all(), partial.all());
    format!("{name:<16}{:>11.4}{:>9.4}{:>9.4}{:>12.4}\n", all.precision(), all.recall(), all.f1(), overlap.f1())
}

/// The documents with the most wrong spans, each with what it lacks and what it has too much.
fn worst(gold: &[Annotated], answer: &[Annotated], shown: usize) -> String {
    let mut ranked = Vec::new();
    for (i, (gold, answer)) in gold.iter().zip(answer).enumerate() {
        let missed = beyond(gold, answer);
        let invented = beyond(answer, gold);
        if !(missed.is_empty() && invented.is_empty()) {
            ranked.push((missed.len() + invented.len(), i, missed, invented));
        }
    }
    // The sort is stable: of two as bad, the earlier document comes first.
    ranked.sort_by_key(|(wrong, ..)| std::cmp::Reverse(*wrong));
    let mut said = String::new();
    for (wrong, i, missed, invented) in ranked.iter().take(shown) {
        let _ = writeln!(said, "\ndocument {}, {wrong} wrong: {}", i + 1, start(&gold[*i].text));
        for (what, list) in [("missed", missed), ("invented", invented)] {
            let named = list.iter().map(|one| format!("{:?} {}", &gold[*i].text[one.span], one.kind));
            let named: Vec<String> = named.collect();
            if !named.is_empty() {
                let _ = writeln!(said, "  {what}: {}", named.join(", "));
            }
        }
    }
    said
}

/// The annotations of `one` that `other` does not have.
fn beyond<'a>(one: &'a Annotated, other: &Annotated) -> Vec<&'a Annotation> {
    let has = |wanted: &Annotation| other.annotations.iter().any(|a| a.span == wanted.span && a.kind == wanted.kind);
    one.annotations.iter().filter(|annotation| !has(annotation)).collect()
}

/// The first words of a text, on one line, without what would move a terminal's cursor.
fn start(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut line = words.join(" ");
    line.retain(|character| !character.is_control());
    match line.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
