//! Headers become a plan: which cells of a record fill which columns of which tables.
//!
//! Must not know formats, or what a value means.

use crate::tally::{NO_COLUMN, Tally, quoted};
use bonafide_facts::tables::is_forbidden_column;
use bonafide_facts::{Column, Table};
use std::collections::BTreeMap;

/// Where the value of one column comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum From {
    /// Nowhere: the column is empty.
    Nothing,
    /// A source column.
    Cell(usize),
    /// A source column that may hold several values: each makes a row.
    Part(usize),
    /// Several source columns, a blank between (first and last name).
    Joined(Vec<usize>),
    /// The same text in every row.
    Constant(String),
    /// This text and the line.
    RowNumber(String),
    /// A source column whose words stand for ours; `*` for any other word, which otherwise stays.
    Worded(usize, BTreeMap<String, String>),
}

/// How records become rows of one table.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    /// Index of the sink.
    pub sink: usize,
    /// One per column of the sink.
    pub cells: Vec<From>,
    /// A record whose cell here is empty makes no row of this table, and that is no trouble.
    pub only_with: Option<usize>,
    /// Whether this row's subject id need not be known yet: it makes the subject.
    pub lead: bool,
    /// A record makes a row only when this cell is one of these words.
    pub only_if: Vec<(usize, Vec<String>)>,
    /// A subject met before makes no second row, and that is no trouble.
    pub once: bool,
}

impl Output {
    /// Every record makes a row.
    pub(crate) fn new(sink: usize, cells: Vec<From>) -> Self {
        Self { sink, cells, only_with: None, lead: false, only_if: Vec::new(), once: false }
    }

    /// The source column of which each value makes a row.
    pub(crate) fn several(&self) -> Option<usize> {
        self.cells.iter().find_map(|from| if let From::Part(source) = from { Some(*source) } else { None })
    }

    /// Whether the source column is needed.
    pub(crate) fn reads(&self, source: usize) -> bool {
        self.only_with == Some(source)
            || self.only_if.iter().any(|(at, _)| *at == source)
            || self.cells.iter().any(|from| match from {
                From::Cell(at) | From::Part(at) | From::Worded(at, _) => *at == source,
                From::Joined(all) => all.contains(&source),
                _ => false,
            })
    }
}

/// A header as it is compared: lower case, blanks, hyphens, points and slashes as `_`, none at the ends or twice.
pub(crate) fn folded(header: &str) -> String {
    let mut out = String::with_capacity(header.len());
    for c in header.trim().trim_start_matches('\u{feff}').chars() {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
    }
    out.truncate(out.trim_end_matches('_').len());
    out
}

/// The values of a cell that may hold several: cut at `;`, `|`, commas and line ends, without a label in brackets behind them.
pub(crate) fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '|', ',', '\n', '\r']).map(unlabelled).filter(|part| !part.is_empty())
}

/// `ann@example.com (personal)` without its label. `(415) 555-0100` and `1-800-555 (123)` stay whole: a label is letters.
fn unlabelled(part: &str) -> &str {
    let part = part.trim();
    let Some((value, label)) = part.strip_suffix(')').and_then(|open| open.rsplit_once('(')) else { return part };
    if !value.trim().is_empty() && label.chars().all(|c| c.is_alphabetic() || c == ' ') { value.trim() } else { part }
}

/// The plan of a file that holds rows of one table. Troubles are told for names from `fresh` on. `renamed` maps a folded header to a column.
#[allow(clippy::too_many_arguments)] // the table and its sink, the headers and where they stand
pub(crate) fn of_table(
    table: &'static Table,
    kept: &[&'static Column],
    sink: usize,
    names: &[String],
    fresh: usize,
    renamed: &dyn Fn(&str) -> Option<String>,
    header_line: u64,
    tally: &mut Tally,
) -> Output {
    let mut cells = vec![From::Nothing; kept.len()];
    let mut taken: Vec<(&str, usize)> = Vec::new();
    for (source, name) in names.iter().enumerate() {
        let is_new = source >= fresh;
        if forbidden(name) {
            if is_new {
                drop_forbidden(name, header_line, source, tally);
            }
            continue;
        }
        let key = folded(name);
        let Some(column) = table.column(&key).or_else(|| renamed(&key).and_then(|column| table.column(&column))) else {
            if is_new && !key.is_empty() {
                unknown_column(table.name, name, header_line, tally);
            }
            continue;
        };
        if let Some((_, first)) = taken.iter().find(|(other, _)| *other == column.name) {
            if is_new {
                let first = names.get(*first).cloned().unwrap_or_default();
                tally.warning("column-twice", header_line, source, || {
                    let what = format!("{} is column `{}` again, after {}: it is not read", quoted(name), column.name, quoted(&first));
                    (what, "leave one of them".to_owned())
                });
            }
            continue;
        }
        taken.push((column.name, source));
        if let Some(at) = kept.iter().position(|other| other.name == column.name) {
            cells[at] = From::Cell(source);
        }
    }
    Output { lead: table.name == "subjects", ..Output::new(sink, cells) }
}

/// Whether a source column is never read. `client_language` is among them.
pub(crate) fn forbidden(name: &str) -> bool {
    is_forbidden_column(name)
}

/// Names a column that was dropped at the door.
pub(crate) fn drop_forbidden(name: &str, line: u64, source: usize, tally: &mut Tally) {
    tally.warning("forbidden-column", line, source, || {
        let what = format!(
            "column {} is dropped: nationality, ethnicity, religion, gender, language and the like are never an input",
            quoted(name)
        );
        (what, "leave the column out of the export".to_owned())
    });
}

fn unknown_column(table: &str, name: &str, line: u64, tally: &mut Tally) {
    tally.listed_note("unknown-column", line, NO_COLUMN, || {
        let what = format!("column {} is not one of `{table}`: it is not read", quoted(name));
        (what, format!("see `bonafide tables {table}`, or name it with --map"))
    });
}
