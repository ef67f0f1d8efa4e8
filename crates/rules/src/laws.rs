//! Laws that no rule may break, whatever it looks for: other names, another place on earth, a missing table, a confirmed
//! explanation, a row written twice, rows in another order. Each changes the tables in a way whose effect on scores is known.
//!
//! Must not know any rule, nor how findings are weighed: the caller says what they sum to.

use crate::engine::{Engine, Outcome};
use crate::guard::Limits;
use crate::pack::Pack;
use bonafide_facts::hook::NameComparer;
use bonafide_facts::tables::who::Verification;
use bonafide_facts::{Finding, Origin, TableData, Tables, Trouble};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

mod moved;

/// Findings to bits, by subject; subjects without any may be left out.
pub type Judge<'a> = &'a dyn Fn(&[Finding]) -> Result<BTreeMap<String, f64>, Trouble>;

/// What changes, and what must hold then.
pub const LAWS: &[(&str, &str)] = &[
    ("names", "other names, of other origins and scripts: no score moves"),
    ("place", "all claims, places and times moved together on earth: no score moves"),
    ("dropped", "a table dropped: no score rises"),
    ("confirmed", "an innocent explanation confirmed by a verification: no score rises"),
    ("twice", "every row of a table written twice: no score moves"),
    ("order", "rows in another order: the same findings, byte for byte"),
];

/// Hours east by which the place law moves the world.
const HOURS: [i32; 3] = [3, 8, -5];
/// What a verification may confirm besides a rule.
const CHECKED: [&str; 9] = ["identity", "employer", "school", "bank", "address", "liveness", "reference", "device", "location"];
/// Tables in which people say that something is harmless: without them more stands, as it must.
const CLEARING: [&str; 2] = ["verifications", "link_decisions"];

/// A law that does not hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Broken {
    /// Id of the law.
    pub law: &'static str,
    /// What was changed.
    pub change: String,
    /// Whose score.
    pub subject: String,
    /// Bits before.
    pub before: f64,
    /// Bits after.
    pub after: f64,
    /// Rules whose findings on the subject differ.
    pub rules: Vec<String>,
}

/// A law that a rule breaks, with the smallest of its cases that shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct BrokenBy {
    /// Rule id.
    pub rule: String,
    /// `file:line` of the case.
    pub place: String,
    /// Name of the case.
    pub case: String,
    /// How many cases break it.
    pub cases: usize,
    /// What happened in the smallest.
    pub broken: Broken,
}

/// Every law over every rule's own cases: for each rule and law the smallest case that breaks it, by rule.
///
/// # Errors
/// A broken invariant of the tables.
pub fn laws_of_cases(pack: &Pack, names: &Arc<dyn NameComparer>) -> Result<Vec<BrokenBy>, Trouble> {
    let sum = |findings: &[Finding]| {
        let mut bits: BTreeMap<String, f64> = BTreeMap::new();
        for finding in findings.iter().filter(|finding| finding.cleared.is_none()) {
            *bits.entry(finding.subject_id.clone()).or_default() += finding.weight.bits;
        }
        Ok(bits)
    };
    let limits = Limits { threads: 1, ..Limits::default() };
    let mut broken: BTreeMap<(&str, &str), (usize, BrokenBy)> = BTreeMap::new();
    for rule in &pack.rules {
        let (engine, _) = Engine::of_rules(vec![rule.clone()], pack.policy.evidence_rows, &limits, Arc::clone(names));
        for case in &rule.cases {
            let tables = case.world.tables()?;
            let size = tables.iter().map(TableData::rows).sum();
            for found in laws(&engine, &tables, names, &sum)? {
                let place = format!("{}:{}", rule.place.file, case.line);
                let by = BrokenBy { rule: rule.id.clone(), place, case: case.name.clone(), cases: 1, broken: found };
                let (smallest, known) =
                    broken.entry((&rule.id, by.broken.law)).or_insert_with(|| (size, BrokenBy { cases: 0, ..by.clone() }));
                known.cases += 1;
                if size < *smallest {
                    (*smallest, *known) = (size, BrokenBy { cases: known.cases, ..by });
                }
            }
        }
    }
    Ok(broken.into_values().map(|(_, by)| by).collect())
}

/// Every law over one case folder's tables (derived ones included): for each law and change the first subject it fails for.
///
/// # Errors
/// What the judge cannot weigh, or a broken invariant of the tables.
pub fn laws(engine: &Engine, tables: &Tables, names: &Arc<dyn NameComparer>, judge: Judge) -> Result<Vec<Broken>, Trouble> {
    let as_of = tables.latest(i64::MAX).at.unwrap_or(0);
    let before = engine.run(tables, Some(as_of));
    let base = (judge(&before.findings)?, before);
    let mut broken = Vec::new();
    let mut hold = |law, change: String, base: &(BTreeMap<String, f64>, Outcome), after: Outcome, may_fall: bool| -> Result<(), Trouble> {
        let scores = judge(&after.findings)?;
        broken.extend(first_difference(engine, law, change, base, (scores, after), may_fall));
        Ok(())
    };
    hold("names", "names of other origins and scripts".to_owned(), &base, engine.run(&moved::renamed(tables, names)?, Some(as_of)), false)?;
    let home = engine.run(&moved::shifted(tables, 0)?, Some(as_of));
    let home = (judge(&home.findings)?, home);
    for hours in HOURS.into_iter().filter(|hours| moved::can_shift(tables, *hours)) {
        let there = moved::shifted(tables, hours)?;
        let as_of = as_of - i64::from(hours) * moved::HOUR_MICROS;
        hold("place", format!("everything {hours} hours east"), &home, engine.run(&there, Some(as_of)), false)?;
    }
    let given: Vec<&'static str> = tables.iter().filter(|data| data.table.origin == Origin::Input).map(|data| data.table.name).collect();
    for name in given.iter().filter(|name| **name != "subjects" && !CLEARING.contains(name)) {
        let mut fewer = tables.clone();
        fewer.remove(name);
        hold("dropped", format!("without `{name}`"), &base, engine.run(&fewer, Some(as_of)), true)?;
    }
    let fired: BTreeSet<&str> = base.1.findings.iter().map(|finding| finding.rule.as_str()).collect();
    for what in CHECKED.into_iter().chain(fired) {
        hold("confirmed", format!("`{what}` confirmed for everybody"), &base, engine.run(&confirmed(tables, what)?, Some(as_of)), true)?;
    }
    for name in &given {
        hold("twice", format!("every row of `{name}` twice"), &base, engine.run(&moved::doubled(tables, name)?, Some(as_of)), false)?;
    }
    let reversed = engine.run(&moved::reversed(tables)?, Some(as_of));
    broken.extend(first_in_bytes(&base, &reversed));
    Ok(broken)
}

/// The first subject whose score is another (or higher, when it may fall) for a reason that no rule states.
fn first_difference(
    engine: &Engine,
    law: &'static str,
    change: String,
    base: &(BTreeMap<String, f64>, Outcome),
    after: (BTreeMap<String, f64>, Outcome),
    may_fall: bool,
) -> Option<Broken> {
    let subjects: BTreeSet<&String> = base.0.keys().chain(after.0.keys()).collect();
    let score = |scores: &BTreeMap<String, f64>, id: &String| scores.get(id).copied().unwrap_or(0.0);
    for id in subjects {
        let (was, is) = (score(&base.0, id), score(&after.0, id));
        if if may_fall { is <= was + 1e-9 } else { is.to_bits() == was.to_bits() } {
            continue;
        }
        let rules = differing(id, &base.1, &after.1, may_fall);
        if rules.is_empty() || !rules.iter().all(|rule| engine.excepts(rule, law)) {
            return Some(Broken { law, change, subject: id.clone(), before: was, after: is, rules });
        }
    }
    None
}

/// The first finding that is not the same to the byte.
fn first_in_bytes(base: &(BTreeMap<String, f64>, Outcome), after: &Outcome) -> Option<Broken> {
    let told = |outcome: &Outcome| outcome.findings.iter().map(|finding| format!("{finding:?}")).collect::<Vec<_>>();
    let (left, right) = (told(&base.1), told(after));
    let place = (0..left.len().max(right.len())).find(|place| left.get(*place) != right.get(*place))?;
    let finding = base.1.findings.get(place).or_else(|| after.findings.get(place))?;
    let bits = |outcome: &Outcome| outcome.findings.get(place).map_or(0.0, |finding| finding.weight.bits);
    Some(Broken {
        law: "order",
        change: "all rows in the opposite order".to_owned(),
        subject: finding.subject_id.clone(),
        before: bits(&base.1),
        after: bits(after),
        rules: vec![finding.rule.clone()],
    })
}

/// Rules whose findings on the subject weigh differently; only those that weigh more, when they may weigh less.
fn differing(id: &str, before: &Outcome, after: &Outcome, may_fall: bool) -> Vec<String> {
    let of = |outcome: &Outcome| {
        let own = outcome.findings.iter().filter(|finding| finding.subject_id == id && finding.cleared.is_none());
        own.map(|finding| (finding.rule.clone(), finding.weight.bits)).collect::<BTreeMap<_, _>>()
    };
    let (before, after) = (of(before), of(after));
    let bits = |of: &BTreeMap<String, f64>, rule: &String| of.get(rule).copied().unwrap_or(0.0);
    let differs = |rule: &&String| {
        let (was, is) = (bits(&before, rule), bits(&after, rule));
        if may_fall { is > was } else { is.to_bits() != was.to_bits() }
    };
    let rules: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    rules.into_iter().filter(differs).cloned().collect()
}

/// The tables with a confirmed verification of `what` for every subject.
fn confirmed(tables: &Tables, what: &str) -> Result<Tables, Trouble> {
    let rows = tables.rows::<bonafide_facts::tables::who::Subject>();
    let row = |subject: bonafide_facts::tables::who::Subject| Verification {
        subject_id: subject.subject_id,
        what: Some(what.to_owned()),
        result: Some("confirmed".to_owned()),
        by: Some("the law".to_owned()),
        ..Verification::default()
    };
    let mut known = tables.rows::<Verification>();
    known.extend(rows.into_iter().map(row));
    let mut more = tables.clone();
    more.remove("verifications");
    more.add_rows(&known)?;
    Ok(more)
}
