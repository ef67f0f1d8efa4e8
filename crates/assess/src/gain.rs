//! Which missing source would tell most: how many bits the rules that could not look might have added.
//!
//! Must not know what a source is (the caller numbers its tables), nor let any of this touch a score.

use crate::count::Tally;
use crate::input::{Input, check_policy, millibits, weigh};
use bonafide_facts::{Policy, Trouble};
use std::collections::BTreeMap;

/// A rule that could not look at the subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Unseen<'a> {
    /// Its independence group.
    pub group: &'a str,
    /// What it would weigh, bits.
    pub bits: f64,
    /// The caller's numbers of the sources it lacks; all of them are needed.
    pub sources: Vec<usize>,
}

/// What a source could add at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gain {
    /// The caller's number of the source.
    pub source: usize,
    /// At most so many millibits more.
    pub millibits: i64,
    /// How many rules wait for it.
    pub rules: usize,
}

/// The sources by what they might tell, most first. A source counts for a group only what goes beyond the group's largest
/// finding for (or against) so far; a rule that lacks several sources gives each an equal part of its bits. Findings against count as much as
/// findings for: news that clears somebody is news.
///
/// # Errors
/// As [`crate::assess`].
pub fn gains(policy: &Policy, input: &Input<'_>, unseen: &[Unseen<'_>]) -> Result<Vec<Gain>, Trouble> {
    check_policy(policy)?;
    let weighed = weigh(policy, input)?;
    let tally = Tally::of(&weighed, |_| true);
    let mut by_source: BTreeMap<usize, (BTreeMap<&str, i64>, usize)> = BTreeMap::new();
    for rule in unseen.iter().filter(|rule| rule.bits.is_finite() && rule.bits.abs() <= crate::MAX_BITS) {
        let known = if rule.bits > 0.0 { tally.favours(rule.group) } else { tally.opposes(rule.group).abs() };
        let parts = i64::try_from(rule.sources.len()).unwrap_or(i64::MAX).max(1);
        for source in &rule.sources {
            let (groups, rules) = by_source.entry(*source).or_default();
            let beyond = (millibits(rule.bits).abs() - known) / parts;
            let best = groups.entry(rule.group).or_default();
            *best = (*best).max(beyond);
            *rules += 1;
        }
    }
    let mut gains: Vec<Gain> =
        by_source.into_iter().map(|(source, (groups, rules))| Gain { source, millibits: groups.values().sum(), rules }).collect();
    gains.sort_by_key(|gain| (std::cmp::Reverse(gain.millibits), std::cmp::Reverse(gain.rules), gain.source));
    Ok(gains)
}
