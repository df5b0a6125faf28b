//! Sequences of real sentences, as our own encoder takes them and padded as the others do.

use std::sync::{Arc, Mutex};

use attache::{Encoder, Error, Logits, NativeEncoder, Precision, Recognizer, Sequence};

use super::news;

/// What the recogniser gives to its encoder for one sentence.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    pub(crate) ids: Vec<u32>,
    pub(crate) token_types: Vec<u32>,
}

/// Sequences, and the same padded to the longest: (sequences, width).
pub(crate) struct Batch {
    pub(crate) sequences: Vec<Ids>,
    pub(crate) width: usize,
    pub(crate) ids: Vec<u32>,
    pub(crate) token_types: Vec<u32>,
    pub(crate) mask: Vec<u32>, // 1 for a token, 0 for padding
}

impl Ids {
    /// As our own encoder takes it.
    fn sequence(&self) -> Sequence<'_> {
        Sequence { ids: &self.ids, token_types: &self.token_types }
    }

    /// The first tokens, with the last one at their end.
    pub(crate) fn cut(&self, tokens: usize) -> Self {
        let cut = |values: &[u32]| [&values[..tokens - 1], &values[values.len() - 1..]].concat();
        Self { ids: cut(&self.ids), token_types: cut(&self.token_types) }
    }
}

impl Batch {
    pub(crate) fn new(sequences: &[Ids]) -> Self {
        let width = sequences.iter().map(|sequence| sequence.ids.len()).max().unwrap_or(0);
        let padded = |values: &[u32]| [values, &vec![0; width - values.len()]].concat();
        Self {
            sequences: sequences.to_vec(),
            width,
            ids: sequences.iter().flat_map(|sequence| padded(&sequence.ids)).collect(),
            token_types: sequences.iter().flat_map(|sequence| padded(&sequence.token_types)).collect(),
            mask: sequences.iter().flat_map(|sequence| padded(&vec![1; sequence.ids.len()])).collect(),
        }
    }

    /// Without padding.
    pub(crate) fn sequences(&self) -> Vec<Sequence<'_>> {
        self.sequences.iter().map(Ids::sequence).collect()
    }

    /// The rows of `padded` that belong to tokens, in order: (tokens, labels).
    pub(crate) fn rows<'a>(&self, padded: &'a [f32], labels: usize) -> Vec<&'a [f32]> {
        let rows = padded.chunks_exact(labels).zip(&self.mask);
        rows.filter(|(_, is_token)| **is_token == 1).map(|(row, _)| row).collect()
    }
}

/// The sequences of the first sentences of news, as the recogniser makes them.
pub(crate) fn ids(sentences: usize) -> Result<Vec<Ids>, Error> {
    let encoder = NativeEncoder::embedded(Precision::Int8)?;
    let recorder = Arc::new(Recorder { encoder, seen: Mutex::default() });
    let recognizer = Recognizer::builder().threads(1).encoder(recorder.clone()).build()?;
    recognizer.recognize_batch(&news::sentences().take(sentences).collect::<Vec<_>>());
    Ok(recorder.seen.lock().expect("no thread panicked").clone())
}

/// The native encoder, and what it was given.
#[derive(Debug)]
struct Recorder {
    encoder: NativeEncoder,
    seen: Mutex<Vec<Ids>>,
}

impl Encoder for Recorder {
    fn label_count(&self) -> usize {
        self.encoder.label_count()
    }

    fn max_tokens(&self) -> usize {
        self.encoder.max_tokens()
    }

    fn logits(&self, sequences: &[Sequence<'_>]) -> Result<Vec<Logits>, Error> {
        let copy =
            |sequence: &Sequence<'_>| Ids { ids: sequence.ids.to_vec(), token_types: sequence.token_types.to_vec() };
        self.seen.lock().expect("no thread panicked").extend(sequences.iter().map(copy));
        self.encoder.logits(sequences)
    }
}
