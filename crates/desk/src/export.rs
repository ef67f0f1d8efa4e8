//! Tables written out as a case folder: what `import` makes can be read back by `check`.
//!
//! Must not know where the tables came from.

use arrow_array::RecordBatch;
use bonafide_facts::cell::{Cell as _, Rows};
use bonafide_facts::{Column, Files, Kind, Place, RowId, Tables, Trouble, cell};
use std::path::Path;

/// Writes each table as `<table>.csv`; refuses to overwrite. Returns file name and rows.
///
/// # Errors
/// When a file is there already or cannot be written.
pub fn write_tables(tables: &Tables, folder: &Path) -> Result<Vec<(String, usize)>, Trouble> {
    let names: Vec<String> = tables.iter().map(|data| format!("{}.csv", data.table.name)).collect();
    if let Some(taken) = names.iter().map(|name| folder.join(name)).find(|path| path.exists()) {
        let place = Place::file(taken.display().to_string());
        return Err(Trouble::error(
            "not-empty",
            Some(place),
            "this file is there already; nothing was written",
            "name a new folder, or move the file away",
        ));
    }
    let mut written = Vec::new();
    for (data, name) in tables.iter().zip(names) {
        let path = folder.join(&name);
        let broken = |error: csv::Error| {
            Trouble::error(
                "csv",
                Some(Place::file(path.display().to_string())),
                format!("cannot write it: {error}"),
                "check that the folder may be written",
            )
        };
        let mut writer = csv::Writer::from_path(&path).map_err(broken)?;
        let columns: Vec<_> = data.table.columns.iter().filter(|column| data.schema.column_with_name(column.name).is_some()).collect();
        writer.write_record(columns.iter().map(|column| column.name)).map_err(broken)?;
        for batch in &data.batches {
            for row in 0..batch.num_rows() {
                writer.write_record(columns.iter().map(|column| text(&tables.files, column, batch, row))).map_err(broken)?;
            }
        }
        writer.flush().map_err(|error| crate::cli::cannot("write", &path, &error))?;
        written.push((name, data.rows()));
    }
    Ok(written)
}

/// A cell as text; rows as the places a person can open (`sign_ins.csv:17`), `|` between.
fn text(files: &Files, column: &Column, batch: &RecordBatch, row: usize) -> String {
    if column.kind != Kind::Rows {
        return cell::written(column.kind, batch, column.name, row).unwrap_or_default();
    }
    let place = |row: i64| files.place(RowId(row)).map_or_else(|| row.to_string(), |place| place.to_string());
    Rows::read(batch, column.name, row).unwrap_or_default().into_iter().map(place).collect::<Vec<_>>().join("|")
}
