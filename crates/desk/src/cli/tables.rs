//! `bonafide tables [NAME]`: the input contract, from the one declaration in `facts`.

use bonafide_facts::{Origin, TABLES, Table, Trouble, nearest_table, table};
use std::fmt::Write as _;
use std::process::ExitCode;

/// What `tables` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// One table; all when left out
    name: Option<String>,
    /// Print only the CSV header line, ready for a file
    #[arg(long, requires = "name")]
    header: bool,
}

/// Prints the tables.
///
/// # Errors
/// When there is no table of that name.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    let text = match args.name.as_deref() {
        None => overview(),
        Some(name) => {
            let table = table(name).ok_or_else(|| {
                let shown = bonafide_facts::text::printable(name, 60);
                Trouble::error("unknown-table", None, format!("there is no table `{shown}`"), format!("did you mean `{}`? `bonafide tables` lists all", nearest_table(name)))
            })?;
            if args.header { header(table) + "\n" } else { one(table) }
        }
    };
    super::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// The CSV header of a table.
#[must_use]
pub fn header(table: &Table) -> String {
    table.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(",")
}

fn overview() -> String {
    let mut text = String::new();
    let mut chapter = "";
    for table in TABLES.iter() {
        if table.chapter != chapter {
            chapter = table.chapter;
            let _ = writeln!(text, "{}{chapter}", if text.is_empty() { "" } else { "\n" });
        }
        let _ = writeln!(text, "  {:<18} {}", table.name, table.purpose);
    }
    text + "\n`bonafide tables NAME` shows the columns of one; only `subjects` must be there.\n"
}

fn one(table: &Table) -> String {
    let mut text = format!("{}: {} ({})\n\n", table.name, table.purpose, origin(table.origin));
    for column in table.columns {
        let _ = writeln!(text, "  {:<18} {}{}\n{:21}{}", column.name, column.kind.form(), if column.required { ", required" } else { "" }, "", column.meaning);
    }
    text
}

fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Input => "read from the case folder",
        Origin::Reference => "reference; a case folder may add its own",
        Origin::Derived => "made by the engine, never read from outside",
    }
}

/// docs/tables.md.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from("# Tables\n\nMade by `bonafide docs` from the declaration in `crates/facts/src/tables`; do not edit.\n\nA case folder is a folder of files named after these tables: `sign_ins.csv`, `sign_ins.jsonl`, `sign_ins.parquet` (also `.gz`, `.zst`), or a folder\n`sign_ins/` of several such files. Every table is optional except `subjects`. Times are RFC 3339 with the offset as written (in SQL: `at` in UTC and\n`at_offset_minutes`); a time without offset is read as UTC and counted in the troubles. No table has a column for nationality, ethnicity, religion,\ngender, language, accent or photo-derived origin; a file that brings one has it dropped, and the run says so.\n");
    let mut chapter = "";
    for table in TABLES.iter() {
        if table.chapter != chapter {
            chapter = table.chapter;
            let _ = writeln!(text, "\n## {chapter}");
        }
        let _ = writeln!(text, "\n### {}\n\n{} ({}).\n\n| column | form | meaning |\n|---|---|---|", table.name, table.purpose, origin(table.origin));
        for column in table.columns {
            let _ = writeln!(text, "| `{}`{} | {} | {} |", column.name, if column.required { " (required)" } else { "" }, column.kind.form().replace('|', "\\|"), column.meaning.replace('|', "\\|"));
        }
    }
    text
}
