//! Many texts through the model at once: windows of all of them, packed into batches, spread over threads.
//!
//! No text's mentions depend on what else is read with it: a batch that fails is tried again window by window.

use rayon::prelude::*;

use crate::decode::{self, Found};
use crate::encoder::{Logits, Sequence};
use crate::error::{Error, ErrorKind};
use crate::model::Model;
use crate::span::Span;
use crate::tokenizer::Token;
use crate::window::{self, Window};

/// The most tokens that a window sees, special tokens aside: the model was trained on windows of 256.
const WINDOW: usize = 254;

/// The most tokens of a batch: enough that the weights are read from memory once for many, few enough that what lies
/// between two layers stays in the cache of a core.
const BATCH: usize = 512;

/// The fewest tokens for which a second thread is worth waking.
const WORTH_A_THREAD: usize = 128;

/// A text on its way through the model.
struct Reading {
    tokens: Vec<Token>,
    windows: Vec<Window>,
}

/// One window with its special tokens, as the encoder takes it.
struct Item {
    text: usize,
    window: usize,
    ids: Vec<u32>,
    token_types: Vec<u32>,
}

impl Model {
    /// What the model finds in each text, whose sentences are given; in the order of the texts.
    ///
    /// A text's result is an error where the encoder fails on one of its windows.
    pub(crate) fn read(&self, texts: &[(&str, &[Span])]) -> Vec<Result<Vec<Found>, Error>> {
        let readings = spread(texts, |(text, sentences)| self.prepare(text, sentences));
        let items = self.items(&readings);
        let batches = batches(&items);
        let encoded = spread(&batches, |batch| self.encode(batch));
        let mut logits = gather(&readings, &items, encoded.into_iter().flatten(), self.labels.len());
        let answers: Vec<_> = texts.iter().zip(readings).zip(logits.drain(..)).collect();
        spread(&answers, |(((text, _), reading), logits)| match logits {
            Ok(logits) => Ok(decode::mentions(text, &reading.tokens, logits, &self.labels, self.temperature)),
            Err(error) => Err(error.again()),
        })
    }

    fn prepare(&self, text: &str, sentences: &[Span]) -> Reading {
        let tokens = self.tokenizer.encode(text, sentences);
        let limit = WINDOW.min(self.encoder.max_tokens().saturating_sub(2)).max(2);
        let windows = window::plan(&tokens, limit);
        Reading { tokens, windows }
    }

    fn items(&self, readings: &[Reading]) -> Vec<Item> {
        let mut items = Vec::new();
        for (text, reading) in readings.iter().enumerate() {
            for (window, plan) in reading.windows.iter().enumerate() {
                let seen = &reading.tokens[plan.seen.clone()];
                let mut ids = vec![self.tokenizer.start()];
                let mut token_types = vec![0];
                ids.extend(seen.iter().map(|token| token.id));
                token_types.extend(seen.iter().map(|token| self.token_types.of(token.case)));
                ids.push(self.tokenizer.end());
                token_types.push(0);
                items.push(Item { text, window, ids, token_types });
            }
        }
        items
    }

    /// The logits of each window of a batch; window by window where the batch as a whole fails.
    fn encode(&self, batch: &[Item]) -> Vec<Result<Logits, Error>> {
        let sequences: Vec<Sequence<'_>> =
            batch.iter().map(|item| Sequence { ids: &item.ids, token_types: &item.token_types }).collect();
        match self.checked(&sequences) {
            Ok(logits) => logits.into_iter().map(Ok).collect(),
            Err(error) if sequences.len() == 1 => vec![Err(error)],
            Err(_) => sequences.chunks(1).map(|one| self.checked(one).map(|mut logits| logits.remove(0))).collect(),
        }
    }

    /// The encoder's answer, which is held to what its trait asks: an encoder may be anybody's.
    fn checked(&self, sequences: &[Sequence<'_>]) -> Result<Vec<Logits>, Error> {
        let logits = self.encoder.logits(sequences)?;
        let fail = |place: &str, expected: String, found: String| {
            Err(Error::new(ErrorKind::Encoder, format!("encoder: {place}"), expected, found))
        };
        if logits.len() != sequences.len() {
            return fail("answers", sequences.len().to_string(), logits.len().to_string());
        }
        for (logits, sequence) in logits.iter().zip(sequences) {
            let (expected, found) = ((sequence.ids.len(), self.labels.len()), logits.view().dim());
            if expected != found {
                return fail("(tokens, labels)", format!("{expected:?}"), format!("{found:?}"));
            }
            if logits.view().iter().any(|logit| !logit.is_finite()) {
                return fail("logits", "finite numbers".to_owned(), "infinity or not a number".to_owned());
            }
        }
        Ok(logits)
    }
}

/// Cuts the windows into batches of at most [`BATCH`] tokens, and into as many as there are threads where they are few.
fn batches(items: &[Item]) -> Vec<&[Item]> {
    let total: usize = items.iter().map(|item| item.ids.len()).sum();
    let share = total.div_ceil(rayon::current_num_threads());
    let budget = share.clamp(WORTH_A_THREAD, BATCH);
    let mut batches = Vec::new();
    let (mut start, mut tokens) = (0, 0);
    for (i, item) in items.iter().enumerate() {
        if i > start && tokens + item.ids.len() > budget {
            batches.push(&items[start..i]);
            (start, tokens) = (i, 0);
        }
        tokens += item.ids.len();
    }
    if start < items.len() {
        batches.push(&items[start..]);
    }
    batches
}

/// One matrix of logits for each text, (tokens, labels): each row from the window that owns the token.
fn gather(
    readings: &[Reading],
    items: &[Item],
    encoded: impl Iterator<Item = Result<Logits, Error>>,
    labels: usize,
) -> Vec<Result<Logits, Error>> {
    let mut gathered: Vec<Result<Vec<f32>, Error>> =
        readings.iter().map(|reading| Ok(Vec::with_capacity(reading.tokens.len() * labels))).collect();
    for (item, logits) in items.iter().zip(encoded) {
        let plan = &readings[item.text].windows[item.window];
        let rows = &mut gathered[item.text];
        match (rows.as_mut(), logits) {
            (Ok(rows), Ok(logits)) => {
                let view = logits.view();
                for token in plan.owned.clone() {
                    rows.extend(view.row(1 + token - plan.seen.start)); // 1: the window's start token
                }
            }
            (Ok(_), Err(error)) => *rows = Err(error),
            (Err(_), _) => {}
        }
    }
    gathered.into_iter().map(|rows| rows.map(|rows| Logits::new(rows, labels))).collect()
}

/// The answer for each item, in order: on this thread where there is but one item, else on the pool's.
fn spread<T: Sync, R: Send>(items: &[T], answer: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    if let [item] = items { vec![answer(item)] } else { items.par_iter().map(answer).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(tokens: usize) -> Item {
        Item { text: 0, window: 0, ids: vec![0; tokens], token_types: vec![0; tokens] }
    }

    #[test]
    fn batches_keep_the_order_and_the_budget() {
        let items: Vec<Item> = [100, 200, 250, 3, 512, 40, 600, 1].into_iter().map(item).collect();
        let batches = batches(&items);
        let counts: Vec<usize> = batches.iter().map(|batch| batch.iter().map(|item| item.ids.len()).sum()).collect();
        assert_eq!(counts.iter().sum::<usize>(), 1706);
        assert!(batches.iter().zip(counts).all(|(batch, count)| batch.len() == 1 || count <= BATCH));
    }

    #[test]
    fn a_short_text_is_one_batch() {
        assert_eq!(batches(&[item(40), item(30)]).len(), 1);
        assert!(batches(&[]).is_empty());
    }
}
