//! Values that several subjects use, within so many days of each other: devices, addresses, identifiers.
//!
//! Must not know what sharing means. One value's users stand in a list ordered by their latest use; a new use walks that list
//! from the latest back to its own last place, so a pair is found once and a crowd costs little.

use super::{INSTANT, LONG, TEXT, View, fields, instant_at, intern::Interner, long_at, row_list, text_at};
use crate::context::folded;
use bonafide_facts::identifier;
use bonafide_facts::table::ROW_ID;
use datafusion::arrow::array::{BooleanArray, Int64Builder, ListBuilder, RecordBatch, StringViewBuilder, TimestampMicrosecondBuilder};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher as _;
use std::sync::Arc;

/// Most others that are told apart for one subject and value; 256 means "256 or more" (see `subjects` for all).
pub const MOST_OTHERS: usize = 256;
/// Rows kept of one subject's use of a value.
const OWN_ROWS: usize = 8;
/// Rows listed for one finding: the subject's and the others'.
const LISTED_ROWS: usize = 20;
const DAY_MICROS: i64 = 86_400_000_000;
const NOBODY: u32 = u32::MAX;
/// Between kind and value of an identifier.
const BETWEEN: char = '\u{1f}';

/// The columns it returns.
#[must_use]
pub fn schema(with_kind: bool) -> SchemaRef {
    let mut columns = vec![("subject_id", TEXT)];
    if with_kind {
        columns.push(("kind", TEXT));
    }
    columns.extend([
        ("value", TEXT),
        ("others", LONG),
        ("subjects", LONG),
        ("names", LONG),
        ("first_at", INSTANT),
        ("last_at", INSTANT),
        ("row_ids", row_list()),
    ]);
    fields(&columns)
}

/// One subject's use of one value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct User {
    subject: u32,
    first_at: Option<i64>,
    last_at: Option<i64>,
    rows: Vec<i64>,
    /// Name of the holder as written beside the value, folded.
    holder: Option<u32>,
    /// Positions (in the value's list) of others within the window, sorted.
    others: Vec<u32>,
    /// Neighbours in order of latest use.
    earlier: u32,
    later: u32,
}

/// All users of one value.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Value {
    users: Vec<User>,
    latest: u32,
    /// Position by subject; made when there are more than a few.
    #[serde(skip)]
    positions: HashMap<u32, u32>,
}

/// State of the pass. With a window, rows must come in time order, and rows without a time take no part.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shared {
    window_micros: Option<i64>,
    subjects: Interner,
    holders: Interner,
    values: Interner,
    uses: Vec<Value>,
}

impl Shared {
    /// Uses within `window_days` of each other; 0 = whenever.
    #[must_use]
    pub fn new(window_days: u32) -> Self {
        let window_micros = (window_days > 0).then(|| i64::from(window_days).saturating_mul(DAY_MICROS));
        Self { window_micros, subjects: Interner::default(), holders: Interner::default(), values: Interner::default(), uses: Vec::new() }
    }

    /// Takes in rows of a table.
    pub fn push(&mut self, batch: &RecordBatch, column: &str, time: Option<&str>) {
        let view = View(batch);
        let (ids, values, rows) = (view.text("subject_id"), view.text(column), view.long(ROW_ID));
        let times = time.and_then(|time| view.instant(time));
        for row in 0..batch.num_rows() {
            let (Some(id), Some(value)) = (text_at(ids, row), text_at(values, row)) else { continue };
            if !value.trim().is_empty() {
                self.step(id, value, instant_at(times, row), long_at(rows, row), None);
            }
        }
    }

    /// Takes in rows of `identifiers` of these kinds (none = every kind), in canonical form.
    pub fn push_identifiers(&mut self, batch: &RecordBatch, kinds: &[String]) {
        let view = View(batch);
        let (ids, names, values, rows) = (view.text("subject_id"), view.text("kind"), view.text("value"), view.long(ROW_ID));
        let (holders, times) = (view.text("holder_name"), view.instant("valid_from"));
        let mut key = String::new();
        for row in 0..batch.num_rows() {
            let (Some(id), Some(kind), Some(value)) = (text_at(ids, row), text_at(names, row), text_at(values, row)) else { continue };
            let kind = kind.trim();
            if !kinds.is_empty() && !kinds.iter().any(|wanted| wanted.eq_ignore_ascii_case(kind)) {
                continue;
            }
            let kind = kind.to_lowercase();
            let Some(form) = identifier::canonical(&kind, value) else { continue };
            key.clear();
            key.push_str(&[kind.as_str(), form.as_str()].join(&BETWEEN.to_string()));
            let holder = text_at(holders, row).map(folded).filter(|name| !name.is_empty()).map(|name| self.holders.number(&name));
            self.step(id, &key, instant_at(times, row), long_at(rows, row), holder);
        }
    }

    fn step(&mut self, id: &str, value: &str, at: Option<i64>, row: i64, holder: Option<u32>) {
        if self.window_micros.is_some() && at.is_none() {
            return;
        }
        let subject = self.subjects.number(id);
        let value = self.values.number(value) as usize;
        if value == self.uses.len() {
            self.uses.push(Value { latest: NOBODY, ..Value::default() });
        }
        if let Some(uses) = self.uses.get_mut(value) {
            let position = uses.position(subject);
            if let Some(window) = self.window_micros {
                uses.meet(position, at, window);
            }
            uses.record(position, at, row, holder);
        }
    }

    /// One row for each subject and value that others share; `names` by subject.
    ///
    /// # Errors
    /// When Arrow refuses the arrays: a broken invariant.
    pub fn emit(&self, names: &HashMap<String, String>) -> Result<RecordBatch, ArrowError> {
        self.rows(names, false)
    }

    /// The same with the kind apart.
    ///
    /// # Errors
    /// When Arrow refuses the arrays: a broken invariant.
    pub fn emit_identifiers(&self, names: &HashMap<String, String>) -> Result<RecordBatch, ArrowError> {
        self.rows(names, true)
    }

    fn rows(&self, names: &HashMap<String, String>, with_kind: bool) -> Result<RecordBatch, ArrowError> {
        let text = || StringViewBuilder::new().with_deduplicate_strings();
        let (mut ids, mut kinds, mut values) = (text(), text(), text());
        let (mut others, mut subjects, mut distinct) = (Int64Builder::new(), Int64Builder::new(), Int64Builder::new());
        let (mut first, mut last) = (TimestampMicrosecondBuilder::new(), TimestampMicrosecondBuilder::new());
        let mut rows = ListBuilder::new(Int64Builder::new());
        for (number, uses) in (0u32..).zip(&self.uses) {
            // whenever it was used: everybody shares it with everybody, and in a small company all count the same names
            let everybody = self.window_micros.is_none();
            let small = everybody && (2..=MOST_OTHERS).contains(&uses.users.len());
            let together = small.then(|| self.distinct_names(uses.users.iter(), names));
            for (place, user) in (0u32..).zip(&uses.users) {
                let all: Vec<u32>;
                let met = if everybody {
                    all = (0u32..).take(uses.users.len()).filter(|other| *other != place).take(MOST_OTHERS).collect();
                    &all
                } else {
                    &user.others
                };
                if met.is_empty() {
                    continue;
                }
                ids.append_value(self.subjects.text(user.subject));
                let key = self.values.text(number);
                let (kind, value) = if with_kind { key.split_once(BETWEEN).unwrap_or(("", key)) } else { ("", key) };
                kinds.append_value(kind);
                values.append_value(value);
                others.append_value(count(met.len()));
                subjects.append_value(count(uses.users.len()));
                let company = || met.iter().filter_map(|other| uses.users.get(*other as usize)).chain([user]);
                distinct.append_value(together.unwrap_or_else(|| self.distinct_names(company(), names)));
                first.append_option(user.first_at);
                last.append_option(user.last_at);
                rows.values().append_slice(&uses.listed(user, met));
                rows.append(true);
            }
        }
        let mut columns: Vec<datafusion::arrow::array::ArrayRef> = vec![Arc::new(ids.finish())];
        if with_kind {
            columns.push(Arc::new(kinds.finish()));
        }
        columns.extend::<[datafusion::arrow::array::ArrayRef; 7]>([
            Arc::new(values.finish()),
            Arc::new(others.finish()),
            Arc::new(subjects.finish()),
            Arc::new(distinct.finish()),
            Arc::new(first.finish()),
            Arc::new(last.finish()),
            Arc::new(rows.finish()),
        ]);
        RecordBatch::try_new(schema(with_kind), columns)
    }

    /// How many different names these users go by; those without a name are not counted.
    fn distinct_names<'a>(&'a self, users: impl Iterator<Item = &'a User>, names: &'a HashMap<String, String>) -> i64 {
        let name = |user: &User| match user.holder {
            Some(holder) => Some(self.holders.text(holder)),
            None => names.get(self.subjects.text(user.subject)).map(String::as_str),
        };
        count(users.filter_map(name).collect::<HashSet<&str>>().len())
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Value {
    /// Where the subject stands among the users; put at the end when new.
    fn position(&mut self, subject: u32) -> u32 {
        // rows of one subject mostly follow each other
        if self.users.get(self.latest as usize).is_some_and(|user| user.subject == subject) {
            return self.latest;
        }
        if self.users.len() > 8 && self.positions.len() != self.users.len() {
            self.positions = (0u32..).zip(&self.users).map(|(position, user)| (user.subject, position)).collect();
        }
        let known = match self.users.len() {
            0..=8 => (0u32..).zip(&self.users).find(|(_, user)| user.subject == subject).map(|(position, _)| position),
            _ => self.positions.get(&subject).copied(),
        };
        known.unwrap_or_else(|| {
            let position = u32::try_from(self.users.len()).unwrap_or(NOBODY);
            let user = User {
                subject,
                first_at: None,
                last_at: None,
                rows: Vec::new(),
                holder: None,
                others: Vec::new(),
                earlier: NOBODY,
                later: NOBODY,
            };
            self.users.push(user);
            if self.users.len() > 9 {
                self.positions.insert(subject, position);
            }
            position
        })
    }

    /// Pairs the user with all who used the value since the user's own last use, as far back as the window reaches.
    fn meet(&mut self, position: u32, at: Option<i64>, window: i64) {
        let all = self.users.len() - 1;
        let known = |user: &User| user.others.len() >= MOST_OTHERS.min(all);
        if self.users.get(position as usize).is_none_or(known) {
            return;
        }
        let mut next = self.latest;
        while next != NOBODY && next != position {
            let Some(other) = self.users.get_mut(next as usize) else { return };
            if let Some((at, last)) = at.zip(other.last_at)
                && at.saturating_sub(last) > window
            {
                return;
            }
            let earlier = other.earlier;
            other.add(position);
            if let Some(user) = self.users.get_mut(position as usize) {
                user.add(next);
                if user.others.len() >= MOST_OTHERS {
                    return;
                }
            }
            next = earlier;
        }
    }

    /// Notes the use and moves the user to the latest place.
    fn record(&mut self, position: u32, at: Option<i64>, row: i64, holder: Option<u32>) {
        if self.latest != position {
            let (earlier, later) = self.users.get(position as usize).map_or((NOBODY, NOBODY), |user| (user.earlier, user.later));
            if let Some(user) = self.users.get_mut(earlier as usize) {
                user.later = later;
            }
            if let Some(user) = self.users.get_mut(later as usize) {
                user.earlier = earlier;
            }
            if let Some(user) = self.users.get_mut(self.latest as usize) {
                user.later = position;
            }
        }
        let latest = std::mem::replace(&mut self.latest, position);
        let Some(user) = self.users.get_mut(position as usize) else { return };
        if latest != position {
            (user.earlier, user.later) = (latest, NOBODY);
        }
        user.first_at = at.into_iter().chain(user.first_at).min();
        user.last_at = at.into_iter().chain(user.last_at).max();
        user.holder = user.holder.or(holder);
        if user.rows.len() < OWN_ROWS {
            user.rows.push(row);
        }
    }

    /// The user's first rows and one of each other, sorted.
    fn listed(&self, user: &User, met: &[u32]) -> Vec<i64> {
        let others = met.iter().filter_map(|other| self.users.get(*other as usize)?.rows.first());
        let mut rows: Vec<i64> = user.rows.iter().chain(others).copied().take(LISTED_ROWS).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }
}

impl User {
    fn add(&mut self, other: u32) {
        if self.others.len() < MOST_OTHERS
            && let Err(place) = self.others.binary_search(&other)
        {
            self.others.insert(place, other);
        }
    }
}

/// The rows whose value more than one subject uses, whenever (by 64-bit hash: a collision only lets a row too many through).
/// Leaves the pass's answer unchanged and spares it most rows.
#[must_use]
pub fn candidates(batches: &[RecordBatch], column: &str) -> Vec<RecordBatch> {
    const SEVERAL: u64 = u64::MAX;
    let hasher = hashbrown::DefaultHashBuilder::default();
    let mut users: hashbrown::HashMap<u64, u64> = hashbrown::HashMap::new();
    let mut hashes: Vec<Vec<u64>> = Vec::with_capacity(batches.len());
    for batch in batches {
        let view = View(batch);
        let (ids, values) = (view.text("subject_id"), view.text(column));
        let mut own = vec![0; batch.num_rows()];
        let mut last = ("", hasher.hash_one("") >> 1);
        for (row, own) in own.iter_mut().enumerate() {
            let (Some(id), Some(value)) = (text_at(ids, row), text_at(values, row)) else { continue };
            *own = hasher.hash_one(value);
            if last.0 != id {
                last = (id, hasher.hash_one(id) >> 1);
            }
            let id = last.1;
            users
                .entry(*own)
                .and_modify(|user| {
                    if *user != id {
                        *user = SEVERAL
                    }
                })
                .or_insert(id);
        }
        hashes.push(own);
    }
    let keep = |(batch, hashes): (&RecordBatch, &Vec<u64>)| {
        let wanted: BooleanArray = hashes.iter().map(|hash| Some(users.get(hash) == Some(&SEVERAL))).collect();
        if wanted.true_count() == wanted.len() { Some(batch.clone()) } else { filter_record_batch(batch, &wanted).ok() }
    };
    batches.iter().zip(&hashes).filter_map(keep).filter(|batch| batch.num_rows() > 0).collect()
}
