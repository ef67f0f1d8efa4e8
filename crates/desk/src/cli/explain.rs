//! `bonafide explain SUBJECT FOLDER`: the waterfall for and against; `bonafide explain RULE`: what a rule asks and why.

use crate::run::{Input, Stage};
use bonafide_facts::Trouble;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `explain` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A subject's id (then the folder is needed) or a rule's id
    what: String,
    /// The case folder or roster, when a subject is meant
    path: Option<PathBuf>,
    #[command(flatten)]
    options: crate::run::Options,
}

/// Prints the explanation.
///
/// # Errors
/// When there is no such subject or rule.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    let Some(path) = args.path else {
        let (pack, _) = crate::embedded::pack(args.options.pack.as_deref())?;
        let rule = super::rules::find(&pack, &args.what).map_err(|mut trouble| {
            trouble.mend += "; to explain a subject, give its case folder too: bonafide explain SUBJECT FOLDER";
            trouble
        })?;
        super::print(&super::rules::show(rule))?;
        return Ok(ExitCode::SUCCESS);
    };
    let mut run = crate::run::Run::check(&Input { path, options: args.options })?;
    run.judge(Stage::Everything)?;
    let report = run.report()?;
    match crate::report::explain_subject(&report, &args.what) {
        Some(text) => super::print(&text)?,
        None => {
            let shown = bonafide_facts::text::printable(&args.what, 60);
            return Err(Trouble::error("unknown-subject", None, format!("there is no subject `{shown}` in this folder"), "take the id from the first column of `bonafide check`"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
