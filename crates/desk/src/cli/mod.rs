//! The verbs of `bonafide`. A verb is one file with `Args` and `run`, and one word below.
//!
//! Must not know any format, rule or score: verbs ask the stages and print.

use bonafide_facts::Trouble;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Exit codes, as documented in the README.
pub mod exit {
    /// Nothing above note.
    pub const QUIET: u8 = 0;
    /// Something went wrong.
    pub const ERROR: u8 = 1;
    /// There was nothing to read.
    pub const NOTHING: u8 = 3;
    /// At least one subject in review.
    pub const REVIEW: u8 = 12;
    /// At least one subject in escalate.
    pub const ESCALATE: u8 = 13;
}

/// Know who you are really hiring, paying and letting in.
#[derive(Debug, Parser)]
#[command(
    name = "bonafide",
    version,
    about,
    max_term_width = 120,
    after_help = "Exit codes: 0 nothing above note · 1 error · 2 usage · 3 nothing to read · 12 review · 13 escalate"
)]
pub struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

mod rules_laws;

macro_rules! verbs {
    ($($(#[$help:meta])* $verb:ident $file:ident),* $(,)?) => {
        $(pub mod $file;)*
        #[derive(Debug, Subcommand)]
        enum Verb { $($(#[$help])* $verb($file::Args)),* }
        impl Cli {
            /// Runs the verb.
            ///
            /// # Errors
            /// The trouble that ended it.
            pub fn run(self) -> Result<ExitCode, Trouble> {
                match self.verb { $(Verb::$verb(args) => $file::run(args)),* }
            }
        }
    };
}

verbs! {
    /// Check a case folder (or one roster CSV) and explain what was found
    Check check,
    /// Screen names and identifiers against official lists, with an account of each hit
    Screen screen,
    /// Say which hits appear, change or vanish with a new list
    Rescreen rescreen,
    /// Keep, fetch, show and compare official lists
    Lists lists,
    /// Explain one subject's score, or one rule
    Explain explain,
    /// List, show, prove and lint the rules of a pack
    Rules rules,
    /// Print the tables a case folder may hold
    Tables tables,
    /// Find who is the same pair of hands or one crew, and say how we know
    Link link,
    /// Follow coin: where a wallet's came from and where it went, by which transfers
    Trace trace,
    /// Compare identifiers and résumés with another organisation without showing them
    Exchange exchange,
    /// Ask a question in SQL of a case folder and what the engine makes of it (read-only)
    Sql sql,
    /// Write a questionnaire whose answers become observations
    Form form,
    /// Turn real sources into a case folder
    Import import,
    /// Begin a case folder: the tables' headers and a guide
    Init init,
    /// List the rows of the 2022-05-16 advisory and the rules that cover each
    Advisory advisory,
    /// Simulate a case folder of invented people, with the truth beside it
    Simulate simulate,
    /// Measure what the pack catches in worlds whose truth is known, and what it costs
    Evaluate evaluate,
    /// Say what counts make of each rule's weight, as a diff for a person to read
    Calibrate calibrate,
    /// Say what a new or changed rule would have done on history, before it is switched on
    Replay replay,
    /// Say whether groups of people are flagged alike, and which rules drive a difference
    Audit audit,
    /// Prove that a run's manifest still gives the same bytes
    Rerun rerun,
    /// Say what this installation has and what is missing
    Doctor doctor,
    /// Write the generated pages of docs/
    #[command(hide = true)]
    Docs docs,
    /// Write shell completions
    Completions completions,
}

/// Writes to standard output; a closed pipe is not an error.
///
/// # Errors
/// When standard output cannot be written for another reason.
pub fn print(text: &str) -> Result<(), Trouble> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(cannot("write", "standard output", &error)),
        _ => Ok(()),
    }
}

/// A trouble for a file that could not be read or written.
#[must_use]
pub fn cannot(verb: &str, path: impl AsRef<std::path::Path>, error: &std::io::Error) -> Trouble {
    let place = bonafide_facts::Place::file(path.as_ref().display().to_string());
    Trouble::error("io", Some(place), format!("cannot {verb} it: {error}"), "check that the path is right and may be used")
}

/// Writes a file.
///
/// # Errors
/// When it cannot be written.
pub fn write_file(path: &std::path::Path, bytes: &[u8]) -> Result<(), Trouble> {
    std::fs::write(path, bytes).map_err(|error| cannot("write", path, &error))
}

/// Makes a folder and its parents.
///
/// # Errors
/// When it cannot be made.
pub fn make_folder(path: &std::path::Path) -> Result<(), Trouble> {
    std::fs::create_dir_all(path).map_err(|error| cannot("make", path, &error))
}
