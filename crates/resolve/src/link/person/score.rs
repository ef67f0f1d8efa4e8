//! Bits of two records: levels and rarity, with an early end when the best that the columns not yet looked at could bring is too little.
//! A pair that is dropped early would have been dropped at the end: nothing is lost.
//!
//! Must not know how weights are learned.

use super::compare::{letters_apart, of_cells};
use super::model::Model;
use super::records::{Cell, NONE, Records};
use super::settings::{PersonSettings, Test};

/// Counts whose bits are kept ready.
const READY: usize = 1024;

/// Weighs pairs of one table.
#[derive(Debug)]
pub struct Scorer<'a> {
    records: &'a Records,
    settings: &'a PersonSettings,
    model: &'a Model,
    bounds: Vec<Bounds>,
    /// Columns in the order in which they are looked at: those that take most away first.
    order: Vec<usize>,
    /// For each column the bits of an equal value by how many records have it.
    equal: Vec<Vec<f64>>,
}

/// The most that a column may bring.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// With an equal value.
    equal: f64,
    /// With values that differ.
    apart: f64,
    /// With values that differ by more letters than the largest number of edits explains.
    far: f64,
    /// So many letters, that is.
    letters: usize,
}

impl Bounds {
    #[inline]
    fn of(self, a: Cell, b: Cell) -> f64 {
        if a.value == NONE || b.value == NONE {
            0.0
        } else if a.value == b.value {
            self.equal
        } else if letters_apart(a, b) > self.letters {
            self.far
        } else {
            self.apart
        }
    }
}

impl<'a> Scorer<'a> {
    /// A scorer for these records and weights.
    #[must_use]
    pub fn new(records: &'a Records, settings: &'a PersonSettings, model: &'a Model) -> Self {
        let all = 0..records.columns.len();
        let equal = |at: usize| (0..READY).map(|count| model.equal(records, settings, at, count.max(1) as f64)).collect();
        let equal: Vec<Vec<f64>> = all.clone().map(equal).collect();
        let bounds = |at: usize| {
            let (bits, levels) = (&model.bits[at], &settings.comparisons[records.columns[at].comparison].levels);
            let most = |edits: bool| {
                let counted = |(_, one): &(usize, &super::PersonLevel)| one.test != Test::Exact && (edits || one.test != Test::Edits);
                let levels = levels.iter().enumerate().filter(counted).map(|(level, _)| bits[level + 1]);
                levels.fold(bits[levels_end(settings, records, at)], f64::max)
            };
            let edits = levels.iter().filter(|one| one.test == Test::Edits).map(|one| one.limit).max();
            // Rarer never weighs less.
            Bounds { equal: equal[at][1], apart: most(true), far: most(false), letters: 2 * edits.unwrap_or(0) }
        };
        let bounds: Vec<Bounds> = all.clone().map(bounds).collect();
        let mut order: Vec<usize> = all.collect();
        let takes = |at: &usize| bounds[*at].apart - model.bits[*at][levels_end(settings, records, *at)];
        order.sort_by(|a, b| takes(b).total_cmp(&takes(a)).then(a.cmp(b)));
        Self { records, settings, model, bounds, order, equal }
    }

    /// All bits of two records, prior among them; `None` when they are fewer than `least`.
    #[inline]
    #[must_use]
    pub fn bits(&self, left: &[Cell], right: &[Cell], least: f64) -> Option<f64> {
        let bounds = self.bounds.iter().zip(left.iter().zip(right)).map(|(bounds, (a, b))| bounds.of(*a, *b));
        let most = self.model.prior_bits + bounds.sum::<f64>();
        // Rounding is no reason to drop a pair.
        if most < least - 1e-6 { None } else { self.closely(left, right, least, most) }
    }

    fn closely(&self, left: &[Cell], right: &[Cell], least: f64, most: f64) -> Option<f64> {
        let mut bits = most;
        let cells = || self.order.iter().map(|at| (*at, left[*at], right[*at])).filter(|(_, a, b)| a.value != NONE && b.value != NONE);
        for (at, a, b) in cells().filter(|(_, a, b)| a.value != b.value) {
            let column = &self.records.columns[at];
            let level = of_cells(&self.settings.comparisons[column.comparison], column, a, b);
            bits += self.model.bits[at][usize::try_from(level & 7).unwrap_or(0)] - self.bounds[at].of(a, b);
            if bits < least - 1e-6 {
                return None;
            }
        }
        for (at, a, _) in cells().filter(|(_, a, b)| a.value == b.value) {
            let count = self.records.columns[at].values[a.value as usize].count;
            let ready = self.equal[at].get(count as usize).copied();
            bits += ready.unwrap_or_else(|| self.model.equal(self.records, self.settings, at, f64::from(count))) - self.bounds[at].equal;
        }
        (bits >= least).then_some(bits)
    }
}

/// The number of a column's last level, at which nothing holds.
fn levels_end(settings: &PersonSettings, records: &Records, at: usize) -> usize {
    settings.comparisons[records.columns[at].comparison].levels.len() + 1
}
