//! When each subject's value was first seen. The order of rows does not matter.
//!
//! Must not know what the values are.

use super::{INSTANT, LONG, TEXT, View, fields, instant_at, intern::Interner, long_at, text_at};
use bonafide_facts::table::ROW_ID;
use datafusion::arrow::array::{Int64Builder, RecordBatch, StringViewBuilder, TimestampMicrosecondBuilder};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The columns it returns.
#[must_use]
pub fn schema() -> SchemaRef {
    fields(&[("subject_id", TEXT), ("value", TEXT), ("at", INSTANT), ("row_id", LONG), ("nth", LONG), ("events", LONG)])
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct First {
    value: u32,
    at: Option<i64>,
    row: i64,
    events: i64,
}

/// State of the pass.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct FirstSeen {
    subjects: Interner,
    values: Interner,
    firsts: Vec<Vec<First>>,
    /// Position of a (subject, value) in `firsts`.
    #[serde(skip)]
    positions: hashbrown::HashMap<(u32, u32), u32>,
}

impl FirstSeen {
    /// Takes in rows of a table.
    pub fn push(&mut self, batch: &RecordBatch, column: &str, time: Option<&str>) {
        self.restore();
        let view = View(batch);
        let (ids, values, rows) = (view.text("subject_id"), view.text(column), view.long(ROW_ID));
        let times = time.and_then(|time| view.instant(time));
        for row in 0..batch.num_rows() {
            let (Some(id), Some(value)) = (text_at(ids, row), text_at(values, row)) else { continue };
            let (subject, value) = (self.subjects.number(id), self.values.number(value));
            if subject as usize == self.firsts.len() {
                self.firsts.push(Vec::new());
            }
            let Some(firsts) = self.firsts.get_mut(subject as usize) else { continue };
            let (at, row) = (instant_at(times, row), long_at(rows, row));
            let next = u32::try_from(firsts.len()).unwrap_or(u32::MAX);
            let position = *self.positions.entry((subject, value)).or_insert(next);
            match firsts.get_mut(position as usize) {
                Some(first) => {
                    first.events += 1;
                    if key(at, row) < key(first.at, first.row) {
                        (first.at, first.row) = (at, row);
                    }
                }
                None => firsts.push(First { value, at, row, events: 1 }),
            }
        }
    }

    fn restore(&mut self) {
        if self.positions.is_empty() {
            for (subject, firsts) in (0u32..).zip(&self.firsts) {
                self.positions.extend((0u32..).zip(firsts).map(|(position, first)| ((subject, first.value), position)));
            }
        }
    }

    /// One row for each subject and value, in order of first appearance within the subject.
    ///
    /// # Errors
    /// When Arrow refuses the arrays: a broken invariant.
    pub fn emit(&self) -> Result<RecordBatch, ArrowError> {
        let text = || StringViewBuilder::new().with_deduplicate_strings();
        let (mut ids, mut values, mut times) = (text(), text(), TimestampMicrosecondBuilder::new());
        let (mut rows, mut nths, mut events) = (Int64Builder::new(), Int64Builder::new(), Int64Builder::new());
        for (subject, firsts) in (0u32..).zip(&self.firsts) {
            let mut order: Vec<&First> = firsts.iter().collect();
            order.sort_by_key(|first| key(first.at, first.row));
            for (nth, first) in (1i64..).zip(order) {
                ids.append_value(self.subjects.text(subject));
                values.append_value(self.values.text(first.value));
                times.append_option(first.at);
                rows.append_value(first.row);
                nths.append_value(nth);
                events.append_value(first.events);
            }
        }
        RecordBatch::try_new(
            schema(),
            vec![
                Arc::new(ids.finish()),
                Arc::new(values.finish()),
                Arc::new(times.finish()),
                Arc::new(rows.finish()),
                Arc::new(nths.finish()),
                Arc::new(events.finish()),
            ],
        )
    }
}

/// Earliest first; rows without a time last.
fn key(at: Option<i64>, row: i64) -> (i64, i64) {
    (at.unwrap_or(i64::MAX), row)
}
