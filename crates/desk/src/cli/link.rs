//! `bonafide link`: who is the same pair of hands, who is one crew, and why.
//!
//! Must not know how anything is compared: `resolve` does.

mod index;
mod persons;

use bonafide_facts::tables::derived::Cluster;
use bonafide_facts::text::printable;
use bonafide_facts::{Place, Tables, Trouble};
use bonafide_intake::{ReadOptions, Wants};
use bonafide_resolve::link::{Change, Explanation, LinkResult, Linker, READS, Settings};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `link` takes.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    run: Option<RunArgs>,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Say why two subjects are linked, or why they are not
    Explain(ExplainArgs),
    /// Add a person's decision on two subjects to a stored index
    Decide(index::DecideArgs),
    /// Take one value of a subject back in a stored index, and undo what it made
    Retract(index::RetractArgs),
}

#[derive(Debug, clap::Args)]
struct ExplainArgs {
    /// One subject
    left: String,
    /// The other
    right: String,
    /// The case folder, or a stored index
    folder: PathBuf,
}

#[derive(Debug, clap::Args)]
struct RunArgs {
    /// A case folder; with --schema person a CSV of persons
    path: PathBuf,
    /// Where links.csv and clusters.csv go
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// A stored index to add the folder's records to; it begins here when there is none
    #[arg(long, value_name = "DIR", conflicts_with_all = ["out", "earlier"])]
    index: Option<PathBuf>,
    /// clusters.csv of an earlier run: its ids live on, merges and splits are told
    #[arg(long, value_name = "FILE")]
    earlier: Option<PathBuf>,
    /// case (operators and crews) or person (the same person twice in one table)
    #[arg(long, default_value = "case", value_parser = ["case", "person"])]
    schema: String,
    /// With --schema person: which header is which, e.g. surname=Nachname (may be repeated); `id` names the key
    #[arg(long = "columns", value_name = "ROLE=HEADER", value_delimiter = ',')]
    columns: Vec<String>,
}

/// Links, or explains a pair.
///
/// # Errors
/// When the input cannot be read or the output not be written.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    match (args.what, args.run) {
        (Some(What::Explain(explain)), _) => explain_pair(&explain),
        (Some(What::Decide(decide)), _) => index::decide(decide),
        (Some(What::Retract(retract)), _) => index::retract(retract),
        (None, Some(run)) if run.schema == "person" => persons::run(&run),
        (None, Some(run)) => case(&run),
        (None, None) => Err(Trouble::error("no-input", None, "no case folder was named", "bonafide link FOLDER --out DIR")),
    }
}

/// The tables of a case folder, document matches among them.
///
/// # Errors
/// When the folder cannot be read.
pub fn read(folder: &Path) -> Result<(Tables, Vec<Trouble>), Trouble> {
    let wants = Wants::only(READS.iter().flat_map(|(table, columns)| columns.iter().map(move |column| (*table, *column))));
    let read = bonafide_intake::read_case(folder, &[], &wants, &ReadOptions::default(), &mut |_| {})?;
    let (mut tables, mut troubles) = (read.tables, read.troubles);
    let (matches, found) = bonafide_resolve::documents::matches(&tables, &bonafide_resolve::documents::Limits::default());
    troubles.extend(found);
    tables.add_rows(&matches)?;
    Ok((tables, troubles))
}

fn case(args: &RunArgs) -> Result<ExitCode, Trouble> {
    if let Some(index) = &args.index {
        return index::add(&args.path, index);
    }
    let Some(to) = args.out.as_deref() else {
        let what = "say where the result goes: --out DIR, or --index DIR to add to a stored index";
        return Err(Trouble::error("usage", None, what, "name one of the two"));
    };
    let (tables, troubles) = read(&args.path)?;
    let earlier = args.earlier.as_deref().map(earlier).transpose()?.unwrap_or_default();
    let settings = Settings::default();
    let found = bonafide_resolve::link::link(&tables, &settings, &earlier);
    for trouble in troubles.iter().chain(&found.troubles) {
        eprintln!("{trouble}");
    }
    let mut out = Tables::default();
    out.files.clone_from(&tables.files);
    out.add_rows(&found.links)?;
    out.add_rows(&found.clusters)?;
    super::make_folder(to)?;
    crate::export::write_tables(&out, to)?;
    super::print(&told(&found, to))?;
    Ok(ExitCode::SUCCESS)
}

/// The summary on the screen.
fn told(found: &LinkResult, out: &Path) -> String {
    let mut text = String::new();
    for level in ["operator", "network"] {
        let rows: Vec<&Cluster> = found.clusters.iter().filter(|row| row.level.as_deref() == Some(level)).collect();
        let ids: std::collections::BTreeSet<_> = rows.iter().map(|row| &row.cluster_id).collect();
        let links = found.links.iter().filter(|row| row.level.as_deref() == Some(level)).count();
        let _ = writeln!(text, "{level}: {} clusters of {} subjects, {links} pairs that share evidence", ids.len(), rows.len());
    }
    for change in &found.changes {
        let _ = match change {
            Change::Merged { id, into } => writeln!(text, "  {id} is now part of {into}"),
            Change::Split { id, off } if off.is_empty() => writeln!(text, "  {id} lost members"),
            Change::Split { id, off } => writeln!(text, "  {id} lost members to {}", off.join(", ")),
            Change::Gone { id } => writeln!(text, "  {id} is gone: none of its members is linked any more"),
        };
    }
    let _ = writeln!(text, "written: {} and {}", out.join("links.csv").display(), out.join("clusters.csv").display());
    text
}

fn earlier(path: &Path) -> Result<Vec<Cluster>, Trouble> {
    let broken = |error: csv::Error| Trouble::error("csv", Some(Place::file(path.display().to_string())), printable(&error.to_string(), 200), "name the clusters.csv of an earlier run");
    let mut reader = csv::Reader::from_path(path).map_err(broken)?;
    let headers = reader.headers().map_err(broken)?.clone();
    let at = |name: &str| headers.iter().position(|header| header == name);
    let (Some(id), Some(subject), Some(level)) = (at("cluster_id"), at("subject_id"), at("level")) else {
        let what = "it has no columns cluster_id, subject_id and level";
        return Err(Trouble::error("no-clusters", Some(Place::file(path.display().to_string())), what, "name the clusters.csv of an earlier run"));
    };
    let cell = |row: &csv::StringRecord, at: usize| row.get(at).map(str::to_owned);
    let row = |row: csv::StringRecord| Cluster { cluster_id: cell(&row, id), subject_id: cell(&row, subject), level: cell(&row, level), ..Cluster::default() };
    reader.records().map(|record| record.map(row).map_err(broken)).collect()
}

fn explain_pair(args: &ExplainArgs) -> Result<ExitCode, Trouble> {
    let (tables, troubles) = if crate::link_store::is_store(&args.folder) { (index::rows(&args.folder)?, Vec::new()) } else { read(&args.folder)? };
    troubles.iter().for_each(|trouble| eprintln!("{trouble}"));
    let settings = Settings::default();
    let linker = Linker::new(&tables, &settings);
    let levels = linker.explain(&args.left, &args.right).ok_or_else(|| {
        let what = format!("`{}` or `{}` is in no table", printable(&args.left, 60), printable(&args.right, 60));
        Trouble::error("unknown-subject", None, what, "name two subject_ids of the case folder")
    })?;
    let (left, right) = (printable(&args.left, 60), printable(&args.right, 60));
    super::print(&levels.iter().map(|level| waterfall(&left, &right, level)).collect::<Vec<_>>().join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

fn waterfall(left: &str, right: &str, explanation: &Explanation) -> String {
    let together = if explanation.together { "together" } else { "not together" };
    let mut text = format!("{left} and {right}, {} level: {together}\n", explanation.level.word());
    for line in &explanation.direct {
        let _ = writeln!(text, "  {}", printable(line, 300));
    }
    if !explanation.direct.is_empty() {
        let _ = writeln!(text, "  = {:.1} bits of their own ({:.1} needed where nothing joins alone)", explanation.bits, explanation.needed_bits);
    }
    for step in &explanation.path {
        let why = step.reasons.first().map_or("", String::as_str);
        let _ = writeln!(text, "  path: {} - {}: {}", printable(&step.from, 60), printable(&step.to, 60), printable(why, 300));
    }
    for reason in &explanation.why_not {
        let _ = writeln!(text, "  not linked: {reason}");
    }
    text
}
