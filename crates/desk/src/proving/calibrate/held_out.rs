//! Whole families held out: weights are learned on the others and judged on these, in turn, so that what is measured is what
//! carries over to a story nobody has seen.
//!
//! Must not look at a held-out family, nor at its third of the honest, when it learns.

use super::{Counted, count};
use crate::proving::evaluate::{Bin, bin_of};
use crate::proving::sample::{Sample, Subject};
use crate::proving::simulate::dice::Dice;
use crate::proving::statistics::ranks::precision_at_prior;
use crate::proving::statistics::{Ranked, Share};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};

/// Judged on families and people that were not learned from.
#[derive(Debug, Clone, Serialize)]
pub struct HeldOut {
    /// The pack's weights or the learned ones.
    pub weights: &'static str,
    /// Recall at one false alert in 1,000 honest subjects.
    pub recall: Share,
    /// Precision when one in 343 hides something: value, low, high.
    pub precision_1_in_343: (f64, f64, f64),
    /// The naive baseline at the same number of false alerts.
    pub baseline: Share,
    /// Observed odds over stated odds among sums of 4 to 8 bits.
    pub calibration_4_to_8: Option<Bin>,
    /// The families of each fold.
    pub folds: Vec<Vec<String>>,
}

const FOLDS: usize = 3;

/// A hidden subject's fold is its family's, an honest one's hangs on its key alone.
fn fold_of(subject: &Subject, hides: bool, of_family: &HashMap<String, usize>) -> usize {
    if hides {
        return of_family.get(&subject.label.family).copied().unwrap_or(0);
    }
    subject.id.bytes().fold(7_usize, |sum, b| sum.wrapping_mul(31).wrapping_add(usize::from(b))) / 7 % FOLDS
}

/// With the pack's weights, and with weights learned without the held-out families; `None` with fewer than three families.
#[must_use]
pub fn cross_validate(sample: &Sample, seed: u64) -> Option<[HeldOut; 2]> {
    let names: BTreeSet<&str> = sample.known().filter(|(_, hides)| *hides).map(|(subject, _)| subject.label.family.as_str()).collect();
    let mut names: Vec<&str> = names.into_iter().collect();
    if names.len() < FOLDS {
        return None;
    }
    let mut dice = Dice::new(seed, 99);
    for index in (1..names.len()).rev() {
        names.swap(index, dice.below(index + 1));
    }
    let of_family: HashMap<String, usize> = names.iter().enumerate().map(|(index, name)| ((*name).to_owned(), index % FOLDS)).collect();
    let mut folds: Vec<Vec<String>> = vec![Vec::new(); FOLDS];
    for (index, name) in names.iter().enumerate() {
        folds[index % FOLDS].push((*name).to_owned());
    }
    let mut learned: Vec<(f64, bool)> = Vec::new();
    for fold in 0..FOLDS {
        let change = changes(&count(sample, |subject, hides| fold_of(subject, hides, &of_family) != fold));
        let score = |subject: &Subject| {
            sample.judged_at(subject, |finding| finding.weight.bits + change.get(&finding.rule).copied().unwrap_or(0.0))
        };
        let held = sample.known().filter(|(subject, hides)| fold_of(subject, *hides, &of_family) == fold);
        learned.extend(held.map(|(subject, hides)| (score(subject), hides)));
    }
    let stated: Vec<(f64, bool)> = sample.known().map(|(subject, hides)| (subject.score, hides)).collect();
    let naive = Ranked::new(sample.known().map(|(subject, hides)| (f64::from(subject.shared), hides)));
    let result = |weights, scores: &[(f64, bool)]| {
        let ranked = Ranked::new(scores.iter().copied());
        let threshold = ranked.threshold(1000);
        let (recall, false_alerts) = (ranked.recall(threshold), ranked.false_alerts(threshold));
        HeldOut {
            weights,
            recall,
            precision_1_in_343: precision_at_prior(recall, false_alerts, 343.0),
            baseline: naive.recall(naive.threshold(1000)),
            calibration_4_to_8: bin(scores, 4.0, 8.0),
            folds: folds.clone(),
        }
    };
    Some([result("the pack's", &stated), result("learned without the held-out families", &learned)])
}

/// How much each rule's weight would change. A tiered rule keeps its tiers.
fn changes(counted: &[Counted]) -> HashMap<String, f64> {
    counted
        .iter()
        .filter(|rule| !rule.tiered)
        .filter_map(|rule| Some((rule.rule.clone(), rule.proposed?.bits - rule.stated.bits)))
        .collect()
}

fn bin(scores: &[(f64, bool)], from: f64, to: f64) -> Option<Bin> {
    let (mut all, mut inside, mut stated) = ([0_u64; 2], [0_u64; 2], 0.0);
    for (score, hides) in scores {
        all[usize::from(*hides)] += 1;
        if *score >= from && *score < to {
            inside[usize::from(*hides)] += 1;
            stated += score.exp2();
        }
    }
    bin_of(from, to, inside, all, stated)
}
