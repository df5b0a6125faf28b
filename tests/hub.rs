//! Models of the Hugging Face Hub, from a server that the test starts: fetched once, then read from the cache.

mod common;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use attache::{ErrorKind, Fallback, HubModel, Recognizer};
use common::{CONFIG, Folder, VOCABULARY, safetensors, tensors};

const REPOSITORY: &str = "quill/tiny-ner";

/// A server with the files of one repository that notes what it is asked for. It answers as long as the test runs.
struct Hub {
    endpoint: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Hub {
    fn with(files: impl IntoIterator<Item = (&'static str, Vec<u8>)>) -> Self {
        let files: BTreeMap<String, Vec<u8>> =
            files.into_iter().map(|(name, bytes)| (format!("/{REPOSITORY}/resolve/main/{name}"), bytes)).collect();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let notes = asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                answer(stream.unwrap(), &files, &notes);
            }
        });
        Self { endpoint, asked }
    }

    fn whole() -> Self {
        Self::with([
            ("config.json", CONFIG.into()),
            ("vocab.txt", VOCABULARY.into()),
            ("model.safetensors", safetensors(&tensors())),
        ])
    }

    /// What was asked for since the last time, the last part of each path.
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

/// Answers one request, whole or the range that it asks for, as the Hub does.
fn answer(mut stream: TcpStream, files: &BTreeMap<String, Vec<u8>>, notes: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let request = lines.next().unwrap_or_default();
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let range = lines.take_while(|line| !line.is_empty()).find_map(|line| {
        let (name, value) = line.split_once(": bytes=")?;
        let (start, end) = value.split_once('-')?;
        name.eq_ignore_ascii_case("range").then(|| (start.parse::<usize>().unwrap(), end.parse::<usize>().ok()))
    });
    notes.lock().unwrap().push(path.rsplit('/').next().unwrap_or_default().to_owned());
    let Some(bytes) = files.get(&path) else {
        let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return;
    };
    let (start, end) = range.unwrap_or((0, None));
    let end = end.map_or(bytes.len(), |last| (last + 1).min(bytes.len()));
    let head = format!(
        "HTTP/1.1 206 Partial Content\r\nContent-Length: {}\r\nContent-Range: bytes {start}-{}/{}\r\n\
         x-repo-commit: 0123abcd\r\netag: \"{:x}\"\r\nConnection: close\r\n\r\n",
        end - start,
        end - 1,
        bytes.len(),
        path.len() * 1_000_003 + bytes.len(),
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&bytes[start..end]));
}

fn model(endpoint: &str, cache: &Folder) -> HubModel {
    HubModel::new(REPOSITORY).endpoint(endpoint).cache_dir(cache.path())
}

#[test]
fn a_model_is_fetched_once_and_then_read_from_the_cache() {
    let (hub, cache) = (Hub::whole(), Folder::empty());
    let build = || Recognizer::builder().hub(model(&hub.endpoint, &cache)).build().unwrap();
    assert_eq!(build().try_recognize("Quill spoke of Peru.").unwrap().fallback(), None);
    let asked = hub.asked();
    for file in ["config.json", "vocab.txt", "model.safetensors"] {
        assert!(asked.iter().any(|one| one == file), "{asked:?}");
    }
    build();
    assert_eq!(hub.asked(), [""; 0]);
}

#[test]
fn what_is_fetched_is_read_without_the_server() {
    let (hub, cache) = (Hub::whole(), Folder::empty());
    Recognizer::builder().hub(model(&hub.endpoint, &cache)).build().unwrap();
    let recognizer = Recognizer::builder().hub(model(&nowhere(), &cache)).build().unwrap();
    assert_eq!(recognizer.fallback(), None);
}

/// An address that nobody listens at.
fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn offline_the_error_names_the_address_and_the_place_in_the_cache() {
    let (endpoint, cache) = (nowhere(), Folder::empty());
    let error = Recognizer::builder().hub(model(&endpoint, &cache)).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    let expected = format!(
        "hub: quill/tiny-ner: config.json: expected {endpoint}/quill/tiny-ner/resolve/main/config.json or a copy of it \
         in {}/models--quill--tiny-ner, found request error: ",
        cache.path().display()
    );
    let message = error.to_string();
    assert!(message.starts_with(&expected), "{message}\n{expected}");
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn offline_the_gazetteer_reads_where_that_is_asked_for() {
    let cache = Folder::empty();
    let builder = Recognizer::builder().hub(model(&nowhere(), &cache)).fallback_to_gazetteer();
    let document = builder.build().unwrap().recognize("Peru signed.");
    assert!(matches!(document.fallback(), Some(Fallback::NotLoaded(why)) if why.starts_with("hub: quill/tiny-ner")));
    assert_eq!(document.countries()[0].alpha2(), "PE");
}

#[test]
fn a_file_that_the_hub_does_not_have_is_named() {
    let hub = Hub::with([("config.json", CONFIG.into()), ("vocab.txt", VOCABULARY.into())]);
    let cache = Folder::empty();
    let message = Recognizer::builder().hub(model(&hub.endpoint, &cache)).build().unwrap_err().to_string();
    assert!(message.starts_with("hub: quill/tiny-ner: model.safetensors: expected http://"), "{message}");
    assert!(message.ends_with("http status: 404"), "{message}");
}

#[test]
fn an_index_cannot_lead_out_of_the_folder() {
    let index = br#"{"weight_map": {"classifier.weight": "../../../weights.safetensors"}}"#;
    let files = [("config.json", CONFIG.into()), ("vocab.txt", VOCABULARY.into())];
    let hub = Hub::with(files.into_iter().chain([("model.safetensors.index.json", index.to_vec())]));
    let cache = Folder::empty();
    let message = Recognizer::builder().hub(model(&hub.endpoint, &cache)).build().unwrap_err().to_string();
    assert_eq!(
        message,
        "hub: quill/tiny-ner: model.safetensors.index.json: expected names of safetensors files, \
         found \"../../../weights.safetensors\""
    );
}
