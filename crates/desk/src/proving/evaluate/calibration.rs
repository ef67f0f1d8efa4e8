//! Do n bits mean n bits? Stated scores against the likelihood ratio counted among subjects with about that score.
//!
//! Must not know the rules.

use crate::proving::sample::Sample;
use crate::proving::statistics::exact::Ratio;
use serde::Serialize;

/// Subjects whose score lies in one range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// From, bits (inclusive).
    pub from_bits: f64,
    /// To, bits (exclusive).
    pub to_bits: f64,
    /// Hidden subjects in it.
    pub hidden: u64,
    /// Honest subjects in it.
    pub honest: u64,
    /// What the scores say: log2 of the mean stated likelihood ratio.
    pub stated_bits: f64,
    /// What was counted: log2 of the observed likelihood ratio.
    pub observed_bits: f64,
    /// Its interval.
    pub low_bits: f64,
    /// Its interval.
    pub high_bits: f64,
    /// Observed odds over stated odds.
    pub factor: f64,
}

const EDGES: [f64; 10] = [-64.0, -2.0, -0.001, 0.001, 2.0, 4.0, 6.0, 8.0, 12.0, 64.0];

/// All ranges that hold anybody.
#[must_use]
pub fn bins(sample: &Sample) -> Vec<Bin> {
    EDGES.windows(2).filter_map(|edge| between(sample, edge[0], edge[1])).collect()
}

/// One range; `None` when nobody is in it.
#[must_use]
pub fn between(sample: &Sample, from: f64, to: f64) -> Option<Bin> {
    let (mut all, mut inside, mut stated) = ([0_u64; 2], [0_u64; 2], 0.0);
    for (subject, hides) in sample.known() {
        all[usize::from(hides)] += 1;
        if subject.score >= from && subject.score < to {
            inside[usize::from(hides)] += 1;
            stated += subject.score.exp2();
        }
    }
    bin_of(from, to, inside, all, stated)
}

/// A range from its counts: [honest, hidden] inside and in all, and the sum of the stated likelihood ratios inside.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn bin_of(from: f64, to: f64, inside: [u64; 2], all: [u64; 2], stated: f64) -> Option<Bin> {
    let [honest, hidden] = inside;
    if honest + hidden == 0 {
        return None;
    }
    let stated_bits = (stated / (honest + hidden) as f64).log2();
    let ratio = Ratio::of(hidden, all[1], honest, all[0]);
    Some(Bin {
        from_bits: from,
        to_bits: to,
        hidden,
        honest,
        stated_bits,
        observed_bits: ratio.ratio.log2(),
        low_bits: ratio.low.log2(),
        high_bits: ratio.high.log2(),
        factor: (ratio.ratio.log2() - stated_bits).exp2(),
    })
}
