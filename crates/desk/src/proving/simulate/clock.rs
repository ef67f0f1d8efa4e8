//! Days, local hours and offsets of the zones people live in, fast enough for millions of events.
//!
//! Must not know who does what when. Instants are seconds since 1970 UTC, days are whole days since 1970.

use chrono::{DateTime, Offset as _, TimeZone as _};
use chrono_tz::Tz;

/// First day of the watched time: Monday 2026-01-05.
pub const START: i32 = 20_458;
/// Days watched.
pub const DAYS: i32 = 120;
/// Last day watched.
pub const END: i32 = START + DAYS - 1;
/// First day whose offsets are kept: earlier days are looked up one by one.
const TABLE_FROM: i32 = START - 400;

/// Offsets of all zones over the watched time.
#[derive(Debug)]
pub struct Clock {
    zones: Vec<Tz>,
    offsets: Vec<Vec<i32>>,
}

impl Clock {
    /// For zones by IANA name; a name nobody knows counts as UTC (the test of the places list finds it).
    #[must_use]
    pub fn new<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let zones: Vec<Tz> = names.map(|name| name.parse().unwrap_or(Tz::UTC)).collect();
        let offsets = zones.iter().map(|zone| (TABLE_FROM..=END + 40).map(|day| look_up(*zone, day)).collect()).collect();
        Self { zones, offsets }
    }

    /// Offset of a zone at noon of a day, minutes east of UTC.
    #[must_use]
    pub fn offset(&self, zone: usize, day: i32) -> i32 {
        let known = usize::try_from(day - TABLE_FROM).ok().and_then(|index| self.offsets[zone].get(index));
        known.copied().unwrap_or_else(|| look_up(self.zones[zone], day))
    }

    /// The instant of a local hour (0..24, more or less is the day after or before) of a day.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn at(&self, zone: usize, day: i32, hour: f64) -> i64 {
        i64::from(day) * 86_400 + (hour * 3600.0) as i64 - i64::from(self.offset(zone, day)) * 60
    }
}

fn look_up(zone: Tz, day: i32) -> i32 {
    let noon = DateTime::from_timestamp(i64::from(day) * 86_400 + 43_200, 0).unwrap_or_default();
    zone.offset_from_utc_datetime(&noon.naive_utc()).fix().local_minus_utc() / 60
}

/// Whether a day is a Saturday or Sunday.
#[must_use]
pub fn is_weekend(day: i32) -> bool {
    (day + 3).rem_euclid(7) > 4
}

/// The same day, or the Monday after a weekend.
#[must_use]
pub fn workday(day: i32) -> i32 {
    match (day + 3).rem_euclid(7) {
        5 => day + 2,
        6 => day + 1,
        _ => day,
    }
}

/// Day of an instant in UTC.
#[must_use]
#[allow(clippy::cast_possible_truncation)]
pub fn day_of(instant: i64) -> i32 {
    instant.div_euclid(86_400) as i32
}

/// Writes an instant as RFC 3339 with the offset in minutes (0 = `Z`).
#[allow(clippy::cast_sign_loss, clippy::cast_possible_truncation)]
pub fn write(out: &mut Vec<u8>, instant: i64, offset: i32) {
    let local = instant + i64::from(offset) * 60;
    write_day(out, day_of(local));
    let second = local.rem_euclid(86_400) as u32;
    out.push(b'T');
    two(out, second / 3600);
    out.push(b':');
    two(out, second / 60 % 60);
    out.push(b':');
    two(out, second % 60);
    if offset == 0 {
        out.push(b'Z');
    } else {
        out.push(if offset < 0 { b'-' } else { b'+' });
        two(out, offset.unsigned_abs() / 60);
        out.push(b':');
        two(out, offset.unsigned_abs() % 60);
    }
}

/// Writes a day as `YYYY-MM-DD` (Hinnant's days-from-civil, backwards).
#[allow(clippy::cast_sign_loss)]
pub fn write_day(out: &mut Vec<u8>, day: i32) {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = (yoe + era * 400 + i32::from(month <= 2)) as u32;
    two(out, year / 100);
    two(out, year % 100);
    out.push(b'-');
    two(out, month as u32);
    out.push(b'-');
    two(out, (doy - (153 * mp + 2) / 5 + 1) as u32);
}

#[allow(clippy::cast_possible_truncation)]
fn two(out: &mut Vec<u8>, n: u32) {
    out.push(b'0' + (n / 10 % 10) as u8);
    out.push(b'0' + (n % 10) as u8);
}

/// A day as text.
#[must_use]
pub fn day_text(day: i32) -> String {
    let mut out = Vec::with_capacity(10);
    write_day(&mut out, day);
    String::from_utf8_lossy(&out).into_owned()
}
