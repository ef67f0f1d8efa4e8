//! `Names`: how alike two names of one subject's own records are, 0 to 1. Symmetric.
//!
//! Must not know lists. Origin-neutral: it sees letters, never where they come from.

use crate::compare::align::{Alignment, Item, Side, align, joins, plainly};
use crate::compare::weights::WEIGHTS;
use crate::compare::worth::worth;
use crate::normal::syllable::Reading;
use crate::normal::{Form, Role, Schema, Word};
use bonafide_facts::hook::NameComparer;

/// The comparer that `rules` uses through `desk`. Stateless.
///
/// ```
/// use bonafide_facts::hook::NameComparer as _;
/// let names = bonafide_resolve::Names;
/// assert!(names.similarity("Lee Young-chul", "RI, Yong Chol") > 0.8);
/// assert!(names.similarity("Jane Roe", "Maria Lopez") < 0.2);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Names;

impl NameComparer for Names {
    fn similarity(&self, left: &str, right: &str) -> f64 {
        Self::similarity_of(left, right, Schema::Unknown)
    }
}

impl Names {
    /// How alike two names are when it is known what they name, 0 to 1.
    #[must_use]
    pub fn similarity_of(left: &str, right: &str, schema: Schema) -> f64 {
        let (a, b) = (Form::read(left, schema), Form::read(right, schema));
        if a.is_empty() || b.is_empty() {
            return 0.0;
        }
        let shared = share(&aligned(&a, &b), &a, &b).max(share(&aligned(&b, &a), &b, &a));
        // Initials alone identify nobody.
        let identified = a.words.iter().chain(&b.words).any(|word| word.role == Role::Part);
        let share = shared.max(syllables(&a.syllables, &b.syllables)).clamp(0.0, 1.0);
        if identified { share } else { share.min(0.5) }
    }
}

fn aligned(left: &Form, right: &Form) -> Alignment {
    fn item(word: &Word) -> Item<'_> {
        Item { word: word.view(), worth: worth(&word.view(), &WEIGHTS), term: 0 }
    }
    let join = |form: &Form| joins(&form.words.iter().collect::<Vec<_>>());
    let (left_joins, right_joins) = (join(left), join(right));
    let left = Side {
        words: left.words.iter().map(item).collect(),
        joins: left_joins.iter().map(|(at, word)| (*at, item(word))).collect(),
        company: false,
    };
    let right = Side {
        words: right.words.iter().map(item).collect(),
        joins: right_joins.iter().map(|(at, word)| (*at, item(word))).collect(),
        company: false,
    };
    align(&left, &right, &WEIGHTS, &mut plainly(&WEIGHTS))
}

/// Share of the larger name in what is asked of an agreement; the rest is asked by the smaller: a name that only lacks its middle part stays close.
const BY_LARGER: f32 = 0.1;
/// Lost per bit that speaks against.
const AGAINST: f32 = 0.0375;
/// Lost when both names have parts of their own, by the smaller of the two shares: two middle names that differ are two people.
const CONFLICT: f32 = 0.4;
/// What a single agreeing part of several leaves.
const ONE_PART: f64 = 0.5;
/// Bends the share so that names a person would call alike are above 0.7.
const BEND: f64 = 0.6;

/// Agreed bits of all bits, a missing word counting for less than a contrary one. The constants were searched on one half (by hash) of the public
/// name_bench pairs.
fn share(alignment: &Alignment, left: &Form, right: &Form) -> f64 {
    let bits = |words: &mut dyn Iterator<Item = &Word>| words.map(|word| worth(&word.view(), &WEIGHTS)).sum::<f32>();
    let total = |form: &Form| bits(&mut form.words.iter().filter(|word| word.role != Role::Legal));
    let (mut agreed, mut against, mut extra, mut missing) = (0.0, 0.0, 0.0, 0.0);
    for step in &alignment.steps {
        if step.bits > 0.0 && step.left.1 > 0 && step.right.1 > 0 {
            agreed += step.bits
        } else {
            against -= step.bits.min(0.0)
        }
        let own = |words: &[Word], at: usize| if words[at].role == Role::Part { worth(&words[at].view(), &WEIGHTS) } else { 0.0 };
        match (step.left.1, step.right.1) {
            (_, 0) => extra += own(&left.words, step.left.0),
            (0, _) => missing += own(&right.words, step.right.0),
            _ => {}
        }
    }
    let whole = total(left).max(total(right)).min(agreed + against + 24.0).max(0.1);
    let covered = total(left).min(total(right)).max(0.1);
    let share = BY_LARGER * (agreed / whole).min(1.0) + (1.0 - BY_LARGER) * (agreed / covered).min(1.0);
    let parts = |form: &Form| form.words.iter().filter(|word| !matches!(word.role, Role::Legal | Role::Particle)).count();
    let only_one = alignment.agreeing < 2 && parts(left).max(parts(right)) > 1;
    let loss = AGAINST * against + CONFLICT * extra.min(missing) / covered.max(1.0);
    (f64::from((share - loss).max(0.0)) * if only_one { ONE_PART } else { 1.0 }).powf(BEND)
}

/// 1 for the same syllables spelt as usual, less for unusual spellings; 0 when they differ.
fn syllables(left: &[Reading], right: &[Reading]) -> f64 {
    let mut best = 0.0_f64;
    for a in left {
        for b in right.iter().filter(|b| b.system == a.system && b.parts.len() == a.parts.len()) {
            let mut bits = 0_u32;
            let all = a.parts.iter().zip(&b.parts).all(|(x, y)| {
                let common = x
                    .iter()
                    .flat_map(|(id, cost)| y.iter().filter(move |(other, _)| other == id).map(move |(_, other)| cost + other))
                    .min();
                bits += u32::from(common.unwrap_or(0));
                common.is_some()
            });
            if all {
                best = best.max(0.97 - 0.02 * f64::from(bits));
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_committed_pairs_are_judged_as_a_person_would() {
        let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/names/pairs.csv"));
        let mut wrong = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#')).skip(1) {
            let cells: Vec<&str> = line.split(';').collect();
            let [left, right, least, most, why] = cells.as_slice() else { panic!("{line}: five cells") };
            let score = Names.similarity(left, right);
            if score < least.parse().unwrap() || score > most.parse::<f64>().unwrap() {
                wrong.push(format!("{left} / {right}: {score:.3}, wanted {least} to {most} ({why})"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    proptest! {
        #[test]
        fn symmetric_and_within_bounds(a in "\\PC{0,24}", b in "\\PC{0,24}") {
            let (there, back) = (Names.similarity(&a, &b), Names.similarity(&b, &a));
            prop_assert!((there - back).abs() < 1e-9);
            prop_assert!((0.0..=1.0).contains(&there));
        }
    }
}
