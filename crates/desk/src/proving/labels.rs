//! What is known about subjects: the truth of a simulated world, or a person's dispositions.
//!
//! Must not know what the engine says of them.

use crate::cli::cannot;
use bonafide_facts::text::printable;
use bonafide_facts::{Place, Trouble};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// What is known about a subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Label {
    /// Whether it hides who does the work; `None` = nobody has decided.
    pub hides: Option<bool>,
    /// Family of stories; "labelled" for dispositions that name none.
    pub family: String,
    /// Whose hands; its own id when alone.
    pub operator: String,
    /// Crew; empty when alone.
    pub crew: String,
    /// Since when it hides, or when the case was opened: microseconds since 1970 UTC.
    pub since: Option<i64>,
    /// When a person decided, microseconds since 1970 UTC.
    pub decided: Option<i64>,
}

/// Where labels come from.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    /// truth.csv; beside the case folder when left out.
    pub truth: Option<PathBuf>,
    /// A person's dispositions instead of a truth.
    pub dispositions: Option<PathBuf>,
}

impl Labels {
    /// What is known of the subjects of the folder at `path`, by key.
    ///
    /// # Errors
    /// When a label file cannot be read or says what it may not.
    pub fn read(&self, path: &Path) -> Result<HashMap<String, Label>, Trouble> {
        if let Some(file) = &self.dispositions {
            return dispositions(file);
        }
        match &self.truth {
            Some(file) => truth(file),
            None => match [path.join("truth.csv"), path.join("../truth.csv")].iter().find(|file| file.is_file()) {
                Some(file) => truth(file),
                None => Ok(HashMap::new()),
            },
        }
    }
}

/// A row of a CSV by header, with its place.
pub type Row = (Place, BTreeMap<String, String>);

/// Reads a CSV into rows by header, each with its place.
///
/// # Errors
/// When the file cannot be read, is torn, or lacks one of `needed`.
pub fn rows(path: &Path, needed: &[&str]) -> Result<Vec<Row>, Trouble> {
    let shown = path.display().to_string();
    let broken = |error: &csv::Error| match error.kind() {
        csv::ErrorKind::Io(io) => cannot("read", path, io),
        _ => Trouble::error(
            "csv",
            Some(Place::file(shown.clone())),
            printable(&error.to_string(), 200),
            "save it as UTF-8 CSV with a header",
        ),
    };
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_path(path).map_err(|error| broken(&error))?;
    let headers: Vec<String> = reader
        .headers()
        .map_err(|error| broken(&error))?
        .iter()
        .map(|header| header.trim_start_matches('\u{feff}').trim().to_owned())
        .collect();
    for name in needed {
        if !headers.iter().any(|header| header == name) {
            return Err(Trouble::error(
                "no-column",
                Some(Place::line(shown.clone(), 1)),
                format!("it has no column `{name}`"),
                format!("its header needs: {}", needed.join(", ")),
            ));
        }
    }
    let mut all = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| broken(&error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells = headers.iter().cloned().zip(record.iter().map(|cell| cell.trim().to_owned())).collect();
        all.push((Place::line(shown.clone(), line), cells));
    }
    Ok(all)
}

fn truth(path: &Path) -> Result<HashMap<String, Label>, Trouble> {
    let mut known = HashMap::new();
    for (place, mut row) in rows(path, &["subject_id"])? {
        // The worlds that came before the simulator say `attack` and `story`.
        for (ours, older) in [("hidden", "is_attack"), ("family", "story")] {
            if let (None, Some(value)) = (row.get(ours), row.get(older).cloned()) {
                row.insert(ours.to_owned(), value);
            }
        }
        let cell = |name: &str| row.get(name).cloned().unwrap_or_default();
        let hides = match cell("hidden").as_str() {
            "true" => Some(true),
            "false" => Some(false),
            other => {
                return Err(Trouble::error("truth", Some(place), format!("`hidden` is `{}`", printable(other, 40)), "write true or false"));
            }
        };
        let label = Label {
            hides,
            family: cell("family"),
            operator: cell("operator"),
            crew: cell("crew"),
            since: micros(&cell("since")),
            decided: None,
        };
        known.insert(cell("subject_id"), label);
    }
    Ok(known)
}

/// Dispositions: true match and false positive are labels; inconclusive and duplicate are not.
fn dispositions(path: &Path) -> Result<HashMap<String, Label>, Trouble> {
    let mut known = HashMap::new();
    for (place, row) in rows(path, &["subject_id", "disposition"])? {
        let cell = |name: &str| row.get(name).cloned().unwrap_or_default();
        let word = cell("disposition").to_lowercase().replace([' ', '-'], "_");
        let hides = match word.as_str() {
            "true_match" | "true_positive" => Some(true),
            "false_positive" => Some(false),
            "inconclusive" | "duplicate" | "" => None,
            other => {
                let what = format!("`{}` is no disposition", printable(other, 40));
                return Err(Trouble::error(
                    "disposition",
                    Some(place),
                    what,
                    "write true match, false positive, inconclusive or duplicate",
                ));
            }
        };
        let family = if cell("family").is_empty() { "labelled".to_owned() } else { cell("family") };
        let label = Label {
            hides,
            family,
            operator: cell("operator"),
            crew: cell("crew"),
            since: micros(&cell("opened_at")),
            decided: micros(&cell("decided_at")),
        };
        known.insert(cell("subject_id"), label);
    }
    Ok(known)
}

/// A day or RFC 3339 time.
fn micros(text: &str) -> Option<i64> {
    let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(|day| day.and_hms_opt(0, 0, 0)).map(|at| at.and_utc());
    day.or_else(|| chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc())).map(|at| at.timestamp_micros())
}
