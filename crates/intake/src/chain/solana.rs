//! Transfers on Solana as solana-etl writes them: source and destination, mint, amount in the smallest unit with its decimals.
//!
//! Source: blockchain-etl/solana-etl, docs (token_transfers). Must not know other sources.

use super::flat::{Amount, Asset, Chain, Flat, Idle};

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
    index: &["instruction_index"],
    one_per_transaction: false,
    idle: &[("transfer_type", Idle::Is(&["mintto", "burn", "mint", "freezeaccount"]))],
};
