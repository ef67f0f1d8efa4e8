//! Sessions and payouts as behaviour joins want them: who, when, from which machine and line, ordered by subject and time.
//!
//! Must not know what is looked for in them.

use crate::documents::read::text;
use crate::link::public::Public;
use crate::link::settings::Settings;
use crate::link::uses::{self, Columns, Subjects};
use crate::link::values::near;
use arrow_array::RecordBatch;
use bonafide_facts::Tables;
use bonafide_facts::identifier::{canonical, is_filler};
use rustc_hash::FxHashMap;

/// No value.
pub const NONE: u32 = u32::MAX;

/// What a session or a payout shows of who sits there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// The machine.
    Device,
    /// The second factor.
    SecondFactor,
    /// The line; lines known to be public are left out.
    Line,
    /// The zone of the machine's clock.
    Clock,
    /// The account that is paid.
    Payout,
}

impl Aspect {
    /// All that a session shows.
    pub const OF_SESSION: [Self; 4] = [Self::Device, Self::SecondFactor, Self::Line, Self::Clock];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::SecondFactor => "second factor",
            Self::Line => "line",
            Self::Clock => "clock zone",
            Self::Payout => "payout account",
        }
    }
}

/// One session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Session {
    /// Number of the subject.
    pub subject: u32,
    /// Start, microseconds since 1970.
    pub at: i64,
    /// End; the start when not told or before it.
    pub end: i64,
    /// Values by [`Aspect::OF_SESSION`], as numbers; [`NONE`] when not told.
    pub values: [u32; 4],
    /// Row id.
    pub row: i64,
}

/// One payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Payout {
    /// Number of the subject.
    pub subject: u32,
    /// When.
    pub at: i64,
    /// The account, as a number.
    pub account: u32,
    /// Row id.
    pub row: i64,
}

/// All sessions and payouts.
#[derive(Debug, Default)]
pub struct Sessions {
    /// Ordered by subject, then time. The same session told twice is once here.
    pub all: Vec<Session>,
    /// Ordered by subject, then time.
    pub payouts: Vec<Payout>,
    /// The values by number.
    pub values: Vec<String>,
}

impl Sessions {
    /// Reads `sign_ins`, `meetings` (machine and line) and payouts to subjects that are known. Failed sign-ins are no sessions.
    pub fn read(tables: &Tables, subjects: &Subjects, settings: &Settings) -> Self {
        let mut out = Self::default();
        let public = Public::read(tables, settings);
        let retracted = uses::retracted(tables, settings);
        let kept = |subject: &str, kinds: &[&str], value: &str| {
            let back = |kind: &&str| uses::key_of(kind, value, settings).is_some_and(|key| retracted.contains(&(subject.to_owned(), key)));
            retracted.is_empty() || !kinds.iter().any(back)
        };
        let mut numbers: FxHashMap<String, u32> = FxHashMap::default();
        for (table, batch) in ["sign_ins", "meetings"].into_iter().flat_map(|name| batches(tables, name)) {
            let columns = Columns { batch };
            let (subject, at, ended, id) = (columns.text("subject_id"), columns.time("at"), columns.time("ended_at"), columns.rows());
            let names = ["device_id", "mfa_device_id", "ip", "client_timezone", "outcome"].map(|name| batch.column_by_name(name));
            for row in 0..batch.num_rows() {
                let (Some(subject), Some(at)) = (subjects.number(subject(row)), at(row)) else { continue };
                let [device, factor, ip, clock, outcome] = names.map(|column| text(column, row));
                if table == "sign_ins" && outcome.eq_ignore_ascii_case("failure") {
                    continue;
                }
                let id_of = subjects.id(subject);
                let line = if public.line(ip) || !kept(id_of, &["sign_in_ip"], ip) { None } else { near(ip) };
                let device = canonical("device", device).filter(|_| kept(id_of, &["device"], device));
                let factor = canonical("mfa_device", factor).filter(|_| kept(id_of, &["mfa_device"], factor));
                let values = [device, factor, line, Some(clock.to_lowercase())]
                    .map(|value| value.filter(|value| value.len() >= 3 && !is_filler(value)));
                let mut kind = 0_u8;
                let values = values.map(|value| {
                    kind += 1;
                    value.map_or(NONE, |value| out.number(&mut numbers, kind, value))
                });
                out.all.push(Session { subject, at, end: ended(row).unwrap_or(at).max(at), values, row: id(row) });
            }
        }
        for (_, batch) in batches(tables, "payments") {
            let columns = Columns { batch };
            let (subject, at, id) = (columns.text("subject_id"), columns.time("at"), columns.rows());
            let names = ["direction", "payee_account"].map(|name| batch.column_by_name(name));
            for row in 0..batch.num_rows() {
                let [direction, account] = names.map(|column| text(column, row));
                let (Some(subject), Some(at), true) = (subjects.number(subject(row)), at(row), direction != "from_subject") else {
                    continue;
                };
                let of_own = kept(subjects.id(subject), &["bank_account", "payment_account", "wallet"], account);
                if let Some(account) = canonical("bank_account", account).filter(|_| of_own) {
                    let account = out.number(&mut numbers, 9, account);
                    out.payouts.push(Payout { subject, at, account, row: id(row) });
                }
            }
        }
        out.order();
        out
    }

    fn order(&mut self) {
        self.all.sort_unstable();
        self.all.dedup_by(|next, kept| (next.subject, next.at, next.end, next.values) == (kept.subject, kept.at, kept.end, kept.values));
        self.payouts.sort_unstable();
        self.payouts.dedup_by(|next, kept| (next.subject, next.at, next.account) == (kept.subject, kept.at, kept.account));
    }

    fn number(&mut self, numbers: &mut FxHashMap<String, u32>, kind: u8, value: String) -> u32 {
        let key = format!("{kind}{value}");
        *numbers.entry(key).or_insert_with(|| {
            self.values.push(value);
            u32::try_from(self.values.len() - 1).unwrap_or(NONE)
        })
    }

    /// Whether there is nothing to look at.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// One subject's sessions at a time.
    pub fn by_subject(&self) -> impl Iterator<Item = &[Session]> {
        self.all.chunk_by(|a, b| a.subject == b.subject)
    }

    /// The sessions of a subject.
    pub fn of(&self, subject: u32) -> &[Session] {
        let from = self.all.partition_point(|one| one.subject < subject);
        let to = self.all.partition_point(|one| one.subject <= subject);
        &self.all[from..to]
    }

    /// Values of one aspect that two to `cap` subjects used, each with its users in order.
    pub fn shared(&self, aspect: Aspect, cap: usize) -> FxHashMap<u32, Vec<u32>> {
        let mut users: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        for (subject, _, value, _) in self.shows(aspect) {
            let users = users.entry(value).or_default();
            if users.last() != Some(&subject) {
                users.push(subject);
            }
        }
        users.retain(|_, users| (2..=cap).contains(&users.len()));
        users
    }

    /// Every showing of an aspect: subject, time, value, row; ordered by subject, then time.
    pub fn shows(&self, aspect: Aspect) -> Box<dyn Iterator<Item = (u32, i64, u32, i64)> + '_> {
        if aspect == Aspect::Payout {
            return Box::new(self.payouts.iter().map(|one| (one.subject, one.at, one.account, one.row)));
        }
        let place = Aspect::OF_SESSION.iter().position(|one| *one == aspect).unwrap_or(0);
        Box::new(self.all.iter().map(move |one| (one.subject, one.at, one.values[place], one.row)).filter(|one| one.2 != NONE))
    }
}

fn batches<'a>(tables: &'a Tables, name: &'static str) -> impl Iterator<Item = (&'static str, &'a RecordBatch)> {
    tables.get(name).into_iter().flat_map(|data| &data.batches).map(move |batch| (name, batch))
}
