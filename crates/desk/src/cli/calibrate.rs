//! `bonafide calibrate DIR…`: what the counts say of each rule's weight, as a diff for a person to read.
//!
//! Must not change a pack: it writes proposals into a folder.

use crate::proving::calibrate::{self, held_out, page, weights};
use crate::proving::labels::Labels;
use crate::proving::sample::Sample;
use crate::run::Options;
use bonafide_facts::Trouble;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `calibrate` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folders made by `simulate`, or case folders with labels; several are pooled
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Who hides something; truth.csv when left out
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// A person's dispositions instead
    #[arg(long, value_name = "FILE", conflicts_with = "truth")]
    labels: Option<PathBuf>,
    /// Write weights.diff, calibration.json and evidence.csv here
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// What was counted, in words, for the record
    #[arg(long, default_value = "simulated worlds")]
    about: String,
    /// Seed of the split into held-out families
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
    let labels = Labels { truth: args.truth.clone(), dispositions: args.labels.clone() };
    let sample = Sample::read_all(&args.paths, &labels, None, &args.options)?;
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
    let mut changes = Vec::new();
    for rule in &counted {
        let text = crate::embedded::pack_file(args.options.pack.as_deref(), &format!("rules/{}.yml", rule.rule)).unwrap_or_default();
        changes.extend(weights::change(rule, &text, &about));
    }
    let tested = held_out::cross_validate(&sample, args.seed);
    if let Some(folder) = &args.out {
        super::make_folder(folder)?;
        super::write_file(&folder.join("weights.diff"), weights::diff(&changes).as_bytes())?;
        super::write_file(&folder.join("calibration.json"), super::evaluate::json(&(&counted, &tested))?.as_bytes())?;
        super::write_file(&folder.join("evidence.csv"), page::csv(&counted, &about)?.as_bytes())?;
    }
    super::print(&told(&counted, changes.len(), tested.as_ref()))?;
    Ok(ExitCode::from(super::exit::QUIET))
}

fn told(counted: &[calibrate::Counted], changes: usize, tested: Option<&[held_out::HeldOut; 2]>) -> String {
    let mut out = format!("{:<44}{:>6}{:>16}{:>16}{:>22}  note\n", "rule", "stated", "hidden", "honest", "matched bits");
    for rule in counted.iter().filter(|rule| rule.hidden.hits + rule.honest.hits > 0) {
        let proposed = rule.proposed.map_or_else(|| "-".to_owned(), |bits| format!("{:.1}", bits.bits));
        let note = if rule.tiered { "tiers: for a person" } else { rule.note };
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
    let _ = writeln!(out, "\n{changes} weights would change by a twentieth of a bit or more");
    for result in tested.into_iter().flatten() {
        let (precision, low, high) = result.precision_1_in_343;
        let _ = writeln!(
            out,
            "held out, weights {}: recall at 1 in 1,000 {:.3} ({:.3} to {:.3}), naive {:.3}; precision at 1 in 343 {precision:.3} ({low:.3} to {high:.3})",
            result.weights, result.recall.share, result.recall.low, result.recall.high, result.baseline.share
        );
        if let Some(bin) = result.calibration_4_to_8 {
            let _ = writeln!(
                out,
                "  sums of 4 to 8 bits: {} hidden, {} honest; observed odds {:.2} times the stated",
                bin.hidden, bin.honest, bin.factor
            );
        }
    }
    out
}
