//! Shapes of one wallet by itself: a peeling chain that begins at it, and coin that is passed on at once.
//!
//! Must not know other subjects' wallets but to leave the subject's own out.

use super::{Lay, Seen, at_least, ratio};
use crate::exposure::Wallet;
use crate::flow::is_burn;
use std::collections::BTreeSet;

impl Lay<'_> {
    /// The longest peeling chain that begins with the wallet's largest payment.
    pub(super) fn peels<'w>(&self, id: usize, wallet: &'w Wallet) -> Option<Seen<'w>> {
        let segment = self.segment;
        let first = self
            .out
            .of(id)
            .iter()
            .map(|transfer| *transfer as usize)
            .max_by_key(|transfer| (segment.amount[*transfer], std::cmp::Reverse(*transfer)))?;
        let (mut path, mut transfers, mut last) = (vec![id], vec![first], first);
        let mut peeled = 0;
        while path.len() <= self.bounds.peel_links {
            let here = segment.to[last] as usize;
            if self.roles[here].absorbs
                || path.contains(&here)
                || self.degree(here) > self.bounds.peel_degree
                || is_burn(&segment.chain, segment.address(here))
            {
                break;
            }
            path.push(here);
            let came = segment.amount[last];
            let later: Vec<usize> =
                self.out.of(here).iter().map(|transfer| *transfer as usize).filter(|transfer| *transfer > last).collect();
            let on = later.iter().copied().max_by_key(|transfer| segment.amount[*transfer]);
            let Some(on) =
                on.filter(|on| segment.amount[*on] / 1000 * 1000 >= came / 1000 * self.bounds.peel_rest && segment.amount[*on] < came)
            else {
                break;
            };
            let small = later.iter().filter(|transfer| **transfer != on).count();
            if small == 0 {
                break; // nothing is peeled off: the coin only moves on
            }
            peeled += small;
            transfers.push(on);
            last = on;
        }
        let links = transfers.len() - 1;
        (links >= 2 && peeled >= 2).then(|| Seen {
            method: "peel",
            wallet,
            other: segment.address(segment.to[last] as usize).to_owned(),
            label: format!("{peeled} small payments on the way"),
            hops: links,
            amount: segment.amount[first],
            share: None,
            transfers,
            path,
        })
    }

    /// Coin that came in and went on at once, again and again, to somebody who is neither an exchange nor the subject.
    pub(super) fn passes_on<'w>(&self, id: usize, wallet: &'w Wallet) -> Option<Seen<'w>> {
        let (segment, bounds) = (self.segment, self.bounds);
        let gone: Vec<usize> =
            self.out.of(id).iter().map(|transfer| *transfer as usize).filter(|gone| self.is_stranger(id, wallet, *gone)).collect();
        let (mut used, mut transfers, mut times, mut passed, mut came) = (BTreeSet::new(), Vec::new(), 0_usize, 0_u128, 0_u128);
        for arrival in self.into.of(id).iter().map(|transfer| *transfer as usize) {
            let from = segment.from[arrival] as usize;
            if from == id || self.is_own(from, wallet) {
                continue;
            }
            came = came.saturating_add(segment.amount[arrival]);
            let first = gone.partition_point(|other| *other <= arrival);
            let soon: Vec<usize> = gone[first..]
                .iter()
                .copied()
                .take_while(|other| segment.at[*other] - segment.at[arrival] <= bounds.pass_time)
                .filter(|other| !used.contains(other))
                .collect();
            let on = self.sum(soon.iter().copied());
            if at_least(on, segment.amount[arrival], bounds.pass_share) {
                times += 1;
                passed = passed.saturating_add(on.min(segment.amount[arrival]));
                used.extend(soon.iter().copied());
                transfers.push(arrival);
                transfers.extend(soon);
            }
        }
        let last = *transfers.last()?;
        let other = segment.to[last] as usize;
        (times >= bounds.pass_times).then(|| Seen {
            method: "pass_through",
            wallet,
            other: segment.address(other).to_owned(),
            label: format!("{times} times within {} minutes", bounds.pass_time / 60_000_000),
            hops: 1,
            amount: passed,
            share: Some(ratio(passed, came)),
            transfers,
            path: vec![id, other],
        })
    }

    /// Whether a payment goes to somebody who is no service, no exchange (behind a deposit address neither) and not the subject.
    fn is_stranger(&self, id: usize, wallet: &Wallet, transfer: usize) -> bool {
        let to = self.segment.to[transfer] as usize;
        to != id && !self.is_own(to, wallet) && self.is_private(to) && self.forwarded(to, transfer).is_none()
    }
}
