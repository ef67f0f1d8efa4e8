//! `bonafide audit PATH… --groups FILE`: whether groups of people are flagged alike.
//!
//! Must not count anything: that is the proving ground. The groups never reach the engine: the folder is checked first.

use crate::proving::audit::{self, Settings, page};
use crate::proving::labels::Labels;
use crate::proving::sample::{Sample, Sources};
use crate::run::Options;
use bonafide_facts::{Band, Trouble};
use std::path::PathBuf;
use std::process::ExitCode;

/// What `audit` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Case folders, or folders made by `simulate`; several are pooled
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// subject_id and any columns of groups; groups.csv in or beside each folder when left out
    #[arg(long, value_name = "FILE")]
    groups: Option<PathBuf>,
    /// Who hides something; truth.csv when left out and there
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// A person's dispositions instead
    #[arg(long, value_name = "FILE", conflicts_with = "truth")]
    labels: Option<PathBuf>,
    /// The lowest band that counts as flagged
    #[arg(long, default_value = "review", value_parser = ["note", "review", "escalate"])]
    band: String,
    /// Add quarters of activity volume (sign-ins and commits) as a column
    #[arg(long)]
    volume: bool,
    /// Add the crossing of every two columns
    #[arg(long)]
    cross: bool,
    /// Fewer subjects than this in a group is too few to say
    #[arg(long, default_value_t = 30)]
    min_subjects: u64,
    /// Fewer flagged subjects expected in a group than this is too few to say
    #[arg(long, default_value_t = 5.0)]
    min_expected: f64,
    /// The same people under other names (`simulate` with the same options and another --names): says what names alone change
    #[arg(long, value_name = "FOLDER")]
    twin: Option<PathBuf>,
    /// The column of groups that says whose names are whose
    #[arg(long, value_name = "COLUMN", default_value = "name_origin")]
    twin_column: String,
    /// Write audit.json and audit.md here
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    options: Options,
}

/// Checks, joins the groups, compares, prints.
///
/// # Errors
/// When a folder cannot be checked or the groups cannot be read.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    if !(args.min_expected.is_finite() && args.min_expected >= 0.0) {
        let what = format!("--min-expected {} is not a number of subjects", args.min_expected);
        return Err(Trouble::error("usage", None, what, "write --min-expected 5"));
    }
    let labels = Labels { truth: args.truth.clone(), dispositions: args.labels.clone(), several: args.paths.len() > 1 };
    let read = |paths: &[PathBuf]| Sample::read(&Sources { paths, labels: labels.clone(), groups: args.groups.as_deref(), looks: 0 }, &args.options);
    if args.twin.is_some() && args.paths.len() > 1 {
        return Err(Trouble::error("usage", None, "--twin takes one folder", "compare one folder with its twin at a time"));
    }
    let mut sample = read(&args.paths)?;
    let twin = args.twin.as_ref().map(|path| read(std::slice::from_ref(path))).transpose()?;
    if args.volume {
        sample.group_by_volume();
    }
    if args.cross {
        sample.cross_groups();
    }
    if sample.subjects.iter().all(|subject| subject.groups.is_empty()) {
        return Err(Trouble::error(
            "no-groups",
            None,
            "no subject belongs to any group",
            "give --groups FILE with subject_id and a column, or --volume",
        ));
    }
    let band = Band::ALL.into_iter().find(|band| band.word() == args.band).unwrap_or(Band::Review);
    let settings = Settings { band, min_subjects: args.min_subjects, min_expected: args.min_expected };
    let mut audit = audit::audit(&sample, &settings);
    audit.twin = twin.map(|twin| audit::twin::twin(&sample, &twin, &args.twin_column, band)).transpose()?;
    let about = if args.paths.len() > 1 { format!("{} folders pooled.", args.paths.len()) } else { String::new() };
    let text = page::markdown(&audit, &about);
    if let Some(folder) = &args.out {
        super::make_folder(folder)?;
        super::write_file(&folder.join("audit.json"), super::evaluate::json(&audit)?.as_bytes())?;
        super::write_file(&folder.join("audit.md"), text.as_bytes())?;
    }
    super::print(&text)?;
    Ok(ExitCode::from(super::exit::QUIET))
}
