//! Tables as rules scan them: rows lie by subject, then time, then place. Plans know that order, so that a question about each
//! subject is answered while its rows pass, in little memory, and neighbouring rows are near in memory. A row that is written twice
//! word for word lies there once.
//!
//! Must not know any rule.

use crate::stream::{View, instant_at, intern::Interner, long_at, text_at, time_column};
use bonafide_facts::table::ROW_ID;
use bonafide_facts::{Table, TableData};
use datafusion::arrow::array::{Array, ArrayRef, AsArray as _, RecordBatch, RecordBatchOptions, UInt32Array};
use datafusion::arrow::compute::{concat, interleave, take};
use datafusion::arrow::datatypes::Schema;
use datafusion::arrow::error::ArrowError;
use datafusion::common::hash_utils::{QualityRandomState, create_hashes};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, OnceLock};

const PIECE: usize = 8192;
/// A row with its time, row id and number in the table.
type Row = (i64, i64, u32);

/// A table's rows in order and how many were left out as said already, or why they could not be laid so.
type Ordered = Result<(Arc<Vec<RecordBatch>>, u64), String>;

/// The tables of a run, each laid when first scanned.
#[derive(Debug, Default)]
pub struct Laid {
    tables: BTreeMap<&'static str, TableData>,
    laid: BTreeMap<&'static str, OnceLock<Ordered>>,
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
            _ => Ok((data.batches.clone(), 0)),
        };
        let shared = |(batches, again)| (Arc::new(batches), again);
        let laid = laid.get_or_init(|| lay().map(shared).map_err(|error| format!("table `{name}` cannot be put in order: {error}")));
        laid.clone().map(|(batches, _)| batches)
    }

    /// The tables scanned so far in which rows were left out because the same subject's earlier row says the same, and how many.
    pub fn repeated(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let again = |laid: &OnceLock<Ordered>| laid.get().and_then(|laid| laid.as_ref().ok()).map_or(0, |(_, again)| *again);
        self.laid.iter().map(move |(name, laid)| (*name, again(laid))).filter(|(_, again)| *again > 0)
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

fn by_subject(batches: &[RecordBatch], time: Option<&str>) -> Result<(Vec<RecordBatch>, u64), ArrowError> {
    if lies(batches, time) {
        return Ok((batches.to_vec(), 0));
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
    // places in `indices` of rows of one subject and time: only among them may one stand twice
    let mut ties: Vec<std::ops::Range<usize>> = Vec::new();
    for mut rows in order.into_iter().map(|(_, rows)| rows).chain([nobody]) {
        if !rows.is_sorted() {
            rows.sort_unstable();
        }
        for tie in rows.chunk_by(|left, right| left.0 == right.0) {
            if tie.len() > 1 {
                ties.push(indices.len()..indices.len() + tie.len());
            }
            indices.extend(tie.iter().map(|(_, _, row)| row));
        }
    }
    let again = once(batches, &mut indices, &ties)?;
    gathered(batches, &indices).map(|batches| (batches, again))
}

/// Takes out rows that say word for word what an earlier row says, and counts them: an export that overlaps another tells nothing new.
fn once(batches: &[RecordBatch], indices: &mut Vec<u32>, ties: &[std::ops::Range<usize>]) -> Result<u64, ArrowError> {
    let Some(first) = batches.first().filter(|_| !ties.is_empty()) else { return Ok(0) };
    let starts: Vec<usize> = batches.iter().scan(0, |rows, batch| Some(std::mem::replace(rows, *rows + batch.num_rows()))).collect();
    let of = |row: usize| {
        let batch = starts.partition_point(|start| *start <= row).saturating_sub(1);
        (batch, row - starts.get(batch).copied().unwrap_or(0))
    };
    let rows: Vec<(usize, usize)> =
        ties.iter().flat_map(|tie| indices.get(tie.clone()).unwrap_or_default()).map(|row| of(*row as usize)).collect();
    let schema = first.schema();
    let said = schema.fields().iter().enumerate().filter(|(_, field)| field.name() != ROW_ID);
    let columns = said.map(|(column, _)| {
        let arrays: Vec<&dyn Array> = batches.iter().map(|batch| batch.column(column).as_ref()).collect();
        interleave(&arrays, &rows)
    });
    let columns = columns.collect::<Result<Vec<ArrayRef>, _>>()?;
    // 128 bits: two different rows of one subject and time never agree in practice
    let hashes = |seed: u64| {
        let mut hashes = vec![0; rows.len()];
        create_hashes(&columns, &QualityRandomState::with_seed(seed), &mut hashes).map(|_| ()).map_err(ArrowError::from).map(|()| hashes)
    };
    let (one, other) = (hashes(1)?, hashes(2)?);
    let (mut said, mut again) = (HashSet::new(), HashSet::new());
    let mut pairs = one.into_iter().zip(other);
    for tie in ties {
        said.clear();
        again.extend(tie.clone().zip(&mut pairs).filter(|(_, pair)| !said.insert(*pair)).map(|(place, _)| place));
    }
    let mut place = 0..;
    indices.retain(|_| place.next().is_none_or(|place| !again.contains(&place)));
    Ok(again.len() as u64)
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

/// Whether the rows lie in order already, each once.
fn lies(batches: &[RecordBatch], time: Option<&str>) -> bool {
    // whether there is no subject, then the subject: nulls last
    let mut last: Option<((bool, &str), i64, i64)> = None;
    for batch in batches {
        let view = View(batch);
        let (ids, places, times) = (view.text("subject_id"), view.long(ROW_ID), time.and_then(|time| view.instant(time)));
        for row in 0..batch.num_rows() {
            let id = text_at(ids, row);
            let key = ((id.is_none(), id.unwrap_or("")), instant_at(times, row).unwrap_or(i64::MAX), long_at(places, row));
            // of one subject and time, a row may stand twice
            if last.is_some_and(|last| key < last || (key.0, key.1) == (last.0, last.1)) {
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
    fn a_row_written_twice_lies_once_and_one_that_differs_stays() {
        let mut other = row(4, Some("a"), Some(7));
        other.ip = Some("192.0.2.1".to_owned());
        let rows = [row(1, Some("a"), Some(7)), row(2, Some("b"), Some(7)), row(3, Some("a"), Some(7)), other];
        let batches: Vec<RecordBatch> = rows.chunks(3).map(|rows| SignIn::to_batch(rows).unwrap()).collect();
        let (laid, again) = by_subject(&batches, Some("at")).unwrap();
        assert_eq!((ids(&laid), again), (vec![1, 4, 2], 1));
    }

    #[test]
    fn rows_lie_by_subject_then_time_then_place_and_nothing_is_lost() {
        let rows = [
            row(1, Some("b"), Some(5)),
            row(2, None, Some(1)),
            row(3, Some("a"), None),
            row(4, Some("a longer name than fits"), Some(9)),
            row(6, Some("a"), Some(7)),
            SignIn { ip: Some("192.0.2.1".to_owned()), ..row(5, Some("a"), Some(7)) },
        ];
        let batches: Vec<RecordBatch> = rows.chunks(2).map(|rows| SignIn::to_batch(rows).unwrap()).collect();
        assert!(!lies(&batches, Some("at")));
        let laid = by_subject(&batches, Some("at")).unwrap().0;
        assert_eq!(ids(&laid), [5, 6, 3, 4, 1, 2]);
        assert_eq!(ids(&by_subject(&laid, Some("at")).unwrap().0), ids(&laid));
    }
}
