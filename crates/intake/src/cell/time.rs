//! Instants as people and products write them, with the offset as written.
//!
//! Must not know the clock: nothing is read relative to now, and two-digit years are refused.

use super::Bad;
use bonafide_facts::cell::Time;
use chrono::{DateTime, NaiveDate, NaiveDateTime};

const MEND: &str = "write RFC 3339 with the offset, such as 2026-01-05T09:00:00+01:00";
/// Offsets in use lie between UTC-12 and UTC+14; some histories hold wilder ones, kept up to a day.
const MAX_OFFSET_MINUTES: i32 = 24 * 60 - 1;

/// Which part of `03/04/2025` is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DayOrder {
    /// 3 April.
    DayFirst,
    /// March 4th.
    MonthFirst,
}

/// Reads an instant. Forms: RFC 3339 (also with a blank for `T`, `+0900`, `+09`, without seconds, without offset), a date alone,
/// `YYYY/MM/DD`, RFC 2822, `Jan 2, 2026 3:04 PM`, `2 Jan 2026`, seconds, milli-, micro- or nanoseconds since 1970, and dates with slashes
/// or points when the order is plain from the date itself or `order` tells.
pub(crate) fn parse(text: &str, order: Option<DayOrder>) -> Result<Time, Bad> {
    if let Some(time) = rfc_3339(text).or_else(|| epoch(text)) {
        return Ok(time);
    }
    if let Some((first, second, year, rest)) = slashed(text) {
        return slashed_time(text, (first, second, year), rest, order);
    }
    rfc_2822(text).or_else(|| worded(text)).ok_or_else(|| Bad::new("bad-time", text, "is no time", MEND))
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0_u32, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
}

/// Days and clock time as an instant; hour 24 and leap seconds are refused like other impossible times.
fn instant(date: NaiveDate, micros_of_day: i64, offset_minutes: Option<i32>) -> Option<Time> {
    let days = date.signed_duration_since(NaiveDate::default()).num_days();
    let local = days.checked_mul(86_400_000_000)?.checked_add(micros_of_day)?;
    let micros = local.checked_sub(i64::from(offset_minutes.unwrap_or(0)) * 60_000_000)?;
    Some(Time { micros, offset_minutes })
}

fn rfc_3339(text: &str) -> Option<Time> {
    let bytes = text.as_bytes();
    if bytes.len() < 8 || (bytes.get(4) != Some(&b'-') && bytes.get(4) != Some(&b'/')) || bytes.get(7) != bytes.get(4) {
        return None;
    }
    let year = i32::try_from(digits(&bytes[..4])?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, digits(&bytes[5..7])?, digits(bytes.get(8..10)?)?)?;
    match bytes.get(10) {
        None => instant(date, 0, None),
        Some(b'T' | b't' | b' ' | b'_') => {
            let (micros, offset) = clock(text.get(11..)?)?;
            instant(date, micros, offset)
        }
        Some(_) => None,
    }
}

/// `09:00[:00[.123]]` and an offset or AM/PM behind: (microseconds of the day, offset minutes).
fn clock(text: &str) -> Option<(i64, Option<i32>)> {
    let bytes = text.as_bytes();
    let colon = bytes.iter().position(|byte| *byte == b':')?;
    let mut hour = digits(bytes.get(..colon).filter(|hour| (1..=2).contains(&hour.len()))?)?;
    let minute = digits(bytes.get(colon + 1..colon + 3)?)?;
    let mut at = colon + 3;
    let mut second = 0;
    let mut micros = 0;
    if bytes.get(at) == Some(&b':') {
        second = digits(bytes.get(at + 1..at + 3)?)?;
        at += 3;
        if matches!(bytes.get(at), Some(b'.' | b',')) {
            let fraction = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            if fraction == 0 || fraction > 12 {
                return None;
            }
            micros = (0..6).fold(0, |sum, place| sum * 10 + if place < fraction { i64::from(bytes[at + 1 + place] - b'0') } else { 0 });
            at += 1 + fraction;
        }
    }
    let mut rest = text.get(at..)?.trim_start();
    if let Some((half, behind)) = half_of_day(rest) {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + half;
        rest = behind.trim_start();
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let day = i64::from(hour * 3600 + minute * 60 + second) * 1_000_000 + micros;
    Some((day, if rest.is_empty() { None } else { Some(offset(rest)?) }))
}

/// AM is 0, PM is 12.
fn half_of_day(text: &str) -> Option<(u32, &str)> {
    let (head, behind) = (text.get(..2)?, text.get(2..)?);
    if head.eq_ignore_ascii_case("am") {
        Some((0, behind))
    } else if head.eq_ignore_ascii_case("pm") {
        Some((12, behind))
    } else {
        None
    }
}

/// Minutes east of UTC: `Z`, `UTC`, `GMT`, `+09:00`, `+0900`, `+9`, `UTC+2`.
pub(crate) fn offset(text: &str) -> Option<i32> {
    let text = text.split(" (").next().unwrap_or(text).trim();
    let upper = text.to_ascii_uppercase();
    let rest = upper.strip_prefix("UTC").or_else(|| upper.strip_prefix("GMT")).unwrap_or(&upper);
    if rest == "Z" || (rest.is_empty() && !upper.is_empty()) {
        return Some(0);
    }
    let (sign, body) = rest.strip_prefix('+').map(|body| (1, body)).or_else(|| rest.strip_prefix('-').map(|body| (-1, body)))?;
    let (hours, minutes) = match body.split_once(':') {
        Some((hours, minutes)) => (hours, minutes.get(..2).filter(|_| minutes.len() == 2 || minutes.len() == 5)?),
        None if body.len() == 4 => body.split_at_checked(2)?,
        None => (body, "0"),
    };
    let plain = |part: &str| (!part.is_empty() && part.len() <= 2).then(|| digits(part.as_bytes())).flatten();
    let minutes = i32::try_from(plain(hours)? * 60 + plain(minutes).filter(|minutes| *minutes < 60)?).ok()?;
    (minutes <= MAX_OFFSET_MINUTES).then_some(sign * minutes)
}

/// Seconds (also with a fraction), milliseconds, microseconds or nanoseconds since 1970, told by the number of digits. 9 to 11 digits are seconds
/// (1973 to 5138), 12 to 14 milliseconds, 15 to 16 microseconds, 18 to 19 nanoseconds.
fn epoch(text: &str) -> Option<Time> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !whole.bytes().all(|byte| byte.is_ascii_digit()) || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value: i64 = whole.parse().ok()?;
    let micros = match whole.len() {
        9..=11 => {
            let fraction: i64 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
            value.checked_mul(1_000_000)?.checked_add(fraction)?
        }
        12..=14 => value.checked_mul(1000)?,
        15..=16 => value,
        18..=19 => value / 1000,
        _ => return None,
    };
    Some(Time { micros, offset_minutes: None })
}

/// The two small numbers and the year of `3/4/2025 …` or `3.4.2025 …`, and what is behind.
pub(crate) fn slashed(text: &str) -> Option<(u32, u32, i32, &str)> {
    let mark = text.find(['/', '.', '-']).filter(|at| (1..=2).contains(at))?;
    let mark = text[mark..].chars().next()?;
    let mut parts = text.splitn(3, mark);
    let (first, second, rest) = (parts.next()?, parts.next()?, parts.next()?);
    if second.is_empty() || second.len() > 2 {
        return None;
    }
    let year = rest.get(..4)?;
    let behind = rest.get(4..)?;
    if behind.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let year = i32::try_from(digits(year.as_bytes())?).ok()?;
    Some((digits(first.as_bytes())?, digits(second.as_bytes())?, year, behind.trim_start_matches([',', ' ', 'T'])))
}

fn slashed_time(text: &str, (first, second, year): (u32, u32, i32), rest: &str, order: Option<DayOrder>) -> Result<Time, Bad> {
    let bad = || Bad::new("bad-time", text, "is no time", MEND);
    let order = match (first > 12, second > 12) {
        (true, false) => DayOrder::DayFirst,
        (false, true) => DayOrder::MonthFirst,
        (true, true) => return Err(bad()),
        (false, false) if first == second => DayOrder::DayFirst,
        (false, false) => order.ok_or_else(|| {
            let what = "is a day and month, or a month and day: nothing in this column tells which";
            Bad::new("ambiguous-time", text, what, "write dates as YYYY-MM-DD")
        })?,
    };
    let (day, month) = if order == DayOrder::DayFirst { (first, second) } else { (second, first) };
    let date = NaiveDate::from_ymd_opt(year, month, day).ok_or_else(bad)?;
    let (micros, offset) = if rest.is_empty() { (0, None) } else { clock(rest).ok_or_else(bad)? };
    instant(date, micros, offset).ok_or_else(bad)
}

fn rfc_2822(text: &str) -> Option<Time> {
    let at = DateTime::parse_from_rfc2822(text).ok()?;
    Some(Time { micros: at.timestamp_micros(), offset_minutes: Some(at.offset().local_minus_utc() / 60) })
}

/// `Jan 2, 2026`, `2 January 2026`, `2026-Jan-02`, `Fri Jan  2 15:04:05 2026 +0100`, with or without a clock time.
fn worded(text: &str) -> Option<Time> {
    if text.len() > 48 || !text.is_ascii() {
        return None;
    }
    let flat = text.replace([',', '-'], " ").split_whitespace().collect::<Vec<_>>().join(" ");
    for form in ["%B %d %Y", "%d %B %Y", "%Y %B %d"] {
        if let Ok((date, rest)) = NaiveDate::parse_and_remainder(&flat, form) {
            let rest = rest.trim_start().trim_start_matches("at ");
            let tail = text.len() - rest.len().min(text.len());
            // The offset's minus was flattened with the dashes: take the clock from the original text.
            let (micros, offset) = if rest.is_empty() { (0, None) } else { clock(text.get(tail..)?)? };
            return instant(date, micros, offset);
        }
    }
    let (at, rest) = NaiveDateTime::parse_and_remainder(text, "%a %b %e %H:%M:%S %Y").ok()?;
    let offset = if rest.trim().is_empty() { None } else { Some(offset(rest.trim())?) };
    let micros = at.time().signed_duration_since(chrono::NaiveTime::default()).num_microseconds()?;
    instant(at.date(), micros, offset)
}
