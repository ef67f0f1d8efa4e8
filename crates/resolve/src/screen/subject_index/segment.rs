//! One segment: distinct words, a short row for each subject to be scanned, and the subjects in full for the few that are looked at.
//!
//! Must not know how an agreement is weighed.

use super::bytes::{In, Out};
use super::{Asking, SUBJECTS, Traits, counts, identifier_hash, made_with};
use crate::index::entry::Days;
use crate::index::syllable_keys;
use crate::normal::letters::Script;
use crate::normal::{Form, Role, Schema, Word, letter_bits};
use crate::screen::place::{Place, PlaceKind};
use crate::screen::{Query, Searcher};
use bonafide_facts::Trouble;
use rustc_hash::FxHashMap;
use sha2::{Digest as _, Sha256};

/// The first bytes; the number is the version of the form.
const MARK: &[u8; 20] = b"bonafide-subjects-1\n";
/// Length of a checksum.
const SUM: usize = 32;

const ROLES: [Role; 4] = [Role::Part, Role::Initial, Role::Legal, Role::Particle];
const SCRIPTS: [Script; 4] = [Script::Letters, Script::Abjad, Script::Hangul, Script::Han];
const SCHEMAS: [Schema; 4] = [Schema::Person, Schema::Company, Schema::Vessel, Schema::Unknown];

fn place<T: PartialEq>(all: &[T], one: &T) -> u8 {
    all.iter().position(|other| other == one).and_then(|at| u8::try_from(at).ok()).unwrap_or(0)
}

/// Takes subjects one by one.
#[derive(Debug, Default)]
pub struct SegmentBuilder {
    numbers: FxHashMap<(u8, String), u32>,
    words: Out,
    rows: Out,
    records: Out,
    starts: Vec<u32>,
}

impl SegmentBuilder {
    /// Subjects so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// Whether it is to be finished and another begun: as many subjects as a segment holds, or as many bytes.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.len() >= SUBJECTS || self.records.0.len() + self.rows.0.len() + self.words.0.len() > 256 << 20
    }

    /// Adds a subject by the user's key; the key is not looked at.
    pub fn add(&mut self, id: &str, query: &Query) {
        let form = Form::read(&query.name, query.schema);
        let words: Vec<u32> = form.words.iter().filter(|word| counts(word)).map(|word| self.number(word)).collect();
        let mut keys = Vec::new();
        form.syllables.iter().for_each(|reading| syllable_keys(reading, &mut |key| keys.push(key)));
        keys.sort_unstable();
        keys.dedup();
        let traits = Traits::of(query, &form);
        self.rows.byte(u8::from(traits.born) | u8::from(traits.lives) << 1 | traits.initials << 2);
        self.rows.number(words.len() as u64);
        words.iter().for_each(|word| self.rows.number(u64::from(*word)));
        self.rows.number(keys.len() as u64);
        keys.iter().for_each(|key| self.rows.fixed32(*key));
        self.rows.number(query.identifiers.len() as u64);
        query.identifiers.iter().for_each(|identifier| self.rows.fixed64(identifier_hash(identifier)));
        self.starts.push(u32::try_from(self.records.0.len()).unwrap_or(u32::MAX));
        write_record(&mut self.records, id, query);
    }

    fn number(&mut self, word: &Word) -> u32 {
        let kind = place(&ROLES, &word.role) * 4 + place(&SCRIPTS, &word.script);
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        let words = &mut self.words;
        *self.numbers.entry((kind, word.text.clone())).or_insert_with(|| {
            words.byte(kind);
            [&word.text, &word.key, &word.bones].into_iter().for_each(|text| words.text(text));
            next
        })
    }

    /// The segment as bytes. The same subjects in the same order give the same bytes.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        let mut out = Out(Vec::with_capacity(self.words.0.len() + self.rows.0.len() + self.records.0.len() + 4 * self.starts.len() + 256));
        out.0.extend_from_slice(MARK);
        out.text(&made_with());
        for count in [self.starts.len(), self.numbers.len(), self.words.0.len(), self.rows.0.len(), self.records.0.len()] {
            out.number(count as u64);
        }
        for part in [&self.words.0, &self.rows.0, &self.records.0] {
            out.0.extend_from_slice(part);
        }
        self.starts.iter().for_each(|start| out.fixed32(*start));
        let sum = Sha256::digest(&out.0);
        out.0.extend_from_slice(&sum);
        out.0
    }
}

fn write_record(out: &mut Out, id: &str, query: &Query) {
    out.text(id);
    out.text(&query.name);
    out.byte(place(&SCHEMAS, &query.schema));
    out.byte(u8::from(query.birth.is_some()));
    if let Some(birth) = &query.birth {
        out.text(&birth.earliest);
        out.text(&birth.latest);
    }
    out.number(query.identifiers.len() as u64);
    for (kind, value) in &query.identifiers {
        out.text(kind);
        out.text(value);
    }
    out.number(query.places.len() as u64);
    for place in &query.places {
        out.byte(u8::from(place.kind == PlaceKind::Birth));
        out.number(place.words.len() as u64);
        place.words.iter().for_each(|word| out.text(word));
    }
}

fn read_record(mut from: In) -> Option<(String, Query)> {
    let id = from.text()?.to_owned();
    let name = from.text()?.to_owned();
    let schema = *SCHEMAS.get(usize::from(from.byte()?))?;
    let birth = match from.byte()? {
        0 => None,
        _ => Some(Days { earliest: from.text()?.to_owned(), latest: from.text()?.to_owned() }),
    };
    let mut identifiers = Vec::new();
    for _ in 0..from.count()? {
        identifiers.push((from.text()?.to_owned(), from.text()?.to_owned()));
    }
    let mut places = Vec::new();
    for _ in 0..from.count()? {
        let kind = if from.byte()? == 1 { PlaceKind::Birth } else { PlaceKind::Address };
        let mut words = Vec::new();
        for _ in 0..from.count()? {
            words.push(from.text()?.to_owned());
        }
        places.push(Place { kind, words });
    }
    Some((id, Query { name, schema, birth, identifiers, places }))
}

/// A segment that was read and found whole.
#[derive(Debug, Clone, Copy)]
pub struct Segment<'b> {
    subjects: usize,
    distinct: usize,
    words: &'b [u8],
    rows: &'b [u8],
    records: &'b [u8],
    starts: &'b [u8],
}

fn torn(what: &str) -> Trouble {
    Trouble::error("torn-subjects", None, format!("this is no whole index of subjects: {what}"), "build it anew from the subjects")
}

impl<'b> Segment<'b> {
    /// Reads what [`SegmentBuilder::finish`] gave.
    ///
    /// # Errors
    /// `torn-subjects` when bytes are missing or changed, `other-matcher` when it was made by another version of the matcher.
    pub fn read(bytes: &'b [u8]) -> Result<Self, Trouble> {
        let (body, sum) = bytes.split_at_checked(bytes.len().saturating_sub(SUM)).ok_or_else(|| torn("it is too short"))?;
        if !body.starts_with(MARK) {
            return Err(torn("it does not begin as one of this version"));
        }
        if Sha256::digest(body).as_slice() != sum {
            return Err(torn("its checksum does not fit its bytes"));
        }
        let mut from = In(&body[MARK.len()..]);
        if from.text() != Some(made_with().as_str()) {
            let what = "the index of subjects was made by another version of the matcher";
            return Err(Trouble::error("other-matcher", None, what, "build it anew from the subjects"));
        }
        parts(from).ok_or_else(|| torn("its parts do not fit"))
    }

    /// How many subjects it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.subjects
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.subjects == 0
    }

    /// The subjects that one of the entries may mean, by key, in the order they were added.
    ///
    /// # Errors
    /// `torn-subjects` when its parts do not fit.
    pub fn near(&self, asking: &Asking) -> Result<Vec<(String, Query)>, Trouble> {
        self.scan(asking).ok_or_else(|| torn("its parts do not fit"))
    }

    fn scan(&self, asking: &Asking) -> Option<Vec<(String, Query)>> {
        let words = self.gains(asking)?;
        let mut searcher = Searcher::new(&asking.index);
        let mut bits = vec![0.0_f32; asking.index.entries.len()];
        let (mut touched, mut found) = (Vec::new(), Vec::new());
        let mut rows = In(self.rows);
        for subject in 0..self.subjects {
            let flags = rows.byte()?;
            let traits = Traits { born: flags & 1 == 1, lives: flags & 2 == 2, initials: flags >> 2 };
            let (mut before, mut joined) = (None::<&Known>, 0.0_f32);
            for _ in 0..rows.count()? {
                let word = words.get(rows.count()?)?;
                for (entry, gain) in &word.gains {
                    if bits[*entry as usize] == 0.0 {
                        touched.push(*entry);
                    }
                    bits[*entry as usize] += gain;
                }
                if let Some(before) = before.filter(|before| before.joins && word.joins) {
                    joined = joined.max(asking.joined(&[before.text, word.text].concat()));
                }
                before = Some(word);
            }
            let most = touched.drain(..).map(|entry| std::mem::take(&mut bits[entry as usize])).fold(0.0, f32::max);
            let mut look = most + joined >= asking.least_of(&traits);
            for _ in 0..rows.count()? {
                look |= asking.syllables.contains(&rows.fixed32()?);
            }
            let mut identified = false;
            for _ in 0..rows.count()? {
                identified |= asking.identifiers.contains(&rows.fixed64()?);
            }
            if look || identified {
                let (id, query) = self.record(subject)?;
                if identified || asking.hits(&mut searcher, &query) {
                    found.push((id, query));
                }
            }
        }
        rows.0.is_empty().then_some(found)
    }

    fn record(&self, subject: usize) -> Option<(String, Query)> {
        let start = In(self.starts.get(subject * 4..)?).fixed32()?;
        read_record(In(self.records.get(start as usize..)?))
    }

    /// Each distinct word, and what it brings with each entry.
    fn gains(&self, asking: &Asking) -> Option<Vec<Known<'b>>> {
        let mut from = In(self.words);
        let mut scratch = Vec::new();
        let mut known = Vec::with_capacity(self.distinct);
        for _ in 0..self.distinct {
            let kind = from.byte()?;
            let (text, key, bones) = (from.text()?, from.text()?, from.text()?);
            let word = Word {
                printed: String::new(),
                text: text.to_owned(),
                key: key.to_owned(),
                bones: bones.to_owned(),
                script: *SCRIPTS.get(usize::from(kind % 4))?,
                role: *ROLES.get(usize::from(kind / 4))?,
                group: "",
                letters: letter_bits(text),
            };
            let joins = word.script == Script::Letters && word.text.len() <= 20;
            known.push(Known { gains: asking.gains(&word, &mut scratch), text, joins });
        }
        Some(known)
    }
}

/// A word of the segment as the entries see it.
#[derive(Debug)]
struct Known<'b> {
    gains: Vec<(u32, f32)>,
    text: &'b str,
    joins: bool,
}

fn parts<'b>(mut from: In<'b>) -> Option<Segment<'b>> {
    let (subjects, distinct) = (from.count()?, from.count()?);
    let (words, rows, records) = (from.count()?, from.count()?, from.count()?);
    let (words, rows, records) = (from.take(words)?, from.take(rows)?, from.take(records)?);
    // A word takes four bytes at least: a count that no file can hold is refused before room is made for it.
    if distinct > words.len() || from.0.len() != subjects.checked_mul(4)? {
        return None;
    }
    Some(Segment { subjects, distinct, words, rows, records, starts: from.0 })
}
