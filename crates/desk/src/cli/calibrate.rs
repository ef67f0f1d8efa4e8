//! `bonafide calibrate DIR…`: what the counts say of each rule's weight, as a diff for a person to read.
//!
//! Must not change a pack: it writes proposals into a folder.

use crate::proving::calibrate::held_out::{HeldOutReport, cross_validate};
use crate::proving::calibrate::weights::{self, Proposal};
use crate::proving::calibrate::{self, held_page, page};
use crate::proving::labels::Labels;
use crate::proving::sample::{Sample, Sources};
use crate::proving::simulate::{FAMILIES, Plan};
use crate::run::Options;
use bonafide_facts::Trouble;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `calibrate` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folders made by `simulate`, or case folders or reports with labels; several are pooled
    #[arg(required_unless_present = "simulate")]
    paths: Vec<PathBuf>,
    /// Who hides something; truth.csv when left out
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// A person's dispositions instead
    #[arg(long, value_name = "FILE", conflicts_with = "truth")]
    labels: Option<PathBuf>,
    /// Simulate so many subjects at each of the four levels of care first, into worlds/ of --out
    #[arg(long, value_name = "N", requires = "out", conflicts_with = "paths", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    simulate: Option<u64>,
    /// Write weights.diff (within the experts' intervals), weights_beyond_caps.diff (what counts say beyond them, every interval
    /// it would loosen named), calibration.json, held_out.json, held_out.html and evidence.csv here
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// What was counted, in words, for the record
    #[arg(long, default_value = "simulated worlds")]
    about: String,
    /// Seed of the split into held-out families, and of what is simulated
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    options: Options,
}

/// Checks, counts, proposes.
///
/// # Errors
/// When a folder cannot be checked or holds no label.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    let paths = match (args.simulate, &args.out) {
        (Some(subjects), Some(out)) => simulated(subjects, args.seed, out)?,
        _ => args.paths.clone(),
    };
    let labels = Labels { truth: args.truth.clone(), dispositions: args.labels.clone(), several: paths.len() > 1 };
    let sample = Sample::read(&Sources { paths: &paths, labels, groups: None, looks: 0 }, &args.options)?;
    if !sample.known().any(|(_, hides)| hides) || !sample.known().any(|(_, hides)| !hides) {
        return Err(Trouble::error(
            "no-labels",
            None,
            "it takes subjects that hide something and subjects that do not",
            "give --truth or --labels",
        ));
    }
    let about = bonafide_facts::text::printable(&args.about, 200).replace(['"', '\\'], "'");
    let counted = calibrate::count(&sample, |_, _| true);
    let texts: Vec<String> = counted
        .iter()
        .map(|rule| crate::embedded::pack_file(args.options.pack.as_deref(), &format!("rules/{}.yml", rule.rule)).unwrap_or_default())
        .collect();
    let proposed = |proposal| -> Vec<weights::Change> {
        counted.iter().zip(&texts).flat_map(|(rule, text)| weights::changes(rule, text, &about, proposal)).collect()
    };
    let (changes, beyond) = (proposed(Proposal::Kept), proposed(Proposal::Loosened));
    let tested = cross_validate(&sample, args.seed);
    if let Some(folder) = &args.out {
        super::make_folder(folder)?;
        super::write_file(&folder.join("weights.diff"), weights::diff(&changes).as_bytes())?;
        super::write_file(&folder.join("weights_beyond_caps.diff"), weights::diff(&beyond).as_bytes())?;
        super::write_file(&folder.join("calibration.json"), super::evaluate::json(&counted)?.as_bytes())?;
        if let Some(tested) = &tested {
            super::write_file(&folder.join("held_out.json"), super::evaluate::json(tested)?.as_bytes())?;
            super::write_file(&folder.join("held_out.html"), held_page::page(tested).as_bytes())?;
        }
        super::write_file(&folder.join("evidence.csv"), page::csv(&counted, &about)?.as_bytes())?;
    }
    super::print(&told(&counted, (&changes, &beyond), tested.as_ref()))?;
    Ok(ExitCode::from(super::exit::QUIET))
}

/// One world for each level of care, all families, three in a hundred hidden.
fn simulated(subjects: u64, seed: u64, out: &Path) -> Result<Vec<PathBuf>, Trouble> {
    let world = |care: u8| {
        let folder = out.join("worlds").join(format!("care-{care}"));
        let seed = seed.wrapping_mul(10).wrapping_add(u64::from(care));
        let plan = Plan {
            subjects: usize::try_from(subjects).unwrap_or(usize::MAX),
            attack_rate: 0.03,
            lookalike_rate: 0.06,
            care,
            families: FAMILIES.to_vec(),
            seed,
            names: seed,
            threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        };
        super::simulate::write(&plan, &folder)?;
        Ok(folder)
    };
    (0..4).map(world).collect()
}

fn told(
    counted: &[calibrate::Counted],
    (changes, beyond): (&[weights::Change], &[weights::Change]),
    tested: Option<&HeldOutReport>,
) -> String {
    let mut out = format!("{:<44}{:>6}{:>16}{:>16}{:>22}  note\n", "rule", "stated", "hidden", "honest", "matched bits");
    for rule in counted.iter().filter(|rule| rule.hidden.hits + rule.honest.hits > 0) {
        let proposed = rule.proposed.map_or_else(|| "-".to_owned(), |bits| format!("{:.1}", bits.bits));
        let note = if rule.tiered { "in steps" } else { rule.note };
        let _ = writeln!(
            out,
            "{:<44}{:>6.1}{:>16}{:>16}{:>22}  {proposed} {note}",
            rule.rule,
            rule.stated.bits,
            format!("{}/{}", rule.hidden.hits, rule.hidden.of),
            format!("{}/{}", rule.honest.hits, rule.honest.of),
            format!("{:.1} ({:.1} to {:.1})", rule.matched.bits, rule.matched.low, rule.matched.high)
        );
    }
    let files = |changes: &[weights::Change]| {
        let mut files: Vec<&str> = changes.iter().map(|change| change.file.as_str()).collect();
        files.dedup();
        files.len()
    };
    let loosened: Vec<&String> = beyond.iter().flat_map(|change| &change.loosened).collect();
    let _ = writeln!(out, "\n{} rules would change by a twentieth of a bit or more within the experts' intervals", files(changes));
    let _ = writeln!(out, "beyond them {}; {} weights would leave an expert's interval:", files(beyond), loosened.len());
    loosened.into_iter().for_each(|sentence| {
        let _ = writeln!(out, "  {sentence}");
    });
    match tested {
        Some(tested) => out += &held_page::text(tested),
        None => out.push_str("no families could be held out: it takes three that hide something\n"),
    }
    out
}
