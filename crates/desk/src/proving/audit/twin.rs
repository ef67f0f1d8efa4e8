//! Matched pairs: the same people doing the same under other names. What changes between the two judgements is due to the
//! names alone, so this says of name origin what no sample of different people can.
//!
//! Must not know a name: it compares bands and findings of the same keys.

use crate::proving::sample::{Sample, Subject};
use crate::proving::statistics::exact::sign_test;
use crate::proving::statistics::share::Z;
use bonafide_facts::{Band, Trouble};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// One group of names.
#[derive(Debug, Clone, Serialize)]
pub struct TwinRow {
    /// Column and value.
    pub group: String,
    /// Pairs of which one bears such a name and the other does not.
    pub pairs: u64,
    /// Flagged under such names.
    pub flagged: u64,
    /// The same people flagged under other names.
    pub flagged_otherwise: u64,
    /// Flagged only under such names.
    pub only_here: u64,
    /// Flagged only under other names.
    pub only_otherwise: u64,
    /// Flagged here over flagged otherwise; `None` when nobody is flagged under either.
    pub ratio: Option<f64>,
    /// Its interval, 95%.
    pub low: f64,
    /// Its interval, 95%.
    pub high: f64,
    /// Exact sign test over the pairs that differ (McNemar).
    pub p: f64,
}

/// A rule that fires under one name and not under the other.
#[derive(Debug, Clone, Serialize)]
pub struct TwinRule {
    /// Its id.
    pub rule: String,
    /// People it fires on under one set of names only.
    pub differs: u64,
    /// The group of names on which it fires and does not otherwise, most first: group and people.
    pub on: Vec<(String, u64)>,
}

/// The comparison.
#[derive(Debug, Clone, Serialize)]
pub struct TwinAudit {
    /// Pairs compared (people who hide nothing, where that is known).
    pub pairs: u64,
    /// Pairs whose band differs.
    pub band_differs: u64,
    /// Pairs of which one is flagged and the other is not.
    pub flag_differs: u64,
    /// By group of names.
    pub groups: Vec<TwinRow>,
    /// Rules behind the differences.
    pub rules: Vec<TwinRule>,
}

/// Compares a sample with the same people under other names. Groups are those of `column` in either.
///
/// # Errors
/// When the two do not hold the same subjects, or neither knows the column.
pub fn twin(ours: &Sample, other: &Sample, column: &str, band: Band) -> Result<TwinAudit, Trouble> {
    let by_id: HashMap<&str, &Subject> = other.subjects.iter().map(|subject| (subject.id.as_str(), subject)).collect();
    let pairs: Vec<(&Subject, &Subject)> = ours
        .subjects
        .iter()
        .filter(|subject| subject.label.hides != Some(true))
        .filter_map(|subject| Some((subject, *by_id.get(subject.id.as_str())?)))
        .collect();
    if ours.subjects.len() != other.subjects.len() || ours.subjects.iter().any(|subject| !by_id.contains_key(subject.id.as_str())) {
        return Err(Trouble::error(
            "no-twin",
            None,
            "the twin does not hold the same subjects",
            "make it by `simulate` with the same options and another --names",
        ));
    }
    let name = |subject: &Subject| subject.groups.get(column).map(ToString::to_string);
    if pairs.iter().all(|(subject, _)| name(subject).is_none()) {
        let what = format!("no subject has a group in the column `{}`", bonafide_facts::text::printable(column, 40));
        return Err(Trouble::error("no-groups", None, what, "name the column with --twin-column"));
    }
    let mut counts: BTreeMap<String, [u64; 5]> = BTreeMap::new();
    let (mut band_differs, mut flag_differs) = (0, 0);
    for (one, two) in &pairs {
        band_differs += u64::from(one.band != two.band);
        flag_differs += u64::from((one.band >= band) != (two.band >= band));
        for (here, there) in [(one, two), (two, one)] {
            let (Some(group), there_group) = (name(here), name(there)) else { continue };
            if there_group.as_deref() == Some(group.as_str()) {
                continue;
            }
            let (flagged, otherwise) = (here.band >= band, there.band >= band);
            let own = counts.entry(group).or_default();
            own[0] += 1;
            own[1] += u64::from(flagged);
            own[2] += u64::from(otherwise);
            own[3] += u64::from(flagged && !otherwise);
            own[4] += u64::from(!flagged && otherwise);
        }
    }
    let groups = counts.into_iter().map(|(group, counts)| row(group, counts)).collect();
    Ok(TwinAudit { pairs: pairs.len() as u64, band_differs, flag_differs, groups, rules: rules(ours, other, &pairs, column) })
}

/// The ratio of two proportions of the same people, with the interval of Desu and Raghavarao (log ratio, paired).
#[allow(clippy::cast_precision_loss)]
fn row(group: String, [pairs, flagged, flagged_otherwise, only_here, only_otherwise]: [u64; 5]) -> TwinRow {
    let (a, b) = (flagged as f64, flagged_otherwise as f64);
    let ratio = (flagged > 0 && flagged_otherwise > 0).then(|| a / b);
    let error = if flagged > 0 && flagged_otherwise > 0 { ((only_here + only_otherwise) as f64 / (a * b)).sqrt() } else { f64::INFINITY };
    let middle = ratio.unwrap_or(1.0);
    let (low, high) = (middle * (-Z * error).exp(), middle * (Z * error).exp());
    let p = sign_test(only_here, only_otherwise);
    TwinRow { group, pairs, flagged, flagged_otherwise, only_here, only_otherwise, ratio, low, high, p }
}

fn rules(ours: &Sample, other: &Sample, pairs: &[(&Subject, &Subject)], column: &str) -> Vec<TwinRule> {
    let fired = |sample: &Sample, subject: &Subject| -> BTreeSet<String> {
        sample.rules_of(subject).into_iter().map(|number| sample.rules[number].id.clone()).collect()
    };
    let mut counts: BTreeMap<String, (u64, BTreeMap<String, u64>)> = BTreeMap::new();
    for (one, two) in pairs {
        let (here, there) = (fired(ours, one), fired(other, two));
        for rule in here.symmetric_difference(&there) {
            let bearer = if here.contains(rule) { one } else { two };
            let entry = counts.entry(rule.clone()).or_default();
            entry.0 += 1;
            let group = bearer.groups.get(column).map_or_else(|| "(none)".to_owned(), ToString::to_string);
            *entry.1.entry(group).or_default() += 1;
        }
    }
    let told = |(rule, (differs, on)): (String, (u64, BTreeMap<String, u64>))| {
        let mut on: Vec<(String, u64)> = on.into_iter().collect();
        on.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        on.truncate(4);
        TwinRule { rule, differs, on }
    };
    let mut all: Vec<TwinRule> = counts.into_iter().map(told).collect();
    all.sort_by(|a, b| b.differs.cmp(&a.differs).then_with(|| a.rule.cmp(&b.rule)));
    all
}
