//! Weights learned together: a logistic model over the findings that count, with the expert's weights as the prior.
//!
//! Likelihood ratios counted each for itself and then added would say too much of people on whom several groups speak for one
//! reason, such as a household that shares a line, a machine and an account. Here the findings of a subject explain its odds
//! together. A rule whose findings weigh differently has one weight for each step it takes. The prior of each weight is the
//! expert's, as wide as the expert's interval. [`Caps::Kept`] never leaves that interval; [`Caps::Loosened`] may, and widens
//! the prior by a factor that held-out families choose ([`width`]). The odds of somebody without findings are the sample's own
//! within a quarter of volume: so the sums, not an added constant, have to mean what they say. A crew counts as one
//! observation, since its members share evidence.
//!
//! Must not know a rule's meaning; must not move a rule that fewer than two stories tried.

use crate::proving::sample::{Fired, Sample, Subject};
use crate::proving::statistics::share::Z;
use std::collections::{BTreeMap, HashMap};

/// A weight of a rule: its number, and the weight in tenths of a bit.
pub(super) type Step = (usize, i64);

/// The step a finding stands on.
pub(super) fn step(fired: &Fired) -> Step {
    step_of(fired.rule, fired.bits)
}

/// The step of a rule at so many bits.
#[allow(clippy::cast_possible_truncation)]
pub(super) fn step_of(rule: usize, bits: f64) -> Step {
    (rule, (bits * 10.0).round() as i64)
}

/// What binds a weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Caps {
    /// The expert's interval.
    Kept,
    /// Nothing but 0 and [`MOST`] bits; the prior is so many times as wide as the expert's interval.
    Loosened(f64),
}

/// No weight is above it, bits: what a pack may state.
pub(super) const MOST: f64 = 12.0;

/// How wide the prior may be made, in intervals of the expert's.
const WIDTHS: [f64; 6] = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0];

/// A subject with findings: what counts, its offset in bits, its weight and whether it hides something.
struct Row {
    counts: Vec<usize>,
    offset: f64,
    weight: f64,
    hides: bool,
}

/// Weights learned: by step, bits and standard deviation. Steps that may not move are not in it.
pub(super) type Learned = BTreeMap<Step, (f64, f64)>;

/// The bits of a finding under what was learned.
pub(super) fn bits(learned: &Learned, fired: &Fired) -> f64 {
    learned.get(&step(fired)).map_or(fired.bits, |(bits, _)| *bits)
}

const LN_2: f64 = std::f64::consts::LN_2;
/// After so many rounds the counting findings are looked up again.
const ROUNDS: usize = 4;
const SWEEPS: usize = 25;

/// One subject as it is learned from: its stratum of volume and whether it hides something.
#[derive(Clone, Copy)]
pub(super) struct Observed<'s> {
    pub subject: &'s Subject,
    pub hides: bool,
    pub stratum: usize,
}

/// One weight while it is fitted.
struct Weight {
    stated: f64,
    change: f64,
    precise: f64,
    prior: f64,
    low: f64,
    high: f64,
    free: bool,
}

/// The weight of every step of the rules that may move (`free`, by number).
pub(super) fn learn(sample: &Sample, observed: &[Observed<'_>], free: &[bool], caps: Caps) -> Learned {
    let steps: BTreeMap<Step, usize> = {
        let mut all: Vec<Step> = observed.iter().flat_map(|one| one.subject.findings.iter().map(step)).collect();
        all.sort_unstable();
        all.dedup();
        all.into_iter().enumerate().map(|(number, step)| (step, number)).collect()
    };
    let mut fitted: Vec<Weight> = steps.keys().map(|step| weight(sample, *step, free, caps)).collect();
    let (weights, offsets) = (crew_weights(observed), offsets(observed));
    for _ in 0..ROUNDS {
        let rows: Vec<Row> = observed
            .iter()
            .zip(&weights)
            .filter(|(one, _)| !one.subject.findings.is_empty())
            .filter_map(|(one, weight)| {
                let of = |fired: &Fired| steps.get(&step(fired)).copied().unwrap_or(0);
                let (counts, score) = sample.counting(one.subject, |fired| fired.bits + fitted[of(fired)].change);
                let counts: Vec<usize> = counts.into_iter().map(|finding| of(&one.subject.findings[finding])).collect();
                // What the weights that move say now is taken out of the score again: it is what is fitted.
                let moved: f64 = counts.iter().map(|number| fitted[*number].change).sum();
                let offset = offsets[one.stratum] + score - moved;
                (!counts.is_empty()).then_some(Row { counts, offset, weight: *weight, hides: one.hides })
            })
            .collect();
        fit(&rows, &mut fitted);
    }
    let learned = steps.into_iter().zip(fitted).filter(|(_, weight)| weight.free);
    learned.map(|((step, _), weight)| (step, (weight.stated + weight.change, 1.0 / weight.precise.max(1e-9).sqrt()))).collect()
}

#[allow(clippy::cast_precision_loss)]
fn weight(sample: &Sample, (rule, tenths): Step, free: &[bool], caps: Caps) -> Weight {
    let (note, stated) = (&sample.rules[rule], tenths as f64 / 10.0);
    let spread = ((note.high - note.low) / (2.0 * Z)).max(0.5);
    let (spread, low, high) = match caps {
        Caps::Kept => (spread, note.low.min(stated), note.high.max(stated)),
        Caps::Loosened(width) => (spread * width, 0.0_f64.min(stated), MOST.max(stated)),
    };
    Weight { stated, change: 0.0, precise: 0.0, prior: spread.powi(-2), low: low - stated, high: high - stated, free: free[rule] }
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

/// Newton steps, one weight after another, kept between its ends.
fn fit(rows: &[Row], weights: &mut [Weight]) {
    let mut of_weight: Vec<Vec<usize>> = vec![Vec::new(); weights.len()];
    for (number, row) in rows.iter().enumerate() {
        row.counts.iter().for_each(|weight| of_weight[*weight].push(number));
    }
    let mut bits: Vec<f64> = rows.iter().map(|row| row.offset + row.counts.iter().map(|one| weights[*one].change).sum::<f64>()).collect();
    for _ in 0..SWEEPS {
        let mut largest = 0.0_f64;
        for (weight, own) in weights.iter_mut().zip(&of_weight).filter(|(weight, own)| weight.free && !own.is_empty()) {
            let (mut slope, mut curve) = (-weight.prior * weight.change, weight.prior);
            for index in own {
                let row = &rows[*index];
                let chance = 1.0 / (1.0 + (-bits[*index] * LN_2).exp());
                slope += row.weight * LN_2 * (f64::from(u8::from(row.hides)) - chance);
                curve += row.weight * LN_2 * LN_2 * chance * (1.0 - chance);
            }
            let next = (weight.change + (slope / curve).clamp(-1.0, 1.0)).clamp(weight.low, weight.high);
            let moved = next - weight.change;
            (weight.change, weight.precise) = (next, curve);
            own.iter().for_each(|index| bits[*index] += moved);
            largest = largest.max(moved.abs());
        }
        if largest < 1e-4 {
            break;
        }
    }
}

/// How wide to make the prior when caps are loosened: the width under which weights learned on one half of the families give the
/// other half, with its own honest people, the likeliest odds (log loss, crews counted once); the narrower of equals.
pub(super) fn width(sample: &Sample, observed: &[Observed<'_>], free: &[bool]) -> f64 {
    let mut families: Vec<&str> = observed.iter().filter(|one| one.hides).map(|one| one.subject.label.family.as_str()).collect();
    families.sort_unstable();
    families.dedup();
    let half = |one: &Observed<'_>| match one.hides {
        true => families.binary_search(&one.subject.label.family.as_str()).unwrap_or(0) % 2,
        false => one.subject.id.bytes().fold(3_usize, |sum, b| sum.wrapping_mul(31).wrapping_add(usize::from(b))) / 31 % 2,
    };
    let halves: [Vec<Observed<'_>>; 2] = [0, 1].map(|number| observed.iter().filter(|one| half(one) == number).copied().collect());
    let loss = |width: f64| -> f64 {
        let half = |number: usize| {
            let learned = learn(sample, &halves[1 - number], free, Caps::Loosened(width));
            log_loss(sample, &halves[number], &learned)
        };
        (0..2).map(half).sum()
    };
    let mut best = (WIDTHS[0], f64::INFINITY);
    for width in WIDTHS {
        let loss = loss(width);
        if loss < best.1 {
            best = (width, loss);
        }
    }
    best.0
}

/// Log loss of the subjects with findings; nobody without findings is weighed differently by any weights.
fn log_loss(sample: &Sample, observed: &[Observed<'_>], learned: &Learned) -> f64 {
    let (weights, offsets) = (crew_weights(observed), offsets(observed));
    let with_findings = observed.iter().zip(&weights).filter(|(one, _)| !one.subject.findings.is_empty());
    let each = with_findings.map(|(one, weight)| {
        let odds = offsets[one.stratum] + sample.judged_at(one.subject, |fired| bits(learned, fired));
        let against = if one.hides { -odds } else { odds };
        // log2(1 + 2^against), without overflow.
        weight * if against > 60.0 { against } else { against.exp2().ln_1p() / LN_2 }
    });
    each.sum()
}
