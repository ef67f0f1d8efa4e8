//! The crate's one integration test binary: packs are loaded, refused, run and stopped from the outside, as `desk` does it.
//!
//! Must not know the shipped pack's rules.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod limits;
mod refusals;
mod reuse;
mod streams;
mod support;
