//! From the findings of one subject to a score, a band, the reasons for it, and what to ask next.
//!
//! Must not know: a name, a country, a table, a time, a clock, a file. Its input holds rule ids, groups, bits and flags, so a
//! judgement cannot depend on who somebody is. Every threshold comes from the pack's policy; none is written here.
//!
//! The whole method, in the order in which it is done:
//!
//! 1. **Weigh.** Each finding's bits (log2 of a likelihood ratio) become whole millibits. What is not a number is refused.
//! 2. **Count.** Findings that were cleared, have expired, or come from a shadow rule count nothing. Within an independence
//!    group only the largest finding *for* counts and only the most telling finding *against* counts, once each: findings of
//!    one group are correlated, and a second copy of the same news is no news. The score is the sum, exact in millibits.
//! 3. **Band.** A group speaks for concealment when its sum is above zero. A finding is strong when it counts, has at least
//!    `strong_bits`, and its group speaks for concealment. `note`, `review` and `escalate` are reached as the policy says.
//! 4. **Caps.** A finding may carry the highest band it can bring about (a name alone on a list: `review`). The band is the
//!    highest of `min(c, band from findings whose cap is at least c)` over all bands c. So a capped finding never lifts a
//!    subject above its cap, neither alone nor as one of the several that a band asks for, and never holds the others down.
//! 5. **What it means.** The score is set against the base rate by Bayes' rule, so that nobody reads bits as certainty.
//! 6. **What next.** Each counting finding is taken away in turn: the one whose clearing would help the subject most is asked
//!    about first.
//!
//! Absent data never lowers or raises anything: what was not observed is not an input.

mod band;
mod count;
mod gain;
mod input;
mod rate;
mod steps;
#[cfg(test)]
mod tests;

use bonafide_facts::{Band, Policy, Trouble};

pub use gain::{Gain, Unseen, gains};
pub use input::{Input, Item, MAX_BITS, Standing};
pub use rate::chance;
pub use steps::Step;

/// What one finding added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The caller's index of the finding.
    pub index: usize,
    /// What it is worth alone, thousandths of a bit.
    pub weight_millibits: i64,
    /// What it added, thousandths of a bit: all of its weight or 0.
    pub counted_millibits: i64,
    /// Why it added nothing, when it did not.
    pub reason: Option<String>,
}

/// What the findings of one subject amount to.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Sum of the counted contributions, thousandths of a bit.
    pub score_millibits: i64,
    /// The same in bits.
    pub score_bits: f64,
    /// One for each finding: largest counted first, then largest weight, then by rule and index.
    pub contributions: Vec<Counted>,
    /// The band.
    pub band: Band,
    /// Why this band and not the next one, a sentence each.
    pub band_reasons: Vec<String>,
    /// Chance in 0..=1, in steps of one millionth, that the score means at the policy's base rate, were the bits exact.
    pub chance_at_base_rate: f64,
    /// The findings worth asking about, most telling first.
    pub next: Vec<Step>,
}

/// Millibits as bits.
#[must_use]
#[allow(clippy::cast_precision_loss)] // a score stays far below 2^53 millibits
pub fn bits(millibits: i64) -> f64 {
    millibits as f64 / 1000.0
}

/// Judges one subject.
///
/// # Errors
/// A [`Trouble`] naming the rule when a finding's bits are not a number of at most [`MAX_BITS`] either way or its group is
/// not in the policy; one naming the policy when a threshold is not a number or the base rate is not above one in one.
pub fn assess(policy: &Policy, input: &Input<'_>) -> Result<Judgement, Trouble> {
    input::check_policy(policy)?;
    let weighed = input::weigh(policy, input)?;
    let tally = count::Tally::of(&weighed, |_| true);
    let score_millibits = tally.score();
    let band = band::band(policy, &weighed, None);
    Ok(Judgement {
        score_millibits,
        score_bits: bits(score_millibits),
        contributions: count::contributions(&weighed, &tally),
        band,
        band_reasons: band::reasons(policy, &weighed, band),
        chance_at_base_rate: chance(policy.base_rate_one_in, score_millibits),
        next: steps::steps(policy, &weighed),
    })
}
