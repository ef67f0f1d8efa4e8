//! Cells of a case as Arrow columns, by kind.
//!
//! Must not know tables.

use super::Bad;
use crate::yaml::Node;
use bonafide_facts::Kind;
use bonafide_facts::cell::{Boolean, Cell, Integer, MONEY_SCALE, Money, Number, Rows, Text, Time};
use datafusion::arrow::array::ArrayRef;

/// The Arrow columns of one declared column; unreadable cells become nulls and are told in `bad`.
pub fn column(kind: Kind, cells: &[Option<&Node>], own: impl Fn(usize) -> Option<i64>, bad: &mut Vec<Bad>) -> Vec<ArrayRef> {
    match kind {
        Kind::Text | Kind::Country | Kind::Zone | Kind::Ip => write::<Text>(cells, |node| Ok(node.text().map(str::to_owned)), bad),
        Kind::List => write::<Text>(cells, |node| Ok(list(node)), bad),
        Kind::Time => write::<Time>(cells, |node| node.text().map(time).transpose(), bad),
        Kind::Integer => {
            write::<Integer>(cells, |node| node.text().map(|text| text.parse().map_err(|_| form("a whole number"))).transpose(), bad)
        }
        Kind::Number => write::<Number>(cells, |node| node.text().map(|text| text.parse().map_err(|_| form("a number"))).transpose(), bad),
        Kind::Money => write::<Money>(cells, |node| node.text().map(money).transpose(), bad),
        Kind::Boolean => {
            write::<Boolean>(cells, |node| node.text().map(|text| text.parse().map_err(|_| form("true or false"))).transpose(), bad)
        }
        Kind::Rows => {
            let rows: Vec<Option<Vec<i64>>> = cells
                .iter()
                .enumerate()
                .map(|(row, cell)| match cell {
                    Some(cell) => Some(cell.items().iter().filter_map(|id| id.text()?.parse().ok()).collect()),
                    None => own(row).map(|id| vec![id]),
                })
                .collect();
            Rows::write(rows.iter().map(Option::as_ref))
        }
    }
}

fn form(what: &str) -> String {
    format!("is not {what}")
}

fn write<C: Cell>(cells: &[Option<&Node>], read: impl Fn(&Node) -> Result<Option<C::Value>, String>, bad: &mut Vec<Bad>) -> Vec<ArrayRef> {
    let values: Vec<Option<C::Value>> = cells
        .iter()
        .map(|cell| {
            let node = (*cell)?;
            read(node).unwrap_or_else(|what| {
                bad.push((
                    node.line,
                    format!("`{}` {what}", node.text().unwrap_or_default()),
                    "write it as the documentation of the column says".to_owned(),
                ));
                None
            })
        })
        .collect();
    C::write(values.iter().map(Option::as_ref))
}

/// `a|b` or a YAML list.
fn list(node: &Node) -> Option<String> {
    let items: Vec<&str> = node.items().iter().filter_map(Node::text).collect();
    (!items.is_empty()).then(|| items.join("|"))
}

/// RFC 3339, a date and time without offset (then UTC, none written), or a date.
fn time(text: &str) -> Result<Time, String> {
    let text = text.trim();
    if let Ok(at) = chrono::DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)) {
        return Ok(Time { micros: at.timestamp_micros(), offset_minutes: Some(at.offset().local_minus_utc() / 60) });
    }
    let naive = chrono::NaiveDateTime::parse_from_str(&text.replacen(' ', "T", 1), "%Y-%m-%dT%H:%M:%S%.f")
        .or_else(|_| chrono::NaiveDateTime::parse_from_str(&text.replacen(' ', "T", 1), "%Y-%m-%dT%H:%M"))
        .ok()
        .or_else(|| chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0));
    naive.map(|at| Time { micros: at.and_utc().timestamp_micros(), offset_minutes: None }).ok_or_else(|| form("an RFC 3339 time"))
}

/// A decimal as a whole number of 10^-18.
fn money(text: &str) -> Result<i128, String> {
    let wrong = || form("a decimal amount");
    let (sign, digits) = text.trim().strip_prefix('-').map_or((1, text.trim()), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let scale = usize::try_from(MONEY_SCALE).unwrap_or(0);
    if part.len() > scale || whole.is_empty() || !whole.chars().chain(part.chars()).all(|c| c.is_ascii_digit()) {
        return Err(wrong());
    }
    format!("{whole}{part:0<scale$}").parse::<i128>().map(|amount| sign * amount).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_times_are_exact() {
        assert_eq!(money("12.5"), Ok(12_500_000_000_000_000_000));
        assert_eq!(money("-0.000000000000000001"), Ok(-1));
        assert!(money("1e5").is_err() && money("").is_err() && money("1.2.3").is_err());
        assert_eq!(time("2026-01-05T09:00:00+09:00"), Ok(Time { micros: 1_767_571_200_000_000, offset_minutes: Some(540) }));
        assert_eq!(time("2026-01-05").map(|at| at.offset_minutes), Ok(None));
        assert!(time("yesterday").is_err());
    }
}
