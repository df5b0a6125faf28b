//! rust-bert's own BERT on libtorch, on one thread.

use std::path::Path;

use rust_bert::Config;
use rust_bert::bert::{BertConfig, BertForTokenClassification};
use tch::nn::VarStore;
use tch::{Device, Tensor};

use super::batch::Batch;
use super::{Fallible, Peer};

pub(crate) struct RustBert {
    network: BertForTokenClassification,
    _store: VarStore, // owns the tensors with the network
}

impl RustBert {
    /// The model of a folder, in f32.
    pub(crate) fn load(folder: &Path) -> Fallible<Self> {
        tch::set_num_threads(1);
        tch::set_num_interop_threads(1);
        let mut store = VarStore::new(Device::Cpu);
        let config = BertConfig::from_file(folder.join("config.json"));
        let network = BertForTokenClassification::new(store.root(), &config)?;
        store.load(folder.join("model.safetensors"))?;
        Ok(Self { network, _store: store })
    }
}

impl Peer for RustBert {
    fn name(&self) -> &'static str {
        "rust_bert_f32"
    }

    fn logits(&mut self, batch: &Batch) -> Fallible<Vec<f32>> {
        let shape = [batch.sequences.len() as i64, batch.width as i64];
        let tensor = |values: &[u32]| {
            Tensor::from_slice(&values.iter().map(|&id| i64::from(id)).collect::<Vec<_>>()).view(shape)
        };
        let (ids, types, mask) = (tensor(&batch.ids), tensor(&batch.token_types), tensor(&batch.mask));
        let forward = || self.network.forward_t(Some(&ids), Some(&mask), Some(&types), None, None, false).logits;
        Ok(Vec::try_from(tch::no_grad(forward).flatten(0, -1))?)
    }
}
