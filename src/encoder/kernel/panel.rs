//! Weights laid out as the products read them: panels of 32 columns, one after the other, each in steps along the rows
//! of the activations.

use super::simd::LANES;

/// How many columns (output channels) a panel holds.
pub(crate) const WIDTH: usize = 2 * LANES;

/// Four weights of each column of a panel: (2, 16 columns, 4).
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct Int8Step(pub(crate) [[i8; 4 * LANES]; 2]);

/// One weight of each column of a panel: (2, 16 columns).
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct F32Step(pub(crate) [[f32; LANES]; 2]);

/// What a panel's columns need beside the int8 products.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct Columns {
    pub(crate) scales: [[f32; LANES]; 2],
    pub(crate) bias: [[f32; LANES]; 2],
    /// The sum of the column's weights, which the activations' zero is multiplied with.
    pub(crate) sums: [[f32; LANES]; 2],
}

/// An int8 matrix of (inputs, outputs) with one scale for each output, and its bias.
#[derive(Debug)]
pub(crate) struct Int8Panels {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    pub(crate) steps: Vec<Int8Step>,  // (panels, inputs / 4)
    pub(crate) columns: Vec<Columns>, // (panels)
}

/// An f32 matrix of (inputs, outputs) and its bias.
#[derive(Debug)]
pub(crate) struct F32Panels {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    pub(crate) steps: Vec<F32Step>, // (panels, inputs)
    pub(crate) bias: Vec<F32Step>,  // (panels)
}

impl Int8Panels {
    /// Panels of zeros, to be filled by [`set_column`](Self::set_column). `inputs` is a multiple of four.
    pub(crate) fn new(inputs: usize, outputs: usize) -> Self {
        assert!(inputs.is_multiple_of(4), "int8 products take four values at once");
        let panels = outputs.div_ceil(WIDTH);
        let column = Columns { scales: [[0.0; LANES]; 2], bias: [[0.0; LANES]; 2], sums: [[0.0; LANES]; 2] };
        let steps = vec![Int8Step([[0; 4 * LANES]; 2]); panels * inputs / 4];
        Self { inputs, outputs, steps, columns: vec![column; panels] }
    }

    /// Sets the weights of one output: bytes that are i8, and what they are multiplied with.
    pub(crate) fn set_column(&mut self, column: usize, weights: &[u8], scale: f32, bias: f32) {
        assert!(weights.len() == self.inputs && column < self.outputs, "the matrix has this shape");
        let (panel, half, lane) = (column / WIDTH, column % WIDTH / LANES, column % LANES);
        let steps = &mut self.steps[panel * self.inputs / 4..][..self.inputs / 4];
        let (fours, _) = weights.as_chunks::<4>();
        let mut sum = 0;
        for (step, four) in steps.iter_mut().zip(fours) {
            let four = four.map(|byte| byte as i8);
            step.0[half][4 * lane..][..4].copy_from_slice(&four);
            sum += four.iter().map(|&weight| i32::from(weight)).sum::<i32>();
        }
        let columns = &mut self.columns[panel];
        columns.scales[half][lane] = scale;
        columns.bias[half][lane] = bias;
        columns.sums[half][lane] = sum as f32; // exact: rows are far shorter than 2²⁴ / 128
    }
}

impl F32Panels {
    /// Panels of zeros, to be filled by [`set_column`](Self::set_column).
    pub(crate) fn new(inputs: usize, outputs: usize) -> Self {
        let (panels, zero) = (outputs.div_ceil(WIDTH), F32Step([[0.0; LANES]; 2]));
        Self { inputs, outputs, steps: vec![zero; panels * inputs], bias: vec![zero; panels] }
    }

    /// Sets the weights of one output.
    pub(crate) fn set_column(&mut self, column: usize, weights: &[f32], bias: f32) {
        assert!(weights.len() == self.inputs && column < self.outputs, "the matrix has this shape");
        let (panel, half, lane) = (column / WIDTH, column % WIDTH / LANES, column % LANES);
        let steps = &mut self.steps[panel * self.inputs..][..self.inputs];
        for (step, &weight) in steps.iter_mut().zip(weights) {
            step.0[half][lane] = weight;
        }
        self.bias[panel].0[half][lane] = bias;
    }
}
