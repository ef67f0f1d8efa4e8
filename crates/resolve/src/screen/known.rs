//! A queried word, and the listed words that it may stand for.
//!
//! Must not know names or how they are found by their words.

use crate::compare::align::join;
use crate::compare::word::{Relation, relate};
use crate::compare::worth::worth;
use crate::index::Index;
use crate::index::vocabulary::Near;
use crate::normal::{Role, Word};
use std::cell::{OnceCell, RefCell};

/// Bits that an agreement gains at least, as a close look counts it.
const LEAST: f32 = 0.1;
/// Names that hold a word, at most, for it to count as rare.
const RARE: usize = 32;

/// A listed word that a queried one may stand for, in one name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rare {
    pub(crate) name: u32,
    /// Number of the word.
    pub(crate) list: u32,
    /// Bits gained at most.
    pub(crate) most: f32,
}

/// Memory that is used again for each word.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    hashes: Vec<u32>,
    found: Vec<u32>,
    rare: Vec<Rare>,
    common: Vec<u32>,
}

/// Rare words that are compared to count how many agree as well as another; of more, so many evenly spaced ones stand for all (lists of tens of thousands of
/// entries hardly ever have more).
const PROVEN: usize = 256;

/// What is known of a queried word.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) word: Word,
    /// What letters must be alike.
    pub(crate) near: Near,
    /// Words of many names that it stands for: (number, bits gained), the largest gain first.
    pub(crate) common: Vec<(u32, f32)>,
    /// Names that hold those, each counted with every word.
    pub(crate) names: usize,
    /// Words of few names that it may stand for, by name: not proven, and some several times.
    pub(crate) rare: Vec<Rare>,
    /// Worth of the word by itself, bits.
    pub(crate) worth: f32,
    /// Its worth on this list: no more than what the list says of the same word.
    pub(crate) here: f32,
    /// By place in `common`: entries that hold one of the words up to there.
    holders: OnceCell<Vec<u32>>,
    /// Answers of [`Self::as_good`], by the bits asked for.
    as_good: RefCell<Vec<(f32, u32)>>,
}

impl Known {
    /// Looks a word up, with so many slips in its first letters at most (0 to 2). Two words written as one stand for no initial.
    pub(crate) fn new(index: &Index, word: &Word, slips: usize, joined: bool, scratch: &mut Scratch) -> Self {
        let (vocabulary, view) = (&index.vocabulary, word.view());
        let worth = worth(&view, &index.weights);
        let mut known = Self {
            word: word.clone(),
            near: Near::new(&view, &index.weights),
            common: Vec::new(),
            names: 0,
            rare: Vec::new(),
            worth,
            here: worth,
            holders: OnceCell::new(),
            as_good: RefCell::default(),
        };
        if matches!(word.role, Role::Initial | Role::Legal) {
            return known;
        }
        let same = [Role::Part, Role::Particle].into_iter().filter_map(|role| vocabulary.same(word, role));
        known.here = same.map(|term| vocabulary.worth[term as usize]).fold(worth, f32::min);
        let Scratch { hashes, found, rare, common } = scratch;
        found.clear();
        rare.clear();
        common.clear();
        vocabulary.near(word, slips, hashes, found);
        if !joined {
            index.joined_near(&view, hashes, found);
        }
        let here = known.here;
        // An edit takes more of a short word; the shorter of two words has no more letters than this one.
        #[allow(clippy::cast_precision_loss)]
        let per_edit = index.weights.edit + index.weights.edit_short / word.text.len().max(1) as f32;
        let mut file = |list: u32, lost: f32| {
            let names = index.list(list);
            if names.len() > RARE {
                common.push(list);
            } else if lost < worth {
                rare.extend(names.iter().map(|name| Rare { name: *name, list, most: (here - lost).max(LEAST) }));
            }
        };
        for list in found {
            if let Some(edits) = index.edits_at_least(&known.near, *list) {
                file(*list, edits * per_edit);
            }
        }
        // An initial is like any word that begins with it.
        if word.role == Role::Part && !joined {
            vocabulary.initial_of(word).into_iter().for_each(|term| file(term, here - index.weights.initial_worth));
        }
        common.sort_unstable();
        common.dedup();
        known.common = common.iter().filter_map(|term| Some((*term, known.gain(index, *term)?))).collect();
        known.common.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        known.names = known.common.iter().map(|(term, _)| index.list(*term).len()).sum();
        known.rare = rare.clone();
        known
    }

    /// How it is related to a listed word, and the bits lost; `None` when nothing is gained.
    pub(crate) fn relation(&self, index: &Index, term: u32) -> Option<(Relation, f32)> {
        let listed = index.word(term);
        if listed.role != Role::Initial && !index.vocabulary.may_be(&self.near, term) {
            return None;
        }
        let (relation, loss) = relate(&self.word.view(), &listed, &index.weights)?;
        let gains = listed.role == Role::Initial || self.worth.min(index.vocabulary.worth[term as usize]) > loss;
        gains.then_some((relation, loss))
    }

    /// Bits that a name gains by a list it is on (a listed word, or two neighbours written as one): as many as a close look can find, or more.
    pub(crate) fn gain(&self, index: &Index, list: u32) -> Option<f32> {
        let Some([first, second]) = index.joined(list) else {
            let (_, loss) = self.relation(index, list)?;
            let listed = index.vocabulary.worth[list as usize];
            let value = if index.word(list).role == Role::Initial {
                index.weights.initial_worth.min(self.here.max(listed))
            } else {
                self.here.min(listed)
            };
            return Some((value - loss).max(LEAST));
        };
        let word = join(&index.word(first), &index.word(second))?;
        let (relation, loss) = relate(&self.word.view(), &word.view(), &index.weights)?;
        let bits = self.here.min(index.joined_worth(&word.view())) - loss - index.weights.joined;
        (bits > 0.0 && relation != Relation::Nickname).then_some(bits)
    }

    /// How many entries hold a word that agrees at least so well, bits: what chance has to choose from. Each entry counts once, whatever its aliases.
    pub(crate) fn as_good(&self, index: &Index, bits: f32) -> u32 {
        let known = self.as_good.borrow().iter().find(|(asked, _)| asked.to_bits() == bits.to_bits()).map(|(_, entries)| *entries);
        known.unwrap_or_else(|| {
            let entries = self.count_as_good(index, bits - 0.01);
            self.as_good.borrow_mut().push((bits, entries));
            entries
        })
    }

    fn count_as_good(&self, index: &Index, bits: f32) -> u32 {
        let so_many = self.common.partition_point(|(_, gain)| *gain >= bits);
        let holders = || self.holders.get_or_init(|| holders(index, &self.common));
        let common = if so_many == 0 { 0 } else { holders()[so_many - 1] };
        // Every relation but "the same letters" loses as much as this, or more.
        let exactly = bits > self.here - index.weights.romanisation.min(index.weights.script * 0.5).min(index.weights.abbreviation) + 0.02;
        let same = [Role::Part, Role::Particle].map(|role| index.vocabulary.same(&self.word, role));
        let may = |rare: &&Rare| rare.most >= bits && !Index::is_pair(rare.list) && (!exactly || same.contains(&Some(rare.list)));
        let mut lists: Vec<u32> = self.rare.iter().filter(may).map(|rare| rare.list).collect();
        lists.sort_unstable();
        lists.dedup();
        let each = lists.len().div_ceil(PROVEN).max(1);
        let proven = lists.iter().step_by(each).filter(|list| self.gain(index, **list).is_some_and(|gain| gain >= bits));
        let names = proven.flat_map(|list| index.list(*list));
        let mut entries: Vec<u32> = names.map(|name| index.names[*name as usize].entry).collect();
        entries.sort_unstable();
        entries.dedup();
        common + u32::try_from(entries.len() * each).unwrap_or(u32::MAX)
    }

    /// Listed words that are kept with it.
    pub(crate) fn size(&self) -> usize {
        self.common.len() + self.rare.len()
    }
}

/// By place in lists of names: entries that are on one of the lists up to there. Two neighbours as one are no word.
fn holders(index: &Index, lists: &[(u32, f32)]) -> Vec<u32> {
    let mut seen = vec![0_u64; index.entries.len().div_ceil(64)];
    let mut all = 0;
    let so_far = lists.iter().map(|(list, _)| {
        for name in index.list(*list).iter().filter(|_| !Index::is_pair(*list)) {
            let entry = index.names[*name as usize].entry as usize;
            let bit = 1 << (entry % 64);
            all += u32::from(seen[entry / 64] & bit == 0);
            seen[entry / 64] |= bit;
        }
        all
    });
    so_far.collect()
}
