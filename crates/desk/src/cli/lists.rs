//! `bonafide lists add|update|show|diff|verify`: the official lists that names are screened against. `update` is the only verb that uses the network.
//!
//! Must not know any list's format.

pub mod diff;
pub mod fetch;
pub mod store;

use bonafide_facts::{Files, Trouble};
use bonafide_intake::lists::{ListLimits, ListRead, read_list};
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
        /// Day of the list (YYYY-MM-DD) when it does not say its own, as OFAC's CSV; today when left out
        #[arg(long, value_name = "DATE", value_parser = super::screen::day)]
        day: Option<String>,
    },
    /// Fetch the lists from their publishers (needs `curl`; TLS only)
    Update {
        /// Only this list; all when left out
        list: Option<String>,
        /// Another table of sources (list,url,by) than the one inside the program
        #[arg(long, value_name = "FILE")]
        sources: Option<PathBuf>,
        /// Also fetch from http://127.0.0.1 (for tests against a local server; everything else stays TLS only)
        #[arg(long, hide = true)]
        allow_loopback_http: bool,
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
        Verb::Add { path, name, day } => {
            let (snapshot, read) = store::keep(&args.store, &path, name.as_deref(), &day.unwrap_or_else(today))?;
            kept(&snapshot, &read)
        }
        Verb::Update { list, sources, allow_loopback_http } => {
            let today = today();
            fetch::update(&fetch::Fetch { store: &args.store, only: list.as_deref(), sources, loopback_http: allow_loopback_http, today: &today })?
        }
        Verb::Show => show(&args.store),
        Verb::Diff { before, after } => diff::show(&before, &after)?,
        Verb::Verify => return verify(&args.store),
    };
    super::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Today in UTC, `YYYY-MM-DD`.
pub(crate) fn today() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |passed| passed.as_secs());
    let now = i64::try_from(since).ok().and_then(|seconds| chrono::DateTime::from_timestamp(seconds, 0));
    now.map_or_else(|| "1970-01-01".to_owned(), |now| now.format("%Y-%m-%d").to_string())
}

/// What was kept, in a line, and the list's first troubles.
pub(crate) fn kept(snapshot: &store::Snapshot, read: &ListRead) -> String {
    let mut text = format!("{} of {}: {} entries, {} names, digest {}\n", snapshot.list, snapshot.day, read.entries.len(), read.names.len(), snapshot.digest);
    for trouble in read.troubles.iter().take(10) {
        let _ = writeln!(text, "{trouble}");
    }
    text
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
