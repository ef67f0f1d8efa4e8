//! A roster, as an applicant system exports it, becomes subjects, identifiers, claims and documents; headers are matched through `adapters/roster.yml`.
//!
//! Must not know how a file is read. The patterns are data; what was understood is handed back to be shown.

use crate::plan::{From, Output, drop_forbidden, folded, forbidden};
use crate::read::Mapping;
use crate::sink::Sink;
use crate::tally::{NO_COLUMN, Tally, quoted};
use bonafide_facts::text::printable;
use bonafide_facts::{Table, Trouble, table};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

type Headers = BTreeMap<String, Vec<String>>;

/// The patterns of `adapters/roster.yml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Patterns {
    #[allow(dead_code)] // names the file's purpose to its reader
    id: String,
    /// `source` of the claims and identifiers made.
    says: String,
    first_name: Vec<String>,
    last_name: Vec<String>,
    subjects: Headers,
    identifiers: Headers,
    claims: Headers,
    documents: Headers,
    /// Kinds of identifiers of which one cell may hold several.
    several: Vec<String>,
    /// What the words of a header say when no list holds it.
    by_words: Vec<ByWords>,
    /// Words of headers that are about a value.
    not_words: Vec<String>,
}

/// One line of `by_words`: a header that has a word of each set means `is`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ByWords {
    is: String,
    words: Vec<Vec<String>>,
}

static PATTERNS: LazyLock<Result<Patterns, String>> =
    LazyLock::new(|| serde_saphyr::from_str(include_str!("../../../adapters/roster.yml")).map_err(|error| error.to_string()));

/// Tells when the program was built with a broken `adapters/roster.yml`.
pub(crate) fn defect() -> Option<Trouble> {
    let error = PATTERNS.as_ref().err()?;
    Some(Trouble::warning(
        "adapter-broken",
        None,
        format!("adapters/roster.yml: {}", printable(error, 200)),
        "this is a defect of Bonafide: please report it",
    ))
}

/// Where a header goes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Goal {
    Subject(String),
    FirstName,
    LastName,
    /// Table and word (kind or attribute).
    Row(&'static str, String),
}

/// What is known of rosters for one reading.
pub(crate) struct Roster {
    /// Folded header -> our column, from the user.
    maps: Vec<(String, String)>,
    /// A single roster, not `subjects` of a case folder.
    alone: bool,
}

const ROW_TABLES: [&str; 3] = ["identifiers", "claims", "documents"];

impl Roster {
    pub(crate) fn new(maps: &[(String, String)], alone: bool) -> Self {
        Self { maps: maps.iter().map(|(ours, theirs)| (folded(theirs), ours.clone())).collect(), alone }
    }

    /// Whether the header has a place.
    pub(crate) fn knows(&self, header: &str) -> bool {
        self.goal(header).is_some()
    }

    /// Whether these headers are more than the columns of `subjects`.
    pub(crate) fn is_needed(&self, names: &[String]) -> bool {
        let own = |name: &String| table("subjects").is_some_and(|subjects| subjects.column(&folded(name)).is_some());
        self.alone || !names.iter().any(|name| folded(name) == "subject_id") || names.iter().any(|name| !own(name) && self.knows(name))
    }

    fn goal(&self, header: &str) -> Option<Goal> {
        let key = folded(header);
        if let Some((_, ours)) = self.maps.iter().find(|(theirs, _)| *theirs == key) {
            return self.told(ours);
        }
        let unnumbered = key.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('_');
        pattern(&key).or_else(|| pattern(unnumbered)).or_else(|| by_words(&key).filter(|_| self.alone))
    }

    /// What the user's `name`, `subjects.name`, `identifiers.email` or `claims.school` means.
    fn told(&self, ours: &str) -> Option<Goal> {
        let (place, word) = ours.split_once('.').unwrap_or(("", ours));
        if let Some(row_table) = ROW_TABLES.into_iter().find(|table| *table == place) {
            return Some(Goal::Row(row_table, word.to_owned()));
        }
        let word = folded(word);
        let column =
            (place.is_empty() || place == "subjects") && table("subjects").is_some_and(|subjects| subjects.column(&word).is_some());
        if column { Some(Goal::Subject(word)) } else { pattern(&word).filter(|_| place.is_empty()) }
    }
}

fn pattern(key: &str) -> Option<Goal> {
    let patterns = PATTERNS.as_ref().ok()?;
    let has = |headers: &Vec<String>| headers.iter().any(|header| header == key);
    let word = |headers: &Headers| headers.iter().find(|(word, headers)| *word == key || has(headers)).map(|(word, _)| word.clone());
    if has(&patterns.first_name) {
        return Some(Goal::FirstName);
    }
    if has(&patterns.last_name) {
        return Some(Goal::LastName);
    }
    if let Some(column) = word(&patterns.subjects) {
        return Some(Goal::Subject(column));
    }
    [("identifiers", &patterns.identifiers), ("claims", &patterns.claims), ("documents", &patterns.documents)]
        .into_iter()
        .find_map(|(table, headers)| word(headers).map(|word| Goal::Row(table, word)))
}

/// What the words of a folded header say it is.
fn by_words(key: &str) -> Option<Goal> {
    let patterns = PATTERNS.as_ref().ok()?;
    let padded = format!("_{key}_");
    let holds = |word: &String| padded.contains(&format!("_{word}_"));
    if patterns.not_words.iter().any(holds) {
        return None;
    }
    let line = patterns.by_words.iter().find(|line| line.words.iter().all(|set| set.iter().any(holds)))?;
    match line.is.as_str() {
        "first_name" => Some(Goal::FirstName),
        "last_name" => Some(Goal::LastName),
        word => pattern(word),
    }
}

/// Plans a roster: the subject's row first, then one row for each identifier, claim and document a record holds. `sink_of` gives a table's sink.
pub(crate) fn plan(
    roster: &Roster,
    sinks: &mut Vec<Sink>,
    sink_of: &mut dyn FnMut(&mut Vec<Sink>, &'static Table) -> usize,
    names: &[String],
    fresh: usize,
    header_line: u64,
    tally: &mut Tally,
) -> (Vec<Output>, Vec<Mapping>) {
    let goals = goals(roster, names, fresh, header_line, tally);
    let mut mappings = Vec::new();
    let subject_id = goals.iter().find(|(_, goal)| *goal == Goal::Subject("subject_id".to_owned())).map(|(source, _)| *source);
    if subject_id.is_none() && fresh == 0 {
        tally.listed_note("no-subject-id", header_line, NO_COLUMN, || {
            let what = "no column holds the subject's key: rows are called `row-` and their line, such as `row-2`";
            (
                what.to_owned(),
                "name it with --map subject_id=\"Their Header\", so that later runs call the same subject by the same key".to_owned(),
            )
        });
    }
    let key = || subject_id.map_or_else(|| From::RowNumber("row-".to_owned()), From::Cell);
    let mut map = |source: usize, table: &str, column: &str| {
        let header = names.get(source).map(|name| printable(name, 60)).unwrap_or_default();
        mappings.push(Mapping { file: String::new(), table: table.to_owned(), header, column: column.to_owned() });
    };
    let mut outputs = Vec::new();
    if let Some(subjects) = table("subjects") {
        let sink = sink_of(sinks, subjects);
        let filled = fill(sinks, sink, |column| subject_cell(column, &goals, &key));
        outputs.push(Output { lead: true, ..Output::new(sink, filled) });
    }
    for (source, goal) in &goals {
        match goal {
            Goal::Subject(column) => map(*source, "subjects", column),
            Goal::FirstName | Goal::LastName => map(*source, "subjects", "name"),
            Goal::Row(row_table, word) => {
                map(*source, row_table, word);
                let Some(row_table) = table(row_table) else { continue };
                let sink = sink_of(sinks, row_table);
                let several = PATTERNS.as_ref().is_ok_and(|patterns| row_table.name == "identifiers" && patterns.several.contains(word));
                let says = PATTERNS.as_ref().map(|patterns| patterns.says.clone()).unwrap_or_default();
                let filled = fill(sinks, sink, |column| match column {
                    "subject_id" => key(),
                    "kind" | "attribute" => From::Constant(word.clone()),
                    "value" if several => From::Part(*source),
                    "value" | "text" => From::Cell(*source),
                    "source" => From::Constant(says.clone()),
                    "document_id" => From::RowNumber(format!("{word}-row-")),
                    _ => From::Nothing,
                });
                outputs.push(Output { only_with: Some(*source), ..Output::new(sink, filled) });
            }
        }
    }
    (outputs, mappings)
}

fn fill(sinks: &[Sink], sink: usize, from: impl Fn(&str) -> From) -> Vec<From> {
    sinks.get(sink).map(|sink| sink.columns.iter().map(|column| from(column.name)).collect()).unwrap_or_default()
}

fn subject_cell(column: &str, goals: &[(usize, Goal)], key: &dyn Fn() -> From) -> From {
    let of = |wanted: &Goal| goals.iter().find(|(_, goal)| goal == wanted).map(|(source, _)| *source);
    if column == "subject_id" {
        return key();
    }
    if let Some(source) = of(&Goal::Subject(column.to_owned())) {
        return From::Cell(source);
    }
    let parts: Vec<usize> = [of(&Goal::FirstName), of(&Goal::LastName)].into_iter().flatten().collect();
    if column == "name" && !parts.is_empty() { From::Joined(parts) } else { From::Nothing }
}

/// The goal of each source column, a column of `subjects` once; troubles for the rest.
fn goals(roster: &Roster, names: &[String], fresh: usize, line: u64, tally: &mut Tally) -> Vec<(usize, Goal)> {
    let mut goals: Vec<(usize, Goal)> = Vec::new();
    for (source, name) in names.iter().enumerate() {
        let is_new = source >= fresh;
        if forbidden(name) {
            if is_new {
                drop_forbidden(name, line, source, tally);
            }
            continue;
        }
        let goal = roster.goal(name);
        let once = |goal: &Goal| !matches!(goal, Goal::Row(..)) && goals.iter().any(|(_, other)| other == goal);
        match goal {
            Some(goal) if !once(&goal) => goals.push((source, goal)),
            Some(_) if is_new => tally.listed_note("column-twice", line, NO_COLUMN, || {
                let what = format!("column {} means the same as an earlier one: it is not read", quoted(name));
                (what, "nothing, or choose with --map".to_owned())
            }),
            None if is_new && !folded(name).is_empty() => tally.listed_note("unknown-column", line, NO_COLUMN, || {
                (
                    format!("column {} was not understood: it is not read", quoted(name)),
                    "name it with --map, such as --map name=\"Candidate Name\"".to_owned(),
                )
            }),
            _ => {}
        }
    }
    for (theirs, ours) in &roster.maps {
        if fresh == 0 && roster.alone && !names.iter().any(|name| folded(name) == *theirs) {
            tally.warning("map-without-header", line, NO_COLUMN, || {
                (
                    format!("--map {}: no header is {}", printable(ours, 60), quoted(theirs)),
                    "write the header as the file has it".to_owned(),
                )
            });
        }
    }
    goals
}
