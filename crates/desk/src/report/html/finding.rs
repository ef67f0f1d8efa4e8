//! A finding's card: the sentence, the rows behind it, what may explain it, what settles it, where the rule comes from.
//!
//! Must not leave out the innocent side: it stands open, the sources fold.

use super::subject::code;
use crate::report::words::{several, signed};
use crate::report::{FindingReport, Mark};
use bonafide_facts::{Basis, Citation};
use maud::{Markup, html};

/// One finding.
pub fn card(finding: &FindingReport) -> Markup {
    html! {
        div.card data-mark=(mark(finding)) {
            p.says { (finding.says) }
            p.facts {
                code { (finding.rule) } span { (finding.group) }
                span.num { (signed(finding.weight_bits)) " bits" @if finding.counted_bits == 0.0 { ", none counted" } }
                @if finding.mark != Mark::Stands { b { (mark(finding)) } }
                @if finding.exact_listing { b { "exact list hit" } }
                @if let Some(cap) = finding.cap { span { "at most " (cap) } }
                @if let Some(seen) = seen(finding) { span { (seen) } }
            }
            @if let Some(reason) = finding.cleared.as_ref().or(finding.reason.as_ref()) { p.soft { "Not counted: " (code(reason)) } }
            @if finding.evidence_total > 0 {
                p.rows { "Rows: " @for row in &finding.evidence { code { (row.place) } " " } (more_rows(finding)) }
            }
            div.sides {
                (side("May be innocent", &finding.innocent))
                (side("What settles it", &finding.clear))
            }
            (sources(finding))
        }
    }
}

fn mark(finding: &FindingReport) -> &'static str {
    match finding.mark {
        Mark::Stands => "stands",
        Mark::Cleared => "cleared",
        Mark::Expired => "expired",
        Mark::Shadow => "shadow",
    }
}

/// First and last day of the evidence.
fn seen(finding: &FindingReport) -> Option<String> {
    let day = |time: &String| time.split('T').next().unwrap_or_default().to_owned();
    let (first, last) = (finding.first_at.as_ref().map(day)?, finding.last_at.as_ref().map(day)?);
    Some(if first == last { first } else { format!("{first} to {last}") })
}

fn more_rows(finding: &FindingReport) -> String {
    let more = finding.evidence_total.saturating_sub(finding.evidence.len() as u64);
    if more > 0 { format!("and {}", several(more, "more row")) } else { String::new() }
}

fn side(heading: &str, items: &[String]) -> Markup {
    html! { @if !items.is_empty() { div { h4 { (heading) } ul { @for item in items { li { (item) } } } } } }
}

/// Citations and where the weight comes from.
fn sources(finding: &FindingReport) -> Markup {
    let basis = match finding.basis {
        Basis::Measured => "measured",
        Basis::Expert => "set by people",
    };
    html! {
        details {
            summary { "Sources and weight" }
            ul { @for cite in &finding.cites { li { (citation(cite)) } } }
            p.soft {
                "Weight " (signed(finding.weight_bits)) " bits (" (signed(finding.low_bits)) " to " (signed(finding.high_bits)) "), " (basis) ": " (finding.basis_from)
            }
        }
    }
}

fn citation(cite: &Citation) -> Markup {
    html! {
        @match &cite.url {
            Some(url) => a href=(url) rel="noopener noreferrer nofollow" { (cite.title) },
            None => (cite.title),
        }
        ", " (cite.by) ", " (cite.date) @if let Some(at) = &cite.at { ", " (at) }
    }
}
