//! Tables written out as a case folder: what `import` makes can be read back by `check`.
//!
//! Must not know where the tables came from.

use bonafide_facts::{Place, Tables, Trouble, cell};
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
                writer
                    .write_record(columns.iter().map(|column| cell::written(column.kind, batch, column.name, row).unwrap_or_default()))
                    .map_err(broken)?;
            }
        }
        writer.flush().map_err(|error| crate::cli::cannot("write", &path, &error))?;
        written.push((name, data.rows()));
    }
    Ok(written)
}
