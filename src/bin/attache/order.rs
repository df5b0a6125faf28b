//! Work that is done on all threads and comes back in order: what waits, and what is done, is bounded.
//!
//! Pushed `a`, `b`, `c`: whichever is done first, the answers come as those to `a`, `b`, `c`.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Answers that may wait for one before them, for each thread: enough that no thread waits for a slow one or for a disk.
const WAITING: usize = 2;

/// Where work goes in.
pub(crate) struct Queue<T, R> {
    work: Arc<dyn Fn(T) -> R + Send + Sync>,
    answers: SyncSender<Receiver<R>>,
}

/// Nobody takes answers any more.
pub(crate) struct NobodyListens;

/// A queue of things that `work` is done on, and the answers in the order of the things. Pushing waits where answers do.
pub(crate) fn queue<T: Send + 'static, R: Send + 'static>(
    work: impl Fn(T) -> R + Send + Sync + 'static,
) -> (Queue<T, R>, impl Iterator<Item = R>) {
    let (answers, in_order) = sync_channel::<Receiver<R>>(WAITING * rayon::current_num_threads());
    let answered = in_order.into_iter().map(|answer| answer.recv().expect("each thing pushed is answered"));
    (Queue { work: Arc::new(work), answers }, answered)
}

impl<T: Send + 'static, R: Send + 'static> Queue<T, R> {
    /// Has the work done on `thing`, by whichever thread of rayon's is free.
    pub(crate) fn push(&self, thing: T) -> Result<(), NobodyListens> {
        let (sender, answer) = sync_channel(1);
        self.answers.send(answer).map_err(|_| NobodyListens)?;
        let work = self.work.clone();
        rayon::spawn(move || {
            // Where the command has stopped, nobody wants to know.
            let _ = sender.send(work(thing));
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn answers_come_in_the_order_of_the_questions() {
        let (queue, answers) = queue(|i: u64| {
            thread::sleep(Duration::from_micros(i * 7919 % 500));
            i * 2
        });
        let pushing = thread::spawn(move || (0..300).all(|i| queue.push(i).is_ok()));
        assert!(answers.eq((0..300).map(|i| i * 2)));
        assert!(pushing.join().unwrap());
    }

    #[test]
    fn pushing_ends_where_nobody_listens() {
        let (queue, mut answers) = queue(|i: u64| i);
        assert!(queue.push(1).is_ok());
        assert_eq!(answers.next(), Some(1));
        drop(answers);
        assert!(queue.push(2).is_err());
    }
}
