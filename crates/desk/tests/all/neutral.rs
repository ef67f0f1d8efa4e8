//! Origin-neutral, proved: other names, and all places and times moved together, leave every score as it is.

use crate::{bonafide, err, judged, out, root};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Names of several origins and scripts, for swapping. Invented.
const NAMES: &[&str] = &[
    "김하늘",
    "Olena Shevchuk",
    "Ngọc Trần",
    "محمد الحسن",
    "José Álvarez Muñoz",
    "王小明",
    "Adaeze Okafor",
    "Ravi Subramaniam",
    "Anna-Lena Groß",
    "Иван Петров",
];

/// As many names of one origin. Invented, and no two alike.
const PLAIN: &[&str] = &[
    "Martin Holloway",
    "Susan Pike",
    "George Underwood",
    "Clara Fenwick",
    "Edmund Blythe",
    "Rosalind Carver",
    "Oliver Stamford",
    "Hester Quill",
    "Jasper Wainright",
    "Imogen Tull",
];

/// A small world written twice: once with plain names, once with every name replaced, one to one.
fn world(folder: &Path, name: impl Fn(usize) -> String) {
    fs::create_dir_all(folder).unwrap();
    let mut files: BTreeMap<&str, String> = BTreeMap::from([
        ("subjects", "subject_id,name,stage,claimed_country,claimed_timezone\n".to_owned()),
        ("identifiers", "subject_id,kind,value,source,holder_name\n".to_owned()),
        ("claims", "subject_id,source,attribute,value\n".to_owned()),
        ("sign_ins", "subject_id,account_id,at,ended_at,ip,device_id,country,latitude,longitude,client_timezone\n".to_owned()),
        ("payments", "payment_id,subject_id,at,direction,amount,currency,method,payee_account,payee_name\n".to_owned()),
    ]);
    let mut add = |table: &str, row: String| files.get_mut(table).unwrap().push_str(&(row + "\n"));
    for n in 0..NAMES.len() {
        let (who, shared) = (name(n), n / 3);
        add("subjects", format!("s{n},{who},contractor,US,America/New_York"));
        add("identifiers", format!("s{n},email,person{n}@example.org,resume,{who}"));
        add("identifiers", format!("s{n},bank_account,ACC{shared:06},payment_profile,{who}"));
        add("claims", format!("s{n},resume,name,{who}"));
        add("claims", format!("s{n},payment_profile,name,{}", name((n + 1) % NAMES.len())));
        for day in 1..6 {
            add(
                "sign_ins",
                format!(
                    "s{n},a{n},2026-03-0{day}T0{n}:10:00-05:00,2026-03-0{day}T0{n}:40:00-05:00,203.0.113.{shared},d{shared},US,40.7,-74.0,America/New_York"
                ),
            );
            add(
                "sign_ins",
                format!(
                    "s{n},a{n},2026-03-0{day}T0{n}:50:00-05:00,2026-03-0{day}T0{n}:59:00-05:00,198.51.100.{n},e{n},JP,35.6,139.7,Asia/Tokyo"
                ),
            );
        }
        add("payments", format!("p{n},s{n},2026-03-09T00:00:00Z,to_subject,1000,USD,bank,ACC{shared:06},{who}"));
    }
    for (table, text) in files {
        fs::write(folder.join(format!("{table}.csv")), text).unwrap();
    }
}

fn scores(folder: &Path) -> BTreeMap<String, (String, String)> {
    judged(folder, &[]).into_iter().map(|(id, subject)| (id, (subject["score_bits"].to_string(), subject["band"].to_string()))).collect()
}

#[test]
fn names_of_other_origins_and_scripts_move_no_score() {
    let folder = tempfile::tempdir().unwrap();
    let plain = |n: usize| PLAIN[n].to_owned();
    world(&folder.path().join("plain"), plain);
    let expected = scores(&folder.path().join("plain"));
    assert!(expected.values().any(|(score, _)| score != "0.0"), "the world must hold findings: {expected:?}");
    for shift in 0..NAMES.len() {
        let moved = folder.path().join(format!("moved{shift}"));
        world(&moved, |n| NAMES[(n + shift) % NAMES.len()].to_owned());
        assert_eq!(scores(&moved), expected, "names moved by {shift}");
    }
}

/// Every world, moved on earth with all its clocks (and renamed, doubled, turned round), gives the scores it gave at home, to the bit.
#[test]
fn claims_places_and_times_moved_together_move_no_score() {
    let mut worlds: Vec<String> =
        fs::read_dir(root().join("fixtures/worlds")).unwrap().map(|entry| entry.unwrap().path().to_str().unwrap().to_owned()).collect();
    worlds.sort();
    assert!(worlds.len() >= 16);
    let on: Vec<&str> = worlds.iter().flat_map(|world| ["--on", world]).collect();
    let output = bonafide(&[&["rules", "prove", "same-paperwork-across-accounts", "--laws"][..], &on].concat());
    let said = out(&output);
    let broken: Vec<&str> = said
        .lines()
        .filter(|line| ["place", "names", "twice", "order"].iter().any(|law| line.contains(&format!(": law `{law}`: "))))
        .collect();
    assert!(said.contains("law `place`"), "{said}{}", err(&output));
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// What a pack's author runs holds for the bundled pack: every rule's cases keep every law, or the rule says why not.
#[test]
fn the_bundled_pack_keeps_every_law() {
    let output = bonafide(&["rules", "prove", "--laws"]);
    let said = out(&output);
    assert_eq!(said.matches(": holds").count(), 6, "{said}{}", err(&output));
    assert!(output.status.success(), "{said}");
}

#[test]
fn a_forbidden_column_is_dropped_with_a_trouble_and_moves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (without, with) = (folder.path().join("without"), folder.path().join("with"));
    for case in [&without, &with] {
        world(case, |n| format!("Person {n}"));
    }
    let text = fs::read_to_string(with.join("subjects.csv")).unwrap();
    let text: String =
        text.lines().enumerate().map(|(n, line)| format!("{line},{}\n", if n == 0 { "Nationality" } else { "XX" })).collect();
    fs::write(with.join("subjects.csv"), text).unwrap();
    assert_eq!(scores(&with), scores(&without));
    let output = bonafide(&["check", with.to_str().unwrap()]);
    assert!(err(&output).contains("Nationality"), "{}", err(&output));
}

#[test]
fn a_pack_that_asks_for_a_forbidden_column_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().join("pack");
    fs::create_dir_all(pack.join("rules")).unwrap();
    let source = root().join("packs/concealed-worker");
    for file in ["pack.yml", "advisory.yml", "forms.yml"] {
        fs::copy(source.join(file), pack.join(file)).unwrap();
    }
    fs::write(pack.join("rules/bad.yml"), "id: bad\nsays: bad\ncites: [{title: none, by: test, date: 2026-01-01}]\ngroup: identity\nweight: {bits: 1, low: 1, high: 1, basis: expert, from: test}\nneeds: [subjects]\nsql: SELECT subject_id, evidence(row_id) AS evidence FROM subjects WHERE nationality = 'XX' GROUP BY subject_id\ninnocent: [test]\nclear: [test]\ncovers: [C3]\ncases:\n  - {name: fires, fires: [a], tables: {subjects: [{subject_id: a}]}}\n  - {name: quiet, fires: [], tables: {}}\n").unwrap();
    let output = bonafide(&["rules", "list", "--pack", pack.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let text = err(&output);
    assert!(text.contains("bad.yml:") && text.contains("nationality") && text.contains("mend:"), "{text}");
}
