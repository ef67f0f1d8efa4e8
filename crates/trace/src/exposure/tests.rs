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
    let Traced { exposures: rows, troubles, .. } = exposures(tables, &Tables::default(), &Limits::default());
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
    let rows = exposures(&tables, &Tables::default(), &Limits::default()).exposures;
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
    let Traced { exposures: rows, troubles, .. } = exposures(&tables, &Tables::default(), &Limits::default());
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
    let rows = exposures(&tables, &Tables::default(), &Limits::default()).exposures;
    let told: Vec<_> =
        rows.iter().map(|row| (row.lane.as_deref().unwrap(), row.lead_only.unwrap(), row.source_address.as_deref().unwrap())).collect();
    assert_eq!(told, [("community", true, "L")]);
}

#[test]
fn a_wallet_in_no_transfer_has_no_row() {
    assert_eq!(told(&world_of(&[transfer(1, "T", "A", 1)], &[label("T", "theft")])), vec![]);
}

fn owned(rows: &[(&str, &str)]) -> Vec<who::Identifier> {
    (800..)
        .zip(rows)
        .map(|(row_id, (subject, wallet))| who::Identifier {
            row_id,
            subject_id: Some((*subject).into()),
            kind: Some("wallet".into()),
            value: Some((*wallet).into()),
            ..Default::default()
        })
        .collect()
}

/// subject, method, hops, other address
fn patterns_of(wallets: &[(&str, &str)], transfers: &[money::Transfer], labels: &[money::Label]) -> Vec<(String, String, i64, String)> {
    let mut tables = Tables::default();
    tables.add_rows(&owned(wallets)).unwrap();
    tables.add_rows(transfers).unwrap();
    tables.add_rows(labels).unwrap();
    let Traced { exposures: rows, troubles, .. } = exposures(&tables, &Tables::default(), &Limits::default());
    assert_eq!(troubles, vec![]);
    rows.into_iter()
        .filter(|row| row.lane.as_deref() == Some("pattern"))
        .map(|row| (row.subject_id.unwrap(), row.method.unwrap(), row.hops.unwrap(), row.source_address.unwrap()))
        .collect()
}

#[test]
fn one_deposit_address_of_two_subjects_is_seen_and_one_of_their_own_is_not() {
    let wallets = [("s1", "W1"), ("s2", "W2"), ("s3", "W3")];
    let quick = |row: i64, from: &str, to: &str, amount: i128, minute: i64| money::Transfer {
        row_id: row,
        at: Some(Time { micros: minute * 60_000_000, offset_minutes: Some(0) }),
        ..transfer(1, from, to, amount)
    };
    let transfers = [
        quick(1, "W1", "D", 100, 1),
        quick(2, "D", "X", 100, 20),
        quick(3, "W2", "D", 50, 100),
        quick(4, "D", "X", 50, 130),
        quick(5, "W3", "E", 50, 100),
        quick(6, "E", "X", 50, 130),
        // Kept for days, and so no deposit address.
        quick(7, "W3", "D", 30, 200),
        quick(8, "D", "Y", 30, 210),
    ];
    let seen = patterns_of(&wallets, &transfers, &[label("X", "exchange")]);
    let expected = [("s1", "deposit", 2, "D"), ("s2", "deposit", 2, "D")].map(|(a, b, c, d)| (a.to_owned(), b.to_owned(), c, d.to_owned()));
    assert_eq!(seen, expected);
}

#[test]
fn gas_from_another_subject_counts_and_from_oneself_does_not() {
    let coin = |day: i64, from: &str, to: &str| money::Transfer { asset: None, ..transfer(day, from, to, 1) };
    let transfers = [coin(1, "Z", "W1"), coin(2, "W1", "W2"), coin(3, "W1", "W1b"), coin(4, "W3", "Q"), coin(5, "W1", "W3")];
    let seen = patterns_of(&[("s1", "W1"), ("s1", "W1b"), ("s2", "W2"), ("s3", "W3")], &transfers, &[]);
    assert_eq!(seen, [("s2".to_owned(), "gas".to_owned(), 1, "W1".to_owned())], "s3 had coin before");
}

#[test]
fn a_peeling_chain_is_told_from_coin_that_only_moves_on() {
    let mut transfers = vec![transfer(1, "W1", "P0", 1000)];
    let (mut day, mut amount) = (2, 1000);
    for link in 0..5 {
        transfers.push(transfer(day, &format!("P{link}"), &format!("S{link}"), 50));
        amount -= 50;
        transfers.push(transfer(day + 1, &format!("P{link}"), &format!("P{}", link + 1), amount));
        day += 2;
    }
    transfers.extend(
        (0..6)
            .map(|link| transfer(30 + link, &if link == 0 { "W2".to_owned() } else { format!("M{link}") }, &format!("M{}", link + 1), 70)),
    );
    let seen = patterns_of(&[("s1", "W1"), ("s2", "W2")], &transfers, &[]);
    assert_eq!(seen, [("s1".to_owned(), "peel".to_owned(), 5, "P5".to_owned())]);
}

/// Who is linked with whom, by which shapes.
fn links_of(wallets: &[(&str, &str)], transfers: &[money::Transfer], labels: &[money::Label]) -> Vec<String> {
    let mut tables = Tables::default();
    tables.add_rows(&owned(wallets)).unwrap();
    tables.add_rows(transfers).unwrap();
    tables.add_rows(labels).unwrap();
    let traced = exposures(&tables, &Tables::default(), &Limits::default());
    let told = |link: Link| {
        assert_eq!((link.level.as_deref(), link.joined.as_deref(), link.kinds.as_deref()), (Some("network"), Some("no"), Some("coin")));
        assert!(link.evidence.is_some_and(|rows| !rows.is_empty()));
        let reasons = link.reasons.unwrap();
        let shapes: Vec<&str> = reasons.split('|').filter_map(|reason| reason.split(':').next()).collect();
        format!("{} {}: {}", link.left_id.unwrap(), link.right_id.unwrap(), shapes.join(" "))
    };
    traced.links.into_iter().map(told).collect()
}

/// Three workers, each paid by a client of their own, who pass most of it to `collector` days later.
fn pay_into(collector: &str) -> Vec<money::Transfer> {
    let mut transfers = Vec::new();
    for (day, worker) in (1..).step_by(10).zip(["W1", "W2", "W3"]) {
        transfers.push(transfer(day, &format!("Client of {worker}"), worker, 1000));
        transfers.push(transfer(day + 3, worker, collector, 800));
    }
    transfers
}

const CREW: [(&str, &str); 3] = [("s1", "W1"), ("s2", "W2"), ("s3", "W3")];

#[test]
fn coin_of_several_workers_that_gathers_in_one_address_links_them() {
    let seen = patterns_of(&CREW, &pay_into("C"), &[]);
    let expected = ["s1", "s2", "s3"].map(|who| (who.to_owned(), "gather".to_owned(), 1, "C".to_owned()));
    assert_eq!(seen, expected);
    assert_eq!(links_of(&CREW, &pay_into("C"), &[]), ["s1 s2: gather", "s1 s3: gather", "s2 s3: gather"]);
    // The collector may be one of them.
    let own = [("s1", "W1"), ("s2", "W2"), ("s3", "W3"), ("s4", "C")];
    assert_eq!(links_of(&own, &pay_into("C"), &[]).len(), 3);
}

#[test]
fn what_pools_the_coin_of_strangers_links_nobody() {
    for category in ["exchange", "service", "mixer", "bridge", "payroll", "deposit"] {
        let all: [Vec<String>; 2] = [links_of(&CREW, &pay_into("C"), &[label("C", category)]), {
            let paid: Vec<_> = (0..9).map(|day| transfer(day + 1, "P", ["W1", "W2", "W3"][day as usize % 3], 1000)).collect();
            links_of(&CREW, &paid, &[label("P", category)])
        }];
        assert_eq!(all, [Vec::<String>::new(), vec![]], "{category}");
    }
    // A shop or landlord gets a smaller part; a business without a label deals with many; a client is paid back.
    let rent: Vec<_> = pay_into("C")
        .into_iter()
        .map(|mut row| {
            if row.to_address.as_deref() == Some("C") {
                row.amount = Some(400 * COIN);
            }
            row
        })
        .collect();
    assert_eq!(links_of(&CREW, &rent, &[]), Vec::<String>::new(), "rent");
    let mut business = pay_into("C");
    business.extend((0..60).map(|n| transfer(100 + n, &format!("Stranger {n}"), "C", 50)));
    assert_eq!(links_of(&CREW, &business, &[]), Vec::<String>::new(), "many customers");
    let mut client = pay_into("C");
    client.extend((0..3).map(|n| transfer(200 + n, "C", ["W1", "W2", "W3"][n as usize], 900)));
    assert_eq!(links_of(&CREW, &client, &[]), Vec::<String>::new(), "who pays them as well");
}

#[test]
fn one_payer_of_several_is_told_and_one_of_many_is_an_employer() {
    let paid = |people: i64| -> (Vec<(String, String)>, Vec<money::Transfer>) {
        let owned = (0..people).map(|n| (format!("s{n:02}"), format!("W{n:02}"))).collect();
        (owned, (0..2 * people).map(|day| transfer(day + 1, "P", &format!("W{:02}", day % people), 1000)).collect())
    };
    let of = |people| {
        let (owned, transfers) = paid(people);
        let owned: Vec<(&str, &str)> = owned.iter().map(|(subject, wallet)| (subject.as_str(), wallet.as_str())).collect();
        (patterns_of_any(&owned, &transfers), links_of(&owned, &transfers, &[]).len())
    };
    assert_eq!(of(3), (3, 3));
    assert_eq!(of(21), (21, 0), "more than twenty are shown and link nobody");
    assert_eq!(of(60), (0, 0), "whoever pays sixty is no crew's payer");
}

fn patterns_of_any(wallets: &[(&str, &str)], transfers: &[money::Transfer]) -> usize {
    let mut tables = Tables::default();
    tables.add_rows(&owned(wallets)).unwrap();
    tables.add_rows(transfers).unwrap();
    exposures(&tables, &Tables::default(), &Limits::default()).exposures.iter().filter(|row| row.method.as_deref() == Some("payer")).count()
}

#[test]
fn fees_from_one_hand_link_and_from_an_employer_do_not() {
    let coin = |day: i64, from: &str, to: &str| money::Transfer { asset: None, ..transfer(day, from, to, 1) };
    let fees = [coin(1, "G", "W1"), coin(2, "G", "W2"), coin(3, "X", "W3")];
    assert_eq!(links_of(&CREW, &fees, &[]), ["s1 s2: gas_shared"]);
    assert_eq!(links_of(&CREW, &fees, &[label("G", "exchange")]), Vec::<String>::new(), "bought at an exchange");
    let mut wages = fees.to_vec();
    wages.push(transfer(4, "G", "W1", 3000));
    assert_eq!(links_of(&CREW, &wages, &[]), Vec::<String>::new(), "who pays the wage pays for fees as well");
    let own = [coin(1, "W1", "W2")];
    assert_eq!(links_of(&CREW, &own, &[]), ["s1 s2: gas"]);
}

#[test]
fn coin_passed_on_at_once_is_told_unless_it_goes_to_an_exchange() {
    let minute = |row: i64, from: &str, to: &str, amount: i128, minute: i64| money::Transfer {
        row_id: row,
        at: Some(Time { micros: minute * 60_000_000, offset_minutes: Some(0) }),
        ..transfer(1, from, to, amount)
    };
    let passed = |part: i128, wait: i64, to: &str| -> Vec<money::Transfer> {
        (0..3).flat_map(|n| [minute(2 * n + 1, "P", "W1", 1000, n * 9000), minute(2 * n + 2, "W1", to, part, n * 9000 + wait)]).collect()
    };
    let told =
        |transfers: &[money::Transfer], labels: &[money::Label]| patterns_of(&[("s1", "W1"), ("s1", "W1b")], transfers, labels).len();
    assert_eq!(told(&passed(800, 60, "C"), &[]), 1, "four fifths within the hour");
    assert_eq!(told(&passed(799, 60, "C"), &[]), 0);
    assert_eq!(told(&passed(800, 61, "C"), &[]), 0);
    assert_eq!(told(&passed(800, 60, "C")[..4], &[]), 0, "twice may happen");
    assert_eq!(told(&passed(1000, 5, "X"), &[label("X", "exchange")]), 0);
    assert_eq!(told(&passed(1000, 5, "W1b"), &[]), 0, "the own second wallet");
    let mut deposited = passed(1000, 5, "D");
    deposited.extend((0..3).map(|n| minute(20 + n, "D", "X", 1000, n * 9000 + 30)));
    assert_eq!(told(&deposited, &[label("X", "exchange")]), 0, "an own deposit address");
}

#[test]
fn a_deposit_is_one_within_3200_blocks_and_a_hundredth_of_a_coin() {
    let row = |row_id: i64, from: &str, to: &str, thousandths: i128, block: i64| money::Transfer {
        row_id,
        block: Some(block),
        at: Some(Time { micros: block * 12_000_000, offset_minutes: Some(0) }),
        amount: Some(thousandths * COIN / 1000),
        ..transfer(1, from, to, 1)
    };
    let told = |rest: i128, blocks: i64| {
        let transfers = [
            row(1, "W1", "D", 5000, 100),
            row(2, "D", "X", 5000 - rest, 100 + blocks),
            row(3, "W2", "D", 5000, 10_000),
            row(4, "D", "X", 5000 - rest, 10_000 + blocks),
        ];
        links_of(&CREW, &transfers, &[label("X", "exchange")]).concat()
    };
    assert_eq!(told(10, 3200), "s1 s2: deposit");
    // Else it is an address of two people's coin, and nothing says that it is an exchange's.
    assert_eq!([told(11, 3200), told(10, 3201)], ["s1 s2: gather", "s1 s2: gather"]);
}

#[test]
fn labels_and_transfers_are_those_of_the_day_asked_about() {
    let day = |day: i64| Some(Time { micros: day * 86_400_000_000, offset_minutes: Some(0) });
    let mut listed = label("T", "theft");
    (listed.listed_from, listed.listed_to) = (day(10), day(20));
    let tables = world_of(&[transfer(5, "T", "Wa", 100), transfer(15, "T", "Wa", 50)], &[listed]);
    let sums = |at: Option<i64>| -> Vec<i128> {
        let limits = Limits { as_of: at.map(|at| at * 86_400_000_000), ..Limits::default() };
        exposures(&tables, &Tables::default(), &limits).exposures.into_iter().map(|row| row.amount.unwrap() / COIN).collect()
    };
    assert_eq!(sums(Some(9)), Vec::<i128>::new(), "not yet listed");
    assert_eq!(sums(Some(12)), [100], "listed, and the second payment is still to come");
    assert_eq!(sums(Some(19)), [150]);
    assert_eq!(sums(Some(20)), Vec::<i128>::new(), "delisted");
    assert_eq!(sums(None), Vec::<i128>::new(), "what ended holds no more");
}
