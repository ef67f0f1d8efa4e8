//! Weights from counts: for each rule the likelihood ratio among subjects of the same activity volume (Mantel and Haenszel 1959;
//! Greenland and Robins's variance), its spread when whole families are left out (jackknife), and the two drawn together with
//! the expert's weight as a prior, so that few counts move little. Cross-validated with whole families held out.
//!
//! Must not write a pack: it proposes. It never proposes more than the expert's upper end, and says where counts would have.

pub mod held_out;
pub mod page;
pub mod weights;

use super::sample::{RuleNote, Sample, Subject};
use super::statistics::Share;
use super::statistics::exact::Ratio;
use super::statistics::share::Z;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A number of bits with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bits {
    /// Central estimate.
    pub bits: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// What was counted of a rule, and what follows.
#[derive(Debug, Clone, Serialize)]
pub struct Counted {
    /// Rule.
    pub rule: String,
    /// Group.
    pub group: String,
    /// The pack's weight.
    pub stated: Bits,
    /// Fired on those who hide something and of whom it could look.
    pub hidden: Share,
    /// Fired on those who do not.
    pub honest: Share,
    /// log2 of the plain likelihood ratio.
    pub plain: Bits,
    /// The same within quarters of activity volume.
    pub matched: Bits,
    /// Counts and the expert drawn together; `None` when too few fired to say.
    pub proposed: Option<Bits>,
    /// The rule gives different findings different weights: one number for all would be wrong, so none is written.
    pub tiered: bool,
    /// Why the proposal is what it is.
    pub note: &'static str,
    /// Honest families it fires on most: family and share.
    pub honest_families: Vec<(String, Share)>,
}

/// Hidden fired and hidden, by family.
type Families = BTreeMap<String, (f64, f64)>;

/// By stratum of volume: the hidden by family, and the honest (fired, all).
struct Table {
    strata: Vec<(Families, (f64, f64))>,
}

/// Fewer firings than this say nothing.
const ENOUGH: u64 = 8;
const STRATA: usize = 4;

/// One subject as it is counted.
struct Member<'a> {
    subject: &'a Subject,
    hides: bool,
    stratum: usize,
    fired: BTreeSet<&'a str>,
}

/// Counts every rule over the known subjects that `holds` accepts.
#[must_use]
pub fn count(sample: &Sample, holds: impl Fn(&Subject, bool) -> bool) -> Vec<Counted> {
    let cuts = volume_cuts(sample);
    let member = |(subject, hides): (_, bool)| {
        let subject: &Subject = subject;
        Member { subject, hides, stratum: cuts.iter().filter(|cut| subject.volume >= **cut).count(), fired: fired(sample, subject) }
    };
    let members: Vec<Member<'_>> = sample.known().filter(|(subject, hides)| holds(subject, *hides)).map(member).collect();
    let mut tiered: BTreeSet<&str> = BTreeSet::new();
    let stated: BTreeMap<&str, f64> = sample.rules.iter().map(|rule| (rule.id.as_str(), rule.bits)).collect();
    for finding in &sample.findings {
        if stated.get(finding.rule.as_str()).is_some_and(|bits| (finding.weight.bits - bits).abs() > 1e-9) {
            tiered.insert(&finding.rule);
        }
    }
    sample.rules.iter().enumerate().map(|(number, rule)| one(&members, number, rule, tiered.contains(rule.id.as_str()))).collect()
}

/// Rules that fired on a subject and were not cleared, shadow rules among them.
fn fired<'a>(sample: &'a Sample, subject: &Subject) -> BTreeSet<&'a str> {
    let findings = subject.findings.iter().map(|index| &sample.findings[*index]);
    findings.filter(|finding| finding.cleared.is_none()).map(|finding| finding.rule.as_str()).collect()
}

fn volume_cuts(sample: &Sample) -> Vec<u32> {
    let mut volumes: Vec<u32> = sample.known().map(|(subject, _)| subject.volume).collect();
    volumes.sort_unstable();
    (1..STRATA).map(|quarter| volumes.get(volumes.len() * quarter / STRATA).copied().unwrap_or(0)).collect()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn one(members: &[Member<'_>], number: usize, rule: &RuleNote, tiered: bool) -> Counted {
    let mut table = Table { strata: vec![(BTreeMap::new(), (0.0, 0.0)); STRATA] };
    let mut honest: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for member in members.iter().filter(|member| member.subject.looked(number)) {
        let hit = member.fired.contains(rule.id.as_str());
        let family = &member.subject.label.family;
        let stratum = &mut table.strata[member.stratum];
        let cell = if member.hides {
            stratum.0.entry(family.clone()).or_default()
        } else {
            let counts = honest.entry(family.as_str()).or_default();
            counts.0 += u64::from(hit);
            counts.1 += 1;
            &mut stratum.1
        };
        cell.0 += f64::from(u8::from(hit));
        cell.1 += 1.0;
    }
    let hidden = table.strata.iter().fold((0.0, 0.0), |sum, (families, _)| plus(sum, hidden_of(families, None)));
    let hidden = (hidden.0 as u64, hidden.1 as u64);
    let innocent = honest.values().fold((0, 0), |sum, n| (sum.0 + n.0, sum.1 + n.1));
    let plain = Ratio::of(hidden.0, hidden.1, innocent.0, innocent.1);
    let matched = table.matched(None);
    let mut families: Vec<(String, Share)> =
        honest.iter().filter(|(_, n)| n.0 > 0).map(|(family, n)| ((*family).to_owned(), Share::of(n.0, n.1))).collect();
    families.sort_by(|a, b| b.1.share.total_cmp(&a.1.share).then(a.0.cmp(&b.0)));
    families.truncate(4);
    let enough = hidden.0 + innocent.0 >= ENOUGH && hidden.1 > 0 && innocent.1 > 0;
    let (proposed, note) = if enough { propose(rule, &table, matched) } else { (None, "too few fired to say: the expert's weight stays") };
    let (bits, deviation) = matched;
    Counted {
        rule: rule.id.clone(),
        group: rule.group.clone(),
        stated: Bits { bits: rule.bits, low: rule.low, high: rule.high },
        hidden: Share::of(hidden.0, hidden.1),
        honest: Share::of(innocent.0, innocent.1),
        plain: Bits { bits: plain.ratio.log2(), low: plain.low.log2(), high: plain.high.log2() },
        matched: Bits { bits, low: bits - Z * deviation, high: bits + Z * deviation },
        proposed,
        tiered,
        note,
        honest_families: families,
    }
}

fn plus(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0 + b.0, a.1 + b.1)
}

fn hidden_of(families: &Families, without: Option<&str>) -> (f64, f64) {
    families.iter().filter(|(family, _)| Some(family.as_str()) != without).fold((0.0, 0.0), |sum, (_, n)| plus(sum, *n))
}

impl Table {
    /// log2 of the volume-matched likelihood ratio and its standard deviation, without one family. Half a firing is added to
    /// each side of the fullest stratum when a side never fired, so that no ratio is infinite.
    fn matched(&self, without: Option<&str>) -> (f64, f64) {
        let cell = |(families, honest): &(Families, (f64, f64))| {
            let (a, n) = hidden_of(families, without);
            [a, n, honest.0, honest.1]
        };
        let mut cells: Vec<[f64; 4]> = self.strata.iter().map(cell).filter(|cell| cell[1] > 0.0 && cell[3] > 0.0).collect();
        if cells.is_empty() {
            return (0.0, f64::INFINITY);
        }
        let silent = [0, 2].iter().any(|side| cells.iter().all(|cell| cell[*side] == 0.0));
        if let (true, Some(fullest)) = (silent, cells.iter_mut().max_by(|a, b| (a[1] + a[3]).total_cmp(&(b[1] + b[3])))) {
            *fullest = [fullest[0] + 0.5, fullest[1] + 1.0, fullest[2] + 0.5, fullest[3] + 1.0];
        }
        let (mut r, mut s, mut p) = (0.0, 0.0, 0.0);
        for [a, n, b, m] in cells {
            let all = n + m;
            r += a * m / all;
            s += b * n / all;
            p += (n * m * (a + b) - a * b * all) / (all * all);
        }
        ((r / s).log2(), (p / (r * s)).max(0.0).sqrt() / std::f64::consts::LN_2)
    }
}

/// Counts and expert drawn together, each weighed by its certainty; counts are as uncertain as whole families make them.
#[allow(clippy::cast_precision_loss)]
fn propose(rule: &RuleNote, table: &Table, matched: (f64, f64)) -> (Option<Bits>, &'static str) {
    let families: BTreeSet<&str> = table.strata.iter().flat_map(|(families, _)| families.keys().map(String::as_str)).collect();
    let left_out: Vec<f64> = families.iter().map(|family| table.matched(Some(family)).0).collect();
    let n = left_out.len() as f64;
    let mean = left_out.iter().sum::<f64>() / n.max(1.0);
    let jackknife = if n > 1.0 { (n - 1.0) / n * left_out.iter().map(|x| (x - mean).powi(2)).sum::<f64>() } else { 4.0 };
    let counted = matched.1 * matched.1 + jackknife;
    if !counted.is_finite() {
        return (None, "nobody to compare with: the expert's weight stays");
    }
    let expert = ((rule.high - rule.low) / (2.0 * Z)).max(0.25).powi(2);
    let certainty = 1.0 / counted.max(1e-6) + 1.0 / expert;
    let bits = (matched.0 / counted.max(1e-6) + rule.bits / expert) / certainty;
    let half = Z * (1.0 / certainty).sqrt();
    let capped = bits.min(rule.high);
    let note = if bits > rule.high {
        "counts say more; kept at the expert's upper end"
    } else if bits < rule.low {
        "below what the expert would defend"
    } else {
        "counts and expert drawn together"
    };
    (Some(Bits { bits: capped, low: (bits - half).min(capped), high: (bits + half).min(rule.high).max(capped) }), note)
}
