//! What a judged sample with labels says of the pack: recall at a bearable number of false alerts, precision at a prior,
//! calibration, what each group and rule adds, dead rules, time to the first alert, clusters. Intervals everywhere.
//!
//! Must not know how the sample was made, nor print anything.

mod ablation;
pub mod by_care;
pub mod calibration;
pub mod costly;
mod delay;
pub mod page;
pub mod told;

pub use ablation::{Ablation, RuleUse};
pub use by_care::CareResult;
pub use calibration::Bin;
pub use costly::Costly;
pub use delay::Delay;

use super::sample::Sample;
use super::simulate::dice::Dice;
use super::statistics::clusters::{Agreement, agreement};
use super::statistics::ranks::precision_at_prior;
use super::statistics::{Ranked, Share};
use bonafide_facts::Band;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A number with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// Central estimate.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Estimate {
    /// From value, low and high.
    #[must_use]
    pub fn of((value, low, high): (f64, f64, f64)) -> Self {
        Self { value, low, high }
    }
}

/// One operating point: how many false alerts are bearable, and what is caught.
#[derive(Debug, Clone, Serialize)]
pub struct Point {
    /// At most one false alert in so many honest subjects.
    pub one_in: usize,
    /// Alerts are the scores above this, bits.
    pub threshold_bits: f64,
    /// Honest subjects alerted.
    pub false_alerts: Share,
    /// Hidden subjects alerted.
    pub recall: Share,
    /// Recall's interval when crews, not subjects, are drawn again (their members share evidence).
    pub recall_by_crews: Estimate,
    /// Precision when one in 343 hides something (hiring).
    pub precision_1_in_343: Estimate,
    /// Precision when one in 100,000 does (platform).
    pub precision_1_in_100000: Estimate,
    /// Recall of the naive baseline (count of shared identifiers) at the same number of false alerts; `None` when it cannot be
    /// counted.
    pub baseline_recall: Option<Share>,
}

/// One family.
#[derive(Debug, Clone, Serialize)]
pub struct FamilyResult {
    /// Id.
    pub family: String,
    /// Whether it hides something.
    pub hides: bool,
    /// Subjects.
    pub subjects: u64,
    /// Share in review or escalate under the pack's policy.
    pub flagged: Share,
    /// For honest families of whom somebody was flagged: flag rate over that of ordinary people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times_ordinary: Option<super::statistics::exact::Ratio>,
    /// Alerted at each operating point.
    pub alerted: Vec<Share>,
    /// The baseline's at each operating point; empty when it cannot be counted.
    pub baseline: Vec<Share>,
    /// Days until the evidence reached review, of those that did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<Delay>,
}

/// Clusters of one level against the truth.
#[derive(Debug, Clone, Serialize)]
pub struct ClusterResult {
    /// operator or network.
    pub level: String,
    /// By pairs.
    pub pairs: Agreement,
    /// B-cubed, over the subjects that hide something or were clustered.
    pub b_cubed: Agreement,
}

/// Everything.
#[derive(Debug, Clone, Serialize)]
pub struct Evaluation {
    /// Digest of the pack.
    pub pack_digest: String,
    /// Subjects that hide something.
    pub hidden: u64,
    /// Subjects that do not.
    pub honest: u64,
    /// Subjects nobody decided on: left out.
    pub undecided: u64,
    /// Area under the curve.
    pub auc: Option<Estimate>,
    /// The naive baseline's.
    pub baseline_auc: Option<Estimate>,
    /// One in 1,000 and one in 100.
    pub points: Vec<Point>,
    /// By level of care, when the labels tell several.
    pub by_care: Vec<CareResult>,
    /// By family, hidden ones first.
    pub families: Vec<FamilyResult>,
    /// Honest families flagged more than three times as often as ordinary people, and through what.
    pub costly_families: Vec<Costly>,
    /// Stated against observed bits, by score.
    pub calibration: Vec<Bin>,
    /// The same for all sums of 4 to 8 bits together.
    pub calibration_4_to_8: Option<Bin>,
    /// What is lost without each group.
    pub without_group: Vec<Ablation>,
    /// What is lost without each rule that fired, largest loss first.
    pub without_rule: Vec<Ablation>,
    /// How often each rule fired on whom.
    pub rules: Vec<RuleUse>,
    /// Rules that never fired.
    pub dead_rules: Vec<String>,
    /// Clusters, when linking was asked for.
    pub clusters: Vec<ClusterResult>,
    /// Days between two looks back in time, when somebody looked: a delay is up to that much too long.
    pub look_days: Option<f64>,
    /// What a reader must know, a sentence each.
    pub notes: Vec<String>,
    /// The curve: false-alert share, recall.
    pub curve: Vec<(f64, f64)>,
    /// The baseline's curve.
    pub baseline_curve: Vec<(f64, f64)>,
    /// Seed of the drawing again.
    pub seed: u64,
}

const ONE_IN: [usize; 2] = [1000, 100];
const REDRAWS: usize = 400;

/// Measures a sample.
#[must_use]
pub fn evaluate(sample: &Sample, seed: u64) -> Evaluation {
    let ranked = Ranked::new(sample.known().map(|(subject, hides)| (subject.score, hides)));
    let naive = sample.with_baseline.then(|| Ranked::new(sample.known().map(|(subject, hides)| (f64::from(subject.shared), hides))));
    let scores = calibration::scores(sample);
    let (hidden, honest) =
        sample.known().fold((0, 0), |(hidden, honest), (_, hides)| if hides { (hidden + 1, honest) } else { (hidden, honest + 1) });
    let points: Vec<Point> = ONE_IN.into_iter().map(|one_in| point(sample, &ranked, naive.as_ref(), one_in, seed)).collect();
    let thresholds: Vec<Thresholds> =
        ONE_IN.into_iter().map(|one_in| (ranked.threshold(one_in), naive.as_ref().map(|naive| naive.threshold(one_in)))).collect();
    let rules = ablation::uses(sample);
    let families = families(sample, &thresholds);
    Evaluation {
        pack_digest: sample.pack_digest.clone(),
        hidden,
        honest,
        undecided: sample.subjects.len() as u64 - hidden - honest,
        auc: ranked.auc().map(Estimate::of),
        baseline_auc: naive.as_ref().and_then(Ranked::auc).map(Estimate::of),
        by_care: by_care::of(sample),
        costly_families: costly::of(sample, &families),
        families,
        calibration: calibration::bins(&scores),
        calibration_4_to_8: calibration::between(&scores, 4.0, 8.0),
        without_group: ablation::by_group(sample, &points[0].recall),
        without_rule: ablation::by_rule(sample, &points[0].recall),
        dead_rules: rules.iter().filter(|rule| rule.hidden.hits + rule.honest.hits == 0).map(|rule| rule.rule.clone()).collect(),
        rules,
        clusters: clusters(sample),
        curve: ranked.curve(200),
        baseline_curve: naive.map(|naive| naive.curve(200)).unwrap_or_default(),
        look_days: sample.look_days,
        notes: sample.notes.clone(),
        points,
        seed,
    }
}

/// Of the score, and of the baseline when it was counted.
type Thresholds = (f64, Option<f64>);

fn point(sample: &Sample, ranked: &Ranked, naive: Option<&Ranked>, one_in: usize, seed: u64) -> Point {
    let threshold = ranked.threshold(one_in);
    let (recall, false_alerts) = (ranked.recall(threshold), ranked.false_alerts(threshold));
    Point {
        one_in,
        threshold_bits: threshold,
        false_alerts,
        recall,
        recall_by_crews: recall_by_crews(
            sample.known().filter(|(_, hides)| *hides).map(|(subject, _)| (subject.crew(), subject.score > threshold)),
            recall.share,
            seed,
        ),
        precision_1_in_343: Estimate::of(precision_at_prior(recall, false_alerts, 343.0)),
        precision_1_in_100000: Estimate::of(precision_at_prior(recall, false_alerts, 100_000.0)),
        baseline_recall: naive.map(|naive| naive.recall(naive.threshold(one_in))),
    }
}

/// Crews drawn again with replacement (Efron's percentile interval), of (crew, alerted) for each hidden subject.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn recall_by_crews<'a>(members: impl Iterator<Item = (&'a str, bool)>, value: f64, seed: u64) -> Estimate {
    let mut crews: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (crew, alerted) in members {
        let counts = crews.entry(crew).or_default();
        counts.0 += u64::from(alerted);
        counts.1 += 1;
    }
    let crews: Vec<(u64, u64)> = crews.into_values().collect();
    let mut dice = Dice::new(seed, 77);
    let mut shares: Vec<f64> = (0..REDRAWS)
        .map(|_| {
            let drawn = crews.iter().map(|_| crews[dice.below(crews.len())]);
            let (hits, all) = drawn.fold((0, 0), |sum, crew| (sum.0 + crew.0, sum.1 + crew.1));
            hits as f64 / (all.max(1)) as f64
        })
        .collect();
    shares.sort_by(f64::total_cmp);
    Estimate { value, low: shares[REDRAWS / 40], high: shares[REDRAWS - 1 - REDRAWS / 40] }
}

fn families(sample: &Sample, thresholds: &[Thresholds]) -> Vec<FamilyResult> {
    let mut of_family: BTreeMap<(bool, &str), Vec<&super::sample::Subject>> = BTreeMap::new();
    for (subject, hides) in sample.known() {
        of_family.entry((!hides, &subject.label.family)).or_default().push(subject);
    }
    let flagged = |members: &[&super::sample::Subject]| members.iter().filter(|subject| subject.band >= Band::Review).count() as u64;
    let ordinary = of_family.get(&(true, "ordinary")).map(|members| (flagged(members), members.len() as u64));
    let result = |((honest, family), members): (&(bool, &str), &Vec<&super::sample::Subject>)| {
        let of = members.len() as u64;
        let share =
            |hit: &dyn Fn(&super::sample::Subject) -> bool| Share::of(members.iter().filter(|subject| hit(subject)).count() as u64, of);
        let times = |(hits, all): (u64, u64)| super::statistics::exact::Ratio::of(flagged(members), of, hits, all);
        FamilyResult {
            family: (*family).to_owned(),
            hides: !honest,
            subjects: of,
            flagged: Share::of(flagged(members), of),
            times_ordinary: ordinary.filter(|_| *honest && *family != "ordinary" && flagged(members) > 0).map(times),
            alerted: thresholds.iter().map(|(bits, _)| share(&|subject| subject.score > *bits)).collect(),
            baseline: thresholds
                .iter()
                .filter_map(|(_, count)| count.map(|count| share(&|subject| f64::from(subject.shared) > count)))
                .collect(),
            delay: if *honest { None } else { delay::of(members) },
        }
    };
    of_family.iter().map(result).collect()
}

/// Operator clusters against operators, network clusters against crews; over subjects that hide something or were clustered.
fn clusters(sample: &Sample) -> Vec<ClusterResult> {
    let level = |level: &str| {
        let found: BTreeMap<&str, &str> =
            sample.clusters.iter().filter(|(l, ..)| l == level).map(|(_, cluster, subject)| (subject.as_str(), cluster.as_str())).collect();
        let members: Vec<(&str, &str)> = sample
            .known()
            .filter(|(subject, hides)| *hides || found.contains_key(subject.id.as_str()))
            .map(|(subject, _)| {
                let truth = if level == "network" { &subject.label.crew } else { &subject.label.operator };
                let alone = subject.id.as_str();
                (found.get(alone).copied().unwrap_or(alone), if truth.is_empty() { alone } else { truth.as_str() })
            })
            .collect();
        let (pairs, b_cubed) = agreement(&members);
        ClusterResult { level: level.to_owned(), pairs, b_cubed }
    };
    let levels: BTreeSet<&str> = sample.clusters.iter().map(|(level, ..)| level.as_str()).filter(|level| *level != "person").collect();
    levels.into_iter().map(level).collect()
}
