//! `--format csv`: one row for each subject and standing finding (one row without a finding for the others), fit for
//! spreadsheets: a cell that begins like a formula gets an apostrophe in front.
//!
//! Must not let a cell become a formula or a second line.

use crate::report::words::{formula_safe, places};
use crate::report::{FindingReport, Format, Look, Mark, Report, SubjectReport, broken};
use bonafide_facts::Trouble;
use bonafide_facts::text::printable;

pub(super) const FORMAT: Format = Format { id: "csv", file: "report.csv", render };

const HEADER: [&str; 14] = [
    "subject_id",
    "name",
    "band",
    "score_bits",
    "rule",
    "group",
    "weight_bits",
    "counted_bits",
    "says",
    "evidence",
    "evidence_total",
    "citation",
    "next_step",
    "observed",
];

fn render(report: &Report, _look: &Look) -> Result<String, Trouble> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(HEADER).map_err(|error| broken("csv", &error))?;
    for subject in &report.subjects {
        let mut stands = subject.findings.iter().filter(|finding| finding.mark == Mark::Stands).peekable();
        if stands.peek().is_none() {
            writer.write_record(row(subject, None)).map_err(|error| broken("csv", &error))?;
        }
        for finding in stands {
            writer.write_record(row(subject, Some(finding))).map_err(|error| broken("csv", &error))?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| broken("csv", &error))?;
    String::from_utf8(bytes).map_err(|error| broken("csv", &error))
}

fn row(subject: &SubjectReport, finding: Option<&FindingReport>) -> [String; 14] {
    let text = |get: fn(&FindingReport) -> &str| formula_safe(finding.map_or("", get)).into_owned();
    let number = |get: fn(&FindingReport) -> f64| finding.map(|finding| get(finding).to_string()).unwrap_or_default();
    let cite = finding.and_then(|finding| finding.cites.first()).map(|cite| format!("{} ({}, {})", cite.title, cite.by, cite.date));
    [
        formula_safe(&printable(&subject.subject_id, 500)).into_owned(),
        formula_safe(&subject.label).into_owned(),
        subject.band.word().to_owned(),
        subject.score_bits.to_string(),
        text(|finding| &finding.rule),
        text(|finding| &finding.group),
        number(|finding| finding.weight_bits),
        number(|finding| finding.counted_bits),
        text(|finding| &finding.says),
        formula_safe(&finding.map(|finding| places(finding, 5)).unwrap_or_default()).into_owned(),
        finding.map(|finding| finding.evidence_total.to_string()).unwrap_or_default(),
        formula_safe(&cite.unwrap_or_default()).into_owned(),
        formula_safe(subject.next_steps.first().map_or("", |step| step.step.as_str())).into_owned(),
        subject.observed.to_string(),
    ]
}
