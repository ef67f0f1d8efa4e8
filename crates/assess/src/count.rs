//! What counts: in each independence group the largest finding for and the most telling finding against, once each.
//!
//! Must not know bands.

use crate::Counted;
use crate::input::{Standing, Weighed};
use std::collections::BTreeMap;

/// The one or two findings of a group that count, as positions in the weighed list.
#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    favours: Option<(usize, i64)>,
    opposes: Option<(usize, i64)>,
}

impl Pair {
    fn sum(self) -> i64 {
        self.favours.map_or(0, |(_, millibits)| millibits) + self.opposes.map_or(0, |(_, millibits)| millibits)
    }
}

/// What counts among some of a subject's findings.
#[derive(Debug)]
pub(crate) struct Tally<'a> {
    groups: BTreeMap<&'a str, Pair>,
}

impl<'a> Tally<'a> {
    /// Counts the findings that stand and that `keep` keeps (by position). `weighed` is in its fixed order, so the first
    /// finding for and the first of the lowest findings against win ties.
    pub fn of(weighed: &[Weighed<'a>], keep: impl Fn(usize) -> bool) -> Self {
        let mut groups: BTreeMap<&'a str, Pair> = BTreeMap::new();
        for (position, finding) in weighed.iter().enumerate() {
            if !finding.stands() || finding.millibits == 0 || !keep(position) {
                continue;
            }
            let pair = groups.entry(finding.item.group).or_default();
            let counted = Some((position, finding.millibits));
            if finding.millibits > 0 {
                pair.favours = pair.favours.or(counted);
            } else if pair.opposes.is_none_or(|(_, lowest)| finding.millibits < lowest) {
                pair.opposes = counted;
            }
        }
        Self { groups }
    }

    /// Sum of all that counts, millibits.
    pub fn score(&self) -> i64 {
        self.groups.values().map(|pair| pair.sum()).sum()
    }

    /// The groups whose sum is above zero, by name.
    pub fn speaking(&self) -> Vec<&'a str> {
        self.groups.iter().filter(|(_, pair)| pair.sum() > 0).map(|(group, _)| *group).collect()
    }

    /// Positions of the counting findings for concealment that have at least `strong` millibits, in speaking groups.
    pub fn strong(&self, strong: i64) -> Vec<usize> {
        let speaking = self.groups.values().filter(|pair| pair.sum() > 0);
        speaking.filter_map(|pair| pair.favours).filter(|(_, millibits)| *millibits >= strong).map(|(position, _)| position).collect()
    }

    /// What the finding for concealment of a group counts, millibits; 0 when it has none.
    pub fn favours(&self, group: &str) -> i64 {
        self.groups.get(group).and_then(|pair| pair.favours).map_or(0, |(_, millibits)| millibits)
    }

    /// What the finding against of a group counts, millibits, 0 or below.
    pub fn opposes(&self, group: &str) -> i64 {
        self.groups.get(group).and_then(|pair| pair.opposes).map_or(0, |(_, millibits)| millibits)
    }

    /// Whether the finding at this position counts.
    fn counts(&self, group: &str, position: usize) -> bool {
        let is = |counted: Option<(usize, i64)>| counted.is_some_and(|(at, _)| at == position);
        self.groups.get(group).is_some_and(|pair| is(pair.favours) || is(pair.opposes))
    }

    /// Position of the finding that counts in the stead of one with these millibits.
    fn instead(&self, group: &str, millibits: i64) -> Option<usize> {
        let pair = self.groups.get(group)?;
        if millibits > 0 { pair.favours } else { pair.opposes }.map(|(position, _)| position)
    }
}

/// One contribution for each finding; the counted ones sum to the tally's score.
pub(crate) fn contributions(weighed: &[Weighed<'_>], tally: &Tally<'_>) -> Vec<Counted> {
    let mut all: Vec<Counted> = Vec::with_capacity(weighed.len());
    for (position, finding) in weighed.iter().enumerate() {
        let counts = tally.counts(finding.item.group, position);
        let reason = match finding.item.standing {
            Standing::Cleared => Some("cleared: somebody looked into it and found it innocent".to_owned()),
            Standing::Expired => Some("expired: its evidence is older than the rule allows".to_owned()),
            Standing::Shadow => Some("shadow rule: it runs on trial and never counts".to_owned()),
            Standing::Stands if counts => None,
            Standing::Stands => Some(match tally.instead(finding.item.group, finding.millibits) {
                Some(other) if finding.millibits != 0 => {
                    format!("`{}` already counts for the group {}", weighed[other].item.rule, finding.item.group)
                }
                _ => "it weighs nothing".to_owned(),
            }),
        };
        let counted_millibits = if counts { finding.millibits } else { 0 };
        all.push(Counted { index: finding.item.index, weight_millibits: finding.millibits, counted_millibits, reason });
    }
    // Stable: equals keep the fixed order of `weighed` (weight, rule, index).
    all.sort_by_key(|counted| std::cmp::Reverse(counted.counted_millibits));
    all
}
