//! Days that begin together: two subjects' first sessions of the day lie minutes apart on far more days than their habits explain. What habit
//! explains is read from the same two, day against other day: who always begins at nine meets any other nine.
//!
//! Must not know what a rhythm is worth. Only pairs that share something else are compared.

use super::calendar::{DAY, MINUTE, day};
use super::sessions::Sessions;
use super::{Behaviour, Found, period};
use rustc_hash::{FxHashMap, FxHashSet};

/// Common days that are compared, the latest: more would say the same.
const DAYS: usize = 60;

/// First session of each day: day, time, row.
type Begins = Vec<(i64, i64, i64)>;

/// Candidates whose days begin together.
pub fn found(sessions: &Sessions, of: &Behaviour, candidates: &FxHashSet<(u32, u32)>) -> Vec<Found> {
    let wanted: FxHashSet<u32> = candidates.iter().flat_map(|(left, right)| [*left, *right]).collect();
    let mut begins: FxHashMap<u32, Begins> = FxHashMap::default();
    let mut all: Vec<i64> = Vec::new();
    for own in sessions.by_subject() {
        let mut days: Begins = Vec::new();
        for one in own {
            if days.last().is_none_or(|(last, _, _)| *last != day(one.at)) {
                days.push((day(one.at), one.at, one.row));
            }
        }
        all.extend(days.iter().map(|(_, at, _)| *at));
        if wanted.contains(&own[0].subject) {
            begins.insert(own[0].subject, days);
        }
    }
    all.sort_unstable();
    let mut pairs: Vec<&(u32, u32)> = candidates.iter().collect();
    pairs.sort_unstable();
    pairs.into_iter().filter_map(|pair| of_pair(begins.get(&pair.0)?, begins.get(&pair.1)?, *pair, &all, of)).collect()
}

fn of_pair(one: &Begins, other: &Begins, pair: (u32, u32), all: &[i64], of: &Behaviour) -> Option<Found> {
    let near = of.rhythm_minutes * MINUTE;
    let crowd = |at: i64| all.partition_point(|begin| *begin <= at + near) - all.partition_point(|begin| *begin < at - near);
    let mut common: Vec<[(i64, i64, i64); 2]> = one
        .iter()
        .filter_map(|begin| Some([*begin, other[other.binary_search_by_key(&begin.0, |(day, _, _)| *day).ok()?]]))
        .filter(|[left, _]| crowd(left.1) <= of.rhythm_crowd)
        .collect();
    common.drain(..common.len().saturating_sub(DAYS));
    if common.len() < of.rhythm_days {
        return None;
    }
    let met: Vec<&[(i64, i64, i64); 2]> = common.iter().filter(|[left, right]| (left.1 - right.1).abs() <= near).collect();
    // The same hours on other days: what habit alone gives.
    let time = |at: i64| at.rem_euclid(DAY);
    let apart = |a: i64, b: i64| (time(a) - time(b)).abs().min(DAY - (time(a) - time(b)).abs());
    let mut habit = (1.0, 2.0);
    for (at, [left, _]) in common.iter().enumerate() {
        for (_, [_, right]) in common.iter().enumerate().filter(|(other, _)| *other != at) {
            habit = (habit.0 + f64::from(u8::from(apart(left.1, right.1) <= near)), habit.1 + 1.0);
        }
    }
    let (same, chance) = (of.rhythm_share, habit.0 / habit.1);
    if chance >= same {
        return None;
    }
    let (hits, misses) = (met.len() as f64, (common.len() - met.len()) as f64);
    let bits = hits * (same / chance).log2() + misses * ((1.0 - same) / (1.0 - chance)).log2();
    if bits < of.rhythm_bits {
        return None;
    }
    let (first, last) = (met.first()?[0].1, met.last()?[0].1);
    let says = format!(
        "the day begins within {} minutes on {} of {} common days ({:.0}% by habit), {}",
        of.rhythm_minutes,
        met.len(),
        common.len(),
        chance * 100.0,
        period(first, last)
    );
    Some(Found { pair, share: 1.0, shared_by: 2, says, rows: met.iter().flat_map(|[left, right]| [left.2, right.2]).collect() })
}
