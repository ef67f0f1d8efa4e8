//! The stored link index on disk: the rows that came, batch by batch, the index over them, and what became of the clusters.
//!
//! `manifest.json` names every file with its digest and is renamed into place last: a batch that was cut off leaves the store as it was.
//! Must not know how anything is linked.

use bonafide_facts::{Place, Tables, Trouble, digest};
use bonafide_intake::{ReadOptions, Wants};
use bonafide_resolve::link::READS;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Version of the form.
const FORM: u32 = 1;
/// The file that makes a folder a store.
const MANIFEST: &str = "manifest.json";
/// There while somebody writes.
const LOCK: &str = "lock";

/// What the store holds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    form: u32,
    /// Batches added, decisions and retractions among them.
    batches: u32,
    /// Digest of every file, by its path in the store.
    files: BTreeMap<String, String>,
}

/// An opened store; writable ones are held by a lock until they are dropped.
#[derive(Debug)]
pub struct LinkStore {
    folder: PathBuf,
    manifest: Manifest,
    locked: bool,
}

impl Drop for LinkStore {
    fn drop(&mut self) {
        if self.locked {
            let _ = fs::remove_file(self.folder.join(LOCK));
        }
    }
}

/// Whether a folder is a store.
#[must_use]
pub fn is_store(folder: &Path) -> bool {
    folder.join(MANIFEST).is_file()
}

impl LinkStore {
    /// Opens a store to read it.
    ///
    /// # Errors
    /// When there is none, or a file of it is missing or was changed (`torn-index`).
    pub fn read(folder: &Path) -> Result<Self, Trouble> {
        let place = || Some(Place::file(folder.display().to_string()));
        if !is_store(folder) {
            return Err(Trouble::error("no-index", place(), "there is no link index here", "make one: bonafide link FOLDER --index DIR"));
        }
        let torn = |what: String| {
            let mend = "take the folder back from a copy, or build it anew from the case folders";
            Trouble::error("torn-index", place(), format!("this is no whole link index: {what}"), mend)
        };
        let bytes = fs::read(folder.join(MANIFEST)).map_err(|error| crate::cli::cannot("read", folder.join(MANIFEST), &error))?;
        let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|_| torn(format!("{MANIFEST} is no manifest")))?;
        if manifest.form != FORM {
            return Err(torn(format!("it is of form {}, this program writes {FORM}", manifest.form)));
        }
        for (name, sum) in &manifest.files {
            let inside = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
            let bytes = fs::read(folder.join(name)).ok().filter(|_| inside).ok_or_else(|| torn(format!("{name} is missing")))?;
            if digest::sha256(&bytes) != *sum {
                return Err(torn(format!("the checksum of {name} does not fit its bytes")));
            }
        }
        Ok(Self { folder: folder.to_owned(), manifest, locked: false })
    }

    /// Opens a store to add to it, or begins one in a folder that is empty or not there yet.
    ///
    /// # Errors
    /// As [`LinkStore::read`]; when somebody else writes; when the folder holds something else.
    pub fn write(folder: &Path) -> Result<Self, Trouble> {
        crate::cli::make_folder(folder)?;
        let lock = folder.join(LOCK);
        fs::File::create_new(&lock).map_err(|_| {
            let mend = format!("wait for the other one; when there is none (it was cut off), remove {}", lock.display());
            Trouble::error("index-in-use", Some(Place::file(lock.display().to_string())), "somebody is writing this index", mend)
        })?;
        let mut store = Self { folder: folder.to_owned(), manifest: Manifest { form: FORM, ..Manifest::default() }, locked: true };
        if is_store(folder) {
            store.manifest = Self::read(folder)?.manifest.clone();
            store.sweep();
        } else if fs::read_dir(folder)
            .is_ok_and(|entries| entries.flatten().any(|entry| !["lock", "rows", "changes"].iter().any(|own| entry.file_name() == *own)))
        {
            let what = "this folder is no link index, and not empty";
            return Err(Trouble::error("not-an-index", Some(Place::file(folder.display().to_string())), what, "name a new folder"));
        }
        Ok(store)
    }

    /// Removes what a batch that was cut off left behind.
    fn sweep(&self) {
        for folder in ["rows", "changes"] {
            let mut stack = vec![PathBuf::from(folder)];
            while let Some(at) = stack.pop() {
                for entry in fs::read_dir(self.folder.join(&at)).into_iter().flatten().flatten() {
                    let path = at.join(entry.file_name());
                    if entry.path().is_dir() {
                        stack.push(path);
                    } else if !self.manifest.files.contains_key(&named(&path)) {
                        let _ = fs::remove_file(entry.path());
                    }
                }
            }
        }
    }

    /// The number of the batch that is being added.
    #[must_use]
    pub fn batch(&self) -> u32 {
        self.manifest.batches + 1
    }

    /// Whether rows of one of these tables are kept.
    #[must_use]
    pub fn holds(&self, tables: &[&str]) -> bool {
        self.manifest.files.keys().any(|name| tables.iter().any(|table| name.starts_with(&format!("rows/{table}/"))))
    }

    /// The bytes of the index; `None` when nothing was added yet.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn index(&self) -> Result<Option<Vec<u8>>, Trouble> {
        let Some(name) = self.manifest.files.keys().find(|name| name.starts_with("index-")) else { return Ok(None) };
        let path = self.folder.join(name);
        fs::read(&path).map(Some).map_err(|error| crate::cli::cannot("read", &path, &error))
    }

    /// All rows that came, with what the comparison of their documents gives.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn rows(&self) -> Result<Tables, Trouble> {
        let wants = Wants::only(READS.iter().flat_map(|(table, columns)| columns.iter().map(move |column| (*table, *column))));
        let read = bonafide_intake::read_case(&self.folder.join("rows"), &[], &wants, &ReadOptions::default(), &mut |_| {})?;
        let mut tables = read.tables;
        let (matches, troubles) = bonafide_resolve::documents::matches(&tables, &bonafide_resolve::documents::Limits::default());
        troubles.iter().for_each(|trouble| eprintln!("{trouble}"));
        tables.add_rows(&matches)?;
        Ok(tables)
    }

    /// Keeps the rows of a batch; they count once [`LinkStore::commit`] was called.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn keep(&mut self, tables: &Tables) -> Result<(), Trouble> {
        let number = self.batch();
        let scratch = tempfolder(&self.folder, number)?;
        let mut rows = Tables::default();
        rows.files.clone_from(&tables.files);
        for data in tables.iter().filter(|data| data.rows() > 0) {
            rows.add(data.table, data.schema.clone(), data.batches.clone())?;
        }
        for (name, _) in crate::export::write_tables(&rows, &scratch)? {
            let table = name.trim_end_matches(".csv");
            let (from, to) = (scratch.join(&name), PathBuf::from("rows").join(table).join(format!("{number:06}.csv")));
            crate::cli::make_folder(&self.folder.join("rows").join(table))?;
            fs::rename(&from, self.folder.join(&to)).map_err(|error| crate::cli::cannot("write", self.folder.join(&to), &error))?;
            self.note(&to)?;
        }
        fs::remove_dir_all(&scratch).map_err(|error| crate::cli::cannot("remove", &scratch, &error))
    }

    /// Writes index and changes, then the manifest in one step.
    ///
    /// # Errors
    /// When a file cannot be written; the store is then as it was.
    pub fn commit(&mut self, index: &[u8], changes: &str, clusters: &[u8]) -> Result<(), Trouble> {
        let number = self.batch();
        let old: Vec<String> = self.manifest.files.keys().filter(|name| name.starts_with("index-")).cloned().collect();
        old.iter().for_each(|name| {
            self.manifest.files.remove(name);
        });
        crate::cli::make_folder(&self.folder.join("changes"))?;
        for (name, bytes) in [(format!("index-{number:06}.bin"), index), (format!("changes/{number:06}.csv"), changes.as_bytes())] {
            crate::cli::write_file(&self.folder.join(&name), bytes)?;
            self.note(Path::new(&name))?;
        }
        self.manifest.batches = number;
        let text = serde_json::to_string_pretty(&self.manifest).map_err(|error| {
            Trouble::error(
                "json",
                None,
                format!("the manifest cannot be written: {error}"),
                "this is a defect of Bonafide: please report it",
            )
        })?;
        let (fresh, place) = (self.folder.join("manifest.new"), self.folder.join(MANIFEST));
        crate::cli::write_file(&fresh, text.as_bytes())?;
        fs::rename(&fresh, &place).map_err(|error| crate::cli::cannot("write", &place, &error))?;
        for name in old {
            let _ = fs::remove_file(self.folder.join(name));
        }
        crate::cli::write_file(&self.folder.join("clusters.csv"), clusters)
    }

    fn note(&mut self, name: &Path) -> Result<(), Trouble> {
        let path = self.folder.join(name);
        let bytes = fs::read(&path).map_err(|error| crate::cli::cannot("read", &path, &error))?;
        self.manifest.files.insert(named(name), digest::sha256(&bytes));
        Ok(())
    }
}

/// A path as the manifest writes it.
fn named(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn tempfolder(folder: &Path, number: u32) -> Result<PathBuf, Trouble> {
    let scratch = folder.join("changes").join(format!("batch-{number:06}"));
    if scratch.exists() {
        fs::remove_dir_all(&scratch).map_err(|error| crate::cli::cannot("remove", &scratch, &error))?;
    }
    crate::cli::make_folder(&scratch)?;
    Ok(scratch)
}
