//! `bonafide rescreen INPUT`: which hits of the subjects appear, change or vanish with a new version of a list, and why. Only entries that changed are looked
//! at, against an index of the subjects' names; the few subjects found are then scored as `screen` does, against the whole lists.
//!
//! Must not know how names are compared.

mod subjects;

use super::lists::diff::{Change, changes};
use super::lists::store;
use super::screen::asked_mark;
use crate::allow::{Allowlist, State};
use bonafide_facts::text::printable;
use bonafide_facts::{Files, Trouble};
use bonafide_intake::lists::{ListLimits, ListRead, read_list};
use bonafide_resolve::index::Index;
use bonafide_resolve::index::entry::Entry;
use bonafide_resolve::screen::mark::of_entry;
use bonafide_resolve::screen::subject_index::Asking;
use bonafide_resolve::screen::{MATCHER, Options, Query, Searcher, THRESHOLD};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `rescreen` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// CSV, TSV or JSONL with id and name of the subjects (as for `screen`), or a folder that `--build` made of one
    input: String,
    /// Only index the subjects, into this folder: to be given as INPUT whenever a list changes
    #[arg(long, value_name = "DIR", conflicts_with_all = ["before", "after", "list"])]
    build: Option<PathBuf>,
    /// The list before: file, folder or snapshot
    #[arg(long, value_name = "LIST", requires = "after")]
    before: Option<PathBuf>,
    /// The list now
    #[arg(long, value_name = "LIST", requires = "before")]
    after: Option<PathBuf>,
    /// Instead of --before and --after: the two newest snapshots of this list
    #[arg(long, value_name = "ID", conflicts_with = "before")]
    list: Option<String>,
    /// Folder of the snapshots
    #[arg(long, value_name = "DIR", default_value = store::FOLDER)]
    store: PathBuf,
    /// Lowest score, 0 to 1
    #[arg(long, default_value_t = THRESHOLD)]
    threshold: f64,
    /// Hits a person cleared (subject_id,entry_id,mark,by,at,why,until): quiet until the entry or the subject changes
    #[arg(long, value_name = "FILE")]
    allow: Option<PathBuf>,
    /// The day that `until` is compared with (YYYY-MM-DD); today when left out
    #[arg(long, value_name = "DATE", value_parser = super::screen::day)]
    today: Option<String>,
    /// table or jsonl
    #[arg(long, default_value = "table", value_parser = ["table", "jsonl"])]
    format: String,
}

/// A hit of a subject on an entry.
type Key = (String, String);
/// Score, name and mark of a hit.
type Found = BTreeMap<Key, (f64, String, String)>;

/// Rescreens.
///
/// # Errors
/// When the input or a list cannot be read, or the store does not hold two snapshots.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    if let Some(folder) = &args.build {
        super::print(&subjects::build(&args.input, folder)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    if !(0.0..=1.0).contains(&args.threshold) {
        return Err(Trouble::error("usage", None, "the threshold must lie between 0 and 1", "0.5 is the shipped one"));
    }
    let (before, after) = versions(&args)?;
    let read = |path: &PathBuf| read_list(path, &mut Files::default(), &ListLimits::default());
    let (before, after) = (read(&before)?, read(&after)?);
    super::screen::say(&after.troubles);
    let changed: BTreeMap<String, Change> = changes(&before, &after).into_iter().map(|change| (change.id.clone(), change)).collect();
    let digest = after.digest.clone();
    let today = args.today.clone().unwrap_or_else(super::lists::today);
    let (before, after) = (entries(before, &today), entries(after, &today));
    let asked: Vec<Entry> = before.iter().chain(&after).filter(|entry| changed.contains_key(&entry.id)).cloned().collect();
    let names = |entries: &[Entry]| entries.iter().map(|entry| entry.names.len()).sum::<usize>();
    let asking = Asking::within(asked, args.threshold, names(&before).min(names(&after)));
    let (near, all) = if changed.is_empty() { (Vec::new(), 0) } else { subjects::near(&args.input, &asking)? };
    let (before, after) = (hits(&near, &changed, before, args.threshold), hits(&near, &changed, after, args.threshold));
    let allowed = args.allow.as_ref().map(|path| Allowlist::read(path)).transpose()?.unwrap_or_default();
    let mut text = String::new();
    if args.format == "table" {
        let _ = writeln!(text, "{} of the list's entries changed; {all} subjects, {} of them near a changed entry", changed.len(), near.len());
    }
    let mut quiet = 0;
    for key in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        let (old, new) = (before.get(key), after.get(key));
        let Some((_, name, seen)) = new.or(old) else { continue };
        let state = allowed.state(&key.0, &key.1, seen, &today);
        let is_quiet = matches!(state, State::Quiet(_));
        quiet += usize::from(is_quiet);
        let said = match state {
            State::New => String::new(),
            State::Quiet(decision) => decision.sentence(),
            State::Again(decision, why) => format!("{}; {why}", decision.sentence()),
        };
        let why = changed.get(&key.1).map(Change::why).unwrap_or_default();
        let row = Row { key, name, mark: seen, old: old.map(|hit| hit.0), new: new.map(|hit| hit.0), why, said, quiet: is_quiet };
        text.push_str(&if args.format == "jsonl" { row.json(&digest) } else { row.line() });
    }
    super::print(&text)?;
    if quiet > 0 {
        eprintln!("{quiet} hits that a person cleared stay quiet");
    }
    Ok(ExitCode::SUCCESS)
}

/// The two versions to be compared.
fn versions(args: &Args) -> Result<(PathBuf, PathBuf), Trouble> {
    if let (Some(before), Some(after)) = (&args.before, &args.after) {
        return Ok((before.clone(), after.clone()));
    }
    let wanted = args.list.as_deref();
    let mut kept: Vec<store::Snapshot> = store::snapshots(&args.store).into_iter().filter(|one| wanted.is_some_and(|list| one.list == list)).collect();
    match (kept.pop(), kept.pop()) {
        (Some(after), Some(before)) => Ok((before.folder, after.folder)),
        _ => Err(Trouble::error("no-versions", None, "there are no two versions of the list to compare", "give --before and --after, or --list with two snapshots in the store")),
    }
}

/// The entries of a version that were on the list on its day.
fn entries(read: ListRead, today: &str) -> Vec<Entry> {
    let day = read.published.clone().unwrap_or_else(|| today.to_owned());
    let mut entries = crate::lists::entries(read);
    entries.retain(|entry| entry.listed_to.as_deref().is_none_or(|to| day.as_str() < to));
    entries
}

/// The hits of those subjects on entries that changed, scored against the whole list.
fn hits(near: &[(String, Query)], changed: &BTreeMap<String, Change>, entries: Vec<Entry>, threshold: f64) -> Found {
    let mut found = Found::new();
    let index = Index::build(entries);
    let marks: BTreeMap<&str, String> =
        index.entries.iter().rev().filter(|entry| changed.contains_key(&entry.id)).map(|entry| (entry.id.as_str(), of_entry(entry))).collect();
    let mut searcher = Searcher::new(&index);
    for (id, query) in near {
        for hit in searcher.screen(query, &Options { top: 100, threshold, candidates: 100 }) {
            let Some(mark) = marks.get(hit.entry_id.as_str()) else { continue };
            let row = (hit.score, hit.name, format!("{}-{mark}", asked_mark(query)));
            let best = found.entry((id.clone(), hit.entry_id)).or_insert_with(|| row.clone());
            // Two rows of one key: the better one stands for both.
            if best.0 < row.0 {
                *best = row;
            }
        }
    }
    found
}

/// One line of the answer.
struct Row<'a> {
    key: &'a Key,
    name: &'a str,
    mark: &'a str,
    old: Option<f64>,
    new: Option<f64>,
    why: String,
    /// What a person said of it.
    said: String,
    quiet: bool,
}

impl Row<'_> {
    fn what(&self) -> &'static str {
        match (self.old, self.new) {
            (None, _) => "appears",
            (_, None) => "vanishes",
            (Some(old), Some(new)) if (old - new).abs() < 0.000_5 => "stays",
            _ => "changes",
        }
    }

    fn line(&self) -> String {
        let score = |score: Option<f64>| score.map_or_else(|| "  -  ".to_owned(), |score| format!("{score:.3}"));
        let said = if self.said.is_empty() { String::new() } else { format!("; {}", self.said) };
        let quiet = if self.quiet { "quiet: " } else { "" };
        format!(
            "{quiet}{:<12} {:<14} {:<8} {} -> {}  {}  ({}){said}\n",
            printable(&self.key.0, 40),
            printable(&self.key.1, 40),
            self.what(),
            score(self.old),
            score(self.new),
            printable(self.name, 80),
            printable(&self.why, 400)
        )
    }

    fn json(&self, digest: &str) -> String {
        let row = serde_json::json!({
            "id": self.key.0, "entry_id": self.key.1, "what": self.what(), "before": self.old, "after": self.new, "name": self.name, "mark": self.mark,
            "why": self.why, "cleared": self.said, "quiet": self.quiet, "list_digest": digest, "matcher": MATCHER,
        });
        format!("{}\n", crate::report::visible_json(&row.to_string()))
    }
}
