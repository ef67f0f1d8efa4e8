//! One plan serves many runs, and what an outcome holds.

use crate::support::{at, engine, rule, sign_ins, tables};
use bonafide_facts::tables::derived::{Exposure, ListHit};
use bonafide_facts::tables::did::{Commit, SignIn};
use bonafide_facts::tables::money::Transfer;
use bonafide_facts::tables::who::{Claim, Identifier, Subject, Verification};
use bonafide_rules::Limits;

const COUNT: &str =
    "SELECT subject_id, evidence(row_id) AS evidence, max(at) AS last_at FROM sign_ins GROUP BY subject_id HAVING count(*) >= 2";

#[test]
fn two_runs_over_different_tables_do_not_mix() {
    let joined = "WITH a AS (SELECT subject_id, count(*) AS n FROM sign_ins GROUP BY subject_id)
      SELECT s.subject_id, evidence(s.row_id) AS evidence FROM sign_ins s JOIN a ON a.subject_id = s.subject_id
      WHERE a.n = (SELECT max(n) FROM a) GROUP BY s.subject_id ORDER BY s.subject_id LIMIT 5";
    let engine = engine(&[rule("count", "sign_ins", COUNT), rule("joined", "sign_ins", joined)], &Limits::default());
    let flagged = |subject: &str, count: i64| {
        let outcome = engine.run(&tables(sign_ins(subject, count)), None);
        assert_eq!(outcome.troubles, []);
        outcome
            .findings
            .iter()
            .map(|finding| (finding.subject_id.clone(), finding.rule.clone(), finding.evidence.total))
            .collect::<Vec<_>>()
    };
    for _ in 0..3 {
        assert_eq!(flagged("a", 3), [("a".into(), "count".into(), 3), ("a".into(), "joined".into(), 3)]);
        assert_eq!(flagged("b", 1), [("b".into(), "joined".into(), 1)]);
        assert_eq!(flagged("c", 100), [("c".into(), "count".into(), 100), ("c".into(), "joined".into(), 100)]);
    }
}

#[test]
fn one_thread_and_many_say_the_same() {
    let rules: Vec<String> = (0..20).map(|number| format!("rule-{number}")).collect();
    let rules: Vec<_> = rules.iter().map(|id| rule(id, "sign_ins", COUNT)).collect();
    let data = tables((0..40).flat_map(|subject| sign_ins(&format!("s{subject}"), subject % 5)).collect());
    let run = |threads| {
        let outcome = engine(&rules, &Limits { threads, ..Limits::default() }).run(&data, None);
        (outcome.findings, outcome.not_observed, outcome.per_rule.into_iter().map(|stats| (stats.rule, stats.subjects)).collect::<Vec<_>>())
    };
    assert_eq!(run(1), run(7));
    assert_eq!(run(1).0.len(), 20 * 24);
}

#[test]
fn silence_is_named_and_age_and_verification_count() {
    let (id, text) = rule("count", "sign_ins", COUNT);
    let text = text.replace("covers:", "expires_days: 30\nstages: [applicant]\ncovers:");
    let engine = engine(
        &[(id, text), rule("code", "commits.tree", "SELECT subject_id, evidence(row_id) AS evidence FROM commits GROUP BY subject_id")],
        &Limits::default(),
    );
    let mut data = tables([sign_ins("old", 2), sign_ins("checked", 2), sign_ins("employee", 2)].concat());
    data.remove("subjects");
    let subject = |id: &str, stage: &str| Subject { subject_id: Some(id.into()), stage: Some(stage.into()), ..Default::default() };
    data.add_rows(&[
        subject("old", "applicant"),
        subject("checked", "Applicant"),
        subject("employee", "employee"),
        subject("silent", "applicant"),
    ])
    .unwrap();
    data.add_rows(&[Commit { subject_id: Some("checked".into()), at: at(0), ..Default::default() }]).unwrap();
    data.add_rows(&[Verification {
        subject_id: Some("checked".into()),
        what: Some("count".into()),
        result: Some("confirmed".into()),
        by: Some("Ann".into()),
        ..Default::default()
    }])
    .unwrap();
    let day = 86_400_000_000;
    let fresh = engine.run(&data, Some(10 * day));
    assert_eq!(
        fresh
            .findings
            .iter()
            .map(|f| (f.subject_id.as_str(), f.cleared.as_ref().map(|c| c.by.as_str())))
            .filter(|f| f.0 != "checked" || f.1.is_some())
            .collect::<Vec<_>>(),
        [("checked", Some("Ann")), ("old", None)]
    );
    let later = engine.run(&data, Some(40 * day));
    assert!(later.findings.iter().all(|finding| finding.rule == "code"));
    assert_eq!(later.expired.len(), 2);
    let missing = |id: &str| fresh.not_observed[id].iter().map(|row| format!("{} {}", row.rule, row.missing.join(","))).collect::<Vec<_>>();
    assert_eq!(missing("silent"), ["code commits.tree", "count sign_ins"]);
    assert_eq!(missing("old"), ["code commits.tree"]);
    assert_eq!(missing("employee"), ["code commits.tree"], "a rule for applicants does not speak of employees");
}

#[test]
fn who_was_looked_at_and_had_nothing_is_observed() {
    let ask = |table: &str| format!("SELECT subject_id, evidence(evidence) AS evidence FROM {table} GROUP BY subject_id");
    let engine =
        engine(&[rule("coin", "exposures", &ask("exposures")), rule("listed", "list_hits", &ask("list_hits"))], &Limits::default());
    let mut data = tables(vec![]);
    data.remove("subjects");
    let subject = |id: &str, name: Option<&str>| Subject { subject_id: Some(id.into()), name: name.map(Into::into), ..Default::default() };
    data.add_rows(&[subject("named", Some("Ann")), subject("nameless", None), subject("paid", None)]).unwrap();
    let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
    let held = |id: &str, wallet: &str| Identifier {
        subject_id: Some(id.into()),
        kind: Some("wallet".into()),
        value: Some(wallet.into()),
        ..Default::default()
    };
    data.add_rows(&[held("paid", wallet), held("named", "0x8617E340B3D01FA5F11F306F4090FD50E238070D")]).unwrap();
    let rules = |data: &bonafide_facts::Tables, id: &str| {
        engine.run(data, Some(0)).not_observed[id].iter().map(|row| row.rule.clone()).collect::<Vec<_>>()
    };
    assert_eq!(rules(&data, "paid"), ["coin", "listed"], "nobody screened and nobody traced");
    data.add_rows::<ListHit>(&[]).unwrap();
    data.add_rows::<Exposure>(&[]).unwrap();
    data.add_rows(&[Transfer { to_address: Some(wallet.to_lowercase()), ..Default::default() }]).unwrap();
    assert_eq!(rules(&data, "paid"), Vec::<String>::new(), "screened by the wallet, traced, and nothing came of it");
    assert_eq!(rules(&data, "named"), ["coin"], "no transfer of that wallet was given");
    assert_eq!(rules(&data, "nameless"), ["coin", "listed"], "there was nothing to screen");
}

#[test]
fn a_forbidden_claim_never_reaches_a_rule() {
    let sql = "SELECT subject_id, evidence(row_id) AS evidence FROM claims WHERE attribute LIKE '%ality' OR attribute = 'city' GROUP BY subject_id";
    let engine = engine(&[rule("claims", "claims", sql)], &Limits::default());
    let mut data = tables([sign_ins("a", 1), sign_ins("b", 1)].concat());
    let claim = |id: &str, attribute: &str| Claim {
        subject_id: Some(id.into()),
        attribute: Some(attribute.into()),
        value: Some("x".into()),
        ..Default::default()
    };
    data.add_rows(&[claim("a", "nationality"), claim("b", "city")]).unwrap();
    let outcome = engine.run(&data, None);
    assert_eq!(outcome.findings.iter().map(|finding| finding.subject_id.as_str()).collect::<Vec<_>>(), ["b"]);
}

#[test]
fn ids_do_not_depend_on_where_rows_stand() {
    let engine = engine(&[rule("count", "sign_ins", COUNT)], &Limits::default());
    let ids =
        |rows: Vec<SignIn>| engine.run(&tables(rows), None).findings.into_iter().map(|finding| finding.finding_id).collect::<Vec<_>>();
    let rows = [sign_ins("a", 2), sign_ins("b", 2)].concat();
    let turned: Vec<SignIn> = rows.iter().rev().cloned().collect();
    assert_eq!(ids(rows), ids(turned));
}

#[test]
fn sql_reads_and_nothing_else() {
    let engine = engine(&[rule("count", "sign_ins", COUNT)], &Limits::default());
    let data = tables(sign_ins("a", 3));
    let rows: usize =
        engine.sql(&data, "SELECT * FROM sign_ins WHERE ip_net(ip) = '192.0.2.0/24'").unwrap().iter().map(|batch| batch.num_rows()).sum();
    assert_eq!(rows, 3);
    for bad in [
        "DROP TABLE sign_ins",
        "SELECT 1; SELECT 2",
        "COPY sign_ins TO 'x.csv'",
        "SELECT * FROM 'x.csv'",
        "SET x = 1",
        "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION 'x'",
    ] {
        assert!(engine.sql(&data, bad).is_err(), "{bad}");
    }
}
