//! From a short text to numbers: a compact table of hashes, for keys and for texts with letters left out.
//!
//! Must not know what the texts mean. Hashes may collide: the caller checks what it gets.

use std::hash::{Hash as _, Hasher as _};

/// 32 bits of a text.
#[must_use]
pub fn hash(text: &[u8], salt: u8) -> u32 {
    let mut hasher = rustc_hash::FxHasher::default();
    salt.hash(&mut hasher);
    text.hash(&mut hasher);
    let bits = hasher.finish();
    #[allow(clippy::cast_possible_truncation)]
    let folded = (bits ^ (bits >> 32)) as u32;
    folded
}

/// Sorted (hash, number) pairs with a table of where each leading byte group starts.
#[derive(Debug, Clone, Default)]
pub struct Hashed {
    starts: Vec<u32>,
    pairs: Vec<(u32, u32)>,
    shift: u32,
}

impl Hashed {
    /// Builds the table; equal pairs are kept once.
    #[must_use]
    pub fn new(mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        pairs.shrink_to_fit();
        let bits = (usize::BITS - pairs.len().leading_zeros()).saturating_sub(2).clamp(1, 22);
        let shift = 32 - bits;
        let mut starts = vec![0_u32; (1 << bits) + 1];
        for (hash, _) in &pairs {
            starts[(hash >> shift) as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        Self { starts, pairs, shift }
    }

    /// The numbers filed under a hash, ascending.
    pub fn get(&self, hash: u32) -> impl Iterator<Item = u32> + '_ {
        let group = (hash >> self.shift) as usize;
        let range = match (self.starts.get(group), self.starts.get(group + 1)) {
            (Some(from), Some(to)) => *from as usize..*to as usize,
            _ => 0..0,
        };
        self.pairs[range].iter().filter(move |(other, _)| *other == hash).map(|(_, number)| *number)
    }
}

/// Letters at the beginning of a word from which letters are left out.
const PREFIX: usize = 8;

/// Calls `each` with the hash of the text's beginning and of every way to leave out up to `deletions` (0 to 2) of its letters.
pub fn variants(text: &str, deletions: usize, salt: u8, each: &mut dyn FnMut(u32)) {
    let bytes = &text.as_bytes()[..text.len().min(PREFIX)];
    each(hash(bytes, salt));
    if deletions == 0 || bytes.len() < 2 {
        return;
    }
    let mut buffer = [0_u8; PREFIX];
    for first in 0..bytes.len() {
        let mut len = 0;
        for (at, byte) in bytes.iter().enumerate() {
            if at != first {
                buffer[len] = *byte;
                len += 1;
            }
        }
        each(hash(&buffer[..len], salt));
        if deletions < 2 {
            continue;
        }
        let mut inner = [0_u8; PREFIX];
        for second in first..len {
            let mut short = 0;
            for (at, byte) in buffer[..len].iter().enumerate() {
                if at != second {
                    inner[short] = *byte;
                    short += 1;
                }
            }
            each(hash(&inner[..short], salt));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_meets_its_word() {
        let hashes = |text: &str, deletions| {
            let mut all = Vec::new();
            variants(text, deletions, 0, &mut |hash| all.push(hash));
            all
        };
        for (left, right, deletions) in
            [("chen", "cehn", 1), ("kolunov", "kolunoov", 1), ("besprozvannykh", "besprozvanjkh", 2), ("kim", "kum", 1)]
        {
            assert!(hashes(left, deletions).iter().any(|hash| hashes(right, deletions).contains(hash)), "{left} / {right}");
        }
        let table = Hashed::new(vec![(7, 1), (7, 2), (9, 3)]);
        assert_eq!(table.get(7).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(table.get(8).count(), 0);
        assert_eq!(Hashed::default().get(1).count(), 0);
    }
}
