//! `bonafide advisory`: the rows of the 2022-05-16 advisory and what covers each.

use bonafide_facts::Trouble;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `advisory` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A pack folder instead of the bundled one
    #[arg(long)]
    pack: Option<PathBuf>,
}

/// Prints every row with the rules, forms or steps that cover it; exit code 1 when one has none.
///
/// # Errors
/// When the pack holds nothing usable.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    let (pack, _) = crate::embedded::pack(args.pack.as_deref())?;
    let rows = crate::knowledge::advisory(args.pack.as_deref())?;
    let mut text = String::from("Guidance on the Democratic People's Republic of Korea Information Technology Workers, State/Treasury/FBI, 2022-05-16\n");
    let mut open = 0;
    for row in &rows {
        let rules: Vec<&str> = pack.rules.iter().filter(|rule| rule.covers.contains(&row.id)).map(|rule| rule.id.as_str()).collect();
        let _ = writeln!(text, "\n{:<4} {}", row.id, row.text);
        match (&row.step, rules.is_empty()) {
            (_, false) => {
                let _ = writeln!(text, "     {}: {}", row.how, rules.join(", "));
            }
            (Some(step), true) => {
                let _ = writeln!(text, "     step: {step}");
            }
            (None, true) => {
                open += 1;
                let _ = writeln!(text, "     NOT COVERED");
            }
        }
    }
    let _ = writeln!(text, "\n{} rows, {open} not covered", rows.len());
    super::print(&text)?;
    Ok(ExitCode::from(if open > 0 { super::exit::ERROR } else { super::exit::QUIET }))
}
