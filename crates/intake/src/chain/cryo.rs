//! cryo (Paradigm): erc20_transfers, native_transfers and traces, in CSV or Parquet, hashes and addresses as bytes or hex.
//!
//! Source: paradigmxyz/cryo, crates/freeze/src/datasets. Must not know other sources.

use super::flat::{Amount, Asset, Chain, Flat, Idle, Without};

/// erc20_transfers.
pub(super) const ERC20: Flat = Flat {
    id: "cryo-erc20-transfers",
    title: "cryo erc20_transfers",
    told_by: &["erc20", "log_index", "transaction_hash"],
    chain: Chain::Column(&["chain_id"]),
    asset: Asset::Contract(&["erc20"]),
    from: &["from_address"],
    to: &["to_address"],
    // 256-bit numbers come in up to three columns; the one in floating point is never read.
    amount: &[Amount::RawOfToken("value_string"), Amount::RawOfToken("value_binary"), Amount::RawOfToken("value")],
    usd: &[],
    at: &["block_timestamp", "timestamp"],
    block: &["block_number"],
    transaction: &["transaction_hash"],
    index: &["log_index"],
    without_index: Without::Unknown,
    tree: &[],
    self_named: false,
    idle: &[],
};

/// native_transfers.
pub(super) const NATIVE: Flat = Flat {
    id: "cryo-native-transfers",
    title: "cryo native_transfers",
    told_by: &["transfer_index", "transaction_hash"],
    chain: Chain::Column(&["chain_id"]),
    asset: Asset::Own,
    from: &["from_address"],
    to: &["to_address"],
    amount: &[Amount::Raw("value_string", 18), Amount::Raw("value_binary", 18), Amount::Raw("value", 18)],
    usd: &[],
    at: &["block_timestamp", "timestamp"],
    block: &["block_number"],
    transaction: &["transaction_hash"],
    index: &["transfer_index"],
    without_index: Without::Unknown,
    tree: &[],
    self_named: false,
    idle: &[],
};

/// traces.
pub(super) const TRACES: Flat = Flat {
    id: "cryo-traces",
    title: "cryo traces (internal transfers too)",
    told_by: &["action_from", "action_type", "trace_address"],
    chain: Chain::Column(&["chain_id"]),
    asset: Asset::Own,
    from: &["action_from"],
    to: &["action_to"],
    amount: &[Amount::Raw("action_value", 18), Amount::Raw("action_value_string", 18), Amount::Raw("action_value_binary", 18)],
    usd: &[],
    at: &["block_timestamp", "timestamp"],
    block: &["block_number"],
    transaction: &["transaction_hash"],
    index: &[],
    without_index: Without::Unknown,
    tree: &["trace_address"],
    self_named: false,
    idle: &[("action_call_type", Idle::IsNot(&["call"])), ("action_type", Idle::Is(&["reward"])), ("error", Idle::Given)],
};
