//! Addresses as numbers by first appearance, their text in one block.
//!
//! Must not know what an address is.

use hashbrown::DefaultHashBuilder;
use std::hash::BuildHasher as _;
use std::hint::black_box;

/// Texts with ids from 0, in order of first appearance. Lookup does not depend on the hash's seed, so the ids never do.
#[derive(Debug, Clone, Default)]
pub struct Names {
    text: String,
    ends: Vec<usize>,
    /// Length of every text while they are all of one length.
    length: Option<usize>,
    /// Open addressing, at most half full: the id plus one in the low half (0: free), its hash in the high half.
    slots: Vec<u64>,
    hasher: DefaultHashBuilder,
}

/// Texts to be looked up together: what lies far apart in memory is fetched side by side.
#[derive(Debug, Clone, Default)]
pub(crate) struct Batch {
    text: String,
    ends: Vec<usize>,
    hashes: Vec<u32>,
}

impl Batch {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }
}

impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.ends == other.ends
    }
}

impl Names {
    /// Ids lie below this.
    pub(crate) const MOST: usize = u32::MAX as usize - 1;

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

    fn span(&self, id: usize) -> std::ops::Range<usize> {
        match self.length {
            Some(length) => id * length..(id + 1) * length,
            None => (if id == 0 { 0 } else { self.ends[id - 1] })..self.ends[id],
        }
    }

    /// The text of an id; empty when there is no such id.
    #[must_use]
    pub fn get(&self, id: usize) -> &str {
        if id < self.ends.len() { &self.text[self.span(id)] } else { "" }
    }

    #[allow(clippy::cast_possible_truncation)] // the upper half
    fn hash(&self, name: &str) -> u32 {
        (self.hasher.hash_one(name) >> 32) as u32
    }

    /// Where to look first: the upper bits of the hash.
    fn home(&self, hash: u32) -> usize {
        hash as usize >> (32 - self.slots.len().trailing_zeros())
    }

    /// The id of a text, or the free slot where it belongs. There must be a free slot.
    fn look(&self, hash: u32, name: &str) -> Result<u32, usize> {
        let mut place = self.home(hash);
        loop {
            let slot = self.slots[place];
            #[allow(clippy::cast_possible_truncation)] // the two halves
            let (id, known) = (slot as u32, (slot >> 32) as u32);
            if id == 0 {
                return Err(place);
            }
            if known == hash && self.text.as_bytes()[self.span(id as usize - 1)] == *name.as_bytes() {
                return Ok(id - 1);
            }
            place = (place + 1) & (self.slots.len() - 1);
        }
    }

    /// The id of a text.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        if self.slots.is_empty() {
            return None;
        }
        self.look(self.hash(name), name).ok().map(|id| id as usize)
    }

    /// The id of a text, new when it was not there; `None` beyond 2^32 - 2 texts.
    pub fn intern(&mut self, name: &str) -> Option<u32> {
        let hash = self.hash(name);
        self.intern_hashed(hash, name)
    }

    fn intern_hashed(&mut self, hash: u32, name: &str) -> Option<u32> {
        if 2 * (self.ends.len() + 1) > self.slots.len() {
            self.widen();
        }
        let place = match self.look(hash, name) {
            Ok(id) => return Some(id),
            Err(place) => place,
        };
        let id = u32::try_from(self.ends.len()).ok().filter(|_| self.ends.len() < Self::MOST)?;
        match self.length {
            Some(length) if length != name.len() => self.length = None,
            None if id == 0 => self.length = Some(name.len()),
            _ => {}
        }
        self.text.push_str(name);
        self.ends.push(self.text.len());
        self.slots[place] = u64::from(hash) << 32 | u64::from(id + 1);
        Some(id)
    }

    fn widen(&mut self) {
        let size = (2 * self.slots.len()).max(64);
        let old = std::mem::replace(&mut self.slots, vec![0; size]);
        for slot in old.into_iter().filter(|slot| *slot != 0) {
            #[allow(clippy::cast_possible_truncation)] // the upper half
            let mut place = self.home((slot >> 32) as u32);
            while self.slots[place] != 0 {
                place = (place + 1) & (size - 1);
            }
            self.slots[place] = slot;
        }
    }

    /// Puts a text into a batch.
    pub(crate) fn ask(&self, batch: &mut Batch, name: &str) {
        batch.text.push_str(name);
        batch.ends.push(batch.text.len());
        batch.hashes.push(self.hash(name));
    }

    /// The ids of a batch, in its order, which is empty then. There must be room below [`Self::MOST`] for all of it.
    pub(crate) fn intern_all(&mut self, batch: &mut Batch, mut id: impl FnMut(u32)) {
        while 2 * (self.ends.len() + batch.len()) > self.slots.len() {
            self.widen();
        }
        let slot = |hash: &u32| self.slots[self.home(*hash)];
        black_box(batch.hashes.iter().fold(0, |all, hash| all ^ slot(hash)));
        let first = |hash: &u32| {
            #[allow(clippy::cast_possible_truncation)] // the lower half
            let span = (slot(hash) as u32).checked_sub(1).map(|id| self.span(id as usize));
            span.and_then(|span| self.text.as_bytes().get(span.start)).copied().unwrap_or(0)
        };
        black_box(batch.hashes.iter().fold(0, |all, hash| all ^ first(hash)));
        let mut start = 0;
        for (hash, end) in batch.hashes.iter().zip(&batch.ends) {
            if let Some(found) = self.intern_hashed(*hash, &batch.text[start..*end]) {
                id(found);
            }
            start = *end;
        }
        batch.text.clear();
        batch.ends.clear();
        batch.hashes.clear();
    }

    /// The texts by id.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|id| self.get(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ids_are_by_first_appearance(names in proptest::collection::vec("[ab]{0,4}|ü", 0..300), together in 1..90_usize) {
            let mut first: Vec<&str> = Vec::new();
            let ids: Vec<u32> = names.iter().map(|name| {
                let known = first.iter().position(|known| known == name);
                let id = known.unwrap_or_else(|| { first.push(name); first.len() - 1 });
                u32::try_from(id).unwrap()
            }).collect();
            let (mut alone, mut batched, mut batch, mut got) = (Names::default(), Names::default(), Batch::default(), Vec::new());
            for name in &names {
                batched.ask(&mut batch, name);
                if batch.len() >= together {
                    batched.intern_all(&mut batch, |id| got.push(id));
                }
            }
            batched.intern_all(&mut batch, |id| got.push(id));
            prop_assert_eq!(&got, &ids);
            prop_assert_eq!(names.iter().map(|name| alone.intern(name).unwrap()).collect::<Vec<_>>(), ids);
            prop_assert_eq!(alone.iter().collect::<Vec<_>>(), first);
            prop_assert!(alone == batched);
            prop_assert!(names.iter().zip(&got).all(|(name, id)| batched.find(name) == Some(*id as usize)));
            prop_assert_eq!(batched.find("nobody"), None);
        }
    }
}
