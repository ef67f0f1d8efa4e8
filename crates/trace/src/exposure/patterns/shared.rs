//! Shapes that several subjects share: one deposit address, one address in which their coin gathers, one payer, fees from another's
//! wallet or from one hand.
//!
//! Must not know what sharing means.

use super::{Lay, Seen, at_least, ratio};
use crate::chain::own_coin;
use crate::exposure::Wallet;
use std::collections::{BTreeMap, BTreeSet};

/// What was seen, by the address that is shared.
type At<'w> = BTreeMap<usize, Vec<Seen<'w>>>;

/// Only addresses that two or more subjects share.
fn shared(at: At<'_>) -> impl Iterator<Item = Seen<'_>> {
    let many = |all: &Vec<Seen<'_>>| all.iter().map(|seen| seen.wallet.subject.as_str()).collect::<BTreeSet<_>>().len() > 1;
    at.into_values().filter(many).flatten()
}

impl Lay<'_> {
    /// Addresses that several subjects pay to and that pass it whole and soon to an exchange.
    pub(super) fn deposits<'w>(&self, wallets: &[(usize, &'w Wallet)]) -> Vec<Seen<'w>> {
        let mut at: At<'w> = BTreeMap::new();
        for (id, wallet) in wallets {
            let mut here: BTreeMap<usize, Seen<'w>> = BTreeMap::new();
            for transfer in self.out.of(*id).iter().map(|transfer| *transfer as usize) {
                let deposit = self.segment.to[transfer] as usize;
                if deposit == *id || !self.is_private(deposit) {
                    continue;
                }
                let Some((onward, exchange)) = self.forwarded(deposit, transfer) else { continue };
                let other = self.segment.address(deposit).to_owned();
                let fresh = || Seen {
                    method: "deposit",
                    wallet,
                    other,
                    label: exchange.to_owned(),
                    hops: 2,
                    amount: 0,
                    share: None,
                    transfers: Vec::new(),
                    path: vec![*id, deposit, self.segment.to[onward] as usize],
                };
                let seen = here.entry(deposit).or_insert_with(fresh);
                seen.amount = seen.amount.saturating_add(self.segment.amount[transfer]);
                seen.transfers.extend([transfer, onward]);
            }
            here.into_iter().for_each(|(deposit, seen)| at.entry(deposit).or_default().push(seen));
        }
        shared(at).collect()
    }

    /// The transfer by which a deposit went on to an exchange.
    pub(super) fn forwarded(&self, deposit: usize, transfer: usize) -> Option<(usize, &str)> {
        let (segment, bounds) = (self.segment, self.bounds);
        let list = self.out.of(deposit);
        let later = &list[list.partition_point(|other| *other as usize <= transfer)..];
        later.iter().map(|other| *other as usize).find_map(|other| {
            let exchange = self.is_exchange(segment.to[other] as usize)?;
            let whole = segment.amount[other].saturating_add(bounds.deposit_rest) >= segment.amount[transfer];
            let blocks =
                (segment.block[transfer] >= 0 && segment.block[other] >= 0).then(|| segment.block[other] - segment.block[transfer]);
            let soon =
                blocks.map_or(segment.at[other] - segment.at[transfer] <= bounds.deposit_time, |blocks| blocks <= bounds.deposit_blocks);
            (whole && soon).then_some((other, exchange))
        })
    }

    /// Addresses in which most of the coin of several subjects' wallets gathers.
    pub(super) fn gathers<'w>(&self, wallets: &[(usize, &'w Wallet)], deposits: &BTreeSet<String>) -> Vec<Seen<'w>> {
        let mut at: At<'w> = BTreeMap::new();
        for (id, wallet) in wallets {
            let came = self.sum(self.into.of(*id).iter().map(|transfer| *transfer as usize));
            for (other, transfers) in self.by_party(self.out.of(*id), &self.segment.to) {
                let sent = self.sum(transfers.iter().copied());
                let most = at_least(sent, came.max(sent), self.bounds.gather_share);
                if !most
                    || other == *id
                    || self.is_own(other, wallet)
                    || !self.is_private(other)
                    || deposits.contains(self.segment.address(other))
                {
                    continue;
                }
                at.entry(other).or_default().push(Seen {
                    method: "gather",
                    wallet,
                    other: self.segment.address(other).to_owned(),
                    label: String::new(),
                    hops: 1,
                    amount: sent,
                    share: Some(ratio(sent, came.max(sent))),
                    transfers,
                    path: vec![*id, other],
                });
            }
        }
        // Whoever deals with many is a business; whoever pays them as well is their client.
        at.retain(|other, seen| {
            let senders = self.by_party(self.into.of(*other), &self.segment.from).len();
            let back = self.sum(
                self.out
                    .of(*other)
                    .iter()
                    .map(|transfer| *transfer as usize)
                    .filter(|transfer| self.owners.contains_key(&(self.segment.to[*transfer] as usize))),
            );
            let got = seen.iter().fold(0_u128, |sum, one| sum.saturating_add(one.amount));
            senders <= self.bounds.dealings && back < got / 2
        });
        named(at, "wallets whose coin gathers there")
    }

    /// Addresses that pay several subjects, again and again, a good part of what they get.
    pub(super) fn payers<'w>(&self, wallets: &[(usize, &'w Wallet)]) -> Vec<Seen<'w>> {
        let mut at: At<'w> = BTreeMap::new();
        for (id, wallet) in wallets {
            let came = self.sum(self.into.of(*id).iter().map(|transfer| *transfer as usize));
            for (other, transfers) in self.by_party(self.into.of(*id), &self.segment.from) {
                let sent = self.sum(transfers.iter().copied());
                let regular = transfers.len() >= self.bounds.payer_times && at_least(sent, came, self.bounds.payer_share);
                if !regular || other == *id || self.owners.contains_key(&other) || !self.is_private(other) {
                    continue;
                }
                at.entry(other).or_default().push(Seen {
                    method: "payer",
                    wallet,
                    other: self.segment.address(other).to_owned(),
                    label: String::new(),
                    hops: 1,
                    amount: sent,
                    share: Some(ratio(sent, came)),
                    transfers,
                    path: vec![other, *id],
                });
            }
        }
        at.retain(|other, _| self.by_party(self.out.of(*other), &self.segment.to).len() <= self.bounds.dealings);
        named(at, "wallets it pays")
    }

    /// The first coin for fees came from another subject's wallet.
    pub(super) fn gas<'w>(&self, id: usize, wallet: &'w Wallet) -> Option<Seen<'w>> {
        let (transfer, funder) = self.first_coin(id)?;
        let others = self.owners.get(&funder)?;
        if others.contains(wallet.subject.as_str()) {
            return None;
        }
        let label = others.iter().next().map(|subject| (*subject).to_owned())?;
        Some(self.funded("gas", id, wallet, (transfer, funder), label))
    }

    /// The first coin for fees of several subjects' wallets came from one address that is nobody's payer.
    pub(super) fn gas_shared<'w>(&self, wallets: &[(usize, &'w Wallet)]) -> Vec<Seen<'w>> {
        let mut at: At<'w> = BTreeMap::new();
        let most = if self.segment.chain == "tron" { self.bounds.gas_most.saturating_mul(100) } else { self.bounds.gas_most };
        for (id, wallet) in wallets {
            let Some((transfer, funder)) = self.first_coin(*id) else { continue };
            let small = self.segment.amount[transfer] <= most;
            let someone = self.owners.contains_key(&funder) || self.payers.has(self.segment, funder) || !self.is_private(funder);
            if small && !someone {
                at.entry(funder).or_default().push(self.funded("gas_shared", *id, wallet, (transfer, funder), String::new()));
            }
        }
        at.retain(|funder, _| self.by_party(self.out.of(*funder), &self.segment.to).len() <= self.bounds.dealings);
        named(at, "wallets it gave their first coin for fees")
    }

    /// The first coin of the chain's own that a wallet got, before it spent any: (transfer, who gave it).
    fn first_coin(&self, id: usize) -> Option<(usize, usize)> {
        if self.segment.asset != own_coin(&self.segment.chain) {
            return None;
        }
        let transfer = *self.into.of(id).first()? as usize;
        let spent = self.out.of(id).first().is_some_and(|spent| (*spent as usize) < transfer);
        (!spent).then(|| (transfer, self.segment.from[transfer] as usize))
    }

    fn funded<'w>(&self, method: &'static str, id: usize, wallet: &'w Wallet, by: (usize, usize), label: String) -> Seen<'w> {
        let (transfer, funder) = by;
        Seen {
            method,
            wallet,
            other: self.segment.address(funder).to_owned(),
            label,
            hops: 1,
            amount: self.segment.amount[transfer],
            share: None,
            transfers: vec![transfer],
            path: vec![funder, id],
        }
    }

    /// Transfers by whom they go to (or come from).
    fn by_party(&self, transfers: &[u32], parties: &[u32]) -> BTreeMap<usize, Vec<usize>> {
        let mut by: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for transfer in transfers.iter().map(|transfer| *transfer as usize) {
            if self.segment.from[transfer] != self.segment.to[transfer] {
                by.entry(parties[transfer] as usize).or_default().push(transfer);
            }
        }
        by
    }
}

/// With the number of subjects as the label.
fn named<'w>(at: At<'w>, what: &str) -> Vec<Seen<'w>> {
    let mut all: Vec<Seen<'w>> = shared(at).collect();
    let mut people: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for seen in &all {
        people.entry(seen.other.clone()).or_default().insert(&seen.wallet.subject);
    }
    for seen in &mut all {
        let count = people.get(&seen.other).map_or(0, BTreeSet::len);
        seen.label = format!("{count} people's {what}");
    }
    all
}
