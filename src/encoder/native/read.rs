//! The native encoder from the tensors of a file.

use super::{Convolution, Layer, Layouts, NativeEncoder};
use crate::encoder::architecture::Names;
use crate::encoder::config::EncoderConfig;
use crate::encoder::disentangled::{self, Relative};
use crate::encoder::kernel::{After, DistancePanels, Isa, Norm, Normalise};
use crate::encoder::linear::{Inputs, Layout, Linear, Precision};
use crate::encoder::weights::{Matrix, Tensors, Weights};
use crate::error::{Error, ErrorKind};

/// Products of 255 · 127 summed over a wider row would overflow an i32.
const MAX_WIDTH: usize = 1 << 16;

impl NativeEncoder {
    /// Reads the network that `config` describes from `weights`.
    ///
    /// # Errors
    ///
    /// Fails where tensors are missing (all are listed), or have another shape or type than they should, and where
    /// `ATTACHE_ISA` asks for kernels that this processor does not have.
    pub(crate) fn load(config: &EncoderConfig, weights: &Weights, precision: Precision) -> Result<Self, Error> {
        let isa = Isa::choose()?;
        check_widths(config)?;
        let (tensors, names) = (weights.tensors(), config.architecture.names());
        tensors.require(&tensor_names(config))?;
        let layouts = Layouts::of(config);
        let rows = |part: Option<&str>, rows| {
            let Some(part) = part.filter(|_| rows > 0) else { return Ok(vec![0.0; layouts.embedding.width()]) };
            let table = weights.table(&format!("{}.weight", names.whole(part)), rows, config.embedding_size())?;
            Ok::<_, Error>(all_rows(&table, rows, layouts.embedding))
        };
        let words = format!("{}.weight", names.whole(names.words));
        let before_first = config.first_position() * layouts.embedding.width();
        let reader = Reader { tensors, config, names, precision, layouts, isa };
        let distances = reader.distances()?;
        Ok(Self {
            isa,
            words: weights.table(&words, config.vocab_size, config.embedding_size())?,
            positions: rows(Some(names.positions), config.positions())?.split_off(before_first),
            types: rows(names.token_types, config.token_types())?,
            embedding_norm: reader.norm(
                &names.whole(names.embedding_norm),
                if names.widens_first { layouts.hidden } else { layouts.embedding },
            )?,
            projection: reader.projection()?,
            convolution: reader.convolution()?,
            layers: (0..config.num_hidden_layers)
                .map(|i| reader.layer(i, distances.as_deref()))
                .collect::<Result<_, _>>()?,
            // The head is small: bytes would save nothing.
            classifier: Reader { precision: Precision::F32, ..reader }.linear(
                names.head,
                Layout::dense(config.label_count()),
                layouts.hidden,
            )?,
            layouts,
            config: config.clone(),
        })
    }
}

/// Fails where a row is so wide that its products overflow.
fn check_widths(config: &EncoderConfig) -> Result<(), Error> {
    let widths = [
        ("config.json: hidden_size", Layouts::of(config).heads.width()),
        ("config.json: intermediate_size", config.intermediate_size),
        ("config.json: embedding_size", config.embedding_size()),
    ];
    for (place, width) in widths {
        if MAX_WIDTH < width {
            let expected = format!("{MAX_WIDTH} at most, each head in whole sixteens");
            return Err(Error::new(ErrorKind::Unsupported, place, expected, width.to_string()));
        }
    }
    Ok(())
}

/// A small table as floats.
fn all_rows(table: &Matrix<'_>, rows: usize, layout: Layout) -> Vec<f32> {
    let mut values = vec![0.0; rows * layout.width()];
    for (row, values) in values.chunks_exact_mut(layout.width()).enumerate() {
        table.read_row(row, &mut values[..layout.values]);
    }
    values
}

/// The names of all tensors that the network needs.
fn tensor_names(config: &EncoderConfig) -> Vec<String> {
    let names = config.architecture.names();
    let positions = Some(names.positions).filter(|_| config.positions() > 0);
    let token_types = names.token_types.filter(|_| config.token_types() > 0);
    let mut tables = vec![Some(names.words), positions, token_types];
    let mut parts = vec![names.whole(names.embedding_norm), names.head.to_owned()];
    match names.projection.filter(|_| config.has_projection()) {
        part if names.widens_first => tables.push(part), // no bias
        part => parts.extend(part.map(|part| names.whole(part))),
    }
    let mut of_layers = names.layer_parts().to_vec();
    if let Some(disentangled) = &config.disentangled {
        tables.push(disentangled.relative.as_ref().map(|_| disentangled::TABLE));
        parts.extend(disentangled.parts().map(|part| names.whole(part)));
        of_layers.extend(disentangled.relative.iter().flat_map(|relative| relative.own_projections(names)));
    }
    for i in 0..config.num_hidden_layers {
        parts.extend(of_layers.iter().map(|part| names.of_layer(i, part)));
    }
    let tables = tables.into_iter().flatten().map(|table| format!("{}.weight", names.whole(table)));
    tables.chain(parts.iter().flat_map(|part| [format!("{part}.weight"), format!("{part}.bias")])).collect()
}

/// Reads the parts of the network.
struct Reader<'a> {
    tensors: Tensors<'a>,
    config: &'a EncoderConfig,
    names: &'static Names,
    precision: Precision,
    layouts: Layouts,
    isa: Isa,
}

impl Reader<'_> {
    fn projection(&self) -> Result<Option<Linear>, Error> {
        let (Layouts { embedding, hidden, .. }, names) = (self.layouts, self.names);
        let Some(part) = names.projection.filter(|_| self.config.has_projection()) else { return Ok(None) };
        if !names.widens_first {
            return self.linear(&names.whole(part), hidden, embedding).map(Some);
        }
        let matrix = self.tensors.matrix(&format!("{}.weight", names.whole(part)), hidden.values, embedding.values)?;
        let mut linear = Linear::new(self.precision, hidden.width(), embedding.width());
        linear.put(0, &matrix, &vec![0.0; hidden.values], 1.0, [hidden, embedding]);
        Ok(Some(linear))
    }

    /// The table of distances, normalised where it is to be: (rows, hidden).
    fn distances(&self) -> Result<Option<Vec<f32>>, Error> {
        let (layout, names) = (self.layouts.hidden, self.names);
        let Some(relative) = self.relative() else { return Ok(None) };
        let rows = relative.distances.rows();
        let table = format!("{}.weight", names.whole(disentangled::TABLE));
        let mut values = all_rows(&self.tensors.matrix(&table, rows, layout.values)?, rows, layout);
        if relative.is_normalised {
            let norm = self.norm(&names.whole(disentangled::NORM), layout)?;
            self.isa.run(Normalise { rows: &mut values, norm: &norm });
        }
        Ok(Some(values))
    }

    fn relative(&self) -> Option<&Relative> {
        self.config.disentangled.as_ref()?.relative.as_ref()
    }

    /// The table of distances through the product of that name of a layer, in floats.
    fn distance_panels(&self, name: &str, factor: f32, distances: &[f32]) -> Result<DistancePanels, Error> {
        let Layouts { hidden, heads, .. } = self.layouts;
        let mut linear = Linear::new(Precision::F32, heads.width(), hidden.width());
        self.put(&mut linear, 0, name, [heads, hidden], factor)?;
        let mut values = vec![0.0; distances.len() / hidden.width() * heads.width()]; // (rows, heads)
        linear.apply(self.isa, distances, &mut Inputs::default(), After::Store, &mut values);
        Ok(DistancePanels::new(&values, heads.width(), self.config.num_attention_heads))
    }

    fn convolution(&self) -> Result<Option<Convolution>, Error> {
        let (hidden, names) = (self.layouts.hidden, self.names);
        let Some(shape) = self.config.disentangled.as_ref().and_then(|it| it.convolution) else { return Ok(None) };
        let (width, tokens) = (hidden.values, shape.tokens);
        let [name, norm] = disentangled::CONVOLUTION.map(|part| names.whole(part));
        let stored = self.tensors.floats(&format!("{name}.weight"), &[width, width, tokens])?; // (out, in, tokens)
        let mut values = Vec::with_capacity(stored.len()); // (out, tokens, in)
        for output in stored.chunks_exact(width * tokens) {
            values.extend((0..tokens).flat_map(|token| output.iter().skip(token).step_by(tokens)));
        }
        let bias = self.tensors.vector(&format!("{name}.bias"), width)?;
        let seen = Layout::of(tokens * width, width);
        let mut weights = Linear::new(self.precision, hidden.width(), seen.width());
        weights.put(0, &Matrix::Full(values), &bias, 1.0, [hidden, seen]);
        Ok(Some(Convolution { tokens, weights, activation: shape.activation, norm: self.norm(&norm, hidden)? }))
    }

    /// A layer; `distances` is the table of distances.
    fn layer(&self, i: usize, distances: Option<&[f32]>) -> Result<Layer, Error> {
        let (Layouts { hidden, heads, intermediate, .. }, names) = (self.layouts, self.names);
        let name = |part: &str| names.of_layer(i, part);
        let panels = |part: Option<&str>, factor| match part.zip(distances) {
            Some((part, distances)) => self.distance_panels(&name(part), factor, distances).map(Some),
            None => Ok(None),
        };
        let [distance_keys, distance_queries] = self.relative().map_or([None; 2], |it| it.projections(names));
        Ok(Layer {
            qkv: self.qkv(i)?,
            distance_keys: panels(distance_keys, 1.0)?,
            distance_queries: panels(distance_queries, self.config.score_scale())?,
            output: self.linear(&name(names.attention_output), hidden, heads)?,
            attention_norm: self.norm(&name(names.attention_norm), hidden)?,
            widen: self.linear(&name(names.widen), intermediate, hidden)?,
            narrow: self.linear(&name(names.narrow), hidden, intermediate)?,
            output_norm: self.norm(&name(names.output_norm), hidden)?,
        })
    }

    /// Query, key and value as one product, the query scaled by 1/√head.
    fn qkv(&self, layer: usize) -> Result<Linear, Error> {
        let (Layouts { hidden, heads, .. }, names) = (self.layouts, self.names);
        let scale = self.config.score_scale();
        let mut all = Linear::new(self.precision, 3 * heads.width(), hidden.width());
        for (i, (part, factor)) in [(names.query, scale), (names.key, 1.0), (names.value, 1.0)].into_iter().enumerate()
        {
            self.put(&mut all, i * heads.width(), &names.of_layer(layer, part), [heads, hidden], factor)?;
        }
        Ok(all)
    }

    fn linear(&self, name: &str, outputs: Layout, inputs: Layout) -> Result<Linear, Error> {
        let mut linear = Linear::new(self.precision, outputs.width(), inputs.width());
        self.put(&mut linear, 0, name, [outputs, inputs], 1.0)?;
        Ok(linear)
    }

    fn put(
        &self,
        linear: &mut Linear,
        first: usize,
        name: &str,
        shape: [Layout; 2], // outputs, inputs
        factor: f32,
    ) -> Result<(), Error> {
        let matrix = self.tensors.matrix(&format!("{name}.weight"), shape[0].values, shape[1].values)?;
        let bias = self.tensors.vector(&format!("{name}.bias"), shape[0].values)?;
        linear.put(first, &matrix, &bias, factor, shape);
        Ok(())
    }

    fn norm(&self, name: &str, layout: Layout) -> Result<Norm, Error> {
        let epsilon = self.config.layer_norm_eps;
        let vector = |part: &str| {
            let values = self.tensors.vector(&format!("{name}.{part}"), layout.values)?;
            Ok::<_, Error>(layout.spread(&values).into_owned())
        };
        Ok(Norm { scale: vector("weight")?, shift: vector("bias")?, width: layout.values, epsilon })
    }
}

#[cfg(all(test, feature = "embedded-model"))]
mod tests {
    use super::*;

    #[test]
    fn widths_whose_sums_overflow_are_named() {
        let mut config = EncoderConfig::parse(include_bytes!("../../../models/attache-small/config.json")).unwrap();
        config.hidden_size = 1 << 16;
        config.num_attention_heads = 1 << 16;
        let message = |config: &EncoderConfig| check_widths(config).unwrap_err().to_string();
        assert_eq!(
            message(&config),
            "config.json: hidden_size: expected 65536 at most, each head in whole sixteens, found 1048576"
        );
        (config.hidden_size, config.num_attention_heads, config.intermediate_size) = (384, 12, 1 << 17);
        assert_eq!(
            message(&config),
            "config.json: intermediate_size: expected 65536 at most, each head in whole sixteens, found 131072"
        );
    }
}
