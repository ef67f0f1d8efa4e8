//! What is known about subjects: the truth of a simulated world, or a person's dispositions.
//!
//! Must not know what the engine says of them.

use crate::cli::cannot;
use bonafide_facts::text::printable;
use bonafide_facts::{Place, Trouble};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// Letters of a family or level of care that are kept; they reach terminals, pages and tables, so nothing invisible does.
const WORD: usize = 80;

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
    /// How careful it is, as the truth writes it; empty when it does not.
    pub care: String,
    /// Name origin, when the truth file holds it; it becomes a group.
    pub origin: Option<String>,
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
    /// Whether several folders or reports share them.
    pub several: bool,
}

impl Labels {
    /// Whether one file holds the labels of several folders: then a row of nobody is no mistake.
    #[must_use]
    pub fn shared(&self) -> bool {
        self.several && (self.truth.is_some() || self.dispositions.is_some())
    }

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
            None => {
                let folder = if path.is_file() { path.parent().unwrap_or(Path::new("")) } else { path };
                let beside = ["truth.csv", "../truth.csv", "truth.jsonl", "../truth.jsonl"].map(|name| folder.join(name));
                beside.iter().find(|file| file.is_file()).map_or_else(|| Ok(HashMap::new()), |file| truth(file))
            }
        }
    }
}

/// A row of a CSV by header, with its place.
pub type Row = (Place, BTreeMap<String, String>);

/// The largest label file that is read, bytes.
const MAX_BYTES: u64 = 1 << 30;

/// Reads a CSV (or JSON lines, when the name ends so) into rows by header, each with its place.
///
/// # Errors
/// When the file cannot be read, is torn, or lacks one of `needed`.
pub fn rows(path: &Path, needed: &[&str]) -> Result<Vec<Row>, Trouble> {
    let size = std::fs::metadata(path).map_err(|error| cannot("read", path, &error))?.len();
    if size > MAX_BYTES {
        let what = format!("it has {size} bytes; at most {MAX_BYTES} are read");
        return Err(Trouble::error("too-large", Some(Place::file(path.display().to_string())), what, "give a row a subject and no more"));
    }
    let rows =
        if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("jsonl")) { of_lines(path)? } else { of_csv(path, needed)? };
    let lacks = |row: &Row| needed.iter().find(|name| row.1.get(**name).is_none_or(String::is_empty)).copied();
    if let Some((place, name)) = rows.iter().find_map(|row| Some((row.0.clone(), lacks(row)?))) {
        // A disposition may be empty: nobody has decided yet.
        if name == "subject_id" {
            return Err(Trouble::error("no-key", Some(place), "its `subject_id` is empty", "name the subject, or take the row out"));
        }
    }
    Ok(rows)
}

/// JSON lines: one flat object a line.
fn of_lines(path: &Path) -> Result<Vec<Row>, Trouble> {
    let text = std::fs::read_to_string(path).map_err(|error| cannot("read", path, &error))?;
    let mut all = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = Place::line(path.display().to_string(), index as u64 + 1);
        let read: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_str(line);
        let object = read.map_err(|error| {
            Trouble::error("json", Some(place.clone()), printable(&error.to_string(), 160), "write one JSON object a line")
        })?;
        let cell = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => text.trim().to_owned(),
            serde_json::Value::Null => String::new(),
            other => other.to_string(),
        };
        all.push((place, object.into_iter().map(|(name, value)| (name, cell(value))).collect()));
    }
    Ok(all)
}

fn of_csv(path: &Path, needed: &[&str]) -> Result<Vec<Row>, Trouble> {
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

/// What other worlds call our columns.
const ALSO: [(&str, &[&str]); 5] = [
    ("hidden", &["is_attack", "attack", "hides", "label", "truth", "malicious"]),
    ("family", &["story", "archetype", "scenario", "honest_family", "attack_family"]),
    ("since", &["hidden_since", "started_at"]),
    ("crew", &["network", "crew_id"]),
    ("operator", &["operator_id"]),
];

fn truth(path: &Path) -> Result<HashMap<String, Label>, Trouble> {
    let mut known: HashMap<String, Label> = HashMap::new();
    for (place, mut row) in rows(path, &["subject_id"])? {
        for (ours, others) in ALSO {
            if row.get(ours).is_none_or(String::is_empty)
                && let Some(value) = others.iter().find_map(|name| row.get(*name).filter(|value| !value.is_empty())).cloned()
            {
                row.insert(ours.to_owned(), value);
            }
        }
        let cell = |name: &str| row.get(name).cloned().unwrap_or_default();
        let Some(word) = row.get("hidden") else {
            let what = "it has no column `hidden`";
            return Err(Trouble::error("no-column", Some(place), what, "a truth file needs subject_id and hidden (true or false)"));
        };
        let hides = hides(word, place.clone())?;
        let family = match (cell("family"), hides) {
            (family, _) if !family.is_empty() => printable(&family, WORD),
            (_, Some(true)) => "hidden".to_owned(),
            // An honest family left empty is the great majority.
            _ => "ordinary".to_owned(),
        };
        let origin = Some(cell("name_origin")).filter(|origin| !origin.is_empty());
        let label = Label {
            hides,
            family,
            operator: cell("operator"),
            crew: cell("crew"),
            care: printable(&cell("care"), WORD),
            origin,
            since: micros(&cell("since")),
            decided: None,
        };
        let id = cell("subject_id");
        if let Some(before) = known.get(&id)
            && before.hides != label.hides
        {
            let what = format!("`{}` is said to hide something and not to", printable(&id, 60));
            return Err(Trouble::error("truth", Some(place), what, "leave one row a subject"));
        }
        known.insert(id, label);
    }
    Ok(known)
}

/// Whether a word says that somebody hides something; `None` = nobody knows.
fn hides(word: &str, place: Place) -> Result<Option<bool>, Trouble> {
    match word.to_lowercase().as_str() {
        "true" | "1" | "1.0" | "yes" | "y" | "t" | "attack" | "attacker" | "hidden" | "concealed" => Ok(Some(true)),
        "false" | "0" | "0.0" | "no" | "n" | "f" | "honest" | "benign" | "innocent" | "ordinary" | "clean" => Ok(Some(false)),
        "" | "unknown" => Ok(None),
        other => {
            let what = format!("`hidden` is `{}`", printable(other, 40));
            Err(Trouble::error("truth", Some(place), what, "write true or false, or leave it empty when nobody knows"))
        }
    }
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
        let family = if cell("family").is_empty() { "labelled".to_owned() } else { printable(&cell("family"), WORD) };
        let label = Label {
            hides,
            family,
            operator: cell("operator"),
            crew: cell("crew"),
            care: String::new(),
            origin: None,
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
