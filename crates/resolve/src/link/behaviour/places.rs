//! Days at one line: both sign in from a line that few share, on the same days. A home or an office of few; who is seen there once is a guest.
//!
//! Must not know what a place is worth.

use super::calendar::day;
use super::sessions::{Aspect, Sessions};
use super::{Behaviour, Found, period};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// One subject's days at a line, each with its first moment and row, in order.
type Days = Vec<(i64, i64, i64)>;

/// Pairs with common days at a line of at most `cap` users.
pub fn found(sessions: &Sessions, of: &Behaviour, cap: usize) -> Vec<Found> {
    let shared = sessions.shared(Aspect::Line, cap);
    let mut stays: FxHashMap<(u32, u32), Days> = FxHashMap::default();
    for (subject, at, line, row) in sessions.shows(Aspect::Line).filter(|(_, _, line, _)| shared.contains_key(line)) {
        let days = stays.entry((line, subject)).or_default();
        if days.last().is_none_or(|(last, _, _)| *last != day(at)) {
            days.push((day(at), at, row));
        }
    }
    let mut best: BTreeMap<(u32, u32), (usize, Found)> = BTreeMap::new();
    let mut lines: Vec<(&u32, &Vec<u32>)> = shared.iter().collect();
    lines.sort_unstable_by_key(|(line, _)| &sessions.values[**line as usize]);
    for (line, users) in lines {
        for (at, left) in users.iter().enumerate() {
            for right in &users[at + 1..] {
                let (one, other) = (&stays[&(*line, *left)], &stays[&(*line, *right)]);
                let Some((days, found)) = together(one, other, of, (*left, *right), users.len()) else { continue };
                if best.get(&(*left, *right)).is_none_or(|(most, _)| days > *most) {
                    best.insert((*left, *right), (days, found));
                }
            }
        }
    }
    best.into_values().map(|(_, found)| found).collect()
}

fn together(one: &Days, other: &Days, of: &Behaviour, pair: (u32, u32), users: usize) -> Option<(usize, Found)> {
    let common: Vec<(i64, i64, i64)> = one
        .iter()
        .filter_map(|(day, at, row)| {
            let place = other.binary_search_by_key(day, |(day, _, _)| *day).ok()?;
            Some((*at, *row, other[place].2))
        })
        .collect();
    if common.len() < of.place_days {
        return None;
    }
    let says = format!("the same {} days, {}", common.len(), period(common.first()?.0, common.last()?.0));
    let rows = common.iter().flat_map(|(_, left, right)| [*left, *right]).collect();
    Some((common.len(), Found { pair, share: 1.0, shared_by: u32::try_from(users).unwrap_or(u32::MAX), says, rows }))
}
