//! What two subjects do that ties them, beyond a value they share: turns on the same machines, a hand-over, days at one place,
//! sessions that begin together. Each is an edge with weight, rows, time and sharers, weighed like a shared value.
//!
//! Must not know how edges are put together into clusters, nor what a tie means for anybody.

mod calendar;
mod handover;
mod places;
mod rhythm;
mod sessions;
#[cfg(test)]
mod tests;
mod turns;

use super::edges::{Edge, Worth};
use super::settings::Settings;
use super::uses::Subjects;
use bonafide_facts::Tables;
use rustc_hash::FxHashSet;
use serde::Deserialize;
use sessions::Sessions;

/// When a behaviour is one; every number with its reason in wordlists/link_kinds.yml.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behaviour {
    /// Machines that two must share to take turns.
    pub turn_machines: usize,
    /// Changes from one to the other on these machines.
    pub turns: usize,
    /// Days on which they change.
    pub turn_days: usize,
    /// Longest time between the one's session and the other's, hours.
    pub turn_hours: i64,
    /// Largest share of their sessions that lie over each other, 0 to 1.
    pub turn_overlap: f64,
    /// Common days at one line.
    pub place_days: usize,
    /// Things that change hands at one time.
    pub handover_changes: usize,
    /// Time within which they change, days.
    pub handover_days: i64,
    /// Sessions, or payouts once, that a new thing must have seen.
    pub handover_uses: usize,
    /// Time the old thing was in use before, days.
    pub handover_settled_days: i64,
    /// Smallest shift of the middle of the day's work, hours.
    pub handover_hours: f64,
    /// Largest gap between two sessions that begin together, minutes.
    pub rhythm_minutes: i64,
    /// Common days that a rhythm needs.
    pub rhythm_days: usize,
    /// Share of the common days that begin together when one person starts both, 0 to 1.
    pub rhythm_share: f64,
    /// More subjects who begin together are a shift or an office.
    pub rhythm_crowd: usize,
    /// Bits by which the common days must be likelier for one person than by habit.
    pub rhythm_bits: f64,
}

/// An edge of behaviour, and what is said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The edge; its key is 0.
    pub edge: Edge,
    /// What was seen, in words: how often, where, when.
    pub says: String,
    /// Rows of both, at most twenty.
    pub rows: Vec<i64>,
}

/// What one join found of a pair, before it is weighed.
struct Found {
    pair: (u32, u32),
    /// Share of the kind's bits, 0 to 1.
    share: f64,
    shared_by: u32,
    says: String,
    rows: Vec<i64>,
}

/// Whether there are rows that show behaviour.
#[must_use]
pub fn observed(tables: &Tables) -> bool {
    ["sign_ins", "meetings"].iter().any(|name| tables.get(name).is_some_and(|data| data.rows() > 0))
}

/// All behaviour joins. Of the pairs only those that `edges` tie already are compared by rhythm, so that never all pairs are.
#[must_use]
pub fn join(tables: &Tables, subjects: &Subjects, settings: &Settings, edges: &[Edge]) -> Vec<Seen> {
    let sessions = Sessions::read(tables, subjects, settings);
    if sessions.is_empty() {
        return Vec::new();
    }
    let tied = |edge: &&Edge| edge.worth.counts() && edge.bits > 0.0;
    let candidates: FxHashSet<(u32, u32)> = edges.iter().filter(tied).map(|edge| (edge.left, edge.right)).collect();
    let cap = |kind: &str| settings.kind(kind).map_or(0, |kind| settings.of(kind).cap as usize);
    let of = &settings.behaviour;
    let mut seen = Vec::new();
    for (kind, found) in [
        ("takes_turns", turns::found(&sessions, of, cap("takes_turns"))),
        ("days_at_one_line", places::found(&sessions, of, cap("days_at_one_line"))),
        ("handed_over", handover::found(&sessions, of, cap("handed_over"))),
        ("begins_together", rhythm::found(&sessions, of, &candidates)),
    ] {
        let Some(kind) = settings.kind(kind) else { continue };
        seen.extend(found.into_iter().map(|found| weighed(found, kind, settings)));
    }
    seen
}

fn weighed(found: Found, number: u8, settings: &Settings) -> Seen {
    let kind = settings.of(number);
    let bits = (kind.bits * found.share.clamp(0.0, 1.0) - kind.slope * f64::from(found.shared_by.max(2) - 1).log2()).max(0.0);
    let (worth, bits) = if found.shared_by > kind.cap { (Worth::Hub, 0.0) } else { (Worth::Held, bits) };
    let mut rows = found.rows;
    rows.sort_unstable();
    rows.dedup();
    rows.truncate(20);
    let ends = (rows.first().copied().unwrap_or(0), rows.last().copied().unwrap_or(0));
    let (left, right) = found.pair;
    let edge = Edge { left, right, kind: number, worth, bits, shared_by: found.shared_by, key: 0, rows: ends };
    Seen { edge, says: found.says, rows }
}

/// `2026-03-02 to 2026-03-09`.
fn period(first: i64, last: i64) -> String {
    let (first, last) = (calendar::written(first), calendar::written(last));
    if first == last { first } else { format!("{first} to {last}") }
}
