//! One thread that owns a network of libtorch, since its tensors cannot be shared between threads.
//!
//! What the network panics with (rust-bert unwraps, and libtorch fails where memory is short) stays on this thread and
//! comes back as an error. The thread ends with the value that stands for it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use super::batch::Batch;
use super::network::Network;
use crate::error::{Error, ErrorKind};

/// The logits of a batch, padded: (sequences, longest, labels).
type Answer = Result<Vec<f32>, Error>;

/// A batch, and where its logits go.
struct Job {
    batch: Batch,
    answer: Sender<Answer>,
}

#[derive(Debug)]
pub(super) struct Worker {
    jobs: Option<Sender<Job>>, // none only while the value is dropped
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Loads the network and starts the thread that owns it from then on.
    ///
    /// # Errors
    ///
    /// Fails where `load` fails or panics and where the thread cannot be started.
    pub(super) fn start(load: impl FnOnce() -> Result<Network, Error>) -> Result<Self, Error> {
        let network = guarded(load)?;
        let (jobs, queue) = channel();
        let thread = std::thread::Builder::new().name("attache rust-bert".to_owned());
        let thread = thread.spawn(move || work(&network, &queue)).map_err(no_thread)?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// The logits of each batch, in order.
    pub(super) fn run(&self, batches: impl IntoIterator<Item = Batch>) -> Result<Vec<Vec<f32>>, Error> {
        let answers: Vec<Receiver<Answer>> = batches.into_iter().map(|batch| self.send(batch)).collect();
        answers.into_iter().map(|answer| answer.recv().unwrap_or_else(|_| Err(gone()))).collect()
    }

    fn send(&self, batch: Batch) -> Receiver<Answer> {
        let (answer, receiver) = channel();
        if let Some(jobs) = &self.jobs {
            // Where the thread is gone, so is the sender in the job: the receiver tells.
            let _ = jobs.send(Job { batch, answer });
        }
        receiver
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn work(network: &Network, queue: &Receiver<Job>) {
    for Job { batch, answer } in queue {
        let logits = guarded(|| tch::no_grad(|| network.logits(&batch)));
        let _ = answer.send(logits); // nobody may be waiting any more
    }
}

/// What `work` gives, its panic as an error.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(failure(panic.as_ref())))
}

/// What libtorch said, without the trace of its C++ stack.
fn failure(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    let first = text.unwrap_or_default().split("\\n").next().unwrap_or_default();
    let found = if first.is_empty() { "a panic without words" } else { first };
    Error::new(ErrorKind::Encoder, "rust-bert", "a network that runs", found)
}

fn gone() -> Error {
    Error::new(ErrorKind::Encoder, "rust-bert", "a thread that runs the network", "none")
}

fn no_thread(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Encoder, "rust-bert", "a thread to start", error.to_string()).with_source(error)
}
