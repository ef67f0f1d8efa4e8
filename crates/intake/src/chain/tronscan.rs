//! CSV exports of Tronscan: token transfers and transfers of TRX.
//!
//! Written from the field names of Tronscan's interface (docs.tronscan.org); not yet seen against an export of today. Must
//! not know other sources.

use super::flat::{Amount, Asset, Chain, Flat, Idle};

const HASH: &[&str] = &["txn_hash", "transaction_hash", "hash", "transaction_id"];
const TIME: &[&str] = &["time_utc", "timestamp", "time", "date", "block_ts"];

/// Token transfers.
pub(super) const TOKENS: Flat = Flat {
    id: "tronscan-tokens",
    title: "Tronscan export of token transfers",
    told_by: &["amount", "token_address", "block"],
    chain: Chain::Is("tron"),
    asset: Asset::Contract(&["token_address"]),
    from: &["from", "from_address"],
    to: &["to", "to_address"],
    amount: &[Amount::Whole("amount")],
    usd: &[],
    at: TIME,
    block: &["block"],
    transaction: HASH,
    index: &["event_index"],
    one_per_transaction: false,
    idle: &[
        ("status", Idle::IsNot(&["success", "confirmed", "successful", "true", "0"])),
        ("result", Idle::IsNot(&["success", "successful", "true"])),
    ],
};

/// Transfers of TRX.
pub(super) const NATIVE: Flat = Flat {
    id: "tronscan-trx",
    title: "Tronscan export of TRX transfers",
    told_by: &["txn_hash", "amount", "block"],
    chain: Chain::Is("tron"),
    asset: Asset::Symbol(&["token", "token_symbol", "symbol"]),
    from: &["from", "from_address"],
    to: &["to", "to_address"],
    amount: &[Amount::Whole("amount")],
    usd: &[],
    at: TIME,
    block: &["block"],
    transaction: HASH,
    index: &["event_index"],
    one_per_transaction: false,
    idle: &[
        ("status", Idle::IsNot(&["success", "confirmed", "successful", "true", "0"])),
        ("result", Idle::IsNot(&["success", "successful", "true"])),
    ],
};
