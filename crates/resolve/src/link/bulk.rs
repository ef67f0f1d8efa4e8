//! Strong links and clusters of very many subjects: batches of tables in, a solved [`Linker`] out. Of each row only who uses which value is
//! kept (32 bytes); no batch stays in memory. Batches are read by several threads; their order changes nothing.
//!
//! Must not know where batches come from. Texts, referrals and decisions of people are for [`super::link`]: only shared values are looked at.

use super::edges::{self, Edge, Worth};
use super::settings::{Level, Settings};
use super::uses::{self, Subjects, Use};
use super::{Linker, Solved};
use bonafide_facts::{Tables, Trouble};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Parts that the values are kept in, by the first bits of their hash: each is put in order by itself.
const PARTS: usize = 256;

/// What has been read so far.
#[derive(Debug)]
pub struct Bulk<'a> {
    settings: &'a Settings,
    /// What checks confirmed (true) or denied, by subject and hash of what was written.
    verified: FxHashMap<String, FxHashMap<u64, bool>>,
    /// Countries that subjects claim, which tell how their phones are read.
    countries: FxHashMap<String, [u8; 2]>,
    /// Values that a person took back.
    retracted: FxHashSet<(String, u64)>,
    read: Mutex<Read>,
}

#[derive(Debug)]
struct Read {
    subjects: Subjects,
    parts: Vec<Vec<Use>>,
    uses: usize,
    left_out: u64,
}

/// What stands in the way of joining, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hubs {
    /// Values that more subjects share than their kind allows.
    pub values: u64,
    /// Pairs of neighbours at such values: listed by [`super::link`], only counted here.
    pub pairs: u64,
}

impl<'a> Bulk<'a> {
    /// Nothing read yet. `told` holds what decides how a value is read, all of it: `verifications`, the claimed countries of `subjects`,
    /// `link_retractions`. Tables of public places and lines count for the batch they come with.
    #[must_use]
    pub fn new(settings: &'a Settings, told: &Tables) -> Self {
        let mut verified: FxHashMap<String, FxHashMap<u64, bool>> = FxHashMap::default();
        uses::each_verified(told, &mut |subject, said, confirmed| {
            let known = verified.entry(subject.to_owned()).or_default().entry(said).or_insert(confirmed);
            *known = *known && confirmed;
        });
        let read = Read { subjects: Subjects::default(), parts: vec![Vec::new(); PARTS], uses: 0, left_out: 0 };
        Self { settings, verified, countries: uses::countries(told), retracted: uses::retracted(told, settings), read: Mutex::new(read) }
    }

    /// Takes in batches of any of the tables in [`super::READS`], by so many threads; each asks for the next batch when it is done with one.
    pub fn add_all(&self, batches: impl Iterator<Item = Tables> + Send, threads: usize) {
        let batches = Mutex::new(batches);
        let next = || held(&batches).next();
        std::thread::scope(|scope| {
            for _ in 0..threads.max(1) {
                scope.spawn(|| {
                    while let Some(batch) = next() {
                        self.add(&batch);
                    }
                });
            }
        });
    }

    /// Takes in one batch.
    pub fn add(&self, batch: &Tables) {
        let mut own = Subjects::default();
        let mut last = 0;
        let mut found: Vec<Use> = Vec::new();
        uses::each_use(batch, self.settings, &|subject| self.countries.get(subject).copied(), &mut |subject, written, mut one| {
            if !self.retracted.is_empty() && self.retracted.contains(&(subject.to_owned(), one.key)) {
                return;
            }
            if own.id(last) != subject || own.ids.is_empty() {
                last = own.intern(subject);
            }
            if let Some(known) = self.verified.get(subject).filter(|_| !self.verified.is_empty()) {
                one.standing = uses::checked(one.standing, known.get(&uses::said(written)).copied());
            }
            found.push(Use { subject: last, ..one });
        });
        let mut read = held(&self.read);
        let numbers: Vec<u32> = own.ids.iter().map(|id| read.subjects.intern(id)).collect();
        let room = self.settings.limits.uses.saturating_sub(read.uses);
        read.left_out += found.len().saturating_sub(room) as u64;
        read.uses += found.len().min(room);
        for one in found.into_iter().take(room) {
            let part = &mut read.parts[usize::try_from(one.key >> 56).unwrap_or(0)];
            if part.len() == part.capacity() {
                // A quarter more, not twice as much: all parts grow at about the same time.
                part.reserve_exact(part.len() / 4 + 1024);
            }
            part.push(Use { subject: numbers[one.subject as usize], ..one });
        }
    }

    /// Solves both levels by so many threads.
    #[must_use]
    pub fn solve(self, threads: usize) -> (Linker<'a>, Hubs) {
        let Read { subjects, parts, left_out, .. } = self.read.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut troubles = Vec::new();
        if left_out > 0 {
            let what = format!("more than {} values in use; the rest joins nobody", self.settings.limits.uses);
            let mut trouble = Trouble::warning("too-many-values", None, what, "raise the limit, or split the subjects");
            trouble.count = left_out;
            troubles.push(trouble);
        }
        let (subjects, numbers) = subjects.in_order();
        let (mut edges, hubs) = joined(parts, &numbers, self.settings, threads);
        drop(numbers);
        edges::order(&mut edges);
        let mut linker = Linker {
            settings: self.settings,
            subjects,
            edges,
            values: FxHashMap::default(),
            notes: super::Notes::default(),
            operator: Solved::default(),
            network: Solved::default(),
            apart: [Vec::new(), Vec::new()],
            decisions: Vec::new(),
            troubles,
        };
        linker.operator = linker.solve(Level::Operator, &[]);
        let hands = linker.tree_pairs(&linker.operator);
        linker.network = linker.solve(Level::Network, &hands);
        (linker, hubs)
    }
}

/// The edges of all parts but those of hubs; part by part, so that what has been read goes as the edges come.
fn joined(parts: Vec<Vec<Use>>, numbers: &[u32], settings: &Settings, threads: usize) -> (Vec<Edge>, Hubs) {
    let parts = Mutex::new(parts);
    let all: Mutex<(Vec<Edge>, Hubs)> = Mutex::default();
    let next = || held(&parts).pop();
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                while let Some(mut part) = next() {
                    part.iter_mut().for_each(|one| one.subject = numbers[one.subject as usize]);
                    part.sort_unstable_by_key(|one| (one.key, one.subject, one.row));
                    let mut edges = edges::of_values(&part, settings);
                    drop(part);
                    let hub = |edge: &&Edge| edge.worth == Worth::Hub;
                    let pairs = edges.iter().filter(hub).count() as u64;
                    let values = edges.chunk_by(|a, b| a.key == b.key).filter(|group| group.iter().any(|edge| hub(&edge))).count() as u64;
                    edges.retain(|edge| edge.worth != Worth::Hub);
                    let mut all = held(&all);
                    all.0.append(&mut edges);
                    all.1 = Hubs { values: all.1.values + values, pairs: all.1.pairs + pairs };
                }
            });
        }
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// A lock whatever became of the thread that held it: scoped threads pass their panic on at the end of the scope.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_facts::tables::who::Identifier;
    use proptest::prelude::*;

    fn tables(rows: &[(usize, &str, String)]) -> Tables {
        let row = |(at, (subject, kind, value)): (usize, &(usize, &str, String))| Identifier {
            row_id: i64::try_from(at).unwrap(),
            subject_id: Some(format!("s{subject:06}")),
            kind: Some((*kind).to_owned()),
            value: Some(value.clone()),
            source: Some("payout".to_owned()),
            ..Default::default()
        };
        let mut tables = Tables::default();
        tables.add_rows(&rows.iter().enumerate().map(row).collect::<Vec<_>>()).unwrap();
        tables
    }

    fn groups(linker: &Linker) -> Vec<Vec<Vec<String>>> {
        let named =
            |level| linker.groups(level).0.iter().map(|group| group.members.iter().map(|at| linker.id(*at).to_owned()).collect()).collect();
        [Level::Operator, Level::Network].map(named).into()
    }

    proptest! {
        #[test]
        fn batches_give_what_one_table_gives(
            rows in prop::collection::vec((0..40_usize, 0..4_usize, 0..25_u32), 1..160), cut in 1..50_usize, threads in 1..4_usize
        ) {
            let kinds = ["payment_account", "phone", "pays_to", "device"];
            let rows: Vec<(usize, &str, String)> =
                rows.into_iter().map(|(subject, kind, value)| (subject, kinds[kind], format!("+1415555{:04}", 100 + value))).collect();
            let settings = Settings::default();
            let bulk = Bulk::new(&settings, &Tables::default());
            bulk.add_all(rows.chunks(cut).map(tables), threads);
            prop_assert_eq!(groups(&bulk.solve(threads).0), groups(&Linker::new(&tables(&rows), &settings)));
        }
    }

    /// Subjects who share one phone, one device and one payout account: as many pairs are made as there are subjects, not their square.
    #[test]
    fn a_value_of_everybody_costs_no_more_than_its_rows() {
        const SUBJECTS: usize = 5_000;
        let settings = Settings::default();
        let kinds = ["phone", "device", "payment_account", "address", "email"];
        let values = ["+1 415 555 0132", "dev-1", "PAY-881", "12 Elm Street, Springfield", "all@mail.test"];
        let rows: Vec<(usize, &str, String)> =
            (0..SUBJECTS).flat_map(|at| kinds.into_iter().zip(values).map(move |(kind, value)| (at, kind, value.to_owned()))).collect();
        let all = tables(&rows);
        let linker = Linker::new(&all, &settings);
        assert!(linker.edges.len() < kinds.len() * SUBJECTS, "{} edges", linker.edges.len());
        assert_eq!(linker.groups(Level::Operator), (&[][..], 0));
        let bulk = Bulk::new(&settings, &Tables::default());
        bulk.add(&all);
        let (linker, hubs) = bulk.solve(2);
        assert_eq!((linker.edges.len(), hubs.values), (0, 5));
        assert!(hubs.pairs < (kinds.len() * SUBJECTS) as u64);
    }
}
