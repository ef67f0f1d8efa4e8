//! Weights learned together: a logistic model over the findings that count, with the expert's weights as the prior.
//!
//! Likelihood ratios counted each for itself and then added would say too much of people on whom several groups speak for one
//! reason, such as a household that shares a line, a machine and an account. Here the findings of a subject explain its odds
//! together. The prior of each weight is the expert's, as wide as the expert's interval, and the interval is never left. The
//! odds of somebody without findings are the sample's own within a quarter of volume: so the sums, not an added constant, have
//! to mean what they say. A crew counts as one observation, since its members share evidence.
//!
//! Must not know a rule's meaning; must not move a rule that fewer than two stories tried.

use crate::proving::sample::{Fired, Sample, Subject};
use crate::proving::statistics::share::Z;
use std::collections::HashMap;

/// A subject with findings: what counts, its offset in bits, its weight and whether it hides something.
struct Row {
    counts: Vec<usize>,
    offset: f64,
    weight: f64,
    hides: bool,
}

/// A weight learned: bits and standard deviation.
pub(super) type Learned = Option<(f64, f64)>;

const LN_2: f64 = std::f64::consts::LN_2;
/// After so many rounds the counting findings are looked up again.
const ROUNDS: usize = 4;
const SWEEPS: usize = 25;

/// One subject as it is learned from: its stratum of volume and whether it hides something.
pub(super) struct Observed<'s> {
    pub subject: &'s Subject,
    pub hides: bool,
    pub stratum: usize,
}

/// The weight of every rule, by number; `None` for rules that may not move (`free` is false).
pub(super) fn learn(sample: &Sample, observed: &[Observed<'_>], free: &[bool]) -> Vec<Learned> {
    let mut change = vec![0.0_f64; sample.rules.len()];
    let mut precise = vec![0.0_f64; sample.rules.len()];
    let (weights, offsets) = (crew_weights(observed), offsets(observed));
    for _ in 0..ROUNDS {
        let rows: Vec<Row> = observed
            .iter()
            .zip(&weights)
            .filter_map(|(one, weight)| {
                let bits = |fired: &Fired| fired.bits + change[fired.rule];
                let (counts, score) = sample.counting(one.subject, bits);
                // What the rules that move say now is taken out of the score again: it is what is fitted.
                let moved: f64 = counts.iter().map(|rule| change[*rule]).sum();
                let offset = offsets[one.stratum] + score - moved;
                (!counts.is_empty()).then_some(Row { counts, offset, weight: *weight, hides: one.hides })
            })
            .collect();
        fit(sample, &rows, free, &mut change, &mut precise);
    }
    let learned = |(number, rule): (usize, &crate::proving::sample::RuleNote)| {
        free[number].then(|| (rule.bits + change[number], 1.0 / precise[number].max(1e-9).sqrt()))
    };
    sample.rules.iter().enumerate().map(learned).collect()
}

/// One over the crew's size.
fn crew_weights(observed: &[Observed<'_>]) -> Vec<f64> {
    let mut sizes: HashMap<&str, f64> = HashMap::new();
    observed.iter().for_each(|one| *sizes.entry(one.subject.crew()).or_insert(0.0) += 1.0);
    observed.iter().map(|one| 1.0 / sizes[one.subject.crew()]).collect()
}

/// log2 of the odds in each stratum, crews counted once; half a case to each side.
fn offsets(observed: &[Observed<'_>]) -> Vec<f64> {
    let strata = observed.iter().map(|one| one.stratum + 1).max().unwrap_or(0);
    let mut counts = vec![[0.5, 0.5]; strata];
    for (one, weight) in observed.iter().zip(crew_weights(observed)) {
        counts[one.stratum][usize::from(one.hides)] += weight;
    }
    counts.iter().map(|[honest, hidden]: &[f64; 2]| (hidden / honest).log2()).collect()
}

/// Newton steps, one weight after another, kept inside the expert's interval.
fn fit(sample: &Sample, rows: &[Row], free: &[bool], change: &mut [f64], precise: &mut [f64]) {
    let mut of_rule: Vec<Vec<usize>> = vec![Vec::new(); change.len()];
    for (number, row) in rows.iter().enumerate() {
        row.counts.iter().for_each(|rule| of_rule[*rule].push(number));
    }
    let mut bits: Vec<f64> = rows.iter().map(|row| row.offset + row.counts.iter().map(|rule| change[*rule]).sum::<f64>()).collect();
    for _ in 0..SWEEPS {
        let mut largest = 0.0_f64;
        for (number, own) in of_rule.iter().enumerate().filter(|(number, own)| free[*number] && !own.is_empty()) {
            let rule = &sample.rules[number];
            let prior = ((rule.high - rule.low) / (2.0 * Z)).max(0.25).powi(-2);
            let (mut slope, mut curve) = (-prior * change[number], prior);
            for index in own {
                let row = &rows[*index];
                let chance = 1.0 / (1.0 + (-bits[*index] * LN_2).exp());
                slope += row.weight * LN_2 * (f64::from(u8::from(row.hides)) - chance);
                curve += row.weight * LN_2 * LN_2 * chance * (1.0 - chance);
            }
            let step = (slope / curve).clamp(-1.0, 1.0);
            let (low, high) = (rule.low.min(rule.bits) - rule.bits, rule.high.max(rule.bits) - rule.bits);
            let next = (change[number] + step).clamp(low, high);
            let moved = next - change[number];
            (change[number], precise[number]) = (next, curve);
            own.iter().for_each(|index| bits[*index] += moved);
            largest = largest.max(moved.abs());
        }
        if largest < 1e-4 {
            break;
        }
    }
}
