//! How far the work is: a bar on standard error where the work is long and somebody watches.

use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::failure::complain;

/// Work that ends sooner than this needs no bar.
const LONG: Duration = Duration::from_secs(2);

/// The bar, hidden at first.
pub(crate) struct Progress {
    bar: ProgressBar,
    start: Instant,
    documents: u64,
    is_watched: bool,
}

impl Progress {
    /// A bar for `length` bytes, or for work of unknown length; never shown if not `is_watched`.
    pub(crate) fn new(length: Option<u64>, is_watched: bool) -> Self {
        let template = match length {
            Some(_) => "{wide_bar} {percent:>3} % · {msg} · {eta} left",
            None => "{spinner} {msg} · {binary_bytes} · {elapsed}",
        };
        let style = ProgressStyle::with_template(template).expect("the templates above are well formed");
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden()).with_style(style);
        Self { bar, start: Instant::now(), documents: 0, is_watched }
    }

    /// Counts what is done.
    pub(crate) fn advance(&mut self, documents: usize, bytes: u64) {
        self.documents += documents as u64;
        let elapsed = self.start.elapsed();
        let rate = self.documents as f64 / elapsed.as_secs_f64().max(f64::EPSILON);
        self.bar.set_message(format!("{} documents, {rate:.0}/s", HumanCount(self.documents)));
        self.bar.inc(bytes);
        if self.is_watched && self.bar.is_hidden() && elapsed > LONG {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// A line on standard error that the bar does not overwrite.
    pub(crate) fn complain(&self, message: &str) {
        self.bar.suspend(|| complain(message));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
