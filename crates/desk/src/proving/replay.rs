//! What a new or changed rule would have done on history: whom it fires on, which bands move, how right it is where that is
//! known, and whether it falls on some groups more than on others.
//!
//! Must not run anything: it compares two judgements of the same folders.

use super::sample::{Sample, Subject};
use super::statistics::exact::fisher;
use super::statistics::{Ranked, Share};
use bonafide_facts::Band;
use serde::Serialize;
use std::collections::BTreeMap;

/// A subject, its score and band without the rule and with it, and whether the rule fires.
type Row<'s> = (&'s Subject, (f64, Band), (f64, Band), bool);

/// How a group would be touched.
#[derive(Debug, Clone, Serialize)]
pub struct GroupChange {
    /// Column and value.
    pub group: String,
    /// In review or above without the rule as given.
    pub before: Share,
    /// With it.
    pub after: Share,
    /// Fisher's p of the rule firing on this group against all others.
    pub fisher_p: f64,
}

/// What it would have done.
#[derive(Debug, Clone, Serialize)]
pub struct Replay {
    /// The rule.
    pub rule: String,
    /// Subjects it fires on.
    pub fires: Share,
    /// Of those known, hiding something.
    pub precision: Option<Share>,
    /// Of the hidden, how many it fires on.
    pub recall: Option<Share>,
    /// Of the honest, how many it fires on.
    pub false_alerts: Option<Share>,
    /// Band without and with, and how many moved so.
    pub moves: Vec<(Band, Band, u64)>,
    /// Subjects that would newly be in review or above, and how many of them hide nothing where that is known.
    pub new_alerts: u64,
    /// See `new_alerts`.
    pub new_false_alerts: u64,
    /// Recall of the whole pack at one false alert in 1,000, without and with.
    pub recall_at_1_in_1000: Option<(Share, Share)>,
    /// By group, when groups are known.
    pub groups: Vec<GroupChange>,
}

/// Compares. `before` is the history judged without the new rule (with the old one, when it changed); the same sample when the
/// rule is one of the pack's and nothing else changed.
#[must_use]
pub fn replay(before: Option<&Sample>, after: &Sample, rule: &str) -> Replay {
    let without = |index: usize, subject: &Subject| match before {
        Some(sample) => (sample.subjects[index].score, sample.subjects[index].band),
        None => after.judged(subject, |fired| after.rule(fired).id != rule),
    };
    let number = after.rules.iter().position(|note| note.id == rule);
    let fires = |subject: &Subject| number.is_some_and(|number| after.rules_of(subject).contains(&number));
    let rows: Vec<Row<'_>> = after
        .subjects
        .iter()
        .enumerate()
        .map(|(index, subject)| (subject, without(index, subject), after.judged(subject, |_| true), fires(subject)))
        .collect();
    let share = |of: &dyn Fn(&Subject) -> bool, hit: &dyn Fn(&Subject, bool) -> bool| {
        let all: Vec<_> = rows.iter().filter(|row| of(row.0)).collect();
        Share::of(all.iter().filter(|row| hit(row.0, row.3)).count() as u64, all.len() as u64)
    };
    let known = rows.iter().any(|row| row.0.label.hides.is_some());
    let mut moves: BTreeMap<(Band, Band), u64> = BTreeMap::new();
    for (_, old, new, _) in &rows {
        if old.1 != new.1 {
            *moves.entry((old.1, new.1)).or_default() += 1;
        }
    }
    let newly = |row: &&Row<'_>| row.1.1 < Band::Review && row.2.1 >= Band::Review;
    let ranked = |side: &dyn Fn(&Row<'_>) -> f64| {
        let ranked = Ranked::new(rows.iter().filter_map(|row| row.0.label.hides.map(|hides| (side(row), hides))));
        ranked.recall(ranked.threshold(1000))
    };
    Replay {
        rule: rule.to_owned(),
        fires: share(&|_| true, &|_, fires| fires),
        precision: known.then(|| {
            let fired = rows.iter().filter(|row| row.3 && row.0.label.hides.is_some());
            let (right, all) = fired.fold((0, 0), |sum, row| (sum.0 + u64::from(row.0.label.hides == Some(true)), sum.1 + 1));
            Share::of(right, all)
        }),
        recall: known.then(|| share(&|subject| subject.label.hides == Some(true), &|_, fires| fires)),
        false_alerts: known.then(|| share(&|subject| subject.label.hides == Some(false), &|_, fires| fires)),
        moves: moves.into_iter().map(|((from, to), n)| (from, to, n)).collect(),
        new_alerts: rows.iter().filter(newly).count() as u64,
        new_false_alerts: rows.iter().filter(newly).filter(|row| row.0.label.hides == Some(false)).count() as u64,
        recall_at_1_in_1000: known.then(|| (ranked(&|row| row.1.0), ranked(&|row| row.2.0))),
        groups: groups(&rows),
    }
}

fn groups(rows: &[Row<'_>]) -> Vec<GroupChange> {
    // Who hides something is left out where that is known: fairness is owed to the innocent.
    let innocent: Vec<_> = rows.iter().filter(|row| row.0.label.hides != Some(true)).collect();
    let fired = innocent.iter().filter(|row| row.3).count() as u64;
    let mut of: BTreeMap<(&str, &str), [u64; 4]> = BTreeMap::new();
    for row in &innocent {
        for (column, value) in &row.0.groups {
            let counts = of.entry((column, value)).or_default();
            counts[0] += 1;
            counts[1] += u64::from(row.1.1 >= Band::Review);
            counts[2] += u64::from(row.2.1 >= Band::Review);
            counts[3] += u64::from(row.3);
        }
    }
    let change = |((column, value), [all, before, after, hits]): (&(&str, &str), &[u64; 4])| GroupChange {
        group: format!("{column}: {value}"),
        before: Share::exact(*before, *all),
        after: Share::exact(*after, *all),
        fisher_p: fisher(*hits, *all, fired - hits, innocent.len() as u64 - all),
    };
    of.iter().map(change).collect()
}
