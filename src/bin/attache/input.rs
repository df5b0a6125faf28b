//! Texts as they come in: read on a thread of its own, in batches of bounded size, in order.
//!
//! `{"id": 7, "text": "Peru signed."}` on line 3 of `news.jsonl` is a [`Raw`] with the place `news.jsonl: line 3`;
//! parsed, it is an [`Item`].

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crate::failure::{reason, text};
use crate::line::{Fields, read_line};

/// Bytes that are read at once and sent on together.
const CHUNK: usize = 16 << 10;
/// Bytes that the model labels together, for each thread: some fifteen batches of the encoder, so that no thread waits
/// long for the last one; few enough that memory does not show them, and that the bar moves every few seconds.
const MODEL_SHARE: usize = 32 << 10;
/// The same for the gazetteer alone: some ten milliseconds of work, beside which it does not show that threads are woken.
const GAZETTEER_SHARE: usize = 128 << 10;

/// How fast texts are labelled, which says how many are worth labelling together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    Model,
    Gazetteer,
}

impl Pace {
    /// Bytes labelled together, for each thread.
    fn share(self) -> usize {
        match self {
            Self::Model => MODEL_SHARE,
            Self::Gazetteer => GAZETTEER_SHARE,
        }
    }
}

/// Which texts to read.
#[derive(Debug, Clone)]
pub(crate) struct Sources {
    pub(crate) files: Vec<PathBuf>,
    /// The fields of JSON lines; `None` where each file is a text.
    pub(crate) fields: Option<Fields>,
}

/// A document to be labelled.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) id: Option<String>,
    pub(crate) text: String,
}

impl AsRef<str> for Item {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

/// A line, or the whole of a file, as it was read.
#[derive(Debug)]
pub(crate) struct Raw {
    file: Arc<Path>,
    /// Counted from 1; 0 where the file is one text.
    line: u64,
    content: Result<Vec<u8>, io::Error>,
}

impl Raw {
    /// How many bytes it took in its file.
    pub(crate) fn size(&self) -> u64 {
        self.content.as_ref().map_or(0, |content| content.len() as u64)
    }

    /// The document, or a message that says where what is wrong.
    pub(crate) fn parse(self, fields: Option<&Fields>) -> Result<Item, String> {
        let Self { file, line, content } = self;
        let name = if is_standard_input(&file) { "standard input".to_owned() } else { file.display().to_string() };
        let place = if line == 0 { name } else { format!("{name}: line {line}") };
        let content = content.map_err(|error| format!("{place}: {}", reason(&error)))?;
        let content = text(content).map_err(|wrong| format!("{place}: {wrong}"))?;
        match fields {
            Some(fields) => read_line(&content, fields).map_err(|wrong| format!("{place}: {wrong}")),
            None => {
                let id = (!is_standard_input(&file)).then(|| file.display().to_string());
                Ok(Item { id, text: content })
            }
        }
    }
}

pub(crate) fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

impl Sources {
    /// The length of all files together; `None` where one has no length before its end.
    pub(crate) fn length(&self) -> Option<u64> {
        let mut length = 0;
        for file in &self.files {
            let metadata = std::fs::metadata(file).ok().filter(|metadata| metadata.is_file())?;
            length += metadata.len();
        }
        Some(length)
    }

    /// Reads all of it, batch by batch.
    pub(crate) fn read(&self, pace: Pace) -> Batches {
        let size = rayon::current_num_threads() * pace.share();
        // As much waits as is being labelled.
        let (sender, chunks) = sync_channel(size / CHUNK);
        let sources = self.clone();
        thread::spawn(move || {
            // An error here says that nobody takes chunks any more.
            let _ = sources.send(&mut Chunk { sender, raws: Vec::new(), size: 0 });
        });
        Batches { chunks, size: size as u64 }
    }

    fn send(&self, chunk: &mut Chunk) -> Result<(), NobodyListens> {
        for file in &self.files {
            let shared: Arc<Path> = Arc::from(file.as_path());
            let sent = match open(file) {
                Ok(reader) if self.fields.is_some() => send_lines(reader, &shared, chunk)?,
                Ok(reader) => send_whole(reader, &shared, chunk)?,
                Err(error) => Err(error),
            };
            if let Err(error) = sent {
                chunk.push(Raw { file: shared, line: 0, content: Err(error) })?;
            }
        }
        chunk.flush()
    }
}

fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    if is_standard_input(path) { Ok(Box::new(io::stdin())) } else { Ok(Box::new(File::open(path)?)) }
}

/// Sends each line that is not blank; a chunk ends where the next line has not wholly arrived, so that what comes
/// slowly is labelled as it comes.
fn send_lines(reader: impl Read, file: &Arc<Path>, chunk: &mut Chunk) -> Result<io::Result<()>, NobodyListens> {
    let mut reader = BufReader::with_capacity(CHUNK, reader);
    for line in 1.. {
        let mut content = Vec::new();
        match reader.read_until(b'\n', &mut content) {
            Ok(0) => break,
            Ok(_) if content.trim_ascii().is_empty() => {}
            Ok(_) => chunk.push(Raw { file: file.clone(), line, content: Ok(content) })?,
            Err(error) => return Ok(Err(error)),
        }
        if !reader.buffer().contains(&b'\n') {
            chunk.flush()?;
        }
    }
    Ok(Ok(()))
}

fn send_whole(mut reader: impl Read, file: &Arc<Path>, chunk: &mut Chunk) -> Result<io::Result<()>, NobodyListens> {
    let mut content = Vec::new();
    match reader.read_to_end(&mut content) {
        Ok(_) => Ok(Ok(chunk.push(Raw { file: file.clone(), line: 0, content: Ok(content) })?)),
        Err(error) => Ok(Err(error)),
    }
}

/// The work has ended before the texts have.
struct NobodyListens;

/// What was read and not yet sent.
struct Chunk {
    sender: SyncSender<Vec<Raw>>,
    raws: Vec<Raw>,
    size: usize,
}

impl Chunk {
    fn push(&mut self, raw: Raw) -> Result<(), NobodyListens> {
        self.size += raw.size() as usize;
        self.raws.push(raw);
        if self.size >= CHUNK { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), NobodyListens> {
        self.size = 0;
        if self.raws.is_empty() {
            return Ok(());
        }
        self.sender.send(std::mem::take(&mut self.raws)).map_err(|_| NobodyListens)
    }
}

/// What there is to label, in order: all that has arrived, up to `size` bytes.
pub(crate) struct Batches {
    chunks: Receiver<Vec<Raw>>,
    size: u64,
}

impl Iterator for Batches {
    type Item = Vec<Raw>;

    fn next(&mut self) -> Option<Vec<Raw>> {
        let mut batch = self.chunks.recv().ok()?;
        let mut size: u64 = batch.iter().map(Raw::size).sum();
        while size < self.size
            && let Ok(chunk) = self.chunks.try_recv()
        {
            size += chunk.iter().map(Raw::size).sum::<u64>();
            batch.extend(chunk);
        }
        Some(batch)
    }
}
