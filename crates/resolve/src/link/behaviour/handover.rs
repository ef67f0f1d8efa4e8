//! A hand-over: machine, second factor, line, clock, payout account or hours of work of one account change for good at one time, and what
//! it has from then on was in use by somebody else. A line and a clock alone are a move, so one of the things that came over must be
//! a machine, a second factor or a payout account.
//!
//! Must not know what a hand-over is worth.

use super::calendar::{DAY, HOUR};
use super::sessions::{Aspect, Session, Sessions};
use super::{Behaviour, Found, period};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Sessions on each side that the hours of work are read from, at least.
const HOURS_SESSIONS: usize = 5;
/// Days on each side that the hours are read from.
const HOURS_DAYS: i64 = 30;
/// Resultant of the times of day below which they have no middle, 0 to 1.
const HOURS_GATHERED: f64 = 0.5;

/// One subject's use of one value of an aspect.
#[derive(Debug, Clone, Copy)]
struct Span {
    first: i64,
    last: i64,
    uses: usize,
    first_row: i64,
    last_row: i64,
}

/// One aspect that changed for good.
#[derive(Debug, Clone, Copy)]
struct Switch {
    at: i64,
    aspect: Aspect,
    value: u32,
    rows: [i64; 2],
}

/// What changed at one time.
struct Moment {
    subject: u32,
    switches: Vec<Switch>,
    hours: bool,
}

type Spans = FxHashMap<(u32, u32), Span>;

/// Pairs of one handed over and one who had what came over. Values of more than `cap` users bring nobody together.
pub fn found(sessions: &Sessions, of: &Behaviour, cap: usize) -> Vec<Found> {
    let aspects = [Aspect::Device, Aspect::SecondFactor, Aspect::Line, Aspect::Clock, Aspect::Payout];
    let spans: Vec<Spans> = aspects.iter().map(|aspect| spans(sessions, *aspect)).collect();
    let mut switches: FxHashMap<u32, Vec<Switch>> = FxHashMap::default();
    for (aspect, spans) in aspects.iter().zip(&spans) {
        switched(*aspect, spans, of).into_iter().for_each(|(subject, switch)| switches.entry(subject).or_default().push(switch));
    }
    let moments: Vec<Moment> = switches.into_iter().filter_map(|(subject, switches)| moment(sessions, subject, switches, of)).collect();
    let users: Vec<FxHashMap<u32, Vec<u32>>> = aspects.iter().map(|aspect| users(sessions, *aspect, cap)).collect();
    let mut best: BTreeMap<(u32, u32), (usize, Found)> = BTreeMap::new();
    for moment in &moments {
        let mut came: BTreeMap<u32, Vec<(Aspect, usize, i64)>> = BTreeMap::new();
        for switch in &moment.switches {
            let place = aspects.iter().position(|aspect| *aspect == switch.aspect).unwrap_or(0);
            for other in users[place].get(&switch.value).into_iter().flatten().filter(|other| **other != moment.subject) {
                let span = spans[place][&(*other, switch.value)];
                let had = span.first <= switch.at + of.handover_days * DAY && span.last >= switch.at - HOURS_DAYS * DAY;
                if had {
                    came.entry(*other).or_default().push((switch.aspect, users[place][&switch.value].len(), span.last_row));
                }
            }
        }
        for (other, things) in came {
            let Some(found) = of_pair(moment, other, &things) else { continue };
            let changes = moment.switches.len() + usize::from(moment.hours) + things.len();
            let rank = |changes: usize, found: &Found| (changes, std::cmp::Reverse(found.shared_by));
            if best.get(&found.pair).is_none_or(|(most, kept)| (rank(*most, kept), &kept.says) < (rank(changes, &found), &found.says)) {
                best.insert(found.pair, (changes, found));
            }
        }
    }
    best.into_values().map(|(_, found)| found).collect()
}

fn of_pair(moment: &Moment, other: u32, things: &[(Aspect, usize, i64)]) -> Option<Found> {
    let carried = |aspect: Aspect| matches!(aspect, Aspect::Device | Aspect::SecondFactor | Aspect::Payout);
    if !things.iter().any(|(aspect, _, _)| carried(*aspect)) {
        return None;
    }
    let subject = moment.subject;
    let changed: Vec<&str> = moment.switches.iter().map(|one| one.aspect.word()).chain(moment.hours.then_some("hours of work")).collect();
    let came: Vec<&str> = things.iter().map(|(aspect, _, _)| aspect.word()).collect();
    let (first, last) = (moment.switches.iter().map(|one| one.at).min()?, moment.switches.iter().map(|one| one.at).max()?);
    let whose = if subject < other { "the first's" } else { "the second's" };
    let says = format!("{whose} {} changed together, {}; {} was the other's", changed.join(", "), period(first, last), came.join(", "));
    let shared_by = u32::try_from(things.iter().map(|(_, users, _)| *users).max()?).unwrap_or(u32::MAX);
    let rows = moment.switches.iter().flat_map(|one| one.rows).chain(things.iter().map(|(_, _, row)| *row)).collect();
    Some(Found { pair: (subject.min(other), subject.max(other)), share: 1.0, shared_by, says, rows })
}

fn spans(sessions: &Sessions, aspect: Aspect) -> Spans {
    let mut out = Spans::default();
    for (subject, at, value, row) in sessions.shows(aspect) {
        let span = out.entry((subject, value)).or_insert(Span { first: at, last: at, uses: 0, first_row: row, last_row: row });
        span.uses += 1;
        (span.last, span.last_row) = (at, row);
    }
    out
}

/// Users of each value that two to `cap` subjects used. Clock zones are whole countries': nobody's.
fn users(sessions: &Sessions, aspect: Aspect, cap: usize) -> FxHashMap<u32, Vec<u32>> {
    if aspect == Aspect::Clock { FxHashMap::default() } else { sessions.shared(aspect, cap) }
}

/// Changes for good: the new value begins when every earlier one has ended, after a time in which those were settled.
fn switched(aspect: Aspect, spans: &Spans, of: &Behaviour) -> Vec<(u32, Switch)> {
    let mut all: Vec<(u32, u32, &Span)> = spans.iter().map(|((subject, value), span)| (*subject, *value, span)).collect();
    all.sort_unstable_by_key(|(subject, value, span)| (*subject, span.first, *value));
    let needed = if aspect == Aspect::Payout { 1 } else { of.handover_uses };
    let mut out = Vec::new();
    for own in all.chunk_by(|a, b| a.0 == b.0) {
        let begun = own[0].2.first;
        for at in 1..own.len() {
            let (subject, value, new) = own[at];
            let Some(old) = own[..at].iter().map(|(_, _, span)| *span).max_by_key(|span| (span.last, span.last_row)) else { continue };
            if old.last < new.first && new.first - begun >= of.handover_settled_days * DAY && new.uses >= needed {
                out.push((subject, Switch { at: new.first, aspect, value, rows: [old.last_row, new.first_row] }));
            }
        }
    }
    out
}

/// The time at which most of a subject changed (the earliest of such), when it was enough.
fn moment(sessions: &Sessions, subject: u32, mut switches: Vec<Switch>, of: &Behaviour) -> Option<Moment> {
    switches.sort_unstable_by_key(|one| (one.at, one.aspect, one.value));
    let within = |from: usize| {
        let until = switches[from].at + of.handover_days * DAY;
        let mut own: Vec<Switch> = switches[from..].iter().take_while(|one| one.at <= until).copied().collect();
        own.sort_by_key(|one| one.aspect);
        own.dedup_by_key(|one| one.aspect);
        own
    };
    let most = (0..switches.len()).map(within).reduce(|best, next| if next.len() > best.len() { next } else { best })?;
    let at = most.iter().map(|one| one.at).min()?;
    let hours = most.len() + 1 >= of.handover_changes && hours_moved(sessions.of(subject), at, of);
    (most.len() + usize::from(hours) >= of.handover_changes).then_some(Moment { subject, switches: most, hours })
}

/// Whether the middle of the day's sessions lies hours away from where it lay before.
fn hours_moved(own: &[Session], at: i64, of: &Behaviour) -> bool {
    let between = |from: i64, to: i64| own.iter().filter(move |one| (from..to).contains(&one.at)).map(|one| one.at.rem_euclid(DAY));
    let (before, after) = (middle(between(at - HOURS_DAYS * DAY, at)), middle(between(at, at + HOURS_DAYS * DAY)));
    let (Some(before), Some(after)) = (before, after) else { return false };
    let apart = (before - after).abs();
    apart.min(24.0 - apart) >= of.handover_hours
}

/// The middle of times of day on the circle, hours; `None` when there are few, or they are spread over the day.
fn middle(times: impl Iterator<Item = i64>) -> Option<f64> {
    let (mut count, mut east, mut north) = (0_usize, 0.0, 0.0);
    for time in times {
        let angle = time as f64 / DAY as f64 * std::f64::consts::TAU;
        (count, east, north) = (count + 1, east + angle.cos(), north + angle.sin());
    }
    let gathered = f64::hypot(east, north) / count.max(1) as f64;
    let hours = DAY as f64 / HOUR as f64;
    (count >= HOURS_SESSIONS && gathered >= HOURS_GATHERED)
        .then(|| north.atan2(east).rem_euclid(std::f64::consts::TAU) / std::f64::consts::TAU * hours)
}
