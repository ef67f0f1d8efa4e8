//! One movement of coin on its way from a reader to a ledger: borrowed, so that millions pass without a copy.
//!
//! Must not know any format, nor what becomes of the coin.

/// One transfer as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RawTransfer<'a> {
    /// Chain, any spelling a source uses (`ETH`, `ethereum`, `tron`…).
    pub chain: &'a str,
    /// Asset; empty means the chain's own coin.
    pub asset: &'a str,
    /// Sender.
    pub from: &'a str,
    /// Receiver.
    pub to: &'a str,
    /// Microseconds since 1970, UTC.
    pub at: Option<i64>,
    /// Block number.
    pub block: Option<i64>,
    /// Transaction id.
    pub transaction: Option<&'a str>,
    /// Position within the block or transaction.
    pub log_index: Option<i64>,
    /// In 10^-18 of the asset.
    pub amount: i128,
    /// Value at the time, in 10^-18 of a dollar.
    pub usd: Option<i128>,
    /// Place of the row, a [`crate::RowId`].
    pub row: i64,
}
