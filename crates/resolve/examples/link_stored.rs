//! One new record against a stored link index: `cargo run --release -p bonafide-resolve --example link_stored -- [SUBJECTS] [NEW]`.
//! Invents subjects with six identifiers each (one in five shares a strong value with another), builds the index, then adds records one by one.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use bonafide_facts::Tables;
use bonafide_facts::tables::who::Identifier;
use bonafide_resolve::link::Settings;
use bonafide_resolve::link::stored::LinkIndex;

fn draw(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Six rows of one subject; some values are shared with an earlier one, and one in fifty has the phone of an office.
fn rows(at: u64, out: &mut Vec<Identifier>) {
    let kinds = ["email", "phone", "bank_account", "device", "address", "telegram"];
    for (n, kind) in (0..).zip(kinds) {
        let chance = draw(at * 16 + n);
        let of = if chance.is_multiple_of(30) { at - at.min(1 + chance / 64 % 1000) } else { at };
        let office = kind == "phone" && chance % 50 == 1;
        let value = match kind {
            "email" => format!("person.{of}@mail{}.test", of % 97),
            "phone" if office => format!("+4420794600{:02}", chance / 64 % 20),
            "phone" => format!("+1415{of:07}"),
            "address" => format!("{} Elm Street, Town {}", of % 400, of / 400),
            _ => format!("{kind}-{of:09}"),
        };
        let source = if matches!(kind, "bank_account" | "device") { "payout" } else { "resume" };
        out.push(Identifier {
            row_id: i64::try_from(at * 8 + n).unwrap(),
            subject_id: Some(format!("p{at:09}")),
            kind: Some(kind.into()),
            value: Some(value),
            source: Some(source.into()),
            ..Default::default()
        });
    }
}

fn tables(from: u64, to: u64) -> Tables {
    let mut all = Vec::new();
    (from..to).for_each(|at| rows(at, &mut all));
    let mut tables = Tables::default();
    tables.add_rows(&all).unwrap();
    tables
}

fn main() {
    let mut words = std::env::args().skip(1).map(|word| word.parse::<u64>().expect("a number"));
    let (subjects, new) = (words.next().unwrap_or(100_000), words.next().unwrap_or(10_000));
    let start = cpu_time::ProcessTime::now();
    let mut index = LinkIndex::new(&Settings::default());
    for from in (0..subjects).step_by(50_000) {
        index.add(&tables(from, (from + 50_000).min(subjects)));
    }
    println!("{} subjects indexed in {:.1} CPU s, {} in clusters", index.subjects(), start.elapsed().as_secs_f64(), index.clusters().len());
    let batches: Vec<Tables> = (subjects..subjects + new).map(|at| tables(at, at + 1)).collect();
    let begin = cpu_time::ProcessTime::now();
    let mut took: Vec<f64> = Vec::new();
    for one in &batches {
        let start = cpu_time::ThreadTime::now();
        index.add(one);
        took.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let all = begin.elapsed().as_secs_f64();
    took.sort_by(f64::total_cmp);
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
    println!(
        "one record: median {:.3} ms, p99 {:.3} ms, most {:.3} ms; {:.0} records a second on one core",
        at(0.5),
        at(0.99),
        at(1.0),
        new as f64 / all
    );
    let start = cpu_time::ProcessTime::now();
    let bytes = index.to_bytes();
    let wrote = start.elapsed().as_secs_f64();
    let back = LinkIndex::from_bytes(&bytes, &Settings::default()).expect("the same bytes");
    println!(
        "{} MB written in {wrote:.1} CPU s, read in {:.1}; {} subjects",
        bytes.len() >> 20,
        start.elapsed().as_secs_f64() - wrote,
        back.subjects()
    );
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or(""));
}
