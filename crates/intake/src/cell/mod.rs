//! One cell becomes a typed value, or says why it cannot.
//!
//! Must not know which table the column is in, or what the value means.

pub(crate) mod country;
pub(crate) mod money;
pub(crate) mod time;
pub(crate) mod words;

use crate::record::Raw;
use crate::tally::quoted;
use bonafide_facts::Kind;
use bonafide_facts::cell::Time;
use std::borrow::Cow;
use time::DayOrder;

/// A typed cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Parsed<'a> {
    /// Not given.
    Null,
    /// Text in the form of its kind.
    Text(Cow<'a, str>),
    /// An instant; `true` when a lacking offset was read as UTC.
    Time(Time, bool),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// 10^-18 units.
    Money(i128),
    /// Yes or no.
    Boolean(bool),
}

/// Why a cell is not of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bad {
    /// Stable id.
    pub code: &'static str,
    /// `… is no time`.
    pub what: String,
    /// What to write instead.
    pub mend: &'static str,
}

impl Bad {
    pub(crate) fn new(code: &'static str, text: &str, what: &str, mend: &'static str) -> Self {
        Self { code, what: format!("{} {what}", quoted(text)), mend }
    }
}

/// What a cell's reading may ask beside the cell.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Context {
    /// How `03/04/2025` is meant in this file, when that is known.
    pub days: Option<DayOrder>,
    /// Whether `,` and `;` separate list items too (port lists).
    pub loose_list: bool,
    /// Whether blanks around the text are cut (keys: ids, controlled words).
    pub trim: bool,
}

/// Reads a cell as `kind`. Words for "nothing" in a typed cell are [`Parsed::Null`]; text keeps them as printed.
pub(crate) fn parse<'a>(kind: Kind, raw: Raw<'a>, context: Context) -> Result<Parsed<'a>, Bad> {
    match (kind, raw) {
        (_, Raw::Null) => Ok(Parsed::Null),
        (_, Raw::Unreadable(what)) => {
            Err(Bad { code: "unreadable-cell", what: what.to_owned(), mend: "write plain text or a plain value" })
        }
        (Kind::Time, Raw::Time(time)) => Ok(Parsed::Time(time, time.offset_minutes.is_none())),
        (Kind::Integer, Raw::Integer(value)) => Ok(Parsed::Integer(value)),
        (Kind::Boolean, Raw::Boolean(value)) => Ok(Parsed::Boolean(value)),
        (Kind::Number, Raw::Number(value)) if value.is_finite() => Ok(Parsed::Number(value)),
        #[allow(clippy::cast_precision_loss)] // a Number is a float by declaration
        (Kind::Number, Raw::Integer(value)) => Ok(Parsed::Number(value as f64)),
        (_, Raw::Text(text)) => from_text(kind, Cow::Borrowed(text), context),
        (_, other) => from_text(kind, Cow::Owned(printed(&other)), context),
    }
}

/// A typed cell as a person would print it.
pub(crate) fn printed(raw: &Raw<'_>) -> String {
    match raw {
        Raw::Null | Raw::Unreadable(_) => String::new(),
        Raw::Text(text) => (*text).to_owned(),
        Raw::Made(text) => text.clone(),
        Raw::Integer(value) => value.to_string(),
        Raw::Number(value) => value.to_string(),
        Raw::Boolean(value) => value.to_string(),
        Raw::Time(time) => time.to_string(),
        Raw::Decimal(value, scale) => money::print(*value, *scale),
    }
}

fn from_text(kind: Kind, text: Cow<'_, str>, context: Context) -> Result<Parsed<'_>, Bad> {
    if matches!(kind, Kind::Text | Kind::Rows) {
        return Ok(plain(text, context.trim));
    }
    let trimmed = text.trim();
    // `NA` is Namibia where a country is asked for.
    if words::is_nothing(trimmed) && !(kind == Kind::Country && trimmed == "NA") {
        return Ok(Parsed::Null);
    }
    let owned = |text: String| Parsed::Text(Cow::Owned(text));
    match kind {
        Kind::Text | Kind::Rows => Ok(Parsed::Null),
        Kind::Time => time::parse(trimmed, context.days).map(|time| Parsed::Time(time, time.offset_minutes.is_none())),
        Kind::Integer => words::integer(trimmed).map(Parsed::Integer),
        Kind::Number => words::number(trimmed).map(Parsed::Number),
        Kind::Money => money::parse(trimmed).map(Parsed::Money),
        Kind::Boolean => words::boolean(trimmed).map(Parsed::Boolean),
        Kind::Country => country::alpha_2(trimmed).map(|code| Parsed::Text(Cow::Borrowed(code))),
        Kind::Zone => words::zone(trimmed).map(owned),
        Kind::Ip if words::is_canonical_v4(trimmed) && trimmed.len() == text.len() => Ok(Parsed::Text(text)),
        Kind::Ip => words::ip(trimmed).map(owned),
        Kind::List => Ok(owned(words::list(trimmed, context.loose_list))),
    }
}

fn plain(text: Cow<'_, str>, trim: bool) -> Parsed<'_> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Parsed::Null;
    }
    if !trim || trimmed.len() == text.len() {
        return Parsed::Text(text);
    }
    match text {
        Cow::Borrowed(text) => Parsed::Text(Cow::Borrowed(text.trim())),
        Cow::Owned(text) => Parsed::Text(Cow::Owned(text.trim().to_owned())),
    }
}
