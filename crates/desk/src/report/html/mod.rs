//! `--format html`: one file that needs nothing from elsewhere: ranked list, a part for each subject, inputs.
//!
//! Must not write text that is not escaped (maud escapes all but style and script, which are ours), use a `style` attribute
//! or load anything: the page's own content security policy forbids both. It reads without script; the script only filters.

mod cluster;
mod finding;
mod graph;
mod list;
mod sources;
mod subject;
mod timeline;
mod waterfall;

use crate::report::{Format, Look, Report, SubjectReport};
use base64::Engine as _;
use bonafide_facts::digest::{sha256, short_id};
use bonafide_facts::{Band, Trouble};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::collections::HashMap;

pub(super) const FORMAT: Format = Format { id: "html", file: "report.html", render };

/// Most subjects that get a part of their own, and most lines of the ranked list: what a browser still turns quickly. What
/// is left out is said on the page.
const MAX_PARTS: usize = 300;
const MAX_LINES: usize = 2000;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// What the parts need of each other.
struct Page<'a> {
    report: &'a Report,
    /// Anchors of the subjects that have a part, by id.
    anchors: HashMap<&'a str, String>,
    /// Bands of all subjects, by id.
    bands: HashMap<&'a str, Band>,
}

impl<'a> Page<'a> {
    fn of(report: &'a Report) -> Self {
        let parts = report.subjects.iter().filter(|subject| has_part(subject)).take(MAX_PARTS);
        Self {
            report,
            anchors: parts.map(|subject| (subject.subject_id.as_str(), format!("s-{}", short_id(&[&subject.subject_id])))).collect(),
            bands: report.subjects.iter().map(|subject| (subject.subject_id.as_str(), subject.band)).collect(),
        }
    }

    /// What the limits left out, a sentence each.
    fn left_out(&self) -> Vec<String> {
        let deserving = self.report.subjects.iter().filter(|subject| has_part(subject)).count();
        let mut all = Vec::new();
        if deserving > MAX_PARTS {
            let more = deserving - MAX_PARTS;
            all.push(format!("{MAX_PARTS} of {deserving} subjects with findings have a part below, the highest ranked; the other {more} are in report.json and detail.txt."));
        }
        if self.report.subjects.len() > MAX_LINES {
            let (more, total) = (self.report.subjects.len() - MAX_LINES, self.report.subjects.len());
            all.push(format!(
                "The list shows the {MAX_LINES} highest ranked of {total} subjects; all are in report.csv (the other {more} too)."
            ));
        }
        all.extend(self.report.left_out.iter().cloned());
        all
    }
}

/// A subject about which there is something to say.
fn has_part(subject: &SubjectReport) -> bool {
    subject.band > Band::Clear || !subject.findings.is_empty()
}

fn render(report: &Report, _look: &Look) -> Result<String, Trouble> {
    let page = Page::of(report);
    let parts = report.subjects.iter().filter(|subject| page.anchors.contains_key(subject.subject_id.as_str()));
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            (head(report))
            body {
                a.skip href="#list" { "Skip to the list" }
                (list::header(&page))
                main {
                    (list::ranked(&page))
                    div #parts { @for subject in parts { (subject::part(&page, subject)) } }
                    (sources::sources(&page))
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    Ok(markup.into_string() + "\n")
}

fn head(report: &Report) -> Markup {
    let policy =
        format!("default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'", source(STYLE), source(SCRIPT));
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(policy);
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="referrer" content="no-referrer";
            meta name="color-scheme" content="light dark";
            meta name="robots" content="noindex";
            title { "Bonafide · " (report.counts.escalate) " to escalate, " (report.counts.review) " to review" }
            style { (PreEscaped(STYLE)) }
        }
    }
}

/// A content security policy's source for an inline text: its SHA-256.
fn source(text: &str) -> String {
    let hex = sha256(text.as_bytes());
    let bytes: Vec<u8> = (0..hex.len()).step_by(2).filter_map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()).collect();
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(bytes))
}

/// A band as a pill: shape and word carry the meaning, colour only helps.
fn pill(band: Band) -> Markup {
    html! { span.pill data-band=(band.word()) { span aria-hidden="true" { (glyph(band)) } " " (band.word()) } }
}

/// A shape for each band.
fn glyph(band: Band) -> &'static str {
    match band {
        Band::Clear => "○",
        Band::Note => "●",
        Band::Review => "◆",
        Band::Escalate => "▲",
    }
}

/// A coordinate with at most two digits after the point.
fn coordinate(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
