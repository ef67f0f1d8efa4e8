//! A rule that cannot prove itself, or asks what is never asked, is refused with its line; the others stay.
//!
//! The cases are in cases/refusals.yml.

use crate::support::{BASE, Same, pack, rule};
use bonafide_rules::prove;
use std::sync::Arc;

const CASES: &str = include_str!("../cases/refusals.yml");

#[test]
fn every_broken_rule_is_refused_and_named() {
    let cases = bonafide_rules::yaml_for_tests(CASES);
    assert!(cases.as_array().unwrap().len() > 30);
    for case in cases.as_array().unwrap() {
        let text = |key: &str| case[key].as_str().map(str::to_owned);
        let (why, code) = (text("why").unwrap(), text("code").unwrap());
        let mut broken = BASE.replacen(&text("find").unwrap(), &text("put").unwrap(), 1);
        assert_ne!(broken, BASE, "{why}: changes nothing");
        if let Some(sql) = text("sql") {
            broken = broken.replace("GROUP BY subject_id", &sql);
        }
        let (pack, troubles) = pack(&[
            ("base", broken),
            rule("other", "sign_ins", "SELECT subject_id, evidence(row_id) AS evidence FROM sign_ins GROUP BY subject_id"),
        ]);
        let found = troubles.iter().find(|trouble| code.contains(trouble.code.strip_suffix("-column").unwrap_or(&trouble.code)));
        let found = found.unwrap_or_else(|| panic!("{why}: {troubles:#?}"));
        if let Some(line) = case["line"].as_u64() {
            assert_eq!(found.place.as_ref().and_then(|place| place.line), Some(line), "{why}: {found}");
        }
        assert!(!found.mend.is_empty() && pack.rule("base").is_none() && pack.rule("other").is_some(), "{why}");
    }
}

#[test]
fn the_base_rule_stands_and_proves_itself() {
    let (pack, troubles) = pack(&[("base", BASE.to_owned())]);
    assert_eq!(troubles, []);
    let proofs = prove(&pack, Arc::new(Same));
    assert_eq!(proofs.len(), 2);
    assert!(proofs.iter().all(|proof| proof.ok), "{proofs:#?}");
    assert_eq!(pack.refused.len(), 4);
    assert!(pack.wants().contains(&("sign_ins".to_owned(), "subject_id".to_owned())));
}

#[test]
fn a_case_that_does_not_come_out_fails_the_proof() {
    let (pack, _) = pack(&[("base", BASE.replace("min: 2", "min: 3"))]);
    let failed: Vec<_> = prove(&pack, Arc::new(Same)).into_iter().filter(|proof| !proof.ok).map(|proof| proof.case).collect();
    assert_eq!(failed, ["twice"]);
}

#[test]
fn the_digest_sees_every_letter_and_no_folder() {
    let digest = |text: &str| pack(&[("base", text.to_owned())]).0.digest;
    assert_eq!(digest(BASE), digest(BASE));
    assert_ne!(digest(BASE), digest(&BASE.replace("it happens", "it happened")));
}
