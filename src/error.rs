//! The one error type: what was wrong, where, what was expected and what was found.
//!
//! `models/own/config.json: hidden_size: expected a multiple of num_attention_heads (12), found 385`

use std::fmt;

/// Why a [`Recognizer`](crate::Recognizer) or a [`Gazetteer`](crate::Gazetteer) could not be made, or why an
/// encoder could not run.
///
/// The message names the file and the place in it, what was expected there and what was found. Recognising text never
/// fails for the sake of the text; see [`Recognizer::try_recognize`](crate::Recognizer::try_recognize).
///
/// # Examples
///
/// ```
/// let error = "Planet".parse::<attache::EntityKind>().unwrap_err();
/// assert_eq!(error.kind(), attache::ErrorKind::Argument);
/// assert!(error.to_string().starts_with("kind: expected"));
/// ```
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Message>);

/// What sort of thing went wrong, for callers who branch on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file or a folder could not be read.
    Io,
    /// A file was read and is not what it should be.
    Format,
    /// Two files of a model, or two parts of one, do not fit together.
    Mismatch,
    /// The file is well formed and asks for something that this library does not run.
    Unsupported,
    /// An argument of the builder or of a parser has no meaning here.
    Argument,
    /// The encoder failed while it ran: an accelerator out of memory, say.
    Encoder,
}

#[derive(Debug, thiserror::Error)]
struct Message {
    kind: ErrorKind,
    place: String,
    expected: String,
    found: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
    others: Vec<Error>,
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, found {}", self.place, self.expected, self.found)
    }
}

impl Error {
    /// An error at `place` (`file: place in it`), with what was expected there and what was found.
    ///
    /// Public for those who write an [`Encoder`](crate::Encoder) of their own.
    pub fn new(
        kind: ErrorKind,
        place: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        let (place, expected, found) = (place.into(), expected.into(), found.into());
        Self(Box::new(Message { kind, place, expected, found, source: None, others: Vec::new() }))
    }

    /// The same error with the one that caused it, for [`std::error::Error::source`].
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The same error, its place inside `outer`: a file around a line, a folder around a file.
    #[must_use]
    pub(crate) fn within(mut self, outer: impl fmt::Display) -> Self {
        self.0.place = format!("{outer}: {}", self.0.place);
        self
    }

    /// The same message for a second reader, without its cause, which has one owner.
    #[cfg(feature = "encoder")]
    pub(crate) fn again(&self) -> Self {
        let Message { kind, place, expected, found, .. } = &*self.0;
        Self::new(*kind, place, expected, found)
    }

    /// What else is wrong, where the work did not end at the first fault: a model's folder is looked at file by file.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "encoder")] {
    /// // A folder, but no model's: there is no config.json in it, and no vocab.txt and no model.safetensors either.
    /// let error = attache::Recognizer::builder().model_dir("src").build().unwrap_err();
    /// assert_eq!(error.others().len(), 2);
    /// # }
    /// ```
    pub fn others(&self) -> &[Error] {
        &self.0.others
    }

    /// The first of several errors, with the others in it; none where there is none.
    #[cfg(feature = "encoder")]
    pub(crate) fn join(errors: Vec<Self>) -> Option<Self> {
        let mut errors = errors.into_iter();
        let mut first = errors.next()?;
        for mut other in errors {
            let more = std::mem::take(&mut other.0.others);
            first.0.others.push(other);
            first.0.others.extend(more);
        }
        Some(first)
    }

    /// What sort of thing went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// An error about a file that could not be read.
    pub(crate) fn io(path: &std::path::Path, expected: &str, source: std::io::Error) -> Self {
        let found = match source.kind() {
            std::io::ErrorKind::NotFound => "no such file".to_owned(),
            std::io::ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
            std::io::ErrorKind::IsADirectory => "a folder".to_owned(),
            std::io::ErrorKind::NotADirectory => "a file where its folder should be".to_owned(),
            _ => source.to_string(),
        };
        Self::new(ErrorKind::Io, path.display().to_string(), expected, found).with_source(source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_names_place_expected_and_found() {
        let error = Error::new(ErrorKind::Format, "line 3", "two columns", "one").within("names.tsv");
        assert_eq!(error.to_string(), "names.tsv: line 3: expected two columns, found one");
        assert_eq!(error.kind(), ErrorKind::Format);
    }

    #[test]
    fn a_missing_file_is_named_and_its_cause_kept() {
        let path = std::path::Path::new("nowhere/config.json");
        let error = Error::io(path, "the model's configuration", std::fs::read(path).unwrap_err());
        assert_eq!(error.to_string(), "nowhere/config.json: expected the model's configuration, found no such file");
        assert!(std::error::Error::source(&error).is_some());
    }

    #[cfg(feature = "encoder")]
    #[test]
    fn joined_errors_are_the_first_with_all_others_in_order() {
        let error = |place: &str| Error::new(ErrorKind::Format, place, "a name", "none");
        let two = Error::join(vec![error("b"), error("c")]).unwrap();
        let all = Error::join(vec![error("a"), two, error("d")]).unwrap();
        let others: Vec<String> = all.others().iter().map(|other| other.0.place.clone()).collect();
        assert_eq!((all.0.place.as_str(), others), ("a", ["b", "c", "d"].map(str::to_owned).to_vec()));
        assert!(all.others().iter().all(|other| other.others().is_empty()));
        assert!(Error::join(Vec::new()).is_none());
    }

    #[cfg(unix)] // other systems have other words for it
    #[test]
    fn a_folder_in_place_of_a_file_is_called_one_and_a_file_in_place_of_a_folder_too() {
        let message = |path: &str| {
            let path = std::path::Path::new(path);
            Error::io(path, "a table", std::fs::read(path).unwrap_err()).to_string()
        };
        assert_eq!(message("src"), "src: expected a table, found a folder");
        let expected = "src/lib.rs/names.tsv: expected a table, found a file where its folder should be";
        assert_eq!(message("src/lib.rs/names.tsv"), expected);
    }
}
