//! The candidate index: which listed names may be meant by a queried one. In process, built from entries in one pass.
//!
//! Must not know scores above what retrieval needs, nor any publisher.

pub mod entry;
pub mod hashed;
pub mod vocabulary;

use crate::compare::align::joins;
use crate::compare::weights::{WEIGHTS, Weights};
use crate::compare::worth::worth;
use crate::normal::syllable::{Reading, System};
use crate::normal::{Form, Schema, Word};
use entry::Entry;
use hashed::Hashed;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash as _, Hasher as _};
use vocabulary::Vocabulary;

/// A listed name.
#[derive(Debug, Clone, Copy)]
pub struct Listed {
    /// Number of its entry.
    pub entry: u32,
    /// Number of the name within its entry.
    pub name: u32,
    terms: (u32, u8),
    joins: (u32, u8),
    readings: (u32, u8),
}

/// The index of one or several lists.
#[derive(Debug)]
pub struct Index {
    /// Entries, in the order given.
    pub entries: Vec<Entry>,
    /// Listed names, by entry.
    pub names: Vec<Listed>,
    /// Their words.
    pub vocabulary: Vocabulary,
    /// The weights everything is scored with.
    pub weights: Weights,
    terms: Vec<u32>,
    joined: Vec<(u8, u32)>,
    readings: Vec<Reading>,
    posting_starts: Vec<u32>,
    postings: Vec<u32>,
    syllable_keys: Hashed,
    syllable_counts: FxHashMap<(System, u16), u32>,
    syllables_seen: u32,
    /// (kind, canonical value) -> entries.
    pub identifiers: FxHashMap<(String, String), Vec<u32>>,
}

impl Index {
    /// Builds the index with the shipped weights.
    #[must_use]
    pub fn build(entries: Vec<Entry>) -> Self {
        Self::build_with(entries, WEIGHTS.clone())
    }

    /// Builds the index with other weights (for learning).
    #[must_use]
    pub fn build_with(entries: Vec<Entry>, weights: Weights) -> Self {
        let mut index = Self {
            entries,
            names: Vec::new(),
            vocabulary: Vocabulary::default(),
            weights,
            terms: Vec::new(),
            joined: Vec::new(),
            readings: Vec::new(),
            posting_starts: Vec::new(),
            postings: Vec::new(),
            syllable_keys: Hashed::default(),
            syllable_counts: FxHashMap::default(),
            syllables_seen: 0,
            identifiers: FxHashMap::default(),
        };
        index.read_names();
        index.file_postings();
        index.file_syllables();
        index.weigh();
        for (entry, number) in index.entries.iter().zip(0_u32..) {
            for identifier in &entry.identifiers {
                let known = index.identifiers.entry(identifier.clone()).or_default();
                if known.last() != Some(&number) {
                    known.push(number);
                }
            }
        }
        index
    }

    fn read_names(&mut self) {
        for (entry, number) in self.entries.iter().zip(0_u32..) {
            for (printed, name) in entry.names.iter().zip(0_u32..) {
                let form = Form::read(&printed.printed, entry.schema);
                if form.is_empty() {
                    continue;
                }
                let (terms, joined, readings) = (count(self.terms.len()), count(self.joined.len()), count(self.readings.len()));
                self.terms.extend(form.words.iter().map(|word| self.vocabulary.add(word)));
                for (at, word) in joins(&form.words.iter().collect::<Vec<_>>()) {
                    let term = self.vocabulary.add(&word);
                    self.joined.push((u8::try_from(at).unwrap_or(u8::MAX), term));
                }
                self.readings.extend(form.syllables);
                let span = |from: u32, len: usize| (from, u8::try_from(len - from as usize).unwrap_or(u8::MAX));
                self.names.push(Listed {
                    entry: number,
                    name,
                    terms: span(terms, self.terms.len()),
                    joins: span(joined, self.joined.len()),
                    readings: span(readings, self.readings.len()),
                });
            }
        }
    }

    fn file_postings(&mut self) {
        let words = self.vocabulary.words.len();
        let mut pairs: Vec<(u32, u32)> = Vec::with_capacity(self.terms.len() + self.joined.len());
        let mut only_joined = vec![true; words];
        for (listed, number) in self.names.iter().zip(0_u32..) {
            for term in slice(&self.terms, listed.terms) {
                pairs.push((*term, number));
                only_joined[*term as usize] = false;
            }
            pairs.extend(slice(&self.joined, listed.joins).iter().map(|(_, term)| (*term, number)));
        }
        pairs.sort_unstable();
        pairs.dedup();
        self.posting_starts = vec![0; words + 1];
        for (term, _) in &pairs {
            self.posting_starts[*term as usize + 1] += 1;
        }
        for at in 1..self.posting_starts.len() {
            self.posting_starts[at] += self.posting_starts[at - 1];
        }
        self.postings = pairs.into_iter().map(|(_, name)| name).collect();
        self.vocabulary.file(&only_joined);
    }

    fn file_syllables(&mut self) {
        let mut pairs = Vec::new();
        for (listed, number) in self.names.iter().zip(0_u32..) {
            for reading in slice(&self.readings, listed.readings) {
                syllable_keys(reading, &mut |key| pairs.push((key, number)));
                for (id, _) in reading.parts.iter().skip(1).filter_map(|options| options.first()) {
                    *self.syllable_counts.entry((reading.system, *id)).or_default() += 1;
                    self.syllables_seen += 1;
                }
            }
        }
        self.syllable_keys = Hashed::new(pairs);
    }

    /// Words that many entries share are worth less, whatever the wordlist knows.
    fn weigh(&mut self) {
        #[allow(clippy::cast_precision_loss)]
        let all = (self.names.len().max(2_000)) as f32;
        let worths = self.vocabulary.words.iter().enumerate().map(|(term, word)| {
            let known = worth(word, &self.weights);
            #[allow(clippy::cast_precision_loss)]
            let here = (self.posting_starts[term + 1] - self.posting_starts[term]).max(1) as f32;
            let rare = (all / here).log2().max(1.5);
            if rare < known { rare + (known - known.floor()) * 0.1 } else { known }
        });
        self.vocabulary.worth = worths.collect();
    }

    /// Names that hold a word.
    #[must_use]
    pub fn postings(&self, term: u32) -> &[u32] {
        let (from, to) = (self.posting_starts[term as usize] as usize, self.posting_starts[term as usize + 1] as usize);
        &self.postings[from..to]
    }

    /// Words of a listed name, by number.
    #[must_use]
    pub fn terms(&self, listed: &Listed) -> &[u32] {
        slice(&self.terms, listed.terms)
    }

    /// Joined neighbours of a listed name: place of the first, number of the word.
    #[must_use]
    pub fn joined(&self, listed: &Listed) -> &[(u8, u32)] {
        slice(&self.joined, listed.joins)
    }

    /// Syllable readings of a listed name.
    #[must_use]
    pub fn readings(&self, listed: &Listed) -> &[Reading] {
        slice(&self.readings, listed.readings)
    }

    /// Names that share a syllable key with a reading.
    pub fn same_syllables(&self, reading: &Reading, each: &mut dyn FnMut(u32)) {
        syllable_keys(reading, &mut |key| self.syllable_keys.get(key).for_each(&mut *each));
    }

    /// Worth of a given-name syllable: rarer among the listed ones is more, bits in 3..=8.
    #[must_use]
    pub fn syllable_worth(&self, system: System, id: u16) -> f32 {
        let here = self.syllable_counts.get(&(system, id)).copied().unwrap_or(0);
        #[allow(clippy::cast_precision_loss)]
        let share = (here as f32 + 2.0) / (self.syllables_seen as f32 / 3.0 + 200.0);
        (-share.log2()).clamp(3.0, 8.0)
    }

    /// Schema of a listed name.
    #[must_use]
    pub fn schema(&self, listed: &Listed) -> Schema {
        self.entries[listed.entry as usize].schema
    }

    /// A word by number.
    #[must_use]
    pub fn word(&self, term: u32) -> &Word {
        &self.vocabulary.words[term as usize]
    }
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

fn slice<T>(all: &[T], (from, len): (u32, u8)) -> &[T] {
    all.get(from as usize..from as usize + usize::from(len)).unwrap_or_default()
}

/// Ways to write the ids of a reading that are followed.
const COMBINATIONS: usize = 48;

/// One key for each choice of one id per syllable, cheap choices first.
pub(crate) fn syllable_keys(reading: &Reading, each: &mut dyn FnMut(u32)) {
    let mut choices: Vec<(u32, Vec<u16>)> = vec![(0, Vec::new())];
    for options in &reading.parts {
        choices = choices
            .iter()
            .flat_map(|(cost, ids)| options.iter().map(move |(id, bits)| (cost + u32::from(*bits), [ids.as_slice(), &[*id]].concat())))
            .filter(|(cost, _)| *cost <= 5)
            .collect();
        choices.sort();
        choices.truncate(COMBINATIONS);
    }
    for (_, ids) in choices {
        let mut hasher = FxHasher::default();
        reading.system.hash(&mut hasher);
        ids.hash(&mut hasher);
        let bits = hasher.finish();
        #[allow(clippy::cast_possible_truncation)]
        each((bits ^ (bits >> 32)) as u32);
    }
}
