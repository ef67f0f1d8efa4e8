//! Reports: one model, built once, and one file for each format that prints it.
//!
//! Must not compute a score nor parse a foreign format. A new format is one file with a `FORMAT` and one word in `formats!`.

mod baseline;
mod build;
mod clusters;
mod explain;
pub mod flow;
mod hits;
mod look;
mod model;
mod rows;
mod shares;
mod signs;
#[cfg(test)]
mod tests;
mod timeline;
mod words;

pub use baseline::only_new;
pub use build::{Parts, Unobserved, assemble, assess_input};
pub use explain::explain_subject;
pub use json::{schema_text, visible as visible_json};
pub use look::Look;
pub use model::*;
pub use rows::{assessment_row, finding_row};
pub use words::formula_safe;

use bonafide_facts::{Band, Place, Trouble};

/// One way to print a report.
#[derive(Clone, Copy)]
pub struct Format {
    /// The word on the command line.
    pub id: &'static str,
    /// Name of the file it is written to with `--out`.
    pub file: &'static str,
    /// Prints it; the same report gives the same bytes.
    pub render: fn(&Report, &Look) -> Result<String, Trouble>,
}

macro_rules! formats {
    ($($format:ident),* $(,)?) => {
        $(mod $format;)*
        /// Every format, in the order of the help.
        const FORMATS: [Format; [$(stringify!($format)),*].len()] = [$($format::FORMAT),*];
    };
}

formats!(table, detail, json, jsonl, csv, html);

/// The words for `--format`.
#[must_use]
pub fn format_names() -> [&'static str; FORMATS.len()] {
    FORMATS.map(|format| format.id)
}

/// Prints a report in one format.
///
/// # Errors
/// When there is no such format, or it cannot be written: a broken invariant.
pub fn render(report: &Report, format: &str, look: &Look) -> Result<String, Trouble> {
    let found = FORMATS.iter().find(|known| known.id == format);
    let unknown = || {
        let shown = bonafide_facts::text::printable(format, 40);
        Trouble::error("unknown-format", None, format!("there is no format `{shown}`"), format!("one of: {}", format_names().join(", ")))
    };
    (found.ok_or_else(unknown)?.render)(report, look)
}

/// Every format as file name and bytes, for `--out`.
///
/// # Errors
/// As [`render`].
pub fn all(report: &Report) -> Result<Vec<(String, Vec<u8>)>, Trouble> {
    let look = Look::of_file();
    FORMATS.iter().map(|format| Ok((format.file.to_owned(), (format.render)(report, &look)?.into_bytes()))).collect()
}

/// How many subjects each band has, highest first.
pub fn band_counts(report: &Report) -> impl Iterator<Item = (Band, u64)> + '_ {
    Band::ALL.into_iter().rev().map(|band| (band, report.counts.of(band)))
}

/// A format that could not be written: a broken invariant that names itself.
fn broken(format: &str, error: &dyn std::fmt::Display) -> Trouble {
    Trouble::error(
        "report",
        None::<Place>,
        format!("the {format} report cannot be written: {error}"),
        "this is a defect of Bonafide: please report it",
    )
}
