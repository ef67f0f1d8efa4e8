//! Hits on official lists that a person looked at and cleared: they stay quiet until the entry or the subject changes, or the day comes that the person set.
//!
//! The allowlist is the user's own file (`bonafide.allow.csv` in the case folder, or the one of `--allow`): CSV with subject_id, entry_id, mark, by, at,
//! why, until. It is never a table of the people looked at, and no column of theirs can enter a decision: the mark is a digest that this program makes.
//! Must not know how names are compared.

use bonafide_facts::text::printable;
use bonafide_facts::{Place, Trouble};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Name of the file in a case folder.
pub const FILE_NAME: &str = "bonafide.allow.csv";
/// Most bytes of the file, and of one cell: a person writes neither more decisions nor longer reasons.
const FILE_BYTES: u64 = 256 << 20;
const CELL_BYTES: usize = 4 << 10;
const COLUMNS: [&str; 7] = ["subject_id", "entry_id", "mark", "by", "at", "why", "until"];

/// One decision: this hit is another person (or company).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// `<subject>-<entry>`: what was compared when it was made.
    pub mark: String,
    /// Who decided.
    pub by: String,
    /// When, `YYYY-MM-DD`.
    pub at: String,
    /// Why it is another one.
    pub why: String,
    /// Last day it stays quiet, `YYYY-MM-DD`; empty: until something changes.
    pub until: String,
    /// Where it is written.
    pub place: Place,
}

impl Decision {
    /// Who decided what when and why, in a sentence fit to show.
    #[must_use]
    pub fn sentence(&self) -> String {
        let until = if self.until.is_empty() { String::new() } else { format!(", until {}", self.until) };
        printable(&format!("cleared by {} on {}: {} ({}{until})", self.by, self.at, self.why, self.place), 400)
    }
}

/// What is to be done with a hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State<'a> {
    /// Nobody looked yet.
    New,
    /// Cleared, and nothing changed.
    Quiet(&'a Decision),
    /// Cleared once; the text says by whom and what changed since.
    Again(&'a Decision, String),
}

/// The decisions of a file, by subject and entry.
#[derive(Debug, Clone, Default)]
pub struct Allowlist(BTreeMap<(String, String), Vec<Decision>>);

impl Allowlist {
    /// Reads the file.
    ///
    /// # Errors
    /// When it cannot be read, lacks a column, or a row does not say which hit, by whom, when or why.
    pub fn read(path: &Path) -> Result<Self, Trouble> {
        let shown = path.display().to_string();
        let size = std::fs::metadata(path).map_err(|error| crate::cli::cannot("read", path, &error))?.len();
        if size > FILE_BYTES {
            let what = format!("is {size} bytes; an allowlist may have {FILE_BYTES}");
            return Err(Trouble::error("allowlist", Some(Place::file(&shown)), what, "keep only the decisions that still hold"));
        }
        let text = std::fs::read_to_string(path).map_err(|error| crate::cli::cannot("read", path, &error))?;
        let text = text.trim_start_matches('\u{feff}');
        let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
        let headers = reader.headers().cloned().unwrap_or_default();
        let bad = |line: u64, what: &str, mend: &str| {
            Trouble::error("allowlist", Some(Place::line(&shown, line)), what.to_owned(), mend.to_owned())
        };
        let mut places = Vec::new();
        for name in COLUMNS {
            let place = headers.iter().position(|header| header.eq_ignore_ascii_case(name));
            let mend = format!("the first line is: {}", COLUMNS.join(","));
            places.push(place.ok_or_else(|| bad(1, &format!("there is no column `{name}`"), &mend))?);
        }
        let mut decisions: BTreeMap<(String, String), Vec<Decision>> = BTreeMap::new();
        for record in reader.records() {
            let record = record.map_err(|error| {
                bad(error.position().map_or(1, csv::Position::line), &printable(&error.to_string(), 200), "mend the row")
            })?;
            let line = record.position().map_or(1, csv::Position::line);
            if let Some(at) = (0..COLUMNS.len()).find(|at| record.get(places[*at]).is_some_and(|cell| cell.len() > CELL_BYTES)) {
                let what = format!("`{}` is longer than {CELL_BYTES} bytes", COLUMNS[at]);
                return Err(bad(line, &what, "write the cell as the report and `screen --format jsonl` print it"));
            }
            let cell = |at: usize| record.get(places[at]).unwrap_or("").to_owned();
            let row = Decision { mark: cell(2), by: cell(3), at: cell(4), why: cell(5), until: cell(6), place: Place::line(&shown, line) };
            if [&cell(0), &cell(1), &row.mark, &row.by, &row.at, &row.why].iter().any(|cell| cell.is_empty()) {
                let mend = "give subject_id, entry_id, mark (as the report and `screen --format jsonl` print it), by, at and why";
                return Err(bad(line, "does not say which hit was cleared, by whom, when and why", mend));
            }
            for (name, day) in [("at", &row.at), ("until", &row.until)] {
                if !day.is_empty() && (day.len() != 10 || chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d").is_err()) {
                    return Err(bad(line, &format!("`{name}` is no day"), "write YYYY-MM-DD; `until` may be empty"));
                }
            }
            decisions.entry((cell(0), cell(1))).or_default().push(row);
        }
        Ok(Self(decisions))
    }

    /// How many decisions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// What is to be done with the hit of a subject on an entry on the day `today` (`YYYY-MM-DD`).
    #[must_use]
    pub fn state(&self, subject_id: &str, entry_id: &str, mark: &str, today: &str) -> State<'_> {
        let Some(rows) = self.0.get(&(subject_id.to_owned(), entry_id.to_owned())) else { return State::New };
        let holds = |row: &&Decision| row.until.is_empty() || today <= row.until.as_str();
        if let Some(row) = rows.iter().filter(|row| row.mark == mark).find(holds) {
            return State::Quiet(row);
        }
        let Some(row) = rows.iter().max_by_key(|row| (row.mark == mark, &row.at)) else { return State::New };
        let (subject, entry) = mark.split_once('-').unwrap_or((mark, ""));
        let (known_subject, known_entry) = row.mark.split_once('-').unwrap_or((&row.mark, ""));
        let changed = match (subject == known_subject, entry == known_entry) {
            (true, true) => format!("its day {} has passed", row.until),
            (true, false) => "the entry changed".to_owned(),
            (false, true) => "the subject changed".to_owned(),
            (false, false) => "subject and entry changed".to_owned(),
        };
        State::Again(row, changed)
    }

    /// Decisions that belong to none of the hits: (subject, entry).
    #[must_use]
    pub fn unused(&self, hits: &BTreeSet<(String, String)>) -> Vec<&Decision> {
        self.0.iter().filter(|(key, _)| !hits.contains(*key)).flat_map(|(_, rows)| rows).collect()
    }
}
