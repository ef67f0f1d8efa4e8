//! A ledger on disk: for each chain and asset a row of parts that are only ever added to, and a checkpoint of the balances
//! after them, so that a day's transfers are added without reading the years before.
//!
//! Every file's size and SHA-256 stand in the manifest, which ends with its own: a torn or altered part is refused by name, a
//! damaged checkpoint is counted again from the parts, and neither is ever used. Files are read with plain buffered reads
//! (mapping memory would need code that the compiler cannot check). Must not know labels, methods or formats of others.

mod lanes;
mod manifest;
mod part;

use crate::flow::settle;
use crate::ledger::{Builder, Ledger};
use crate::segment::Segment;
use bonafide_facts::{Files, Place, Trouble};
pub use lanes::Counted;
pub use manifest::MANIFEST;
use manifest::{Listed, Manifest, SegmentLines};
use part::{Reader, Writer};
use std::path::{Path, PathBuf};

/// What an addition did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Added {
    /// Transfers added.
    pub transfers: u64,
    /// Segments that got a part of their own.
    pub appended: usize,
    /// Segments that were written anew, because the new transfers do not all lie behind the old ones.
    pub rewritten: usize,
}

/// A ledger on disk, opened for additions: its manifest and addresses are read, its transfers are not.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    manifest: Manifest,
}

/// Whether a folder holds a ledger.
#[must_use]
pub fn is_ledger(folder: &Path) -> bool {
    folder.join(MANIFEST).is_file()
}

impl Store {
    /// Opens a ledger, or begins one in an empty or absent folder.
    ///
    /// # Errors
    /// When the manifest is torn or altered, or the folder cannot be used.
    pub fn open(folder: &Path) -> Result<Self, Trouble> {
        let manifest = if is_ledger(folder) {
            Manifest::read(folder)?
        } else {
            std::fs::create_dir_all(folder).map_err(|error| broken(folder, &error))?;
            Manifest::default()
        };
        Ok(Self { folder: folder.to_owned(), manifest })
    }

    /// The files that the transfers' rows are from, by number: additions go on numbering from here.
    #[must_use]
    pub fn files(&self) -> Files {
        let mut files = Files::default();
        self.manifest.files.iter().for_each(|name| {
            files.add(name.clone());
        });
        files
    }

    /// A builder that knows the addresses there are.
    ///
    /// # Errors
    /// When a part is torn or altered.
    pub fn builder(&self) -> Result<Builder, Trouble> {
        let mut known = Vec::new();
        for lines in &self.manifest.segments {
            let mut segment = lines.empty();
            for part in &lines.parts {
                Reader::open(&self.folder, part)?.addresses_into(&mut segment)?;
            }
            known.push((segment, lines.total));
        }
        Ok(Builder::beside(known))
    }

    /// Adds what a [`Self::builder`] took. Nothing on disk changes until the new manifest takes the old one's place.
    ///
    /// # Errors
    /// When a file cannot be written, or a part that must be read again is torn or altered.
    pub fn add(&mut self, fresh: Ledger, files: &Files) -> Result<(Added, Vec<Trouble>), Trouble> {
        let mut added = Added::default();
        let mut troubles = fresh.troubles(files);
        let mut gone = Vec::new();
        self.manifest.generation += 1;
        for segment in fresh.segments {
            let place = self.manifest.segments.iter().position(|lines| lines.chain == segment.chain && lines.asset == segment.asset);
            added.transfers += segment.len() as u64;
            let behind = place.is_none_or(|place| segment.at.first().is_some_and(|first| *first > self.manifest.segments[place].last_at));
            if behind {
                added.appended += 1;
                self.append(place, &segment, &mut troubles)?;
                continue;
            }
            added.rewritten += 1;
            let Some(place) = place else { continue };
            let old = self.load_segment(&self.manifest.segments[place])?;
            let before = old.len();
            let merged = merged(old, &segment);
            added.transfers -= (before + segment.len() - merged.segments.iter().map(Segment::len).sum::<usize>()) as u64;
            troubles.extend(merged.troubles(files));
            let lines = &mut self.manifest.segments[place];
            gone.extend(lines.parts.drain(..).chain(lines.checkpoint.take()).chain(lines.lanes.take()));
            (lines.transfers, lines.addresses, lines.total) = (0, 0, 0);
            for segment in &merged.segments {
                self.append(Some(place), segment, &mut troubles)?;
            }
        }
        self.manifest.files = files.names().to_vec();
        self.manifest.write(&self.folder)?;
        self.remove(gone);
        Ok((added, troubles))
    }

    fn remove(&self, gone: Vec<Listed>) {
        for listed in gone {
            // What is not in the manifest is never read: a file left behind costs room only.
            let _ = std::fs::remove_file(self.folder.join(listed.name));
        }
    }

    /// Writes a part and the checkpoint after it.
    fn append(&mut self, place: Option<usize>, segment: &Segment, troubles: &mut Vec<Trouble>) -> Result<(), Trouble> {
        let place = place.unwrap_or_else(|| {
            self.manifest.segments.push(SegmentLines {
                chain: segment.chain.clone(),
                asset: segment.asset.clone(),
                ..SegmentLines::default()
            });
            self.manifest.segments.len() - 1
        });
        let generation = self.manifest.generation;
        let mut balances = self.balances(&self.manifest.segments[place], troubles)?;
        balances.resize(segment.address_count(), 0);
        settle(segment, segment.len(), &mut balances);
        let lines = &mut self.manifest.segments[place];
        let stem = format!("{place:04}-{generation:06}");
        let part = Writer::create(&self.folder, &format!("{stem}.part"))?.part(segment, lines.addresses)?;
        lines.parts.push(part);
        if let Some(old) = lines.checkpoint.replace(Writer::create(&self.folder, &format!("{stem}.balances"))?.balances(&balances)?) {
            let _ = std::fs::remove_file(self.folder.join(old.name));
        }
        lines.transfers += segment.len() as u64;
        lines.addresses = segment.address_count();
        lines.total += segment.amount.iter().sum::<u128>();
        lines.last_at = segment.at.last().copied().unwrap_or(lines.last_at);
        Ok(())
    }

    /// The balances after all parts: from the checkpoint, or counted again when that is damaged.
    fn balances(&self, lines: &SegmentLines, troubles: &mut Vec<Trouble>) -> Result<Vec<u128>, Trouble> {
        let Some(checkpoint) = &lines.checkpoint else { return Ok(Vec::new()) };
        match Reader::open(&self.folder, checkpoint).and_then(|reader| reader.balances(lines.addresses)) {
            Ok(balances) => Ok(balances),
            Err(trouble) => {
                let what = format!("{}: the balances were counted again from the parts", trouble.what);
                troubles.push(Trouble::note("checkpoint-rebuilt", trouble.place, what, "nothing; look at the disk if it happens again"));
                let segment = self.load_segment(lines)?;
                let mut balances = vec![0; segment.address_count()];
                settle(&segment, segment.len(), &mut balances);
                Ok(balances)
            }
        }
    }

    fn load_segment(&self, lines: &SegmentLines) -> Result<Segment, Trouble> {
        let mut segment = lines.empty();
        for part in &lines.parts {
            Reader::open(&self.folder, part)?.all_into(&mut segment)?;
        }
        let whole = segment.len() as u64 == lines.transfers && segment.address_count() == lines.addresses && segment.at.is_sorted();
        if !whole {
            return Err(damaged(&self.folder.join(MANIFEST), "the parts do not hold what the manifest says"));
        }
        Ok(segment)
    }
}

/// Reads a whole ledger, every byte checked.
///
/// # Errors
/// When any part is torn, altered or missing: nothing of it is used.
pub fn load(folder: &Path) -> Result<(Ledger, Files), Trouble> {
    let store = Store { folder: folder.to_owned(), manifest: Manifest::read(folder)? };
    let mut ledger = Ledger::default();
    for lines in &store.manifest.segments {
        ledger.segments.push(store.load_segment(lines)?);
    }
    ledger.segments.sort_by(|left, right| (&left.chain, &left.asset).cmp(&(&right.chain, &right.asset)));
    Ok((ledger, store.files()))
}

/// The balances kept for a segment, by address id, in 10^-18.
///
/// # Errors
/// When the ledger or the checkpoint is damaged.
pub fn balances(folder: &Path, chain: &str, asset: &str) -> Result<Vec<u128>, Trouble> {
    let manifest = Manifest::read(folder)?;
    let lines = manifest.segments.iter().find(|lines| lines.chain == chain && lines.asset == asset);
    let Some((lines, checkpoint)) = lines.and_then(|lines| Some((lines, lines.checkpoint.as_ref()?))) else { return Ok(Vec::new()) };
    Reader::open(folder, checkpoint)?.balances(lines.addresses)
}

/// Old and new transfers of one segment in one order.
fn merged(old: Segment, fresh: &Segment) -> Ledger {
    let mut builder = Builder::onto(Ledger { segments: vec![old], ..Ledger::default() });
    builder.take_segment(fresh);
    builder.finish()
}

fn broken(path: &Path, error: &std::io::Error) -> Trouble {
    let place = Place::file(path.display().to_string());
    Trouble::error("io", Some(place), format!("it cannot be used: {error}"), "check that the path is right and may be used")
}

/// A file that is not what was written.
fn damaged(path: &Path, what: &str) -> Trouble {
    let place = Place::file(path.display().to_string());
    let mend = "take the ledger from a backup, or write it again with `bonafide trace index` into an empty folder";
    Trouble::error("ledger-damaged", Some(place), format!("the ledger is torn or was altered, and is not used: {what}"), mend)
}

impl Listed {
    fn path(&self, folder: &Path) -> PathBuf {
        folder.join(&self.name)
    }
}
