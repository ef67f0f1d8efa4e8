//! Collects the troubles of a reading: listed one by one up to a limit, counted from there on, never silent.
//!
//! Must not know what any trouble is about.

use bonafide_facts::text::printable;
use bonafide_facts::{Place, Severity, Trouble};
use std::collections::HashMap;

/// Characters of an input that a message shows.
const EXCERPT: usize = 60;

/// Input text made fit for a message: printable, short, in backquotes.
pub(crate) fn quoted(text: &str) -> String {
    format!("`{}`", printable(text, EXCERPT).replace('`', "'"))
}

/// The troubles of one file while it is read.
#[derive(Debug)]
pub(crate) struct Tally {
    file: String,
    listed: u64,
    seen: HashMap<(&'static str, usize), Seen>,
    troubles: Vec<Trouble>,
}

#[derive(Debug)]
struct Seen {
    count: u64,
    /// Where in `troubles` the counting one lies.
    at: usize,
}

/// No column: the row or the file as a whole.
pub(crate) const NO_COLUMN: usize = usize::MAX;

impl Tally {
    /// `listed`: how many of one code and column are told one by one.
    pub(crate) fn new(file: &str, listed: u64) -> Self {
        Self { file: file.to_owned(), listed: listed.max(1), seen: HashMap::new(), troubles: Vec::new() }
    }

    /// A trouble of the file as a whole.
    pub(crate) fn whole(&mut self, severity: Severity, code: &str, what: impl Into<String>, mend: impl Into<String>) {
        self.troubles.push(Trouble::new(severity, code, Some(Place::file(&self.file)), what, mend));
    }

    /// Something was left out at `line` (0: no line can be told): listed, then counted. `says` gives (what, mend) and is called only when it is shown.
    pub(crate) fn warning(&mut self, code: &'static str, line: u64, column: usize, says: impl FnOnce() -> (String, String)) {
        self.add(Severity::Warning, self.listed, code, line, column, says);
    }

    /// Something was assumed at `line`: one trouble per code and column, counted from the first.
    pub(crate) fn note(&mut self, code: &'static str, line: u64, column: usize, says: impl FnOnce() -> (String, String)) {
        self.add(Severity::Note, 0, code, line, column, says);
    }

    /// A note that is listed like a warning.
    pub(crate) fn listed_note(&mut self, code: &'static str, line: u64, column: usize, says: impl FnOnce() -> (String, String)) {
        self.add(Severity::Note, self.listed, code, line, column, says);
    }

    fn add(
        &mut self,
        severity: Severity,
        listed: u64,
        code: &'static str,
        line: u64,
        column: usize,
        says: impl FnOnce() -> (String, String),
    ) {
        let seen = self.seen.entry((code, column)).or_insert(Seen { count: 0, at: 0 });
        seen.count += 1;
        if seen.count > listed + 1 {
            if let Some(trouble) = self.troubles.get_mut(seen.at) {
                trouble.count += 1;
            }
            return;
        }
        seen.at = self.troubles.len();
        let (what, mend) = says();
        let place = if line == 0 { Place::file(&self.file) } else { Place::line(&self.file, line) };
        self.troubles.push(Trouble::new(severity, code, Some(place), what, mend));
    }

    /// All troubles, by line, those of the whole file first.
    pub(crate) fn finish(mut self) -> Vec<Trouble> {
        self.troubles.sort_by_key(|trouble| trouble.place.as_ref().and_then(|place| place.line));
        self.troubles
    }
}
