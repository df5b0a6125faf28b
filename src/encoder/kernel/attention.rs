//! Self-attention of one sequence: softmax(Q Kᵀ) V for each head (Vaswani et al. 2017); 1 / √d is in Q already.
//!
//! In a disentangled one (He et al. 2021) a score has more terms: the query with the key of the distance to the token
//! that is looked at, and that token's key with the distance's query.

mod distances;

pub(crate) use distances::{DistancePanels, Distances};

use super::simd::{Floats, Kernel, LANES, Simd, exp};
use distances::HeadDistances;

/// The most queries that any instruction set works on at once.
const TILE_QUERIES: usize = 8;

/// Below it e^x is nothing beside 1: the score of a position beyond the end of the sequence.
const NEVER: f32 = -1e30;

/// Self-attention of one sequence.
pub(crate) struct Attention<'a> {
    pub(crate) projected: &'a [f32], // (tokens, 3 · hidden): queries, keys, values; each (heads, head)
    pub(crate) heads: usize,
    pub(crate) hidden: usize,
    pub(crate) distances: Option<Distances<'a>>,
    pub(crate) scratch: &'a mut AttentionScratch,
    pub(crate) context: &'a mut [f32], // (tokens, hidden)
}

/// Memory that the attention works in; grows to what the longest sequence needs.
#[derive(Debug, Default)]
pub(crate) struct AttentionScratch {
    keys: Vec<Floats>,   // (tokens in whole vectors, head): the keys of one head, sixteen beside each other
    values: Vec<Floats>, // (tokens, head in whole vectors): the values of one head
    scores: Vec<Floats>, // (TILE_QUERIES, tokens in whole vectors)
    met: Vec<Floats>,    // (tokens, rows of distances in whole vectors): keys with the queries of distances
    meet: Vec<Floats>,   // (TILE_QUERIES, the same): queries with the keys of distances
}

/// One head of a sequence.
#[derive(Clone, Copy)]
struct Head<'a> {
    projected: &'a [f32], // (tokens, 3 · hidden)
    hidden: usize,
    width: usize,
    first: usize, // its first column of `hidden`
}

impl Kernel for Attention<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (hidden, width) = (self.hidden, self.hidden / self.heads);
        let tokens = self.context.len() / hidden;
        assert!(self.projected.len() == 3 * self.context.len() && self.context.len() == tokens * hidden);
        assert!(width * self.heads == hidden && width.is_multiple_of(LANES), "heads are made of whole vectors");
        if tokens == 0 {
            return;
        }
        let wide = tokens.div_ceil(LANES);
        let AttentionScratch { keys, values, scores, met, meet } = self.scratch;
        let keys = room(keys, wide * width);
        let values = room(values, tokens * width / LANES);
        let scores = room(scores, TILE_QUERIES * wide);
        for first in (0..hidden).step_by(width) {
            let head = Head { projected: self.projected, hidden, width, first };
            head.turn_keys(simd, keys);
            head.copy_values(simd, values);
            let mut distances = self.distances.map(|distances| HeadDistances::new(distances, first / width, met, meet));
            if let Some(distances) = &mut distances {
                distances.meet_keys(simd, head, tokens);
            }
            let laid = [&*keys, &*values];
            for (query, count) in super::product::tiles(tokens, S::QUERIES) {
                let (context, distances) = (&mut self.context[query * hidden + first..], distances.as_mut());
                if S::WIDE {
                    for_each_height!(S, count, tile, 2, (simd, head, query, laid, scores, distances, context);
                        1 2 3 4 5 6 7 8);
                } else {
                    for_each_height!(S, count, tile, 1, (simd, head, query, laid, scores, distances, context);
                        1 2 3 4);
                }
            }
        }
    }
}

/// So many vectors of a buffer that only grows.
fn room(buffer: &mut Vec<Floats>, vectors: usize) -> &mut [Floats] {
    if buffer.len() < vectors {
        buffer.resize(vectors, [0.0; LANES]);
    }
    &mut buffer[..vectors]
}

impl<'a> Head<'a> {
    /// The query (0), key (1) or value (2) of a token.
    #[inline(always)]
    fn row(self, part: usize, token: usize) -> &'a [f32] {
        &self.projected[(3 * token + part) * self.hidden + self.first..][..self.width]
    }

    /// Lays the keys out by sixteen tokens, then by dimension.
    #[inline(always)]
    fn turn_keys<S: Simd>(self, simd: S, keys: &mut [Floats]) {
        let tokens = self.projected.len() / (3 * self.hidden);
        for (block, keys) in keys.chunks_exact_mut(self.width).enumerate() {
            for (at, keys) in keys.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
                let square = std::array::from_fn(|lane| match block * LANES + lane < tokens {
                    true => simd.load(&self.row(1, block * LANES + lane).as_chunks().0[at]),
                    false => simd.splat(0.0),
                }); // (tokens, dimensions)
                for (vector, keys) in transpose(simd, square).into_iter().zip(keys) {
                    simd.store(vector, keys);
                }
            }
        }
    }

    /// Lays the values out end to end: the next row of a head is far away in memory otherwise, on another page.
    #[inline(always)]
    fn copy_values<S: Simd>(self, simd: S, values: &mut [Floats]) {
        for (token, values) in values.chunks_exact_mut(self.width / LANES).enumerate() {
            for (from, to) in self.row(2, token).as_chunks().0.iter().zip(values) {
                simd.store(simd.load(from), to);
            }
        }
    }
}

/// Rows become columns: four times, the first half of the rows is interleaved with the second.
#[inline(always)]
fn transpose<S: Simd>(simd: S, mut rows: [S::F; LANES]) -> [S::F; LANES] {
    for _ in 0..LANES.ilog2() {
        let mut next = rows;
        for i in 0..LANES / 2 {
            next[2 * i] = simd.interleave_low(rows[i], rows[i + LANES / 2]);
            next[2 * i + 1] = simd.interleave_high(rows[i], rows[i + LANES / 2]);
        }
        rows = next;
    }
    rows
}

/// The context of Q queries of a head, from query `first` on, V vectors at once.
#[inline(always)]
fn tile<S: Simd, const Q: usize, const V: usize>(
    simd: S,
    head: Head<'_>,
    first: usize,
    [keys, values]: [&[Floats]; 2],
    scores: &mut [Floats],
    distances: Option<&mut HeadDistances<'_>>,
    context: &mut [f32],
) {
    let tokens = head.projected.len() / (3 * head.hidden);
    let wide = tokens.div_ceil(LANES);
    let queries: [&[f32]; Q] = std::array::from_fn(|query| head.row(0, first + query));
    let scores = &mut scores[..Q * wide]; // (Q, tokens in whole vectors)
    score_all::<S, Q, V>(simd, queries, keys, scores);
    if let Some(distances) = distances {
        distances.meet_queries::<S, Q, V>(simd, queries);
        distances.add(first, tokens, scores, wide);
    }
    let inverse = softmax::<S, Q>(simd, scores, tokens);
    let vectors = head.width / LANES;
    let mut column = 0;
    while column + V <= vectors {
        mix::<S, Q, V>(
            simd,
            scores,
            inverse,
            [tokens, vectors, column],
            values,
            &mut context[column * LANES..],
            head.hidden,
        );
        column += V;
    }
    for column in column..vectors {
        mix::<S, Q, 1>(
            simd,
            scores,
            inverse,
            [tokens, vectors, column],
            values,
            &mut context[column * LANES..],
            head.hidden,
        );
    }
}

/// The scores of Q queries with all vectors of keys, V at once.
#[inline(always)]
fn score_all<S: Simd, const Q: usize, const V: usize>(
    simd: S,
    queries: [&[f32]; Q],
    keys: &[Floats],       // (vectors, head) and perhaps more
    scores: &mut [Floats], // (Q, vectors)
) {
    let (width, wide) = (queries[0].len(), scores.len() / Q);
    let mut vector = 0;
    while vector + V <= wide {
        score::<S, Q, V>(simd, queries, &keys[vector * width..], scores, vector);
        vector += V;
    }
    for vector in vector..wide {
        score::<S, Q, 1>(simd, queries, &keys[vector * width..], scores, vector);
    }
}

/// The scores of Q queries with V vectors of keys, from vector `at` on.
#[inline(always)]
fn score<S: Simd, const Q: usize, const V: usize>(
    simd: S,
    queries: [&[f32]; Q],
    keys: &[Floats],
    scores: &mut [Floats],
    at: usize,
) {
    let (width, wide) = (queries[0].len(), scores.len() / Q);
    let queries: [&[f32]; Q] = std::array::from_fn(|query| &queries[query][..width]);
    let keys: [&[Floats]; V] = std::array::from_fn(|vector| &keys[vector * width..][..width]);
    let mut sums = [[simd.splat(0.0); V]; Q];
    for dimension in 0..width {
        let keys: [S::F; V] = std::array::from_fn(|vector| simd.load(&keys[vector][dimension]));
        for query in 0..Q {
            let value = simd.splat(queries[query][dimension]);
            for vector in 0..V {
                sums[query][vector] = simd.mul_add(value, keys[vector], sums[query][vector]);
            }
        }
    }
    for query in 0..Q {
        for vector in 0..V {
            simd.store(sums[query][vector], &mut scores[query * wide + at + vector]);
        }
    }
}

/// Turns the scores of Q queries into e^(score − largest) and gives back one over the sum of each.
#[inline(always)]
fn softmax<S: Simd, const Q: usize>(simd: S, scores: &mut [Floats], tokens: usize) -> [f32; Q] {
    let wide = scores.len() / Q;
    let beyond: Floats = std::array::from_fn(|lane| if (wide - 1) * LANES + lane < tokens { 0.0 } else { NEVER });
    let beyond = simd.load(&beyond);
    let mut largest = [simd.splat(NEVER); Q];
    for (largest, scores) in largest.iter_mut().zip(scores.chunks_exact_mut(wide)) {
        let (last, whole) = scores.split_last_mut().expect("a sequence has a token");
        for scores in whole.iter() {
            *largest = simd.max(simd.load(scores), *largest);
        }
        let scores = simd.add(simd.load(last), beyond);
        simd.store(scores, last);
        *largest = simd.max(scores, *largest);
    }
    let largest = max_lanes(simd, largest);
    let mut sums = [simd.splat(0.0); Q];
    for ((sum, scores), largest) in sums.iter_mut().zip(scores.chunks_exact_mut(wide)).zip(largest) {
        let largest = simd.splat(largest);
        for scores in scores.iter_mut() {
            let power = exp(simd, simd.sub(simd.load(scores), largest));
            simd.store(power, scores);
            *sum = simd.add(*sum, power);
        }
    }
    sum_lanes(simd, sums).map(|sum| 1.0 / sum)
}

/// The sum of the lanes of each vector, in the order of [`Simd::sum`].
#[inline(always)]
fn sum_lanes<S: Simd, const Q: usize>(simd: S, vectors: [S::F; Q]) -> [f32; Q] {
    if Q < FEW {
        return vectors.map(|vector| simd.sum(vector));
    }
    join_lanes(simd, vectors, |a, b| simd.add(a, b))
}

/// The largest lane of each vector.
#[inline(always)]
fn max_lanes<S: Simd, const Q: usize>(simd: S, vectors: [S::F; Q]) -> [f32; Q] {
    if Q < FEW {
        return vectors.map(|vector| simd.max_lane(vector));
    }
    join_lanes(simd, vectors, |a, b| simd.max(a, b))
}

/// So many vectors at least have their lanes joined at once in fewer steps than one after another.
const FEW: usize = 4;

/// Joins lane i of each vector with i + 8, then with i + 4, i + 2, i + 1, all vectors at once: two interleaved have their
/// first halves side by side in one vector and their last halves in another.
#[inline(always)]
fn join_lanes<S: Simd, const Q: usize>(simd: S, vectors: [S::F; Q], join: impl Fn(S::F, S::F) -> S::F) -> [f32; Q] {
    let joined = |a, b| join(simd.interleave_low(a, b), simd.interleave_high(a, b));
    let mut all: [S::F; TILE_QUERIES] = std::array::from_fn(|i| vectors[i.min(Q - 1)]);
    for half in [4, 2, 1] {
        for i in 0..half {
            all[i] = joined(all[i], all[i + half]);
        }
    }
    let mut lanes = [0.0; LANES]; // each twice
    simd.store(joined(all[0], all[0]), &mut lanes);
    std::array::from_fn(|i| lanes[2 * i])
}

/// V vectors of the values, from vector `at` of a row on, weighted by the scores of Q queries.
#[inline(always)]
fn mix<S: Simd, const Q: usize, const V: usize>(
    simd: S,
    scores: &[Floats], // (Q, tokens in whole vectors)
    inverse: [f32; Q],
    [tokens, vectors, at]: [usize; 3],
    values: &[Floats], // (tokens, vectors)
    context: &mut [f32],
    hidden: usize,
) {
    let wide = scores.len() / Q;
    let weights: [&[f32]; Q] = std::array::from_fn(|query| &scores[query * wide..][..wide].as_flattened()[..tokens]);
    let mut sums = [[simd.splat(0.0); V]; Q];
    for token in 0..tokens {
        let values = &values[token * vectors + at..][..V];
        let values: [S::F; V] = std::array::from_fn(|vector| simd.load(&values[vector]));
        for query in 0..Q {
            let weight = simd.splat(weights[query][token]);
            for vector in 0..V {
                sums[query][vector] = simd.mul_add(weight, values[vector], sums[query][vector]);
            }
        }
    }
    for query in 0..Q {
        let output = context[query * hidden..][..V * LANES].as_chunks_mut::<LANES>().0;
        for vector in 0..V {
            simd.store(simd.mul(sums[query][vector], simd.splat(inverse[query])), &mut output[vector]);
        }
    }
}
