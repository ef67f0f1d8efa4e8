//! Haircut: coin that leaves an address carries each lane in the proportion it is held, eight lanes at once, in whole units.
//!
//! Rounding is down and stays with the giver, so nothing is made or lost. A share below the floor is not followed; what is
//! dropped that way is counted. Must not know who holds an address.

use crate::amount::Ratio;
use crate::flow::{Role, Step};
use crate::lane::{Lane, bits};
use std::hint::black_box;

/// Amounts in the eight traced lanes, 10^-18 each.
pub type Lanes = [u128; Lane::TRACED];

/// Steps whose places in memory are asked for together.
const BATCH: usize = 64;

/// An address: what it holds, and where its lanes lie. Most never hold labelled coin and have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(align(32))]
struct Held {
    balance: u128,
    /// Place in `Haircut::tainted`; 0 for none.
    lanes: u32,
}

/// The lanes of one address, in two cache lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(align(64))]
struct Tainted(Lanes);

/// Where labelled coin is, in sum over all addresses: `issued = absorbed + dropped + held`, always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Left the sources.
    pub issued: Lanes,
    /// Reached an address that keeps it: exchange, service, another source, burn address.
    pub absorbed: Lanes,
    /// Fell below the floor.
    pub dropped: Lanes,
    /// Still held.
    pub held: Lanes,
}

/// The state of a haircut run. Clone it as a checkpoint: later transfers go on from there.
#[derive(Debug, Clone)]
pub struct Haircut {
    floor: u128,
    held: Vec<Held>,
    /// The first is nobody's.
    tainted: Vec<Tainted>,
    totals: Totals,
    unexplained: u128,
}

impl PartialEq for Haircut {
    fn eq(&self, other: &Self) -> bool {
        let same = |id: usize| self.held[id].balance == other.held[id].balance && self.held(id) == other.held(id);
        (self.floor, self.totals, self.unexplained) == (other.floor, other.totals, other.unexplained)
            && self.held.len() == other.held.len()
            && (0..self.held.len()).all(same)
    }
}

impl Haircut {
    /// `balances` is what each address holds before the first step (zeros forward, [`crate::flow::final_balances`] backward);
    /// shares below `floor` (10^-18) are not followed.
    #[must_use]
    pub fn new(balances: &[u128], floor: u128) -> Self {
        let held = balances.iter().map(|balance| Held { balance: *balance, lanes: 0 }).collect();
        Self { floor, held, tainted: vec![Tainted::default()], totals: Totals::default(), unexplained: 0 }
    }

    /// Makes room for addresses that appear later.
    pub fn grow(&mut self, addresses: usize) {
        self.held.resize(addresses.max(self.held.len()), Held::default());
    }

    /// Takes all steps, without telling what each moved.
    pub fn run(&mut self, roles: &[Role], mut steps: impl Iterator<Item = Step>) {
        let (mut batch, mut moved) = (Vec::with_capacity(BATCH), Lanes::default());
        loop {
            batch.clear();
            batch.extend(steps.by_ref().take(BATCH));
            if batch.is_empty() {
                return;
            }
            // Asked for side by side, the places of a batch arrive in the time of one.
            let place = |id: usize| self.held[id].lanes ^ u32::from(roles[id].source);
            black_box(batch.iter().fold(0, |all, step: &Step| all ^ place(step.giver) ^ place(step.taker)));
            let row = |id: usize| &self.tainted[self.held[id].lanes as usize].0;
            let both = |id: usize| row(id)[0] ^ row(id)[4];
            black_box(batch.iter().fold(0, |all, step| all ^ both(step.giver) ^ both(step.taker)));
            for step in &batch {
                self.step(roles, *step, &mut moved);
            }
        }
    }

    /// Takes one step; fills `moved` and returns the lanes (bits) in which something moved. `moved` is only meaningful there.
    #[inline]
    pub fn step(&mut self, roles: &[Role], step: Step, moved: &mut Lanes) -> u8 {
        if step.giver == step.taker {
            return 0;
        }
        let (giver, taker) = (roles[step.giver], roles[step.taker]);
        let lanes = if giver.absorbs { self.issue(giver.source, step.amount, moved) } else { self.give(step, moved) };
        if taker.absorbs {
            bits(lanes).for_each(|lane| self.totals.absorbed[lane] += moved[lane]);
        } else {
            self.take(step, lanes, moved);
        }
        lanes
    }

    #[inline]
    fn issue(&mut self, source: u8, amount: u128, moved: &mut Lanes) -> u8 {
        if source != 0 {
            *moved = Lanes::default();
        }
        for lane in bits(source) {
            moved[lane] = amount;
            self.totals.issued[lane] += amount;
        }
        source
    }

    /// Takes the giver's part of each lane into `moved`; returns the lanes that move.
    #[inline]
    fn give(&mut self, step: Step, moved: &mut Lanes) -> u8 {
        let giver = &mut self.held[step.giver];
        if giver.balance < step.amount {
            self.unexplained += step.amount - giver.balance;
            giver.balance = step.amount;
        }
        let whole = giver.balance;
        giver.balance -= step.amount;
        if giver.lanes == 0 {
            return 0;
        }
        let Tainted(held) = &mut self.tainted[giver.lanes as usize];
        if giver.balance == 0 {
            *moved = std::mem::take(held);
        } else {
            let ratio = Ratio::new(step.amount, whole);
            for (held, moved) in held.iter_mut().zip(moved.iter_mut()) {
                *moved = ratio.of(*held);
                *held = held.wrapping_sub(*moved);
            }
        }
        if self.floor > 1 {
            for (share, dropped) in moved.iter_mut().zip(&mut self.totals.dropped).filter(|(share, _)| **share < self.floor) {
                *dropped += std::mem::take(share);
            }
        }
        (0..Lane::TRACED).fold(0, |lanes, lane| lanes | u8::from(moved[lane] != 0) << lane)
    }

    #[inline]
    fn take(&mut self, step: Step, lanes: u8, moved: &Lanes) {
        let taker = &mut self.held[step.taker];
        taker.balance += step.amount;
        if lanes == 0 {
            return;
        }
        if taker.lanes == 0 {
            #[allow(clippy::cast_possible_truncation)] // one at most for each address, whose ids are u32
            {
                taker.lanes = self.tainted.len() as u32;
            }
            self.tainted.push(Tainted(*moved));
            return;
        }
        let Tainted(held) = &mut self.tainted[taker.lanes as usize];
        // A lane is never more than the balance.
        held.iter_mut().zip(moved).for_each(|(held, moved)| *held = held.wrapping_add(*moved));
    }

    /// What an address holds of each lane now.
    #[must_use]
    pub fn held(&self, address: usize) -> Lanes {
        self.tainted[self.held[address].lanes as usize].0
    }

    /// Sums over all addresses.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let mut totals = self.totals;
        for Tainted(lanes) in &self.tainted {
            totals.held.iter_mut().zip(lanes).for_each(|(sum, held)| *sum += held);
        }
        totals
    }

    /// Addresses there is room for.
    #[must_use]
    pub fn addresses(&self) -> usize {
        self.held.len()
    }

    /// Numbers in the sums of [`Self::state`]: floor, unexplained, and three for each lane.
    pub(crate) const SUMS: usize = 2 + 3 * Lane::TRACED;

    /// The whole of it: balances and places of lanes by address, the lanes, the sums.
    pub(crate) fn state(&self) -> (Vec<u128>, Vec<u32>, Vec<Lanes>, Vec<u128>) {
        let (balances, lanes) = self.held.iter().map(|held| (held.balance, held.lanes)).unzip();
        let Totals { issued, absorbed, dropped, .. } = self.totals;
        let sums = [self.floor, self.unexplained].into_iter().chain(issued).chain(absorbed).chain(dropped);
        (balances, lanes, self.tainted.iter().map(|Tainted(lanes)| *lanes).collect(), sums.collect())
    }

    /// From [`Self::state`]; `None` when the numbers cannot be of one state.
    pub(crate) fn of_state(balances: &[u128], lanes: &[u32], rows: &[Lanes], sums: &[u128]) -> Option<Self> {
        let held = |(balance, lanes): (&u128, &u32)| Held { balance: *balance, lanes: *lanes };
        let [floor, unexplained, lanes_of @ ..] = sums else { return None };
        let [issued, absorbed, dropped] = lanes_of.as_chunks::<{ Lane::TRACED }>().0 else { return None };
        let fits = balances.len() == lanes.len() && !rows.is_empty() && lanes.iter().all(|place| (*place as usize) < rows.len());
        fits.then(|| Self {
            floor: *floor,
            held: balances.iter().zip(lanes).map(held).collect(),
            tainted: rows.iter().map(|row| Tainted(*row)).collect(),
            totals: Totals { issued: *issued, absorbed: *absorbed, dropped: *dropped, held: Lanes::default() },
            unexplained: *unexplained,
        })
    }

    /// Coin that was spent without having come in by the given transfers: unexplained, not clean.
    #[must_use]
    pub fn unexplained(&self) -> u128 {
        self.unexplained
    }
}
