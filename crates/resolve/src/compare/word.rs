//! Two words: how they are related, and how many bits of agreement that relation loses.
//!
//! Must not know the rest of either name.

use super::edit;
use super::weights::Weights;
use crate::normal::letters::Script;
use crate::normal::wordlist::WORDLISTS;
use crate::normal::{Role, Word};

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
pub fn relate(left: &Word, right: &Word, weights: &Weights) -> Option<(Relation, f32)> {
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
    #[allow(clippy::cast_precision_loss)]
    let limit = (shorter as f32 * weights.edit_share).min(weights.edit_most);
    // Each letter that only one of them has costs at least half an edit in either spelling; groups of the key hide up to four.
    #[allow(clippy::cast_precision_loss)]
    if (left.letters ^ right.letters).count_ones() as f32 > limit * 4.0 + 3.0 {
        return None;
    }
    let cost = edit::distance(&left.text, &right.text, limit).min(edit::distance(&left.key, &right.key, limit) + 0.1);
    if cost <= limit {
        #[allow(clippy::cast_precision_loss)]
        let short = weights.edit_short / shorter as f32;
        return Some((Relation::Edit, cost * (weights.edit + short) + other_name(left, right, weights)));
    }
    None
}

/// A word that is a name in its own right is seldom a slip of another one: Nassar is not a misspelt Qassar. Less is lost when only vowels differ, which
/// romanisations write as they please.
fn other_name(left: &Word, right: &Word, weights: &Weights) -> f32 {
    let known = |word: &Word| WORDLISTS.commonness.contains_key(word.text.as_str());
    let loss = match (known(left), known(right)) {
        (true, true) => weights.other_name,
        (true, false) => weights.other_name * weights.other_name_share,
        _ => return 0.0,
    };
    if left.bones == right.bones && left.bones.len() >= 3 { loss * weights.other_vowels } else { loss }
}

fn short_form(left: &Word, right: &Word, weights: &Weights) -> Option<(Relation, f32)> {
    for (short, full) in [(left, right), (right, left)] {
        if WORDLISTS.abbreviations.get(short.text.as_str()).is_some_and(|words| words.contains(&full.text.as_str())) {
            return Some((Relation::Abbreviation, weights.abbreviation));
        }
        let mut names = WORDLISTS.nicknames.get(short.text.as_str()).into_iter().flatten();
        if names.any(|name| *name == full.text || crate::normal::fold::key(name) == full.key) {
            return Some((Relation::Nickname, weights.nickname));
        }
    }
    None
}

/// Arabic script against Latin: the consonants decide.
fn across_scripts(left: &Word, right: &Word, weights: &Weights) -> Option<(Relation, f32)> {
    let abjad = |script| matches!(script, Script::Abjad);
    if !(abjad(left.script) || abjad(right.script)) || left.bones.is_empty() || right.bones.is_empty() {
        return None;
    }
    let (arabic, latin) = if abjad(left.script) { (left, right) } else { (right, left) };
    if WORDLISTS.arabic.get(&arabic.key).is_some_and(|spellings| spellings.contains(&latin.text.as_str())) {
        return Some((Relation::Script, weights.script * 0.5));
    }
    let shorter = left.bones.len().min(right.bones.len());
    #[allow(clippy::cast_precision_loss)]
    let vague = weights.script_short / shorter as f32;
    // Few consonants may stand for many names: what is lost is the difference between the word and all names of these consonants.
    let vague = super::worth::vagueness(latin, weights).map_or(vague, |known| known.min(vague));
    let cost = match left.bones == right.bones {
        true => 0.0,
        false if shorter >= 4 => edit::distance(&left.bones, &right.bones, 1.0),
        false => return None,
    };
    if cost > 1.0 {
        return None;
    }
    // Long vowels are written: they tell Hamid from Hamoud. Short ones are not, so a vowel more is cheap.
    #[allow(clippy::cast_precision_loss)]
    let unwritten = left.text.len().abs_diff(right.text.len()) as f32 * 0.75;
    let vowels = (edit::distance(&left.text, &right.text, 9.0).min(9.0) - unwritten).max(0.0);
    Some((Relation::Script, weights.script + vague + cost * weights.edit + vowels * weights.script_vowels))
}
