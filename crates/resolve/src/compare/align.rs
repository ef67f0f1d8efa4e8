//! Two names: which word of one goes with which word of the other, and what all of it is worth in bits.
//!
//! Must not know lists or thresholds.

use super::weights::Weights;
use super::word::{Relation, relate};
use crate::normal::letters::Script;
use crate::normal::wordlist::WORDLISTS;
use crate::normal::{Role, Word, WordRef, fold, letter_bits};

/// One line of the account: what stands against what, and what it adds or takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Words of the first name: first and number of words; number 0 for a missing word.
    pub left: (usize, usize),
    /// Words of the second name; number 0 for an extra word.
    pub right: (usize, usize),
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
    /// Whether every identifying word of either name has a partner.
    pub complete: bool,
}

/// A word, what agreement on it is worth (bits), and its number in its index when it has one.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    /// The word.
    pub word: WordRef<'a>,
    /// Bits.
    pub worth: f32,
    /// Number of the word in the index; only used as a key of the caller's cache.
    pub term: u32,
}

/// A name ready to be aligned: its words, and its neighbours written as one.
#[derive(Debug, Clone, Default)]
pub struct Side<'a> {
    /// In order.
    pub words: Vec<Item<'a>>,
    /// (place of the first, the joined word).
    pub joins: Vec<(usize, Item<'a>)>,
    /// Whether it names a company: then a word that is missing tells more than a missing middle name does.
    pub company: bool,
}

/// Relation and loss of two words, possibly remembered by the caller: (left place, left is a join, left, right).
pub type Relate<'r> = dyn FnMut(usize, bool, &Item, &Item) -> Option<(Relation, f32)> + 'r;

/// The plain relation, nothing remembered.
///
/// # Errors
/// Never; `None` means unrelated.
pub fn plainly(weights: &Weights) -> impl FnMut(usize, bool, &Item, &Item) -> Option<(Relation, f32)> + '_ {
    move |_, _, a, b| relate(&a.word, &b.word, weights)
}

/// Aligns two names.
#[must_use]
pub fn align(left: &Side, right: &Side, weights: &Weights, relate: &mut Relate) -> Alignment {
    let mut found = pairs(left, right, weights, relate);
    found.sort_by(|a, b| b.bits.total_cmp(&a.bits).then_with(|| (a.left, a.right).cmp(&(b.left, b.right))));
    let (mut used_left, mut used_right) = (0_u64, 0_u64);
    let mut steps: Vec<Step> = Vec::with_capacity(left.words.len() + right.words.len());
    for pair in found {
        let (a, b) = (span(pair.left), span(pair.right));
        if used_left & a == 0 && used_right & b == 0 {
            used_left |= a;
            used_right |= b;
            steps.push(pair);
        }
    }
    let agreeing = steps
        .iter()
        .filter(|step| step.bits > 0.0 && left.words[step.left.0].word.role == Role::Part)
        .map(|step| step.left.1.max(step.right.1))
        .sum();
    order(&mut steps, weights);
    descent(left, right, &mut steps, weights);
    leftovers(left, right, used_left, used_right, weights, &mut steps);
    steps.sort_by_key(|step| (step.left.1 == 0, step.left.0, step.right.0));
    let bits = steps.iter().map(|step| step.bits).sum();
    let complete = agreeing > 0
        && !steps.iter().any(|step| match (step.left.1, step.right.1) {
            (0, _) => right.words[step.right.0].word.role != Role::Legal && right.words[step.right.0].word.role != Role::Particle,
            (_, 0) => left.words[step.left.0].word.role != Role::Legal && left.words[step.left.0].word.role != Role::Particle,
            _ => step.relation == Relation::Initial,
        });
    Alignment { steps, bits, agreeing, complete }
}

fn span((first, count): (usize, usize)) -> u64 {
    ((1_u64 << count) - 1) << first.min(60)
}

/// Every pair of words, and of two neighbours against one word, that is related.
fn pairs(left: &Side, right: &Side, weights: &Weights, relate: &mut Relate) -> Vec<Step> {
    let mut found = Vec::with_capacity(8);
    for (i, a) in left.words.iter().enumerate() {
        for (j, b) in right.words.iter().enumerate() {
            if let Some((relation, bits)) = pair(i, false, a, b, weights, relate) {
                found.push(Step { left: (i, 1), right: (j, 1), relation, bits });
            }
        }
    }
    for (i, joined) in &left.joins {
        for (j, b) in right.words.iter().enumerate().filter(|(_, b)| b.word.text.len() >= 4) {
            if let Some((relation, bits)) = pair(*i, true, joined, b, weights, relate).and_then(|found| joined_loss(found, weights)) {
                found.push(Step { left: (*i, 2), right: (j, 1), relation, bits });
            }
        }
    }
    for (j, joined) in &right.joins {
        for (i, a) in left.words.iter().enumerate().filter(|(_, a)| a.word.text.len() >= 4) {
            if let Some((relation, bits)) = pair(i, false, a, joined, weights, relate).and_then(|found| joined_loss(found, weights)) {
                found.push(Step { left: (i, 1), right: (*j, 2), relation, bits });
            }
        }
    }
    found
}

fn joined_loss((relation, bits): (Relation, f32), weights: &Weights) -> Option<(Relation, f32)> {
    let bits = bits - weights.joined;
    (bits > 0.0 && !matches!(relation, Relation::Initial | Relation::Nickname)).then_some((relation, bits))
}

/// Two neighbours as one word, with the place of the first.
#[must_use]
pub fn joins(words: &[&Word]) -> Vec<(usize, Word)> {
    let mut joins = Vec::new();
    for (at, two) in words.windows(2).enumerate() {
        if let Some(joined) = join(&two[0].view(), &two[1].view()) {
            joins.push((at, Word { printed: format!("{} {}", two[0].printed, two[1].printed), ..joined }));
        }
    }
    joins
}

/// Two words written as one; `None` when they are of two scripts, of one without spaces, or too short, or when the second is a particle: that belongs
/// to what follows it.
#[must_use]
pub fn join(first: &WordRef, second: &WordRef) -> Option<Word> {
    let fits = |word: &WordRef| word.role != Role::Legal && matches!(word.script, Script::Letters | Script::Abjad);
    if !fits(first)
        || !fits(second)
        || second.role == Role::Particle
        || first.script != second.script
        || first.text.len() + second.text.len() < 4
    {
        return None;
    }
    let text = format!("{}{}", first.text, second.text);
    let (key, bones) = match first.script {
        Script::Abjad => (format!("{}{}", first.key, second.key), fold::hard(&format!("{}{}", first.bones, second.bones))),
        _ => (fold::key(&text), fold::hard(&fold::skeleton(&text))),
    };
    Some(Word { printed: String::new(), letters: letter_bits(&text), text, key, bones, script: first.script, role: Role::Part, group: "" })
}

fn pair(i: usize, joined: bool, a: &Item, b: &Item, weights: &Weights, relate: &mut Relate) -> Option<(Relation, f32)> {
    match (a.word.role, b.word.role) {
        (Role::Legal, Role::Legal) => {
            let bits = if a.word.group == b.word.group { 0.3 } else { -weights.legal_other };
            Some((Relation::LegalForm, bits))
        }
        (Role::Legal, _) | (_, Role::Legal) => None,
        _ => {
            let (relation, loss) = relate(i, joined, a, b)?;
            let value = match relation {
                Relation::Initial => weights.initial_worth.min(a.worth.max(b.worth)),
                // The misspelt word is rare by accident: what counts is the commoner of the two.
                _ => a.worth.min(b.worth),
            };
            let bits = if a.word.role == Role::Particle && b.word.role == Role::Particle { 0.5 } else { value - loss };
            (bits > -2.0).then_some((relation, bits.max(0.1)))
        }
    }
}

fn leftovers(left: &Side, right: &Side, used_left: u64, used_right: u64, weights: &Weights, steps: &mut Vec<Step>) {
    let cost = |item: &Item, flat: f32, share: f32| match item.word.role {
        Role::Particle => weights.particle,
        Role::Legal => weights.legal,
        Role::Initial => flat * 0.5,
        Role::Part => flat + share * item.worth,
    };
    // A middle initial that fits no middle name of the other speaks against as another middle name does.
    let own = |item: &Item| matches!(item.word.role, Role::Part | Role::Initial);
    let is_open = |used: u64, at: usize| used & (1 << at.min(60)) == 0;
    let open = |words: &[Item], used: u64| words.iter().enumerate().filter(|(at, item)| is_open(used, *at) && own(item)).count();
    let extras = open(&left.words, used_left);
    #[allow(clippy::cast_precision_loss)]
    let conflict = extras.min(open(&right.words, used_right)) as f32 * weights.conflict / extras.max(1) as f32;
    for (at, item) in left.words.iter().enumerate().filter(|(at, _)| is_open(used_left, *at)) {
        let mut bits = -cost(item, weights.extra, weights.extra_share);
        if own(item) {
            bits -= conflict;
        }
        steps.push(Step { left: (at, 1), right: (0, 0), relation: Relation::Extra, bits });
    }
    for (at, item) in right.words.iter().enumerate().filter(|(at, _)| is_open(used_right, *at)) {
        let share = if right.company { weights.missing_company } else { weights.missing_share };
        let bits = -cost(item, weights.missing, share);
        steps.push(Step { left: (0, 0), right: (at, 1), relation: Relation::Missing, bits });
    }
}

/// Son of the father and father of the son are two people: words that stand before and after "bin" in one name and the other way round in the other lose.
fn descent(left: &Side, right: &Side, steps: &mut [Step], weights: &Weights) {
    let link = |side: &Side, at: usize| side.words.get(at).is_some_and(|item| item.word.role == Role::Particle && descends(&item.word));
    // "bin al-Din": the article between them changes nothing.
    let after = |side: &Side, at: usize| {
        let before = side.words[..at].iter().enumerate().rev().take_while(|(_, item)| item.word.role == Role::Particle);
        before.into_iter().any(|(at, _)| link(side, at))
    };
    // The head of the chain; its words come before the first link.
    let head = |side: &Side, at: usize| !after(side, at) && link(side, at + 1);
    if !(0..left.words.len()).any(|at| link(left, at)) || !(0..right.words.len()).any(|at| link(right, at)) {
        return;
    }
    let down = |step: &Step| head(left, step.left.0) && after(right, step.right.0);
    let up = |step: &Step| after(left, step.left.0) && head(right, step.right.0);
    if steps.iter().any(down) && steps.iter().any(up) {
        steps.iter_mut().filter(|step| down(step) || up(step)).for_each(|step| step.bits -= weights.descent);
    }
}

fn descends(word: &WordRef) -> bool {
    WORDLISTS.descent.contains(word.text)
}

/// Words in another order than a rotation of the listed one lose a little, on the step that breaks it.
fn order(steps: &mut [Step], weights: &Weights) {
    steps.sort_by_key(|step| step.left.0);
    let mut falls = 0;
    for at in 1..steps.len() {
        if steps[at].right.0 < steps[at - 1].right.0 {
            falls += 1;
            // One fall is a rotation: family name first.
            if falls > 1 {
                steps[at].bits -= weights.order;
            }
        }
    }
}
