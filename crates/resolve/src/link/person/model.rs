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
#[derive(Debug, Clone, PartialEq)]
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

/// How many candidate pairs have a pattern and share a set of keys.
pub type Classes = [(Pattern, u32, f64)];

impl Model {
    /// Learns u and m.
    #[must_use]
    pub fn learn(records: &Records, settings: &PersonSettings, blocks: &Blocks, classes: &Classes) -> Self {
        let u = random(records, settings);
        let begin: Vec<[f64; 8]> = records.columns.iter().map(|column| begin(settings, column.comparison)).collect();
        let m = taught(&records.columns, &begin, &u, settings, blocks, classes);
        let mut model = Self { bits: vec![[0.0; 8]; u.len()], prior_bits: 0.0, m, u };
        for (column, bits) in model.bits.iter_mut().enumerate() {
            let cap = settings.max_bits;
            (1..8).for_each(|at| {
                bits[at] = (model.m[column][at].max(settings.least_frequency) / model.u[column][at].max(settings.least_frequency))
                    .log2()
                    .clamp(-cap, cap)
            });
        }
        model.prior_bits = model.prior(records.len, classes);
        model
    }

    /// Bits of a pattern, prior not counted.
    #[inline]
    #[must_use]
    pub fn of_pattern(&self, pattern: Pattern) -> f64 {
        self.bits.iter().enumerate().map(|(column, bits)| bits[level(pattern, column)]).sum()
    }

    /// What the rarity of equal values adds (or takes), bits.
    #[inline]
    #[must_use]
    pub fn rarity(&self, records: &Records, settings: &PersonSettings, pattern: Pattern, a: u32) -> f64 {
        let of = |(at, column): (usize, &super::records::Column)| {
            if level(pattern, at) != 1 || !settings.comparisons[column.comparison].levels.first().is_some_and(|one| one.tf) {
                return 0.0;
            }
            let count = column.counts[records.row(a)[at].value as usize];
            let share = f64::from(count) / records.len as f64;
            let own = (self.m[at][1] / share.max(settings.tf_floor)).log2().min(settings.max_bits);
            (own - self.bits[at][1]) * settings.tf_share
        };
        records.columns.iter().enumerate().map(of).sum()
    }

    /// The most that rarity may add to a pattern, bits.
    #[must_use]
    pub fn most_rarity(&self, records: &Records, settings: &PersonSettings, pattern: Pattern) -> f64 {
        let of = |(at, column): (usize, &super::records::Column)| {
            let counts = level(pattern, at) == 1 && settings.comparisons[column.comparison].levels.first().is_some_and(|one| one.tf);
            let rarest = (1.0 / records.len.max(1) as f64).max(settings.tf_floor);
            let most = ((self.m[at][1] / rarest).log2().min(settings.max_bits) - self.bits[at][1]) * settings.tf_share;
            if counts { most.max(0.0) } else { 0.0 }
        };
        records.columns.iter().enumerate().map(of).sum()
    }

    /// All bits for two records: prior, levels, rarity.
    #[must_use]
    pub fn score(&self, records: &Records, settings: &PersonSettings, a: u32, b: u32) -> f64 {
        let pattern = pattern(records, settings, a, b);
        self.prior_bits + self.of_pattern(pattern) + self.rarity(records, settings, pattern, a)
    }

    /// The prior that agrees with the pairs it makes likely.
    fn prior(&self, records: usize, classes: &Classes) -> f64 {
        let all = (records as f64) * (records as f64 - 1.0) / 2.0;
        let mut prior = (1.0 / (records.max(2) as f64)).log2();
        for _ in 0..20 {
            let matches: f64 = classes.iter().map(|(pattern, _, n)| n * probability(prior + self.of_pattern(*pattern))).sum();
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

/// u from random pairs; the exact level from the counts of values, which are exact.
fn random(records: &Records, settings: &PersonSettings) -> Vec<[f64; 8]> {
    let n = records.len as u64;
    let mut seen = vec![[0.0_f64; 8]; records.columns.len()];
    let pairs = if n < 2 { 0 } else { (settings.sample_pairs as u64).min(n * (n - 1) / 2 * 2) };
    for draw in 0..pairs {
        let a = mix(draw * 2 + 1) % n;
        let b = mix(draw * 2 + 2) % n;
        if a != b {
            let pattern = pattern(records, settings, u32::try_from(a).unwrap_or(0), u32::try_from(b).unwrap_or(0));
            seen.iter_mut().enumerate().for_each(|(column, counts)| counts[level(pattern, column)] += 1.0);
        }
    }
    for (counts, column) in seen.iter_mut().zip(&records.columns) {
        let last = settings.comparisons[column.comparison].levels.len() + 1;
        let all: f64 = counts[1..=last].iter().sum::<f64>() + 1.0;
        counts[0] = 0.0;
        (1..=last).for_each(|at| counts[at] = (counts[at] / all).max(settings.least_frequency));
        let present: f64 = column.counts.iter().map(|count| f64::from(*count)).sum();
        let equal: f64 = column.counts.iter().map(|count| f64::from(*count) * (f64::from(*count) - 1.0)).sum();
        counts[1] = (equal / (present * (present - 1.0)).max(1.0)).max(settings.least_frequency);
        let rest: f64 = counts[2..=last].iter().sum();
        (2..=last).for_each(|at| counts[at] *= (1.0 - counts[1]) / rest);
    }
    seen
}

/// m: EM within the candidates of each key, for the comparisons that the key leaves free; the mean over keys by true pairs found.
fn taught(
    columns: &[super::records::Column],
    begin: &[[f64; 8]],
    u: &[[f64; 8]],
    settings: &PersonSettings,
    blocks: &Blocks,
    classes: &Classes,
) -> Vec<[f64; 8]> {
    const STEADY: f64 = 5.0;
    let mut sums: Vec<[f64; 8]> = begin.iter().map(|m| m.map(|share| share * STEADY)).collect();
    let teaches = |column: &usize| settings.taught_by.contains(&settings.comparisons[columns[*column].comparison].role);
    for (key, fixed) in blocks.columns.iter().enumerate().filter(|(_, fixed)| fixed.iter().all(teaches)) {
        let keep = (0..begin.len()).filter(|column| !fixed.contains(column)).fold(0_u64, |keep, column| keep | 7 << (3 * column));
        let mut own: FxHashMap<Pattern, f64> = FxHashMap::default();
        for (pattern, shared, n) in classes.iter().filter(|(_, shared, _)| shared >> key & 1 == 1) {
            let _ = shared;
            *own.entry(pattern & keep).or_default() += n;
        }
        let mut own: Vec<(Pattern, f64)> = own.into_iter().collect();
        own.sort_unstable_by_key(|(pattern, _)| *pattern);
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
