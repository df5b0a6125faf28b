//! The network on its device, filled from the same weights as the native one.

use rust_bert::RustBertError;
use rust_bert::distilbert::DistilBertForTokenClassification;
use tch::Tensor;
use tch::nn::{Path, VarStore};

use super::Device;
use super::batch::Batch;
use super::bert::Bert;
use super::deberta::Deberta;
use super::plan::{NetworkPlan, distilbert_config};
use crate::encoder::Weights;
use crate::error::{Error, ErrorKind};

/// A network with its weights, on its device.
pub(super) struct Network {
    layers: Layers,
    store: VarStore, // owns the tensors with the layers
}

enum Layers {
    Bert(Box<Bert>),
    DistilBert(Box<DistilBertForTokenClassification>),
    Deberta(Box<Deberta>),
}

/// A batch on the device.
pub(super) struct Tensors {
    pub(super) ids: Tensor,         // (sequences, longest)
    pub(super) token_types: Tensor, // (sequences, longest)
    pub(super) mask: Tensor,        // (sequences, longest), 0 for padding
}

impl Network {
    /// Builds the network of `plan` on `device`, with `weights`.
    ///
    /// # Errors
    ///
    /// Fails where the device is not there, and where tensors are missing or have another shape or type.
    pub(super) fn load(plan: &NetworkPlan, weights: &Weights, device: Device) -> Result<Self, Error> {
        let mut store = VarStore::new(device.find()?);
        let mut layers = Layers::new(&store.root(), plan).map_err(|error| failure(Box::new(error)))?;
        tch::no_grad(|| {
            fill(&store, weights)?;
            layers.settle();
            Ok(())
        })?;
        store.freeze();
        Ok(Self { layers, store })
    }

    /// The logits of a batch, those of the padding among them: (sequences, longest, labels).
    pub(super) fn logits(&self, batch: &Batch) -> Result<Vec<f32>, Error> {
        let logits = self.layers.forward(&self.place(batch)).map_err(|error| failure(Box::new(error)))?;
        let logits = logits.to_device(tch::Device::Cpu).contiguous();
        let mut values = vec![0.0; logits.numel()];
        logits.f_copy_data(&mut values, logits.numel()).map_err(|error| failure(Box::new(error)))?;
        Ok(values)
    }

    fn place(&self, batch: &Batch) -> Tensors {
        let shape = [batch.lengths.len() as i64, batch.longest as i64];
        let tensor = |values: &[i64]| Tensor::from_slice(values).view(shape).to_device(self.store.device());
        Tensors { ids: tensor(&batch.ids), token_types: tensor(&batch.token_types), mask: tensor(&batch.mask()) }
    }
}

impl Layers {
    fn new(root: &Path<'_>, plan: &NetworkPlan) -> Result<Self, RustBertError> {
        Ok(match plan {
            NetworkPlan::Bert(config) => Self::Bert(Box::new(Bert::new(root, config))),
            NetworkPlan::DistilBert(config) => {
                Self::DistilBert(Box::new(DistilBertForTokenClassification::new(root, &distilbert_config(config))?))
            }
            NetworkPlan::Deberta(config) => Self::Deberta(Box::new(Deberta::new(root, config))),
        })
    }

    /// Makes what depends on the weights alone.
    fn settle(&mut self) {
        if let Self::Deberta(deberta) = self {
            deberta.settle();
        }
    }

    fn forward(&self, batch: &Tensors) -> Result<Tensor, RustBertError> {
        let (ids, mask) = (Some(&batch.ids), Some(&batch.mask));
        Ok(match self {
            Self::Bert(bert) => bert.forward(batch),
            Self::Deberta(deberta) => deberta.forward(batch),
            Self::DistilBert(network) => network.forward_t(ids, mask, None, false)?.logits,
        })
    }
}

/// Fills each variable of the store with the tensor of its name, widened to f32.
fn fill(store: &VarStore, weights: &Weights) -> Result<(), Error> {
    let tensors = weights.tensors();
    let mut variables: Vec<(String, Tensor)> = store.variables().into_iter().collect();
    variables.sort_by(|(a, _), (b, _)| a.cmp(b));
    let names: Vec<String> = variables.iter().map(|(name, _)| name.clone()).collect();
    tensors.require(&names)?;
    for (name, mut variable) in variables {
        let shape = variable.size();
        let sizes: Vec<usize> = shape.iter().map(|&size| size as usize).collect();
        let values = Tensor::from_slice(&tensors.numbers(&name, &sizes)?).view(shape.as_slice());
        variable.f_copy_(&values).map_err(|error| failure(Box::new(error)))?;
    }
    Ok(())
}

fn failure(error: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::new(ErrorKind::Encoder, "rust-bert", "a network that runs", error.to_string()).with_source(error)
}
