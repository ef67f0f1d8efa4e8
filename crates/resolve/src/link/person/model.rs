//! The Fellegi-Sunter model: for each comparison and level how often true pairs (m) and random pairs (u) stand there. u comes from
//! random pairs, m from EM, key by key, each key teaching only the comparisons it does not itself fix.
//!
//! Must not know clusters or thresholds.

use super::block::Blocks;
use super::compare::{Pattern, level, pattern};
use super::records::Records;
use super::settings::PersonSettings;
use crate::documents::words_mix as mix;
use rustc_hash::FxHashMap;

/// Weights of all comparisons.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Model {
    /// m by column and level (level 0 = missing, unused).
    pub m: Vec<[f64; 8]>,
    /// u likewise.
    pub u: Vec<[f64; 8]>,
    /// log2(m / u), capped.
    pub bits: Vec<[f64; 8]>,
    /// log2 of the prior odds that a pair of records is true.
    pub prior_bits: f64,
}

impl Model {
    /// Learns u and m.
    #[must_use]
    pub fn learn(records: &Records, settings: &PersonSettings, blocks: &Blocks) -> Self {
        let u = random(records, settings);
        let begin: Vec<[f64; 8]> = records.columns.iter().map(|column| begin(settings, column.comparison)).collect();
        let drawn = Drawn::new(records, settings, blocks);
        let m = taught(&begin, &u, settings, blocks, &drawn);
        let mut model = Self { bits: vec![[0.0; 8]; u.len()], prior_bits: 0.0, m, u };
        for (column, bits) in model.bits.iter_mut().enumerate() {
            let cap = settings.max_bits;
            (1..8).for_each(|at| {
                bits[at] = (model.m[column][at].max(settings.least_frequency) / model.u[column][at].max(settings.least_frequency))
                    .log2()
                    .clamp(-cap, cap)
            });
        }
        model.prior_bits = model.prior(records.len, &drawn.all);
        model
    }

    /// Bits of a pattern, prior not counted.
    #[inline]
    #[must_use]
    pub fn of_pattern(&self, pattern: Pattern) -> f64 {
        self.bits.iter().enumerate().map(|(column, bits)| bits[level(pattern, column)]).sum()
    }

    /// Bits of an equal value that `count` records have.
    #[must_use]
    pub fn equal(&self, records: &Records, settings: &PersonSettings, at: usize, count: f64) -> f64 {
        if !settings.comparisons[records.columns[at].comparison].levels.first().is_some_and(|one| one.tf) {
            return self.bits[at][1];
        }
        let share = count / records.len.max(1) as f64;
        let own = (self.m[at][1] / share.max(settings.tf_floor)).log2().min(settings.max_bits);
        self.bits[at][1] + (own - self.bits[at][1]) * settings.tf_share
    }

    /// The prior that agrees with the pairs it makes likely.
    fn prior(&self, records: usize, patterns: &[(Pattern, f64)]) -> f64 {
        let all = (records as f64) * (records as f64 - 1.0) / 2.0;
        let mut prior = (1.0 / (records.max(2) as f64)).log2();
        for _ in 0..20 {
            let matches: f64 = patterns.iter().map(|(pattern, n)| n * probability(prior + self.of_pattern(*pattern))).sum();
            let share = (matches.max(1.0) / all.max(2.0)).min(0.5);
            prior = (share / (1.0 - share)).log2();
        }
        prior
    }
}

/// Probability of so many bits.
#[must_use]
pub fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits.clamp(-200.0, 200.0)).exp2())
}

/// Where EM begins: the written m, the rest at the last level.
fn begin(settings: &PersonSettings, comparison: usize) -> [f64; 8] {
    let levels = &settings.comparisons[comparison].levels;
    let mut m = [0.0; 8];
    levels.iter().enumerate().for_each(|(at, one)| m[at + 1] = one.m);
    m[levels.len() + 1] = (1.0 - m.iter().sum::<f64>()).max(0.01);
    m
}

/// Records that the random pairs are made of, at most: few enough to be at hand, so many that none of them decides.
const DRAWN: usize = 4096;

/// u from random pairs; the exact level from the counts of values, which are exact.
fn random(records: &Records, settings: &PersonSettings) -> Vec<[f64; 8]> {
    let n = records.len as u64;
    let mut seen = vec![[0.0_f64; 8]; records.columns.len()];
    let mut drawn: Vec<u32> = if records.len <= DRAWN {
        (0..n).filter_map(|at| u32::try_from(at).ok()).collect()
    } else {
        (0..DRAWN as u64).filter_map(|draw| u32::try_from(mix(draw + 1) % n).ok()).collect()
    };
    drawn.sort_by_key(|at| mix(u64::from(*at) + 7));
    drawn.dedup();
    let pairs = (settings.sample_pairs / drawn.len().max(1)).min(drawn.len() / 2);
    for (at, a) in drawn.iter().enumerate() {
        for b in drawn.iter().cycle().skip(at + 1).take(pairs) {
            let pattern = pattern(records, settings, records.row(*a), records.row(*b));
            seen.iter_mut().enumerate().for_each(|(column, counts)| counts[level(pattern, column)] += 1.0);
        }
    }
    for (counts, column) in seen.iter_mut().zip(&records.columns) {
        let last = settings.comparisons[column.comparison].levels.len() + 1;
        let all: f64 = counts[1..=last].iter().sum::<f64>() + 1.0;
        counts[0] = 0.0;
        (1..=last).for_each(|at| counts[at] = (counts[at] / all).max(settings.least_frequency));
        let present: f64 = column.values.iter().map(|value| f64::from(value.count)).sum();
        let equal: f64 = column.values.iter().map(|value| f64::from(value.count) * (f64::from(value.count) - 1.0)).sum();
        counts[1] = (equal / (present * (present - 1.0)).max(1.0)).max(settings.least_frequency);
        let rest: f64 = counts[2..=last].iter().sum();
        (2..=last).for_each(|at| counts[at] *= (1.0 - counts[1]) / rest);
    }
    seen
}

/// Candidate pairs counted by pattern: all of them, or those of blocks drawn by their key, each then standing for many.
#[derive(Debug)]
struct Drawn {
    /// Every pair once.
    all: Vec<(Pattern, f64)>,
    /// For each key its pairs, where it teaches.
    of_key: Vec<Vec<(Pattern, f64)>>,
}

impl Drawn {
    fn new(records: &Records, settings: &PersonSettings, blocks: &Blocks) -> Self {
        let one_in = (blocks.pairs / settings.taught_pairs.max(1) as u64 + 1).next_power_of_two();
        let teaches = |column: &usize| settings.taught_by.contains(&settings.comparisons[records.columns[*column].comparison].role);
        let mut all: FxHashMap<Pattern, f64> = FxHashMap::default();
        let mut of_key = Vec::new();
        for (at, key) in blocks.keys.iter().enumerate() {
            let teaching = key.columns.iter().all(teaches);
            let mut own: FxHashMap<Pattern, f64> = FxHashMap::default();
            blocks.each(records, at, one_in, &mut |pair| {
                if teaching || pair.first {
                    let pattern = pattern(records, settings, pair.left, pair.right);
                    if teaching {
                        *own.entry(pattern).or_default() += one_in as f64;
                    }
                    if pair.first {
                        *all.entry(pattern).or_default() += one_in as f64;
                    }
                }
                true
            });
            of_key.push(sorted(own));
        }
        Self { all: sorted(all), of_key }
    }
}

fn sorted(counts: FxHashMap<Pattern, f64>) -> Vec<(Pattern, f64)> {
    let mut counts: Vec<(Pattern, f64)> = counts.into_iter().collect();
    counts.sort_unstable_by_key(|(pattern, _)| *pattern);
    counts
}

/// m: EM within the candidates of each key, for the comparisons that the key leaves free; the mean over keys by true pairs found.
fn taught(begin: &[[f64; 8]], u: &[[f64; 8]], settings: &PersonSettings, blocks: &Blocks, drawn: &Drawn) -> Vec<[f64; 8]> {
    const STEADY: f64 = 5.0;
    let mut sums: Vec<[f64; 8]> = begin.iter().map(|m| m.map(|share| share * STEADY)).collect();
    for (key, pairs) in blocks.keys.iter().zip(&drawn.of_key) {
        let fixed = &key.columns;
        let keep = (0..begin.len()).filter(|column| !fixed.contains(column)).fold(0_u64, |keep, column| keep | 7 << (3 * column));
        let mut own: FxHashMap<Pattern, f64> = FxHashMap::default();
        pairs.iter().for_each(|(pattern, n)| *own.entry(pattern & keep).or_default() += n);
        let own = sorted(own);
        let all: f64 = own.iter().map(|(_, n)| n).sum();
        if all < 20.0 {
            continue;
        }
        for (column, found) in em(begin, u, settings, &own, all).into_iter().enumerate().filter(|(column, _)| !fixed.contains(column)) {
            (0..8).for_each(|at| sums[column][at] += found[at]);
        }
    }
    for m in &mut sums {
        let all: f64 = m.iter().sum();
        m.iter_mut().for_each(|share| *share /= all);
    }
    sums
}

/// Expected true pairs at each level of each comparison, when EM has settled.
fn em(begin: &[[f64; 8]], u: &[[f64; 8]], settings: &PersonSettings, own: &[(Pattern, f64)], all: f64) -> Vec<[f64; 8]> {
    let mut m = begin.to_vec();
    let mut share = 0.2;
    let mut found = vec![[0.0; 8]; m.len()];
    for _ in 0..settings.rounds {
        let bits: Vec<[f64; 8]> = m
            .iter()
            .zip(u)
            .map(|(m, u)| std::array::from_fn(|at| if at == 0 { 0.0 } else { (m[at].max(1e-6) / u[at].max(1e-9)).log2() }))
            .collect();
        found = vec![[0.0; 8]; m.len()];
        let prior = (share / (1.0_f64 - share)).log2();
        let mut matches = 0.0;
        for (pattern, n) in own {
            let sum: f64 = bits.iter().enumerate().map(|(column, bits)| bits[level(*pattern, column)]).sum();
            let expected = n * probability(prior + sum);
            matches += expected;
            found.iter_mut().enumerate().for_each(|(column, found)| found[level(*pattern, column)] += expected);
        }
        share = (matches / all).clamp(0.0001, 0.9999);
        for (m, found) in m.iter_mut().zip(&mut found) {
            found[0] = 0.0;
            let all: f64 = found.iter().sum::<f64>() + 1.0;
            (1..8).for_each(|at| m[at] = (found[at] + m[at]) / all);
        }
    }
    found
}
