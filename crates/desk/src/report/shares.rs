//! Who shares what with whom: equal identifiers, devices, addresses and payout accounts of subjects that deserve a look.
//!
//! Must not judge: a share is shown, rules decide what it means (a carrier's address is shared by thousands).

use crate::report::model::{Share, SubjectReport};
use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use arrow_array::{Array as _, RecordBatch, StringViewArray};
use bonafide_facts::identifier::canonical;
use bonafide_facts::text::printable;
use bonafide_facts::{Band, RowId, Tables};
use std::collections::HashMap;

/// Most shares a report holds, and most subjects named for one.
const MAX_SHARES: usize = 2000;
const MAX_NAMED: usize = 20;

/// Columns that hold such a value, and the kind they are shown as. Identifiers bring their own kind.
const COLUMNS: [(&str, &str, &str); 6] = [
    ("sign_ins", "device_id", "device"),
    ("sign_ins", "mfa_device_id", "second-factor device"),
    ("sign_ins", "ip", "IP address"),
    ("meetings", "device_id", "device"),
    ("payments", "payee_account", "payout account"),
    ("shipments", "address", "delivery address"),
];

/// Subject's rank and row of each use of a value; sorted and thinned to the first row of each subject when all are read.
type Users = Vec<(u32, i64)>;

/// Values in their canonical form and who uses them. A spelling is brought to its canonical form once.
#[derive(Default)]
struct Found<'a> {
    spelled: HashMap<(&'a str, &'a str), Option<usize>>,
    known: HashMap<(String, String), usize>,
    users: Vec<Users>,
}

impl<'a> Found<'a> {
    fn add(&mut self, kind: &'a str, value: &'a str, rank: u32, row: i64) {
        let at = *self.spelled.entry((kind, value)).or_insert_with(|| {
            // A cell of megabytes is no identifier that people share.
            let value = (value.len() <= 1000).then(|| canonical(kind, value)).flatten()?;
            Some(*self.known.entry((kind.to_owned(), value)).or_insert_with(|| {
                self.users.push(Users::new());
                self.users.len() - 1
            }))
        });
        if let Some(users) = at.and_then(|at| self.users.get_mut(at))
            && users.last().is_none_or(|(last, _)| *last != rank)
        {
            users.push((rank, row));
        }
    }

    /// The values with their users, by rank; each subject once, with its first row.
    fn finish(self) -> impl Iterator<Item = ((String, String), Users)> {
        let mut users = self.users;
        self.known.into_iter().map(move |(value, at)| {
            let mut users = std::mem::take(&mut users[at]);
            users.sort_unstable();
            users.dedup_by_key(|(rank, _)| *rank);
            (value, users)
        })
    }
}

/// Values that at least two subjects use, one of them above `clear`; those of the highest band and fewest users first.
#[must_use]
pub fn find(subjects: &[SubjectReport], tables: &Tables, left_out: &mut Vec<String>) -> Vec<Share> {
    if subjects.first().is_none_or(|subject| subject.band == Band::Clear) {
        return Vec::new();
    }
    let ranks: HashMap<&str, u32> = subjects.iter().zip(0u32..).map(|(subject, rank)| (subject.subject_id.as_str(), rank)).collect();
    let mut found = Found::default();
    for (table, column, kind) in COLUMNS {
        for batch in tables.get(table).into_iter().flat_map(|data| &data.batches) {
            gather(batch, column, &ranks, &mut |_, value, rank, row| found.add(kind, value, rank, row));
        }
    }
    for batch in tables.get("identifiers").into_iter().flat_map(|data| &data.batches) {
        let Some(kinds) = text(batch, "kind") else { continue };
        gather(batch, "value", &ranks, &mut |at, value, rank, row| {
            found.add(if kinds.is_null(at) { "identifier" } else { kinds.value(at) }, value, rank, row);
        });
    }
    let deserves = |rank: u32| subjects.get(rank as usize).is_some_and(|subject| subject.band > Band::Clear);
    let shared = found.finish().filter(|(_, users)| users.len() > 1 && users.first().is_some_and(|(rank, _)| deserves(*rank)));
    sorted(shared.collect(), subjects, tables, left_out)
}

/// Calls `each` with index, value, subject's rank and row id of every filled cell of a judged subject.
fn gather<'a>(batch: &'a RecordBatch, column: &str, ranks: &HashMap<&str, u32>, each: &mut dyn FnMut(usize, &'a str, u32, i64)) {
    let rows = batch.column_by_name(bonafide_facts::table::ROW_ID).and_then(|column| column.as_primitive_opt::<Int64Type>());
    let (Some(ids), Some(values)) = (text(batch, "subject_id"), text(batch, column)) else { return };
    let mut last: Option<(&str, &str)> = None;
    for at in 0..batch.num_rows() {
        if ids.is_null(at) || values.is_null(at) {
            continue;
        }
        let pair = (ids.value(at), values.value(at));
        if last.replace(pair) == Some(pair) {
            continue;
        }
        if let Some(rank) = ranks.get(pair.0) {
            each(at, pair.1, *rank, rows.map_or(0, |rows| rows.value(at)));
        }
    }
}

fn text<'a>(batch: &'a RecordBatch, column: &str) -> Option<&'a StringViewArray> {
    batch.column_by_name(column)?.as_string_view_opt()
}

fn sorted(mut all: Vec<((String, String), Users)>, subjects: &[SubjectReport], tables: &Tables, left_out: &mut Vec<String>) -> Vec<Share> {
    let band = |users: &Users| users.first().and_then(|(rank, _)| subjects.get(*rank as usize)).map(|subject| subject.band);
    all.sort_by(|(a, left), (b, right)| band(right).cmp(&band(left)).then(left.len().cmp(&right.len())).then_with(|| a.cmp(b)));
    if all.len() > MAX_SHARES {
        left_out.push(format!(
            "{} of {} shared values are left out: those of lower bands and most users",
            all.len() - MAX_SHARES,
            all.len()
        ));
        all.truncate(MAX_SHARES);
    }
    let share = |((kind, value), users): ((String, String), Users)| {
        let named = || users.iter().take(MAX_NAMED);
        let mut ids: Vec<String> = named().filter_map(|(rank, _)| Some(subjects.get(*rank as usize)?.subject_id.clone())).collect();
        ids.sort();
        let mut rows: Vec<i64> = named().map(|(_, row)| *row).collect();
        rows.sort_unstable();
        let places = rows.iter().filter_map(|row| tables.files.place(RowId(*row))).map(|place| printable(&place.to_string(), 200));
        Share {
            kind: printable(&kind, 40),
            value: printable(&value, 80),
            subjects: ids,
            total: users.len() as u64,
            places: places.collect(),
        }
    };
    all.into_iter().map(share).collect()
}
