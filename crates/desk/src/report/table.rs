//! `--format table`: one block a subject: band, score, top three reasons, next step. The default.
//!
//! Must not let a raw control character through: all text is printable already, ids are made so here.

use crate::report::hits;
use crate::report::words::{cut, fold, pad, provenance, several, shown_id, signed, width};
use crate::report::{Format, Look, Report, SubjectReport, band_counts};
use bonafide_facts::{Band, Trouble};
use std::fmt::Write as _;

pub(super) const FORMAT: Format = Format { id: "table", file: "report.txt", render };

/// Reasons shown for a subject.
const REASONS: usize = 3;
/// Subjects in `clear` are counted, not listed, when others are there or they are many.
const CLEAR_LISTED: usize = 20;

fn render(report: &Report, look: &Look) -> Result<String, Trouble> {
    let mut out = String::new();
    let listed: Vec<&SubjectReport> = report.subjects.iter().filter(|subject| subject.band > Band::Clear).collect();
    let clear: Vec<&SubjectReport> = report.subjects.iter().filter(|subject| subject.band == Band::Clear).collect();
    let ids = report.subjects.iter().map(|subject| width(&shown_id(subject))).max().unwrap_or(0).clamp(7, 24);
    let _ = writeln!(out, "{}", look.quiet(&format!("{}  {}  {:>6}  WHY", pad("BAND", 8), pad("SUBJECT", ids), "BITS")));
    for subject in listed {
        block(&mut out, subject, ids, look);
    }
    clears(&mut out, &clear, ids, look);
    foot(&mut out, report, look);
    Ok(out)
}

/// One subject.
fn block(out: &mut String, subject: &SubjectReport, ids: usize, look: &Look) {
    let indent = 8 + 2 + ids + 2 + 6 + 2;
    let narrow = look.width < indent + 36;
    let margin = if narrow { 2 } else { indent };
    let room = look.width.saturating_sub(margin);
    let band = look.band(subject.band, &pad(subject.band.word(), 8));
    let id = look.strong(&pad(&cut(&shown_id(subject), ids), ids));
    let _ = writeln!(out, "{band}  {id}  {:>6.1}  {}", subject.score_bits, cut(&subject.label, look.width.saturating_sub(indent)));
    let blank = " ".repeat(margin);
    let counted: Vec<_> = subject.counted().collect();
    for finding in counted.iter().take(REASONS) {
        let lines = fold_short(&format!("{} {}", signed(finding.counted_bits), finding.says), room.saturating_sub(5), 2);
        for (at, line) in lines.iter().enumerate() {
            let hang = if at == 0 { "" } else { "     " };
            let _ = writeln!(out, "{blank}{hang}{line}");
        }
    }
    if counted.len() > REASONS {
        let _ = writeln!(out, "{blank}{}", look.quiet(&format!("and {} more", counted.len() - REASONS)));
    }
    if let Some(step) = subject.next_steps.first() {
        for line in fold_short(&format!("next: {}", step.step), room, 3) {
            let _ = writeln!(out, "{blank}{}", look.quiet(&line));
        }
    }
    out.push('\n');
}

/// At most `most` folded lines; `…` ends the last when there were more (`detail` has them all).
fn fold_short(text: &str, room: usize, most: usize) -> Vec<String> {
    let mut lines = fold(text, room);
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            *last = cut(&format!("{last} …"), room.max(8));
        }
    }
    lines
}

/// Those in `clear`: named while they are few, counted always.
fn clears(out: &mut String, clear: &[&SubjectReport], ids: usize, look: &Look) {
    for subject in clear.iter().take(CLEAR_LISTED) {
        let why = if subject.observed { "no finding counts" } else { "nothing observed" };
        let band = look.band(subject.band, &pad(subject.band.word(), 8));
        let room = look.width.saturating_sub(8 + 2 + ids + 2 + 6 + 2);
        let name = cut(&subject.label, room.saturating_sub(why.len() + 3));
        let said = if width(&name) > 3 { format!("{name} · {why}") } else { cut(why, room) };
        let _ = writeln!(out, "{band}  {}  {:>6.1}  {said}", pad(&cut(&shown_id(subject), ids), ids), subject.score_bits);
    }
    if clear.len() > CLEAR_LISTED {
        let _ = writeln!(
            out,
            "{}",
            look.quiet(&format!("{}  and {} more (--format csv lists all)", pad("clear", 8), clear.len() - CLEAR_LISTED))
        );
    }
    if !clear.is_empty() {
        out.push('\n');
    }
}

/// Counts, base rate, what was left out.
fn foot(out: &mut String, report: &Report, look: &Look) {
    let counts: Vec<String> = band_counts(report).map(|(band, count)| format!("{count} {band}")).collect();
    let unseen = report.counts.nothing_observed;
    let nothing = if unseen > 0 { format!(" ({unseen} with nothing observed, which is not the same as clean)") } else { String::new() };
    let mut lines = vec![format!("{}: {}{nothing}", several(report.counts.subjects, "subject"), counts.join(", "))];
    lines.push(format!("base rate 1 in {} ({})", report.base_rate.one_in, report.base_rate.from));
    if report.counts.rows_skipped > 0 || !report.troubles.is_empty() {
        let times: u64 = report.troubles.iter().map(|trouble| trouble.count).sum();
        let (rows, troubles) = (several(report.counts.rows_skipped, "row"), several(times, "trouble"));
        lines.push(format!("{rows} left out, {troubles} with the input (--format detail names them)"));
    }
    let quiet = hits::quiet_count(&report.subjects);
    if quiet > 0 {
        lines.push(format!("{} on official lists kept quiet by the allowlist (bonafide explain names them)", several(quiet, "hit")));
    }
    lines.extend(report.left_out.iter().cloned());
    lines.push(provenance(report));
    for line in lines.iter().flat_map(|line| fold(line, look.width)) {
        let _ = writeln!(out, "{}", look.quiet(&line));
    }
}
