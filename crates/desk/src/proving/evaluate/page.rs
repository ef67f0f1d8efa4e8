//! An evaluation as one HTML page that needs nothing from elsewhere: tables and two pictures.
//!
//! Must not count anything, load anything or run a script.

use super::told::{calibrated, estimate, share};
use super::{Bin, Evaluation};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::fmt::Write as _;

/// The look of the measurement pages.
pub const STYLE: &str = "body{font:15px/1.45 system-ui,sans-serif;max-width:70em;margin:2em auto;padding:0 1em;color:#222;background:#fff}\
table{border-collapse:collapse;margin:1em 0}th,td{padding:.25em .7em;text-align:left;border-bottom:1px solid #ddd}td.n{text-align:right;font-variant-numeric:tabular-nums}\
svg{max-width:100%;height:auto}.ours{stroke:#1a6;fill:none;stroke-width:2}.naive{stroke:#c60;fill:none;stroke-width:2;stroke-dasharray:5 4}.axis{stroke:#999}.grid{stroke:#eee}text{font-size:12px;fill:#444}";

/// The page.
#[must_use]
pub fn html(e: &Evaluation) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { "Evaluation" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "What the pack catches, and what it costs" }
                p { (e.hidden) " subjects hide something, " (e.honest) " do not, " (e.undecided) " are undecided and left out. Pack " code { (e.pack_digest) } ". Intervals are 95%." }
                @for note in &e.notes { p { (note) } }
                (points(e))
                (levels(e))
                h2 { "Recall against false alerts" }
                p { "Solid: the pack's score. Dashed: the naive baseline, a count of shared identifiers." }
                (curve(&e.curve, &e.baseline_curve))
                h2 { "Families" }
                (families(e))
                h2 { "Do n bits mean n bits?" }
                (calibration(&e.calibration))
                h2 { "Rules" }
                (rules(e))
                @if !e.dead_rules.is_empty() { p { (e.dead_rules.len()) " rules never fired: " (e.dead_rules.join(", ")) "." } }
            }
        }
    };
    page.into_string()
}

fn points(e: &Evaluation) -> Markup {
    html! {
        table {
            tr { th { "false alerts" } th { "recall" } th { "naive baseline" } th { "precision at 1 in 343" } th { "precision at 1 in 100,000" } }
            @for point in &e.points {
                tr {
                    td { "1 in " (point.one_in) }
                    td { (share(point.recall)) }
                    td { (point.baseline_recall.map(share).unwrap_or_else(|| "not counted".to_owned())) }
                    td { (format!("{:.3} ({:.3} to {:.3})", point.precision_1_in_343.value, point.precision_1_in_343.low, point.precision_1_in_343.high)) }
                    td { (format!("{:.4} ({:.4} to {:.4})", point.precision_1_in_100000.value, point.precision_1_in_100000.low, point.precision_1_in_100000.high)) }
                }
            }
        }
    }
}

fn levels(e: &Evaluation) -> Markup {
    html! {
        @if !e.by_care.is_empty() {
            h2 { "By care" }
            table {
                tr { th { "care" } th { "hidden" } th { "honest" } th { "recall at 1 in 1,000" } th { "naive baseline" } th { "precision at 1 in 343" } th { "sums of 4 to 8 bits" } }
                @for level in &e.by_care {
                    tr {
                        td { (level.care) }
                        td.n { (level.hidden) }
                        td.n { (level.honest) }
                        td { (share(level.recall)) }
                        td { (level.baseline.map(share).unwrap_or_else(|| "not counted".to_owned())) }
                        td { (estimate(level.precision_1_in_343)) }
                        td { @if let Some(bin) = &level.calibration_4_to_8 { (calibrated(bin)) } }
                    }
                }
            }
        }
    }
}

fn families(e: &Evaluation) -> Markup {
    html! {
        table {
            tr { th { "family" } th { "hides" } th { "subjects" } th { "review or above" } th { "recall at 1 in 1,000" } th { "naive" } th { "times ordinary" } th { "days to first alert" } }
            @for family in &e.families {
                tr {
                    td { (family.family) }
                    td { (if family.hides { "yes" } else { "no" }) }
                    td.n { (family.subjects) }
                    td { (share(family.flagged)) }
                    td { @if let Some(point) = family.alerted.first() { (share(*point)) } }
                    td { @if let Some(point) = family.baseline.first() { (share(*point)) } }
                    td { @if let Some(times) = family.times_ordinary { (format!("{:.1} ({:.1} to {:.1})", times.ratio, times.low, times.high)) } }
                    td.n { @if let Some(delay) = family.delay { (format!("{:.0}", delay.median_days)) } }
                }
            }
        }
        @if !e.costly_families.is_empty() {
            p { "Honest families flagged more than " (super::costly::TIMES) " times as often as ordinary people:" }
            ul { @for family in &e.costly_families { li { (family.words()) } } }
            p { (super::costly::MEND) "." }
        }
    }
}

fn rules(e: &Evaluation) -> Markup {
    let fired = e.rules.iter().filter(|rule| rule.hidden.hits + rule.honest.hits > 0);
    html! {
        table {
            tr { th { "rule" } th { "group" } th { "fired: hidden" } th { "fired: honest" } th { "stated bits" } th { "counted bits" } th { "honest families it fires on" } }
            @for rule in fired {
                tr {
                    td { (rule.rule) }
                    td { (rule.group) }
                    td.n { (format!("{:.4}", rule.hidden.share)) }
                    td.n { (format!("{:.4}", rule.honest.share)) }
                    td.n { (format!("{:.1}", rule.stated_bits)) }
                    td.n { (format!("{:.1} ({:.1} to {:.1})", rule.observed_bits, rule.low_bits, rule.high_bits)) }
                    td { @for (family, share) in &rule.honest_families { (family) " " (format!("{:.3}", share.share)) " " } }
                }
            }
        }
    }
}

/// Recall over the logarithm of the false-alert share, from one in 10,000 to all.
pub fn curve(ours: &[(f64, f64)], naive: &[(f64, f64)]) -> Markup {
    let x = |share: f64| 60.0 + (share.max(1e-4).log10() + 4.0) / 4.0 * 520.0;
    let y = |recall: f64| 320.0 - recall * 280.0;
    let line = |points: &[(f64, f64)]| {
        points.iter().fold(String::new(), |mut text, (false_alerts, recall)| {
            let _ = write!(text, "{:.1},{:.1} ", x(*false_alerts), y(*recall));
            text
        })
    };
    html! {
        svg viewBox="0 0 600 360" width="600" role="img" aria-label="recall against false alerts" {
            @for (share, label) in [(1e-4, "1 in 10,000"), (1e-3, "1 in 1,000"), (1e-2, "1 in 100"), (1e-1, "1 in 10"), (1.0, "all")] {
                line.grid x1=(x(share)) x2=(x(share)) y1="40" y2="320" {}
                text x=(x(share) - 20.0) y="340" { (label) }
            }
            @for tenth in [0.0, 0.5, 0.9, 1.0] {
                line.grid x1="60" x2="580" y1=(y(tenth)) y2=(y(tenth)) {}
                text x="30" y=(y(tenth) + 4.0) { (tenth) }
            }
            polyline.naive points=(line(naive)) {}
            polyline.ours points=(line(ours)) {}
        }
    }
}

/// Counted bits over stated bits with intervals; the grey line is where they are equal.
pub fn calibration(bins: &[Bin]) -> Markup {
    let x = |bits: f64| 60.0 + (bits.clamp(-4.0, 16.0) + 4.0) / 20.0 * 520.0;
    let y = |bits: f64| 320.0 - (bits.clamp(-4.0, 16.0) + 4.0) / 20.0 * 280.0;
    html! {
        svg viewBox="0 0 600 360" width="600" role="img" aria-label="stated bits against counted bits" {
            line.axis x1=(x(-4.0)) y1=(y(-4.0)) x2=(x(16.0)) y2=(y(16.0)) {}
            @for bits in [-4.0, 0.0, 4.0, 8.0, 12.0, 16.0] {
                text x=(x(bits) - 6.0) y="340" { (bits) }
                text x="30" y=(y(bits) + 4.0) { (bits) }
            }
            @for bin in bins {
                line.ours x1=(x(bin.stated_bits)) x2=(x(bin.stated_bits)) y1=(y(bin.low_bits)) y2=(y(bin.high_bits)) {}
                circle.ours cx=(x(bin.stated_bits)) cy=(y(bin.observed_bits)) r="4" {}
            }
        }
        table {
            tr { th { "score" } th { "hidden" } th { "honest" } th { "stated bits" } th { "counted bits" } th { "observed odds over stated" } th { } }
            @for bin in bins {
                tr {
                    td { (range(bin)) }
                    td.n { (bin.hidden) }
                    td.n { (bin.honest) }
                    td.n { (format!("{:.1}", bin.stated_bits)) }
                    td.n { (format!("{:.1} ({:.1} to {:.1})", bin.observed_bits, bin.low_bits, bin.high_bits)) }
                    td.n { (format!("{:.2} ({:.2} to {:.2})", bin.factor, bin.factor_low, bin.factor_high)) }
                    td { (bin.verdict()) }
                }
            }
        }
    }
}

/// A range of scores in words.
fn range(bin: &Bin) -> String {
    match (bin.from_bits, bin.to_bits) {
        (from, to) if from < 0.0 && to > 0.0 => "0".to_owned(),
        (from, to) if from < -60.0 => format!("below {to:.0}"),
        (from, to) if to > 60.0 => format!("{from:.0} and more"),
        (from, to) => format!("{:.0} to {:.0}", from.round() + 0.0, to.round() + 0.0),
    }
}
