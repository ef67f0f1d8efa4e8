//! `bonafide rescreen INPUT --before LIST --after LIST`: which hits of the subjects appear, change or vanish with a new list. Only entries that changed
//! are compared, against an index of the subjects' names.
//!
//! Must not know how names are compared.

use super::screen::{load, read_input};
use bonafide_facts::Trouble;
use bonafide_facts::text::printable;
use bonafide_resolve::index::Index;
use bonafide_resolve::index::entry::{Entry, EntryName, NameKind};
use bonafide_resolve::screen::{Options, Query, Searcher, THRESHOLD};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `rescreen` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// CSV, TSV or JSONL with id and name of the subjects (as for `screen`)
    input: String,
    /// The list before
    #[arg(long, value_name = "LIST")]
    before: PathBuf,
    /// The list now
    #[arg(long, value_name = "LIST")]
    after: PathBuf,
    /// Lowest score, 0 to 1
    #[arg(long, default_value_t = THRESHOLD)]
    threshold: f64,
    /// File with `subject id,entry id` a line: hits that were looked at and stay quiet until the entry changes
    #[arg(long, value_name = "FILE")]
    allow: Option<PathBuf>,
}

/// A hit of a subject on an entry.
type Key = (String, String);

/// Rescreens.
///
/// # Errors
/// When the input or a list cannot be read.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    let changed = super::lists::changes(&args.before, &args.after)?;
    let ids: BTreeSet<&str> = changed.iter().map(|(id, _, _)| id.as_str()).collect();
    let asked = read_input(&args.input)?;
    let subjects: Vec<Entry> = asked
        .iter()
        .map(|asked| Entry {
            id: asked.id.clone(),
            schema: asked.query.schema,
            names: vec![EntryName { printed: asked.query.name.clone(), kind: NameKind::Primary }],
            births: asked.query.birth.clone().into_iter().collect(),
            identifiers: asked.query.identifiers.clone(),
            ..Entry::default()
        })
        .collect();
    let index = Index::build(subjects);
    let by_id: BTreeMap<&str, &Query> = asked.iter().map(|asked| (asked.id.as_str(), &asked.query)).collect();
    let delta = |path: &PathBuf| -> Result<BTreeMap<Key, (f64, String)>, Trouble> {
        let (entries, _) = load(std::slice::from_ref(path), &PathBuf::new(), None)?;
        let entries: Vec<Entry> = entries.into_iter().filter(|entry| ids.contains(entry.id.as_str())).collect();
        Ok(hits(&index, &by_id, entries, args.threshold))
    };
    let (before, after) = (delta(&args.before)?, delta(&args.after)?);
    let allowed = allowed(args.allow.as_ref())?;
    let how: BTreeMap<&str, &str> = changed.iter().map(|(id, _, how)| (id.as_str(), *how)).collect();
    let mut text = format!("{} of the list's entries changed; {} subjects\n", changed.len(), asked.len());
    for key in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        let reason = how.get(key.1.as_str()).copied().unwrap_or("changed");
        // An entry that did not change is not in this delta; one that did wakes its allowed hits.
        let line = match (before.get(key), after.get(key)) {
            (None, Some((score, name))) => format!("appears   {score:.3} {} (entry {reason})", printable(name, 80)),
            (Some((score, name)), None) => format!("vanishes  {score:.3} {} (entry {reason})", printable(name, 80)),
            (Some((old, _)), Some((new, name))) => format!("changes   {old:.3} -> {new:.3} {} (entry {reason})", printable(name, 80)),
            (None, None) => continue,
        };
        let again = if allowed.contains(key) { "; it was allowed, look again: the entry changed" } else { "" };
        let _ = writeln!(text, "{:<12} {:<14} {line}{again}", printable(&key.0, 40), key.1);
    }
    super::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Subjects found from the entries' side (few), then scored as `screen` does, against those entries only.
fn hits(index: &Index, subjects: &BTreeMap<&str, &Query>, entries: Vec<Entry>, threshold: f64) -> BTreeMap<Key, (f64, String)> {
    let mut found = BTreeMap::new();
    let mut wanted: BTreeSet<String> = BTreeSet::new();
    let mut searcher = Searcher::new(index);
    let wide = Options { top: 2_000, threshold: 0.02, candidates: 2_000 };
    for entry in &entries {
        for name in &entry.names {
            let query = Query { name: name.printed.clone(), schema: entry.schema, identifiers: entry.identifiers.clone(), ..Query::default() };
            wanted.extend(searcher.screen(&query, &wide).into_iter().map(|hit| hit.entry_id));
        }
    }
    let small = Index::build(entries);
    let mut searcher = Searcher::new(&small);
    for id in wanted {
        let Some(query) = subjects.get(id.as_str()) else { continue };
        for hit in searcher.screen(query, &Options { top: 100, threshold, candidates: 100 }) {
            found.insert((id.clone(), hit.entry_id), (hit.score, hit.name));
        }
    }
    found
}

fn allowed(path: Option<&PathBuf>) -> Result<BTreeSet<Key>, Trouble> {
    let Some(path) = path else { return Ok(BTreeSet::new()) };
    let text = std::fs::read_to_string(path).map_err(|error| super::cannot("read", path, &error))?;
    Ok(text.lines().filter_map(|line| line.split_once(',')).map(|(subject, entry)| (subject.trim().to_owned(), entry.trim().to_owned())).collect())
}
