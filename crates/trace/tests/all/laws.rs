//! What must hold for any transfers at all.

use bonafide_trace::csr::Csr;
use bonafide_trace::fifo::Fifo;
use bonafide_trace::flow::{Role, final_balances, roles, steps};
use bonafide_trace::follow::{Bounds, Ground, Method, Stop, follow};
use bonafide_trace::haircut::{Haircut, Lanes, Totals};
use bonafide_trace::poison::Poison;
use bonafide_trace::{Direction, Label, Labels, Lane, Ledger, RawTransfer, Segment};
use proptest::prelude::*;

const NAMES: [&str; 8] = ["A", "B", "C", "D", "E", "T", "M", "X"];

/// Day, giver, taker, amount.
type Rows = Vec<(i64, usize, usize, u64)>;

fn rows() -> impl Strategy<Value = Rows> {
    proptest::collection::vec((0..20_i64, 0..8_usize, 0..8_usize, 1..1_000_u64), 1..80)
}

fn labels() -> Labels {
    let mut labels = Labels::default();
    for (address, lane) in [("T", Lane::Theft), ("M", Lane::Mixer), ("X", Lane::Exchange)] {
        let label = Label {
            lane,
            name: String::new(),
            source: String::new(),
            chain: String::new(),
            lead_only: false,
            row: 0,
            listed_from: None,
            listed_to: None,
        };
        labels.add(address, label);
    }
    labels
}

fn segment(rows: &Rows) -> Segment {
    let raw = (1_i64..).zip(rows).map(|(row, (day, from, to, amount))| RawTransfer {
        chain: "ethereum",
        asset: "ETH",
        from: NAMES[*from],
        to: NAMES[*to],
        at: Some(*day),
        amount: i128::from(*amount),
        row,
        ..RawTransfer::default()
    });
    Ledger::build(raw).segments.pop().unwrap()
}

/// Every step's movement by the three methods, and the states after all.
struct Run {
    moved: Vec<(Lanes, Lanes, Lanes)>,
    haircut: Haircut,
    fifo: Fifo,
    poison: Poison,
}

fn run(segment: &Segment, roles: &[Role], direction: Direction, floor: u128) -> Run {
    let balances = if direction == Direction::To { final_balances(segment, segment.len()) } else { vec![0; roles.len()] };
    let start = Run {
        moved: Vec::new(),
        haircut: Haircut::new(&balances, floor),
        fifo: Fifo::new(&balances, usize::MAX),
        poison: Poison::new(roles.len()),
    };
    go_on(start, segment, roles, direction, 0..segment.len())
}

fn go_on(mut run: Run, segment: &Segment, roles: &[Role], direction: Direction, range: std::ops::Range<usize>) -> Run {
    let mut parcels = Vec::new();
    for step in steps(segment, direction, range) {
        let (mut moved, mut haircut, mut fifo, mut poison) = (Lanes::default(), Lanes::default(), Lanes::default(), Lanes::default());
        let lanes = run.haircut.step(roles, step, &mut moved);
        let reached = run.poison.step(roles, step);
        assert!(run.fifo.step(roles, step, &mut parcels));
        for lane in 0..Lane::TRACED {
            haircut[lane] = if lanes >> lane & 1 == 1 { moved[lane] } else { 0 };
            poison[lane] = if reached >> lane & 1 == 1 { step.amount } else { 0 };
            let of_lane =
                parcels.iter().filter(|parcel| parcel.source.is_some_and(|source| roles[source as usize].source >> lane & 1 == 1));
            fifo[lane] = of_lane.map(|parcel| parcel.amount).sum();
        }
        run.moved.push((haircut, fifo, poison));
    }
    run
}

fn conserved(totals: &Totals) -> bool {
    (0..Lane::TRACED).all(|lane| totals.issued[lane] == totals.absorbed[lane] + totals.dropped[lane] + totals.held[lane])
}

proptest! {
    #[test]
    fn nothing_is_made_or_lost(rows in rows(), floor in 0..200_u128, back in any::<bool>()) {
        let segment = segment(&rows);
        let roles = roles(&segment, &labels());
        let direction = if back { Direction::To } else { Direction::From };
        let run = run(&segment, &roles, direction, floor);
        prop_assert!(conserved(&run.haircut.totals()), "haircut {:?}", run.haircut.totals());
        prop_assert!(conserved(&run.fifo.totals(&roles)), "FIFO {:?}", run.fifo.totals(&roles));
        if back {
            prop_assert_eq!(run.fifo.unexplained(), 0, "backward, every balance is known");
        }
    }

    #[test]
    fn haircut_and_fifo_agree_in_sum_and_stay_below_poison(rows in rows(), back in any::<bool>()) {
        let segment = segment(&rows);
        let roles = roles(&segment, &labels());
        let run = run(&segment, &roles, if back { Direction::To } else { Direction::From }, 0);
        let (haircut, fifo) = (run.haircut.totals(), run.fifo.totals(&roles));
        prop_assert_eq!(haircut.issued, fifo.issued);
        for lane in 0..Lane::TRACED {
            prop_assert_eq!(haircut.absorbed[lane] + haircut.held[lane], fifo.absorbed[lane] + fifo.held[lane]);
            for (haircut, fifo, poison) in &run.moved {
                prop_assert!(haircut[lane] <= poison[lane] && fifo[lane] <= poison[lane]);
            }
        }
    }

    #[test]
    fn a_later_transfer_changes_nothing_before_it(rows in rows(), more in rows()) {
        let mut longer = rows.clone();
        longer.extend(more.into_iter().map(|(day, from, to, amount)| (day + 20, from, to, amount)));
        let (short, long) = (segment(&rows), segment(&longer));
        let short = run(&short, &roles(&short, &labels()), Direction::From, 0);
        let long = run(&long, &roles(&long, &labels()), Direction::From, 0);
        prop_assert_eq!(&short.moved[..], &long.moved[..short.moved.len()]);
    }

    #[test]
    fn a_checkpoint_anywhere_gives_the_same(rows in rows(), cut in 0..80_usize) {
        let segment = segment(&rows);
        let roles = roles(&segment, &labels());
        let cut = cut.min(segment.len());
        let whole = run(&segment, &roles, Direction::From, 3);
        let zeros = vec![0; roles.len()];
        let mut first = Run { moved: Vec::new(), haircut: Haircut::new(&zeros, 3), fifo: Fifo::new(&zeros, usize::MAX), poison: Poison::new(roles.len()) };
        first = go_on(first, &segment, &roles, Direction::From, 0..cut);
        let checkpoint = Run { moved: first.moved.clone(), haircut: first.haircut.clone(), fifo: first.fifo.clone(), poison: first.poison.clone() };
        let both = go_on(checkpoint, &segment, &roles, Direction::From, cut..segment.len());
        prop_assert_eq!(both.moved, whole.moved);
        prop_assert_eq!((both.haircut, both.fifo, both.poison), (whole.haircut, whole.fifo, whole.poison));
    }

    #[test]
    fn rows_of_one_day_keep_the_order_of_the_input(rows in rows()) {
        let segment = segment(&rows);
        let order: Vec<(i64, i64)> = segment.at.iter().copied().zip(segment.row.iter().copied()).collect();
        prop_assert!(order.is_sorted(), "by time, then by row: {order:?}");
    }
}

proptest! {
    /// Following only what one wallet touches gives what a pass over everything gives, to the unit.
    #[test]
    fn following_one_wallet_equals_a_pass_over_everything(rows in rows(), floor in 0..50_u128, back in any::<bool>(), wallet in 0..5_usize) {
        let segment = segment(&rows);
        let Some(wallet) = segment.find(NAMES[wallet]) else { return Ok(()) };
        let direction = if back { Direction::From } else { Direction::To };
        let known = roles(&segment, &labels());
        let (out, into) = (Csr::build(&segment.from, segment.address_count()), Csr::build(&segment.to, segment.address_count()));
        let ground = Ground { segment: &segment, out: &out, into: &into, roles: &known, horizon: segment.len() };
        let trail = follow(&ground, wallet, direction, Method::Haircut, &Bounds { floor, ..Bounds::default() });
        // The wallet as the only source; a pass back in time runs the other way round than from a label.
        let mut alone: Vec<Role> = known.iter().map(|role| Role { source: 0, absorbs: role.absorbs }).collect();
        alone[wallet] = Role { source: 1, absorbs: true };
        let pass = run(&segment, &alone, if back { Direction::To } else { Direction::From }, floor);
        let totals = pass.haircut.totals();
        let ended = |why: &[Stop]| trail.ends.iter().filter(|end| why.contains(&end.why)).map(|end| end.direct + end.indirect).sum::<u128>();
        prop_assert_eq!(trail.total, totals.issued[0]);
        prop_assert_eq!(ended(&[Stop::Label, Stop::Returned]), totals.absorbed[0]);
        prop_assert_eq!(ended(&[Stop::NoFurther]), totals.held[0]);
        prop_assert_eq!(trail.dropped, totals.dropped[0]);
        prop_assert_eq!(trail.edges.values().map(|edge| edge.amount).sum::<u128>(), pass.moved.iter().map(|(haircut, _, _)| haircut[0]).sum::<u128>());
    }

    /// Every way is a way: it starts at the wallet, each transfer begins where the last ended, in order of time.
    #[test]
    fn ways_are_connected_and_respect_time(rows in rows(), back in any::<bool>(), fifo in any::<bool>()) {
        let segment = segment(&rows);
        let Some(wallet) = segment.find("A") else { return Ok(()) };
        let known = roles(&segment, &labels());
        let (out, into) = (Csr::build(&segment.from, segment.address_count()), Csr::build(&segment.to, segment.address_count()));
        let ground = Ground { segment: &segment, out: &out, into: &into, roles: &known, horizon: segment.len() };
        let direction = if back { Direction::From } else { Direction::To };
        let trail = follow(&ground, wallet, direction, if fifo { Method::Fifo } else { Method::Haircut }, &Bounds { floor: 0, ..Bounds::default() });
        for end in &trail.ends {
            let mut here = wallet;
            let ordered = end.way.is_sorted_by(|a, b| if back { a > b } else { a < b });
            prop_assert!(!end.way.is_empty() && ordered, "in order of time");
            for transfer in &end.way {
                let (from, to) = (segment.from[*transfer] as usize, segment.to[*transfer] as usize);
                let (giver, taker) = if back { (to, from) } else { (from, to) };
                prop_assert_eq!(giver, here);
                here = taker;
            }
            prop_assert_eq!(here, end.address);
        }
        prop_assert_eq!(trail.total, trail.dropped + trail.ends.iter().map(|end| end.direct + end.indirect).sum::<u128>(), "nothing is made or lost");
    }
}
