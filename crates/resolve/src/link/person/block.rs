//! Candidate pairs: records that agree on a key. No block grows beyond a bound, no pair comes twice, all pairs are never made.
//!
//! Must not know what a candidate is worth.

use super::records::{Records, keys};
use super::settings::PersonSettings;

/// The keys of all records, record by record; 0 = none, or the block was too large.
#[derive(Debug)]
pub struct Blocks {
    /// Keys a record has.
    pub width: usize,
    of: Vec<u32>,
    /// For each key the columns it reads, by number.
    pub columns: Vec<Vec<usize>>,
    orders: Vec<Vec<u64>>,
    /// Blocks that were too large, and the records in them.
    pub oversized: (u64, u64),
}

impl Blocks {
    /// Keys and blocks of all records.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn new(records: &Records, settings: &PersonSettings) -> Self {
        let mut oversized = (0, 0);
        let (mut all, mut columns, mut orders) = (Vec::new(), Vec::new(), Vec::new());
        for parts in &settings.keys {
            let Some(key) = keys(records, settings, parts) else { continue };
            let mut key: Vec<u32> = key.into_iter().map(|key| (key >> 32) as u32).collect();
            let mut order: Vec<u64> =
                key.iter().zip(0_u64..).filter(|(key, _)| **key != 0).map(|(key, at)| u64::from(*key) << 32 | at).collect();
            order.sort_unstable();
            for block in order.chunk_by(|a, b| a >> 32 == b >> 32).filter(|block| block.len() > settings.block) {
                oversized = (oversized.0 + 1, oversized.1 + block.len() as u64);
                block.iter().for_each(|post| key[*post as u32 as usize] = 0);
            }
            order.retain(|post| key[*post as u32 as usize] != 0);
            let mut read: Vec<usize> = parts.iter().filter_map(|part| records.column(settings, &part.of)).collect();
            if parts.iter().any(|part| part.by == super::settings::By::Names) {
                read.extend(records.column(settings, "surname"));
            }
            all.push(key);
            columns.push(read);
            orders.push(order);
        }
        let width = all.len();
        let mut of = vec![0; width * records.len];
        for (at, key) in all.iter().enumerate() {
            key.iter().enumerate().for_each(|(record, key)| of[record * width + at] = *key);
        }
        Self { width, of, columns, orders, oversized }
    }

    /// Keys two records share, one bit each.
    #[inline]
    #[must_use]
    pub fn shared(&self, a: u32, b: u32) -> u32 {
        let of = |record: u32| &self.of[record as usize * self.width..][..self.width];
        of(a).iter().zip(of(b)).enumerate().fold(0, |bits, (at, (x, y))| bits | u32::from(x == y && *x != 0) << at)
    }

    /// Calls `on` for every pair once: smaller number, larger, shared keys. Stops when it gives false.
    #[allow(clippy::cast_possible_truncation)]
    pub fn each(&self, mut on: impl FnMut(u32, u32, u32) -> bool) {
        for (at, order) in self.orders.iter().enumerate() {
            for block in order.chunk_by(|a, b| a >> 32 == b >> 32) {
                for (n, left) in block.iter().enumerate() {
                    for right in &block[n + 1..] {
                        let (a, b) = (*left as u32, *right as u32);
                        let shared = self.shared(a, b);
                        if shared.trailing_zeros() as usize == at && !on(a, b, shared) {
                            return;
                        }
                    }
                }
            }
        }
    }
}
