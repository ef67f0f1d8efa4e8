//! Rows in the order a pass needs: as they are when they already are (logs mostly are), sorted only when not.
//!
//! Must not know which pass asks.

use super::{View, instant_at, long_at};
use bonafide_facts::table::ROW_ID;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::interleave_record_batch;

const PIECE: usize = 8192;

/// Rows ordered by `time`, then by row id; rows without a time last.
#[must_use]
pub fn in_time_order(batches: &[RecordBatch], time: &str) -> Vec<RecordBatch> {
    if is_ordered(batches, time) { batches.to_vec() } else { sorted(batches, time) }
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
