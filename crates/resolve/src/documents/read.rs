//! The rows of `documents` as the comparison wants them: borrowed text, subjects as numbers in the order of their keys.
//!
//! Must not know how anything is compared.

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use arrow_array::{Array as _, ArrayRef, RecordBatch};
use bonafide_facts::Tables;
use bonafide_facts::table::ROW_ID;

/// One document.
#[derive(Debug, Clone, Copy)]
pub struct Doc<'a> {
    /// Number of the subject: subjects are numbered in the order of their keys.
    pub subject: u32,
    /// Row id.
    pub row: i64,
    /// Kind as written, empty when none.
    pub kind: &'a str,
    /// Text, empty when none.
    pub text: &'a str,
    /// Where the file lies, empty when not told.
    pub path: &'a str,
    /// Perceptual hash as written.
    pub perceptual_hash: &'a str,
    /// Digest of the image's metadata.
    pub exif_hash: &'a str,
    /// Template name or digest.
    pub template: &'a str,
}

/// All documents, ordered by subject, then row.
#[derive(Debug, Default)]
pub struct Documents<'a> {
    /// Keys of the subjects, sorted.
    pub subjects: Vec<&'a str>,
    /// Ordered by subject, then row.
    pub docs: Vec<Doc<'a>>,
}

/// A text column of a batch, whichever of the two Arrow forms it has.
pub(crate) fn text(column: Option<&ArrayRef>, row: usize) -> &str {
    let Some(column) = column.filter(|column| !column.is_null(row)) else { return "" };
    if let Some(view) = column.as_string_view_opt() {
        return view.value(row);
    }
    column.as_string_opt::<i32>().map_or("", |plain| plain.value(row))
}

/// Reads `documents`; empty when the table was not given. Rows without a subject are left out (intake refuses them before).
#[must_use]
pub fn read(tables: &Tables) -> Documents<'_> {
    let Some(data) = tables.get("documents") else { return Documents::default() };
    let mut rows: Vec<(&str, Doc)> = data.batches.iter().flat_map(rows_of).filter(|(id, _)| !id.is_empty()).collect();
    rows.sort_by(|(left, a), (right, b)| left.cmp(right).then(a.row.cmp(&b.row)));
    let mut read = Documents::default();
    for (id, mut doc) in rows {
        if read.subjects.last() != Some(&id) {
            read.subjects.push(id);
        }
        doc.subject = u32::try_from(read.subjects.len() - 1).unwrap_or(u32::MAX);
        read.docs.push(doc);
    }
    read
}

fn rows_of<'a>(batch: &'a RecordBatch) -> impl Iterator<Item = (&'a str, Doc<'a>)> {
    let column = |name: &str| batch.column_by_name(name);
    let (subject, kind, body, path) = (column("subject_id"), column("kind"), column("text"), column("path"));
    let (perceptual, exif, template) = (column("perceptual_hash"), column("exif_hash"), column("template"));
    let ids = column(ROW_ID).and_then(|ids| ids.as_primitive_opt::<Int64Type>());
    (0..batch.num_rows()).map(move |row| {
        let doc = Doc {
            subject: 0,
            row: ids.map_or(0, |ids| ids.value(row)),
            kind: text(kind, row),
            text: text(body, row),
            path: text(path, row),
            perceptual_hash: text(perceptual, row),
            exif_hash: text(exif, row),
            template: text(template, row),
        };
        (text(subject, row), doc)
    })
}
