//! `--format jsonl`: one subject a line, for pipes.
//!
//! Must not hold more than a consumer needs to act: the whole is in `json`.

use crate::report::json::visible;
use crate::report::{Format, Look, NotObserved, Report, SubjectReport, broken};
use bonafide_facts::{Band, Trouble};
use serde::Serialize;

pub(super) const FORMAT: Format = Format { id: "jsonl", file: "report.jsonl", render };

#[derive(Serialize)]
struct Line<'a> {
    subject_id: &'a str,
    score_bits: f64,
    band: Band,
    observed: bool,
    findings: Vec<LineFinding<'a>>,
    not_observed: &'a [NotObserved],
    next_steps: Vec<&'a str>,
}

/// A finding that counts or would but for a larger one of its group; cleared, expired and shadow ones are in `json`.
#[derive(Serialize)]
struct LineFinding<'a> {
    rule: &'a str,
    group: &'a str,
    weight_bits: f64,
    counted_bits: f64,
    says: &'a str,
    evidence: Vec<&'a str>,
    evidence_total: u64,
}

fn render(report: &Report, _look: &Look) -> Result<String, Trouble> {
    let mut out = String::new();
    for subject in &report.subjects {
        out += &visible(&serde_json::to_string(&line(subject)).map_err(|error| broken("jsonl", &error))?);
        out.push('\n');
    }
    Ok(out)
}

fn line(subject: &SubjectReport) -> Line<'_> {
    let stands = subject.findings.iter().filter(|finding| finding.mark == crate::report::Mark::Stands);
    let findings = stands.map(|finding| LineFinding {
        rule: &finding.rule,
        group: &finding.group,
        weight_bits: finding.weight_bits,
        counted_bits: finding.counted_bits,
        says: &finding.says,
        evidence: finding.evidence.iter().map(|row| row.place.as_str()).collect(),
        evidence_total: finding.evidence_total,
    });
    Line {
        subject_id: &subject.subject_id,
        score_bits: subject.score_bits,
        band: subject.band,
        observed: subject.observed,
        findings: findings.collect(),
        not_observed: &subject.not_observed,
        next_steps: subject.next_steps.iter().map(|step| step.step.as_str()).collect(),
    }
}
