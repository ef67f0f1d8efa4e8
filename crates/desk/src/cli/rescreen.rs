//! `bonafide rescreen INPUT`: which hits of the subjects appear, change or vanish with a new version of a list, and why. Only entries that changed are looked
//! at, against an index of the subjects' names; the few subjects found are then scored as `screen` does, against the whole lists.
//!
//! Must not know how names are compared.

use super::lists::diff::{Change, changes};
use super::lists::store;
use super::screen::allow::{Allowlist, State, mark};
use super::screen::read_input;
use bonafide_facts::text::printable;
use bonafide_facts::{Files, Trouble};
use bonafide_intake::lists::{ListLimits, ListRead, read_list};
use bonafide_resolve::index::Index;
use bonafide_resolve::index::entry::{Entry, EntryName, NameKind, from_rows};
use bonafide_resolve::screen::{MATCHER, Options, Query, Searcher, THRESHOLD};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Subjects that one changed name may find at most; more is said.
const SUBJECTS_PER_NAME: usize = 2_000;

/// What `rescreen` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// CSV, TSV or JSONL with id and name of the subjects (as for `screen`)
    input: String,
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
    /// Hits a person cleared (subject_id,entry_id,mark,by,why,until): quiet until the entry or the subject changes
    #[arg(long, value_name = "FILE")]
    allow: Option<PathBuf>,
    /// The day that `until` is compared with (YYYY-MM-DD); today when left out
    #[arg(long, value_name = "DATE")]
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
    let (before, after) = versions(&args)?;
    let read = |path: &PathBuf| read_list(path, &mut Files::default(), &ListLimits::default());
    let (before, after) = (read(&before)?, read(&after)?);
    let changed: BTreeMap<String, Change> = changes(&before, &after).into_iter().map(|change| (change.id.clone(), change)).collect();
    let asked = read_input(&args.input)?;
    let subjects: BTreeMap<&str, &Query> = asked.iter().map(|asked| (asked.id.as_str(), &asked.query)).collect();
    let digest = after.digest.clone();
    let (before, after) = (entries(before), entries(after));
    let wanted = concerned(&subjects, &changed, before.iter().chain(&after));
    let (before, after) = (hits(&subjects, &wanted, &changed, before, args.threshold), hits(&subjects, &wanted, &changed, after, args.threshold));
    let allowed = args.allow.as_ref().map(|path| Allowlist::read(path)).transpose()?.unwrap_or_default();
    let today = args.today.clone().unwrap_or_else(super::lists::today);
    let mut text = String::new();
    if args.format == "table" {
        let _ = writeln!(text, "{} of the list's entries changed; {} subjects, {} of them near a changed entry", changed.len(), subjects.len(), wanted.len());
    }
    let mut quiet = 0;
    for key in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        let (old, new) = (before.get(key), after.get(key));
        let Some((_, name, seen)) = new.or(old) else { continue };
        let again = match allowed.state(&key.0, &key.1, seen, &today) {
            State::Quiet => {
                quiet += 1;
                continue;
            }
            State::New => String::new(),
            State::Again(why) => why,
        };
        let row = Row { key, name, mark: seen, old: old.map(|hit| hit.0), new: new.map(|hit| hit.0), why: changed.get(&key.1).map(Change::why).unwrap_or_default(), again };
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

fn entries(read: ListRead) -> Vec<Entry> {
    from_rows(read.entries, read.names, read.identifiers, read.programmes, read.dates)
}

/// Subjects that may be meant by an entry that changed, found from the entries' side: there are few.
fn concerned<'e>(subjects: &BTreeMap<&str, &Query>, changed: &BTreeMap<String, Change>, entries: impl Iterator<Item = &'e Entry>) -> BTreeSet<String> {
    let as_entry = |(id, query): (&&str, &&Query)| Entry {
        id: (*id).to_owned(),
        schema: query.schema,
        names: vec![EntryName { printed: query.name.clone(), kind: NameKind::Primary }],
        identifiers: query.identifiers.clone(),
        ..Entry::default()
    };
    let index = Index::build(subjects.iter().map(as_entry).collect());
    let mut searcher = Searcher::new(&index);
    let wide = Options { top: SUBJECTS_PER_NAME, threshold: 0.001, candidates: SUBJECTS_PER_NAME };
    let mut wanted = BTreeSet::new();
    for entry in entries.filter(|entry| changed.contains_key(&entry.id)) {
        for name in &entry.names {
            let query = Query { name: name.printed.clone(), schema: entry.schema, identifiers: entry.identifiers.clone(), ..Query::default() };
            let found = searcher.screen(&query, &wide);
            if found.len() >= SUBJECTS_PER_NAME {
                eprintln!("more than {SUBJECTS_PER_NAME} subjects are near `{}`; the best are looked at", printable(&name.printed, 80));
            }
            wanted.extend(found.into_iter().map(|hit| hit.entry_id));
        }
    }
    wanted
}

/// The hits of those subjects on entries that changed, scored against the whole list.
fn hits(subjects: &BTreeMap<&str, &Query>, wanted: &BTreeSet<String>, changed: &BTreeMap<String, Change>, entries: Vec<Entry>, threshold: f64) -> Found {
    let mut found = BTreeMap::new();
    let index = Index::build(entries);
    let marks: BTreeMap<&str, &Entry> = index.entries.iter().filter(|entry| changed.contains_key(&entry.id)).map(|entry| (entry.id.as_str(), entry)).collect();
    let mut searcher = Searcher::new(&index);
    for id in wanted {
        let Some(query) = subjects.get(id.as_str()) else { continue };
        for hit in searcher.screen(query, &Options { top: 100, threshold, candidates: 100 }) {
            if let Some(entry) = marks.get(hit.entry_id.as_str()) {
                found.insert((id.clone(), hit.entry_id), (hit.score, hit.name, mark(query, entry)));
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
    again: String,
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
        let again = if self.again.is_empty() { String::new() } else { format!("; {}", printable(&self.again, 200)) };
        format!(
            "{:<12} {:<14} {:<8} {} -> {}  {}  ({}){again}\n",
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
            "why": self.why, "cleared": self.again, "list_digest": digest, "matcher": MATCHER,
        });
        format!("{row}\n")
    }
}
