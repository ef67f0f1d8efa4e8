//! Who uses or names which value, from every table that holds such values: one small record each, the value as a hash.
//!
//! Must not know what sharing a value means.

use super::public::Public;
use super::settings::Settings;
use super::values::value_of;
use crate::documents::read::text;
use crate::normal::phone::international;
use arrow_array::cast::AsArray as _;
use arrow_array::types::{Int64Type, TimestampMicrosecondType};
use arrow_array::{Array as _, ArrayRef, RecordBatch};
use bonafide_facts::table::ROW_ID;
use bonafide_facts::{Tables, Trouble};
use rustc_hash::{FxHashMap, FxHashSet};
use sha2::{Digest as _, Sha256};

/// The tables and columns that linking reads, for whoever loads them.
pub const READS: &[(&str, &[&str])] = &[
    ("subjects", &["subject_id", "claimed_country"]),
    ("sign_ins", &["subject_id", "at", "ended_at", "ip", "device_id", "mfa_device_id", "client_timezone", "outcome"]),
    ("meetings", &["subject_id", "at", "ip", "device_id"]),
    ("audit_events", &["subject_id", "at", "device_id"]),
    ("devices", &["device_id", "subject_id", "first_seen", "serial"]),
    ("shipments", &["subject_id", "at", "address"]),
    ("identifiers", &["subject_id", "kind", "value", "source", "valid_from", "valid_to", "verified"]),
    ("verifications", &["subject_id", "value", "result"]),
    ("claims", &["subject_id", "attribute", "value", "valid_from", "valid_to"]),
    ("commits", &["subject_id", "at", "author_email", "committer_email"]),
    ("accounts", &["subject_id", "handle"]),
    ("payments", &["subject_id", "at", "direction", "method", "payer_account", "payee_account"]),
    ("referrals", &["subject_id", "referred_id"]),
    ("reviews", &["client_id", "subject_id", "at"]),
    ("link_decisions", &["left_id", "right_id", "decision", "level", "by", "why"]),
    ("documents", &["subject_id", "kind", "text", "path", "template", "perceptual_hash", "exif_hash"]),
    ("link_retractions", &["subject_id", "kind", "value"]),
    ("face_matches", &["left_id", "right_id", "vendor", "verdict", "score", "at"]),
    ("ip_ranges", &["first", "last", "cidr", "kind"]),
    ("places", &["address", "kind"]),
];

/// How sure it is that the value is the subject's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// A line or a door that belongs to many: joins nobody.
    Public,
    /// Somebody says so, above all the subject.
    Asserted,
    /// A system or a payer saw it in use, or it was verified.
    Held,
}

/// One value of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    /// Hash of kind and canonical value.
    pub key: u64,
    /// Number of the subject.
    pub subject: u32,
    /// Number of the kind.
    pub kind: u8,
    /// How sure.
    pub standing: Standing,
    /// First day of use since 1970, `i32::MIN` when not told.
    pub first: i32,
    /// Last day of use, `i32::MAX` when not told.
    pub last: i32,
    /// Row id.
    pub row: i64,
}

/// Subjects numbered in the order of their keys.
#[derive(Debug, Clone, Default)]
pub struct Subjects {
    /// Sorted, unless some were interned later.
    pub ids: Vec<String>,
    numbers: FxHashMap<String, u32>,
}

impl Subjects {
    /// Everybody a table names as a subject.
    #[must_use]
    pub fn read(tables: &Tables) -> Self {
        let mut ids: FxHashSet<&str> = FxHashSet::default();
        for data in tables.iter().filter(|data| data.table.has_subject()) {
            for batch in &data.batches {
                let column = batch.column_by_name("subject_id");
                ids.extend((0..batch.num_rows()).map(|row| text(column, row)).filter(|id| !id.is_empty()));
            }
        }
        let mut ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
        ids.sort_unstable();
        let numbers = ids.iter().cloned().zip(0..).collect();
        Self { ids, numbers }
    }

    /// The number of a subject.
    #[must_use]
    pub fn number(&self, id: &str) -> Option<u32> {
        self.numbers.get(id).copied()
    }

    /// The number of a subject, given one if it has none yet (the order of keys is then lost).
    pub fn intern(&mut self, id: &str) -> u32 {
        if let Some(number) = self.numbers.get(id) {
            return *number;
        }
        let number = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        self.ids.push(id.to_owned());
        self.numbers.insert(id.to_owned(), number);
        number
    }

    /// The same subjects numbered in the order of their keys, and for each number so far the new one.
    #[must_use]
    pub fn in_order(self) -> (Self, Vec<u32>) {
        let Self { ids, mut numbers } = self;
        let mut ids: Vec<(String, u32)> = ids.into_iter().zip(0..).collect();
        ids.sort_unstable();
        let mut new = vec![0; ids.len()];
        for ((id, old), at) in ids.iter().zip(0..) {
            new[*old as usize] = at;
            if let Some(number) = numbers.get_mut(id) {
                *number = at;
            }
        }
        (Self { ids: ids.into_iter().map(|(id, _)| id).collect(), numbers }, new)
    }

    /// The key of a number.
    #[must_use]
    pub fn id(&self, number: u32) -> &str {
        self.ids.get(number as usize).map_or("", String::as_str)
    }
}

/// A row that names a value.
struct Named<'a> {
    subject: &'a str,
    kind: &'a str,
    value: &'a str,
    standing: Standing,
    first: Option<i64>,
    last: Option<i64>,
    row: i64,
}

/// A hash nobody can aim: SHA-256, cut to 64 bits. Two values that still meet are told apart when they are shown.
fn key(kind: u8, value: &str) -> u64 {
    let mut hasher = Sha256::new();
    hasher.update([kind]);
    hasher.update(value.as_bytes());
    hasher.finalize().iter().take(8).fold(0, |key, byte| (key << 8) | u64::from(*byte))
}

/// The countries that subjects claim: a number written nationally is read by the plan of its subject's. Of several rows the last counts.
pub fn each_country(tables: &Tables, on: &mut dyn FnMut(&str, [u8; 2])) {
    for batch in tables.get("subjects").into_iter().flat_map(|data| &data.batches) {
        let columns = ["subject_id", "claimed_country"].map(|name| batch.column_by_name(name));
        for row in 0..batch.num_rows() {
            let [subject, country] = columns.map(|column| text(column, row));
            if let Ok(country) = <[u8; 2]>::try_from(country.to_ascii_uppercase().as_bytes()) {
                on(subject, country);
            }
        }
    }
}

/// The countries that subjects claim.
pub type Countries = FxHashMap<String, [u8; 2]>;

/// As [`each_country`], as a map.
#[must_use]
pub fn countries(tables: &Tables) -> Countries {
    let mut out = Countries::default();
    each_country(tables, &mut |subject, country| {
        out.insert(subject.to_owned(), country);
    });
    out
}

/// The canonical value of a row: phones by the plan of the country that the subject claims.
fn value_in(named: &Named, country: &dyn Fn(&str) -> Option<[u8; 2]>, settings: &Settings) -> Option<(u8, String)> {
    if named.kind != "phone" {
        return value_of(named.kind, named.value, settings);
    }
    let country = country(named.subject);
    let country = country.as_ref().and_then(|country| std::str::from_utf8(country).ok());
    value_of(named.kind, &international(named.value, country)?, settings)
}

/// A row that names a value, as the stored index wants it: who, what was written, and the use with its standing before any check
/// (`subject` is 0).
pub fn each_use(tables: &Tables, settings: &Settings, country: &dyn Fn(&str) -> Option<[u8; 2]>, on: &mut dyn FnMut(&str, &str, Use)) {
    let public = Public::read(tables, settings);
    each(tables, settings, &mut |named| {
        if let Some((kind, value)) = value_in(&named, country, settings) {
            let (first, last) = (day(named.first, i32::MIN), day(named.last, i32::MAX));
            let of_many = match named.kind {
                "sign_in_ip" => public.line(named.value),
                "address" | "ship_to" => public.door(&value),
                _ => false,
            };
            let standing = if of_many { Standing::Public } else { named.standing };
            on(named.subject, named.value, Use { key: key(kind, &value), subject: 0, kind, standing, first, last, row: named.row });
        }
    });
}

/// Calls `on` for every value in its canonical form: subject, number of the kind, value.
pub fn each_value(tables: &Tables, settings: &Settings, on: &mut dyn FnMut(&str, u8, String)) {
    let countries = countries(tables);
    each(tables, settings, &mut |named| {
        if let Some((kind, value)) = value_in(&named, &|subject| countries.get(subject).copied(), settings) {
            on(named.subject, kind, value);
        }
    });
}

/// The key of one value of a kind as somebody writes it; `None` when it says nothing (a filler, an office's mailbox).
#[must_use]
pub fn key_of(kind: &str, value: &str, settings: &Settings) -> Option<u64> {
    value_of(kind, value, settings).map(|(kind, value)| key(kind, &value))
}

/// Values that a person took back: subject and key.
#[must_use]
pub fn retracted(tables: &Tables, settings: &Settings) -> FxHashSet<(String, u64)> {
    let mut out = FxHashSet::default();
    for batch in tables.get("link_retractions").into_iter().flat_map(|data| &data.batches) {
        let columns = ["subject_id", "kind", "value"].map(|name| batch.column_by_name(name));
        for row in 0..batch.num_rows() {
            let [subject, kind, value] = columns.map(|column| text(column, row));
            out.extend(key_of(kind, value, settings).map(|key| (subject.to_owned(), key)));
        }
    }
    out
}

/// What was written, as verifications name it: a hash.
#[must_use]
pub fn said(value: &str) -> u64 {
    key(u8::MAX, &value.trim().to_lowercase())
}

/// How sure a value is once a check confirmed or denied it.
#[must_use]
pub fn checked(base: Standing, confirmed: Option<bool>) -> Standing {
    match confirmed {
        _ if base == Standing::Public => base,
        Some(true) => Standing::Held,
        Some(false) => Standing::Asserted,
        None => base,
    }
}

/// Reads all values in use, ordered by value, subject and row.
#[must_use]
pub fn read(tables: &Tables, subjects: &Subjects, settings: &Settings, troubles: &mut Vec<Trouble>) -> Vec<Use> {
    let mut verified: FxHashMap<(u32, u64), bool> = FxHashMap::default();
    each_verified(tables, &mut |subject, said, confirmed| {
        if let Some(subject) = subjects.number(subject) {
            let known = verified.entry((subject, said)).or_insert(confirmed);
            *known = *known && confirmed;
        }
    });
    let retracted: FxHashSet<(u32, u64)> =
        retracted(tables, settings).into_iter().filter_map(|(subject, key)| Some((subjects.number(&subject)?, key))).collect();
    let mut uses = Vec::new();
    let mut left_out = 0_u64;
    let countries = countries(tables);
    each_use(tables, settings, &|subject| countries.get(subject).copied(), &mut |subject, written, mut one| {
        let Some(subject) = subjects.number(subject).filter(|subject| retracted.is_empty() || !retracted.contains(&(*subject, one.key)))
        else {
            return;
        };
        if uses.len() >= settings.limits.uses {
            left_out += 1;
            return;
        }
        let confirmed = if verified.is_empty() { None } else { verified.get(&(subject, said(written))).copied() };
        one.standing = checked(one.standing, confirmed);
        one.subject = subject;
        uses.push(one);
    });
    if left_out > 0 {
        let what = format!("more than {} values in use; the rest joins nobody", settings.limits.uses);
        let mut trouble = Trouble::warning("too-many-values", None, what, "split the case folder, or raise the limit");
        trouble.count = left_out;
        troubles.push(trouble);
    }
    uses.sort_unstable_by_key(|one| (one.key, one.subject, one.row));
    uses
}

/// Canonical values behind some rows, to show them.
#[must_use]
pub fn shown(tables: &Tables, settings: &Settings, rows: &FxHashSet<i64>) -> FxHashMap<(u8, i64), String> {
    let mut out = FxHashMap::default();
    let countries = countries(tables);
    each(tables, settings, &mut |named| {
        if rows.contains(&named.row)
            && let Some((kind, value)) = value_in(&named, &|subject| countries.get(subject).copied(), settings)
        {
            out.entry((kind, named.row)).or_insert(value);
        }
    });
    out
}

fn day(micros: Option<i64>, unknown: i32) -> i32 {
    micros.map_or(unknown, |at| i32::try_from(at.div_euclid(86_400_000_000)).unwrap_or(unknown))
}

/// Calls `on` for every value that a check confirmed or denied: subject, hash of what was written, whether confirmed.
pub fn each_verified(tables: &Tables, on: &mut dyn FnMut(&str, u64, bool)) {
    for batch in tables.get("verifications").into_iter().flat_map(|data| &data.batches) {
        let columns = ["subject_id", "value", "result"].map(|name| batch.column_by_name(name));
        for row in 0..batch.num_rows() {
            let [subject, value, result] = columns.map(|column| text(column, row));
            let confirmed = match result {
                "confirmed" => true,
                "denied" | "mismatch" => false,
                _ => continue,
            };
            if !value.trim().is_empty() {
                on(subject, said(value), confirmed);
            }
        }
    }
}

/// Columns of one batch, by name.
pub(super) struct Columns<'a> {
    /// The batch.
    pub(super) batch: &'a RecordBatch,
}

impl<'a> Columns<'a> {
    pub(super) fn text(&self, name: &str) -> impl Fn(usize) -> &'a str + use<'a> {
        let column = self.batch.column_by_name(name);
        move |row| text(column, row)
    }

    pub(super) fn time(&self, name: &str) -> impl Fn(usize) -> Option<i64> + use<'a> {
        let column = self.batch.column_by_name(name).and_then(|column: &ArrayRef| column.as_primitive_opt::<TimestampMicrosecondType>());
        move |row| column.filter(|column| !column.is_null(row)).map(|column| column.value(row))
    }

    pub(super) fn rows(&self) -> impl Fn(usize) -> i64 + use<'a> {
        let column = self.batch.column_by_name(ROW_ID).and_then(|column: &ArrayRef| column.as_primitive_opt::<Int64Type>());
        move |row| column.map_or(0, |column| column.value(row))
    }
}

/// Where values in use stand: table, column, kind, the column of the time. All of them observed.
const OBSERVED: &[(&str, &str, &str, &str)] = &[
    ("sign_ins", "device_id", "device", "at"),
    ("sign_ins", "mfa_device_id", "mfa_device", "at"),
    ("sign_ins", "ip", "sign_in_ip", "at"),
    ("meetings", "device_id", "device", "at"),
    ("meetings", "ip", "sign_in_ip", "at"),
    ("audit_events", "device_id", "device", "at"),
    ("devices", "serial", "device_serial", "first_seen"),
    ("devices", "device_id", "device", "first_seen"),
    ("shipments", "address", "ship_to", "at"),
    ("reviews", "client_id", "rated_by", "at"),
];

/// Calls `on` for every value that any table names, table by table.
fn each<'a>(tables: &'a Tables, settings: &Settings, on: &mut dyn FnMut(Named<'a>)) {
    for (table, column, kind, at) in OBSERVED {
        for batch in tables.get(table).into_iter().flat_map(|data| &data.batches) {
            let columns = Columns { batch };
            let (subject, value, at, id) = (columns.text("subject_id"), columns.text(column), columns.time(at), columns.rows());
            for row in 0..batch.num_rows() {
                let value = value(row);
                if !value.is_empty() {
                    on(Named { subject: subject(row), kind, value, standing: Standing::Held, first: at(row), last: at(row), row: id(row) });
                }
            }
        }
    }
    identifiers(tables, settings, on);
    payments(tables, on);
    for batch in tables.get("claims").into_iter().flat_map(|data| &data.batches) {
        let columns = Columns { batch };
        let (subject, kind, value, id) = (columns.text("subject_id"), columns.text("attribute"), columns.text("value"), columns.rows());
        let (first, last) = (columns.time("valid_from"), columns.time("valid_to"));
        for row in (0..batch.num_rows()).filter(|row| matches!(kind(*row), "email" | "phone" | "address" | "website")) {
            on(Named {
                subject: subject(row),
                kind: kind(row),
                value: value(row),
                standing: Standing::Asserted,
                first: first(row),
                last: last(row),
                row: id(row),
            });
        }
    }
    for batch in tables.get("commits").into_iter().flat_map(|data| &data.batches) {
        let columns = Columns { batch };
        let (subject, at, id) = (columns.text("subject_id"), columns.time("at"), columns.rows());
        for column in ["author_email", "committer_email"] {
            let value = columns.text(column);
            for row in (0..batch.num_rows()).filter(|row| !value(*row).is_empty()) {
                for kind in ["email", "machine_name"] {
                    on(Named {
                        subject: subject(row),
                        kind,
                        value: value(row),
                        standing: Standing::Asserted,
                        first: at(row),
                        last: at(row),
                        row: id(row),
                    });
                }
            }
        }
    }
    for batch in tables.get("accounts").into_iter().flat_map(|data| &data.batches) {
        let columns = Columns { batch };
        let (subject, value, id) = (columns.text("subject_id"), columns.text("handle"), columns.rows());
        for row in (0..batch.num_rows()).filter(|row| !value(*row).is_empty()) {
            for kind in ["handle", "handle_letters"] {
                let (subject, value, row) = (subject(row), value(row), id(row));
                on(Named { subject, kind, value, standing: Standing::Asserted, first: None, last: None, row });
            }
        }
    }
}

fn identifiers<'a>(tables: &'a Tables, settings: &Settings, on: &mut dyn FnMut(Named<'a>)) {
    for batch in tables.get("identifiers").into_iter().flat_map(|data| &data.batches) {
        let columns = Columns { batch };
        let (subject, kind, value, source) =
            (columns.text("subject_id"), columns.text("kind"), columns.text("value"), columns.text("source"));
        let (first, last, id) = (columns.time("valid_from"), columns.time("valid_to"), columns.rows());
        let verified = batch.column_by_name("verified").and_then(|column| column.as_boolean_opt());
        for row in 0..batch.num_rows() {
            let shown = verified.filter(|column| !column.is_null(row)).map(|column| column.value(row));
            let observed = settings.observed_sources.iter().any(|word| word == source(row));
            let standing = if shown.unwrap_or(observed) { Standing::Held } else { Standing::Asserted };
            on(Named {
                subject: subject(row),
                kind: kind(row),
                value: value(row),
                standing,
                first: first(row),
                last: last(row),
                row: id(row),
            });
        }
    }
}

/// Payouts are the subject's own account; who pays, and whom the subject pays, tell of the crew.
fn payments<'a>(tables: &'a Tables, on: &mut dyn FnMut(Named<'a>)) {
    for batch in tables.get("payments").into_iter().flat_map(|data| &data.batches) {
        let columns = Columns { batch };
        let (subject, direction, method) = (columns.text("subject_id"), columns.text("direction"), columns.text("method"));
        let (payer, payee, at, id) = (columns.text("payer_account"), columns.text("payee_account"), columns.time("at"), columns.rows());
        for row in 0..batch.num_rows() {
            let own = match method(row) {
                "bank" => "bank_account",
                "crypto" => "wallet",
                _ => "payment_account",
            };
            let kinds = if direction(row) == "from_subject" {
                [(own, payer(row)), ("pays_to", payee(row))]
            } else {
                [(own, payee(row)), ("payer", payer(row))]
            };
            for (kind, value) in kinds.into_iter().filter(|(_, value)| !value.is_empty()) {
                on(Named { subject: subject(row), kind, value, standing: Standing::Held, first: at(row), last: at(row), row: id(row) });
            }
        }
    }
}
