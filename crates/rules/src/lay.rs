//! Tables as rules scan them: rows lie by subject, then time, then place. Plans know that order, so that a question about each
//! subject is answered while its rows pass, in little memory, and neighbouring rows are near in memory.
//!
//! Must not know any rule.

use crate::stream::{View, instant_at, intern::Interner, long_at, text_at, time_column};
use bonafide_facts::table::ROW_ID;
use bonafide_facts::{Table, TableData};
use datafusion::arrow::array::{Array, ArrayRef, AsArray as _, RecordBatch, RecordBatchOptions, UInt32Array};
use datafusion::arrow::compute::{concat, take};
use datafusion::arrow::datatypes::Schema;
use datafusion::arrow::error::ArrowError;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

const PIECE: usize = 8192;
/// A row with its time, row id and number in the table.
type Row = (i64, i64, u32);

/// The tables of a run, each laid when first scanned.
#[derive(Debug, Default)]
pub struct Laid {
    tables: BTreeMap<&'static str, TableData>,
    laid: BTreeMap<&'static str, OnceLock<Result<Arc<Vec<RecordBatch>>, String>>>,
}

impl Laid {
    /// Tables as they were read.
    #[must_use]
    pub fn new(tables: BTreeMap<&'static str, TableData>) -> Self {
        let laid = tables.keys().map(|name| (*name, OnceLock::new())).collect();
        Self { tables, laid }
    }

    /// The table as it was read, when it was given.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&TableData> {
        self.tables.get(name)
    }

    /// The table's rows in the order of [`columns`]; as they were read where the table has no subject, none when it was not given.
    ///
    /// # Errors
    /// When Arrow refuses to gather them: a broken invariant, in one sentence.
    pub fn batches(&self, name: &str) -> Result<Arc<Vec<RecordBatch>>, String> {
        let Some((data, laid)) = self.tables.get(name).zip(self.laid.get(name)) else { return Ok(Arc::default()) };
        let lay = || match columns(data.table).as_slice() {
            [_, time @ .., _] => by_subject(&data.batches, time.first().copied()),
            _ => Ok(data.batches.clone()),
        };
        let laid = laid.get_or_init(|| lay().map(Arc::new).map_err(|error| format!("table `{name}` cannot be put in order: {error}")));
        laid.clone()
    }
}

/// The columns a table's rows are ordered by, all ascending, nulls last; none when it has no subject.
#[must_use]
pub fn columns(table: &Table) -> Vec<&'static str> {
    if !table.has_subject() {
        return Vec::new();
    }
    ["subject_id"].into_iter().chain(time_column(table)).chain([ROW_ID]).collect()
}

fn by_subject(batches: &[RecordBatch], time: Option<&str>) -> Result<Vec<RecordBatch>, ArrowError> {
    if lies(batches, time) {
        return Ok(batches.to_vec());
    }
    let (mut subjects, mut rows): (Interner, Vec<Vec<Row>>) = (Interner::default(), Vec::new());
    let mut nobody: Vec<Row> = Vec::new();
    let mut numbers = 0u32..;
    for batch in batches {
        let view = View(batch);
        let (ids, places, times) = (view.text("subject_id"), view.long(ROW_ID), time.and_then(|time| view.instant(time)));
        for (row, number) in (0..batch.num_rows()).zip(&mut numbers) {
            let key = (instant_at(times, row).unwrap_or(i64::MAX), long_at(places, row), number);
            let Some(id) = text_at(ids, row) else {
                nobody.push(key);
                continue;
            };
            let subject = subjects.number(id) as usize;
            if subject == rows.len() {
                rows.push(Vec::new());
            }
            if let Some(rows) = rows.get_mut(subject) {
                rows.push(key);
            }
        }
    }
    let mut order: Vec<(&str, Vec<Row>)> = (0u32..).zip(rows).map(|(subject, rows)| (subjects.text(subject), rows)).collect();
    order.sort_unstable_by_key(|(id, _)| *id);
    let mut indices: Vec<u32> = Vec::with_capacity(batches.iter().map(RecordBatch::num_rows).sum());
    for mut rows in order.into_iter().map(|(_, rows)| rows).chain([nobody]) {
        if !rows.is_sorted() {
            rows.sort_unstable();
        }
        indices.extend(rows.into_iter().map(|(_, _, row)| row));
    }
    gathered(batches, &indices)
}

/// Rows of the batches in that order; columns without any value are left out (a scan gives nulls for them).
fn gathered(batches: &[RecordBatch], order: &[u32]) -> Result<Vec<RecordBatch>, ArrowError> {
    let Some(first) = batches.first() else { return Ok(Vec::new()) };
    let order: Vec<UInt32Array> = order.chunks(PIECE).map(|piece| UInt32Array::from(piece.to_vec())).collect();
    let mut pieces: Vec<Vec<ArrayRef>> = order.iter().map(|_| Vec::with_capacity(first.num_columns())).collect();
    let mut fields = Vec::with_capacity(first.num_columns());
    for (number, field) in first.schema().fields().iter().enumerate() {
        let arrays: Vec<&dyn Array> = batches.iter().map(|batch| batch.column(number).as_ref()).collect();
        if arrays.iter().all(|array| array.null_count() == array.len()) {
            continue;
        }
        fields.push(Arc::clone(field));
        let whole = concat(&arrays)?;
        for (piece, order) in pieces.iter_mut().zip(&order) {
            let rows = take(&whole, order, None)?;
            // texts of neighbouring rows side by side, so that reading them is reading on
            piece.push(rows.as_string_view_opt().map_or(Arc::clone(&rows), |texts| Arc::new(texts.gc())));
        }
    }
    let schema = Arc::new(Schema::new(fields));
    let batch = |(columns, order): (Vec<ArrayRef>, &UInt32Array)| {
        RecordBatch::try_new_with_options(Arc::clone(&schema), columns, &RecordBatchOptions::new().with_row_count(Some(order.len())))
    };
    pieces.into_iter().zip(&order).map(batch).collect()
}

/// Whether the rows lie in order already.
fn lies(batches: &[RecordBatch], time: Option<&str>) -> bool {
    // whether there is no subject, then the subject: nulls last
    let mut last: Option<((bool, &str), i64, i64)> = None;
    for batch in batches {
        let view = View(batch);
        let (ids, places, times) = (view.text("subject_id"), view.long(ROW_ID), time.and_then(|time| view.instant(time)));
        for row in 0..batch.num_rows() {
            let id = text_at(ids, row);
            let key = ((id.is_none(), id.unwrap_or("")), instant_at(times, row).unwrap_or(i64::MAX), long_at(places, row));
            if last.is_some_and(|last| key < last) {
                return false;
            }
            last = Some(key);
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_facts::TableRow as _;
    use bonafide_facts::cell::Time;
    use bonafide_facts::tables::did::SignIn;

    fn row(id: i64, subject: Option<&str>, at: Option<i64>) -> SignIn {
        let at = at.map(|micros| Time { micros, offset_minutes: None });
        SignIn { row_id: id, subject_id: subject.map(str::to_owned), at, ..SignIn::default() }
    }

    fn ids(batches: &[RecordBatch]) -> Vec<i64> {
        batches.iter().flat_map(SignIn::from_batch).map(|row| row.row_id).collect()
    }

    #[test]
    fn rows_lie_by_subject_then_time_then_place_and_nothing_is_lost() {
        let rows = [
            row(1, Some("b"), Some(5)),
            row(2, None, Some(1)),
            row(3, Some("a"), None),
            row(4, Some("a longer name than fits"), Some(9)),
            row(6, Some("a"), Some(7)),
            row(5, Some("a"), Some(7)),
        ];
        let batches: Vec<RecordBatch> = rows.chunks(2).map(|rows| SignIn::to_batch(rows).unwrap()).collect();
        assert!(!lies(&batches, Some("at")));
        let laid = by_subject(&batches, Some("at")).unwrap();
        assert_eq!(ids(&laid), [5, 6, 3, 4, 1, 2]);
        assert!(lies(&laid, Some("at")));
        assert_eq!(ids(&by_subject(&laid, Some("at")).unwrap()), ids(&laid));
    }
}
