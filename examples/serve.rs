//! A service on loopback: `cargo run --release --example serve 127.0.0.1:8080`, then
//! `curl --data 'Chile and Peru signed.' http://127.0.0.1:8080/label`.
//!
//! Requests that come at the same time are labelled as one batch. Ctrl-C lets those under way be answered first.
//! Without an argument it asks itself once on a port of the system's choice, prints the answer and ends.

use attache::Recognizer;
use attache::render::{JsonOptions, jsonl};
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::post;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

/// The longest text that is taken, in bytes; a longer one is answered with 413.
const LIMIT: usize = 1 << 20;
/// Texts that may wait, and the most that are labelled at once; who comes later waits for a place.
const WAITING: usize = 64;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// A text, and where its answer goes.
struct Request {
    text: String,
    answer: oneshot::Sender<String>,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let recognizer = Recognizer::new()?;
    let (requests, waiting) = mpsc::channel(WAITING);
    let labelling = tokio::task::spawn_blocking(move || label_all(&recognizer, waiting));
    let service = Router::new().route("/label", post(label)).layer(DefaultBodyLimit::max(LIMIT)).with_state(requests);

    let address = std::env::args().nth(1);
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:0")).await?;
    let own = listener.local_addr()?;
    if address.is_some() {
        eprintln!("POST a text to http://{own}/label; Ctrl-C ends");
        axum::serve(listener, service).with_graceful_shutdown(interrupted()).await?;
    } else {
        let (end, ended) = oneshot::channel::<()>();
        let serving = axum::serve(listener, service).with_graceful_shutdown(async { ended.await.unwrap_or(()) });
        let serving = tokio::spawn(serving.into_future());
        println!("{}", ask(own, "Chile and Peru signed the Antarctic Treaty.").await?);
        let _ = end.send(());
        serving.await??;
    }
    labelling.await?;
    Ok(())
}

async fn interrupted() {
    let _ = tokio::signal::ctrl_c().await;
}

/// Answers one request; axum has refused what is no UTF-8 or too long.
async fn label(State(requests): State<mpsc::Sender<Request>>, text: String) -> impl IntoResponse {
    let (answer, answered) = oneshot::channel();
    let is_sent = requests.send(Request { text, answer }).await.is_ok();
    match answered.await {
        Ok(object) if is_sent => Ok(([(header::CONTENT_TYPE, "application/json")], object)),
        _ => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// Labels whatever waits, all at once, until no handler is left that could send more.
fn label_all(recognizer: &Recognizer, mut waiting: mpsc::Receiver<Request>) {
    let mut batch = Vec::new();
    while waiting.blocking_recv_many(&mut batch, WAITING) > 0 {
        let texts: Vec<&str> = batch.iter().map(|request: &Request| request.text.as_str()).collect();
        let documents = recognizer.recognize_batch(&texts);
        for (request, document) in batch.drain(..).zip(documents) {
            // A client that has gone takes no answer.
            let _ = request.answer.send(jsonl(&document, &JsonOptions::default()));
        }
    }
}

/// Sends one text as any client would, and gives the body of the answer.
async fn ask(address: std::net::SocketAddr, text: &str) -> Result<String, Error> {
    let mut stream = TcpStream::connect(address).await?;
    let length = text.len();
    let request = format!(
        "POST /label HTTP/1.1\r\nHost: {address}\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{text}"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (_, body) = answer.split_once("\r\n\r\n").ok_or("an answer without a body")?;
    Ok(body.trim_end().to_owned())
}
