//! Dates as lists print them, with the precision they have.
//!
//! Must not know entries.

use chrono::NaiveDate;

/// A span of days, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// `YYYY-MM-DD`.
    pub earliest: String,
    /// `YYYY-MM-DD`.
    pub latest: String,
    /// day, month, year, circa or range.
    pub precision: &'static str,
}

/// Reads `10 Dec 1948`, `Dec 1948`, `1948`, `circa 1948`, `1948 to 1950`, `1948-12-10`, `10/12/1948` (day first), `00/00/1948`, `12/10/1948` being the 12th
/// of October. `None` when it is none of these or no such day exists.
#[must_use]
pub fn read(printed: &str) -> Option<Span> {
    let text = printed.trim().trim_end_matches('.').trim();
    if text.len() > 64 {
        return None;
    }
    let lower = text.to_lowercase();
    for word in ["circa ", "approximately ", "c. ", "about "] {
        if let Some(rest) = lower.strip_prefix(word) {
            let span = read(rest)?;
            return Some(Span { earliest: shift(&span.earliest, -1)?, latest: shift(&span.latest, 1)?, precision: "circa" });
        }
    }
    let range = [" to ", " - ", "–", " and "].iter().find_map(|between| lower.split_once(between));
    if let Some((from, to)) = range.map(|(from, to)| (from.trim_start_matches("between ").to_owned(), to.to_owned())) {
        let (from, to) = (read(&from)?, read(&to)?);
        return (from.earliest <= to.latest).then_some(Span { earliest: from.earliest, latest: to.latest, precision: "range" });
    }
    one(&lower)
}

fn one(text: &str) -> Option<Span> {
    let text = text.split_once('t').filter(|(day, _)| day.len() == 10 && day.contains('-')).map_or(text, |(day, _)| day);
    let parts: Vec<&str> = text.split([' ', '-', '/', '.', ',']).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [year] => span(number(year)?, 0, 0),
        [month, year] if named(month).is_some() => span(number(year)?, named(month)?, 0),
        [year, month] if year.len() == 4 => span(number(year)?, number(month)?, 0),
        [month, year] => span(number(year)?, number(month)?, 0),
        [day, month, year] if named(month).is_some() => span(number(year)?, named(month)?, number(day)?),
        [month, day, year] if named(month).is_some() => span(number(year)?, named(month)?, number(day)?),
        [year, month, day] if year.len() == 4 => span(number(year)?, number(month)?, number(day)?),
        [day, month, year] => span(number(year)?, number(month)?, number(day)?),
        _ => None,
    }
}

fn number(text: &str) -> Option<u32> {
    (text.len() <= 4).then(|| text.trim_end_matches(|c: char| c.is_alphabetic()).parse().ok())?
}

fn named(text: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let head = text.get(..3)?;
    MONTHS
        .iter()
        .position(|month| *month == head)
        .and_then(|at| u32::try_from(at + 1).ok())
        .filter(|_| text.chars().all(char::is_alphabetic))
}

/// A year, month or day; month and day 0 when not known.
#[must_use]
pub fn span(year: u32, month: u32, day: u32) -> Option<Span> {
    if !(1000..=2999).contains(&year) {
        return None;
    }
    let date = |year: u32, month: u32, day: u32| NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day);
    let (from, to, precision) = match (month, day) {
        (0, _) => (date(year, 1, 1)?, date(year, 12, 31)?, "year"),
        (month, 0) => {
            let next = if month == 12 { date(year + 1, 1, 1)? } else { date(year, month + 1, 1)? };
            (date(year, month, 1)?, next.pred_opt()?, "month")
        }
        (month, day) => (date(year, month, day)?, date(year, month, day)?, "day"),
    };
    Some(Span { earliest: from.to_string(), latest: to.to_string(), precision })
}

fn shift(day: &str, years: i32) -> Option<String> {
    let year: i32 = day.get(..4)?.parse().ok()?;
    Some(format!("{:04}{}", year + years, day.get(4..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_dates_keep_their_precision() {
        for (printed, earliest, latest, precision) in [
            ("10 Dec 1948", "1948-12-10", "1948-12-10", "day"),
            ("Dec 1948", "1948-12-01", "1948-12-31", "month"),
            ("1948", "1948-01-01", "1948-12-31", "year"),
            ("circa 1961", "1960-01-01", "1962-12-31", "circa"),
            ("1950 to 1953", "1950-01-01", "1953-12-31", "range"),
            ("1948-12-10", "1948-12-10", "1948-12-10", "day"),
            ("1962-05-08T00:00:00", "1962-05-08", "1962-05-08", "day"),
            ("00/00/1957", "1957-01-01", "1957-12-31", "year"),
            ("12/10/1948", "1948-10-12", "1948-10-12", "day"),
            ("29 Feb 1964.", "1964-02-29", "1964-02-29", "day"),
        ] {
            assert_eq!(read(printed), Some(Span { earliest: earliest.into(), latest: latest.into(), precision }), "{printed}");
        }
        for printed in ["", "unknown", "31 Feb 1960", "99/99/9999", "1950 to 1940", &"9".repeat(100)] {
            assert_eq!(read(printed), None, "{printed}");
        }
    }
}
