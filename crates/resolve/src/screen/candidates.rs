//! From a query to the few listed names worth a close look, and from those to hits.
//!
//! Must not know how a close look is scored: that is [`super::score`].

use super::gather::{Gather, Lists, Names};
use super::known::{Known, Scratch};
use super::score::{Judged, judge};
use super::{Hit, Options, Query, score};
use crate::compare::align::{Item, Side, joins};
use crate::compare::word::Relation;
use crate::index::Index;
use crate::normal::{Form, Role, Schema, Word};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// Listed words remembered at most, over all queried words; then the memory is emptied.
const REMEMBERED: usize = 4_000_000;
/// Listed words that a queried one counts for in that memory by itself.
const OWN: usize = 64;
/// Words of a query that names are found by, and neighbours written as one.
const SEARCHED: (usize, usize) = (22, 7);
/// Bits that names gain which read as the same syllables: more than most agreements of words.
const SYLLABLES: f32 = 14.0;

/// How a queried word (by place) and a listed word (by number) are related, and the bits lost.
type Relations = FxHashMap<(usize, u32), Option<(Relation, f32)>>;

/// A query being worked on: its words, and what each may stand for.
pub(crate) struct Asked<'a> {
    pub(crate) query: &'a Query,
    pub(crate) form: &'a Form,
    pub(crate) side: Side<'a>,
    pub(crate) words: Vec<Rc<Known>>,
    pub(crate) joins: Vec<(usize, Rc<Known>)>,
    /// Relations found so far: by queried word (neighbours as one after the words) and listed word.
    relations: RefCell<Relations>,
}

impl Asked<'_> {
    /// A queried word, or after those two neighbours written as one.
    fn known(&self, at: usize) -> &Known {
        self.words.get(at).unwrap_or_else(|| &self.joins[at - self.words.len()].1)
    }

    /// How a queried word (two neighbours written as one when `joined`) and a listed word are related.
    pub(crate) fn relation(&self, index: &Index, at: usize, joined: bool, term: u32) -> Option<(Relation, f32)> {
        let at = if joined { self.words.len() + self.joins.iter().position(|(place, _)| *place == at)? } else { at };
        let found = || self.known(at).relation(index, term);
        *self.relations.borrow_mut().entry((at, term)).or_insert_with(found)
    }
}

/// One thread's way into an index. Holds scratch memory and remembers words; answers never depend on what was asked before.
#[derive(Debug)]
pub struct Searcher<'i> {
    index: &'i Index,
    gather: Gather,
    known: FxHashMap<(bool, Role, String, String), Rc<Known>>,
    remembered: usize,
    scratch: Scratch,
}

impl<'i> Searcher<'i> {
    /// A searcher on an index.
    #[must_use]
    pub fn new(index: &'i Index) -> Self {
        Self { index, gather: Gather::new(index.names.len()), known: FxHashMap::default(), remembered: 0, scratch: Scratch::default() }
    }

    /// The hits of one query, best first; ties by entry id.
    pub fn screen(&mut self, query: &Query, options: &Options) -> Vec<Hit> {
        let form = Form::read(&query.name, query.schema);
        let joined = joins(&form.words.iter().collect::<Vec<_>>());
        let asked = self.ask(query, &form, &joined);
        let chosen = self.choose(&asked, options);
        let floor = score::floor(self.index, query, options);
        let judged: Vec<Judged> = chosen.into_iter().filter_map(|name| judge(self.index, &asked, name, floor)).collect();
        score::hits(self.index, &asked, judged, options)
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
        let words: Vec<Rc<Known>> = form.words.iter().map(|word| self.know(word, false)).collect();
        let joins: Vec<(usize, Rc<Known>)> = joined.iter().map(|(at, word)| (*at, self.know(word, true))).collect();
        // A word of the list is worth what the list says, when that is less.
        let item = |word: &'a Word, known: &Known| Item { word: word.view(), worth: known.here, term: u32::MAX };
        let side = Side {
            words: form.words.iter().zip(&words).map(|(word, known)| item(word, known)).collect(),
            joins: joined.iter().zip(&joins).map(|((at, word), (_, known))| (*at, item(word, known))).collect(),
            company: query.schema == Schema::Company,
        };
        Asked { query, form, side, words, joins, relations: RefCell::default() }
    }

    fn know(&mut self, word: &Word, joined: bool) -> Rc<Known> {
        let key = (joined, word.role, word.text.clone(), word.key.clone());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let known = Rc::new(Known::new(self.index, word, if joined { 1 } else { 2 }, joined, &mut self.scratch));
        self.remembered += known.size() + OWN;
        if self.remembered > REMEMBERED {
            self.known.clear();
            self.remembered = known.size() + OWN;
        }
        self.known.insert(key, known.clone());
        known
    }

    /// The names that agree on the most bits and may reach the threshold by them.
    fn choose(&mut self, asked: &Asked, options: &Options) -> Vec<u32> {
        let (index, gather) = (self.index, &mut self.gather);
        let saved: Vec<f32> = asked.words.iter().map(|known| saved(index, known)).collect();
        let slots = slots(index, asked, &saved);
        let needed = score::least(index, asked, options) + saved.iter().take(SEARCHED.0).sum::<f32>();
        gather.begin(options.candidates.max(options.top), needed);
        // Names that read as the same syllables are looked at whatever their words say.
        let mut read = Vec::new();
        asked.form.syllables.iter().for_each(|reading| index.same_syllables(reading, &mut |name| read.push(name)));
        read.sort_unstable();
        read.dedup();
        let listed = Listed { index, asked, slots: &slots };
        for name in read {
            let words = slots.iter().enumerate().take_while(|(_, slot)| slot.at < asked.words.len());
            let each = words.map(|(number, slot)| index.lists(name).filter_map(|list| listed.gain(number, list)).fold(slot.plus, f32::max));
            gather.settle(name, (SYLLABLES + each.sum::<f32>()).max(needed));
        }
        for (number, slot) in slots.iter().enumerate() {
            asked.known(slot.at).rare.iter().for_each(|rare| gather.mark(number, rare, slot.plus));
        }
        gather.settle_marked(&slots, &listed)
    }
}

/// The listed names as a query sees them.
struct Listed<'a> {
    index: &'a Index,
    asked: &'a Asked<'a>,
    slots: &'a [Lists<'a>],
}

impl Names for Listed<'_> {
    fn gain(&self, word: usize, list: u32) -> Option<f32> {
        let slot = &self.slots[word];
        self.asked.known(slot.at).gain(self.index, list).map(|gain| gain + slot.plus)
    }

    fn on(&self, list: u32) -> &[u32] {
        self.index.list(list)
    }

    fn lists(&self, name: u32) -> impl Iterator<Item = u32> {
        self.index.lists(name)
    }

    fn is_of_two(&self, list: u32) -> bool {
        Index::is_pair(list)
    }

    fn words(&self, name: u32) -> usize {
        self.index.terms(&self.index.names[name as usize]).len()
    }

    /// A listed word without partner takes bits.
    fn missing(&self, name: u32, covered: usize) -> f32 {
        let missing = usize::from(self.index.parts(name)).saturating_sub(covered);
        #[allow(clippy::cast_precision_loss)]
        let missing = missing as f32;
        missing * self.index.weights.missing
    }
}

/// Bits that a word takes when nothing agrees with it: a name that agrees on it saves them.
fn saved(index: &Index, known: &Known) -> f32 {
    match known.word.role {
        Role::Part => index.weights.extra + index.weights.extra_share * known.here,
        Role::Particle => index.weights.particle,
        Role::Initial | Role::Legal => 0.0,
    }
}

/// What names are found by: the words, then neighbours written as one.
fn slots<'a>(index: &Index, asked: &'a Asked, saved: &[f32]) -> Vec<Lists<'a>> {
    let lists = |at: usize, plus: f32, instead: Option<[usize; 2]>| {
        let known = asked.known(at);
        // An initial may be worth more than a word that everybody bears.
        let most = known.here.max(index.weights.initial_worth - index.weights.initial) + plus;
        Lists { at, common: &known.common, names: known.names, plus, most, instead }
    };
    let searched = |at: &usize| !matches!(asked.words[*at].word.role, Role::Initial | Role::Legal);
    let words = (0..asked.words.len().min(SEARCHED.0)).filter(searched).map(|at| lists(at, saved[at], None));
    let words: Vec<Lists> = words.collect();
    let place = |at: usize| words.iter().position(|slot| slot.at == at).unwrap_or(usize::MAX);
    let joins = asked.joins.iter().enumerate().take(SEARCHED.1).map(|(number, (at, _))| {
        let both: f32 = saved.iter().take(SEARCHED.0).skip(*at).take(2).sum();
        lists(asked.words.len() + number, both - index.weights.joined, Some([place(*at), place(at + 1)]))
    });
    let joins: Vec<Lists> = joins.collect();
    words.into_iter().chain(joins).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::index::entry::{Entry, EntryName, NameKind};
    use crate::normal::wordlist::WORDLISTS;

    /// A 64-bit LCG (Knuth, TAOCP 2, 3.3.4).
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, size: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(self.0 >> 33).unwrap() % size
        }

        /// A word that few names hold, of syllables, or one of the common name parts.
        fn word(&mut self, common: &[&'static str]) -> String {
            const SYLLABLES: &[&str] =
                &["ba", "cho", "dar", "fen", "gi", "hul", "ja", "kri", "lo", "mun", "ne", "pur", "sha", "tov", "vi", "zur"];
            match self.below(3) {
                0 => common[self.below(common.len())].to_owned(),
                1 => common[self.below(60)].to_owned(),
                _ => (0..2 + self.below(2)).map(|_| SYLLABLES[self.below(SYLLABLES.len())]).collect(),
            }
        }

        fn name(&mut self, common: &[&'static str]) -> String {
            let words: Vec<String> = (0..1 + self.below(4)).map(|_| self.word(common)).collect();
            words.join(" ")
        }

        /// A letter left out, doubled or replaced, two words as one, or in another order.
        fn slipped(&mut self, name: &str) -> String {
            let mut letters: Vec<char> = name.chars().collect();
            let at = self.below(letters.len());
            match self.below(5) {
                0 => drop(letters.remove(at)),
                1 => letters.insert(at, letters[at]),
                2 => letters[at] = char::from(b'a' + u8::try_from(self.below(26)).unwrap()),
                3 => return name.replacen(' ', "", 1),
                _ => return name.split(' ').rev().collect::<Vec<_>>().join(" "),
            }
            letters.into_iter().collect()
        }
    }

    /// Hits when every listed name is looked at.
    fn look_at_all(searcher: &mut Searcher, query: &Query, options: &Options) -> Vec<Hit> {
        let index = searcher.index;
        let form = Form::read(&query.name, query.schema);
        let joined = joins(&form.words.iter().collect::<Vec<_>>());
        let asked = searcher.ask(query, &form, &joined);
        let names = 0..u32::try_from(index.names.len()).unwrap();
        let floor = score::floor(index, query, options);
        let judged = names.filter_map(|name| judge(index, &asked, name, floor)).collect();
        score::hits(index, &asked, judged, options)
    }

    #[test]
    fn what_a_look_at_every_name_finds_is_found() {
        let mut common: Vec<&'static str> = WORDLISTS.commonness.keys().copied().collect();
        common.sort_unstable();
        let mut dice = Dice(5);
        let names: Vec<String> = (0..1_500).map(|_| dice.name(&common)).collect();
        let entry = |(at, printed): (usize, &String)| Entry {
            id: at.to_string(),
            list: "own".into(),
            names: vec![EntryName { printed: printed.clone(), kind: NameKind::Primary }],
            ..Entry::default()
        };
        let index = Index::build(names.iter().enumerate().map(entry).collect());
        let mut searcher = Searcher::new(&index);
        let (mut hits, mut lost) = (0, Vec::new());
        for at in 0..400 {
            let name = names[dice.below(names.len())].clone();
            let name = match at % 3 {
                0 => name,
                1 => dice.slipped(&name),
                _ => {
                    let once = dice.slipped(&name);
                    dice.slipped(&once)
                }
            };
            let query = Query { name, ..Query::default() };
            let options = Options { top: 1, ..Options::default() };
            let (all, found) = (look_at_all(&mut searcher, &query, &options), searcher.screen(&query, &options));
            hits += all.len();
            match (all.first(), found.first()) {
                (Some(best), None) => lost.push(format!("{}: {} {}", query.name, best.name, best.score)),
                (Some(best), Some(hit)) if (best.score - hit.score).abs() > 0.02 => {
                    lost.push(format!("{}: {} {}, found {} {}", query.name, best.name, best.score, hit.name, hit.score));
                }
                (None, Some(hit)) => panic!("{}: {} is found by nobody else", query.name, hit.name),
                _ => {}
            }
        }
        assert!(hits > 250, "{hits}");
        // Words that differ in more letters than the index looks for, in every word of a name, are lost.
        assert!(lost.len() * 200 <= hits, "{} of {hits} lost:\n{}", lost.len(), lost.join("\n"));
    }
}
