//! The laws of the stored index: any order and any split of the rows gives the clusters of a run from scratch; a retraction
//! undoes what a value made; a file that was torn or changed is refused.

use super::*;
use crate::link::link;
use bonafide_facts::tables::did::SignIn;
use bonafide_facts::tables::who::{FaceMatch, Identifier, LinkRetraction, Referral, Verification};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// One row of the small world: an identifier, a verification, a referral or a decision.
#[derive(Debug, Clone)]
enum Row {
    Value(u8, &'static str, u8, &'static str),
    Checked(u8, u8, bool),
    Referral(u8, u8),
    Decision(u8, u8, bool),
    /// Who, at which hour, at which machine.
    Sat(u8, u16, u8),
    Face(u8, u8),
    Back(u8, &'static str, u8),
}

fn tables(rows: &[Row]) -> Tables {
    let (mut values, mut checks, mut referrals, mut decisions) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut sessions, mut faces, mut back) = (Vec::new(), Vec::new(), Vec::new());
    let id = |subject: u8| Some(format!("s{subject:02}"));
    let value = |value: u8| Some(format!("value-{value}"));
    for row in rows {
        match *row {
            Row::Value(subject, kind, what, source) => values.push(Identifier {
                row_id: i64::from(subject) * 100 + i64::from(what),
                subject_id: id(subject),
                kind: Some(kind.into()),
                value: value(what),
                source: Some(source.into()),
                ..Default::default()
            }),
            Row::Checked(subject, what, good) => checks.push(Verification {
                subject_id: id(subject),
                what: Some("identity".into()),
                value: value(what),
                result: Some(if good { "confirmed" } else { "denied" }.into()),
                ..Default::default()
            }),
            Row::Referral(from, to) => referrals.push(Referral { subject_id: id(from), referred_id: id(to), ..Default::default() }),
            Row::Decision(one, other, same) => decisions.push(LinkDecision {
                left_id: id(one),
                right_id: id(other),
                decision: Some(if same { "same" } else { "not_same" }.into()),
                ..Default::default()
            }),
            Row::Sat(subject, hour, machine) => sessions.push(SignIn {
                row_id: 10_000 + i64::from(subject) * 10_000 + i64::from(hour) * 10 + i64::from(machine),
                subject_id: id(subject),
                at: Some(bonafide_facts::cell::Time { micros: i64::from(hour) * 3_600_000_000, offset_minutes: Some(0) }),
                device_id: Some(format!("machine-{machine}")),
                ip: Some(format!("203.0.113.{}", machine + 1)),
                ..Default::default()
            }),
            Row::Face(one, other) => {
                faces.push(FaceMatch { left_id: id(one), right_id: id(other), verdict: Some("same".into()), ..Default::default() })
            }
            Row::Back(subject, kind, what) => {
                back.push(LinkRetraction { subject_id: id(subject), kind: Some(kind.into()), value: value(what), ..Default::default() });
            }
        }
    }
    let mut tables = Tables::default();
    tables.add_rows(&values).unwrap();
    tables.add_rows(&checks).unwrap();
    tables.add_rows(&referrals).unwrap();
    tables.add_rows(&decisions).unwrap();
    tables.add_rows(&sessions).unwrap();
    tables.add_rows(&faces).unwrap();
    tables.add_rows(&back).unwrap();
    tables
}

/// Level, members, and the pair that joined each: what must be equal (ids carry history and may differ).
/// Who is in a cluster, each with what joined him.
type Members = Vec<(String, Option<String>)>;

fn shape(clusters: &[Cluster]) -> BTreeSet<(String, Members)> {
    let mut by: std::collections::BTreeMap<(String, String), Members> = Default::default();
    for row in clusters {
        let key = (row.level.clone().unwrap(), row.cluster_id.clone().unwrap());
        by.entry(key).or_default().push((row.subject_id.clone().unwrap(), row.joined_by.clone()));
    }
    by.into_iter().map(|((level, _), members)| (level, members)).collect()
}

fn row() -> impl Strategy<Value = Row> {
    let kinds =
        prop::sample::select(vec!["bank_account", "device", "wallet", "github", "website", "machine_name", "address", "photo_hash"]);
    let sources = prop::sample::select(vec!["resume", "payout", "device"]);
    prop_oneof![
        8 => (0..14_u8, kinds, 0..7_u8, sources).prop_map(|(subject, kind, value, source)| Row::Value(subject, kind, value, source)),
        1 => (0..14_u8, 0..7_u8, any::<bool>()).prop_map(|(subject, value, good)| Row::Checked(subject, value, good)),
        1 => (0..14_u8, 0..14_u8).prop_map(|(from, to)| Row::Referral(from, to)),
        1 => (0..14_u8, 0..14_u8, any::<bool>()).prop_map(|(one, other, same)| Row::Decision(one, other, same)),
    ]
}

/// A decision is about subjects that a table names: from scratch it is refused otherwise, in the index it waits.
fn everybody() -> Vec<Row> {
    (0..14).map(|subject| Row::Value(subject, "telegram", 100 + subject, "resume")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_order_and_any_split_gives_the_clusters_of_a_run_from_scratch(
        rows in prop::collection::vec(row(), 0..60), order in prop::collection::vec(any::<u32>(), 80), cuts in prop::collection::vec(0..80_usize, 0..6)
    ) {
        let settings = Settings::default();
        let mut rows = [everybody(), rows].concat();
        let whole = link(&tables(&rows), &settings, &[]);
        let mut keyed: Vec<(u32, Row)> = rows.drain(..).enumerate().map(|(at, row)| (order[at % order.len()].rotate_left(at as u32), row)).collect();
        keyed.sort_by_key(|(key, _)| *key);
        let rows: Vec<Row> = keyed.into_iter().map(|(_, row)| row).collect();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(rows.len())).chain([0, rows.len()]).collect();
        cuts.sort_unstable();
        let mut index = LinkIndex::new(&settings);
        for ends in cuts.windows(2) {
            index.add(&tables(&rows[ends[0]..ends[1]]));
        }
        prop_assert_eq!(shape(&index.clusters()), shape(&whole.clusters));
        let mut one_by_one = LinkIndex::new(&settings);
        rows.iter().for_each(|row| { one_by_one.add(&tables(std::slice::from_ref(row))); });
        prop_assert_eq!(shape(&one_by_one.clusters()), shape(&whole.clusters));
        let bytes = index.to_bytes();
        let back = LinkIndex::from_bytes(&bytes, &settings).unwrap();
        prop_assert_eq!(back.clusters(), index.clusters());
        prop_assert_eq!(back.to_bytes(), bytes);
    }

    #[test]
    fn what_is_taken_back_leaves_what_there_was_without_it(rows in prop::collection::vec(row(), 1..50), which in any::<usize>()) {
        let settings = Settings::default();
        let rows = [everybody(), rows].concat();
        let values: Vec<&Row> = rows.iter().filter(|row| matches!(row, Row::Value(..))).collect();
        let Row::Value(subject, kind, what, _) = *values[which % values.len()] else { return Ok(()) };
        let mut index = LinkIndex::new(&settings);
        index.add(&tables(&rows));
        let taken = index.retract(&format!("s{subject:02}"), kind, &format!("value-{what}"));
        let rest: Vec<Row> = rows.into_iter().filter(|row| !matches!(row, Row::Value(s, k, w, _) if (*s, *k, *w) == (subject, kind, what))).collect();
        // The subject itself stays known, as a record without values.
        let rest = [rest, vec![Row::Value(subject, "linkedin", 200, "resume")]].concat();
        prop_assert_eq!(taken.is_ok(), uses::key_of(kind, &format!("value-{what}"), &settings).is_some(), "only what says something entered");
        prop_assert_eq!(shape(&index.clusters()), shape(&link(&tables(&rest), &settings, &[]).clusters));
    }
}

/// Rows of behaviour, faces and retractions beside the others.
fn any_row() -> impl Strategy<Value = Row> {
    prop_oneof![
        3 => row(),
        6 => (0..5_u8, 0..300_u16, 0..3_u8).prop_map(|(subject, hour, machine)| Row::Sat(subject, hour, machine)),
        1 => (0..14_u8, 0..14_u8).prop_map(|(one, other)| Row::Face(one, other)),
        1 => (0..14_u8, prop::sample::select(vec!["bank_account", "device", "website"]), 0..7_u8)
            .prop_map(|(subject, kind, what)| Row::Back(subject, kind, what)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn behaviour_faces_and_retractions_in_any_split_are_those_of_a_run_from_scratch(
        rows in prop::collection::vec(any_row(), 0..90), seed in any::<u32>(), cuts in prop::collection::vec(0..100_usize, 0..5)
    ) {
        let settings = Settings::default();
        let mut rows = [everybody(), rows].concat();
        let whole = link(&tables(&rows), &settings, &[]);
        let mut keyed: Vec<(u32, Row)> = rows.drain(..).enumerate().map(|(at, row)| ((at as u32).wrapping_mul(seed | 1), row)).collect();
        keyed.sort_by_key(|(key, _)| *key);
        let rows: Vec<Row> = keyed.into_iter().map(|(_, row)| row).collect();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(rows.len())).chain([0, rows.len()]).collect();
        cuts.sort_unstable();
        let mut index = LinkIndex::new(&settings);
        for ends in cuts.windows(2) {
            index.add_with(&tables(&rows[ends[0]..ends[1]]), &tables(&rows[..ends[1]]));
        }
        prop_assert_eq!(shape(&index.clusters()), shape(&whole.clusters));
        let back = LinkIndex::from_bytes(&index.to_bytes(), &settings).unwrap();
        prop_assert_eq!(back.clusters(), index.clusters());
        // Built anew, the clusters and their ids are the same.
        let mut anew = LinkIndex::after(&settings, &index.clusters());
        let done = anew.add_with(&tables(&rows), &tables(&rows));
        prop_assert_eq!(anew.clusters(), index.clusters());
        prop_assert_eq!(done.changes, vec![]);
    }
}

#[test]
fn a_retraction_solves_its_own_component_and_no_other() {
    let settings = Settings::default();
    let mut index = LinkIndex::new(&settings);
    let crew = |from: u8, value: u8| (from..from + 4).map(move |subject| Row::Value(subject, "bank_account", value, "payout"));
    index.add(&tables(
        &crew(0, 1)
            .chain(crew(4, 2))
            .chain(crew(8, 3))
            .chain([Row::Value(3, "device", 4, "mdm"), Row::Value(4, "device", 4, "mdm")])
            .collect::<Vec<_>>(),
    ));
    let before = index.clusters();
    assert_eq!(shape(&before).iter().map(|(_, members)| members.len()).collect::<Vec<_>>(), [8, 4]);
    let done = index.retract("s04", "device", "value-4").unwrap();
    assert_eq!(done.touched, 8, "the third crew is left alone");
    assert!(matches!(&done.changes[..], [Change::Split { off, .. }] if off.len() == 1), "{done:?}");
    assert_eq!(shape(&index.clusters()).iter().map(|(_, members)| members.len()).collect::<Vec<_>>(), [4, 4, 4]);
    let again = index.add(&tables(&[Row::Value(4, "device", 4, "mdm")]));
    assert_eq!(again.changes, [], "what a person took back stays back, whoever says it again");
    let joined = index.add(&tables(&[Row::Decision(3, 4, true)]));
    assert!(matches!(&joined.changes[..], [Change::Merged { .. }]), "{joined:?}");
    assert_eq!(shape(&index.clusters()).iter().map(|(_, members)| members.len()).collect::<Vec<_>>(), [8, 4]);
    assert!(index.retract("s04", "device", "value-9").is_err() && index.retract("nobody", "device", "value-4").is_err());
}

#[test]
fn a_torn_or_changed_file_is_refused() {
    let settings = Settings::default();
    let mut index = LinkIndex::new(&settings);
    index.add(&tables(&[Row::Value(1, "device", 4, "mdm"), Row::Value(2, "device", 4, "mdm")]));
    let bytes = index.to_bytes();
    assert_eq!(LinkIndex::from_bytes(&bytes, &settings).unwrap().clusters(), index.clusters());
    for cut in [0, 7, 20, bytes.len() / 2, bytes.len() - 1] {
        assert_eq!(LinkIndex::from_bytes(&bytes[..cut], &settings).unwrap_err().code, "torn-index", "cut at {cut}");
    }
    for at in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[at] ^= 1;
        assert!(LinkIndex::from_bytes(&bad, &settings).is_err(), "byte {at} changed");
    }
    let mut other = Settings::default();
    other.joins.hard_bits += 1.0;
    assert_eq!(LinkIndex::from_bytes(&bytes, &other).unwrap_err().code, "other-settings");
}

#[test]
fn every_value_below_its_cap_is_compared_by_all_pairs() {
    let settings = Settings::default();
    let direct = ["text", "sentence", "referral", "rating", "decision"];
    for kind in settings.kinds.iter().filter(|kind| !direct.contains(&kind.kind.as_str())) {
        assert!(kind.cap as usize <= settings.joins.all_pairs, "{}: a chain of holders would depend on their order", kind.kind);
    }
}
