//! What sets DeBERTa apart (He et al. 2021): a token's content and its place are not added up once, but meet in each
//! layer's attention, where a score is the sum of content with content, content with distance and distance with content.

use serde::Deserialize;

use super::EncoderConfig;
use super::architecture::Names;
use super::config::activation;
use super::kernel::Activation;
use crate::error::{Error, ErrorKind};

/// The part of a network's shape that only DeBERTa has.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Disentangled {
    /// Whether positions are added to the embeddings all the same.
    pub(crate) adds_positions: bool,
    /// How many terms a score is meant to have; it is divided by the root of so many times the head's width.
    pub(crate) terms: usize,
    pub(crate) relative: Option<Relative>,
    pub(crate) convolution: Option<Convolution>,
}

/// Attention by distances.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Relative {
    /// Whether queries meet the keys of distances, `c2p`.
    pub(crate) content_to_position: bool,
    /// Whether keys meet the queries of distances, `p2c`.
    pub(crate) position_to_content: bool,
    /// Whether distances have the queries and keys of contents, or products of their own.
    pub(crate) shares_projections: bool,
    /// Whether the table of distances is normalised before all else.
    pub(crate) is_normalised: bool,
    pub(crate) distances: Distances,
}

/// Which row of the table of distances stands for which distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Distances {
    /// The row of distance 0, and half of the rows.
    span: usize,
    /// Buckets for each direction, half of them as wide as one token and the rest ever wider; none of them, 0.
    buckets: usize,
    /// The distance whose bucket is the last.
    longest: usize,
}

/// The convolution over tokens beside the first layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Convolution {
    /// Tokens that it sees at once, its own in their middle.
    pub(crate) tokens: usize,
    pub(crate) activation: Activation,
}

/// The table of distances,
pub(super) const TABLE: &str = "encoder.rel_embeddings";
/// its layer normalisation,
pub(super) const NORM: &str = "encoder.LayerNorm";
/// the convolution and its layer normalisation.
pub(super) const CONVOLUTION: [&str; 2] = ["encoder.conv.conv", "encoder.conv.LayerNorm"];

/// What makes keys and queries of distances in each layer, where those of contents do not.
const OWN_PROJECTIONS: [&str; 2] = ["attention.self.pos_key_proj", "attention.self.pos_query_proj"];

/// The fields of `config.json`.
#[derive(Deserialize)]
pub(super) struct Fields {
    #[serde(default)]
    relative_attention: bool,
    #[serde(default)]
    share_att_key: bool,
    position_biased_input: Option<bool>,
    pos_att_type: Option<Terms>,
    position_buckets: Option<i64>,
    max_relative_positions: Option<i64>,
    norm_rel_ebd: Option<String>,
    conv_kernel_size: Option<i64>,
    conv_groups: Option<i64>,
    conv_act: Option<String>,
}

/// `["c2p", "p2c"]` or `"c2p|p2c"`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Terms {
    List(Vec<String>),
    Line(String),
}

impl Terms {
    fn has(&self, term: &str) -> bool {
        match self {
            Self::List(terms) => terms.iter().any(|it| it == term),
            Self::Line(line) => line.to_lowercase().split('|').any(|it| it.trim() == term),
        }
    }
}

impl Disentangled {
    /// Reads and checks the fields of a network whose sizes are those of `config`.
    ///
    /// # Errors
    ///
    /// Fails on buckets that no formula gives, and on a convolution that does not run here.
    pub(super) fn parse(fields: Fields, config: &EncoderConfig) -> Result<Self, Error> {
        let has = |term| fields.pos_att_type.as_ref().is_some_and(|terms| terms.has(term));
        let (content_to_position, position_to_content) = (has("c2p"), has("p2c"));
        let is_relative = fields.relative_attention && (content_to_position || position_to_content);
        let norms = fields.norm_rel_ebd.as_deref().unwrap_or_default().to_lowercase();
        let relative = Relative {
            content_to_position,
            position_to_content,
            shares_projections: fields.share_att_key,
            is_normalised: norms.split('|').any(|norm| norm.trim() == "layer_norm"),
            distances: Distances::new(fields.position_buckets, fields.max_relative_positions, config)?,
        };
        Ok(Self {
            adds_positions: fields.position_biased_input.unwrap_or(true),
            terms: 1 + usize::from(content_to_position) + usize::from(position_to_content),
            relative: is_relative.then_some(relative),
            convolution: Convolution::parse(&fields)?,
        })
    }
}

impl Disentangled {
    /// The parts outside the layers that have a weight and a bias.
    pub(super) fn parts(&self) -> impl Iterator<Item = &'static str> {
        let norm = self.relative.as_ref().filter(|relative| relative.is_normalised).map(|_| NORM);
        norm.into_iter().chain(self.convolution.iter().flat_map(|_| CONVOLUTION))
    }
}

impl Relative {
    /// What makes the keys and the queries of distances in each layer, as far as they are needed.
    pub(super) fn projections(&self, names: &Names) -> [Option<&'static str>; 2] {
        let [key, query] = if self.shares_projections { [names.key, names.query] } else { OWN_PROJECTIONS };
        [Some(key).filter(|_| self.content_to_position), Some(query).filter(|_| self.position_to_content)]
    }

    /// Those of them that contents do not have.
    pub(super) fn own_projections(&self, names: &Names) -> impl Iterator<Item = &'static str> {
        self.projections(names).into_iter().flatten().filter(|_| !self.shares_projections)
    }
}

impl Convolution {
    fn parse(fields: &Fields) -> Result<Option<Self>, Error> {
        let fail =
            |place, expected: &str, found: String| Err(Error::new(ErrorKind::Unsupported, place, expected, found));
        let tokens = fields.conv_kernel_size.unwrap_or(0);
        if tokens <= 0 {
            return Ok(None);
        }
        if tokens > 15 || tokens % 2 == 0 {
            return fail("conv_kernel_size", "0 or an odd number up to 15", tokens.to_string());
        }
        if let Some(groups) = fields.conv_groups.filter(|groups| *groups != 1) {
            return fail("conv_groups", "1", groups.to_string());
        }
        let activation = activation("conv_act", fields.conv_act.as_deref().unwrap_or("tanh"))?;
        Ok(Some(Self { tokens: tokens as usize, activation }))
    }
}

impl Distances {
    fn new(buckets: Option<i64>, longest: Option<i64>, config: &EncoderConfig) -> Result<Self, Error> {
        let positive = |size: Option<i64>| size.and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
        let buckets = positive(buckets);
        let longest = match positive(longest) {
            0 => config.max_position_embeddings,
            longest => longest,
        };
        let distances = Self { span: if buckets > 0 { buckets } else { longest }, buckets, longest };
        for (place, size) in [("position_buckets", buckets), ("max_relative_positions", longest)] {
            if size > 1 << 20 {
                return Err(Error::new(ErrorKind::Format, place, "1048576 at most", size.to_string()));
            }
        }
        // The formula divides by the middle and by the logarithm of how far beyond it the longest distance lies.
        let reaches_beyond = config.max_position_embeddings > distances.middle() + 1;
        if buckets == 1 || buckets > 0 && reaches_beyond && longest <= distances.middle() + 1 {
            let expected = format!("2 or more, and at most {}", 2 * longest.saturating_sub(2) + 1);
            return Err(Error::new(ErrorKind::Format, "position_buckets", expected, buckets.to_string()));
        }
        Ok(distances)
    }

    /// The rows of the table.
    pub(crate) fn rows(self) -> usize {
        2 * self.span
    }

    fn middle(self) -> usize {
        self.buckets / 2
    }

    /// The row of the distance from a key to its query, counted in tokens; that of the farthest for those beyond.
    pub(crate) fn row(self, distance: isize) -> usize {
        let bucket = self.bucket(distance.unsigned_abs()) as isize * distance.signum();
        (self.span as isize + bucket).clamp(0, 2 * self.span as isize - 1) as usize
    }

    /// The rows of the distances of a sequence, from 1 − `tokens` to `tokens` − 1.
    pub(crate) fn rows_of(self, tokens: usize) -> impl DoubleEndedIterator<Item = usize> {
        let last = tokens as isize - 1;
        (-last..=last).map(move |distance| self.row(distance))
    }

    /// In f32 and in this order, as the reference has it.
    fn bucket(self, distance: usize) -> usize {
        let middle = self.middle();
        if self.buckets == 0 || distance <= middle {
            return distance;
        }
        let logarithm = |of: f32| (of / middle as f32).ln();
        let part = logarithm(distance as f32) / logarithm((self.longest - 1) as f32);
        (part * (middle - 1) as f32).ceil() as usize + middle
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(fields: &str) -> Result<EncoderConfig, Error> {
        let rest = r#""model_type": "deberta-v2", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
            "intermediate_size": 16, "vocab_size": 10, "max_position_embeddings": 512, "hidden_act": "gelu",
            "layer_norm_eps": 1e-7, "id2label": {"0": "O"}"#;
        EncoderConfig::parse(format!("{{{rest}{fields}}}").as_bytes())
    }

    fn disentangled(fields: &str) -> Disentangled {
        config(fields).unwrap().disentangled.unwrap()
    }

    #[test]
    fn terms_are_read_from_a_list_and_from_a_line() {
        for terms in [r#"["p2c", "c2p"]"#, r#""p2c|c2p""#, r#"" C2P | p2c""#] {
            let found = disentangled(&format!(r#", "relative_attention": true, "pos_att_type": {terms}"#));
            let relative = found.relative.unwrap();
            assert!(relative.content_to_position && relative.position_to_content && found.terms == 3, "{terms}");
        }
        let found = disentangled(r#", "relative_attention": true, "pos_att_type": ["p2c"]"#);
        assert!(!found.relative.unwrap().content_to_position && found.terms == 2);
        // What the reference makes of it: no distances, and yet their share of the scale.
        let found = disentangled(r#", "pos_att_type": ["p2c", "c2p"]"#);
        assert_eq!((found.relative, found.terms, found.adds_positions), (None, 3, true));
        assert_eq!(config("").unwrap().token_types(), 0);
    }

    #[test]
    fn near_distances_have_rows_of_their_own_and_far_ones_share_theirs() {
        let near = Distances { span: 4, buckets: 0, longest: 4 };
        assert_eq!(near.rows_of(6).collect::<Vec<_>>(), [0, 0, 1, 2, 3, 4, 5, 6, 7, 7, 7]);
        // make_log_bucket_position(torch.arange(32), 8, 32) of transformers 5.24.
        let far = Distances { span: 8, buckets: 8, longest: 32 };
        let expected = [[0, 1, 2, 3, 4, 5, 5, 5].as_slice(), &[6; 8], &[7; 16]].concat();
        assert_eq!((0..32).map(|distance| far.row(distance) - 8).collect::<Vec<_>>(), expected);
        assert!((0..32).all(|distance| far.row(-distance) == 8 - expected[distance as usize]));
        assert_eq!((far.row(400), far.row(-400)), (15, 0));
    }

    #[test]
    fn what_does_not_run_is_named() {
        let message = |fields: &str| config(fields).unwrap_err().to_string();
        assert_eq!(
            message(r#", "position_buckets": 64, "max_relative_positions": 20"#),
            "position_buckets: expected 2 or more, and at most 37, found 64"
        );
        assert_eq!(
            message(r#", "conv_kernel_size": 4"#),
            "conv_kernel_size: expected 0 or an odd number up to 15, found 4"
        );
        assert_eq!(message(r#", "conv_kernel_size": 3, "conv_groups": 2"#), "conv_groups: expected 1, found 2");
        assert_eq!(
            message(r#", "conv_kernel_size": 3, "conv_act": "silu""#),
            "conv_act: expected \"gelu\", \"gelu_new\", \"relu\" or \"tanh\", found \"silu\""
        );
    }
}
