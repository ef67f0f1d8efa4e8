//! What agreement on a word is worth: bits, less for common words.
//!
//! Must not know the other name.

use super::weights::Weights;
use crate::normal::letters::Script;
use crate::normal::wordlist::WORDLISTS;
use crate::normal::{Role, Word};

/// Worth of a word from its length and from how common it is where it is commonest (`name_commonness.csv`), bits.
#[must_use]
pub fn worth(word: &Word, weights: &Weights) -> f32 {
    match word.role {
        Role::Particle => 0.5,
        Role::Legal => 0.3,
        Role::Initial => weights.initial_worth,
        Role::Part => {
            let (length, common) = (by_length(word, weights), by_commonness(&word.text, weights));
            if common < weights.most { length.min(common + (length - length.floor()) * 0.1) } else { length }
        }
    }
}

fn by_length(word: &Word, weights: &Weights) -> f32 {
    #[allow(clippy::cast_precision_loss)]
    let letters = match word.script {
        Script::Abjad => word.bones.len() as f32 * 1.5,
        Script::Letters => word.text.len() as f32,
        Script::Hangul | Script::Han => word.text.chars().count() as f32 * 3.0,
    };
    // A hint of how unusual the letters are keeps two names of equal build from the very same score.
    let flavour: u32 = word
        .text
        .bytes()
        .map(|byte| match byte {
            b'a' | b'e' | b'i' | b'n' | b'r' => 1,
            b'o' | b's' | b'l' | b't' | b'm' | b'h' | b'd' => 2,
            b'u' | b'k' | b'c' | b'b' | b'y' | b'v' | b'g' => 3,
            _ => 4,
        })
        .sum();
    #[allow(clippy::cast_precision_loss)]
    let flavour =
        flavour as f32 * 0.037 + f32::from(word.text.bytes().fold(7_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte))) * 0.000_9;
    (letters * 3.0).min(weights.most) + flavour
}

fn by_commonness(text: &str, weights: &Weights) -> f32 {
    WORDLISTS.commonness.get(text).map_or(weights.most, |share| (100_000.0 / share.max(1.0)).log2())
}
