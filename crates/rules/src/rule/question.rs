//! The question of a rule, its SQL: planned, its result looked at, and what hangs on both (needs, sentence, likeness to what
//! is refused).
//!
//! Must not know how rules run.

use super::reader::Reader;
use crate::plan::{self, Planned};
use crate::refuse;
use crate::template::{self, ParamValue, Piece};
use crate::yaml::Value;
use bonafide_facts::{Origin, table};
use datafusion::arrow::datatypes::DataType;
use std::collections::BTreeMap;

impl Reader<'_> {
    pub(super) async fn sql(&mut self, params: &BTreeMap<String, ParamValue>) -> Option<(u64, String, Planned)> {
        let sql = self.required_text("sql", "one SELECT that returns subject_id and evidence");
        let node = self.root.get("sql")?;
        // a block scalar's content begins on the line below its key
        let block = matches!(&node.value, Value::Scalar { plain: false, text } if text.ends_with('\n'));
        let line = node.line + u64::from(block && node.line == self.line("sql"));
        if sql.is_empty() {
            return None;
        }
        let filled = match template::filled(&sql, |name| params.get(name).map(ParamValue::sql)) {
            Ok(filled) => filled,
            Err(what) => {
                let known = |part: &str| template::filled(part, |name| params.get(name).map(ParamValue::sql)).is_ok();
                let offset = sql.lines().position(|part| !known(part)).unwrap_or(0) as u64;
                self.refuse("undefined-placeholder", line + offset, &format!("has SQL in which {what}"), "add it to `params`");
                return None;
            }
        };
        if let Some(found) = refuse::forbidden_in_sql(&filled) {
            self.refuse(
                "forbidden-column",
                line + found.line - 1,
                &format!("reads `{}`, which is never an input", found.word),
                "nationality, ethnicity, language, religion, gender, looks and origin of a name are not asked for; remove it",
            );
            return None;
        }
        match plan::plan(&filled).await {
            Ok(planned) => {
                self.check_plan(&planned, line);
                Some((line, sql, planned))
            }
            Err(error) => {
                let (offset, what) = told(&error);
                self.refuse(
                    "bad-sql",
                    line + offset,
                    &format!("has SQL that does not plan: {what}"),
                    "see `bonafide tables` for tables and columns, docs/guides/writing-rules.md for functions",
                );
                None
            }
        }
    }

    fn check_plan(&mut self, planned: &Planned, line: u64) {
        if let Some(literal) = refuse::forbidden_literal(&planned.literals) {
            self.refuse("forbidden-column", line, &format!("puts together the word `{literal}`, which is never an input"), "remove it");
        }
        if planned.wants.contains(&("observations", "note")) {
            self.refuse("forbidden-column", line, "reads `observations.note`, free text that no rule reads", "use `observations.code`");
        }
        let schema = planned.logical.schema();
        let kind = |name: &str| schema.fields().iter().find(|field| field.name() == name).map(|field| field.data_type().clone());
        if !kind("subject_id").is_some_and(|kind| matches!(kind, DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8)) {
            self.refuse("no-subject", line, "does not return a text column `subject_id`", "select … AS subject_id");
        }
        if !kind("evidence").is_some_and(|kind| matches!(kind, DataType::Struct(_) | DataType::List(_))) {
            self.refuse("no-evidence", line, "does not return `evidence`", "select evidence(row_id) AS evidence");
        }
        for (name, right) in
            [("first_at", is_time as fn(&DataType) -> bool), ("last_at", is_time), ("bits", DataType::is_numeric), ("one_cause", is_truth)]
        {
            if kind(name).is_some_and(|kind| !right(&kind) && kind != DataType::Null) {
                self.refuse(
                    "bad-column",
                    line,
                    &format!("returns `{name}` of the wrong type"),
                    "first_at and last_at are timestamps, bits is a number, one_cause is true or false",
                );
            }
        }
    }

    pub(super) fn needs(&mut self, planned: &Planned) -> Vec<String> {
        let needs = self.texts("needs");
        if needs.is_empty() {
            self.refuse("missing-key", self.line("needs"), "has no `needs`", "name the tables without which the rule has not looked");
        }
        // a rule over a derived table needs what that table is made from
        let reads_derived = planned.tables.iter().any(|name| table(name).is_some_and(|table| table.origin == Origin::Derived));
        for need in &needs {
            let (name, column) = need.split_once('.').map_or((need.as_str(), None), |(name, column)| (name, Some(column)));
            match table(name) {
                None => self.refuse(
                    "unknown-table",
                    self.line("needs"),
                    &format!("needs the unknown table `{name}`"),
                    format!("the nearest is `{}`", bonafide_facts::nearest_table(name)),
                ),
                Some(table) if column.is_some_and(|column| table.column(column).is_none()) => {
                    self.refuse(
                        "unknown-column",
                        self.line("needs"),
                        &format!("needs the unknown column `{need}`"),
                        "see `bonafide tables`",
                    );
                }
                Some(table) if !planned.tables.contains(table.name) && !reads_derived && name != "ip_ranges" => {
                    self.refuse(
                        "unused-need",
                        self.line("needs"),
                        &format!("needs `{need}` but its SQL does not read that table"),
                        "remove it from `needs` or read it",
                    );
                }
                Some(_) => {}
            }
        }
        needs
    }

    pub(super) fn sentence(&mut self, says: &str, params: &BTreeMap<String, ParamValue>, planned: &Planned) -> Vec<Piece> {
        let line = self.line("says");
        let pieces = match template::pieces(says) {
            Ok(pieces) => pieces,
            Err(what) => {
                self.refuse("undefined-placeholder", line, &format!("has a sentence in which {what}"), "write {{column}} or {{param}}");
                return Vec::new();
            }
        };
        let schema = planned.logical.schema();
        let mut sentence = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Slot(name) => match params.get(&name) {
                    Some(value) => sentence.push(Piece::Text(value.shown())),
                    None if schema.fields().iter().any(|field| *field.name() == name) => sentence.push(Piece::Slot(name)),
                    None => self.refuse(
                        "undefined-placeholder",
                        line,
                        &format!("says {{{{{name}}}}}, which is neither a parameter nor a column of its SQL"),
                        "select it in the SQL or add it to `params`",
                    ),
                },
                text @ Piece::Text(_) => sentence.push(text),
            }
        }
        sentence
    }

    pub(super) fn refused_rows(&mut self, says: &str, sql: &str, planned: &Planned, refused: &[refuse::RefusedRow]) {
        let text = format!("{} | {says} | {sql} | {}", self.id, planned.literals.join(" | "));
        for row in refused {
            if let Some(words) = row.likeness(&text) {
                let what = format!("is like the refused `{}` ({words}): {}", row.id, row.reason);
                self.refuse("refused", self.root.line, &what, "such a rule is not shipped; see `refused:` in pack.yml");
            }
        }
    }
}

fn is_time(kind: &DataType) -> bool {
    matches!(kind, DataType::Timestamp(_, _))
}

fn is_truth(kind: &DataType) -> bool {
    *kind == DataType::Boolean
}

/// Line offset (from 0) and sentence of a planning error.
fn told(error: &datafusion::error::DataFusionError) -> (u64, String) {
    let message = error.strip_backtrace();
    let message = message.split("\n\n").next().unwrap_or(&message).replace('\n', " ");
    let spanned = error.diagnostic().and_then(|diagnostic| diagnostic.span).map(|span| span.start.line);
    let named = message.rsplit_once("at Line: ").and_then(|(_, rest)| rest.split(',').next()?.trim().parse().ok());
    let line = spanned.or(named).unwrap_or(1);
    (line.saturating_sub(1), bonafide_facts::text::printable(&message, 400))
}
