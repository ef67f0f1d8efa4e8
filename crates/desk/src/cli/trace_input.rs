//! What `trace` reads: transfers into a ledger, labels with their lanes, and the time asked about.
//!
//! Must not know how coin is followed.

use super::Common;
use bonafide_facts::identifier::wallet;
use bonafide_facts::text::printable;
use bonafide_facts::{Files, Severity, Tables, Trouble};
use bonafide_intake::chain::{ChainOptions, LabelsRead, read_labels, read_transfers};
use bonafide_trace::label::EntityMarks;
use bonafide_trace::disk::{self, Store};
use bonafide_trace::{Builder, Label, Labels, Lane, Ledger};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Transfers, labels and the files they are from.
pub(super) struct Sources {
    pub ledger: Ledger,
    pub labels: Labels,
    pub files: Files,
}

impl Sources {
    /// Reads all, and prints what was left out.
    pub(super) fn read(common: &Common) -> Result<Self, Trouble> {
        if common.transfers.is_empty() {
            let mend = "bonafide trace ADDRESS --transfers PATH --labels PATH";
            return Err(Trouble::error("usage", None, "no transfers were given", mend));
        }
        let progress = crate::progress::Progress::start();
        let mut tables = Tables::default();
        let options = ChainOptions { chain: common.chain.clone(), ..ChainOptions::default() };
        let mut builder = Builder::default();
        let mut troubles = Vec::new();
        for (place, path) in common.transfers.iter().enumerate() {
            progress.say(format!("reading {}", path.display()));
            if disk::is_ledger(path) {
                if place > 0 {
                    let mend = "name the ledger first; what follows is added for this run only";
                    return Err(Trouble::error("usage", None, "a ledger must be the first --transfers", mend));
                }
                let (ledger, files) = disk::load(path)?;
                tables.files = files;
                builder = Builder::onto(ledger);
                continue;
            }
            let read = read_transfers(path, &mut tables.files, &options, &mut |transfer| builder.add(transfer))?;
            troubles.extend(read.troubles);
        }
        let ledger = builder.finish();
        troubles.extend(ledger.troubles(&tables.files));
        for text in &common.labels {
            progress.say(format!("reading {text}"));
            troubles.extend(add_labels(text, &mut tables)?);
        }
        let (labels, found) = Labels::of(&tables, &EntityMarks::default());
        troubles.extend(found);
        drop(progress);
        troubles.iter().for_each(|trouble| eprintln!("{trouble}"));
        Ok(Self { ledger, labels: labels.at(as_of(common.as_of.as_deref())?), files: tables.files })
    }

    /// Whether an address is in any transfer.
    pub(super) fn has(&self, address: &str) -> bool {
        let known = wallet::canonical(address);
        self.ledger.segments.iter().any(|segment| segment.find(&known).is_some())
    }

    /// Lets every way end at an address.
    pub(super) fn end_at(&mut self, address: &str) {
        let known = wallet::canonical(address);
        if self.labels.get(&known).is_empty() {
            self.labels.add(address, Label { lane: Lane::Service, name: "the address asked about".to_owned(), ..Label::default() });
        }
    }
}

/// `LANE=PATH`, or a path that says itself what its labels are.
fn add_labels(text: &str, tables: &mut Tables) -> Result<Vec<Trouble>, Trouble> {
    let (lane, path) = match text.split_once('=') {
        Some((word, path)) if Lane::of_category(word).is_some() => (Lane::of_category(word).map(Lane::word), Path::new(path)),
        Some((word, path)) if !Path::new(text).exists() && Path::new(path).exists() => {
            let what = format!("`{}` is no lane", printable(word, 40));
            let mend = "write one of listed_dprk, listed_other, law_enforcement, frozen, theft, mixer, bridge, exchange, service, community before the `=`";
            return Err(Trouble::error("no-lane", None, what, mend));
        }
        _ => (None, Path::new(text)),
    };
    if path.is_dir() && disk::is_ledger(path) {
        let place = bonafide_facts::Place::file(printable(&path.to_string_lossy(), 200));
        return Err(Trouble::error("no-labels", Some(place), "is a ledger: it holds transfers and no labels", "give it to --transfers"));
    }
    let read = match read_labels(path, lane, &mut tables.files) {
        Err(no_list) if path.is_dir() => return add_folder(path, lane, no_list, tables),
        read => read?,
    };
    add(read, tables)
}

/// Each file of a folder that is no list as a whole; what no reader knows is told and left out.
fn add_folder(folder: &Path, lane: Option<&str>, no_list: Trouble, tables: &mut Tables) -> Result<Vec<Trouble>, Trouble> {
    let cannot = |error: std::io::Error| super::super::cannot("read", folder, &error);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(cannot)? {
        paths.push(entry.map_err(cannot)?.path());
    }
    paths.retain(|path| path.is_file());
    paths.sort();
    let (mut troubles, mut known) = (Vec::new(), false);
    for path in paths {
        match read_labels(&path, lane, &mut tables.files) {
            Ok(read) => {
                troubles.extend(add(read, tables)?);
                known = true;
            }
            Err(trouble) => troubles.push(Trouble { severity: Severity::Warning, ..trouble }),
        }
    }
    if known { Ok(troubles) } else { Err(no_list) }
}

fn add(read: LabelsRead, tables: &mut Tables) -> Result<Vec<Trouble>, Trouble> {
    if !read.labels.is_empty() {
        tables.add_rows(&read.labels)?;
    }
    if let Some(list) = read.list {
        list.add_to(tables)?;
    }
    Ok(read.troubles)
}

/// The end of a day, or an instant, in microseconds since 1970.
pub(super) fn as_of(text: Option<&str>) -> Result<Option<i64>, Trouble> {
    let Some(text) = text else { return Ok(None) };
    let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(|day| day.and_hms_micro_opt(23, 59, 59, 999_999));
    let at = day.map(|at| at.and_utc()).or_else(|| chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()));
    let what = || Trouble::error("as-of", None, format!("`{}` is not a day or time", printable(text, 40)), "write --as-of 2026-01-31");
    at.map(|at| Some(at.timestamp_micros())).ok_or_else(what)
}

/// `trace index`.
pub(super) fn index(paths: &[PathBuf], out: &Path, chain: Option<&str>) -> Result<ExitCode, Trouble> {
    let progress = crate::progress::Progress::start();
    let mut store = Store::open(out)?;
    let (mut files, mut builder) = (store.files(), store.builder()?);
    let known = store.files().names().to_vec();
    let options = ChainOptions { chain: chain.map(str::to_owned), ..ChainOptions::default() };
    let mut lines = String::new();
    for path in paths {
        progress.say(format!("reading {}", path.display()));
        let read = read_transfers(path, &mut files, &options, &mut |transfer| builder.add(transfer))?;
        read.troubles.iter().for_each(|trouble| eprintln!("{trouble}"));
        if let Some(file) = read.files.iter().find(|file| known.contains(&file.path)) {
            let place = Some(bonafide_facts::Place::file(file.path.clone()));
            let mend = "give new files new names; to begin again, write into an empty folder";
            return Err(Trouble::error("added-before", place, "a file of this name was added to the ledger before; nothing was changed", mend));
        }
        for file in read.files {
            let _ = writeln!(lines, "{} ({}): {} transfers, {} skipped, {} that move no coin", file.path, file.form, file.transfers, file.skipped, file.idle);
        }
    }
    progress.say("writing");
    let (added, troubles) = store.add(builder.finish(), &files)?;
    drop(progress);
    troubles.iter().for_each(|trouble| eprintln!("{trouble}"));
    let _ = writeln!(lines, "{} transfers added to {}: {} segments appended, {} written anew because the new transfers do not all lie behind the old", added.transfers, out.display(), added.appended, added.rewritten);
    crate::cli::print(&lines)?;
    Ok(ExitCode::SUCCESS)
}
