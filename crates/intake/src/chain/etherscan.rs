//! CSV exports of Etherscan and its sisters (BscScan, PolygonScan…): transactions, internal transactions, token transfers.
//!
//! Source: the export pages of etherscan.io, headers as printed there. The token's symbol is never read: anybody can mint a
//! token that calls itself USDT; the contract names the token. Must not know other sources.

use super::flat::{Amount, Asset, Chain, Flat, Idle};

const VALUES: &[Amount] = &[
    Amount::Whole("value_in_eth"),
    Amount::Whole("value_out_eth"),
    Amount::Whole("value_in_bnb"),
    Amount::Whole("value_out_bnb"),
    Amount::Whole("value_in_pol"),
    Amount::Whole("value_out_pol"),
    Amount::Whole("value_in_matic"),
    Amount::Whole("value_out_matic"),
];

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
    at: &["unixtimestamp", "datetime_utc"],
    block: &["blockno"],
    transaction: &["txhash", "transaction_hash"],
    index: &[],
    one_per_transaction: false,
    idle: &[],
};

/// Internal transactions.
pub(super) const INTERNAL: Flat = Flat {
    id: "etherscan-internal",
    title: "Etherscan export of internal transactions",
    told_by: &["unixtimestamp", "parenttxfrom"],
    chain: Chain::Told,
    asset: Asset::Own,
    from: &["from"],
    to: &["txto", "to"],
    amount: VALUES,
    usd: &[],
    at: &["unixtimestamp", "datetime_utc"],
    block: &["blockno"],
    transaction: &["txhash", "transaction_hash"],
    index: &[],
    one_per_transaction: false,
    idle: &[("errcode", Idle::Given), ("status", Idle::Is(&["error", "error(0)", "1"]))],
};

/// Transactions.
pub(super) const NATIVE: Flat = Flat {
    id: "etherscan-transactions",
    title: "Etherscan export of transactions",
    told_by: &["unixtimestamp", "blockno"],
    chain: Chain::Told,
    asset: Asset::Own,
    from: &["from"],
    to: &["to", "contractaddress"],
    amount: VALUES,
    usd: &[],
    at: &["unixtimestamp", "datetime_utc"],
    block: &["blockno"],
    transaction: &["txhash", "transaction_hash"],
    index: &[],
    one_per_transaction: true,
    idle: &[("errcode", Idle::Given), ("status", Idle::Is(&["error", "error(0)"]))],
};
