//! From the rows a rule's SQL returned to findings: one a subject, with sentence, evidence and a stable id.
//!
//! Must not know how findings are weighed together.

use crate::rule::Rule;
use crate::template::Piece;
use bonafide_facts::text::printable;
use bonafide_facts::{Evidence, Finding, RowId, Weight, digest};
use datafusion::arrow::array::{Array, ArrayRef, AsArray as _, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use std::collections::BTreeMap;

/// Longest value (characters) shown within a sentence.
const MOST_SHOWN: usize = 200;

/// One row of a rule's result.
struct Row {
    bits: f64,
    one_cause: bool,
    says: String,
    rows: Vec<i64>,
    total: u64,
    first_at: Option<i64>,
    last_at: Option<i64>,
}

/// Findings of one rule, by subject.
///
/// # Errors
/// When a column has a type that the engine does not read; the sentence says which.
pub fn read(rule: &Rule, batches: &[RecordBatch], evidence_rows: usize) -> Result<Vec<Finding>, String> {
    let mut by_subject: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for batch in batches {
        rows_of(rule, batch, &mut by_subject)?;
    }
    Ok(by_subject.into_iter().map(|(subject, rows)| finding(rule, subject, rows, evidence_rows)).collect())
}

fn rows_of(rule: &Rule, batch: &RecordBatch, out: &mut BTreeMap<String, Vec<Row>>) -> Result<(), String> {
    let column = |name: &str, kind: &DataType| match batch.column_by_name(name) {
        Some(column) => cast(column, kind).map(Some).map_err(|error| format!("column `{name}`: {error}")),
        None => Ok(None),
    };
    let micros = DataType::Timestamp(TimeUnit::Microsecond, None);
    let subjects = column("subject_id", &DataType::Utf8View)?.ok_or("no subject_id")?;
    let (bits, first, last) = (column("bits", &DataType::Float64)?, column("first_at", &micros)?, column("last_at", &micros)?);
    let one_cause = column("one_cause", &DataType::Boolean)?;
    let evidence = batch.column_by_name("evidence").ok_or("no evidence")?;
    let sentence = Sentence::new(rule, batch)?;
    for (row, subject) in subjects.as_string_view().iter().enumerate() {
        let Some(subject) = subject else { continue };
        let number =
            |column: &Option<ArrayRef>| column.as_ref().filter(|c| c.is_valid(row)).map(|c| c.as_primitive::<Float64Type>().value(row));
        let instant = |column: &Option<ArrayRef>| {
            column.as_ref().filter(|c| c.is_valid(row)).map(|c| c.as_primitive::<TimestampMicrosecondType>().value(row))
        };
        let bits = number(&bits).filter(|bits| bits.is_finite()).unwrap_or(rule.weight.bits).clamp(rule.weight.low, rule.weight.high);
        let (rows, total) = evidence_at(evidence, row);
        out.entry(subject.to_owned()).or_default().push(Row {
            bits,
            one_cause: one_cause.as_ref().is_some_and(|column| column.is_valid(row) && column.as_boolean().value(row)),
            says: sentence.at(row),
            rows,
            total,
            first_at: instant(&first),
            last_at: instant(&last),
        });
    }
    Ok(())
}

fn evidence_at(column: &ArrayRef, row: usize) -> (Vec<i64>, u64) {
    let list = |column: &ArrayRef| {
        let cells = column.as_list_opt::<i32>().filter(|lists| lists.is_valid(row))?.value(row);
        Some(cells.as_primitive_opt::<Int64Type>()?.iter().flatten().collect::<Vec<i64>>())
    };
    if let Some(parts) = column.as_struct_opt() {
        let rows = parts.columns().first().and_then(list).unwrap_or_default();
        let total = parts
            .columns()
            .get(1)
            .and_then(|total| total.as_primitive_opt::<Int64Type>())
            .filter(|total| total.is_valid(row))
            .map_or(0, |total| total.value(row));
        return (rows, u64::try_from(total).unwrap_or(0));
    }
    let mut rows = list(column).unwrap_or_default();
    rows.sort_unstable();
    rows.dedup();
    let total = rows.len() as u64;
    (rows, total)
}

fn finding(rule: &Rule, subject: String, mut rows: Vec<Row>, evidence_rows: usize) -> Finding {
    rows.sort_by(|left, right| {
        let weight = right.bits.total_cmp(&left.bits).then(left.one_cause.cmp(&right.one_cause));
        weight.then_with(|| left.says.cmp(&right.says)).then_with(|| left.rows.cmp(&right.rows))
    });
    let mut says: Vec<&str> = rows.iter().map(|row| row.says.as_str()).collect();
    says.dedup();
    let finding_id = digest::short_id(&[&[rule.id.as_str(), &subject], says.as_slice()].concat());
    let sentence = match says.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
    };
    let mut listed: Vec<i64> = rows.iter().flat_map(|row| row.rows.iter().copied()).collect();
    listed.sort_unstable();
    listed.dedup();
    let unlisted: u64 = rows.iter().map(|row| row.total.saturating_sub(row.rows.len() as u64)).sum();
    let total = listed.len() as u64 + unlisted;
    let bits = rows.first().map_or(rule.weight.bits, |row| row.bits);
    let group = rule.cause.as_ref().filter(|_| rows.first().is_some_and(|row| row.one_cause)).unwrap_or(&rule.group);
    Finding {
        finding_id,
        subject_id: subject,
        rule: rule.id.clone(),
        group: group.clone(),
        weight: Weight { bits, ..rule.weight.clone() },
        says: sentence,
        evidence: Evidence { rows: listed.into_iter().take(evidence_rows).map(RowId).collect(), total },
        first_at: rows.iter().filter_map(|row| row.first_at).min(),
        last_at: rows.iter().filter_map(|row| row.last_at).max(),
        cites: rule.cites.clone(),
        innocent: rule.innocent.clone(),
        clear: rule.clear.clone(),
        exact_listing: rule.exact_listing,
        cap: rule.cap,
        cleared: None,
        shadow: rule.shadow,
    }
}

/// The rule's sentence over one batch.
struct Sentence<'a> {
    parts: Vec<Part<'a>>,
}

enum Part<'a> {
    Text(&'a str),
    Number(ArrayRef),
    Other(ArrayFormatter<'a>),
}

impl<'a> Sentence<'a> {
    fn new(rule: &'a Rule, batch: &'a RecordBatch) -> Result<Self, String> {
        static FORMAT: FormatOptions<'static> =
            FormatOptions::new().with_null("unknown").with_timestamp_format(Some("%Y-%m-%d %H:%M")).with_date_format(Some("%Y-%m-%d"));
        let parts = rule.sentence.iter().map(|piece| match piece {
            Piece::Text(text) => Ok(Part::Text(text)),
            Piece::Slot(name) => {
                let column = batch.column_by_name(name).ok_or_else(|| format!("no column `{name}`"))?;
                if column.data_type().is_floating() || matches!(column.data_type(), DataType::Decimal128(_, _)) {
                    return cast(column, &DataType::Float64).map(Part::Number).map_err(|error| error.to_string());
                }
                let formatter = ArrayFormatter::try_new(column.as_ref(), &FORMAT).map_err(|error| error.to_string())?;
                Ok(Part::Other(formatter))
            }
        });
        Ok(Self { parts: parts.collect::<Result<_, String>>()? })
    }

    fn at(&self, row: usize) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Number(cells) if cells.is_valid(row) => out.push_str(&number(cells.as_primitive::<Float64Type>().value(row))),
                Part::Number(_) => out.push_str("unknown"),
                Part::Other(formatter) => out.push_str(&printable(&formatter.value(row).to_string(), MOST_SHOWN)),
            }
        }
        out
    }
}

/// At most two digits after the point, none that are zero.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_are_short() {
        for (value, text) in [(3.0, "3"), (2.50, "2.5"), (0.126, "0.13"), (1200.0, "1200"), (-0.5, "-0.5")] {
            assert_eq!(super::number(value), text);
        }
    }
}
