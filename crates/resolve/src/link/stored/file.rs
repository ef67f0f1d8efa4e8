//! The index as bytes: a mark, the digest of the settings, what the index holds, and a checksum over all of it.
//!
//! Must not know what any of it means for linking.

use super::{Clusters, Held, Kept, LinkIndex, NONE, Ties};
use crate::link::Settings;
use crate::link::edges::{Edge, Worth};
use crate::link::uses::{Standing, Use};
use bonafide_facts::Trouble;
use rustc_hash::FxHashMap;
use sha2::{Digest as _, Sha256};

/// The first bytes; the number is the version of the form.
const MARK: &[u8; 16] = b"bonafide-link-2\n";
/// Length of a checksum.
const SUM: usize = 32;

/// Bytes written, little end first.
#[derive(Default)]
struct Out(Vec<u8>);

impl Out {
    fn u8(&mut self, value: u8) {
        self.0.push(value);
    }
    fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }
    fn i32(&mut self, value: i32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }
    fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }
    fn i64(&mut self, value: i64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }
    fn count(&mut self, value: usize) {
        self.u64(value as u64);
    }
    fn text(&mut self, value: &str) {
        self.count(value.len());
        self.0.extend_from_slice(value.as_bytes());
    }
}

/// Bytes read; `None` when there are too few.
struct In<'a>(&'a [u8]);

impl<'a> In<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }
    fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }
    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }
    fn i32(&mut self) -> Option<i32> {
        self.array().map(i32::from_le_bytes)
    }
    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }
    fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }
    fn count(&mut self) -> Option<usize> {
        usize::try_from(self.u64()?).ok()
    }
    fn text(&mut self) -> Option<String> {
        let length = self.count()?;
        String::from_utf8(self.take(length)?.to_vec()).ok()
    }
}

fn settings_digest(settings: &Settings) -> [u8; SUM] {
    Sha256::digest(format!("{settings:?}").as_bytes()).into()
}

impl LinkIndex {
    /// The index as bytes, to be written to a file. The same index gives the same bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Out::default();
        out.0.extend_from_slice(MARK);
        out.0.extend_from_slice(&settings_digest(&self.settings));
        out.count(self.subjects.ids.len());
        for ((id, known), country) in self.subjects.ids.iter().zip(&self.known).zip(&self.countries) {
            out.text(id);
            out.u8(u8::from(*known));
            country.iter().for_each(|byte| out.u8(*byte));
        }
        let live: Vec<u32> = (0..u32::try_from(self.of_subject.len()).unwrap_or(NONE)).flat_map(|subject| self.chain_of(subject)).collect();
        out.count(live.len());
        for at in live {
            write_use(&mut out, &self.uses[at as usize]);
        }
        let mut confirmed: Vec<_> = self.confirmed.iter().collect();
        confirmed.sort_unstable();
        out.count(confirmed.len());
        for ((subject, said), good) in confirmed {
            out.u32(*subject);
            out.u64(*said);
            out.u8(u8::from(*good));
        }
        [&self.direct, &self.derived].into_iter().for_each(|ties| write_ties(&mut out, ties));
        let mut retracted: Vec<_> = self.retracted.iter().collect();
        retracted.sort_unstable();
        out.count(retracted.len());
        for (subject, key) in retracted {
            out.u32(*subject);
            out.u64(*key);
        }
        for apart in &self.apart {
            let mut pairs: Vec<(u32, u32)> = apart.iter().flat_map(|(a, others)| others.iter().map(move |b| (*a, *b))).collect();
            pairs.sort_unstable();
            out.count(pairs.len());
            pairs.into_iter().for_each(|(a, b)| {
                out.u32(a);
                out.u32(b);
            });
        }
        self.clusters.iter().for_each(|clusters| write_clusters(&mut out, clusters));
        let sum = Sha256::digest(&out.0);
        out.0.extend_from_slice(&sum);
        out.0
    }

    /// Reads what [`LinkIndex::to_bytes`] wrote.
    ///
    /// # Errors
    /// `torn-index` when bytes are missing or changed, `other-settings` when it was made with other numbers than these.
    pub fn from_bytes(bytes: &[u8], settings: &Settings) -> Result<Self, Trouble> {
        let torn = |what: &str| {
            Trouble::error("torn-index", None, format!("this is no whole link index: {what}"), "build it anew from the case folders")
        };
        let (body, sum) = bytes.split_at_checked(bytes.len().saturating_sub(SUM)).ok_or_else(|| torn("it is too short"))?;
        if !body.starts_with(MARK) {
            return Err(torn("it does not begin as one of this version"));
        }
        if Sha256::digest(body).as_slice() != sum {
            return Err(torn("its checksum does not fit its bytes"));
        }
        let mut from = In(&body[MARK.len()..]);
        if from.take(SUM) != Some(&settings_digest(settings)[..]) {
            return Err(Trouble::error("other-settings", None, "the index was made with other link settings", "build it anew with these"));
        }
        let index = read(&mut from, settings).ok_or_else(|| torn("its parts do not fit"))?;
        if from.0.is_empty() { Ok(index) } else { Err(torn("it goes on after its end")) }
    }
}

fn read(from: &mut In, settings: &Settings) -> Option<LinkIndex> {
    let mut index = LinkIndex::new(settings);
    for _ in 0..from.count()? {
        let id = from.text()?;
        let number = index.intern(&id);
        index.known[number as usize] = from.u8()? == 1;
        index.countries[number as usize] = from.array()?;
    }
    let subjects = index.known.len();
    let known = |subject: u32| ((subject as usize) < subjects).then_some(subject);
    // A chain is written from its head on; pushed at the head it comes out turned round, so that each is read from its end.
    let mut kept = Vec::new();
    for _ in 0..from.count()? {
        kept.push(read_use(from, settings, &known)?);
    }
    kept.into_iter().rev().for_each(|one| index.push(one));
    for _ in 0..from.count()? {
        let at = (known(from.u32()?)?, from.u64()?);
        index.confirmed.insert(at, from.u8()? == 1);
    }
    index.direct = read_ties(from, settings, &known)?;
    index.derived = read_ties(from, settings, &known)?;
    for _ in 0..from.count()? {
        let at = (known(from.u32()?)?, from.u64()?);
        index.retracted.insert(at);
    }
    for level in 0..2 {
        for _ in 0..from.count()? {
            let (a, b) = (known(from.u32()?)?, known(from.u32()?)?);
            index.apart[level].entry(a).or_default().push(b);
        }
        index.apart[level].values_mut().for_each(|others| others.sort_unstable());
    }
    for level in 0..2 {
        index.clusters[level] = read_clusters(from, subjects, &known)?;
    }
    Some(index)
}

const STANDINGS: [Standing; 3] = [Standing::Asserted, Standing::Held, Standing::Public];

fn standing(standing: Standing) -> u8 {
    STANDINGS.iter().position(|one| *one == standing).and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX)
}

fn write_use(out: &mut Out, kept: &Kept) {
    out.u64(kept.one.key);
    out.u64(kept.said);
    out.u32(kept.one.subject);
    out.u8(kept.one.kind);
    out.u8(standing(kept.one.standing) | standing(kept.base) << 2);
    out.i32(kept.one.first);
    out.i32(kept.one.last);
    out.i64(kept.one.row);
}

fn read_use(from: &mut In, settings: &Settings, known: &impl Fn(u32) -> Option<u32>) -> Option<Kept> {
    let standing = |flags: u8| STANDINGS.get(usize::from(flags & 3)).copied();
    let (key, said, subject, kind, flags) = (from.u64()?, from.u64()?, known(from.u32()?)?, from.u8()?, from.u8()?);
    let (first, last, row) = (from.i32()?, from.i32()?, from.i64()?);
    settings.kinds.get(kind as usize)?;
    let one = Use { key, subject, kind, standing: standing(flags)?, first, last, row };
    Some(Kept { one, base: standing(flags >> 2)?, said, next_of_key: NONE, next_of_subject: NONE })
}

fn write_ties(out: &mut Out, ties: &Ties) {
    let mut ties: Vec<(&u32, &Vec<Edge>)> = ties.iter().collect();
    ties.sort_unstable_by_key(|(subject, _)| **subject);
    let own: Vec<&Edge> = ties.into_iter().flat_map(|(subject, edges)| edges.iter().filter(move |edge| edge.left == *subject)).collect();
    out.count(own.len());
    own.into_iter().for_each(|edge| write_edge(out, edge));
}

fn read_ties(from: &mut In, settings: &Settings, known: &impl Fn(u32) -> Option<u32>) -> Option<Ties> {
    let mut ties = Ties::default();
    for _ in 0..from.count()? {
        let edge = read_edge(from, settings, known)?;
        ties.entry(edge.left).or_default().push(edge);
        ties.entry(edge.right).or_default().push(edge);
    }
    Some(ties)
}

const WORTHS: [Worth; 5] = [Worth::Held, Worth::Asserted, Worth::Planted, Worth::Expired, Worth::Hub];

fn write_edge(out: &mut Out, edge: &Edge) {
    out.u32(edge.left);
    out.u32(edge.right);
    out.u8(edge.kind);
    out.u8(WORTHS.iter().position(|worth| *worth == edge.worth).and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX));
    out.u64(edge.bits.to_bits());
    out.u32(edge.shared_by);
    out.u64(edge.key);
    out.i64(edge.rows.0);
    out.i64(edge.rows.1);
}

fn read_edge(from: &mut In, settings: &Settings, known: &impl Fn(u32) -> Option<u32>) -> Option<Edge> {
    let (left, right, kind) = (known(from.u32()?)?, known(from.u32()?)?, from.u8()?);
    settings.kinds.get(kind as usize)?;
    let worth = *WORTHS.get(from.u8()? as usize)?;
    let (bits, shared_by, key) = (f64::from_bits(from.u64()?), from.u32()?, from.u64()?);
    Some(Edge { left, right, kind, worth, bits, shared_by, key, rows: (from.i64()?, from.i64()?) })
}

fn write_clusters(out: &mut Out, clusters: &Clusters) {
    let mut held: Vec<&Held> = clusters.held.values().collect();
    held.sort_unstable_by_key(|held| &held.members);
    out.count(held.len());
    for held in held {
        out.text(held.id.as_deref().unwrap_or(""));
        out.count(held.members.len());
        held.members.iter().for_each(|member| out.u32(*member));
        held.joined_by.iter().for_each(|(left, right)| {
            out.u32(*left);
            out.u32(*right);
        });
    }
}

fn read_clusters(from: &mut In, subjects: usize, known: &impl Fn(u32) -> Option<u32>) -> Option<Clusters> {
    let mut clusters = Clusters { of: vec![NONE; subjects], held: FxHashMap::default(), ..Clusters::default() };
    for _ in 0..from.count()? {
        let id = Some(from.text()?).filter(|id| !id.is_empty());
        let members: Vec<u32> = (0..from.count()?).map(|_| known(from.u32()?)).collect::<Option<_>>()?;
        let joined_by = (1..members.len()).map(|_| Some((known(from.u32()?)?, known(from.u32()?)?))).collect::<Option<_>>()?;
        members.iter().for_each(|member| clusters.of[*member as usize] = clusters.next);
        clusters.ids.extend(id.clone());
        clusters.held.insert(clusters.next, Held { id, members, joined_by });
        clusters.next += 1;
    }
    Some(clusters)
}
