//! The checkpoints of `tests/checkpoints`, and what the reference implementation makes of them; `make.py` there made
//! both.

use std::fs;
use std::path::{Path, PathBuf};

use attache::{Logits, Sequence};
use serde::Deserialize;

use super::Folder;

/// All of them, one or more for each architecture.
pub(crate) const ALL: [&str; 8] =
    ["bert-cased", "bert-uncased", "distilbert", "roberta", "xlm-roberta", "electra", "deberta-v2", "deberta-v3"];

/// The farthest that a logit may lie from the reference's.
pub(crate) const TOLERANCE: f32 = 1e-4;

/// A text as the reference reads it: the ids of each window, and the mentions by label, start and end in bytes.
#[derive(Deserialize)]
pub(crate) struct Golden {
    pub(crate) text: String,
    pub(crate) windows: Vec<Vec<u32>>,
    pub(crate) mentions: Option<Vec<(String, usize, usize)>>,
}

pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checkpoints").join(name)
}

/// A folder of its own with a checkpoint's files.
pub(crate) fn copy(name: &str) -> Folder {
    let copy = Folder::empty();
    for file in fs::read_dir(folder(name)).unwrap().map(Result::unwrap) {
        copy.write(&file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap());
    }
    copy
}

/// A checkpoint as TensorFlow's names have it: each layer normalisation's weight is its gamma, its bias its beta.
pub(crate) fn with_old_names(name: &str) -> Folder {
    let folder = copy(name);
    let file = fs::read(folder.path().join("model.safetensors")).unwrap();
    let (length, rest) = file.split_at(8);
    let (header, data) = rest.split_at(u64::from_le_bytes(length.try_into().unwrap()) as usize);
    let header = std::str::from_utf8(header).unwrap();
    let renamed =
        header.replace("LayerNorm.weight\"", "LayerNorm.gamma\"").replace("LayerNorm.bias\"", "LayerNorm.beta\"");
    assert_ne!(renamed, header);
    let bytes = [&(renamed.len() as u64).to_le_bytes(), renamed.as_bytes(), data].concat();
    folder.write("model.safetensors", bytes);
    folder
}

pub(crate) fn goldens(name: &str) -> Vec<Golden> {
    serde_json::from_slice(&fs::read(folder(name).join("goldens.json")).unwrap()).unwrap()
}

/// All windows of all texts, each with the reference's logits.
pub(crate) fn windows(name: &str, labels: usize) -> Vec<(Vec<u32>, Logits)> {
    let bytes = fs::read(folder(name).join("logits.f32")).unwrap();
    let mut values = bytes.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four));
    let mut logits = |ids: &[u32]| Logits::new(values.by_ref().take(ids.len() * labels).collect(), labels);
    let ids = goldens(name).into_iter().flat_map(|golden| golden.windows);
    let windows: Vec<_> = ids.map(|ids| (ids.clone(), logits(&ids))).collect();
    assert_eq!(values.next(), None, "{name}: one row for each token");
    windows
}

/// The windows as an encoder takes them, all tokens of one type.
pub(crate) fn sequences(windows: &[(Vec<u32>, Logits)]) -> Vec<Sequence<'_>> {
    const ZEROS: [u32; 512] = [0; 512];
    windows.iter().map(|(ids, _)| Sequence { ids, token_types: &ZEROS[..ids.len()] }).collect()
}

/// How far the farthest logit of one lies from that of the other.
pub(crate) fn distance(one: &Logits, other: &Logits) -> f32 {
    assert_eq!(one.view().dim(), other.view().dim());
    let differences = one.view().iter().zip(other.view()).map(|(a, b)| (a - b).abs()).collect::<Vec<_>>();
    differences.into_iter().fold(0.0, |far, one| if one > far || one.is_nan() { one } else { far })
}
