//! Rows of a delimited list with a header, cut as the tables of case folders are: a stray quote loses its own line and never the rest of the file.
//!
//! Must not know what a column means.

use super::{Rows, Text};
use crate::csv::CsvRecords;
use crate::encoding::Charset;
use crate::open::{Content, open};
use crate::options::ReadLimits;
use crate::record::{Raw, Records as _};
use crate::tally::Tally;
use bonafide_facts::{Place, Trouble};
use std::borrow::Cow;

/// One row: its line and cells, found by the header's words.
pub(crate) struct Row<'r> {
    pub(crate) line: u64,
    headers: &'r [String],
    cells: Vec<Cow<'r, str>>,
}

impl Row<'_> {
    /// The cell under the first header that is one of the words (case does not count); empty when there is none.
    pub(crate) fn get(&self, words: &[&str]) -> &str {
        let named = |header: &String| words.iter().any(|word| header.trim().eq_ignore_ascii_case(word));
        let at = words
            .iter()
            .find_map(|word| self.headers.iter().position(|header| header.trim().eq_ignore_ascii_case(word)))
            .or_else(|| self.headers.iter().position(named));
        at.and_then(|at| self.cells.get(at)).map_or("", |cell| cell.trim())
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
    let headers = records.names().to_vec();
    while records.advance(&mut tally) {
        let record = records.record();
        let cells = (0..headers.len())
            .map(|at| match record.cells.get(at) {
                Raw::Text(text) => Cow::Borrowed(text),
                Raw::Made(text) => Cow::Owned(text),
                _ => Cow::Borrowed(""),
            })
            .collect();
        each(into, &Row { line: record.line + skip as u64, headers: &headers, cells });
    }
    let mut troubles = tally.finish();
    for place in troubles.iter_mut().filter_map(|trouble| trouble.place.as_mut()) {
        place.line = place.line.map(|line| line + skip as u64);
    }
    if let Some(cut) = troubles.iter().find(|trouble| trouble.code == "unclosed-quote" && !whole) {
        let mend = "fetch the file again, or close the quote; the last good list stays in use";
        return Err(Trouble::error("list-truncated", cut.place.clone(), "ends within a quoted cell", mend));
    }
    into.tell(troubles);
    Ok(())
}
