//! What the report takes from a run: the only file of the report that sees the other stages' types.
//!
//! Must not decide anything.

use crate::report::{InputNote, ListNote, PackNote, Parts, Report, Unobserved, assemble};
use crate::run::Run;
use bonafide_facts::text::printable;
use bonafide_rules::Outcome;
use std::collections::{BTreeMap, HashMap};

/// The report of a judged run.
#[must_use]
pub fn build(run: &Run, outcome: &Outcome) -> Report {
    let rules: HashMap<&str, (&str, f64)> =
        run.pack.rules.iter().map(|rule| (rule.id.as_str(), (rule.group.as_str(), rule.weight.bits))).collect();
    let unobserved = |not: &bonafide_rules::NotObserved| {
        let (group, bits) = rules.get(not.rule.as_str()).copied()?;
        Some(Unobserved { rule: not.rule.clone(), group: group.to_owned(), bits, missing: not.missing.clone() })
    };
    let not_observed: BTreeMap<String, Vec<Unobserved>> =
        outcome.not_observed.iter().map(|(subject, all)| (subject.clone(), all.iter().filter_map(unobserved).collect())).collect();
    let inputs: Vec<InputNote> = run
        .inputs
        .iter()
        .map(|input| InputNote {
            path: printable(&input.path.to_string(), 200),
            table: input.table.map(str::to_owned),
            sha256: input.sha256.clone(),
            bytes: input.bytes,
            rows: input.rows,
            skipped: input.skipped,
        })
        .collect();
    let lists = inputs.iter().filter(|input| input.table.as_deref() == Some("list_entries"));
    assemble(&Parts {
        engine: env!("CARGO_PKG_VERSION"),
        pack: PackNote {
            id: run.pack.id.clone(),
            title: run.pack.title.clone(),
            version: run.pack.version.clone(),
            digest: run.pack.digest.clone(),
            rules: run.pack.rules.len(),
        },
        lists: lists.map(|input| ListNote { id: input.path.clone(), digest: input.sha256.clone() }).collect(),
        policy: &run.pack.policy,
        as_of: outcome.as_of,
        tables: &run.tables,
        judgements: &run.judgements,
        findings: &outcome.findings,
        expired: &outcome.expired,
        not_observed,
        troubles: &run.troubles,
        inputs,
    })
}
