//! Shapes of payment that traced payrolls have, as rows of `exposures` in the lane `pattern`: each row is what was seen; rules
//! decide what it means. What several subjects share is told again as links of a crew ([`links`]).
//!
//! An address that pools many people's coin says nothing of them: exchanges, services, mixers and every other labelled address,
//! burn addresses, and whoever deals with many ([`Patterns::hub`], [`Patterns::dealings`]) are not looked at.
//!
//! Sources: F. Victor, "Address clustering heuristics for Ethereum", FC 2020, section 4 (deposit addresses: forwarded to the
//! exchange within 3,200 blocks and 0.01 ETH); S. Meiklejohn et al., "A Fistful of Bitcoins", IMC 2013, section 5 (peeling
//! chains). The other bounds are our own. Subject ids are opaque words here.

pub(super) mod links;
mod own;
mod shared;

use super::{Limits, Wallet};
use crate::csr::Csr;
use crate::flow::{Role, is_burn};
use crate::label::Labels;
use crate::lane::Lane;
use crate::ledger::Ledger;
use crate::segment::Segment;
use bonafide_facts::tables::derived::Exposure;
use std::collections::{BTreeMap, BTreeSet, HashSet};

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
    /// An address that pays, or is paid by, more addresses than this is taken for a business and gathers or pays nobody's crew.
    pub dealings: usize,
    /// The part of a wallet's coin that goes to one address for it to gather there, in thousandths.
    pub gather_share: u128,
    /// Payments by which one address is somebody's payer.
    pub payer_times: usize,
    /// The part of a wallet's coin that one payer brings, in thousandths.
    pub payer_share: u128,
    /// Coin passed on within so much time, microseconds, counts as passed on at once.
    pub pass_time: i64,
    /// The part of what came in that goes on at once, in thousandths.
    pub pass_share: u128,
    /// How often it must.
    pub pass_times: usize,
    /// The largest first coin that is for fees, 10^-18 of the chain's own coin; on TRON, where fees are tens of coins, a hundred
    /// times that.
    pub gas_most: u128,
    /// What more subjects than this share links nobody.
    pub people: usize,
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
            dealings: 50,
            gather_share: 500,
            payer_times: 2,
            payer_share: 250,
            pass_time: 3_600_000_000,
            pass_share: 800,
            pass_times: 3,
            gas_most: 1_000_000_000_000_000_000,
            people: 20,
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
    share: Option<f64>,
    transfers: Vec<usize>,
    path: Vec<usize>,
}

/// Addresses, with their chain, that bring a wallet something else than the chain's own coin: whoever pays somebody's wage may pay
/// for the fees as well.
pub(super) struct Payers(HashSet<(String, String)>);

impl Payers {
    pub(super) fn of(ledger: &Ledger, wallets: &[Wallet]) -> Self {
        let mut payers = HashSet::new();
        for segment in ledger.segments.iter().filter(|segment| segment.asset != crate::chain::own_coin(&segment.chain)) {
            let paid: HashSet<usize> = wallets.iter().filter_map(|wallet| segment.find(&wallet.address)).collect();
            for (from, to) in segment.from.iter().zip(&segment.to) {
                if paid.contains(&(*to as usize)) {
                    payers.insert((segment.chain.clone(), segment.address(*from as usize).to_owned()));
                }
            }
        }
        Self(payers)
    }

    fn has(&self, segment: &Segment, address: usize) -> bool {
        self.0.contains(&(segment.chain.clone(), segment.address(address).to_owned()))
    }
}

/// The rows of the first `horizon` transfers of one segment.
pub(super) fn patterns(
    segment: &Segment,
    horizon: usize,
    known: (&[Role], &Labels, &Payers),
    wallets: &[(usize, &Wallet)],
    limits: &Limits,
) -> Vec<Exposure> {
    let (roles, labels, payers) = known;
    let addresses = segment.address_count();
    let (out, into) = (Csr::build(&segment.from[..horizon], addresses), Csr::build(&segment.to[..horizon], addresses));
    let mut owners: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    wallets.iter().for_each(|(id, wallet)| {
        owners.entry(*id).or_default().insert(&wallet.subject);
    });
    let lay = Lay { segment, roles, labels, payers, out, into, owners, bounds: &limits.patterns };
    let mut seen = lay.deposits(wallets);
    let deposits: BTreeSet<String> = seen.iter().map(|one| one.other.clone()).collect();
    seen.extend(lay.gathers(wallets, &deposits));
    seen.extend(lay.payers(wallets));
    seen.extend(wallets.iter().filter_map(|(id, wallet)| lay.gas(*id, wallet)));
    seen.extend(lay.gas_shared(wallets));
    seen.extend(wallets.iter().filter_map(|(id, wallet)| lay.peels(*id, wallet)));
    seen.extend(wallets.iter().filter_map(|(id, wallet)| lay.passes_on(*id, wallet)));
    seen.iter().map(|one| lay.row(one, limits)).collect()
}

struct Lay<'a> {
    segment: &'a Segment,
    roles: &'a [Role],
    labels: &'a Labels,
    payers: &'a Payers,
    out: Csr,
    into: Csr,
    owners: BTreeMap<usize, BTreeSet<&'a str>>,
    bounds: &'a Patterns,
}

impl Lay<'_> {
    fn degree(&self, address: usize) -> usize {
        self.out.of(address).len() + self.into.of(address).len()
    }

    /// Whether an address may belong to one person or crew: no label, not burnt to, and not too many dealings.
    fn is_private(&self, address: usize) -> bool {
        !self.roles[address].absorbs
            && self.degree(address) <= self.bounds.hub
            && !is_burn(&self.segment.chain, self.segment.address(address))
    }

    fn is_exchange(&self, address: usize) -> Option<&str> {
        let labels = self.labels.get(self.segment.address(address));
        labels.iter().find(|label| label.lane == Lane::Exchange && !label.lead_only).map(|label| label.name.as_str())
    }

    /// Whether an address is a wallet of the same subject.
    fn is_own(&self, address: usize, wallet: &Wallet) -> bool {
        self.owners.get(&address).is_some_and(|owners| owners.contains(wallet.subject.as_str()))
    }

    /// The sum of some transfers.
    fn sum(&self, transfers: impl IntoIterator<Item = usize>) -> u128 {
        transfers.into_iter().fold(0_u128, |sum, transfer| sum.saturating_add(self.segment.amount[transfer]))
    }

    fn row(&self, seen: &Seen<'_>, limits: &Limits) -> Exposure {
        let segment = self.segment;
        let mut evidence: Vec<i64> = seen.transfers.iter().map(|transfer| segment.row[*transfer]).collect();
        evidence.truncate(limits.evidence);
        let usd = limits.at_par.contains(&segment.asset).then_some(seen.amount);
        let comes = matches!(seen.method, "gas" | "gas_shared" | "payer");
        Exposure {
            subject_id: Some(seen.wallet.subject.clone()),
            chain: Some(segment.chain.clone()),
            address: Some(seen.wallet.address.clone()),
            lane: Some("pattern".to_owned()),
            source_label: Some(seen.label.clone()),
            source_address: Some(seen.other.clone()),
            method: Some(seen.method.to_owned()),
            direction: Some(if comes { "from" } else { "to" }.to_owned()),
            hops: i64::try_from(seen.hops).ok(),
            amount_usd: usd.and_then(|usd| i128::try_from(usd).ok()),
            amount: i128::try_from(seen.amount).ok(),
            asset: Some(segment.asset.clone()),
            share: seen.share,
            lead_only: Some(false),
            path: Some(seen.path.iter().map(|address| segment.address(*address)).collect::<Vec<_>>().join("|")),
            evidence: Some(evidence),
            ..Exposure::default()
        }
    }
}

/// `part` of `whole`, 0 to 1.
#[allow(clippy::cast_precision_loss)]
fn ratio(part: u128, whole: u128) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64).min(1.0) }
}

/// Whether a part is at least so many thousandths of the whole.
fn at_least(part: u128, whole: u128, thousandths: u128) -> bool {
    whole > 0
        && part / 1000 >= (whole / 1_000_000).saturating_mul(thousandths)
        && part.saturating_mul(1000) >= whole.saturating_mul(thousandths)
}
