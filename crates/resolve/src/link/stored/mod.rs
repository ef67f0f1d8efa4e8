//! Linking that goes on: who uses which value, kept, so that one more record, one more batch or one retraction looks only at the
//! values it touches and solves only the components these stand in. The clusters are those of a run from scratch over all rows.
//!
//! Must not know how an edge is weighed or a component is solved: `edges` and `graph` do, for both.

mod file;
mod solve;
#[cfg(test)]
mod tests;

use super::edges::{self, Edge};
use super::graph::Group;
use super::uses::{self, Standing, Subjects, Use};
use super::{Change, Level, Settings};
use crate::documents::read::text;
use bonafide_facts::tables::derived::Cluster;
use bonafide_facts::tables::who::LinkDecision;
use bonafide_facts::{Tables, Trouble};
use rustc_hash::{FxHashMap, FxHashSet};

/// No use, no group.
const NONE: u32 = u32::MAX;

/// Both levels, in the order in which they are solved: hands are the nodes of crews.
const LEVELS: [Level; 2] = [Level::Operator, Level::Network];

/// One subject's use of one value, in the chain of the value and in that of the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kept {
    one: Use,
    /// Standing before any check.
    base: Standing,
    /// Hash of what was written, as verifications name it.
    said: u64,
    next_of_key: u32,
    next_of_subject: u32,
}

/// The chain of a value, and how many subjects are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Chain {
    first: u32,
    holders: u32,
}

/// A cluster as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    /// `None` = a crew of one operator only, which is told at that level.
    id: Option<String>,
    /// In the order of their keys.
    members: Vec<u32>,
    /// For each member but the first the pair that joined it, by number.
    joined_by: Vec<(u32, u32)>,
}

/// The clusters of one level.
#[derive(Debug, Clone, Default)]
struct Clusters {
    of: Vec<u32>,
    held: FxHashMap<u32, Held>,
    ids: FxHashSet<String>,
    next: u32,
}

/// What an addition or a retraction did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Added {
    /// Clusters that merged, split or went.
    pub changes: Vec<Change>,
    /// Subjects whose components were solved anew.
    pub touched: usize,
}

/// The index. Rows enter by [`LinkIndex::add`] in any order and in batches of any size.
#[derive(Debug, Clone)]
pub struct LinkIndex {
    settings: Settings,
    subjects: Subjects,
    /// Subjects that a table names as one (others are only pointed at, by a referral, and wait).
    known: Vec<bool>,
    uses: Vec<Kept>,
    by_key: FxHashMap<u64, Chain>,
    of_subject: Vec<u32>,
    confirmed: FxHashMap<(u32, u64), bool>,
    direct: Ties,
    /// Ties that the whole of the rows shows: replaced together.
    derived: Ties,
    /// Values that a person took back.
    retracted: FxHashSet<(u32, u64)>,
    /// What subjects claim; zeros when nothing.
    countries: Vec<[u8; 2]>,
    apart: [FxHashMap<u32, Vec<u32>>; 2],
    clusters: [Clusters; 2],
}

/// Edges by either end.
type Ties = FxHashMap<u32, Vec<Edge>>;

/// The tables whose second column points at a subject that need not be known yet.
const POINTS: [(&str, &str); 7] = [
    ("face_matches", "left_id"),
    ("face_matches", "right_id"),
    ("referrals", "referred_id"),
    ("reviews", "client_id"),
    ("document_matches", "left_id"),
    ("document_matches", "right_id"),
    ("link_decisions", "right_id"),
];

/// A group, the pairs that joined it, and whether this level itself joined it.
type Solved = (Group, Vec<(u32, u32)>, bool);

impl LinkIndex {
    /// An empty index.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        Self {
            settings: settings.clone(),
            subjects: Subjects::default(),
            known: Vec::new(),
            uses: Vec::new(),
            by_key: FxHashMap::default(),
            of_subject: Vec::new(),
            confirmed: FxHashMap::default(),
            direct: Ties::default(),
            derived: Ties::default(),
            retracted: FxHashSet::default(),
            countries: Vec::new(),
            apart: Default::default(),
            clusters: Default::default(),
        }
    }

    /// Subjects known.
    #[must_use]
    pub fn subjects(&self) -> usize {
        self.known.iter().filter(|known| **known).count()
    }

    /// An index without rows whose clusters have the ids (and members) of another: the first rows added decide what lives on.
    #[must_use]
    pub fn after(settings: &Settings, clusters: &[Cluster]) -> Self {
        let mut index = Self::new(settings);
        for rows in clusters.chunk_by(|a, b| (&a.level, &a.cluster_id) == (&b.level, &b.cluster_id)) {
            let Some(level) = LEVELS.iter().position(|level| rows[0].level.as_deref() == Some(level.word())) else { continue };
            let members: Vec<u32> = rows.iter().map(|row| index.intern(row.subject_id.as_deref().unwrap_or(""))).collect();
            let clusters = &mut index.clusters[level];
            members.iter().for_each(|member| clusters.of[*member as usize] = clusters.next);
            clusters.ids.extend(rows[0].cluster_id.clone());
            clusters.held.insert(clusters.next, Held { id: rows[0].cluster_id.clone(), members, joined_by: Vec::new() });
            clusters.next += 1;
        }
        index
    }

    /// Adds rows: a record, or a batch. A row that came before counts once. What only the whole of the rows shows (documents in common,
    /// behaviour, faces) needs [`LinkIndex::add_with`].
    pub fn add(&mut self, tables: &Tables) -> Added {
        let affected = self.take(tables);
        self.settle(affected)
    }

    /// Adds rows; `whole` are these and all that came before, `document_matches` among them when there are documents.
    /// `ip_ranges` and `places` must be the same in both, and as before.
    pub fn add_with(&mut self, tables: &Tables, whole: &Tables) -> Added {
        let mut affected = self.take(tables);
        let found = super::of_the_whole(whole, &self.settings);
        self.replace_derived(found, &mut affected);
        self.settle(affected)
    }

    /// Everybody whose ties change by these rows.
    fn take(&mut self, tables: &Tables) -> FxHashSet<u32> {
        let mut affected: FxHashSet<u32> = FxHashSet::default();
        for id in Subjects::read(tables).ids {
            let number = self.intern(&id);
            if !std::mem::replace(&mut self.known[number as usize], true) {
                affected.insert(number);
            }
        }
        for (table, column) in POINTS.into_iter().chain([("link_decisions", "left_id")]) {
            for batch in tables.get(table).into_iter().flat_map(|data| &data.batches) {
                let column = batch.column_by_name(column);
                (0..batch.num_rows()).map(|row| text(column, row)).filter(|id| !id.is_empty()).for_each(|id| {
                    self.intern(id);
                });
            }
        }
        self.verify(tables, &mut affected);
        let settings = self.settings.clone();
        let mut retracted: Vec<(String, u64)> = uses::retracted(tables, &settings).into_iter().collect();
        retracted.sort_unstable();
        for (subject, key) in retracted {
            let number = self.intern(&subject);
            self.take_back(number, key, &mut affected);
        }
        let countries = uses::countries(tables);
        for (subject, country) in &countries {
            let number = self.intern(subject);
            self.countries[number as usize] = *country;
        }
        let claimed = self.claimed(tables);
        uses::each_use(tables, &settings, &|subject| claimed.get(subject).copied(), &mut |subject, written, one| {
            if let Some(subject) = self.subjects.number(subject).filter(|number| self.known[*number as usize]) {
                self.insert(subject, uses::said(written), one, &mut affected);
            }
        });
        for edge in edges::direct(tables, &self.subjects, &settings) {
            self.tie(edge, &mut affected);
        }
        self.decide(tables, &mut affected);
        affected
    }

    /// Takes one value of a subject back, whoever said it or says it again, and undoes what it made.
    ///
    /// # Errors
    /// When the subject is not known or does not have that value.
    pub fn retract(&mut self, subject: &str, kind: &str, value: &str) -> Result<Added, Trouble> {
        let (number, key) = self.value(subject, kind, value)?;
        let mut affected = FxHashSet::from_iter([number]);
        self.take_back(number, key, &mut affected);
        Ok(self.settle(affected))
    }

    /// The number of a subject and the key of a value it has.
    ///
    /// # Errors
    /// When the subject is not known or does not have that value.
    pub fn value(&self, subject: &str, kind: &str, value: &str) -> Result<(u32, u64), Trouble> {
        let unknown = |what: &str| {
            Trouble::error(
                "not-there",
                None,
                format!("nothing was taken back: {what}"),
                "name a subject, a kind and a value that were added",
            )
        };
        let number = self.subjects.number(subject).ok_or_else(|| unknown("this subject is not in the index"))?;
        let key = uses::key_of(kind, value, &self.settings).ok_or_else(|| unknown("no such kind, or a value that says nothing"))?;
        let has = self.chain_of(number).any(|at| self.uses[at as usize].one.key == key);
        if has { Ok((number, key)) } else { Err(unknown("this subject does not have that value")) }
    }

    /// Countries of the subjects that these rows name.
    fn claimed(&self, tables: &Tables) -> uses::Countries {
        let of = |id: String| {
            let country = self.subjects.number(&id).map(|number| self.countries[number as usize])?;
            (country != [0; 2]).then_some((id, country))
        };
        Subjects::read(tables).ids.into_iter().filter_map(of).collect()
    }

    /// Whether these rows change the country of a subject that is in the index: its numbers are read by another plan then, so the index is
    /// to be built anew from all rows ([`LinkIndex::after`]).
    #[must_use]
    pub fn moves(&self, tables: &Tables) -> bool {
        let moved = |(id, country): &(String, [u8; 2])| {
            self.subjects.number(id).is_some_and(|number| self.known[number as usize] && self.countries[number as usize] != *country)
        };
        uses::countries(tables).into_iter().any(|one| moved(&one))
    }

    /// Whether a table named this subject.
    #[must_use]
    pub fn knows(&self, subject: &str) -> bool {
        self.subjects.number(subject).is_some_and(|number| self.known[number as usize])
    }

    fn take_back(&mut self, subject: u32, key: u64, affected: &mut FxHashSet<u32>) {
        self.retracted.insert((subject, key));
        let mine: Vec<u32> = self.chain_of(subject).filter(|at| self.uses[*at as usize].one.key == key).collect();
        if !mine.is_empty() {
            affected.insert(subject);
            self.touch(key, affected);
            mine.into_iter().for_each(|at| self.unlink(at));
            self.touch(key, affected);
        }
    }

    /// Puts new ties of the whole in the place of the old; only who gains or loses one is affected.
    fn replace_derived(&mut self, found: Vec<(String, String, Edge)>, affected: &mut FxHashSet<u32>) {
        let mut fresh = Ties::default();
        for (left, right, edge) in found {
            let (a, b) = (self.intern(&left), self.intern(&right));
            let rows = if a < b { edge.rows } else { (edge.rows.1, edge.rows.0) };
            let edge = Edge { left: a.min(b), right: a.max(b), rows, ..edge };
            fresh.entry(a).or_default().push(edge);
            fresh.entry(b).or_default().push(edge);
        }
        let weighed = |ties: &Ties, subject: u32| {
            let mut out: Vec<_> = ties
                .get(&subject)
                .into_iter()
                .flatten()
                .map(|edge| (edge.left, edge.right, edge.kind, edge.worth, edge.bits.to_bits(), edge.shared_by))
                .collect();
            out.sort_unstable();
            out
        };
        let ends = self.derived.keys().chain(fresh.keys()).copied();
        let changed: Vec<u32> = ends.filter(|subject| weighed(&self.derived, *subject) != weighed(&fresh, *subject)).collect();
        affected.extend(changed);
        self.derived = fresh;
    }

    /// The clusters, ordered by level, cluster, subject, as a run from scratch writes them (without evidence rows).
    #[must_use]
    pub fn clusters(&self) -> Vec<Cluster> {
        let mut rows = Vec::new();
        for (level, clusters) in LEVELS.iter().zip(&self.clusters) {
            for held in clusters.held.values() {
                let Some(id) = &held.id else { continue };
                for (member, by) in held.members.iter().zip(std::iter::once(None).chain(held.joined_by.iter().map(Some))) {
                    rows.push(Cluster {
                        cluster_id: Some(id.clone()),
                        subject_id: Some(self.subjects.id(*member).to_owned()),
                        level: Some(level.word().to_owned()),
                        joined_by: by.map(|(a, b)| written(self.subjects.id(*a), self.subjects.id(*b))),
                        size: i64::try_from(held.members.len()).ok(),
                        ..Cluster::default()
                    });
                }
            }
        }
        rows.sort_by(|x, y| (&x.level, &x.cluster_id, &x.subject_id).cmp(&(&y.level, &y.cluster_id, &y.subject_id)));
        rows
    }

    fn intern(&mut self, id: &str) -> u32 {
        let number = self.subjects.intern(id);
        if number as usize == self.known.len() {
            self.known.push(false);
            self.countries.push([0; 2]);
            self.of_subject.push(NONE);
            self.clusters.iter_mut().for_each(|level| level.of.push(NONE));
        }
        number
    }

    fn verify(&mut self, tables: &Tables, affected: &mut FxHashSet<u32>) {
        let mut news = Vec::new();
        uses::each_verified(tables, &mut |subject, said, confirmed| news.push((self.subjects.number(subject), said, confirmed)));
        for (subject, said, confirmed) in news {
            let Some(subject) = subject else { continue };
            let known = self.confirmed.entry((subject, said)).or_insert(confirmed);
            *known = *known && confirmed;
            let standing = *known;
            let mine: Vec<u32> = self.chain_of(subject).filter(|at| self.uses[*at as usize].said == said).collect();
            for at in mine {
                let kept = &mut self.uses[at as usize];
                kept.one.standing = uses::checked(kept.base, Some(standing));
                let key = kept.one.key;
                self.touch(key, affected);
            }
        }
    }

    fn insert(&mut self, subject: u32, said: u64, one: Use, affected: &mut FxHashSet<u32>) {
        if self.retracted.contains(&(subject, one.key)) {
            return;
        }
        let base = one.standing;
        let same = |kept: &Kept| (kept.one.key, kept.base, kept.said) == (one.key, base, said);
        let again = self.chain_of(subject).find(|at| same(&self.uses[*at as usize]));
        if let Some(at) = again {
            let kept = &mut self.uses[at as usize];
            let before = kept.one;
            kept.one.first = before.first.min(one.first);
            kept.one.last = before.last.max(one.last);
            kept.one.row = before.row.min(one.row);
            if kept.one != before {
                self.touch(one.key, affected);
            }
            return;
        }
        self.touch(one.key, affected);
        let standing = uses::checked(base, self.confirmed.get(&(subject, said)).copied());
        self.push(Kept { one: Use { subject, standing, ..one }, base, said, next_of_key: NONE, next_of_subject: NONE });
        affected.insert(subject);
        self.touch(one.key, affected);
    }

    /// Puts a use at the head of its chains, nothing else.
    fn push(&mut self, mut kept: Kept) {
        let (key, subject) = (kept.one.key, kept.one.subject);
        let new = !self.chain_of(subject).any(|at| self.uses[at as usize].one.key == key);
        let at = u32::try_from(self.uses.len()).unwrap_or(NONE);
        let chain = self.by_key.entry(key).or_insert(Chain { first: NONE, holders: 0 });
        kept.next_of_key = chain.first;
        kept.next_of_subject = self.of_subject[subject as usize];
        chain.first = at;
        chain.holders += u32::from(new);
        self.of_subject[subject as usize] = at;
        self.uses.push(kept);
    }

    /// Takes a use out of both of its chains; its place stays empty.
    fn unlink(&mut self, at: u32) {
        let gone = self.uses[at as usize];
        let (key, subject) = (gone.one.key, gone.one.subject);
        let of_key: Vec<u32> = self.chain(key).collect();
        let of_subject: Vec<u32> = self.chain_of(subject).collect();
        match of_key.iter().position(|other| *other == at) {
            Some(0) => self.by_key.entry(key).and_modify(|chain| chain.first = gone.next_of_key),
            Some(place) => {
                self.uses[of_key[place - 1] as usize].next_of_key = gone.next_of_key;
                self.by_key.entry(key)
            }
            None => return,
        };
        match of_subject.iter().position(|other| *other == at) {
            Some(0) | None => self.of_subject[subject as usize] = gone.next_of_subject,
            Some(place) => self.uses[of_subject[place - 1] as usize].next_of_subject = gone.next_of_subject,
        }
        if !self.chain_of(subject).any(|other| self.uses[other as usize].one.key == key)
            && let Some(chain) = self.by_key.get_mut(&key)
        {
            chain.holders -= 1;
        }
        if self.by_key.get(&key).is_some_and(|chain| chain.first == NONE) {
            self.by_key.remove(&key);
        }
    }

    fn chain(&self, key: u64) -> impl Iterator<Item = u32> + '_ {
        let first = self.by_key.get(&key).map_or(NONE, |chain| chain.first);
        let next = |at: &u32| Some(self.uses[*at as usize].next_of_key).filter(|at| *at != NONE);
        std::iter::successors(Some(first).filter(|at| *at != NONE), next)
    }

    fn chain_of(&self, subject: u32) -> impl Iterator<Item = u32> + '_ {
        let next = |at: &u32| Some(self.uses[*at as usize].next_of_subject).filter(|at| *at != NONE);
        std::iter::successors(Some(self.of_subject[subject as usize]).filter(|at| *at != NONE), next)
    }

    /// Everybody whose edges by this value may change: its holders, unless they are too many to be joined by it.
    fn touch(&self, key: u64, affected: &mut FxHashSet<u32>) {
        if self.holders(key).is_some() {
            affected.extend(self.chain(key).map(|at| self.uses[at as usize].one.subject));
        }
    }

    /// How many share the value; `None` when it is a hub (or nobody's).
    fn holders(&self, key: u64) -> Option<u32> {
        let chain = self.by_key.get(&key)?;
        let cap = self.settings.of(self.uses[chain.first as usize].one.kind).cap;
        (chain.holders <= cap).then_some(chain.holders)
    }

    fn tie(&mut self, edge: Edge, affected: &mut FxHashSet<u32>) {
        for end in [edge.left, edge.right] {
            let edges = self.direct.entry(end).or_default();
            if !edges.contains(&edge) {
                edges.push(edge);
                affected.extend([edge.left, edge.right]);
            }
        }
    }

    fn decide(&mut self, tables: &Tables, affected: &mut FxHashSet<u32>) {
        for one in tables.rows::<LinkDecision>() {
            let number = |id: &Option<String>| id.as_deref().and_then(|id| self.subjects.number(id));
            let (Some(a), Some(b)) = (number(&one.left_id), number(&one.right_id)) else { continue };
            let (left, right) = (a.min(b), a.max(b));
            match (one.decision.as_deref(), self.settings.kind("decision")) {
                (Some("same"), Some(kind)) if a != b => {
                    let bits = self.settings.of(kind).bits;
                    let rows = (one.row_id, one.row_id);
                    self.tie(Edge { left, right, kind, worth: edges::Worth::Held, bits, shared_by: 2, key: 0, rows }, affected);
                }
                (Some("not_same"), _) => {
                    let level = &mut self.apart[usize::from(one.level.as_deref() == Some("network"))];
                    for (from, to) in [(left, right), (right, left)] {
                        let others = level.entry(from).or_default();
                        if !others.contains(&to) {
                            others.push(to);
                        }
                    }
                    affected.extend([left, right]);
                }
                _ => {}
            }
        }
    }
}

/// A pair as the table writes it: in the order of keys.
fn written(a: &str, b: &str) -> String {
    let (left, right) = if a <= b { (a, b) } else { (b, a) };
    format!("{left}|{right}")
}
