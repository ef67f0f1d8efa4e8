//! Who was where on which day: the sign-ins of one subject on one UTC day that agree in account, address, country and clock zone,
//! as one row. The order of rows does not matter.
//!
//! Must not know which networks are suspicious.

use super::{INSTANT, LONG, TEXT, View, fields, instant_at, intern::Interner, long_at, text_at};
use crate::ip::IpIndex;
use bonafide_facts::table::ROW_ID;
use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringViewArray, TimestampMicrosecondArray, UInt32Array};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Columns of `sign_ins` that are read.
pub const COLUMNS: &[&str] = &["subject_id", "account_id", "at", "outcome", "ip", "country", "client_timezone"];
const DAY_MICROS: i64 = 86_400_000_000;
const NONE: u32 = u32::MAX;

/// The columns it returns.
#[must_use]
pub fn schema() -> SchemaRef {
    fields(&[
        ("subject_id", TEXT),
        ("account_id", TEXT),
        ("day", INSTANT),
        ("ip", TEXT),
        ("kind", TEXT),
        ("country", TEXT),
        ("client_timezone", TEXT),
        ("events", LONG),
        ("first_at", INSTANT),
        ("last_at", INSTANT),
        ("row_id", LONG),
    ])
}

/// What the sign-ins of one visit agree in.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Same {
    day: i64,
    account: u32,
    ip: u32,
    country: u32,
    zone: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Visit {
    same: Same,
    events: i64,
    first_at: i64,
    last_at: i64,
    /// The first row by place.
    row: i64,
}

/// State of the pass.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Visits {
    subjects: Interner,
    accounts: Interner,
    ips: Interner,
    countries: Interner,
    zones: Interner,
    /// Of each subject, by day.
    visits: Vec<Vec<Visit>>,
}

impl Visits {
    /// Takes in rows of `sign_ins`; failed ones and those without a time take no part.
    pub fn push(&mut self, batch: &RecordBatch) {
        let view = View(batch);
        let (ids, times, rows, outcomes) = (view.text("subject_id"), view.instant("at"), view.long(ROW_ID), view.text("outcome"));
        let (accounts, ips) = (view.text("account_id"), view.text("ip"));
        let (countries, zones) = (view.text("country"), view.text("client_timezone"));
        for row in 0..batch.num_rows() {
            let (Some(id), Some(at)) = (text_at(ids, row), instant_at(times, row)) else { continue };
            if text_at(outcomes, row).is_some_and(|outcome| outcome.trim().eq_ignore_ascii_case("failure")) {
                continue;
            }
            let subject = self.subjects.number(id) as usize;
            if subject == self.visits.len() {
                self.visits.push(Vec::new());
            }
            let number = |texts: &mut Interner, text: Option<&str>| text.map_or(NONE, |text| texts.number(text));
            let same = Same {
                day: at.div_euclid(DAY_MICROS),
                account: number(&mut self.accounts, text_at(accounts, row)),
                ip: number(&mut self.ips, text_at(ips, row)),
                country: number(&mut self.countries, text_at(countries, row)),
                zone: number(&mut self.zones, text_at(zones, row)),
            };
            if let Some(visits) = self.visits.get_mut(subject) {
                note(visits, same, at, long_at(rows, row));
            }
        }
    }

    /// The visits so far, by subject, then day; `kinds` says what is known of an address.
    ///
    /// # Errors
    /// When Arrow refuses the arrays: a broken invariant.
    pub fn emit(&self, kinds: &IpIndex) -> Result<RecordBatch, ArrowError> {
        let mut order: Vec<u32> = (0..u32::try_from(self.visits.len()).unwrap_or(NONE)).collect();
        order.sort_unstable_by_key(|subject| self.subjects.text(*subject));
        let of = |subject: &u32| self.visits.get(*subject as usize).map_or(&[][..], Vec::as_slice);
        let visits = || order.iter().flat_map(of);
        let texts =
            |interner: &Interner| (0u32..).take(interner.len()).map(|number| Some(interner.text(number))).collect::<StringViewArray>();
        let column = |interner: &Interner, number: fn(&Same) -> u32| {
            let numbers: UInt32Array = visits().map(|visit| Some(number(&visit.same)).filter(|number| *number != NONE)).collect();
            take(&texts(interner), &numbers, None)
        };
        let subjects: UInt32Array = order.iter().flat_map(|subject| of(subject).iter().map(|_| *subject)).collect();
        let kinds: StringViewArray =
            (0u32..).take(self.ips.len()).map(|number| kinds.find(self.ips.text(number), None, |range| range.kind.as_deref())).collect();
        let ips: UInt32Array = visits().map(|visit| Some(visit.same.ip).filter(|number| *number != NONE)).collect();
        let instants = |at: fn(&Visit) -> i64| Arc::new(visits().map(at).map(Some).collect::<TimestampMicrosecondArray>()) as ArrayRef;
        let longs = |number: fn(&Visit) -> i64| Arc::new(visits().map(number).map(Some).collect::<Int64Array>()) as ArrayRef;
        RecordBatch::try_new(
            schema(),
            vec![
                take(&texts(&self.subjects), &subjects, None)?,
                column(&self.accounts, |same| same.account)?,
                instants(|visit| visit.same.day.saturating_mul(DAY_MICROS)),
                column(&self.ips, |same| same.ip)?,
                take(&kinds, &ips, None)?,
                column(&self.countries, |same| same.country)?,
                column(&self.zones, |same| same.zone)?,
                longs(|visit| visit.events),
                instants(|visit| visit.first_at),
                instants(|visit| visit.last_at),
                longs(|visit| visit.row),
            ],
        )
    }
}

/// Adds a sign-in to the visit it belongs to; visits stay ordered by day.
fn note(visits: &mut Vec<Visit>, same: Same, at: i64, row: i64) {
    let mut place = visits.len();
    while let Some(visit) = place.checked_sub(1).and_then(|before| visits.get_mut(before)).filter(|visit| visit.same.day >= same.day) {
        if visit.same == same {
            visit.events += 1;
            visit.first_at = visit.first_at.min(at);
            visit.last_at = visit.last_at.max(at);
            visit.row = visit.row.min(row);
            return;
        }
        place -= 1;
    }
    let place = visits.partition_point(|visit| visit.same.day <= same.day);
    visits.insert(place, Visit { same, events: 1, first_at: at, last_at: at, row });
}
