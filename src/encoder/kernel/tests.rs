//! Every kernel on every instruction set against its formula and against plain safe code, at every tail.
//!
//! What is rounded in a written order is compared to the bit.

use super::*;

/// Numbers from -1 to 1 that look random, the same in every run.
fn numbers(seed: u32, count: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 8_388_608.0 - 1.0
    };
    std::iter::repeat_with(next).take(count).collect()
}

fn assert_near(found: &[f32], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (i, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        let allowed = tolerance * expected.abs().max(1.0);
        assert!((f64::from(found) - expected).abs() <= allowed, "{what}, {i}: {found}, expected {expected}");
    }
}

/// What each instruction set writes over the same numbers: the same bits, which are given back.
fn on_all(what: &str, length: usize, run: impl Fn(Isa, &mut [f32])) -> Vec<f32> {
    let written = |isa| {
        let mut output = numbers(9, length);
        run(isa, &mut output);
        output
    };
    let expected = written(Isa::Scalar(scalar::Scalar));
    for isa in Isa::all() {
        let found = written(isa);
        let same = found.iter().zip(&expected).all(|(a, b)| a.to_bits() == b.to_bits());
        assert!(same, "{what} on {}", isa.name());
    }
    expected
}

/// x · Φ(x) in double precision, Φ by its power series (Marsaglia 2004).
fn gelu(x: f32) -> f64 {
    let x = f64::from(x);
    if 8.0 < x.abs() {
        return x.max(0.0);
    }
    let density = (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt();
    let (mut term, mut sum) = (x, x);
    for i in 1..200 {
        term *= x * x / f64::from(2 * i + 1);
        sum += term;
    }
    x * (0.5 + density * sum)
}

/// Rows, inputs and outputs: every tail of a tile, of a step and of a panel.
fn shapes() -> impl Iterator<Item = (usize, usize, usize)> {
    let rows = (0..=25).map(|rows| (rows, 36, 40));
    let inputs = (1..=9).chain(15..=18).chain([31, 32, 33]).map(|fours| (5, 4 * fours, 33));
    let outputs = (1..=70).map(|outputs| (3, 12, outputs));
    let tiles = [15, 16, 17, 31, 32, 33, 40, 47, 48, 49, 63, 64, 65, 81].into_iter();
    let tiles = tiles.flat_map(|rows| [(rows, 64, 33), (rows, 132, 40)]);
    rows.chain(inputs).chain(outputs).chain(tiles).chain([(13, 384, 96), (2, 1536, 40), (37, 384, 32)])
}

/// A product's answers with each thing that may follow it.
fn hold_product(what: &str, expected: &[f32], run: impl Fn(Isa, After, &mut [f32])) {
    let stored = on_all(what, expected.len(), |isa, output| run(isa, After::Store, output));
    assert_eq!(stored, expected, "{what}");
    let added = on_all(what, expected.len(), |isa, output| run(isa, After::Add, output));
    let sums: Vec<f32> = numbers(9, expected.len()).iter().zip(expected).map(|(a, b)| a + b).collect();
    assert_eq!(added, sums, "{what}");
    let found = on_all(what, expected.len(), |isa, output| run(isa, After::Activate(Activation::Gelu), output));
    let exact: Vec<f64> = expected.iter().map(|&x| gelu(x)).collect();
    assert_near(&found, &exact, 3e-7, what);
    let positive = on_all(what, expected.len(), |isa, output| run(isa, After::Activate(Activation::Relu), output));
    assert_eq!(positive, expected.iter().map(|x| x.max(0.0)).collect::<Vec<_>>(), "{what}");
    on_all(what, expected.len(), |isa, output| run(isa, After::Activate(Activation::GeluTanh), output));
    on_all(what, expected.len(), |isa, output| run(isa, After::Activate(Activation::Tanh), output));
}

#[test]
fn products_of_bytes_are_exact_up_to_their_scales() {
    for (rows, inputs, outputs) in shapes() {
        let bytes: Vec<u8> = numbers(1, rows * inputs).iter().map(|x| (127.5 * x + 127.5) as u8).collect();
        let weights: Vec<u8> = numbers(2, outputs * inputs).iter().map(|x| (x * 127.9) as i8 as u8).collect();
        let (scales, bias) = (numbers(3, outputs), numbers(4, outputs));
        let row_scales: Vec<RowScale> =
            numbers(5, rows).iter().map(|x| RowScale { scale: x / 3e4, zero: (127.5 * x + 127.5).trunc() }).collect();
        let mut panels = Int8Panels::new(inputs, outputs);
        for (column, row) in weights.chunks(inputs).enumerate() {
            panels.set_column(column, row, scales[column], bias[column]);
        }
        let mut expected = Vec::new();
        for (row, bytes) in bytes.chunks(inputs).enumerate() {
            for (column, weights) in weights.chunks(inputs).enumerate() {
                let RowScale { scale, zero } = row_scales[row];
                let product = |(&byte, &weight): (&u8, &u8)| i32::from(byte) * i32::from(weight as i8);
                let sum: i32 = bytes.iter().zip(weights).map(product).sum();
                let weight_sum: i32 = weights.iter().map(|&weight| i32::from(weight as i8)).sum();
                let whole = (-zero).mul_add(weight_sum as f32, sum as f32);
                expected.push((whole * scale).mul_add(scales[column], bias[column]));
            }
        }
        let what = format!("bytes: {rows} rows, {inputs} inputs, {outputs} outputs");
        hold_product(&what, &expected, |isa, after, output| {
            isa.run(Int8Product { rows: &bytes, scales: &row_scales, weights: &panels, after, output });
        });
    }
}

#[test]
fn sums_of_the_largest_and_smallest_bytes_do_not_saturate() {
    let (inputs, outputs) = (1536, 32);
    for (byte, weight) in [(255, 127), (255, -128), (0, 127), (0, -128i8), (1, 127), (1, -128)] {
        let mut panels = Int8Panels::new(inputs, outputs);
        let mut weights = [weight as u8; 1536];
        for column in 0..outputs {
            weights[0] = column as u8; // so that not all sums, moved or not, are numbers that an f32 holds
            panels.set_column(column, &weights, 1.0, 0.0);
        }
        let scales = [RowScale { scale: 1.0, zero: 0.0 }];
        let found = on_all("largest", outputs, |isa, output| {
            let rows = &[byte; 1536];
            isa.run(Int8Product { rows, scales: &scales, weights: &panels, after: After::Store, output });
        });
        let sum = |column: usize| i32::from(byte) * (1535 * i32::from(weight) + column as i32);
        assert_eq!(found, std::array::from_fn::<f32, 32, _>(|column| sum(column) as f32));
    }
}

#[test]
fn products_of_floats_are_summed_in_the_order_of_the_inputs() {
    for (rows, inputs, outputs) in shapes() {
        let (x, weights, bias) = (numbers(1, rows * inputs), numbers(2, outputs * inputs), numbers(3, outputs));
        let mut panels = F32Panels::new(inputs, outputs);
        for (column, row) in weights.chunks(inputs).enumerate() {
            panels.set_column(column, row, bias[column]);
        }
        let mut expected = Vec::new();
        for x in x.chunks(inputs) {
            for (weights, bias) in weights.chunks(inputs).zip(&bias) {
                expected.push(x.iter().zip(weights).fold(0.0f32, |sum, (x, weight)| x.mul_add(*weight, sum)) + bias);
            }
        }
        let what = format!("floats: {rows} rows, {inputs} inputs, {outputs} outputs");
        hold_product(&what, &expected, |isa, after, output| {
            isa.run(F32Product { rows: &x, weights: &panels, after, output });
        });
    }
}

#[test]
fn bytes_lie_half_a_step_from_their_floats_at_most() {
    for width in (16..=160).step_by(16) {
        let rows: Vec<f32> = numbers(width as u32, 3 * width).iter().map(|x| 2.0 * x - 1.0).collect();
        let mut twin: Option<(Vec<u8>, [RowScale; 3])> = None;
        for isa in Isa::all() {
            let (mut bytes, mut scales) = (vec![77; 3 * width], [RowScale::default(); 3]);
            isa.run(Quantise { rows: &rows, bytes: &mut bytes, scales: &mut scales });
            for (i, (&byte, &value)) in bytes.iter().zip(&rows).enumerate() {
                let RowScale { scale, zero } = scales[i / width];
                let back = (f32::from(byte) - zero) * scale;
                assert!((back - value).abs() <= 1.01 * scale, "{}, {width}: {value} as {byte}", isa.name());
            }
            assert_eq!(*twin.get_or_insert((bytes.clone(), scales)), (bytes, scales), "{}, {width}", isa.name());
        }
    }
}

#[test]
fn rows_of_zeros_and_rows_of_one_sign_keep_a_scale_and_their_zero() {
    for isa in Isa::all() {
        for (value, zero) in [(0.0, 0.0), (2.0, 0.0), (-2.0, 255.0)] {
            let (mut bytes, mut scales) = ([77; 32], [RowScale::default()]);
            isa.run(Quantise { rows: &[value; 32], bytes: &mut bytes, scales: &mut scales });
            assert_eq!((scales[0].zero, bytes[0]), (zero, if value > 0.0 { 255 } else { 0 }), "{}", isa.name());
            assert!(0.0 < scales[0].scale && scales[0].scale.is_finite());
        }
    }
}

#[test]
fn normalised_rows_have_mean_zero_and_variance_one_before_scale_and_shift() {
    for width in (1usize..=40).chain([160]) {
        let padded = width.next_multiple_of(LANES);
        let vector = |seed| [numbers(seed, width), vec![0.0; padded - width]].concat();
        let norm = Norm { scale: vector(3), shift: vector(4), width, epsilon: 1e-5 };
        let what = format!("norm of {width}");
        let found = on_all(&what, 2 * padded, |isa, rows| {
            rows.chunks_mut(padded).for_each(|row| row[width..].fill(0.0));
            isa.run(Normalise { rows, norm: &norm });
        });
        let (own, beyond): (Vec<&[f32]>, Vec<&[f32]>) = found.chunks(padded).map(|row| row.split_at(width)).unzip();
        assert!(beyond.concat().iter().all(|&x| x == 0.0), "{what}");
        let found = own.concat();
        let mut expected = Vec::new();
        for row in numbers(9, 2 * padded).chunks(padded).map(|row| &row[..width]) {
            let mean = row.iter().map(|&x| f64::from(x)).sum::<f64>() / width as f64;
            let variance = row.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum::<f64>() / width as f64;
            for (i, &x) in row.iter().enumerate() {
                let normal = (f64::from(x) - mean) / (variance + f64::from(norm.epsilon)).sqrt();
                expected.push(normal * f64::from(norm.scale[i]) + f64::from(norm.shift[i]));
            }
        }
        assert_near(&found, &expected, 2e-6, &what);
    }
}

/// The product of two rows of a head.
fn product(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
}

/// softmax(Q Kᵀ + more) V as the formula has it; `more` takes a query, a key, and the columns of their head.
fn attention(
    projected: &[f32],
    hidden: usize,
    head: usize,
    more: impl Fn(usize, usize, std::ops::Range<usize>) -> f64,
) -> Vec<f64> {
    let rows: Vec<&[f32]> = projected.chunks(3 * hidden).collect();
    let mut context = Vec::new();
    for (i, query) in rows.iter().enumerate() {
        for column in 0..hidden {
            let own = column / head * head..(column / head + 1) * head;
            let score = |(j, key): (usize, &&[f32])| {
                product(&query[own.clone()], &key[hidden..][own.clone()]) + more(i, j, own.clone())
            };
            let weights: Vec<f64> = rows.iter().enumerate().map(|row| score(row).exp()).collect();
            let mixed: f64 = rows.iter().zip(&weights).map(|(row, w)| w * f64::from(row[2 * hidden + column])).sum();
            context.push(mixed / weights.iter().sum::<f64>());
        }
    }
    context
}

#[test]
fn attention_is_near_its_formula_for_every_length_and_head() {
    let lengths = (1..=36).map(|tokens| (tokens, 2, 32));
    let scratch = std::cell::RefCell::new(AttentionScratch::default()); // of one shape after another, as in use
    for (tokens, heads, head) in lengths.chain([(7, 3, 16), (35, 1, 48), (19, 2, 64), (50, 1, 80)]) {
        let (hidden, what) = (heads * head, format!("{tokens} tokens, {heads} heads of {head}"));
        let projected: Vec<f32> = numbers(tokens as u32, tokens * 3 * hidden).iter().map(|x| 1.5 * x).collect();
        let found = on_all(&what, tokens * hidden, |isa, context| {
            let scratch = &mut scratch.borrow_mut();
            isa.run(Attention { projected: &projected, heads, hidden, distances: None, scratch, context });
        });
        assert_near(&found, &attention(&projected, hidden, head, |_, _, _| 0.0), 5e-6, &what);
    }
}

/// A table of 50 rows, of which short sequences need a few in the middle and long ones the outermost more than once.
#[test]
fn disentangled_attention_is_near_its_formula_for_every_length_and_term() {
    let (rows, heads, head) = (50, 2, 32);
    let hidden = heads * head;
    let tables = [1, 2].map(|seed| numbers(seed, rows * hidden));
    let panels = tables.each_ref().map(|table| DistancePanels::new(table, hidden, heads));
    let row = |distance: isize| (25 + distance).clamp(0, 49) as usize;
    let scratch = std::cell::RefCell::new(AttentionScratch::default());
    for (tokens, terms) in (1..=40).map(|tokens| (tokens, [true; 2])).chain([(33, [true, false]), (33, [false, true])])
    {
        let what = format!("{tokens} tokens, {terms:?}");
        let projected = numbers(tokens as u32, tokens * 3 * hidden);
        let last = tokens as isize - 1;
        let rows: Vec<u32> = (-last..=last).rev().map(|distance| row(distance) as u32).collect();
        let [keys, queries] = [0, 1].map(|i| Some(&panels[i]).filter(|_| terms[i]));
        let found = on_all(&what, tokens * hidden, |isa, context| {
            let (scratch, distances) = (&mut scratch.borrow_mut(), Some(Distances { keys, queries, rows: &rows }));
            isa.run(Attention { projected: &projected, heads, hidden, distances, scratch, context });
        });
        let expected = attention(&projected, hidden, head, |i, j, own| {
            let row = row(i as isize - j as isize) * hidden;
            let content = |token: usize, part: usize| &projected[(3 * token + part) * hidden..][own.clone()];
            let with_key = product(content(i, 0), &tables[0][row..][own.clone()]);
            let with_query = product(content(j, 1), &tables[1][row..][own.clone()]);
            f64::from(u8::from(terms[0])) * with_key + f64::from(u8::from(terms[1])) * with_query
        });
        assert_near(&found, &expected, 5e-6, &what);
    }
}

#[test]
fn an_instruction_set_that_is_unknown_or_not_there_is_an_error() {
    let message = Isa::named("mmx").unwrap_err().to_string();
    assert!(message.starts_with("ATTACHE_ISA: expected scalar") && message.ends_with(", found \"mmx\""), "{message}");
    for name in NAMES {
        match Isa::named(name) {
            Ok(isa) => assert_eq!(isa.name(), name),
            Err(error) => assert!(error.to_string().ends_with(&format!("found {name}, which this processor lacks"))),
        }
    }
}
