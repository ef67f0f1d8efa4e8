//! The index finds every subject that screening all of them would, and no damaged one passes for a whole.

use super::*;
use crate::index::entry::{Days, EntryName, NameKind};
use crate::normal::Schema;
use crate::screen::screen;
use proptest::prelude::*;

fn entry(id: &str, names: &[&str]) -> Entry {
    let names = names.iter().map(|printed| EntryName { printed: (*printed).into(), kind: NameKind::Primary }).collect();
    Entry { id: id.into(), list: "own".into(), schema: Schema::Person, names, ..Entry::default() }
}

fn changed() -> Vec<Entry> {
    let mut wallet = entry("e4", &["Invented Person"]);
    wallet.identifiers = vec![("wallet".into(), "0x52908400098527886e0f7030069857d2e4169ee7".into())];
    vec![
        entry("e1", &["MAKHARADZE, Zurab", "Zura Makharadze"]),
        entry("e2", &["KIM, Yong Chol", "김영철"]),
        entry("e3", &["AL-HAMRAWI, Muhammad"]),
        wallet,
    ]
}

fn query(name: &str) -> Query {
    Query { name: name.into(), schema: Schema::Person, ..Query::default() }
}

fn near(queries: &[Query]) -> Vec<String> {
    let mut builder = SegmentBuilder::default();
    queries.iter().enumerate().for_each(|(at, query)| builder.add(&at.to_string(), query));
    let bytes = builder.finish();
    let found = Segment::read(&bytes).unwrap().near(&Asking::new(changed(), 0.5)).unwrap();
    found
        .into_iter()
        .map(|(id, found)| {
            assert_eq!(found, queries[id.parse::<usize>().unwrap()], "a subject comes back as it went in");
            id
        })
        .collect()
}

#[test]
fn names_in_any_dress_and_identifiers_are_found() {
    let mut queries: Vec<Query> = [
        "Zurab Makharadze",
        "Mkharadze Zurab",
        "Зураб Махарадзе",
        "Zurab Makhara dze",
        "김영철",
        "Kim Young-chul",
        "金英哲",
        "محمد الحمراوي",
    ]
    .map(query)
    .into();
    queries.push(Query {
        identifiers: vec![("wallet".into(), "0x52908400098527886e0f7030069857d2e4169ee7".into())],
        ..query("Somebody Else")
    });
    let birth = Some(Days { earliest: "1970-01-01".into(), latest: "1970-12-31".into() });
    let places = crate::screen::place::Place::read(crate::screen::place::PlaceKind::Birth, "Sampletown").into_iter().collect();
    queries.push(Query { birth, places, ..query("Z. Makharadze") });
    let found = near(&queries);
    for (at, query) in queries.iter().enumerate().take(9) {
        assert!(found.contains(&at.to_string()), "{}", query.name);
    }
    assert_eq!(near(&["Jane Roe", "Maria Lopez", "", "\u{200b}", "NULL"].map(query)), Vec::<String>::new());
}

#[test]
fn a_torn_or_foreign_index_is_refused() {
    let mut builder = SegmentBuilder::default();
    builder.add("s1", &query("Zurab Makharadze"));
    let bytes = builder.finish();
    assert!(Segment::read(&bytes).is_ok());
    for cut in 0..bytes.len() {
        assert_eq!(Segment::read(&bytes[..cut]).unwrap_err().code, "torn-subjects");
    }
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(Segment::read(&changed).is_err(), "byte {at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    /// What the small list of changed entries calls a hit, the index finds.
    #[test]
    fn nothing_that_screening_finds_is_lost(names in proptest::collection::vec("(Zurab|Zura|Z\\.|Kim|Yong|Young|Chol|chul|Muhammad|Mohamed|Makharadze|Makharadse|Mkharadze|Hamrawi|al|[A-Z][a-z]{2,7})( |-)(Zurab|Kim|Yong|Chol|Makharadze|Hamravi|[a-z]{3,8})( (Chol|Yong|[a-z]{2,5}))?", 1..12)) {
        let queries: Vec<Query> = names.iter().map(|name| query(name)).collect();
        let found = near(&queries);
        let index = Index::build(changed());
        for (at, query) in queries.iter().enumerate() {
            if !screen(&index, query, &Options::default()).is_empty() {
                prop_assert!(found.contains(&at.to_string()), "{}", query.name);
            }
        }
    }
}
