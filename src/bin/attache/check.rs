//! `attache gazetteer check`, `attache model check`: whether a file would load, in the loader's own words.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use attache::{Error, Gazetteer, Recognizer};

use crate::failure::{FAULTS, Failure, complain, read_text};
use crate::output::print;

/// Faults of a table that are shown; one that has more was made by a program that can be mended first.
const SHOWN: usize = 50;

/// Says whether a table would load, else what is wrong with each line.
pub(crate) fn gazetteer(path: &Path) -> Result<ExitCode, Failure> {
    let text = read_text(path)?;
    let faults = faults(&text)?;
    if faults.is_empty() {
        print(&format!("{}: loads\n", path.display()))?;
        return Ok(ExitCode::SUCCESS);
    }
    for fault in faults.iter().take(SHOWN) {
        complain(&format!("{}: {fault}", path.display()));
    }
    if faults.len() > SHOWN {
        complain(&format!("{}: more lines are wrong; these are the first {SHOWN}", path.display()));
    }
    Ok(ExitCode::from(FAULTS))
}

/// What is wrong in a table. The loader stops at the first fault, so each line that it names is made a comment, in a
/// copy, and the rest is loaded again; lines keep their numbers.
fn faults(text: &str) -> Result<Vec<String>, Failure> {
    let copy = Copy(std::env::temp_dir().join(format!("attache-check-{}.tsv", std::process::id())));
    let mut lines: Vec<&str> = text.lines().collect();
    let mut faults = Vec::new();
    while let Err(error) = copy.load(&lines)? {
        let message = error.to_string();
        let fault = message.strip_prefix(&format!("{}: ", copy.0.display())).unwrap_or(&message);
        faults.push(fault.to_owned());
        let line = number(fault).and_then(|number| lines.get_mut(number - 1));
        match line {
            // Without its header a table has no columns to check.
            Some(line) if faults.len() <= SHOWN && !fault.contains("the header") => *line = "#",
            _ => break,
        }
    }
    Ok(faults)
}

/// The line that a fault names: 7 in `line 7: id: expected …`.
fn number(fault: &str) -> Option<usize> {
    let number = fault.strip_prefix("line ")?.split_once(':')?.0.parse().ok()?;
    (number > 0).then_some(number)
}

/// A file of this process alone, gone when it is done.
struct Copy(PathBuf);

impl Copy {
    fn load(&self, lines: &[&str]) -> Result<Result<Gazetteer, Error>, Failure> {
        std::fs::write(&self.0, lines.join("\n")).map_err(|error| Failure::writing(self.0.display(), &error))?;
        Ok(Gazetteer::from_tsv(&self.0))
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Says whether a model would load and read a sentence, else everything that is wrong with its files.
pub(crate) fn model(dir: &Path) -> Result<ExitCode, Failure> {
    std::fs::read_dir(dir).map_err(|error| Failure::reading(dir.display(), &error))?;
    let recognizer = Recognizer::builder().model_dir(dir).build();
    match recognizer.and_then(|recognizer| recognizer.try_recognize("Poland asked NATO for help.")) {
        Ok(_) => print(&format!("{}: loads and reads\n", dir.display())).map(|()| ExitCode::SUCCESS),
        Err(error) => {
            for error in std::iter::once(&error).chain(error.others()) {
                complain(&error.to_string());
            }
            Ok(ExitCode::from(FAULTS))
        }
    }
}
