//! `bonafide check PATH`: the main job.

use crate::manifest::Manifest;
use crate::report::{self, Look, Report};
use crate::run::{Input, Run, Stage};
use super::lists::store;
use bonafide_facts::text::printable;
use bonafide_facts::{Band, Severity, Trouble};
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `check` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    input: Input,
    /// Folder of kept lists (`bonafide lists`): the newest of each is screened against when no --list is given
    #[arg(long, value_name = "DIR", default_value = store::FOLDER)]
    store: PathBuf,
    /// How to print the result
    #[arg(long, default_value = "table", value_parser = report::format_names())]
    format: String,
    /// Write every format and the manifest into this folder as well
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Show only what is new since this earlier report.json
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// End with code 0 whatever was found
    #[arg(long)]
    exit_zero: bool,
    /// The lowest band that ends with a code above 0
    #[arg(long, value_name = "BAND", default_value = "review", value_parser = ["note", "review", "escalate"])]
    fail_on: String,
}

/// Checks and reports; the exit code tells the highest band.
///
/// # Errors
/// When the input, the pack or an output cannot be used at all.
pub fn run(mut args: Args) -> Result<ExitCode, Trouble> {
    use_kept_lists(&mut args);
    let mut run = Run::check(&args.input)?;
    run.judge(Stage::Everything)?;
    let mut report = run.report()?;
    if let Some(path) = &args.baseline {
        report::only_new(&mut report, path)?;
    }
    if let Some(folder) = &args.out {
        write_all(&run, &args.input, &report, folder)?;
    }
    say_troubles(&run, args.out.as_deref());
    let look = Look::of_terminal(std::io::stdout().is_terminal());
    super::print(&report::render(&report, &args.format, &look)?)?;
    if let Some(folder) = &args.out {
        eprintln!("wrote {}", folder.join("report.html").display());
    }
    let highest = report.subjects.iter().map(|subject| subject.band).max().unwrap_or_default();
    let limit = Band::ALL.into_iter().find(|band| band.word() == args.fail_on).unwrap_or(Band::Review);
    let code = match highest {
        _ if args.exit_zero || highest < limit => super::exit::QUIET,
        Band::Escalate => super::exit::ESCALATE,
        _ => super::exit::REVIEW,
    };
    Ok(ExitCode::from(code))
}

/// Whoever keeps lists wants them used: the newest of each, of the day of judgement when it is told. They stand in the manifest as if they had been named.
fn use_kept_lists(args: &mut Args) {
    let options = &mut args.input.options;
    if !options.lists.is_empty() {
        return;
    }
    let kept = store::newest(&args.store, options.as_of.as_deref().and_then(|day| day.get(..10)));
    if !kept.is_empty() {
        let named: Vec<String> = kept.iter().map(|snapshot| format!("{} of {}", printable(&snapshot.list, 60), snapshot.day)).collect();
        eprintln!("screening against the kept lists: {}", named.join(", "));
    }
    options.lists = kept.into_iter().map(|snapshot| snapshot.folder).collect();
}

/// Every format and the manifest; the folder is made.
fn write_all(run: &Run, input: &Input, report: &Report, folder: &Path) -> Result<(), Trouble> {
    let outputs = report::all(report)?;
    super::make_folder(folder)?;
    for (name, bytes) in &outputs {
        super::write_file(&folder.join(name), bytes)?;
    }
    super::write_file(&folder.join("manifest.json"), &Manifest::of(run, input, report, &outputs)?.bytes()?)
}

/// What was lost goes to standard error in full; mere notes are counted, since every report lists them.
fn say_troubles(run: &Run, out: Option<&Path>) {
    for mapping in &run.mappings {
        eprintln!("{}: `{}` read as {}.{}", mapping.file, bonafide_facts::text::printable(&mapping.header, 60), mapping.table, mapping.column);
    }
    let told = |trouble: &&Trouble| trouble.severity > Severity::Note || (trouble.code == "unknown-column" && !run.mappings.is_empty());
    for trouble in run.troubles.iter().filter(told) {
        eprintln!("{trouble}");
    }
    let notes = run.troubles.iter().filter(|trouble| trouble.severity == Severity::Note).count();
    if notes > 0 {
        let place = out.map_or_else(|| "--format json lists them".to_owned(), |folder| format!("see {}", folder.join("report.json").display()));
        eprintln!("{notes} notes about the input ({place})");
    }
}
