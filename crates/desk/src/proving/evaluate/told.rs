//! An evaluation as text for the terminal.
//!
//! Must not count anything.

use super::{Estimate, Evaluation};
use crate::proving::statistics::Share;
use std::fmt::Write as _;

/// The summary.
#[must_use]
pub fn text(e: &Evaluation) -> String {
    let mut out = format!(
        "{} hide something, {} do not, {} undecided (left out); pack {}\n",
        e.hidden,
        e.honest,
        e.undecided,
        &e.pack_digest[..e.pack_digest.len().min(12)]
    );
    if let (Some(auc), Some(naive)) = (e.auc, e.baseline_auc) {
        let _ = writeln!(out, "area under the curve {} · naive baseline {}", estimate(auc), estimate(naive));
    }
    for note in &e.notes {
        let _ = writeln!(out, "note: {note}");
    }
    for point in &e.points {
        let _ = writeln!(
            out,
            "\nat 1 alert per {} honest subjects (above {:.1} bits; {} alerted)",
            point.one_in, point.threshold_bits, point.false_alerts.hits
        );
        let _ = writeln!(
            out,
            "  recall {} (crews drawn again {}) · naive baseline {}",
            share(point.recall),
            estimate(point.recall_by_crews),
            point.baseline_recall.map_or_else(|| "not counted".to_owned(), share)
        );
        let _ = writeln!(
            out,
            "  precision at 1 in 343: {} · at 1 in 100,000: {}",
            estimate(point.precision_1_in_343),
            estimate(point.precision_1_in_100000)
        );
    }
    families(e, &mut out);
    by_care(e, &mut out);
    let _ = writeln!(out, "\ncalibration (stated bits of the score against counted bits)");
    for bin in &e.calibration {
        let _ = writeln!(
            out,
            "  {:>6.1} to {:>5.1}: {:>6} hidden {:>7} honest · stated {:>5.1} · counted {:>5.1} ({:.1} to {:.1}) · odds {:.2} times",
            bin.from_bits, bin.to_bits, bin.hidden, bin.honest, bin.stated_bits, bin.observed_bits, bin.low_bits, bin.high_bits, bin.factor
        );
    }
    if let Some(bin) = e.calibration_4_to_8 {
        let _ = writeln!(out, "  sums of 4 to 8 bits: {}", calibrated(&bin));
    }
    let _ = writeln!(out, "\nrecall lost without each group");
    for group in &e.without_group {
        let _ = writeln!(out, "  {:<14} {:>+6.3}  (recall {})", group.without, group.loss, share(group.recall));
    }
    let _ = writeln!(out, "rules that cost more than they give (recall rises without them)");
    for rule in e.without_rule.iter().rev().take_while(|rule| rule.loss < 0.0).take(8) {
        let _ = writeln!(out, "  {:<40} {:>+6.3}", rule.without, rule.loss);
    }
    for cluster in &e.clusters {
        let _ = writeln!(
            out,
            "{} clusters: pairs P {:.3} R {:.3} F {:.3} · B-cubed P {:.3} R {:.3} F {:.3}",
            cluster.level,
            cluster.pairs.precision,
            cluster.pairs.recall,
            cluster.pairs.f1,
            cluster.b_cubed.precision,
            cluster.b_cubed.recall,
            cluster.b_cubed.f1
        );
    }
    let _ = writeln!(out, "{} of {} rules never fired", e.dead_rules.len(), e.rules.len());
    out
}

fn families(e: &Evaluation, out: &mut String) {
    let _ = writeln!(
        out,
        "\n{:<24}{:>8}  {:<24}{:<20}{:<20}first alert / times ordinary",
        "family", "subjects", "review or above", "1 per 1,000 (naive)", "1 per 100 (naive)"
    );
    for family in &e.families {
        let pair = |index: usize| match (family.alerted.get(index), family.baseline.get(index)) {
            (Some(ours), Some(naive)) => format!("{:.3} ({:.3})", ours.share, naive.share),
            (Some(ours), None) => format!("{:.3}", ours.share),
            _ => String::new(),
        };
        let tail = match (&family.delay, &family.times_ordinary) {
            (Some(delay), _) => format!("{:.0} days (9 of 10: {:.0})", delay.median_days, delay.ninth_tenth_days),
            (_, Some(times)) => format!("{:.1} times ordinary ({:.1} to {:.1})", times.ratio, times.low, times.high),
            _ if !family.hides && family.flagged.hits == 0 => "nobody flagged".to_owned(),
            _ => String::new(),
        };
        let mark = if family.hides { "*" } else { " " };
        let _ = writeln!(
            out,
            "{mark}{:<23}{:>8}  {:<24}{:<20}{:<20}{tail}",
            family.family,
            family.subjects,
            share(family.flagged),
            pair(0),
            pair(1)
        );
    }
    out.push_str("* hides who does the work\n");
    if !e.costly_families.is_empty() {
        let _ = writeln!(out, "honest families flagged more than {:.0} times as often as ordinary people:", super::costly::TIMES);
        e.costly_families.iter().for_each(|family| {
            let _ = writeln!(out, "  {}", family.words());
        });
        let _ = writeln!(out, "  {}", super::costly::MEND);
    }
    match e.look_days {
        Some(days) => {
            let _ = writeln!(
                out,
                "first alert: judged again at earlier moments {days:.0} days apart, so a delay is up to {days:.0} days too long"
            );
        }
        None => out.push_str("first alert: not looked for (--looks N judges the folder again at N - 1 earlier moments)\n"),
    }
}

fn by_care(e: &Evaluation, out: &mut String) {
    for level in &e.by_care {
        let naive = level.baseline.map_or_else(|| "not counted".to_owned(), share);
        let _ = writeln!(
            out,
            "care {}: {} hidden, {} honest · recall at 1 per 1,000 {} · naive {naive} · precision at 1 in 343 {}",
            bonafide_facts::text::printable(&level.care, 20),
            level.hidden,
            level.honest,
            share(level.recall),
            estimate(level.precision_1_in_343)
        );
        if let Some(bin) = &level.calibration_4_to_8 {
            let _ = writeln!(out, "  sums of 4 to 8 bits: {}", calibrated(bin));
        }
    }
}

/// `observed odds 1.20 (0.80 to 1.70) times the stated ones, 40 hidden and 12 honest: within a factor of two`.
#[must_use]
pub fn calibrated(bin: &super::Bin) -> String {
    format!(
        "observed odds {:.2} ({:.2} to {:.2}) times the stated ones, {} hidden and {} honest: {}",
        bin.factor,
        bin.factor_low,
        bin.factor_high,
        bin.hidden,
        bin.honest,
        bin.verdict()
    )
}

/// `.123 (.100 to .150)`.
#[must_use]
pub fn share(share: Share) -> String {
    format!("{:.3} ({:.3} to {:.3})", share.share, share.low, share.high)
}

/// `.123 (.100 to .150)`.
#[must_use]
pub fn estimate(e: Estimate) -> String {
    format!("{:.3} ({:.3} to {:.3})", e.value, e.low, e.high)
}
