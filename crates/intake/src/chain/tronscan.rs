//! Tronscan: CSV exports of transfers, and the JSON of its interface.
//!
//! Sources: docs.tronscan.org ("Transactions and transfers": quant, block_ts, tokenInfo, contractRet); the CSV header `Txn Hash,Block,Time
//! (UTC),Type,Method ID,Method Name,From,To,Token,Token Symbol,Amount,Token ID(1155)` as a public program writes it. That export gives no
//! contract, only the symbol a token gives itself, and the run says so. Must not know other sources.

use super::flat::{Amount, Asset, Chain, Flat, Idle, Without};

const HASH: &[&str] = &["txn_hash", "transaction_hash", "hash", "transaction_id"];
const TIME: &[&str] = &["time_utc", "timestamp", "time", "date", "block_ts"];
const OK: &[&str] = &["success", "confirmed", "successful", "true", "ok", "0"];
const IDLE: &[(&str, Idle)] = &[
    ("status", Idle::IsNot(OK)),
    ("result", Idle::IsNot(OK)),
    ("contractret", Idle::IsNot(OK)),
    ("finalresult", Idle::IsNot(OK)),
    ("revert", Idle::Is(&["true", "1"])),
];

/// Token transfers with their contract.
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
    without_index: Without::Nth,
    tree: &[],
    self_named: false,
    idle: IDLE,
};

/// Transfers by symbol: TRX, and tokens by what they call themselves.
pub(super) const NATIVE: Flat = Flat {
    id: "tronscan-transfers",
    title: "Tronscan export of transfers, by symbol",
    told_by: &["txn_hash", "amount", "block"],
    chain: Chain::Is("tron"),
    asset: Asset::Symbol(&["token_symbol", "symbol", "token"]),
    from: &["from", "from_address"],
    to: &["to", "to_address"],
    amount: &[Amount::Whole("amount")],
    usd: &[],
    at: TIME,
    block: &["block"],
    transaction: HASH,
    index: &["event_index"],
    without_index: Without::Nth,
    tree: &[],
    self_named: true,
    idle: IDLE,
};

/// Token transfers of the interface.
pub(super) const JSON_TOKENS: Flat = Flat {
    id: "tronscan-json-tokens",
    title: "Tronscan interface: token transfers",
    told_by: &["transaction_id", "block_ts", "quant"],
    chain: Chain::Is("tron"),
    asset: Asset::Contract(&["contract_address", "tokeninfo_tokenid"]),
    from: &["from_address"],
    to: &["to_address"],
    amount: &[Amount::RawWith("quant", "tokeninfo_tokendecimal")],
    usd: &[],
    at: &["block_ts"],
    block: &["block"],
    transaction: &["transaction_id"],
    index: &["event_index"],
    without_index: Without::Nth,
    tree: &[],
    self_named: false,
    idle: IDLE,
};

/// Transfers of TRX and TRC-10 of the interface.
pub(super) const JSON_NATIVE: Flat = Flat {
    id: "tronscan-json-transfers",
    title: "Tronscan interface: transfers of TRX",
    told_by: &["transactionhash", "transferfromaddress", "transfertoaddress"],
    chain: Chain::Is("tron"),
    asset: Asset::Contract(&["tokeninfo_tokenid", "tokenname"]),
    from: &["transferfromaddress"],
    to: &["transfertoaddress"],
    amount: &[Amount::RawWith("amount", "tokeninfo_tokendecimal")],
    usd: &[],
    at: &["timestamp"],
    block: &["block"],
    transaction: &["transactionhash"],
    index: &[],
    without_index: Without::Nth,
    tree: &[],
    self_named: false,
    idle: IDLE,
};
