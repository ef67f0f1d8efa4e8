//! False positives by group of names: the share of each that passes a score, with the interval in which the true share lies.
//!
//! Must not know how names are scored.

use std::collections::BTreeMap;

/// Rows below which a group is too small to be compared with others.
pub const ENOUGH: usize = 100;

/// The scores of ordinary names, by group.
#[derive(Default)]
pub struct Rates<'d>(pub BTreeMap<&'d str, Vec<f64>>);

/// Of so many rows, so many passed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    pub passed: usize,
    pub rows: usize,
}

#[allow(clippy::cast_precision_loss)]
impl Share {
    pub fn rate(self) -> f64 {
        self.passed as f64 / self.rows.max(1) as f64
    }

    /// Lowest true share that leaves a chance of 2.5% for so many to pass (Clopper and Pearson, Biometrika 26, 1934).
    pub fn low(self) -> f64 {
        if self.passed == 0 { 0.0 } else { bisect(|share| 1.0 - at_most(self.passed - 1, self.rows, share) < 0.025) }
    }

    /// Highest true share that leaves a chance of 2.5% for so few to pass.
    pub fn high(self) -> f64 {
        if self.passed >= self.rows { 1.0 } else { bisect(|share| at_most(self.passed, self.rows, share) > 0.025) }
    }
}

/// Chance that at most so many of `rows` pass when each does with that chance.
#[allow(clippy::cast_precision_loss)]
fn at_most(passed: usize, rows: usize, share: f64) -> f64 {
    let mut log = rows as f64 * (-share).ln_1p();
    let mut sum = log.exp();
    for one in 1..=passed {
        log += ((rows - one + 1) as f64 / one as f64).ln() + (share / (1.0 - share)).ln();
        sum += log.exp();
    }
    sum.min(1.0)
}

/// The share up to which a condition holds.
fn bisect(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if holds(middle) { low = middle } else { high = middle }
    }
    low
}

/// What the groups of [`ENOUGH`] rows say together.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    /// Highest rate over lowest; infinite when nothing of a group passed.
    pub ratio: f64,
    /// The least that the intervals leave: the highest lower end over the lowest upper end, at least 1.
    pub least: f64,
}

impl<'d> Rates<'d> {
    pub fn add(&mut self, group: &'d str, score: f64) {
        self.0.entry(group).or_default().push(score);
    }

    /// The score that so large a share of all rows passes.
    pub fn score_at(&self, share: f64) -> f64 {
        let mut all: Vec<f64> = self.0.values().flatten().copied().collect();
        all.sort_by(|a, b| b.total_cmp(a));
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let at = (all.len() as f64 * share) as usize;
        all.get(at).copied().unwrap_or(1.0)
    }

    pub fn shares(&self, score: f64) -> impl Iterator<Item = (&'d str, Share)> + '_ {
        self.0
            .iter()
            .map(move |(group, scores)| (*group, Share { passed: scores.iter().filter(|one| **one > score).count(), rows: scores.len() }))
    }

    pub fn spread(&self, score: f64) -> Spread {
        let shares: Vec<Share> = self.shares(score).map(|(_, share)| share).filter(|share| share.rows >= ENOUGH).collect();
        let most = |of: fn(Share) -> f64| shares.iter().map(|share| of(*share)).fold(0.0, f64::max);
        let least = |of: fn(Share) -> f64| shares.iter().map(|share| of(*share)).fold(1.0, f64::min);
        let over = |high: f64, low: f64| if low > 0.0 { high / low } else { f64::INFINITY };
        Spread { ratio: over(most(Share::rate), least(Share::rate)), least: over(most(Share::low), least(Share::high)).max(1.0) }
    }

    /// Prints every group at a score, and at the scores that 1% and 2% of all rows pass.
    pub fn print(&self, shipped: f64) {
        let (one, two) = (self.score_at(0.01), self.score_at(0.02));
        println!(
            "false positives by group at the shipped threshold {shipped} with its 95% interval, at the scores that 1% ({one:.4}) and 2% ({two:.4}) of all pass"
        );
        println!("{:20} {:>6} {:>8} {:>15} {:>8} {:>8}", "group", "rows", "shipped", "interval", "1%", "2%");
        for ((group, share), ((_, at_one), (_, at_two))) in self.shares(shipped).zip(self.shares(one).zip(self.shares(two))) {
            let percent = |share: f64| 100.0 * share;
            let interval = format!("{:.2}..{:.2}%", percent(share.low()), percent(share.high()));
            let [shipped, at_one, at_two] = [share, at_one, at_two].map(|share| percent(share.rate()));
            println!("{group:20} {:6} {shipped:7.2}% {interval:>15} {at_one:7.2}% {at_two:7.2}%", share.rows);
        }
        for (what, score) in [("the shipped threshold", shipped), ("1% of all", one), ("2% of all", two)] {
            let Spread { ratio, least } = self.spread(score);
            let verdict = if least > 1.5 { "1.5 is excluded" } else { "1.5 is not excluded" };
            println!(
                "highest over lowest rate of groups of {ENOUGH} rows or more at {what}: {ratio:.2}; by the intervals at least {least:.2}: {verdict}"
            );
        }
    }
}
