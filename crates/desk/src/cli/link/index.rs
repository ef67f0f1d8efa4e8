//! `bonafide link … --index DIR`: records, decisions and retractions added to a stored index, and what they did to the clusters.
//!
//! Must not know how the index solves anything: `resolve` does.

use crate::cli::print;
use crate::link_store::LinkStore;
use bonafide_facts::tables::derived::Cluster;
use bonafide_facts::tables::who::{LinkDecision, LinkRetraction};
use bonafide_facts::text::printable;
use bonafide_facts::{Tables, Trouble};
use bonafide_resolve::link::stored::LinkIndex;
use bonafide_resolve::link::{Change, Settings};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Tables whose rows are ties only as a whole.
const WHOLE: [&str; 4] = ["documents", "sign_ins", "meetings", "face_matches"];
/// Tables that say what lines and doors are.
const KNOWN: [&str; 2] = ["ip_ranges", "places"];
/// Clusters named on the screen; all are in the changes on disk.
const SHOWN: usize = 40;

/// What `link decide` takes.
#[derive(Debug, clap::Args)]
pub struct DecideArgs {
    /// One subject
    left: String,
    /// The other
    right: String,
    /// What was decided
    #[arg(value_parser = ["same", "not_same"])]
    decision: String,
    /// The stored index
    #[arg(long, value_name = "DIR")]
    index: PathBuf,
    /// Of which level a not_same is
    #[arg(long, default_value = "operator", value_parser = ["operator", "network"])]
    level: String,
    /// Who decided
    #[arg(long, value_name = "WHO")]
    by: String,
    /// The reason, one line
    #[arg(long, value_name = "TEXT")]
    why: String,
}

/// What `link retract` takes.
#[derive(Debug, clap::Args)]
pub struct RetractArgs {
    /// Whose value
    subject: String,
    /// Kind of the value: email, phone, device, bank_account, sign_in_ip…
    kind: String,
    /// The value, in any spelling
    value: String,
    /// The stored index
    #[arg(long, value_name = "DIR")]
    index: PathBuf,
    /// Who takes it back
    #[arg(long, value_name = "WHO")]
    by: String,
    /// The reason, one line
    #[arg(long, value_name = "TEXT")]
    why: String,
}

/// Adds the records of a case folder.
///
/// # Errors
/// When the folder or the index cannot be used.
pub fn add(folder: &Path, index: &Path) -> Result<ExitCode, Trouble> {
    let (mut tables, troubles) = super::read(folder)?;
    troubles.iter().for_each(|trouble| eprintln!("{trouble}"));
    // What the batch's documents have in common among themselves is part of what the whole has.
    tables.remove("document_matches");
    added(&tables, LinkStore::write(index)?, index)
}

/// Adds a person's decision.
///
/// # Errors
/// When a subject is not in the index, or who or why is empty.
pub fn decide(args: DecideArgs) -> Result<ExitCode, Trouble> {
    let store = LinkStore::read(&args.index).and_then(|_| LinkStore::write(&args.index))?;
    let known = opened(&store, &Settings::default())?;
    for id in [&args.left, &args.right] {
        if !known.knows(id) {
            let what = format!("`{}` is not in the index", printable(id, 60));
            return Err(Trouble::error("unknown-subject", None, what, "name two subject_ids that were added"));
        }
    }
    if args.left == args.right {
        return Err(Trouble::error("usage", None, "a decision is about two subjects", "name two different ones"));
    }
    let row = LinkDecision {
        left_id: Some(args.left),
        right_id: Some(args.right),
        decision: Some(args.decision),
        level: Some(args.level),
        by: Some(said("--by", &args.by)?),
        why: Some(said("--why", &args.why)?),
        ..LinkDecision::default()
    };
    let mut tables = Tables::default();
    tables.add_rows(&[row])?;
    added(&tables, store, &args.index)
}

/// Takes a value back.
///
/// # Errors
/// When the subject does not have that value, or who or why is empty.
pub fn retract(args: RetractArgs) -> Result<ExitCode, Trouble> {
    let store = LinkStore::read(&args.index).and_then(|_| LinkStore::write(&args.index))?;
    opened(&store, &Settings::default())?.value(&args.subject, &args.kind, &args.value)?;
    let row = LinkRetraction {
        subject_id: Some(args.subject),
        kind: Some(args.kind),
        value: Some(args.value),
        by: Some(said("--by", &args.by)?),
        why: Some(said("--why", &args.why)?),
        ..LinkRetraction::default()
    };
    let mut tables = Tables::default();
    tables.add_rows(&[row])?;
    added(&tables, store, &args.index)
}

/// Who and why are never empty.
fn said(flag: &str, text: &str) -> Result<String, Trouble> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Trouble::error("usage", None, format!("{flag} says nothing"), "a decision is kept with who made it and why"));
    }
    Ok(text.to_owned())
}

fn opened(store: &LinkStore, settings: &Settings) -> Result<LinkIndex, Trouble> {
    match store.index()? {
        Some(bytes) => LinkIndex::from_bytes(&bytes, settings),
        None => Ok(LinkIndex::new(settings)),
    }
}

fn added(tables: &Tables, mut store: LinkStore, folder: &Path) -> Result<ExitCode, Trouble> {
    let settings = Settings::default();
    let first = store.index()?.is_none();
    let mut index = opened(&store, &settings)?;
    let before = index.clusters();
    let number = store.batch();
    store.keep(tables)?;
    let brings = |names: &[&str]| names.iter().any(|name| tables.get(name).is_some_and(|data| data.rows() > 0));
    let done = if !first && (brings(&KNOWN) || index.moves(tables)) {
        // A line that is known from now on, or a number read by another country's plan, changes what older rows say: all are read again.
        let whole = store.rows()?;
        index = LinkIndex::after(&settings, &before);
        index.add_with(&whole, &whole)
    } else if store.holds(&WHOLE) || store.holds(&KNOWN) {
        let whole = store.rows()?;
        index.add_with(&with_known(tables, &whole)?, &whole)
    } else {
        index.add(tables)
    };
    let clusters = index.clusters();
    let events = events(&before, &clusters, &done.changes);
    store.commit(&index.to_bytes(), &written(number, &events), &table(&clusters)?)?;
    print(&told(number, &index, done.touched, &events, &clusters, folder))?;
    Ok(ExitCode::SUCCESS)
}

/// A batch with what is known of lines and doors.
fn with_known(tables: &Tables, whole: &Tables) -> Result<Tables, Trouble> {
    let mut out = Tables::default();
    for data in tables.iter().filter(|data| !KNOWN.contains(&data.table.name)) {
        out.add(data.table, data.schema.clone(), data.batches.clone())?;
    }
    for data in KNOWN.iter().filter_map(|name| whole.get(name)) {
        out.add(data.table, data.schema.clone(), data.batches.clone())?;
    }
    Ok(out)
}

/// One thing that happened to a cluster.
struct Event {
    what: &'static str,
    id: String,
    /// Members that came or went, or clusters.
    others: Vec<String>,
}

fn events(before: &[Cluster], after: &[Cluster], changes: &[Change]) -> Vec<Event> {
    let (old, new) = (members(before), members(after));
    let moved: BTreeSet<&str> = changes.iter().flat_map(|change| match change {
        Change::Merged { id, into } => vec![id.as_str(), into.as_str()],
        Change::Split { id, off } => std::iter::once(id.as_str()).chain(off.iter().map(String::as_str)).collect(),
        Change::Gone { id } => vec![id.as_str()],
    }).collect();
    let owned = |ids: &mut dyn Iterator<Item = &&str>| ids.map(|id| (*id).to_owned()).collect::<Vec<_>>();
    let mut out = Vec::new();
    for (id, now) in &new {
        match old.get(id) {
            None if !moved.contains(id) => out.push(Event { what: "appeared", id: (*id).to_owned(), others: owned(&mut now.iter()) }),
            Some(then) if now.difference(then).next().is_some() && !moved.contains(id) => {
                out.push(Event { what: "grew", id: (*id).to_owned(), others: owned(&mut now.difference(then)) });
            }
            _ => {}
        }
    }
    out.extend(changes.iter().cloned().map(|change| match change {
        Change::Merged { id, into } => Event { what: "merged", id, others: vec![into] },
        Change::Split { id, off } => Event { what: "split", id, others: off },
        Change::Gone { id } => Event { what: "gone", id, others: Vec::new() },
    }));
    out
}

fn members(clusters: &[Cluster]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut out: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in clusters {
        out.entry(row.cluster_id.as_deref().unwrap_or("")).or_default().insert(row.subject_id.as_deref().unwrap_or(""));
    }
    out
}

/// The events as they are kept.
fn written(batch: u32, events: &[Event]) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut text = String::from("batch,what,cluster_id,others\n");
    for event in events {
        let _ = writeln!(text, "{batch},{},{},{}", event.what, event.id, quoted(&crate::report::formula_safe(&event.others.join("|"))));
    }
    text
}

fn table(clusters: &[Cluster]) -> Result<Vec<u8>, Trouble> {
    let broken = |error: &dyn std::fmt::Display| Trouble::error("csv", None, format!("clusters.csv cannot be written: {error}"), "this is a defect of Bonafide: please report it");
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["subject_id", "cluster_id", "level", "joined_by"]).map_err(|error| broken(&error))?;
    for row in clusters {
        let cell = |cell: &Option<String>| crate::report::formula_safe(cell.as_deref().unwrap_or("")).into_owned();
        writer.write_record([&row.subject_id, &row.cluster_id, &row.level, &row.joined_by].map(cell)).map_err(|error| broken(&error))?;
    }
    writer.into_inner().map_err(|error| broken(&error))
}

fn told(batch: u32, index: &LinkIndex, touched: usize, events: &[Event], clusters: &[Cluster], folder: &Path) -> String {
    let mut text = format!("batch {batch}: {} subjects known, components of {touched} solved anew\n", index.subjects());
    for level in ["operator", "network"] {
        let own: Vec<&Cluster> = clusters.iter().filter(|row| row.level.as_deref() == Some(level)).collect();
        let ids: BTreeSet<_> = own.iter().map(|row| &row.cluster_id).collect();
        let _ = writeln!(text, "{level}: {} clusters of {} subjects", ids.len(), own.len());
    }
    for event in events.iter().take(SHOWN) {
        let others = printable(&event.others.join(", "), 200);
        let _ = match (event.what, event.others.is_empty()) {
            ("appeared", _) => writeln!(text, "  {} appeared: {others}", event.id),
            ("grew", _) => writeln!(text, "  {} took in {others}", event.id),
            ("merged", _) => writeln!(text, "  {} is now part of {others}", event.id),
            ("split", true) => writeln!(text, "  {} lost members", event.id),
            ("split", false) => writeln!(text, "  {} lost members to {others}", event.id),
            _ => writeln!(text, "  {} is gone: none of its members is linked any more", event.id),
        };
    }
    if events.len() > SHOWN {
        let _ = writeln!(text, "  and {} more in {}", events.len() - SHOWN, folder.join("changes").display());
    }
    let _ = writeln!(text, "kept: {} (it holds the rows themselves: guard it like the case folders)", folder.display());
    text
}

/// The rows behind a store, for an explanation.
///
/// # Errors
/// When the store is torn.
pub fn rows(folder: &Path) -> Result<Tables, Trouble> {
    LinkStore::read(folder)?.rows()
}
