//! From a query to the few listed names worth a close look, and from those to hits.
//!
//! Must not know how a close look is scored: that is [`super::score`].

use super::gather::{Gains, JOINED, JOINS, READ, Sums, WORDS};
use super::qualifiers;
use super::score::{Judged, bits_at, judge};
use super::{Hit, Options, Query};
use crate::compare::align::{Item, Side, joins};
use crate::compare::word::Relation;
use crate::compare::worth::worth;
use crate::index::Index;
use crate::index::vocabulary::Match;
use crate::normal::letters::Script;
use crate::normal::{Form, Role, Schema, Word};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// Remembered words at most; then the memory is emptied.
const REMEMBERED: usize = 50_000;
/// Listed words that one queried word may stand for, at most (the best).
const MATCHES: usize = 256;

/// What a queried word may stand for.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// By worth of the agreement, best first.
    by_gain: Vec<(u32, f32)>,
    /// Entries that hold one of the first so many of these.
    holders: Vec<u32>,
    /// By number of the term.
    by_term: Vec<Match>,
    /// Worth of the queried word itself, bits.
    worth: f32,
}

impl Known {
    pub(crate) fn find(&self, term: u32) -> Option<(Relation, f32)> {
        let at = self.by_term.binary_search_by_key(&term, |found| found.term).ok()?;
        Some((self.by_term[at].relation, self.by_term[at].loss))
    }

    /// How many entries hold a word that agrees at least so well, bits: what chance has to choose from.
    pub(crate) fn as_good(&self, bits: f32) -> u32 {
        let so_many = self.by_gain.partition_point(|(_, gain)| *gain >= bits - 0.01);
        if so_many == 0 { 0 } else { self.holders[so_many - 1] }
    }

    /// Bits gained by a listed word; 0 when it is not among those this word may stand for.
    pub(crate) fn gain(&self, term: u32, index: &Index) -> f32 {
        self.find(term).map_or(0.0, |(_, loss)| self.worth.min(index.vocabulary.worth[term as usize]) - loss)
    }
}

/// By place in a list of words: entries that hold one of the words up to there. Each counts once, whatever its aliases.
fn holders(index: &Index, words: &[(u32, f32)]) -> Vec<u32> {
    let mut seen = vec![0_u64; index.entries.len().div_ceil(64)];
    let mut all = 0;
    let so_far = words.iter().map(|(term, _)| {
        for name in index.postings(*term) {
            let entry = index.names[*name as usize].entry as usize;
            let bit = 1 << (entry % 64);
            all += u32::from(seen[entry / 64] & bit == 0);
            seen[entry / 64] |= bit;
        }
        all
    });
    so_far.collect()
}

/// A query being worked on: its words, and what each may stand for.
pub(crate) struct Asked<'a> {
    pub(crate) query: &'a Query,
    pub(crate) form: &'a Form,
    pub(crate) side: Side<'a>,
    pub(crate) words: Vec<Rc<Known>>,
    pub(crate) joins: Vec<(usize, Rc<Known>)>,
}

/// One thread's way into an index. Holds scratch memory and remembers words; answers never depend on what was asked before.
#[derive(Debug)]
pub struct Searcher<'i> {
    index: &'i Index,
    sums: Sums,
    scratch: Vec<u32>,
    known: FxHashMap<(u8, Role, Script, String, String), Rc<Known>>,
}

impl<'i> Searcher<'i> {
    /// A searcher on an index.
    #[must_use]
    pub fn new(index: &'i Index) -> Self {
        Self { index, sums: Sums::new(index.names.len()), scratch: Vec::new(), known: FxHashMap::default() }
    }

    /// The hits of one query, best first; ties by entry id.
    pub fn screen(&mut self, query: &Query, options: &Options) -> Vec<Hit> {
        let form = Form::read(&query.name, query.schema);
        let joined = joins(&form.words.iter().collect::<Vec<_>>());
        let asked = self.ask(query, &form, &joined);
        let chosen = self.choose(&asked, options);
        let judged: Vec<Judged> = chosen.into_iter().filter_map(|name| judge(self.index, &asked, name)).collect();
        super::score::hits(self.index, &asked, judged, options)
    }

    /// Programmes of an entry, `|` between; empty when it is not known.
    #[must_use]
    pub fn programmes(&self, entry_id: &str, list: &str) -> String {
        self.index
            .entries
            .iter()
            .find(|entry| entry.id == entry_id && entry.list == list)
            .map(|entry| entry.programmes.join("|"))
            .unwrap_or_default()
    }

    fn ask<'a>(&mut self, query: &'a Query, form: &'a Form, joined: &'a [(usize, Word)]) -> Asked<'a> {
        let words: Vec<Rc<Known>> = form.words.iter().map(|word| self.know(word, 2)).collect();
        let joins: Vec<(usize, Rc<Known>)> = joined.iter().map(|(at, word)| (*at, self.know(word, 1))).collect();
        let weights = &self.index.weights;
        let item = |word: &'a Word, known: &Known| {
            // A word of the list is worth what the list says, when that is less.
            let here = known
                .by_term
                .iter()
                .filter(|found| found.relation == Relation::Exact)
                .map(|found| self.index.vocabulary.worth[found.term as usize]);
            Item { word: word.view(), worth: here.fold(worth(&word.view(), weights), f32::min), term: u32::MAX }
        };
        let side = Side {
            words: form.words.iter().zip(&words).map(|(word, known)| item(word, known)).collect(),
            joins: joined.iter().zip(&joins).map(|((at, word), (_, known))| (*at, item(word, known))).collect(),
            company: query.schema == Schema::Company,
        };
        Asked { query, form, side, words, joins }
    }

    fn know(&mut self, word: &Word, slips: u8) -> Rc<Known> {
        let key = (slips, word.role, word.script, word.text.clone(), word.key.clone());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let index = self.index;
        let mut known = Known::default();
        if !matches!(word.role, Role::Initial | Role::Legal) {
            let mine = worth(&word.view(), &index.weights);
            known.worth = mine;
            let found = index.vocabulary.matches(word, usize::from(slips), &index.weights, &mut self.scratch);
            let gain = |found: &Match| mine.min(index.vocabulary.worth[found.term as usize]) - found.loss;
            let mut ranked: Vec<(f32, Match)> =
                found.into_iter().map(|found| (gain(&found), found)).filter(|(gain, _)| *gain > 0.0).collect();
            // The most alike stay, the commoner ones first among equals: they stand for more names.
            if ranked.len() > MATCHES {
                let worth = |found: &Match| index.vocabulary.worth[found.term as usize];
                ranked
                    .sort_by(|a, b| a.1.loss.total_cmp(&b.1.loss).then(worth(&a.1).total_cmp(&worth(&b.1))).then(a.1.term.cmp(&b.1.term)));
                ranked.truncate(MATCHES);
            }
            ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.term.cmp(&b.1.term)));
            known.by_gain = ranked.iter().map(|(gain, found)| (found.term, *gain)).collect();
            known.holders = holders(index, &known.by_gain);
            known.by_term = ranked.into_iter().map(|(_, found)| found).collect();
            known.by_term.sort_by_key(|found| found.term);
        }
        let known = Rc::new(known);
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(key, known.clone());
        known
    }

    /// The names that agree on the most bits and may reach the threshold by them.
    fn choose(&mut self, asked: &Asked, options: &Options) -> Vec<u32> {
        let (index, sums) = (self.index, &mut self.sums);
        let least = least(index, asked, options);
        sums.begin(options.candidates.max(options.top));
        for (at, known) in &asked.joins {
            let words = 1 << (JOINS.0 + at % JOINS.1);
            for (term, gain) in &known.by_gain {
                index.postings(*term).iter().for_each(|name| sums.add(*name, words, *gain));
            }
        }
        for (at, word) in asked.form.words.iter().enumerate().take(WORDS) {
            let gain = asked.words[at].worth - index.weights.joined - index.weights.romanisation;
            index.same_joined(&word.view(), &mut |name| sums.add(name, JOINED, gain));
        }
        for reading in &asked.form.syllables {
            index.same_syllables(reading, &mut |name| sums.add(name, READ, SYLLABLES));
        }
        let gains: Vec<Gains> =
            asked.words.iter().enumerate().take(WORDS).map(|(word, known)| Gains { lists: &known.by_gain, word }).collect();
        let complete = |name: u32, mask: u32| {
            let terms = index.terms(&index.names[name as usize]);
            let open = gains.iter().filter(|gains| mask & (1 << gains.word) == 0);
            open.map(|gains| terms.iter().map(|term| asked.words[gains.word].gain(*term, index)).fold(0.0, f32::max)).sum()
        };
        sums.follow(&gains, least, |term| index.postings(term), complete);
        sums.best(least)
    }
}

/// Bits that names gain which read as the same syllables: more than most agreements of words.
const SYLLABLES: f32 = 14.0;
/// Agreement by words below which no name is looked at.
const LEAST: f32 = 2.5;

/// Bits that a name must gain by its words to reach the threshold: the threshold's own less all that a close look may add.
fn least(index: &Index, asked: &Asked, options: &Options) -> f32 {
    let weights = &index.weights;
    #[allow(clippy::cast_precision_loss)]
    let words = asked.form.words.len() as f32;
    // Each word but one may stand against an initial, a particle or a legal form; what is known besides may agree.
    let initials = (words - 1.0).max(0.0) * (weights.initial_worth - weights.initial).max(0.5);
    (bits_at(options.threshold, index) - initials.max(weights.complete + 0.5 * words) - qualifiers::most(asked.query)).max(LEAST)
}
