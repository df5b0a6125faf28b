//! What a sequence may ask for: rows that the tables of a network have.

use super::{EncoderConfig, Sequence};
use crate::error::{Error, ErrorKind};

/// The sizes of the tables that a sequence indexes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) tokens: usize,
    pub(crate) ids: usize,
    pub(crate) token_types: usize,
}

impl Limits {
    pub(crate) fn of(config: &EncoderConfig) -> Self {
        // Where there are no token types, all tokens are of type 0.
        Self { tokens: config.max_tokens(), ids: config.vocab_size, token_types: config.token_types().max(1) }
    }

    /// Fails where a sequence asks for a row that a table does not have.
    pub(crate) fn check(&self, sequence: &Sequence<'_>) -> Result<(), Error> {
        let fail =
            |place: &str, expected: String, found: String| Err(Error::new(ErrorKind::Argument, place, expected, found));
        let tokens = sequence.ids.len();
        if tokens > self.tokens {
            return fail("sequence", format!("{} tokens at most", self.tokens), tokens.to_string());
        }
        if sequence.token_types.len() != tokens {
            return fail("token types", format!("{tokens}, one for each id"), sequence.token_types.len().to_string());
        }
        let beyond = |rows: &[u32], size: usize| rows.iter().copied().find(|&row| row as usize >= size);
        if let Some(id) = beyond(sequence.ids, self.ids) {
            return fail("token id", format!("below {}", self.ids), id.to_string());
        }
        if let Some(id) = beyond(sequence.token_types, self.token_types) {
            return fail("token type", format!("below {}", self.token_types), id.to_string());
        }
        Ok(())
    }
}
