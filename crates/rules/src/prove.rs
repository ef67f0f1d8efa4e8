//! Runs every rule over its own cases: the proof that it fires where it must and stays quiet where it must.
//!
//! Must not know any rule.

use crate::engine::Engine;
use crate::guard::Limits;
use crate::pack::Pack;
use crate::rule::Rule;
use bonafide_facts::hook::NameComparer;
use std::sync::Arc;

/// One case, run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Rule id.
    pub rule: String,
    /// Name of the case.
    pub case: String,
    /// `file:line` of the case.
    pub place: String,
    /// Subjects that must be flagged, sorted.
    pub expected: Vec<String>,
    /// Subjects that were, sorted.
    pub got: Vec<String>,
    /// Whether both are the same and nothing went wrong.
    pub ok: bool,
    /// What went wrong, and the sentences said: for the reader of a failed case.
    pub notes: Vec<String>,
}

/// Proves every rule of the pack.
#[must_use]
pub fn prove(pack: &Pack, names: Arc<dyn NameComparer>) -> Vec<Proof> {
    pack.rules.iter().flat_map(|rule| prove_rule(rule, pack.policy.evidence_rows, &names)).collect()
}

fn prove_rule(rule: &Rule, evidence_rows: usize, names: &Arc<dyn NameComparer>) -> Vec<Proof> {
    let limits = Limits { threads: 1, ..Limits::default() };
    let (engine, troubles) = Engine::of_rules(vec![rule.clone()], evidence_rows, &limits, Arc::clone(names));
    rule.cases
        .iter()
        .map(|case| {
            let mut notes: Vec<String> = troubles.iter().map(ToString::to_string).collect();
            let mut got: Vec<String> = Vec::new();
            match case.world.tables() {
                Ok(tables) => {
                    let outcome = engine.run(&tables, None);
                    let real = |code: &str| code != "unknown-subject";
                    let failed = outcome.troubles.iter().filter(|trouble| real(&trouble.code));
                    notes.extend(failed.map(ToString::to_string));
                    got.extend(
                        outcome.findings.iter().filter(|finding| finding.cleared.is_none()).map(|finding| finding.subject_id.clone()),
                    );
                    let empty = outcome.findings.iter().filter(|finding| finding.evidence.rows.is_empty());
                    notes.extend(empty.map(|finding| format!("the finding on {} has no evidence", finding.subject_id)));
                    let ok = notes.is_empty() && got == case.fires;
                    if !ok {
                        notes.extend(outcome.findings.iter().map(|finding| format!("{}: {}", finding.subject_id, finding.says)));
                        notes.extend(outcome.expired.iter().map(|finding| format!("{}: expired: {}", finding.subject_id, finding.says)));
                        if outcome.per_rule.is_empty() && !case.fires.is_empty() {
                            notes.push(format!("it did not run: it needs {}", rule.needs.join(", ")));
                        }
                    }
                    return proof(rule, case, got, ok, notes);
                }
                Err(trouble) => notes.push(trouble.to_string()),
            }
            proof(rule, case, got, false, notes)
        })
        .collect()
}

fn proof(rule: &Rule, case: &crate::rule::Case, got: Vec<String>, ok: bool, notes: Vec<String>) -> Proof {
    let place = format!("{}:{}", rule.place.file, case.line);
    Proof { rule: rule.id.clone(), case: case.name.clone(), place, expected: case.fires.clone(), got, ok, notes }
}
