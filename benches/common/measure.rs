//! What the benches share: how long a call took, and the lines that they end with.

use std::hint::black_box;
use std::time::Instant;

/// `full` rounds, or one with `-- --test`.
pub(crate) fn rounds(full: usize) -> usize {
    if std::env::args().any(|argument| argument == "--test") { 1 } else { full }
}

/// The seconds that `run` took.
pub(crate) fn seconds<T>(run: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    black_box(run());
    start.elapsed().as_secs_f64()
}

/// The middle of `values`; the upper of two.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Prints the median of `values` as a line that a script can read.
pub(crate) fn figure(name: &str, values: impl IntoIterator<Item = f64>) {
    println!("figure {name} {:.2}", median(values));
}
