//! What the tables say of subjects that every format needs: the name as printed, and whether anything was observed at all.
//!
//! Must not judge: absent rows are only told.

use arrow_array::StringViewArray;
use arrow_array::cast::AsArray as _;
use bonafide_facts::text::printable;
use bonafide_facts::{Origin, TableData, Tables};
use std::collections::{BTreeSet, HashMap};

/// Most characters of a name.
const NAME: usize = 120;

/// Name made printable by subject id; the first row of a subject wins.
#[must_use]
pub fn labels(tables: &Tables) -> HashMap<String, String> {
    let mut labels = HashMap::new();
    let Some(data) = tables.get("subjects") else { return labels };
    for batch in &data.batches {
        let (Some(ids), Some(names)) = (batch.column_by_name("subject_id"), batch.column_by_name("name")) else { continue };
        let (Some(ids), Some(names)) = (ids.as_string_view_opt(), names.as_string_view_opt()) else { continue };
        for (id, name) in ids.iter().zip(names.iter()) {
            if let (Some(id), Some(name)) = (id, name) {
                labels.entry(id.to_owned()).or_insert_with(|| printable(name, NAME));
            }
        }
    }
    labels
}

/// Of these subjects, those about whom no input table but `subjects` holds a row.
#[must_use]
pub fn unseen(tables: &Tables, mut silent: BTreeSet<&str>) -> BTreeSet<String> {
    for data in tables.iter().filter(|data| data.table.origin == Origin::Input && data.table.name != "subjects") {
        if silent.is_empty() {
            break;
        }
        for ids in texts(data, "subject_id") {
            for id in ids.iter().flatten() {
                silent.remove(id);
            }
        }
    }
    silent.into_iter().map(str::to_owned).collect()
}

/// A text column, batch by batch.
fn texts<'a>(data: &'a TableData, column: &'a str) -> impl Iterator<Item = &'a StringViewArray> {
    data.batches.iter().filter_map(move |batch| batch.column_by_name(column)?.as_string_view_opt())
}
