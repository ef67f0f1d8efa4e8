//! What to ask about first: each finding is taken away in turn, to see what its clearing would change.
//!
//! Must not know the questions themselves; they are in the rules.

use crate::band::band;
use crate::count::Tally;
use crate::input::Weighed;
use bonafide_facts::{Band, Policy};

/// One finding worth asking about, with what its clearing would leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The caller's index of the finding.
    pub index: usize,
    /// The band were this finding cleared.
    pub band_if_cleared: Band,
    /// The score were this finding cleared, millibits.
    pub score_if_cleared_millibits: i64,
}

/// The standing findings for concealment: lowest band if cleared first, then lowest score if cleared, then largest weight,
/// rule, index.
pub(crate) fn steps(policy: &Policy, weighed: &[Weighed<'_>]) -> Vec<Step> {
    let asked = weighed.iter().enumerate().filter(|(_, finding)| finding.stands() && (finding.millibits > 0 || finding.item.exact_listing));
    let mut steps: Vec<Step> = asked
        .map(|(position, finding)| Step {
            index: finding.item.index,
            band_if_cleared: band(policy, weighed, Some(position)),
            score_if_cleared_millibits: Tally::of(weighed, |other| other != position).score(),
        })
        .collect();
    steps.sort_by_key(|step| (step.band_if_cleared, step.score_if_cleared_millibits)); // stable: equals keep the fixed order
    steps
}
