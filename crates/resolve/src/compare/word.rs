//! Two words: how they are related, and how many bits of agreement that relation loses.
//!
//! Must not know the rest of either name.

use super::edit;
use super::weights::Weights;
use crate::normal::letters::Script;
use crate::normal::wordlist::WORDLISTS;
use crate::normal::{Role, WordRef, letter_bits};

/// How a word of one name stands to a word of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relation {
    /// The same letters.
    Exact,
    /// Another romanisation of the same sounds.
    Romanisation,
    /// Another script.
    Script,
    /// A pet or short form.
    Nickname,
    /// An abbreviated company word.
    Abbreviation,
    /// One letter for the whole word.
    Initial,
    /// Slips of the pen.
    Edit,
    /// The same legal form, or another.
    LegalForm,
    /// In the listed name only.
    Missing,
    /// In the queried name only.
    Extra,
}

impl Relation {
    /// The word used in explanations.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Romanisation => "romanisation",
            Self::Script => "script",
            Self::Nickname => "nickname",
            Self::Abbreviation => "abbreviation",
            Self::Initial => "initial",
            Self::Edit => "edit",
            Self::LegalForm => "legal-form",
            Self::Missing => "missing",
            Self::Extra => "extra",
        }
    }
}

/// The relation of two words and the bits it loses; `None` when they have nothing to do with each other.
#[must_use]
pub fn relate(left: &WordRef, right: &WordRef, weights: &Weights) -> Option<(Relation, f32)> {
    if left.text == right.text {
        return Some((Relation::Exact, 0.0));
    }
    if left.script != right.script {
        return across_scripts(left, right, weights);
    }
    if left.script != Script::Letters {
        return (left.bones == right.bones && left.bones.len() >= 2).then_some((Relation::Romanisation, 1.0));
    }
    if left.role == Role::Initial || right.role == Role::Initial {
        return (left.text.as_bytes()[0] == right.text.as_bytes()[0]).then_some((Relation::Initial, weights.initial));
    }
    if left.key == right.key && left.key.len() >= 2 {
        return Some((Relation::Romanisation, weights.romanisation));
    }
    if let Some(found) = short_form(left, right, weights) {
        return Some(found);
    }
    let shorter = left.text.len().min(right.text.len());
    let limit = edits(shorter, weights);
    let (by_text, by_key) = can_be_near(left, right, limit);
    let text = if by_text { edit::distance(left.text, right.text, limit) } else { f32::MAX };
    let key = if by_key && text > 0.0 { edit::distance(left.key, right.key, limit.min(text)) + 0.1 } else { f32::MAX };
    let cost = text.min(key);
    if cost <= limit {
        #[allow(clippy::cast_precision_loss)]
        let short = weights.edit_short / shorter as f32;
        return Some((Relation::Edit, cost * (weights.edit + short) + other_name(left, right, weights)));
    }
    None
}

/// Edits allowed between words whose shorter one has so many letters.
#[must_use]
pub fn edits(shorter: usize, weights: &Weights) -> f32 {
    #[allow(clippy::cast_precision_loss)]
    let share = shorter as f32 * weights.edit_share;
    share.min(weights.edit_most)
}

/// Whether the letters of two words, and of their spelling keys, allow so few edits.
fn can_be_near(left: &WordRef, right: &WordRef, limit: f32) -> (bool, bool) {
    let near = |letters: u64, a: &str, b: &str| edit::least(letters, a.len().abs_diff(b.len())) <= edit::fortieths(limit);
    let keys = || letter_bits(left.key) ^ letter_bits(right.key);
    (near(left.letters ^ right.letters, left.text, right.text), near(keys(), left.key, right.key))
}

/// A word that is a name in its own right is seldom a slip of another one: Nassar is not a misspelt Qassar. Less is lost when only vowels differ, which
/// romanisations write as they please.
fn other_name(left: &WordRef, right: &WordRef, weights: &Weights) -> f32 {
    let known = |word: &WordRef| WORDLISTS.commonness.contains_key(word.text);
    let loss = match (known(left), known(right)) {
        (true, true) => weights.other_name,
        (true, false) => weights.other_name * weights.other_name_share,
        _ => return 0.0,
    };
    if left.bones == right.bones && left.bones.len() >= 3 { loss * weights.other_vowels } else { loss }
}

fn short_form(left: &WordRef, right: &WordRef, weights: &Weights) -> Option<(Relation, f32)> {
    for (short, full) in [(left, right), (right, left)] {
        if WORDLISTS.abbreviations.get(short.text).is_some_and(|words| words.contains(&full.text)) {
            return Some((Relation::Abbreviation, weights.abbreviation));
        }
        let mut names = WORDLISTS.nicknames.get(short.text).into_iter().flatten();
        if names.any(|name| *name == full.text || crate::normal::fold::key(name) == full.key) {
            return Some((Relation::Nickname, weights.nickname));
        }
    }
    None
}

/// Arabic script against Latin: the consonants decide.
fn across_scripts(left: &WordRef, right: &WordRef, weights: &Weights) -> Option<(Relation, f32)> {
    let abjad = |script| matches!(script, Script::Abjad);
    if !(abjad(left.script) || abjad(right.script)) || left.bones.is_empty() || right.bones.is_empty() {
        return None;
    }
    let (arabic, latin) = if abjad(left.script) { (left, right) } else { (right, left) };
    if WORDLISTS.arabic.get(arabic.key).is_some_and(|spellings| spellings.contains(&latin.text)) {
        return Some((Relation::Script, weights.script * 0.5));
    }
    let shorter = left.bones.len().min(right.bones.len());
    #[allow(clippy::cast_precision_loss)]
    let vague = weights.script_short / shorter as f32;
    // Few consonants may stand for many names: what is lost is the difference between the word and all names of these consonants.
    let vague = super::worth::vagueness(latin, weights).map_or(vague, |known| known.min(vague));
    let cost = match left.bones == right.bones {
        true => 0.0,
        false if shorter >= 4 => edit::distance(left.bones, right.bones, 1.0),
        false => return None,
    };
    if cost > 1.0 {
        return None;
    }
    // Long vowels are written: they tell Hamid from Hamoud. Short ones are not, so a vowel more is cheap.
    #[allow(clippy::cast_precision_loss)]
    let unwritten = left.text.len().abs_diff(right.text.len()) as f32 * 0.75;
    let vowels = (edit::distance(left.text, right.text, 9.0).min(9.0) - unwritten).max(0.0);
    Some((Relation::Script, weights.script + vague + cost * weights.edit + vowels * weights.script_vowels))
}
