//! The architectures that run, and what each calls its tensors.
//!
//! All are one network: embeddings, layers of attention and feed-forward, one linear head. They differ in the names of
//! their tensors, in whether there are token types, in the first position, and in whether the embeddings are narrower
//! than the layers. DeBERTa differs in its attention besides: see [`Disentangled`](super::disentangled::Disentangled).

use crate::error::{Error, ErrorKind};

/// A `model_type` that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Architecture {
    /// Devlin et al. 2019.
    #[default]
    Bert,
    /// Sanh et al. 2019: no token types.
    DistilBert,
    /// Liu et al. 2019: positions are counted from the one after the padding's.
    Roberta,
    /// Conneau et al. 2020: RoBERTa on a vocabulary of a hundred languages.
    XlmRoberta,
    /// Clark et al. 2020: embeddings may be narrower than the layers.
    Electra,
    /// He et al. 2021, and the third version (2023), which is the same network: attention by distances.
    DebertaV2,
}

/// What an architecture calls its tensors, without `.weight` and `.bias`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names {
    /// What all names but the head's begin with.
    pub(super) root: &'static str,
    pub(super) words: &'static str,
    pub(super) positions: &'static str,
    pub(super) token_types: Option<&'static str>,
    pub(super) embedding_norm: &'static str,
    /// What widens the embeddings to the layers, where they are narrower.
    pub(super) projection: Option<&'static str>,
    /// Whether the embeddings are normalised once they are widened, and widened without a bias; else before.
    pub(super) widens_first: bool,
    /// What the names of a layer's parts begin with; the layer's number follows.
    pub(super) layer: &'static str,
    pub(super) query: &'static str,
    pub(super) key: &'static str,
    pub(super) value: &'static str,
    pub(super) attention_output: &'static str,
    pub(super) attention_norm: &'static str,
    pub(super) widen: &'static str,
    pub(super) narrow: &'static str,
    pub(super) output_norm: &'static str,
    pub(super) head: &'static str,
}

const BERT: Names = Names {
    root: "bert",
    words: "embeddings.word_embeddings",
    positions: "embeddings.position_embeddings",
    token_types: Some("embeddings.token_type_embeddings"),
    embedding_norm: "embeddings.LayerNorm",
    projection: None,
    widens_first: false,
    layer: "encoder.layer",
    query: "attention.self.query",
    key: "attention.self.key",
    value: "attention.self.value",
    attention_output: "attention.output.dense",
    attention_norm: "attention.output.LayerNorm",
    widen: "intermediate.dense",
    narrow: "output.dense",
    output_norm: "output.LayerNorm",
    head: "classifier",
};

const ROBERTA: Names = Names { root: "roberta", ..BERT };

const ELECTRA: Names = Names { root: "electra", projection: Some("embeddings_project"), ..BERT };

const DEBERTA: Names = Names {
    root: "deberta",
    projection: Some("embeddings.embed_proj"),
    widens_first: true,
    query: "attention.self.query_proj",
    key: "attention.self.key_proj",
    value: "attention.self.value_proj",
    ..BERT
};

const DISTILBERT: Names = Names {
    root: "distilbert",
    token_types: None,
    layer: "transformer.layer",
    query: "attention.q_lin",
    key: "attention.k_lin",
    value: "attention.v_lin",
    attention_output: "attention.out_lin",
    attention_norm: "sa_layer_norm",
    widen: "ffn.lin1",
    narrow: "ffn.lin2",
    output_norm: "output_layer_norm",
    ..BERT
};

impl Architecture {
    /// Each with its `model_type`.
    const ALL: [(&'static str, Self); 6] = [
        ("bert", Self::Bert),
        ("distilbert", Self::DistilBert),
        ("roberta", Self::Roberta),
        ("xlm-roberta", Self::XlmRoberta),
        ("electra", Self::Electra),
        ("deberta-v2", Self::DebertaV2),
    ];

    /// The architecture that `config.json` calls `model_type`.
    ///
    /// # Errors
    ///
    /// Fails on any other; the message names it and those that run.
    pub(crate) fn parse(model_type: &str) -> Result<Self, Error> {
        if let Some((_, architecture)) = Self::ALL.iter().find(|(name, _)| *name == model_type) {
            return Ok(*architecture);
        }
        let expected = "\"bert\", \"distilbert\", \"roberta\", \"xlm-roberta\", \"electra\" or \"deberta-v2\"";
        Err(Error::new(ErrorKind::Unsupported, "model_type", expected, format!("{model_type:?}")))
    }

    /// What it calls its tensors.
    pub(super) fn names(self) -> &'static Names {
        match self {
            Self::Bert => &BERT,
            Self::DistilBert => &DISTILBERT,
            Self::Roberta | Self::XlmRoberta => &ROBERTA,
            Self::Electra => &ELECTRA,
            Self::DebertaV2 => &DEBERTA,
        }
    }

    /// The row of the position table that the first token of a sequence gets.
    pub(super) fn first_position(self, padding: usize) -> usize {
        match self {
            Self::Roberta | Self::XlmRoberta => padding.saturating_add(1),
            Self::Bert | Self::DistilBert | Self::Electra | Self::DebertaV2 => 0,
        }
    }
}

impl Names {
    /// The whole name of a part outside the layers.
    pub(super) fn whole(&self, part: &str) -> String {
        format!("{}.{part}", self.root)
    }

    /// The whole name of a part of layer `i`.
    pub(super) fn of_layer(&self, i: usize, part: &str) -> String {
        format!("{}.{}.{i}.{part}", self.root, self.layer)
    }

    /// The parts of a layer.
    pub(super) fn layer_parts(&self) -> [&'static str; 8] {
        [
            self.query,
            self.key,
            self.value,
            self.attention_output,
            self.attention_norm,
            self.widen,
            self.narrow,
            self.output_norm,
        ]
    }
}
