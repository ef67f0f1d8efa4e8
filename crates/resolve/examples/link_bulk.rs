//! Strong links and clusters of many accounts, six identifier rows each: `cargo run --release -p bonafide-resolve --example link_bulk -- [ACCOUNTS] [--only-generate]`.
//!
//! The rows are invented, batch by batch, in memory, by a seed (no file is read). Of 1,000 accounts about 30 belong to operators with two to six
//! personas who share a payout account, a second factor or a mailbox; 300 share a home (phone and address) with up to three others; 1 in 100 has the phone
//! of one of 200 offices, 1 in 100 says "n/a", 1 in 100 uses a machine of an internet café (20 accounts each), and one phone is shared by one account in 100.
//! The truth is known, so recall and precision are told too.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use bonafide_facts::Tables;
use bonafide_facts::tables::who::Identifier;
use bonafide_resolve::link::bulk::Bulk;
use bonafide_resolve::link::{Level, Settings};

const BATCH: u64 = 20_000;

fn draw(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The operator of an account, if it has one: accounts far apart, so that no batch holds a whole operator.
fn operator(at: u64, accounts: u64) -> Option<u64> {
    let (slot, groups) = (at % 1000, accounts / 1000);
    // Slots 0 to 29 of all thousands, in groups of two to six neighbouring thousands.
    (slot < 30 && groups > 1).then(|| {
        let size = 2 + draw(slot) % 5;
        slot * groups + at / 1000 / size
    })
}

/// Six rows of one account.
fn rows(at: u64, accounts: u64, out: &mut Vec<Identifier>) {
    let by = operator(at, accounts);
    let chance = draw(at);
    let shared = by.map_or(9, |by| draw(by) % 3);
    let home = if at % 1000 >= 700 { at / 4 * 4 } else { at };
    let own = |n: u64| if shared == n { format!("op{}", by.unwrap_or(0)) } else { format!("{at}") };
    let phone = match chance % 100 {
        0 => "+1 800 555 0100".to_owned(),
        1 => format!("+44 20 7946 {:04}", chance / 100 % 200),
        2 => "n/a".to_owned(),
        _ => format!("+1415{home:09}"),
    };
    let device = if chance % 100 == 3 {
        format!("cafe-{}", chance / 100 % (accounts / 2_000).max(1))
    } else {
        format!("dev-{:016x}", draw(at ^ 77))
    };
    let values = [
        ("email", format!("Person.{}@mail{}.test", own(0), by.unwrap_or(at) % 97), "platform"),
        ("phone", phone, "resume"),
        ("payment_account", format!("PAY-{}", own(1)), "payout"),
        ("device", device, "sign_in"),
        ("mfa_device", format!("mfa-{}", own(2)), "mfa"),
        ("address", format!("{} Elm St., Town {}", home % 400, home / 400), "resume"),
    ];
    for (n, (kind, value, source)) in (0..).zip(values) {
        out.push(Identifier {
            row_id: i64::try_from(at * 8 + n).unwrap(),
            subject_id: Some(format!("acc{at:09}")),
            kind: Some(kind.into()),
            value: Some(value),
            source: Some(source.into()),
            ..Default::default()
        });
    }
}

fn batch(from: u64, accounts: u64) -> Tables {
    let mut all = Vec::new();
    (from..(from + BATCH).min(accounts)).for_each(|at| rows(at, accounts, &mut all));
    let mut tables = Tables::default();
    tables.add_rows(&all).unwrap();
    tables
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let accounts = words.iter().find_map(|word| word.parse().ok()).unwrap_or(100_000_u64);
    let (cpu, wall) = (cpu_time::ProcessTime::now(), std::time::Instant::now());
    let told = |what: &str| {
        println!("{what}: {:.1} s so far, {:.1} CPU s, peak {} MB", wall.elapsed().as_secs_f64(), cpu.elapsed().as_secs_f64(), peak());
    };
    let batches = (0..accounts).step_by(usize::try_from(BATCH).unwrap()).map(|from| batch(from, accounts));
    if words.iter().any(|word| word == "--only-generate") {
        let rows: usize = batches.map(|tables| tables.get("identifiers").map_or(0, |data| data.rows())).sum();
        return told(&format!("{rows} rows invented by one thread"));
    }
    let settings = Settings::default();
    let bulk = Bulk::new(&settings, &Tables::default());
    bulk.add_all(batches, 2);
    told(&format!("{accounts} accounts, {} rows invented and read", accounts * 6));
    let (linker, hubs) = bulk.solve(2);
    let (groups, pairs) = linker.groups(Level::Operator);
    let (crews, ties) = linker.groups(Level::Network);
    told(&format!(
        "{pairs} operator pairs join, {} clusters; {ties} network pairs, {} clusters; {} hubs ({} pairs not made)",
        groups.len(),
        crews.len(),
        hubs.values,
        hubs.pairs
    ));
    let number = |id: &str| id[3..].parse::<u64>().unwrap();
    let (mut said, mut right) = (0_u64, 0_u64);
    for group in groups {
        let mut by: Vec<Option<u64>> = group.members.iter().map(|member| operator(number(linker.id(*member)), accounts)).collect();
        by.sort_unstable();
        said += pairs_of(by.len());
        right += by.chunk_by(|a, b| a == b).filter(|same| same[0].is_some()).map(|same| pairs_of(same.len())).sum::<u64>();
    }
    let mut all: Vec<u64> = (0..accounts).filter_map(|at| operator(at, accounts)).collect();
    all.sort_unstable();
    let truth: u64 = all.chunk_by(|a, b| a == b).map(|same| pairs_of(same.len())).sum();
    println!(
        "operator pairs: {truth} true, {said} said, {right} right: recall {:.4}, precision {:.4}",
        right as f64 / truth as f64,
        right as f64 / said as f64
    );
}

fn pairs_of(n: usize) -> u64 {
    (n * n.saturating_sub(1) / 2) as u64
}

/// Peak memory, megabytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
}
