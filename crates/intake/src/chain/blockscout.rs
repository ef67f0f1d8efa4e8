//! CSV exports of Blockscout: transactions, internal transactions, token transfers; amounts in the smallest unit.
//!
//! Source: blockscout/blockscout, apps/explorer/lib/explorer/chain/csv_export/address (the headers and what is put under them).
//! Must not know other sources.

use super::flat::{Amount, Asset, Chain, Flat, Idle, Without};

const FROM: &[&str] = &["fromaddress"];
const TO: &[&str] = &["toaddress", "contractaddress"];

/// Token transfers.
pub(super) const TOKENS: Flat = Flat {
    id: "blockscout-tokens",
    title: "Blockscout export of token transfers",
    told_by: &["txhash", "tokencontractaddress", "tokenstransferred"],
    chain: Chain::Told,
    asset: Asset::Contract(&["tokencontractaddress"]),
    from: FROM,
    to: &["toaddress"],
    amount: &[Amount::RawWith("tokenstransferred", "tokendecimals")],
    usd: &[],
    at: &["unixtimestamp"],
    block: &["blocknumber"],
    transaction: &["txhash"],
    index: &[],
    without_index: Without::Nth,
    tree: &[],
    self_named: false,
    idle: &[("errcode", Idle::Given), ("status", Idle::IsNot(&["ok", "success", "1"]))],
};

/// Internal transactions.
pub(super) const INTERNAL: Flat = Flat {
    id: "blockscout-internal",
    title: "Blockscout export of internal transactions",
    told_by: &["txhash", "calltype", "blocknumber", "unixtimestamp"],
    chain: Chain::Told,
    asset: Asset::Own,
    from: FROM,
    to: TO,
    amount: &[Amount::Raw("value", 18)],
    usd: &[],
    at: &["unixtimestamp"],
    block: &["blocknumber"],
    transaction: &["txhash"],
    index: &["index"],
    without_index: Without::Nth,
    tree: &[],
    self_named: false,
    idle: &[("errcode", Idle::Given), ("calltype", Idle::IsNot(&["call"])), ("type", Idle::Is(&["reward"]))],
};

/// Transactions.
pub(super) const NATIVE: Flat = Flat {
    id: "blockscout-transactions",
    title: "Blockscout export of transactions",
    told_by: &["txhash", "fromaddress", "blocknumber", "unixtimestamp", "fee"],
    chain: Chain::Told,
    asset: Asset::Own,
    from: FROM,
    to: TO,
    amount: &[Amount::Raw("value", 18)],
    usd: &[],
    at: &["unixtimestamp"],
    block: &["blocknumber"],
    transaction: &["txhash"],
    index: &[],
    without_index: Without::One,
    tree: &[],
    self_named: false,
    idle: &[("errcode", Idle::Given), ("status", Idle::IsNot(&["ok", "success", "1"]))],
};
