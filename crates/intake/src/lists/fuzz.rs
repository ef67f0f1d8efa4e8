//! Damages small invented lists of every form in seeded ways and reads them: any answer will do, but no panic, and what comes back stays in proportion to
//! what went in.
//!
//! Must not know what a right answer is. Set BONAFIDE_FUZZ_RUNS for the number of runs (9,000 when not set), BONAFIDE_FUZZ_SEED for another seed.

#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;
use std::collections::BTreeMap;

/// A 64-bit LCG (Knuth, TAOCP 2, 3.3.4).
struct Dice(u64);

impl Dice {
    fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % below.max(1)
    }
    fn of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }
}

/// What breaks readers wherever it stands.
const PIECES: [&[u8]; 24] = [
    b"<",
    b">",
    b"&",
    b"\"",
    b"\n",
    b"\r",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"<!DOCTYPE a [<!ENTITY a \"&a;&a;\">]>",
    b"&a;",
    b"&#x110000;",
    b"{\"",
    b"|||",
    b"-0-",
    b",,,,,,,,,,,,,",
    b"DOB circa 29 Feb 1964; POB ; a.k.a. ''",
    b"9999999999999999999999",
    b"Digital Currency Address - X ",
    "\u{202e}\u{0301}".as_bytes(),
    "ß\u{1f1f0}İ".as_bytes(),
];

/// The parts of a list that its reader knows: elements, lines and cells.
fn parts(seed: &[u8]) -> Vec<&[u8]> {
    let mut found: Vec<&[u8]> = seed.split(|byte| *byte == b'\n').collect();
    for (open, close) in [(b'<', b'>'), (b'"', b'"'), (b',', b',')] {
        let mut at = 0;
        while let Some(from) = seed[at..].iter().position(|byte| *byte == open).map(|from| at + from) {
            let Some(to) = seed[from + 1..].iter().position(|byte| *byte == close).map(|to| from + 1 + to) else { break };
            found.push(&seed[from..=to]);
            at = if open == close { to } else { to + 1 };
        }
    }
    found.retain(|part| !part.is_empty() && part.len() < 400);
    found
}

fn damage(dice: &mut Dice, bytes: &mut Vec<u8>, own: &[&[u8]], all: &[&[u8]]) {
    let at = dice.below(bytes.len() + 1);
    let end = (at + dice.below(120)).min(bytes.len());
    match dice.below(9) {
        0 if at < bytes.len() => bytes[at] = u8::try_from(dice.below(256)).unwrap_or(0),
        1 => bytes.truncate(at.max(1)),
        2 => drop(bytes.splice(at..at, dice.of(&PIECES).iter().copied())),
        3 => {
            let copy = bytes[at..end].repeat(1 + dice.below(8));
            drop(bytes.splice(at..at, copy));
        }
        4 => drop(bytes.drain(at..end)),
        // A part of the list put where another one stands, or repeated until it nests or overflows.
        5 => drop(bytes.splice(at..end, dice.of(own).iter().copied())),
        6 => {
            let part = dice.of(own).repeat(1 + dice.below(60));
            drop(bytes.splice(at..at, part));
        }
        7 => drop(bytes.splice(at..at, dice.of(all).iter().copied())),
        // Every number becomes an extreme one.
        _ => bytes.iter_mut().filter(|byte| byte.is_ascii_digit()).for_each(|byte| *byte = b'9'),
    }
    bytes.truncate(16 << 10);
}

#[test]
fn damaged_lists_are_read_in_bounds() {
    let number = |name: &str, default: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (runs, mut dice) = (number("BONAFIDE_FUZZ_RUNS", 9_000), Dice(number("BONAFIDE_FUZZ_SEED", 1)));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/lists");
    let names =
        ["un.xml", "ofac_advanced.xml", "ofac_plain.xml", "eu_fsf.xml", "uk.xml", "uk_csv.csv", "own.csv", "ftm.jsonl", "ofac_csv/sdn.csv"];
    let seeds: Vec<Vec<u8>> = names.iter().map(|name| std::fs::read(folder.join(name)).unwrap()).collect();
    let companions: Vec<Vec<u8>> =
        ["ofac_csv/alt.csv", "ofac_csv/add.csv"].iter().map(|name| std::fs::read(folder.join(name)).unwrap()).collect();
    let own: Vec<Vec<&[u8]>> = seeds.iter().map(|seed| parts(seed)).collect();
    let all: Vec<&[u8]> = own.concat();
    let limits = ListLimits { record_bytes: 1 << 14, entries: 1_000, troubles: 20, ..ListLimits::default() };
    let (mut told, mut slowest) = (BTreeMap::<&str, (u64, u64)>::new(), BTreeMap::<&str, u128>::new());
    for run in 0..runs {
        let which = usize::try_from(run).unwrap_or(0) % seeds.len();
        let mut bytes = seeds[which].clone();
        for _ in 0..1 + dice.below(6) {
            damage(&mut dice, &mut bytes, &own[which], &all);
        }
        let mut files: Vec<(&str, &[u8])> = vec![(names[which], bytes.as_slice())];
        if which == 8 {
            files.extend(companions.iter().map(|companion| ("companion.csv", companion.as_slice())));
        }
        let size: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
        let began = std::time::Instant::now();
        let read = read_parts(&files, &mut Files::default(), &limits);
        let slow = slowest.entry(names[which]).or_default();
        *slow = (*slow).max(began.elapsed().as_micros());
        let told = told.entry(names[which]).or_default();
        told.0 += 1;
        if let Ok(list) = read {
            told.1 += 1;
            let rows = list.entries.len()
                + list.names.len()
                + list.identifiers.len()
                + list.addresses.len()
                + list.dates.len()
                + list.programmes.len();
            assert!(list.entries.len() <= 1_000 && list.troubles.len() <= 24 && rows <= size, "{} rows of {size} bytes", rows);
        }
    }
    for (name, (runs, read)) in told {
        println!("{name:<20} {runs:>9} runs, {read:>9} still lists, slowest {} µs", slowest[name]);
    }
}
