//! The terms of a score that depend on the distance between two tokens (He et al. 2021).
//!
//! Each is a product with a row of a table, and a sequence needs few rows: queries are multiplied with all of them, and
//! for each pair of tokens the value of its distance is looked up.

use super::{Head, TILE_QUERIES, room, score_all};
use crate::encoder::kernel::product::tiles;
use crate::encoder::kernel::simd::{Floats, LANES, Simd};

/// What the distances between the tokens of a sequence add to their scores.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Distances<'a> {
    /// Keys of distances, which queries meet.
    pub(crate) keys: Option<&'a DistancePanels>,
    /// Queries of distances, which keys meet; 1 / √d is in them.
    pub(crate) queries: Option<&'a DistancePanels>,
    /// The row of each distance from a query's token to another, from tokens − 1 down to 1 − tokens.
    pub(crate) rows: &'a [u32],
}

/// A vector for each row of the table of distances, laid out as the keys of a head are.
#[derive(Debug)]
pub(crate) struct DistancePanels {
    panels: Vec<Floats>, // (heads, rows in whole vectors, head): sixteen beside each other
    width: usize,
    wide: usize, // rows in whole vectors
}

impl DistancePanels {
    /// The panels of `values`, (rows, hidden); heads of a width in whole vectors.
    pub(crate) fn new(values: &[f32], hidden: usize, heads: usize) -> Self {
        let (rows, width) = (values.len() / hidden, hidden / heads);
        let wide = rows.div_ceil(LANES);
        let mut panels = vec![[0.0; LANES]; wide * hidden];
        for (row, values) in values.chunks_exact(hidden).enumerate() {
            for (column, &value) in values.iter().enumerate() {
                let (head, dimension) = (column / width, column % width);
                panels[(head * wide + row / LANES) * width + dimension][row % LANES] = value;
            }
        }
        Self { panels, width, wide }
    }

    /// Those of a head, the vectors from `first` to `last` alone.
    #[inline(always)]
    fn part(&self, head: usize, [first, last]: [usize; 2]) -> &[Floats] {
        &self.panels[(head * self.wide + first) * self.width..(head * self.wide + last + 1) * self.width]
    }
}

/// What distances add in one head of a sequence.
pub(super) struct HeadDistances<'a> {
    keys: Option<&'a [Floats]>,    // (vectors, head)
    queries: Option<&'a [Floats]>, // (vectors, head)
    rows: &'a [u32],
    first_row: u32,         // of the first vector
    met: &'a mut [Floats],  // (tokens, vectors)
    meet: &'a mut [Floats], // (TILE_QUERIES, vectors)
    vectors: usize,
}

impl<'a> HeadDistances<'a> {
    /// Of the table, only the vectors with rows of this sequence.
    #[inline(always)]
    pub(super) fn new(
        distances: Distances<'a>,
        head: usize,
        met: &'a mut Vec<Floats>,
        meet: &'a mut Vec<Floats>,
    ) -> Self {
        let Distances { keys, queries, rows } = distances;
        let vector = |row: Option<&u32>| *row.expect("a sequence has a token") as usize / LANES;
        let (first, last) = (vector(rows.last()), vector(rows.first())); // rows fall
        let (vectors, tokens) = (last - first + 1, rows.len() / 2 + 1);
        Self {
            keys: keys.map(|panels| panels.part(head, [first, last])),
            queries: queries.map(|panels| panels.part(head, [first, last])),
            rows,
            first_row: (first * LANES) as u32,
            met: room(met, tokens * vectors),
            meet: room(meet, TILE_QUERIES * vectors),
            vectors,
        }
    }

    /// Each key of the sequence with the queries of all distances.
    #[inline(always)]
    pub(super) fn meet_keys<S: Simd>(&mut self, simd: S, head: Head<'_>, tokens: usize) {
        let Some(queries) = self.queries else { return };
        for (first, count) in tiles(tokens, S::QUERIES) {
            let scores = &mut self.met[first * self.vectors..][..count * self.vectors];
            if S::WIDE {
                for_each_height!(S, count, meet, 2, (simd, head, first, queries, scores); 1 2 3 4 5 6 7 8);
            } else {
                for_each_height!(S, count, meet, 1, (simd, head, first, queries, scores); 1 2 3 4);
            }
        }
    }

    /// Q queries with the keys of all distances.
    #[inline(always)]
    pub(super) fn meet_queries<S: Simd, const Q: usize, const V: usize>(&mut self, simd: S, queries: [&[f32]; Q]) {
        if let Some(keys) = self.keys {
            score_all::<S, Q, V>(simd, queries, keys, &mut self.meet[..Q * self.vectors]);
        }
    }

    /// Adds to the scores of the queries from `first` on what the distances give.
    #[inline(always)]
    pub(super) fn add(&self, first: usize, tokens: usize, scores: &mut [Floats], wide: usize) {
        let width = self.vectors * LANES;
        for (query, scores) in scores.chunks_exact_mut(wide).enumerate() {
            let scores = &mut scores.as_flattened_mut()[..tokens];
            // Of the tokens from the first to the last: the distance falls.
            let rows = &self.rows[tokens - 1 - (first + query)..][..tokens];
            if self.keys.is_some() {
                let terms = &self.meet.as_flattened()[query * width..][..width];
                for (score, &row) in scores.iter_mut().zip(rows) {
                    *score += terms[(row - self.first_row) as usize];
                }
            }
            if self.queries.is_some() {
                let terms = self.met.as_flattened().chunks_exact(width);
                for ((score, &row), terms) in scores.iter_mut().zip(rows).zip(terms) {
                    *score += terms[(row - self.first_row) as usize];
                }
            }
        }
    }
}

/// Q keys of a head, from key `first` on, with the queries of all distances.
#[inline(always)]
fn meet<S: Simd, const Q: usize, const V: usize>(
    simd: S,
    head: Head<'_>,
    first: usize,
    queries: &[Floats],
    scores: &mut [Floats], // (Q, vectors)
) {
    score_all::<S, Q, V>(simd, std::array::from_fn(|key| head.row(1, first + key)), queries, scores);
}
