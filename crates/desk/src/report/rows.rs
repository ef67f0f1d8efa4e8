//! Findings and judgements as rows of the derived tables, so that they can be queried and dumped.
//!
//! Must not add what the report does not say.

use bonafide_assess::{Judgement, bits};
use bonafide_facts::Finding;
use bonafide_facts::cell::Time;
use bonafide_facts::tables::derived::{AssessmentRow, FindingRow};

/// A row of `findings`.
#[must_use]
pub fn finding_row(finding: &Finding) -> FindingRow {
    let time = |micros: i64| Time { micros, offset_minutes: None };
    let list = |all: &[String]| all.iter().map(|text| text.replace('|', "/")).collect::<Vec<_>>().join("|");
    FindingRow {
        row_id: 0,
        finding_id: Some(finding.finding_id.clone()),
        subject_id: Some(finding.subject_id.clone()),
        rule: Some(finding.rule.clone()),
        group: Some(finding.group.clone()),
        weight_bits: Some(finding.weight.bits),
        says: Some(finding.says.clone()),
        evidence: Some(finding.evidence.rows.iter().map(|row| row.0).collect()),
        first_at: finding.first_at.map(time),
        last_at: finding.last_at.map(time),
        citation: finding.cites.first().map(|cite| format!("{} ({}, {})", cite.title, cite.by, cite.date)),
        innocent: Some(list(&finding.innocent)).filter(|text| !text.is_empty()),
    }
}

/// A row of `assessments`; the judgement's indices point into `findings`.
#[must_use]
pub fn assessment_row(subject_id: &str, judgement: &Judgement, findings: &[Finding], pack_digest: &str) -> AssessmentRow {
    let rule = |index: usize| findings.get(index).map_or("?", |finding| finding.rule.as_str());
    let counted = judgement.contributions.iter().filter(|counted| counted.counted_millibits != 0);
    let contributions: Vec<String> =
        counted.map(|counted| format!("{}={}", rule(counted.index), bits(counted.counted_millibits))).collect();
    let steps = judgement.next.iter().filter_map(|step| findings.get(step.index)?.clear.first());
    let steps: Vec<String> = steps.map(|text| text.replace('|', "/")).collect();
    let list = |all: Vec<String>| Some(all.join("|")).filter(|text| !text.is_empty());
    AssessmentRow {
        row_id: 0,
        subject_id: Some(subject_id.to_owned()),
        score_bits: Some(judgement.score_bits),
        band: Some(judgement.band.word().to_owned()),
        contributions: list(contributions),
        next_steps: list(steps),
        pack_digest: Some(pack_digest.to_owned()),
        list_digests: None,
    }
}
