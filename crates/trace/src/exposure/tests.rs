//! Small worlds in which every amount can be worked out by hand.

use super::*;
use crate::lane::Lane;
use bonafide_facts::cell::Time;
use bonafide_facts::tables::{money, who, world};

const COIN: i128 = 1_000_000_000_000_000_000;

fn transfer(day: i64, from: &str, to: &str, amount: i128) -> money::Transfer {
    money::Transfer {
        row_id: day,
        chain: Some("ethereum".into()),
        at: Some(Time { micros: day * 86_400_000_000, offset_minutes: Some(0) }),
        from_address: Some(from.into()),
        to_address: Some(to.into()),
        asset: Some("USDT".into()),
        amount: Some(amount * COIN),
        ..Default::default()
    }
}

fn label(address: &str, category: &str) -> money::Label {
    money::Label {
        row_id: 900,
        address: Some(address.into()),
        category: Some(category.into()),
        name: Some(format!("the {category}")),
        chain: Some("ethereum".into()),
        ..Default::default()
    }
}

fn world_of(transfers: &[money::Transfer], labels: &[money::Label]) -> Tables {
    let mut tables = Tables::default();
    let mine = who::Identifier {
        row_id: 800,
        subject_id: Some("s1".into()),
        kind: Some("wallet".into()),
        value: Some("Wa".into()),
        ..Default::default()
    };
    tables.add_rows(&[mine]).unwrap();
    tables.add_rows(transfers).unwrap();
    tables.add_rows(labels).unwrap();
    tables
}

/// direction, lane, method, hops, whole coins, path
fn told(tables: &Tables) -> Vec<(String, String, String, i64, i128, String)> {
    let (rows, troubles) = exposures(tables, &Limits::default());
    assert_eq!(troubles, vec![]);
    let told = |row: Exposure| {
        let text = |cell: Option<String>| cell.unwrap_or_default();
        assert_eq!(row.subject_id.as_deref(), Some("s1"));
        (text(row.direction), text(row.lane), text(row.method), row.hops.unwrap_or(-1), row.amount.unwrap_or(-1) / COIN, text(row.path))
    };
    rows.into_iter().map(told).collect()
}

fn expect(rows: &[(&str, &str, &str, i64, i128, &str)]) -> Vec<(String, String, String, i64, i128, String)> {
    rows.iter().map(|(d, l, m, h, a, p)| ((*d).into(), (*l).into(), (*m).into(), *h, *a, (*p).into())).collect()
}

#[test]
fn direct_and_indirect_coin_are_told_apart() {
    let tables = world_of(
        &[
            transfer(1, "T", "A", 100),
            transfer(2, "C", "A", 300),
            transfer(3, "A", "Wa", 200),
            transfer(4, "T", "Wa", 50),
            transfer(5, "Wa", "X", 10),
        ],
        &[label("T", "theft"), label("X", "exchange")],
    );
    // Haircut: A holds 100 of 400; half of it goes. FIFO: what came first, the stolen 100, goes first.
    let rows = [
        ("from", "theft", "fifo", 2, 100, "T|A|Wa"),
        ("from", "theft", "haircut", 1, 50, "T|Wa"),
        ("from", "theft", "haircut", 2, 50, "T|A|Wa"),
        ("to", "exchange", "haircut", 1, 10, "Wa|X"),
    ];
    assert_eq!(told(&tables), expect(&rows));
    let (rows, _) = exposures(&tables, &Limits::default());
    assert_eq!(rows[2].evidence, Some(vec![1, 3, 900]), "both transfers of the path and the label");
    assert_eq!(rows[2].amount_usd, Some(50 * COIN), "a dollar token counts at par");
    assert_eq!(rows[2].share, Some(0.2));
}

#[test]
fn an_exchange_never_relays() {
    let tables = world_of(&[transfer(1, "T", "X", 100), transfer(2, "X", "Wa", 100)], &[label("T", "theft"), label("X", "exchange")]);
    assert_eq!(told(&tables), expect(&[("from", "exchange", "haircut", 1, 100, "X|Wa")]));
}

#[test]
fn coin_cannot_arrive_before_it_was_stolen() {
    let tables = world_of(&[transfer(1, "A", "Wa", 100), transfer(2, "T", "A", 100)], &[label("T", "theft")]);
    assert_eq!(told(&tables), vec![]);
}

#[test]
fn coin_is_followed_to_a_label_far_away() {
    let names: Vec<String> = std::iter::once("Wa".to_owned()).chain((1..13).map(|n| format!("N{n}"))).chain(["M".to_owned()]).collect();
    let transfers: Vec<_> = (1..).zip(names.windows(2)).map(|(day, pair)| transfer(day, &pair[0], &pair[1], 5)).collect();
    let tables = world_of(&transfers, &[label("M", "mixer")]);
    let path = names.join("|");
    assert_eq!(told(&tables), expect(&[("to", "mixer", "fifo", 13, 5, &path), ("to", "mixer", "haircut", 13, 5, &path)]));
}

#[test]
fn a_listed_wallet_is_told_without_any_transfer() {
    let mut tables = Tables::default();
    let address = "0x52908400098527886E0F7030069857D2E4169EE7";
    let pay = who::Identifier {
        row_id: 7,
        subject_id: Some("s1".into()),
        kind: Some("wallet".into()),
        value: Some(address.to_lowercase()),
        ..Default::default()
    };
    tables.add_rows(&[pay]).unwrap();
    let entry = |id: &str, remarks: &str| world::ListEntry {
        entry_id: Some(id.into()),
        list: Some("ofac-sdn".into()),
        schema: Some("person".into()),
        name: Some("Invented Banker".into()),
        remarks: Some(remarks.into()),
        ..Default::default()
    };
    tables
        .add_rows(&[entry("ofac-1", "Secondary sanctions risk: North Korea Sanctions Regulations, sections 510.201 and 510.210")])
        .unwrap();
    tables
        .add_rows(&[world::ListProgramme { entry_id: Some("ofac-1".into()), programme: Some("NPWMD".into()), ..Default::default() }])
        .unwrap();
    tables
        .add_rows(&[world::ListIdentifier {
            row_id: 70,
            entry_id: Some("ofac-1".into()),
            kind: Some("wallet".into()),
            value: Some(address.into()),
            chain: Some("ETH".into()),
            ..Default::default()
        }])
        .unwrap();
    let (rows, troubles) = exposures(&tables, &Limits::default());
    assert_eq!((rows.len(), troubles.len()), (1, 0));
    assert_eq!(rows[0].lane.as_deref(), Some(Lane::ListedDprk.word()), "chosen by the entry's remarks, not by its programme");
    assert_eq!((rows[0].hops, rows[0].evidence.clone()), (Some(0), Some(vec![7, 70])));
}

#[test]
fn community_labels_are_leads_and_the_zero_address_is_no_source() {
    let zero = "0x0000000000000000000000000000000000000000";
    let mut lead = label("L", "sanctioned");
    lead.source = Some("community list".into());
    let tables = world_of(&[transfer(1, "L", "Wa", 5), transfer(2, zero, "Wa", 5)], &[lead, label(zero, "theft")]);
    let (rows, _) = exposures(&tables, &Limits::default());
    let told: Vec<_> =
        rows.iter().map(|row| (row.lane.as_deref().unwrap(), row.lead_only.unwrap(), row.source_address.as_deref().unwrap())).collect();
    assert_eq!(told, [("community", true, "L")]);
}

#[test]
fn a_wallet_in_no_transfer_has_no_row() {
    assert_eq!(told(&world_of(&[transfer(1, "T", "A", 1)], &[label("T", "theft")])), vec![]);
}
