//! Hostile input: every kind of bad row is named with place and mend, the rest is judged, nothing reaches the terminal raw.

use crate::{bonafide, err, out, root};
use std::fs;
use std::path::Path;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(|_| ()).unwrap() }
    }
}

#[test]
fn bad_rows_are_named_and_the_rest_is_judged() {
    let folder = tempfile::tempdir().unwrap();
    let case = folder.path().join("case");
    copy(&root().join("fixtures/hostile"), &case);
    let huge = "x".repeat(10 << 20);
    let mut claims = fs::read_to_string(case.join("claims.csv")).unwrap_or_else(|_| "subject_id,source,attribute,value\n".into());
    claims.push_str(&format!("s1,resume,job,{huge}\n"));
    fs::write(case.join("claims.csv"), claims).unwrap();
    let dir = folder.path().join("out");
    let output = bonafide(&["check", case.to_str().unwrap(), "--out", dir.to_str().unwrap(), "--exit-zero"]);
    assert!(output.status.success(), "{}", err(&output));
    for text in [out(&output), err(&output), fs::read_to_string(dir.join("report.txt")).unwrap()] {
        assert!(!text.chars().any(|c| c != '\n' && bonafide_facts::text::is_invisible(c)), "a control or bidi character got through");
    }
    let html = fs::read_to_string(dir.join("report.html")).unwrap();
    assert!(!html.contains("<script>alert") && !html.contains("<img src=x"), "HTML got through");
    let csv = fs::read_to_string(dir.join("report.csv")).unwrap();
    assert!(!csv.contains(",=") && !csv.contains(",\"="), "a formula got through");
    let report: serde_json::Value = serde_json::from_str(&fs::read_to_string(dir.join("report.json")).unwrap()).unwrap();
    let troubles = report["troubles"].as_array().unwrap();
    let codes: Vec<&str> = troubles.iter().map(|trouble| trouble["code"].as_str().unwrap()).collect();
    assert!(codes.len() >= 8, "{codes:?}");
    for trouble in troubles {
        assert!(!trouble["mend"].as_str().unwrap().is_empty() && !trouble["what"].as_str().unwrap().is_empty(), "{trouble}");
    }
    let strict = bonafide(&["check", case.to_str().unwrap(), "--strict"]);
    assert_eq!(strict.status.code(), Some(1), "--strict makes them fatal");
}

#[test]
fn a_rule_that_explodes_is_stopped_and_the_others_stay() {
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().join("pack");
    copy(&root().join("packs/concealed-worker"), &pack);
    let rule = |id: &str, sql: &str| {
        let text = format!(
            "id: {id}\nsays: never ends\ncites: [{{title: none, by: test, date: 2026-01-01}}]\ngroup: session\nweight: {{bits: 1, low: 1, high: 1, basis: expert, from: test}}\nneeds: [sign_ins]\nsql: |\n  {sql}\ninnocent: [test]\nclear: [test]\ncovers: [P1]\ncases:\n  - {{name: fires, fires: [a], tables: {{sign_ins: [{{subject_id: a, at: \"2026-01-01T00:00:00Z\"}}]}}}}\n  - {{name: quiet, fires: [], tables: {{subjects: [{{subject_id: a}}]}}}}\n"
        );
        fs::write(pack.join("rules").join(format!("{id}.yml")), text).unwrap();
    };
    rule(
        "crosses-everything",
        "SELECT a.subject_id, evidence(a.row_id) AS evidence FROM sign_ins a, sign_ins b, sign_ins c, sign_ins d, sign_ins e, sign_ins f GROUP BY a.subject_id",
    );
    rule(
        "never-returns",
        "WITH RECURSIVE r AS (SELECT subject_id, row_id, 1 AS n FROM sign_ins UNION ALL SELECT subject_id, row_id, n + 1 FROM r) SELECT subject_id, evidence(row_id) AS evidence FROM r GROUP BY subject_id",
    );
    let example = root().join("examples/contractors");
    let output = bonafide(&[
        "check",
        example.to_str().unwrap(),
        "--pack",
        pack.to_str().unwrap(),
        "--rule-seconds",
        "5",
        "--rule-memory",
        "200",
        "--exit-zero",
        "--format",
        "json",
    ]);
    assert!(output.status.success(), "{}", err(&output));
    let report: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    let text = serde_json::to_string(&report["troubles"]).unwrap();
    assert!(text.contains("crosses-everything") && text.contains("never-returns"), "{text}");
    assert!(report["subjects"].as_array().unwrap().iter().any(|subject| subject["band"] == "escalate"), "the other rules' findings stay");
}
