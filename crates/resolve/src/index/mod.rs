//! The candidate index: which listed names may be meant by a queried one. In process, built from entries in one pass.
//!
//! Must not know scores above what retrieval needs, nor any publisher.

pub mod entry;
pub mod hashed;
mod pairs;
pub mod vocabulary;

use crate::compare::weights::{WEIGHTS, Weights};
use crate::compare::worth::worth;
use crate::normal::syllable::{Reading, System};
use crate::normal::{Form, Role, Schema, WordRef};
use entry::Entry;
use hashed::{Hashed, fold};
use pairs::Pairs;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash as _, Hasher as _};
use vocabulary::{Names, Near, Vocabulary};

/// A listed name.
#[derive(Debug, Clone, Copy)]
pub struct Listed {
    /// Number of its entry.
    pub entry: u32,
    /// Number of the name within its entry.
    pub name: u32,
    terms: (u32, u8),
    readings: (u32, u8),
}

/// Lists of names by two neighbours are numbered from here on, those by one word below.
const PAIRS: u32 = 1 << 31;

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
    pairs: Pairs,
    parts: Vec<u8>,
    readings: Vec<Reading>,
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
            pairs: Pairs::default(),
            parts: Vec::new(),
            readings: Vec::new(),
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
        let mut filing = pairs::Filing::default();
        for (entry, number) in self.entries.iter().zip(0_u32..) {
            for (printed, name) in entry.names.iter().zip(0_u32..) {
                let form = Form::read(&printed.printed, entry.schema);
                if form.is_empty() {
                    continue;
                }
                let (terms, readings) = (count(self.terms.len()), count(self.readings.len()));
                self.terms.extend(form.words.iter().map(|word| self.vocabulary.add(word)));
                filing.add(count(self.names.len()), &form.words, &self.terms[terms as usize..]);
                let parts = form.words.iter().filter(|word| word.role == Role::Part).count();
                self.parts.push(u8::try_from(parts).unwrap_or(u8::MAX));
                self.readings.extend(form.syllables);
                let span = |from: u32, len: usize| (from, u8::try_from(len - from as usize).unwrap_or(u8::MAX));
                self.names.push(Listed {
                    entry: number,
                    name,
                    terms: span(terms, self.terms.len()),
                    readings: span(readings, self.readings.len()),
                });
            }
        }
        self.terms.shrink_to_fit();
        self.readings.shrink_to_fit();
        self.pairs = filing.finish();
    }

    /// Names by the words they hold, each name once a word, ascending.
    fn file_postings(&mut self) {
        let mut starts = vec![0_u32; self.vocabulary.len() + 1];
        let each = |each: &mut dyn FnMut(usize, u32)| {
            for (listed, number) in self.names.iter().zip(0_u32..) {
                let terms = slice(&self.terms, listed.terms);
                let first = terms.iter().enumerate().filter(|(at, term)| !terms[..*at].contains(term));
                first.for_each(|(_, term)| each(*term as usize, number));
            }
        };
        each(&mut |term, _| starts[term + 1] += 1);
        let (mut at, mut next) = (0, Vec::with_capacity(self.vocabulary.len()));
        for term in 0..self.vocabulary.len() {
            let names = starts[term + 1];
            self.vocabulary.hold(count(term), names, at);
            next.push(at);
            at += if names == 1 { 0 } else { names };
        }
        let mut postings = vec![0; at as usize];
        let mut only = Vec::new();
        each(&mut |term, number| {
            if starts[term + 1] == 1 {
                only.push((count(term), number));
            } else {
                postings[next[term] as usize] = number;
                next[term] += 1;
            }
        });
        only.into_iter().for_each(|(term, number)| self.vocabulary.hold(term, 1, number));
        self.postings = postings;
        self.vocabulary.file();
    }

    fn file_syllables(&mut self) {
        let mut expected = 0;
        for listed in &self.names {
            for reading in slice(&self.readings, listed.readings) {
                syllable_keys(reading, &mut |_| expected += 1);
                for (id, _) in reading.parts.iter().skip(1).filter_map(|options| options.first()) {
                    *self.syllable_counts.entry((reading.system, *id)).or_default() += 1;
                    self.syllables_seen += 1;
                }
            }
        }
        self.syllable_keys = Hashed::new(expected, &mut |each| {
            for (listed, number) in self.names.iter().zip(0_u32..) {
                slice(&self.readings, listed.readings).iter().for_each(|reading| syllable_keys(reading, &mut |key| each(key, number)));
            }
        });
    }

    /// Words that many entries share are worth less, whatever the wordlist knows.
    fn weigh(&mut self) {
        let worths = (0..self.vocabulary.len()).map(|term| {
            let known = worth(&self.vocabulary.word(count(term)), &self.weights);
            self.at_most(known, count(self.postings(count(term)).len()))
        });
        self.vocabulary.worth = worths.collect();
    }

    /// A worth, or less when the word stands in so many of the listed names.
    fn at_most(&self, known: f32, here: u32) -> f32 {
        #[allow(clippy::cast_precision_loss)]
        let rare = (self.names.len().max(2_000) as f32 / here.max(1) as f32).log2().max(1.5);
        if rare < known { rare + (known - known.floor()) * 0.1 } else { known }
    }

    /// Worth of two listed neighbours written as one.
    #[must_use]
    pub fn joined_worth(&self, word: &WordRef) -> f32 {
        self.at_most(worth(word, &self.weights), 1)
    }

    /// Adds the lists of names of which two neighbours, written as one, may be this word to `found`; see [`Vocabulary::near`].
    pub(crate) fn joined_near(&self, word: &WordRef, hashes: &mut Vec<u32>, found: &mut Vec<u32>) {
        if word.role == Role::Part && word.text.len() >= 4 {
            let from = found.len();
            self.pairs.near(word, hashes, found);
            found[from..].iter_mut().for_each(|number| *number |= PAIRS);
        }
    }

    /// The words of a list of [`Self::joined_near`]; `None` of a list of one word.
    pub(crate) fn joined(&self, list: u32) -> Option<[u32; 2]> {
        if list < PAIRS { None } else { self.pairs.pair(list - PAIRS).map(|pair| [pair.first, pair.second]) }
    }

    /// Whether the word at a place of a listed name and the next one, written as one, may be a word by their letters.
    pub(crate) fn joins_near(&self, listed: &Listed, at: usize, near: &Near) -> bool {
        let pair = self.pairs.number_at(listed.terms.0 as usize + at).and_then(|number| self.pairs.pair(number));
        pair.is_some_and(|pair| self.vocabulary.joined_edits_at_least(near, pair).is_some())
    }

    /// Edits at least between a word and that of a list; `None` when letters do not allow them to be related. Initials aside.
    pub(crate) fn edits_at_least(&self, near: &Near, list: u32) -> Option<f32> {
        if list < PAIRS {
            return self.vocabulary.edits_at_least(near, list);
        }
        self.vocabulary.joined_edits_at_least(near, self.pairs.pair(list - PAIRS)?)
    }

    /// Whether a list is one of two neighbours written as one.
    pub(crate) fn is_pair(list: u32) -> bool {
        list >= PAIRS
    }

    /// Words of a listed name that identify: no particles, initials or legal forms.
    pub(crate) fn parts(&self, name: u32) -> u8 {
        self.parts[name as usize]
    }

    /// The names of a list: of a word by its number, or of [`Self::joined_near`].
    pub(crate) fn list(&self, list: u32) -> &[u32] {
        if list < PAIRS { self.postings(list) } else { self.pairs.names(list - PAIRS) }
    }

    /// The lists that a name is on.
    pub(crate) fn lists(&self, name: u32) -> impl Iterator<Item = u32> + Clone {
        let (start, terms) = (self.names[name as usize].terms.0 as usize, self.terms(&self.names[name as usize]));
        let pairs = (start..start + terms.len()).filter_map(|place| self.pairs.number_at(place));
        terms.iter().copied().chain(pairs.map(|number| number | PAIRS))
    }

    /// Names that hold a word.
    #[must_use]
    pub fn postings(&self, term: u32) -> &[u32] {
        match self.vocabulary.names(term) {
            Names::One(name) => std::slice::from_ref(name),
            Names::From(from, names) => &self.postings[from..from + names],
        }
    }

    /// Words of a listed name, by number.
    #[must_use]
    pub fn terms(&self, listed: &Listed) -> &[u32] {
        slice(&self.terms, listed.terms)
    }

    /// Syllable readings of a listed name.
    #[must_use]
    pub fn readings(&self, listed: &Listed) -> &[Reading] {
        slice(&self.readings, listed.readings)
    }

    /// Names that share a syllable key with a reading.
    pub fn same_syllables(&self, reading: &Reading, each: &mut dyn FnMut(u32)) {
        let meets = |name: &u32| slice(&self.readings, self.names[*name as usize].readings).iter().any(|other| reading.meets(other));
        syllable_keys(reading, &mut |key| self.syllable_keys.get(key).iter().filter(|name| meets(name)).for_each(|name| each(*name)));
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
    pub fn word(&self, term: u32) -> WordRef<'_> {
        self.vocabulary.word(term)
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
        each(fold(hasher.finish()));
    }
}
