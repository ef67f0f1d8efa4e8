//! An audit as a Markdown page (docs/audit.md) and as the text on the terminal: they are the same.
//!
//! Must not count anything.

use super::{Audit, GroupRow, TwinAudit, Verdict};
use crate::proving::statistics::Share;
use std::fmt::Write as _;

/// The page. `about` says what was audited, as printed.
#[must_use]
pub fn markdown(audit: &Audit, about: &str) -> String {
    let mut out = format!("# Audit: are groups flagged alike?\n\nMade by `bonafide audit`; do not edit. {about}\n\n");
    let _ = writeln!(
        out,
        "{} subjects; flagged means `{}` or above: {}. Pack `{}`.",
        audit.subjects,
        audit.flagged_from.word(),
        share(audit.flagged),
        &audit.pack_digest[..audit.pack_digest.len().min(16)]
    );
    let basis = if audit.labelled {
        "Rates against others and tests are among subjects who hide nothing."
    } else {
        "Nobody is known to hide anything: rates are among all."
    };
    let _ = writeln!(
        out,
        "{basis} Intervals are exact (Clopper-Pearson, 95%); tests are Fisher's, corrected after Holm within a column.\nImpact ratio is that of New York City Local Law 144: share not flagged over that of the least flagged group; groups below 2% have none."
    );
    for note in &audit.notes {
        let _ = writeln!(out, "\nNote: {}.", cell(note));
    }
    if let Some(twin) = &audit.twin {
        pairs(twin, audit.flagged_from.word(), &mut out);
    }
    for column in &audit.columns {
        let _ = writeln!(out, "\n## {}\n", column.column);
        if let Some(ratio) = column.least_over_most {
            let _ = writeln!(out, "Lowest over highest flag rate among groups large enough: {ratio:.2}.\n");
        }
        table(&column.groups, &mut out);
    }
    drivers(audit, &mut out);
    out
}

/// The matched pairs.
fn pairs(twin: &TwinAudit, band: &str, out: &mut String) {
    let _ = writeln!(
        out,
        "\n## The same people under other names\n\n{} people who hide nothing were judged twice: as they are, and with all names drawn again while everything else stayed. The band differs for {}, being `{band}` or above for {}. What differs is due to names alone. Ratio: flagged under such names over the same people flagged under other names, with the paired 95% interval; p by the exact sign test.\n",
        twin.pairs, twin.band_differs, twin.flag_differs
    );
    out.push_str(
        "| names | pairs | flagged | the same otherwise | only here | only otherwise | ratio | p |\n|---|---|---|---|---|---|---|---|\n",
    );
    for row in &twin.groups {
        let ratio =
            row.ratio.map_or_else(|| "nobody flagged".to_owned(), |ratio| format!("{ratio:.2} ({:.2} to {:.2})", row.low, row.high));
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {ratio} | {:.3} |",
            cell(&row.group),
            row.pairs,
            row.flagged,
            row.flagged_otherwise,
            row.only_here,
            row.only_otherwise,
            row.p
        );
    }
    if twin.rules.is_empty() {
        out.push_str("\nNo rule fires under one set of names and not under the other.\n");
        return;
    }
    out.push_str("\n| rule | people it fires on under one set of names only | names |\n|---|---|---|\n");
    for rule in &twin.rules {
        let on: Vec<String> = rule.on.iter().map(|(group, n)| format!("{} {n}", cell(group))).collect();
        let _ = writeln!(out, "| {} | {} | {} |", rule.rule, rule.differs, on.join(", "));
    }
}

fn table(groups: &[GroupRow], out: &mut String) {
    out.push_str("| group | flagged | false positives | false discoveries | days to clear | impact ratio | against others | p | |\n|---|---|---|---|---|---|---|---|---|\n");
    for group in groups {
        let optional = |value: Option<Share>| value.map_or_else(|| "-".to_owned(), share);
        let number = |value: Option<f64>, digits: usize| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"));
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {:.2} ({:.2} to {:.2}) | {:.3} | {} |",
            cell(&group.value),
            share(group.flagged),
            optional(group.false_positive),
            optional(group.false_discovery),
            number(group.days_to_clear, 0),
            number(group.impact_ratio, 4),
            group.against_others.ratio,
            group.against_others.low,
            group.against_others.high,
            group.fisher_p,
            group.verdict.words()
        );
    }
    let few = groups.iter().filter(|group| group.verdict == Verdict::TooFewToSay).count();
    if few > 0 {
        let _ = writeln!(out, "\n{few} of {} groups are too few to say.", groups.len());
    }
}

fn drivers(audit: &Audit, out: &mut String) {
    let _ = writeln!(
        out,
        "\n## Rules that fire unequally\n\nRatio below 0.8 (others' rate over the group's) and p at most .05 after Bonferroni's correction over all comparisons; {} comparisons were too small to say.\n",
        audit.too_few
    );
    if audit.drivers.is_empty() {
        out.push_str("None.\n");
        return;
    }
    out.push_str("| | id | fires more on | fired | others | ratio | families it fired on there |\n|---|---|---|---|---|---|---|\n");
    for driver in &audit.drivers {
        let families: Vec<String> = driver.families.iter().map(|(family, n)| format!("{} {n}", cell(family))).collect();
        let _ = writeln!(
            out,
            "| {} | {} | {}: {} | {} | {} | {:.2} | {} |",
            driver.what,
            driver.id,
            cell(&driver.column),
            cell(&driver.value),
            share(driver.fired),
            share(driver.others),
            driver.ratio,
            families.join(", ")
        );
    }
}

/// Counts and interval.
fn share(share: Share) -> String {
    format!("{}/{} {:.2}% ({:.2} to {:.2})", share.hits, share.of, share.share * 100.0, share.low * 100.0, share.high * 100.0)
}

/// A value from outside, harmless in a Markdown table.
fn cell(text: &str) -> String {
    bonafide_facts::text::printable(text, 80).replace(['|', '<', '>', '`', '[', ']'], "?")
}
