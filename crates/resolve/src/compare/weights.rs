//! The weights of all name comparison, read once from `wordlists/names/weights.csv`.
//!
//! Must not know how they were learned (see the example `screen_learn`).

use std::sync::LazyLock;

macro_rules! weights {
    ($($name:ident: $meaning:literal),* $(,)?) => {
        /// Bits unless said otherwise.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Weights { $(#[doc = $meaning] pub $name: f32,)* }

        impl Weights {
            /// Names of all weights, in order.
            pub const NAMES: &[&str] = &[$(stringify!($name)),*];

            /// Reads `name,value` lines; a name that is absent is 0 (the test of the shipped file refuses that).
            #[must_use]
            pub fn read(text: &str) -> Self {
                let value = |name: &str| {
                    text.lines().filter_map(|line| line.split_once(',')).find(|(key, _)| *key == name).and_then(|(_, value)| value.trim().parse().ok()).unwrap_or(0.0)
                };
                Self { $($name: value(stringify!($name)),)* }
            }

            /// The weight of that name, to be changed by the learner.
            pub fn get_mut(&mut self, name: &str) -> Option<&mut f32> {
                match name { $(stringify!($name) => Some(&mut self.$name),)* _ => None }
            }
        }
    };
}

weights! {
    romanisation: "lost when two words share a spelling key only",
    edit: "lost per edit",
    edit_short: "lost per edit, divided by the letters of the shorter word",
    edit_share: "edits allowed per letter (a number)",
    edit_most: "edits allowed in one word (a number)",
    other_name: "lost by an edit between two words that are both known names",
    other_name_share: "of that, lost when only the queried one is known (a number)",
    other_vowels: "of that, lost when only vowels differ (a number)",
    initial: "lost when one letter stands for a word",
    initial_worth: "what an initial is worth at most",
    nickname: "lost by a pet form",
    abbreviation: "lost by an abbreviated company word",
    script: "lost across scripts",
    script_short: "lost across scripts, divided by the consonants",
    script_vowels: "lost across scripts per edit of the letters, long vowels included",
    joined: "lost when words are joined or split",
    syllable: "lost when names agree as syllables",
    extra: "lost per word that only the query has",
    extra_share: "of the worth of such a word, also lost (a number)",
    missing: "lost per word that only the listed name has",
    missing_share: "of the worth of such a word, also lost (a number)",
    missing_company: "the same share in the name of a company (a number)",
    conflict: "lost when both names have words of their own, per such pair",
    particle: "lost by a particle without partner",
    legal: "lost by a legal form without partner",
    legal_other: "lost by another legal form",
    order: "lost when the words stand in another order than given-family or family-given",
    descent: "lost by each of two words that changed places around a word for child of",
    alike_share: "how common another romanisation of a known name is, as a share of that name (a number)",
    most: "worth of a word at most",
    complete: "won when no identifying word of either name is left over and none is an initial",
    differ: "lost when both names read as syllables and no reading agrees",
    differ_edit: "lost besides per word that then agrees by edits only: other letters are other syllables",
    alone: "lost when only one word agrees",
    rivals: "lost per doubling of the number of other entries that agree nearly as well",
    chance_rarest: "lost per doubling of the number of entries that agree as well on the word on which the fewest do",
    chance: "lost per doubling of the number of entries that agree as well on all the words by chance",
    chance_apart: "doublings by which each further word lowers that number (a number)",
    list_names: "names of a list on which a score means what it says: a list half as long needs `list_size` bits less, a longer one more (a number)",
    list_least: "a list with fewer names counts as one of so many (a number)",
    list_size: "bits per doubling of the number of listed names: chance agreements grow with it",
    like_least: "what a common word asks for, at least, when it is counted how much of two names agrees",
    like_most: "what a rare word asks for, at most, when that is counted",
    like_initial: "what an initial asks for, when that is counted",
    like_loss: "of the bits a word's agreement loses, how many count there (a number)",
    like_conflict: "of the words that each name has of its own, how many count against there (a number)",
    like_own: "share lost besides when each name has a word of its own (a number)",
    like_near: "edits per letter at which two leftover words have nothing in common (a number)",
    like_extra: "of the words that only the query has, how many count against there (a number)",
    like_missing: "of the words that only the listed name has, how many count against there (a number)",
    like_company: "the same in the name of a company (a number)",
    like_alone: "share that is left when one word of several agrees (a number)",
    like_even: "share of two names that agrees at which the score is one half at most (a number)",
    like_scale: "bits by which the odds of that share lower the score, e-fold",
    centre: "bits at which the score is one half",
    spread: "bits over which the odds of the score grow e-fold",
}

/// The shipped weights.
pub static WEIGHTS: LazyLock<Weights> =
    LazyLock::new(|| Weights::read(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wordlists/names/weights.csv"))));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_file_has_every_weight_and_no_other() {
        let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wordlists/names/weights.csv"));
        let mut named: Vec<&str> = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .skip(1)
            .filter_map(|line| line.split_once(','))
            .map(|(name, _)| name)
            .collect();
        let mut wanted = Weights::NAMES.to_vec();
        named.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(named, wanted);
    }
}
