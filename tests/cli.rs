//! The command `attache`, run as a user runs it: what it writes, what it says on standard error, its exit code.
#![cfg(all(feature = "cli", feature = "embedded-model", feature = "embedded-gazetteer"))]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use attache::Recognizer;
use attache::evaluate::{self, Annotated, Pair, notation};
use attache::render::{self, Colours, JsonOptions, Offsets, Scheme, TSV_HEADER};

const TEXT: &str = "Zürich hosted Peru and Chile. NATO stayed away.";
const LINES: &str = "{\"id\": \"a\", \"text\": \"Peru signed.\"}\n{\"id\": 2, \"text\": \"Chile did not.\"}\n";

/// A folder of one test, made anew.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn start(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_attache"));
    command.args(arguments).current_dir(folder).env_remove("CLICOLOR_FORCE");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    start(folder, arguments).output().unwrap()
}

fn run_with(folder: &Path, arguments: &[&str], text: &[u8]) -> Output {
    let mut child = start(folder, arguments).stdin(Stdio::piped()).spawn().unwrap();
    // A command that ends early closes its end; what it says then is what the test is about.
    let _ = child.stdin.take().unwrap().write_all(text);
    child.wait_with_output().unwrap()
}

fn out(output: &Output) -> &str {
    assert!(output.status.success(), "{}", err(output));
    std::str::from_utf8(&output.stdout).unwrap()
}

fn err(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// One line on standard error that holds `message`, and the exit code.
#[track_caller]
fn assert_fails(output: &Output, code: i32, message: &str) {
    let said = err(output);
    assert!(said.starts_with("attache: ") && said.contains(message), "{message:?} is not in {said:?}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(!said.contains("panicked"), "{said}");
    assert_eq!(output.status.code(), Some(code), "{said}");
}

fn label<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["label", "--gazetteer-only"], more].concat()
}

fn recognizer() -> Recognizer {
    Recognizer::builder().gazetteer_only().build().unwrap()
}

#[test]
fn each_format_is_what_the_library_renders() {
    let folder = folder("formats");
    fs::write(folder.join("text.txt"), TEXT).unwrap();
    let document = recognizer().recognize(TEXT);
    let options = JsonOptions { id: Some("text.txt"), ..JsonOptions::default() };
    let (marked, tables) = (render::text(&document, Colours::Plain), render::tables(&document, Colours::Plain));
    let expected = [
        ("text", format!("{marked}\n{tables}")),
        ("json", render::json(&document, &options) + "\n"),
        ("jsonl", render::jsonl(&document, &options)),
        ("conll", render::conll(&document, Scheme::Bio)),
        ("html", render::html(&document, "text.txt")),
        ("tsv", TSV_HEADER.to_owned() + &render::tsv(&document, Offsets::Byte)),
    ];
    for (format, expected) in expected {
        assert_eq!(out(&run(&folder, &label(&["--format", format, "text.txt"]))), expected, "{format}");
    }
}

#[test]
fn standard_input_is_one_document() {
    let folder = folder("stdin");
    let expected = render::jsonl(&recognizer().recognize(TEXT), &JsonOptions::default());
    for files in [&[] as &[&str], &["-"]] {
        let output = run_with(&folder, &label(&[&["--format", "jsonl"], files].concat()), TEXT.as_bytes());
        assert_eq!(out(&output), expected);
    }
}

#[test]
fn several_files_are_told_apart() {
    let folder = folder("several");
    fs::write(folder.join("a.txt"), "Peru signed.").unwrap();
    fs::write(folder.join("b.txt"), "Nobody came.").unwrap();
    let output = |format| out(&run(&folder, &label(&["--format", format, "a.txt", "b.txt"]))).to_owned();
    let list: serde_json::Value = serde_json::from_str(&output("json")).unwrap();
    assert_eq!((list[0]["id"].as_str(), list[1]["id"].as_str()), (Some("a.txt"), Some("b.txt")));
    assert!(output("tsv").starts_with("document\tstart\t"));
    assert!(output("tsv").contains("\na.txt\t0\t4\tCountry\tPeru\t"));
    assert!(output("text").starts_with("== a.txt ==\n[Peru · Country PE] signed.\n"));
    assert!(output("text").contains("\n== b.txt ==\nNobody came.\n"));
    assert!(output("html").contains("2 documents"));
    assert_eq!(output("conll").matches("-DOCSTART-").count(), 2);
}

#[test]
fn an_empty_list_is_json_too() {
    let folder = folder("empty");
    let output = run_with(&folder, &label(&["--jsonl", "--format", "json"]), b"\n \n");
    assert_eq!(serde_json::from_str::<serde_json::Value>(out(&output)).unwrap(), serde_json::json!([]));
}

#[test]
fn options_reach_the_recogniser() {
    let folder = folder("options");
    fs::write(folder.join("names.tsv"), "name\tkind\tid\nBlue Quay Group\torganisation\tblue-quay\n").unwrap();
    let tsv = |more: &[&str], text: &str| {
        let arguments = label(&[&["--format", "tsv"], more].concat());
        out(&run_with(&folder, &arguments, text.as_bytes())).to_owned()
    };
    assert!(tsv(&["--kinds", "all"], TEXT).contains("\tLocation\tZürich\t"));
    assert!(!tsv(&["--kinds", "organisation, treaty"], TEXT).contains("Country"));
    assert_eq!(tsv(&["--min-score", "1"], TEXT), TSV_HEADER);
    assert!(tsv(&["--gazetteer", "names.tsv"], "Blue Quay Group met.").contains("\tblue-quay\t"));
    assert!(tsv(&["--offsets", "char"], TEXT).contains("\n14\t18\tCountry\tPeru"));
    assert!(tsv(&["--offsets", "byte", "--threads", "1"], TEXT).contains("\n15\t19\tCountry\tPeru"));
}

#[test]
fn the_model_reads_what_no_list_has() {
    let folder = folder("model");
    let output =
        run_with(&folder, &["label", "--format", "tsv"], b"Oddny Fjellstad, the minister, met reporters in Oslo.");
    assert!(out(&output).contains("\tPerson\tOddny Fjellstad\t"));
}

#[test]
fn json_lines_keep_their_order() {
    let folder = folder("order");
    let mut lines = String::new();
    for i in 0..5000 {
        lines.push_str(&format!("{{\"n\": {i}, \"body\": \"Peru called Chile on day {i}.\"}}\n"));
    }
    let fields = ["--jsonl", "--format", "jsonl", "--id-field", "n", "--text-field", "body"];
    let output = run_with_file(&folder, &label(&fields), &lines);
    let ids: Vec<String> = out(&output).lines().map(id).collect();
    assert_eq!(ids, (0..5000).map(|i| i.to_string()).collect::<Vec<_>>());
}

/// The lines through `--output` as well, so that no pipe fills up on either side.
fn run_with_file(folder: &Path, arguments: &[&str], lines: &str) -> Output {
    fs::write(folder.join("lines.jsonl"), lines).unwrap();
    let mut output = run(folder, &[arguments, &["lines.jsonl", "--output", "labelled"]].concat());
    assert!(output.stdout.is_empty());
    output.stdout = fs::read(folder.join("labelled")).unwrap();
    output
}

fn id(line: &str) -> String {
    let object: serde_json::Value = serde_json::from_str(line).unwrap();
    object["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_broken_line_is_reported_by_its_number_and_skipped() {
    let folder = folder("skip");
    fs::write(folder.join("lines"), [LINES, "\n{\"id\": 3}\n", LINES].concat()).unwrap();
    let output = run(&folder, &label(&["--jsonl", "--format", "jsonl", "--on-error", "skip", "lines"]));
    assert_fails(&output, 1, "lines: line 4: no field \"text\"");
    let ids: Vec<String> = std::str::from_utf8(&output.stdout).unwrap().lines().map(id).collect();
    assert_eq!(ids, ["a", "2", "a", "2"]);
}

#[test]
fn what_is_wrong_with_a_line_is_said_with_its_column() {
    let folder = folder("column");
    for (line, wrong) in [
        ("{\"text\": \"Peru\"\r\n", "line 2: EOF while parsing an object at column 15"),
        ("{\"text\": 5}\n", "line 2: invalid type: integer `5`, expected a string at column 10"),
    ] {
        let output = run_with(&folder, &label(&["--jsonl", "--format", "jsonl"]), format!("\n{line}").as_bytes());
        assert_fails(&output, 3, wrong);
    }
}

#[test]
fn lines_longer_than_a_block_and_files_of_many_blocks_are_labelled_whole() {
    let folder = folder("blocks");
    let long = "Peru called Chile. ".repeat(5000);
    let lines = (0..40).map(|i| if i % 10 == 3 { long.clone() } else { format!("Kenya met Japan on day {i}.") });
    let texts: Vec<String> = lines.collect();
    let line = |(i, text): (usize, &String)| format!("{{\"id\": {i}, \"text\": {text:?}}}");
    // Without a line break at the end, and with a blank line between two blocks.
    let file = texts.iter().enumerate().map(line).collect::<Vec<String>>().join("\n\n");
    let output = run_with_file(&folder, &label(&["--jsonl", "--format", "jsonl"]), &file);
    let expected = recognizer().recognize_batch(&texts);
    assert_eq!(out(&output).lines().count(), texts.len());
    for (i, (line, document)) in out(&output).lines().zip(&expected).enumerate() {
        let id = i.to_string();
        let expected = render::jsonl(document, &JsonOptions { id: Some(&id), ..JsonOptions::default() });
        assert!(line == expected.trim_end(), "line {i}");
    }
}

#[test]
fn documents_of_many_blocks_are_one_list() {
    let folder = folder("list");
    let lines = (0..2000).map(|i| format!("{{\"id\": {i}, \"text\": \"Peru called Chile on day {i}.\"}}\n"));
    let output = run_with_file(&folder, &label(&["--jsonl", "--format", "json"]), &lines.collect::<String>());
    let list: Vec<serde_json::Value> = serde_json::from_str(out(&output)).unwrap();
    let ids: Vec<usize> = list.iter().map(|object| object["id"].as_str().unwrap().parse().unwrap()).collect();
    assert_eq!(ids, (0..2000).collect::<Vec<_>>());
}

#[test]
fn a_broken_line_stops_the_work_after_the_lines_before_it() {
    let folder = folder("fail");
    let lines = [LINES.as_bytes(), b"{\"text\": \"\xff\"}\n", LINES.as_bytes()].concat();
    let output = run_with(&folder, &label(&["--jsonl", "--format", "jsonl"]), &lines);
    assert_fails(&output, 3, "standard input: line 3: not UTF-8 after byte 10");
    assert_eq!(output.stdout.iter().filter(|byte| **byte == b'\n').count(), 2);
}

#[test]
fn an_unreadable_file_among_others_is_skipped_where_asked() {
    let folder = folder("skip_file");
    fs::write(folder.join("a.txt"), "Peru signed.").unwrap();
    let output = run(&folder, &label(&["--format", "jsonl", "--on-error", "skip", "none.txt", "a.txt"]));
    assert_fails(&output, 1, "none.txt: no such file");
    assert_eq!(output.stdout.iter().filter(|byte| **byte == b'\n').count(), 1);
}

#[test]
fn each_command_says_in_one_line_what_is_wrong_with_a_file() {
    let folder = folder("bad_files");
    fs::create_dir(folder.join("folder")).unwrap();
    fs::write(folder.join("binary"), (0..=255).cycle().take(4096).collect::<Vec<u8>>()).unwrap();
    fs::write(folder.join("latin"), b"Z\xfcrich\n").unwrap();
    fs::write(folder.join("good"), "[Peru](Country=PE) signed.\n").unwrap();
    let commands: [&[&str]; 8] = [
        &["label"],
        &["label", "--jsonl"],
        &["label", "good", "--gazetteer"],
        &["evaluate"],
        &["evaluate", "good", "--format", "notation", "--pred"],
        &["evaluate", "good", "--format", "notation", "--gazetteer"],
        &["evaluate", "--format", "conll"],
        &["gazetteer", "check"],
    ];
    for command in commands {
        assert_fails(&run(&folder, &[command, &["none"]].concat()), 3, "none: ");
        assert_fails(&run(&folder, &[command, &["folder"]].concat()), 3, "folder: ");
        assert_fails(&run(&folder, &[command, &["binary"]].concat()), 3, "binary: ");
        assert_fails(&run(&folder, &[command, &["latin"]].concat()), 3, "latin: ");
    }
    for file in ["none", "binary", "latin"] {
        assert_fails(&run(&folder, &["model", "check", file]), 3, &format!("{file}: "));
    }
    for file in ["none", "folder", "binary", "latin"] {
        let place = format!("{file}/config.json: ");
        assert_fails(&run(&folder, &["label", "--model", file, "good"]), 3, &place);
        assert_fails(&run(&folder, &["evaluate", "--model", file, "good"]), 3, &place);
    }
    for place in ["folder", "none/labelled", "good/labelled"] {
        assert_fails(&run(&folder, &label(&["good", "--output", place])), 3, &format!("{place}: "));
    }
}

#[test]
fn each_command_says_in_one_line_what_is_wrong_with_its_arguments() {
    let folder = folder("usage");
    fs::write(folder.join("good"), "Peru signed.").unwrap();
    for command in [&["label"] as &[&str], &["evaluate"], &["gazetteer", "check"], &["model", "check"]] {
        assert_fails(&run(&folder, &[command, &["--frobnicate"]].concat()), 2, "'--frobnicate'");
    }
    assert_fails(&run(&folder, &["evaluate"]), 2, "<GOLD>");
    assert_fails(&run(&folder, &["completions", "tcl"]), 2, "zsh");
    assert_fails(&run(&folder, &["man", "tcl"]), 2, "\"tcl\"");
    assert_fails(&run(&folder, &["label", "--kinds", "planet"]), 2, "person, country");
    assert_fails(&run(&folder, &["label", "--min-score", "7"]), 2, "a number from 0 to 1");
    for threads in ["0", "1025", "two"] {
        assert_fails(&run(&folder, &["label", "--threads", threads]), 2, "--threads");
    }
    assert_fails(&run(&folder, &label(&["--model", "dir"])), 2, "--model");
    assert_fails(&run(&folder, &["label", "--text-field", "body", "good"]), 2, "--jsonl");
    for option in ["--min-score", "--gazetteer", "--model", "--threads"] {
        assert_fails(&run(&folder, &["evaluate", "good", "--pred", "good", option, "1"]), 2, option);
    }
    assert_fails(&run(&folder, &label(&["good", "--output", "./good"])), 2, "good: the output would overwrite");
    assert_eq!(fs::read_to_string(folder.join("good")).unwrap(), "Peru signed.");
}

#[test]
fn help_tells_examples_and_exit_codes() {
    for arguments in [&["--help"] as &[&str], &["label", "--help"], &["evaluate", "--help"]] {
        let output = run(Path::new("."), arguments);
        assert!(out(&output).contains("Examples:") && out(&output).contains("Exit codes:"));
    }
    assert!(out(&run(Path::new("."), &["man", "label"])).contains("\\-\\-on\\-error"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(out(&run(Path::new("."), &["completions", shell])).contains("gazetteer"));
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_is_no_failure() {
    let folder = folder("pipe");
    fs::write(folder.join("lines"), LINES.repeat(4000)).unwrap();
    let mut child = start(&folder, &label(&["--jsonl", "--format", "jsonl", "lines"])).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), err(&output)), (Some(0), ""));
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_whole_lines() {
    let folder = folder("interrupt");
    let mut child = start(&folder, &label(&["--jsonl", "--format", "jsonl", "--output", "labelled"]))
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = child.stdin.take().unwrap();
    lines.write_all(LINES.repeat(200).as_bytes()).unwrap();
    let written = || fs::metadata(folder.join("labelled")).is_ok_and(|metadata| metadata.len() > 0);
    while !written() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let labelled = fs::read_to_string(folder.join("labelled")).unwrap();
    assert!(labelled.ends_with('\n') && labelled.lines().all(|line| !id(line).is_empty()));
}

#[test]
fn a_gazetteer_is_checked_line_by_line() {
    let folder = folder("check");
    let lines =
        ["Blue Quay\torganisation\tblue-quay", "Blue Quay\tplanet\tx", "# a comment", "Oz\tcountry\tOZ", "one cell"];
    fs::write(folder.join("bad"), ["name\tkind\tid", &lines.join("\n")].join("\n")).unwrap();
    let output = run(&folder, &["gazetteer", "check", "bad"]);
    let mut numbers: Vec<&str> = err(&output).lines().map(|line| &line["attache: bad: line ".len()..][..1]).collect();
    numbers.sort_unstable();
    assert_eq!((output.status.code(), numbers), (Some(1), vec!["3", "5", "6"]), "{}", err(&output));
    fs::write(folder.join("good"), format!("name\tkind\tid\n{}\n", lines[0])).unwrap();
    assert_eq!(out(&run(&folder, &["gazetteer", "check", "good"])), "good: loads\n");
    fs::write(folder.join("head"), "a\tb\n").unwrap();
    assert_fails(&run(&folder, &["gazetteer", "check", "head"]), 1, "head: line 1: expected the header");
}

#[test]
fn a_model_is_checked() {
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join("attache-small");
    let output = run(Path::new("."), &["model", "check", model.to_str().unwrap()]);
    assert!(out(&output).ends_with(": loads and reads\n"));
    let folder = folder("model_check");
    for file in ["config.json", "model.safetensors"] {
        fs::write(folder.join(file), "{").unwrap();
    }
    let output = run(&folder, &["model", "check", "."]);
    let faults: Vec<&str> = err(&output).lines().collect();
    assert_eq!((output.status.code(), faults.len()), (Some(1), 3), "{faults:?}");
    assert!(
        faults[0].starts_with("attache: .: config.json: line 1 column 1: expected the configuration"),
        "{faults:?}"
    );
    assert!(faults[1].starts_with("attache: ./vocab.txt: expected the model's vocabulary"), "{faults:?}");
    assert!(faults[2].starts_with("attache: .: model.safetensors: header: expected"), "{faults:?}");
}

const GOLD: &str = "[Peru](Country=PE) met [NATO](Organisation) in [Oslo](Location).\n[Kenya](Country=KE) left.\n";
const ANSWER: &str = "[Peru](Country=PE) met [NATO](Country) in Oslo.\n[Kenya](Country=KE) left.\n";

#[test]
fn an_answer_is_scored_as_the_library_scores_it() {
    let folder = folder("evaluate");
    fs::write(folder.join("gold.txt"), GOLD).unwrap();
    fs::write(folder.join("answer.txt"), ANSWER).unwrap();
    let output = run(&folder, &["evaluate", "gold.txt", "--pred", "answer.txt"]);
    let read = |lines: &str| -> Vec<Annotated> {
        notation::parse_lines(lines).unwrap().into_iter().map(|(_, document)| document).collect()
    };
    let (gold, answer) = (read(GOLD), read(ANSWER));
    let pairs: Vec<Pair<'_>> = gold.iter().zip(&answer).map(|(gold, answer)| Pair::new(gold, answer)).collect();
    for table in [evaluate::strict(&pairs).to_string(), evaluate::partial(&pairs).to_string()] {
        assert!(out(&output).contains(&table), "{}", out(&output));
    }
    assert!(out(&output).contains(&evaluate::confusion(&pairs).to_string()));
    assert!(out(&output).contains("document 1, 3 wrong: Peru met NATO in Oslo."));
    assert!(
        out(&output).contains("  missed: \"NATO\" Organisation, \"Oslo\" Location\n  invented: \"NATO\" Country\n")
    );
    fs::write(folder.join("short.txt"), "Peru\n").unwrap();
    assert_fails(&run(&folder, &["evaluate", "gold.txt", "--pred", "short.txt"]), 3, "expected 2 documents");
}

#[test]
fn what_label_writes_evaluate_reads_in_any_offsets() {
    let folder = folder("round");
    fs::write(folder.join("text.txt"), TEXT).unwrap();
    for offsets in ["byte", "char", "utf16"] {
        let labelled = label(&["text.txt", "--format", "jsonl", "--offsets", offsets, "--output", "gold.jsonl"]);
        out(&run(&folder, &labelled));
        let scored = ["evaluate", "gold.jsonl", "--pred", "gold.jsonl", "--offsets", offsets, "--worst", "0"];
        let output = run(&folder, &scored);
        assert!(out(&output).starts_with("1 document\n") && !out(&output).contains("wrong"), "{}", out(&output));
    }
}

#[test]
fn columns_are_scored_as_the_library_scores_them() {
    let folder = folder("columns");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/seqeval");
    for fixture in fs::read_dir(fixtures).unwrap() {
        let file = fs::read_to_string(fixture.unwrap().path()).unwrap();
        let [gold, answer] = [1, 2].map(|column| {
            let rows = file.lines().map(|row| row.split('\t').collect::<Vec<&str>>());
            let rows =
                rows.map(|cells| if cells.len() == 3 { [cells[0], cells[column]].join("\t") } else { String::new() });
            let columns = rows.collect::<Vec<String>>().join("\n");
            fs::write(folder.join(["gold", "answer"][column - 1]), &columns).unwrap();
            evaluate::read::conll(&columns, |name| name.parse().map(Some)).unwrap()
        });
        let pairs: Vec<Pair<'_>> = gold.iter().zip(&answer).map(|(gold, answer)| Pair::new(gold, answer)).collect();
        let output = run(&folder, &["evaluate", "gold", "--format", "conll", "--pred", "answer"]);
        assert!(out(&output).contains(&evaluate::strict(&pairs).to_string()), "{}", out(&output));
    }
}

#[test]
fn without_an_answer_each_half_of_attache_is_scored_alone() {
    let folder = folder("ablation");
    fs::write(folder.join("gold.txt"), GOLD).unwrap();
    let output = run(&folder, &["evaluate", "gold.txt"]);
    let (all, by_kind) = out(&output).split_once("ablation, strict f1 by kind\n").unwrap();
    let all = all.split("ablation, all kinds\n").nth(1).unwrap();
    let names = |table: &str| -> Vec<String> {
        table.trim_end().lines().skip(1).map(|line| line[..16].trim().to_owned()).collect()
    };
    assert_eq!(names(all), ["both", "model only", "gazetteer only"]);
    assert!(by_kind.starts_with("                            both      model only  gazetteer only\n"), "{by_kind}");
    assert_eq!(names(by_kind), ["Country", "Organisation", "Location"]);
    let output = run(&folder, &["evaluate", "gold.txt", "--gazetteer-only", "--kinds", "country"]);
    assert!(out(&output).contains("Country") && !out(&output).contains("ablation"));
}
