//! ethereum-etl (blockchain-etl): token_transfers, transactions and traces; their blocks give the times.
//!
//! Source: blockchain-etl/ethereum-etl, docs/schema.md. Must not know other sources.

use super::flat::{Amount, Asset, Chain, Flat, Idle, Without};

/// token_transfers.
pub(super) const TOKENS: Flat = Flat {
    id: "ethereum-etl-token-transfers",
    title: "ethereum-etl token_transfers",
    told_by: &["token_address", "transaction_hash", "value"],
    chain: Chain::Told,
    asset: Asset::Contract(&["token_address"]),
    from: &["from_address"],
    to: &["to_address"],
    amount: &[Amount::RawOfToken("value")],
    usd: &[],
    at: &["block_timestamp"],
    block: &["block_number"],
    transaction: &["transaction_hash"],
    index: &["log_index"],
    without_index: Without::Unknown,
    tree: &[],
    self_named: false,
    idle: &[],
};

/// traces: every movement of the chain's own coin, internal ones too.
pub(super) const TRACES: Flat = Flat {
    id: "ethereum-etl-traces",
    title: "ethereum-etl traces (internal transfers too)",
    told_by: &["trace_type", "call_type", "trace_address"],
    chain: Chain::Told,
    asset: Asset::Own,
    from: &["from_address"],
    to: &["to_address"],
    amount: &[Amount::Raw("value", 18)],
    usd: &[],
    at: &["block_timestamp"],
    block: &["block_number"],
    transaction: &["transaction_hash"],
    index: &[],
    without_index: Without::Unknown,
    tree: &["trace_address"],
    self_named: false,
    // A delegate or code call moves the caller's own coin nowhere; a status of 0 is a failed call.
    idle: &[
        ("call_type", Idle::IsNot(&["call"])),
        ("trace_type", Idle::Is(&["reward", "genesis", "daofork"])),
        ("status", Idle::Fails(&["0"])),
        ("error", Idle::Given),
    ],
};

/// transactions: the coin that transactions themselves move, without internal transfers.
pub(super) const TRANSACTIONS: Flat = Flat {
    id: "ethereum-etl-transactions",
    title: "ethereum-etl transactions (native transfers)",
    told_by: &["hash", "nonce", "gas", "value"],
    chain: Chain::Told,
    asset: Asset::Own,
    from: &["from_address"],
    to: &["to_address"],
    amount: &[Amount::Raw("value", 18)],
    usd: &[],
    at: &["block_timestamp"],
    block: &["block_number"],
    transaction: &["hash"],
    index: &["transaction_index"],
    without_index: Without::One,
    tree: &[],
    self_named: false,
    idle: &[("receipt_status", Idle::Is(&["0"])), ("value", Idle::Is(&["0"]))],
};
