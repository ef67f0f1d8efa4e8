//! How many subjects have a hash, approximately, in memory that does not grow with the input: one table of counters, two hashes
//! may share a slot, so a count is never too low and rarely one too high.
//!
//! Must not know what was hashed.

/// Saturating counters by hash.
#[derive(Debug)]
pub struct Counts {
    slots: Vec<u8>,
    mask: usize,
}

impl Counts {
    /// Room for about `expected` different hashes with few collisions; between 4 KiB and 128 MiB.
    #[must_use]
    pub fn for_about(expected: usize) -> Self {
        let size = expected.saturating_mul(3).next_power_of_two().clamp(1 << 12, 1 << 27);
        Self { slots: vec![0; size], mask: size - 1 }
    }

    /// Counts one more subject with this hash.
    #[inline]
    #[allow(clippy::cast_possible_truncation)]
    pub fn add(&mut self, hash: u32) {
        let slot = &mut self.slots[hash as usize & self.mask];
        *slot = slot.saturating_add(1);
    }

    /// Subjects with this hash, at most 255, never too low.
    #[inline]
    #[must_use]
    pub fn get(&self, hash: u32) -> u8 {
        self.slots[hash as usize & self.mask]
    }
}
