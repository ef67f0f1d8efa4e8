//! One record of any format: a line and cells by source column, all that the rest of intake sees of a format.
//!
//! Must not know what a column means.

use crate::tally::Tally;
use arrow_array::ArrayRef;
use bonafide_facts::cell::Time;
use serde_json::Value;

/// A cell before its column's kind is known.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Raw<'a> {
    /// Not given.
    Null,
    /// As printed.
    Text(&'a str),
    /// Made text: lists, nested values.
    Made(String),
    /// A whole number of a typed format.
    Integer(i64),
    /// A number of a typed format.
    Number(f64),
    /// Yes or no of a typed format.
    Boolean(bool),
    /// An instant of a typed format.
    Time(Time),
    /// Unscaled value and scale.
    Decimal(i128, i32),
    /// Bytes that are no text.
    Unreadable(&'static str),
}

/// One record.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    /// First line of the record in its file (row number in Parquet), from 1.
    pub line: u64,
    /// Its cells.
    pub cells: Cells<'a>,
}

/// Where the cells of a record lie.
#[derive(Debug)]
pub(crate) enum Cells<'a> {
    /// A line of text and the (start, end) of each cell.
    Csv { text: &'a str, spans: &'a [(usize, usize)] },
    /// Values by source column.
    Json(&'a [Option<Value>]),
    /// Row of a batch; columns by source column, `None` when not read.
    Parquet { columns: &'a [Option<ArrayRef>], row: usize },
}

impl Cells<'_> {
    /// The cell of a source column; [`Raw::Null`] when the record has none.
    pub(crate) fn get(&self, source: usize) -> Raw<'_> {
        match self {
            Self::Csv { text, spans } => {
                let cell = spans.get(source).and_then(|(start, end)| text.get(*start..*end)).unwrap_or_default();
                if cell.is_empty() { Raw::Null } else { Raw::Text(cell) }
            }
            Self::Json(values) => values.get(source).and_then(Option::as_ref).map_or(Raw::Null, crate::json::raw),
            Self::Parquet { columns, row } => {
                columns.get(source).and_then(Option::as_ref).map_or(Raw::Null, |column| crate::parquet_file::raw(column, *row))
            }
        }
    }
}

/// A file as a stream of records.
pub(crate) trait Records {
    /// Names of the source columns known so far; may grow while JSON is read.
    fn names(&self) -> &[String];
    /// Line of the header, for places.
    fn header_line(&self) -> u64 {
        1
    }
    /// Which source columns will be asked for; the others need not be decoded.
    fn select(&mut self, _wanted: &dyn Fn(usize) -> bool) {}
    /// Goes to the next record; false at the end. Records that cannot be read are named in `tally` and counted in [`Records::skipped`].
    fn advance(&mut self, tally: &mut Tally) -> bool;
    /// The record gone to.
    fn record(&self) -> Record<'_>;
    /// Records that could not be read so far.
    fn skipped(&self) -> u64;
    /// Bytes of the file as it lies on disk, read so far.
    fn bytes(&self) -> u64;
    /// Reads what is left, for the digest: (SHA-256, bytes).
    fn finish(self: Box<Self>) -> (String, u64);
}
