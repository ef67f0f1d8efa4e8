//! Haircut: coin that leaves an address carries each lane in the proportion it is held, eight lanes at once, in whole units.
//!
//! Rounding is down and stays with the giver, so nothing is made or lost. A share below the floor is not followed; what is
//! dropped that way is counted. Must not know who holds an address.

use crate::amount::share_of;
use crate::flow::{Role, Step};
use crate::lane::{Lane, bits};

/// Amounts in the eight traced lanes, 10^-18 each.
pub type Lanes = [u128; Lane::TRACED];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Held {
    balance: u128,
    mask: u8,
    lanes: Lanes,
}

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Haircut {
    floor: u128,
    held: Vec<Held>,
    totals: Totals,
    unexplained: u128,
}

impl Haircut {
    /// `balances` is what each address holds before the first step (zeros forward, [`crate::flow::final_balances`] backward);
    /// shares below `floor` (10^-18) are not followed.
    #[must_use]
    pub fn new(balances: &[u128], floor: u128) -> Self {
        let held = balances.iter().map(|balance| Held { balance: *balance, ..Held::default() }).collect();
        Self { floor, held, totals: Totals::default(), unexplained: 0 }
    }

    /// Makes room for addresses that appear later.
    pub fn grow(&mut self, addresses: usize) {
        self.held.resize(addresses.max(self.held.len()), Held::default());
    }

    /// Takes one step; fills `moved` and returns the lanes (bits) in which something moved. `moved` is only meaningful there.
    #[inline]
    pub fn step(&mut self, roles: &[Role], step: Step, moved: &mut Lanes) -> u8 {
        if step.giver == step.taker {
            return 0;
        }
        let (giver_role, taker_role) = (roles[step.giver], roles[step.taker]);
        let mut lanes = 0;
        if giver_role.absorbs {
            lanes = giver_role.source;
            for lane in bits(lanes) {
                moved[lane] = step.amount;
                self.totals.issued[lane] += step.amount;
            }
        } else {
            let giver = &mut self.held[step.giver];
            if giver.balance < step.amount {
                self.unexplained += step.amount - giver.balance;
                giver.balance = step.amount;
            }
            if giver.mask != 0 {
                lanes = part(giver, step.amount, self.floor, moved, &mut self.totals.dropped);
            }
            giver.balance -= step.amount;
        }
        if taker_role.absorbs {
            bits(lanes).for_each(|lane| self.totals.absorbed[lane] += moved[lane]);
        } else {
            let taker = &mut self.held[step.taker];
            taker.balance += step.amount;
            taker.mask |= lanes;
            bits(lanes).for_each(|lane| taker.lanes[lane] += moved[lane]);
        }
        lanes
    }

    /// What an address holds of each lane now.
    #[must_use]
    pub fn held(&self, address: usize) -> Lanes {
        self.held[address].lanes
    }

    /// Sums over all addresses.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let mut totals = self.totals;
        for held in &self.held {
            bits(held.mask).for_each(|lane| totals.held[lane] += held.lanes[lane]);
        }
        totals
    }

    /// Coin that was spent without having come in by the given transfers: unexplained, not clean.
    #[must_use]
    pub fn unexplained(&self) -> u128 {
        self.unexplained
    }
}

/// Takes the giver's part of each lane out of `giver` into `moved`; returns the lanes that move.
#[inline]
fn part(giver: &mut Held, amount: u128, floor: u128, moved: &mut Lanes, dropped: &mut Lanes) -> u8 {
    let mut lanes = 0;
    for lane in bits(giver.mask) {
        let share = share_of(giver.lanes[lane], amount, giver.balance);
        giver.lanes[lane] -= share;
        if giver.lanes[lane] == 0 {
            giver.mask &= !(1 << lane);
        }
        if share >= floor.max(1) {
            moved[lane] = share;
            lanes |= 1 << lane;
        } else {
            dropped[lane] += share;
        }
    }
    lanes
}
