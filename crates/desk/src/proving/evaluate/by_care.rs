//! The same measures for each level of care that the labels tell apart, each against the honest subjects of its own worlds.
//!
//! Must not know what care means.

use super::calibration::{Bin, between, bins};
use super::{Estimate, Sample};
use crate::proving::statistics::ranks::precision_at_prior;
use crate::proving::statistics::{Ranked, Share};
use serde::Serialize;
use std::collections::BTreeSet;

/// One level of care.
#[derive(Debug, Clone, Serialize)]
pub struct CareResult {
    /// As the labels write it.
    pub care: String,
    /// Subjects that hide something.
    pub hidden: u64,
    /// Honest subjects they are compared with: those of the same care column, or all when honest rows do not carry one.
    pub honest: u64,
    /// Recall at one false alert in 1,000 honest subjects.
    pub recall: Share,
    /// Honest subjects alerted there.
    pub false_alerts: Share,
    /// Precision there when one in 343 hides something.
    pub precision_1_in_343: Estimate,
    /// The naive baseline's recall at the same number of false alerts.
    pub baseline: Option<Share>,
    /// Stated against observed odds, by score.
    pub calibration: Vec<Bin>,
    /// The same for sums of 4 to 8 bits.
    pub calibration_4_to_8: Option<Bin>,
}

/// Every level; empty when the labels name fewer than two.
#[must_use]
pub fn of(sample: &Sample) -> Vec<CareResult> {
    let levels: BTreeSet<&str> = sample
        .known()
        .filter(|(subject, hides)| *hides && !subject.label.care.is_empty())
        .map(|(subject, _)| subject.label.care.as_str())
        .collect();
    if levels.len() < 2 {
        return Vec::new();
    }
    levels.into_iter().map(|care| one(sample, care)).collect()
}

fn one(sample: &Sample, care: &str) -> CareResult {
    let own = sample.known().any(|(subject, hides)| !hides && subject.label.care == care);
    let members: Vec<_> = sample.known().filter(|(subject, hides)| subject.label.care == care || !hides && !own).collect();
    let scores: Vec<(f64, bool)> = members.iter().map(|(subject, hides)| (subject.score, *hides)).collect();
    let ranked = Ranked::new(scores.iter().copied());
    let naive = sample.with_baseline.then(|| Ranked::new(members.iter().map(|(subject, hides)| (f64::from(subject.shared), *hides))));
    let threshold = ranked.threshold(1000);
    let (recall, false_alerts) = (ranked.recall(threshold), ranked.false_alerts(threshold));
    CareResult {
        care: care.to_owned(),
        hidden: recall.of,
        honest: false_alerts.of,
        recall,
        false_alerts,
        precision_1_in_343: Estimate::of(precision_at_prior(recall, false_alerts, 343.0)),
        baseline: naive.map(|naive| naive.recall(naive.threshold(1000))),
        calibration: bins(&scores),
        calibration_4_to_8: between(&scores, 4.0, 8.0),
    }
}
