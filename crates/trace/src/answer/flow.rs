//! One trail in words and numbers: sums by lane, ends with their ways, the picture.
//!
//! Must not know how coin is followed.

use super::model::{Drawing, EdgeAnswer, EndAnswer, FlowAnswer, HopAnswer, LaneAnswer, NodeAnswer};
use super::{Question, Ready, decimal, instant};
use crate::amount::share_of;
use crate::flow::{Direction, is_burn};
use crate::follow::{End, Ground, Stop, Trail};
use crate::label::Label;
use crate::lane::Lane;
use crate::segment::Segment;
use bonafide_facts::Trouble;
use std::collections::{BTreeMap, HashMap};

/// What the parts of one description share.
struct Telling<'a> {
    ready: &'a Ready<'a>,
    segment: &'a Segment,
    direction: Direction,
    question: &'a Question,
    trail: &'a Trail,
    /// Value of the total, 10^-18 of a dollar.
    usd: Option<u128>,
}

/// Describes a trail.
pub(super) fn describe(
    ready: &Ready<'_>,
    ground: &Ground<'_>,
    direction: Direction,
    question: &Question,
    trail: &Trail,
    troubles: &mut Vec<Trouble>,
) -> FlowAnswer {
    let segment = ground.segment;
    let usd = value(ground, direction, question, trail);
    let telling = Telling { ready, segment, direction, question, trail, usd };
    let sum = |why: Stop| trail.ends.iter().filter(|end| end.why == why).map(|end| end.direct + end.indirect).sum::<u128>();
    let given_up = sum(Stop::Work);
    if given_up > 0 || trail.stopped_early {
        let what = format!("following {} {} of {} stopped at its limit", segment.asset, direction.word(), segment.address(trail.wallet));
        troubles.push(Trouble::warning("work-limit", None, what, "raise --work, or ask about a shorter time with --as-of"));
    }
    let shown = trail.ends.len().min(question.shown.ends);
    let (first, last) = trail.span.unwrap_or_default();
    FlowAnswer {
        chain: segment.chain.clone(),
        asset: segment.asset.clone(),
        direction: direction.word(),
        transfers: trail.transfers,
        first: instant(first),
        last: instant(last),
        total: decimal(trail.total),
        total_usd: usd.map(decimal),
        lanes: telling.lanes(),
        open: decimal(sum(Stop::NoFurther)),
        unexplained: decimal(found_by(ground, trail.wallet)),
        dropped: decimal(trail.dropped),
        given_up: decimal(given_up),
        work: trail.spent,
        ends: trail.ends[..shown].iter().map(|end| telling.end(end)).collect(),
        more_ends: trail.ends.len() - shown,
        more_ends_amount: decimal(trail.ends[shown..].iter().map(|end| end.direct + end.indirect).sum()),
        drawing: telling.drawing(),
    }
}

/// Value of the wallet's own transfers, when each has one.
fn value(ground: &Ground<'_>, direction: Direction, question: &Question, trail: &Trail) -> Option<u128> {
    let at_par = question.shown.at_par.contains(&ground.segment.asset);
    let own = if direction == Direction::From { ground.into } else { ground.out }.of(trail.wallet);
    let own = own.iter().map(|transfer| *transfer as usize).filter(|transfer| *transfer < ground.horizon);
    own.filter(|transfer| ground.segment.from[*transfer] != ground.segment.to[*transfer]).try_fold(0_u128, |sum, transfer| {
        let usd = ground.segment.usd(transfer).or_else(|| at_par.then_some(ground.segment.amount[transfer]))?;
        sum.checked_add(usd)
    })
}

/// What an address spent without having received it.
fn found_by(ground: &Ground<'_>, address: usize) -> u128 {
    let (mut holds, mut found) = (0_u128, 0_u128);
    let mut all: Vec<(u32, bool)> = ground.out.of(address).iter().map(|transfer| (*transfer, true)).collect();
    all.extend(ground.into.of(address).iter().map(|transfer| (*transfer, false)));
    all.sort_unstable();
    for (transfer, outgoing) in all.into_iter().filter(|(transfer, _)| (*transfer as usize) < ground.horizon) {
        let (transfer, segment) = (transfer as usize, ground.segment);
        let amount = if segment.from[transfer] == segment.to[transfer] { 0 } else { segment.amount[transfer] };
        if outgoing {
            found += amount.saturating_sub(holds);
            holds = holds.saturating_sub(amount);
        } else {
            holds += amount;
        }
    }
    found
}

#[allow(clippy::cast_precision_loss)]
fn ratio(part: u128, whole: u128) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl Telling<'_> {
    fn labels(&self, address: usize) -> &[Label] {
        self.ready.labels.get(self.segment.address(address))
    }

    fn usd_of(&self, amount: u128) -> Option<u128> {
        let usd = self.usd?;
        if usd <= self.trail.total {
            Some(share_of(usd, amount, self.trail.total))
        } else {
            usd.checked_mul(amount)?.checked_div(self.trail.total)
        }
    }

    fn is_dust(&self, end: &End) -> bool {
        let shown = &self.question.shown;
        let small = self.usd_of(end.direct).is_none_or(|usd| usd < shown.dust_usd);
        end.direct > 0 && small && ratio(end.direct, self.trail.total) < shown.dust_share
    }

    fn lanes(&self) -> Vec<LaneAnswer> {
        #[derive(Default)]
        struct Sum {
            direct: u128,
            indirect: u128,
            dust: u128,
            firm: bool,
            hops: usize,
        }
        let mut sums: BTreeMap<Lane, Sum> = BTreeMap::new();
        for end in self.trail.ends.iter().filter(|end| end.why == Stop::Label) {
            let labels = self.labels(end.address);
            let mut lanes: Vec<Lane> = labels.iter().map(|label| label.lane).collect();
            lanes.dedup();
            for lane in lanes {
                let sum = sums.entry(lane).or_default();
                let straight = if self.is_dust(end) { &mut sum.dust } else { &mut sum.direct };
                *straight += end.direct;
                sum.indirect += end.indirect;
                sum.firm |= labels.iter().any(|label| label.lane == lane && !label.lead_only);
                sum.hops = if sum.hops == 0 { end.way.len() } else { sum.hops.min(end.way.len()) };
            }
        }
        let total = self.trail.total;
        let lane = |(lane, sum): (Lane, Sum)| LaneAnswer {
            lane,
            direct: decimal(sum.direct),
            indirect: decimal(sum.indirect),
            dust: decimal(sum.dust),
            direct_usd: self.usd_of(sum.direct).map(decimal),
            indirect_usd: self.usd_of(sum.indirect).map(decimal),
            share_direct: ratio(sum.direct, total),
            share_indirect: ratio(sum.indirect, total),
            lead_only: !sum.firm,
            hops: sum.hops,
        };
        sums.into_iter().map(lane).collect()
    }

    fn end(&self, end: &End) -> EndAnswer {
        let address = self.segment.address(end.address);
        let labels = self.labels(end.address);
        let back = self.direction == Direction::From;
        let (why, says) = match end.why {
            Stop::Label if labels.is_empty() && is_burn(&self.segment.chain, address) => {
                ("nobody", "an address that nobody holds: coin is minted from it or burnt by sending it there".to_owned())
            }
            Stop::Label => {
                let names: Vec<String> = labels.iter().map(|label| format!("{} ({})", label.name, label.lane.word())).collect();
                ("label", format!("bears a label, and is not passed through: {}", bonafide_facts::text::printable(&names.join(", "), 300)))
            }
            Stop::NoFurther if back => {
                ("no_earlier", "no earlier transfer in the data explains this coin: unexplained, not clean".to_owned())
            }
            Stop::NoFurther => ("still_there", "the coin still lies here, as far as the data goes".to_owned()),
            Stop::Work => ("work", "too many transfers to look through; most often a service".to_owned()),
            Stop::Returned => ("returned", "the coin came back to the wallet itself".to_owned()),
        };
        let mut way: Vec<HopAnswer> = end.way.iter().map(|transfer| self.hop(*transfer)).collect();
        if back {
            way.reverse();
        }
        EndAnswer {
            address: address.to_owned(),
            why,
            says,
            labels: labels.iter().map(|label| self.ready.label(label)).collect(),
            direct: decimal(end.direct),
            indirect: decimal(end.indirect),
            dust: end.why == Stop::Label && self.is_dust(end),
            hops: end.way.len(),
            way,
        }
    }

    fn hop(&self, transfer: usize) -> HopAnswer {
        let segment = self.segment;
        HopAnswer {
            at: instant(segment.at[transfer]),
            from: segment.address(segment.from[transfer] as usize).to_owned(),
            to: segment.address(segment.to[transfer] as usize).to_owned(),
            amount: decimal(segment.amount[transfer]),
            place: self.ready.place(segment.row[transfer]),
        }
    }

    fn drawing(&self) -> Drawing {
        let mut edges: Vec<_> = self.trail.edges.iter().collect();
        edges.sort_by_key(|(ends, edge)| (std::cmp::Reverse(edge.amount), **ends));
        let shown = edges.len().min(self.question.shown.edges);
        let more_edges_amount = decimal(edges[shown..].iter().map(|(_, edge)| edge.amount).sum());
        let more_edges = edges.len() - shown;
        edges.truncate(shown);
        let mut amounts: BTreeMap<usize, u128> = BTreeMap::from([(self.trail.wallet, self.trail.total)]);
        for ((_, taker), edge) in edges.iter().filter(|((_, taker), _)| *taker != self.trail.wallet) {
            *amounts.entry(*taker).or_default() += edge.amount;
        }
        // An edge deep in the picture may outlive the one that led to it: its giver is still drawn.
        edges.iter().for_each(|((giver, _), _)| *amounts.entry(*giver).or_default() += 0);
        let mut nodes: Vec<(usize, u128)> = amounts.into_iter().collect();
        nodes.sort_by_key(|(address, amount)| (self.trail.hops(*address), std::cmp::Reverse(*amount), *address));
        let places: HashMap<usize, usize> = nodes.iter().enumerate().map(|(place, (address, _))| (*address, place)).collect();
        let node = |(address, amount): &(usize, u128)| {
            let label = self.labels(*address).first();
            let hops = i64::from(self.trail.hops(*address));
            NodeAnswer {
                address: self.segment.address(*address).to_owned(),
                layer: if self.direction == Direction::From { -hops } else { hops },
                label: label.map(|label| bonafide_facts::text::printable(&label.name, 80)),
                lane: label.map(|label| label.lane),
                lead_only: label.is_some_and(|label| label.lead_only),
                amount: decimal(*amount),
            }
        };
        let edge = |((giver, taker), edge): &(&(usize, usize), &crate::follow::Edge)| {
            let (from, to) = if self.direction == Direction::From { (taker, giver) } else { (giver, taker) };
            let first = edge.kept.iter().map(|transfer| self.segment.at[*transfer as usize]).min().unwrap_or_default();
            EdgeAnswer {
                from: places[from],
                to: places[to],
                amount: decimal(edge.amount),
                share: ratio(edge.amount, self.trail.total),
                transfers: edge.transfers,
                first: instant(first),
                places: edge
                    .kept
                    .iter()
                    .take(self.question.shown.rows)
                    .filter_map(|transfer| self.ready.place(self.segment.row[*transfer as usize]))
                    .collect(),
            }
        };
        Drawing { nodes: nodes.iter().map(node).collect(), edges: edges.iter().map(edge).collect(), more_edges, more_edges_amount }
    }
}
