//! Sentences and cells that several formats share: what a chance means, folded lines, cells fit for spreadsheets.
//!
//! Must not know any one format.

use crate::report::model::{FindingReport, Report, SubjectReport};
use bonafide_facts::text::printable;
use std::borrow::Cow;
use unicode_width::UnicodeWidthChar as _;

/// What a chance means, in people: "about 1 in 340", "about 7 in 100", "more than 99 in 100".
#[must_use]
pub fn chance(chance: f64) -> String {
    if chance > 0.99 {
        "more than 99 in 100".to_owned()
    } else if chance >= 0.0095 {
        format!("about {:.0} in 100", chance * 100.0)
    } else if chance >= 1e-6 {
        let one_in = 1.0 / chance;
        let step = 10f64.powi(one_in.log10().floor() as i32 - 1).max(1.0);
        format!("about 1 in {:.0}", (one_in / step).round() * step)
    } else {
        "fewer than 1 in a million".to_owned()
    }
}

/// What the score means at the base rate, as a sentence.
#[must_use]
pub fn means(score_bits: f64, at_base_rate: f64, one_in: f64) -> String {
    format!(
        "If 1 in {one_in} hides who they are and the bits were exact, {} with {score_bits:.1} bits would; the others are innocent.",
        chance(at_base_rate)
    )
}

/// `1 row`, `2 rows`.
#[must_use]
pub fn several(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Bits with their sign, one decimal: `+4.1`, `-2.0`, `0.0`.
#[must_use]
pub fn signed(bits: f64) -> String {
    let tenths = (bits * 10.0).round() / 10.0;
    if tenths > 0.0 { format!("+{tenths:.1}") } else { format!("{:.1}", tenths + 0.0) }
}

/// The id fit to show.
#[must_use]
pub fn shown_id(subject: &SubjectReport) -> String {
    printable(&subject.subject_id, 60)
}

/// `sign_ins.csv:17, sign_ins.csv:19 and 40 more`: at most `most` places.
#[must_use]
pub fn places(finding: &FindingReport, most: usize) -> String {
    let mut text = finding.evidence.iter().take(most).map(|row| row.place.as_str()).collect::<Vec<_>>().join(", ");
    let shown = finding.evidence.len().min(most) as u64;
    if finding.evidence_total > shown {
        text +=
            &if shown == 0 { format!("{} rows", finding.evidence_total) } else { format!(" and {} more", finding.evidence_total - shown) };
    }
    text
}

/// One line on who judged: engine, pack, moment.
#[must_use]
pub fn provenance(report: &Report) -> String {
    let digest = report.pack.digest.get(..12).unwrap_or(&report.pack.digest);
    let moment =
        if report.as_of.starts_with("1970-01-01T00:00:00") { "no time in the data".to_owned() } else { format!("as of {}", report.as_of) };
    format!("bonafide {} · {} {} ({digest}) · {} rules · {moment}", report.engine, report.pack.id, report.pack.version, report.pack.rules)
}

/// A cell that no spreadsheet takes for a formula: one that begins with `= + - @`, tab or carriage return gets an apostrophe
/// in front (OWASP, CSV Injection). Readers of the file take that one apostrophe off again.
#[must_use]
pub fn formula_safe(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// Columns a text takes on a terminal.
#[must_use]
pub fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// The text cut to at most `most` columns, with `…` at the end when something was cut.
#[must_use]
pub fn cut(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut room = most.saturating_sub(1);
    let kept: String = text
        .chars()
        .take_while(|c| {
            let wide = c.width().unwrap_or(0);
            let fits = wide <= room;
            room = room.saturating_sub(wide);
            fits
        })
        .collect();
    kept.trim_end().to_owned() + "…"
}

/// The text padded with blanks to `columns`.
#[must_use]
pub fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// The text in lines of at most `most` columns, broken at blanks (a longer word is broken where it must).
#[must_use]
pub fn fold(text: &str, most: usize) -> Vec<String> {
    let most = most.max(8);
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split_whitespace() {
        if !line.is_empty() && width(&line) + 1 + width(word) > most {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for c in word.chars() {
            if width(&line) + c.width().unwrap_or(0) > most {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}
