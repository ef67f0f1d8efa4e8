//! Snapshots of official lists on disk: `<store>/<list>/<day>_<digest>/` holds the publisher's files as they were; the second of a day is `<day>_2_<digest>`.
//! Nothing is ever overwritten.
//!
//! Must not know what a list says beyond its id, day, digest and number of entries.

use crate::cli::{cannot, make_folder, write_file};
use bonafide_facts::place::Place;
use bonafide_facts::{Files, Trouble};
use bonafide_intake::lists::{ListLimits, ListRead, read_list};
use std::path::{Path, PathBuf};

/// Where snapshots are kept when nothing else is said.
pub const FOLDER: &str = ".bonafide/lists";
/// Share of its entries that a list may lose from one snapshot to the next.
const SHRINKS_AT_MOST: f64 = 0.2;

/// One kept snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// List id.
    pub list: String,
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Which one of its day, from 1: the later kept is the newer.
    pub nth: u32,
    /// First twelve hex digits of the digest.
    pub digest: String,
    /// Its folder.
    pub folder: PathBuf,
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut items: Vec<PathBuf> = std::fs::read_dir(folder).into_iter().flatten().filter_map(|item| item.ok().map(|item| item.path())).collect();
    items.sort();
    items
}

/// All snapshots, by list, then day, then the order they were kept in.
#[must_use]
pub fn snapshots(store: &Path) -> Vec<Snapshot> {
    let mut found = Vec::new();
    for list in sorted(store).into_iter().filter(|path| path.is_dir()) {
        for folder in sorted(&list).into_iter().filter(|path| path.is_dir()) {
            let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if let Some((day, rest)) = name(&folder).split_once('_') {
                let (nth, digest) = rest.split_once('_').and_then(|(nth, digest)| Some((nth.parse().ok()?, digest))).unwrap_or((1, rest));
                found.push(Snapshot { list: name(&list), day: day.to_owned(), nth, digest: digest.to_owned(), folder: folder.clone() });
            }
        }
    }
    found.sort_by(|a, b| (&a.list, &a.day, a.nth, &a.digest).cmp(&(&b.list, &b.day, b.nth, &b.digest)));
    found
}

/// The newest snapshot of each list that is not younger than `as_of` (`YYYY-MM-DD`).
#[must_use]
pub fn newest(store: &Path, as_of: Option<&str>) -> Vec<Snapshot> {
    let mut newest: Vec<Snapshot> = Vec::new();
    for snapshot in snapshots(store).into_iter().filter(|snapshot| as_of.is_none_or(|day| snapshot.day.as_str() <= day)) {
        match newest.last_mut() {
            Some(last) if last.list == snapshot.list => *last = snapshot,
            _ => newest.push(snapshot),
        }
    }
    newest
}

/// Keeps a file or folder of files as a snapshot, unless it must not replace the last one. `told` is the day when the list does not say its own.
///
/// # Errors
/// When the list is ill-formed or empty, shrank by more than a fifth, is older than the last one, or cannot be written: the last good one stays.
pub fn keep(store: &Path, path: &Path, name: Option<&str>, told: &str) -> Result<(Snapshot, ListRead), Trouble> {
    let read = read_list(path, &mut Files::default(), &ListLimits::default())?;
    let list = name.unwrap_or(&read.list).to_owned();
    let refuse = |code: &str, what: String| Trouble::error(code, Some(Place::file(path.display().to_string())), what, "the last good snapshot stays in use; fetch the list again, or look at the publisher's notice");
    if read.entries.is_empty() {
        return Err(refuse("list-empty", "holds no entry".to_owned()));
    }
    if let Some(announced) = read.announced.filter(|announced| *announced > read.entries.len() as u64) {
        return Err(refuse("list-truncated", format!("says it has {announced} entries and holds {}", read.entries.len())));
    }
    let day = read.published.clone().unwrap_or_else(|| told.to_owned());
    let digest: String = read.digest.chars().take(12).collect();
    let last = newest(store, None).into_iter().find(|snapshot| snapshot.list == list);
    let nth = last.as_ref().filter(|last| last.day == day).map_or(1, |last| last.nth + 1);
    let folder = if nth == 1 { format!("{day}_{digest}") } else { format!("{day}_{nth}_{digest}") };
    let folder = store.join(&list).join(folder);
    let snapshot = Snapshot { list, day: day.clone(), nth, digest, folder: folder.clone() };
    if let Some(last) = last {
        if last.digest == snapshot.digest {
            return Ok((last, read));
        }
        if last.day > day {
            return Err(refuse("list-older", format!("is of {day}; the last one is of {}", last.day)));
        }
        let before = read_list(&last.folder, &mut Files::default(), &ListLimits::default()).map(|read| read.entries.len()).unwrap_or(0);
        #[allow(clippy::cast_precision_loss)]
        if (read.entries.len() as f64) < before as f64 * (1.0 - SHRINKS_AT_MOST) {
            return Err(refuse("list-shrank", format!("holds {} entries; the last one held {before}", read.entries.len())));
        }
    }
    copy(path, &folder)?;
    Ok((snapshot, read))
}

fn copy(path: &Path, folder: &Path) -> Result<(), Trouble> {
    make_folder(folder)?;
    let files = if path.is_dir() { sorted(path).into_iter().filter(|path| path.is_file()).collect() } else { vec![path.to_owned()] };
    for file in files {
        let bytes = std::fs::read(&file).map_err(|error| cannot("read", &file, &error))?;
        write_file(&folder.join(file.file_name().unwrap_or_default()), &bytes)?;
    }
    Ok(())
}
