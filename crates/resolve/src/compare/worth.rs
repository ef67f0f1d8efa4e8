//! What agreement on a word is worth: bits, less for common words.
//!
//! Must not know the other name.

use super::weights::Weights;
use crate::normal::letters::Script;
use crate::normal::syllable::share;
use crate::normal::wordlist::WORDLISTS;
use crate::normal::{Role, WordRef, fold};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// Worth of a word from its length and from how common it is where it is commonest (`name_commonness.csv`), bits.
#[must_use]
pub fn worth(word: &WordRef, weights: &Weights) -> f32 {
    match word.role {
        Role::Particle => 0.5,
        Role::Legal => 0.3,
        Role::Initial => weights.initial_worth,
        Role::Part => {
            let (length, common) = (by_length(word, weights), by_commonness(word, weights));
            if common < weights.most { length.min(common + (length - length.floor()) * 0.1) } else { length }
        }
    }
}

fn by_length(word: &WordRef, weights: &Weights) -> f32 {
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

/// Share of bearers, per 100,000, of all known names with the same consonants.
static SHARES: LazyLock<FxHashMap<String, f32>> = LazyLock::new(|| {
    let mut shares: FxHashMap<String, f32> = FxHashMap::default();
    for (name, share) in &WORDLISTS.commonness {
        *shares.entry(fold::hard(&fold::skeleton(name))).or_default() += share;
    }
    shares
});

/// Bits lost when only the consonants of a known Latin word are seen; `None` when no known name has them.
#[must_use]
pub fn vagueness(latin: &WordRef, weights: &Weights) -> Option<f32> {
    let all = SHARES.get(latin.bones)?;
    let class = (100_000.0 / all.clamp(1.0, 60_000.0)).log2();
    Some((by_commonness(latin, weights) - class).max(0.0))
}

/// Share of the commonest known name with a spelling key.
static KEYS: LazyLock<FxHashMap<String, f32>> = LazyLock::new(|| {
    let mut shares: FxHashMap<String, f32> = FxHashMap::default();
    for (name, share) in &WORDLISTS.commonness {
        let known = shares.entry(fold::key(name)).or_default();
        *known = known.max(*share);
    }
    shares
});

/// A word that the wordlist does not know but by another romanisation is less common than that.
fn by_commonness(word: &WordRef, weights: &Weights) -> f32 {
    let listed = WORDLISTS.commonness.get(word.text).copied();
    let known = listed.into_iter().chain(share(word.text).filter(|_| word.script == Script::Letters)).reduce(f32::max);
    let alike = || KEYS.get(word.key).filter(|_| word.key.len() >= 4).map(|share| share * weights.alike_share);
    known.or_else(alike).map_or(weights.most, |share| (100_000.0 / share.max(1.0)).log2().min(weights.most))
}
