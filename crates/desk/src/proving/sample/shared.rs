//! Counts over tables that measuring needs and the engine does not: the naive baseline and the volume of activity.
//!
//! Must not keep a value: only how many have it.

use bonafide_facts::Tables;
use bonafide_facts::cell::{Cell as _, Text};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Every (subject, value) of a table's columns.
fn values(tables: &Tables, table: &str, columns: &[&str], mut each: impl FnMut(&str, &str, String)) {
    let Some(data) = tables.get(table) else { return };
    for batch in &data.batches {
        for column in columns.iter().filter(|column| batch.schema().column_with_name(column).is_some()) {
            for row in 0..batch.num_rows() {
                if let (Some(id), Some(value)) = (Text::read(batch, "subject_id", row), Text::read(batch, column, row)) {
                    each(&id, column, value);
                }
            }
        }
    }
}

/// The naive baseline: how many of a subject's identifiers, machines, lines, accounts and addresses somebody else has too.
pub(super) fn shared_identifiers(tables: &Tables) -> HashMap<String, u32> {
    let places: [(&str, &[&str]); 4] =
        [("identifiers", &["value"]), ("sign_ins", &["device_id", "ip"]), ("payments", &["payee_account"]), ("shipments", &["address"])];
    let mut numbers: HashMap<String, u32> = HashMap::new();
    let mut uses: Vec<(u64, u32)> = Vec::new();
    for (table, columns) in places {
        values(tables, table, columns, |id, column, value| {
            let number = match numbers.get(id) {
                Some(number) => *number,
                None => {
                    let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                    numbers.insert(id.to_owned(), next);
                    next
                }
            };
            let mut hasher = DefaultHasher::new();
            (table, column, value).hash(&mut hasher);
            uses.push((hasher.finish(), number));
        });
    }
    uses.sort_unstable();
    uses.dedup();
    let mut counts = vec![0_u32; numbers.len()];
    for same in uses.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
        for (_, number) in same {
            counts[*number as usize] += 1;
        }
    }
    numbers.into_iter().map(|(id, number)| (id, counts[number as usize])).collect()
}

/// Sign-ins and commits of each subject.
pub(super) fn volumes(tables: &Tables) -> HashMap<String, u32> {
    let mut counts: HashMap<String, u32> = HashMap::new();
    for table in ["sign_ins", "commits"] {
        let Some(data) = tables.get(table) else { continue };
        for batch in &data.batches {
            for id in (0..batch.num_rows()).filter_map(|row| Text::read(batch, "subject_id", row)) {
                *counts.entry(id).or_insert(0) += 1;
            }
        }
    }
    counts
}
