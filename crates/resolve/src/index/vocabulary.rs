//! The distinct words of a list, each once, and the ways to find those that a queried word may stand for.
//!
//! Must not know names or entries.

use super::hashed::{Hashed, beginning, variants};
use crate::compare::edit;
use crate::compare::weights::Weights;
use crate::compare::word::{Relation, edits, relate};
use crate::normal::letters::Script;
use crate::normal::wordlist::WORDLISTS;
use crate::normal::{Role, Word, WordRef, letter_bits};
use hashbrown::HashTable;
use std::hash::{Hash as _, Hasher as _};

const TEXT: u8 = 1;
const KEY: u8 = 2;
const BONES: u8 = 3;

/// Words by number, their texts one after another in one piece of memory.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    texts: String,
    spots: Vec<Spot>,
    /// By number: what a look from afar needs.
    signs: Vec<Sign>,
    /// What agreement on each is worth, bits.
    pub worth: Vec<f32>,
    /// Groups of legal forms, by number of the word.
    groups: Vec<(u32, &'static str)>,
    numbers: HashTable<u32>,
    spellings: Hashed,
    bones: Hashed,
}

/// Where the texts of a word are.
#[derive(Debug, Clone, Copy)]
struct Spot {
    start: u32,
    text: u8,
    key: u8,
    bones: u8,
    kind: u8,
}

/// Letters of a word and of its spelling key (see `letter_bits`), with the length of each in the leading eight bits; [`ELSEWHERE`] for another script
/// than letters.
#[derive(Debug, Clone, Copy)]
struct Sign {
    letters: u64,
    key: u64,
}

const ELSEWHERE: u64 = 1 << 48;
const LETTERS: u64 = (1 << 48) - 1;

impl Sign {
    fn new(word: &WordRef) -> Self {
        let length = |text: &str| u64::from(short(text.len())) << 56;
        let script = if word.script == Script::Letters { 0 } else { ELSEWHERE };
        Self { letters: word.letters | length(word.text) | script, key: letter_bits(word.key) | length(word.key) }
    }
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

const ROLES: [Role; 4] = [Role::Part, Role::Initial, Role::Legal, Role::Particle];
const SCRIPTS: [Script; 4] = [Script::Letters, Script::Abjad, Script::Hangul, Script::Han];

/// Role and script of a word in one number.
fn kind(role: Role, script: Script) -> u8 {
    let place = |found: Option<usize>| found.map_or(0, |at| u8::try_from(at).unwrap_or(0));
    place(ROLES.iter().position(|other| *other == role)) * 4 + place(SCRIPTS.iter().position(|other| *other == script))
}

fn number_hash(kind: u8, text: &str) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    kind.hash(&mut hasher);
    text.hash(&mut hasher);
    hasher.finish()
}

fn short(len: usize) -> u8 {
    u8::try_from(len).unwrap_or(u8::MAX)
}

impl Vocabulary {
    /// Number of words.
    #[must_use]
    pub fn len(&self) -> usize {
        self.spots.len()
    }

    /// Whether it holds no word.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spots.is_empty()
    }

    /// Number of a word, added when it is new.
    pub fn add(&mut self, word: &Word) -> u32 {
        let kind = kind(word.role, word.script);
        if let Some(known) = self.number(kind, &word.text) {
            return known;
        }
        let number = u32::try_from(self.spots.len()).unwrap_or(u32::MAX);
        // Each text is far below 256 bytes: 40 letters are read of a word.
        let clip = |text: &str| text.get(..usize::from(short(text.len()))).map_or(0, |text| short(text.len()));
        let start = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        let spot = Spot { start, text: clip(&word.text), key: clip(&word.key), bones: clip(&word.bones), kind };
        for (text, len) in [(&word.text, spot.text), (&word.key, spot.key), (&word.bones, spot.bones)] {
            self.texts.push_str(text.get(..usize::from(len)).unwrap_or_default());
        }
        self.spots.push(spot);
        self.signs.push(Sign::new(&word.view()));
        if !word.group.is_empty() {
            self.groups.push((number, word.group));
        }
        let (texts, spots) = (&self.texts, &self.spots);
        self.numbers.insert_unique(number_hash(kind, &word.text), number, |known| {
            let spot = spots[*known as usize];
            number_hash(spot.kind, piece(texts, spot.start as usize, spot.text))
        });
        number
    }

    fn number(&self, kind: u8, text: &str) -> Option<u32> {
        let same = |known: &u32| {
            let spot = self.spots[*known as usize];
            spot.kind == kind && piece(&self.texts, spot.start as usize, spot.text) == text
        };
        self.numbers.find(number_hash(kind, text), same).copied()
    }

    /// A word by number.
    #[must_use]
    pub fn word(&self, number: u32) -> WordRef<'_> {
        let spot = self.spots[number as usize];
        let start = spot.start as usize;
        let (key, bones) = (start + usize::from(spot.text), start + usize::from(spot.text) + usize::from(spot.key));
        let role = ROLES[usize::from(spot.kind / 4) % 4];
        let group = match role {
            Role::Legal => self.groups.binary_search_by_key(&number, |(at, _)| *at).map_or("", |at| self.groups[at].1),
            _ => "",
        };
        WordRef {
            text: piece(&self.texts, start, spot.text),
            key: piece(&self.texts, key, spot.key),
            bones: piece(&self.texts, bones, spot.bones),
            script: SCRIPTS[usize::from(spot.kind % 4)],
            role,
            group,
            letters: self.signs[number as usize].letters & LETTERS,
        }
    }

    /// Files every word for searching; call once, after the last [`Self::add`].
    pub fn file(&mut self) {
        self.texts.shrink_to_fit();
        self.spots.shrink_to_fit();
        self.signs.shrink_to_fit();
        let (mut spelt, mut boned) = (0, 0);
        self.each_variant(&mut |_, _| spelt += 1, &mut |_, _| boned += 1);
        let spellings = Hashed::new(spelt, &mut |each| self.each_variant(each, &mut |_, _| {}));
        let bones = Hashed::new(boned, &mut |each| self.each_variant(&mut |_, _| {}, each));
        (self.spellings, self.bones) = (spellings, bones);
    }

    fn each_variant(&self, spelt: &mut dyn FnMut(u32, u32), boned: &mut dyn FnMut(u32, u32)) {
        for number in 0..u32::try_from(self.spots.len()).unwrap_or(u32::MAX) {
            let word = self.word(number);
            if word.role == Role::Legal || word.role == Role::Initial {
                continue;
            }
            if word.script == Script::Letters {
                variants(word.text, deletions(word.text), TEXT, &mut |hash| spelt(hash, number));
                variants(word.key, usize::from(word.key.len() >= 4), KEY, &mut |hash| spelt(hash, number));
            }
            if !word.bones.is_empty() {
                variants(word.bones, usize::from(word.bones.len() >= 4), BONES, &mut |hash| boned(hash, number));
            }
        }
    }

    /// The words that `word` may stand for, by number, with so many slips in its first letters at most (0 to 2). `scratch` is emptied and used.
    pub fn matches(&self, word: &Word, slips: usize, weights: &Weights, scratch: &mut Vec<u32>) -> Vec<Match> {
        scratch.clear();
        match word.script {
            Script::Letters => self.spelt_like(word, slips, weights, scratch),
            Script::Abjad => {
                variants(&word.bones, usize::from(word.bones.len() >= 4), BONES, &mut |hash| scratch.extend(self.bones.get(hash)));
                let usual = WORDLISTS.arabic.get(&word.key).into_iter().flatten();
                scratch.extend(usual.filter_map(|spelling| self.number(0, spelling)));
            }
            Script::Hangul | Script::Han => {}
        }
        scratch.extend(self.number(kind(word.role, word.script), &word.text));
        scratch.sort_unstable();
        scratch.dedup();
        let left = word.view();
        let related = scratch.iter().filter_map(|term| {
            let (relation, loss) = relate(&left, &self.word(*term), weights)?;
            Some(Match { term: *term, relation, loss })
        });
        related.collect()
    }

    fn spelt_like(&self, word: &Word, slips: usize, weights: &Weights, found: &mut Vec<u32>) {
        let near = Near::new(word, weights);
        let mut look = |numbers: &[u32]| {
            found.extend(numbers.iter().filter(|number| near.allows(self.signs[**number as usize])));
        };
        variants(&word.text, deletions(&word.text).min(slips), TEXT, &mut |hash| look(self.spellings.get(hash)));
        variants(&word.key, usize::from(word.key.len() >= 4).min(slips), KEY, &mut |hash| look(self.spellings.get(hash)));
        // The same consonants with other vowels; across scripts too.
        if word.bones.len() >= 2 {
            look(self.bones.get(beginning(&word.bones, BONES)));
        }
        let text = word.text.as_str();
        let full = WORDLISTS.nicknames.get(text).into_iter().flatten().copied();
        let others = full
            .chain(WORDLISTS.abbreviations.get(text).into_iter().flatten().copied())
            .chain(WORDLISTS.short_of.get(text).into_iter().flatten().copied());
        let shorts: Vec<u32> = others.filter_map(|other| self.number(0, other)).collect();
        found.sort_unstable();
        found.dedup();
        if found.len() > CLOSE {
            found.select_nth_unstable_by_key(CLOSE, |number| (near.least(self.signs[*number as usize]), *number));
            found.truncate(CLOSE);
        }
        found.extend(shorts);
    }
}

/// Listed words that one queried word is compared with letter by letter, at most: those whose letters differ least. Lists of tens of thousands of entries
/// hardly reach it.
const CLOSE: usize = 768;

/// What can be told of two words from afar: whether their letters allow them to be related by spelling.
struct Near {
    sign: Sign,
    len: usize,
    /// Fortieths of an edit allowed, by length of the shorter word.
    limits: [u32; 41],
}

impl Near {
    fn new(word: &Word, weights: &Weights) -> Self {
        let mut limits = [0; 41];
        limits.iter_mut().enumerate().for_each(|(len, limit)| *limit = edit::fortieths(edits(len, weights)));
        Self { sign: Sign::new(&word.view()), len: word.text.len(), limits }
    }

    /// Least cost at which the words can be apart, in fortieths of an edit.
    fn least(&self, sign: Sign) -> u32 {
        let length = |bits: u64| (bits >> 56) as usize;
        let apart = |one: u64, other: u64| edit::least((one ^ other) & LETTERS, length(one).abs_diff(length(other)));
        apart(self.sign.letters, sign.letters).min(apart(self.sign.key, sign.key))
    }

    /// True for every word that is an edit away within the limit or shares the key, and for words of another script.
    fn allows(&self, sign: Sign) -> bool {
        let length = |bits: u64| (bits >> 56) as usize;
        let limit = self.limits[self.len.min(length(sign.letters)).min(40)];
        self.least(sign) <= limit || sign.letters & ELSEWHERE != 0
    }
}

fn piece(texts: &str, start: usize, len: u8) -> &str {
    texts.get(start..start + usize::from(len)).unwrap_or_default()
}

/// How many letters may be left out of a word of this length.
fn deletions(text: &str) -> usize {
    match text.len() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    }
}
