//! Two names: which word of one goes with which word of the other, and what all of it is worth in bits.
//!
//! Must not know lists or thresholds.

use super::weights::{WEIGHTS, Weights};
use super::word::{Relation, relate};
use crate::normal::fold;
use crate::normal::letters::Script;
use crate::normal::{Form, Role, Word};

/// One line of the account: what stands against what, and what it adds or takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Words of the first name, by number; empty for a missing word.
    pub left: Vec<usize>,
    /// Words of the second name, by number; empty for an extra word.
    pub right: Vec<usize>,
    /// How they are related.
    pub relation: Relation,
    /// Bits added (negative: taken).
    pub bits: f32,
}

/// The account of two names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Alignment {
    /// In the order of the first name, then missing words.
    pub steps: Vec<Step>,
    /// Sum of the steps.
    pub bits: f32,
    /// Words that agree, without particles and legal forms.
    pub agreeing: usize,
}

/// Aligns two names. `worth` says how many bits agreement on a word is worth (rarer = more).
#[must_use]
pub fn align(left: &Form, right: &Form, worth: &dyn Fn(&Word) -> f32) -> Alignment {
    let weights = &*WEIGHTS;
    let mut pairs = pairs(&left.words, &right.words, worth);
    pairs.sort_by(|a, b| b.bits.total_cmp(&a.bits).then_with(|| (&a.left, &a.right).cmp(&(&b.left, &b.right))));
    let mut used_left = vec![false; left.words.len()];
    let mut used_right = vec![false; right.words.len()];
    let mut steps: Vec<Step> = Vec::new();
    for pair in pairs {
        if pair.left.iter().any(|at| used_left[*at]) || pair.right.iter().any(|at| used_right[*at]) {
            continue;
        }
        pair.left.iter().for_each(|at| used_left[*at] = true);
        pair.right.iter().for_each(|at| used_right[*at] = true);
        steps.push(pair);
    }
    let agreeing = steps.iter().filter(|step| left.words[step.left[0]].role == Role::Part).count();
    leftovers(left, right, &used_left, &used_right, worth, weights, &mut steps);
    order(&mut steps, weights);
    steps.sort_by_key(|step| (step.left.is_empty(), step.left.first().copied(), step.right.first().copied()));
    let bits = steps.iter().map(|step| step.bits).sum();
    Alignment { steps, bits, agreeing }
}

/// Every pair of words, and of two neighbours against one word, that is related.
fn pairs(left: &[Word], right: &[Word], worth: &dyn Fn(&Word) -> f32) -> Vec<Step> {
    let mut found = Vec::new();
    for (i, a) in left.iter().enumerate() {
        for (j, b) in right.iter().enumerate() {
            if let Some((relation, bits)) = pair(a, b, worth) {
                found.push(Step { left: vec![i], right: vec![j], relation, bits });
            }
        }
    }
    let single = |at: usize| vec![at];
    for (i, joined) in joins(left) {
        for (j, b) in right.iter().enumerate() {
            found.extend(joined_pair(&joined, b, worth).map(|(relation, bits)| Step { left: vec![i, i + 1], right: single(j), relation, bits }));
        }
    }
    for (j, joined) in joins(right) {
        for (i, a) in left.iter().enumerate() {
            found.extend(joined_pair(&joined, a, worth).map(|(relation, bits)| Step { left: single(i), right: vec![j, j + 1], relation, bits }));
        }
    }
    found
}

fn joined_pair(joined: &Word, other: &Word, worth: &dyn Fn(&Word) -> f32) -> Option<(Relation, f32)> {
    if other.text.len() < 4 {
        return None;
    }
    let (relation, bits) = pair(joined, other, worth)?;
    let bits = bits - WEIGHTS.joined;
    (bits > 0.0 && relation != Relation::Initial && relation != Relation::Nickname).then_some((relation, bits))
}

/// Two neighbours as one word.
pub(crate) fn joins(words: &[Word]) -> Vec<(usize, Word)> {
    let fits = |word: &Word| word.role != Role::Legal && matches!(word.script, Script::Letters | Script::Abjad);
    let mut joins = Vec::new();
    for (at, two) in words.windows(2).enumerate() {
        if two.iter().all(fits) && two[0].script == two[1].script && two.iter().map(|word| word.text.len()).sum::<usize>() >= 4 {
            let text = format!("{}{}", two[0].text, two[1].text);
            let (key, bones) = match two[0].script {
                Script::Abjad => (text.clone(), fold::hard(&format!("{}{}", two[0].bones, two[1].bones))),
                _ => (fold::key(&text), fold::hard(&fold::skeleton(&text))),
            };
            let printed = format!("{} {}", two[0].printed, two[1].printed);
            joins.push((at, Word { printed, text, key, bones, script: two[0].script, role: Role::Part, group: "" }));
        }
    }
    joins
}

fn pair(a: &Word, b: &Word, worth: &dyn Fn(&Word) -> f32) -> Option<(Relation, f32)> {
    let weights = &*WEIGHTS;
    match (a.role, b.role) {
        (Role::Legal, Role::Legal) => {
            let bits = if a.group == b.group { 0.3 } else { -weights.legal_other };
            Some((Relation::LegalForm, bits))
        }
        (Role::Legal, _) | (_, Role::Legal) => (a.text == b.text).then_some((Relation::LegalForm, 0.2)),
        _ => {
            let (relation, loss) = relate(a, b)?;
            let value = worth(a).min(worth(b)).min(weights.most);
            let value = match relation {
                Relation::Initial => weights.initial_worth.min(worth(a).max(worth(b))),
                // A misspelt word is rare; what was meant is the commoner of the two.
                _ => value,
            };
            let bits = if a.role == Role::Particle && b.role == Role::Particle { 0.5 } else { value - loss };
            (bits > -2.0).then_some((relation, bits.max(0.1)))
        }
    }
}

fn leftovers(left: &Form, right: &Form, used_left: &[bool], used_right: &[bool], worth: &dyn Fn(&Word) -> f32, weights: &Weights, steps: &mut Vec<Step>) {
    let cost = |word: &Word, flat: f32, share: f32| match word.role {
        Role::Particle => weights.particle,
        Role::Legal => weights.legal,
        Role::Initial => flat * 0.5,
        Role::Part => flat + share * worth(word),
    };
    let open = |words: &[Word], used: &[bool]| words.iter().zip(used).filter(|(word, used)| !**used && word.role == Role::Part).count();
    #[allow(clippy::cast_precision_loss)]
    let conflicts = open(&left.words, used_left).min(open(&right.words, used_right)) as f32;
    let extras = open(&left.words, used_left).max(1);
    for (at, word) in left.words.iter().enumerate().filter(|(at, _)| !used_left[*at]) {
        let mut bits = -cost(word, weights.extra, weights.extra_share);
        if word.role == Role::Part {
            #[allow(clippy::cast_precision_loss)]
            let share = conflicts * weights.conflict / extras as f32;
            bits -= share;
        }
        steps.push(Step { left: vec![at], right: Vec::new(), relation: Relation::Extra, bits });
    }
    for (at, word) in right.words.iter().enumerate().filter(|(at, _)| !used_right[*at]) {
        let bits = -cost(word, weights.missing, weights.missing_share);
        steps.push(Step { left: Vec::new(), right: vec![at], relation: Relation::Missing, bits });
    }
}

/// Words in another order than a rotation of the listed one lose a little, on the last step that breaks it.
fn order(steps: &mut [Step], weights: &Weights) {
    let mut placed: Vec<usize> = (0..steps.len()).filter(|at| !steps[*at].left.is_empty() && !steps[*at].right.is_empty()).collect();
    placed.sort_by_key(|at| steps[*at].left[0]);
    let falls: Vec<usize> = placed.windows(2).filter(|two| steps[two[1]].right[0] < steps[two[0]].right[0]).map(|two| two[1]).collect();
    // One fall is a rotation: family name first.
    for at in falls.into_iter().skip(1) {
        steps[at].bits -= weights.order;
    }
}
