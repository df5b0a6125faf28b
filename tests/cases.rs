//! Behaviour as data: each line of `cases/*.txt` is a text in the gold notation, and the recogniser must find just that.
//!
//! A file's first line says which recogniser reads it, `# recognizer: gazetteer` or `# recognizer: model`; other lines
//! that start with `#` are comments. Spans and kinds must be equal. Where a mark has an identifier, the entity must have
//! it: `Treaty=north-atlantic-treaty#art4` asks for the treaty and for a provision `art4` of it. Marks that share a
//! cluster (`Person@roth`) must be one entity, marks of two clusters two. All failures are reported, not the first.

#![cfg(feature = "embedded-gazetteer")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use attache::evaluate::{Annotated, Annotation, notation};
use attache::{Document, Entity, EntityKind, Mention, Recognizer};

#[test]
fn the_gazetteer_finds_what_its_cases_say() {
    run("gazetteer", &gazetteer());
}

#[cfg(feature = "embedded-model")]
#[test]
fn the_model_finds_what_its_cases_say() {
    run("model", &Recognizer::builder().kinds(EntityKind::ALL).build().unwrap());
}

#[test]
fn each_file_says_which_recogniser_reads_it() {
    for (name, file) in files() {
        assert!(matches!(recognizer_of(&file), Some("gazetteer" | "model")), "{name}: line 1: # recognizer: …");
    }
}

#[test]
fn a_case_that_does_not_hold_is_reported() {
    let faults = |case: &str| check(&gazetteer(), case).len();
    assert_eq!(faults("[Poland](Country=PL@a) and [Latvia](Country=LV@b)"), 0);
    assert_eq!(faults("[Poland](Location) spoke"), 1, "another kind");
    assert_eq!(faults("Poland spoke"), 1, "a mention too many");
    assert_eq!(faults("[Poland spoke](Country)"), 1, "another span");
    assert_eq!(faults("[Poland](Country=DE) spoke"), 1, "another identifier");
    assert_eq!(faults("[Poland](Country@a) and [Latvia](Country@a)"), 1, "two entities in one cluster");
    assert_eq!(faults("[Poland](Country@a) and [Poland](Country@b)"), 1, "one entity in two clusters");
    assert_eq!(faults("[Poland](Land)"), 1, "no notation");
}

fn gazetteer() -> Recognizer {
    Recognizer::builder().gazetteer_only().kinds(EntityKind::ALL).build().unwrap()
}

/// Every file of cases by its name, in order.
fn files() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
    assert!(!files.is_empty(), "tests/cases holds files");
    files
}

fn recognizer_of(file: &str) -> Option<&str> {
    file.lines().next()?.strip_prefix("# recognizer: ").map(str::trim)
}

fn run(recognizer_name: &str, recognizer: &Recognizer) {
    let (mut report, mut cases, mut failed) = (String::new(), 0, 0);
    for (name, file) in files().iter().filter(|(_, file)| recognizer_of(file) == Some(recognizer_name)) {
        for (i, case) in file.lines().enumerate() {
            if case.trim().is_empty() || case.starts_with('#') {
                continue;
            }
            let faults = check(recognizer, case);
            cases += 1;
            failed += usize::from(!faults.is_empty());
            for fault in faults {
                writeln!(report, "tests/cases/{name}:{}\n{fault}\n", i + 1).unwrap();
            }
        }
    }
    assert!(report.is_empty(), "{failed} of {cases} cases do not hold\n\n{report}");
}

/// What is wrong with the recogniser's answer to a case.
fn check(recognizer: &Recognizer, case: &str) -> Vec<String> {
    let gold = match notation::parse(case) {
        Ok(gold) => gold,
        Err(error) => return vec![format!("  {error}")],
    };
    let document = recognizer.recognize(&gold.text);
    let expected: Vec<_> = gold.annotations.iter().map(|one| (one.span, one.kind)).collect();
    let found: Vec<_> = document.mentions().iter().map(|one| (one.span, one.kind)).collect();
    if expected != found {
        let found = notation::write(&Annotated::from(&document)).unwrap_or_else(|error| error.to_string());
        return vec![format!("  expected {case}\n  found    {found}")];
    }
    let mut faults = Vec::new();
    for (annotation, mention) in gold.annotations.iter().zip(document.mentions()) {
        faults.extend(check_identifier(&document, annotation, mention));
    }
    faults.extend(check_clusters(&document, &gold.annotations));
    faults
}

fn check_identifier(document: &Document, annotation: &Annotation, mention: &Mention) -> Option<String> {
    let expected = annotation.id.as_deref()?;
    let entity = document.entity(mention);
    let (id, provisions) = expected.split_once('#').unwrap_or((expected, ""));
    let has_id = entity.is_some_and(|entity| entity.id() == Some(id));
    let known: Vec<String> = match entity {
        Some(Entity::Treaty(treaty)) => treaty.provisions().iter().map(|provision| provision.id()).collect(),
        _ => Vec::new(),
    };
    let has_provisions = provisions.split(',').all(|one| one.is_empty() || known.iter().any(|other| other == one));
    if has_id && has_provisions {
        return None;
    }
    let found = entity.and_then(|entity| entity.id()).unwrap_or("no identifier");
    let surface = document.surface(mention);
    Some(format!("  expected [{surface}]({}={expected})\n  found    {found} {}", annotation.kind, known.join(", ")))
}

/// Marks of one cluster are one entity, marks of two are two.
fn check_clusters(document: &Document, annotations: &[Annotation]) -> Vec<String> {
    let mut faults = Vec::new();
    for (i, one) in annotations.iter().enumerate() {
        for (j, other) in annotations.iter().enumerate().skip(i + 1) {
            let (Some(cluster), Some(other_cluster)) = (&one.cluster, &other.cluster) else { continue };
            let entities = [i, j].map(|place| document.entity(&document.mentions()[place]));
            let is_one = entities[0].is_some() && entities[0] == entities[1];
            if is_one != (cluster == other_cluster) {
                let (first, second) = (&document.text()[one.span], &document.text()[other.span]);
                let found = if is_one { "one entity" } else { "two" };
                faults.push(format!(
                    "  expected [{first}](@{cluster}) and [{second}](@{other_cluster})\n  found    {found}"
                ));
            }
        }
    }
    faults
}
