//! Once its buffers have grown, the encoder allocates its answer and nothing else.
#![cfg(feature = "embedded-model")]

use attache::{Encoder, NativeEncoder, Precision, Sequence};

#[test]
fn a_second_call_allocates_its_answer_alone() {
    let ids: Vec<u32> = (0..60).map(|i| 1_000 + i * 401).collect();
    let token_types = vec![0; 60];
    let sequences: Vec<Sequence<'_>> = (0..40)
        .map(|i| 10 + i % 51)
        .map(|end| Sequence { ids: &ids[..end], token_types: &token_types[..end] })
        .collect();
    for precision in [Precision::Int8, Precision::F32] {
        let encoder = NativeEncoder::embedded(precision).unwrap();
        let first = encoder.logits(&sequences).unwrap();
        let mut second = Vec::new();
        let spent = allocation_counter::measure(|| second = encoder.logits(&sequences).unwrap());
        assert_eq!(second, first);
        assert_eq!(spent.count_total, 1 + 40, "{precision:?}: the answers, and the list of them");
    }
}
