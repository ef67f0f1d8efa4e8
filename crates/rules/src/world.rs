//! The small worlds of a rule's cases: YAML rows as tables, every row with its place in the rule file.
//!
//! Must not know the rule.

use crate::yaml::{Node, Value};
use arrow_cells::column;
use bonafide_facts::table::ROW_ID;
use bonafide_facts::tables::is_forbidden_column;
use bonafide_facts::{Kind, RowId, Table, Tables, Trouble, nearest_table, table};
use datafusion::arrow::array::{Array, ArrayRef, Int64Array, RecordBatch};
use std::collections::BTreeSet;
use std::sync::Arc;

mod arrow_cells;

/// Line, what is wrong, mend.
pub type Bad = (u64, String, String);

/// The tables of one case.
#[derive(Debug, Clone)]
pub struct World {
    file: String,
    batches: Vec<(&'static Table, RecordBatch)>,
}

/// Columns whose values are subjects and so belong into `subjects`.
const SUBJECT_COLUMNS: &[&str] = &["subject_id", "referred_id", "left_id", "right_id"];

impl World {
    /// Reads `tables:` of a case; subjects named anywhere or in `fires` are added to `subjects`.
    ///
    /// # Errors
    /// Unknown tables and columns, cells that cannot be read.
    pub fn read(file: &str, node: Option<&Node>, fires: &[String]) -> Result<Self, Vec<Bad>> {
        let (mut bad, mut batches) = (Vec::new(), Vec::new());
        let mut named: BTreeSet<String> = fires.iter().cloned().collect();
        let mut subjects: Vec<(u64, Vec<(&str, &Node)>)> = Vec::new();
        for (key, rows) in node.map(Node::entries).unwrap_or_default() {
            let Some(table) = table(&key.text) else {
                bad.push((key.line, format!("there is no table `{}`", key.text), format!("the nearest is `{}`", nearest_table(&key.text))));
                continue;
            };
            let rows = rows_of(table, rows, &mut bad);
            named.extend(
                rows.iter()
                    .flat_map(|(_, cells)| cells)
                    .filter(|(name, _)| SUBJECT_COLUMNS.contains(name))
                    .filter_map(|(_, cell)| cell.text().map(str::to_owned)),
            );
            if table.name == "subjects" {
                subjects = rows;
            } else {
                batches.extend(batch(table, &rows, &mut bad).map(|batch| (table, batch)));
            }
        }
        let given: BTreeSet<&str> = subjects
            .iter()
            .flat_map(|(_, cells)| cells)
            .filter(|(name, _)| *name == "subject_id")
            .filter_map(|(_, cell)| cell.text())
            .collect();
        let line = node.map_or(0, |node| node.line);
        let added: Vec<Node> = named
            .iter()
            .filter(|id| !given.contains(id.as_str()))
            .map(|id| Node { line, value: Value::Scalar { text: id.clone(), plain: false } })
            .collect();
        subjects.extend(added.iter().map(|id| (id.line, vec![("subject_id", id)])));
        if let Some(table) = table("subjects") {
            batches.extend(batch(table, &subjects, &mut bad).map(|batch| (table, batch)));
        }
        if bad.is_empty() { Ok(Self { file: file.to_owned(), batches }) } else { Err(bad) }
    }

    /// The tables, ready to run.
    ///
    /// # Errors
    /// A broken invariant only.
    pub fn tables(&self) -> Result<Tables, Trouble> {
        let mut tables = Tables::default();
        tables.files.add(self.file.clone());
        for (table, batch) in &self.batches {
            tables.add(table, batch.schema(), vec![batch.clone()])?;
        }
        Ok(tables)
    }
}

fn rows_of<'a>(table: &Table, rows: &'a Node, bad: &mut Vec<Bad>) -> Vec<(u64, Vec<(&'a str, &'a Node)>)> {
    let mut out = Vec::new();
    for row in rows.items() {
        let mut cells = Vec::new();
        for (key, cell) in row.entries() {
            if table.column(&key.text).is_none() && key.text != ROW_ID {
                let mend = if is_forbidden_column(&key.text) { "such a column is dropped at the door".to_owned() } else { columns(table) };
                bad.push((key.line, format!("table `{}` has no column `{}`", table.name, key.text), mend));
            }
            cells.push((key.text.as_str(), cell));
        }
        out.push((row.line, cells));
    }
    out
}

fn columns(table: &Table) -> String {
    format!("its columns: {}", table.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", "))
}

fn batch(table: &Table, rows: &[(u64, Vec<(&str, &Node)>)], bad: &mut Vec<Bad>) -> Option<RecordBatch> {
    let ids = Int64Array::from_iter_values(rows.iter().map(|(line, _)| RowId::new(0, *line).0));
    let mut arrays: Vec<ArrayRef> = vec![Arc::new(ids)];
    for declared in table.columns {
        let cells: Vec<Option<&Node>> =
            rows.iter().map(|(_, cells)| cells.iter().find(|(name, _)| *name == declared.name).map(|(_, cell)| *cell)).collect();
        if declared.required
            && let Some((line, _)) = rows.iter().zip(&cells).find(|(_, cell)| cell.is_none_or(Node::is_nothing)).map(|(row, _)| row)
        {
            bad.push((
                *line,
                format!("a row of `{}` has no `{}`", table.name, declared.name),
                "fill it: rows without it are refused at the door".to_owned(),
            ));
        }
        // derived rows without evidence of their own point at their line
        let own = |row: usize| (declared.kind == Kind::Rows).then(|| rows.get(row).map_or(0, |(line, _)| RowId::new(0, *line).0));
        arrays.extend(column(declared.kind, &cells, own, bad));
    }
    let lengths = arrays.iter().all(|array| array.len() == rows.len());
    lengths
        .then(|| {
            RecordBatch::try_new(table.schema(), arrays)
                .map_err(|error| bad.push((0, error.to_string(), "this is a defect of Bonafide: please report it".to_owned())))
                .ok()
        })
        .flatten()
}
