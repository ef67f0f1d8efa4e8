//! Rows in the order a pass needs: as they are when they already are (logs mostly are), sorted only when not.
//!
//! Must not know which pass asks.

use super::{View, instant_at, intern::Interner, long_at, text_at};
use bonafide_facts::table::ROW_ID;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::interleave_record_batch;

const PIECE: usize = 8192;

/// Rows ordered by `time`, then by row id; rows without a time last.
#[must_use]
pub fn in_time_order(batches: &[RecordBatch], time: &str) -> Vec<RecordBatch> {
    if is_ordered(batches, time) { batches.to_vec() } else { sorted(batches, time) }
}

/// Rows such that those of each subject are in time order.
#[must_use]
pub fn in_subject_order(batches: &[RecordBatch], time: &str) -> Vec<RecordBatch> {
    if is_ordered(batches, time) || is_ordered_by_subject(batches, time) { batches.to_vec() } else { sorted(batches, time) }
}

fn is_ordered(batches: &[RecordBatch], time: &str) -> bool {
    let mut last = i64::MIN;
    for batch in batches {
        let Some(times) = View(batch).instant(time) else { continue };
        for at in times {
            let at = at.unwrap_or(i64::MAX);
            if at < last {
                return false;
            }
            last = at;
        }
    }
    true
}

fn is_ordered_by_subject(batches: &[RecordBatch], time: &str) -> bool {
    let mut subjects = Interner::default();
    let mut last: Vec<i64> = Vec::new();
    for batch in batches {
        let view = View(batch);
        let (times, ids) = (view.instant(time), view.text("subject_id"));
        for row in 0..batch.num_rows() {
            let (Some(at), Some(id)) = (instant_at(times, row), text_at(ids, row)) else { continue };
            let subject = subjects.number(id) as usize;
            if subject == last.len() {
                last.push(i64::MIN);
            }
            match last.get_mut(subject) {
                Some(last) if *last <= at => *last = at,
                _ => return false,
            }
        }
    }
    true
}

fn sorted(batches: &[RecordBatch], time: &str) -> Vec<RecordBatch> {
    let mut order: Vec<(i64, i64, usize, usize)> = Vec::with_capacity(batches.iter().map(RecordBatch::num_rows).sum());
    for (number, batch) in batches.iter().enumerate() {
        let view = View(batch);
        let (times, ids) = (view.instant(time), view.long(ROW_ID));
        order.extend((0..batch.num_rows()).map(|row| (instant_at(times, row).unwrap_or(i64::MAX), long_at(ids, row), number, row)));
    }
    order.sort_unstable();
    let sources: Vec<&RecordBatch> = batches.iter().collect();
    order
        .chunks(PIECE)
        .filter_map(|piece| {
            let indices: Vec<(usize, usize)> = piece.iter().map(|(_, _, batch, row)| (*batch, *row)).collect();
            interleave_record_batch(&sources, &indices).ok()
        })
        .collect()
}
