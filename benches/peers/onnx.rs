//! ONNX Runtime, from the library that `ORT_DYLIB_PATH` names.

use std::path::Path;

use ort::session::Session;
use ort::value::Tensor;

use super::batch::Batch;
use super::{Fallible, Peer};

pub(crate) struct Onnx {
    name: &'static str,
    session: Session,
}

impl Onnx {
    /// The model of a file, on one thread; all optimisations are on unless said.
    pub(crate) fn load(name: &'static str, file: &Path) -> Fallible<Self> {
        let mut builder = Session::builder()?.with_intra_threads(1)?.with_inter_threads(1)?;
        Ok(Self { name, session: builder.commit_from_file(file)? })
    }
}

impl Peer for Onnx {
    fn name(&self) -> &'static str {
        self.name
    }

    fn logits(&mut self, batch: &Batch) -> Fallible<Vec<f32>> {
        let shape = [batch.sequences.len(), batch.width];
        let tensor =
            |values: &[u32]| Tensor::from_array((shape, values.iter().map(|&id| id as i32).collect::<Vec<_>>()));
        let outputs = self.session.run(ort::inputs! {
            "ids" => tensor(&batch.ids)?,
            "types" => tensor(&batch.token_types)?,
            "mask" => tensor(&batch.mask)?,
        })?;
        Ok(outputs["logits"].try_extract_tensor::<f32>()?.1.to_vec())
    }
}
