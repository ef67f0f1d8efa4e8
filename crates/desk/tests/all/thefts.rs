//! Invented thefts with known truth: what reaches each terminal by haircut and FIFO, to the unit, through the command.
//!
//! A story is a folder of `fixtures/trace/thefts`: transfers in some form, labels.csv, expected.csv (with the reason of each row).

use crate::{bonafide, err, out, root};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// The answers of a story by method and direction.
fn answer(story: &Path, addresses: &[String], method: &str, direction: &str) -> Value {
    let (transfers, labels) = (story.to_str().unwrap(), story.join("labels.csv"));
    let mut args = vec!["trace"];
    args.extend(addresses.iter().map(String::as_str));
    args.extend(["--transfers", transfers, "--labels", labels.to_str().unwrap(), "--method", method]);
    args.extend(["--direction", direction, "--format", "json"]);
    let output = bonafide(&args);
    assert!(output.status.success(), "{story:?}: {}", err(&output));
    serde_json::from_str(&out(&output)).unwrap()
}

/// The end of a flow: direct, indirect, steps.
fn end<'a>(answer: &'a Value, address: &str, chain: &str, asset: &str, end: &str) -> Option<&'a Value> {
    let wallet = answer["wallets"].as_array()?.iter().find(|wallet| wallet["address"] == address)?;
    let flow = wallet["flows"].as_array()?.iter().find(|flow| flow["chain"] == chain && flow["asset"] == asset)?;
    flow["ends"].as_array()?.iter().find(|one| one["address"] == end)
}

#[test]
fn every_terminal_is_reached_with_the_amount_worked_out_by_hand() {
    let mut told = 0;
    let mut stories: Vec<_> = std::fs::read_dir(root().join("fixtures/trace/thefts")).unwrap().map(|entry| entry.unwrap().path()).collect();
    stories.sort();
    for story in stories {
        let mut reader = csv::Reader::from_path(story.join("expected.csv")).unwrap();
        let rows: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        let mut asked: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for row in &rows {
            let addresses = asked.entry((row[2].clone(), row[1].clone())).or_default();
            if !addresses.contains(&row[0]) {
                addresses.push(row[0].clone());
            }
        }
        let answers: BTreeMap<_, Value> =
            asked.iter().map(|((method, way), addresses)| ((method, way), answer(&story, addresses, method, way))).collect();
        for row in &rows {
            let [address, way, method, chain, asset, terminal, direct, indirect, hops, why] = &row[..] else { panic!("{row:?}") };
            let found = end(&answers[&(method, way)], address, chain, asset, terminal);
            let zero = direct == "0" && indirect == "0";
            let Some(found) = found else {
                assert!(zero, "{story:?}: {terminal} is not reached by {method} ({why})");
                continue;
            };
            assert_eq!([&found["direct"], &found["indirect"]], [direct, indirect], "{story:?}: {terminal} by {method} ({why})");
            assert!(
                zero || found["hops"].as_u64() == hops.parse().ok(),
                "{story:?}: {terminal} lies {} steps away, not {hops}",
                found["hops"]
            );
            told += 1;
        }
    }
    assert!(told > 50, "{told}");
}

/// What the command says, on either stream.
fn said(args: &[&str]) -> String {
    let output = bonafide(args);
    format!("{}{}", out(&output), err(&output))
}

#[test]
fn a_question_that_cannot_be_answered_says_why_and_what_to_do() {
    let story = root().join("fixtures/trace/thefts/mixed-on-the-way");
    let (transfers, labels) = (story.join("transfers.csv"), story.join("labels.csv"));
    let (transfers, labels) = (transfers.to_str().unwrap(), labels.to_str().unwrap());
    let thief = "0xf4d45b7be1da0dc2b5641a0ce0713f2ff993bbbd";
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("ledger");
    let ledger = ledger.to_str().unwrap();
    assert!(bonafide(&["trace", "index", transfers, "--out", ledger]).status.success());
    let cases: [(&[&str], &str); 9] = [
        (&["trace", "somebody.eth", "--transfers", transfers], "names are not looked up"),
        (
            &["trace", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "--transfers", transfers],
            "It is an address of tron; the transfers given are of ethereum",
        ),
        (&["trace", "tr7nhqjekqxgtci8q8zy4pl8otszgjlj6t", "--transfers", transfers], "the capitals of this base58 address were lost"),
        (
            &["trace", thief, "--transfers", transfers, "--as-of", "1990-01-01"],
            "0 transfers until 1990-01-01T23:59:59.999999Z (9 are given)",
        ),
        (&["trace", "path", thief, "0xF4D45B7BE1DA0DC2B5641A0CE0713F2FF993BBBD", "--transfers", transfers], "the two addresses are one"),
        (&["trace", "path", thief, "0x1111111111111111111111111111111111111111", "--transfers", transfers], "is in no transfer given"),
        (&["trace", thief, "--transfers", ledger, "--labels", ledger], "is a ledger: it holds transfers and no labels"),
        (&["trace", thief, "--transfers", ledger, "--labels", &format!("thieves={labels}")], "`thieves` is no lane"),
        (&["trace", thief, "--transfers", transfers, "--transfers", ledger], "a ledger must be the first"),
    ];
    for (args, expected) in cases {
        let text = said(args);
        assert!(text.contains(expected), "{args:?} should say `{expected}`:\n{text}");
        assert!(!text.to_lowercase().replace("not clean", "").contains("clean"), "{text}");
    }
}

#[test]
fn rows_that_cannot_be_used_are_told_with_their_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    let row = |at: &str, amount: &str| format!("ethereum,{at},0xa,0xb,USDT,{amount}\n");
    let good = "2026-03-01T00:00:00Z";
    let rows = [
        row(good, "1e2"),
        row(good, "1e40"),
        row(good, "abc"),
        row(good, ""),
        row(good, "NaN"),
        row("", "5"),
        row(good, "-5"),
        row(good, "0"),
    ];
    std::fs::write(&path, format!("chain,at,from_address,to_address,asset,amount\n{}", rows.concat())).unwrap();
    let text = said(&["trace", "0xa", "--transfers", path.to_str().unwrap()]);
    for line in [3, 4, 5, 6, 7, 8] {
        assert!(text.contains(&format!("t.csv:{line}: ")), "line {line} is told: {text}");
    }
    assert!(text.contains("100 went out"), "scientific notation is a number: {text}");
}
