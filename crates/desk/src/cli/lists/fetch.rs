//! Fetching of lists from their publishers: the one place where Bonafide uses the network, and only when asked to. Through `curl`: TLS only, no redirect to
//! anything else, the size bounded, and only what is newer than the last fetch (ETag, If-Modified-Since).
//!
//! Must not know any list's format.

use super::store;
use bonafide_facts::Trouble;
use bonafide_facts::place::Place;
use bonafide_facts::text::printable;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The publishers' addresses: `wordlists/list_sources.csv`.
const SOURCES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wordlists/list_sources.csv"));

/// How to fetch.
#[derive(Debug, Clone)]
pub struct Fetch<'a> {
    /// Folder of the snapshots.
    pub store: &'a Path,
    /// Only this list; all when `None`.
    pub only: Option<&'a str>,
    /// Another table of sources (list,url,by) than the one inside the program.
    pub sources: Option<PathBuf>,
    /// Also fetch `http://127.0.0.1`: for tests against a local server.
    pub loopback_http: bool,
    /// `YYYY-MM-DD`, the day of a list that does not say its own.
    pub today: &'a str,
}

/// Fetches and keeps. The text says what came of each list; a refused or unreachable one leaves its last good snapshot in use.
///
/// # Errors
/// The last trouble, after all lists were tried (the text is printed first).
pub fn update(fetch: &Fetch) -> Result<String, Trouble> {
    let given = fetch.sources.as_ref().map(|path| std::fs::read_to_string(path).map_err(|error| crate::cli::cannot("read", path, &error))).transpose()?;
    let table = given.as_deref().unwrap_or(SOURCES);
    let mut text = String::new();
    let mut last = None;
    let rows = table.lines().filter(|line| !line.starts_with('#')).skip(1).filter_map(|line| line.split_once(','));
    for (list, rest) in rows.filter(|(list, _)| fetch.only.is_none_or(|only| only == *list)) {
        let url = rest.split(',').next().unwrap_or("");
        match one(fetch, list, url) {
            Ok(line) => text.push_str(&line),
            Err(trouble) => {
                let _ = writeln!(text, "{list}: NOT UPDATED; the last good snapshot stays in use\n{trouble}");
                last = Some(trouble);
            }
        }
    }
    match (text.is_empty(), last) {
        (true, _) => Err(Trouble::error("unknown-list", None, "there is no list of that name to fetch", "`bonafide lists update` without a name fetches all")),
        (false, Some(trouble)) => {
            crate::cli::print(&text)?;
            Err(trouble)
        }
        (false, None) => Ok(text),
    }
}

/// What a server said of a file, to be asked again with: its ETag and Last-Modified lines.
fn conditions(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().filter(|line| line.starts_with("If-None-Match: ") || line.starts_with("If-Modified-Since: ")).map(str::to_owned).collect()
}

fn one(fetch: &Fetch, list: &str, url: &str) -> Result<String, Trouble> {
    let loopback = fetch.loopback_http && url.starts_with("http://127.0.0.1:");
    if !url.starts_with("https://") && !loopback {
        let mend = "give an https:// address";
        return Err(Trouble::error("fetch", Some(Place::file(url)), format!("{list}: its address is not TLS"), mend));
    }
    let folder = fetch.store.join(list);
    crate::cli::make_folder(&folder)?;
    let (part, head, stamp) = (folder.join("fetched.part"), folder.join("fetched.head"), folder.join("fetched.stamp"));
    let (_, _) = (std::fs::remove_file(&part), std::fs::remove_file(&head));
    let protocols = if loopback { "=http" } else { "=https" };
    let mut command = Command::new("curl");
    command.args(["--proto", protocols, "--proto-redir", protocols, "--tlsv1.2", "--fail", "--silent", "--show-error", "--location"]);
    command.args(["--max-redirs", "5", "--max-time", "600", "--max-filesize", "1073741824", "--write-out", "%{http_code}"]);
    for condition in conditions(&stamp) {
        command.args(["--header", &condition]);
    }
    command.arg("--dump-header").arg(&head).arg("--output").arg(&part).arg(url);
    let failed = |what: String| Trouble::error("fetch", Some(Place::file(url)), format!("{list}: {what}"), "check the network and that `curl` is installed");
    let done = command.output().map_err(|error| failed(format!("curl cannot be run: {error}")))?;
    if !done.status.success() {
        let _ = std::fs::remove_file(&part);
        return Err(failed(printable(String::from_utf8_lossy(&done.stderr).trim(), 300)));
    }
    let answer = keep(fetch, list, &part, String::from_utf8_lossy(&done.stdout).trim() == "304");
    if matches!(answer, Ok((true, _))) {
        remember(&head, &stamp)?;
    }
    let (_, _) = (std::fs::remove_file(&part), std::fs::remove_file(&head));
    answer.map(|(_, text)| text)
}

/// Keeps what was fetched; says whether the server's conditions are to be remembered: those of a refused file are not.
fn keep(fetch: &Fetch, list: &str, part: &Path, unchanged: bool) -> Result<(bool, String), Trouble> {
    if unchanged {
        return Ok((false, format!("{list}: not changed since the last fetch\n")));
    }
    let (snapshot, read) = store::keep(fetch.store, part, Some(list), fetch.today)?;
    Ok((true, super::kept(&snapshot, &read)))
}

fn remember(head: &Path, stamp: &Path) -> Result<(), Trouble> {
    let text = std::fs::read_to_string(head).unwrap_or_default();
    let mut lines = String::new();
    for line in text.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        match name.trim().to_ascii_lowercase().as_str() {
            "etag" => lines.push_str(&format!("If-None-Match: {}\n", value.trim())),
            "last-modified" => lines.push_str(&format!("If-Modified-Since: {}\n", value.trim())),
            _ => {}
        }
    }
    crate::cli::write_file(stamp, lines.as_bytes())
}
