//! Senzing's truth set (customers, reference, watchlist; data not part of this repository) read as dossiers and linked:
//! `cargo run --release -p bonafide-resolve --example link_truthset -- FOLDER [KEY.csv]`. Prints how many entities equal the key, and every
//! difference with the account of its pairs.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use bonafide_resolve::link::Settings;
use bonafide_resolve::link::dossier::{Comparer, Document, Dossier, DossierSettings, link};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A record's features as one dossier. Sex is never read.
fn dossier(row: &Value) -> Dossier {
    let id = format!("{} {}", row["DATA_SOURCE"].as_str().unwrap(), row["RECORD_ID"].as_str().unwrap());
    let mut out = Dossier { id, ..Dossier::default() };
    for feature in row["FEATURES"].as_array().unwrap() {
        let text = |name: &str| feature[name].as_str().unwrap_or("").trim().to_owned();
        let joined = |names: &[&str], between: &str| {
            names.iter().map(|name| text(name)).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(between)
        };
        out.organisation |= text("RECORD_TYPE") == "ORGANIZATION";
        for name in [joined(&["NAME_FIRST", "NAME_MIDDLE", "NAME_LAST"], " "), text("NAME_FULL"), text("NAME_ORG")] {
            out.names.extend(Some(name).filter(|name| !name.is_empty()));
        }
        out.birth_dates.extend(Some(text("DATE_OF_BIRTH")).filter(|date| !date.is_empty()));
        let address = joined(&["ADDR_FULL", "ADDR_LINE1", "ADDR_CITY", "ADDR_STATE", "ADDR_POSTAL_CODE", "ADDR_COUNTRY"], ", ");
        out.addresses.extend(Some(address).filter(|address| !address.is_empty()));
        out.phones.extend(Some(text("PHONE_NUMBER")).filter(|phone| !phone.is_empty()));
        out.emails.extend(Some(text("EMAIL_ADDRESS")).filter(|email| !email.is_empty()));
        for (field, kind) in [
            ("PASSPORT_NUMBER", "passport"),
            ("DRIVERS_LICENSE_NUMBER", "drivers_license"),
            ("SSN_NUMBER", "ssn"),
            ("NATIONAL_ID_NUMBER", "national_id"),
            ("TAX_ID_NUMBER", "tax_id"),
            ("LEI_NUMBER", "lei"),
        ] {
            let number = text(field);
            out.documents.extend((!number.is_empty()).then(|| Document { kind: kind.to_owned(), number }));
        }
    }
    out
}

fn entities(of: impl Iterator<Item = (String, String)>) -> BTreeSet<BTreeSet<String>> {
    let mut by: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    of.for_each(|(entity, record)| {
        by.entry(entity).or_default().insert(record);
    });
    by.into_values().collect()
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some(folder) = words.first() else {
        return println!("skipped: no folder given (see the first lines of examples/link_truthset.rs)");
    };
    let lines = ["customers", "reference", "watchlist"].map(|name| std::fs::read_to_string(format!("{folder}/{name}.jsonl")).unwrap());
    let records: Vec<Dossier> =
        lines.iter().flat_map(|text| text.lines()).map(|line| dossier(&serde_json::from_str(line).unwrap())).collect();
    let (settings, kinds) = (DossierSettings::default(), Settings::default());
    let found = link(&records, &settings, &kinds.ignored_mailboxes);
    let ours = entities(found.cluster.iter().zip(&records).map(|(root, record)| (root.to_string(), record.id.clone())));
    let path = words.get(1).cloned().unwrap_or_else(|| format!("{folder}/actual_truthset_key.csv"));
    let mut key = csv::Reader::from_path(&path).unwrap();
    let headers = key.headers().unwrap().clone();
    let at = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (cluster, source, record) = (at("CLUSTER_ID"), at("DATA_SOURCE"), at("RECORD_ID"));
    let theirs =
        entities(key.records().map(|row| row.unwrap()).map(|row| (row[cluster].to_owned(), format!("{} {}", &row[source], &row[record]))));
    println!(
        "{} records: {} entities, {} in the key, {} equal",
        records.len(),
        ours.len(),
        theirs.len(),
        ours.intersection(&theirs).count()
    );
    let number: BTreeMap<&str, u32> = records.iter().map(|record| record.id.as_str()).zip(0..).collect();
    let comparer = Comparer::new(&records, &settings, &kinds.ignored_mailboxes);
    for entity in theirs.difference(&ours) {
        println!("\nkey: {}", entity.iter().cloned().collect::<Vec<_>>().join(", "));
        let touched: Vec<&BTreeSet<String>> = ours.iter().filter(|one| !one.is_disjoint(entity)).collect();
        touched.iter().for_each(|one| println!("  ours: {}", one.iter().cloned().collect::<Vec<_>>().join(", ")));
        let all: BTreeSet<&String> = touched.into_iter().flatten().collect();
        for (n, a) in all.iter().enumerate() {
            for b in all.iter().skip(n + 1) {
                let together = |of: &BTreeSet<BTreeSet<String>>| of.iter().any(|one| one.contains(*a) && one.contains(*b));
                let (said, meant) = (together(&ours), together(&theirs));
                if said == meant {
                    continue;
                }
                let account = comparer.account(number[a.as_str()], number[b.as_str()]);
                let bits: f64 = account.iter().map(|line| line.bits).sum();
                println!(
                    "  {a} / {b}: {} together, the key says {}; {bits:.1} bits",
                    if said { "put" } else { "not put" },
                    if meant { "yes" } else { "no" }
                );
                account.iter().skip(1).for_each(|line| println!("      {:+.1} {}", line.bits, line.says));
            }
        }
    }
}
