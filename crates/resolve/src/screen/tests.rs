//! Laws of screening: the account sums to the score, hostile names get an answer, disguises never lose a hit.

#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;
use crate::index::entry::{Entry, EntryName, NameKind};
use proptest::prelude::*;
use std::sync::LazyLock;

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let names = [
        ("e1", Schema::Person, "MAKHARADZE, Zurab"),
        ("e2", Schema::Person, "KIM, Yong Chol"),
        ("e3", Schema::Company, "Limited Liability Company Invented Silver Trading"),
        ("e4", Schema::Person, "AL-HAMRAOUI, Mohammad"),
        ("e5", Schema::Person, "TIAN, Yinyin"),
    ];
    let entry = |(id, schema, printed): (&str, Schema, &str)| Entry {
        id: id.into(),
        list: "own".into(),
        schema,
        names: vec![EntryName { printed: printed.into(), kind: NameKind::Primary }],
        births: vec![Days { earliest: "1970-01-01".into(), latest: "1970-12-31".into() }],
        ..Entry::default()
    };
    Index::build(names.into_iter().map(entry).collect())
});

fn top(name: &str) -> Option<String> {
    screen(&INDEX, &Query { name: name.into(), ..Query::default() }, &Options { threshold: 0.2, ..Options::default() })
        .first()
        .map(|hit| hit.entry_id.clone())
}

#[test]
fn names_in_any_dress_find_their_entry() {
    for (name, entry) in [
        ("Zurab Makharadze", "e1"),
        ("Makharadze Zurab", "e1"),
        ("Zurab Mkharadze", "e1"),
        ("Зураб Махарадзе", "e1"),
        ("김영철", "e2"),
        ("Kim Young-chul", "e2"),
        ("金英哲", "e2"),
        ("Invented Silver Trading LLC", "e3"),
        ("محمد الحمراوي", "e4"),
        ("田寅寅", "e5"),
    ] {
        assert_eq!(top(name).as_deref(), Some(entry), "{name}");
    }
    assert_eq!(top("Jane Roe"), None);
}

#[test]
fn another_birth_year_puts_a_hit_below_the_threshold() {
    let ask = |day: &str| {
        let birth = Some(Days { earliest: day.into(), latest: day.into() });
        screen(&INDEX, &Query { name: "Zurab Makharadze".into(), birth, ..Query::default() }, &Options::default()).len()
    };
    assert_eq!((ask("1970-06-01"), ask("1990-06-01")), (1, 0));
}

#[test]
fn hostile_names_get_an_answer() {
    for name in [
        "",
        "a",
        "NULL",
        "0",
        "\u{200b}",
        "=cmd()",
        &"x".repeat(10_000),
        &"Kim ".repeat(3_000),
        &"\u{200b}".repeat(10_000),
        &"김".repeat(3_000),
        &"ا".repeat(10_000),
    ] {
        let hits = screen(&INDEX, &Query { name: name.to_owned(), ..Query::default() }, &Options { threshold: 0.0, ..Options::default() });
        assert!(hits.iter().all(|hit| (0.0..=1.0).contains(&hit.score)));
    }
}

proptest! {
    #[test]
    fn contributions_sum_to_the_score(name in "(Zurab|Kim|Yong|Silver|Trading|Makharadze|Tian|[A-Za-z]{1,8})( (Zurab|Kim|Chol|Yinyin|Makharadse|[a-z]{1,8})){0,4}") {
        for hit in screen(&INDEX, &Query { name, ..Query::default() }, &Options { threshold: 0.0, ..Options::default() }) {
            let sum: f64 = hit.explanation.lines.iter().map(|line| line.contribution).sum();
            prop_assert!((sum - hit.score).abs() < 1e-6);
        }
    }

    #[test]
    fn invisible_characters_never_lose_a_hit(at in proptest::collection::vec(0_usize..17, 1..8), which in 0_usize..6) {
        let hidden = ['\u{200b}', '\u{200d}', '\u{feff}', '\u{ad}', '\u{2060}', '\u{202e}'][which];
        let mut name: Vec<char> = "Zurab Makharadze".chars().collect();
        for place in at {
            name.insert(place.min(name.len()), hidden);
        }
        prop_assert_eq!(top(&name.into_iter().collect::<String>()), Some("e1".to_owned()));
    }

    #[test]
    fn look_alike_letters_never_lose_a_hit(mask in 0_u32..0xffff) {
        let alike = |c: char| match c { 'a' => 'а', 'e' => 'е', 'o' => 'о', 'k' => 'к', 'M' => 'М', 'Z' => 'Z', 'r' => 'r', other => other };
        let name: String = "Zurab Makharadze".chars().enumerate().map(|(at, c)| if mask & (1 << at) != 0 { alike(c) } else { c }).collect();
        prop_assert_eq!(top(&name), Some("e1".to_owned()));
    }

    #[test]
    fn any_name_is_answered(name in "\\PC{0,60}") {
        let _ = screen(&INDEX, &Query { name, ..Query::default() }, &Options { threshold: 0.0, ..Options::default() });
    }
}

#[test]
fn the_committed_pairs_are_hits_or_not() {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/names/listed.csv"));
    let mut wrong = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let cells: Vec<&str> = line.split(';').collect();
        let [asked, listed, schema, hit, why] = cells.as_slice() else { panic!("{line}: five cells") };
        let schema = Schema::from_word(schema);
        let name = EntryName { printed: (*listed).to_owned(), kind: NameKind::Primary };
        let index = Index::build(vec![Entry { id: "1".into(), list: "own".into(), schema, names: vec![name], ..Entry::default() }]);
        let query = Query { name: (*asked).to_owned(), schema, ..Query::default() };
        let score = screen(&index, &query, &Options { threshold: 0.0, ..Options::default() }).first().map_or(0.0, |hit| hit.score);
        if (score >= THRESHOLD) != (*hit == "yes") {
            wrong.push(format!("{asked} / {listed}: {score:.3} ({why})"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
