//! Texts as small numbers, in order of first appearance.
//!
//! Must not know what the texts are.

use hashbrown::HashTable;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::hash::BuildHasher as _;

/// Texts and their numbers. Saved as the list of texts.
#[derive(Debug, Default, Clone)]
pub struct Interner {
    texts: Vec<Box<str>>,
    /// The number given last: rows of one subject mostly follow each other.
    last: u32,
    table: HashTable<u32>,
    hasher: hashbrown::DefaultHashBuilder,
}

impl Interner {
    /// The number of a text, given when it is new.
    pub fn number(&mut self, text: &str) -> u32 {
        if self.texts.get(self.last as usize).is_none_or(|last| **last != *text) {
            self.last = self.find(text);
        }
        self.last
    }

    fn find(&mut self, text: &str) -> u32 {
        let hash = self.hasher.hash_one(text);
        let texts = &self.texts;
        if let Some(number) = self.table.find(hash, |number| texts.get(*number as usize).is_some_and(|known| **known == *text)) {
            return *number;
        }
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.into());
        let (texts, hasher) = (&self.texts, &self.hasher);
        self.table.insert_unique(hash, number, |number| hasher.hash_one(texts.get(*number as usize).map_or("", |text| text)));
        number
    }

    /// The text of a number.
    #[must_use]
    pub fn text(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", |text| text)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

impl Serialize for Interner {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.texts.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Interner {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut interner = Self::default();
        for text in Vec::<Box<str>>::deserialize(deserializer)? {
            interner.number(&text);
        }
        Ok(interner)
    }
}
