//! Do n bits mean n bits? Stated scores against the odds counted among subjects with about that score.
//!
//! A score of b bits states that the odds of hiding are 2^b times those of everybody. Among the subjects of a range the stated
//! odds are the expected number of hidden over the expected number of honest, at the sample's own prior; the observed odds are
//! the counted ones. The factor is their quotient: 2 says that twice as many hide something as the scores say.
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
    /// What the scores say: log2 of the stated odds over the odds of everybody.
    pub stated_bits: f64,
    /// What was counted: log2 of the observed odds over the odds of everybody.
    pub observed_bits: f64,
    /// Its interval.
    pub low_bits: f64,
    /// Its interval.
    pub high_bits: f64,
    /// Observed odds over stated odds.
    pub factor: f64,
    /// Its interval, 95%.
    pub factor_low: f64,
    /// Its interval, 95%.
    pub factor_high: f64,
}

impl Bin {
    /// Whether the observed odds lie within a factor of two of the stated ones: `Some(true)` and `Some(false)` when the whole
    /// interval says so, `None` when it is too wide to say.
    #[must_use]
    pub fn within_two(&self) -> Option<bool> {
        if self.factor_low >= 0.5 && self.factor_high <= 2.0 {
            Some(true)
        } else if self.factor_low > 2.0 || self.factor_high < 0.5 {
            Some(false)
        } else {
            None
        }
    }

    /// In words.
    #[must_use]
    pub fn verdict(&self) -> &'static str {
        match (self.within_two(), self.factor > 2.0 || self.factor < 0.5) {
            (Some(true), _) => "within a factor of two",
            (Some(false), _) if self.factor > 1.0 => "the scores say too little",
            (Some(false), _) => "the scores say too much",
            (None, true) => "outside a factor of two, but the interval reaches in",
            (None, false) => "within a factor of two, but the interval reaches out",
        }
    }
}

const EDGES: [f64; 12] = [-64.0, -2.0, -0.001, 0.001, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 64.0];

/// All ranges that hold anybody, of (score, hides something).
#[must_use]
pub fn bins(scores: &[(f64, bool)]) -> Vec<Bin> {
    EDGES.windows(2).filter_map(|edge| between(scores, edge[0], edge[1])).collect()
}

/// The scores of a sample.
#[must_use]
pub fn scores(sample: &Sample) -> Vec<(f64, bool)> {
    sample.known().map(|(subject, hides)| (subject.score, hides)).collect()
}

/// One range; `None` when nobody is in it, or nobody hides or nobody is honest at all.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn between(scores: &[(f64, bool)], from: f64, to: f64) -> Option<Bin> {
    let mut all = [0_u64; 2];
    scores.iter().for_each(|(_, hides)| all[usize::from(*hides)] += 1);
    if all[0] == 0 || all[1] == 0 {
        return None;
    }
    let prior = all[1] as f64 / all[0] as f64;
    let (mut inside, mut hidden, mut honest) = ([0_u64; 2], 0.0, 0.0);
    for (score, hides) in scores.iter().filter(|(score, _)| *score >= from && *score < to) {
        inside[usize::from(*hides)] += 1;
        let odds = prior * score.exp2();
        hidden += odds / (1.0 + odds);
        honest += 1.0 / (1.0 + odds);
    }
    if inside == [0, 0] {
        return None;
    }
    let stated = hidden / honest / prior;
    let ratio = Ratio::of(inside[1], all[1], inside[0], all[0]);
    Some(Bin {
        from_bits: from,
        to_bits: to,
        hidden: inside[1],
        honest: inside[0],
        stated_bits: stated.log2(),
        observed_bits: ratio.ratio.log2(),
        low_bits: ratio.low.log2(),
        high_bits: ratio.high.log2(),
        factor: ratio.ratio / stated,
        factor_low: ratio.low / stated,
        factor_high: ratio.high / stated,
    })
}
