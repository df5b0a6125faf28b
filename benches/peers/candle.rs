//! candle's BERT, as its own examples run it, with a linear layer as its head.

use std::path::Path;

use candle_core::{DType, Device, Tensor};
use candle_nn::{Linear, Module, VarBuilder, linear};
use candle_transformers::models::bert::{BertModel, Config};

use super::batch::Batch;
use super::{Fallible, Peer};

pub(crate) struct Candle {
    bert: BertModel,
    head: Linear,
}

impl Candle {
    /// The model of a folder, in f32.
    pub(crate) fn load(folder: &Path) -> Fallible<Self> {
        let json = std::fs::read_to_string(folder.join("config.json"))?;
        let config: Config = serde_json::from_str(&json)?;
        let labels =
            serde_json::from_str::<serde_json::Value>(&json)?["id2label"].as_object().map_or(0, |ids| ids.len());
        let bytes = std::fs::read(folder.join("model.safetensors"))?;
        let weights = VarBuilder::from_buffered_safetensors(bytes, DType::F32, &Device::Cpu)?;
        let head = linear(config.hidden_size, labels, weights.pp("classifier"))?;
        Ok(Self { bert: BertModel::load(weights, &config)?, head })
    }
}

impl Peer for Candle {
    fn name(&self) -> &'static str {
        "candle_f32"
    }

    fn logits(&mut self, batch: &Batch) -> Fallible<Vec<f32>> {
        let shape = (batch.sequences.len(), batch.width);
        let tensor = |values: &[u32]| Tensor::from_slice(values, shape, &Device::Cpu);
        let (ids, types, mask) = (tensor(&batch.ids)?, tensor(&batch.token_types)?, tensor(&batch.mask)?);
        let hidden = self.bert.forward(&ids, &types, Some(&mask))?; // (sequences, width, hidden)
        Ok(self.head.forward(&hidden)?.flatten_all()?.to_vec1()?)
    }
}
