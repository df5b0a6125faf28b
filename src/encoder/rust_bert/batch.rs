//! Sequences of like length, padded to a rectangle: what libtorch takes at once.

use crate::encoder::{Logits, Sequence};

/// Sequences side by side, each row padded with zeros to the longest.
#[derive(Debug, PartialEq)]
pub(super) struct Batch {
    pub(super) ids: Vec<i64>,         // (sequences, longest)
    pub(super) token_types: Vec<i64>, // (sequences, longest)
    pub(super) lengths: Vec<usize>,   // (sequences)
    pub(super) longest: usize,
}

impl Batch {
    fn of(sequences: &[Sequence<'_>]) -> Self {
        let lengths: Vec<usize> = sequences.iter().map(|sequence| sequence.ids.len()).collect();
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let pad = |row: &[u32]| -> Vec<i64> {
            let padding = std::iter::repeat_n(0, longest - row.len());
            row.iter().map(|&id| i64::from(id)).chain(padding).collect()
        };
        let ids = sequences.iter().flat_map(|sequence| pad(sequence.ids)).collect();
        let token_types = sequences.iter().flat_map(|sequence| pad(sequence.token_types)).collect();
        Self { ids, token_types, lengths, longest }
    }

    /// 1 for each token, 0 for padding: (sequences, longest).
    pub(super) fn mask(&self) -> Vec<i64> {
        let row = |&length: &usize| (0..self.longest).map(move |column| i64::from(column < length));
        self.lengths.iter().flat_map(row).collect()
    }
}

/// Which sequences go together: shortest first, so that little is padded, each group of at most `budget` tokens with its
/// padding, and at least one sequence. Empty sequences are in no group.
pub(super) fn plan(sequences: &[Sequence<'_>], budget: usize) -> Vec<Vec<usize>> {
    let length = |i: usize| sequences[i].ids.len();
    let mut order: Vec<usize> = (0..sequences.len()).filter(|&i| length(i) > 0).collect();
    order.sort_by_key(|&i| length(i));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for i in order {
        match groups.last_mut() {
            Some(group) if (group.len() + 1) * length(i) <= budget => group.push(i),
            _ => groups.push(vec![i]),
        }
    }
    groups
}

/// The batch of each group.
pub(super) fn pack(sequences: &[Sequence<'_>], groups: &[Vec<usize>]) -> Vec<Batch> {
    let members = |group: &Vec<usize>| group.iter().map(|&i| sequences[i]).collect::<Vec<_>>();
    groups.iter().map(|group| Batch::of(&members(group))).collect()
}

/// The logits of each sequence, from those of the groups, without the padding's.
pub(super) fn unpack(
    sequences: &[Sequence<'_>],
    groups: &[Vec<usize>],
    answers: &[Vec<f32>], // each (sequences, longest, labels)
    labels: usize,
) -> Vec<Logits> {
    let mut logits: Vec<Logits> = sequences.iter().map(|_| Logits::new(Vec::new(), labels)).collect();
    for (group, values) in groups.iter().zip(answers) {
        for (&i, rows) in group.iter().zip(values.chunks_exact(values.len() / group.len())) {
            logits[i] = Logits::new(rows[..sequences[i].ids.len() * labels].to_vec(), labels);
        }
    }
    logits
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: [u32; 9] = [9, 8, 7, 6, 5, 4, 3, 2, 1];
    const TYPES: [u32; 9] = [0, 1, 2, 3, 4, 0, 1, 2, 3];

    fn sequences(lengths: &[usize]) -> Vec<Sequence<'static>> {
        lengths.iter().map(|&end| Sequence { ids: &IDS[..end], token_types: &TYPES[..end] }).collect()
    }

    #[test]
    fn like_lengths_go_together_within_the_budget() {
        let sequences = sequences(&[9, 1, 3, 0, 2, 9, 3]);
        assert_eq!(plan(&sequences, 9), [vec![1, 4, 2], vec![6], vec![0], vec![5]]);
        assert_eq!(plan(&sequences, 1).len(), 6);
    }

    #[test]
    fn a_batch_is_a_rectangle_with_its_mask() {
        let batch = &pack(&sequences(&[1, 3]), &[vec![0, 1]])[0];
        assert_eq!(batch.ids, [9, 0, 0, 9, 8, 7]);
        assert_eq!(batch.token_types, [0, 0, 0, 0, 1, 2]);
        assert_eq!(batch.mask(), [1, 0, 0, 1, 1, 1]);
    }

    #[test]
    fn logits_come_back_in_the_order_of_the_sequences_without_padding() {
        let sequences = sequences(&[3, 0, 1]);
        let groups = plan(&sequences, 8);
        let answers = [vec![1.0, 2.0, -1.0, -1.0, -1.0, -1.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]];
        let logits = unpack(&sequences, &groups, &answers, 2);
        let expected = [vec![3.0, 4.0, 5.0, 6.0, 7.0, 8.0], vec![], vec![1.0, 2.0]].map(|row| Logits::new(row, 2));
        assert_eq!(logits, expected);
    }
}
