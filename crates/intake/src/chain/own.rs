//! Our own table `transfers`, and the usual query of a public database (time, from, to, sum in ETH).
//!
//! Must not know other sources.

use super::flat::{Amount, Asset, Chain, Flat, Without};

/// The table `transfers`.
pub(super) const TRANSFERS: Flat = Flat {
    id: "transfers",
    title: "our table transfers",
    told_by: &["chain", "from_address", "to_address", "amount"],
    chain: Chain::Column(&["chain"]),
    asset: Asset::Symbol(&["asset"]),
    from: &["from_address"],
    to: &["to_address"],
    amount: &[Amount::Whole("amount")],
    usd: &["amount_usd"],
    at: &["at", "time", "timestamp", "block_time", "block_timestamp"],
    block: &["block", "block_number"],
    transaction: &["transaction", "transaction_id", "transaction_hash", "tx_hash", "hash"],
    index: &["log_index"],
    without_index: Without::Unknown,
    tree: &[],
    self_named: false,
    idle: &[],
};

/// `block_time, from, to, total_eth`, addresses as `\x…`.
pub(super) const EXPLORER_QUERY: Flat = Flat {
    id: "query-eth",
    title: "database query: block_time, from, to, total_eth",
    told_by: &["block_time", "total_eth"],
    chain: Chain::Told,
    asset: Asset::Own,
    from: &["from"],
    to: &["to"],
    amount: &[Amount::Whole("total_eth")],
    usd: &[],
    at: &["block_time"],
    block: &["block_number"],
    transaction: &["hash", "tx_hash"],
    index: &[],
    without_index: Without::Unknown,
    tree: &[],
    self_named: false,
    idle: &[],
};
