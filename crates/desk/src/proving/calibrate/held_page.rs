//! The held-out results as text for the terminal and as one HTML page with pictures.
//!
//! Must not count anything, load anything or run a script.

use super::held_out::{HeldOut, HeldOutReport};
use crate::proving::evaluate::page::{STYLE, calibration, curve};
use crate::proving::evaluate::told::{calibrated, estimate, share};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::fmt::Write as _;

/// The table for the terminal.
#[must_use]
pub fn text(report: &HeldOutReport) -> String {
    let mut out =
        String::from("\nwhole families held out (recall at 1 false alert per 1,000 honest; crews drawn again; precision at 1 in 343)\n");
    for result in &report.results {
        let _ = writeln!(
            out,
            "  care {:<4}{:<11} recall {} (crews {}) · precision {}",
            result.care,
            result.weights,
            share(result.recall),
            estimate(result.recall_by_crews),
            estimate(result.precision_1_in_343)
        );
        if let Some(bin) = &result.calibration_4_to_8 {
            let _ = writeln!(out, "    sums of 4 to 8 bits: {}", calibrated(bin));
        }
    }
    if !report.baseline_not_beaten.is_empty() {
        let _ = writeln!(out, "  the naive baseline is NOT beaten at care {}", report.baseline_not_beaten.join(", "));
    }
    for (number, fold) in report.folds.iter().enumerate() {
        let _ = writeln!(out, "  fold {}: {}", number + 1, fold.join(", "));
    }
    out
}

/// The page.
#[must_use]
pub fn page(report: &HeldOutReport) -> String {
    let cares: std::collections::BTreeSet<&str> = report.results.iter().map(|result| result.care.as_str()).collect();
    let find = |care: &str, weights: &str| report.results.iter().find(|result| result.care == care && result.weights == weights);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { "Held-out families" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "What carries over to families that were not learned from" }
                p { "Pack " code { (report.pack_digest) } ". Families were split in " (report.folds.len()) " parts; weights learned on the others, within the experts' intervals and beyond them, were judged on each in turn, with a threshold of its own among its own honest subjects. Intervals are 95%, by subjects and with crews drawn again." }
                ul { @for fold in &report.folds { li { (fold.join(", ")) } } }
                @if !report.baseline_not_beaten.is_empty() { p { strong { "The naive baseline is not beaten at care " (report.baseline_not_beaten.join(", ")) "." } } }
                (table(&report.results))
                @for care in cares {
                    h2 { "Care " (care) }
                    p { "Recall against false alerts. Solid: the pack's weights. Dashed: the naive baseline." }
                    @if let Some(ours) = find(care, "the pack's") {
                        (curve(&ours.curve, find(care, "naive").map_or(&[], |naive| naive.curve.as_slice())))
                        p { "Do n bits mean n bits (the pack's weights)?" }
                        (calibration(&ours.calibration))
                    }
                    @if let Some(beyond) = find(care, "beyond caps") {
                        p { "The same for weights that counts alone set, the experts' intervals loosened:" }
                        (calibration(&beyond.calibration))
                    }
                }
            }
        }
    }
    .into_string()
}

fn table(results: &[HeldOut]) -> Markup {
    html! {
        table {
            tr { th { "care" } th { "weights" } th { "hidden" } th { "honest" } th { "recall at 1 in 1,000" } th { "crews drawn again" } th { "by fold" } th { "precision at 1 in 343" } th { "sums of 4 to 8 bits" } }
            @for result in results {
                tr {
                    td { (result.care) }
                    td { (result.weights) }
                    td.n { (result.recall.of) }
                    td.n { (result.false_alerts.of) }
                    td { (share(result.recall)) }
                    td { (estimate(result.recall_by_crews)) }
                    td { @for fold in &result.by_fold { (format!("{:.3} ", fold.share)) } }
                    td { (estimate(result.precision_1_in_343)) }
                    td { @if let Some(bin) = &result.calibration_4_to_8 { (calibrated(bin)) } }
                }
            }
        }
    }
}
