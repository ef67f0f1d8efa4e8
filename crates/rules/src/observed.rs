//! What each rule could not look at, subject by subject: silence is not innocence.
//!
//! Must not know what a rule found.

use crate::context::{Run, text};
use crate::rule::Rule;
use bonafide_facts::Origin;
use bonafide_facts::identifier::canonical;
use datafusion::arrow::array::{Array as _, RecordBatch};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A rule that did not look at a subject, and what was missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct NotObserved {
    /// Rule id.
    pub rule: String,
    /// `table` or `table.column`, sorted.
    pub missing: Vec<String>,
}

/// Whether a need is met: for everybody, for nobody, or for some subjects (by number).
enum Met {
    Everybody,
    Nobody,
    Subjects(Vec<bool>),
}

/// For each subject, the rules that could not look (in rule order) and why.
#[must_use]
pub fn not_observed(run: &Run, rules: &[Rule]) -> BTreeMap<String, Vec<NotObserved>> {
    let mut numbers: HashMap<&str, Vec<Vec<usize>>> = HashMap::new();
    let mut met: HashMap<&str, Met> = HashMap::new();
    for need in rules.iter().flat_map(|rule| &rule.needs) {
        if !met.contains_key(need.as_str()) {
            met.insert(need, look(run, need, &mut numbers));
        }
    }
    let lacks = |need: &str, subject: usize| match met.get(need) {
        Some(Met::Everybody) => false,
        Some(Met::Subjects(with)) => with.get(subject) != Some(&true),
        _ => true,
    };
    let rows = |(number, (id, stage)): (usize, (&str, Option<&str>))| {
        let missing = rules.iter().filter(|rule| applies(rule, stage)).filter_map(|rule| {
            let mut missing: Vec<String> = rule.needs.iter().filter(|need| lacks(need, number)).cloned().collect();
            missing.sort();
            (!missing.is_empty()).then(|| NotObserved { rule: rule.id.clone(), missing })
        });
        (id.to_owned(), missing.collect())
    };
    run.subjects().iter().enumerate().map(rows).collect()
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

fn look<'a>(run: &Run, need: &'a str, numbers: &mut HashMap<&'a str, Vec<Vec<usize>>>) -> Met {
    let (name, column) = need.split_once('.').map_or((need, None), |(name, column)| (name, Some(column)));
    if let Some(data) = run.table(name).filter(|data| data.table.origin == Origin::Derived) {
        return looked_at(run, data.table.name);
    }
    let Some(data) = run.table(name).filter(|data| data.rows() > 0) else { return Met::Nobody };
    let filled = |batch: &RecordBatch, row: usize| match column {
        Some(column) => batch.column_by_name(column).is_some_and(|cells| cells.is_valid(row)),
        None => true,
    };
    if !data.table.has_subject() {
        let any = data.batches.iter().any(|batch| (0..batch.num_rows()).any(|row| filled(batch, row)));
        return if any { Met::Everybody } else { Met::Nobody };
    }
    let numbers = numbers.entry(name).or_insert_with(|| data.batches.iter().map(|batch| numbered(run, batch)).collect());
    let mut with = vec![false; run.subjects().len()];
    for (batch, numbers) in data.batches.iter().zip(numbers) {
        let cells = column.map(|column| batch.column_by_name(column));
        for (row, number) in numbers.iter().enumerate() {
            let present = cells.is_none_or(|cells| cells.is_some_and(|cells| cells.is_valid(row)));
            if let Some(seen) = with.get_mut(*number).filter(|_| present) {
                *seen = true;
            }
        }
    }
    Met::Subjects(with)
}

/// Whom a derived table is about when it was made: all whose data it is made from, also when nothing came of it.
fn looked_at(run: &Run, derived: &str) -> Met {
    let mut with = vec![false; run.subjects().len()];
    let mut mark = |table: &str, holds: &dyn Fn(&RecordBatch, usize) -> bool| {
        for batch in run.table(table).map_or(&[][..], |data| &data.batches) {
            for (row, number) in numbered(run, batch).into_iter().enumerate() {
                if let Some(seen) = with.get_mut(number).filter(|_| holds(batch, row)) {
                    *seen = true;
                }
            }
        }
    };
    match derived {
        "list_hits" => {
            mark("subjects", &|batch, row| cell(batch, "name", row).is_some());
            mark("identifiers", &|batch, row| cell(batch, "value", row).is_some());
        }
        "document_matches" => mark("documents", &|_, _| true),
        "exposures" => {
            let moved = moved_wallets(run);
            let held = |batch: &RecordBatch, column: &str, row: usize| {
                cell(batch, column, row).and_then(|value| canonical("wallet", value)).is_some_and(|wallet| moved.contains(&wallet))
            };
            mark("identifiers", &|batch, row| held(batch, "value", row));
            mark("payments", &|batch, row| held(batch, "payee_account", row));
        }
        _ => return Met::Everybody,
    }
    Met::Subjects(with)
}

/// Wallets that some transfer comes from or goes to, in canonical form.
fn moved_wallets(run: &Run) -> HashSet<String> {
    let batches = run.table("transfers").map_or(&[][..], |data| &data.batches);
    let cells = batches.iter().flat_map(|batch| [text(batch, "from_address"), text(batch, "to_address")]).flatten();
    let written: HashSet<&str> = cells.flat_map(|cells| cells.iter().flatten()).collect();
    written.into_iter().filter_map(|address| canonical("wallet", address)).collect()
}

fn cell<'a>(batch: &'a RecordBatch, column: &str, row: usize) -> Option<&'a str> {
    text(batch, column).filter(|cells| cells.is_valid(row)).map(|cells| cells.value(row)).filter(|text| !text.trim().is_empty())
}

/// The number of each row's subject; `usize::MAX` for one that `subjects` does not hold.
fn numbered(run: &Run, batch: &RecordBatch) -> Vec<usize> {
    let Some(ids) = text(batch, "subject_id") else { return Vec::new() };
    ids.iter().map(|id| id.and_then(|id| run.subjects().number(id)).unwrap_or(usize::MAX)).collect()
}
