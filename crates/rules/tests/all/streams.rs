//! Table functions: the same answer as plain SQL, and the same answer wherever the stream was cut and saved.

use crate::support::{at, engine, rule, tables};
use bonafide_facts::TableRow as _;
use bonafide_facts::tables::did::SignIn;
use bonafide_rules::stream::{first_seen::FirstSeen, hours::Hours, shared::Shared, travel::Travel, visits::Visits};
use bonafide_rules::{IpIndex, Limits};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::util::pretty::pretty_format_batches;
use proptest::prelude::*;
use std::collections::HashMap;

fn sign_in() -> impl Strategy<Value = SignIn> {
    let place =
        prop::option::of(prop::sample::select(vec![(40.7, -74.0, "US"), (48.8, 2.3, "FR"), (48.81, 2.3, "FR"), (1.3, 103.8, "SG")]));
    let text = |values: &'static [&'static str]| prop::option::of(prop::sample::select(values)).prop_map(|value| value.map(str::to_owned));
    ("[a-e]", 0i64..40, place, text(&["d1", "d2", "d3", "d4"]), text(&["success", "failure"]), any::<bool>()).prop_map(
        |(subject, days, place, device, outcome, exact)| SignIn {
            subject_id: Some(subject),
            at: at(days * 86_400_000_000 / 2 + 1_700_000_000_000_000),
            latitude: place.filter(|_| exact).map(|place| place.0),
            longitude: place.filter(|_| exact).map(|place| place.1),
            country: place.map(|place| place.2.to_owned()),
            device_id: device,
            outcome,
            ..Default::default()
        },
    )
}

fn answer(sql: &str, rows: &[SignIn]) -> String {
    let engine = engine(
        &[rule("any", "sign_ins", "SELECT subject_id, evidence(row_id) AS evidence FROM sign_ins GROUP BY subject_id")],
        &Limits::default(),
    );
    let batches = engine.sql(&tables(rows.to_vec()), sql).unwrap_or_else(|trouble| panic!("{sql}: {trouble}"));
    let full: Vec<RecordBatch> = batches.into_iter().filter(|batch| batch.num_rows() > 0).collect();
    if full.is_empty() { String::new() } else { pretty_format_batches(&full).unwrap().to_string() }
}

const SHARED_SQL: &str = "
  SELECT a.subject_id, a.device_id AS value, count(DISTINCT b.subject_id) AS others,
         (SELECT count(DISTINCT c.subject_id) FROM sign_ins c WHERE c.device_id = a.device_id) AS subjects
  FROM sign_ins a JOIN sign_ins b ON a.device_id = b.device_id AND a.subject_id <> b.subject_id AND abs(days_between(a.at, b.at)) <= 7
  GROUP BY a.subject_id, a.device_id ORDER BY 1, 2";

const VISITS_SQL: &str = "
  SELECT subject_id, date_trunc('day', at) AS day, country, count(*) AS events, min(at) AS first_at, max(at) AS last_at, min(row_id) AS row_id
  FROM sign_ins WHERE coalesce(outcome, 'success') <> 'failure' GROUP BY subject_id, date_trunc('day', at), country ORDER BY 1, 2, 3";

const TRAVEL_SQL: &str = "
  WITH seen AS (SELECT * FROM sign_ins WHERE coalesce(outcome, 'success') = 'success' AND (country IS NOT NULL OR latitude IS NOT NULL)),
  steps AS (SELECT subject_id, row_id, at, country, latitude, longitude, lag(row_id) OVER w AS b_row, lag(at) OVER w AS b_at, lag(country) OVER w AS b_country,
                   lag(latitude) OVER w AS b_lat, lag(longitude) OVER w AS b_lon FROM seen WINDOW w AS (PARTITION BY subject_id ORDER BY at, row_id))
  SELECT subject_id, b_row AS from_row, row_id AS to_row, round(km_between(b_lat, b_lon, latitude, longitude)) AS km, hours_between(b_at, at) AS gap_hours
  FROM steps WHERE b_row IS NOT NULL AND (b_country <> country OR km_between(b_lat, b_lon, latitude, longitude) >= 1) ORDER BY 1, 3";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn table_functions_say_what_plain_sql_says(rows in prop::collection::vec(sign_in(), 0..60)) {
        prop_assert_eq!(answer("SELECT subject_id, value, others, subjects FROM shared('sign_ins', 'device_id', 7) ORDER BY 1, 2", &rows), answer(SHARED_SQL, &rows));
        prop_assert_eq!(answer("SELECT subject_id, from_row, to_row, round(km) AS km, gap_hours FROM travel() ORDER BY 1, 3", &rows), answer(TRAVEL_SQL, &rows));
        prop_assert_eq!(
            answer("SELECT subject_id, value, at, events FROM first_seen('sign_ins', 'device_id') ORDER BY 1, 2", &rows),
            answer("SELECT subject_id, device_id AS value, min(at) AS at, count(*) AS events FROM sign_ins WHERE device_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2", &rows)
        );
        prop_assert_eq!(
            answer("SELECT subject_id, events, days FROM hours_profile('sign_ins') ORDER BY 1", &rows),
            answer("SELECT subject_id, count(*) AS events, count(DISTINCT date_trunc('day', at)) AS days FROM sign_ins GROUP BY 1 ORDER BY 1", &rows)
        );
        prop_assert_eq!(
            answer("SELECT subject_id, day, country, events, first_at, last_at, row_id FROM visits() ORDER BY 1, 2, 3", &rows),
            answer(VISITS_SQL, &rows)
        );
        prop_assert_eq!(
            answer("SELECT subject_id, value, others, subjects FROM shared('sign_ins', 'device_id', 0) ORDER BY 1, 2", &rows),
            answer(&SHARED_SQL.replace("AND abs(days_between(a.at, b.at)) <= 7", ""), &rows)
        );
    }

    #[test]
    fn a_stream_may_be_cut_saved_and_continued_anywhere(mut rows in prop::collection::vec(sign_in(), 1..80), cut in 0usize..80) {
        rows.sort_by_key(|row| row.at.map(|at| at.micros));
        for (row, number) in rows.iter_mut().zip(1..) {
            row.row_id = number;
        }
        let cut = cut.min(rows.len());
        let parts = [SignIn::to_batch(&rows[..cut]).unwrap(), SignIn::to_batch(&rows[cut..]).unwrap()];
        let whole = [SignIn::to_batch(&rows).unwrap()];
        let names = HashMap::new();
        let travel = |state: &mut Travel, batch: &RecordBatch| state.push(batch).unwrap();
        prop_assert_eq!(run(Travel::new(1), &whole, travel).emit().unwrap(), run(Travel::new(1), &parts, travel).emit().unwrap());
        let shared = |state: &mut Shared, batch: &RecordBatch| state.push(batch, "device_id", Some("at"));
        prop_assert_eq!(run(Shared::new(7), &whole, shared).emit(&names).unwrap(), run(Shared::new(7), &parts, shared).emit(&names).unwrap());
        let first = |state: &mut FirstSeen, batch: &RecordBatch| state.push(batch, "device_id", Some("at"));
        prop_assert_eq!(run(FirstSeen::default(), &whole, first).emit().unwrap(), run(FirstSeen::default(), &parts, first).emit().unwrap());
        let visits = |state: &mut Visits, batch: &RecordBatch| state.push(batch);
        let nowhere = IpIndex::new(&[]);
        prop_assert_eq!(run(Visits::default(), &whole, visits).emit(&nowhere).unwrap(), run(Visits::default(), &parts, visits).emit(&nowhere).unwrap());
        let hours = |state: &mut Hours, batch: &RecordBatch| state.push(batch, "at");
        prop_assert_eq!(run(Hours::default(), &whole, hours).emit().unwrap(), run(Hours::default(), &parts, hours).emit().unwrap());
    }
}

/// Pushes the batches, saving and loading the state after each.
fn run<S: serde::Serialize + serde::de::DeserializeOwned>(mut state: S, batches: &[RecordBatch], push: impl Fn(&mut S, &RecordBatch)) -> S {
    for batch in batches {
        push(&mut state, batch);
        state = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
    }
    state
}

#[test]
fn a_crowd_is_counted_up_to_its_bound() {
    let rows: Vec<SignIn> = (0..600)
        .map(|number| SignIn {
            subject_id: Some(format!("s{:03}", number % 300)),
            at: at(number * 1_000_000),
            device_id: Some("kiosk".into()),
            ..Default::default()
        })
        .collect();
    let told = answer(
        "SELECT min(others) AS low, max(others) AS high, min(subjects) AS subjects, count(*) AS rows FROM shared('sign_ins', 'device_id', 0)",
        &rows,
    );
    assert!(told.contains("| 256 | 256  | 300      | 300  |"), "{told}");
}

#[test]
fn spellings_of_one_identifier_are_shared() {
    use bonafide_facts::tables::who::Identifier;
    let mut data = tables(vec![]);
    let identifier = |id: &str, kind: &str, value: &str| Identifier {
        subject_id: Some(id.into()),
        kind: Some(kind.into()),
        value: Some(value.into()),
        ..Default::default()
    };
    data.add_rows(&[
        identifier("a", "email", "Jane.Doe+x@gmail.com"),
        identifier("b", "email", "janedoe@googlemail.com"),
        identifier("c", "phone", "n/a"),
        identifier("d", "phone", "n/a"),
    ])
    .unwrap();
    let engine = engine(
        &[rule("any", "identifiers", "SELECT subject_id, evidence(row_id) AS evidence FROM identifiers GROUP BY subject_id")],
        &Limits::default(),
    );
    let rows = engine.sql(&data, "SELECT subject_id, kind, value, others FROM shared_identifiers('email,phone') ORDER BY 1").unwrap();
    let told = pretty_format_batches(&rows).unwrap().to_string();
    assert_eq!(told.matches("janedoe@gmail.com").count(), 2, "{told}");
    assert!(!told.contains("phone"), "{told}");
}
