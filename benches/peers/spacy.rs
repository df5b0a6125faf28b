//! spaCy's English pipeline, its recogniser of names alone, as a process that times itself on the same text.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use attache::Recognizer;

use super::{Fallible, figure, news, rounds, seconds};

/// Prints the installed model, if any.
const MODEL: &str = "import spacy; print(*spacy.util.get_installed_models()[:1])";

/// Reads documents from standard input, one a line, and prints the seconds of a pass over them and the number of names.
const SCRIPT: &str = "
import sys, time, spacy
parts = ['tagger', 'parser', 'attribute_ruler', 'lemmatizer']
nlp = spacy.load(sys.argv[1], exclude=parts)
texts = [line.rstrip('\\n') for line in sys.stdin]
list(nlp.pipe(texts[:8]))
start = time.perf_counter()
names = sum(len(doc.ents) for doc in nlp.pipe(texts))
print(time.perf_counter() - start, names)
";

/// Prints how many times as fast as spaCy we read the same documents, on one thread.
pub(crate) fn compare(folder: &Path) -> Fallible<()> {
    let python = folder.join("venv/bin/python");
    let output = Command::new(&python).args(["-c", MODEL]).output()?;
    let model = String::from_utf8(output.stdout)?.trim().to_owned();
    if model.is_empty() {
        println!("no model of spaCy is installed: no comparison with it");
        return Ok(());
    }
    println!("spaCy: {model}, ner only");
    let documents: Vec<String> = news::text(600).split("\n\n").map(str::to_owned).collect();
    let recognizer = Recognizer::builder().threads(1).build()?;
    recognizer.recognize(&documents[0]);
    let mut ratios = Vec::new();
    for _ in 0..rounds(5) {
        let own = seconds(|| recognizer.recognize_batch(&documents));
        ratios.push(spacy(&python, &model, &documents)? / own);
    }
    figure("words_per_second_over_spacy", ratios);
    Ok(())
}

/// The seconds that spaCy says it took.
fn spacy(python: &Path, model: &str, documents: &[String]) -> Fallible<f64> {
    let mut process =
        Command::new(python).args(["-c", SCRIPT, model]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    process.stdin.take().ok_or("no standard input")?.write_all(documents.join("\n").as_bytes())?;
    let printed = String::from_utf8(process.wait_with_output()?.stdout)?;
    let (time, names) = printed.trim().split_once(' ').ok_or("spaCy printed no time")?;
    assert!(names.parse::<usize>()? >= documents.len(), "spaCy finds {names} names in {} documents", documents.len());
    Ok(time.parse()?)
}
