//! How much of two names agrees, as a share: rare words say who is meant, but a common word that differs still makes two people of one.
//!
//! Must not know lists or scores.

use super::align::{Alignment, Item, Side, Step};
use super::edit;
use super::weights::Weights;
use super::word::Relation;
use crate::normal::Role;
use crate::normal::legal::is_part_of_form;

/// Share of two names that agrees, 1 when all of both does; at most 1, and below 0 when more speaks against than for.
#[must_use]
pub fn likeness(alignment: &Alignment, left: &Side, right: &Side, weights: &Weights) -> f32 {
    let (mut asked, mut kept, mut extra, mut missing) = (0.0, 0.0, 0.0, 0.0);
    let mut identified = false;
    for step in &alignment.steps {
        let (own, other) = (asks(left, step.left, weights), asks(right, step.right, weights));
        match (step.left.1, step.right.1) {
            (_, 0) => extra += left_over(left, step.left.0, own),
            (0, _) => missing += left_over(right, step.right.0, other),
            _ => {
                let both = f32::midpoint(own, other);
                asked += both;
                kept += both - if both > 0.0 { weights.like_loss * lost(step, left, right, weights) } else { 0.0 };
                identified |=
                    both > 0.0 && (step.relation != Relation::Initial || is_initial(left, step.left) && is_initial(right, step.right));
            }
        }
    }
    if !identified || asked <= 0.0 {
        return 0.0;
    }
    let conflict = extra.min(missing);
    let rest = if left.company || right.company {
        (weights.like_company, weights.like_company)
    } else {
        (weights.like_extra, weights.like_missing)
    };
    let against = weights.like_conflict * conflict + rest.0 * (extra - conflict) + rest.1 * (missing - conflict);
    // Words that are left over on both sides may be one word, too disfigured to agree: then they speak less against.
    let conflict = if conflict > 0.0 { conflict * (1.0 - nearness(alignment, left, right, weights)) } else { 0.0 };
    let own_words = weights.like_own * conflict / extra.min(missing).max(0.1);
    let share = (kept - against) / (asked + conflict) - own_words;
    let several = |side: &Side| side.words.iter().filter(|item| item.word.role == Role::Part).count() > 1;
    let initials = alignment.steps.iter().filter(|step| step.relation == Relation::Initial).count();
    let alone = alignment.agreeing.max(initials * 2) < 2 && (several(left) || several(right));
    share * if alone { weights.like_alone } else { 1.0 }
}

/// What a word without partner asks for: nothing when it is a rest of a company's legal form.
fn left_over(side: &Side, at: usize, asks: f32) -> f32 {
    if side.company && is_part_of_form(side.words[at].word.text) { 0.0 } else { asks }
}

/// How near the leftover words of the two names are in letters, 0 to 1: the mean over those of the name that has fewer.
fn nearness(alignment: &Alignment, left: &Side, right: &Side, weights: &Weights) -> f32 {
    let part = |item: &&Item| item.word.role == Role::Part;
    let lefts = alignment.steps.iter().filter(|step| step.right.1 == 0).map(|step| &left.words[step.left.0]).filter(part);
    let rights = alignment.steps.iter().filter(|step| step.left.1 == 0).map(|step| &right.words[step.right.0]).filter(part);
    let (lefts, rights): (Vec<&Item>, Vec<&Item>) = (lefts.collect(), rights.collect());
    let (few, many) = if lefts.len() <= rights.len() { (lefts, rights) } else { (rights, lefts) };
    let best = |one: &&Item| many.iter().map(|other| near(one.word.text, other.word.text, weights)).fold(0.0, f32::max);
    #[allow(clippy::cast_precision_loss)]
    let count = few.len().max(1) as f32;
    few.iter().map(best).sum::<f32>() / count
}

fn near(left: &str, right: &str, weights: &Weights) -> f32 {
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    if short.len() >= 4 && (long.starts_with(short) || long.ends_with(short)) {
        return 1.0;
    }
    #[allow(clippy::cast_precision_loss)]
    let apart = edit::distance(left, right, 4.0).min(8.0) / short.len() as f32;
    (1.0 - apart / weights.like_near.max(0.01)).max(0.0)
}

fn is_initial(side: &Side, (at, _): (usize, usize)) -> bool {
    side.words[at].word.role == Role::Initial
}

/// What the words of one side ask for.
fn asks(side: &Side, (from, count): (usize, usize), weights: &Weights) -> f32 {
    let words = side.words.iter().skip(from).take(count);
    let each = |item: &Item| match item.word.role {
        Role::Part => item.worth.clamp(weights.like_least, weights.like_most),
        Role::Initial => weights.like_initial,
        Role::Particle | Role::Legal => 0.0,
    };
    words.map(each).sum()
}

/// Bits that the agreement of a step has lost, against the same letters.
fn lost(step: &Step, left: &Side, right: &Side, weights: &Weights) -> f32 {
    let worth = |side: &Side, (from, count): (usize, usize)| match count {
        1 => side.words[from].worth,
        _ => side.joins.iter().find(|(at, _)| *at == from).map_or(f32::MAX, |(_, item)| item.worth),
    };
    let (own, other) = (worth(left, step.left), worth(right, step.right));
    let value = if step.relation == Relation::Initial { weights.initial_worth.min(own.max(other)) } else { own.min(other) };
    (value - step.bits).max(0.0)
}
