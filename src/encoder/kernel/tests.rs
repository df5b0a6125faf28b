//! Every kernel against a twin in plain safe code, at every tail.

use super::{Finish, HeadScratch, Kernels, Norm, Packed};

/// Numbers of -1 to 1 that look random, the same in every run.
fn numbers(seed: u32, count: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 8_388_608.0 - 1.0
    };
    std::iter::repeat_with(next).take(count).collect()
}

fn near(found: &[f32], expected: &[f32], tolerance: f32, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let allowed = tolerance * expected.abs().max(1.0);
        assert!((found - expected).abs() <= allowed, "{what}, {i}: {found}, expected {expected}");
    }
}

/// x · Φ(x) in double precision, Φ by its power series (Marsaglia 2004).
fn gelu(x: f32) -> f32 {
    let x = f64::from(x);
    if x.abs() > 8.0 {
        return x.max(0.0) as f32;
    }
    let density = (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt();
    let (mut term, mut sum) = (x, x);
    for i in 1..200 {
        term *= x * x / f64::from(2 * i + 1);
        sum += term;
    }
    (x * (0.5 + density * sum)) as f32
}

/// (rows, inputs) · (outputs, inputs) turned, row by row.
fn product<X: Copy + Into<f64>, W: Copy + Into<f64>>(x: &[X], weights: &[W], inputs: usize) -> Vec<f64> {
    let dot = |x: &[X], w: &[W]| x.iter().zip(w).map(|(&x, &w)| x.into() * w.into()).sum();
    x.chunks(inputs).flat_map(|x| weights.chunks(inputs).map(move |w| dot(x, w))).collect()
}

/// Rows, inputs and outputs: every tail of a tile, of a step and of a panel.
fn shapes() -> Vec<(usize, usize, usize)> {
    let rows = (1..=20).map(|rows| (rows, 36, 40));
    let inputs = (1..=9).map(|inputs| (5, inputs, 33));
    let outputs = (1..=70).map(|outputs| (3, 12, outputs));
    rows.chain(inputs).chain(outputs).chain([(13, 384, 1536), (2, 1536, 384)]).collect()
}

#[test]
fn products_of_bytes_are_exact_and_the_same_on_every_instruction_set() {
    for (rows, inputs, outputs) in shapes() {
        let weights: Vec<i8> = numbers(1, outputs * inputs).iter().map(|x| (x * 127.9) as i8).collect();
        let x: Vec<i16> = numbers(2, rows * inputs).iter().map(|x| (x * 127.9) as i16).collect(); // one below 128
        // powers of two and whole numbers, so that nothing is rounded after the sums either
        let scales: Vec<f32> = (0..outputs).map(|channel| 0.5_f32.powi(channel as i32 % 3)).collect();
        let bias: Vec<f32> = (0..outputs).map(|channel| (channel % 7) as f32).collect();
        let mut packed = Packed::<i8>::new(outputs, inputs);
        for (channel, row) in weights.chunks(inputs).enumerate() {
            packed.put(channel, row, |weight| weight, scales[channel], bias[channel]);
        }
        let mut bytes = vec![77; rows * packed.steps() * 4]; // what fills a step does not count
        for (bytes, row) in bytes.chunks_mut(packed.steps() * 4).zip(x.chunks(inputs)) {
            bytes.iter_mut().zip(row).for_each(|(byte, x)| *byte = (x + 128) as u8);
        }
        let row_scales: Vec<f32> = (0..rows).map(|row| 0.5_f32.powi(row as i32 % 2)).collect();
        let small: Vec<f32> = row_scales.iter().map(|scale| scale * 1e-5).collect();
        let sums = product(&x, &weights, inputs);
        let expected = |row_scales: &[f32], i: usize| {
            sums[i] as f32 * (scales[i % outputs] * row_scales[i / outputs]) + bias[i % outputs]
        };
        for kernels in Kernels::available() {
            let what = format!("{}: {rows} rows, {inputs} inputs, {outputs} outputs", kernels.name);
            let mut out = vec![f32::NAN; rows * outputs];
            kernels.product_of_bytes(&packed, &bytes, &row_scales, Finish::Linear, &mut out);
            let exact: Vec<f32> = (0..out.len()).map(|i| expected(&row_scales, i)).collect();
            assert_eq!(out, exact, "{what}");
            kernels.product_of_bytes(&packed, &bytes, &small, Finish::Gelu, &mut out);
            let near_to: Vec<f32> = (0..out.len()).map(|i| gelu(expected(&small, i))).collect();
            near(&out, &near_to, 6e-5, &what);
        }
    }
}

#[test]
fn products_of_floats_are_near_the_exact_ones() {
    for (rows, inputs, outputs) in shapes() {
        let (x, weights, bias) = (numbers(1, rows * inputs), numbers(2, outputs * inputs), numbers(3, outputs));
        let mut packed = Packed::<f32>::new(outputs, inputs);
        for (channel, row) in weights.chunks(inputs).enumerate() {
            packed.put(channel, row, |weight| weight, 1.0, bias[channel]);
        }
        let sums = product(&x, &weights, inputs);
        let expected: Vec<f32> = sums.iter().enumerate().map(|(i, sum)| *sum as f32 + bias[i % outputs]).collect();
        for kernels in Kernels::available() {
            let mut out = vec![f32::NAN; rows * outputs];
            kernels.product_of_floats(&packed, &x, &vec![1.0; rows], Finish::Linear, &mut out);
            let what = format!("{}: {rows} rows, {inputs} inputs, {outputs} outputs", kernels.name);
            near(&out, &expected, 2e-5, &what);
            let expected: Vec<f32> = out.iter().map(|&x| gelu(x)).collect();
            kernels.product_of_floats(&packed, &x, &vec![1.0; rows], Finish::Gelu, &mut out);
            near(&out, &expected, 1e-6, &what);
        }
    }
}

#[test]
fn bytes_lie_half_a_step_from_their_floats_at_most() {
    for width in (1..=40).chain([384]) {
        let x = numbers(width as u32, 3 * width);
        let mut reference: Option<Vec<u8>> = None;
        for kernels in Kernels::available() {
            let (mut bytes, mut scales) = (vec![0; 3 * width.next_multiple_of(4)], [0.0; 3]);
            kernels.quantize(&x, &mut bytes, &mut scales);
            for (row, scale) in scales.into_iter().enumerate() {
                let (x, bytes) = (&x[row * width..][..width], &bytes[row * width.next_multiple_of(4)..][..width]);
                for (x, &byte) in x.iter().zip(bytes) {
                    let back = (f32::from(byte) - 128.0) * scale;
                    assert!((back - x).abs() <= 0.501 * scale, "{}, width {width}: {x} as {byte}", kernels.name);
                }
                assert!(bytes.iter().any(|&byte| byte == 1 || byte == 255), "{}, width {width}", kernels.name);
            }
            assert_eq!(*reference.get_or_insert(bytes.clone()), bytes, "{}, width {width}", kernels.name);
        }
    }
}

#[test]
fn a_row_of_zeros_is_bytes_of_128() {
    for kernels in Kernels::available() {
        let (mut bytes, mut scales) = ([0; 20], [f32::NAN]);
        kernels.quantize(&[0.0; 20], &mut bytes, &mut scales);
        assert_eq!(bytes, [128; 20], "{}", kernels.name);
        assert!(scales[0].is_finite());
    }
}

#[test]
fn normalised_rows_have_mean_zero_and_variance_one_before_scale_and_shift() {
    for width in (1..=40).chain([384]) {
        let (x, residual) = (numbers(1, 2 * width), numbers(2, 2 * width));
        let norm = Norm { scale: numbers(3, width), shift: numbers(4, width), epsilon: 1e-5 };
        let mut expected = Vec::new();
        for (x, residual) in x.chunks(width).zip(residual.chunks(width)) {
            let sums: Vec<f64> = x.iter().zip(residual).map(|(x, y)| f64::from(x + y)).collect();
            let mean = sums.iter().sum::<f64>() / width as f64;
            let variance = sums.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / width as f64;
            let inverse = 1.0 / (variance + f64::from(norm.epsilon)).sqrt();
            expected.extend(
                sums.iter()
                    .enumerate()
                    .map(|(i, x)| ((x - mean) * inverse * f64::from(norm.scale[i]) + f64::from(norm.shift[i])) as f32),
            );
        }
        for kernels in Kernels::available() {
            let mut out = x.clone();
            kernels.normalize(&mut out, &residual, &norm);
            near(&out, &expected, 1e-4, &format!("{}, width {width}", kernels.name));
        }
    }
}

/// softmax(Q Kᵀ) V as the formula has it.
fn attention(qkv: &[f32], hidden: usize, head: usize) -> Vec<f32> {
    let rows: Vec<&[f32]> = qkv.chunks(3 * hidden).collect();
    let mut out = Vec::new();
    for query in &rows {
        for column in 0..hidden {
            let first = column / head * head;
            let score = |key: &&[f32]| (first..first + head).map(|i| query[i] * key[hidden + i]).sum::<f32>();
            let weights: Vec<f64> = rows.iter().map(|key| f64::from(score(key)).exp()).collect();
            let mixed: f64 = rows.iter().zip(&weights).map(|(row, w)| w * f64::from(row[2 * hidden + column])).sum();
            out.push((mixed / weights.iter().sum::<f64>()) as f32);
        }
    }
    out
}

#[test]
fn attention_is_near_its_formula_for_every_length_and_head() {
    let lengths = (1..=36).map(|tokens| (tokens, 24, 8));
    let heads = [(7, 12, 1), (7, 12, 3), (9, 40, 20), (5, 34, 17), (35, 96, 32), (3, 128, 64)];
    let mut scratch = HeadScratch::default(); // of one shape after another, as in use
    for (tokens, hidden, head) in lengths.chain(heads) {
        let qkv: Vec<f32> = numbers(tokens as u32, tokens * 3 * hidden).iter().map(|x| 3.0 * x).collect();
        let expected = attention(&qkv, hidden, head);
        for kernels in Kernels::available() {
            let mut context = vec![f32::NAN; tokens * hidden];
            kernels.attend(&qkv, hidden, head, &mut context, &mut scratch);
            near(
                &context,
                &expected,
                1e-5,
                &format!("{}: {tokens} tokens, {hidden} hidden, {head} head", kernels.name),
            );
        }
    }
}

#[test]
fn an_unknown_instruction_set_is_an_error() {
    let message = Kernels::named("mmx").unwrap_err().to_string();
    assert!(
        message.starts_with("ATTACHE_ISA: expected one of ") && message.ends_with("scalar, found mmx"),
        "{message}"
    );
    assert_eq!(Kernels::named("scalar").unwrap().name, "scalar");
}
