//! The readers against `fixtures/`: each folder of `fixtures/intake` is a case, `fixtures/intake/rosters` and `fixtures/adapters/*` single files. Laws
//! beside them: no bytes make a reader panic, every record is kept or counted, and the order of files changes nothing.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod chain;
mod fixtures;
mod git;
mod laws;
mod list_fuzz;
