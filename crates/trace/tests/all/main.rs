//! The tests that need more than one module: laws of the methods, and the published facts of real transfers.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod disk;
mod labels;
mod laws;
mod ronin;
