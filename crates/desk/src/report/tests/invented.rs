//! An invented run with hostile text in every place that an input or a pack can reach.
//!
//! Must not resemble any real person.

use crate::report::{InputNote, ListNote, PackNote, Parts, Report, Unobserved, assemble, assess_input};
use bonafide_assess::Judgement;
use bonafide_facts::cell::Time;
use bonafide_facts::policy::{EscalatePolicy, NotePolicy, ReviewPolicy};
use bonafide_facts::tables::did::{Engagement, SignIn};
use bonafide_facts::tables::who::{Identifier, Subject};
use bonafide_facts::{Band, Basis, Citation, Cleared, Evidence, Finding, Place, Policy, RowId, Tables, Trouble, Weight};
use std::collections::BTreeMap;

/// Everything that could break out of a page, a terminal, a cell or a line.
pub const HOSTILE: &str =
    "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)> \u{1b}[31m \u{202e}gpj.exe\u{0} =1+1 \u{e0041}";

/// 2026-03-02 00:00:00 UTC, a Monday.
const MONDAY: i64 = 1_772_409_600_000_000;
const MINUTE: i64 = 60_000_000;

pub fn policy() -> Policy {
    Policy {
        base_rate_one_in: 343.0,
        base_rate_from: "an invented survey <b>of nobody</b>".to_owned(),
        groups: ["behaviour", "device", "identity", "listing", "payment", "place"].map(str::to_owned).to_vec(),
        strong_bits: 4.0,
        note: NotePolicy { min_bits: 0.5 },
        review: ReviewPolicy { min_groups: 2, min_bits: 4.0, one_strong: true },
        escalate: EscalatePolicy {
            min_groups: 3,
            min_bits: 8.0,
            strong_in: ["identity", "payment", "device", "place"].map(str::to_owned).to_vec(),
            exact_listing: true,
        },
        evidence_rows: 20,
        next_steps: 3,
    }
}

fn finding(subject: &str, rule: &str, group: &str, bits: f64, says: &str) -> Finding {
    let text = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect();
    Finding {
        finding_id: format!("{subject}/{rule}"),
        subject_id: subject.to_owned(),
        rule: rule.to_owned(),
        group: group.to_owned(),
        weight: Weight { bits, low: bits - 1.0, high: bits + 1.0, basis: Basis::Expert, from: "set by the authors".to_owned() },
        says: says.to_owned(),
        evidence: Evidence { rows: vec![RowId::new(1, 3), RowId::new(1, 9)], total: 2 },
        first_at: Some(MONDAY),
        last_at: Some(MONDAY + 9 * 24 * 60 * MINUTE),
        cites: vec![Citation {
            title: "Guidance on an invented threat".to_owned(),
            by: "An invented office".to_owned(),
            date: "2022-05-16".to_owned(),
            at: Some("page 4".to_owned()),
            url: Some("https://example.org/guidance?a=1&b=2".to_owned()),
        }],
        innocent: text(&["a family computer", "a staffing agency's kiosk"]),
        clear: vec![format!("ask for what settles {rule}"), format!("compare it with the {group} records")],
        exact_listing: false,
        cap: None,
        cleared: None,
        shadow: false,
    }
}

/// All findings, standing and not.
pub fn findings() -> Vec<Finding> {
    let mut all = vec![
        finding("w-101", "one-device-many-people", "device", 4.5, "One device signed in as 3 differently named people within 90 days."),
        finding("w-101", "payee-is-not-the-worker", "payment", 3.2, "Pay goes to an account in another person's name."),
        finding("w-101", "hours-do-not-fit-the-claim", "behaviour", 1.9, "82% of sign-ins fall outside the claimed working day."),
        finding("w-101", "same-device-twice", "device", 2.0, "The device was also seen with another worker."),
        finding("w-101", "identity-checked-in-person", "identity", -1.1, "An identity check in person was confirmed."),
        finding("w-102", "document-edited", "identity", 4.2, HOSTILE),
        finding("w-102", "on-trial", "place", 6.0, "A rule on trial."),
        finding("w-103", "name-on-a-list", "listing", 4.8, "The name is like a listed one; a name alone proves nothing."),
        finding("w-103", "video-was-off", "behaviour", 1.0, "The camera was refused in 2 of 2 interviews."),
        finding("w-106", "far-apart", "place", 0.9, "Two sign-ins 5,100 km and 2 hours apart."),
    ];
    all[0].evidence.total = 41;
    all[5].innocent = vec![HOSTILE.to_owned()];
    all[5].clear = vec![format!("=HYPERLINK(\"http://x\") {HOSTILE}")];
    all[5].cites[0].url = Some("javascript:alert(3)".to_owned());
    all[5].cites[0].title = HOSTILE.to_owned();
    all[6].shadow = true;
    all[7].cap = Some(Band::Note);
    let reason = "the interview was by telephone".to_owned();
    all[8].cleared = Some(Cleared { by: "an analyst".to_owned(), reason, place: "verifications.csv:4".to_owned(), until: None });
    all
}

fn subject(id: &str, name: &str, zone: Option<&str>) -> Subject {
    Subject {
        subject_id: Some(id.to_owned()),
        name: Some(name.to_owned()),
        claimed_timezone: zone.map(str::to_owned),
        ..Subject::default()
    }
}

pub fn subjects() -> Vec<Subject> {
    let long = "A".repeat(1_000_000);
    vec![
        subject("w-101", "Robin Example", Some("America/Chicago")),
        subject("w-102", HOSTILE, None),
        subject("w-103", "Zoë ‎Muster Ñandú 山田 例 שלום", None),
        subject("=cmd|'/C calc'!A0", "@SUM(1)", None),
        subject("w-105", "Only A Name", None),
        subject("w-106", &long, Some("Europe/Paris")),
    ]
}

pub fn tables() -> Tables {
    let mut tables = Tables::default();
    tables.files.add("subjects.csv");
    tables.files.add("sign_ins.csv");
    tables.files.add(format!("identifiers {HOSTILE}.csv"));
    tables.add_rows(&subjects()).unwrap();
    let sign_in = |at: i64, id: &str, device: &str| SignIn {
        row_id: RowId::new(1, 2 + u64::try_from((at - MONDAY) / MINUTE).unwrap_or(0)).0,
        subject_id: Some(id.to_owned()),
        at: Some(Time { micros: at, offset_minutes: Some(0) }),
        device_id: Some(device.to_owned()),
        ..SignIn::default()
    };
    let mut sign_ins = Vec::new();
    for day in 0..40i64 {
        for (hour, id, device) in [(1, "w-101", "LAPTOP-7"), (9, "w-106", "LAPTOP-9"), (22, "w-101", "LAPTOP-8")] {
            if day % 7 < 5 {
                sign_ins.push(sign_in(MONDAY + (day * 24 * 60 + hour * 60 + (day * 37) % 60) * MINUTE, id, device));
            }
        }
    }
    sign_ins.push(sign_in(MONDAY + 700 * MINUTE, "w-106", "laptop-7"));
    sign_ins.push(sign_in(MONDAY + 800 * MINUTE, "=cmd|'/C calc'!A0", "LAPTOP-11"));
    tables.add_rows(&sign_ins).unwrap();
    let agreed = Engagement {
        subject_id: Some("w-101".to_owned()),
        hours_timezone: Some("America/Chicago".to_owned()),
        hours_start: Some("09:00".to_owned()),
        hours_end: Some("17:30".to_owned()),
        ..Engagement::default()
    };
    tables.add_rows(&[agreed]).unwrap();
    let identifier = |line, id: &str, kind: &str, value: &str| Identifier {
        row_id: RowId::new(2, line).0,
        subject_id: Some(id.to_owned()),
        kind: Some(kind.to_owned()),
        value: Some(value.to_owned()),
        ..Identifier::default()
    };
    let identifiers = [
        identifier(2, "w-101", "email", "r.example@example.org"),
        identifier(3, "w-102", "email", "R.Example@example.org"),
        identifier(4, "w-102", HOSTILE, HOSTILE),
        identifier(5, "w-103", HOSTILE, HOSTILE),
    ];
    tables.add_rows(&identifiers).unwrap();
    tables
}

fn input(path: &str, table: &str, rows: u64, skipped: u64) -> InputNote {
    InputNote { path: path.to_owned(), table: Some(table.to_owned()), sha256: "ab".repeat(32), bytes: 1234, rows, skipped }
}

/// Judgements in the order of the subjects.
pub fn judgements(findings: &[Finding]) -> Vec<(String, Judgement)> {
    let judge = |subject: Subject| {
        let id = subject.subject_id.unwrap_or_default();
        let indices: Vec<usize> = (0..findings.len()).filter(|at| findings[*at].subject_id == id).collect();
        let judgement = bonafide_assess::assess(&policy(), &assess_input(findings, &indices, &policy())).unwrap();
        (id, judgement)
    };
    subjects().into_iter().map(judge).collect()
}

pub fn report() -> Report {
    let findings = findings();
    let expired = [finding("w-103", "old-news", "place", 2.5, "Something long ago.")];
    let unobserved = |rule: &str, group: &str, bits, missing: &[&str]| Unobserved {
        rule: rule.to_owned(),
        group: group.to_owned(),
        bits,
        missing: missing.iter().map(|name| (*name).to_owned()).collect(),
    };
    let lacks = || {
        vec![
            unobserved("remote-control-tool", "device", 3.0, &["software"]),
            unobserved("coin-from-a-theft", "payment", 5.0, &["transfers", "labels"]),
            unobserved("kvm-on-the-desk", "device", 4.0, &["peripherals"]),
            unobserved("keep-awake-tool", "device", 1.0, &["software"]),
        ]
    };
    let not_observed: BTreeMap<String, Vec<Unobserved>> =
        subjects().into_iter().map(|s| (s.subject_id.unwrap_or_default(), lacks())).collect();
    let troubles = [Trouble::warning(
        "bad-time",
        Some(Place::line("sign_ins.csv", 17)),
        format!("`{}` is not a time", bonafide_facts::text::printable(HOSTILE, 60)),
        "write 2026-01-31T09:00:00+01:00",
    )];
    assemble(&Parts {
        engine: "0.0.0",
        pack: PackNote {
            id: "invented".to_owned(),
            title: "An invented pack".to_owned(),
            version: "1".to_owned(),
            digest: "cd".repeat(32),
            rules: 14,
        },
        lists: vec![ListNote { id: "invented-list".to_owned(), digest: "ef".repeat(32) }],
        policy: &policy(),
        as_of: MONDAY + 60 * 24 * 60 * MINUTE,
        tables: &tables(),
        judgements: &judgements(&findings),
        findings: &findings,
        expired: &expired,
        not_observed,
        troubles: &troubles,
        inputs: vec![input("subjects.csv", "subjects", 6, 0), input("sign_ins.csv", "sign_ins", 92, 3)],
    })
}
