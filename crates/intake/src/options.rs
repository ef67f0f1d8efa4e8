//! What a caller asks of a reading: which columns to keep, which headers mean what, and the limits that hold.
//!
//! Must not know how any file is read.

use bonafide_facts::table::Column;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A reference table that comes with the program or from the user.
#[derive(Debug, Clone)]
pub enum Source {
    /// A file named after its table (`remote_tools.csv`), or a folder of such files.
    Path(PathBuf),
    /// Bytes embedded in the program; `name` is the file name shown in places, its stem names the table (`wordlists/remote_tools.csv`).
    Bytes {
        /// Shown in places; the last part without its ending is the table.
        name: String,
        /// The file's content, in the form its ending says.
        bytes: Cow<'static, [u8]>,
    },
}

/// Which columns stay in memory. `row_id` and required columns always do.
#[derive(Debug, Clone, Default)]
pub struct Wants {
    only: Option<BTreeSet<(String, String)>>,
}

impl Wants {
    /// Every column of every table.
    #[must_use]
    pub fn all() -> Self {
        Self { only: None }
    }

    /// Only these (table, column)s. `at_offset_minutes` means `at`: an instant and its offset stay together.
    #[must_use]
    pub fn only<T: AsRef<str>, C: AsRef<str>>(columns: impl IntoIterator<Item = (T, C)>) -> Self {
        let plain = |column: &str| column.strip_suffix("_offset_minutes").unwrap_or(column).to_owned();
        Self { only: Some(columns.into_iter().map(|(table, column)| (table.as_ref().to_owned(), plain(column.as_ref()))).collect()) }
    }

    /// Whether the column of that table is kept.
    #[must_use]
    pub fn keeps(&self, table: &str, column: &Column) -> bool {
        column.required
            || column.name == "subject_id"
            || self.only.as_ref().is_none_or(|only| only.contains(&(table.to_owned(), column.name.to_owned())))
    }
}

/// What reading may cost. Reaching a limit is a trouble, never a silent cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadLimits {
    /// Bytes in one cell, other than a document's text. A longer cell is emptied.
    pub cell_bytes: usize,
    /// Bytes in one cell of `documents.text`.
    pub document_bytes: usize,
    /// Bytes in one record (a CSV record with its line breaks, a JSON line). A longer record is skipped.
    pub record_bytes: usize,
    /// Columns in one file. A file with more is refused.
    pub columns: usize,
    /// Rows kept from one file; the rest is counted as skipped.
    pub rows: u64,
    /// Bytes one compressed file may unfold to.
    pub unfolded_bytes: u64,
    /// Times its size a compressed file may unfold to, once it is past [`Self::unfolded_free_bytes`]. Logs unfold 10 to 100 times.
    pub unfolded_times: u64,
    /// Bytes that may unfold from any compressed file before [`Self::unfolded_times`] counts.
    pub unfolded_free_bytes: u64,
    /// Troubles of one code, file and column that are listed one by one; the rest is one trouble with a count.
    pub listed_troubles: u64,
    /// Files in one case folder.
    pub files: usize,
    /// Folders within folders.
    pub depth: usize,
}

impl Default for ReadLimits {
    fn default() -> Self {
        Self {
            cell_bytes: 64 << 10,
            document_bytes: 1 << 20,
            record_bytes: 32 << 20,
            columns: 10_000,
            rows: 1 << 32,
            unfolded_bytes: 64 << 30,
            unfolded_times: 250,
            unfolded_free_bytes: 256 << 20,
            listed_troubles: 20,
            files: 10_000,
            depth: 8,
        }
    }
}

/// How to read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// (our column, their header): overrides what the headers say. Our column is `name`, `subjects.name`, `identifiers.email` or `claims.school`.
    pub maps: Vec<(String, String)>,
    /// The limits.
    pub limits: ReadLimits,
}

/// How far a reading is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// File being read, as shown in places.
    pub file: String,
    /// Bytes of the folder read so far (as they lie on disk).
    pub bytes: u64,
    /// Bytes of the folder in all.
    pub bytes_total: u64,
    /// Rows kept so far.
    pub rows: u64,
}
