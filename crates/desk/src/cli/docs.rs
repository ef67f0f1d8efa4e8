//! `bonafide docs`: writes the generated pages of docs/ (for the project itself; `--check` says which are stale).

use bonafide_facts::Trouble;
use clap::CommandFactory as _;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `docs` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder of the pages
    #[arg(default_value = "docs")]
    folder: PathBuf,
    /// Write nothing; end with code 1 when a page is stale
    #[arg(long)]
    check: bool,
}

/// Writes or checks the pages.
///
/// # Errors
/// When a page cannot be written or the bundled pack cannot be read.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    let (pack, _) = crate::embedded::pack(None)?;
    let evidence = crate::proving::calibrate::page::evidence(&pack, &crate::embedded::pack_file(None, "evidence.csv").unwrap_or_default())?;
    let pages = [("evidence.md", evidence), ("tables.md", super::tables::markdown()), ("rules.md", super::rules::markdown(&pack)), ("cli.md", cli_page()), ("report.schema.json", crate::report::schema_text())];
    let mut stale = 0;
    for (name, text) in pages {
        let path = args.folder.join(name);
        if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        stale += 1;
        if args.check {
            eprintln!("{}: stale", path.display());
        } else {
            super::make_folder(&args.folder)?;
            super::write_file(&path, text.as_bytes())?;
        }
    }
    super::print(&format!("{stale} pages {}\n", if args.check { "stale" } else { "written" }))?;
    Ok(ExitCode::from(if args.check && stale > 0 { super::exit::ERROR } else { super::exit::QUIET }))
}

/// docs/cli.md, from the flags' own definition.
fn cli_page() -> String {
    let mut command = super::Cli::command().term_width(100);
    command.build();
    let mut text = String::from("# Command line\n\nMade by `bonafide docs` from the definition of the flags; do not edit.\n");
    write_help(&mut command, "bonafide", &mut text);
    text
}

fn write_help(command: &mut clap::Command, name: &str, text: &mut String) {
    if command.is_hide_set() || command.get_name() == "help" {
        return;
    }
    let _ = write!(text, "\n## {name}\n\n```text\n{}```\n", command.render_long_help().to_string().trim_end().to_owned() + "\n");
    for sub in command.get_subcommands_mut() {
        let name = format!("{name} {}", sub.get_name());
        write_help(sub, &name, text);
    }
}
