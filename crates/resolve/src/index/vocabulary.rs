//! The distinct words of a list, each once, and the ways to find those that a queried word may stand for.
//!
//! Must not know names or entries.

use super::hashed::{Hashed, beginning, variants};
use super::pairs::Pair;
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
/// than letters, [`SHORT`] for a short form.
#[derive(Debug, Clone, Copy)]
struct Sign {
    letters: u64,
    key: u64,
    /// Number of names that hold the word; which it is of one, where they begin of several.
    names: u32,
    held: u32,
}

/// The names that hold a word.
pub(crate) enum Names<'v> {
    /// One.
    One(&'v u32),
    /// Several: where they begin, and how many they are.
    From(usize, usize),
}

const ELSEWHERE: u64 = 1 << 48;
const SHORT: u64 = 1 << 49;
const MARKS: u64 = ELSEWHERE | SHORT;
const LETTERS: u64 = (1 << 48) - 1;

impl Sign {
    fn new(word: &WordRef) -> Self {
        let length = |text: &str| u64::from(short(text.len())) << 56;
        let script = if word.script == Script::Letters { 0 } else { ELSEWHERE };
        let short_form = if is_short(word.text) { SHORT } else { 0 };
        Self { letters: word.letters | length(word.text) | script | short_form, key: key_sign(word.key), names: 0, held: 0 }
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
        let near = Near::new(&word.view(), weights);
        scratch.clear();
        self.near(word, slips, &mut Vec::new(), scratch);
        scratch.retain(|term| self.may_be(&near, *term));
        scratch.sort_unstable();
        scratch.dedup();
        let left = word.view();
        let related = scratch.iter().filter_map(|term| {
            let (relation, loss) = relate(&left, &self.word(*term), weights)?;
            Some(Match { term: *term, relation, loss })
        });
        related.collect()
    }

    /// Adds the words that `word` may stand for, with so many slips in its first letters at most (0 to 2), to `found`. A word may come several times, and
    /// words may come that are nothing alike.
    pub(crate) fn near(&self, word: &Word, slips: usize, hashes: &mut Vec<u32>, found: &mut Vec<u32>) {
        hashes.clear();
        match word.script {
            Script::Letters => {
                variants(&word.text, deletions(&word.text).min(slips), TEXT, &mut |hash| hashes.push(hash));
                variants(&word.key, usize::from(word.key.len() >= 4).min(slips), KEY, &mut |hash| hashes.push(hash));
                self.spellings.collect(hashes, found);
                // The same consonants with other vowels; across scripts too.
                if word.bones.len() >= 2 {
                    found.extend_from_slice(self.bones.get(beginning(&word.bones, BONES)));
                }
                let text = word.text.as_str();
                let words = [&WORDLISTS.nicknames, &WORDLISTS.abbreviations, &WORDLISTS.short_of];
                let others = words.iter().filter_map(|list| list.get(text)).flatten();
                found.extend(others.filter_map(|other| self.number(0, other)));
            }
            Script::Abjad => {
                variants(&word.bones, usize::from(word.bones.len() >= 4), BONES, &mut |hash| hashes.push(hash));
                self.bones.collect(hashes, found);
                let usual = WORDLISTS.arabic.get(&word.key).into_iter().flatten();
                found.extend(usual.filter_map(|spelling| self.number(0, spelling)));
            }
            Script::Hangul | Script::Han => {}
        }
        found.extend(self.same(word, word.role));
        // Memory answers several reads in the time of one, if none waits for what another says.
        std::hint::black_box(found.iter().fold(0, |seen, term| seen ^ self.signs[*term as usize].letters));
    }

    /// The names that hold a word.
    pub(crate) fn names(&self, term: u32) -> Names<'_> {
        let sign = &self.signs[term as usize];
        if sign.names == 1 { Names::One(&sign.held) } else { Names::From(sign.held as usize, sign.names as usize) }
    }

    /// Says how many names hold a word, and which it is (of one) or where they begin (of several).
    pub(crate) fn hold(&mut self, term: u32, names: u32, held: u32) {
        let sign = &mut self.signs[term as usize];
        (sign.names, sign.held) = (names, held);
    }

    /// The number of the same word in a role.
    pub(crate) fn same(&self, word: &Word, role: Role) -> Option<u32> {
        self.number(kind(role, word.script), &word.text)
    }

    /// The number of the initial that a word may be shortened to.
    pub(crate) fn initial_of(&self, word: &Word) -> Option<u32> {
        let first = word.text.get(..1).filter(|_| word.script == Script::Letters)?;
        self.number(kind(Role::Initial, Script::Letters), first)
    }

    /// Whether the letters of a word allow it to be related.
    pub(crate) fn may_be(&self, near: &Near, term: u32) -> bool {
        near.allows(self.signs[term as usize])
    }

    /// Edits at least between a word and this one, by their letters; `None` when these do not allow them to be related.
    pub(crate) fn edits_at_least(&self, near: &Near, term: u32) -> Option<f32> {
        near.edits_at_least(self.signs[term as usize])
    }

    /// The same of two words written as one.
    pub(crate) fn joined_edits_at_least(&self, near: &Near, pair: &Pair) -> Option<f32> {
        let (a, b) = (self.signs[pair.first as usize].letters, self.signs[pair.second as usize].letters);
        let length = ((a >> 56) + (b >> 56)).min(255) << 56;
        let letters = length | (a | b) & LETTERS | a & ELSEWHERE;
        if (a ^ near.sign.letters) & ELSEWHERE == 0 {
            near.edits_at_least(Sign { letters, key: pair.key, names: 0, held: 0 })
        } else {
            None
        }
    }
}

/// The sign of a spelling key: its letters, and its length in the leading eight bits.
pub(crate) fn key_sign(key: &str) -> u64 {
    letter_bits(key) | u64::from(short(key.len())) << 56
}

/// What can be told of two words from afar: whether their letters allow them to be related.
#[derive(Debug, Clone)]
pub(crate) struct Near {
    sign: Sign,
    len: usize,
    /// Whether letters rule nothing out: another script, or a word that has short forms or is one.
    any: bool,
    /// Fortieths of an edit allowed, by length of the shorter word.
    limits: [u32; 41],
}

impl Near {
    pub(crate) fn new(word: &WordRef, weights: &Weights) -> Self {
        let mut limits = [0; 41];
        limits.iter_mut().enumerate().for_each(|(len, limit)| *limit = edit::fortieths(edits(len, weights)));
        let short_forms = is_short(word.text) || WORDLISTS.short_of.contains_key(word.text);
        Self { sign: Sign::new(word), len: word.text.len(), any: word.script != Script::Letters || short_forms, limits }
    }

    /// Least cost at which the words can be apart, in fortieths of an edit.
    fn least(&self, sign: Sign) -> u32 {
        let length = |bits: u64| (bits >> 56) as usize;
        let apart = |one: u64, other: u64| edit::least((one ^ other) & LETTERS, length(one).abs_diff(length(other)));
        apart(self.sign.letters, sign.letters).min(apart(self.sign.key, sign.key))
    }

    /// Edits that [`relate`] finds at least; `None` when it finds no relation. Initials aside.
    fn edits_at_least(&self, sign: Sign) -> Option<f32> {
        if self.any || sign.letters & MARKS != 0 {
            return Some(0.0);
        }
        let length = |bits: u64| (bits >> 56) as usize;
        let limit = self.limits[self.len.min(length(sign.letters)).min(40)];
        let apart = |one: u64, other: u64| edit::least(0, length(one).abs_diff(length(other)));
        if apart(self.sign.letters, sign.letters).min(apart(self.sign.key, sign.key)) > limit {
            return None;
        }
        let least = self.least(sign);
        #[allow(clippy::cast_precision_loss)]
        let edits = least as f32 / 40.0;
        (least <= limit).then_some(edits)
    }

    /// True for every word that [`relate`] finds related, but for initials.
    fn allows(&self, sign: Sign) -> bool {
        self.edits_at_least(sign).is_some()
    }
}

/// Whether a word is a short form of others.
fn is_short(text: &str) -> bool {
    WORDLISTS.nicknames.contains_key(text) || WORDLISTS.abbreviations.contains_key(text)
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
