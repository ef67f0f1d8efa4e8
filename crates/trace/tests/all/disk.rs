//! A ledger on disk is the ledger in memory, however it was split, and what is torn or altered is never used.

use bonafide_facts::Files;
use bonafide_trace::disk::{Counted, MANIFEST, Store, balances, load};
use bonafide_trace::flow::{final_balances, roles, steps};
use bonafide_trace::haircut::Haircut;
use bonafide_trace::{Direction, Label, Labels, Lane, Ledger, RawTransfer, Segment};
use proptest::prelude::*;
use std::path::Path;

const NAMES: [&str; 8] = ["A", "B", "C", "D", "E", "F", "a b%", "ü"];

/// Day, giver, taker, amount, asset, transaction.
type Rows = Vec<(i64, usize, usize, u64, usize, usize)>;

fn rows() -> impl Strategy<Value = Rows> {
    proptest::collection::vec((0..12_i64, 0..8_usize, 0..8_usize, 1..1_000_u64, 0..2_usize, 0..40_usize), 1..60)
}

fn raw(rows: &Rows, first: usize) -> Vec<RawTransfer<'static>> {
    const HASHES: [&str; 40] = {
        let mut all = [""; 40];
        let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN";
        let mut place = 0;
        while place < 40 {
            all[place] = letters.split_at(place).1.split_at(1).0;
            place += 1;
        }
        all
    };
    (first..)
        .zip(rows)
        .map(|(row, (day, from, to, amount, asset, transaction))| RawTransfer {
            chain: "ethereum",
            asset: ["ETH", "U S%D"][*asset],
            from: NAMES[*from],
            to: NAMES[*to],
            at: Some(*day),
            transaction: Some(HASHES[*transaction]),
            log_index: Some(1),
            amount: i128::from(*amount),
            usd: amount.is_multiple_of(3).then_some(i128::from(*amount)),
            row: i64::try_from(row).unwrap(),
            ..RawTransfer::default()
        })
        .collect()
}

fn add(folder: &Path, transfers: &[RawTransfer<'_>]) {
    let mut store = Store::open(folder).unwrap();
    let mut builder = store.builder().unwrap();
    transfers.iter().for_each(|transfer| builder.add(transfer));
    let mut files = store.files();
    if files.names().is_empty() {
        files.add("a file\nwith a name");
    }
    store.add(builder.finish(), &files).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn splitting_anywhere_gives_the_same(rows in rows(), cuts in proptest::collection::vec(0..60_usize, 0..4), in_order in any::<bool>()) {
        let mut rows = rows;
        if in_order {
            rows.sort_by_key(|row| row.0);
        }
        let all = raw(&rows, 1);
        let whole = Ledger::build(all.iter().copied());
        let folder = tempfile::tempdir().unwrap();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(all.len())).chain([0, all.len()]).collect();
        cuts.sort_unstable();
        for pair in cuts.windows(2) {
            add(folder.path(), &all[pair[0]..pair[1]]);
        }
        let (loaded, files) = load(folder.path()).unwrap();
        prop_assert_eq!(&loaded.segments, &whole.segments);
        prop_assert_eq!(files.names(), ["a file\nwith a name"]);
        for segment in &whole.segments {
            let kept = balances(folder.path(), &segment.chain, &segment.asset).unwrap();
            prop_assert_eq!(kept, final_balances(segment, segment.len()), "the checkpoint is what a recount gives");
        }
    }

    #[test]
    fn a_flipped_bit_or_a_torn_end_is_never_used(rows in rows(), file in 0..8_usize, at in 0..100_000_usize, bit in 0..8_u8, torn in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        add(folder.path(), &raw(&rows, 1));
        let before = load(folder.path()).unwrap().0.segments;
        let mut paths: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let path = &paths[file % paths.len()];
        let mut bytes = std::fs::read(path).unwrap();
        let at = at % bytes.len();
        if torn { bytes.truncate(at) } else { bytes[at] ^= 1 << bit }
        std::fs::write(path, bytes).unwrap();
        match load(folder.path()) {
            // A checkpoint is not needed to read, and a manifest may lose its last line end.
            Ok((ledger, _)) => {
                let name = path.file_name().unwrap().to_string_lossy();
                prop_assert!(name.ends_with(".balances") || name == MANIFEST, "{name} was altered and used");
                prop_assert_eq!(ledger.segments, before);
            }
            Err(trouble) => prop_assert!(["ledger-damaged", "ledger-version"].contains(&trouble.code.as_str()), "{trouble}"),
        }
    }
}

fn labels(names: &[(&str, Lane)]) -> Labels {
    let mut labels = Labels::default();
    names.iter().for_each(|(address, lane)| labels.add(address, Label { lane: *lane, ..Label::default() }));
    labels
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn lanes_counted_day_by_day_are_those_counted_at_once(
        rows in rows(), cuts in proptest::collection::vec(0..60_usize, 0..4), in_order in any::<bool>(), floor in 0..40_u128, file in 0..16_usize, at in 0..9_999_usize
    ) {
        let mut rows = rows;
        if in_order {
            rows.sort_by_key(|row| row.0);
        }
        let all = raw(&rows, 1);
        let whole = Ledger::build(all.iter().copied());
        let known = labels(&[("A", Lane::Theft), ("C", Lane::Mixer), ("F", Lane::Exchange)]);
        let folder = tempfile::tempdir().unwrap();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(all.len())).chain([0, all.len()]).collect();
        cuts.sort_unstable();
        for pair in cuts.windows(2) {
            add(folder.path(), &all[pair[0]..pair[1]]);
            Store::open(folder.path()).unwrap().haircut(&known, floor).unwrap();
        }
        let scratch = |segment: &Segment, labels: &Labels| {
            let mut haircut = Haircut::new(&vec![0; segment.address_count()], floor);
            haircut.run(&roles(segment, labels), steps(segment, Direction::From, 0..segment.len()));
            haircut
        };
        let find = |counted: &[Counted], segment: &Segment| counted.iter().find(|one| one.asset == segment.asset).cloned().unwrap();
        let (counted, troubles) = Store::open(folder.path()).unwrap().haircut(&known, floor).unwrap();
        prop_assert!(troubles.is_empty() && counted.iter().all(|one| one.counted == 0), "all lies before the checkpoint");
        for segment in &whole.segments {
            prop_assert_eq!(find(&counted, segment).haircut, scratch(segment, &known));
        }
        // A label more: what was kept counts for nothing.
        let more = labels(&[("A", Lane::Theft), ("B", Lane::Theft), ("C", Lane::Mixer), ("F", Lane::Exchange)]);
        let (counted, _) = Store::open(folder.path()).unwrap().haircut(&more, floor).unwrap();
        for segment in &whole.segments {
            prop_assert_eq!(find(&counted, segment).haircut, scratch(segment, &more));
        }
        // One bit wrong: it is told, and counted again.
        let mut kept: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        kept.retain(|path| path.extension().is_some_and(|ending| ending == "lanes"));
        kept.sort();
        let path = &kept[file % kept.len()];
        let mut bytes = std::fs::read(path).unwrap();
        let at = at % bytes.len();
        bytes[at] ^= 1 << (file % 8);
        std::fs::write(path, bytes).unwrap();
        let (counted, troubles) = Store::open(folder.path()).unwrap().haircut(&more, floor).unwrap();
        prop_assert_eq!(troubles.iter().map(|trouble| trouble.code.as_str()).collect::<Vec<_>>(), ["checkpoint-rebuilt"]);
        for segment in &whole.segments {
            prop_assert_eq!(find(&counted, segment).haircut, scratch(segment, &more));
        }
    }
}

#[test]
fn a_later_day_is_counted_alone() {
    let folder = tempfile::tempdir().unwrap();
    let known = labels(&[("A", Lane::Theft)]);
    add(folder.path(), &raw(&vec![(1, 0, 1, 10, 0, 0), (2, 1, 2, 4, 0, 1)], 1));
    assert_eq!(Store::open(folder.path()).unwrap().haircut(&known, 0).unwrap().0[0].counted, 2);
    add(folder.path(), &raw(&vec![(3, 2, 3, 3, 0, 2)], 3));
    let (counted, _) = Store::open(folder.path()).unwrap().haircut(&known, 0).unwrap();
    assert_eq!(counted[0].counted, 1);
    assert_eq!(counted[0].haircut.held(counted[0].segment.find("D").unwrap())[Lane::Theft.index()], 3);
}

#[test]
fn a_damaged_checkpoint_is_counted_again() {
    let folder = tempfile::tempdir().unwrap();
    let rows: Rows = vec![(1, 0, 1, 10, 0, 0), (2, 1, 2, 7, 0, 1)];
    add(folder.path(), &raw(&rows, 1));
    let path = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|ending| ending == "balances"))
        .unwrap();
    std::fs::write(&path, [0xff; 48]).unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    let mut builder = store.builder().unwrap();
    raw(&vec![(3, 2, 3, 5, 0, 2)], 3).iter().for_each(|transfer| builder.add(transfer));
    let (added, troubles) = store.add(builder.finish(), &Files::default()).unwrap();
    assert_eq!((added.transfers, added.appended, added.rewritten), (1, 1, 0), "a later day is a part of its own");
    assert_eq!(troubles.iter().map(|trouble| trouble.code.as_str()).collect::<Vec<_>>(), ["checkpoint-rebuilt"]);
    let segment = &load(folder.path()).unwrap().0.segments[0];
    assert_eq!(balances(folder.path(), "ethereum", "ETH").unwrap(), final_balances(segment, segment.len()));
}
