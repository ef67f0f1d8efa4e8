//! When in the day (UTC) a subject is active, by circular statistics in whole numbers: the order of rows does not matter and
//! shards add up.
//!
//! Must not know which hours are a night's work for whom: rules compare with claimed zones.

use super::{LONG, NUMBER, TEXT, View, fields, instant_at, intern::Interner, long_at, row_list, text_at};
use bonafide_facts::table::ROW_ID;
use datafusion::arrow::array::{Array as _, Float64Builder, Int64Builder, ListBuilder, RecordBatch, StringViewBuilder};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::f64::consts::TAU;
use std::sync::{Arc, LazyLock};

const DAY_MICROS: i64 = 86_400_000_000;
const MINUTE_MICROS: i64 = 60_000_000;
/// Fixed point of the sums.
const ONE: f64 = 1_048_576.0;
/// Days of a period: one bit each.
const PERIOD_DAYS: i64 = 32;
/// Events a period needs before its peak counts for the drift.
const DRIFT_EVENTS: i64 = 10;
const LISTED_ROWS: usize = 20;

static CIRCLE: LazyLock<Vec<(i64, i64)>> = LazyLock::new(|| {
    (0..1440u32)
        .map(|minute| {
            let angle = TAU * (f64::from(minute) + 0.5) / 1440.0;
            #[allow(clippy::cast_possible_truncation)]
            ((angle.sin() * ONE) as i64, (angle.cos() * ONE) as i64)
        })
        .collect()
});

/// The columns it returns.
#[must_use]
pub fn schema() -> SchemaRef {
    fields(&[
        ("subject_id", TEXT),
        ("events", LONG),
        ("days", LONG),
        ("peak_hour_utc", NUMBER),
        ("spread", NUMBER),
        ("night_share", NUMBER),
        ("drift_hours", NUMBER),
        ("row_ids", row_list()),
    ])
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Period {
    days: u32,
    events: i64,
    sin: i64,
    cos: i64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Activity {
    periods: BTreeMap<i64, Period>,
    night: i64,
    rows: Vec<i64>,
}

/// State of the pass.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Hours {
    subjects: Interner,
    activities: Vec<Activity>,
}

impl Hours {
    /// Takes in rows of a table.
    pub fn push(&mut self, batch: &RecordBatch, time: &str) {
        let view = View(batch);
        let (ids, times, rows, offsets) = (view.text("subject_id"), view.instant(time), view.long(ROW_ID), view.offset(time));
        for row in 0..batch.num_rows() {
            let (Some(id), Some(at)) = (text_at(ids, row), instant_at(times, row)) else { continue };
            let subject = self.subjects.number(id) as usize;
            if subject == self.activities.len() {
                self.activities.push(Activity::default());
            }
            let offset = offsets.filter(|offsets| offsets.is_valid(row)).map_or(0, |offsets| offsets.value(row));
            if let Some(activity) = self.activities.get_mut(subject) {
                activity.add(at, offset, long_at(rows, row));
            }
        }
    }

    /// One row for each subject.
    ///
    /// # Errors
    /// When Arrow refuses the arrays: a broken invariant.
    pub fn emit(&self) -> Result<RecordBatch, ArrowError> {
        let mut ids = StringViewBuilder::new();
        let (mut events, mut days) = (Int64Builder::new(), Int64Builder::new());
        let (mut peaks, mut spreads) = (Float64Builder::new(), Float64Builder::new());
        let (mut nights, mut drifts) = (Float64Builder::new(), Float64Builder::new());
        let mut rows = ListBuilder::new(Int64Builder::new());
        for (subject, activity) in (0u32..).zip(&self.activities) {
            let all = activity.periods.values().fold(Period::default(), |sum, period| sum.plus(period));
            ids.append_value(self.subjects.text(subject));
            events.append_value(all.events);
            days.append_value(activity.periods.values().map(|period| i64::from(period.days.count_ones())).sum());
            peaks.append_option(all.peak_hour());
            spreads.append_option(all.spread_hours());
            #[allow(clippy::cast_precision_loss)]
            nights.append_value(activity.night as f64 / all.events.max(1) as f64);
            drifts.append_option(activity.drift_hours());
            rows.values().append_slice(&activity.rows);
            rows.append(true);
        }
        RecordBatch::try_new(
            schema(),
            vec![
                Arc::new(ids.finish()),
                Arc::new(events.finish()),
                Arc::new(days.finish()),
                Arc::new(peaks.finish()),
                Arc::new(spreads.finish()),
                Arc::new(nights.finish()),
                Arc::new(drifts.finish()),
                Arc::new(rows.finish()),
            ],
        )
    }
}

impl Activity {
    fn add(&mut self, at: i64, offset_minutes: i32, row: i64) {
        let day = at.div_euclid(DAY_MICROS);
        let minute = at.rem_euclid(DAY_MICROS) / MINUTE_MICROS;
        let (sin, cos) = usize::try_from(minute).ok().and_then(|minute| CIRCLE.get(minute)).copied().unwrap_or((0, 0));
        let period = self.periods.entry(day.div_euclid(PERIOD_DAYS)).or_default();
        period.days |= 1 << day.rem_euclid(PERIOD_DAYS);
        period.events += 1;
        period.sin += sin;
        period.cos += cos;
        let local = (minute + i64::from(offset_minutes)).rem_euclid(1440);
        // Night: 22:00 to 06:00 on the clock the times are written in (UTC when no offset was written).
        self.night += i64::from(!(360..1320).contains(&local));
        keep_smallest(&mut self.rows, row);
    }

    /// How far the peak moved from the first to the last period with enough events, hours, -12 to 12.
    fn drift_hours(&self) -> Option<f64> {
        let mut told = self.periods.values().filter(|period| period.events >= DRIFT_EVENTS);
        let (first, last) = (told.next()?.peak_hour()?, told.next_back()?.peak_hour()?);
        Some((last - first + 36.0).rem_euclid(24.0) - 12.0)
    }
}

/// Keeps the smallest rows, sorted.
fn keep_smallest(rows: &mut Vec<i64>, row: i64) {
    if rows.len() < LISTED_ROWS || rows.last().is_some_and(|last| row < *last) {
        let place = rows.partition_point(|known| *known < row);
        rows.insert(place, row);
        rows.truncate(LISTED_ROWS);
    }
}

#[allow(clippy::cast_precision_loss)]
impl Period {
    fn plus(self, other: &Self) -> Self {
        Self { days: 0, events: self.events + other.events, sin: self.sin + other.sin, cos: self.cos + other.cos }
    }

    /// Circular mean, hour 0 to 24; `None` when the day is covered evenly.
    fn peak_hour(&self) -> Option<f64> {
        (self.length() > 0.01).then(|| ((self.sin as f64).atan2(self.cos as f64) / TAU * 24.0).rem_euclid(24.0))
    }

    /// Circular standard deviation, hours: 0 = always the same minute; about 7 = two thirds of the day.
    fn spread_hours(&self) -> Option<f64> {
        (self.events > 0).then(|| (-2.0 * self.length().clamp(1e-6, 1.0).ln()).max(0.0).sqrt() / TAU * 24.0)
    }

    fn length(&self) -> f64 {
        (self.sin as f64).hypot(self.cos as f64) / (ONE * self.events.max(1) as f64)
    }
}
