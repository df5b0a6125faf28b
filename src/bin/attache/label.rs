//! `attache label`: texts in, labels out, batch by batch, in the order of the texts.

use std::borrow::Cow;
use std::io::{IsTerminal, stderr, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use anstream::{AutoStream, ColorChoice};
use attache::render::{self, Colours};
use attache::{Document, Fallback, Recognizer};

use crate::arguments::{LabelArguments, OnError};
use crate::failure::{FAULTS, Failure};
use crate::format::{Layout, count_documents};
use crate::input::{Block, Item, Sources};
use crate::line::Fields;
use crate::order;
use crate::output::Output;
use crate::progress::Progress;
use crate::recognizer;

/// How much longer than the texts what is written is expected to be: JSON of short lines full of names.
const LONGER: usize = 8;

/// Labels what the arguments name.
pub(crate) fn run(arguments: LabelArguments) -> Result<ExitCode, Failure> {
    let sources = sources(&arguments);
    let output = arguments.output.as_deref();
    refuse_to_overwrite(&sources.files, output)?;
    recognizer::start_threads(&arguments.recognizer)?;
    let recognizer = recognizer::build(&arguments.recognizer, &arguments.kinds.0)?;
    let layout = layout(&arguments, &sources);
    let is_watched = stderr().is_terminal() && (output.is_some() || !stdout().is_terminal());
    let progress = Progress::new(sources.length(), is_watched);
    let output = Output::open(output)?;
    output.end_between_lines();
    let labeller = Labeller { recognizer, layout, fields: sources.fields.clone(), on_error: arguments.on_error };
    let mut work = Work { layout, output, progress, faults: 0, written: 0, kept: Vec::new() };
    work.run(sources, labeller)?;
    Ok(if work.faults == 0 { ExitCode::SUCCESS } else { ExitCode::from(FAULTS) })
}

fn sources(arguments: &LabelArguments) -> Sources {
    let files = match arguments.files.as_slice() {
        [] => vec![PathBuf::from("-")],
        files => files.to_vec(),
    };
    let fields = Fields { id: arguments.id_field.clone(), text: arguments.text_field.clone() };
    Sources { files, fields: arguments.jsonl.then_some(fields) }
}

fn layout(arguments: &LabelArguments, sources: &Sources) -> Layout {
    let has_colours = arguments.output.is_none() && AutoStream::choice(&stdout()) != ColorChoice::Never;
    Layout {
        format: arguments.format,
        offsets: arguments.offsets.into(),
        colours: if has_colours { Colours::Ansi } else { Colours::Plain },
        has_many: arguments.jsonl || sources.files.len() > 1,
    }
}

/// Opening the output empties it, which must not happen to a text before it is read.
fn refuse_to_overwrite(files: &[PathBuf], output: Option<&Path>) -> Result<(), Failure> {
    let Some(target) = output.and_then(|output| output.canonicalize().ok()).filter(|target| target.is_file()) else {
        return Ok(());
    };
    match files.iter().find(|file| file.canonicalize().is_ok_and(|file| file == target)) {
        Some(file) => Err(Failure::usage(format!("{}: the output would overwrite the text", file.display()))),
        None => Ok(()),
    }
}

/// What each thread does with a block.
struct Labeller {
    recognizer: Recognizer,
    layout: Layout,
    fields: Option<Fields>,
    on_error: OnError,
}

/// What became of a block.
#[derive(Default)]
struct Labelled {
    /// Bytes that were read for it.
    size: u64,
    documents: usize,
    lines: Vec<u8>,
    /// The documents of a report, which are written when all are there.
    kept: Vec<(Option<String>, Document)>,
    /// What was broken and passed over.
    faults: Vec<String>,
    /// What the model could not read, and the gazetteer read alone.
    fallbacks: Vec<String>,
    /// What stops the work after these documents.
    stop: Option<String>,
}

impl Labeller {
    fn label(&self, block: &Block) -> Labelled {
        let (mut items, mut faults, mut stop) = (Vec::new(), Vec::new(), None);
        for item in block.items(self.fields.as_ref()) {
            match item {
                Ok(item) => items.push(item),
                Err(message) if self.on_error == OnError::Skip => faults.push(message),
                Err(message) => {
                    stop = Some(message);
                    break;
                }
            }
        }
        let documents = self.recognizer.recognize_batch(&items);
        let (size, count, fallbacks) = (block.size() as u64, items.len(), fallbacks(&items, &documents));
        let labelled = Labelled { size, documents: count, faults, fallbacks, stop, ..Labelled::default() };
        if self.layout.is_report() {
            let ids = items.into_iter().map(|item| item.id.map(Cow::into_owned));
            return Labelled { kept: ids.zip(documents).collect(), ..labelled };
        }
        Labelled { lines: self.render(&items, &documents, block.size()), ..labelled }
    }

    fn render(&self, items: &[Item<'_>], documents: &[Document], size: usize) -> Vec<u8> {
        let mut lines = Vec::with_capacity(LONGER * size);
        for (written, (item, document)) in items.iter().zip(documents).enumerate() {
            lines.extend_from_slice(self.layout.separator(written).as_bytes());
            self.layout.render(&mut lines, item.id.as_deref(), document);
        }
        lines
    }
}

fn fallbacks(items: &[Item<'_>], documents: &[Document]) -> Vec<String> {
    let mut messages = Vec::new();
    for (item, document) in items.iter().zip(documents) {
        if let Some(fallback @ Fallback::EncoderFailed(_)) = document.fallback() {
            messages.push(format!("{}: {fallback}", item.id.as_deref().unwrap_or("a document")));
        }
    }
    messages
}

/// The work under way, as the one thread sees it that writes.
struct Work {
    layout: Layout,
    output: Output,
    progress: Progress,
    faults: usize,
    written: usize,
    /// The documents of a report, which begins with tables of them all.
    kept: Vec<(Option<String>, Document)>,
}

impl Work {
    fn run(&mut self, sources: Sources, labeller: Labeller) -> Result<(), Failure> {
        self.output.write(self.layout.head().as_bytes())?;
        let (queue, labelled) = order::queue(move |block| labeller.label(&block));
        // It ends by itself where nobody listens any more.
        thread::spawn(move || drop(sources.read(|block| queue.push(block))));
        for labelled in labelled {
            self.take(labelled)?;
        }
        self.write_report()?;
        self.output.write(self.layout.tail(self.written).as_bytes())
    }

    fn take(&mut self, labelled: Labelled) -> Result<(), Failure> {
        for message in labelled.fallbacks.iter().chain(&labelled.faults) {
            self.progress.complain(message);
        }
        self.faults += labelled.faults.len();
        if labelled.documents > 0 {
            self.output.write_after(self.layout.separator(self.written), &labelled.lines)?;
        }
        self.written += labelled.documents;
        self.kept.extend(labelled.kept);
        self.progress.advance(labelled.documents, labelled.size);
        labelled.stop.map_or(Ok(()), |message| Err(Failure::stopped(message)))
    }

    /// The page with all documents, where one was asked for.
    fn write_report(&mut self) -> Result<(), Failure> {
        if !self.layout.is_report() {
            return Ok(());
        }
        let numbered = self.kept.iter().enumerate();
        let titles = numbered.map(|(i, (id, _))| id.clone().unwrap_or_else(|| format!("document {}", i + 1)));
        let titles: Vec<String> = titles.collect();
        let documents = titles.iter().map(String::as_str).zip(self.kept.iter().map(|(_, document)| document));
        let documents: Vec<(&str, &Document)> = documents.collect();
        let page = render::report(&documents, &count_documents(documents.len()));
        self.output.write(page.as_bytes())
    }
}
