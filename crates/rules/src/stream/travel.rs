//! Consecutive successful sign-ins of one subject at different places, with distance and speed.
//!
//! Must not know which speed is possible.

use super::{INSTANT, LONG, NUMBER, TEXT, View, fields, instant_at, intern::Interner, long_at, text_at};
use crate::functions::kilometres;
use bonafide_facts::table::ROW_ID;
use datafusion::arrow::array::{
    Array as _, Float64Array, Float64Builder, Int64Builder, RecordBatch, StringViewBuilder, TimestampMicrosecondBuilder,
};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Columns of `sign_ins` that are read.
pub const COLUMNS: &[&str] = &["subject_id", "account_id", "at", "outcome", "country", "latitude", "longitude"];
const HOUR_MICROS: f64 = 3_600_000_000.0;
const NO_COUNTRY: u32 = u32::MAX;

/// The columns it returns.
#[must_use]
pub fn schema() -> SchemaRef {
    fields(&[
        ("subject_id", TEXT),
        ("account_id", TEXT),
        ("from_row", LONG),
        ("to_row", LONG),
        ("from_at", INSTANT),
        ("to_at", INSTANT),
        ("km", NUMBER),
        ("gap_hours", NUMBER),
        ("speed_kmh", NUMBER),
        ("from_country", TEXT),
        ("to_country", TEXT),
    ])
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Seen {
    at: i64,
    row: i64,
    point: Option<(f64, f64)>,
    country: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Move {
    subject: u32,
    account: Option<String>,
    from: Seen,
    to: Seen,
    km: Option<f64>,
}

/// State of the pass: the last place of each subject and the moves not yet taken out. Rows of one subject must come in time
/// order; an earlier one is counted in `late` and left out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Travel {
    min_km: u32,
    subjects: Interner,
    countries: Interner,
    last: Vec<Option<Seen>>,
    moves: Vec<Move>,
    /// Rows that came too late.
    pub late: u64,
}

impl Travel {
    /// Moves of at least `min_km`, or to another country.
    #[must_use]
    pub fn new(min_km: u32) -> Self {
        Self { min_km, subjects: Interner::default(), countries: Interner::default(), last: Vec::new(), moves: Vec::new(), late: 0 }
    }

    /// Takes in rows of `sign_ins`.
    ///
    /// # Errors
    /// Never; the form is that of the other passes.
    pub fn push(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        let view = View(batch);
        let (ids, times, rows) = (view.text("subject_id"), view.instant("at"), view.long(ROW_ID));
        let (outcomes, countries, accounts) = (view.text("outcome"), view.text("country"), view.text("account_id"));
        let (latitudes, longitudes) = (view.number("latitude"), view.number("longitude"));
        for row in 0..batch.num_rows() {
            let (Some(id), Some(at)) = (text_at(ids, row), instant_at(times, row)) else { continue };
            if text_at(outcomes, row).is_some_and(|outcome| !outcome.trim().eq_ignore_ascii_case("success")) {
                continue;
            }
            let point = number_at(latitudes, row).zip(number_at(longitudes, row));
            let country = text_at(countries, row).map_or(NO_COUNTRY, |country| self.countries.number(country));
            if point.is_none() && country == NO_COUNTRY {
                continue;
            }
            let to = Seen { at, row: long_at(rows, row), point, country };
            self.step(id, to, || text_at(accounts, row).map(str::to_owned));
        }
        Ok(())
    }

    fn step(&mut self, id: &str, to: Seen, account: impl FnOnce() -> Option<String>) {
        let subject = self.subjects.number(id);
        if subject as usize == self.last.len() {
            self.last.push(None);
        }
        let Some(last) = self.last.get_mut(subject as usize) else { return };
        let Some(from) = last.replace(to) else { return };
        if to.at < from.at {
            *last = Some(from);
            self.late += 1;
            return;
        }
        let km = match (from.point, to.point) {
            (Some(from), Some(to)) if from == to => Some(0.0),
            (Some(from), Some(to)) => Some(kilometres(from, to)),
            _ => None,
        };
        let abroad = from.country != to.country && from.country != NO_COUNTRY && to.country != NO_COUNTRY;
        if abroad || km.is_some_and(|km| km >= f64::from(self.min_km)) {
            self.moves.push(Move { subject, account: account(), from, to, km });
        }
    }

    /// The moves so far; the state keeps them until it is dropped.
    ///
    /// # Errors
    /// When Arrow refuses the arrays: a broken invariant.
    pub fn emit(&self) -> Result<RecordBatch, ArrowError> {
        let (mut ids, mut accounts) = (StringViewBuilder::new().with_deduplicate_strings(), StringViewBuilder::new());
        let (mut from_rows, mut to_rows) = (Int64Builder::new(), Int64Builder::new());
        let (mut from_at, mut to_at) = (TimestampMicrosecondBuilder::new(), TimestampMicrosecondBuilder::new());
        let (mut kms, mut gaps, mut speeds) = (Float64Builder::new(), Float64Builder::new(), Float64Builder::new());
        let (mut from_countries, mut to_countries) = (StringViewBuilder::new(), StringViewBuilder::new());
        let country = |seen: &Seen| (seen.country != NO_COUNTRY).then(|| self.countries.text(seen.country));
        for step in &self.moves {
            ids.append_value(self.subjects.text(step.subject));
            accounts.append_option(step.account.as_deref());
            from_rows.append_value(step.from.row);
            to_rows.append_value(step.to.row);
            from_at.append_value(step.from.at);
            to_at.append_value(step.to.at);
            #[allow(clippy::cast_precision_loss)]
            let gap = step.to.at.saturating_sub(step.from.at) as f64 / HOUR_MICROS;
            kms.append_option(step.km);
            gaps.append_value(gap);
            // Two places in the same instant: as fast as one second apart, so that the number stays finite.
            speeds.append_option(step.km.map(|km| km / gap.max(1.0 / 3600.0)));
            from_countries.append_option(country(&step.from));
            to_countries.append_option(country(&step.to));
        }
        RecordBatch::try_new(
            schema(),
            vec![
                Arc::new(ids.finish()),
                Arc::new(accounts.finish()),
                Arc::new(from_rows.finish()),
                Arc::new(to_rows.finish()),
                Arc::new(from_at.finish()),
                Arc::new(to_at.finish()),
                Arc::new(kms.finish()),
                Arc::new(gaps.finish()),
                Arc::new(speeds.finish()),
                Arc::new(from_countries.finish()),
                Arc::new(to_countries.finish()),
            ],
        )
    }
}

fn number_at(column: Option<&Float64Array>, row: usize) -> Option<f64> {
    column.filter(|column| column.is_valid(row)).map(|column| column.value(row)).filter(|number| number.is_finite())
}
