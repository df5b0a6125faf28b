//! Texts as they come in: read in blocks of bounded size, in order, and taken apart where they are labelled.
//!
//! `{"id": 7, "text": "Peru signed."}` on line 3 of `news.jsonl` stands in a [`Block`]; parsed, it is an [`Item`] that
//! borrows from it. What is wrong with it is said with its place, `news.jsonl: line 3`.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::iter::once;
use std::path::{Path, PathBuf};
use std::str::from_utf8;
use std::sync::Arc;

use crate::failure::{not_utf8, reason};
use crate::line::{Fields, read_line};

/// Bytes that one thread labels together: some fifteen batches of the encoder, or some milliseconds of the gazetteer
/// alone, beside which it does not show that a thread is woken; few enough that memory does not show them.
const BLOCK: usize = 32 << 10;

/// Which texts to read.
#[derive(Debug, Clone)]
pub(crate) struct Sources {
    pub(crate) files: Vec<PathBuf>,
    /// The fields of JSON lines; `None` where each file is a text.
    pub(crate) fields: Option<Fields>,
}

/// A document to be labelled.
#[derive(Debug)]
pub(crate) struct Item<'a> {
    pub(crate) id: Option<Cow<'a, str>>,
    pub(crate) text: Cow<'a, str>,
}

impl AsRef<str> for Item<'_> {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

/// A document, or a message that says where what is wrong.
pub(crate) type Read<'a> = Result<Item<'a>, String>;

/// What is labelled together.
#[derive(Debug, Default)]
pub(crate) struct Block {
    parts: Vec<Part>,
}

/// Whole lines that follow on each other in a file, or the whole of it, as they were read.
#[derive(Debug)]
struct Part {
    file: Arc<Path>,
    /// The number of the first line, counted from 1; 0 where the file is one text.
    line: u64,
    content: io::Result<Vec<u8>>,
}

impl Block {
    /// How many bytes it took in its files.
    pub(crate) fn size(&self) -> usize {
        self.parts.iter().map(Part::size).sum()
    }

    /// The documents in it.
    pub(crate) fn items<'a>(&'a self, fields: Option<&'a Fields>) -> impl Iterator<Item = Read<'a>> {
        self.parts.iter().flat_map(move |part| part.items(fields))
    }
}

impl Part {
    fn size(&self) -> usize {
        self.content.as_ref().map_or(0, Vec::len)
    }

    fn items<'a>(&'a self, fields: Option<&'a Fields>) -> Box<dyn Iterator<Item = Read<'a>> + 'a> {
        match (&self.content, fields) {
            (Err(error), _) => Box::new(once(Err(format!("{}: {}", self.name(), reason(error))))),
            (Ok(content), None) => Box::new(once(self.whole(content))),
            (Ok(content), Some(fields)) => Box::new(self.lines(content, fields)),
        }
    }

    fn lines<'a>(&'a self, content: &'a [u8], fields: &'a Fields) -> impl Iterator<Item = Read<'a>> {
        let numbered = (self.line..).zip(content.split_inclusive(|byte| *byte == b'\n'));
        let filled = numbered.filter(|(_, line)| !line.trim_ascii().is_empty());
        filled.map(move |(number, line)| {
            let text = from_utf8(line).map_err(not_utf8);
            let parsed = text.and_then(|line| read_line(line.trim_ascii_end(), fields));
            parsed.map_err(|wrong| format!("{}: line {number}: {wrong}", self.name()))
        })
    }

    fn whole<'a>(&'a self, content: &'a [u8]) -> Read<'a> {
        let text = from_utf8(content).map_err(|error| format!("{}: {}", self.name(), not_utf8(error)))?;
        let id = (!is_standard_input(&self.file)).then(|| self.file.to_string_lossy());
        Ok(Item { id, text: text.into() })
    }

    fn name(&self) -> String {
        if is_standard_input(&self.file) { "standard input".to_owned() } else { self.file.display().to_string() }
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

    /// Reads all of it, and hands it on block by block, until an answer is an error.
    pub(crate) fn read<E>(&self, send: impl FnMut(Block) -> Result<(), E>) -> Result<(), E> {
        let mut blocks = Blocks { send, block: Block::default(), size: 0 };
        for file in &self.files {
            let shared: Arc<Path> = Arc::from(file.as_path());
            let read = match open(file) {
                Ok(reader) if self.fields.is_some() => read_lines(reader, &shared, &mut blocks)?,
                Ok(reader) => read_whole(reader, &shared, &mut blocks)?,
                Err(error) => Err(error),
            };
            if let Err(error) = read {
                blocks.push(Part { file: shared, line: 0, content: Err(error) })?;
            }
        }
        blocks.flush()
    }
}

fn open(path: &Path) -> io::Result<Box<dyn io::Read>> {
    if is_standard_input(path) { Ok(Box::new(io::stdin())) } else { Ok(Box::new(File::open(path)?)) }
}

/// Hands lines on as far as they have wholly arrived, so that what comes slowly is labelled as it comes.
fn read_lines<E, F: FnMut(Block) -> Result<(), E>>(
    reader: impl io::Read,
    file: &Arc<Path>,
    blocks: &mut Blocks<F>,
) -> Result<io::Result<()>, E> {
    let mut reader = BufReader::with_capacity(BLOCK, reader);
    let (mut lines, mut first, mut next) = (Vec::new(), 1, 1);
    loop {
        let read = reader.read_until(b'\n', &mut lines);
        next += 1;
        if matches!(read, Ok(1..)) && reader.buffer().contains(&b'\n') {
            continue;
        }
        if !lines.is_empty() {
            let content = Ok(std::mem::take(&mut lines));
            blocks.push(Part { file: file.clone(), line: first, content })?;
        }
        first = next;
        match read {
            Ok(0) => return Ok(Ok(())),
            Ok(_) => blocks.flush()?,
            Err(error) => return Ok(Err(error)),
        }
    }
}

fn read_whole<E, F: FnMut(Block) -> Result<(), E>>(
    mut reader: impl io::Read,
    file: &Arc<Path>,
    blocks: &mut Blocks<F>,
) -> Result<io::Result<()>, E> {
    let mut content = Vec::new();
    match reader.read_to_end(&mut content) {
        Ok(_) => Ok(Ok(blocks.push(Part { file: file.clone(), line: 0, content: Ok(content) })?)),
        Err(error) => Ok(Err(error)),
    }
}

/// What was read and not yet handed on.
struct Blocks<F> {
    send: F,
    block: Block,
    size: usize,
}

impl<E, F: FnMut(Block) -> Result<(), E>> Blocks<F> {
    fn push(&mut self, part: Part) -> Result<(), E> {
        // Even an empty file has a name to be held.
        self.size += part.size().max(1);
        self.block.parts.push(part);
        if self.size >= BLOCK { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), E> {
        self.size = 0;
        let block = std::mem::take(&mut self.block);
        if block.parts.is_empty() { Ok(()) } else { (self.send)(block) }
    }
}
