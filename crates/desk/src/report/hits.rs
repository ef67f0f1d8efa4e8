//! The hits of a subject on official lists: those that stand, those that are awake again, and those that the user's allowlist keeps quiet.
//!
//! Must not judge: what a hit leads to is a finding of a rule. A quiet hit is shown, so that nothing a person cleared is ever lost from sight.

use crate::report::model::{HitReport, HitState, SubjectReport};
use bonafide_facts::Tables;
use bonafide_facts::tables::derived::{ListHit, QuietHit};
use bonafide_facts::text::printable;
use std::collections::HashMap;

/// Most hits shown of one subject.
const MAX_HITS: usize = 20;
const MAX_REASONS: usize = 12;

/// Puts the hits to their subjects, the best first, quiet ones last.
pub fn add(subjects: &mut [SubjectReport], tables: &Tables, left_out: &mut Vec<String>) {
    let mut of: HashMap<String, Vec<HitReport>> = HashMap::new();
    for mut row in tables.rows::<ListHit>() {
        let id = row.subject_id.take().unwrap_or_default();
        of.entry(id).or_default().push(loud(row));
    }
    for mut row in tables.rows::<QuietHit>() {
        let id = row.subject_id.take().unwrap_or_default();
        of.entry(id).or_default().push(quiet(row));
    }
    let mut cut = 0;
    for subject in subjects {
        let mut hits = of.remove(&subject.subject_id).unwrap_or_default();
        hits.sort_by(|a, b| {
            (a.state == HitState::Quiet)
                .cmp(&(b.state == HitState::Quiet))
                .then(b.score.total_cmp(&a.score))
                .then_with(|| a.entry_id.cmp(&b.entry_id))
        });
        cut += hits.len().saturating_sub(MAX_HITS);
        hits.truncate(MAX_HITS);
        subject.list_hits = hits;
    }
    if cut > 0 {
        left_out.push(format!(
            "{cut} hits on official lists are left out, {MAX_HITS} of a subject are shown; the tables list_hits and quiet_hits hold all"
        ));
    }
}

fn text(cell: Option<String>) -> String {
    printable(cell.as_deref().unwrap_or(""), 200)
}

fn loud(row: ListHit) -> HitReport {
    let reasons = row.reasons.unwrap_or_default();
    HitReport {
        entry_id: text(row.entry_id),
        list: text(row.list),
        name: text(row.matched_name),
        kind: text(row.matched_kind),
        value: text(row.matched_value),
        score: row.score.unwrap_or(0.0),
        state: if row.again.is_some() { HitState::Again } else { HitState::Stands },
        said: row.again.map(|said| printable(&said, 400)),
        listed_from: row.listed_from,
        listed_to: row.listed_to,
        reasons: reasons.split('|').filter(|reason| !reason.is_empty()).take(MAX_REASONS).map(|reason| printable(reason, 200)).collect(),
        mark: text(row.mark),
    }
}

fn quiet(row: QuietHit) -> HitReport {
    HitReport {
        entry_id: text(row.entry_id),
        list: text(row.list),
        name: text(row.matched_name),
        kind: text(row.matched_kind),
        value: text(row.matched_value),
        score: row.score.unwrap_or(0.0),
        state: HitState::Quiet,
        said: row.said.map(|said| printable(&said, 400)),
        listed_from: None,
        listed_to: None,
        reasons: Vec::new(),
        mark: text(row.mark),
    }
}

/// How many hits of a report the allowlist keeps quiet.
#[must_use]
pub fn quiet_count(subjects: &[SubjectReport]) -> u64 {
    subjects.iter().flat_map(|subject| &subject.list_hits).filter(|hit| hit.state == HitState::Quiet).count() as u64
}

/// A hit in one line.
#[must_use]
pub fn line(hit: &HitReport) -> String {
    let state = match hit.state {
        HitState::Stands => String::new(),
        HitState::Again => "awake again: ".to_owned(),
        HitState::Quiet => "quiet: ".to_owned(),
    };
    let listed = match (&hit.listed_from, &hit.listed_to) {
        (Some(from), Some(to)) => format!(", listed from {from} to {to}"),
        (Some(from), None) => format!(", listed from {from}"),
        (None, Some(to)) => format!(", listed to {to}"),
        (None, None) => String::new(),
    };
    let said = hit.said.as_ref().map(|said| format!("; {said}")).unwrap_or_default();
    format!("{state}{:.3} {} on {} (entry {}{listed}), by {}{said}", hit.score, hit.name, hit.list, hit.entry_id, hit.kind)
}
