//! The proving ground: worlds whose truth is known, and what the engine makes of them.
//!
//! `simulate` makes the worlds and knows nothing of the pack; the others measure and know nothing of how worlds are made.

pub mod audit;
pub mod calibrate;
pub mod evaluate;
pub mod labels;
pub mod replay;
pub mod sample;
pub mod simulate;
pub mod statistics;
