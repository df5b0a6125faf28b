//! How the command ends: an exit code, and one line on standard error where something is wrong.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::str::Utf8Error;

use attache::ErrorKind;

/// Lines or files were broken and passed over; or what `check` looked at would not load.
pub(crate) const FAULTS: u8 = 1;
/// The command line asks for something that does not exist or makes no sense.
pub(crate) const USAGE: u8 = 2;
/// A file, a line or a model stopped the work.
pub(crate) const STOPPED: u8 = 3;
/// Ctrl-C, as shells count it: 128 and the signal's number.
pub(crate) const INTERRUPTED: u8 = 130;

/// Why the command ends before its work is done.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The reader of the output has gone: `attache … | head`. No failure to those who asked.
    ReaderGone,
    /// A line for standard error, and the exit code.
    Message(String, u8),
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Message(message.into(), USAGE)
    }

    pub(crate) fn stopped(message: impl Into<String>) -> Self {
        Self::Message(message.into(), STOPPED)
    }

    /// A file, or another place, that could not be read.
    pub(crate) fn reading(place: impl fmt::Display, error: &io::Error) -> Self {
        Self::stopped(format!("{place}: {}", reason(error)))
    }

    /// A file, or another place, that could not be written.
    pub(crate) fn writing(place: impl fmt::Display, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ReaderGone,
            _ => Self::reading(place, error),
        }
    }

    /// Says what is wrong, and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        match self {
            Self::ReaderGone => ExitCode::SUCCESS,
            Self::Message(message, code) => {
                complain(&message);
                ExitCode::from(code)
            }
        }
    }
}

impl From<attache::Error> for Failure {
    fn from(error: attache::Error) -> Self {
        let code = if error.kind() == ErrorKind::Argument { USAGE } else { STOPPED };
        Self::Message(error.to_string(), code)
    }
}

/// One line on standard error; what breaks lines in a message (a file's name, say) is escaped.
pub(crate) fn complain(message: &str) {
    let mut line = String::with_capacity(message.len());
    for character in message.chars() {
        if character.is_control() { line.extend(character.escape_default()) } else { line.push(character) }
    }
    // Whoever closed standard error does not want to hear.
    let _ = io::Write::write_fmt(&mut anstream::stderr(), format_args!("\x1b[1;31mattache:\x1b[0m {line}\n"));
}

/// What is wrong with a file, in words that need no manual.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::IsADirectory => "a folder, where a file is expected".to_owned(),
        io::ErrorKind::NotADirectory => "a file where its folder should be".to_owned(),
        io::ErrorKind::PermissionDenied => "no permission".to_owned(),
        _ => error.to_string(),
    }
}

/// The whole of a file, which must be UTF-8.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::reading(path.display(), &error))?;
    let text = String::from_utf8(bytes).map_err(|error| not_utf8(error.utf8_error()));
    text.map_err(|wrong| Failure::stopped(format!("{}: {wrong}", path.display())))
}

/// Where bytes stop being text.
pub(crate) fn not_utf8(error: Utf8Error) -> String {
    format!("not UTF-8 after byte {}", error.valid_up_to())
}
