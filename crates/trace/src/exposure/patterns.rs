//! Shapes of payment that traced payrolls have, as rows of `exposures` in the lane `pattern`: one deposit address of an exchange
//! for several subjects, gas from another subject's wallet, peeling chains. Each row is what was seen; rules decide what it means.
//!
//! Sources: F. Victor, "Address clustering heuristics for Ethereum", FC 2020, section 4 (deposit addresses: forwarded to the
//! exchange within 3,200 blocks and 0.01 ETH); S. Meiklejohn et al., "A Fistful of Bitcoins", IMC 2013, section 5 (peeling
//! chains). Subject ids are opaque words here.

use super::{Limits, Wallet};
use crate::chain::own_coin;
use crate::csr::Csr;
use crate::flow::{Role, is_burn};
use crate::label::Labels;
use crate::lane::Lane;
use crate::segment::Segment;
use bonafide_facts::tables::derived::Exposure;
use std::collections::{BTreeMap, BTreeSet};

/// Bounds of the patterns.
#[derive(Debug, Clone, PartialEq)]
pub struct Patterns {
    /// A deposit is forwarded whole but for so much, 10^-18 of the asset.
    pub deposit_rest: u128,
    /// Within so many blocks.
    pub deposit_blocks: i64,
    /// Or within so much time where blocks are not given, microseconds (3,200 blocks of 13 seconds).
    pub deposit_time: i64,
    /// Links of a peeling chain that are followed.
    pub peel_links: usize,
    /// The part of what came in that goes on as one at each link, in thousandths.
    pub peel_rest: u128,
    /// A link has at most so many transfers in all: a one-time address.
    pub peel_degree: usize,
    /// An address with more transfers than this is taken for a service and not looked at.
    pub hub: usize,
}

impl Default for Patterns {
    fn default() -> Self {
        Self {
            deposit_rest: 10_000_000_000_000_000,
            deposit_blocks: 3_200,
            deposit_time: 41_600_000_000,
            peel_links: 64,
            peel_rest: 800,
            peel_degree: 6,
            hub: 5_000,
        }
    }
}

/// What a pattern saw of one wallet.
struct Seen<'a> {
    method: &'static str,
    wallet: &'a Wallet,
    other: String,
    label: String,
    hops: usize,
    amount: u128,
    transfers: Vec<usize>,
    path: Vec<usize>,
}

/// The rows of one segment.
pub(super) fn patterns(segment: &Segment, roles: &[Role], labels: &Labels, wallets: &[(usize, &Wallet)], limits: &Limits) -> Vec<Exposure> {
    let (out, into) = (Csr::build(&segment.from, segment.address_count()), Csr::build(&segment.to, segment.address_count()));
    let ground = Lay { segment, roles, labels, out, into, bounds: &limits.patterns };
    let mut owners: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    wallets.iter().for_each(|(id, wallet)| {
        owners.entry(*id).or_default().insert(&wallet.subject);
    });
    let mut seen = ground.deposits(wallets);
    seen.extend(wallets.iter().filter_map(|(id, wallet)| ground.gas(*id, wallet, &owners)));
    seen.extend(wallets.iter().filter_map(|(id, wallet)| ground.peels(*id, wallet)));
    seen.iter().map(|one| ground.row(one, limits)).collect()
}

struct Lay<'a> {
    segment: &'a Segment,
    roles: &'a [Role],
    labels: &'a Labels,
    out: Csr,
    into: Csr,
    bounds: &'a Patterns,
}

impl Lay<'_> {
    fn degree(&self, address: usize) -> usize {
        self.out.of(address).len() + self.into.of(address).len()
    }

    fn is_exchange(&self, address: usize) -> Option<&str> {
        let labels = self.labels.get(self.segment.address(address));
        labels.iter().find(|label| label.lane == Lane::Exchange && !label.lead_only).map(|label| label.name.as_str())
    }

    /// Addresses that several subjects pay to and that pass it whole and soon to an exchange.
    fn deposits<'w>(&self, wallets: &[(usize, &'w Wallet)]) -> Vec<Seen<'w>> {
        let mut at: BTreeMap<usize, Vec<Seen<'w>>> = BTreeMap::new();
        for (id, wallet) in wallets {
            let mut here: BTreeMap<usize, Seen<'w>> = BTreeMap::new();
            for transfer in self.out.of(*id).iter().map(|transfer| *transfer as usize) {
                let deposit = self.segment.to[transfer] as usize;
                if self.roles[deposit].absorbs || deposit == *id || self.degree(deposit) > self.bounds.hub {
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
                    transfers: Vec::new(),
                    path: vec![*id, deposit, self.segment.to[onward] as usize],
                };
                let seen = here.entry(deposit).or_insert_with(fresh);
                seen.amount += self.segment.amount[transfer];
                seen.transfers.extend([transfer, onward]);
            }
            here.into_iter().for_each(|(deposit, seen)| at.entry(deposit).or_default().push(seen));
        }
        let shared = |all: &Vec<Seen<'w>>| all.iter().map(|seen| seen.wallet.subject.as_str()).collect::<BTreeSet<_>>().len() > 1;
        at.into_values().filter(shared).flatten().collect()
    }

    /// The transfer by which a deposit went on to an exchange.
    fn forwarded(&self, deposit: usize, transfer: usize) -> Option<(usize, &str)> {
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

    /// The first coin for fees came from another subject's wallet.
    fn gas<'w>(&self, id: usize, wallet: &'w Wallet, owners: &BTreeMap<usize, BTreeSet<&str>>) -> Option<Seen<'w>> {
        if self.segment.asset != own_coin(&self.segment.chain) {
            return None;
        }
        let transfer = *self.into.of(id).first()? as usize;
        let funder = self.segment.from[transfer] as usize;
        let others = owners.get(&funder)?;
        if others.contains(wallet.subject.as_str()) || self.out.of(id).first().is_some_and(|spent| (*spent as usize) < transfer) {
            return None;
        }
        let label = others.iter().next().map(|subject| (*subject).to_owned())?;
        let other = self.segment.address(funder).to_owned();
        Some(Seen {
            method: "gas",
            wallet,
            other,
            label,
            hops: 1,
            amount: self.segment.amount[transfer],
            transfers: vec![transfer],
            path: vec![funder, id],
        })
    }

    /// The longest peeling chain that begins with the wallet's largest payment.
    fn peels<'w>(&self, id: usize, wallet: &'w Wallet) -> Option<Seen<'w>> {
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
            transfers,
            path,
        })
    }

    fn row(&self, seen: &Seen<'_>, limits: &Limits) -> Exposure {
        let segment = self.segment;
        let mut evidence: Vec<i64> = seen.transfers.iter().map(|transfer| segment.row[*transfer]).collect();
        evidence.truncate(limits.evidence);
        let usd = limits.at_par.contains(&segment.asset).then_some(seen.amount);
        Exposure {
            subject_id: Some(seen.wallet.subject.clone()),
            chain: Some(segment.chain.clone()),
            address: Some(seen.wallet.address.clone()),
            lane: Some("pattern".to_owned()),
            source_label: Some(seen.label.clone()),
            source_address: Some(seen.other.clone()),
            method: Some(seen.method.to_owned()),
            direction: Some(if seen.method == "gas" { "from" } else { "to" }.to_owned()),
            hops: i64::try_from(seen.hops).ok(),
            amount_usd: usd.and_then(|usd| i128::try_from(usd).ok()),
            amount: i128::try_from(seen.amount).ok(),
            asset: Some(segment.asset.clone()),
            lead_only: Some(false),
            path: Some(seen.path.iter().map(|address| segment.address(*address)).collect::<Vec<_>>().join("|")),
            evidence: Some(evidence),
            ..Exposure::default()
        }
    }
}
