//! The whole answer to "whose coin is this?" as a value: for each wallet, asset and direction the totals by lane (direct,
//! indirect, dust apart), the ways and the transfers behind them, and where and why following stopped.
//!
//! It gives amounts and never a judgement: a wallet in no transfer is "not found", a wallet without labelled coin is
//! "nothing found", and neither is ever "clean".

mod flow;
mod model;

use crate::csr::Csr;
use crate::flow::{Direction, roles};
use crate::follow::{Bounds, Ground, Method, follow};
use crate::label::Labels;
use crate::ledger::Ledger;
use crate::segment::Segment;
use bonafide_facts::cell::Time;
use bonafide_facts::identifier::wallet;
use bonafide_facts::text::printable;
use bonafide_facts::{Files, Place, RowId, Trouble};
pub use model::{
    Answer, Drawing, EdgeAnswer, EndAnswer, FlowAnswer, HopAnswer, LabelAnswer, LaneAnswer, LedgerNote, NodeAnswer, SegmentNote,
    WalletAnswer,
};
use std::collections::BTreeSet;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Addresses as the user wrote them.
    pub addresses: Vec<String>,
    /// Which ways to follow.
    pub directions: Vec<Direction>,
    /// How mixed coin is divided.
    pub method: Method,
    /// Only what was so at this instant, microseconds since 1970.
    pub as_of: Option<i64>,
    /// What following may cost.
    pub bounds: Bounds,
    /// What is shown.
    pub shown: Shown,
}

/// How much is shown, and what counts as dust. Sums are always over all.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// Ends by name, the largest first.
    pub ends: usize,
    /// Edges drawn, the largest first.
    pub edges: usize,
    /// Transfers named for one edge.
    pub rows: usize,
    /// A direct amount below this value (10^-18 of a dollar) and below [`Shown::dust_share`] is dust: anybody can send it unasked.
    pub dust_usd: u128,
    /// Share of all that came in or went out.
    pub dust_share: f64,
    /// Assets counted at one dollar each where a transfer has no value in dollars.
    pub at_par: Vec<String>,
}

impl Default for Shown {
    fn default() -> Self {
        let at_par = crate::Limits::default().at_par;
        Self { ends: 60, edges: 300, rows: 5, dust_usd: 1_000_000_000_000_000_000, dust_share: 0.001, at_par }
    }
}

/// A ledger made ready for questions: each segment with its two indexes and the roles of its addresses.
#[derive(Debug)]
pub struct Ready<'a> {
    ledger: &'a Ledger,
    labels: &'a Labels,
    files: &'a Files,
    segments: Vec<Indexed<'a>>,
}

#[derive(Debug)]
struct Indexed<'a> {
    segment: &'a Segment,
    out: Csr,
    into: Csr,
    roles: Vec<crate::flow::Role>,
}

impl<'a> Ready<'a> {
    /// Builds the indexes. `labels` are those that hold at the time asked about.
    #[must_use]
    pub fn new(ledger: &'a Ledger, labels: &'a Labels, files: &'a Files) -> Self {
        let index = |segment: &'a Segment| Indexed {
            segment,
            out: Csr::build(&segment.from, segment.address_count()),
            into: Csr::build(&segment.to, segment.address_count()),
            roles: roles(segment, labels),
        };
        Self { ledger, labels, files, segments: ledger.segments.iter().map(index).collect() }
    }

    /// Answers, and says what could not be done.
    #[must_use]
    pub fn ask(&self, question: &Question) -> (Answer, Vec<Trouble>) {
        let mut troubles = Vec::new();
        let wallets = question.addresses.iter().map(|address| self.wallet(address, question, &mut troubles)).collect();
        let answer = Answer {
            method: question.method,
            as_of: question.as_of.map(instant),
            ledger: self.note(),
            wallets,
            limits: format!(
                "Followed by {}; shares below {} of a coin and more than {} transfers are not followed. Exchanges, services and other labelled addresses end the way: what lies behind them says nothing of this coin. Only the given transfers are known: internal transfers, swaps and other chains are absent unless they were given.",
                question.method.word(),
                decimal(question.bounds.floor),
                question.bounds.work
            ),
        };
        (answer, troubles)
    }

    fn note(&self) -> LedgerNote {
        let note = |segment: &Segment| SegmentNote {
            chain: segment.chain.clone(),
            asset: segment.asset.clone(),
            transfers: segment.len(),
            addresses: segment.address_count(),
            first: segment.at.first().copied().map(instant),
            last: segment.at.last().copied().map(instant),
        };
        LedgerNote { segments: self.ledger.segments.iter().map(note).collect(), labels: self.labels.len() }
    }

    fn wallet(&self, written: &str, question: &Question, troubles: &mut Vec<Trouble>) -> WalletAnswer {
        let address = wallet::canonical(written);
        let mut answer = WalletAnswer { address: printable(&address, 128), ..WalletAnswer::default() };
        match wallet::parse(written) {
            Ok(parsed) => answer.chains = parsed.chains.iter().map(|chain| (*chain).to_owned()).collect(),
            Err(reason) if reason.is_damage() => {
                answer.damaged = Some(reason.sentence().to_owned());
                answer.says = format!("Refused: {}. Nothing was traced.", reason.sentence());
                let what = format!("address `{}`: {}", answer.address, reason.sentence());
                troubles.push(Trouble::warning("damaged-wallet", None, what, "copy the address again from where it was first written"));
                return answer;
            }
            Err(_) => {}
        }
        let strange = wallet::parse(written).is_err();
        answer.labels = self.labels.get(&address).iter().map(|label| self.label(label)).collect();
        for indexed in &self.segments {
            let Some(id) = indexed.segment.find(&address) else { continue };
            let horizon = question.as_of.map_or(indexed.segment.len(), |at| indexed.segment.until(at));
            let ground = Ground { segment: indexed.segment, out: &indexed.out, into: &indexed.into, roles: &indexed.roles, horizon };
            for direction in &question.directions {
                let trail = follow(&ground, id, *direction, question.method, &question.bounds);
                if trail.transfers > 0 {
                    answer.flows.push(flow::describe(self, &ground, *direction, question, &trail, troubles));
                }
            }
        }
        answer.found = !answer.flows.is_empty();
        answer.says = says(&answer, &self.missing(&answer, strange, question.as_of));
        if strange && !answer.found {
            let what = format!("`{}` is in no transfer, and no known chain writes addresses like this", answer.address);
            troubles.push(Trouble::warning(
                "no-address",
                None,
                what,
                "give the address itself: names (ENS and the like) are not looked up",
            ));
        }
        answer
    }

    /// Why an address may be in no transfer.
    fn missing(&self, answer: &WalletAnswer, strange: bool, as_of: Option<i64>) -> String {
        let given: usize = self.ledger.segments.iter().map(Segment::len).sum();
        let mut says = match as_of {
            None => format!("Not found in any of the {given} transfers given."),
            Some(at) => {
                let until: usize = self.ledger.segments.iter().map(|segment| segment.until(at)).sum();
                format!("Not found in any of the {until} transfers until {} ({given} are given).", instant(at))
            }
        };
        let evm = |chain: &str| {
            matches!(chain, "ethereum" | "bsc" | "polygon" | "arbitrum" | "optimism" | "base" | "avalanche" | "fantom" | "gnosis")
        };
        let fits = |chain: &str| answer.chains.iter().any(|own| own == chain || own == "evm" && (evm(chain) || !KNOWN.contains(&chain)));
        let here: BTreeSet<&str> = self.ledger.segments.iter().map(|segment| segment.chain.as_str()).collect();
        if strange {
            says += " No known chain writes addresses like this; names are not looked up.";
        } else if !here.is_empty() && !here.iter().any(|chain| fits(chain)) {
            let own = if answer.chains == ["evm"] { "Ethereum's form".to_owned() } else { answer.chains.join(" or ") };
            says += &format!(" It is an address of {own}; the transfers given are of {}.", here.into_iter().collect::<Vec<_>>().join(", "));
        }
        says
    }

    fn label(&self, label: &crate::label::Label) -> LabelAnswer {
        LabelAnswer {
            lane: label.lane,
            name: printable(&label.name, 120),
            source: printable(&label.source, 200),
            lead_only: label.lead_only,
            listed_from: label.listed_from.map(instant),
            listed_to: label.listed_to.map(instant),
            place: self.place(label.row),
        }
    }

    fn place(&self, row: i64) -> Option<Place> {
        self.files.place(RowId(row)).filter(|place| place.line != Some(0))
    }
}

/// Chains whose addresses have a form of their own.
const KNOWN: [&str; 8] = ["bitcoin", "tron", "solana", "litecoin", "xrp", "monero", "dogecoin", "zcash"];

fn says(answer: &WalletAnswer, missing: &str) -> String {
    let listed = answer.labels.iter().map(|label| format!("{} ({})", label.name, label.lane.word())).collect::<Vec<_>>().join(", ");
    let own = if listed.is_empty() { String::new() } else { format!("The address itself bears a label: {listed}. ") };
    if !answer.found {
        return format!("{own}{missing} Nothing is known of its coin; that does not mean there is nothing.");
    }
    let lanes: Vec<String> = answer
        .flows
        .iter()
        .flat_map(|flow| flow.lanes.iter().map(move |lane| (flow, lane)))
        .filter(|(_, lane)| lane.share_direct + lane.share_indirect > 0.0)
        .map(|(flow, lane)| {
            let way = if flow.direction == "from" { "came from" } else { "went to" };
            let lead = if lane.lead_only { ", a lead only" } else { "" };
            let percent = 100.0 * (lane.share_direct + lane.share_indirect);
            format!("{percent:.1}% of its {} {way} {}{lead}", flow.asset, lane.lane.word())
        })
        .collect();
    if lanes.is_empty() {
        return format!(
            "{own}Found, and no coin could be followed to or from a label. What could not be explained is named below; nothing found does not mean there is nothing."
        );
    }
    format!("{own}{}.", lanes.join("; "))
}

/// An instant as RFC 3339.
fn instant(micros: i64) -> String {
    Time { micros, offset_minutes: None }.to_string()
}

/// 10^-18 units as plain decimals.
fn decimal(amount: u128) -> String {
    bonafide_facts::cell::decimal(i128::try_from(amount).unwrap_or(i128::MAX))
}
