//! The transfers of one asset on one chain, in order, as columns.
//!
//! Must not know where transfers come from, nor labels or methods.

use crate::names::Names;

/// The transfers of one asset on one chain, in order. All columns have the same length, but `usd`, which may be empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Segment {
    /// Chain, lower case.
    pub chain: String,
    /// Asset, upper case.
    pub asset: String,
    /// Microseconds since 1970; not falling.
    pub at: Vec<i64>,
    /// Block number; -1 when it was not given.
    pub block: Vec<i64>,
    /// Position in the block or transaction; 0 when it was not given.
    pub index: Vec<i64>,
    /// Digest of the transaction's id, 64 bits; 0 when it was not given.
    pub transaction: Vec<u64>,
    /// Sender's id.
    pub from: Vec<u32>,
    /// Receiver's id.
    pub to: Vec<u32>,
    /// In 10^-18 of the asset; never zero.
    pub amount: Vec<u128>,
    /// Row ids.
    pub row: Vec<i64>,
    /// In 10^-18 of a dollar, [`Segment::NO_PRICE`] where none was given; empty when none was given at all.
    pub(crate) usd: Vec<u128>,
    pub(crate) names: Names,
}

impl Segment {
    /// Stands for a value that was not given.
    pub const NO_PRICE: u128 = u128::MAX;

    /// Number of transfers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether it has no transfer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// Number of addresses; ids lie below it, in order of first appearance in the input.
    #[must_use]
    pub fn address_count(&self) -> usize {
        self.names.len()
    }

    /// Addresses by id.
    #[must_use]
    pub fn addresses(&self) -> &Names {
        &self.names
    }

    /// The id of a canonical address; `None` when it is in no transfer ("not found", never "clean").
    #[must_use]
    pub fn find(&self, address: &str) -> Option<usize> {
        self.names.find(address)
    }

    /// The address of an id.
    #[must_use]
    pub fn address(&self, id: usize) -> &str {
        self.names.get(id)
    }

    /// Value of a transfer in 10^-18 of a dollar, when given.
    #[must_use]
    pub fn usd(&self, transfer: usize) -> Option<u128> {
        self.usd.get(transfer).copied().filter(|usd| *usd != Self::NO_PRICE)
    }

    /// How many transfers lie at or before an instant (microseconds since 1970).
    #[must_use]
    pub fn until(&self, at: i64) -> usize {
        self.at.partition_point(|time| *time <= at)
    }

    /// The order of a transfer: by time, then block, then position, then place in the input. It is part of every result.
    #[must_use]
    pub fn order(&self, transfer: usize) -> (i64, i64, i64, i64) {
        (self.at[transfer], self.block[transfer], self.index[transfer], self.row[transfer])
    }

    /// Adds the transfers of a segment whose addresses go on from this one's behind its own; addresses are not touched.
    pub(crate) fn extend(&mut self, fresh: &Self) {
        // Prices are held for all transfers or for none.
        if self.usd.is_empty() != fresh.usd.is_empty() || !self.usd.is_empty() {
            self.usd.resize(self.len(), Self::NO_PRICE);
            self.usd.extend((0..fresh.len()).map(|place| fresh.usd(place).unwrap_or(Self::NO_PRICE)));
        }
        self.at.extend(&fresh.at);
        self.block.extend(&fresh.block);
        self.index.extend(&fresh.index);
        self.transaction.extend(&fresh.transaction);
        self.from.extend(&fresh.from);
        self.to.extend(&fresh.to);
        self.amount.extend(&fresh.amount);
        self.row.extend(&fresh.row);
    }
}
