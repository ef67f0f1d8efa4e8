//! `bonafide evaluate DIR`: what the pack catches in a world whose truth is known, and what it costs.
//!
//! Must not count anything: that is the proving ground.

use crate::proving::evaluate::{self, page, told};
use crate::proving::labels::Labels;
use crate::proving::sample::{Sample, Sources};
use crate::run::Options;
use bonafide_facts::Trouble;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `evaluate` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folders made by `simulate`, case folders with truth.csv in or beside them, or reports that `check` wrote (report.json,
    /// report.jsonl); several are pooled
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Who hides something (subject_id, hidden, family, …); truth.csv when left out
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// A person's dispositions instead (subject_id, disposition, …): true match and false positive count, the rest is left out
    #[arg(long, value_name = "FILE", conflicts_with = "truth")]
    labels: Option<PathBuf>,
    /// Link as well, and compare clusters with the truth (one folder only)
    #[arg(long)]
    clusters: bool,
    /// Write evaluation.json and evaluation.html here
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Judge each folder at so many moments, to learn how long the first alert took; each costs a whole run; 1 looks at the end only
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=60))]
    looks: u64,
    /// Seed of the intervals that draw again
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    options: Options,
}

/// Checks, measures, prints.
///
/// # Errors
/// When the input cannot be checked or holds no label.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    let labels = Labels { truth: args.truth.clone(), dispositions: args.labels.clone(), several: args.paths.len() > 1 };
    let looks = if args.looks > 1 { usize::try_from(args.looks).unwrap_or(1) } else { 0 };
    let mut sample = Sample::read(&Sources { paths: &args.paths, labels, groups: None, looks }, &args.options)?;
    match (args.clusters, args.paths.as_slice()) {
        (false, _) => {}
        (true, [path]) if path.is_dir() => sample.link(path)?,
        (true, _) => {
            return Err(Trouble::error("usage", None, "--clusters takes one case folder", "name one folder, or leave --clusters out"));
        }
    }
    if sample.known().next().is_none() {
        let what = format!("nothing is known of any subject in it{}", sample.notes.iter().map(|note| format!("; {note}")).collect::<String>());
        return Err(Trouble::error("no-labels", None, what, "give --truth or --labels, or a folder that `simulate` made"));
    }
    let evaluation = evaluate::evaluate(&sample, args.seed);
    if let Some(folder) = &args.out {
        super::make_folder(folder)?;
        super::write_file(&folder.join("evaluation.json"), json(&evaluation)?.as_bytes())?;
        super::write_file(&folder.join("evaluation.html"), page::html(&evaluation).as_bytes())?;
    }
    super::print(&told::text(&evaluation))?;
    Ok(ExitCode::from(super::exit::QUIET))
}

/// A measurement as JSON.
///
/// # Errors
/// Only when a number cannot be written: a broken invariant.
pub fn json<T: serde::Serialize>(value: &T) -> Result<String, Trouble> {
    serde_json::to_string_pretty(value)
        .map(|text| text + "\n")
        .map_err(|error| Trouble::error("json", None, error.to_string(), "this is a defect of Bonafide: please report it"))
}
