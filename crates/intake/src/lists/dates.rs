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

/// Words that stand before a date that is only about right.
const ABOUT: [&str; 9] = ["circa ", "approximately ", "approx. ", "approx ", "about ", "around ", "ca. ", "c. ", "c."];
/// Words between the ends of a range, or between several dates of which one is right.
const BETWEEN: [&str; 7] = [" to ", " - ", "–", "—", " and ", " or ", " through "];

/// Reads `10 Dec 1948`, `Dec 1948`, `1948`, `circa 1948`, `1948 to 1950`, `1948-1950`, `1950s`, `1948-12-10`, `10/12/1948` (day first), `00/00/1948`,
/// `12/10/1948` being the 12th of October. A date that is about right spans the year before and the year after. `None` when it is none of these or no such
/// day exists.
#[must_use]
pub fn read(printed: &str) -> Option<Span> {
    let text = printed.trim().trim_end_matches('.').trim();
    if text.len() > 64 {
        return None;
    }
    within(&text.to_lowercase(), 0)
}

fn within(text: &str, depth: u8) -> Option<Span> {
    let text = text.trim();
    if depth > 3 {
        return None;
    }
    if let Some(rest) = ABOUT.iter().find_map(|word| text.strip_prefix(word)) {
        let span = within(rest, depth + 1)?;
        return Some(Span { earliest: shift(&span.earliest, -1)?, latest: shift(&span.latest, 1)?, precision: "circa" });
    }
    let text = text.strip_prefix("between ").unwrap_or(text);
    let years = |text: &str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let range = BETWEEN
        .iter()
        .find_map(|between| text.split_once(between))
        .or_else(|| text.split_once(['-', '/']).filter(|(from, to)| years(from) && years(to)));
    if let Some((from, to)) = range {
        let (from, to) = (within(from, depth + 1)?, within(to, depth + 1)?);
        return (from.earliest <= to.latest).then_some(Span { earliest: from.earliest, latest: to.latest, precision: "range" });
    }
    if let Some(decade) = text.strip_suffix("0s").filter(|decade| decade.len() == 3) {
        let (from, to) = (one(&format!("{decade}0"))?, one(&format!("{decade}9"))?);
        return Some(Span { earliest: from.earliest, latest: to.latest, precision: "range" });
    }
    one(text)
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

/// A number of at most four digits, `2nd` being 2.
fn number(text: &str) -> Option<u32> {
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|ending| text.strip_suffix(ending)).unwrap_or(text);
    (digits.len() <= 4 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
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

/// The same day another year; the 28th of February for a 29th that does not exist there.
fn shift(day: &str, years: i32) -> Option<String> {
    let year: i32 = day.get(..4)?.parse().ok()?;
    let (year, rest) = (year + years, day.get(5..)?);
    let day = format!("{year:04}-{rest}");
    if NaiveDate::parse_from_str(&day, "%Y-%m-%d").is_ok() { Some(day) } else { Some(format!("{year:04}-02-28")) }
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
            ("Approximately 1960-1965", "1959-01-01", "1966-12-31", "circa"),
            ("circa 29 Feb 1964", "1963-02-28", "1965-02-28", "circa"),
            ("1950 to 1953", "1950-01-01", "1953-12-31", "range"),
            ("1950-1953", "1950-01-01", "1953-12-31", "range"),
            ("between 1950 and May 1953", "1950-01-01", "1953-05-31", "range"),
            ("1971 or 1972", "1971-01-01", "1972-12-31", "range"),
            ("1950s", "1950-01-01", "1959-12-31", "range"),
            ("1948-12-10", "1948-12-10", "1948-12-10", "day"),
            ("1962-05-08T00:00:00", "1962-05-08", "1962-05-08", "day"),
            ("00/00/1957", "1957-01-01", "1957-12-31", "year"),
            ("12/10/1948", "1948-10-12", "1948-10-12", "day"),
            ("29 Feb 1964.", "1964-02-29", "1964-02-29", "day"),
            ("2nd May 1960", "1960-05-02", "1960-05-02", "day"),
        ] {
            assert_eq!(read(printed), Some(Span { earliest: earliest.into(), latest: latest.into(), precision }), "{printed}");
        }
        for printed in
            ["", "unknown", "31 Feb 1960", "99/99/9999", "1950 to 1940", "circa circa circa circa circa 1950", "１９５０", &"9".repeat(100)]
        {
            assert_eq!(read(printed), None, "{printed}");
        }
    }
}
