//! Whether groups of people are flagged alike: rates, impact ratios, exact tests and intervals, by group, by rule and by
//! independence group (`listing` tells list matching), and "too few to say" where it is.
//!
//! Must not know what a group means; groups come from outside and never reach the engine. Impact ratio is that of New York City
//! Local Law 144 (6 RCNY 5-300): the selection rate of a category over that of the most selected one; selected here means not
//! flagged. It leaves out categories below 2% of the data; so do we, and say so.

mod drivers;
pub mod page;
pub mod twin;

pub use drivers::Driver;
pub use twin::TwinAudit;

use super::sample::{Sample, Subject};
use super::statistics::Share;
use super::statistics::exact::{Ratio, fisher};
use bonafide_facts::Band;
use serde::Serialize;
use std::collections::BTreeMap;

/// What to audit.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The lowest band that counts as flagged.
    pub band: Band,
    /// Fewer subjects than this in a group is too few to say.
    pub min_subjects: u64,
    /// Fewer flagged subjects expected than this is too few to say.
    pub min_expected: f64,
}

/// What can be said of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Not enough subjects or alerts.
    TooFewToSay,
    /// The interval of the ratio to the others lies within 0.8 to 1.25.
    ShownAlike,
    /// The exact test sees no difference (after Holm's correction over the groups of a column), and the interval is too wide to
    /// show that there is none.
    NoDifferenceSeen,
    /// Flagged more often than the others.
    FlaggedMore,
    /// Flagged less often than the others.
    FlaggedLess,
}

impl Verdict {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::TooFewToSay => "too few to say",
            Self::ShownAlike => "shown alike (within 0.8 to 1.25)",
            Self::NoDifferenceSeen => "no difference seen",
            Self::FlaggedMore => "flagged more",
            Self::FlaggedLess => "flagged less",
        }
    }
}

/// One group of one column.
#[derive(Debug, Clone, Serialize)]
pub struct GroupRow {
    /// Its value.
    pub value: String,
    /// Flagged of its subjects, exact interval.
    pub flagged: Share,
    /// Flagged of those who hide nothing, when that is known.
    pub false_positive: Option<Share>,
    /// Hiding nothing of those flagged, when that is known.
    pub false_discovery: Option<Share>,
    /// Median days until a person cleared a false positive, when dispositions tell.
    pub days_to_clear: Option<f64>,
    /// Share not flagged over that of the least flagged group (LL 144); `None` for groups below 2% of the data.
    pub impact_ratio: Option<f64>,
    /// Flag rate (among the honest when known) over that of everybody else.
    pub against_others: Ratio,
    /// Fisher's exact p of the same comparison.
    pub fisher_p: f64,
    /// What can be said.
    pub verdict: Verdict,
}

/// One column of groups.
#[derive(Debug, Clone, Serialize)]
pub struct ColumnAudit {
    /// Its name.
    pub column: String,
    /// Its groups.
    pub groups: Vec<GroupRow>,
    /// Lowest over highest flag rate among groups that are not too few.
    pub least_over_most: Option<f64>,
}

/// An audit.
#[derive(Debug, Clone, Serialize)]
pub struct Audit {
    /// Digest of the pack.
    pub pack_digest: String,
    /// Subjects.
    pub subjects: u64,
    /// The lowest band that counts as flagged.
    pub flagged_from: Band,
    /// Flagged in all.
    pub flagged: Share,
    /// Whether it is known who hides something.
    pub labelled: bool,
    /// The same people under other names, when a twin was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub twin: Option<TwinAudit>,
    /// What a reader must know, a sentence each.
    pub notes: Vec<String>,
    /// By column.
    pub columns: Vec<ColumnAudit>,
    /// Rules and independence groups that fire unequally, lowest ratio first.
    pub drivers: Vec<Driver>,
    /// Comparisons of rules and groups that were too small to say anything of.
    pub too_few: u64,
}

type Groups<'a> = BTreeMap<&'a str, BTreeMap<&'a str, Vec<&'a Subject>>>;

/// Audits by the columns of the sample's groups.
#[must_use]
pub fn audit(sample: &Sample, settings: &Settings) -> Audit {
    let mut groups: Groups<'_> = BTreeMap::new();
    for subject in &sample.subjects {
        for (column, value) in &subject.groups {
            groups.entry(column).or_default().entry(value).or_default().push(subject);
        }
    }
    let flagged = sample.subjects.iter().filter(|subject| subject.band >= settings.band).count() as u64;
    let (drivers, too_few) = drivers::drivers(sample, &groups, settings);
    Audit {
        pack_digest: sample.pack_digest.clone(),
        subjects: sample.subjects.len() as u64,
        flagged_from: settings.band,
        flagged: Share::exact(flagged, sample.subjects.len() as u64),
        twin: None,
        notes: sample.notes.clone(),
        labelled: sample.known().next().is_some(),
        columns: groups.iter().map(|(column, values)| column_audit(column, values, settings)).collect(),
        drivers,
        too_few,
    }
}

/// Flagged and all: among those who hide nothing when anybody is known to, else among all.
fn counts(members: &[&Subject], band: Band) -> (u64, u64) {
    let innocent = members.iter().filter(|subject| subject.label.hides != Some(true));
    innocent.fold((0, 0), |(hits, all), subject| (hits + u64::from(subject.band >= band), all + 1))
}

#[allow(clippy::cast_precision_loss)]
fn column_audit(column: &str, values: &BTreeMap<&str, Vec<&Subject>>, settings: &Settings) -> ColumnAudit {
    let each: Vec<(u64, u64)> = values.values().map(|members| counts(members, settings.band)).collect();
    let all = each.iter().fold((0, 0), |sum, (hits, of)| (sum.0 + hits, sum.1 + of));
    let passed =
        |members: &[&Subject]| members.iter().filter(|subject| subject.band < settings.band).count() as f64 / members.len().max(1) as f64;
    let total: usize = values.values().map(Vec::len).sum();
    let large = |members: &[&Subject]| members.len() * 50 >= total;
    let most = values.values().filter(|members| large(members)).map(|members| passed(members)).fold(0.0, f64::max);
    let mut groups: Vec<GroupRow> = values
        .iter()
        .zip(&each)
        .map(|((value, members), (hits, of))| GroupRow {
            impact_ratio: (large(members) && most > 0.0).then(|| passed(members) / most),
            ..group_row(value, members, (*hits, *of), (all.0 - hits, all.1 - of), settings)
        })
        .collect();
    correct(&mut groups, &each, all, settings);
    let rates: Vec<f64> = groups
        .iter()
        .zip(&each)
        .filter(|(group, _)| group.verdict != Verdict::TooFewToSay)
        .map(|(_, (hits, of))| *hits as f64 / *of as f64)
        .collect();
    let (least, highest) = rates.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), rate| (low.min(*rate), high.max(*rate)));
    ColumnAudit { column: column.to_owned(), groups, least_over_most: (rates.len() > 1 && highest > 0.0).then(|| least / highest) }
}

#[allow(clippy::cast_precision_loss)]
fn group_row(value: &str, members: &[&Subject], own: (u64, u64), others: (u64, u64), settings: &Settings) -> GroupRow {
    let flagged = members.iter().filter(|subject| subject.band >= settings.band).count() as u64;
    let known: Vec<&&Subject> = members.iter().filter(|subject| subject.label.hides.is_some()).collect();
    let wrong = |subject: &&&&Subject| subject.label.hides == Some(false);
    let false_alerts = known.iter().filter(wrong).filter(|subject| subject.band >= settings.band).count() as u64;
    let known_flagged = known.iter().filter(|subject| subject.band >= settings.band).count() as u64;
    let mut days: Vec<f64> =
        known.iter().filter(wrong).filter_map(|subject| Some((subject.label.decided? - subject.label.since?) as f64 / 86_400e6)).collect();
    days.sort_by(f64::total_cmp);
    GroupRow {
        value: value.to_owned(),
        flagged: Share::exact(flagged, members.len() as u64),
        false_positive: (!known.is_empty()).then(|| Share::exact(false_alerts, known.iter().filter(wrong).count() as u64)),
        false_discovery: (known_flagged > 0).then(|| Share::exact(false_alerts, known_flagged)),
        days_to_clear: days.get(days.len() / 2).copied(),
        impact_ratio: None,
        against_others: Ratio::of(own.0, own.1, others.0, others.1),
        fisher_p: fisher(own.0, own.1, others.0, others.1),
        verdict: Verdict::TooFewToSay,
    }
}

/// Holm's step-down correction over the groups that are not too few, and the verdicts.
#[allow(clippy::cast_precision_loss)]
fn correct(groups: &mut [GroupRow], each: &[(u64, u64)], all: (u64, u64), settings: &Settings) {
    let rate = all.0 as f64 / all.1.max(1) as f64;
    let enough = |(_, of): &(u64, u64)| *of >= settings.min_subjects && *of as f64 * rate >= settings.min_expected;
    let mut order: Vec<usize> = (0..groups.len()).filter(|index| enough(&each[*index])).collect();
    order.sort_by(|a, b| groups[*a].fisher_p.total_cmp(&groups[*b].fisher_p));
    let tests = order.len();
    let mut still = true;
    for (rank, index) in order.into_iter().enumerate() {
        still &= groups[index].fisher_p * (tests - rank) as f64 <= 0.05;
        let more = groups[index].against_others.ratio > 1.0;
        let ratio = groups[index].against_others;
        groups[index].verdict = match (still, more) {
            _ if ratio.low >= 0.8 && ratio.high <= 1.25 => Verdict::ShownAlike,
            (false, _) => Verdict::NoDifferenceSeen,
            (true, true) => Verdict::FlaggedMore,
            (true, false) => Verdict::FlaggedLess,
        };
    }
}
