//! FIFO: the coin that came in first leaves first. Lossless: every unit keeps the address it set out from.
//!
//! Must not know who holds an address.

use crate::flow::{Role, Step};
use crate::haircut::{Lanes, Totals};
use crate::lane::bits;
use std::collections::VecDeque;

/// Some coin and the source it left: `None` for coin of no labelled source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parcel {
    /// Id of the source address.
    pub source: Option<u32>,
    /// In 10^-18.
    pub amount: u128,
}

/// The state of a FIFO run. Clone it as a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fifo {
    queues: Vec<VecDeque<Parcel>>,
    parcels: usize,
    limit: usize,
    totals: Totals,
    unexplained: u128,
}

impl Fifo {
    /// `balances` as for [`crate::haircut::Haircut::new`]; no more than `limit` parcels are held at once.
    #[must_use]
    pub fn new(balances: &[u128], limit: usize) -> Self {
        let queue = |amount: &u128| (*amount > 0).then_some(Parcel { source: None, amount: *amount }).into_iter().collect();
        let queues: Vec<VecDeque<Parcel>> = balances.iter().map(queue).collect();
        Self { parcels: queues.iter().map(VecDeque::len).sum(), queues, limit, totals: Totals::default(), unexplained: 0 }
    }

    /// Makes room for addresses that appear later.
    pub fn grow(&mut self, addresses: usize) {
        self.queues.resize(addresses.max(self.queues.len()), VecDeque::new());
    }

    /// Takes one step and puts what moved into `moved`, oldest first. `false`: the parcel limit is reached, nothing was done
    /// and the run must stop here.
    #[must_use]
    pub fn step(&mut self, roles: &[Role], step: Step, moved: &mut Vec<Parcel>) -> bool {
        moved.clear();
        if step.giver == step.taker {
            return true;
        }
        if self.parcels >= self.limit {
            return false;
        }
        let giver = roles[step.giver];
        if giver.absorbs {
            #[allow(clippy::cast_possible_truncation)] // ids are u32
            moved.push(Parcel { source: (giver.source != 0).then_some(step.giver as u32), amount: step.amount });
            bits(giver.source).for_each(|lane| self.totals.issued[lane] += step.amount);
        } else {
            self.take(step, moved);
        }
        if roles[step.taker].absorbs {
            for parcel in moved.iter() {
                let lanes = parcel.source.map_or(0, |source| roles[source as usize].source);
                bits(lanes).for_each(|lane| self.totals.absorbed[lane] += parcel.amount);
            }
        } else {
            self.put(step.taker, moved);
        }
        true
    }

    fn take(&mut self, step: Step, moved: &mut Vec<Parcel>) {
        let queue = &mut self.queues[step.giver];
        let mut left = step.amount;
        while let Some(first) = queue.front_mut().filter(|_| left > 0) {
            let amount = first.amount.min(left);
            left -= amount;
            moved.push(Parcel { source: first.source, amount });
            if amount == first.amount {
                queue.pop_front();
                self.parcels -= 1;
            } else {
                first.amount -= amount;
            }
        }
        if left > 0 {
            self.unexplained += left;
            moved.push(Parcel { source: None, amount: left });
        }
    }

    fn put(&mut self, taker: usize, moved: &[Parcel]) {
        let queue = &mut self.queues[taker];
        for parcel in moved {
            match queue.back_mut() {
                Some(last) if last.source == parcel.source => last.amount += parcel.amount,
                _ => {
                    queue.push_back(*parcel);
                    self.parcels += 1;
                }
            }
        }
    }

    /// What an address holds, oldest first.
    pub fn held(&self, address: usize) -> impl Iterator<Item = &Parcel> {
        self.queues[address].iter()
    }

    /// Sums over all addresses; nothing is ever dropped.
    #[must_use]
    pub fn totals(&self, roles: &[Role]) -> Totals {
        let mut held = Lanes::default();
        for parcel in self.queues.iter().flatten() {
            let lanes = parcel.source.map_or(0, |source| roles[source as usize].source);
            bits(lanes).for_each(|lane| held[lane] += parcel.amount);
        }
        Totals { held, ..self.totals }
    }

    /// Coin that was spent without having come in.
    #[must_use]
    pub fn unexplained(&self) -> u128 {
        self.unexplained
    }
}
