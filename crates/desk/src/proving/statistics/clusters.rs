//! How well a grouping agrees with the true one: by pairs, and by B-cubed (Bagga and Baldwin 1998).
//!
//! Must not know what groups mean. Members in no group stand alone.

use serde::Serialize;
use std::collections::HashMap;

/// Precision, recall and their harmonic mean.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Agreement {
    /// Of what was joined, how much belongs together.
    pub precision: f64,
    /// Of what belongs together, how much was joined.
    pub recall: f64,
    /// Harmonic mean.
    pub f1: f64,
}

impl Agreement {
    fn new(precision: f64, recall: f64) -> Self {
        let sum = precision + recall;
        Self { precision, recall, f1: if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 } }
    }
}

/// Agreement by pairs and by B-cubed of (found group, true group), one entry a member. Pairs: 1 when there is none to find.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn agreement(members: &[(&str, &str)]) -> (Agreement, Agreement) {
    let (mut found, mut real, mut both) = (HashMap::new(), HashMap::new(), HashMap::new());
    for (f, t) in members {
        *found.entry(*f).or_insert(0_u64) += 1;
        *real.entry(*t).or_insert(0_u64) += 1;
        *both.entry((*f, *t)).or_insert(0_u64) += 1;
    }
    let pairs = |n: u64| (n * (n - 1) / 2) as f64;
    let joined: f64 = found.values().map(|n| pairs(*n)).sum();
    let belong: f64 = real.values().map(|n| pairs(*n)).sum();
    let right: f64 = both.values().map(|n| pairs(*n)).sum();
    let by_pairs = Agreement::new(if joined > 0.0 { right / joined } else { 1.0 }, if belong > 0.0 { right / belong } else { 1.0 });
    let n = members.len().max(1) as f64;
    let (mut precision, mut recall) = (0.0, 0.0);
    let mut ordered: Vec<_> = both.iter().collect();
    ordered.sort();
    for ((f, t), count) in ordered {
        let square = (count * count) as f64;
        precision += square / found[f] as f64;
        recall += square / real[t] as f64;
    }
    (by_pairs, Agreement::new(precision / n, recall / n))
}
