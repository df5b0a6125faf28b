//! rust-bert on libtorch beside the native encoder: the same logits, the same documents, from any thread.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use attache::evaluate::notation;
use attache::{
    Backend, Device, Document, Encoder, EntityKind, ErrorKind, Fallback, NativeEncoder, Precision, Recognizer,
    RecognizerBuilder, RustBertEncoder, Sequence,
};
use common::checkpoint::{self, ALL, TOLERANCE, distance};
use common::{CONFIG, Folder};

fn builder() -> RecognizerBuilder {
    Recognizer::builder().kinds(EntityKind::ALL)
}

fn rust_bert() -> Recognizer {
    builder().backend(Backend::RustBert(Device::Cpu)).build().unwrap()
}

/// The text of every case, each once.
fn case_texts() -> Vec<String> {
    let mut texts = BTreeSet::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")).unwrap() {
        let file = fs::read_to_string(entry.unwrap().path()).unwrap();
        let cases = file.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        texts.extend(cases.map(|case| notation::parse(case).unwrap().text));
    }
    assert!(texts.len() > 50, "{} texts", texts.len());
    texts.into_iter().collect()
}

/// Two hundred texts from two words to several windows.
fn mixed_texts() -> Vec<String> {
    let sentences = [
        "Marta Kowalczyk met the Dutch delegation in Tallinn.",
        "Under Article 7 of the Chemical Weapons Convention, Chile must report.",
        "中 Ünal Özgür of Türkiye 🙂\u{a0}wrote to the World Bank.\r\n",
        "Nobody spoke.",
    ];
    let text = |i: usize| (0..1 + i * i % 23).map(|j| sentences[(i + j) % 4]).collect::<Vec<_>>().join(" ");
    (0..200).map(|i| if i % 40 == 39 { text(i).repeat(8) } else { text(i) }).collect()
}

/// Fails where two documents name other things; their scores may differ in the last bits.
#[track_caller]
fn assert_same(one: &Document, other: &Document) {
    assert_eq!((one.text(), one.fallback()), (other.text(), other.fallback()));
    let mentions = |document: &Document| -> Vec<_> {
        document.mentions().iter().map(|mention| (mention.span, mention.kind, mention.source)).collect()
    };
    assert_eq!(mentions(one), mentions(other), "{}", one.text());
    for (a, b) in one.mentions().iter().zip(other.mentions()) {
        assert!((a.score - b.score).abs() < 1e-3, "{}: {a:?} {b:?}", one.text());
    }
    let entities = |document: &Document| -> Vec<_> {
        document
            .mentions()
            .iter()
            .map(|mention| document.entity(mention).map(|it| it.id().map(str::to_owned)))
            .collect()
    };
    assert_eq!(entities(one), entities(other), "{}", one.text());
}

#[test]
fn the_embedded_models_logits_are_the_native_ones() {
    let native = NativeEncoder::embedded(Precision::F32).unwrap();
    let encoder = RustBertEncoder::embedded(Device::Cpu).unwrap();
    assert_eq!((encoder.label_count(), encoder.max_tokens()), (native.label_count(), native.max_tokens()));
    let ids: Vec<u32> = (0..512).map(|i| 1_000 + i * 7_919 % 20_000).collect();
    let types: Vec<u32> = (0..512).map(|i| i % 5).collect();
    let lengths = [3, 256, 1, 17, 0, 511, 90, 512, 2];
    let sequences = lengths.map(|length| Sequence { ids: &ids[512 - length..], token_types: &types[..length] });
    let (expected, found) = (native.logits(&sequences).unwrap(), encoder.logits(&sequences).unwrap());
    for ((length, expected), found) in lengths.iter().zip(&expected).zip(&found) {
        let far = distance(expected, found);
        println!("{length:3} tokens: at most {far:.2e} apart");
        assert!(far <= TOLERANCE, "{length} tokens: {far} apart");
    }
}

#[test]
fn every_case_is_read_as_by_the_native_encoder() {
    let texts = case_texts();
    let native = builder().precision(Precision::F32).build().unwrap().recognize_batch(&texts);
    let documents = rust_bert().recognize_batch(&texts);
    native.iter().zip(&documents).for_each(|(one, other)| assert_same(one, other));
}

#[test]
fn two_hundred_texts_in_one_call_are_read_as_one_by_one() {
    let (recognizer, texts) = (rust_bert(), mixed_texts());
    let together = recognizer.recognize_batch(&texts);
    assert_eq!(together.len(), 200);
    for (text, document) in texts.iter().zip(&together) {
        assert_same(document, &recognizer.recognize(text));
    }
    assert!(together.iter().any(|document| document.people().iter().any(|person| person.name() == "Marta Kowalczyk")));
}

#[test]
fn eight_threads_read_at_once() {
    let (recognizer, texts) = (rust_bert(), mixed_texts());
    let expected: Vec<Document> = texts[..24].iter().map(|text| recognizer.recognize(text)).collect();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (recognizer, texts, expected) = (&recognizer, &texts, &expected);
            scope.spawn(move || {
                for i in (0..24).map(|i| (i + 3 * thread) % 24) {
                    assert_same(&recognizer.try_recognize(&texts[i]).unwrap(), &expected[i]);
                }
            });
        }
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recogniser_is_made_used_and_dropped_inside_tokio() {
    let recognizer = Arc::new(rust_bert());
    let reading = recognizer.clone();
    let document = tokio::spawn(async move { reading.recognize("Peru signed.") }).await.unwrap();
    assert_eq!(document.countries()[0].alpha2(), "PE");
    drop(recognizer);
    drop(rust_bert());
}

#[test]
fn many_recognisers_can_be_made_and_dropped() {
    for _ in 0..5 {
        assert!(rust_bert().try_recognize("Chile signed.").is_ok());
    }
}

#[test]
fn a_device_that_is_not_there_is_an_error_or_the_gazetteer() {
    let missing = builder().backend(Backend::RustBert(Device::Cuda(999)));
    let error = missing.clone().build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Encoder);
    let message = error.to_string();
    assert!(message.starts_with("rust-bert: device: expected CUDA device 999, found "), "{message}");
    let recognizer = missing.fallback_to_gazetteer().build().unwrap();
    let document = recognizer.recognize("Peru signed.");
    assert_eq!(document.fallback(), Some(&Fallback::NotLoaded(message)));
    assert_eq!(document.countries()[0].alpha2(), "PE");
}

#[test]
fn what_no_table_has_is_an_error() {
    let encoder = RustBertEncoder::embedded(Device::Cpu).unwrap();
    let message =
        |ids: &[u32], token_types: &[u32]| encoder.logits(&[Sequence { ids, token_types }]).unwrap_err().to_string();
    assert_eq!(message(&[30_522], &[0]), "token id: expected below 30522, found 30522");
    assert_eq!(message(&[1], &[5]), "token type: expected below 5, found 5");
    assert_eq!(message(&[1; 513], &[0; 513]), "sequence: expected 512 tokens at most, found 513");
}

/// Beside each other, and so with padding, and one by one, without.
#[test]
fn checkpoints_have_the_references_logits_with_and_without_padding() {
    for name in ALL {
        let encoder = RustBertEncoder::from_dir(checkpoint::folder(name), Device::Cpu).unwrap();
        let windows = checkpoint::windows(name, encoder.label_count());
        let sequences = checkpoint::sequences(&windows);
        let together = encoder.logits(&sequences).unwrap();
        let (mut padded, mut alone) = (0.0_f32, 0.0_f32);
        for ((sequence, (_, expected)), logits) in sequences.iter().zip(&windows).zip(&together) {
            padded = padded.max(distance(expected, logits));
            alone = alone.max(distance(expected, &encoder.logits(&[*sequence]).unwrap()[0]));
        }
        println!("{name}: at most {padded:.2e} from the reference with padding, {alone:.2e} without");
        assert!(padded <= TOLERANCE && alone <= TOLERANCE, "{name}: {padded} with padding, {alone} without");
    }
}

#[test]
fn the_names_of_tensorflow_are_read() {
    for name in ["bert-cased", "deberta-v3"] {
        let logits = |dir: &Path| {
            let encoder = RustBertEncoder::from_dir(dir, Device::Cpu).unwrap();
            encoder.logits(&checkpoint::sequences(&checkpoint::windows(name, encoder.label_count()))).unwrap()
        };
        let (old, new) = (logits(checkpoint::with_old_names(name).path()), logits(&checkpoint::folder(name)));
        assert!(old.iter().zip(&new).all(|(old, new)| distance(old, new) < 1e-6), "{name}");
    }
}

#[test]
fn checkpoints_are_read_as_by_the_native_encoder() {
    for name in ALL {
        let texts: Vec<String> = checkpoint::goldens(name).into_iter().map(|golden| golden.text).collect();
        let builder = builder().model_dir(checkpoint::folder(name)).precision(Precision::F32);
        let documents =
            builder.clone().backend(Backend::RustBert(Device::Cpu)).build().unwrap().recognize_batch(&texts);
        assert!(documents.iter().all(|document| document.fallback().is_none()), "{name}");
        let native = builder.build().unwrap().recognize_batch(&texts);
        native.iter().zip(&documents).for_each(|(a, b)| assert_same(a, b));
    }
}

#[test]
fn what_a_configuration_lacks_is_an_error() {
    let folder = Folder::model();
    let message = |config: &str| {
        folder.write("config.json", config);
        let error = RustBertEncoder::from_dir(folder.path(), Device::Cpu).unwrap_err();
        error.to_string().replace(&folder.path().display().to_string(), "DIR")
    };
    assert_eq!(
        message(&CONFIG.replace("\"bert\"", "\"gpt2\"")),
        "DIR: config.json: model_type: expected \"bert\", \"distilbert\", \"roberta\", \"xlm-roberta\", \"electra\" or \
         \"deberta-v2\", found \"gpt2\""
    );
    let found = message(&CONFIG.replace("\"num_hidden_layers\": 1", "\"num_hidden_layers\": 2"));
    assert!(found.contains("bert.encoder.layer.1.attention.self.query.weight"), "{found}");
    assert_eq!(
        message(&CONFIG.replace("\"vocab_size\": 5", "\"vocab_size\": 6")),
        "DIR: model.safetensors: bert.embeddings.word_embeddings.weight: expected the shape [6, 8], found [5, 8]"
    );
}
