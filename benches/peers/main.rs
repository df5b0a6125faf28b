//! The same weights on other engines: ONNX Runtime in f32 and int8, and candle; and spaCy's small pipeline on the same text.
//!
//! `eval "$(.ci/peers.sh target/peers)" && cargo bench --features peers --bench peers`; with `-- --test` each part runs
//! once. `--features peers,rust-bert` takes rust-bert in, where there is a libtorch (`.ci/libtorch.sh`). All run on one
//! thread, in turns within each round; a figure is the median over the rounds of the ratio within a round. Tokens are
//! real ones: what others pad is not counted. Run it on an idle machine.

#![allow(unsafe_code)]

mod batch;
mod candle;
#[path = "../common/measure.rs"]
mod measure;
#[path = "../common/news.rs"]
mod news;
mod onnx;
#[cfg(feature = "rust-bert")]
mod rust_bert;
mod spacy;

use std::path::{Path, PathBuf};

use attache::{Encoder, NativeEncoder, Precision};

use batch::{Batch, Ids};
use measure::{figure, median, rounds, seconds};

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

/// Another engine with our weights.
trait Peer {
    fn name(&self) -> &'static str;

    /// The logits of a batch, padding included: (sequences, width, labels).
    fn logits(&mut self, batch: &Batch) -> Fallible<Vec<f32>>;
}

/// Sequences in batches.
struct Load {
    name: &'static str,
    batches: Vec<Batch>,
    repeats: usize,
}

/// Sequences of a batch.
const BATCH: usize = 32;

fn main() -> Fallible<()> {
    // SAFETY: no other thread runs yet. candle and libtorch take as many threads as these say.
    unsafe {
        std::env::set_var("RAYON_NUM_THREADS", "1");
        std::env::set_var("OMP_NUM_THREADS", "1");
    }
    let folder = std::env::var_os("ATTACHE_PEERS").map(PathBuf::from);
    let folder = folder.ok_or("ATTACHE_PEERS is not set: eval \"$(.ci/peers.sh FOLDER)\" sets it")?;
    let own = NativeEncoder::embedded(Precision::Int8)?;
    let mut peers = peers(&folder)?;
    let loads = loads()?;
    check(&own, &mut peers, &loads[0].batches)?;
    for load in &loads {
        compare(&own, &mut peers, load);
    }
    spacy::compare(&folder)
}

fn peers(folder: &Path) -> Fallible<Vec<Box<dyn Peer>>> {
    Ok(vec![
        Box::new(onnx::Onnx::load("onnxruntime_int8", &folder.join("model.int8.onnx"))?),
        Box::new(onnx::Onnx::load("onnxruntime_f32", &folder.join("model.onnx"))?),
        Box::new(candle::Candle::load(folder)?),
        #[cfg(feature = "rust-bert")]
        Box::new(rust_bert::RustBert::load(folder)?),
    ])
}

/// Sentences sorted by their length, the same as they come, and one of 32 tokens alone.
fn loads() -> Fallible<Vec<Load>> {
    let unsorted: Vec<Ids> =
        batch::ids(512)?.into_iter().filter(|ids| (10..=60).contains(&ids.ids.len())).take(4 * BATCH).collect();
    let mut sorted = unsorted.clone();
    sorted.sort_by_key(|ids| ids.ids.len());
    let one = sorted.iter().find(|ids| ids.ids.len() >= 32).ok_or("no sentence of 32 tokens")?.cut(32);
    let batches = |sequences: &[Ids]| sequences.chunks(BATCH).map(Batch::new).collect();
    Ok(vec![
        Load { name: "sorted", batches: batches(&sorted), repeats: 1 },
        Load { name: "unsorted", batches: batches(&unsorted), repeats: 1 },
        Load { name: "sentence", batches: vec![Batch::new(&[one])], repeats: 20 },
    ])
}

/// Panics where a peer in f32 gives other logits than ours, or one in bytes other labels in more than a token of ten.
fn check(own: &dyn Encoder, peers: &mut [Box<dyn Peer>], batches: &[Batch]) -> Fallible<()> {
    let floats = NativeEncoder::embedded(Precision::F32)?;
    let labels = own.label_count();
    for batch in batches {
        let expected = flat(&floats.logits(&batch.sequences())?);
        let expected: Vec<&[f32]> = expected.chunks_exact(labels).collect();
        assert_same_labels("attache_int8", &flat(&own.logits(&batch.sequences())?), &expected);
        for peer in peers.iter_mut() {
            let padded = peer.logits(batch)?;
            let found = batch.rows(&padded, labels).concat();
            assert_same_labels(peer.name(), &found, &expected);
            if peer.name().ends_with("f32") {
                let differences = found.iter().zip(expected.iter().copied().flatten()).map(|(a, b)| (a - b).abs());
                let largest = differences.fold(0.0, f32::max);
                assert!(largest < 1e-3, "{}: logits differ by {largest}", peer.name());
            }
        }
    }
    Ok(())
}

/// The rows of all sequences, one after another.
fn flat(logits: &[attache::Logits]) -> Vec<f32> {
    logits.iter().flat_map(|logits| logits.view().iter().copied().collect::<Vec<_>>()).collect()
}

fn assert_same_labels(name: &str, found: &[f32], expected: &[&[f32]]) {
    let best = |row: &[f32]| (0..row.len()).max_by(|&a, &b| row[a].total_cmp(&row[b]));
    let found: Vec<&[f32]> = found.chunks_exact(expected[0].len()).collect();
    assert_eq!(found.len(), expected.len(), "{name}: rows");
    let different = found.iter().zip(expected).filter(|(a, b)| best(a) != best(b)).count();
    assert!(different * 10 <= expected.len(), "{name}: {different} of {} tokens labelled otherwise", expected.len());
}

/// Times the peers and ours in turns, and prints how many times as fast ours is.
fn compare(own: &dyn Encoder, peers: &mut [Box<dyn Peer>], load: &Load) {
    let tokens: usize = load.batches.iter().flat_map(|batch| &batch.sequences).map(|sequence| sequence.ids.len()).sum();
    let mut times = Vec::new(); // (rounds, 1 + peers), ours first
    for _ in 0..rounds(11) {
        let mut round = vec![load.seconds(|batch| Ok(own.logits(&batch.sequences()).map(drop)?))];
        round.extend(peers.iter_mut().map(|peer| load.seconds(|batch| peer.logits(batch).map(drop))));
        times.push(round);
    }
    let rate = |engine: usize| tokens as f64 / median(times.iter().map(|round| round[engine]));
    println!("{}: {tokens} tokens; attache_int8 {:.0} tokens/s", load.name, rate(0));
    for (i, peer) in peers.iter().enumerate() {
        println!("  {} {:.0} tokens/s", peer.name(), rate(i + 1));
        let ratios = times.iter().map(|round| round[i + 1] / round[0]);
        figure(&format!("int8_over_{}_{}", peer.name(), load.name), ratios);
    }
}

impl Load {
    /// The seconds of all batches, as the mean over the repeats.
    fn seconds(&self, mut run: impl FnMut(&Batch) -> Fallible<()>) -> f64 {
        let repeats = rounds(self.repeats);
        let batches = (0..repeats).flat_map(|_| &self.batches);
        seconds(|| batches.for_each(|batch| run(batch).expect("it ran when it was checked"))) / repeats as f64
    }
}
