//! Personalised PageRank over amounts: which addresses lie most in the way of a wallet's or a label's coin. For ranking only:
//! it knows no time, and its numbers are no amounts.
//!
//! Must not know labels or lanes.

use crate::csr::Csr;
use crate::flow::Direction;
use crate::segment::Segment;

/// How the ranking is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranking {
    /// Chance to go on instead of starting again, 0 to 1.
    pub damping: f64,
    /// It ends when the sum of all changes is below this.
    pub tolerance: f64,
    /// Rounds at most.
    pub rounds: usize,
}

impl Default for Ranking {
    fn default() -> Self {
        Self { damping: 0.85, tolerance: 1e-10, rounds: 100 }
    }
}

/// The rank of each address by id; they sum to 1. A walker starts at one of `seeds`, goes along a transfer in proportion to its
/// amount ([`Direction::To`]: to the receiver; [`Direction::From`]: to the sender), and starts again where there is none.
/// `lists` holds the transfers that leave each address in that direction. Same input, same bytes.
#[must_use]
#[allow(clippy::cast_precision_loss)] // a ranking, not an amount
pub fn pagerank(segment: &Segment, lists: &Csr, seeds: &[usize], direction: Direction, ranking: &Ranking) -> Vec<f64> {
    let count = segment.address_count();
    let mut start = vec![0.0; count];
    let seeds: Vec<usize> = seeds.iter().copied().filter(|seed| *seed < count).collect();
    if seeds.is_empty() {
        return start;
    }
    seeds.iter().for_each(|seed| start[*seed] += 1.0 / seeds.len() as f64);
    let others = if direction == Direction::To { &segment.to } else { &segment.from };
    // In the order they are walked: each round reads them from end to end.
    let mut edges: Vec<(u32, f64)> = Vec::with_capacity(segment.len());
    let mut leaves = vec![0.0; count];
    for (id, leaves) in leaves.iter_mut().enumerate() {
        for transfer in lists.of(id).iter().map(|transfer| *transfer as usize) {
            let amount = segment.amount[transfer] as f64;
            *leaves += amount;
            edges.push((others[transfer], amount));
        }
    }
    let mut rank = start.clone();
    let mut next = vec![0.0; count];
    for _ in 0..ranking.rounds {
        next.fill(0.0);
        let mut stuck = 0.0;
        let mut rest = edges.as_slice();
        for id in 0..count {
            let (here, later) = rest.split_at(lists.of(id).len());
            rest = later;
            if rank[id] <= 0.0 {
                continue;
            }
            if leaves[id] == 0.0 {
                stuck += rank[id];
                continue;
            }
            let part = rank[id] / leaves[id];
            for (other, amount) in here {
                next[*other as usize] += part * amount;
            }
        }
        let mut change = 0.0;
        for id in 0..count {
            let value = ranking.damping * (next[id] + stuck * start[id]) + (1.0 - ranking.damping) * start[id];
            change += f64::abs(value - rank[id]);
            rank[id] = value;
        }
        if change < ranking.tolerance {
            break;
        }
    }
    rank
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Ledger, RawTransfer};

    #[test]
    fn ranks_sum_to_one_and_follow_the_coin() {
        let transfer =
            |row, from, to, amount| RawTransfer { chain: "ethereum", from, to, at: Some(row), amount, row, ..RawTransfer::default() };
        let ledger = Ledger::build([transfer(1, "A", "B", 3), transfer(2, "A", "C", 1), transfer(3, "D", "A", 9)]);
        let segment = &ledger.segments[0];
        let out = Csr::build(&segment.from, segment.address_count());
        let rank = pagerank(segment, &out, &[segment.find("A").unwrap()], Direction::To, &Ranking::default());
        let of = |name| rank[segment.find(name).unwrap()];
        assert!((rank.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert!((of("B") / of("C") - 3.0).abs() < 1e-6, "in proportion to the amounts");
        assert!(of("D") == 0.0 && of("A") > of("B"));
    }
}
