//! `attache label`: texts in, labels out, batch by batch, in the order of the texts.

use std::io::{IsTerminal, stderr, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use attache::render::{self, Colours};
use attache::{Document, Fallback, Recognizer};
use rayon::prelude::*;

use crate::arguments::{LabelArguments, OnError};
use crate::failure::{FAULTS, Failure};
use crate::format::Layout;
use crate::input::{Item, Pace, Raw, Sources};
use crate::line::Fields;
use crate::output::{Output, Writer};
use crate::progress::Progress;
use crate::recognizer;

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
    let (output, on_error) = (Writer::start(output), arguments.on_error);
    let mut work = Work { recognizer, layout, output, progress, on_error, faults: 0, written: 0, kept: Vec::new() };
    let labelled = work.run(&sources);
    // What was labelled before the work stopped is written even so.
    work.output.finish().and(labelled)?;
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

/// The work under way.
struct Work {
    recognizer: Recognizer,
    layout: Layout,
    output: Writer,
    progress: Progress,
    on_error: OnError,
    faults: usize,
    written: usize,
    /// The documents of a report, which begins with tables of them all.
    kept: Vec<(Option<String>, Document)>,
}

impl Work {
    fn run(&mut self, sources: &Sources) -> Result<(), Failure> {
        self.output.write(self.layout.head().into_bytes())?;
        let pace = if self.recognizer.fallback().is_some() { Pace::Gazetteer } else { Pace::Model };
        for batch in sources.read(pace) {
            let size = batch.iter().map(Raw::size).sum();
            let read: Vec<Result<Item, String>> =
                batch.into_par_iter().map(|raw| raw.parse(sources.fields.as_ref())).collect();
            let (items, stop) = self.sort_out(read);
            let documents = items.len();
            self.label(items)?;
            self.progress.advance(documents, size);
            if let Some(message) = stop {
                return Err(Failure::stopped(message));
            }
        }
        self.write_report()?;
        self.output.write(self.layout.tail(self.written).into())
    }

    /// The documents up to what stops the work, if anything does.
    fn sort_out(&mut self, read: Vec<Result<Item, String>>) -> (Vec<Item>, Option<String>) {
        let mut items = Vec::with_capacity(read.len());
        for item in read {
            match item {
                Ok(item) => items.push(item),
                Err(message) if self.on_error == OnError::Fail => return (items, Some(message)),
                Err(message) => {
                    self.progress.complain(&message);
                    self.faults += 1;
                }
            }
        }
        (items, None)
    }

    fn label(&mut self, items: Vec<Item>) -> Result<(), Failure> {
        let documents = self.recognizer.recognize_batch(&items);
        for (item, document) in items.iter().zip(&documents) {
            if let Some(fallback @ Fallback::EncoderFailed(_)) = document.fallback() {
                self.progress.complain(&format!("{}: {fallback}", item.id.as_deref().unwrap_or("a document")));
            }
        }
        if self.layout.is_report() {
            self.kept.extend(items.into_iter().map(|item| item.id).zip(documents));
            return Ok(());
        }
        let layout = self.layout;
        // The threads that render also free what they rendered.
        let pairs = items.into_par_iter().zip(documents);
        let rendered: Vec<String> =
            pairs.map(|(item, document)| layout.render(item.id.as_deref(), &document)).collect();
        let mut lines = String::with_capacity(rendered.iter().map(|one| one.len() + 2).sum());
        for one in rendered {
            lines.push_str(layout.separator(self.written));
            lines.push_str(&one);
            self.written += 1;
        }
        self.output.write(lines.into_bytes())
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
        let page = render::report(&documents, &format!("{} documents", documents.len()));
        self.output.write(page.into_bytes())
    }
}
