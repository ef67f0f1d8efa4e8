//! Time to the first alert: from the day hiding began to the day on which the evidence that had ended by then reached review.
//!
//! Must not run the engine again: it judges the findings of one run in the order in which their evidence ended, which is what
//! the engine would have said had it looked each day, but for rules whose evidence spans many days.

use crate::proving::sample::{Sample, Subject};
use bonafide_facts::Band;
use serde::Serialize;

/// Days, of the subjects that reached review.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Delay {
    /// How many reached it.
    pub reached: u64,
    /// Half of them within.
    pub median_days: f64,
    /// Nine of ten within.
    pub ninth_tenth_days: f64,
}

const DAY_MICROS: f64 = 86_400e6;

/// The delay of those among `members` that reached review; `None` when none did.
#[must_use]
pub fn of(sample: &Sample, members: &[&Subject]) -> Option<Delay> {
    let mut days: Vec<f64> = members.iter().filter_map(|subject| days_to_review(sample, subject)).collect();
    days.sort_by(f64::total_cmp);
    let last = days.len().checked_sub(1)?;
    Some(Delay { reached: days.len() as u64, median_days: days[last / 2], ninth_tenth_days: days[last * 9 / 10] })
}

#[allow(clippy::cast_precision_loss)]
fn days_to_review(sample: &Sample, subject: &Subject) -> Option<f64> {
    if subject.band < Band::Review {
        return None;
    }
    let since = subject.label.since?;
    let mut ends: Vec<i64> = subject.findings.iter().map(|index| sample.findings[*index].last_at.unwrap_or(since)).collect();
    ends.sort_unstable();
    ends.dedup();
    let reached = |end: &i64| sample.judged(subject, |finding| finding.last_at.unwrap_or(since) <= *end).1 >= Band::Review;
    let at = ends.iter().find(|end| reached(end))?;
    Some(((at - since) as f64 / DAY_MICROS).max(0.0))
}
