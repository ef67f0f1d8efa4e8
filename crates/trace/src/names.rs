//! Addresses as numbers by first appearance, their text in one block.
//!
//! Must not know what an address is.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher as _;

/// Texts with ids from 0, in order of first appearance. Lookup does not depend on the hash's seed, so the ids never do.
#[derive(Debug, Clone, Default)]
pub struct Names {
    text: String,
    ends: Vec<usize>,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.ends == other.ends
    }
}

impl Names {
    /// Number of texts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text of an id; empty when there is no such id.
    #[must_use]
    pub fn get(&self, id: usize) -> &str {
        let Some(end) = self.ends.get(id) else { return "" };
        let start = if id == 0 { 0 } else { self.ends[id - 1] };
        &self.text[start..*end]
    }

    /// The id of a text.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        let hash = self.hasher.hash_one(name);
        self.table.find(hash, |id| self.get(*id as usize) == name).map(|id| *id as usize)
    }

    /// The id of a text, new when it was not there; `None` beyond 2^32 - 2 texts.
    pub fn intern(&mut self, name: &str) -> Option<u32> {
        let hash = self.hasher.hash_one(name);
        if let Some(id) = self.table.find(hash, |id| self.get(*id as usize) == name) {
            return Some(*id);
        }
        let id = u32::try_from(self.ends.len()).ok().filter(|id| *id < u32::MAX)?;
        self.text.push_str(name);
        self.ends.push(self.text.len());
        let (text, ends, hasher) = (&self.text, &self.ends, &self.hasher);
        let of = |id: &u32| {
            let id = *id as usize;
            let start = if id == 0 { 0 } else { ends[id - 1] };
            hasher.hash_one(&text[start..ends[id]])
        };
        self.table.insert_unique(hash, id, of);
        Some(id)
    }

    /// The texts by id.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|id| self.get(id))
    }
}
