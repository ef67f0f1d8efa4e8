//! What must hold of every simulated world, whatever its stories.

use super::*;
use std::collections::{BTreeMap, BTreeSet};

fn plan(subjects: usize, care: u8, seed: u64) -> Plan {
    Plan { subjects, attack_rate: 0.03, lookalike_rate: 0.08, care, families: FAMILIES.to_vec(), seed, names: seed, threads: 2 }
}

fn run(plan: &Plan) -> (Vec<Vec<u8>>, String, String) {
    let mut texts: Vec<Vec<u8>> = SHEETS.iter().map(|_| Vec::new()).collect();
    let (mut truth, mut groups) = (Vec::new(), Vec::new());
    simulate(plan, |block| {
        for (all, text) in texts.iter_mut().zip(&block.texts) {
            all.extend_from_slice(text);
        }
        truth.extend_from_slice(&block.truth);
        groups.extend_from_slice(&block.groups);
        Ok::<(), ()>(())
    })
    .unwrap();
    (texts, String::from_utf8(truth).unwrap(), String::from_utf8(groups).unwrap())
}

#[test]
fn headers_are_columns_of_the_declared_tables() {
    for (name, columns) in SHEETS {
        let table = bonafide_facts::table(name).unwrap_or_else(|| panic!("no table {name}"));
        for column in *columns {
            assert!(table.column(column).is_some(), "{name}.{column}");
        }
        for required in table.columns.iter().filter(|column| column.required) {
            assert!(columns.contains(&required.name), "{name}.{} is required", required.name);
        }
    }
}

#[test]
fn same_options_same_bytes_whatever_the_threads_and_another_seed_differs() {
    let one = run(&Plan { threads: 1, ..plan(9000, 1, 5) });
    let two = run(&Plan { threads: 3, ..plan(9000, 1, 5) });
    assert!(one == two, "threads change the bytes");
    assert!(one.1 != run(&plan(9000, 1, 6)).1, "the seed changes nothing");
}

#[test]
fn every_row_has_its_cells_and_every_subject_one_truth() {
    let (texts, truth, groups) = run(&plan(9000, 0, 1));
    for ((name, columns), text) in SHEETS.iter().zip(&texts) {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_slice());
        for record in reader.records() {
            assert_eq!(record.unwrap().len(), columns.len(), "{name}");
        }
        assert!(!text.is_empty(), "nothing was written to {name}");
    }
    let ids: Vec<&str> = std::str::from_utf8(&texts[0]).unwrap().lines().map(|line| line.split(',').next().unwrap()).collect();
    let told: Vec<&str> = truth.lines().map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "an id twice");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>(), told.iter().collect::<BTreeSet<_>>());
    assert_eq!(told.len(), groups.lines().count());
}

#[test]
fn every_family_lives_and_names_say_nothing_about_the_truth() {
    let (_, truth, groups) = run(&plan(60_000, 2, 3));
    let mut families: BTreeMap<&str, usize> = BTreeMap::new();
    let mut origins: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (line, group) in truth.lines().zip(groups.lines()) {
        let cells: Vec<&str> = line.split(',').collect();
        *families.entry(cells[2]).or_default() += 1;
        let counts = origins.entry(group.split(',').nth(1).unwrap()).or_default();
        counts.0 += 1.0;
        counts.1 += f64::from(u8::from(cells[1] == "true"));
    }
    for family in FAMILIES {
        assert!(families.get(family.id).copied().unwrap_or(0) >= 20, "{} hardly lives", family.id);
    }
    let ordinary = families["ordinary"] as f64;
    assert!(ordinary > 0.85 * 60_000.0, "ordinary people are the great majority");
    let all = 0.03;
    for (origin, (n, hidden)) in origins {
        let spread = 4.0 * (all * n).sqrt();
        assert!((hidden - all * n).abs() < spread, "{origin}: {hidden} of {n} hide something");
    }
}

#[test]
fn care_three_leaks_only_place_payment_and_graph() {
    let leaks = |care| {
        let (texts, truth, _) = run(&plan(30_000, care, 9));
        let hidden: BTreeSet<&str> =
            truth.lines().filter(|line| line.contains(",true,")).map(|line| line.split(',').next().unwrap()).collect();
        let text = |name: &str| std::str::from_utf8(&texts[SHEETS.iter().position(|(sheet, _)| *sheet == name).unwrap()]).unwrap();
        text("observations").lines().filter(|line| hidden.contains(line.split(',').next().unwrap())).count()
    };
    assert!(leaks(0) > 100, "careless people show nothing");
    assert_eq!(leaks(3), 0, "careful people behave");
}
