//! The answer's parts: plain values, amounts as exact decimals in whole units of the asset, times in RFC 3339, UTC.
//!
//! Must not know how anything is found or shown.

use crate::follow::Method;
use crate::lane::Lane;
use bonafide_facts::Place;
use serde::Serialize;

/// The whole answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// How mixed coin was divided.
    pub method: Method,
    /// Only what was so then.
    pub as_of: Option<String>,
    /// What was looked through.
    pub ledger: LedgerNote,
    /// In the order asked.
    pub wallets: Vec<WalletAnswer>,
    /// What following could not see.
    pub limits: String,
}

/// What was looked through.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LedgerNote {
    /// By chain and asset.
    pub segments: Vec<SegmentNote>,
    /// Labelled addresses.
    pub labels: usize,
}

/// One chain and asset.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentNote {
    /// Chain.
    pub chain: String,
    /// Asset.
    pub asset: String,
    /// Transfers.
    pub transfers: usize,
    /// Addresses.
    pub addresses: usize,
    /// Time of the first transfer.
    pub first: Option<String>,
    /// Time of the last.
    pub last: Option<String>,
}

/// One address asked about.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct WalletAnswer {
    /// Canonical.
    pub address: String,
    /// Chains that can have written it.
    pub chains: Vec<String>,
    /// Why it is no address any more.
    pub damaged: Option<String>,
    /// Whether any transfer has it.
    pub found: bool,
    /// The sum of it, in sentences.
    pub says: String,
    /// Labels of the address itself.
    pub labels: Vec<LabelAnswer>,
    /// By chain, asset and direction.
    pub flows: Vec<FlowAnswer>,
}

/// One label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelAnswer {
    /// Lane.
    pub lane: Lane,
    /// Whose the address is said to be.
    pub name: String,
    /// Who says so.
    pub source: String,
    /// Volunteers only.
    pub lead_only: bool,
    /// Since when.
    pub listed_from: Option<String>,
    /// Until when.
    pub listed_to: Option<String>,
    /// Where it was read.
    pub place: Option<Place>,
}

/// One asset of one wallet in one direction.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowAnswer {
    /// Chain.
    pub chain: String,
    /// Asset.
    pub asset: String,
    /// `from`: where its coin came from; `to`: where it went.
    pub direction: &'static str,
    /// The wallet's own transfers in that direction.
    pub transfers: u64,
    /// Time of the first.
    pub first: String,
    /// Time of the last.
    pub last: String,
    /// Sum of them.
    pub total: String,
    /// Its value in dollars, when every one has one.
    pub total_usd: Option<String>,
    /// What arrived at labels, by lane. An address with labels in two lanes counts in both.
    pub lanes: Vec<LaneAnswer>,
    /// `from`: coin that no earlier transfer in the data explains; `to`: coin that still lies where it was followed to.
    pub open: String,
    /// Coin the wallet spent without having received it in the data: an internal transfer, a fee refund, a missing file.
    pub unexplained: String,
    /// Shares too small to be followed.
    pub dropped: String,
    /// Coin whose way was given up because the work was spent.
    pub given_up: String,
    /// Transfers looked at.
    pub work: usize,
    /// Where it ended, the largest first.
    pub ends: Vec<EndAnswer>,
    /// Ends that are not shown.
    pub more_ends: usize,
    /// What ended there.
    pub more_ends_amount: String,
    /// The picture.
    pub drawing: Drawing,
}

/// What arrived in one lane.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LaneAnswer {
    /// Lane.
    pub lane: Lane,
    /// Straight, without dust.
    pub direct: String,
    /// Over other addresses.
    pub indirect: String,
    /// Straight, in amounts so small that anybody may have sent them unasked.
    pub dust: String,
    /// Value of `direct` in dollars.
    pub direct_usd: Option<String>,
    /// Value of `indirect` in dollars.
    pub indirect_usd: Option<String>,
    /// Of the total, 0 to 1.
    pub share_direct: f64,
    /// Of the total, 0 to 1.
    pub share_indirect: f64,
    /// Every label in it is a lead only.
    pub lead_only: bool,
    /// Fewest transfers between.
    pub hops: usize,
}

/// Coin that ended at an address.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EndAnswer {
    /// Address.
    pub address: String,
    /// `label`, `nobody`, `no_earlier`, `still_there`, `work` or `returned`.
    pub why: &'static str,
    /// The same as a sentence.
    pub says: String,
    /// Its labels.
    pub labels: Vec<LabelAnswer>,
    /// Straight.
    pub direct: String,
    /// Over other addresses.
    pub indirect: String,
    /// Whether what came straight is dust.
    pub dust: bool,
    /// Fewest transfers.
    pub hops: usize,
    /// A shortest way, in the order the coin went.
    pub way: Vec<HopAnswer>,
}

/// One transfer of a way.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HopAnswer {
    /// Time.
    pub at: String,
    /// Sender.
    pub from: String,
    /// Receiver.
    pub to: String,
    /// The whole transfer.
    pub amount: String,
    /// Where it was read.
    pub place: Option<Place>,
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Drawing {
    /// By layer, then amount.
    pub nodes: Vec<NodeAnswer>,
    /// By amount.
    pub edges: Vec<EdgeAnswer>,
    /// Edges that are not drawn.
    pub more_edges: usize,
    /// What they carried.
    pub more_edges_amount: String,
}

/// One address of the picture.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NodeAnswer {
    /// Address.
    pub address: String,
    /// Transfers from the wallet, which is 0; before it below zero, behind it above.
    pub layer: i64,
    /// Its label's name.
    pub label: Option<String>,
    /// Its label's lane.
    pub lane: Option<Lane>,
    /// A lead only.
    pub lead_only: bool,
    /// Followed coin that passed or ended.
    pub amount: String,
}

/// One arrow of the picture.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EdgeAnswer {
    /// Place of the sender in [`Drawing::nodes`].
    pub from: usize,
    /// Place of the receiver.
    pub to: usize,
    /// Followed coin.
    pub amount: String,
    /// Of all that was followed, 0 to 1.
    pub share: f64,
    /// Transfers.
    pub transfers: u64,
    /// Time of the first.
    pub first: String,
    /// Where the first of them were read.
    pub places: Vec<Place>,
}
