//! Where results go: always whole lines, whatever ends the command.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

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
        self.write_after("", lines)
    }

    /// Writes whole lines, and before them what parts them from those already written.
    pub(crate) fn write_after(&self, separator: &str, lines: &[u8]) -> Result<(), Failure> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let written = writer.write_all(separator.as_bytes()).and_then(|()| writer.write_all(lines));
        let written = written.and_then(|()| writer.flush());
        written.map_err(|error| Failure::writing(&self.place, &error))
    }
}

/// Writes a whole answer to standard output.
pub(crate) fn print(answer: &str) -> Result<(), Failure> {
    Output::open(None)?.write(answer.as_bytes())
}
