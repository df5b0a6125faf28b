//! The whole pipeline around encoders that are not the model: one that fails on a word, one that labels chosen words.
#![cfg(all(feature = "encoder", feature = "embedded-gazetteer"))]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use attache::{Document, Encoder, Error, ErrorKind, Fallback, Logits, Recognizer, Sequence, Source};
use common::{CONFIG, Folder};

/// A vocabulary whose words are ids 3 and on.
const VOCABULARY: &str = "[UNK]\n[CLS]\n[SEP]\nquill\nspoke\nkaboom\nada\n.\n";
const QUILL: u32 = 3;
const KABOOM: u32 = 5;
const ADA: u32 = 6;

/// What the library shows for [`Fake`]'s failure.
const FAILURE: &str = "device 0: expected memory, found none";

/// Labels "ada" as the first word of a person and "quill" as a further one; fails where it sees "kaboom".
#[derive(Debug, Default)]
struct Fake {
    calls: AtomicUsize,
    sequences: AtomicUsize,
    labels: Option<usize>,
    longest: Option<usize>,
}

impl Encoder for Fake {
    fn label_count(&self) -> usize {
        self.labels.unwrap_or(3)
    }

    fn max_tokens(&self) -> usize {
        self.longest.unwrap_or(32)
    }

    fn logits(&self, sequences: &[Sequence<'_>]) -> Result<Vec<Logits>, Error> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.sequences.fetch_add(sequences.len(), Ordering::Relaxed);
        sequences.iter().map(|sequence| self.label(sequence)).collect()
    }
}

impl Fake {
    fn label(&self, sequence: &Sequence<'_>) -> Result<Logits, Error> {
        assert_eq!(sequence.ids.len(), sequence.token_types.len());
        assert!(sequence.ids.len() <= self.max_tokens(), "{} tokens", sequence.ids.len());
        assert_eq!((sequence.ids[0], sequence.ids[sequence.ids.len() - 1]), (1, 2), "special tokens stand around");
        if sequence.ids.contains(&KABOOM) {
            return Err(Error::new(ErrorKind::Encoder, "device 0", "memory", "none"));
        }
        let row = |id: u32| match id {
            ADA => [0.0, 9.0, 0.0],
            QUILL => [0.0, 0.0, 9.0],
            _ => [9.0, 0.0, 0.0],
        };
        Ok(Logits::new(sequence.ids.iter().flat_map(|&id| row(id)).collect(), 3))
    }
}

fn folder() -> Folder {
    let folder = Folder::with_tensors(|tensors| tensors[0] = common::Tensor::f32(&tensors[0].name, &[8, 8]));
    folder.write("vocab.txt", VOCABULARY);
    folder.write("config.json", CONFIG.replace("\"vocab_size\": 5", "\"vocab_size\": 8"));
    folder
}

fn recognizer(fake: Arc<Fake>) -> Recognizer {
    Recognizer::builder().model_dir(folder().path()).encoder(fake).threads(2).build().unwrap()
}

fn surfaces(document: &Document) -> Vec<&str> {
    document.mentions().iter().map(|mention| document.surface(mention)).collect()
}

#[test]
fn chosen_words_become_mentions_of_the_model() {
    let document = recognizer(Arc::default()).recognize("Ada Quill spoke. Quill spoke to Ada.");
    assert_eq!(surfaces(&document), ["Ada Quill", "Quill", "Ada"]);
    assert_eq!(document.people().len(), 1);
    assert_eq!(document.people()[0].name(), "Ada Quill");
    assert_eq!(document.mentions()[0].source, Source::Model);
    assert!(document.mentions()[0].score > 0.99);
    assert_eq!(document.fallback(), None);
}

#[test]
fn a_failing_encoder_leaves_the_gazetteer_and_says_so() {
    let recognizer = recognizer(Arc::default());
    assert_eq!(recognizer.fallback(), None);
    let document = recognizer.recognize("Kaboom! Ada Quill left Peru.");
    assert_eq!(document.fallback(), Some(&Fallback::EncoderFailed(FAILURE.to_owned())));
    assert_eq!(document.countries()[0].alpha2(), "PE");
    assert_eq!(document.fallback().unwrap().to_string(), format!("gazetteer alone, the encoder failed: {FAILURE}"));
}

#[test]
fn try_recognize_gives_the_encoders_error() {
    let recognizer = recognizer(Arc::default());
    let error = recognizer.try_recognize("Ada spoke. Kaboom! Quill spoke.").unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Encoder, FAILURE));
    assert_eq!(surfaces(&recognizer.try_recognize("Ada spoke.").unwrap()), ["Ada"]);
}

#[test]
fn in_a_batch_only_the_failing_documents_fall_back() {
    let recognizer = recognizer(Arc::default());
    let text = |i: usize| match i % 10 {
        7 => format!("Ada {i} left Peru. Kaboom! Spoke."),
        _ => format!("Ada Quill {i} left Peru."),
    };
    let texts: Vec<String> = (0..100).map(text).collect();
    for (i, document) in recognizer.recognize_batch(&texts).iter().enumerate() {
        assert_eq!(document.text(), texts[i]);
        assert_eq!(document.fallback().is_some(), i % 10 == 7, "{i}");
        assert_eq!(surfaces(document).contains(&"Ada Quill"), i % 10 != 7, "{i}");
        // The fake model is silent on Peru, which the gazetteer alone tells.
        assert_eq!(document.countries().iter().any(|country| country.alpha2() == "PE"), i % 10 == 7, "{i}");
        assert_eq!(document, &recognizer.recognize(&texts[i]), "{i}");
    }
}

#[test]
fn a_sentence_of_many_windows_is_labelled_throughout() {
    let words: Vec<&str> = (0..500).map(|i| if i % 9 == 4 { "Ada" } else { "spoke" }).collect();
    let text = words.join(" ");
    let fake = Arc::new(Fake::default());
    let document = recognizer(fake.clone()).recognize(&text);
    assert!(fake.sequences.load(Ordering::Relaxed) > 500 / 30, "windows of at most 32 tokens");
    let starts: Vec<usize> = document.mentions().iter().map(|mention| mention.span.start()).collect();
    let expected: Vec<usize> = text.match_indices("Ada").map(|(start, _)| start).collect();
    assert_eq!(starts, expected);
}

#[test]
fn a_text_of_many_batches_is_labelled_throughout() {
    let text: String = (0..400).map(|i| format!("Number {i} spoke. Ada Quill spoke.\r\n\r\n")).collect();
    let fake = Arc::new(Fake::default());
    let document = recognizer(fake.clone()).recognize(&text);
    let calls = fake.calls.load(Ordering::Relaxed);
    assert!(calls > 4, "{calls} batches");
    assert_eq!(surfaces(&document), vec!["Ada Quill"; 400]);
    let expected: Vec<usize> = text.match_indices("Ada").map(|(start, _)| start).collect();
    assert!(document.mentions().iter().map(|mention| mention.span.start()).eq(expected));
}

#[test]
fn an_encoder_that_sees_little_still_sees_every_word() {
    let fake = Arc::new(Fake { longest: Some(6), ..Fake::default() });
    let document = recognizer(fake).recognize("Spoke spoke spoke spoke Ada spoke spoke spoke Ada spoke Ada");
    assert_eq!(surfaces(&document), ["Ada", "Ada", "Ada"]);
}

#[test]
fn an_encoder_with_other_labels_is_an_error() {
    let fake = Arc::new(Fake { labels: Some(4), ..Fake::default() });
    let folder = folder();
    let builder = || Recognizer::builder().model_dir(folder.path()).encoder(fake.clone());
    let error = builder().build().unwrap_err();
    let message = "encoder: expected 3 labels, as the model has, found 4";
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Mismatch, message));
    let recognizer = builder().fallback_to_gazetteer().build().unwrap();
    assert_eq!(recognizer.fallback(), Some(&Fallback::NotLoaded(message.to_owned())));
}

/// Spoils a right answer.
type Spoil = fn(Vec<Logits>) -> Vec<Logits>;

/// Answers in a way that the trait does not allow.
#[derive(Debug)]
struct Broken(Spoil);

impl Encoder for Broken {
    fn label_count(&self) -> usize {
        3
    }

    fn max_tokens(&self) -> usize {
        32
    }

    fn logits(&self, sequences: &[Sequence<'_>]) -> Result<Vec<Logits>, Error> {
        Ok((self.0)(Fake::default().logits(sequences)?))
    }
}

#[test]
fn an_answer_of_another_shape_is_the_encoders_failure() {
    let cases: [(Spoil, &str); 4] = [
        (
            |mut answer| {
                answer.pop();
                answer
            },
            "encoder: answers: expected 1, found 0",
        ),
        (|_| vec![Logits::new(vec![0.0; 12], 3)], "encoder: (tokens, labels): expected (5, 3), found (4, 3)"),
        (|_| vec![Logits::new(vec![0.0; 20], 4)], "encoder: (tokens, labels): expected (5, 3), found (5, 4)"),
        (
            |_| vec![Logits::new(vec![f32::NAN; 15], 3)],
            "encoder: logits: expected finite numbers, found infinity or not a number",
        ),
    ];
    for (spoil, message) in cases {
        let broken = Recognizer::builder().model_dir(folder().path()).encoder(Arc::new(Broken(spoil))).build().unwrap();
        let error = broken.try_recognize("Ada Quill.").unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Encoder, message));
        assert_eq!(broken.recognize("Ada Quill.").fallback(), Some(&Fallback::EncoderFailed(message.to_owned())));
    }
}
