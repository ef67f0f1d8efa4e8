//! `bonafide init FOLDER`: an empty case folder with headers to fill, and a guide that says what each file is for.

use bonafide_facts::{Origin, TABLES, Trouble};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `init` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder to make
    folder: PathBuf,
    /// Only these tables (comma between); all input tables when left out
    #[arg(long, value_delimiter = ',')]
    tables: Vec<String>,
}

/// Makes the folder. Never overwrites a file.
///
/// # Errors
/// When the folder holds files already or cannot be written, or a table is not known.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    super::make_folder(&args.folder)?;
    let taken = std::fs::read_dir(&args.folder).map_err(|error| super::cannot("read", &args.folder, &error))?.next().is_some();
    if taken {
        let place = bonafide_facts::Place::file(args.folder.display().to_string());
        return Err(Trouble::error("not-empty", Some(place), "the folder holds files already; nothing was written", "name a new folder"));
    }
    let mut guide = String::from("# A case folder\n\nFill the files you have, delete the rest: only `subjects.csv` must stay. Then run `bonafide check` on this folder.\n`bonafide tables NAME` explains each column.\n\n");
    for name in &args.tables {
        if bonafide_facts::table(name).is_none() {
            let mend = format!("did you mean `{}`?", bonafide_facts::nearest_table(name));
            return Err(Trouble::error("unknown-table", None, format!("there is no table `{}`", bonafide_facts::text::printable(name, 60)), mend));
        }
    }
    for table in TABLES.iter().filter(|table| table.origin == Origin::Input) {
        if args.tables.is_empty() || table.name == "subjects" || args.tables.iter().any(|name| name == table.name) {
            super::write_file(&args.folder.join(format!("{}.csv", table.name)), format!("{}\n", super::tables::header(table)).as_bytes())?;
            let _ = writeln!(guide, "- `{}.csv`: {}", table.name, table.purpose);
        }
    }
    super::write_file(&args.folder.join("README.md"), guide.as_bytes())?;
    super::print(&format!("Made {}; fill the files you have, then: bonafide check {0}\n", args.folder.display()))?;
    Ok(ExitCode::SUCCESS)
}
