//! Public pairs of names as test cases, each row with its own reason: read from the data folder when it is there (BONAFIDE_DATA, else `../shared/data` beside the
//! tree), never copied. The number of rows that come out right is a floor: a change that loses one fails here and names the rows.

#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::{Options, Query, THRESHOLD, screen};
use crate::index::Index;
use crate::index::entry::{Entry, EntryName, NameKind};
use crate::normal::Schema;
use std::path::PathBuf;

/// Rows of name_bench that come out right, at least (of 826; F1 .888).
const NAME_BENCH: usize = 730;
/// Rows of the cross-script pairs that come out right, at least.
const CROSS_SCRIPT: usize = 17;

/// The text of a file of the data folder; `None`, told, when it is not there.
pub(super) fn read(name: &str) -> Option<String> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"));
    let folder = std::env::var_os("BONAFIDE_DATA").map_or_else(beside, PathBuf::from);
    let text = std::fs::read_to_string(folder.join(name)).ok();
    if text.is_none() {
        println!("skipped: {} is not in {}", name, folder.display());
    }
    text
}

/// Rows that are wrong, and how many there are in all.
fn judge(rows: impl Iterator<Item = (Schema, String, String, bool, String)>) -> (Vec<String>, usize) {
    let (mut wrong, mut all) = (Vec::new(), 0);
    for (schema, left, right, same, why) in rows {
        all += 1;
        // As somebody who screens sees it: the second name is a list of one entry.
        let name = EntryName { printed: right.clone(), kind: NameKind::Primary };
        let index = Index::build(vec![Entry { id: "1".into(), list: "own".into(), schema, names: vec![name], ..Entry::default() }]);
        let query = Query { name: left.clone(), schema, ..Query::default() };
        let hits = screen(&index, &query, &Options { threshold: 0.0, ..Options::default() });
        let score = hits.first().map_or(0.0, |hit| hit.score);
        if (score >= THRESHOLD) != same {
            wrong.push(format!("{left} / {right}: {score:.3}, {} ({why})", if same { "the same" } else { "another" }));
        }
    }
    (wrong, all)
}

#[test]
fn rows_of_name_bench() {
    let Some(text) = read("screen/nomenklatura_name_bench_cases.csv") else { return };
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let why = format!("{} {} {} {}", &row[0], &row[5], &row[6], &row[7]);
        (Schema::from_word(&row[1]), row[2].to_owned(), row[3].to_owned(), &row[4] == "true", why)
    });
    let (wrong, all) = judge(rows);
    assert!(all - wrong.len() >= NAME_BENCH, "{} of {all} rows right, the floor is {NAME_BENCH}:\n{}", all - wrong.len(), wrong.join("\n"));
}

#[test]
fn cross_script_pairs() {
    let Some(text) = read("screen/watchman_cross_script_pairs.csv") else { return };
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.starts_with("Query,") && !line.trim().is_empty());
    let rows = lines.filter_map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        // Every row is a pair that matches; its least score is on the publisher's own scale.
        let [left, right, _, why, ..] = cells.as_slice() else { return None };
        Some((Schema::Unknown, (*left).to_owned(), (*right).to_owned(), true, (*why).to_owned()))
    });
    let (wrong, all) = judge(rows);
    assert!(
        all - wrong.len() >= CROSS_SCRIPT,
        "{} of {all} rows right, the floor is {CROSS_SCRIPT}:\n{}",
        all - wrong.len(),
        wrong.join("\n")
    );
}
