//! The end of the page: the files that were read, what went wrong with them, who judged.
//!
//! Must not hide a trouble: the first ones are named, the rest counted.

use super::{Page, list};
use crate::report::words::several;
use bonafide_facts::text::printable;
use maud::{Markup, html};

/// Most troubles named; report.json has all.
const MAX_TROUBLES: usize = 200;

/// Inputs, troubles, provenance.
pub fn sources(page: &Page<'_>) -> Markup {
    let report = page.report;
    html! {
        section.sources {
            h2 { "What was read" }
            div.scroll tabindex="0" role="region" aria-label="Files that were read" {
                table.files {
                    thead { tr { th scope="col" { "File" } th scope="col" { "Table" } th.num scope="col" { "Rows" } th.num scope="col" { "Left out" } th scope="col" { "SHA-256" } } }
                    tbody {
                        @for input in &report.inputs {
                            tr {
                                td { (input.path) }
                                td { (input.table.as_deref().unwrap_or("none")) }
                                td.num { (input.rows) }
                                td.num { (input.skipped) }
                                td { code { (input.sha256.get(..16).unwrap_or(&input.sha256)) "…" } }
                            }
                        }
                    }
                }
            }
            @if !report.lists.is_empty() {
                h3 { "Official lists" }
                ul { @for found in &report.lists { li { (found.id) " " code { (found.digest.get(..16).unwrap_or(&found.digest)) "…" } } } }
            }
            (troubles(page))
            (list::judged(page))
        }
    }
}

fn troubles(page: &Page<'_>) -> Markup {
    let all = &page.report.troubles;
    html! {
        @if !all.is_empty() {
            h3 { (several(all.len() as u64, "trouble")) " with the input" }
            ul.troubles {
                @for trouble in all.iter().take(MAX_TROUBLES) {
                    li {
                        @if let Some(place) = &trouble.place { code { (printable(&place.to_string(), 200)) } " " }
                        (printable(&trouble.what, 500))
                        @if trouble.count > 1 { " (" (trouble.count) " times; this is the first)" }
                        p.soft { "Mend: " (printable(&trouble.mend, 500)) }
                    }
                }
            }
            @if all.len() > MAX_TROUBLES { p.notice { "The first " (MAX_TROUBLES) " of " (all.len()) " troubles are named here; report.json has all." } }
        }
    }
}
