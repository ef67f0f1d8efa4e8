//! `bonafide sql "…" FOLDER`: read-only questions over a case folder, the reference tables and all derived tables.

use crate::run::{Input, Stage};
use arrow_array::RecordBatch;
use bonafide_facts::Trouble;
use std::process::ExitCode;

/// What `sql` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// One SELECT (or WITH … SELECT) statement
    query: String,
    #[command(flatten)]
    input: Input,
    /// csv or table
    #[arg(long, default_value = "table", value_parser = ["table", "csv"])]
    format: String,
}

/// Runs the statement and prints its rows.
///
/// # Errors
/// When the input cannot be read or the statement is refused, wrong or over its limits.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    let mut run = crate::run::Run::open(&args.input, bonafide_intake::Wants::all())?;
    run.judge(Stage::Everything)?;
    run.print_troubles();
    let batches = run.engine.sql(&run.tables, &args.query)?;
    let text = if args.format == "csv" { csv_text(&batches)? } else { table_text(&batches)? };
    super::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Every cell as text, made printable; row ids stay numbers.
fn cells(batches: &[RecordBatch]) -> Result<(Vec<String>, Vec<Vec<String>>), Trouble> {
    let names = batches.first().map(|batch| batch.schema().fields().iter().map(|field| field.name().clone()).collect()).unwrap_or_default();
    let mut rows = Vec::new();
    for batch in batches {
        rows.extend(bonafide_rules::cell_texts(batch)?);
    }
    Ok((names, rows))
}

fn csv_text(batches: &[RecordBatch]) -> Result<String, Trouble> {
    let (names, rows) = cells(batches)?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    let broken = |error: csv::Error| Trouble::error("csv", None, format!("cannot write CSV: {error}"), "this is a defect of Bonafide: please report it");
    writer.write_record(&names).map_err(broken)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| crate::report::formula_safe(cell).into_owned())).map_err(broken)?;
    }
    let bytes = writer.into_inner().unwrap_or_default();
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn table_text(batches: &[RecordBatch]) -> Result<String, Trouble> {
    let (names, rows) = cells(batches)?;
    let shown: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| bonafide_facts::text::printable(cell, 60)).collect()).collect();
    let mut widths: Vec<usize> = names.iter().map(|name| name.chars().count()).collect();
    for row in &shown {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: &[String]| cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n";
    let mut text = line(&names);
    text += &line(&widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>());
    for row in &shown {
        text += &line(row);
    }
    text += &format!("{} row{}\n", rows.len(), if rows.len() == 1 { "" } else { "s" });
    Ok(text)
}
