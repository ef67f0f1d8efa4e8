//! Worlds of fixtures/link/documents.yml, hostile texts, and the law that the order of rows changes nothing.

use super::*;
use bonafide_facts::tables::who::Document;
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct World {
    name: String,
    why: String,
    documents: Vec<Written>,
    expect: Vec<String>,
    #[serde(default)]
    troubles: Vec<String>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Written {
    subject_id: String,
    kind: String,
    text: Option<String>,
    path: Option<String>,
    perceptual_hash: Option<String>,
    exif_hash: Option<String>,
    template: Option<String>,
}

fn document(row_id: i64, written: Written) -> Document {
    Document {
        row_id,
        document_id: Some(row_id.to_string()),
        subject_id: Some(written.subject_id),
        kind: Some(written.kind),
        text: written.text,
        path: written.path,
        perceptual_hash: written.perceptual_hash,
        exif_hash: written.exif_hash,
        template: written.template,
        ..Default::default()
    }
}

fn tables(documents: &[Document]) -> Tables {
    let mut tables = Tables::default();
    tables.add_rows(documents).unwrap();
    tables
}

fn shown(rows: &[DocumentMatch]) -> Vec<String> {
    let text = |cell: &Option<String>| cell.clone().unwrap_or_default();
    rows.iter().map(|row| format!("{}|{}|{}", text(&row.left_id), text(&row.right_id), text(&row.how))).collect()
}

fn plain(subject: &str, kind: &str, text: String) -> Document {
    Document { subject_id: Some(subject.into()), kind: Some(kind.into()), text: Some(text), ..Default::default() }
}

#[test]
fn worlds() {
    let worlds: Vec<World> = serde_saphyr::from_str(include_str!("../../../../fixtures/link/documents.yml")).unwrap();
    for world in worlds {
        let rows: Vec<Document> = (1..).zip(world.documents).map(|(row, written)| document(row, written)).collect();
        let (found, troubles) = matches(&tables(&rows), &Limits::default());
        assert_eq!(shown(&found), world.expect, "{}: {}", world.name, world.why);
        let codes: Vec<&str> = troubles.iter().map(|trouble| trouble.code.as_str()).collect();
        assert_eq!(codes, world.troubles, "{}: {}", world.name, world.why);
    }
}

/// A sentence made of made-up words, different for each seed.
fn prose(seed: u64, words: usize) -> String {
    let word = |n: u64| format!("w{:x}", words::mix(n) >> 44);
    (0..words as u64).map(|n| word(seed * 1_000 + n) + if n % 11 == 10 { "." } else { "" }).collect::<Vec<_>>().join(" ")
}

#[test]
fn boilerplate_of_many_is_subtracted() {
    let boilerplate = prose(1, 200);
    let rows: Vec<Document> = (0..80).map(|n| plain(&format!("s{n:02}"), "bid", format!("{boilerplate} {}", prose(100 + n, 40)))).collect();
    let (found, _) = matches(&tables(&rows), &Limits::default());
    assert_eq!(shown(&found), Vec::<String>::new(), "a template of eighty bidders joins nobody");
    let mut rows = rows;
    rows.push(plain("thief", "bid", format!("{boilerplate} {}", prose(103, 40))));
    let (found, _) = matches(&tables(&rows), &Limits::default());
    assert_eq!(shown(&found), ["s03|thief|sentence", "s03|thief|text"]);
}

#[test]
fn a_farm_of_a_hundred_copies_stays_visible_as_a_chain() {
    let rows: Vec<Document> = (0..100).map(|n| plain(&format!("s{n:03}"), "resume", format!("{} name{n}", prose(1, 200)))).collect();
    let (found, _) = matches(&tables(&rows), &Limits::default());
    let mut reached = std::collections::BTreeSet::new();
    found.iter().for_each(|row| reached.extend([row.left_id.clone(), row.right_id.clone()]));
    assert_eq!(reached.len(), 100, "everybody of the farm is in some pair");
    assert!(found.len() < 1_000, "and not in all pairs: {}", found.len());
    assert!(found.iter().all(|row| row.shared_by >= Some(99)));
}

#[test]
fn hostile_texts_end_and_are_told() {
    let one_word = "buffalo ".repeat(1_300_000);
    let no_break = prose(5, 1_000).replace('.', "").repeat(12);
    let wide = "\u{202e}\u{0}é".repeat(300_000);
    let rows = [("a", &one_word), ("b", &one_word), ("c", &no_break), ("d", &no_break), ("e", &wide), ("f", &wide)]
        .map(|(subject, text)| plain(subject, "resume", text.clone()));
    let (found, troubles) = matches(&tables(&rows), &Limits::default());
    assert_eq!(shown(&found), ["c|d|text"]);
    assert_eq!(troubles.len(), 1);
    assert_eq!((troubles[0].code.as_str(), troubles[0].count), ("long-text", 4));
}

#[test]
fn limits_are_told() {
    let rows: Vec<Document> = (0..10).map(|n| plain(&format!("s{n}"), "resume", prose(1, 60))).collect();
    let tight = Limits { pairs: 7, ..Limits::default() };
    let (found, troubles) = matches(&tables(&rows), &tight);
    assert_eq!(found.len(), 7);
    assert!(troubles.iter().any(|trouble| trouble.code == "too-many-pairs"));
    let tight = Limits { shingles: 100, sentences: 3, ..Limits::default() };
    let (_, troubles) = matches(&tables(&rows), &tight);
    let codes: Vec<&str> = troubles.iter().map(|trouble| trouble.code.as_str()).collect();
    assert_eq!(codes, ["too-many-sentences", "too-much-text"]);
}

#[test]
fn the_neighbours_of_images_are_those_of_all_pairs() {
    let hashes: std::collections::BTreeSet<u64> =
        (0..400_u64).map(|n| words::mix(n / 8) ^ (words::mix(n) & words::mix(n + 7) & words::mix(n + 9))).collect();
    let hashes: Vec<u64> = hashes.into_iter().collect();
    let limits = Limits::default();
    let (found, left_out) = image::neighbours(&hashes, &limits);
    let mut all = Vec::new();
    for right in 0..hashes.len() {
        for left in 0..right {
            let distance = (hashes[left] ^ hashes[right]).count_ones();
            if distance <= limits.hash_distance {
                all.push((left, right, distance));
            }
        }
    }
    all.sort_unstable();
    assert!(all.len() > 50, "the test has something to find");
    assert_eq!((found, left_out), (all, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_order_of_rows_changes_nothing(order in Just((0..14_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let rows: Vec<Document> = (0..14_u64).map(|n| Document {
            row_id: i64::try_from(n).unwrap() + 1,
            perceptual_hash: Some(format!("{:016x}", 0x1234_5678_9abc_def0_u64 ^ (n % 3))),
            exif_hash: Some(format!("e{}", n % 4)),
            ..plain(&format!("s{}", n % 9), if n % 5 == 0 { "bid" } else { "resume" }, format!("{} {}", prose(n % 4, 50), prose(50 + n, 30)))
        }).collect();
        let shuffled: Vec<Document> = order.iter().map(|at| rows[*at].clone()).collect();
        prop_assert_eq!(matches(&tables(&rows), &Limits::default()), matches(&tables(&shuffled), &Limits::default()));
    }
}
