//! `bonafide import git|ADAPTER PATH… --out FOLDER`: real sources turned into a case folder.

use bonafide_facts::{Tables, Trouble};
use std::path::PathBuf;
use std::process::ExitCode;

/// What `import` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// `git`, or the id of an adapter (see `bonafide import list`)
    source: String,
    /// Repositories, or the product's export
    paths: Vec<PathBuf>,
    /// The case folder to write (made when absent; a table that is there already is never overwritten)
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Imports.
///
/// # Errors
/// When nothing could be read or the folder cannot be written.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    if args.source == "list" {
        let lines = bonafide_intake::adapters().iter().fold("git              history of local git repositories\n".to_owned(), |text, adapter| text + &format!("{:<16} {}\n", adapter.id, adapter.title));
        super::print(&lines)?;
        return Ok(ExitCode::SUCCESS);
    }
    let missing = |what: &str| Trouble::error("usage", None, format!("import needs {what}"), "bonafide import git PATH… --out FOLDER");
    if args.paths.is_empty() {
        return Err(missing("at least one path"));
    }
    let out = args.out.ok_or_else(|| missing("--out FOLDER"))?;
    let progress = crate::progress::Progress::start();
    progress.say(format!("reading {}", args.source));
    let (tables, troubles) = if args.source == "git" {
        let (history, troubles) = bonafide_intake::import_git(&args.paths, &bonafide_intake::GitOptions::default())?;
        let mut tables = Tables::default();
        tables.add_rows(&history.subjects)?;
        tables.add_rows(&history.commits)?;
        tables.add_rows(&history.accounts)?;
        tables.add_rows(&history.identifiers)?;
        (tables, troubles)
    } else {
        let [path] = args.paths.as_slice() else { return Err(missing("exactly one path for an adapter")) };
        let read = bonafide_intake::import_adapter(&args.source, path, &bonafide_intake::ReadOptions::default(), &mut |step| progress.say(format!("reading {}", step.file)))?;
        (read.tables, read.troubles)
    };
    progress.say("writing");
    super::make_folder(&out)?;
    let written = crate::export::write_tables(&tables, &out)?;
    drop(progress);
    for trouble in &troubles {
        eprintln!("{trouble}");
    }
    let lines = written.iter().fold(String::new(), |text, (file, rows)| text + &format!("{file}: {rows} rows\n"));
    super::print(&format!("{lines}next: bonafide check {}\n", out.display()))?;
    Ok(ExitCode::SUCCESS)
}
