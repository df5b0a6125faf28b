//! A model so small that it is made in a test: one layer of width 8, five tokens, three labels.
#![allow(dead_code)] // each test file uses its part

#[cfg(feature = "encoder")]
pub(crate) mod checkpoint;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) const CONFIG: &str = r#"{
  "model_type": "bert",
  "hidden_act": "gelu",
  "hidden_size": 8,
  "num_hidden_layers": 1,
  "num_attention_heads": 2,
  "intermediate_size": 16,
  "vocab_size": 5,
  "type_vocab_size": 5,
  "max_position_embeddings": 32,
  "layer_norm_eps": 1e-12,
  "id2label": {"0": "O", "1": "B-Person", "2": "I-Person"}
}"#;

pub(crate) const VOCABULARY: &str = "[UNK]\n[CLS]\n[SEP]\nquill\nspoke\n";

/// A tensor of a safetensors file.
#[derive(Clone)]
pub(crate) struct Tensor {
    pub(crate) name: String,
    pub(crate) dtype: &'static str,
    pub(crate) shape: Vec<usize>,
    pub(crate) bytes: Vec<u8>,
}

impl Tensor {
    pub(crate) fn f32(name: impl Into<String>, shape: &[usize]) -> Self {
        let values = (0..shape.iter().product()).map(|i: usize| (i as f32 * 0.7).sin() * 0.2);
        Self {
            name: name.into(),
            dtype: "F32",
            shape: shape.to_vec(),
            bytes: values.flat_map(f32::to_le_bytes).collect(),
        }
    }
}

/// All tensors of the model.
pub(crate) fn tensors() -> Vec<Tensor> {
    let mut tensors = vec![
        Tensor::f32("bert.embeddings.word_embeddings.weight", &[5, 8]),
        Tensor::f32("bert.embeddings.position_embeddings.weight", &[32, 8]),
        Tensor::f32("bert.embeddings.token_type_embeddings.weight", &[5, 8]),
    ];
    let mut part = |name: &str, shape: &[usize]| {
        tensors.push(Tensor::f32(format!("{name}.weight"), shape));
        tensors.push(Tensor::f32(format!("{name}.bias"), &shape[..1]));
    };
    part("bert.embeddings.LayerNorm", &[8]);
    for name in ["self.query", "self.key", "self.value", "output.dense"] {
        part(&format!("bert.encoder.layer.0.attention.{name}"), &[8, 8]);
    }
    part("bert.encoder.layer.0.attention.output.LayerNorm", &[8]);
    part("bert.encoder.layer.0.intermediate.dense", &[16, 8]);
    part("bert.encoder.layer.0.output.dense", &[8, 16]);
    part("bert.encoder.layer.0.output.LayerNorm", &[8]);
    part("classifier", &[3, 8]);
    tensors
}

/// A safetensors file: the length of the header, the header, the tensors' bytes one after another.
pub(crate) fn safetensors(tensors: &[Tensor]) -> Vec<u8> {
    let (mut entries, mut data) = (Vec::new(), Vec::new());
    for Tensor { name, dtype, shape, bytes } in tensors {
        let (start, end) = (data.len(), data.len() + bytes.len());
        entries.push(format!(r#""{name}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{start},{end}]}}"#));
        data.extend(bytes);
    }
    let header = format!("{{{}}}", entries.join(","));
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data.as_slice()].concat()
}

/// A folder of its own under the system's temporary folder; gone with the value.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// An empty folder.
    pub(crate) fn empty() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("attache-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// A folder with the whole model.
    pub(crate) fn model() -> Self {
        let folder = Self::empty();
        folder.write("config.json", CONFIG).write("vocab.txt", VOCABULARY);
        folder.write("model.safetensors", safetensors(&tensors()));
        folder
    }

    /// The model with other tensors.
    pub(crate) fn with_tensors(change: impl FnOnce(&mut Vec<Tensor>)) -> Self {
        let mut changed = tensors();
        change(&mut changed);
        let folder = Self::model();
        folder.write("model.safetensors", safetensors(&changed));
        folder
    }

    /// The model with one passage of `config.json` replaced.
    pub(crate) fn with_config(from: &str, to: &str) -> Self {
        assert!(CONFIG.contains(from), "{from}");
        let folder = Self::model();
        folder.write("config.json", CONFIG.replace(from, to));
        folder
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        fs::write(self.0.join(name), content).unwrap();
        self
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
