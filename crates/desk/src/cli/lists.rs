//! `bonafide lists add|update|show|diff|verify`: the official lists that names are screened against. `update` is the only verb that uses the network.
//!
//! Must not know any list's format.

pub mod store;

use bonafide_facts::text::printable;
use bonafide_facts::{Files, Trouble};
use bonafide_intake::lists::{ListLimits, ListRead, read_list};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `lists` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
    /// Folder of the snapshots
    #[arg(long, global = true, value_name = "DIR", default_value = store::FOLDER)]
    store: PathBuf,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Keep a list file (or a folder with the files of one list) as a snapshot
    Add {
        /// File or folder
        path: PathBuf,
        /// List id; else what the file says
        #[arg(long)]
        name: Option<String>,
    },
    /// Fetch the lists from their publishers (needs `curl`; TLS only)
    Update {
        /// Only this list; all when left out
        list: Option<String>,
    },
    /// Show the snapshots
    Show,
    /// Show what changed between two list files, folders or snapshots
    Diff {
        /// Before
        before: PathBuf,
        /// After
        after: PathBuf,
    },
    /// Read every snapshot again and compare its digest
    Verify,
}

/// Runs the verb.
///
/// # Errors
/// When a list must not be kept, or cannot be read or fetched.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    let text = match args.verb {
        Verb::Add { path, name } => {
            let (snapshot, read) = store::keep(&args.store, &path, name.as_deref(), &today())?;
            kept(&snapshot, &read)
        }
        Verb::Update { list } => update(&args.store, list.as_deref())?,
        Verb::Show => show(&args.store),
        Verb::Diff { before, after } => diff(&before, &after)?,
        Verb::Verify => return verify(&args.store),
    };
    super::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn today() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |passed| passed.as_secs());
    let now = i64::try_from(since).ok().and_then(|seconds| chrono::DateTime::from_timestamp(seconds, 0));
    now.map_or_else(|| "1970-01-01".to_owned(), |now| now.format("%Y-%m-%d").to_string())
}

fn kept(snapshot: &store::Snapshot, read: &ListRead) -> String {
    let mut text = format!("{} of {}: {} entries, {} names, digest {}\n", snapshot.list, snapshot.day, read.entries.len(), read.names.len(), snapshot.digest);
    for trouble in read.troubles.iter().take(10) {
        let _ = writeln!(text, "{trouble}");
    }
    text
}

/// The publishers' addresses: `wordlists/list_sources.csv`.
const SOURCES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wordlists/list_sources.csv"));

fn update(store: &Path, only: Option<&str>) -> Result<String, Trouble> {
    let mut text = String::new();
    let mut last = None;
    let rows = SOURCES.lines().filter(|line| !line.starts_with('#')).skip(1).filter_map(|line| line.split_once(','));
    for (list, rest) in rows.filter(|(list, _)| only.is_none_or(|only| only == *list)) {
        let url = rest.split(',').next().unwrap_or("");
        match fetch(store, list, url) {
            Ok(line) => text.push_str(&line),
            Err(trouble) => {
                let _ = writeln!(text, "{list}: not updated\n{trouble}");
                last = Some(trouble);
            }
        }
    }
    match (text.is_empty(), last) {
        (true, _) => Err(Trouble::error("unknown-list", None, "there is no list of that name to fetch", "`bonafide lists update` without a name fetches all")),
        (false, Some(trouble)) => {
            super::print(&text)?;
            Err(trouble)
        }
        (false, None) => Ok(text),
    }
}

/// Fetches one list with `curl`: TLS only, no redirect to anything else, the size bounded, only when newer than the last fetch.
fn fetch(store: &Path, list: &str, url: &str) -> Result<String, Trouble> {
    let folder = store.join(list);
    super::make_folder(&folder)?;
    let part = folder.join(format!("{list}.part"));
    let stamp = folder.join(format!("{list}.etag"));
    let mut command = std::process::Command::new("curl");
    command.args(["--proto", "=https", "--proto-redir", "=https", "--tlsv1.2", "--fail", "--silent", "--show-error", "--location", "--max-redirs", "5", "--max-time", "600", "--max-filesize", "1073741824"]);
    command.arg("--etag-save").arg(&stamp).arg("--etag-compare").arg(&stamp).arg("--output").arg(&part).arg(url);
    let failed = |what: String| Trouble::error("fetch", None, format!("{list}: {what}"), "check the network and that `curl` is installed; the last good snapshot stays in use");
    let done = command.output().map_err(|error| failed(format!("curl cannot be run: {error}")))?;
    if !done.status.success() {
        return Err(failed(printable(String::from_utf8_lossy(&done.stderr).trim(), 300)));
    }
    if std::fs::metadata(&part).map(|data| data.len()).unwrap_or(0) == 0 {
        return Ok(format!("{list}: not changed since the last fetch\n"));
    }
    let kept = store::keep(store, &part, Some(list), &today());
    if kept.is_err() {
        // A refused file must not pass for the last fetch.
        let _ = std::fs::remove_file(&stamp);
    }
    let _ = std::fs::remove_file(&part);
    kept.map(|(snapshot, read)| self::kept(&snapshot, &read))
}

fn show(store: &Path) -> String {
    let snapshots = store::snapshots(store);
    if snapshots.is_empty() {
        return format!("no snapshots in {}; `bonafide lists update` fetches the lists, `bonafide lists add FILE` keeps one\n", store.display());
    }
    snapshots.iter().fold(String::new(), |mut text, snapshot| {
        let _ = writeln!(text, "{:<12} {}  {}", snapshot.list, snapshot.day, snapshot.digest);
        text
    })
}

/// One comparable text per entry.
fn entries(path: &Path) -> Result<BTreeMap<String, (String, String)>, Trouble> {
    let read = read_list(path, &mut Files::default(), &ListLimits::default())?;
    let mut entries: BTreeMap<String, (String, String)> = BTreeMap::new();
    for entry in &read.entries {
        let id = entry.entry_id.clone().unwrap_or_default();
        entries.insert(id, (entry.name.clone().unwrap_or_default(), format!("{:?}{:?}", entry.schema, entry.remarks)));
    }
    let mut add = |id: &Option<String>, text: String| {
        if let Some((_, all)) = id.as_ref().and_then(|id| entries.get_mut(id)) {
            all.push_str(&text);
        }
    };
    read.names.iter().for_each(|row| add(&row.entry_id, format!("{:?}{:?}", row.name, row.strength)));
    read.identifiers.iter().for_each(|row| add(&row.entry_id, format!("{:?}{:?}", row.kind, row.value)));
    read.dates.iter().for_each(|row| add(&row.entry_id, format!("{:?}{:?}", row.earliest, row.latest)));
    read.programmes.iter().for_each(|row| add(&row.entry_id, format!("{:?}", row.programme)));
    Ok(entries)
}

/// Entries that appeared, changed or vanished: (entry id, name, how).
///
/// # Errors
/// When either list cannot be read.
pub fn changes(before: &Path, after: &Path) -> Result<Vec<(String, String, &'static str)>, Trouble> {
    let (before, after) = (entries(before)?, entries(after)?);
    let mut changes = Vec::new();
    for (id, (name, all)) in &after {
        match before.get(id) {
            None => changes.push((id.clone(), name.clone(), "appeared")),
            Some((_, earlier)) if earlier != all => changes.push((id.clone(), name.clone(), "changed")),
            Some(_) => {}
        }
    }
    changes.extend(before.iter().filter(|(id, _)| !after.contains_key(*id)).map(|(id, (name, _))| (id.clone(), name.clone(), "vanished")));
    Ok(changes)
}

fn diff(before: &Path, after: &Path) -> Result<String, Trouble> {
    let changes = changes(before, after)?;
    let count = |how: &str| changes.iter().filter(|(_, _, kind)| *kind == how).count();
    let mut text = format!("{} appeared, {} changed, {} vanished\n", count("appeared"), count("changed"), count("vanished"));
    for (id, name, how) in &changes {
        let _ = writeln!(text, "{how:<9} {id:<14} {}", printable(name, 100));
    }
    Ok(text)
}

fn verify(store: &Path) -> Result<ExitCode, Trouble> {
    let mut text = String::new();
    let mut bad = 0;
    for snapshot in store::snapshots(store) {
        let found = read_list(&snapshot.folder, &mut Files::default(), &ListLimits::default());
        let line = match found {
            Ok(read) if read.digest.starts_with(&snapshot.digest) => format!("ok, {} entries", read.entries.len()),
            Ok(_) => "DAMAGED: the digest differs".to_owned(),
            Err(trouble) => format!("DAMAGED: {}", trouble.what),
        };
        bad += usize::from(line.starts_with("DAMAGED"));
        let _ = writeln!(text, "{:<12} {}  {line}", snapshot.list, snapshot.day);
    }
    super::print(if text.is_empty() { "no snapshots\n" } else { &text })?;
    Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::from(super::exit::ERROR) })
}
