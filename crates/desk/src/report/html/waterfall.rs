//! The waterfall: each counting finding moves the running sum, for to the right, against to the left; the last line is the
//! score. A table whose middle column is a picture, so that it reads aloud and fits a phone.
//!
//! Must not colour alone: against is outlined and bears its sign.

use super::coordinate;
use crate::report::words::signed;
use crate::report::{FindingReport, SubjectReport};
use maud::{Markup, html};

/// Units of a bar's width.
const WIDE: f64 = 1000.0;

/// Where bits lie on the bar.
struct Scale {
    low: f64,
    per_bit: f64,
}

impl Scale {
    /// From the lowest to the highest point that any bar or interval reaches.
    fn of(findings: &[&FindingReport]) -> Self {
        let (mut low, mut high, mut sum) = (0.0f64, 1.0f64, 0.0f64);
        for finding in findings {
            low = low.min(sum + finding.low_bits.min(finding.counted_bits));
            high = high.max(sum + finding.high_bits.max(finding.counted_bits));
            sum += finding.counted_bits;
        }
        Self { low, per_bit: WIDE / (high - low) }
    }

    fn at(&self, bits: f64) -> f64 {
        ((bits - self.low) * self.per_bit).clamp(0.0, WIDE)
    }
}

/// The waterfall of one subject; nothing when nothing counts.
pub fn waterfall(subject: &SubjectReport) -> Markup {
    let counted: Vec<&FindingReport> = subject.counted().collect();
    let scale = Scale::of(&counted);
    let mut sum = 0.0;
    html! {
        @if !counted.is_empty() {
            section {
                h3 { "For and against" }
                table.fall {
                    caption.hide { "What each finding added to the score, in bits" }
                    thead.hide { tr { th scope="col" { "Finding" } th scope="col" { "Group" } th scope="col" { "Bits" } } }
                    tbody {
                        @for finding in &counted {
                            (step(&scale, finding, &mut sum))
                        }
                    }
                    tfoot {
                        tr {
                            th scope="row" { "Score" }
                            td.bars { (bar(&scale, "sum", 0.0, subject.score_bits, None)) }
                            td.num { (signed(subject.score_bits)) }
                        }
                    }
                }
                p.soft.legend { "Solid bars speak for hiding, outlined ones against it; the thin line is the interval within which the weight would still be defended." }
            }
        }
    }
}

/// One line; moves the running sum.
fn step(scale: &Scale, finding: &FindingReport, sum: &mut f64) -> Markup {
    let (start, kind) = (*sum, if finding.counted_bits > 0.0 { "for" } else { "against" });
    *sum += finding.counted_bits;
    let interval = Some((start + finding.low_bits, start + finding.high_bits));
    html! {
        tr {
            th scope="row" { code { (finding.rule) } " " span.soft { (finding.group) } }
            td.bars { (bar(scale, kind, start, *sum, interval)) }
            td.num { (signed(finding.counted_bits)) }
        }
    }
}

/// A bar from one running sum to the next.
fn bar(scale: &Scale, kind: &str, from: f64, to: f64, interval: Option<(f64, f64)>) -> Markup {
    let (left, right) = (scale.at(from.min(to)), scale.at(from.max(to)));
    let zero = coordinate(scale.at(0.0));
    html! {
        svg viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            line.zero x1=(zero) x2=(zero) y1="0" y2="20" {}
            rect class=(kind) x=(coordinate(left)) y="4" width=(coordinate((right - left).max(2.0))) height="12" {}
            @if let Some((low, high)) = interval {
                line.interval x1=(coordinate(scale.at(low))) x2=(coordinate(scale.at(high))) y1="10" y2="10" {}
            }
        }
    }
}
