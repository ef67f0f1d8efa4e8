//! Who is in the DPRK lane, and who is not: chosen by entity, never by programme alone.

use bonafide_facts::Tables;
use bonafide_facts::tables::money;
use bonafide_trace::label::EntityMarks;
use bonafide_trace::{Labels, Lane};
use std::path::Path;

fn lanes(rows: &[(&str, &str, &str, Option<bool>)]) -> Vec<Option<Lane>> {
    let label = |(row, (address, category, name, lead_only)): (i64, &(&str, &str, &str, Option<bool>))| money::Label {
        row_id: row,
        chain: Some("ETH".into()),
        address: Some((*address).into()),
        category: Some((*category).into()),
        name: Some((*name).into()),
        lead_only: *lead_only,
        ..money::Label::default()
    };
    let mut tables = Tables::default();
    tables.add_rows(&(1..).zip(rows).map(label).collect::<Vec<_>>()).unwrap();
    let (labels, troubles) = Labels::of(&tables, &EntityMarks::default());
    assert_eq!(troubles, vec![]);
    rows.iter().map(|(address, ..)| labels.get(address).first().map(|label| label.lane)).collect()
}

#[test]
fn a_listed_entity_is_told_by_its_name_and_only_on_an_official_list() {
    let found = lanes(&[
        ("a", "sanctioned", "SIM, Hyon Sop", None),
        ("b", "sanctioned", "Lazarus Group", None),
        ("c", "sanctioned", "GARANTEX EUROPE OU", None),
        ("d", "exchange", "Lazarus Group", None),
        ("e", "sanctioned", "Lazarus Group", Some(true)),
    ]);
    let lanes = [Lane::ListedDprk, Lane::ListedDprk, Lane::ListedOther, Lane::Exchange, Lane::Community];
    assert_eq!(found, lanes.map(Some), "what volunteers say stays a lead whatever name it bears");
}

/// The listed EVM addresses with their entities (not part of this repository). SIM Hyon Sop is listed under NPWMD.
#[test]
fn the_payroll_banker_is_in_the_dprk_lane() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/trace/labels/ultrasound-ofac/data.csv");
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("SKIPPED: the listed addresses are not present; nothing was tested");
        return;
    };
    let rows: Vec<(&str, &str)> =
        text.lines().skip(1).filter_map(|line| line.split_once(',')).map(|(address, name)| (address, name.trim_matches('"'))).collect();
    let asked: Vec<_> = rows.iter().map(|(address, name)| (*address, "listed_other", *name, None)).collect();
    let mut tied: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    let lower: Vec<String> = rows.iter().map(|(address, _)| address.to_lowercase()).collect();
    let asked: Vec<_> =
        asked.iter().zip(&lower).map(|((_, category, name, lead), address)| (address.as_str(), *category, *name, *lead)).collect();
    for ((_, name), lane) in rows.iter().zip(lanes(&asked)) {
        if lane == Some(Lane::ListedDprk) {
            *tied.entry(name).or_default() += 1;
        }
    }
    let expected = [
        ("AMNOKGANG TECHNOLOGY DEVELOPMENT COMPANY", 3),
        ("KIM, Sang Man", 2),
        ("LAZARUS GROUP", 8),
        ("SIM, Hyon Sop", 6),
        ("YUN, Song Guk", 2),
    ];
    assert_eq!(tied.into_iter().collect::<Vec<_>>(), expected);
}
