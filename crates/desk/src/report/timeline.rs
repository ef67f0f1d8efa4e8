//! Sign-ins by day and local hour, beside the working hours that were claimed.
//!
//! Must not judge: people work at night for many reasons. Shown for subjects in `review` or above.

use crate::report::model::{MAX_POINTS, SubjectReport, Timeline};
use arrow_array::Array as _;
use arrow_array::cast::AsArray as _;
use arrow_array::types::TimestampMicrosecondType;
use bonafide_facts::tables::{did::Engagement, who::Subject};
use bonafide_facts::text::printable;
use bonafide_facts::{Band, Tables};
use chrono::{DateTime, NaiveDate, TimeDelta, Timelike as _};
use chrono_tz::Tz;
use std::collections::HashMap;

/// Most subjects that get a timeline.
const MAX_TIMELINES: usize = 500;

/// What a subject claims of its hours.
#[derive(Debug, Clone, Default)]
struct Claim {
    zone: Option<String>,
    hours: Option<(u16, u16)>,
}

/// Adds timelines to the highest-ranked subjects that have sign-ins; `subjects` are in rank order.
pub fn add(subjects: &mut [SubjectReport], tables: &Tables, left_out: &mut Vec<String>) {
    let deserving = subjects.iter().filter(|subject| subject.band >= Band::Review).count();
    if deserving > MAX_TIMELINES {
        left_out.push(format!(
            "{} of {deserving} subjects in review or above have no timeline: those ranked lowest",
            deserving - MAX_TIMELINES
        ));
    }
    let ranks: HashMap<String, usize> =
        subjects.iter().take(deserving.min(MAX_TIMELINES)).enumerate().map(|(rank, subject)| (subject.subject_id.clone(), rank)).collect();
    let mut times: Vec<Vec<i64>> = vec![Vec::new(); ranks.len()];
    for batch in tables.get("sign_ins").into_iter().flat_map(|data| &data.batches) {
        let (Some(ids), Some(at)) = (batch.column_by_name("subject_id"), batch.column_by_name("at")) else { continue };
        let (Some(ids), Some(at)) = (ids.as_string_view_opt(), at.as_primitive_opt::<TimestampMicrosecondType>()) else { continue };
        for (row, id) in ids.iter().enumerate() {
            if let Some(rank) = id.and_then(|id| ranks.get(id)).filter(|_| !at.is_null(row)) {
                times[*rank].push(at.value(row));
            }
        }
    }
    if times.iter().all(Vec::is_empty) {
        return;
    }
    let claims = claims(tables, &ranks);
    for ((subject, times), claim) in subjects.iter_mut().zip(times).zip(claims) {
        subject.timeline = timeline(times, &claim);
    }
}

/// Zone and hours by rank: of the first engagement that agrees on hours, else the zone of the subject's own row.
fn claims(tables: &Tables, ranks: &HashMap<String, usize>) -> Vec<Claim> {
    let mut claims = vec![Claim::default(); ranks.len()];
    for engagement in tables.rows::<Engagement>() {
        let Some(rank) = engagement.subject_id.as_ref().and_then(|id| ranks.get(id)) else { continue };
        let claim = &mut claims[*rank];
        let hours = engagement.hours_start.as_deref().and_then(minutes).zip(engagement.hours_end.as_deref().and_then(minutes));
        if claim.hours.is_none() && hours.is_some() {
            *claim = Claim { zone: engagement.hours_timezone.clone(), hours };
        }
    }
    for subject in tables.rows::<Subject>() {
        if let Some(rank) = subject.subject_id.as_ref().and_then(|id| ranks.get(id)) {
            claims[*rank].zone = claims[*rank].zone.take().or(subject.claimed_timezone);
        }
    }
    claims
}

/// Minutes since midnight of `HH:MM`.
fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.get(..2)?.parse().ok()?);
    (hours <= 24 && minutes < 60 && hours * 60 + minutes <= 1440).then_some(hours * 60 + minutes)
}

/// The timeline of one subject; `None` when it never signed in.
fn timeline(mut times: Vec<i64>, claim: &Claim) -> Option<Timeline> {
    times.sort_unstable();
    let total = times.len() as u64;
    let times = &times[times.len().saturating_sub(MAX_POINTS)..];
    let zone: Option<Tz> = claim.zone.as_deref().and_then(|name| name.parse().ok());
    let local = |micros: &i64| Some(DateTime::from_timestamp_micros(*micros)?.with_timezone(&zone.unwrap_or(Tz::UTC)).naive_local());
    let mut days: Vec<(NaiveDate, u16)> =
        times.iter().filter_map(local).map(|at| (at.date(), u16::try_from(at.hour() * 60 + at.minute()).unwrap_or(0))).collect();
    days.sort_unstable();
    let (first, last) = (days.first()?.0, days.last()?.0);
    let since = |day: NaiveDate| u32::try_from((day - first).num_days()).unwrap_or(0);
    Some(Timeline {
        zone: printable(zone.map_or("UTC", Tz::name), 60),
        zone_claimed: zone.is_some(),
        hours: claim.hours.filter(|_| zone.is_some()),
        first_day: first.to_string(),
        last_day: last.to_string(),
        points: days.iter().map(|(day, minute)| (since(*day), *minute)).collect(),
        total,
    })
}

/// The day `days` after a timeline's first.
#[must_use]
pub fn day(timeline: &Timeline, days: u32) -> String {
    let first: Option<NaiveDate> = timeline.first_day.parse().ok();
    first.and_then(|first| first.checked_add_signed(TimeDelta::days(i64::from(days)))).map(|day| day.to_string()).unwrap_or_default()
}
