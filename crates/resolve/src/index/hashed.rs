//! From a short text to numbers: compact tables of hashes, for keys and for texts with letters left out.
//!
//! Must not know what the texts mean. Hashes may collide: the caller checks what it gets.

use std::hash::{Hash as _, Hasher as _};

/// 32 bits of a text.
#[must_use]
pub fn hash(text: &[u8], salt: u8) -> u32 {
    let mut hasher = rustc_hash::FxHasher::default();
    salt.hash(&mut hasher);
    text.hash(&mut hasher);
    fold(hasher.finish())
}

/// Pairs that are sorted at once while a table is built (8 bytes each).
const ROUND: usize = 1 << 23;

/// 32 of 64 bits.
#[must_use]
pub fn fold(bits: u64) -> u32 {
    #[allow(clippy::cast_possible_truncation)]
    let folded = (bits ^ (bits >> 32)) as u32;
    folded
}

/// Numbers in as many groups as the leading bits of their hashes tell apart: the hashes themselves are not kept, so a group also holds numbers of other
/// hashes.
#[derive(Debug, Clone)]
pub struct Hashed {
    starts: Vec<u32>,
    numbers: Vec<u32>,
    shift: u32,
}

impl Default for Hashed {
    fn default() -> Self {
        Self::new(0, &mut |_| {})
    }
}

/// Calls back with every pair to be filed.
type Each<'e> = dyn FnMut(&mut dyn FnMut(u32, u32)) + 'e;

impl Hashed {
    /// Builds the table of about `expected` pairs (hash, number) from a source that tells all of them each time it is asked, in any order: it is asked
    /// once for every [`ROUND`] pairs, so that no more are in memory apart from their place.
    #[must_use]
    pub fn new(expected: usize, each: &mut Each) -> Self {
        let bits = (usize::BITS - expected.leading_zeros()).saturating_sub(2).clamp(1, 26);
        let shift = 32 - bits;
        let mut starts = vec![0_u32; (1 << bits) + 1];
        let mut numbers: Vec<u32> = Vec::with_capacity(expected);
        let rounds = (expected / ROUND).min(255) as u64 + 1;
        let width = (1_u64 << 32) / rounds + 1;
        let mut pairs: Vec<u64> = Vec::new();
        for round in 0..rounds {
            pairs.clear();
            each(&mut |hash, number| {
                if u64::from(hash) / width == round {
                    pairs.push(u64::from(hash) << 32 | u64::from(number));
                }
            });
            pairs.sort_unstable();
            pairs.dedup();
            for pair in &pairs {
                let (hash, number) = (pair >> 32, pair & u64::from(u32::MAX));
                starts[(hash >> shift) as usize + 1] += 1;
                numbers.push(u32::try_from(number).unwrap_or(0));
            }
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        numbers.shrink_to_fit();
        Self { starts, numbers, shift }
    }

    /// The numbers filed under a hash, and some of other hashes; a number may come twice.
    #[must_use]
    pub fn get(&self, hash: u32) -> &[u32] {
        let group = (hash >> self.shift) as usize;
        match (self.starts.get(group), self.starts.get(group + 1)) {
            (Some(from), Some(to)) => self.numbers.get(*from as usize..*to as usize).unwrap_or_default(),
            _ => &[],
        }
    }
}

impl Hashed {
    /// Adds the numbers filed under each hash to a list, and some of other hashes; a number may come several times.
    pub fn collect(&self, hashes: &[u32], numbers: &mut Vec<u32>) {
        // All places are read before any is used: memory answers several reads in the time of one.
        std::hint::black_box(
            hashes.iter().fold(0, |seen, hash| seen ^ self.starts.get((hash >> self.shift) as usize).copied().unwrap_or(0)),
        );
        let first = |hash: u32| self.get(hash).first().copied().unwrap_or(0);
        std::hint::black_box(hashes.iter().fold(0, |seen, hash| seen ^ first(*hash)));
        hashes.iter().for_each(|hash| numbers.extend_from_slice(self.get(*hash)));
    }
}

/// Letters at the beginning of a word from which letters are left out: as many as one number holds.
const PREFIX: usize = 8;

/// The hash of the first letters of a text, for [`variants`].
#[must_use]
pub fn beginning(text: &str, salt: u8) -> u32 {
    mix(letters(text).0, salt)
}

/// The first letters, the first one lowest, and how many they are.
fn letters(text: &str) -> (u64, usize) {
    let bytes = &text.as_bytes()[..text.len().min(PREFIX)];
    (bytes.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)), bytes.len())
}

fn mix(letters: u64, salt: u8) -> u32 {
    // Fibonacci hashing (Knuth, TAOCP 3, 6.4) twice over, so that the first letters reach the leading bits too.
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    let once = (letters ^ u64::from(salt).rotate_left(56)).wrapping_mul(GOLDEN);
    fold((once ^ (once >> 29)).wrapping_mul(GOLDEN))
}

/// The letters without the one at a place.
fn without(letters: u64, place: usize) -> u64 {
    let before = (1_u64 << (8 * place)) - 1;
    letters & before | (letters >> 8) & !before
}

/// Calls `each` with the hash of the text's beginning and of every way to leave out up to `deletions` (0 to 2) of its letters.
pub fn variants(text: &str, deletions: usize, salt: u8, each: &mut dyn FnMut(u32)) {
    let (whole, len) = letters(text);
    each(mix(whole, salt));
    if deletions == 0 || len < 2 {
        return;
    }
    for first in 0..len {
        let one = without(whole, first);
        each(mix(one, salt));
        if deletions > 1 {
            (first..len - 1).for_each(|second| each(mix(without(one, second), salt)));
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
        let pairs = [(7 << 28, 1), (7 << 28, 2), (9 << 28, 3)];
        let table = Hashed::new(64, &mut |each| pairs.iter().for_each(|(hash, number)| each(*hash, *number)));
        let sorted = |hash: u32| {
            let mut found = table.get(hash).to_vec();
            found.sort_unstable();
            found
        };
        assert_eq!((sorted(7 << 28), sorted(9 << 28), sorted(8 << 28)), (vec![1, 2], vec![3], vec![]));
        assert!(Hashed::default().get(u32::MAX).is_empty());
    }
}
