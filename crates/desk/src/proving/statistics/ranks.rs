//! Scores of the hidden against scores of the honest: recall at a bearable number of false alerts, and the area under the curve.
//!
//! Must not know where a score comes from.

use super::share::Share;

/// Scores of both kinds, highest first.
#[derive(Debug, Clone)]
pub struct Ranked {
    hidden: Vec<f64>,
    honest: Vec<f64>,
}

impl Ranked {
    /// From (score, hides something) pairs in any order.
    #[must_use]
    pub fn new(pairs: impl IntoIterator<Item = (f64, bool)>) -> Self {
        let (mut hidden, mut honest) = (Vec::new(), Vec::new());
        for (score, hides) in pairs {
            if hides { hidden.push(score) } else { honest.push(score) }
        }
        hidden.sort_by(|a, b| b.total_cmp(a));
        honest.sort_by(|a, b| b.total_cmp(a));
        Self { hidden, honest }
    }

    /// The lowest score above which at most one in `one_in` honest subjects lies; equal scores are all alerted or none are.
    /// Without honest subjects nothing is bearable: infinity.
    #[must_use]
    pub fn threshold(&self, one_in: usize) -> f64 {
        let bearable = self.honest.len() / one_in;
        self.honest.get(bearable).copied().unwrap_or(if self.honest.is_empty() { f64::INFINITY } else { f64::NEG_INFINITY })
    }

    /// Share of the hidden strictly above a score.
    #[must_use]
    pub fn recall(&self, threshold: f64) -> Share {
        Share::of(above(&self.hidden, threshold), self.hidden.len() as u64)
    }

    /// Share of the honest strictly above a score.
    #[must_use]
    pub fn false_alerts(&self, threshold: f64) -> Share {
        Share::of(above(&self.honest, threshold), self.honest.len() as u64)
    }

    /// Chance that a hidden subject scores above an honest one, ties half (Mann and Whitney 1947), with the interval of
    /// Hanley and McNeil (1982). `None` when either kind is missing.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn auc(&self) -> Option<(f64, f64, f64)> {
        let (n, m) = (self.hidden.len(), self.honest.len());
        if n == 0 || m == 0 {
            return None;
        }
        let mut sum = 0.0;
        for score in &self.hidden {
            let higher = self.honest.partition_point(|other| other > score);
            let not_lower = self.honest.partition_point(|other| other >= score);
            sum += (m - not_lower) as f64 + (not_lower - higher) as f64 / 2.0;
        }
        let (nf, mf) = (n as f64, m as f64);
        let auc = sum / (nf * mf);
        let (q1, q2) = (auc / (2.0 - auc), 2.0 * auc * auc / (1.0 + auc));
        let variance = (auc * (1.0 - auc) + (nf - 1.0) * (q1 - auc * auc) + (mf - 1.0) * (q2 - auc * auc)) / (nf * mf);
        let half = super::share::Z * variance.max(0.0).sqrt();
        Some((auc, (auc - half).max(0.0), (auc + half).min(1.0)))
    }

    /// Points of the curve for a picture: false-alert share and recall at up to `points` thresholds, from strict to lax.
    #[must_use]
    pub fn curve(&self, points: usize) -> Vec<(f64, f64)> {
        let mut scores: Vec<f64> = self.hidden.iter().chain(&self.honest).copied().collect();
        scores.sort_by(|a, b| b.total_cmp(a));
        scores.dedup();
        let step = scores.len().div_ceil(points.max(1)).max(1);
        scores.iter().step_by(step).map(|score| (self.false_alerts(*score).share, self.recall(*score).share)).collect()
    }
}

fn above(sorted: &[f64], threshold: f64) -> u64 {
    sorted.partition_point(|score| *score > threshold) as u64
}

/// Of those alerted, how many hide something, when one in `one_in` does: from recall and false-alert share by Bayes' rule.
/// The interval pairs the worst ends of both.
#[must_use]
pub fn precision_at_prior(recall: Share, false_alerts: Share, one_in: f64) -> (f64, f64, f64) {
    let prior = 1.0 / one_in;
    let at = |hit: f64, wrong: f64| {
        let alerts = hit * prior + wrong * (1.0 - prior);
        if alerts > 0.0 { hit * prior / alerts } else { 0.0 }
    };
    (at(recall.share, false_alerts.share), at(recall.low, false_alerts.high), at(recall.high, false_alerts.low))
}
