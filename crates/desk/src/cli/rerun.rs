//! `bonafide rerun MANIFEST`: runs again with the same arguments and compares every output byte for byte.

use crate::manifest::Manifest;
use crate::run::{Input, Run, Stage};
use bonafide_facts::{Place, Trouble};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `rerun` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// manifest.json of an earlier run; paths in it are taken from the current folder
    manifest: PathBuf,
}

/// Runs again; exit code 1 when something differs.
///
/// # Errors
/// When the manifest cannot be read or the run fails.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    let bytes = std::fs::read(&args.manifest).map_err(|error| super::cannot("read", &args.manifest, &error))?;
    let not_one = |error: serde_json::Error| {
        let place = Place::line(args.manifest.display().to_string(), error.line() as u64);
        Trouble::error("manifest", Some(place), format!("this is not a manifest: {error}"), "give the manifest.json that `check --out` wrote")
    };
    let earlier: Manifest = serde_json::from_slice(&bytes).map_err(not_one)?;
    let mut input: Input = serde_json::from_value(earlier.arguments.clone()).map_err(not_one)?;
    input.options.judged_as_of.clone_from(&earlier.as_of);
    let mut run = Run::check(&input)?;
    run.judge(Stage::Everything)?;
    let report = run.report()?;
    let outputs = crate::report::all(&report)?;
    let now = Manifest::of(&run, &input, &report, &outputs)?;
    let differences = differences(&earlier, &now);
    let mut text = String::new();
    for line in &differences {
        let _ = writeln!(text, "differs: {line}");
    }
    let _ = writeln!(text, "{} inputs, {} outputs: {}", now.inputs.len(), now.outputs.len(), if differences.is_empty() { "the same bytes".to_owned() } else { format!("{} differences", differences.len()) });
    super::print(&text)?;
    Ok(ExitCode::from(if differences.is_empty() { super::exit::QUIET } else { super::exit::ERROR }))
}

fn differences(earlier: &Manifest, now: &Manifest) -> Vec<String> {
    let mut found = Vec::new();
    if earlier.engine != now.engine {
        found.push(format!("engine {} then, {} now", earlier.engine, now.engine));
    }
    if earlier.pack != now.pack {
        found.push(format!("pack {} then, {} now", earlier.pack.get("digest").map_or("?", |d| d), now.pack.get("digest").map_or("?", |d| d)));
    }
    for file in &earlier.inputs {
        match now.inputs.iter().find(|other| other.path == file.path) {
            None => found.push(format!("input {} is gone", file.path)),
            Some(other) if other.sha256 != file.sha256 => found.push(format!("input {} has changed", file.path)),
            Some(_) => {}
        }
    }
    for file in now.inputs.iter().filter(|file| !earlier.inputs.iter().any(|other| other.path == file.path)) {
        found.push(format!("input {} is new", file.path));
    }
    for (name, digest) in &earlier.outputs {
        if now.outputs.get(name) != Some(digest) {
            found.push(format!("output {name}"));
        }
    }
    if earlier.counts != now.counts {
        found.push(format!("counts {:?} then, {:?} now", earlier.counts, now.counts));
    }
    found
}
