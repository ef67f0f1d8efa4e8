//! The coin of one wallet, followed back to where it came from or on to where it went, over nothing but the addresses it
//! touches: what arrives where, by which transfers, and where and why following stopped.
//!
//! Time-respecting, bounded by value (the floor) and by work, never by a number of steps. By haircut only the touched
//! addresses are looked at; FIFO and poison need every transfer of the segment. Must not know who holds an address.

mod pool;
mod trail;

use crate::csr::Csr;
use crate::fifo::Fifo;
use crate::flow::{Direction, Role, Step, final_balances, steps};
use crate::poison::Poison;
use crate::segment::Segment;
use pool::Pools;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
pub use trail::{Edge, End, Stop, Trail};

/// How coin that mixes is divided again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// In proportion.
    #[default]
    Haircut,
    /// First in, first out.
    Fifo,
    /// All of it: reach only, an upper bound.
    Poison,
}

impl Method {
    /// `haircut`, `fifo` or `poison`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Haircut => "haircut",
            Self::Fifo => "fifo",
            Self::Poison => "poison",
        }
    }
}

/// What following may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Shares below this are not followed further, in 10^-18 of the asset.
    pub floor: u128,
    /// Transfers looked at, over all addresses.
    pub work: usize,
    /// Parcels that FIFO holds at once.
    pub parcels: usize,
}

impl Bounds {
    /// A ledger of so many transfers is looked through whole.
    pub const SMALL: usize = 2_000_000;

    /// What following may cost unless somebody says otherwise, in a ledger of so many transfers: in a large one no more than keeps
    /// a report on one wallet among ten million transfers near ten milliseconds (docs/guides/trace.md).
    #[must_use]
    pub fn for_ledger(transfers: usize) -> Self {
        // Each transfer is looked at for its giver and for its taker.
        let work = if transfers <= Self::SMALL { 2 * transfers } else { 0 };
        Self { floor: 1_000_000_000_000, work: work.max(8_000), parcels: 20_000_000 }
    }
}

impl Default for Bounds {
    /// As for a large ledger.
    fn default() -> Self {
        Self::for_ledger(usize::MAX)
    }
}

/// One segment and the way through it.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The transfers.
    pub segment: &'a Segment,
    /// What went out of each address.
    pub out: &'a Csr,
    /// What came in.
    pub into: &'a Csr,
    /// Roles by address; those that absorb end the way.
    pub roles: &'a [Role],
    /// Only the first so many transfers count.
    pub horizon: usize,
}

/// Follows the coin of an address.
#[must_use]
pub fn follow(ground: &Ground<'_>, wallet: usize, direction: Direction, method: Method, bounds: &Bounds) -> Trail {
    match method {
        Method::Haircut => by_haircut(ground, wallet, direction, bounds),
        Method::Fifo | Method::Poison => by_every_transfer(ground, wallet, direction, method, bounds),
    }
}

fn step_of(segment: &Segment, transfer: usize, direction: Direction) -> Step {
    let (from, to) = (segment.from[transfer] as usize, segment.to[transfer] as usize);
    let (giver, taker) = if direction == Direction::From { (to, from) } else { (from, to) };
    Step { transfer, giver, taker, amount: segment.amount[transfer] }
}

/// Transfers in the order in which coin is followed: on in time, or back.
fn rank(direction: Direction, transfer: usize) -> usize {
    if direction == Direction::To { transfer } else { usize::MAX - transfer }
}

fn by_haircut(ground: &Ground<'_>, wallet: usize, direction: Direction, bounds: &Bounds) -> Trail {
    let mut trail = Trail::new(wallet);
    let mut pools = Pools::new(*ground, direction, bounds.work);
    let mut next: BinaryHeap<Reverse<(usize, usize, usize)>> = BinaryHeap::new();
    let seeds = if direction == Direction::From { ground.into } else { ground.out }.of(wallet);
    for transfer in seeds.iter().map(|transfer| *transfer as usize).filter(|transfer| *transfer < ground.horizon) {
        next.push(Reverse((rank(direction, transfer), transfer, wallet)));
    }
    while let Some(Reverse((_, transfer, giver))) = next.pop() {
        let step = step_of(ground.segment, transfer, direction);
        if step.giver == step.taker {
            continue;
        }
        let share = if giver == wallet {
            trail.issue(ground.segment, step);
            step.amount
        } else {
            let share = pools.give(giver, step.amount);
            if let Some(later) = pools.next_of(giver) {
                next.push(Reverse((rank(direction, later), later, giver)));
            }
            if share < bounds.floor.max(1) {
                trail.drop(share);
                continue;
            }
            share
        };
        trail.carry(step, share);
        if step.taker == wallet {
            trail.end(step, share, Stop::Returned);
        } else if ground.roles[step.taker].absorbs {
            trail.end(step, share, Stop::Label);
        } else if let Some(first) = pools.take(step.taker, transfer, share) {
            next.push(Reverse((rank(direction, first), first, step.taker)));
        }
    }
    trail.spent = pools.spent();
    for (address, held, known) in pools.left() {
        trail.keep(address, held, if known { Stop::NoFurther } else { Stop::Work });
    }
    trail.finish()
}

/// FIFO and poison: each step of the segment in turn, the wallet its only source.
fn by_every_transfer(ground: &Ground<'_>, wallet: usize, direction: Direction, method: Method, bounds: &Bounds) -> Trail {
    let mut trail = Trail::new(wallet);
    let mut roles: Vec<Role> = ground.roles.iter().map(|role| Role { source: 0, absorbs: role.absorbs }).collect();
    roles[wallet] = Role { source: 1, absorbs: true };
    // Coin is followed from the wallet: back in time for `From`, so the steps run the other way round than from a label.
    let order = if direction == Direction::From { Direction::To } else { Direction::From };
    let balances = if order == Direction::To { final_balances(ground.segment, ground.horizon) } else { vec![0; roles.len()] };
    let mut fifo = Fifo::new(&balances, bounds.parcels);
    let mut poison = Poison::new(roles.len());
    let mut parcels = Vec::new();
    for step in steps(ground.segment, order, 0..ground.horizon) {
        if step.giver == step.taker {
            continue;
        }
        trail.spent += 1;
        let share = if method == Method::Poison {
            if poison.step(&roles, step) == 0 { 0 } else { step.amount }
        } else {
            if !fifo.step(&roles, step, &mut parcels) {
                trail.stopped_early = true;
                break;
            }
            parcels.iter().filter(|parcel| parcel.source.is_some()).map(|parcel| parcel.amount).sum()
        };
        if share == 0 {
            continue;
        }
        if step.giver == wallet {
            trail.issue(ground.segment, step);
        }
        trail.carry(step, share);
        if step.taker == wallet {
            trail.end(step, share, Stop::Returned);
        } else if roles[step.taker].absorbs {
            trail.end(step, share, Stop::Label);
        }
    }
    if method == Method::Fifo {
        for address in 0..roles.len() {
            let held: u128 = fifo.held(address).filter(|parcel| parcel.source.is_some()).map(|parcel| parcel.amount).sum();
            if held > 0 {
                trail.keep(address, held, if trail.stopped_early { Stop::Work } else { Stop::NoFurther });
            }
        }
    }
    trail.finish()
}
