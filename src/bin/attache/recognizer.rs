//! The recogniser that the options ask for.

use std::path::Path;
use std::sync::Arc;

use attache::{EntityKind, Gazetteer, Recognizer, RecognizerBuilder};

use crate::arguments::RecognizerArguments;
use crate::failure::Failure;

/// Starts as many threads as asked for; all that the command does in parallel runs on them.
pub(crate) fn start_threads(arguments: &RecognizerArguments) -> Result<(), Failure> {
    let Some(threads) = arguments.threads else { return Ok(()) };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
    pool.map_err(|error| Failure::usage(format!("{threads} threads do not start: {error}")))
}

/// The recogniser of `arguments`, for `kinds`.
pub(crate) fn build(arguments: &RecognizerArguments, kinds: &[EntityKind]) -> Result<Recognizer, Failure> {
    Ok(builder(arguments, kinds)?.build()?)
}

/// The same, before it is built.
pub(crate) fn builder(arguments: &RecognizerArguments, kinds: &[EntityKind]) -> Result<RecognizerBuilder, Failure> {
    let mut builder = Recognizer::builder().kinds(kinds.iter().copied()).min_score(arguments.min_score);
    if let Some(dir) = &arguments.model {
        builder = builder.model_dir(dir);
    }
    if arguments.gazetteer_only {
        builder = builder.gazetteer_only();
    }
    for path in &arguments.gazetteer {
        builder = builder.add_gazetteer(gazetteer(path)?);
    }
    Ok(builder)
}

/// A table of the caller's own. What is wrong in a file is never wrong with the command line.
fn gazetteer(path: &Path) -> Result<Arc<Gazetteer>, Failure> {
    Gazetteer::from_tsv(path).map(Arc::new).map_err(|error| Failure::stopped(error.to_string()))
}
