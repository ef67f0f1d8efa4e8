//! Towns of birth and of residence, as words that can be compared.
//!
//! Must not know countries as evidence: a country says nothing here, in either direction, for it stands too near to nationality.

use crate::normal::{fold, letters};
use rustc_hash::FxHashSet;
use std::sync::LazyLock;

/// What a place is to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlaceKind {
    /// Where a person was born.
    Birth,
    /// Where a person or company is or was.
    Address,
}

/// A place, read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// What it is.
    pub kind: PlaceKind,
    /// Spelling keys of its words that may name a town, sorted, each once; never empty.
    pub words: Vec<String>,
}

/// Words of a place that are read.
const WORDS: usize = 12;

/// Words that name no town: parts of addresses, and all words of the names of countries.
static EMPTY: LazyLock<FxHashSet<String>> = LazyLock::new(|| {
    let generic = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wordlists/names/place_words.csv"));
    let countries = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wordlists/countries.csv"));
    let rows = |text: &'static str| text.lines().filter(|line| !line.starts_with('#')).skip(1);
    let names = rows(countries).filter_map(|line| line.split(',').nth(2)).flat_map(|names| names.split(|c: char| !c.is_alphanumeric()));
    rows(generic).chain(names).map(letters::latin).filter(|word| !word.is_empty()).collect()
});

impl Place {
    /// Reads a place as printed; `None` when nothing in it may name a town.
    #[must_use]
    pub fn read(kind: PlaceKind, printed: &str) -> Option<Self> {
        let (clean, _) = letters::visible(printed, 200);
        let words = clean.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.bytes().any(|byte| byte.is_ascii_digit()));
        let mut words: Vec<String> = words
            .map(letters::latin)
            .filter(|word| word.len() >= 3 && !EMPTY.contains(word))
            .take(WORDS)
            .map(|word| fold::key(&word))
            .collect();
        words.sort_unstable();
        words.dedup();
        (!words.is_empty()).then_some(Self { kind, words })
    }

    /// Whether both may name one town.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.kind == other.kind && self.words.iter().any(|word| other.words.binary_search(word).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_town_is_told_from_its_street_and_country() {
        let read = |text: &str| Place::read(PlaceKind::Address, text);
        let meets = |a: &str, b: &str| read(a).zip(read(b)).map(|(a, b)| a.meets(&b));
        assert_eq!(meets("1 Example Street, Exampleville, France", "Exampleville"), Some(true));
        assert_eq!(meets("Exampleville, France", "Sampletown, France"), Some(false), "a country in common is no town in common");
        assert_eq!(meets("Тестоград", "Testograd"), Some(true));
        for nothing in ["", "France", "Democratic People's Republic of Korea", "12 Street 5", "\u{202e}\0"] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
        assert_ne!(read("Sampletown"), Place::read(PlaceKind::Birth, "Sampletown"));
    }
}
