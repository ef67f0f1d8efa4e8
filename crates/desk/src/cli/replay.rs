//! `bonafide replay --rule R --on FOLDER…`: what a new or changed rule would have done, before it is switched on.
//!
//! Must not change a pack.

use crate::proving::labels::Labels;
use crate::proving::replay::{self, Replay};
use crate::proving::sample::{Sample, Sources};
use crate::run::Options;
use bonafide_facts::{Place, Trouble};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `replay` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A rule file (new, or in place of the pack's rule of that id), or the id of a rule of the pack (shadow or not)
    #[arg(long, value_name = "FILE|ID")]
    rule: String,
    /// Case folders, with or without truth.csv and groups.csv beside them
    #[arg(long, value_name = "FOLDER", required = true, num_args = 1..)]
    on: Vec<PathBuf>,
    /// A person's dispositions
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// subject_id and columns of groups
    #[arg(long, value_name = "FILE")]
    groups: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    options: Options,
}

/// Judges with and without, and compares.
///
/// # Errors
/// When the rule is refused or unknown, or a folder cannot be checked.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    let labels = Labels { truth: None, dispositions: args.labels.clone(), several: args.on.len() > 1 };
    if let Some(file) = args.on.iter().find(|path| path.is_file() && path.extension().is_some_and(|ending| ending != "csv")) {
        let place = Some(Place::file(file.display().to_string()));
        return Err(Trouble::error("usage", place, "a rule cannot be tried on a report: it needs the tables", "name case folders after --on"));
    }
    let read = |options: &Options| {
        Sample::read(&Sources { paths: &args.on, labels: labels.clone(), groups: args.groups.as_deref(), looks: 0 }, options)
    };
    let path = Path::new(&args.rule);
    let (before, mut after, id) = if path.is_file() {
        let id = rule_id(path)?;
        accepted(path, &id, &args.options)?;
        let with = Options { extra_rule: Some(path.to_owned()), ..args.options.clone() };
        (Some(read(&args.options)?), read(&with)?, id)
    } else {
        (None, read(&args.options)?, args.rule.clone())
    };
    if !after.rules.iter().any(|rule| rule.id == id) {
        let what = format!("there is no rule `{}`", bonafide_facts::text::printable(&id, 80));
        return Err(Trouble::error(
            "no-rule",
            None,
            what,
            "name a rule file that the pack accepts (`bonafide rules lint` says why not), or an id of `bonafide rules list`",
        ));
    }
    after.switch_on(&id);
    let replay = replay::replay(before.as_ref(), &after, &id);
    super::print(&if args.json { super::evaluate::json(&replay)? } else { told(&replay) })?;
    Ok(ExitCode::from(super::exit::QUIET))
}

/// Refuses a rule file that the pack would refuse, with its reason.
fn accepted(path: &Path, id: &str, options: &Options) -> Result<(), Trouble> {
    let (pack, troubles) = crate::embedded::pack_with(options.pack.as_deref(), Some(path))?;
    if pack.rule(id).is_some() {
        return Ok(());
    }
    let of_it = |trouble: &Trouble| trouble.place.as_ref().is_some_and(|place| place.file.ends_with(&format!("rules/{id}.yml")));
    match troubles.into_iter().find(of_it) {
        Some(mut why) => {
            why.place = why.place.map(|place| Place { file: path.display().to_string(), ..place });
            Err(why)
        }
        None => Ok(()),
    }
}

/// The id in a rule file's own words.
fn rule_id(path: &Path) -> Result<String, Trouble> {
    let text = std::fs::read_to_string(path).map_err(|error| super::cannot("read", path, &error))?;
    let id = text.lines().find_map(|line| line.strip_prefix("id:")).map(|id| id.trim().trim_matches('"').to_owned());
    id.ok_or_else(|| {
        Trouble::error(
            "no-id",
            Some(Place::file(path.display().to_string())),
            "it has no line `id:`",
            "a rule file begins with `id: some-name`",
        )
    })
}

fn told(replay: &Replay) -> String {
    use crate::proving::evaluate::told::share;
    let mut out = format!("`{}` fires on {} of {} subjects\n", replay.rule, replay.fires.hits, replay.fires.of);
    if let (Some(precision), Some(recall), Some(false_alerts)) = (replay.precision, replay.recall, replay.false_alerts) {
        let _ = writeln!(out, "of those it fires on, hiding something: {}", share(precision));
        let _ = writeln!(out, "of the hidden it fires on {}; of the honest on {}", share(recall), share(false_alerts));
    } else {
        out.push_str("nothing is known of these subjects: give --labels to learn how right it is\n");
    }
    for (from, to, n) in &replay.moves {
        let _ = writeln!(out, "  {n} would move from {} to {}", from.word(), to.word());
    }
    let _ =
        writeln!(out, "{} would newly be in review or above, {} of them known to hide nothing", replay.new_alerts, replay.new_false_alerts);
    if let Some((before, after)) = replay.recall_at_1_in_1000 {
        let _ = writeln!(out, "recall at 1 false alert in 1,000: {} before, {} after", share(before), share(after));
    }
    for group in &replay.groups {
        let _ = writeln!(
            out,
            "  {:<34} review or above {:.3}% before, {:.3}% after; fires unequally p = {:.3}",
            bonafide_facts::text::printable(&group.group, 60),
            group.before.share * 100.0,
            group.after.share * 100.0,
            group.fisher_p
        );
    }
    out
}
