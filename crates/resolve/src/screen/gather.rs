//! The listed names that agree with a query on the most bits. Names of rare words first: a name is marked once for each queried word that one of its words may
//! stand for, and only a name with marks enough is looked at, so that words which are alike and never meet cost next to nothing. Then lists of names by common
//! words, the shortest lists first, until no name that has not been seen can be among the best any more (MaxScore). Nothing is lost by stopping: what is left
//! out could not have been chosen.
//!
//! Must not know words or how gains come about.

use super::known::Rare;
use rustc_hash::FxHashMap;

/// Sums are counted in fourths of a bit to find the k-th best so far.
const FOURTHS: f32 = 4.0;
/// Fourths that are told apart; larger sums count as the last.
const LEVELS: usize = 512;
/// Words that marks tell apart; all later ones share the last mark.
const MARKED: usize = 7;
/// Mark of a name of which all that it gains is known.
const SETTLED: u8 = 1 << MARKED;
/// Marks that cost as much as adding up what one name gains.
const MARKS_FOR_A_LOOK: usize = 16;
/// Names on the lists of a word that are marked in any case.
const MARKS_AT_LEAST: usize = 1 << 12;

/// What names gain from one queried word.
pub(crate) struct Lists<'k> {
    /// Which word it is to the caller.
    pub(crate) at: usize,
    /// (list of names, gain), the largest gain first.
    pub(crate) common: &'k [(u32, f32)],
    /// Names on those lists.
    pub(crate) names: usize,
    /// Gained besides by every name that agrees on the word.
    pub(crate) plus: f32,
    /// Gained at most.
    pub(crate) most: f32,
    /// Places of the two words that are written as one here; a name gains for them or for this.
    pub(crate) instead: Option<[usize; 2]>,
}

impl Lists<'_> {
    fn head(&self, next: usize) -> f32 {
        self.common.get(next).map_or(0.0, |(_, gain)| gain + self.plus)
    }
}

/// What the listed names tell.
pub(crate) trait Names {
    /// What a queried word (by place) gains by a list of few names; `None` when it gains nothing.
    fn gain(&self, word: usize, list: u32) -> Option<f32>;
    /// The names on a list, ascending.
    fn on(&self, list: u32) -> &[u32];
    /// The lists that a name is on.
    fn lists(&self, name: u32) -> impl Iterator<Item = u32>;
    /// Whether a list is of names that hold two words which are one to the query.
    fn is_of_two(&self, list: u32) -> bool;
    /// Words of a name, at most 255.
    fn words(&self, name: u32) -> usize;
    /// Bits that a name loses at least of which so many words have a partner.
    fn missing(&self, name: u32, covered: usize) -> f32;
}

/// The lists of all queried words by their number.
pub(crate) struct Common {
    /// (list, word, gain), ascending.
    gains: Vec<(u32, usize, f32)>,
    /// One bit for the low bits of each number.
    known: [u64; 64],
}

impl Common {
    pub(crate) fn new(slots: &[Lists]) -> Self {
        let mut gains: Vec<(u32, usize, f32)> = Vec::with_capacity(slots.iter().map(|lists| lists.common.len()).sum());
        let mut known = [0; 64];
        for (slot, lists) in slots.iter().enumerate() {
            for (list, gain) in lists.common {
                known[(list >> 6) as usize % 64] |= 1_u64 << (list % 64);
                gains.push((*list, slot, gain + lists.plus));
            }
        }
        gains.sort_unstable_by_key(|(list, slot, _)| (*list, *slot));
        Self { gains, known }
    }

    /// The words that a list belongs to, and what it gains them.
    fn of(&self, list: u32) -> impl Iterator<Item = (usize, f32)> {
        let may = self.known[(list >> 6) as usize % 64] >> (list % 64) & 1 == 1;
        let from = if may { self.gains.partition_point(|(other, _, _)| *other < list) } else { self.gains.len() };
        self.gains[from..].iter().take_while(move |(other, _, _)| *other == list).map(|(_, slot, gain)| (*slot, *gain))
    }
}

/// What a name may gain for a word by a list of few names.
#[derive(Debug, Clone, Copy)]
struct Marked {
    name: u32,
    word: u8,
    list: u32,
    most: f32,
}

/// Gains by name; emptied by [`Gather::best`].
#[derive(Debug)]
pub(crate) struct Gather {
    /// By name: one bit for each word that it may gain for, and [`SETTLED`].
    marks: Vec<u8>,
    /// Every mark by a list of few names.
    marked: Vec<Marked>,
    /// (bits, name) of all names that may matter.
    settled: Vec<(f32, u32)>,
    levels: Vec<u32>,
    /// Names wanted, the level that so many names reach or pass, and how many are above it.
    wanted: usize,
    level: usize,
    above: usize,
    needed: f32,
}

fn level(bits: f32) -> usize {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let level = (bits * FOURTHS).max(0.0) as usize;
    level.min(LEVELS - 1)
}

impl Gather {
    pub(crate) fn new(names: usize) -> Self {
        Self {
            marks: vec![0; names],
            marked: Vec::new(),
            settled: Vec::new(),
            levels: vec![0; LEVELS],
            wanted: 1,
            level: 0,
            above: 0,
            needed: 0.0,
        }
    }

    /// Begins a query that wants so many names, and none that gains less than `needed`.
    pub(crate) fn begin(&mut self, wanted: usize, needed: f32) {
        (self.wanted, self.level, self.above, self.needed) = (wanted.max(1), 0, 0, needed);
    }

    /// Bits that a name must gain to matter: as many as it needs, and as many as the names wanted have for certain.
    fn bar(&self) -> f32 {
        #[allow(clippy::cast_precision_loss)]
        let reached = self.level as f32 / FOURTHS;
        self.needed.max(reached)
    }

    /// All that a name gains; the first that is said of it counts.
    pub(crate) fn settle(&mut self, name: u32, bits: f32) {
        let mark = &mut self.marks[name as usize];
        if *mark & SETTLED != 0 {
            return;
        }
        *mark |= SETTLED;
        self.settled.push((bits, name));
        if level(bits) > self.level {
            self.levels[level(bits)] += 1;
            self.above += 1;
        }
        while self.above >= self.wanted && self.level + 1 < LEVELS {
            self.level += 1;
            self.above -= self.levels[self.level] as usize;
        }
    }

    /// A name may gain for a word (by place) by a list of few names, and `plus` besides.
    pub(crate) fn mark(&mut self, word: usize, rare: &Rare, plus: f32) {
        self.marks[rare.name as usize] |= bit(word);
        self.marked.push(Marked { name: rare.name, word: u8::try_from(word).unwrap_or(u8::MAX), list: rare.list, most: rare.most + plus });
    }

    /// The names wanted that gain the most, as many bits as needed at least, largest first, equal sums by number; and all is as before [`Self::begin`].
    pub(crate) fn settle_marked(&mut self, slots: &[Lists], names: &impl Names) -> Vec<u32> {
        let common = Common::new(slots);
        let followed = self.followed(slots);
        // Marking a name is several times cheaper than adding up what it gains.
        let looked_at = self.marked.len() + followed.iter().map(|slot| slots[*slot].names).sum::<usize>();
        let known: Vec<bool> = slots.iter().map(|lists| lists.names <= (MARKS_FOR_A_LOOK * looked_at).max(MARKS_AT_LEAST)).collect();
        let each = |slot: usize| slots[slot].common.iter().flat_map(|(list, _)| names.on(*list));
        for slot in (0..slots.len()).filter(|slot| known[*slot]) {
            each(slot).for_each(|name| self.marks[*name as usize] |= bit(slot));
        }
        let bounds = Bounds::new(slots, &known);
        self.prove(slots, &common, &bounds, names);
        self.follow(slots, &common, (&bounds, &followed), names);
        for slot in (0..slots.len()).filter(|slot| known[*slot]) {
            each(slot).for_each(|name| self.marks[*name as usize] = 0);
        }
        self.marked.drain(..).for_each(|mark| self.marks[mark.name as usize] = 0);
        self.best()
    }

    /// Settles the names of lists of few names.
    fn prove(&mut self, slots: &[Lists], common: &Common, bounds: &Bounds, names: &impl Names) {
        let bar = self.bar();
        let may = |mark: &&Marked| {
            let known = self.marks[mark.name as usize];
            let word = usize::from(mark.word);
            // Words that share a mark may all be meant by it.
            let apart = if word + 1 < MARKED { slots[word].most - mark.most } else { 0.0 };
            known & SETTLED == 0
                && bounds.by_marks[usize::from(known & !SETTLED)] - apart >= bar
                && bounds.of(names.words(mark.name)) >= bar
        };
        let mut kept: Vec<Marked> = self.marked.iter().filter(may).copied().collect();
        kept.sort_unstable_by_key(|mark| (mark.name, mark.word, mark.list));
        kept.dedup_by_key(|mark| (mark.name, mark.word, mark.list));
        let mut proven: FxHashMap<(u8, u32), Option<f32>> = FxHashMap::default();
        for marks in kept.chunk_by(|a, b| a.name == b.name) {
            let name = marks[0].name;
            let mut total = Total::new();
            total.add(common, names.lists(name));
            let mut most = total;
            marks.iter().for_each(|mark| most.gain(usize::from(mark.word), mark.list, mark.most));
            if most.bits(slots, name, names) < self.bar() {
                continue;
            }
            for mark in marks {
                let gain = proven.entry((mark.word, mark.list)).or_insert_with(|| names.gain(usize::from(mark.word), mark.list));
                gain.iter().for_each(|gain| total.gain(usize::from(mark.word), mark.list, *gain));
            }
            self.settle(name, total.bits(slots, name, names));
        }
    }

    /// The words that have to be followed, the shortest lists first: words of which all together are too little bring no name that matters by themselves, and
    /// those with the longest lists are spared.
    fn followed(&self, slots: &[Lists]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..slots.len()).filter(|slot| !slots[*slot].common.is_empty()).collect();
        order.sort_by_key(|slot| (std::cmp::Reverse(slots[*slot].names), *slot));
        let mut spared = 0.0;
        order.retain(|slot| {
            let spare = spared + slots[*slot].head(0) < self.bar();
            spared += if spare { slots[*slot].head(0) } else { 0.0 };
            !spare
        });
        order.reverse();
        order
    }

    /// Settles the names of common words.
    fn follow(&mut self, slots: &[Lists], common: &Common, (bounds, followed): (&Bounds, &[usize]), names: &impl Names) {
        let all: f32 = slots.iter().map(|lists| lists.head(0)).sum();
        // What words followed before bring, names that only they do not bring cannot gain.
        let mut before = 0.0;
        for slot in followed {
            let words = &slots[*slot];
            let others = all - before - words.head(0);
            for (at, (list, _)) in words.common.iter().enumerate() {
                if words.head(at) + others < self.bar() {
                    break;
                }
                for name in names.on(*list) {
                    let mark = self.marks[*name as usize];
                    if mark & SETTLED == 0
                        && bounds.by_marks[usize::from(mark)] >= self.bar()
                        && bounds.of(names.words(*name)) >= self.bar()
                    {
                        let mut total = Total::new();
                        total.add(common, names.lists(*name));
                        self.settle(*name, total.bits(slots, *name, names));
                    }
                }
            }
            before += words.head(0);
        }
    }

    fn best(&mut self) -> Vec<u32> {
        let mut ranked = std::mem::take(&mut self.settled);
        ranked.iter().for_each(|(_, name)| self.marks[*name as usize] = 0);
        ranked.retain(|(bits, _)| *bits >= self.needed);
        self.levels.fill(0);
        let better = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        if ranked.len() > self.wanted {
            ranked.select_nth_unstable_by(self.wanted, better);
            ranked.truncate(self.wanted);
        }
        ranked.sort_by(better);
        ranked.into_iter().map(|(_, name)| name).collect()
    }
}

/// The mark of a word.
fn bit(word: usize) -> u8 {
    1 << word.min(MARKED - 1)
}

/// Words of a query, with two written as one, at most.
const WORDS: usize = 30;

/// Lists that one name is on, at most: its words, and two neighbours as one.
const ON: usize = 64;

/// What one name gains.
#[derive(Clone, Copy)]
struct Total {
    words: [f32; WORDS],
    /// (list, best gain by it), so many.
    lists: [(u32, f32); ON],
    on: usize,
}

impl Total {
    fn new() -> Self {
        Self { words: [0.0; WORDS], lists: [(0, 0.0); ON], on: 0 }
    }

    fn gain(&mut self, word: usize, list: u32, gain: f32) {
        if let Some(best) = self.words.get_mut(word) {
            *best = best.max(gain);
        }
        let known = self.lists[..self.on].iter_mut().find(|(known, _)| *known == list);
        match known {
            Some((_, best)) => *best = best.max(gain),
            None if self.on < ON => {
                self.lists[self.on] = (list, gain);
                self.on += 1;
            }
            None => {}
        }
    }

    fn lists(&self) -> &[(u32, f32)] {
        &self.lists[..self.on]
    }

    /// Words of the name that may have a partner.
    fn covered(&self, names: &impl Names) -> usize {
        self.lists().iter().map(|(list, _)| if names.is_of_two(*list) { 2 } else { 1 }).sum()
    }

    /// Gains by the common words of a name.
    fn add(&mut self, common: &Common, lists: impl Iterator<Item = u32>) {
        lists.for_each(|list| common.of(list).for_each(|(word, gain)| self.gain(word, list, gain)));
    }

    /// What a name gains by these less what it loses: no more than the words gain, one of its own words for each; and no more than each of its words brings to
    /// one of them.
    fn bits(&self, slots: &[Lists], name: u32, names: &impl Names) -> f32 {
        let mut by_words = 0.0;
        for (slot, gain) in slots.iter().zip(&self.words) {
            let instead: f32 = slot.instead.into_iter().flatten().filter_map(|word| self.words.get(word)).sum();
            by_words += (gain - instead).max(0.0);
        }
        // A word that the name holds twice counts twice.
        let found = |list: u32| self.lists().iter().find(|(known, _)| *known == list);
        let by_lists: f32 = names.lists(name).filter_map(found).map(|(_, gain)| gain).sum();
        by_words.min(by_lists) - names.missing(name, self.covered(names))
    }
}

/// Most that a name can gain.
struct Bounds {
    /// By its marks: all of the marked words, and of the others that are not known by marks the best list.
    by_marks: [f32; 1 << MARKED],
    /// By the number of its words: that many words of the query.
    by_words: Vec<f32>,
}

impl Bounds {
    fn new(slots: &[Lists], known: &[bool]) -> Self {
        let mut by_mark = [(0.0_f32, 0.0_f32); MARKED];
        for (slot, lists) in slots.iter().enumerate() {
            let (with, without) = &mut by_mark[slot.min(MARKED - 1)];
            *with += lists.most.max(0.0);
            *without += if known[slot] { 0.0 } else { lists.head(0) };
        }
        let sum = |mask: usize| {
            by_mark.iter().enumerate().map(|(bit, (with, without))| if mask >> bit & 1 == 1 { *with } else { *without }).sum()
        };
        let mut most: Vec<f32> = slots.iter().map(|lists| lists.most.max(0.0)).collect();
        most.sort_by(|a, b| b.total_cmp(a));
        let mut all = 0.0;
        let by_words = most.into_iter().map(|most| {
            all += most;
            all
        });
        Self { by_marks: std::array::from_fn(sum), by_words: std::iter::once(0.0).chain(by_words.collect::<Vec<_>>()).collect() }
    }

    /// Of a name of so many words.
    fn of(&self, words: usize) -> f32 {
        self.by_words[words.min(self.by_words.len() - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Lists of a word: gain, and the names on it.
    type Word = Vec<(f32, Vec<u32>)>;

    /// Lists by number: word, gain, names.
    struct Listed<'l>(&'l [(usize, f32, &'l [u32])]);

    impl Names for Listed<'_> {
        fn gain(&self, _: usize, list: u32) -> Option<f32> {
            Some(self.0[list as usize].1 + 1.0)
        }

        fn on(&self, list: u32) -> &[u32] {
            self.0[list as usize].2
        }

        fn lists(&self, name: u32) -> impl Iterator<Item = u32> {
            self.0.iter().zip(0..).filter(move |((_, _, names), _)| names.contains(&name)).map(|(_, list)| list)
        }

        fn is_of_two(&self, _: u32) -> bool {
            false
        }

        fn words(&self, name: u32) -> usize {
            self.lists(name).count()
        }

        fn missing(&self, _: u32, _: usize) -> f32 {
            0.0
        }
    }

    /// The sums found when lists of up to `few` names are marked and the others followed; lists are numbered one after another.
    fn found(words: &[Word], few: usize, wanted: usize, needed: f32) -> Vec<u32> {
        let lists: Vec<(usize, f32, &[u32])> =
            words.iter().enumerate().flat_map(|(at, word)| word.iter().map(move |(gain, names)| (at, *gain, names.as_slice()))).collect();
        let numbered = || lists.iter().zip(0_u32..);
        let common: Vec<Vec<(u32, f32)>> = (0..words.len())
            .map(|at| {
                let mut common: Vec<(u32, f32)> = numbered()
                    .filter(|((word, _, names), _)| *word == at && names.len() > few)
                    .map(|((_, gain, _), list)| (list, *gain))
                    .collect();
                common.sort_by(|a, b| b.1.total_cmp(&a.1));
                common
            })
            .collect();
        let slot = |(at, common): (usize, &'_ Vec<(u32, f32)>)| {
            let most = words[at].iter().map(|(gain, _)| *gain).fold(0.0, f32::max) + 1.0;
            (at, most, common.iter().map(|(list, _)| lists[*list as usize].2.len()).sum::<usize>())
        };
        let slots: Vec<Lists> = common
            .iter()
            .enumerate()
            .map(|each| (slot(each), each.1))
            .map(|((at, most, names), common)| Lists { at, common, names, plus: 1.0, most, instead: None })
            .collect();
        let mut gather = Gather::new(40);
        // A second query finds what the first found: nothing is left behind.
        let mut answers = [Vec::new(), Vec::new()];
        for answer in &mut answers {
            gather.begin(wanted, needed);
            for ((word, gain, names), list) in numbered().filter(|((_, _, names), _)| names.len() <= few) {
                // What is told before a proof may be too much.
                names.iter().for_each(|name| gather.mark(*word, &Rare { name: *name, list, most: gain + 0.5 }, 1.0));
            }
            *answer = gather.settle_marked(&slots, &Listed(&lists));
        }
        assert_eq!(answers[0], answers[1]);
        answers[0].clone()
    }

    proptest! {
        #[test]
        fn stopping_early_loses_nothing(
            words in proptest::collection::vec(proptest::collection::vec((0.5_f32..15.0, proptest::collection::btree_set(0_u32..40, 1..12)), 0..8), 1..9),
            wanted in 1_usize..6, needed in 0.1_f32..30.0, few in 0_usize..9,
        ) {
            // Names of each list are told once and ascending, as postings are.
            let words: Vec<Word> =
                words.into_iter().map(|word| word.into_iter().map(|(gain, names)| (gain, names.into_iter().collect())).collect()).collect();
            let best = |word: &Word, name: u32| {
                word.iter().filter(|(_, names)| names.contains(&name)).map(|(gain, _)| gain + 1.0).fold(0.0, f32::max)
            };
            let sum = |name: u32| words.iter().map(|word| best(word, name)).sum::<f32>();
            let mut all: Vec<f32> = (0..40).map(sum).filter(|sum| *sum >= needed + 0.01).collect();
            all.sort_by(|a, b| b.total_cmp(a));
            all.truncate(wanted);
            let chosen = found(&words, few, wanted, needed);
            prop_assert!(chosen.len() >= all.len(), "{all:?} {chosen:?}");
            for (expected, name) in all.iter().zip(&chosen) {
                prop_assert!((expected - sum(*name)).abs() < 0.26, "{all:?} {chosen:?}");
            }
        }
    }
}
