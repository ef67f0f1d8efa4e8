//! How much of a wallet's coin came from, or went to, which labelled source: by poison, haircut and FIFO, with paths.
//!
//! Knows transfers and labels only. It gives amounts, never a judgement, and never sees a person: a subject id is carried
//! through [`exposure`] as an opaque word. No clock, no network, no randomness: the same rows give the same bytes.
//!
//! Order of transfers: by time, then block, then position in the transaction, then place in the input. Transfers that are
//! equal in the first three keep the order of their rows; that order is part of the result.

pub mod amount;
pub mod answer;
pub mod chain;
pub mod csr;
pub mod disk;
pub mod exposure;
pub mod fifo;
pub mod flow;
pub mod follow;
pub mod haircut;
pub mod label;
pub mod lane;
pub mod ledger;
pub mod names;
mod order;
pub mod path;
pub mod poison;
pub mod rank;
pub mod segment;

pub use exposure::{Limits, exposures};
pub use flow::Direction;
pub use label::{Label, Labels};
pub use lane::{Lane, LaneSet};
pub use ledger::{Builder, Ledger, RawTransfer, Segment};
