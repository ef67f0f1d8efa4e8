//! Exports of Etherscan and its sisters (BscScan, PolygonScan…): transactions, internal transactions and token transfers, as the
//! CSV of the export pages and as the JSON of their interface.
//!
//! Sources: headers of the export pages as BittyTax (bittytax/conv/parsers/etherscan.py) lists them, old and new; docs.etherscan.io,
//! "Accounts" (txlist, txlistinternal, tokentx). A token's symbol is never read: anybody can mint a token that calls itself USDT;
//! the contract names the token. Must not know other sources.

use super::flat::{Amount, Asset, Chain, Flat, Idle, Without};

const VALUES: &[Amount] = &[Amount::WholeOf("value_in_"), Amount::WholeOf("value_out_")];
const COIN: Chain = Chain::OfCoin(&["value_in_", "value_out_"]);
const HASH: &[&str] = &["txhash", "transaction_hash"];
const TIME: &[&str] = &["unixtimestamp", "datetime_utc", "datetime"];

/// Token transfers.
pub(super) const TOKENS: Flat = Flat {
    id: "etherscan-tokens",
    title: "Etherscan export of token transfers",
    told_by: &["unixtimestamp", "contractaddress", "tokensymbol"],
    chain: Chain::Told,
    asset: Asset::Contract(&["contractaddress"]),
    from: &["from"],
    to: &["to"],
    amount: &[Amount::Whole("tokenvalue"), Amount::Whole("value")],
    usd: &["usdvaluedayoftx"],
    at: TIME,
    block: &["blockno"],
    transaction: HASH,
    index: &[],
    without_index: Without::Nth,
    tree: &[],
    self_named: false,
    idle: &[],
};

/// Internal transactions: a status of 0 is the good one.
pub(super) const INTERNAL: Flat = Flat {
    id: "etherscan-internal",
    title: "Etherscan export of internal transactions",
    told_by: &["unixtimestamp", "parenttxfrom"],
    chain: COIN,
    asset: Asset::Own,
    from: &["from"],
    to: &["txto", "to"],
    amount: VALUES,
    usd: &[],
    at: TIME,
    block: &["blockno"],
    transaction: HASH,
    index: &[],
    without_index: Without::Nth,
    tree: &[],
    self_named: false,
    idle: &[("errcode", Idle::Given), ("status", Idle::IsNot(&["0", "ok", "success"]))],
};

/// Transactions: any status at all means failure.
pub(super) const NATIVE: Flat = Flat {
    id: "etherscan-transactions",
    title: "Etherscan export of transactions",
    told_by: &["unixtimestamp", "blockno"],
    chain: COIN,
    asset: Asset::Own,
    from: &["from"],
    to: &["to", "contractaddress"],
    amount: VALUES,
    usd: &[],
    at: TIME,
    block: &["blockno"],
    transaction: HASH,
    index: &[],
    without_index: Without::One,
    tree: &[],
    self_named: false,
    idle: &[("errcode", Idle::Given), ("status", Idle::IsNot(&["ok", "success", "1"]))],
};

/// `tokentx` of the interface.
pub(super) const JSON_TOKENS: Flat = Flat {
    id: "etherscan-json-tokens",
    title: "Etherscan interface: token transfers (tokentx)",
    told_by: &["timestamp", "tokendecimal", "contractaddress", "hash"],
    chain: Chain::Told,
    asset: Asset::Contract(&["contractaddress"]),
    from: &["from"],
    to: &["to"],
    amount: &[Amount::RawWith("value", "tokendecimal")],
    usd: &[],
    at: &["timestamp"],
    block: &["blocknumber"],
    transaction: &["hash"],
    index: &["logindex"],
    without_index: Without::Nth,
    tree: &[],
    self_named: false,
    idle: &[],
};

/// `txlist` of the interface.
pub(super) const JSON_NATIVE: Flat = Flat {
    id: "etherscan-json-transactions",
    title: "Etherscan interface: transactions (txlist)",
    told_by: &["timestamp", "iserror", "nonce", "hash"],
    chain: Chain::Told,
    asset: Asset::Own,
    from: &["from"],
    to: &["to", "contractaddress"],
    amount: &[Amount::Raw("value", 18)],
    usd: &[],
    at: &["timestamp"],
    block: &["blocknumber"],
    transaction: &["hash"],
    index: &[],
    without_index: Without::One,
    tree: &[],
    self_named: false,
    idle: &[("iserror", Idle::IsNot(&["0"])), ("txreceipt_status", Idle::Is(&["0"]))],
};

/// `txlistinternal` of the interface.
pub(super) const JSON_INTERNAL: Flat = Flat {
    id: "etherscan-json-internal",
    title: "Etherscan interface: internal transactions (txlistinternal)",
    told_by: &["timestamp", "iserror", "blocknumber"],
    chain: Chain::Told,
    asset: Asset::Own,
    from: &["from"],
    to: &["to", "contractaddress"],
    amount: &[Amount::Raw("value", 18)],
    usd: &[],
    at: &["timestamp"],
    block: &["blocknumber"],
    transaction: &["hash", "transactionhash"],
    index: &[],
    without_index: Without::Nth,
    tree: &["traceid"],
    self_named: false,
    idle: &[
        ("iserror", Idle::Fails(&["1", "true"])),
        ("errcode", Idle::Given),
        ("type", Idle::Is(&["delegatecall", "callcode", "staticcall"])),
    ],
};
