//! Hits that a person looked at and cleared: they stay quiet until the entry or the subject changes, or the day comes that the person set.
//!
//! Must not know how names are compared. The file: CSV with subject_id, entry_id, mark, by, why, until. The mark is what `screen --format jsonl` prints with a
//! hit: twelve hex digits of what is known of the subject, and twelve of the entry.

use bonafide_facts::Trouble;
use bonafide_facts::digest::sha256;
use bonafide_facts::place::Place;
use bonafide_resolve::index::entry::Entry;
use bonafide_resolve::screen::Query;
use std::collections::BTreeMap;
use std::path::Path;

/// One cleared hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleared {
    /// `<subject>-<entry>`, twelve hex digits each.
    pub mark: String,
    /// Who looked.
    pub by: String,
    /// Why it is another one.
    pub why: String,
    /// Last day it stays quiet, `YYYY-MM-DD`; empty: until something changes.
    pub until: String,
}

/// What is to be done with a hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nobody looked yet.
    New,
    /// Cleared, and nothing changed.
    Quiet,
    /// Cleared once; the text says by whom and what changed since.
    Again(String),
}

/// The cleared hits of a file, by subject and entry.
#[derive(Debug, Clone, Default)]
pub struct Allowlist(BTreeMap<(String, String), Cleared>);

impl Allowlist {
    /// Reads the file.
    ///
    /// # Errors
    /// When it cannot be read, lacks a column, or a row does not say which hit, by whom or why.
    pub fn read(path: &Path) -> Result<Self, Trouble> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| crate::cli::cannot("read", path, &error))?;
        let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
        let headers = reader.headers().cloned().unwrap_or_default();
        let bad = |line: u64, what: &str, mend: &str| Trouble::error("allowlist", Some(Place::line(&shown, line)), what.to_owned(), mend.to_owned());
        let mut places = Vec::new();
        for name in ["subject_id", "entry_id", "mark", "by", "why", "until"] {
            let place = headers.iter().position(|header| header.trim_start_matches('\u{feff}').eq_ignore_ascii_case(name));
            places.push(place.ok_or_else(|| bad(1, &format!("there is no column `{name}`"), "the first line is: subject_id,entry_id,mark,by,why,until"))?);
        }
        let mut cleared = BTreeMap::new();
        for (record, line) in reader.records().zip(2_u64..) {
            let record = record.map_err(|error| bad(line, &error.to_string(), "mend the row"))?;
            let cell = |at: usize| record.get(places[at]).unwrap_or("").to_owned();
            let row = Cleared { mark: cell(2), by: cell(3), why: cell(4), until: cell(5) };
            if cell(0).is_empty() || cell(1).is_empty() || row.mark.is_empty() || row.by.is_empty() || row.why.is_empty() {
                return Err(bad(line, "does not say which hit, by whom and why", "give subject_id, entry_id, mark (as `screen --format jsonl` prints it), by and why"));
            }
            let day = row.until.len() == 10 && row.until.bytes().enumerate().all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
            if !row.until.is_empty() && !day {
                return Err(bad(line, "`until` is no day", "write YYYY-MM-DD, or leave it empty"));
            }
            cleared.insert((cell(0), cell(1)), row);
        }
        Ok(Self(cleared))
    }

    /// What is to be done with the hit of a subject on an entry on the day `today`.
    #[must_use]
    pub fn state(&self, subject_id: &str, entry_id: &str, mark: &str, today: &str) -> State {
        let Some(row) = self.0.get(&(subject_id.to_owned(), entry_id.to_owned())) else { return State::New };
        let (subject, entry) = mark.split_once('-').unwrap_or((mark, ""));
        let (known_subject, known_entry) = row.mark.split_once('-').unwrap_or((&row.mark, ""));
        let changed = match (subject == known_subject, entry == known_entry) {
            (true, true) if row.until.is_empty() || today <= row.until.as_str() => return State::Quiet,
            (true, true) => format!("its day {} has passed", row.until),
            (true, false) => "the entry changed".to_owned(),
            (false, true) => "the subject changed".to_owned(),
            (false, false) => "subject and entry changed".to_owned(),
        };
        State::Again(format!("cleared by {} ({}); {changed}", row.by, row.why))
    }
}

/// The mark of a hit: of what is known of the subject, and of the entry.
#[must_use]
pub fn mark(query: &Query, entry: &Entry) -> String {
    let short = |text: String| sha256(text.as_bytes()).chars().take(12).collect::<String>();
    let subject = short(format!("{}|{:?}|{:?}|{:?}", query.name, query.schema, query.birth, query.identifiers));
    let mut names: Vec<&str> = entry.names.iter().map(|name| name.printed.as_str()).collect();
    names.sort_unstable();
    let mut identifiers = entry.identifiers.clone();
    identifiers.sort();
    format!("{subject}-{}", short(format!("{names:?}|{:?}|{:?}|{identifiers:?}", entry.schema, entry.births)))
}
