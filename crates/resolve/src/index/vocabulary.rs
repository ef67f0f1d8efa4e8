//! The distinct words of a list, each once, and the ways to find those that a queried word may stand for.
//!
//! Must not know names or entries.

use super::hashed::{Hashed, hash, variants};
use crate::compare::weights::Weights;
use crate::compare::word::{Relation, relate};
use crate::normal::letters::Script;
use crate::normal::wordlist::WORDLISTS;
use crate::normal::{Role, Word};
use rustc_hash::FxHashMap;

const TEXT: u8 = 1;
const KEY: u8 = 2;
const BONES: u8 = 3;

/// Words by number.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    /// The words; `printed` is emptied.
    pub words: Vec<Word>,
    /// What agreement on each is worth, bits.
    pub worth: Vec<f32>,
    numbers: FxHashMap<(u8, Box<str>), u32>,
    spellings: Hashed,
    bones: Hashed,
}

/// A word of the vocabulary that a queried word may stand for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// Its number.
    pub term: u32,
    /// How they are related.
    pub relation: Relation,
    /// Bits lost.
    pub loss: f32,
}

fn role_code(word: &Word) -> u8 {
    let role = match word.role {
        Role::Part => 0,
        Role::Initial => 1,
        Role::Legal => 2,
        Role::Particle => 3,
    };
    let script = match word.script {
        Script::Letters => 0,
        Script::Abjad => 1,
        Script::Hangul => 2,
        Script::Han => 3,
    };
    role * 4 + script
}

impl Vocabulary {
    /// Number of a word, added when it is new.
    pub fn add(&mut self, word: &Word) -> u32 {
        let known = (role_code(word), word.text.as_str().into());
        if let Some(number) = self.numbers.get(&known) {
            return *number;
        }
        let number = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        self.words.push(Word { printed: String::new(), ..word.clone() });
        self.numbers.insert(known, number);
        number
    }

    /// Files every word for searching; call once, after the last [`Self::add`]. `joined` tells words that only stand for two neighbours.
    pub fn file(&mut self, joined: &[bool]) {
        let mut spellings = Vec::with_capacity(self.words.len() * 24);
        let mut bones = Vec::with_capacity(self.words.len() * 6);
        for (word, number) in self.words.iter().zip(0_u32..) {
            let only_joined = joined.get(number as usize).copied().unwrap_or(false);
            if word.role == Role::Legal || word.role == Role::Initial {
                continue;
            }
            if word.script == Script::Letters {
                variants(&word.text, deletions(&word.text).min(if only_joined { 1 } else { 2 }), TEXT, &mut |hash| {
                    spellings.push((hash, number))
                });
                variants(&word.key, usize::from(word.key.len() >= 4 && !only_joined), KEY, &mut |hash| spellings.push((hash, number)));
            }
            if !word.bones.is_empty() {
                variants(&word.bones, usize::from(word.bones.len() >= 4 && !only_joined), BONES, &mut |hash| bones.push((hash, number)));
            }
        }
        self.spellings = Hashed::new(spellings);
        self.bones = Hashed::new(bones);
        self.numbers.shrink_to_fit();
    }

    /// The words that `word` may stand for, by number.
    pub fn matches(&self, word: &Word, weights: &Weights, scratch: &mut Vec<u32>) -> Vec<Match> {
        scratch.clear();
        match word.script {
            Script::Letters => self.spelt_like(word, scratch),
            Script::Abjad => {
                variants(&word.bones, usize::from(word.bones.len() >= 4), BONES, &mut |hash| scratch.extend(self.bones.get(hash)));
                let usual = WORDLISTS.arabic.get(&word.key).into_iter().flatten();
                scratch.extend(usual.filter_map(|spelling| self.numbers.get(&(0, (*spelling).into()))));
            }
            Script::Hangul | Script::Han => {}
        }
        scratch.extend(self.numbers.get(&(role_code(word), word.text.as_str().into())));
        scratch.sort_unstable();
        scratch.dedup();
        let related = scratch.iter().filter_map(|term| {
            let (relation, loss) = relate(word, &self.words[*term as usize], weights)?;
            Some(Match { term: *term, relation, loss })
        });
        related.collect()
    }

    fn spelt_like(&self, word: &Word, found: &mut Vec<u32>) {
        variants(&word.text, deletions(&word.text), TEXT, &mut |hash| found.extend(self.spellings.get(hash)));
        variants(&word.key, usize::from(word.key.len() >= 4), KEY, &mut |hash| found.extend(self.spellings.get(hash)));
        // The same consonants with other vowels; across scripts too.
        if word.bones.len() >= 2 {
            found.extend(self.bones.get(hash(&word.bones.as_bytes()[..word.bones.len().min(8)], BONES)));
        }
        let text = word.text.as_str();
        let full = WORDLISTS.nicknames.get(text).into_iter().flatten().copied();
        let others = full
            .chain(WORDLISTS.abbreviations.get(text).into_iter().flatten().copied())
            .chain(WORDLISTS.short_of.get(text).into_iter().flatten().copied());
        for other in others {
            found.extend(self.numbers.get(&(0, other.into())));
        }
    }
}

/// How many letters may be left out of a word of this length.
fn deletions(text: &str) -> usize {
    match text.len() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    }
}
