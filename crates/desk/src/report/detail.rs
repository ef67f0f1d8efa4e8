//! `--format detail`: every subject above `clear` with its whole waterfall, then the inputs and troubles.
//!
//! Must not cut: what the table leaves out stands here.

use crate::report::explain::waterfall;
use crate::report::words::{fold, provenance};
use crate::report::{Format, Look, Report, band_counts};
use bonafide_facts::text::printable;
use bonafide_facts::{Band, Trouble};
use std::fmt::Write as _;

pub(super) const FORMAT: Format = Format { id: "detail", file: "detail.txt", render };

fn render(report: &Report, look: &Look) -> Result<String, Trouble> {
    let rule = "─".repeat(look.width.min(100));
    let mut out = format!("{}\n", provenance(report));
    let counts: Vec<String> = band_counts(report).map(|(band, count)| format!("{count} {band}")).collect();
    let _ = writeln!(out, "{} subjects: {}", report.counts.subjects, counts.join(", "));
    let _ = writeln!(out, "base rate 1 in {} ({})", report.base_rate.one_in, report.base_rate.from);
    for list in &report.lists {
        let _ = writeln!(out, "list {} {}", list.id, list.digest);
    }
    for subject in report.subjects.iter().filter(|subject| subject.band > Band::Clear || !subject.findings.is_empty()) {
        let _ = write!(out, "{rule}\n{}", waterfall(subject));
    }
    let quiet = report.subjects.iter().filter(|subject| subject.band == Band::Clear && subject.findings.is_empty());
    for (at, subject) in quiet.enumerate() {
        if at == 0 {
            let _ = writeln!(out, "{rule}\nNothing found");
        }
        let why = if subject.observed { "no rule found anything" } else { "nothing observed" };
        let _ = writeln!(out, "  {}: {why}", printable(&subject.subject_id, 60));
    }
    inputs(&mut out, report, &rule);
    Ok(out)
}

/// Files, troubles, limits.
fn inputs(out: &mut String, report: &Report, rule: &str) {
    let _ = writeln!(out, "{rule}\nInputs");
    for input in &report.inputs {
        let table = input.table.as_deref().unwrap_or("no table");
        let _ = writeln!(out, "  {} ({table}): {} rows, {} left out, SHA-256 {}", input.path, input.rows, input.skipped, input.sha256);
    }
    if !report.troubles.is_empty() {
        let _ = writeln!(out, "\nTroubles");
    }
    for trouble in &report.troubles {
        for line in trouble.to_string().lines() {
            let _ = writeln!(out, "  {}", printable(line, 2000));
        }
    }
    if !report.left_out.is_empty() {
        let _ = writeln!(out, "\nLeft out of this report");
    }
    for line in report.left_out.iter().flat_map(|line| fold(line, 96)) {
        let _ = writeln!(out, "  {line}");
    }
}
