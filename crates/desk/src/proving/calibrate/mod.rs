//! Weights from counts: for each rule the likelihood ratio among subjects of the same activity volume (Mantel and Haenszel 1959;
//! Greenland and Robins's variance) as evidence, and for all rules together the weights that make the sums mean what they say
//! (see `joint`), with the expert's weights as the prior. Cross-validated with whole families held out.
//!
//! A rule that fires on fewer than two of the stories was hardly tried: that the other stories do not leave its trace says
//! nothing of a story nobody has seen, so the expert's weight stays. Its honest side alone can say one thing: a likelihood ratio
//! is never above one over the share of the honest it fires on.
//!
//! Must not write a pack: it proposes. What it proposes for the pack stays in the interval the expert defends. What the counts
//! say beyond it stands apart (`loosened`): whether an interval is wrong is for a person, who sees every cap by name.

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
use joint::{Caps, Learned};
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
    /// The rule gives different findings different weights: each has its own step.
    pub tiered: bool,
    /// What was learned of each weight its findings have, least first; empty when it may not move.
    pub steps: Vec<Step>,
    /// Why the proposal is what it is.
    pub note: &'static str,
    /// Honest families it fires on most: family and share.
    pub honest_families: Vec<(String, Share)>,
}

/// One weight of a rule: most rules have one, a rule that weighs a pair otherwise than a team has several.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Step {
    /// The pack's, bits.
    pub stated: f64,
    /// Findings on the hidden and on the honest that weigh so much.
    pub fired: (u64, u64),
    /// Learned within the expert's interval.
    pub kept: Bits,
    /// Learned with that interval loosened.
    pub loosened: Bits,
}

/// What was learned, within the experts' intervals and beyond them.
pub(super) struct Weighed {
    /// Within.
    pub kept: Learned,
    /// Beyond.
    pub loosened: Learned,
    /// How many times the experts' width the prior was given there.
    pub width: f64,
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
    let members = members(sample, holds);
    let tables: Vec<Fires> = (0..sample.rules.len()).map(|number| fires(&members, number)).collect();
    let weighed = weigh(sample, &members, &tables);
    let mut findings: BTreeMap<joint::Step, (u64, u64)> = BTreeMap::new();
    for member in &members {
        for fired in member.subject.findings.iter().filter(|fired| fired.not_cleared()) {
            let cell = findings.entry(joint::step(fired)).or_default();
            *(if member.hides { &mut cell.0 } else { &mut cell.1 }) += 1;
        }
    }
    let rules = sample.rules.iter().enumerate().zip(tables);
    rules
        .map(|((number, rule), table)| {
            let own: Vec<(joint::Step, (u64, u64))> =
                findings.range((number, i64::MIN)..=(number, i64::MAX)).map(|(a, b)| (*a, *b)).collect();
            one(number, rule, table, &own, &weighed)
        })
        .collect()
}

/// The weights learned over the known subjects that `holds` accepts, for scoring others.
pub(super) fn learned(sample: &Sample, holds: impl Fn(&Subject, bool) -> bool) -> Weighed {
    let members = members(sample, holds);
    let tables: Vec<Fires> = (0..sample.rules.len()).map(|number| fires(&members, number)).collect();
    weigh(sample, &members, &tables)
}

fn members<'s>(sample: &'s Sample, holds: impl Fn(&Subject, bool) -> bool) -> Vec<Member<'s>> {
    let cuts = volume_cuts(sample);
    let member = |(subject, hides): (&'s Subject, bool)| Member {
        subject,
        hides,
        stratum: cuts.iter().filter(|cut| subject.volume >= **cut).count(),
        fired: sample.rules_of(subject),
    };
    sample.known().filter(|(subject, hides)| holds(subject, *hides)).map(member).collect()
}

fn weigh(sample: &Sample, members: &[Member<'_>], tables: &[Fires]) -> Weighed {
    let free: Vec<bool> = tables.iter().map(Fires::tried).collect();
    let observed: Vec<joint::Observed<'_>> =
        members.iter().map(|one| joint::Observed { subject: one.subject, hides: one.hides, stratum: one.stratum }).collect();
    let width = joint::width(sample, &observed, &free);
    let mut kept = joint::learn(sample, &observed, &free, Caps::Kept);
    let mut loosened = joint::learn(sample, &observed, &free, Caps::Loosened(width));
    // A rule that hardly any story tried is lowered all the same when it fires on too many honest people.
    for (number, table) in tables.iter().enumerate().filter(|(number, table)| !free[*number] && table.enough()) {
        let rule = &sample.rules[number];
        if let (Some(bits), _) = bounded(rule, Share::of(table.innocent.0, table.innocent.1)) {
            let step = joint::step_of(number, rule.bits);
            kept.insert(step, (bits.bits, 0.0));
            loosened.insert(step, (bits.bits, 0.0));
        }
    }
    Weighed { kept, loosened, width }
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
    /// Enough firings to say anything.
    fn enough(&self) -> bool {
        self.hidden.0 + self.innocent.0 >= ENOUGH
    }

    /// Enough firings, on at least two stories, with somebody to compare with.
    fn tried(&self) -> bool {
        self.enough() && self.hidden.1 > 0 && self.innocent.1 > 0 && self.table.families_fired() > 1
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

fn one(number: usize, rule: &RuleNote, fires: Fires, findings: &[(joint::Step, (u64, u64))], weighed: &Weighed) -> Counted {
    let (hidden, innocent) = (fires.hidden, fires.innocent);
    let plain = Ratio::of(hidden.0, hidden.1, innocent.0, innocent.1);
    let (bits, deviation) = fires.table.matched();
    let main = joint::step_of(number, rule.bits);
    let (proposed, note) = match weighed.kept.get(&main).filter(|_| fires.tried()) {
        None if !fires.enough() => (None, "too few fired to say: the expert's weight stays"),
        None if fires.tried() => (None, "none of its findings has its stated weight: see the steps"),
        None => bounded(rule, Share::of(innocent.0, innocent.1)),
        Some(learned) => propose(rule, *learned),
    };
    let steps = findings.iter().filter_map(|(step, fired)| steps(rule, *step, *fired, weighed)).collect();
    Counted {
        rule: rule.id.clone(),
        group: rule.group.clone(),
        stated: Bits { bits: rule.bits, low: rule.low, high: rule.high },
        hidden: Share::of(hidden.0, hidden.1),
        honest: Share::of(innocent.0, innocent.1),
        plain: Bits { bits: plain.ratio.log2(), low: plain.low.log2(), high: plain.high.log2() },
        matched: Bits { bits, low: bits - Z * deviation, high: bits + Z * deviation },
        proposed,
        tiered: findings.iter().any(|(step, _)| *step != main),
        steps,
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

/// What was learned of one step; `None` when it may not move.
#[allow(clippy::cast_precision_loss)]
fn steps(rule: &RuleNote, step: joint::Step, fired: (u64, u64), weighed: &Weighed) -> Option<Step> {
    let kept = weighed.kept.get(&step)?;
    let (loosened, deviation) = *weighed.loosened.get(&step)?;
    let stated = step.1 as f64 / 10.0;
    let half = Z * deviation;
    let loosened =
        Bits { bits: loosened, low: (loosened - half).max(0.0).min(loosened), high: (loosened + half).min(joint::MOST).max(loosened) };
    Some(Step { stated, fired, kept: within(rule, *kept), loosened })
}

/// What was learned, with its interval, inside the expert's.
fn within(rule: &RuleNote, (bits, deviation): (f64, f64)) -> Bits {
    let half = Z * deviation;
    Bits { bits, low: (bits - half).max(rule.low).min(bits), high: (bits + half).min(rule.high).max(bits) }
}

fn propose(rule: &RuleNote, learned: (f64, f64)) -> (Option<Bits>, &'static str) {
    let bits = learned.0;
    let note = if bits >= rule.high - 1e-6 {
        "counts say more; kept at the expert's upper end"
    } else if bits <= rule.low + 1e-6 {
        "counts say less; kept at the expert's lower end"
    } else {
        "counts and expert drawn together"
    };
    (Some(within(rule, learned)), note)
}
