//! A rule that explodes is stopped and named; the other rules' findings stay.

use crate::support::{engine, rule, sign_ins, tables};
use bonafide_rules::Limits;

const QUIET: &str = "SELECT subject_id, evidence(row_id) AS evidence FROM sign_ins GROUP BY subject_id";

fn stopped(sql: &str, limits: Limits, what: &str) {
    let engine = engine(&[rule("bomb", "sign_ins", sql), rule("quiet", "sign_ins", QUIET)], &limits);
    let outcome = engine.run(&tables(sign_ins("a", 3000)), None);
    assert_eq!(outcome.troubles.len(), 1, "{:#?}", outcome.troubles);
    let trouble = &outcome.troubles[0];
    assert!(trouble.what.contains("`bomb`") && trouble.what.contains(what), "{trouble}");
    assert!(trouble.place.as_ref().is_some_and(|place| place.to_string() == "p/rules/bomb.yml:10"), "{trouble}");
    assert_eq!(outcome.findings.iter().map(|finding| finding.rule.as_str()).collect::<Vec<_>>(), ["quiet"]);
    assert!(engine.run(&tables(sign_ins("a", 1)), None).troubles.len() <= 1, "the engine goes on");
}

#[test]
fn a_cross_join_is_stopped_by_its_rows() {
    let sql = "SELECT a.subject_id, evidence(a.row_id) AS evidence FROM sign_ins a, sign_ins b, sign_ins c GROUP BY a.subject_id HAVING count(*) < 0";
    stopped(sql, Limits { joined_rows: 2_000_000, ..Limits::default() }, "joins made more than");
}

#[test]
fn a_cross_join_is_stopped_by_its_time() {
    let sql = "SELECT a.subject_id, evidence(a.row_id) AS evidence FROM sign_ins a, sign_ins b, sign_ins c WHERE a.row_id + b.row_id + c.row_id < 0 GROUP BY a.subject_id";
    stopped(sql, Limits { cpu_seconds: 0.3, joined_rows: u64::MAX, ..Limits::default() }, "CPU seconds");
}

#[test]
fn endless_recursion_is_stopped() {
    let sql = "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 0 FROM r) SELECT s.subject_id, evidence(s.row_id) AS evidence FROM sign_ins s JOIN r ON s.row_id = r.n GROUP BY s.subject_id";
    stopped(sql, Limits { cpu_seconds: 1.0, ..Limits::default() }, "");
}

#[test]
fn hoarding_memory_is_stopped() {
    let sql = "SELECT subject_id, evidence(row_id) AS evidence FROM (SELECT a.subject_id, a.row_id, array_agg(b.at) AS all FROM sign_ins a, sign_ins b GROUP BY a.subject_id, a.row_id) GROUP BY subject_id HAVING max(array_length(all)) < 0";
    stopped(&sql.replace(" all", " every").replace("(all)", "(every)"), Limits { memory_bytes: 4 << 20, ..Limits::default() }, "");
}

#[test]
fn returning_too_much_is_stopped() {
    let sql = "SELECT subject_id, row_id, evidence(row_id) AS evidence FROM sign_ins GROUP BY subject_id, row_id";
    stopped(sql, Limits { output_rows: 100, ..Limits::default() }, "returned more than 100 rows");
}

#[test]
fn a_long_series_is_stopped() {
    let sql = "SELECT s.subject_id, evidence(s.row_id) AS evidence FROM sign_ins s CROSS JOIN generate_series(1, 100000000000) g GROUP BY s.subject_id";
    stopped(sql, Limits { cpu_seconds: 1.0, ..Limits::default() }, "");
}

#[test]
fn a_failing_row_names_the_rule() {
    let sql = "SELECT subject_id, evidence(row_id) AS evidence FROM sign_ins WHERE 1 / (row_id - 5) > 2 GROUP BY subject_id";
    stopped(sql, Limits::default(), "failed");
}
