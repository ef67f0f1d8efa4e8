//! Runs the records of one file through its plan into the tables: parses cells, refuses rows, counts both.
//!
//! Must not know formats. Every record is either kept or skipped, and a skipped one is named.

use crate::cell::time::{DayOrder, slashed};
use crate::cell::{Bad, Context, Parsed, parse, printed};
use crate::options::ReadLimits;
use crate::plan::{From, Output, parts};
use crate::record::{Cells, Raw, Record, Records};
use crate::sink::Sink;
use crate::tally::{NO_COLUMN, Tally, quoted};
use bonafide_facts::{Column, Files, Kind, RowId, Trouble};
use std::collections::HashMap;

/// The subjects of a run: key -> where it was first given. `None` when the folder has no subjects table.
pub(crate) type Subjects = HashMap<String, RowId>;

/// What the tables of a run share while they are filled.
pub(crate) struct World<'a> {
    /// The tables.
    pub sinks: &'a mut [Sink],
    /// The subjects so far.
    pub subjects: &'a mut Subjects,
    /// Whether rows of other subjects are refused.
    pub check_subjects: bool,
    /// For places of earlier rows.
    pub files: &'a Files,
    /// The limits.
    pub limits: &'a ReadLimits,
}

/// Reads one column again to find whether days or months come first in its slashed dates.
pub(crate) type DayCensus<'a> = dyn Fn(usize) -> Option<DayOrder> + 'a;

/// One file while its records are read.
pub(crate) struct Filler<'a> {
    pub file: u32,
    pub rows: u64,
    pub skipped: u64,
    pub tally: &'a mut Tally,
    pub census: &'a DayCensus<'a>,
    days: HashMap<usize, Option<DayOrder>>,
}

/// Votes of the slashed dates of one column: `None` when they are silent or contradict each other.
pub(crate) fn day_order(records: &mut dyn Records, source: usize) -> Option<DayOrder> {
    let mut tally = Tally::new("", 1);
    let (mut day_first, mut month_first) = (false, false);
    while records.advance(&mut tally) {
        let record = records.record();
        if let Raw::Text(text) = record.cells.get(source)
            && let Some((first, second, _, _)) = slashed(text.trim())
        {
            day_first |= first > 12 && second <= 12;
            month_first |= second > 12 && first <= 12;
        }
    }
    match (day_first, month_first) {
        (true, false) => Some(DayOrder::DayFirst),
        (false, true) => Some(DayOrder::MonthFirst),
        _ => None,
    }
}

impl<'a> Filler<'a> {
    pub(crate) fn new(file: u32, tally: &'a mut Tally, census: &'a DayCensus<'a>) -> Self {
        Self { file, rows: 0, skipped: 0, tally, census, days: HashMap::new() }
    }

    /// Puts one record into the tables.
    pub(crate) fn record(&mut self, record: &Record<'_>, outputs: &[Output], world: &mut World<'_>) -> Result<(), Trouble> {
        let row = RowId::new(self.file, record.line);
        let mut kept = false;
        let mut set_aside = false;
        for output in outputs {
            let text = |source: usize| printed(&record.cells.get(source));
            if output.only_with.is_some_and(|source| text(source).trim().is_empty()) {
                continue;
            }
            if output.only_if.iter().any(|(source, words)| !words.contains(&text(*source))) {
                set_aside = true;
                continue;
            }
            let whole = output.several().map(text);
            let values: Vec<Option<&str>> = whole.as_ref().map_or_else(|| vec![None], |whole| parts(whole).map(Some).collect());
            let mut refused = false;
            for value in values {
                match self.row(record, row, output, value, world)? {
                    Some(entered) => kept |= entered,
                    None => refused = true,
                }
            }
            if refused && output.lead && !output.once {
                break;
            }
        }
        if kept {
            self.rows += 1;
        } else {
            self.skipped += 1;
            if set_aside {
                self.tally.note("other-record", record.line, NO_COLUMN, || {
                    ("records of kinds that no table takes are set aside".to_owned(), "nothing".to_owned())
                });
            }
        }
        Ok(())
    }

    /// Makes one row: whether it entered its table, `None` when the table does not admit it. `value` is the part of a cell that holds several.
    fn row(
        &mut self,
        record: &Record<'_>,
        row: RowId,
        output: &Output,
        value: Option<&str>,
        world: &mut World<'_>,
    ) -> Result<Option<bool>, Trouble> {
        let Some(sink) = world.sinks.get(output.sink) else { return Ok(Some(false)) };
        let columns = sink.columns.clone();
        let table = sink.table.name;
        let Some(cells) = self.cells(record, output, value, &columns, table, world.limits) else { return Ok(Some(false)) };
        if !self.admit(row, record.line, table, &columns, &cells, output, world) {
            return Ok(None);
        }
        let Some(sink) = world.sinks.get_mut(output.sink) else { return Ok(Some(false)) };
        sink.push(row, &cells)?;
        Ok(Some(true))
    }

    /// The typed cells of one row; `None` when a required one is missing or bad.
    fn cells<'r>(
        &mut self,
        record: &'r Record<'_>,
        output: &Output,
        value: Option<&str>,
        columns: &[&'static Column],
        table: &str,
        limits: &ReadLimits,
    ) -> Option<Vec<Parsed<'r>>> {
        let mut cells = Vec::with_capacity(columns.len());
        for (at, column) in columns.iter().enumerate() {
            let (raw, source) = source_cell(&record.cells, output.cells.get(at), value, record.line);
            let limit = if table == "documents" && column.name == "text" { limits.document_bytes } else { limits.cell_bytes };
            let parsed = match &raw {
                Raw::Text(text) if text.len() > limit => Err(too_long(text, limit)),
                Raw::Made(text) if text.len() > limit => Err(too_long(text, limit)),
                _ => self.parse(column, raw, source),
            };
            match parsed {
                Ok(value) => {
                    if column.required && value == Parsed::Null {
                        self.tally.warning("missing-required", record.line, at, || {
                            let what = format!("column `{}` is empty: the row is skipped, `{table}` needs it", column.name);
                            (what, format!("give each row its `{}` ({})", column.name, column.kind.form()))
                        });
                        return None;
                    }
                    self.remark(&value, column, record.line, at);
                    cells.push(value);
                }
                Err(bad) => {
                    let fate = if column.required { "the row is skipped" } else { "the cell is read as empty" };
                    self.tally.warning(bad.code, record.line, at, || {
                        (format!("column `{}`: {}: {fate}", column.name, bad.what), bad.mend.to_owned())
                    });
                    if column.required {
                        return None;
                    }
                    cells.push(Parsed::Null);
                }
            }
        }
        Some(cells)
    }

    fn parse<'r>(&mut self, column: &Column, raw: Raw<'r>, source: usize) -> Result<Parsed<'r>, Bad> {
        let mut context = Context {
            days: self.days.get(&source).copied().flatten(),
            loose_list: column.name == "open_ports",
            trim: column.required || column.name.ends_with("_id"),
        };
        if column.kind == Kind::Time
            && let Raw::Text(text) = &raw
        {
            let text = *text;
            return match parse(column.kind, raw, context) {
                Err(bad) if bad.code == "ambiguous-time" && !self.days.contains_key(&source) => {
                    context.days = (self.census)(source);
                    self.days.insert(source, context.days);
                    parse(column.kind, Raw::Text(text), context)
                }
                other => other,
            };
        }
        parse(column.kind, raw, context)
    }

    /// Notes what was assumed or is odd about a cell that is kept.
    fn remark(&mut self, value: &Parsed<'_>, column: &Column, line: u64, at: usize) {
        match value {
            Parsed::Time(_, true) => self.tally.note("no-offset", line, at, || {
                let what = format!(
                    "column `{}` has times without an offset: they are read as UTC, and local hours cannot be told from them",
                    column.name
                );
                (what, "export times with their offset, such as 2026-01-05T09:00:00+01:00".to_owned())
            }),
            Parsed::Text(text) if is_odd(text) => self.remark_odd(text, column, line, at),
            _ => {}
        }
    }

    fn remark_odd(&mut self, text: &str, column: &Column, line: u64, at: usize) {
        let mut note = |code, what: &str| {
            self.tally.note(code, line, at, || {
                (
                    format!("column `{}` holds {what}: {}", column.name, quoted(text)),
                    "nothing, if it is meant: it is kept as printed and shown harmless".to_owned(),
                )
            });
        };
        if text.contains('\0') {
            note("nul-in-cell", "a NUL character");
        }
        if text.chars().any(|c| c != '\0' && c != '\n' && c != '\r' && c != '\t' && bonafide_facts::text::is_invisible(c)) {
            note("hidden-characters", "control or invisible characters");
        }
        if text.starts_with('=')
            || (text.starts_with(['+', '-', '@']) && text[1..].starts_with(|c: char| c.is_ascii_alphabetic()) && text.contains('('))
        {
            note("formula-in-cell", "a spreadsheet formula");
        }
        let lower = if text.contains('<') { text.to_ascii_lowercase() } else { String::new() };
        if ["<script", "<img", "<iframe", "<svg", "<a ", "</"].iter().any(|tag| lower.contains(tag)) {
            note("html-in-cell", "HTML");
        }
    }

    /// Whether the row may enter its table: known subject, no second of the same subject, no forbidden claim.
    #[allow(clippy::too_many_arguments)] // the row, its place and the world it enters
    fn admit(
        &mut self,
        row: RowId,
        line: u64,
        table: &'static str,
        columns: &[&'static Column],
        cells: &[Parsed<'_>],
        output: &Output,
        world: &mut World<'_>,
    ) -> bool {
        let text = |name: &str| {
            let at = columns.iter().position(|column| column.name == name)?;
            if let Some(Parsed::Text(text)) = cells.get(at) { Some(text.as_ref()) } else { None }
        };
        if table == "claims" && text("attribute").is_some_and(crate::plan::forbidden) {
            let attribute = text("attribute").unwrap_or_default();
            self.tally.warning("forbidden-claim", line, NO_COLUMN, || {
                let what = format!(
                    "a claim of {} is dropped: nationality, ethnicity, religion, gender, language and the like are never an input",
                    quoted(attribute)
                );
                (what, "leave such claims out of the export".to_owned())
            });
            return false;
        }
        let Some(subject) = text("subject_id") else { return true };
        if output.lead {
            if let Some(first) = world.subjects.get(subject) {
                if output.once {
                    return false;
                }
                let first = world.files.place(*first).map(|place| place.to_string()).unwrap_or_default();
                self.tally.warning("duplicate-subject", line, NO_COLUMN, || {
                    let what = format!("subject {} was already given at {first}: this row is skipped", quoted(subject));
                    (what, "keep one row for each subject".to_owned())
                });
                return false;
            }
            world.subjects.insert(subject.to_owned(), row);
            return true;
        }
        let other = if table == "referrals" { text("referred_id") } else { None };
        if !world.check_subjects || world.subjects.contains_key(subject) || other.is_some_and(|other| world.subjects.contains_key(other)) {
            return true;
        }
        self.tally.warning("unknown-subject", line, NO_COLUMN, || {
            (
                format!("subject {} is not in `subjects`: the row is skipped", quoted(subject)),
                "add the subject to `subjects`, or leave the row out".to_owned(),
            )
        });
        false
    }
}

fn source_cell<'r>(cells: &'r Cells<'_>, from: Option<&From>, value: Option<&str>, line: u64) -> (Raw<'r>, usize) {
    match from {
        None | Some(From::Nothing) => (Raw::Null, NO_COLUMN),
        Some(From::Cell(source)) => (cells.get(*source), *source),
        Some(From::Part(source)) => (value.map_or(Raw::Null, |value| Raw::Made(value.to_owned())), *source),
        Some(From::Constant(text)) => (Raw::Made(text.clone()), NO_COLUMN),
        Some(From::RowNumber(text)) => (Raw::Made(format!("{text}{line}")), NO_COLUMN),
        Some(From::Worded(source, words)) => {
            let printed = printed(&cells.get(*source));
            let word = words.get(&printed).or_else(|| words.get("*")).cloned().unwrap_or(printed);
            (if word.is_empty() { Raw::Null } else { Raw::Made(word) }, *source)
        }
        Some(From::Joined(sources)) => {
            let parts: Vec<String> = sources.iter().map(|source| printed(&cells.get(*source)).trim().to_owned()).collect();
            let text = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
            (if text.is_empty() { Raw::Null } else { Raw::Made(text) }, NO_COLUMN)
        }
    }
}

fn too_long(text: &str, limit: usize) -> Bad {
    Bad {
        code: "cell-too-long",
        what: format!("{} bytes where at most {limit} are read", text.len()),
        mend: "cut the cell, or leave it out",
    }
}

/// Quick look: whether the text may hold something to remark on.
fn is_odd(text: &str) -> bool {
    let bytes = text.as_bytes();
    matches!(bytes.first(), Some(b'=' | b'+' | b'-' | b'@'))
        || bytes.iter().fold(false, |odd, byte| odd | (*byte < 0x20) | (*byte >= 0x7f) | (*byte == b'<'))
}
