//! Keys of records: what of each part goes in, as a hash. Two records of one key are worth a look.
//!
//! Must not know blocks or pairs.

use super::records::{NONE, Records, whole};
use super::settings::{By, Part, PersonSettings};
use crate::documents::words_mix as mix;
use rustc_hash::FxHashMap;

/// Hashes of values by column and what of it is taken, each made once.
#[derive(Debug)]
pub struct Keys<'a> {
    records: &'a Records,
    settings: &'a PersonSettings,
    hashes: FxHashMap<(usize, By, usize), Vec<u64>>,
}

impl<'a> Keys<'a> {
    /// None made yet.
    #[must_use]
    pub fn new(records: &'a Records, settings: &'a PersonSettings) -> Self {
        Self { records, settings, hashes: FxHashMap::default() }
    }

    /// The columns that a key reads, by number; `None` when one is not there.
    #[must_use]
    pub fn columns(&self, parts: &[Part]) -> Option<Vec<usize>> {
        let beside = parts.iter().any(|part| part.by == By::Names).then_some("surname");
        parts.iter().map(|part| part.of.as_str()).chain(beside).map(|role| self.records.column(self.settings, role)).collect()
    }

    /// The hash of a key for every record; 0 = the record has none. `columns` are those of [`Self::columns`].
    #[must_use]
    pub fn of(&mut self, parts: &[Part], columns: &[usize]) -> Vec<u32> {
        let asked: Vec<(usize, By, usize)> = parts
            .iter()
            .zip(columns)
            .map(|(part, column)| (*column, part.by, part.limit))
            .chain(columns.get(parts.len()).map(|column| (*column, By::Names, 0)))
            .collect();
        for ask in &asked {
            let column = &self.records.columns[ask.0];
            self.hashes.entry(*ask).or_insert_with(|| column.texts().map(|value| part_of(value, ask.1, ask.2)).collect());
        }
        let tables: Vec<(usize, bool, &[u64])> = asked.iter().map(|ask| (ask.0, ask.1 == By::Names, self.hashes[ask].as_slice())).collect();
        let key = |record| {
            let row = self.records.row(record);
            // Both names in one number, whichever comes first.
            let (mut names, mut key) = (0_u64, 1_u64);
            for (column, named, hashes) in &tables {
                let value = row[*column].value;
                let hash = if value == NONE { 0 } else { hashes[value as usize] };
                if hash == 0 {
                    return 0;
                }
                if *named {
                    names = names.wrapping_add(hash);
                } else {
                    key = mix(key.rotate_left(17) ^ hash);
                }
            }
            u32::try_from(mix(key ^ names) >> 32).unwrap_or(0).max(1)
        };
        (0..u32::try_from(self.records.len).unwrap_or(NONE)).map(key).collect()
    }
}

/// 0 = there is no such part.
fn part_of(value: &[u8], by: By, limit: usize) -> u64 {
    let cut = |from: usize, to: usize| value.get(from..to).map_or(0, whole);
    match by {
        By::Whole | By::Names => whole(value),
        By::Head => whole(&value[..limit.min(value.len())]),
        By::Sound => sound(value),
        By::Year => cut(0, 4),
        By::Day => cut(4, 8),
    }
}

/// First letter, then consonants with doubles once: `smith` and `smyth` meet.
fn sound(value: &[u8]) -> u64 {
    let mut last = 0;
    value.iter().enumerate().fold(7, |hash, (at, byte)| {
        let byte = match *byte {
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'h' | b'w' if at > 0 => return hash,
            b'c' | b'q' | b'k' => b'k',
            b'z' | b's' => b's',
            b'd' | b't' => b't',
            b'm' | b'n' => b'n',
            b'b' | b'p' => b'p',
            b'v' | b'f' => b'f',
            other => other,
        };
        if byte == last {
            return hash;
        }
        last = byte;
        mix(hash ^ u64::from(byte))
    })
}
