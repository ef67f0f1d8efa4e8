//! What the touched addresses hold of the followed coin, and how much they hold at all when they give.
//!
//! An address's holdings are worked out from its own transfers when coin first reaches it, not for the whole segment.
//! Must not know labels.

use super::Ground;
use crate::amount::share_of;
use crate::flow::Direction;
use rustc_hash::FxHashMap;

/// One touched address.
#[derive(Debug, Clone, Default)]
struct Pool {
    /// Followed coin held, 10^-18.
    held: u128,
    /// Its giving transfers in the order of following, each with all it holds before.
    gives: Vec<(u32, u128)>,
    /// The next of them.
    next: usize,
    /// It waits in the queue.
    queued: bool,
    /// Its transfers were looked at; otherwise the work ran out.
    known: bool,
}

/// All touched addresses.
pub(super) struct Pools<'a> {
    ground: Ground<'a>,
    direction: Direction,
    work: usize,
    spent: usize,
    pools: FxHashMap<usize, Pool>,
}

impl<'a> Pools<'a> {
    pub(super) fn new(ground: Ground<'a>, direction: Direction, work: usize) -> Self {
        Self { ground, direction, work, spent: 0, pools: FxHashMap::default() }
    }

    /// Transfers looked at so far.
    pub(super) fn spent(&self) -> usize {
        self.spent
    }

    /// Coin reaches an address with a transfer; its next giving transfer when that must be queued.
    pub(super) fn take(&mut self, address: usize, transfer: usize, share: u128) -> Option<usize> {
        if !self.pools.contains_key(&address) {
            let pool = self.open(address);
            self.pools.insert(address, pool);
        }
        let back = self.direction == Direction::From;
        let pool = self.pools.get_mut(&address)?;
        pool.held += share;
        if pool.queued || !pool.known {
            return None;
        }
        while pool.gives.get(pool.next).is_some_and(|(give, _)| if back { *give as usize >= transfer } else { *give as usize <= transfer })
        {
            pool.next += 1;
        }
        let (give, _) = pool.gives.get(pool.next)?;
        pool.queued = true;
        Some(*give as usize)
    }

    /// The followed part of what the queued transfer of an address takes out of it.
    pub(super) fn give(&mut self, address: usize, amount: u128) -> u128 {
        let Some(pool) = self.pools.get_mut(&address) else { return 0 };
        let Some((_, holds)) = pool.gives.get(pool.next) else { return 0 };
        let share = share_of(pool.held, amount, *holds);
        pool.held -= share;
        pool.next += 1;
        pool.queued = false;
        share
    }

    /// The next giving transfer of an address that still holds followed coin.
    pub(super) fn next_of(&mut self, address: usize) -> Option<usize> {
        let pool = self.pools.get_mut(&address).filter(|pool| pool.held > 0)?;
        let (give, _) = pool.gives.get(pool.next)?;
        pool.queued = true;
        Some(*give as usize)
    }

    /// Addresses that hold followed coin at the end, by id, and whether they were looked at.
    pub(super) fn left(&self) -> Vec<(usize, u128, bool)> {
        let mut left: Vec<_> = self.pools.iter().filter(|(_, pool)| pool.held > 0).map(|(id, pool)| (*id, pool.held, pool.known)).collect();
        left.sort_unstable();
        left
    }

    /// Works out what an address holds before each transfer in which it gives.
    fn open(&mut self, address: usize) -> Pool {
        let segment = self.ground.segment;
        let within = |list: &'a [u32]| &list[..list.partition_point(|transfer| (*transfer as usize) < self.ground.horizon)];
        let (out, into) = (within(self.ground.out.of(address)), within(self.ground.into.of(address)));
        let degree = out.len() + into.len();
        if self.spent + degree > self.work {
            return Pool::default();
        }
        self.spent += degree;
        let own = merged(out, into);
        // Read side by side: each lies in another corner of memory.
        let amounts: Vec<u128> = own.iter().map(|(transfer, _)| segment.amount[*transfer as usize]).collect();
        let own = own.into_iter().zip(amounts);
        let mut gives = Vec::with_capacity(if self.direction == Direction::To { out.len() } else { into.len() });
        let mut holds = 0_u128;
        // On in time: what came in and was not spent; what is spent without having come in counts as found.
        for ((transfer, outgoing), amount) in own.clone() {
            if outgoing {
                holds = holds.max(amount);
                if self.direction == Direction::To {
                    gives.push((transfer, holds));
                }
                holds -= amount;
            } else {
                holds += amount;
            }
        }
        if self.direction == Direction::From {
            // Back in time from what is left: what went out comes in, what came in goes out.
            for ((transfer, outgoing), amount) in own.rev() {
                if outgoing {
                    holds += amount;
                } else {
                    holds = holds.max(amount);
                    gives.push((transfer, holds));
                    holds -= amount;
                }
            }
        }
        Pool { gives, known: true, ..Pool::default() }
    }
}

/// Two rising lists as one, each with whether it is of the first. What is in both went to its sender, and is left out.
fn merged(first: &[u32], second: &[u32]) -> Vec<(u32, bool)> {
    let mut all = Vec::with_capacity(first.len() + second.len());
    let (mut left, mut right) = (first, second);
    while let ([a, more_left @ ..], [b, more_right @ ..]) = (left, right) {
        if a != b {
            all.push(((*a).min(*b), a < b));
        }
        left = if a <= b { more_left } else { left };
        right = if b <= a { more_right } else { right };
    }
    all.extend(left.iter().map(|transfer| (*transfer, true)));
    all.extend(right.iter().map(|transfer| (*transfer, false)));
    all
}
