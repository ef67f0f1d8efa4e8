//! What each rule could not look at, subject by subject: silence is not innocence.
//!
//! Must not know what a rule found.

use crate::context::{Run, text};
use crate::rule::Rule;
use datafusion::arrow::array::Array as _;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A rule that did not look at a subject, and what was missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct NotObserved {
    /// Rule id.
    pub rule: String,
    /// `table` or `table.column`, sorted.
    pub missing: Vec<String>,
}

/// Whether a need is met: for everybody, for nobody, or for some subjects.
enum Met {
    Everybody,
    Nobody,
    Subjects(HashSet<String>),
}

/// For each subject, the rules that could not look (in rule order) and why.
#[must_use]
pub fn not_observed(run: &Run, rules: &[Rule], subjects: &[(String, Option<String>)]) -> BTreeMap<String, Vec<NotObserved>> {
    let mut met: HashMap<&str, Met> = HashMap::new();
    for need in rules.iter().flat_map(|rule| &rule.needs) {
        met.entry(need).or_insert_with(|| look(run, need));
    }
    let lacks = |need: &str, subject: &str| match met.get(need) {
        Some(Met::Everybody) => false,
        Some(Met::Subjects(with)) => !with.contains(subject),
        _ => true,
    };
    subjects
        .iter()
        .map(|(subject, stage)| {
            let rows = rules.iter().filter(|rule| applies(rule, stage.as_deref())).filter_map(|rule| {
                let mut missing: Vec<String> = rule.needs.iter().filter(|need| lacks(need, subject)).cloned().collect();
                missing.sort();
                (!missing.is_empty()).then(|| NotObserved { rule: rule.id.clone(), missing })
            });
            (subject.clone(), rows.collect())
        })
        .collect()
}

/// Whether a rule speaks of subjects of that stage; an unknown stage may be any.
#[must_use]
pub fn applies(rule: &Rule, stage: Option<&str>) -> bool {
    rule.stages.is_empty() || stage.is_none_or(|stage| rule.stages.iter().any(|known| known.eq_ignore_ascii_case(stage.trim())))
}

/// Whether a table that a rule needs was given at all, with at least one row.
#[must_use]
pub fn is_given(run: &Run, need: &str) -> bool {
    let name = need.split_once('.').map_or(need, |(name, _)| name);
    run.table(name).is_some_and(|data| data.rows() > 0)
}

fn look(run: &Run, need: &str) -> Met {
    let (name, column) = need.split_once('.').map_or((need, None), |(name, column)| (name, Some(column)));
    let Some(data) = run.table(name).filter(|data| data.rows() > 0) else { return Met::Nobody };
    let filled = |batch: &datafusion::arrow::array::RecordBatch, row: usize| match column {
        Some(column) => batch.column_by_name(column).is_some_and(|cells| cells.is_valid(row)),
        None => true,
    };
    if !data.table.has_subject() {
        let any = data.batches.iter().any(|batch| (0..batch.num_rows()).any(|row| filled(batch, row)));
        return if any { Met::Everybody } else { Met::Nobody };
    }
    let mut with: HashSet<String> = HashSet::new();
    for batch in &data.batches {
        let Some(ids) = text(batch, "subject_id") else { continue };
        let mut last = "";
        for (row, id) in ids.iter().enumerate() {
            let Some(id) = id.filter(|id| *id != last) else { continue };
            if filled(batch, row) {
                last = id;
                if !with.contains(id) {
                    with.insert(id.to_owned());
                }
            }
        }
    }
    Met::Subjects(with)
}
