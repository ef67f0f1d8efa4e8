//! Each form of transfers on a small invented file: what it gives, line by line, and what it says of the rest.

use bonafide_facts::{Files, RowId};
use bonafide_intake::chain::{ChainOptions, read_labels, read_transfers};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/trace/forms")
}

/// Every transfer as a line, then the files and the troubles.
fn told(folder: &str) -> String {
    let mut files = Files::default();
    let mut out = String::new();
    let read = read_transfers(&root().join(folder), &mut files, &ChainOptions::default(), &mut |transfer| {
        let row = RowId(transfer.row);
        let amount = bonafide_facts::cell::decimal(transfer.amount);
        let usd = transfer.usd.map(bonafide_facts::cell::decimal).unwrap_or_default();
        let _ = writeln!(
            out,
            "{}:{} {} [{}] {} -> {} {amount} usd={usd} at={:?} block={:?} tx={:?} index={:?}",
            row.file(),
            row.line(),
            transfer.chain,
            transfer.asset,
            transfer.from,
            transfer.to,
            transfer.at,
            transfer.block,
            transfer.transaction,
            transfer.log_index
        );
    })
    .unwrap();
    let name = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    for file in &read.files {
        let _ =
            writeln!(out, "{} {}: {} transfers, {} skipped, {} idle", name(&file.path), file.form, file.transfers, file.skipped, file.idle);
    }
    for trouble in &read.troubles {
        let line = trouble.place.as_ref().and_then(|place| place.line).unwrap_or(0);
        let _ = writeln!(out, "{} line {line}: {} / {}", trouble.code, trouble.what, trouble.mend);
    }
    out
}

#[test]
fn every_form_gives_its_transfers_and_names_the_rest() {
    for folder in ["ethereum_etl", "cryo", "etherscan", "tron", "solana", "bitcoin_etl", "own"] {
        insta::assert_snapshot!(format!("chain-{folder}"), told(folder));
    }
}

#[test]
fn a_folder_without_transfers_says_what_is_read() {
    let error = read_transfers(&root().join("../../names"), &mut Files::default(), &ChainOptions::default(), &mut |_| {}).unwrap_err();
    assert_eq!(error.code, "nothing-to-read");
    assert!(error.mend.contains("ethereum-etl-token-transfers") && error.mend.contains("tron-transfers"));
}

/// The label sets there are (not part of this repository): packs, the FBI's lists, a list whose base58 was put in lower case.
#[test]
fn real_label_sets_are_read_or_refused_with_the_reason() {
    let labels = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/trace/labels");
    if !labels.is_dir() {
        eprintln!("SKIPPED: the label sets are not present; nothing was tested");
        return;
    }
    let read = |name: &str, lane: Option<&str>| read_labels(&labels.join(name), lane, &mut Files::default());
    let lanes = |name: &str| {
        let rows = read(name, None).unwrap().labels;
        let mut lanes: Vec<(String, bool)> = rows.iter().map(|row| (row.category.clone().unwrap(), row.lead_only.unwrap())).collect();
        lanes.sort();
        lanes.dedup();
        (rows.len(), lanes)
    };
    let one = |lane: &str, lead: bool| vec![(lane.to_owned(), lead)];
    assert_eq!(lanes("tagpacks/ronin_bridge.yaml").1, one("theft", false));
    assert_eq!(lanes("tagpacks/lazarus.yaml").1, one("listed_other", false));
    assert_eq!(lanes("tagpacks/tornado_cash.yaml").1, one("mixer", false));
    assert_eq!(lanes("tagpacks/exchange-wallets-binance.yaml").1, one("exchange", false));
    assert_eq!(lanes("tagpacks/usdt_blacklist.yaml").1, one("frozen", false));
    let (count, crawled) = lanes("tagpacks/etherscan-label-word-cloud.yaml");
    assert!(count > 3_000 && crawled.iter().all(|(_, lead)| *lead), "what was crawled is a lead only: {crawled:?}");
    assert_eq!(read("bybit_psa250226.txt", Some("theft")).unwrap().labels.len(), 51);
    assert_eq!(read("harmony_2023-01-23_btc.txt", Some("theft")).unwrap().labels.len(), 11);
    assert_eq!(read("bybit_psa250226.txt", None).unwrap_err().code, "no-lane", "a plain list says nothing of its addresses");
    assert_eq!(read("ultrasound-ofac/data.csv", Some("listed_other")).unwrap().labels.len(), 97);
}
