//! What agreement on a word is worth: bits, less for common words.
//!
//! Must not know the other name.

use super::weights::WEIGHTS;
use crate::normal::letters::Script;
use crate::normal::wordlist::WORDLISTS;
use crate::normal::{Role, Word};

/// Worth of a word from its length and from how common it is where it is commonest (`name_commonness.csv`), bits.
#[must_use]
pub fn worth(word: &Word) -> f32 {
    match word.role {
        Role::Particle => 0.5,
        Role::Legal => 0.3,
        Role::Initial => WEIGHTS.initial_worth,
        Role::Part => by_length(word).min(by_commonness(&word.text)),
    }
}

fn by_length(word: &Word) -> f32 {
    #[allow(clippy::cast_precision_loss)]
    let letters = match word.script {
        Script::Abjad => word.bones.len() as f32 * 1.5,
        Script::Letters => word.text.len() as f32,
        Script::Hangul | Script::Han => word.text.chars().count() as f32 * 3.0,
    };
    (letters * 3.0).min(WEIGHTS.most)
}

fn by_commonness(text: &str) -> f32 {
    WORDLISTS.commonness.get(text).map_or(WEIGHTS.most, |share| (100_000.0 / share.max(1.0)).log2())
}
