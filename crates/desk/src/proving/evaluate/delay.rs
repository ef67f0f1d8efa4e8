//! Time to the first alert: from the day hiding began to the first look at which the rows there were by then reached review.
//!
//! Must not run the engine: the looks were made when the folder was read.

use crate::proving::sample::Subject;
use serde::Serialize;

/// Days, of the subjects that reached review. A look sees what happened since the one before, so each is up to that much too long.
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

/// The delay of those among `members` that reached review; `None` when none did, or nobody looked back in time.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn of(members: &[&Subject]) -> Option<Delay> {
    let days = |subject: &&Subject| Some(((subject.first_alert? - subject.label.since?) as f64 / DAY_MICROS).max(0.0));
    let mut days: Vec<f64> = members.iter().filter_map(days).collect();
    days.sort_by(f64::total_cmp);
    let last = days.len().checked_sub(1)?;
    Some(Delay { reached: days.len() as u64, median_days: days[last / 2], ninth_tenth_days: days[last * 9 / 10] })
}
