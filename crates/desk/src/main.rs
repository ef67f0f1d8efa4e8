//! The `bonafide` command: reads flags, runs a verb, prints troubles, sets the exit code.
//!
//! The whole flow is in [`run`]; read it first.

mod allow;
mod cli;
mod embedded;
mod export;
mod ignore;
mod knowledge;
mod link_store;
mod lists;
mod manifest;
mod progress;
mod proving;
mod report;
mod run;
mod screening;

use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(code) => code,
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::from(if trouble.code == "nothing-to-read" { cli::exit::NOTHING } else { cli::exit::ERROR })
        }
    }
}
