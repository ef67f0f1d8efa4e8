//! FIFO: the coin that came in first leaves first. Lossless: every unit keeps the address it set out from.
//!
//! Each address has a ring of lots, oldest first, and all rings lie in one block: no allocation a transfer. Lots of one
//! source that meet become one. Must not know who holds an address.

use crate::flow::{Role, Step};
use crate::haircut::{Lanes, Totals};
use crate::lane::bits;
use std::hint::black_box;

/// Some coin and the source it left: `None` for coin of no labelled source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parcel {
    /// Id of the source address.
    pub source: Option<u32>,
    /// In 10^-18.
    pub amount: u128,
}

/// Stands for no labelled source; ids lie below it.
const NONE: u32 = u32::MAX;
/// Rings lie at u32 places, and rooms are doubled: no more lots than this are held at once.
const MOST: usize = 1 << 29;

/// Steps whose places in memory are asked for together.
const BATCH: usize = 64;

/// A parcel in 24 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Lot {
    low: u64,
    high: u64,
    source: u32,
}

impl Lot {
    #[allow(clippy::cast_possible_truncation)] // the two halves
    fn new(source: u32, amount: u128) -> Self {
        Self { low: amount as u64, high: (amount >> 64) as u64, source }
    }

    fn amount(self) -> u128 {
        u128::from(self.high) << 64 | u128::from(self.low)
    }

    fn parcel(self) -> Parcel {
        Parcel { source: Some(self.source).filter(|source| *source != NONE), amount: self.amount() }
    }
}

/// A ring of `room` lots (a power of two, or none) from `start` on: `count` of them from `first`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(align(16))]
struct Ring {
    start: u32,
    room: u32,
    first: u32,
    count: u32,
}

impl Ring {
    /// Where its lot at `place` (the oldest is 0) lies.
    fn at(self, place: u32) -> usize {
        self.start as usize + (self.first.wrapping_add(place) & (self.room - 1)) as usize
    }
}

/// The state of a FIFO run. Clone it as a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fifo {
    rings: Vec<Ring>,
    lots: Vec<Lot>,
    /// Starts of rings given up, by the power of two of their room.
    free: Vec<Vec<u32>>,
    held: usize,
    limit: usize,
    totals: Totals,
    unexplained: u128,
}

impl Fifo {
    /// `balances` as for [`crate::haircut::Haircut::new`]; no more than `limit` parcels are held at once.
    #[must_use]
    pub fn new(balances: &[u128], limit: usize) -> Self {
        let mut fifo = Self {
            rings: vec![Ring::default(); balances.len()],
            lots: Vec::new(),
            free: vec![Vec::new(); 33],
            held: 0,
            limit: limit.min(MOST),
            totals: Totals::default(),
            unexplained: 0,
        };
        for (id, balance) in balances.iter().enumerate().filter(|(_, balance)| **balance > 0) {
            fifo.put(id, &[Parcel { source: None, amount: *balance }]);
        }
        fifo
    }

    /// Makes room for addresses that appear later.
    pub fn grow(&mut self, addresses: usize) {
        self.rings.resize(addresses.max(self.rings.len()), Ring::default());
    }

    /// Takes one step and puts what moved into `moved`, oldest first. `false`: the parcel limit is reached, nothing was done
    /// and the run must stop here.
    #[must_use]
    #[inline]
    pub fn step(&mut self, roles: &[Role], step: Step, moved: &mut Vec<Parcel>) -> bool {
        moved.clear();
        if step.giver == step.taker {
            return true;
        }
        if self.held >= self.limit {
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

    /// Takes all steps, without telling what each moved. `false`: the parcel limit was reached and the run stopped there.
    #[must_use]
    pub fn run(&mut self, roles: &[Role], mut steps: impl Iterator<Item = Step>) -> bool {
        let (mut batch, mut moved) = (Vec::with_capacity(BATCH), Vec::new());
        loop {
            batch.clear();
            batch.extend(steps.by_ref().take(BATCH));
            if batch.is_empty() {
                return true;
            }
            // Asked for side by side, the places of a batch arrive in the time of one.
            let place = |id: usize| self.rings[id].count ^ u32::from(roles[id].source);
            black_box(batch.iter().fold(0, |all, step: &Step| all ^ place(step.giver) ^ place(step.taker)));
            let lot = |ring: Ring, place: u32| if ring.room > 0 { self.lots[ring.at(place)].low } else { 0 };
            black_box(batch.iter().fold(0, |all, step| {
                let (giver, taker) = (self.rings[step.giver], self.rings[step.taker]);
                all ^ lot(giver, 0) ^ lot(taker, taker.count.wrapping_sub(1))
            }));
            if !batch.iter().all(|step| self.step(roles, *step, &mut moved)) {
                return false;
            }
        }
    }

    #[inline]
    fn take(&mut self, step: Step, moved: &mut Vec<Parcel>) {
        let ring = &mut self.rings[step.giver];
        let mut left = step.amount;
        let mut whole = 0;
        while left > 0 && whole < ring.count {
            let lot = &mut self.lots[ring.at(whole)];
            let amount = lot.amount();
            if amount > left {
                *lot = Lot::new(lot.source, amount - left);
                moved.push(Parcel { amount: left, ..lot.parcel() });
                left = 0;
            } else {
                left -= amount;
                moved.push(lot.parcel());
                whole += 1;
            }
        }
        ring.first = ring.first.wrapping_add(whole);
        ring.count -= whole;
        self.held -= whole as usize;
        if left > 0 {
            self.unexplained += left;
            moved.push(Parcel { source: None, amount: left });
        }
    }

    #[inline]
    fn put(&mut self, taker: usize, moved: &[Parcel]) {
        let needed = self.rings[taker].count as usize + moved.len();
        if needed > self.rings[taker].room as usize {
            self.widen(taker, needed);
        }
        let ring = &mut self.rings[taker];
        let before = ring.count;
        let mut last = if before > 0 { Some(ring.at(before - 1)) } else { None };
        for parcel in moved {
            let source = parcel.source.unwrap_or(NONE);
            match last.map(|last| &mut self.lots[last]) {
                Some(lot) if lot.source == source => *lot = Lot::new(source, lot.amount() + parcel.amount),
                _ => {
                    let place = ring.at(ring.count);
                    self.lots[place] = Lot::new(source, parcel.amount);
                    ring.count += 1;
                    last = Some(place);
                }
            }
        }
        self.held += (ring.count - before) as usize;
    }

    /// Moves a ring to where `needed` lots have room.
    #[cold]
    #[allow(clippy::cast_possible_truncation)] // places and rooms are u32: `MOST`
    fn widen(&mut self, id: usize, needed: usize) {
        let old = self.rings[id];
        let room = needed.next_power_of_two().max(4);
        let start = self.free[room.trailing_zeros() as usize].pop().unwrap_or_else(|| {
            self.lots.resize(self.lots.len() + room, Lot::default());
            (self.lots.len() - room) as u32
        });
        for place in 0..old.count {
            self.lots[start as usize + place as usize] = self.lots[old.at(place)];
        }
        if old.room > 0 {
            self.free[old.room.trailing_zeros() as usize].push(old.start);
        }
        self.rings[id] = Ring { start, room: room as u32, first: 0, count: old.count };
    }

    /// What an address holds, oldest first.
    pub fn held(&self, address: usize) -> impl Iterator<Item = Parcel> {
        let ring = self.rings[address];
        (0..ring.count).map(move |place| self.lots[ring.at(place)].parcel())
    }

    /// Sums over all addresses; nothing is ever dropped.
    #[must_use]
    pub fn totals(&self, roles: &[Role]) -> Totals {
        let mut held = Lanes::default();
        for parcel in (0..self.rings.len()).flat_map(|address| self.held(address)) {
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
