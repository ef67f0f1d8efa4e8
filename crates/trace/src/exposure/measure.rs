//! One segment in one direction: the three methods in one pass, then a path for what reached a wallet.
//!
//! Must not know where wallets and labels come from.

use super::{Limits, Wallet};
use crate::amount::share_of;
use crate::csr::Csr;
use crate::fifo::{Fifo, Parcel};
use crate::flow::{Direction, Role, is_burn, steps};
use crate::haircut::{Haircut, Lanes};
use crate::label::{Label, Labels};
use crate::lane::{Lane, bits};
use crate::ledger::Segment;
use crate::path::{Path, Search, nearest};
use crate::poison::Poison;
use bonafide_facts::Trouble;
use bonafide_facts::tables::derived::Exposure;
use std::collections::BTreeMap;

/// What a pass needs.
pub(super) struct Context<'a> {
    pub segment: &'a Segment,
    /// Only the first so many transfers are looked at.
    pub horizon: usize,
    pub labels: &'a Labels,
    pub limits: &'a Limits,
    pub direction: Direction,
    pub roles: &'a [Role],
    pub balances: &'a [u128],
}

/// An amount, its value where every part of it has one, and the transfers behind it.
#[derive(Debug, Clone, Default)]
struct Sum {
    amount: u128,
    usd: u128,
    priced: bool,
    unpriced: bool,
    rows: Vec<i64>,
}

/// What one wallet has been given so far.
#[derive(Debug, Default)]
struct Tally {
    total: u128,
    /// By neighbour with a label.
    direct: BTreeMap<usize, Sum>,
    haircut: [Sum; Lane::TRACED],
    poison: [Sum; Lane::TRACED],
    /// By source.
    fifo: BTreeMap<u32, Sum>,
}

/// Rows for wallets that bear a label themselves.
pub(super) fn listed(wallets: &[Wallet], labels: &Labels) -> Vec<Exposure> {
    let row = |wallet: &Wallet, label: &Label| {
        let mut evidence = wallet.rows.clone();
        evidence.extend((label.row > 0).then_some(label.row));
        Exposure {
            subject_id: Some(wallet.subject.clone()),
            chain: Some(label.chain.clone()).filter(|chain| !chain.is_empty()),
            address: Some(wallet.address.clone()),
            lane: Some(label.lane.word().to_owned()),
            source_label: Some(label.name.clone()),
            source_address: Some(wallet.address.clone()),
            method: Some("label".to_owned()),
            direction: Some("from".to_owned()),
            hops: Some(0),
            amount_usd: Some(0),
            amount: Some(0),
            share: Some(1.0),
            lead_only: Some(label.lead_only),
            path: Some(wallet.address.clone()),
            evidence: Some(evidence),
            ..Exposure::default()
        }
    };
    wallets.iter().flat_map(|wallet| labels.get(&wallet.address).iter().map(move |label| row(wallet, label))).collect()
}

/// The exposures of the wallets of this segment.
pub(super) fn measure(context: &Context<'_>, wallets: &[(usize, &Wallet)], troubles: &mut Vec<Trouble>) -> Vec<Exposure> {
    let (tallies, carried) = pass(context, wallets, troubles);
    let ends = if context.direction == Direction::From { &context.segment.to } else { &context.segment.from };
    let csr = Csr::build(&ends[..context.horizon], context.segment.address_count());
    let mut rows = Vec::new();
    for (id, tally) in &tallies {
        for exposure in describe(context, &csr, &carried, *id, tally, troubles) {
            for (_, wallet) in wallets.iter().filter(|(wallet, _)| wallet == id) {
                rows.push(Exposure { subject_id: Some(wallet.subject.clone()), ..exposure.clone() });
            }
        }
    }
    rows
}

/// All transfers once; returns what each wallet was given and in which lanes (bits) each transfer carried coin.
fn pass(context: &Context<'_>, wallets: &[(usize, &Wallet)], troubles: &mut Vec<Trouble>) -> (BTreeMap<usize, Tally>, Vec<u8>) {
    let (segment, roles) = (context.segment, context.roles);
    let mut slots = vec![false; segment.address_count()];
    let mut tallies: BTreeMap<usize, Tally> = BTreeMap::new();
    for (id, _) in wallets {
        slots[*id] = true;
        tallies.entry(*id).or_default();
    }
    let mut haircut = Haircut::new(context.balances, context.limits.floor);
    let mut fifo = Some(Fifo::new(context.balances, context.limits.parcels));
    let mut poison = Poison::new(slots.len());
    let mut carried = vec![0_u8; segment.len()];
    let (mut moved, mut parcels) = (Lanes::default(), Vec::new());
    for step in steps(segment, context.direction, 0..context.horizon) {
        let lanes = haircut.step(roles, step, &mut moved);
        let reached = poison.step(roles, step);
        carried[step.transfer] = lanes;
        if fifo.as_mut().is_some_and(|fifo| !fifo.step(roles, step, &mut parcels)) {
            fifo = None;
            parcels.clear();
            let what =
                format!("FIFO over {} {} stopped: {} parcels of coin held at once", segment.chain, segment.asset, context.limits.parcels);
            troubles.push(Trouble::warning("parcel-limit", None, what, "the haircut is complete; trace a shorter time for FIFO"));
        }
        if !slots[step.taker] || step.giver == step.taker {
            continue;
        }
        let Some(tally) = tallies.get_mut(&step.taker) else { continue };
        tally.total += step.amount;
        let price = Price { context, transfer: step.transfer };
        if roles[step.giver].absorbs {
            price.add(tally.direct.entry(step.giver).or_default(), step.amount);
            continue;
        }
        bits(lanes).for_each(|lane| price.add(&mut tally.haircut[lane], moved[lane]));
        bits(reached).for_each(|lane| price.add(&mut tally.poison[lane], step.amount));
        for Parcel { source, amount } in &parcels {
            if let Some(source) = source {
                price.add(tally.fifo.entry(*source).or_default(), *amount);
            }
        }
    }
    (tallies, carried)
}

/// The value of a transfer in dollars.
struct Price<'a> {
    context: &'a Context<'a>,
    transfer: usize,
}

impl Price<'_> {
    fn add(&self, sum: &mut Sum, amount: u128) {
        let (segment, limits) = (self.context.segment, self.context.limits);
        sum.amount = sum.amount.saturating_add(amount);
        let whole = segment.amount[self.transfer];
        let usd = segment.usd(self.transfer).map(|usd| if usd <= whole { share_of(usd, amount, whole) } else { times(usd, amount, whole) });
        match usd.or_else(|| limits.at_par.contains(&segment.asset).then_some(amount)) {
            Some(usd) => {
                sum.usd = sum.usd.saturating_add(usd);
                sum.priced = true;
            }
            None => sum.unpriced = true,
        }
        if sum.rows.len() < limits.evidence {
            sum.rows.push(segment.row[self.transfer]);
        }
    }
}

/// `usd * amount / whole` where the value is larger than the amount: exact to about 15 digits, enough for a value.
fn times(usd: u128, amount: u128, whole: u128) -> u128 {
    if amount == whole {
        return usd;
    }
    usd.checked_mul(amount).map_or_else(
        || {
            #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let value = (usd as f64 * (amount as f64 / whole as f64)) as u128;
            value
        },
        |product| product / whole,
    )
}

fn describe(context: &Context<'_>, csr: &Csr, carried: &[u8], id: usize, tally: &Tally, troubles: &mut Vec<Trouble>) -> Vec<Exposure> {
    let mut rows = Vec::new();
    let row = Row { context, csr, carried, id, total: tally.total };
    for (neighbour, sum) in &tally.direct {
        if is_burn(&context.segment.chain, context.segment.address(*neighbour)) {
            continue;
        }
        let path = if context.direction == Direction::From { vec![*neighbour, id] } else { vec![id, *neighbour] };
        for label in context.labels.get(context.segment.address(*neighbour)) {
            rows.push(row.of(label, *neighbour, "haircut", sum, Some(1), &path, &[]));
        }
    }
    for lane in 0..Lane::TRACED {
        let (method, sum) = match (&tally.haircut[lane], &tally.poison[lane]) {
            (haircut, _) if haircut.amount > 0 => ("haircut", haircut),
            (_, poison) if poison.amount > 0 => ("poison", poison),
            _ => continue,
        };
        let path = if method == "haircut" { row.find(lane, None, troubles) } else { None };
        rows.push(row.indirect(Lane::ALL[lane], None, method, sum, path));
    }
    let mut sources: Vec<(&u32, &Sum)> = tally.fifo.iter().collect();
    sources.sort_by_key(|(source, sum)| (std::cmp::Reverse(sum.amount), **source));
    if sources.len() > context.limits.sources {
        let what =
            format!("{} sources reach {}; the largest {} are shown", sources.len(), context.segment.address(id), context.limits.sources);
        troubles.push(Trouble::note("source-limit", None, what, "the sums by lane are complete"));
    }
    for (source, sum) in sources.into_iter().take(context.limits.sources) {
        for lane in bits(context.roles[*source as usize].source) {
            let path = row.find(lane, Some(*source as usize), troubles);
            rows.push(row.indirect(Lane::ALL[lane], Some(*source as usize), "fifo", sum, path));
        }
    }
    rows
}

/// What the rows of one wallet share.
struct Row<'a> {
    context: &'a Context<'a>,
    csr: &'a Csr,
    carried: &'a [u8],
    id: usize,
    total: u128,
}

impl Row<'_> {
    /// The shortest path over strangers that coin of the lane took; to one source when it is given.
    fn find(&self, lane: usize, source: Option<usize>, troubles: &mut Vec<Trouble>) -> Option<Path> {
        let (segment, roles, direction) = (self.context.segment, self.context.roles, self.context.direction);
        let is_source = |address: usize| roles[address].source >> lane & 1 == 1 && source.is_none_or(|source| source == address);
        // A transfer straight between wallet and source is told apart as direct.
        let is_direct = |transfer: usize| {
            let (from, to) = (segment.from[transfer] as usize, segment.to[transfer] as usize);
            let (other, end) = if direction == Direction::From { (from, to) } else { (to, from) };
            end == self.id && roles[other].absorbs
        };
        let carries = |transfer: usize| self.carried[transfer] >> lane & 1 == 1 && !is_direct(transfer);
        match nearest(segment, self.csr, self.id, direction, is_source, |address| roles[address].absorbs, carries, self.context.limits.work)
        {
            Search::Found(path) => Some(path),
            Search::NotFound => None,
            Search::WorkLimit => {
                let what = format!("the path to {} was given up after {} transfers", segment.address(self.id), self.context.limits.work);
                troubles.push(Trouble::note("path-limit", None, what, "the amounts are complete; only the path is not shown"));
                None
            }
        }
    }

    /// Coin over at least one stranger. The path's end gives the label where the method does not.
    fn indirect(&self, lane: Lane, source: Option<usize>, method: &str, sum: &Sum, path: Option<Path>) -> Exposure {
        let (segment, from) = (self.context.segment, self.context.direction == Direction::From);
        let end = path.as_ref().and_then(|path| if from { path.addresses.first() } else { path.addresses.last() }).copied();
        let source = source.or(end);
        let label = source.and_then(|source| self.context.labels.get(segment.address(source)).iter().find(|label| label.lane == lane));
        let unknown = Label {
            lane,
            name: format!("{} source, path not found", lane.word()),
            source: String::new(),
            chain: String::new(),
            lead_only: lane == Lane::Community,
            row: 0,
            listed_from: None,
            listed_to: None,
        };
        let (addresses, transfers) = path.map_or((Vec::new(), Vec::new()), |path| (path.addresses, path.transfers));
        let hops = if transfers.is_empty() { None } else { i64::try_from(transfers.len()).ok() };
        let mut exposure = self.of(label.unwrap_or(&unknown), source.unwrap_or(usize::MAX), method, sum, hops, &addresses, &transfers);
        if source.is_none() {
            exposure.source_address = None;
        }
        exposure
    }

    #[allow(clippy::too_many_arguments)] // one row has this many cells
    fn of(
        &self,
        label: &Label,
        source: usize,
        method: &str,
        sum: &Sum,
        hops: Option<i64>,
        path: &[usize],
        transfers: &[usize],
    ) -> Exposure {
        let (segment, limits) = (self.context.segment, self.context.limits);
        let mut evidence: Vec<i64> =
            if transfers.is_empty() { sum.rows.clone() } else { transfers.iter().map(|transfer| segment.row[*transfer]).collect() };
        evidence.truncate(limits.evidence);
        evidence.extend((label.row > 0).then_some(label.row));
        #[allow(clippy::cast_precision_loss)]
        let share = if self.total == 0 { 0.0 } else { sum.amount as f64 / self.total as f64 };
        Exposure {
            chain: Some(segment.chain.clone()),
            address: Some(segment.address(self.id).to_owned()),
            lane: Some(label.lane.word().to_owned()),
            source_label: Some(label.name.clone()),
            source_address: Some(segment.address(source).to_owned()),
            method: Some(method.to_owned()),
            direction: Some(self.context.direction.word().to_owned()),
            hops,
            amount_usd: (sum.priced && !sum.unpriced).then(|| i128::try_from(sum.usd).unwrap_or(i128::MAX)),
            amount: i128::try_from(sum.amount).ok(),
            asset: Some(segment.asset.clone()),
            share: Some(share),
            lead_only: Some(label.lead_only),
            path: Some(path.iter().map(|address| segment.address(*address)).collect::<Vec<_>>().join("|")),
            evidence: Some(evidence),
            ..Exposure::default()
        }
    }
}
