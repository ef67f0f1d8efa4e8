//! The customer's subjects, indexed once, so that a new version of a list asks only its changed entries of them: segments of bounded size, built as the
//! subjects stream by, each a piece of bytes with a checksum.
//!
//! Must not know files, or what a hit leads to. A segment keeps the distinct words of its subjects' names apart from the subjects: the changed entries are
//! compared with the words, once each, and only subjects whose words agree enough are then screened.
//!
//! ```
//! use bonafide_resolve::index::entry::{Entry, EntryName, NameKind};
//! use bonafide_resolve::screen::Query;
//! use bonafide_resolve::screen::subject_index::{Asking, Segment, SegmentBuilder};
//! let mut builder = SegmentBuilder::default();
//! builder.add("s1", &Query { name: "Zurab Makharadse".into(), ..Query::default() });
//! builder.add("s2", &Query { name: "Jane Roe".into(), ..Query::default() });
//! let bytes = builder.finish();
//! let name = EntryName { printed: "MAKHARADZE, Zurab".into(), kind: NameKind::Primary };
//! let asking = Asking::new(vec![Entry { id: "e1".into(), names: vec![name], ..Entry::default() }], 0.5);
//! let near = Segment::read(&bytes).unwrap().near(&asking).unwrap();
//! assert_eq!(near.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["s1"]);
//! ```

mod bytes;
mod segment;

use super::score::bits_at;
use super::{MATCHER, Options, Query, Searcher};
use crate::compare::weights::WEIGHTS;
use crate::compare::worth::worth;
use crate::index::entry::Entry;
use crate::index::{Index, syllable_keys};
use crate::normal::{Form, Role, Word, fold};
use bonafide_facts::digest::sha256;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
pub use segment::{Segment, SegmentBuilder};
use std::hash::{Hash as _, Hasher as _};

/// Subjects of one segment at most.
pub const SUBJECTS: usize = 200_000;

/// What a segment was made with; one made otherwise must be built anew. Covers the matcher's version, its weights and the qualifiers' form.
#[must_use]
pub fn made_with() -> String {
    // The weights themselves: a lock that nobody opened yet prints itself as something else.
    sha256(format!("{MATCHER} {:?} subjects-1", *WEIGHTS).as_bytes())
}

/// What the whole of a hit may have besides its agreeing words, bits: `complete`, a birth date, towns.
const BESIDES: (f32, f32, f32) = (1.5, 6.0, 3.5);
/// What an initial may be worth, bits.
const INITIAL: f32 = 4.0;
/// Bits of words below which nothing is looked at closely.
const LEAST: f32 = 3.0;

/// Changed entries, ready to be asked of any number of segments.
#[derive(Debug)]
pub struct Asking {
    index: Index,
    /// Score that a hit must reach, 0 to 1.
    threshold: f64,
    /// Bits that the words must agree on, when nothing else is known.
    least: f32,
    /// Syllable keys of the entries' names.
    syllables: FxHashSet<u32>,
    identifiers: FxHashSet<u64>,
    /// Spelling keys of the entries' words: two words of a subject that make one of them are looked at.
    joined: FxHashMap<String, f32>,
    /// Whether a name of the entries has an initial.
    initials: u8,
}

impl Asking {
    /// Prepares entries that are a list of their own. `threshold` is the score of a hit, 0 to 1.
    #[must_use]
    pub fn new(entries: Vec<Entry>, threshold: f64) -> Self {
        Self::within(entries, threshold, 0)
    }

    /// Prepares entries of a list that holds so many names in all: on a longer list more must agree, so fewer subjects are looked at.
    #[must_use]
    pub fn within(entries: Vec<Entry>, threshold: f64, names: usize) -> Self {
        let mut weights = WEIGHTS.clone();
        #[allow(clippy::cast_precision_loss)]
        let names = names as f32;
        weights.list_least = weights.list_least.max(names);
        let index = Index::build_with(entries, weights);
        let weights = &index.weights;
        let bits = bits_at(threshold, &index);
        let (mut syllables, mut joined, mut initials) = (FxHashSet::default(), FxHashMap::default(), 0);
        for entry in &index.entries {
            for name in &entry.names {
                let form = Form::read(&name.printed, entry.schema);
                form.syllables.iter().for_each(|reading| {
                    syllable_keys(reading, &mut |key| {
                        syllables.insert(key);
                    })
                });
                let count = form.words.iter().filter(|word| word.role == Role::Initial).count();
                initials = initials.max(u8::try_from(count.min(3)).unwrap_or(3));
                for word in form.words.iter().filter(|word| word.role == Role::Part && word.text.len() >= 4) {
                    let most = joined.entry(word.key.clone()).or_insert(0.0_f32);
                    *most = most.max(worth(&word.view(), weights));
                }
            }
        }
        let identifiers = index.identifiers.keys().map(identifier_hash).collect();
        let least = bits - BESIDES.0;
        Self { index, threshold, least, syllables, identifiers, joined, initials }
    }

    /// Bits that the words of a subject must agree on to be looked at closely.
    fn least_of(&self, known: &Traits) -> f32 {
        let besides = if known.born { BESIDES.1 } else { 0.0 } + if known.lives { BESIDES.2 } else { 0.0 };
        (self.least - besides - INITIAL * f32::from(known.initials.max(self.initials))).max(LEAST)
    }

    /// What agreeing on a word brings with each entry, bits; entries in order.
    fn gains(&self, word: &Word, scratch: &mut Vec<u32>) -> Vec<(u32, f32)> {
        let mine = worth(&word.view(), &self.index.weights);
        let mut gains: Vec<(u32, f32)> = Vec::new();
        for found in self.index.vocabulary.matches(word, 2, &self.index.weights, scratch) {
            let gain = mine.min(self.index.vocabulary.worth[found.term as usize]) - found.loss;
            if gain > 0.0 {
                gains.extend(self.index.postings(found.term).iter().map(|name| (self.index.names[*name as usize].entry, gain)));
            }
        }
        gains.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        gains.dedup_by_key(|(entry, _)| *entry);
        gains
    }

    /// Bits of two neighbouring words as one, when an entry has that word.
    fn joined(&self, text: &str) -> f32 {
        if text.len() < 4 { 0.0 } else { self.joined.get(&fold::key(text)).copied().unwrap_or(0.0) }
    }

    /// Whether a subject would be a hit were these entries the whole list: no less than what the whole list says.
    fn hits(&self, searcher: &mut Searcher, query: &Query) -> bool {
        // Rivals and common words of a whole list only lower a score; what this small one does not know is allowed for.
        let options = Options { top: 1, threshold: self.threshold * 0.8, candidates: 24 };
        !searcher.screen(query, &options).is_empty()
    }
}

/// What is known of a subject besides its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Traits {
    born: bool,
    lives: bool,
    initials: u8,
}

impl Traits {
    fn of(query: &Query, form: &Form) -> Self {
        let initials = form.words.iter().filter(|word| word.role == Role::Initial).count().min(3);
        Self { born: query.birth.is_some(), lives: !query.places.is_empty(), initials: u8::try_from(initials).unwrap_or(3) }
    }
}

fn identifier_hash(identifier: &(String, String)) -> u64 {
    let mut hasher = FxHasher::default();
    identifier.hash(&mut hasher);
    hasher.finish()
}

/// Whether a word takes part in finding subjects.
fn counts(word: &Word) -> bool {
    !matches!(word.role, Role::Initial | Role::Legal)
}

#[cfg(test)]
mod tests;
