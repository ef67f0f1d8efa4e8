//! Near-duplicate texts. Each document becomes a set of shingle hashes; shingles that many subjects use are boilerplate and
//! taken out; documents that share rare shingles are candidates (an index of sampled shingles: the sampling form of `MinHash`,
//! which keeps a fixed share of all shingles and so finds small overlaps in long texts too); each candidate is then counted
//! exactly. Texts made almost wholly of boilerplate are compared by band (`MinHash`) on all they have.
//!
//! Must not know subjects' names or what a match means.

use super::Limits;
use super::counts::Counts;
use super::words::mix;

/// Seeds of the four bands for texts that are boilerplate through and through.
const BANDS: [u64; 4] = [0x51, 0x52, 0x53, 0x54];

/// Shingles of all documents. Documents must be pushed ordered by subject.
#[derive(Debug, Default)]
pub struct Shingles {
    /// Sorted, unique within a document.
    all: Vec<u32>,
    /// Where each document's shingles end in `all`.
    ends: Vec<usize>,
    subjects: Vec<u32>,
    classes: Vec<u8>,
}

/// Two documents that share text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// Number of the one document (smaller).
    pub left: u32,
    /// The other.
    pub right: u32,
    /// Shared over all, 0 to 1.
    pub jaccard: f64,
    /// Shared over the shorter, 0 to 1.
    pub contained: f64,
    /// Subjects that have the commonest shared shingle (255 = that many or more).
    pub shared_by: u8,
}

/// What the search left out.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Pairs that were not compared as the limit was reached.
    pub pairs: u64,
}

impl Shingles {
    /// Adds a document's shingles (any order, repeats allowed) and gives how many different ones there are. `class` 0 is never compared.
    pub fn push(&mut self, subject: u32, class: u8, shingles: &mut Vec<u32>) -> usize {
        shingles.sort_unstable();
        shingles.dedup();
        self.all.extend_from_slice(shingles);
        self.ends.push(self.all.len());
        self.subjects.push(subject);
        self.classes.push(class);
        shingles.len()
    }

    /// Shingles held.
    #[must_use]
    pub fn held(&self) -> usize {
        self.all.len()
    }

    fn of(&self, doc: usize) -> &[u32] {
        let start = if doc == 0 { 0 } else { self.ends[doc - 1] };
        &self.all[start..self.ends[doc]]
    }

    fn docs(&self) -> usize {
        self.ends.len()
    }

    fn comparable(&self, left: usize, right: usize) -> bool {
        self.subjects[left] != self.subjects[right] && self.classes[left] == self.classes[right]
    }

    /// Subjects per shingle; a subject who repeats itself counts once.
    fn count(&self) -> Counts {
        let mut counts = Counts::for_about(self.all.len());
        let (mut doc, mut own) = (0, Vec::new());
        while doc < self.docs() {
            let first = doc;
            while doc < self.docs() && self.subjects[doc] == self.subjects[first] {
                doc += 1;
            }
            if doc == first + 1 {
                self.of(first).iter().for_each(|shingle| counts.add(*shingle));
                continue;
            }
            own.clear();
            (first..doc).for_each(|one| own.extend_from_slice(self.of(one)));
            own.sort_unstable();
            own.dedup();
            own.iter().for_each(|shingle| counts.add(*shingle));
        }
        counts
    }

    /// All pairs of different subjects and equal class that reach the limits, ordered.
    #[must_use]
    pub fn near(&self, limits: &Limits) -> (Vec<Near>, Cut) {
        let counts = self.count();
        let common = u8::try_from(limits.boilerplate_subjects).unwrap_or(254).min(254);
        let rare: Vec<u32> = (0..self.docs())
            .map(|doc| self.of(doc).iter().filter(|shingle| counts.get(**shingle) <= common).count())
            .map(|n| u32::try_from(n).unwrap_or(u32::MAX))
            .collect();
        let mut found = Vec::new();
        let mut cut = Cut::default();
        self.by_index(limits, &counts, &rare, common, &mut found, &mut cut);
        self.by_band(limits, &counts, &rare, &mut found, &mut cut);
        found.sort_by_key(|near| (near.left, near.right));
        found.dedup_by_key(|near| (near.left, near.right));
        (found, cut)
    }

    /// Documents by sampled rare shingle.
    fn by_index(&self, limits: &Limits, counts: &Counts, rare: &[u32], common: u8, found: &mut Vec<Near>, cut: &mut Cut) {
        let keep = u32::try_from(
            (u64::from(u32::MAX) * limits.sampled_shingles as u64) / (self.all.len().max(limits.sampled_shingles).max(1)) as u64,
        )
        .unwrap_or(u32::MAX);
        let mut posts: Vec<u64> = Vec::new();
        for doc in (0..self.docs()).filter(|doc| self.classes[*doc] != 0 && rare[*doc] as usize >= limits.least_shingles) {
            let sampled = self.of(doc).iter().take_while(|shingle| **shingle <= keep);
            posts.extend(sampled.filter(|s| (2..=common).contains(&counts.get(**s))).map(|s| (u64::from(*s) << 32) | doc as u64));
        }
        posts.sort_unstable();
        let groups = Groups::new(&posts, self.docs(), limits.group_documents);
        let share = f64::from(keep) / f64::from(u32::MAX);
        let (mut overlap, mut touched) = (vec![0_u32; self.docs()], Vec::new());
        for left in 0..self.docs() {
            for group in groups.of(left) {
                for right in groups.members(*group, &posts) {
                    if right > left && self.comparable(left, right) {
                        if overlap[right] == 0 {
                            touched.push(right);
                        }
                        overlap[right] += 1;
                    }
                }
            }
            touched.sort_unstable();
            for right in touched.drain(..) {
                let shared = f64::from(std::mem::take(&mut overlap[right])) / share;
                if !likely(shared, rare[left], rare[right], limits) {
                    continue;
                }
                if found.len() >= limits.pairs {
                    cut.pairs += 1;
                    continue;
                }
                found.extend(self.verify(left, right, rare, counts, common, limits));
            }
        }
    }

    /// Counts the overlap of two documents without boilerplate, exactly.
    fn verify(&self, left: usize, right: usize, rare: &[u32], counts: &Counts, common: u8, limits: &Limits) -> Option<Near> {
        let (mut shared, mut shared_by) = (0_u32, 0);
        meet(self.of(left), self.of(right), |shingle| {
            let subjects = counts.get(shingle);
            if subjects <= common {
                shared += 1;
                shared_by = shared_by.max(subjects);
            }
        });
        let all = rare[left] + rare[right] - shared;
        let jaccard = f64::from(shared) / f64::from(all.max(1));
        let contained = f64::from(shared) / f64::from(rare[left].min(rare[right]).max(1));
        let much = jaccard >= limits.least_jaccard || contained >= limits.least_contained;
        let some = jaccard >= limits.low_jaccard && shared as usize >= limits.low_shared;
        let enough = shared as usize >= limits.least_shared && (much || some);
        enough.then(|| Near { left: number(left), right: number(right), jaccard, contained, shared_by })
    }

    /// Texts with little of their own left: equal bands, neighbours only, on all shingles, and only when nearly all is equal.
    fn by_band(&self, limits: &Limits, counts: &Counts, rare: &[u32], found: &mut Vec<Near>, cut: &mut Cut) {
        let worn = |doc: &usize| {
            let all = self.of(*doc).len();
            self.classes[*doc] == 1 && all >= limits.least_whole_shingles && (f64::from(rare[*doc])) < all as f64 * 0.5
        };
        let docs: Vec<usize> = (0..self.docs()).filter(worn).collect();
        for seed in BANDS {
            let mut bands: Vec<(u64, usize)> =
                docs.iter().filter_map(|doc| Some((self.of(*doc).iter().map(|s| mix(u64::from(*s) ^ seed << 32)).min()?, *doc))).collect();
            bands.sort_unstable();
            for pair in bands.windows(2) {
                let [(band, left), (other, right)] = *pair else { continue };
                if band != other || !self.comparable(left, right) {
                    continue;
                }
                if found.len() >= limits.pairs {
                    cut.pairs += 1;
                    continue;
                }
                let (mut shared, mut shared_by) = (0_usize, 0);
                meet(self.of(left), self.of(right), |shingle| (shared, shared_by) = (shared + 1, shared_by.max(counts.get(shingle))));
                let all = self.of(left).len() + self.of(right).len() - shared;
                let jaccard = shared as f64 / all as f64;
                if jaccard >= limits.whole_jaccard {
                    let contained = shared as f64 / self.of(left).len().min(self.of(right).len()) as f64;
                    found.push(Near { left: number(left), right: number(right), jaccard, contained, shared_by });
                }
            }
        }
    }
}

/// Whether a pair is worth counting, given how many shingles it is estimated to share: generous, as the estimate is rough.
fn likely(shared: f64, left: u32, right: u32, limits: &Limits) -> bool {
    const GENEROUS: f64 = 0.6;
    let shared = shared / GENEROUS;
    let jaccard = shared / (f64::from(left) + f64::from(right) - shared).max(1.0);
    let contained = shared / f64::from(left.min(right)).max(1.0);
    let low = jaccard >= limits.low_jaccard && shared >= limits.low_shared as f64;
    shared >= limits.least_shared as f64 && (low || jaccard >= limits.least_jaccard || contained >= limits.least_contained)
}

fn number(doc: usize) -> u32 {
    u32::try_from(doc).unwrap_or(u32::MAX)
}

/// Calls `on` for each hash two sorted lists share.
fn meet(left: &[u32], right: &[u32], mut on: impl FnMut(u32)) {
    let (mut i, mut j) = (0, 0);
    while let (Some(a), Some(b)) = (left.get(i), right.get(j)) {
        if a == b {
            on(*a);
        }
        i += usize::from(a <= b);
        j += usize::from(b <= a);
    }
}

/// Sorted posts (hash << 32 | document) cut into groups of one hash, and each document's groups.
struct Groups {
    ranges: Vec<(u32, u32)>,
    of: Vec<u32>,
    ends: Vec<u32>,
}

impl Groups {
    fn new(posts: &[u64], docs: usize, most: usize) -> Self {
        let mut ranges = Vec::new();
        let mut at = 0;
        while at < posts.len() {
            let end = at + posts[at..].iter().take_while(|post| *post >> 32 == posts[at] >> 32).count();
            if (2..=most).contains(&(end - at)) {
                ranges.push((number(at), number(end)));
            }
            at = end;
        }
        let mut ends = vec![0_u32; docs + 1];
        let each = |range: &(u32, u32)| range.0 as usize..range.1 as usize;
        let doc = |post: u64| (post & u64::from(u32::MAX)) as usize;
        ranges.iter().flat_map(each).for_each(|at| ends[doc(posts[at]) + 1] += 1);
        for at in 1..ends.len() {
            ends[at] += ends[at - 1];
        }
        let mut next = ends.clone();
        let mut of = vec![0; ends.last().map_or(0, |end| *end as usize)];
        for (group, range) in ranges.iter().enumerate() {
            for at in each(range) {
                let slot = &mut next[doc(posts[at])];
                of[*slot as usize] = number(group);
                *slot += 1;
            }
        }
        Self { ranges, of, ends }
    }

    fn of(&self, doc: usize) -> &[u32] {
        &self.of[self.ends[doc] as usize..self.ends[doc + 1] as usize]
    }

    fn members<'a>(&self, group: u32, posts: &'a [u64]) -> impl Iterator<Item = usize> + use<'a> {
        let (start, end) = self.ranges[group as usize];
        posts[start as usize..end as usize].iter().map(|post| (*post & u64::from(u32::MAX)) as usize)
    }
}
