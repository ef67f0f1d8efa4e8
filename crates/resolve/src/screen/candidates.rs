//! From a query to the few listed names worth a close look, and from those to hits.
//!
//! Must not know how a close look is scored: that is [`super::score`].

use super::qualifiers::{other_kind, other_kind_bits};
use super::score::{Judged, judge};
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
    /// By number of the term.
    by_term: Vec<Match>,
}

impl Known {
    pub(crate) fn find(&self, term: u32) -> Option<(Relation, f32)> {
        let at = self.by_term.binary_search_by_key(&term, |found| found.term).ok()?;
        Some((self.by_term[at].relation, self.by_term[at].loss))
    }
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
    bits: Vec<f32>,
    stamp: Vec<u8>,
    touched: Vec<u32>,
    scratch: Vec<u32>,
    known: FxHashMap<(Role, Script, String, String), Rc<Known>>,
}

impl<'i> Searcher<'i> {
    /// A searcher on an index.
    #[must_use]
    pub fn new(index: &'i Index) -> Self {
        let names = index.names.len();
        Self { index, bits: vec![0.0; names], stamp: vec![0; names], touched: Vec::new(), scratch: Vec::new(), known: FxHashMap::default() }
    }

    /// The hits of one query, best first; ties by entry id.
    pub fn screen(&mut self, query: &Query, options: &Options) -> Vec<Hit> {
        let form = Form::read(&query.name, query.schema);
        let joined = joins(&form.words.iter().collect::<Vec<_>>());
        let asked = self.ask(query, &form, &joined);
        let chosen = self.choose(&asked, options.candidates.max(options.top));
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
        let words: Vec<Rc<Known>> = form.words.iter().map(|word| self.know(word)).collect();
        let joins: Vec<(usize, Rc<Known>)> = joined.iter().map(|(at, word)| (*at, self.know(word))).collect();
        let weights = &self.index.weights;
        let item = |word: &'a Word, known: &Known| {
            // A word of the list is worth what the list says, when that is less.
            let here = known
                .by_term
                .iter()
                .filter(|found| found.relation == Relation::Exact)
                .map(|found| self.index.vocabulary.worth[found.term as usize]);
            Item { word, worth: here.fold(worth(word, weights), f32::min), term: u32::MAX }
        };
        let side = Side {
            words: form.words.iter().zip(&words).map(|(word, known)| item(word, known)).collect(),
            joins: joined.iter().zip(&joins).map(|((at, word), (_, known))| (*at, item(word, known))).collect(),
            company: query.schema == Schema::Company,
        };
        Asked { query, form, side, words, joins }
    }

    fn know(&mut self, word: &Word) -> Rc<Known> {
        let key = (word.role, word.script, word.text.clone(), word.key.clone());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let index = self.index;
        let mut known = Known::default();
        if !matches!(word.role, Role::Initial | Role::Legal) {
            let mine = worth(word, &index.weights);
            let found = index.vocabulary.matches(word, &index.weights, &mut self.scratch);
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

    /// The names that agree on the most bits, roughly; at most `most`.
    fn choose(&mut self, asked: &Asked, most: usize) -> Vec<u32> {
        let mut order: Vec<usize> = (0..asked.words.len()).filter(|at| asked.form.words[*at].role != Role::Legal).collect();
        order.sort_by(|a, b| asked.side.words[*b].worth.total_cmp(&asked.side.words[*a].worth).then(a.cmp(b)));
        let total: f32 = order.iter().map(|at| asked.side.words[*at].worth).sum();
        let mut left = total;
        for (nth, at) in order.into_iter().enumerate() {
            // What is left can no longer make a hit by itself.
            if nth > 0 && left < total * 0.3 {
                break;
            }
            self.collect(&asked.words[at], u8::try_from(nth + 1).unwrap_or(u8::MAX));
            left -= asked.side.words[at].worth;
        }
        for (nth, (_, known)) in asked.joins.iter().enumerate() {
            self.collect(known, u8::try_from(nth + 64).unwrap_or(u8::MAX));
        }
        let index = self.index;
        for reading in &asked.form.syllables {
            index.same_syllables(reading, &mut |name| self.add(name, 200, 14.0));
        }
        let wanted = asked.query.schema;
        let mut ranked: Vec<(f32, u32)> = Vec::with_capacity(self.touched.len());
        for name in self.touched.drain(..) {
            let bits = std::mem::take(&mut self.bits[name as usize]);
            self.stamp[name as usize] = 0;
            let bits = if other_kind(wanted, index.schema(&index.names[name as usize])) { bits - other_kind_bits() } else { bits };
            if bits > 2.5 {
                ranked.push((bits, name));
            }
        }
        let better = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        if ranked.len() > most {
            ranked.select_nth_unstable_by(most, better);
            ranked.truncate(most);
        }
        ranked.sort_by(better);
        ranked.into_iter().map(|(_, name)| name).collect()
    }

    fn collect(&mut self, known: &Known, stamp: u8) {
        let index = self.index;
        for (term, gain) in &known.by_gain {
            for name in index.postings(*term) {
                self.add(*name, stamp, *gain);
            }
        }
    }

    fn add(&mut self, name: u32, stamp: u8, gain: f32) {
        let at = name as usize;
        if self.stamp[at] == stamp {
            return;
        }
        if self.stamp[at] == 0 {
            self.touched.push(name);
        }
        self.stamp[at] = stamp;
        self.bits[at] += gain;
    }
}
