//! Neighbouring words of listed names, written as one: each distinct pair once, with the names that hold it and the ways to find it.
//!
//! Must not know what a queried word is worth.

use super::hashed::{Hashed, hash, variants};
use super::vocabulary::key_sign;
use crate::compare::align::join;
use crate::normal::letters::Script;
use crate::normal::{Word, WordRef};
use rustc_hash::FxHashMap;

/// Salts of the hashes of a pair's spelling key, its consonants and its letters.
const KEY: u8 = 4;
const BONES: u8 = 5;
const TEXT: u8 = 6;
/// No pair: the words cannot be written as one, or no word follows.
const NONE: u32 = u32::MAX;

/// Two neighbours, by number of the word, and the sign of the spelling key of both written as one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) first: u32,
    pub(crate) second: u32,
    pub(crate) key: u64,
    starts: u32,
}

/// All pairs of an index.
#[derive(Debug, Default)]
pub(crate) struct Pairs {
    pairs: Vec<Pair>,
    /// Names by pair, ascending.
    names: Vec<u32>,
    /// Pair of each word of each name with the next, by place.
    places: Vec<u32>,
    hashes: Hashed,
}

impl Pairs {
    /// Adds the pairs that may be this word to `found`: they share its spelling key or its consonants, or are a slip away. Some may come several times, and some
    /// may be nothing like it.
    pub(crate) fn near(&self, word: &WordRef, hashes: &mut Vec<u32>, found: &mut Vec<u32>) {
        hashes.clear();
        keys(word, &mut |hash| hashes.push(hash));
        self.hashes.collect(hashes, found);
    }

    /// A pair by number.
    pub(crate) fn pair(&self, number: u32) -> Option<&Pair> {
        self.pairs.get(number as usize)
    }

    /// The names that hold a pair.
    pub(crate) fn names(&self, number: u32) -> &[u32] {
        let start = |at: usize| self.pairs.get(at).map_or(self.names.len(), |pair| pair.starts as usize);
        self.names.get(start(number as usize)..start(number as usize + 1)).unwrap_or_default()
    }

    /// The number of the pair at a place of the words of all names.
    pub(crate) fn number_at(&self, place: usize) -> Option<u32> {
        self.places.get(place).copied().filter(|number| *number != NONE)
    }
}

/// Pairs while names are read.
#[derive(Default)]
pub(crate) struct Filing {
    known: FxHashMap<(u32, u32), u32>,
    pairs: Vec<Pair>,
    held: Vec<(u32, u32)>,
    places: Vec<u32>,
    hashes: Vec<(u32, u32)>,
}

impl Filing {
    /// A name by number, its words, and their numbers.
    pub(crate) fn add(&mut self, name: u32, words: &[Word], terms: &[u32]) {
        for (words, terms) in words.windows(2).zip(terms.windows(2)) {
            let pair = match self.known.get(&(terms[0], terms[1])) {
                Some(known) => *known,
                None => self.new_pair([&words[0], &words[1]], [terms[0], terms[1]]),
            };
            self.places.push(pair);
            if pair != NONE {
                self.held.push((pair, name));
            }
        }
        self.places.extend(terms.last().map(|_| NONE));
    }

    fn new_pair(&mut self, [one, other]: [&Word; 2], [first, second]: [u32; 2]) -> u32 {
        let mut number = NONE;
        if let Some(word) = join(&one.view(), &other.view()) {
            number = u32::try_from(self.pairs.len()).unwrap_or(NONE);
            self.pairs.push(Pair { first, second, key: key_sign(&word.key), starts: 0 });
            keys(&word.view(), &mut |hash| self.hashes.push((hash, number)));
        }
        self.known.insert((first, second), number);
        number
    }

    pub(crate) fn finish(mut self) -> Pairs {
        self.held.sort_unstable();
        self.held.dedup();
        let mut at = 0;
        for (pair, number) in self.pairs.iter_mut().zip(0_u32..) {
            pair.starts = u32::try_from(at).unwrap_or(NONE);
            at += self.held[at..].iter().take_while(|(other, _)| *other == number).count();
        }
        let hashes = Hashed::new(self.hashes.len(), &mut |each| self.hashes.iter().for_each(|(hash, pair)| each(*hash, *pair)));
        self.pairs.shrink_to_fit();
        self.places.shrink_to_fit();
        Pairs { pairs: self.pairs, names: self.held.iter().map(|(_, name)| *name).collect(), places: self.places, hashes }
    }
}

/// Hashes of two neighbours written as one, or of the word they may be.
fn keys(word: &WordRef, each: &mut dyn FnMut(u32)) {
    if !word.key.is_empty() {
        each(hash(word.key.as_bytes(), KEY));
    }
    if word.bones.len() >= 3 {
        each(hash(word.bones.as_bytes(), BONES));
    }
    if word.script == Script::Letters {
        variants(word.text, 1, TEXT, each);
    }
}
