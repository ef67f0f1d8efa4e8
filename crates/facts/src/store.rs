//! The tables of one run in memory: what intake fills, resolve and trace add to, and rules read.
//!
//! Must not know where a batch came from or what a rule asks.

use crate::place::{Files, RowId};
use crate::table::{Origin, ROW_ID, Table, TableRow};
use crate::tables::table;
use crate::trouble::{Severity, Trouble};
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray as _;
use arrow_array::types::{Int64Type, TimestampMicrosecondType};
use arrow_schema::{ArrowError, SchemaRef};
use std::collections::BTreeMap;

/// One table's batches. All batches have the same schema: `row_id` and the columns that were read.
#[derive(Debug, Clone, PartialEq)]
pub struct TableData {
    /// The declaration.
    pub table: &'static Table,
    /// The schema that all batches have.
    pub schema: SchemaRef,
    /// In file order, then row order.
    pub batches: Vec<RecordBatch>,
}

impl TableData {
    /// Rows in all.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }
}

/// When something last happened, as [`Tables::latest`] finds it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Latest {
    /// Microseconds since 1970 UTC; `None` when no row has a time.
    pub at: Option<i64>,
    /// Rows whose time lies behind the bound: nobody can have seen them happen.
    pub beyond: u64,
    /// The first of those.
    pub first_beyond: Option<RowId>,
}

/// The tables of one run. A table that is absent here was not given: "not observed", never "nothing there".
#[derive(Debug, Clone, Default)]
pub struct Tables {
    /// The files that were read, by number.
    pub files: Files,
    by_name: BTreeMap<&'static str, TableData>,
}

impl Tables {
    /// Adds batches to a table (all with the same schema as the table already has).
    ///
    /// # Errors
    /// When the batch's schema differs from what the table already holds: a broken invariant of the caller.
    pub fn add(&mut self, table: &'static Table, schema: SchemaRef, batches: Vec<RecordBatch>) -> Result<(), Trouble> {
        let data = self.by_name.entry(table.name).or_insert_with(|| TableData { table, schema: schema.clone(), batches: Vec::new() });
        if data.schema != schema || batches.iter().any(|batch| batch.schema() != schema) {
            return Err(Trouble::new(
                Severity::Error,
                "schema-mismatch",
                None,
                format!("table `{}` was given batches of two different schemas", table.name),
                "this is a defect of Bonafide: please report it",
            ));
        }
        data.batches.extend(batches);
        Ok(())
    }

    /// Adds typed rows.
    ///
    /// # Errors
    /// When Arrow refuses the arrays or the schema differs: a broken invariant.
    pub fn add_rows<R: TableRow>(&mut self, rows: &[R]) -> Result<(), Trouble> {
        let broken = |error: &ArrowError| {
            Trouble::error("arrow", None, format!("table `{}`: {error}", R::TABLE.name), "this is a defect of Bonafide: please report it")
        };
        let batch = R::to_batch(rows).map_err(|error| broken(&error))?;
        let Some(table) = table(R::TABLE.name) else {
            return Err(Trouble::error(
                "unknown-table",
                None,
                format!("table `{}` is not declared", R::TABLE.name),
                "declare it in facts/src/tables",
            ));
        };
        self.add(table, batch.schema(), vec![batch])
    }

    /// The table of that name, when it was given.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&TableData> {
        self.by_name.get(name)
    }

    /// Takes a table out.
    pub fn remove(&mut self, name: &str) -> Option<TableData> {
        self.by_name.remove(name)
    }

    /// The tables that were given, by name.
    pub fn iter(&self) -> impl Iterator<Item = &TableData> {
        self.by_name.values()
    }

    /// The latest time in the tables that came from files (`at`, and where a table has none, `seen_at` or `created_at`) that is not behind `bound`
    /// (microseconds since 1970 UTC). What a subject writes must not move "now": a date of 2099 would make every finding look stale.
    #[must_use]
    pub fn latest(&self, bound: i64) -> Latest {
        let mut latest = Latest::default();
        for data in self.iter().filter(|data| data.table.origin == Origin::Input) {
            let Some(column) = ["at", "seen_at", "created_at"].into_iter().find(|name| data.table.column(name).is_some()) else { continue };
            for batch in &data.batches {
                let Some(times) = batch.column_by_name(column).and_then(|times| times.as_primitive_opt::<TimestampMicrosecondType>())
                else {
                    continue;
                };
                for (row, at) in times.iter().enumerate().filter_map(|(row, at)| Some((row, at?))) {
                    if at <= bound {
                        latest.at = latest.at.max(Some(at));
                        continue;
                    }
                    latest.beyond += 1;
                    let ids = batch.column_by_name(ROW_ID).and_then(|ids| ids.as_primitive_opt::<Int64Type>());
                    latest.first_beyond = latest.first_beyond.or_else(|| ids.map(|ids| RowId(ids.value(row))));
                }
            }
        }
        latest
    }

    /// All rows of a table as typed rows; empty when it was not given.
    #[must_use]
    pub fn rows<R: TableRow>(&self) -> Vec<R> {
        self.get(R::TABLE.name).map(|data| data.batches.iter().flat_map(R::from_batch).collect()).unwrap_or_default()
    }
}
