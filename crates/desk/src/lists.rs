//! The official lists a run screens against: those asked for, else the newest snapshots, else the small starter list inside the program.
//!
//! Must not know how names are compared.

use crate::cli::lists::store;
use bonafide_facts::tables::world::ListIdentifier;
use bonafide_facts::{Files, Tables, Trouble};
use bonafide_intake::lists::{ListLimits, ListRead, read_list, read_parts};
use bonafide_resolve::index::entry::{Entry, add_places, from_rows};
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// The starter list: dated public facts, so that a first run offline has something to find.
const STARTER: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wordlists/starter_list.csv"));
const STARTER_NAME: &str = "wordlists/starter_list.csv";

/// The lists of a run.
#[derive(Debug, Default)]
pub struct Lists {
    /// All entries.
    pub entries: Vec<Entry>,
    /// The entries that have a wallet, as tables, for tracing. Their rows bear no place: it would be in another run's files.
    pub wallets: Tables,
    /// What went wrong reading them.
    pub troubles: Vec<Trouble>,
    /// SHA-256 of each list by its id.
    pub digests: BTreeMap<String, String>,
    /// Whether only the starter list was at hand.
    pub starter: bool,
}

/// Where to look when no list is named.
#[derive(Debug, Clone, Copy)]
pub enum Otherwise<'a> {
    /// The starter list only.
    Starter,
    /// The newest snapshots in a folder, of `as_of` (`YYYY-MM-DD`) when it is told; the starter list when there are none.
    Snapshots(&'a Path, Option<&'a str>),
}

/// Reads the lists.
///
/// # Errors
/// When a list cannot be read at all, or no snapshot is as old as asked for.
pub fn load(paths: &[PathBuf], otherwise: Otherwise) -> Result<Lists, Trouble> {
    let (mut files, limits) = (Files::default(), ListLimits::default());
    let mut lists = Lists::default();
    let mut folders = paths.to_vec();
    if let (true, Otherwise::Snapshots(store, as_of)) = (paths.is_empty(), otherwise) {
        folders.extend(store::newest(store, as_of).into_iter().map(|snapshot| snapshot.folder));
        if let (true, Some(day)) = (folders.is_empty(), as_of) {
            let mend = "`bonafide lists show` names the snapshots; `bonafide lists add` keeps an older file";
            return Err(Trouble::error("no-snapshot", None, format!("no list was kept on {day} or before"), mend));
        }
    }
    lists.starter = folders.is_empty();
    for path in &folders {
        lists.add(read_list(path, &mut files, &limits)?)?;
    }
    if lists.starter {
        lists.add(read_parts(&[(STARTER_NAME, STARTER)], &mut files, &limits)?)?;
    }
    Ok(lists)
}

/// The entries of one list.
#[must_use]
pub fn entries(read: ListRead) -> Vec<Entry> {
    let mut entries = from_rows(read.entries, read.names, read.identifiers, read.programmes, read.dates);
    add_places(&mut entries, read.addresses);
    entries
}

/// The wallets of a list, with their entries and programmes.
fn add_wallets(read: &ListRead, tables: &mut Tables) -> Result<(), Trouble> {
    let is_wallet = |row: &&ListIdentifier| row.kind.as_deref() == Some("wallet");
    let identifiers: Vec<ListIdentifier> =
        read.identifiers.iter().filter(is_wallet).map(|row| ListIdentifier { row_id: 0, ..row.clone() }).collect();
    if identifiers.is_empty() {
        return Ok(());
    }
    let ids: HashSet<&str> = identifiers.iter().filter_map(|row| row.entry_id.as_deref()).collect();
    let held = |id: Option<&String>| id.is_some_and(|id| ids.contains(id.as_str()));
    let entries: Vec<_> = read.entries.iter().filter(|row| held(row.entry_id.as_ref())).cloned().collect();
    let programmes: Vec<_> = read.programmes.iter().filter(|row| held(row.entry_id.as_ref())).cloned().collect();
    tables.add_rows(&entries)?;
    tables.add_rows(&programmes)?;
    tables.add_rows(&identifiers)
}

impl Lists {
    fn add(&mut self, mut read: ListRead) -> Result<(), Trouble> {
        for id in read.entries.iter().filter_map(|entry| entry.list.as_ref()) {
            if !self.digests.contains_key(id) {
                self.digests.insert(id.clone(), read.digest.clone());
            }
        }
        add_wallets(&read, &mut self.wallets)?;
        self.troubles.append(&mut read.troubles);
        self.entries.append(&mut entries(read));
        Ok(())
    }

    /// Leaves out entries that were off their list on a day (`YYYY-MM-DD`), and with `told` also those that were not yet on it: without a day that the user
    /// told, a newer listing is news and no mistake. What is left out is said.
    pub fn on(&mut self, day: &str, told: bool) {
        let before = self.entries.len();
        let gone = |entry: &Entry| entry.listed_to.as_deref().is_some_and(|to| to <= day);
        self.entries.retain(|entry| if told { entry.holds_on(day) } else { !gone(entry) });
        let left_out = before - self.entries.len();
        if left_out > 0 {
            let what =
                format!("{left_out} entries were {} on {day} and are left out", if told { "not listed" } else { "no longer listed" });
            self.troubles.push(Trouble::note("list-days", None, what, "--as-of another day screens against the lists of that day"));
        }
    }
}
