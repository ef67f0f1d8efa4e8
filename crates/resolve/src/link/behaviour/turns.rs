//! Two accounts used from the same machines in turn: the one's session ends, the other's begins at the same machine, and back again, on
//! several machines and days. Who works at the same time on both has two pairs of hands, or two screens: that is not taking turns.
//!
//! Must not know what a turn is worth.

use super::calendar::{HOUR, day};
use super::sessions::{Aspect, Session, Sessions};
use super::{Behaviour, Found, period};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// Pairs that take turns on machines of at most `cap` users.
pub fn found(sessions: &Sessions, of: &Behaviour, cap: usize) -> Vec<Found> {
    let shared = sessions.shared(Aspect::Device, cap);
    let mut pairs: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
    for (machine, users) in &shared {
        for (at, left) in users.iter().enumerate() {
            users[at + 1..].iter().for_each(|right| pairs.entry((*left, *right)).or_default().push(*machine));
        }
    }
    pairs
        .into_iter()
        .filter(|(_, machines)| machines.len() >= of.turn_machines)
        .filter_map(|(pair, machines)| {
            let users = machines.iter().map(|machine| shared[machine].len()).max().unwrap_or(2);
            of_pair(sessions, of, pair, &machines.into_iter().collect(), u32::try_from(users).unwrap_or(u32::MAX))
        })
        .collect()
}

fn of_pair(sessions: &Sessions, of: &Behaviour, pair: (u32, u32), machines: &FxHashSet<u32>, shared_by: u32) -> Option<Found> {
    let mut both: Vec<&Session> =
        [pair.0, pair.1].into_iter().flat_map(|subject| sessions.of(subject)).filter(|one| machines.contains(&one.values[0])).collect();
    both.sort_unstable_by_key(|one| (one.at, one.subject, one.row));
    // The last session at each machine, and how often it changed hands each way.
    let mut last: FxHashMap<u32, &Session> = FxHashMap::default();
    let mut ways: FxHashMap<u32, [usize; 2]> = FxHashMap::default();
    let (mut turns, mut days, mut rows) = (Vec::new(), FxHashSet::default(), Vec::new());
    for one in &both {
        if let Some(before) = last.insert(one.values[0], one)
            && before.subject != one.subject
            && one.at >= before.end
            && one.at - before.end <= of.turn_hours * HOUR
        {
            ways.entry(one.values[0]).or_default()[usize::from(one.subject == pair.0)] += 1;
            turns.push(one.at);
            days.insert(day(one.at));
            rows.extend([before.row, one.row]);
        }
    }
    let in_turn = ways.values().filter(|[to_right, to_left]| *to_right > 0 && *to_left > 0).count();
    let over = overlapping(&both);
    let enough = in_turn >= of.turn_machines && turns.len() >= of.turns && days.len() >= of.turn_days;
    if !enough || over as f64 > of.turn_overlap * both.len() as f64 {
        return None;
    }
    let (first, until) = (*turns.first()?, *turns.last()?);
    let says = format!("{} turns on {in_turn} machines on {} days, {}", turns.len(), days.len(), period(first, until));
    Some(Found { pair, share: 1.0, shared_by, says, rows })
}

/// Sessions of the one that lie over a session of the other. Ordered by start.
fn overlapping(both: &[&Session]) -> usize {
    let mut ends: FxHashMap<u32, i64> = FxHashMap::default();
    let mut over = 0;
    for one in both {
        over += usize::from(ends.iter().any(|(subject, end)| *subject != one.subject && *end > one.at));
        let end = ends.entry(one.subject).or_insert(one.end);
        *end = (*end).max(one.end);
    }
    over
}
