//! Candidate pairs: records that agree on a key. No block grows beyond a bound, no pair comes twice, all pairs are never made.
//!
//! Must not know what a candidate is worth.

use super::key::Keys;
use super::records::{Cell, Records};
use super::settings::PersonSettings;
use crate::documents::words_mix as mix;

/// The keys of all records, and the blocks they make.
#[derive(Debug)]
pub struct Blocks {
    /// Keys, record by record; 0 = none, or nobody else has it, or too many have.
    of: Vec<u32>,
    /// For each key its blocks.
    pub keys: Vec<Key>,
    /// Blocks that were too large, and the records in them.
    pub oversized: (u64, u64),
    /// Pairs in all blocks; those that share several keys more than once.
    pub pairs: u64,
}

/// The blocks of one key.
#[derive(Debug)]
pub struct Key {
    /// The columns it reads, by number.
    pub columns: Vec<usize>,
    members: Vec<u32>,
    /// Where each block ends in `members`.
    ends: Vec<u32>,
}

/// Two records of one block.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The smaller number.
    pub a: u32,
    /// The larger.
    pub b: u32,
    /// Cells of `a`.
    pub left: &'a [Cell],
    /// Cells of `b`.
    pub right: &'a [Cell],
    /// Whether no earlier key has this pair.
    pub first: bool,
}

/// Records that are brought together before any two are compared, so that memory is read in one go.
const GATHERED: usize = 512;

impl Blocks {
    /// Keys and blocks of all records.
    #[must_use]
    pub fn new(records: &Records, settings: &PersonSettings) -> Self {
        let mut made = Keys::new(records, settings);
        let keys: Vec<_> = settings.keys.iter().filter_map(|parts| Some((parts, made.columns(parts)?))).collect();
        let mut blocks = Self { of: vec![0; keys.len() * records.len], keys: Vec::new(), oversized: (0, 0), pairs: 0 };
        for (at, (parts, columns)) in keys.iter().enumerate() {
            let hashes = made.of(parts, columns);
            let key = blocks.key(&hashes, columns.clone(), settings.block);
            for (record, hash) in key.members.iter().map(|record| (*record as usize, hashes[*record as usize])) {
                blocks.of[record * keys.len() + at] = hash;
            }
            blocks.keys.push(key);
        }
        blocks
    }

    #[allow(clippy::cast_possible_truncation)] // the lower half of a post is a record
    fn key(&mut self, hashes: &[u32], columns: Vec<usize>, most: usize) -> Key {
        let posts = hashes.iter().zip(0_u64..).filter(|(hash, _)| **hash != 0);
        let mut posts: Vec<u64> = posts.map(|(hash, record)| u64::from(*hash) << 32 | record).collect();
        posts.sort_unstable();
        let mut key = Key { columns, members: Vec::new(), ends: Vec::new() };
        for block in posts.chunk_by(|a, b| a >> 32 == b >> 32).filter(|block| block.len() > 1) {
            let size = block.len() as u64;
            if block.len() > most {
                self.oversized = (self.oversized.0 + 1, self.oversized.1 + size);
                continue;
            }
            self.pairs += size * (size - 1) / 2;
            key.members.extend(block.iter().map(|post| *post as u32));
            key.ends.push(key.members.len() as u32);
        }
        key
    }

    /// Calls `on` for every pair of the blocks of key `at`; of `one_in` blocks one is looked at (all by 1). Stops when it gives false.
    pub fn each(&self, records: &Records, at: usize, one_in: u64, on: &mut impl FnMut(Candidate) -> bool) -> bool {
        let (width, values) = (self.keys.len(), records.columns.len());
        let key = &self.keys[at];
        let (mut keys, mut rows): (Vec<u32>, Vec<Cell>) = (Vec::new(), Vec::new());
        let mut begin = 0_usize;
        let mut from = 0_usize;
        while from < key.ends.len() {
            let upto = from + key.ends[from..].partition_point(|end| (*end as usize) < begin + GATHERED).max(1);
            let upto = upto.min(key.ends.len());
            let members = &key.members[begin..key.ends[upto - 1] as usize];
            keys.clear();
            rows.clear();
            for member in members {
                keys.extend_from_slice(&self.of[*member as usize * width..][..at]);
                rows.extend_from_slice(records.row(*member));
            }
            let mut low = 0;
            for end in key.ends[from..upto].iter().map(|end| *end as usize - begin) {
                let wanted = one_in == 1 || mix(u64::from(self.of[members[low] as usize * width + at])).is_multiple_of(one_in);
                if wanted && !block(&members[low..end], &keys[low * at..end * at], &rows[low * values..end * values], on) {
                    return false;
                }
                low = end;
            }
            begin += members.len();
            from = upto;
        }
        true
    }
}

/// All pairs of one block: its members, their earlier keys and their cells, member by member.
fn block(members: &[u32], keys: &[u32], rows: &[Cell], on: &mut impl FnMut(Candidate) -> bool) -> bool {
    let (earlier, width) = (keys.len() / members.len(), rows.len() / members.len());
    let of = |member: usize| (&keys[member * earlier..][..earlier], &rows[member * width..][..width]);
    for (n, a) in members.iter().enumerate() {
        let (own, left) = of(n);
        for (m, b) in members.iter().enumerate().skip(n + 1) {
            let (others, right) = of(m);
            let first = !own.iter().zip(others).fold(false, |any, (x, y)| any | (x == y && *x != 0));
            if !on(Candidate { a: *a, b: *b, left, right, first }) {
                return false;
            }
        }
    }
    true
}
