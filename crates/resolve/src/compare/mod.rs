//! Comparators of names: letters ([`edit`]), words ([`word`]), whole names ([`align`]), each with its account.
//!
//! Must not know lists, risk or where a name comes from.

pub mod align;
pub mod edit;
pub mod likeness;
pub mod weights;
pub mod word;
pub mod worth;
