//! spaCy's English pipeline, its recogniser of names alone, as a process that times itself on the same text.
//!
//! Where no model is installed, the network of `en_core_web_sm`'s recogniser with the weights that it starts training with:
//! its names are nonsense, but each token takes the same layers and one step of the parser.

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

def untrained():
    embed = {'@architectures': 'spacy.MultiHashEmbed.v2', 'width': 96, 'include_static_vectors': False}
    embed |= {'attrs': ['NORM', 'PREFIX', 'SUFFIX', 'SHAPE'], 'rows': [5000, 1000, 2500, 2500]}
    encode = {'@architectures': 'spacy.MaxoutWindowEncoder.v2', 'width': 96, 'depth': 4}
    encode |= {'window_size': 1, 'maxout_pieces': 3}
    model = {'@architectures': 'spacy.TransitionBasedParser.v2', 'state_type': 'ner', 'extra_state_tokens': False}
    model |= {'hidden_width': 64, 'maxout_pieces': 2, 'use_upper': True}
    model['tok2vec'] = {'@architectures': 'spacy.Tok2Vec.v2', 'embed': embed, 'encode': encode}
    nlp = spacy.blank('en')
    ner = nlp.add_pipe('ner', config={'model': model})
    for label in range(18):
        ner.add_label(f'LABEL{label}')
    nlp.initialize()
    return nlp

parts = ['tagger', 'parser', 'attribute_ruler', 'lemmatizer']
nlp = spacy.load(sys.argv[1], exclude=parts) if sys.argv[1] else untrained()
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
    println!("spaCy, ner only: {}", if model.is_empty() { "no model is installed, untrained" } else { &model });
    let documents: Vec<String> = news::text(600).split("\n\n").map(str::to_owned).collect();
    let recognizer = Recognizer::builder().threads(1).build()?;
    recognizer.recognize(&documents[0]);
    let mut ratios = Vec::new();
    for _ in 0..rounds(5) {
        let own = seconds(|| recognizer.recognize_batch(&documents));
        ratios.push(spacy(&python, &model, &documents)? / own);
    }
    let peer = if model.is_empty() { "spacy_untrained" } else { "spacy" };
    figure(&format!("words_per_second_over_{peer}"), ratios);
    Ok(())
}

/// The seconds that spaCy says it took.
fn spacy(python: &Path, model: &str, documents: &[String]) -> Fallible<f64> {
    let mut process =
        Command::new(python).args(["-c", SCRIPT, model]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    process.stdin.take().ok_or("no standard input")?.write_all(documents.join("\n").as_bytes())?;
    let printed = String::from_utf8(process.wait_with_output()?.stdout)?;
    let (time, names) = printed.trim().split_once(' ').ok_or("spaCy printed no time")?;
    let names: usize = names.parse()?;
    assert!(model.is_empty() || names >= documents.len(), "spaCy finds {names} names in {} documents", documents.len());
    Ok(time.parse()?)
}
