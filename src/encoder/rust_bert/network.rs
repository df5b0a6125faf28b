//! The network on its device, filled from the same weights as the native one.

use tch::nn::VarStore;
use tch::{Kind, Tensor};

use super::Device;
use super::batch::Batch;
use super::bert::Bert;
use crate::encoder::{EncoderConfig, Weights};
use crate::error::{Error, ErrorKind};

#[derive(Debug)]
pub(super) struct Network {
    bert: Bert,
    _store: VarStore, // owns the tensors with the network
}

impl Network {
    /// Reads the network that `config` describes from `weights` to `device`.
    ///
    /// # Errors
    ///
    /// Fails where the device is not there, and where tensors are missing or have another shape or type.
    pub(super) fn load(config: &EncoderConfig, weights: &Weights, device: Device) -> Result<Self, Error> {
        let mut store = VarStore::new(device.find()?);
        let bert = Bert::new(&store.root(), config);
        tch::no_grad(|| fill(&store, weights)).map_err(|error| error.within("model.safetensors"))?;
        store.freeze();
        Ok(Self { bert, _store: store })
    }

    /// The logits of a batch, those of the padding among them: (sequences, longest, labels).
    pub(super) fn logits(&self, batch: &Batch) -> Result<Vec<f32>, Error> {
        let logits = self.bert.forward(batch).to_device(tch::Device::Cpu).contiguous();
        let mut values = vec![0.0; logits.numel()];
        logits.f_copy_data(&mut values, logits.numel()).map_err(failure)?;
        Ok(values)
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
        variable.f_copy_(&values.to_kind(Kind::Float)).map_err(failure)?;
    }
    Ok(())
}

fn failure(error: tch::TchError) -> Error {
    Error::new(ErrorKind::Encoder, "rust-bert", "a tensor", error.to_string()).with_source(error)
}
