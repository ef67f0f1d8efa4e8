//! Where a value was read: `file:line`. A row id packs both into one integer so that evidence travels through SQL as a number.
//!
//! Must not know what the row says.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Bits of a [`RowId`] that hold the line: 2^40 lines a file, 2^23 files a run.
const LINE_BITS: u32 = 40;

/// One row of one input file, as `file number << 40 | line`. Line 1 is the first line of the file; in Parquet, which has
/// no lines, it is the row number counted from 1. Always positive; ordered by file, then by line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct RowId(pub i64);

impl RowId {
    /// Packs a file number (as given by [`Files::add`]) and a line. A line above 2^40 - 1 is held at that value.
    #[must_use]
    pub fn new(file: u32, line: u64) -> Self {
        let line = line.min((1 << LINE_BITS) - 1);
        let file = u64::from(file) & ((1 << 23) - 1);
        #[allow(clippy::cast_possible_wrap)] // 63 bits at most by construction
        Self(((file << LINE_BITS) | line) as i64)
    }

    /// The file number.
    #[must_use]
    #[allow(clippy::cast_sign_loss, clippy::cast_possible_truncation)]
    pub fn file(self) -> u32 {
        ((self.0 as u64) >> LINE_BITS) as u32
    }

    /// The line, from 1.
    #[must_use]
    #[allow(clippy::cast_sign_loss)]
    pub fn line(self) -> u64 {
        (self.0 as u64) & ((1 << LINE_BITS) - 1)
    }
}

/// The files of one run in the order they were opened: turns a [`RowId`] back into a [`Place`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    names: Vec<String>,
}

impl Files {
    /// Registers a file (path as the user would type it, relative to the case folder) and returns its number.
    pub fn add(&mut self, name: impl Into<String>) -> u32 {
        self.names.push(name.into());
        u32::try_from(self.names.len() - 1).unwrap_or(u32::MAX)
    }

    /// The place of a row; `None` when the row's file was never registered.
    #[must_use]
    pub fn place(&self, row: RowId) -> Option<Place> {
        let file = self.names.get(row.file() as usize)?;
        Some(Place { file: file.clone(), line: Some(row.line()) })
    }

    /// All file names, by number.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

/// A position in an input a person can open: `sign_ins.csv:17`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Path relative to the case folder, or as given on the command line.
    pub file: String,
    /// Line from 1 (row number in Parquet); `None` when the whole file is meant.
    pub line: Option<u64>,
}

impl Place {
    /// A whole file.
    #[must_use]
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), line: None }
    }

    /// One line of a file.
    #[must_use]
    pub fn line(file: impl Into<String>, line: u64) -> Self {
        Self { file: file.into(), line: Some(line) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.file),
            None => f.write_str(&self.file),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_id_gives_back_file_and_line() {
        let mut files = Files::default();
        files.add("subjects.csv");
        let second = files.add("sign_ins/a.csv");
        let row = RowId::new(second, 17);
        assert_eq!((row.file(), row.line()), (1, 17));
        assert_eq!(files.place(row).map(|p| p.to_string()).as_deref(), Some("sign_ins/a.csv:17"));
        assert_eq!(files.place(RowId::new(9, 1)), None);
        assert!(RowId::new(0, 5) < RowId::new(1, 1), "rows order by file, then line");
    }
}
