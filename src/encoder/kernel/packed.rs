//! A weight matrix in the order in which the product reads it.

/// The channels of a panel.
pub(super) const PANEL: usize = 32;

/// A weight, and how many inputs the product takes in one step.
pub(crate) trait Weight: Copy + Default {
    /// The weights of one channel in one step.
    type Group: Copy + Default + AsMut<[Self]>;
    /// The inputs of a step.
    const STEP: usize;
    /// What the weight adds to its channel's correction.
    fn correction(self) -> i32;
}

impl Weight for i8 {
    type Group = [i8; 4];
    const STEP: usize = 4;

    // Inputs lie 128 above their values.
    fn correction(self) -> i32 {
        -128 * i32::from(self)
    }
}

impl Weight for f32 {
    type Group = [f32; 1];
    const STEP: usize = 1;

    fn correction(self) -> i32 {
        0
    }
}

/// The weights of all channels of a panel in one step, at the start of a cache line.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
struct Step<G>([G; PANEL]);

/// A weight matrix in panels of 32 channels, the last filled up with zeros; scale, bias and correction of each channel.
#[derive(Debug)]
pub(crate) struct Packed<W: Weight> {
    panels: Vec<Step<W::Group>>,      // (panels, steps, 32, step)
    pub(super) scales: Vec<f32>,      // (panels · 32)
    pub(super) bias: Vec<f32>,        // (panels · 32)
    pub(super) corrections: Vec<i32>, // (panels · 32)
    pub(super) outputs: usize,
    inputs: usize,
}

impl<W: Weight> Packed<W> {
    /// A matrix of zeros, to be filled row by row.
    pub(crate) fn new(outputs: usize, inputs: usize) -> Self {
        let (panels, steps) = (outputs.div_ceil(PANEL), inputs.div_ceil(W::STEP));
        let zero = Step([W::Group::default(); PANEL]);
        let channels = panels * PANEL;
        Self {
            panels: vec![zero; panels * steps],
            scales: vec![0.0; channels],
            bias: vec![0.0; channels],
            corrections: vec![0; channels],
            outputs,
            inputs,
        }
    }

    /// The weights of one output channel: `convert` of each value in `row`, times `scale`.
    pub(crate) fn put<T: Copy>(&mut self, channel: usize, row: &[T], convert: impl Fn(T) -> W, scale: f32, bias: f32) {
        assert_eq!(row.len(), self.inputs, "a weight for each input");
        let steps = self.steps();
        let panel = &mut self.panels[channel / PANEL * steps..][..steps];
        for (step, values) in panel.iter_mut().zip(row.chunks(W::STEP)) {
            let group = step.0[channel % PANEL].as_mut();
            group.iter_mut().zip(values).for_each(|(weight, &value)| *weight = convert(value));
        }
        self.corrections[channel] = row.iter().map(|&value| convert(value).correction()).sum();
        self.scales[channel] = scale;
        self.bias[channel] = bias;
    }

    /// The steps from the first input to the last.
    pub(crate) fn steps(&self) -> usize {
        self.inputs.div_ceil(W::STEP)
    }

    pub(crate) fn inputs(&self) -> usize {
        self.inputs
    }

    pub(crate) fn outputs(&self) -> usize {
        self.outputs
    }

    /// Where the weights of `channel` begin in its panel; those of its next step lie 32 groups further.
    pub(super) fn panel(&self, channel: usize) -> *const W {
        let panel = self.panels[channel / PANEL * self.steps()..].as_ptr();
        panel.cast::<W>().wrapping_add(channel % PANEL * W::STEP)
    }
}
