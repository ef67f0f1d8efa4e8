//! A subject's part of the page: what it comes to, the waterfall, what to ask, the findings, the pictures, what was not seen.
//!
//! Must not say more than the report: no verdict, no advice of its own.

use super::{Page, cluster, finding, graph, pill, timeline, waterfall};
use crate::report::hits;
use crate::report::words::{several, shown_id};
use crate::report::{Mark, SubjectReport};
use maud::{Markup, html};

/// The part of one subject.
pub fn part(page: &Page<'_>, subject: &SubjectReport) -> Markup {
    let anchor = page.anchors.get(subject.subject_id.as_str()).map_or("", String::as_str);
    let (stands, rest): (Vec<_>, Vec<_>) = subject.findings.iter().partition(|finding| finding.mark == Mark::Stands);
    html! {
        article.part id=(anchor) tabindex="-1" data-band=(subject.band.word()) aria-labelledby={ (anchor) "-t" } {
            header {
                div {
                    (pill(subject.band))
                    h2 id={ (anchor) "-t" } { bdi { (shown_id(subject)) } @if !subject.label.is_empty() { " " bdi.name { (subject.label) } } }
                }
                p.big.num { (format!("{:.1}", subject.score_bits)) span { " bits" } }
            }
            ul.reasons { @for reason in &subject.band_reasons { li { (code(reason)) } } }
            p.soft { (subject.means) }
            (waterfall::waterfall(subject))
            (next(subject))
            @if !stands.is_empty() {
                section { h3 { "Findings" } @for found in &stands { (finding::card(found)) } }
            }
            (list_hits(subject))
            @if let Some(found) = &subject.timeline { (timeline::picture(found)) }
            (graph::picture(page, subject))
            (cluster::pictures(page, subject))
            @if !rest.is_empty() {
                section { h3 { "Found, but not standing" } @for found in &rest { (finding::card(found)) } }
            }
            (not_observed(subject))
            p.back { a href="#list" { "Back to the list" } }
        }
    }
}

/// Hits on official lists, quiet ones too.
fn list_hits(subject: &SubjectReport) -> Markup {
    html! {
        @if !subject.list_hits.is_empty() {
            section.hits {
                h3 { "On official lists" }
                ul {
                    @for hit in &subject.list_hits {
                        li {
                            p { (hits::line(hit)) }
                            details {
                                summary { "The account" }
                                @if !hit.reasons.is_empty() { ul { @for reason in &hit.reasons { li { (code(reason)) } } } }
                                p.soft { "To keep it quiet, a person writes in bonafide.allow.csv, under subject_id,entry_id,mark,by,at,why,until: " code { (hit.mark) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What to ask, most telling first.
fn next(subject: &SubjectReport) -> Markup {
    html! {
        @if !subject.next_steps.is_empty() {
            section.next {
                h3 { "Ask next" }
                ol {
                    @for step in &subject.next_steps {
                        li {
                            p { (step.step) }
                            p.soft { "Settles " code { (step.rule) } "; were it cleared, this would be " b { (step.band_if_cleared) } " with " (format!("{:.1}", step.score_if_cleared_bits)) " bits." }
                        }
                    }
                }
                @if subject.more_steps > 0 { p.soft { "and " (several(subject.more_steps as u64, "more step")) ", under each finding" } }
            }
        }
    }
}

/// What no rule could look at.
fn not_observed(subject: &SubjectReport) -> Markup {
    let rules: usize = subject.not_observed.iter().map(|lack| lack.rules.len()).sum();
    html! {
        @if !subject.not_observed.is_empty() {
            section.unseen {
                h3 { "Not observed" }
                p {
                    (several(rules as u64, "rule")) " could not look, which speaks neither for nor against."
                    @if let Some(telling) = &subject.most_telling {
                        " Most telling would be " code { (telling.table) } ": up to " (format!("{:.1}", telling.bits)) " bits from " (several(telling.rules as u64, "rule")) "."
                    }
                }
                details {
                    summary { "What is missing" }
                    dl { @for lack in &subject.not_observed { dt { code { (lack.missing.join(" + ")) } } dd { (lack.rules.join(", ")) } } }
                }
            }
        }
    }
}

/// A sentence in which what stands between back-ticks is shown as code.
pub fn code(sentence: &str) -> Markup {
    html! {
        @for (at, piece) in sentence.split('`').enumerate() {
            @if at % 2 == 1 { code { (piece) } } @else { (piece) }
        }
    }
}
