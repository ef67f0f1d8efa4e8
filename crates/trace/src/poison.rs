//! Poison: whatever leaves an address that labelled coin ever reached counts whole. Tells reach, never a share.
//!
//! Must not know amounts held; it is the upper bound of the other methods.

use crate::flow::{Role, Step};

/// Which lanes have reached which address. Clone it as a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poison {
    reached: Vec<u8>,
}

impl Poison {
    /// Nothing reached yet, for `addresses` addresses.
    #[must_use]
    pub fn new(addresses: usize) -> Self {
        Self { reached: vec![0; addresses] }
    }

    /// Makes room for addresses that appear later.
    pub fn grow(&mut self, addresses: usize) {
        self.reached.resize(addresses.max(self.reached.len()), 0);
    }

    /// Takes one step; returns the lanes (bits) its whole amount counts in.
    #[inline]
    pub fn step(&mut self, roles: &[Role], step: Step) -> u8 {
        let (giver, taker) = (roles[step.giver], roles[step.taker]);
        let lanes = if giver.absorbs { giver.source } else { self.reached[step.giver] };
        if lanes != 0 && !taker.absorbs {
            self.reached[step.taker] |= lanes;
        }
        lanes
    }

    /// Lanes (bits) that reached an address so far.
    #[must_use]
    pub fn reached(&self, address: usize) -> u8 {
        self.reached[address]
    }
}
