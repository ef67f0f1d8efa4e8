//! Whole families held out: weights are learned on the others and judged on these, in turn, so that what is measured is what
//! carries over to a story nobody has seen. With twelve families: learned on eight, judged on four, three times.
//!
//! Each fold has its own threshold, found among its own third of the honest, and each level of care its own honest subjects.
//!
//! Must not look at a held-out family, nor at its third of the honest, when it learns.

use super::{Learned, joint, learned};
use crate::proving::evaluate::calibration::{Bin, between, bins};
use crate::proving::evaluate::{Estimate, recall_by_crews};
use crate::proving::sample::{Sample, Subject};
use crate::proving::simulate::dice::Dice;
use crate::proving::statistics::ranks::precision_at_prior;
use crate::proving::statistics::{Ranked, Share};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};

/// One way of scoring, judged on families and people that were not learned from.
#[derive(Debug, Clone, Serialize)]
pub struct HeldOut {
    /// Level of care as the labels write it, or `all`.
    pub care: String,
    /// `the pack's`, `learned` (within the experts' intervals), `beyond caps` (learned with those loosened) or `naive`.
    pub weights: &'static str,
    /// Recall at one false alert in 1,000 honest subjects.
    pub recall: Share,
    /// Its interval when crews are drawn again.
    pub recall_by_crews: Estimate,
    /// Honest subjects alerted there.
    pub false_alerts: Share,
    /// Recall in each fold.
    pub by_fold: Vec<Share>,
    /// Precision when one in 343 hides something.
    pub precision_1_in_343: Estimate,
    /// Stated against observed odds by score; empty for the naive baseline, which states none.
    pub calibration: Vec<Bin>,
    /// The same for sums of 4 to 8 bits.
    pub calibration_4_to_8: Option<Bin>,
    /// False-alert share and recall, for a picture.
    pub curve: Vec<(f64, f64)>,
}

/// All of it.
#[derive(Debug, Clone, Serialize)]
pub struct HeldOutReport {
    /// Digest of the pack.
    pub pack_digest: String,
    /// The families of each fold.
    pub folds: Vec<Vec<String>>,
    /// How many times the experts' width the prior was given in each fold when caps were loosened.
    pub widths: Vec<f64>,
    /// By care, then by weights.
    pub results: Vec<HeldOut>,
    /// Care levels at which the pack's weights find no more than the naive baseline.
    pub baseline_not_beaten: Vec<String>,
}

const FOLDS: usize = 3;

/// A hidden subject's fold is its family's, an honest one's hangs on its crew or key alone.
fn fold_of(subject: &Subject, hides: bool, of_family: &HashMap<String, usize>) -> usize {
    if hides {
        return of_family.get(&subject.label.family).copied().unwrap_or(0);
    }
    subject.id.bytes().fold(7_usize, |sum, b| sum.wrapping_mul(31).wrapping_add(usize::from(b))) / 7 % FOLDS
}

/// One subject in its fold with its three scores.
struct Held<'s> {
    subject: &'s Subject,
    hides: bool,
    fold: usize,
    scores: [f64; 4],
}

const WEIGHTS: [&str; 4] = ["the pack's", "learned", "beyond caps", "naive"];
/// The one that states no odds.
const NAIVE: usize = 3;

/// With the pack's weights, and with weights learned without the held-out families; `None` with fewer than three families.
#[must_use]
pub fn cross_validate(sample: &Sample, seed: u64) -> Option<HeldOutReport> {
    let (folds, of_family) = folds(sample, seed)?;
    let mut held: Vec<Held<'_>> = Vec::new();
    let mut widths = Vec::new();
    for fold in 0..FOLDS {
        let weighed = learned(sample, |subject, hides| fold_of(subject, hides, &of_family) != fold);
        widths.push(weighed.width);
        let members = sample.known().filter(|(subject, hides)| fold_of(subject, *hides, &of_family) == fold);
        held.extend(members.map(|(subject, hides)| {
            let at = |weights: &Learned| sample.judged_at(subject, |fired| joint::bits(weights, fired));
            let scores = [subject.score, at(&weighed.kept), at(&weighed.loosened), f64::from(subject.shared)];
            Held { subject, hides, fold, scores }
        }));
    }
    let levels: BTreeSet<&str> =
        held.iter().filter(|one| one.hides).map(|one| one.subject.label.care.as_str()).filter(|care| !care.is_empty()).collect();
    let mut results = Vec::new();
    let several = levels.len() > 1;
    for care in levels.into_iter().filter(|_| several).map(Some).chain([None]) {
        let members: Vec<&Held<'_>> = held.iter().filter(|one| care.is_none_or(|care| one.subject.label.care == care)).collect();
        let ways = if sample.with_baseline { WEIGHTS.len() } else { NAIVE };
        results.extend((0..ways).map(|way| judged(&members, way, care.unwrap_or("all"), seed)));
    }
    let recall =
        |care: &str, weights: &str| results.iter().find(|one| one.care == care && one.weights == weights).map(|one| one.recall.share);
    let beaten = |care: &str| recall(care, WEIGHTS[0]) > recall(care, WEIGHTS[NAIVE]);
    let cares: BTreeSet<&str> = results.iter().map(|one| one.care.as_str()).collect();
    let baseline_not_beaten = cares.into_iter().filter(|care| sample.with_baseline && !beaten(care)).map(str::to_owned).collect();
    Some(HeldOutReport { pack_digest: sample.pack_digest.clone(), folds, widths, results, baseline_not_beaten })
}

type Folds = (Vec<Vec<String>>, HashMap<String, usize>);

fn folds(sample: &Sample, seed: u64) -> Option<Folds> {
    let names: BTreeSet<&str> = sample.known().filter(|(_, hides)| *hides).map(|(subject, _)| subject.label.family.as_str()).collect();
    let mut names: Vec<&str> = names.into_iter().collect();
    if names.len() < FOLDS {
        return None;
    }
    let mut dice = Dice::new(seed, 99);
    for index in (1..names.len()).rev() {
        names.swap(index, dice.below(index + 1));
    }
    let of_family = names.iter().enumerate().map(|(index, name)| ((*name).to_owned(), index % FOLDS)).collect();
    let mut folds: Vec<Vec<String>> = vec![Vec::new(); FOLDS];
    for (index, name) in names.iter().enumerate() {
        folds[index % FOLDS].push((*name).to_owned());
    }
    Some((folds, of_family))
}

fn judged(members: &[&Held<'_>], way: usize, care: &str, seed: u64) -> HeldOut {
    let pairs = |fold: Option<usize>| -> Vec<(f64, bool)> {
        let own = members.iter().filter(|one| fold.is_none_or(|fold| one.fold == fold));
        own.map(|one| (one.scores[way], one.hides)).collect()
    };
    let ranked: Vec<Ranked> = (0..FOLDS).map(|fold| Ranked::new(pairs(Some(fold)))).collect();
    let thresholds: Vec<f64> = ranked.iter().map(|ranked| ranked.threshold(1000)).collect();
    let sum = |shares: &mut dyn Iterator<Item = Share>| {
        let (hits, of) = shares.fold((0, 0), |sum, share| (sum.0 + share.hits, sum.1 + share.of));
        Share::of(hits, of)
    };
    let by_fold: Vec<Share> = ranked.iter().zip(&thresholds).map(|(ranked, threshold)| ranked.recall(*threshold)).collect();
    let recall = sum(&mut by_fold.iter().copied());
    let false_alerts = sum(&mut ranked.iter().zip(&thresholds).map(|(ranked, threshold)| ranked.false_alerts(*threshold)));
    let alerted = members.iter().filter(|one| one.hides).map(|one| (one.subject.crew(), one.scores[way] > thresholds[one.fold]));
    let all = pairs(None);
    let states = way != NAIVE;
    HeldOut {
        care: care.to_owned(),
        weights: WEIGHTS[way],
        recall,
        recall_by_crews: recall_by_crews(alerted, recall.share, seed),
        false_alerts,
        by_fold,
        precision_1_in_343: Estimate::of(precision_at_prior(recall, false_alerts, 343.0)),
        calibration: if states { bins(&all) } else { Vec::new() },
        calibration_4_to_8: if states { between(&all, 4.0, 8.0) } else { None },
        curve: Ranked::new(all).curve(120),
    }
}
