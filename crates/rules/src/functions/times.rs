//! Functions over instants: gaps and clocks.
//!
//! Must not know when a working day is.

use super::Columns;
use crate::context;
use chrono::{DateTime, Offset as _, TimeZone as _};
use chrono_tz::Tz;
use datafusion::arrow::array::{ArrayRef, Float64Array, Int32Array, TimestampMicrosecondArray};
use datafusion::error::{DataFusionError, Result};
use std::collections::HashMap;
use std::sync::Arc;

const HOUR_MICROS: f64 = 3_600_000_000.0;
const DAY_MICROS: i64 = 86_400_000_000;

fn gap(columns: &Columns, unit_micros: f64) -> Result<ArrayRef> {
    let pairs = columns.instant(0)?.iter().zip(columns.instant(1)?);
    #[allow(clippy::cast_precision_loss)]
    let answers: Float64Array =
        pairs.map(|(from, to)| from.zip(to).map(|(from, to)| to.saturating_sub(from) as f64 / unit_micros)).collect();
    Ok(Arc::new(answers))
}

pub fn hours_between(columns: &Columns) -> Result<ArrayRef> {
    gap(columns, HOUR_MICROS)
}

pub fn days_between(columns: &Columns) -> Result<ArrayRef> {
    gap(columns, HOUR_MICROS * 24.0)
}

/// Hour of the day, 0 to 24, on a clock `offset_minutes` east of UTC.
#[must_use]
pub fn hour_of_day(micros: i64, offset_minutes: i32) -> f64 {
    let local = micros.saturating_add(i64::from(offset_minutes) * 60_000_000);
    #[allow(clippy::cast_precision_loss)]
    let into_day = local.rem_euclid(DAY_MICROS) as f64;
    into_day / HOUR_MICROS
}

pub fn local_hour(columns: &Columns) -> Result<ArrayRef> {
    let pairs = columns.instant(0)?.iter().zip(columns.int(1)?);
    let answers: Float64Array = pairs.map(|(at, offset)| at.zip(offset).map(|(at, offset)| hour_of_day(at, offset))).collect();
    Ok(Arc::new(answers))
}

/// Zones by name, looked up once, and the offset of the last hour asked for.
#[derive(Default)]
pub struct Clocks<'a>(HashMap<&'a str, (Option<Tz>, i64, i32)>);

impl<'a> Clocks<'a> {
    /// Minutes east of UTC in `zone` at `micros`; `None` when there is no such zone.
    pub fn offset(&mut self, zone: &'a str, micros: i64) -> Option<i32> {
        let (tz, known_quarter, known) = self.0.entry(zone).or_insert_with(|| (zone.trim().parse().ok(), i64::MIN, 0));
        // Offsets change on quarter hours at the finest.
        let quarter = micros.div_euclid(900_000_000);
        if *known_quarter != quarter {
            let at = DateTime::from_timestamp_micros(micros)?.naive_utc();
            *known = (*tz)?.offset_from_utc_datetime(&at).fix().local_minus_utc() / 60;
            *known_quarter = quarter;
        }
        Some(*known)
    }
}

pub fn zone_hour(columns: &Columns) -> Result<ArrayRef> {
    let mut clocks = Clocks::default();
    let pairs = columns.instant(0)?.iter().zip(columns.text(1)?);
    let answers: Float64Array =
        pairs.map(|(at, zone)| at.zip(zone).and_then(|(at, zone)| Some(hour_of_day(at, clocks.offset(zone, at)?)))).collect();
    Ok(Arc::new(answers))
}

pub fn zone_offset_minutes(columns: &Columns) -> Result<ArrayRef> {
    let mut clocks = Clocks::default();
    let pairs = columns.text(0)?.iter().zip(columns.instant(1)?);
    let answers: Int32Array = pairs.map(|(zone, at)| zone.zip(at).and_then(|(zone, at)| clocks.offset(zone, at))).collect();
    Ok(Arc::new(answers))
}

pub fn as_of(_: &Columns) -> Result<ArrayRef> {
    let run = context::current().ok_or_else(|| DataFusionError::Execution("as_of() was asked outside a run".to_owned()))?;
    Ok(Arc::new(TimestampMicrosecondArray::from(vec![run.as_of])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_follow_daylight_saving() {
        let mut clocks = Clocks::default();
        // 2024-01-15T12:00Z and 2024-07-15T12:00Z (IANA tz database)
        assert_eq!(clocks.offset("America/New_York", 1_705_320_000_000_000), Some(-300));
        assert_eq!(clocks.offset("America/New_York", 1_721_044_800_000_000), Some(-240));
        assert_eq!(clocks.offset("Nowhere/Land", 0), None);
        assert!((hour_of_day(-3_600_000_000, 0) - 23.0).abs() < 1e-9);
        assert!((hour_of_day(0, 330) - 5.5).abs() < 1e-9);
    }
}
