//! The statistics of the proving ground: shares with intervals, exact tests, ranks, groupings.
//!
//! Must not know what is measured: counts, scores and labels only.

pub mod clusters;
pub mod exact;
pub mod ranks;
pub mod share;
#[cfg(test)]
mod tests;

pub use ranks::Ranked;
pub use share::Share;
