//! Documents of different subjects that share text or image -> `document_matches`. Each reason has its file: `near` (texts nearly
//! equal or contained), `sentences` (rare sentences), `image` (perceptual hashes, metadata, templates). Boilerplate that many
//! subjects use is subtracted first. The numbers are data: wordlists/documents.yml.
//!
//! Must not know risk, bands or who is suspected. Never compares two documents of one subject.

mod counts;
mod image;
mod near;
pub(crate) mod read;
mod sentences;
mod settings;
#[cfg(test)]
mod tests;
mod words;

use bonafide_facts::place::RowId;
use bonafide_facts::tables::derived::DocumentMatch;
use bonafide_facts::text::printable;
use bonafide_facts::{Tables, Trouble};
use near::Shingles;
use read::{Doc, Documents};
use sentences::Sentences;
pub use settings::Limits;
use std::collections::BTreeMap;
pub(crate) use words::mix as words_mix;
use words::{CommonWords, Event, Shingler, scan};

/// Rows of evidence a match lists at most.
const EVIDENCE_ROWS: usize = 20;
/// Characters of a shared sentence that are shown.
const SAMPLE_CHARACTERS: usize = 300;

/// All pairs of subjects whose documents share text or image, ordered by left, right and `how`. The same tables give the same rows
/// in whatever order their rows stand.
#[must_use]
pub fn matches(tables: &Tables, limits: &Limits) -> (Vec<DocumentMatch>, Vec<Trouble>) {
    let read = read::read(tables);
    let mut run = Run {
        tables,
        limits,
        read: &read,
        common: CommonWords::new(limits.common_words.iter().map(String::as_str)),
        pairs: BTreeMap::new(),
        troubles: Vec::new(),
    };
    let (shingles, sentences) = run.scan();
    run.near(&shingles);
    drop(shingles);
    run.sentences(sentences);
    run.images();
    run.equal("exif", |doc| doc.exif_hash);
    run.equal("template", |doc| doc.template);
    run.finish()
}

/// The best of what two subjects share in one way.
#[derive(Debug, Default, Clone)]
struct Pair {
    docs: Option<(u32, u32)>,
    similarity: f64,
    sentences: i64,
    shared_by: i64,
    sample: String,
    evidence: Vec<i64>,
}

struct Run<'a> {
    tables: &'a Tables,
    limits: &'a Limits,
    read: &'a Documents<'a>,
    common: CommonWords,
    pairs: BTreeMap<(u32, u32, &'static str), Pair>,
    troubles: Vec<Trouble>,
}

impl<'a> Run<'a> {
    fn doc(&self, at: u32) -> &Doc<'a> {
        &self.read.docs[at as usize]
    }

    fn trouble(&mut self, code: &str, row: Option<i64>, count: u64, what: String, mend: &str) {
        let place = row.and_then(|row| self.tables.files.place(RowId(row)));
        let mut trouble = Trouble::warning(code, place, what, mend);
        trouble.count = count;
        self.troubles.push(trouble);
    }

    /// One pass over all text.
    fn scan(&mut self) -> (Shingles, Sentences) {
        let limits = self.limits;
        let (mut shingles, mut sentences) = (Shingles::default(), Sentences::default());
        let mut own = Vec::new();
        let (mut long, mut full, mut untold) = (Tally::default(), Tally::default(), Tally::default());
        for (at, doc) in self.read.docs.iter().enumerate() {
            let class = limits.class(doc.kind);
            own.clear();
            let mut text = doc.text;
            if text.is_empty() && !doc.path.is_empty() && class != 0 {
                untold.add(doc.row);
            }
            if text.len() > limits.text_bytes {
                long.add(doc.row);
                text = &text[..floor_char(text, limits.text_bytes)];
            }
            if class != 0 && shingles.held() < limits.shingles {
                let mut shingler = Shingler::default();
                let at = u32::try_from(at).unwrap_or(u32::MAX);
                sentences.begin();
                scan(text, |event| {
                    if let Event::Word { hash, .. } = event {
                        own.extend(shingler.push(hash, self.common.has(hash)).map(|shingle| u32::try_from(shingle >> 32).unwrap_or(0)));
                    }
                    sentences.event(at, event, limits);
                });
            } else if class != 0 && !text.is_empty() {
                full.add(doc.row);
            }
            shingles.push(doc.subject, class, &mut own);
        }
        let bytes = limits.text_bytes;
        long.tell(
            self,
            "long-text",
            format!("a document is longer than {bytes} bytes; only its beginning is compared"),
            "shorten the text, or raise the limit",
        );
        full.tell(
            self,
            "too-much-text",
            format!("the documents hold more than {} runs of words; the rest is not compared", limits.shingles),
            "split the case folder, or raise the limit",
        );
        untold.tell(
            self,
            "no-text",
            "a document has a path and no text; its words are not compared".into(),
            "extract the text into the column `text`",
        );
        if sentences.left_out > 0 {
            self.trouble(
                "too-many-sentences",
                None,
                sentences.left_out,
                format!("more than {} sentences; the rest is not compared one by one", limits.sentences),
                "split the case folder, or raise the limit",
            );
        }
        (shingles, sentences)
    }

    fn near(&mut self, shingles: &Shingles) {
        let (found, cut) = shingles.near(self.limits);
        if cut.pairs > 0 {
            self.trouble(
                "too-many-pairs",
                None,
                cut.pairs,
                format!("more than {} pairs of like texts; the rest is left out", self.limits.pairs),
                "look for a template that everybody uses, or raise the limit",
            );
        }
        for near in found {
            let contained = near.jaccard < self.limits.least_jaccard && near.contained >= self.limits.least_contained;
            let (how, similarity) = if contained { ("contained", near.contained) } else { ("text", near.jaccard) };
            self.add(how, near.left, near.right, similarity, i64::from(near.shared_by));
        }
    }

    fn sentences(&mut self, sentences: Sentences) {
        let read = self.read;
        let text_of = |doc: u32| read.docs[doc as usize].text;
        let groups = sentences.shared(self.limits, &self.common, |doc| read.docs[doc as usize].subject, text_of);
        for group in groups {
            let mut seen = std::collections::BTreeSet::new();
            for (at, left) in group.iter().enumerate() {
                for right in &group[at + 1..] {
                    let (a, b) = (self.doc(left.doc).subject, self.doc(right.doc).subject);
                    if a == b || self.limits.class(self.doc(left.doc).kind) != self.limits.class(self.doc(right.doc).kind) {
                        continue;
                    }
                    let first = seen.insert((a.min(b), a.max(b)));
                    let sample = text_of(left.doc).get(left.start..left.end).unwrap_or("");
                    let Some(pair) = self.add("sentence", left.doc, right.doc, 0.0, i64::from(left.subjects)) else { continue };
                    pair.sentences += i64::from(first);
                    if sample.len() > pair.sample.len() || (sample.len() == pair.sample.len() && *sample < *pair.sample) {
                        pair.sample = sample.to_owned();
                    }
                }
            }
        }
    }

    fn images(&mut self) {
        let mut wrong = Tally::default();
        let mut hashes = Vec::new();
        for (at, doc) in self.read.docs.iter().enumerate() {
            match image::perceptual(doc.perceptual_hash, self.limits) {
                Ok(Some(hash)) => hashes.push((hash, u32::try_from(at).unwrap_or(u32::MAX))),
                Ok(None) => {}
                Err(()) => wrong.add(doc.row),
            }
        }
        wrong.tell(
            self,
            "bad-perceptual-hash",
            "a perceptual hash is not 16 hex digits; it is not compared".into(),
            "write the 64-bit hash as 16 hex digits",
        );
        let groups = image::equal(hashes.into_iter());
        for docs in groups.values() {
            self.group("image", docs, 1.0);
        }
        let distinct: Vec<u64> = groups.keys().copied().collect();
        let (found, left_out) = image::neighbours(&distinct, self.limits);
        if left_out > 0 {
            self.trouble(
                "too-many-images",
                None,
                left_out,
                format!("more than {} comparisons of images; the rest is left out", self.limits.comparisons),
                "split the case folder, or raise the limit",
            );
        }
        for (left, right, distance) in found {
            let (left, right) = (&groups[&distinct[left]], &groups[&distinct[right]]);
            let similarity = 1.0 - f64::from(distance) / 64.0;
            let both: Vec<u32> = left.iter().chain(right).copied().collect();
            if both.len() <= self.limits.group_subjects {
                for a in left {
                    for b in right {
                        let by = self.subjects(&both);
                        self.add("image", *a, *b, similarity, by);
                    }
                }
            } else {
                let by = self.subjects(&both);
                self.add("image", left[0], right[0], similarity, by);
            }
        }
    }

    fn equal(&mut self, how: &'static str, value: impl Fn(&Doc<'a>) -> &'a str) {
        let filler = |value: &str| {
            bonafide_facts::identifier::is_filler(value) || self.limits.default_templates.iter().any(|one| one.eq_ignore_ascii_case(value))
        };
        let values = self.read.docs.iter().zip(0_u32..).map(|(doc, at)| (value(doc).trim(), at)).filter(|(value, _)| !filler(value));
        for docs in image::equal(values).into_values() {
            self.group(how, &docs, 1.0);
        }
    }

    fn subjects(&self, docs: &[u32]) -> i64 {
        let mut subjects: Vec<u32> = docs.iter().map(|doc| self.doc(*doc).subject).collect();
        subjects.sort_unstable();
        subjects.dedup();
        i64::try_from(subjects.len()).unwrap_or(i64::MAX)
    }

    /// All pairs of a group; neighbours only when it is large (what holds the group together stays visible in `shared_by`).
    fn group(&mut self, how: &'static str, docs: &[u32], similarity: f64) {
        let by = self.subjects(docs);
        let large = docs.len() > self.limits.group_subjects;
        for (at, left) in docs.iter().enumerate() {
            let rest = &docs[at + 1..];
            for right in if large { &rest[..rest.len().min(1)] } else { rest } {
                self.add(how, *left, *right, similarity, by);
            }
        }
    }

    fn add(&mut self, how: &'static str, left: u32, right: u32, similarity: f64, shared_by: i64) -> Option<&mut Pair> {
        let (left, right) = if self.doc(left).subject <= self.doc(right).subject { (left, right) } else { (right, left) };
        let (a, b) = (*self.doc(left), *self.doc(right));
        if a.subject == b.subject {
            return None;
        }
        let pair = self.pairs.entry((a.subject, b.subject, how)).or_default();
        if pair.docs.is_none() || similarity > pair.similarity {
            (pair.docs, pair.similarity) = (Some((left, right)), similarity);
        }
        pair.shared_by = pair.shared_by.max(shared_by);
        for row in [a.row, b.row] {
            if pair.evidence.len() < EVIDENCE_ROWS && !pair.evidence.contains(&row) {
                pair.evidence.push(row);
            }
        }
        Some(pair)
    }

    fn finish(mut self) -> (Vec<DocumentMatch>, Vec<Trouble>) {
        let total = self.pairs.len();
        if total > self.limits.pairs {
            self.trouble(
                "too-many-pairs",
                None,
                (total - self.limits.pairs) as u64,
                format!("more than {} pairs of documents; the rest is left out", self.limits.pairs),
                "look for a template that everybody uses, or raise the limit",
            );
        }
        let pairs = std::mem::take(&mut self.pairs);
        let rows = pairs.into_iter().take(self.limits.pairs).map(|((left, right, how), pair)| self.row(left, right, how, pair)).collect();
        self.troubles.sort();
        (rows, self.troubles)
    }

    fn row(&self, left: u32, right: u32, how: &str, mut pair: Pair) -> DocumentMatch {
        let kind = pair.docs.map(|(left, _)| self.doc(left).kind).filter(|kind| !kind.is_empty());
        if let (Some((left, right)), "sentence") = (pair.docs, how) {
            let sentences = |doc: u32| {
                let mut n = 0_u32;
                scan(&self.doc(doc).text[..floor_char(self.doc(doc).text, self.limits.text_bytes)], |event| {
                    n += u32::from(event == Event::Break)
                });
                n.max(1)
            };
            #[allow(clippy::cast_precision_loss)]
            let share = pair.sentences as f64 / f64::from(sentences(left).min(sentences(right)));
            pair.similarity = share.min(1.0);
        }
        pair.evidence.sort_unstable();
        DocumentMatch {
            row_id: 0,
            left_id: Some(self.read.subjects[left as usize].to_owned()),
            right_id: Some(self.read.subjects[right as usize].to_owned()),
            document_kind: kind.map(str::to_owned),
            how: Some(how.to_owned()),
            similarity: Some((pair.similarity * 10_000.0).round() / 10_000.0),
            shared_sentences: (how == "sentence").then_some(pair.sentences),
            shared_by: Some(pair.shared_by),
            sample: (!pair.sample.is_empty()).then(|| printable(&pair.sample, SAMPLE_CHARACTERS)),
            evidence: Some(pair.evidence),
        }
    }
}

/// Counts what happened to rows, keeping the first.
#[derive(Default)]
struct Tally {
    count: u64,
    first: Option<i64>,
}

impl Tally {
    fn add(&mut self, row: i64) {
        self.count += 1;
        self.first = Some(self.first.map_or(row, |first| first.min(row)));
    }

    fn tell(self, run: &mut Run, code: &str, what: String, mend: &str) {
        if self.count > 0 {
            run.trouble(code, self.first, self.count, what, mend);
        }
    }
}

/// The largest char boundary at or below `at`.
fn floor_char(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
