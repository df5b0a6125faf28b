//! One direction: a module names only modules that stand before it in the order of the pipeline.

use std::fs;
use std::path::{Path, PathBuf};

/// The order. A file belongs to the first module of its path under `src/`; `lib.rs` sees them all.
const ORDER: [&str; 31] = [
    "error",
    "span",
    "mention",
    "entity",
    "label",
    "sentence",
    "tokenizer",
    "window",
    "encoder",
    "decode",
    "hub",
    "model",
    "word",
    "gazetteer",
    "provision",
    "treaty_name",
    "settle",
    "title",
    "organisation_name",
    "cue",
    "merge",
    "agree",
    "alias",
    "resolve",
    "document",
    "render",
    "evaluate",
    "recognizer",
    "guide",
    "lib",
    "bin",
];

#[test]
fn no_module_names_a_later_one() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut faults = Vec::new();
    for file in rust_files(&source) {
        let path: Vec<&str> = file.strip_prefix(&source).unwrap().iter().map(|part| part.to_str().unwrap()).collect();
        faults.extend(check(&path, &fs::read_to_string(&file).unwrap()));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_order_is_that_of_lib_rs() {
    let lib = include_str!("../src/lib.rs");
    let declared: Vec<usize> = lib.lines().filter_map(declared_module).map(|module| place(module).unwrap()).collect();
    assert!(!declared.is_empty());
    assert!(declared.is_sorted(), "lib.rs declares its modules in another order");
}

#[test]
fn each_way_to_name_a_later_module_is_caught() {
    let faults = |path: &[&str], code: &str| check(path, code).len();
    assert_eq!(faults(&["span.rs"], "use crate::mention::Mention;"), 1);
    assert_eq!(faults(&["span.rs"], "use crate::{error::Error, mention::{self, Mention}};"), 1);
    assert_eq!(faults(&["span.rs"], "use super::mention;"), 1);
    assert_eq!(faults(&["encoder", "mod.rs"], "use super::{decode, span};"), 1);
    assert_eq!(faults(&["encoder", "native.rs"], "fn f(x: super::super::decode::X, y: crate::decode::Y) {}"), 2);
    assert_eq!(faults(&["encoder", "native.rs"], "use super::merge;"), 0);
    assert_eq!(faults(&["merge.rs"], "use crate::mention::Mention;\n/// See [`X`](crate::recognizer::X)."), 0);
    assert_eq!(faults(&["unheard_of.rs"], ""), 1);
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn place(module: &str) -> Option<usize> {
    // The design gives the recogniser its builder as a part of the same module; it has a file of its own for length.
    let module = if module == "builder" { "recognizer" } else { module };
    ORDER.iter().position(|other| *other == module)
}

fn declared_module(line: &str) -> Option<&str> {
    let line = line.trim_start_matches("pub ").trim_start_matches("pub(crate) ");
    line.strip_prefix("mod ")?.strip_suffix(';')
}

/// What is wrong in the file at `path` under `src/`: one message for each later module that its code names.
fn check(path: &[&str], code: &str) -> Vec<String> {
    let own = path[0].trim_end_matches(".rs");
    let Some(own_place) = place(own) else {
        return vec![format!("{}: module {own} is not in the order of tests/layers.rs", path.join("/"))];
    };
    let mut faults = Vec::new();
    for (i, line) in statements(code) {
        for named in named_modules(path, &line) {
            if place(&named).is_some_and(|place| place > own_place) {
                faults.push(format!("{}:{i}: {own} names the later module {named}", path.join("/")));
            }
        }
    }
    faults
}

/// The code without comments, cut after each `;`, each piece with the number of its first line.
fn statements(code: &str) -> Vec<(usize, String)> {
    let mut pieces = vec![(1, String::new())];
    for (i, line) in code.lines().enumerate() {
        let line = line.split("//").next().unwrap_or_default();
        for (j, part) in line.split(';').enumerate() {
            let last = pieces.last_mut().unwrap();
            if j > 0 {
                pieces.push((i + 1, part.to_owned()));
            } else if last.1.trim().is_empty() {
                *last = (i + 1, part.to_owned());
            } else {
                last.1.push_str(part);
            }
        }
    }
    pieces
}

/// The top-level modules that `crate::…`, and `super::…` from the file at `path`, name.
fn named_modules(path: &[&str], statement: &str) -> Vec<String> {
    let is_root = matches!(path.last(), Some(&"mod.rs")) || path.len() == 1;
    let to_root = "super::".repeat(if is_root { path.len().max(2) - 1 } else { path.len() });
    let mut named = Vec::new();
    for prefix in ["crate::", &to_root] {
        for (at, _) in statement.match_indices(prefix) {
            let before = statement[..at].chars().next_back();
            if !before.is_some_and(|character| character.is_alphanumeric() || matches!(character, '_' | ':')) {
                named.extend(first_names(&statement[at + prefix.len()..]));
            }
        }
    }
    named
}

/// The first name of each path of a `use` tree: `a` and `b` of `{a::X, b::{c, d}}`.
fn first_names(tree: &str) -> Vec<String> {
    let Some(list) = tree.strip_prefix('{') else {
        return vec![tree.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect()];
    };
    let mut names = vec![String::new()];
    let mut depth = 0;
    let mut is_first = true;
    for character in list.chars() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(String::new());
                is_first = true;
            }
            ':' => is_first &= depth > 0,
            _ if depth == 0 && is_first && !character.is_whitespace() => names.last_mut().unwrap().push(character),
            _ => {}
        }
    }
    names
}
