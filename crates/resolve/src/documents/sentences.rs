//! Rare sentences that several subjects share: a sentence of some length whose words are not all common, found with few
//! subjects. One such sentence says more than half a page of boilerplate.
//!
//! Must not know near-duplicates or what a match means.

use super::Limits;
use super::counts::Counts;
use super::words::{CommonWords, Event, mix, scan};

/// A sentence of a document.
#[derive(Debug, Clone, Copy)]
struct Sentence {
    hash: u64,
    doc: u32,
    start: u32,
    end: u32,
}

/// Sentences of all documents. Documents must be pushed in order.
#[derive(Debug, Default)]
pub struct Sentences {
    all: Vec<Sentence>,
    words: Vec<(u64, u32, u32)>,
    /// Documents in which a word (by slot) stands, and the last of them.
    word_docs: Vec<(u32, u32)>,
    docs: u32,
    /// Sentences that the limit left out.
    pub left_out: u64,
}

/// A sentence two subjects share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared {
    /// Its hash.
    pub hash: u64,
    /// A document that holds it.
    pub doc: u32,
    /// Where it stands in the document, bytes.
    pub start: usize,
    /// One past its end.
    pub end: usize,
    /// How many subjects have it.
    pub subjects: u32,
}

const WORD_SLOTS: usize = 1 << 20;

fn slot(word: u64) -> usize {
    usize::try_from(word >> 44).unwrap_or(0) & (WORD_SLOTS - 1)
}

impl Sentences {
    /// Takes what a scan of document `doc` meets.
    pub fn event(&mut self, doc: u32, event: Event, limits: &Limits) {
        match event {
            Event::Word { hash, start, end } => {
                if let Some((docs, last)) = self.word_docs.get_mut(slot(hash))
                    && *last != self.docs
                {
                    (*docs, *last) = (docs.saturating_add(1), self.docs);
                }
                self.words.push((hash, u32::try_from(start).unwrap_or(u32::MAX), u32::try_from(end).unwrap_or(u32::MAX)));
            }
            Event::Break => {
                if let (Some(first), Some(last)) = (self.words.first(), self.words.last())
                    && self.words.len() >= limits.sentence_words
                    && self.words.len() <= limits.sentence_words_most
                {
                    if self.all.len() < limits.sentences {
                        let hash = self.words.iter().fold(0x5e_u64, |hash, (word, _, _)| mix(hash.rotate_left(9) ^ word));
                        self.all.push(Sentence { hash, doc, start: first.1, end: last.2 });
                    } else {
                        self.left_out += 1;
                    }
                }
                self.words.clear();
            }
        }
    }

    /// Begins document `doc` (numbers only rise).
    pub fn begin(&mut self) {
        self.word_docs.resize(WORD_SLOTS, (0, 0));
        self.docs += 1;
    }

    /// How rare a word is among these documents, bits; a background of common words steadies it when there are few.
    fn bits(&self, word: u64, common: &CommonWords, limits: &Limits) -> f64 {
        let background = limits.background_documents;
        let usual = if common.has(word) { background * 0.75 } else { background * 0.01 };
        let docs = self.word_docs.get(slot(word)).map_or(0, |(docs, _)| *docs);
        ((f64::from(self.docs) + background) / (f64::from(docs) + usual)).log2().max(0.0)
    }

    /// Sentences found with 2 to `sentence_subjects` subjects and rare enough, grouped by sentence; `subject_of` gives a document's
    /// subject, `text_of` its text.
    pub fn shared<'a>(
        self,
        limits: &Limits,
        common: &CommonWords,
        subject_of: impl Fn(u32) -> u32,
        text_of: impl Fn(u32) -> &'a str,
    ) -> Vec<Vec<Shared>> {
        let mut counts = Counts::for_about(self.all.len());
        self.all.iter().for_each(|sentence| counts.add(low(sentence.hash)));
        let mut often: Vec<Sentence> = self.all.iter().copied().filter(|sentence| counts.get(low(sentence.hash)) >= 2).collect();
        often.sort_unstable_by_key(|sentence| (sentence.hash, sentence.doc, sentence.start));
        let mut out = Vec::new();
        for group in often.chunk_by(|a, b| a.hash == b.hash) {
            let mut subjects: Vec<u32> = group.iter().map(|sentence| subject_of(sentence.doc)).collect();
            subjects.sort_unstable();
            subjects.dedup();
            if !(2..=limits.sentence_subjects).contains(&subjects.len()) || group.len() > limits.group_documents {
                continue;
            }
            let first = group[0];
            let mut bits = 0.0;
            let text = text_of(first.doc).get(first.start as usize..first.end as usize).unwrap_or("");
            let mut seen = Vec::new();
            scan(text, |event| {
                if let Event::Word { hash, .. } = event
                    && !seen.contains(&hash)
                {
                    seen.push(hash);
                    bits += self.bits(hash, common, limits);
                }
            });
            if bits >= limits.sentence_bits {
                let subjects = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
                let shared = |s: &Sentence| Shared { hash: s.hash, doc: s.doc, start: s.start as usize, end: s.end as usize, subjects };
                out.push(group.iter().map(shared).collect());
            }
        }
        out
    }
}

#[allow(clippy::cast_possible_truncation)]
fn low(hash: u64) -> u32 {
    hash as u32
}
