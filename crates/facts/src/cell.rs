//! The kinds of cell a table can have: Rust value, Arrow column and documented form of each, in one place.
//!
//! Must not know how outside text is parsed into them: that is `intake`.

use arrow_array::builder::{
    BooleanBuilder, Decimal128Builder, Float64Builder, Int32Builder, Int64Builder, ListBuilder, StringViewBuilder,
    TimestampMicrosecondBuilder,
};
use arrow_array::cast::AsArray as _;
use arrow_array::types::{Decimal128Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, TimeUnit};
use std::sync::Arc;

/// Digits after the point of a [`Kind::Money`] cell: enough for wei.
pub const MONEY_SCALE: i8 = 18;
/// Digits in all of a [`Kind::Money`] cell.
pub const MONEY_PRECISION: u8 = 38;

/// The form of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Text as printed (Arrow `Utf8View`).
    Text,
    /// ISO 3166-1 alpha-2, upper case (Arrow `Utf8View`).
    Country,
    /// IANA time zone name (Arrow `Utf8View`).
    Zone,
    /// IPv4 or IPv6 address in its canonical text form (Arrow `Utf8View`).
    Ip,
    /// Several texts in one cell, separated by `|` (Arrow `Utf8View`).
    List,
    /// RFC 3339. Arrow: `name` holds the UTC instant (`Timestamp(µs)`), `name_offset_minutes` (`Int32`) the offset as written.
    Time,
    /// Whole number (Arrow `Int64`).
    Integer,
    /// Decimal number (Arrow `Float64`).
    Number,
    /// Amount of money or coin, exact (Arrow `Decimal128(38, 18)`).
    Money,
    /// true or false.
    Boolean,
    /// Row ids of evidence (Arrow `List<Int64>`), only in derived tables.
    Rows,
}

impl Kind {
    /// The form as the documentation prints it.
    #[must_use]
    pub fn form(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Country => "country (ISO 3166-1 alpha-2)",
            Self::Zone => "time zone (IANA)",
            Self::Ip => "IP address",
            Self::List => "list, `|` between",
            Self::Time => "time (RFC 3339 with offset)",
            Self::Integer => "whole number",
            Self::Number => "number",
            Self::Money => "decimal amount",
            Self::Boolean => "true or false",
            Self::Rows => "rows (file:line)",
        }
    }

    /// The Arrow fields a column of this kind and name has: one, or two for [`Kind::Time`]. All nullable.
    #[must_use]
    pub fn fields(self, name: &str) -> Vec<Field> {
        let field = |name: &str, kind| Field::new(name, kind, true);
        match self {
            Self::Text | Self::Country | Self::Zone | Self::Ip | Self::List => vec![field(name, DataType::Utf8View)],
            Self::Time => vec![field(name, DataType::Timestamp(TimeUnit::Microsecond, None)), field(&offset_column(name), DataType::Int32)],
            Self::Integer => vec![field(name, DataType::Int64)],
            Self::Number => vec![field(name, DataType::Float64)],
            Self::Money => vec![field(name, DataType::Decimal128(MONEY_PRECISION, MONEY_SCALE))],
            Self::Boolean => vec![field(name, DataType::Boolean)],
            Self::Rows => vec![field(name, DataType::List(Arc::new(Field::new_list_field(DataType::Int64, true))))],
        }
    }
}

/// Name of the column that holds the written offset of time column `name`.
#[must_use]
pub fn offset_column(name: &str) -> String {
    format!("{name}_offset_minutes")
}

/// An instant and the offset it was written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time {
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub micros: i64,
    /// Minutes east of UTC as written; `None` when the input had no offset (then read as UTC).
    pub offset_minutes: Option<i32>,
}

impl std::fmt::Display for Time {
    /// RFC 3339 with the offset as written.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let zone = chrono::FixedOffset::east_opt(self.offset_minutes.unwrap_or(0) * 60);
        match (chrono::DateTime::from_timestamp_micros(self.micros), zone) {
            (Some(at), Some(zone)) if self.offset_minutes.is_some() => {
                f.write_str(&at.with_timezone(&zone).to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false))
            }
            (Some(at), _) => f.write_str(&at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)),
            (None, _) => write!(f, "{} µs since 1970", self.micros),
        }
    }
}

/// A marker for one [`Kind`]: ties it to its Rust value and its Arrow columns.
pub trait Cell {
    /// The kind.
    const KIND: Kind;
    /// The Rust value of a present cell.
    type Value: Clone + std::fmt::Debug + PartialEq + Default;
    /// Arrow columns (in the order of [`Kind::fields`]) from values, `None` = null.
    fn write<'a>(values: impl Iterator<Item = Option<&'a Self::Value>>) -> Vec<ArrayRef>
    where
        Self::Value: 'a;
    /// Reads row `row` of column `name`; `None` when null, absent or of another Arrow type.
    fn read(batch: &RecordBatch, name: &str, row: usize) -> Option<Self::Value>;
}

fn present<'a>(batch: &'a RecordBatch, name: &str, row: usize) -> Option<&'a ArrayRef> {
    batch.column_by_name(name).filter(|column| !column.is_null(row))
}

macro_rules! text_cells {
    ($($name:ident),*) => {$(
        #[doc = concat!("Marker of [`Kind::", stringify!($name), "`].")]
        #[derive(Debug)]
        pub struct $name;
        impl Cell for $name {
            const KIND: Kind = Kind::$name;
            type Value = String;
            fn write<'a>(values: impl Iterator<Item = Option<&'a String>>) -> Vec<ArrayRef> {
                let mut builder = StringViewBuilder::new();
                values.for_each(|value| builder.append_option(value));
                vec![Arc::new(builder.finish())]
            }
            fn read(batch: &RecordBatch, name: &str, row: usize) -> Option<String> {
                let column = present(batch, name, row)?;
                column.as_string_view_opt().map(|text| text.value(row).to_owned())
                    .or_else(|| column.as_string_opt::<i32>().map(|text| text.value(row).to_owned()))
            }
        }
    )*};
}
text_cells!(Text, Country, Zone, Ip, List);

macro_rules! plain_cells {
    ($($name:ident, $value:ty, $builder:expr, $arrow:ty);* $(;)?) => {$(
        #[doc = concat!("Marker of [`Kind::", stringify!($name), "`].")]
        #[derive(Debug)]
        pub struct $name;
        impl Cell for $name {
            const KIND: Kind = Kind::$name;
            type Value = $value;
            fn write<'a>(values: impl Iterator<Item = Option<&'a $value>>) -> Vec<ArrayRef> {
                let mut builder = $builder;
                values.for_each(|value| builder.append_option(value.copied()));
                vec![Arc::new(builder.finish())]
            }
            fn read(batch: &RecordBatch, name: &str, row: usize) -> Option<$value> {
                present(batch, name, row)?.as_primitive_opt::<$arrow>().map(|cells| cells.value(row))
            }
        }
    )*};
}
plain_cells! {
    Integer, i64, Int64Builder::new(), Int64Type;
    Number, f64, Float64Builder::new(), Float64Type;
    Money, i128, Decimal128Builder::new().with_data_type(DataType::Decimal128(MONEY_PRECISION, MONEY_SCALE)), Decimal128Type;
}

/// Marker of [`Kind::Boolean`].
#[derive(Debug)]
pub struct Boolean;
impl Cell for Boolean {
    const KIND: Kind = Kind::Boolean;
    type Value = bool;
    fn write<'a>(values: impl Iterator<Item = Option<&'a bool>>) -> Vec<ArrayRef> {
        let mut builder = BooleanBuilder::new();
        values.for_each(|value| builder.append_option(value.copied()));
        vec![Arc::new(builder.finish())]
    }
    fn read(batch: &RecordBatch, name: &str, row: usize) -> Option<bool> {
        present(batch, name, row)?.as_boolean_opt().map(|cells| cells.value(row))
    }
}

impl Cell for Time {
    const KIND: Kind = Kind::Time;
    type Value = Self;
    fn write<'a>(values: impl Iterator<Item = Option<&'a Self>>) -> Vec<ArrayRef> {
        let (mut instants, mut offsets) = (TimestampMicrosecondBuilder::new(), Int32Builder::new());
        for value in values {
            instants.append_option(value.map(|time| time.micros));
            offsets.append_option(value.and_then(|time| time.offset_minutes));
        }
        vec![Arc::new(instants.finish()), Arc::new(offsets.finish())]
    }
    fn read(batch: &RecordBatch, name: &str, row: usize) -> Option<Self> {
        let micros = present(batch, name, row)?.as_primitive_opt::<TimestampMicrosecondType>()?.value(row);
        let offset_minutes = present(batch, &offset_column(name), row)
            .and_then(|column| column.as_primitive_opt::<Int32Type>().map(|cells| cells.value(row)));
        Some(Self { micros, offset_minutes })
    }
}

/// Marker of [`Kind::Rows`].
#[derive(Debug)]
pub struct Rows;
impl Cell for Rows {
    const KIND: Kind = Kind::Rows;
    type Value = Vec<i64>;
    fn write<'a>(values: impl Iterator<Item = Option<&'a Vec<i64>>>) -> Vec<ArrayRef> {
        let mut builder = ListBuilder::new(Int64Builder::new());
        for value in values {
            if let Some(rows) = value {
                builder.values().append_slice(rows);
            }
            builder.append(value.is_some());
        }
        vec![Arc::new(builder.finish())]
    }
    fn read(batch: &RecordBatch, name: &str, row: usize) -> Option<Vec<i64>> {
        let list = present(batch, name, row)?.as_list_opt::<i32>()?.value(row);
        list.as_primitive_opt::<Int64Type>().map(|rows| rows.values().to_vec())
    }
}

/// A cell as a case folder writes it (times with their offset, exact decimals, row ids with `|` between); `None` when empty.
#[must_use]
pub fn written(kind: Kind, batch: &RecordBatch, name: &str, row: usize) -> Option<String> {
    match kind {
        Kind::Text | Kind::Country | Kind::Zone | Kind::Ip | Kind::List => Text::read(batch, name, row),
        Kind::Time => Time::read(batch, name, row).map(|time| time.to_string()),
        Kind::Integer => Integer::read(batch, name, row).map(|number| number.to_string()),
        Kind::Number => Number::read(batch, name, row).map(|number| number.to_string()),
        Kind::Money => Money::read(batch, name, row).map(decimal),
        Kind::Boolean => Boolean::read(batch, name, row).map(|truth| truth.to_string()),
        Kind::Rows => Rows::read(batch, name, row).map(|rows| rows.iter().map(i64::to_string).collect::<Vec<_>>().join("|")),
    }
}

/// A [`Kind::Money`] value as a plain decimal without trailing zeros.
#[must_use]
pub fn decimal(value: i128) -> String {
    let unit = 10_u128.pow(MONEY_SCALE.unsigned_abs().into());
    let (whole, rest) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    let sign = if value < 0 { "-" } else { "" };
    if rest == 0 {
        return format!("{sign}{whole}");
    }
    let digits = format!("{rest:018}");
    format!("{sign}{whole}.{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_times_are_written_as_they_were_read() {
        assert_eq!(decimal(1_500_000_000_000_000_000), "1.5");
        assert_eq!(decimal(-1), "-0.000000000000000001");
        assert_eq!(decimal(3_000_000_000_000_000_000), "3");
        let time = Time { micros: 1_772_600_400_000_000, offset_minutes: Some(540) };
        assert_eq!(time.to_string(), "2026-03-04T14:00:00+09:00");
        assert_eq!(Time { offset_minutes: None, ..time }.to_string(), "2026-03-04T05:00:00Z");
    }
}
