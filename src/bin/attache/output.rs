//! Where results go: always whole lines, whatever ends the command.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use crate::failure::{Failure, INTERRUPTED};

/// A file or standard output.
pub(crate) struct Output {
    place: String,
    writer: Arc<Mutex<Box<dyn Write + Send>>>,
}

impl Output {
    /// The file at `path`, emptied, or standard output.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let (place, writer): (String, Box<dyn Write + Send>) = match path {
            Some(path) => {
                let file = File::create(path).map_err(|error| Failure::writing(path.display(), &error))?;
                (path.display().to_string(), Box::new(file))
            }
            None => ("standard output".to_owned(), Box::new(io::stdout())),
        };
        Ok(Self { place, writer: Arc::new(Mutex::new(writer)) })
    }

    /// Makes Ctrl-C and SIGTERM wait until what is being written is written.
    pub(crate) fn end_between_lines(&self) {
        let writer = self.writer.clone();
        let set = ctrlc::set_handler(move || {
            let _held = writer.lock().unwrap_or_else(PoisonError::into_inner);
            std::process::exit(i32::from(INTERRUPTED));
        });
        set.expect("the first handler of this process");
    }

    /// Writes whole lines, down to the system.
    pub(crate) fn write(&self, lines: &[u8]) -> Result<(), Failure> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let written = writer.write_all(lines).and_then(|()| writer.flush());
        written.map_err(|error| Failure::writing(&self.place, &error))
    }
}

/// An output on a thread of its own, so that whoever labels does not wait for a disk or a pipe.
pub(crate) struct Writer {
    sender: Option<SyncSender<Vec<u8>>>,
    thread: Option<JoinHandle<Result<(), Failure>>>,
}

impl Writer {
    /// Writes to `output` what [`write`](Self::write) is given. As much waits as is being written.
    pub(crate) fn start(output: Output) -> Self {
        let (sender, waiting) = sync_channel::<Vec<u8>>(1);
        let thread = thread::spawn(move || waiting.iter().try_for_each(|lines| output.write(&lines)));
        Self { sender: Some(sender), thread: Some(thread) }
    }

    /// Sends whole lines on their way, or says why those before them could not be written.
    pub(crate) fn write(&mut self, lines: Vec<u8>) -> Result<(), Failure> {
        match &self.sender {
            Some(sender) if sender.send(lines).is_ok() => Ok(()),
            _ => self.finish(),
        }
    }

    /// Waits until all is written, or says why it could not be.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        self.sender = None;
        let thread = self.thread.take();
        thread.map_or(Ok(()), |thread| thread.join().expect("writing does not panic"))
    }
}

/// Writes a whole answer to standard output.
pub(crate) fn print(answer: &str) -> Result<(), Failure> {
    Output::open(None)?.write(answer.as_bytes())
}
