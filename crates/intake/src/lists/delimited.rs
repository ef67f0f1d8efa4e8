//! Rows of a delimited list with a header, cut as the tables of case folders are: a stray quote loses its own line and never the rest of the file.
//!
//! Must not know what a column means.

use super::{Rows, Text};
use crate::csv::CsvRecords;
use crate::encoding::Charset;
use crate::open::{Content, open};
use crate::options::ReadLimits;
use crate::record::{Cells, Raw, Records as _};
use crate::tally::Tally;
use bonafide_facts::{Place, Severity, Trouble};
use std::borrow::Cow;
use std::collections::HashMap;

/// One row: its line and cells, found by the header's words.
pub(crate) struct Row<'r> {
    pub(crate) line: u64,
    /// Place of each header, in lower case; the first of equal ones.
    headers: &'r HashMap<String, usize>,
    cells: &'r Cells<'r>,
}

impl Row<'_> {
    /// The cell under the first header that is one of the words (case does not count); empty when there is none.
    pub(crate) fn get(&self, words: &[&str]) -> &str {
        match self.place(words).map(|at| self.cells.get(at)) {
            Some(Raw::Text(cell)) => cell.trim(),
            _ => "",
        }
    }

    /// Whether the header has one of the words.
    fn place(&self, words: &[&str]) -> Option<usize> {
        words
            .iter()
            .find_map(|word| match word.bytes().any(|byte| byte.is_ascii_uppercase()) {
                true => self.headers.get(&word.to_ascii_lowercase()),
                false => self.headers.get(*word),
            })
            .copied()
    }
}

/// Calls `each` with every row below the header, which is the first line behind `skip` lines. `wanted` are headers that tell the delimiter.
///
/// # Errors
/// When the file ends within a quoted cell: a list that was cut must not pass for a whole one.
pub(crate) fn rows(
    file: &Text,
    into: &mut Rows,
    skip: usize,
    wanted: &[&str],
    each: &mut dyn FnMut(&mut Rows, &Row),
) -> Result<(), Trouble> {
    let limits = ReadLimits { record_bytes: into.limits.record_bytes, ..ReadLimits::default() };
    let body: String = file.text.split_inclusive('\n').skip(skip).collect();
    let whole = body.ends_with('\n') || body.ends_with('\r');
    let content = Content::Bytes(Cow::Owned(body.into_bytes()));
    let cannot = |error: &std::io::Error| {
        Trouble::error("list-open", Some(Place::file(&file.name)), format!("cannot be read: {error}"), "check the file")
    };
    let opened = open(&content, &limits).map_err(|error| cannot(&error))?;
    let mut tally = Tally::new(&file.name, 20);
    let charset = Charset::new(&content, &limits);
    let known = |names: &[String]| names.iter().filter(|name| wanted.iter().any(|word| name.trim().eq_ignore_ascii_case(word))).count();
    let mut records = CsvRecords::new(opened, charset, &limits, &known, &mut tally);
    if records.names().len() > limits.columns {
        let what = format!("its header has {} columns; a list may have {}", records.names().len(), limits.columns);
        return Err(Trouble::error("list-limit", Some(Place::line(&file.name, skip as u64 + 1)), what, "give the publisher's file"));
    }
    let mut headers: HashMap<String, usize> = HashMap::new();
    for (at, header) in records.names().iter().enumerate() {
        headers.entry(header.trim().to_ascii_lowercase()).or_insert(at);
    }
    let mut read = 0;
    while records.advance(&mut tally) {
        read += 1;
        let record = records.record();
        each(into, &Row { line: record.line + skip as u64, headers: &headers, cells: &record.cells });
    }
    let mut troubles = tally.finish();
    for place in troubles.iter_mut().filter_map(|trouble| trouble.place.as_mut()) {
        place.line = place.line.map(|line| line + skip as u64);
    }
    if let Some(cut) = troubles.iter().find(|trouble| trouble.code == "unclosed-quote" && !whole) {
        let mend = "fetch the file again, or close the quote; the last good list stays in use";
        return Err(Trouble::error("list-truncated", cut.place.clone(), "ends within a quoted cell", mend));
    }
    let lines = troubles.iter().filter(|trouble| trouble.severity >= Severity::Warning && trouble.code != "short-row");
    let first = lines.filter_map(|trouble| trouble.place.as_ref()?.line).min().unwrap_or(1);
    into.tell(troubles);
    super::damaged(&file.name, first, records.skipped(), read + records.skipped()).map_or(Ok(()), Err)
}
