//! The listed names that agree with a query on the most bits: lists of names by what a name on them gains, the largest gains first, until no name that has
//! not been seen can be among the best any more (MaxScore). Nothing is lost by stopping: what is left out could not have been chosen.
//!
//! Must not know words or how gains come about.

/// Sums are counted in fourths of a bit to find the k-th best so far.
const FOURTHS: f32 = 4.0;
/// Fourths that are told apart; larger sums count as the last.
const LEVELS: usize = 512;
/// Words of a query that are told apart: one bit of a mask each.
pub(crate) const WORDS: usize = 22;
/// Bits for two queried words written as one, from this bit on, so many.
pub(crate) const JOINS: (usize, usize) = (WORDS, 7);
/// Bit for two listed words written as one.
pub(crate) const JOINED: u32 = 1 << 29;
/// Bit for names read as syllables.
pub(crate) const READ: u32 = 1 << 30;

/// What names gain from one word of the query: (list of names, gain), largest gain first.
pub(crate) struct Gains<'k> {
    pub(crate) lists: &'k [(u32, f32)],
    pub(crate) word: usize,
}

/// Sums of gains by name; emptied by [`Sums::best`].
#[derive(Debug)]
pub(crate) struct Sums {
    bits: Vec<f32>,
    masks: Vec<u32>,
    touched: Vec<u32>,
    levels: Vec<u32>,
    /// Names wanted, the level that so many names reach or pass, and how many are above it.
    wanted: usize,
    level: usize,
    above: usize,
}

fn level(bits: f32) -> usize {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let level = (bits * FOURTHS).max(0.0) as usize;
    level.min(LEVELS - 1)
}

impl Sums {
    pub(crate) fn new(names: usize) -> Self {
        let levels = vec![0; LEVELS];
        Self { bits: vec![0.0; names], masks: vec![0; names], touched: Vec::new(), levels, wanted: 1, level: 0, above: 0 }
    }

    /// Begins a query that wants so many names.
    pub(crate) fn begin(&mut self, wanted: usize) {
        (self.wanted, self.level, self.above) = (wanted.max(1), 0, 0);
    }

    /// A name gains by words (a mask) unless it has gained by one of them.
    pub(crate) fn add(&mut self, name: u32, words: u32, gain: f32) {
        let at = name as usize;
        let mask = self.masks[at];
        if mask & words != 0 {
            return;
        }
        if mask == 0 {
            self.touched.push(name);
        }
        self.masks[at] = mask | words;
        let before = level(self.bits[at]);
        self.bits[at] += gain;
        let after = level(self.bits[at]);
        if before > self.level {
            self.levels[before] -= 1;
            self.above -= 1;
        }
        if after > self.level {
            self.levels[after] += 1;
            self.above += 1;
        }
        while self.above >= self.wanted && self.level + 1 < LEVELS {
            self.level += 1;
            self.above -= self.levels[self.level] as usize;
        }
    }

    /// Sum that as many names as are wanted have reached for certain.
    fn reached(&self) -> f32 {
        #[allow(clippy::cast_precision_loss)]
        let bits = self.level as f32 / FOURTHS;
        bits
    }

    /// Follows the lists until the rest cannot matter for a sum of `least` or for the names wanted; then calls `complete` for every name that may still
    /// gain enough by words it has not gained by: (name, mask of its words) -> what it still gains.
    pub(crate) fn follow<'l>(&mut self, gains: &[Gains], least: f32, list: impl Fn(u32) -> &'l [u32], complete: impl Fn(u32, u32) -> f32) {
        let mut next = vec![0; gains.len()];
        let head = |next: &[usize], at: usize| gains[at].lists.get(next[at]).map_or(0.0, |(_, gain)| *gain);
        loop {
            let rest: f32 = (0..gains.len()).map(|at| head(&next, at)).sum();
            let Some(at) = (0..gains.len()).max_by(|a, b| head(&next, *a).total_cmp(&head(&next, *b)).then(b.cmp(a))) else { return };
            if rest <= 0.0 {
                return;
            }
            if rest < least.max(self.reached()) {
                break;
            }
            let (term, gain) = gains[at].lists[next[at]];
            list(term).iter().for_each(|name| self.add(*name, 1 << gains[at].word, gain));
            next[at] += 1;
        }
        let needed = least.max(self.reached());
        for place in 0..self.touched.len() {
            let name = self.touched[place];
            let mask = self.masks[name as usize];
            let open = (0..gains.len()).filter(|at| mask & (1 << gains[*at].word) == 0);
            let most: f32 = open.map(|at| head(&next, at)).sum();
            if most > 0.0 && self.bits[name as usize] + most >= needed {
                self.bits[name as usize] += complete(name, mask);
            }
        }
    }

    /// The names wanted that have the largest sums (above `least`), largest first, equal sums by number.
    pub(crate) fn best(&mut self, least: f32) -> Vec<u32> {
        let mut ranked: Vec<(f32, u32)> = Vec::with_capacity(self.touched.len().min(1 << 12));
        for name in self.touched.drain(..) {
            let bits = std::mem::take(&mut self.bits[name as usize]);
            self.masks[name as usize] = 0;
            if bits > least {
                ranked.push((bits, name));
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn stopping_early_loses_nothing(
            lists in proptest::collection::vec(proptest::collection::vec((0.5_f32..15.0, proptest::collection::vec(0_u32..40, 0..12)), 0..8), 1..4),
            wanted in 1_usize..6, least in 0.0_f32..12.0,
        ) {
            let mut numbered: Vec<Vec<(u32, f32)>> = Vec::new();
            let mut postings: Vec<Vec<u32>> = Vec::new();
            for mut word in lists {
                word.sort_by(|a, b| b.0.total_cmp(&a.0));
                numbered.push(word.iter().map(|(gain, names)| {
                    let mut names = names.clone();
                    names.sort_unstable();
                    names.dedup();
                    postings.push(names);
                    (u32::try_from(postings.len() - 1).unwrap(), *gain)
                }).collect());
            }
            let gain = |word: usize, name: u32| numbered[word].iter().find(|(term, _)| postings[*term as usize].contains(&name)).map_or(0.0, |(_, gain)| *gain);
            let mut all: Vec<f32> = (0..40).map(|name| (0..numbered.len()).map(|word| gain(word, name)).sum::<f32>()).filter(|sum| *sum >= least && *sum > 0.0).collect();
            all.sort_by(|a, b| b.total_cmp(a));
            all.truncate(wanted);
            let gains: Vec<Gains> = numbered.iter().enumerate().map(|(word, lists)| Gains { lists, word }).collect();
            let mut sums = Sums::new(40);
            sums.begin(wanted);
            let complete = |name: u32, mask: u32| (0..numbered.len()).filter(|word| mask & (1 << word) == 0).map(|word| gain(word, name)).sum();
            sums.follow(&gains, least, |term| postings[term as usize].as_slice(), complete);
            let chosen = sums.best(0.0);
            for (sum, name) in all.iter().zip(&chosen) {
                let found: f32 = (0..numbered.len()).map(|word| gain(word, *name)).sum();
                prop_assert!((sum - found).abs() < 1e-3, "{all:?} {chosen:?}");
            }
            prop_assert!(chosen.len() >= all.len());
        }
    }
}
