//! `bonafide completions SHELL`: from the same definition as the flags.

use bonafide_facts::Trouble;
use clap::CommandFactory as _;
use std::process::ExitCode;

/// What `completions` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which shell
    shell: clap_complete::Shell,
}

/// Writes the completions to standard output.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    let mut bytes = Vec::new();
    clap_complete::generate(args.shell, &mut super::Cli::command(), "bonafide", &mut bytes);
    super::print(&String::from_utf8_lossy(&bytes))?;
    Ok(ExitCode::SUCCESS)
}
