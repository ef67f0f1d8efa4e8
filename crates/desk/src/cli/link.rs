//! `bonafide link`: who is the same pair of hands, who is one crew, and why; or the same person twice in a plain table.
//!
//! Must not know how anything is compared: `resolve` does.

use bonafide_facts::tables::derived::Cluster;
use bonafide_facts::text::printable;
use bonafide_facts::{Place, Tables, Trouble};
use bonafide_intake::{ReadOptions, Wants};
use bonafide_resolve::link::person::{PersonSettings, Persons, Records};
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
}

#[derive(Debug, clap::Args)]
struct ExplainArgs {
    /// One subject
    left: String,
    /// The other
    right: String,
    /// The case folder
    folder: PathBuf,
}

#[derive(Debug, clap::Args)]
struct RunArgs {
    /// A case folder; with --schema person a CSV of persons
    path: PathBuf,
    /// Where links.csv and clusters.csv go
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
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
        (None, Some(run)) if run.schema == "person" => persons(&run),
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
    super::make_folder(&args.out)?;
    crate::export::write_tables(&out, &args.out)?;
    super::print(&told(&found, &args.out))?;
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
    let (tables, troubles) = read(&args.folder)?;
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

/// A table of persons: ids, and records as `resolve` compares them.
struct Table {
    ids: Vec<String>,
    records: Records,
}

fn table(args: &RunArgs, settings: &PersonSettings) -> Result<Table, Trouble> {
    let place = || Some(Place::file(args.path.display().to_string()));
    let broken = |error: csv::Error| Trouble::error("csv", place(), printable(&error.to_string(), 200), "write it as UTF-8 CSV with a header");
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(&args.path).map_err(broken)?;
    let headers = reader.headers().map_err(broken)?.clone();
    let told: Vec<(&str, &str)> = args.columns.iter().filter_map(|pair| pair.split_once('=')).collect();
    let header = |role: &str, known: &[String]| {
        let own = told.iter().find(|(word, _)| *word == role).map(|(_, header)| *header);
        headers.iter().position(|header| own.map_or_else(|| known.iter().any(|word| header.eq_ignore_ascii_case(word)), |own| own == header))
    };
    let id = header("id", &["id", "unique_id", "record_id", "rec_id", "subject_id"].map(str::to_owned)).unwrap_or(0);
    let columns: Vec<(String, usize)> = settings
        .comparisons
        .iter()
        .filter_map(|one| Some((one.role.clone(), header(&one.role, &one.headers)?)))
        .filter(|(_, at)| !headers.get(*at).is_some_and(bonafide_facts::tables::is_forbidden_column))
        .collect();
    let wrong = told.iter().find(|(role, header)| (*role != "id" && !columns.iter().any(|(known, _)| known == role)) || !headers.iter().any(|one| one == *header));
    if let Some((role, header)) = wrong {
        let what = format!("`{}={}` names no role or no header (or one that is never read)", printable(role, 40), printable(header, 60));
        return Err(Trouble::error("bad-columns", place(), what, "roles are listed in wordlists/link_person.yml"));
    }
    if columns.is_empty() {
        return Err(Trouble::error("no-columns", place(), "no header is understood", "name them: --columns surname=Nachname,birth_date=geboren"));
    }
    eprintln!("columns: {}", columns.iter().map(|(role, at)| format!("{role} = {}", printable(headers.get(*at).unwrap_or(""), 40))).collect::<Vec<_>>().join(", "));
    let roles: Vec<String> = columns.iter().map(|(role, _)| role.clone()).collect();
    let unknown = |role: String| Trouble::error("bad-columns", place(), format!("unknown role {role}"), "this is a defect of Bonafide: please report it");
    let mut table = Table { ids: Vec::new(), records: Records::new(settings, &roles).map_err(unknown)? };
    let mut row = csv::StringRecord::new();
    while reader.read_record(&mut row).map_err(broken)? {
        table.ids.push(row.get(id).unwrap_or("").to_owned());
        table.records.push(settings, columns.iter().map(|(_, at)| row.get(*at).unwrap_or("")));
    }
    table.records.close();
    Ok(table)
}

fn persons(args: &RunArgs) -> Result<ExitCode, Trouble> {
    let settings = PersonSettings::default();
    let Table { ids, records } = table(args, &settings)?;
    let found = bonafide_resolve::link::person::link(&records, &settings);
    found.troubles.iter().for_each(|trouble| eprintln!("{trouble}"));
    super::make_folder(&args.out)?;
    write_persons(&found, &ids, &args.out)?;
    let clusters = found.cluster.iter().zip(0_u32..).filter(|(root, at)| *root == at).count();
    super::print(&format!(
        "{} records are {clusters} persons; {} pairs above the threshold of {} candidates\nwritten: {} and {}\n",
        ids.len(),
        found.pairs.len(),
        found.candidates,
        args.out.join("links.csv").display(),
        args.out.join("clusters.csv").display()
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn write_persons(found: &Persons, ids: &[String], out: &Path) -> Result<(), Trouble> {
    let id = |at: u32| crate::report::formula_safe(ids.get(at as usize).map_or("", String::as_str));
    let broken = |error: csv::Error| Trouble::error("csv", Some(Place::file(out.display().to_string())), format!("cannot write it: {error}"), "check that the folder may be written");
    let mut links = csv::Writer::from_path(out.join("links.csv")).map_err(broken)?;
    links.write_record(["left_id", "right_id", "level", "weight_bits"]).map_err(broken)?;
    for pair in &found.pairs {
        links.write_record([&*id(pair.left), &*id(pair.right), "person", &format!("{:.3}", pair.bits)]).map_err(broken)?;
    }
    links.flush().map_err(|error| super::cannot("write", out, &error))?;
    let mut clusters = csv::Writer::from_path(out.join("clusters.csv")).map_err(broken)?;
    clusters.write_record(["subject_id", "cluster_id", "level", "joined_by"]).map_err(broken)?;
    for ((root, at), by) in found.cluster.iter().zip(0..).zip(found.joined_by()) {
        let by = by.map(|by| &found.pairs[by as usize]).map_or(String::new(), |pair| format!("{}|{}", id(pair.left), id(pair.right)));
        clusters.write_record([&*id(at), &*id(*root), "person", &by]).map_err(broken)?;
    }
    clusters.flush().map_err(|error| super::cannot("write", out, &error))
}
