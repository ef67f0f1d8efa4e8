//! One subject's waterfall in the terminal: what speaks for and against, what does not count and why, what to ask, what was
//! not observed.
//!
//! Must not colour or move a cursor: plain lines of at most 100 columns.

use crate::report::hits;
use crate::report::words::{fold, places, provenance, several, shown_id, signed};
use crate::report::{FindingReport, Mark, Report, SubjectReport};
use std::fmt::Write as _;

/// Columns of a line, and of the bars.
const WIDTH: usize = 100;
const BAR: usize = 24;

/// The explanation of one subject, as several lines; `None` when the report has no such subject.
#[must_use]
pub fn explain_subject(report: &Report, subject_id: &str) -> Option<String> {
    let subject = report.subjects.iter().find(|subject| subject.subject_id == subject_id)?;
    let mut out = waterfall(subject);
    let _ = writeln!(out, "\n{}", provenance(report));
    Some(out)
}

/// All but the line on who judged.
#[must_use]
pub(super) fn waterfall(subject: &SubjectReport) -> String {
    let mut out = String::new();
    let name = if subject.label.is_empty() { String::new() } else { format!("  {}", subject.label) };
    let _ = writeln!(out, "{}{name}\n{} · {:.1} bits", shown_id(subject), subject.band, subject.score_bits);
    for reason in &subject.band_reasons {
        paragraph(&mut out, "  ", reason);
    }
    paragraph(&mut out, "  ", &subject.means);
    let counted: Vec<&FindingReport> = subject.counted().collect();
    let scale = counted.iter().map(|finding| finding.counted_bits.abs()).fold(1.0, f64::max);
    section(&mut out, "For", counted.iter().copied().filter(|finding| finding.counted_bits > 0.0), Some(scale));
    section(&mut out, "Against", counted.iter().copied().filter(|finding| finding.counted_bits < 0.0), Some(scale));
    if !counted.is_empty() {
        let _ = writeln!(out, "\n  {:>6}  sum", signed(subject.score_bits));
    }
    section(&mut out, "Found, not counted", subject.findings.iter().filter(|finding| finding.counted_bits == 0.0), None);
    for (at, hit) in subject.list_hits.iter().enumerate() {
        if at == 0 {
            out.push_str("\nOn official lists\n");
        }
        paragraph(&mut out, "  - ", &hits::line(hit));
        paragraph(&mut out, "    ", &format!("mark {}", hit.mark));
    }
    next(&mut out, subject);
    not_observed(&mut out, subject);
    out
}

/// A heading and its findings; nothing when there are none.
fn section<'a>(out: &mut String, heading: &str, findings: impl Iterator<Item = &'a FindingReport>, scale: Option<f64>) {
    for (at, finding) in findings.enumerate() {
        if at == 0 {
            let _ = writeln!(out, "\n{heading}");
        }
        let bits = if scale.is_some() { finding.counted_bits } else { finding.weight_bits };
        let bar = scale.map(|scale| format!("{:<BAR$}  ", bar(finding.counted_bits, scale))).unwrap_or_default();
        let _ = writeln!(out, "  {:>6}  {bar}{} [{}]{}", signed(bits), finding.rule, finding.group, mark(finding));
        paragraph(out, "          ", &finding.says);
        if finding.evidence_total > 0 {
            paragraph(out, "          ", &format!("rows: {}", places(finding, 6)));
        }
        if let Some(reason) = finding.cleared.as_ref().or(finding.reason.as_ref()) {
            paragraph(out, "          ", &format!("not counted: {reason}"));
        }
        if finding.mark == Mark::Stands && !finding.innocent.is_empty() {
            paragraph(out, "          ", &format!("may be innocent: {}", finding.innocent.join("; ")));
        }
    }
}

/// `#` for, `-` against, in proportion.
fn bar(bits: f64, scale: f64) -> String {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to BAR
    let length = ((bits.abs() / scale * BAR as f64).round() as usize).clamp(1, BAR);
    if bits > 0.0 { "#" } else { "-" }.repeat(length)
}

fn mark(finding: &FindingReport) -> &'static str {
    match finding.mark {
        Mark::Stands => "",
        Mark::Cleared => " (cleared)",
        Mark::Expired => " (expired)",
        Mark::Shadow => " (shadow)",
    }
}

fn next(out: &mut String, subject: &SubjectReport) {
    if subject.next_steps.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nAsk next");
    for step in &subject.next_steps {
        paragraph(
            out,
            "  - ",
            &format!(
                "{} (settles {}: would leave {} at {:.1} bits)",
                step.step, step.rule, step.band_if_cleared, step.score_if_cleared_bits
            ),
        );
    }
    if subject.more_steps > 0 {
        let _ = writeln!(out, "  and {} more", subject.more_steps);
    }
}

fn not_observed(out: &mut String, subject: &SubjectReport) {
    if subject.not_observed.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nNot observed (neither for nor against)");
    for lack in &subject.not_observed {
        paragraph(out, "  - ", &format!("{}: {}", lack.missing.join(" and "), lack.rules.join(", ")));
    }
    if let Some(telling) = &subject.most_telling {
        paragraph(
            out,
            "  ",
            &format!("{} would tell most: up to {:.1} bits from {}", telling.table, telling.bits, several(telling.rules as u64, "rule")),
        );
    }
}

/// A folded text; `first` stands before its first line, as many blanks before the others.
fn paragraph(out: &mut String, first: &str, text: &str) {
    let blank = " ".repeat(first.len());
    for (at, line) in fold(text, WIDTH - first.len()).iter().enumerate() {
        let _ = writeln!(out, "{}{line}", if at == 0 { first } else { &blank });
    }
}
