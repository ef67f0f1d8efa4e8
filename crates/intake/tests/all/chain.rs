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
    for folder in [
        "ethereum_etl",
        "cryo",
        "cryo_traces",
        "etherscan",
        "bsc",
        "blockscout",
        "explorer_json",
        "tron",
        "tronscan",
        "solana",
        "solscan",
        "bitcoin_etl",
        "own",
    ] {
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
    // Keys in lower case: what has no capitals to lose is kept, base58 is refused with the reason.
    let lower = read("thomasgregg/sanctioned-addresses.json", None).unwrap();
    assert!(lower.labels.len() > 100 && lower.labels.iter().all(|label| label.category.as_deref() == Some("listed_other")));
    let lost: Vec<_> = lower.troubles.iter().filter(|trouble| trouble.what.contains("capitals of this base58 address were lost")).collect();
    assert!(lost.len() == 1 && lost[0].count > 400 && lost[0].place.is_some(), "{lost:?}");
    assert!(lower.troubles.len() <= 2, "{:?}", lower.troubles);
    let monero = read("ofac/sanctioned_addresses_XMR.txt", Some("listed_other")).unwrap();
    assert_eq!(
        (monero.labels.len() > 1, monero.troubles.iter().map(|trouble| trouble.code.as_str()).collect::<Vec<_>>()),
        (true, vec!["no-address"])
    );
    assert_eq!(read("ofac/sanctioned_addresses_XBT.json", None).unwrap_err().code, "no-lane");
    let [text, json] = ["ofac/sanctioned_addresses_XBT.txt", "ofac/sanctioned_addresses_XBT.json"]
        .map(|name| read(name, Some("listed_other")).unwrap().labels.into_iter().filter_map(|label| label.address).collect::<Vec<_>>());
    assert!(!text.is_empty() && text.len() == json.len());
}

/// Ten megabytes in the cell of an id: the row is refused with its line, the rows around it stay.
#[test]
fn an_endless_identifier_is_refused_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let address = |digit: &str| format!("0x{}", digit.repeat(40));
    let head = "chain,asset,from_address,to_address,at,amount,transaction_id\n";
    let row = |transaction: &str| format!("ethereum,ETH,{},{},2026-01-01T00:00:00Z,1,{transaction}\n", address("1"), address("2"));
    let endless = "f".repeat(10 << 20);
    let inputs = format!("[{{\"addresses\":[\"{endless}\"],\"value\":5}}]");
    std::fs::write(folder.path().join("a.csv"), format!("{head}{}{}{}", row("t1"), row(&endless), row("t3"))).unwrap();
    let bitcoin = format!("{{\"hash\":\"h\",\"block_number\":1,\"inputs\":{inputs},\"outputs\":[]}}\n");
    std::fs::write(folder.path().join("b.jsonl"), bitcoin).unwrap();
    let mut kept = Vec::new();
    let read = read_transfers(folder.path(), &mut Files::default(), &ChainOptions::default(), &mut |transfer| {
        kept.push(transfer.transaction.map(str::to_owned));
    })
    .unwrap();
    assert_eq!(kept, [Some("t1".to_owned()), Some("t3".to_owned())]);
    let refused: Vec<_> = read.troubles.iter().filter(|trouble| trouble.code == "long-identifier").collect();
    assert_eq!(refused.iter().map(|trouble| trouble.place.as_ref().and_then(|place| place.line)).collect::<Vec<_>>(), [Some(3), Some(1)]);
    assert!(read.files.iter().all(|file| file.skipped == 1));
}
