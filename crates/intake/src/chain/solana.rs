//! Transfers on Solana as solana-etl and Solscan write them: mint, amount in the smallest unit with its decimals. solana-etl gives token
//! accounts as source and destination, Solscan the wallets that own them.
//!
//! Sources: blockchain-etl/solana-etl, iac/main/schemas/Token Transfers.json; Solscan, account/transfer/export (`Signature,Block Time,Human
//! Time,Action,From,To,Amount,Flow,Value,Decimals,Token Address`; `Value` is in dollars). Must not know other sources.

use super::flat::{Amount, Asset, Chain, Flat, Idle, Without};

/// token_transfers.
pub(super) const TRANSFERS: Flat = Flat {
    id: "solana-transfers",
    title: "Solana transfers (solana-etl)",
    told_by: &["source", "destination", "tx_signature"],
    chain: Chain::Is("solana"),
    asset: Asset::Contract(&["mint"]),
    from: &["source"],
    to: &["destination"],
    amount: &[Amount::RawWith("value", "decimals")],
    usd: &[],
    at: &["block_timestamp"],
    block: &["block_slot"],
    transaction: &["tx_signature"],
    index: &[],
    without_index: Without::Nth,
    tree: &[],
    self_named: false,
    idle: &[("transfer_type", Idle::Is(&["mintto", "burn", "mint", "freezeaccount"]))],
};

/// Solscan's transfer export.
pub(super) const SOLSCAN: Flat = Flat {
    id: "solscan-transfers",
    title: "Solscan export of transfers",
    told_by: &["signature", "block_time", "token_address", "decimals"],
    chain: Chain::Is("solana"),
    asset: Asset::Contract(&["token_address"]),
    from: &["from"],
    to: &["to"],
    amount: &[Amount::RawWith("amount", "decimals")],
    usd: &["value"],
    at: &["block_time", "human_time"],
    block: &[],
    transaction: &["signature"],
    index: &[],
    without_index: Without::Nth,
    tree: &[],
    self_named: false,
    idle: &[("action", Idle::Is(&["mint", "burn", "mint_to", "mintto"]))],
};
