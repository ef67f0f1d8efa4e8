//! Weights from counts: for each rule the likelihood ratio among subjects of the same activity volume (Mantel and Haenszel 1959;
//! Greenland and Robins's variance) as evidence, and for all rules together the weights that make the sums mean what they say
//! (see `joint`), with the expert's weights as the prior. Cross-validated with whole families held out.
//!
//! A rule that fires on fewer than two of the stories was hardly tried: that the other stories do not leave its trace says
//! nothing of a story nobody has seen, so the expert's weight stays. Its honest side alone can say one thing: a likelihood ratio
//! is never above one over the share of the honest it fires on.
//!
//! Must not write a pack: it proposes. It never proposes a weight outside the interval the expert defends, and says where counts
//! would have: whether that interval is wrong is for a person.

pub mod held_out;
pub mod held_page;
mod joint;
pub mod page;
#[cfg(test)]
mod tests;
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
    /// Numbers of the rules, sorted.
    fired: Vec<usize>,
}

/// Counts every rule over the known subjects that `holds` accepts.
#[must_use]
pub fn count(sample: &Sample, holds: impl Fn(&Subject, bool) -> bool) -> Vec<Counted> {
    let cuts = volume_cuts(sample);
    let member = |(subject, hides): (_, bool)| {
        let subject: &Subject = subject;
        Member { subject, hides, stratum: cuts.iter().filter(|cut| subject.volume >= **cut).count(), fired: sample.rules_of(subject) }
    };
    let members: Vec<Member<'_>> = sample.known().filter(|(subject, hides)| holds(subject, *hides)).map(member).collect();
    let all = sample.subjects.iter().flat_map(|subject| &subject.findings);
    let tiered: BTreeSet<usize> =
        all.filter(|fired| (fired.bits - sample.rules[fired.rule].bits).abs() > 1e-9).map(|fired| fired.rule).collect();
    let tables: Vec<Fires> = (0..sample.rules.len()).map(|number| fires(&members, number)).collect();
    let free: Vec<bool> = tables.iter().map(Fires::tried).collect();
    let observed: Vec<joint::Observed<'_>> =
        members.iter().map(|one| joint::Observed { subject: one.subject, hides: one.hides, stratum: one.stratum }).collect();
    let learned = joint::learn(sample, &observed, &free);
    let rules = sample.rules.iter().enumerate().zip(tables).zip(learned);
    rules.map(|(((number, rule), table), learned)| one(rule, table, learned, tiered.contains(&number))).collect()
}

fn volume_cuts(sample: &Sample) -> Vec<u32> {
    let mut volumes: Vec<u32> = sample.known().map(|(subject, _)| subject.volume).collect();
    volumes.sort_unstable();
    (1..STRATA).map(|quarter| volumes.get(volumes.len() * quarter / STRATA).copied().unwrap_or(0)).collect()
}

/// On whom one rule fired.
struct Fires {
    table: Table,
    hidden: (u64, u64),
    innocent: (u64, u64),
    honest_families: Vec<(String, Share)>,
}

impl Fires {
    /// Enough firings, on at least two stories, with somebody to compare with.
    fn tried(&self) -> bool {
        self.hidden.0 + self.innocent.0 >= ENOUGH && self.hidden.1 > 0 && self.innocent.1 > 0 && self.table.families_fired() > 1
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn fires(members: &[Member<'_>], number: usize) -> Fires {
    let mut table = Table { strata: vec![(BTreeMap::new(), (0.0, 0.0)); STRATA] };
    let mut honest: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for member in members.iter().filter(|member| member.subject.looked(number)) {
        let hit = member.fired.binary_search(&number).is_ok();
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
    let hidden = table.strata.iter().fold((0.0, 0.0), |sum, (families, _)| plus(sum, hidden_of(families)));
    let innocent = honest.values().fold((0, 0), |sum, n| (sum.0 + n.0, sum.1 + n.1));
    let mut families: Vec<(String, Share)> =
        honest.iter().filter(|(_, n)| n.0 > 0).map(|(family, n)| ((*family).to_owned(), Share::of(n.0, n.1))).collect();
    families.sort_by(|a, b| b.1.share.total_cmp(&a.1.share).then(a.0.cmp(&b.0)));
    families.truncate(4);
    Fires { table, hidden: (hidden.0 as u64, hidden.1 as u64), innocent, honest_families: families }
}

fn one(rule: &RuleNote, fires: Fires, learned: joint::Learned, tiered: bool) -> Counted {
    let (hidden, innocent) = (fires.hidden, fires.innocent);
    let plain = Ratio::of(hidden.0, hidden.1, innocent.0, innocent.1);
    let (bits, deviation) = fires.table.matched();
    let (proposed, note) = match learned {
        None if hidden.0 + innocent.0 < ENOUGH => (None, "too few fired to say: the expert's weight stays"),
        None => bounded(rule, Share::of(innocent.0, innocent.1)),
        Some(learned) => propose(rule, learned),
    };
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
        honest_families: fires.honest_families,
    }
}

fn plus(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0 + b.0, a.1 + b.1)
}

fn hidden_of(families: &Families) -> (f64, f64) {
    families.values().fold((0.0, 0.0), |sum, n| plus(sum, *n))
}

/// What the honest side alone says: a likelihood ratio is at most one over the share of the honest it fires on.
fn bounded(rule: &RuleNote, honest: Share) -> (Option<Bits>, &'static str) {
    let most = if honest.low > 0.0 { -honest.low.log2() } else { f64::INFINITY };
    if rule.bits <= most {
        return (None, "fired on fewer than two stories: the expert's weight stays");
    }
    let bits = most.max(rule.low);
    (Some(Bits { bits, low: rule.low, high: rule.high.min(most.max(rule.low)) }), "it fires on too many honest people to weigh more")
}

impl Table {
    /// On how many hidden families it fired.
    fn families_fired(&self) -> usize {
        let fired = self.strata.iter().flat_map(|(families, _)| families).filter(|(_, cell)| cell.0 > 0.0);
        fired.map(|(family, _)| family.as_str()).collect::<BTreeSet<&str>>().len()
    }

    /// log2 of the volume-matched likelihood ratio and its standard deviation. Half a firing is added to
    /// each side of the fullest stratum when a side never fired, so that no ratio is infinite.
    fn matched(&self) -> (f64, f64) {
        let cell = |(families, honest): &(Families, (f64, f64))| {
            let (a, n) = hidden_of(families);
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

/// What was learned, with its interval, inside the expert's.
fn propose(rule: &RuleNote, (bits, deviation): (f64, f64)) -> (Option<Bits>, &'static str) {
    let note = if bits >= rule.high - 1e-6 {
        "counts say more; kept at the expert's upper end"
    } else if bits <= rule.low + 1e-6 {
        "counts say less; kept at the expert's lower end"
    } else {
        "counts and expert drawn together"
    };
    let half = Z * deviation;
    (Some(Bits { bits, low: (bits - half).max(rule.low).min(bits), high: (bits + half).min(rule.high).max(bits) }), note)
}
