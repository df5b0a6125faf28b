//! How far a strict F1 could move by chance: the bootstrap over texts.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Pair, Score, strict};

/// The middle 95 % of the F1 scores of resampled corpora.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The score that 2.5 % of the samples stay below.
    pub low: f64,
    /// The score that 2.5 % of the samples go above.
    pub high: f64,
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.4} to {:.4}", self.low, self.high)
    }
}

/// The interval that the strict micro F1 of 95 % of `samples` bootstrap samples lies in; 1,000 samples are usual.
///
/// A sample draws as many texts as there are pairs, with replacement; the interval is the percentile interval of Efron
/// and Tibshirani, *An Introduction to the Bootstrap* (1993), chapter 13. The same `seed` gives the same interval.
/// Without pairs or samples both ends are the score itself.
///
/// # Examples
///
/// ```
/// use attache::evaluate::{Pair, interval, notation};
///
/// let gold = notation::parse("[Oslo](Location)").unwrap();
/// let wrong = notation::parse("Oslo").unwrap();
/// let pairs = [Pair::new(&gold, &gold), Pair::new(&gold, &wrong)];
/// let interval = interval(&pairs, 1000, 7);
/// assert_eq!((interval.low, interval.high), (0.0, 1.0));
/// ```
pub fn interval(pairs: &[Pair<'_>], samples: usize, seed: u64) -> Interval {
    let scores: Vec<Score> = pairs.iter().map(|pair| strict(&[*pair]).all()).collect();
    if pairs.is_empty() || samples == 0 {
        let f1 = strict(pairs).all().f1();
        return Interval { low: f1, high: f1 };
    }
    let mut random = SplitMix64(seed);
    let mut sampled: Vec<f64> = (0..samples).map(|_| sample(&scores, &mut random)).collect();
    sampled.sort_by(f64::total_cmp);
    // 2.5 % of the samples, rounded down, lie outside at each end.
    let outside = samples / 40;
    Interval { low: sampled[outside], high: sampled[samples - 1 - outside] }
}

fn sample(scores: &[Score], random: &mut SplitMix64) -> f64 {
    let mut sum = Score::default();
    for _ in scores {
        sum += scores[random.below(scores.len())];
    }
    sum.f1()
}

/// SplitMix64, the generator of Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    /// A number below `count`: the high half of the product, which is uniform to within `count` / 2^64.
    #[allow(clippy::cast_possible_truncation, reason = "the high half of a product with a usize is below that usize")]
    fn below(&mut self, count: usize) -> usize {
        ((u128::from(self.next()) * count as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::notation;

    #[test]
    fn the_generator_is_the_published_one() {
        let mut random = SplitMix64(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn one_seed_gives_one_interval_around_the_score() {
        let gold = notation::parse("[Oslo](Location) [Rome](Location)").unwrap();
        let half = notation::parse("[Oslo](Location) Rome").unwrap();
        let mut pairs = vec![Pair::new(&gold, &gold); 30];
        pairs.extend(vec![Pair::new(&gold, &half); 30]);
        let first = interval(&pairs, 400, 1);
        assert_eq!(first, interval(&pairs, 400, 1));
        assert_ne!(first, interval(&pairs, 400, 2));
        let f1 = strict(&pairs).all().f1();
        assert!(first.low < f1 && f1 < first.high && first.high - first.low < 0.2);
    }

    #[test]
    fn nothing_to_sample_is_a_point() {
        assert_eq!(interval(&[], 100, 0), Interval { low: 0.0, high: 0.0 });
    }
}
