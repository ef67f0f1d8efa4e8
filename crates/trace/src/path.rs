//! The shortest way in time between a wallet and a labelled source, over transfers that carried the lane's coin.
//!
//! Bounded by work, not by a number of steps. Must not know how much coin came along: the methods say that.

use crate::csr::Csr;
use crate::flow::Direction;
use crate::ledger::Segment;
use rustc_hash::FxHashMap;

/// A way: `transfers` in order of time, `addresses` in the order the coin passed them (one more than transfers).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// Positions in the segment.
    pub transfers: Vec<usize>,
    /// Address ids.
    pub addresses: Vec<usize>,
}

/// Why a search ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Search {
    /// The shortest path.
    Found(Path),
    /// Every way back ends without reaching the source.
    NotFound,
    /// So many transfers were looked at that the search was given up.
    WorkLimit,
}

/// One address reached by the search.
#[derive(Debug, Clone, Copy)]
struct Reached {
    address: usize,
    /// Only transfers on the far side of this one (before it, or after it when looking forward) can have fed it.
    bound: usize,
    parent: Option<usize>,
}

/// Searches from `wallet` towards an address for which `is_source` holds, over transfers for which `carries` holds: back
/// in time for [`Direction::From`], on in time for [`Direction::To`]. `csr` must hold the incoming transfers for the one and the
/// outgoing for the other. Sources and addresses that absorb are not passed through: `blocks` says which.
#[allow(clippy::too_many_arguments)] // a search has this many sides, and one caller
pub fn nearest(
    segment: &Segment,
    csr: &Csr,
    wallet: usize,
    direction: Direction,
    is_source: impl Fn(usize) -> bool,
    blocks: impl Fn(usize) -> bool,
    carries: impl Fn(usize) -> bool,
    work: usize,
) -> Search {
    let back = direction == Direction::From;
    let (others, start) = if back { (&segment.from, segment.len()) } else { (&segment.to, 0) };
    let mut reached = vec![Reached { address: wallet, bound: start, parent: None }];
    let mut best: FxHashMap<usize, usize> = FxHashMap::from_iter([(wallet, start)]);
    let mut expanded: FxHashMap<usize, usize> = FxHashMap::default();
    let (mut next, mut looked) = (0, 0_usize);
    while let Some(here) = reached.get(next).copied() {
        let list = csr.of(here.address);
        // An address reached again with a wider bound only looks at the transfers it has not seen.
        let seen = expanded.insert(here.address, here.bound);
        let (low, high) = if back { (seen.unwrap_or(0), here.bound) } else { (here.bound, seen.unwrap_or(segment.len())) };
        let from = list.partition_point(|transfer| (*transfer as usize) < low);
        let to = list.partition_point(|transfer| (*transfer as usize) < high).max(from);
        let window = &list[from..to];
        let transfers = (0..window.len()).map(|place| window[if back { window.len() - 1 - place } else { place }] as usize);
        for transfer in transfers {
            looked += 1;
            if looked > work {
                return Search::WorkLimit;
            }
            if !carries(transfer) {
                continue;
            }
            let address = others[transfer] as usize;
            let bound = if back { transfer } else { transfer + 1 };
            if is_source(address) {
                reached.push(Reached { address, bound, parent: Some(next) });
                return Search::Found(walk(&reached, back));
            }
            let wider = best.get(&address).is_none_or(|known| if back { bound > *known } else { bound < *known });
            if wider && !blocks(address) {
                best.insert(address, bound);
                reached.push(Reached { address, bound, parent: Some(next) });
            }
        }
        next += 1;
    }
    Search::NotFound
}

/// The path from the last reached address back to the wallet, in the order of the coin.
fn walk(reached: &[Reached], back: bool) -> Path {
    let mut path = Path { transfers: Vec::new(), addresses: Vec::new() };
    let mut place = reached.len().checked_sub(1);
    while let Some(step) = place.and_then(|place| reached.get(place)) {
        path.addresses.push(step.address);
        if step.parent.is_some() {
            path.transfers.push(if back { step.bound } else { step.bound - 1 });
        }
        place = step.parent;
    }
    if !back {
        path.transfers.reverse();
        path.addresses.reverse();
    }
    path
}
