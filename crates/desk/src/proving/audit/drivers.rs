//! Rules and independence groups that fire on one group of people more often than on the others.
//!
//! Must not know what a group means.

use super::{Groups, Settings};
use crate::proving::sample::Sample;
use crate::proving::statistics::Share;
use crate::proving::statistics::exact::fisher;
use serde::Serialize;
use std::collections::BTreeMap;

/// A rule or independence group that fires unequally.
#[derive(Debug, Clone, Serialize)]
pub struct Driver {
    /// `rule` or `group`.
    pub what: &'static str,
    /// Id.
    pub id: String,
    /// Column and value that it fires on more often.
    pub column: String,
    /// Value.
    pub value: String,
    /// Fired of the group.
    pub fired: Share,
    /// Fired of everybody else.
    pub others: Share,
    /// Others' rate over the group's: below 0.8 is listed.
    pub ratio: f64,
    /// Fisher's p after Bonferroni over all comparisons.
    pub p_corrected: f64,
    /// Families (when known) of those it fired on in the group, most first.
    pub families: Vec<(String, u64)>,
}

/// What fired, as (rule or group, id), on which innocent subjects (by number).
type FiredOn<'s> = BTreeMap<(&'static str, &'s str), Vec<usize>>;

/// Those with a ratio below 0.8 and a corrected p of at most .05; and how many comparisons were too small.
#[allow(clippy::cast_precision_loss)]
pub(super) fn drivers(sample: &Sample, groups: &Groups<'_>, settings: &Settings) -> (Vec<Driver>, u64) {
    let on = fired_on(sample);
    let (mut found, mut tests, mut too_few) = (Vec::new(), 0_u64, 0);
    for (column, values) in groups {
        let (of_group, sizes) = members(sample, column, values.keys().copied());
        let everybody: u64 = sizes.iter().sum();
        for ((what, id), subjects) in &on {
            let mut hits = vec![0_u64; sizes.len()];
            let mut all = 0;
            for group in subjects.iter().filter_map(|subject| of_group[*subject]) {
                hits[group] += 1;
                all += 1;
            }
            for (group, value) in values.keys().enumerate() {
                let (own, of) = (hits[group], sizes[group]);
                let expected = all as f64 * of as f64 / everybody.max(1) as f64;
                if of < settings.min_subjects || expected < settings.min_expected || everybody == of {
                    too_few += 1;
                    continue;
                }
                tests += 1;
                let (here, there) = (Share::exact(own, of), Share::exact(all - own, everybody - of));
                let ratio = if here.share > 0.0 { there.share / here.share } else { f64::INFINITY };
                if ratio < 0.8 {
                    let inside = subjects.iter().copied().filter(|subject| of_group[*subject] == Some(group));
                    found.push(Driver {
                        what,
                        id: (*id).to_owned(),
                        column: (*column).to_owned(),
                        value: (*value).to_owned(),
                        fired: here,
                        others: there,
                        ratio,
                        p_corrected: fisher(own, of, all - own, everybody - of),
                        families: families(sample, inside),
                    });
                }
            }
        }
    }
    for driver in &mut found {
        // Bonferroni over every comparison made: stricter than Holm, and needs no order.
        driver.p_corrected = (driver.p_corrected * tests as f64).min(1.0);
    }
    found.retain(|driver| driver.p_corrected <= 0.05);
    found.sort_by(|a, b| a.ratio.total_cmp(&b.ratio).then_with(|| (&a.id, &a.value).cmp(&(&b.id, &b.value))));
    (found, too_few)
}

fn fired_on(sample: &Sample) -> FiredOn<'_> {
    let mut on: FiredOn<'_> = BTreeMap::new();
    for (number, subject) in sample.subjects.iter().enumerate().filter(|(_, subject)| subject.label.hides != Some(true)) {
        for found in subject.findings.iter().filter(|found| found.not_cleared() && found.bits > 0.0) {
            for key in [("rule", sample.rule(found).id.as_str()), ("group", sample.group_of(found))] {
                let subjects = on.entry(key).or_default();
                if subjects.last() != Some(&number) {
                    subjects.push(number);
                }
            }
        }
    }
    on
}

/// The group of each innocent subject in a column, and the groups' sizes.
fn members<'v>(sample: &Sample, column: &str, values: impl Iterator<Item = &'v str>) -> (Vec<Option<usize>>, Vec<u64>) {
    let numbers: BTreeMap<&str, usize> = values.enumerate().map(|(number, value)| (value, number)).collect();
    let mut sizes = vec![0; numbers.len()];
    let of = |subject: &crate::proving::sample::Subject| {
        let innocent = subject.label.hides != Some(true);
        innocent.then(|| subject.groups.get(column).and_then(|value| numbers.get(&**value)).copied()).flatten()
    };
    let of_group: Vec<Option<usize>> = sample.subjects.iter().map(of).collect();
    of_group.iter().flatten().for_each(|group| sizes[*group] += 1);
    (of_group, sizes)
}

fn families(sample: &Sample, subjects: impl Iterator<Item = usize>) -> Vec<(String, u64)> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for family in subjects.map(|subject| sample.subjects[subject].label.family.as_str()).filter(|family| !family.is_empty()) {
        *counts.entry(family).or_default() += 1;
    }
    let mut counts: Vec<(String, u64)> = counts.into_iter().map(|(family, n)| (family.to_owned(), n)).collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts.truncate(3);
    counts
}
