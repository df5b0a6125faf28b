//! The encoder as a whole, on the model inside the binary.

use super::{Encoder, NativeEncoder, Precision, Sequence};

/// Sequences of the lengths given, of words that differ.
fn sequences(lengths: &[usize]) -> Vec<Vec<u32>> {
    let id = |i: usize, j: usize| 1_000 + (i * 7_919 + j * 104_729) as u32 % 20_000;
    lengths.iter().enumerate().map(|(i, &length)| (0..length).map(|j| id(i, j)).collect()).collect()
}

fn with_types<'a>(ids: &'a [Vec<u32>], types: &'a [u32]) -> Vec<Sequence<'a>> {
    ids.iter().map(|ids| Sequence { ids, token_types: &types[..ids.len()] }).collect()
}

#[test]
fn a_sequence_has_the_same_bits_alone_in_a_batch_and_on_another_thread() {
    let types: Vec<u32> = (0..512).map(|i| i % 5).collect();
    let ids = sequences(&[1, 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 60, 128, 31, 4, 0, 130]);
    for precision in [Precision::Int8, Precision::F32] {
        let encoder = NativeEncoder::embedded(precision).unwrap();
        let all = with_types(&ids, &types);
        let together = encoder.logits(&all).unwrap();
        let backwards = std::thread::scope(|scope| {
            let reversed: Vec<Sequence<'_>> = all.iter().rev().copied().collect();
            let encoder = &encoder;
            scope.spawn(move || encoder.logits(&reversed).unwrap()).join().unwrap()
        });
        for (i, (sequence, logits)) in all.iter().zip(&together).enumerate() {
            assert_eq!(logits.view().nrows(), sequence.ids.len());
            assert_eq!(encoder.logits(&[*sequence]).unwrap()[0], *logits, "{precision:?}: sequence {i} alone");
            assert_eq!(backwards[all.len() - 1 - i], *logits, "{precision:?}: sequence {i} in another order");
        }
    }
}

#[test]
fn bytes_decide_as_floats_do_nearly_always() {
    let types = [0; 512];
    let ids = sequences(&[512, 64, 1]);
    let [bytes, floats] = [Precision::Int8, Precision::F32]
        .map(|precision| NativeEncoder::embedded(precision).unwrap().logits(&with_types(&ids, &types)).unwrap());
    let differences: Vec<f32> =
        bytes.iter().zip(&floats).flat_map(|(a, b)| (&a.view() - &b.view()).into_iter().map(f32::abs)).collect();
    let mean = differences.iter().sum::<f32>() / differences.len() as f32;
    assert!(mean < 0.1, "the logits differ by {mean} on average");
}

#[test]
fn what_no_table_has_is_an_error() {
    let encoder = NativeEncoder::embedded(Precision::Int8).unwrap();
    let message =
        |ids: &[u32], token_types: &[u32]| encoder.logits(&[Sequence { ids, token_types }]).unwrap_err().to_string();
    assert_eq!(message(&[30_522], &[0]), "token id: expected below 30522, found 30522");
    assert_eq!(message(&[1], &[5]), "token type: expected below 5, found 5");
    assert_eq!(message(&[1, 2], &[0]), "token types: expected 2, one for each id, found 1");
    assert_eq!(message(&[1; 513], &[0; 513]), "sequence: expected 512 tokens at most, found 513");
}
