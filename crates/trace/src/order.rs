//! Brings a segment's transfers into their order: dated by their blocks where they have no time, sorted, what was given twice
//! counted once.
//!
//! Must not know where transfers come from.

use crate::ledger::Skipped;
use crate::segment::Segment;
use hashbrown::{DefaultHashBuilder, HashSet};
use std::collections::BTreeMap;

/// Orders a segment as it was filled. `undated` are the positions of transfers without a time.
#[allow(clippy::cast_possible_truncation)] // positions are below 2^32
pub(crate) fn order(segment: &mut Segment, undated: &[u32], repeated: &mut Skipped) {
    date_by_block(segment, undated);
    let key = |place: usize| segment.order(place);
    if !(1..segment.len()).all(|place| key(place - 1) <= key(place)) {
        let mut places: Vec<u32> = (0..segment.len() as u32).collect();
        // What is equal in all of it keeps the order of the input.
        places.sort_unstable_by_key(|place| (key(*place as usize), *place));
        arrange(segment, &places);
    }
    let again = again(segment);
    if !again.is_empty() {
        again.iter().for_each(|place| repeated.add(segment.row[*place as usize]));
        let mut next = again.iter().peekable();
        let kept: Vec<u32> = (0..segment.len() as u32).filter(|place| next.next_if_eq(&place).is_none()).collect();
        arrange(segment, &kept);
    }
    if segment.usd.iter().all(|usd| *usd == Segment::NO_PRICE) {
        segment.usd = Vec::new();
    }
}

/// Puts the transfers at `places` in this order, and no others, one column after the other.
fn arrange(segment: &mut Segment, places: &[u32]) {
    fn column<T: Copy>(cells: &mut Vec<T>, places: &[u32]) {
        if !cells.is_empty() {
            *cells = places.iter().map(|place| cells[*place as usize]).collect();
        }
    }
    column(&mut segment.at, places);
    column(&mut segment.block, places);
    column(&mut segment.index, places);
    column(&mut segment.transaction, places);
    column(&mut segment.from, places);
    column(&mut segment.to, places);
    column(&mut segment.amount, places);
    column(&mut segment.row, places);
    column(&mut segment.usd, places);
}

/// The positions of what was given before: within one instant (a transaction has one time) the same transaction and position,
/// parties and amount. Only transfers whose transaction and position are both given can be told to be the same.
fn again(segment: &Segment) -> Vec<u32> {
    let mut again = Vec::new();
    let mut start = 0;
    while start < segment.len() {
        let at = segment.at[start];
        let end = start + segment.at[start..].iter().take_while(|time| **time == at).count();
        if end - start > 1 {
            let mut seen: HashSet<(u64, u32, u32, u128), DefaultHashBuilder> = HashSet::with_capacity(end - start);
            for place in (start..end).filter(|place| segment.transaction[*place] != 0) {
                #[allow(clippy::cast_possible_truncation)] // positions are below 2^32
                if !seen.insert((segment.transaction[place], segment.from[place], segment.to[place], segment.amount[place])) {
                    again.push(place as u32);
                }
            }
        }
        start = end;
    }
    again
}

/// A transfer without a time gets that of the nearest earlier block that has one (the first known for those before it).
fn date_by_block(segment: &mut Segment, undated: &[u32]) {
    if undated.is_empty() {
        return;
    }
    let mut known: BTreeMap<i64, i64> = BTreeMap::new();
    let mut without = undated.iter().peekable();
    for place in 0..segment.len() {
        if without.next_if(|undated| **undated as usize == place).is_none() && segment.block[place] >= 0 {
            let first = known.entry(segment.block[place]).or_insert(segment.at[place]);
            *first = segment.at[place].min(*first);
        }
    }
    for place in undated.iter().map(|place| *place as usize) {
        let block = segment.block[place].max(0);
        let nearest = known.range(..=block).next_back().or_else(|| known.iter().next());
        segment.at[place] = nearest.map_or(0, |(_, at)| *at);
    }
}
