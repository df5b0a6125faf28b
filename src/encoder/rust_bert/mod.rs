//! The second encoder: rust-bert's networks on libtorch, on the processor or on a CUDA device, and where they differ from
//! the published ones our own in its tensors.
//!
//! It reads the same folders and the same weights as [`NativeEncoder`](super::NativeEncoder), bytes widened to floats,
//! and gives the same logits to 1e-4.

mod batch;
mod bert;
mod deberta;
mod embeddings;
mod network;
mod plan;
mod worker;

use self::network::Network;
pub(crate) use self::plan::NetworkPlan;
use self::worker::Worker;
use super::{Encoder, Limits, Logits, Sequence, Weights};
use crate::error::{Error, ErrorKind};

/// Tokens that go through the network together, padding included: on a processor as many as stay near its caches, on a
/// CUDA device enough to occupy it.
const CPU_TOKENS: usize = 1024;
const CUDA_TOKENS: usize = 16_384;

/// Where libtorch computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Device {
    /// The processor, on as many threads as libtorch takes (`OMP_NUM_THREADS` says how many).
    #[default]
    Cpu,
    /// The CUDA device of this number, counted from 0.
    Cuda(usize),
}

impl Device {
    /// libtorch's name of the device.
    ///
    /// # Errors
    ///
    /// Fails where this machine, or this libtorch, has no such device.
    fn find(self) -> Result<tch::Device, Error> {
        let Self::Cuda(number) = self else { return Ok(tch::Device::Cpu) };
        let count = if tch::Cuda::is_available() { tch::Cuda::device_count() } else { 0 };
        if number < usize::try_from(count).unwrap_or(0) {
            return Ok(tch::Device::Cuda(number));
        }
        let expected = format!("CUDA device {number}");
        Err(Error::new(ErrorKind::Encoder, "rust-bert: device", expected, format!("{count} CUDA devices")))
    }

    fn tokens(self) -> usize {
        match self {
            Self::Cpu => CPU_TOKENS,
            Self::Cuda(_) => CUDA_TOKENS,
        }
    }
}

/// The encoder on rust-bert and libtorch.
///
/// One thread of its own runs the network, since libtorch's tensors cannot be shared; calls from all threads queue up
/// for it. The logits of a sequence are the same whatever else is in the call, but for their last bits, which in
/// libtorch depend on how many sequences are multiplied together. A failure of libtorch is an [`Error`], not a panic,
/// though the process's panic hook hears of it.
///
/// # Examples
///
/// ```no_run
/// use attache::{Device, Encoder, RustBertEncoder, Sequence};
///
/// let encoder = RustBertEncoder::embedded(Device::Cpu)?;
/// let sequence = Sequence { ids: &[101, 5735, 102], token_types: &[0, 0, 0] };
/// let logits = encoder.logits(&[sequence])?;
/// assert_eq!(logits[0].view().dim(), (3, encoder.label_count()));
/// # Ok::<(), attache::Error>(())
/// ```
#[derive(Debug)]
pub struct RustBertEncoder {
    worker: Worker,
    device: Device,
    limits: Limits,
    labels: usize,
}

impl RustBertEncoder {
    /// Builds the network of `plan` on `device`, with `weights`.
    ///
    /// # Errors
    ///
    /// Fails where the device is not there, where tensors are missing (all are listed) or have another shape or type
    /// than they should, and where libtorch fails.
    pub(crate) fn load(plan: &NetworkPlan, weights: &Weights, device: Device) -> Result<Self, Error> {
        let worker = Worker::start(|| Network::load(plan, weights, device))?;
        Ok(Self { worker, device, limits: plan.limits(), labels: plan.label_count() })
    }
}

impl Encoder for RustBertEncoder {
    fn label_count(&self) -> usize {
        self.labels
    }

    fn max_tokens(&self) -> usize {
        self.limits.tokens
    }

    fn logits(&self, sequences: &[Sequence<'_>]) -> Result<Vec<Logits>, Error> {
        sequences.iter().try_for_each(|sequence| self.limits.check(sequence))?;
        let groups = batch::plan(sequences, self.device.tokens());
        let answers = self.worker.run(batch::pack(sequences, &groups))?;
        Ok(batch::unpack(sequences, &groups, &answers, self.labels))
    }
}
