//! The official lists a run screens against: those asked for, else the small starter list inside the program.
//!
//! Must not know how names are compared.

use bonafide_facts::tables::world::ListIdentifier;
use bonafide_facts::{Files, Tables, Trouble, digest};
use bonafide_intake::lists::{ListLimits, ListRead, read_list, read_parts};
use bonafide_resolve::index::entry::{Entry, from_rows};
use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

/// The starter list: dated public facts, so that a first run offline has something to find.
const STARTER: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wordlists/starter_list.csv"));
const STARTER_NAME: &str = "wordlists/starter_list.csv";

/// What the lists hold.
#[derive(Debug, Default)]
pub struct Lists {
    /// For screening.
    pub entries: Vec<Entry>,
    /// The entries that have a wallet, as tables, for tracing. Their rows bear no place: it would be in another run's files.
    pub wallets: Tables,
    /// What went wrong.
    pub troubles: Vec<Trouble>,
    /// Digest of each list, by its id.
    pub digests: BTreeMap<String, String>,
}

/// Reads the lists.
///
/// # Errors
/// When a list cannot be read at all.
pub fn read(paths: &[PathBuf]) -> Result<Lists, Trouble> {
    let (mut files, limits) = (Files::default(), ListLimits::default());
    let mut lists = Lists::default();
    let mut reads = Vec::new();
    for path in paths {
        reads.push((read_list(path, &mut files, &limits)?, digest_of(path)?));
    }
    if paths.is_empty() {
        reads.push((read_parts(&[(STARTER_NAME, STARTER)], &mut files, &limits)?, digest::sha256(STARTER)));
    }
    for (read, sha256) in reads {
        for id in read.entries.iter().filter_map(|entry| entry.list.clone()) {
            lists.digests.entry(id).or_insert_with(|| sha256.clone());
        }
        add_wallets(&read, &mut lists.wallets)?;
        lists.troubles.extend(read.troubles);
        lists.entries.extend(from_rows(read.entries, read.names, read.identifiers, read.programmes, read.dates));
    }
    Ok(lists)
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

/// SHA-256 of a file, or of the names and digests of a folder's files in order.
fn digest_of(path: &PathBuf) -> Result<String, Trouble> {
    let read =
        |path: &PathBuf| std::fs::read(path).map(|bytes| digest::sha256(&bytes)).map_err(|error| crate::cli::cannot("read", path, &error));
    if !path.is_dir() {
        return read(path);
    }
    let entries = std::fs::read_dir(path).map_err(|error| crate::cli::cannot("read", path, &error))?;
    let mut files: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    let mut all = String::new();
    for file in files {
        all += &format!("{} {}\n", file.file_name().unwrap_or_default().to_string_lossy(), read(&file)?);
    }
    Ok(digest::sha256(all.as_bytes()))
}
