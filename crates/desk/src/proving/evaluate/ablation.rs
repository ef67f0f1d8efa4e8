//! What each independence group and each rule adds: the recall that is left without it, and how often each rule fired on whom.
//!
//! Must not count a finding itself: without one, `assess` judges again.

use crate::proving::sample::{Fired, RuleNote, Sample, Subject};
use crate::proving::statistics::exact::Ratio;
use crate::proving::statistics::{Ranked, Share};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Judged without one group or rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ablation {
    /// Group or rule.
    pub without: String,
    /// Recall at one false alert in 1,000 honest subjects.
    pub recall: Share,
    /// Recall lost: positive when it helps, negative when it costs more than it gives.
    pub loss: f64,
}

/// How often a rule fired.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleUse {
    /// Rule id.
    pub rule: String,
    /// Group.
    pub group: String,
    /// Among those that hide something.
    pub hidden: Share,
    /// Among those that do not.
    pub honest: Share,
    /// Stated weight, bits.
    pub stated_bits: f64,
    /// log2 of the counted likelihood ratio.
    pub observed_bits: f64,
    /// Its interval.
    pub low_bits: f64,
    /// Its interval.
    pub high_bits: f64,
    /// Honest families with the highest share fired, at most three: family and share.
    pub honest_families: Vec<(String, Share)>,
}

/// Every rule of the pack, in its order.
#[must_use]
pub fn uses(sample: &Sample) -> Vec<RuleUse> {
    let mut all: BTreeMap<(bool, &str), u64> = BTreeMap::new();
    let mut fired: BTreeMap<usize, BTreeMap<(bool, &str), u64>> = BTreeMap::new();
    for (subject, hides) in sample.known() {
        let key = (hides, subject.label.family.as_str());
        *all.entry(key).or_default() += 1;
        for rule in sample.rules_of(subject) {
            *fired.entry(rule).or_default().entry(key).or_default() += 1;
        }
    }
    let total =
        |counts: &BTreeMap<(bool, &str), u64>, hides: bool| counts.iter().filter(|((h, _), _)| *h == hides).map(|(_, n)| n).sum::<u64>();
    let (hidden_all, honest_all) = (total(&all, true), total(&all, false));
    let none = BTreeMap::new();
    let of = |(number, rule): (usize, &RuleNote)| {
        let counts = fired.get(&number).unwrap_or(&none);
        let (hidden, honest) = (total(counts, true), total(counts, false));
        let ratio = Ratio::of(hidden, hidden_all, honest, honest_all);
        let honest_only = counts.iter().filter(|((hides, _), _)| !hides);
        let mut families: Vec<(String, Share)> = honest_only.map(|(key, n)| (key.1.to_owned(), Share::of(*n, all[key]))).collect();
        families.sort_by(|a, b| b.1.share.total_cmp(&a.1.share).then(a.0.cmp(&b.0)));
        families.truncate(3);
        RuleUse {
            rule: rule.id.clone(),
            group: rule.group.clone(),
            hidden: Share::of(hidden, hidden_all),
            honest: Share::of(honest, honest_all),
            stated_bits: rule.bits,
            observed_bits: ratio.ratio.log2(),
            low_bits: ratio.low.log2(),
            high_bits: ratio.high.log2(),
            honest_families: families,
        }
    };
    sample.rules.iter().enumerate().map(of).collect()
}

/// Without each group that spoke.
#[must_use]
pub fn by_group(sample: &Sample, whole: &Share) -> Vec<Ablation> {
    without(sample, whole, |fired| sample.group_of(fired))
}

/// Without each rule that fired, largest loss first.
#[must_use]
pub fn by_rule(sample: &Sample, whole: &Share) -> Vec<Ablation> {
    let mut all = without(sample, whole, |fired| sample.rule(fired).id.as_str());
    all.sort_by(|a, b| b.loss.total_cmp(&a.loss).then_with(|| a.without.cmp(&b.without)));
    all
}

fn without<'s>(sample: &'s Sample, whole: &Share, of: impl Fn(&Fired) -> &'s str) -> Vec<Ablation> {
    let names: BTreeSet<&str> = sample.known().flat_map(|(subject, _)| &subject.findings).map(&of).collect();
    let one = |name: &str| {
        let score = |subject: &Subject| {
            let touched = subject.findings.iter().any(|fired| of(fired) == name);
            if touched { sample.judged(subject, |fired| of(fired) != name).0 } else { subject.score }
        };
        let ranked = Ranked::new(sample.known().map(|(subject, hides)| (score(subject), hides)));
        let recall = ranked.recall(ranked.threshold(1000));
        Ablation { without: name.to_owned(), recall, loss: whole.share - recall.share }
    };
    names.into_iter().map(one).collect()
}
