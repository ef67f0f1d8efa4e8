//! Days of instants, and days in writing (UTC).
//!
//! Must not know zones: everything here compares instants.

/// Microseconds of a day.
pub const DAY: i64 = 86_400_000_000;
/// Microseconds of an hour.
pub const HOUR: i64 = 3_600_000_000;
/// Microseconds of a minute.
pub const MINUTE: i64 = 60_000_000;

/// Days since 1970-01-01.
pub fn day(at: i64) -> i64 {
    at.div_euclid(DAY)
}

/// `YYYY-MM-DD` of an instant, by the proleptic Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms").
pub fn written(at: i64) -> String {
    let shifted = day(at) + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}
