//! What following leaves behind: the edges that carried coin, where it ended and why, and a shortest way to each end.
//!
//! Must not know how a method divides coin.

use crate::flow::Step;
use crate::segment::Segment;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Why coin was not followed further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stop {
    /// The address bears a label (or nobody holds it): what lies behind says nothing of this coin.
    Label,
    /// Back: no earlier transfer in the data explains the coin. On: it still lies there.
    NoFurther,
    /// The work this run may do was spent.
    Work,
    /// It came back to the wallet itself.
    Returned,
}

/// What went from one address to the next, in the order of following (giver, taker).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edge {
    /// Followed coin, 10^-18.
    pub amount: u128,
    /// Transfers.
    pub transfers: u64,
    /// Positions of the first [`Edge::KEPT`] of them.
    pub kept: Vec<u32>,
}

impl Edge {
    /// Transfers named for an edge.
    pub const KEPT: usize = 20;
}

/// Coin that ended at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Address id.
    pub address: usize,
    /// Why.
    pub why: Stop,
    /// Straight between it and the wallet, 10^-18.
    pub direct: u128,
    /// Over at least one other address, 10^-18.
    pub indirect: u128,
    /// Transfers by which it arrived.
    pub transfers: Vec<u32>,
    /// A shortest way from the wallet in the order of following: positions of transfers.
    pub way: Vec<usize>,
    /// A shortest way over at least one other address, when there is one.
    pub way_around: Vec<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Visit {
    transfer: usize,
    parent: Option<u32>,
    hops: u32,
}

/// The whole of it.
#[derive(Debug, Clone, Default)]
pub struct Trail {
    /// The wallet followed.
    pub wallet: usize,
    /// All that came in or went out of it, 10^-18.
    pub total: u128,
    /// Number of those transfers.
    pub transfers: u64,
    /// Times of the first and last of them.
    pub span: Option<(i64, i64)>,
    /// Fell below the floor.
    pub dropped: u128,
    /// By (giver, taker), in the order of following.
    pub edges: BTreeMap<(usize, usize), Edge>,
    /// By address and reason.
    pub ends: Vec<End>,
    /// Transfers looked at.
    pub spent: usize,
    /// FIFO held too many parcels and was stopped.
    pub stopped_early: bool,
    visits: Vec<Visit>,
    best: FxHashMap<usize, u32>,
    ended: BTreeMap<(usize, Stop), End>,
}

impl Trail {
    pub(super) fn new(wallet: usize) -> Self {
        Self { wallet, ..Self::default() }
    }

    /// A transfer of the wallet itself.
    pub(super) fn issue(&mut self, segment: &Segment, step: Step) {
        self.total += step.amount;
        self.transfers += 1;
        let at = segment.at[step.transfer];
        self.span = Some(self.span.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
    }

    /// Fewest transfers between the wallet and an address, over what carried coin; 0 for the wallet.
    #[must_use]
    pub fn hops(&self, address: usize) -> u32 {
        self.best.get(&address).map_or(0, |visit| self.visits[*visit as usize].hops)
    }

    pub(super) fn drop(&mut self, share: u128) {
        self.dropped += share;
    }

    /// Coin moved along a step.
    pub(super) fn carry(&mut self, step: Step, share: u128) {
        let edge = self.edges.entry((step.giver, step.taker)).or_default();
        edge.amount += share;
        edge.transfers += 1;
        #[allow(clippy::cast_possible_truncation)] // positions are below 2^32
        if edge.kept.len() < Edge::KEPT {
            edge.kept.push(step.transfer as u32);
        }
        let parent = self.best.get(&step.giver).copied();
        let hops = parent.map_or(1, |parent| self.visits[parent as usize].hops + 1);
        let shorter = self.best.get(&step.taker).is_none_or(|best| hops < self.visits[*best as usize].hops);
        if shorter && step.taker != self.wallet && (parent.is_some() || step.giver == self.wallet) {
            #[allow(clippy::cast_possible_truncation)] // at most one visit a transfer
            self.best.insert(step.taker, self.visits.len() as u32);
            self.visits.push(Visit { transfer: step.transfer, parent, hops });
        }
    }

    /// Coin ended with a step.
    pub(super) fn end(&mut self, step: Step, share: u128, why: Stop) {
        let direct = step.giver == self.wallet;
        let way = self.way(step);
        let end = self.ended.entry((step.taker, why)).or_insert_with(|| End::at(step.taker, why));
        if direct {
            end.direct += share;
        } else {
            end.indirect += share;
            if end.way_around.is_empty() || way.len() < end.way_around.len() {
                end.way_around.clone_from(&way);
            }
        }
        if end.way.is_empty() || way.len() < end.way.len() {
            end.way = way;
        }
        #[allow(clippy::cast_possible_truncation)] // positions are below 2^32
        if end.transfers.len() < Edge::KEPT {
            end.transfers.push(step.transfer as u32);
        }
    }

    /// Coin that lies at an address when nothing is left to follow.
    pub(super) fn keep(&mut self, address: usize, held: u128, why: Stop) {
        let way = self.best.get(&address).map(|visit| self.walk(*visit)).unwrap_or_default();
        let end = self.ended.entry((address, why)).or_insert_with(|| End::at(address, why));
        if way.len() <= 1 {
            end.direct += held;
        } else {
            end.indirect += held;
        }
        end.way = way;
    }

    /// The transfers up to and with a step.
    fn way(&self, step: Step) -> Vec<usize> {
        let mut way = if step.giver == self.wallet {
            Vec::new()
        } else {
            self.best.get(&step.giver).map(|visit| self.walk(*visit)).unwrap_or_default()
        };
        way.push(step.transfer);
        way
    }

    fn walk(&self, visit: u32) -> Vec<usize> {
        let (mut way, mut place) = (Vec::new(), Some(visit));
        while let Some(visit) = place.and_then(|place| self.visits.get(place as usize)) {
            way.push(visit.transfer);
            place = visit.parent;
        }
        way.reverse();
        way
    }

    /// Ends by amount, the largest first.
    pub(super) fn finish(mut self) -> Self {
        self.ends = std::mem::take(&mut self.ended).into_values().collect();
        self.ends.sort_by_key(|end| (std::cmp::Reverse(end.direct + end.indirect), end.address, end.why));
        self
    }
}

impl End {
    fn at(address: usize, why: Stop) -> Self {
        Self { address, why, direct: 0, indirect: 0, transfers: Vec::new(), way: Vec::new(), way_around: Vec::new() }
    }
}
