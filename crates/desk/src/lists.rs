//! The official lists a run screens against: those asked for, else the small starter list inside the program.
//!
//! Must not know how names are compared.

use bonafide_facts::{Files, Trouble, digest};
use bonafide_intake::lists::{ListLimits, read_list, read_parts};
use bonafide_resolve::index::entry::{Entry, from_rows};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The starter list: dated public facts, so that a first run offline has something to find.
const STARTER: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wordlists/starter_list.csv"));
const STARTER_NAME: &str = "wordlists/starter_list.csv";

/// Entries, troubles and the digest of each list by its id.
type Lists = (Vec<Entry>, Vec<Trouble>, BTreeMap<String, String>);

/// Reads the lists.
///
/// # Errors
/// When a list cannot be read at all.
pub fn read(paths: &[PathBuf]) -> Result<Lists, Trouble> {
    let (mut files, limits) = (Files::default(), ListLimits::default());
    let (mut entries, mut troubles, mut digests) = (Vec::new(), Vec::new(), BTreeMap::new());
    let mut reads = Vec::new();
    for path in paths {
        reads.push((read_list(path, &mut files, &limits)?, digest_of(path)?));
    }
    if paths.is_empty() {
        reads.push((read_parts(&[(STARTER_NAME, STARTER)], &mut files, &limits)?, digest::sha256(STARTER)));
    }
    for (read, sha256) in reads {
        for id in read.entries.iter().filter_map(|entry| entry.list.clone()) {
            digests.entry(id).or_insert_with(|| sha256.clone());
        }
        troubles.extend(read.troubles);
        entries.extend(from_rows(read.entries, read.names, read.identifiers, read.programmes, read.dates));
    }
    Ok((entries, troubles, digests))
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
