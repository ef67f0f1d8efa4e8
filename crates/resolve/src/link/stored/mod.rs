//! Linking that goes on: who uses which value, kept, so that one more record, one more batch or one retraction looks only at the
//! values it touches and solves only the components these stand in. The clusters are those of a run from scratch over all rows.
//!
//! Must not know how an edge is weighed or a component is solved: `edges` and `graph` do, for both.

mod file;
#[cfg(test)]
mod tests;

use super::edges::{self, Edge, Joined};
use super::graph::{self, Bond, Group};
use super::uses::{self, Standing, Subjects, Use};
use super::{Change, Level, Settings, identity};
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
    direct: FxHashMap<u32, Vec<Edge>>,
    apart: [FxHashMap<u32, Vec<u32>>; 2],
    clusters: [Clusters; 2],
}

/// The tables whose second column points at a subject that need not be known yet.
const POINTS: [(&str, &str); 5] = [
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
            direct: FxHashMap::default(),
            apart: Default::default(),
            clusters: Default::default(),
        }
    }

    /// Subjects known.
    #[must_use]
    pub fn subjects(&self) -> usize {
        self.known.iter().filter(|known| **known).count()
    }

    /// Adds rows: a record, or a batch. A row that came before counts once.
    pub fn add(&mut self, tables: &Tables) -> Added {
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
        uses::each_use(tables, &settings, &mut |subject, written, one| {
            if let Some(subject) = self.subjects.number(subject).filter(|number| self.known[*number as usize]) {
                self.insert(subject, uses::said(written), one, &mut affected);
            }
        });
        for edge in edges::direct(tables, &self.subjects, &settings) {
            self.tie(edge, &mut affected);
        }
        self.decide(tables, &mut affected);
        self.settle(affected)
    }

    /// Takes one value of a subject back, whoever said it, and undoes what it made.
    ///
    /// # Errors
    /// When the subject is not known or does not have that value.
    pub fn retract(&mut self, subject: &str, kind: &str, value: &str) -> Result<Added, Trouble> {
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
        let mine: Vec<u32> = self.chain_of(number).filter(|at| self.uses[*at as usize].one.key == key).collect();
        if mine.is_empty() {
            return Err(unknown("this subject does not have that value"));
        }
        let mut affected = FxHashSet::from_iter([number]);
        self.touch(key, &mut affected);
        for at in mine {
            self.unlink(at);
        }
        self.touch(key, &mut affected);
        Ok(self.settle(affected))
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

    /// What a subject shares with each other one at a level.
    fn pairs(&self, subject: u32, level: Level) -> Vec<Joined> {
        let mut keys: Vec<u64> = self.chain_of(subject).map(|at| self.uses[at as usize].one.key).collect();
        keys.sort_unstable();
        keys.dedup();
        let (mut found, mut uses) = (Vec::new(), Vec::new());
        for key in keys.into_iter().filter(|key| self.holders(*key).is_some_and(|holders| holders > 1)) {
            uses.clear();
            uses.extend(self.chain(key).map(|at| self.uses[at as usize].one));
            uses.sort_unstable_by_key(|one| (one.subject, one.row));
            edges::of_subject(&uses, subject, &self.settings, &mut found);
        }
        let known = |edge: &&Edge| self.known[edge.left as usize] && self.known[edge.right as usize];
        found.extend(self.direct.get(&subject).into_iter().flatten().filter(known));
        edges::order(&mut found);
        edges::join(&found, level, &self.settings)
    }

    /// Solves what is affected, level by level.
    fn settle(&mut self, affected: FxHashSet<u32>) -> Added {
        let mut added = Added::default();
        let mut todo: Vec<u32> = affected.into_iter().collect();
        for level in LEVELS {
            todo.sort_unstable_by(|a, b| self.subjects.id(*a).cmp(self.subjects.id(*b)));
            let (mut seen, mut fresh) = (FxHashSet::default(), Vec::new());
            for start in &todo {
                if !seen.contains(start) && self.known[*start as usize] {
                    let (members, pairs) = self.component(*start, level, &mut seen);
                    fresh.extend(self.solve(level, &members, &pairs));
                }
            }
            added.touched = added.touched.max(seen.len());
            added.changes.extend(self.replace(level, &seen, fresh));
            todo = seen.into_iter().collect();
        }
        added
    }

    /// Everybody that joining pairs lead to, in the order of their keys, and the pairs.
    fn component(&self, start: u32, level: Level, seen: &mut FxHashSet<u32>) -> (Vec<u32>, Vec<Joined>) {
        let (mut members, mut pairs, mut stack) = (Vec::new(), Vec::new(), vec![start]);
        seen.insert(start);
        while let Some(at) = stack.pop() {
            members.push(at);
            let mut near = self.pairs(at, level);
            near.retain(|pair| pair.joins);
            if level == Level::Network {
                near.extend(self.hands(at));
            }
            for pair in near {
                let other = if pair.left == at { pair.right } else { pair.left };
                if seen.insert(other) {
                    stack.push(other);
                }
                if pair.left == at {
                    pairs.push(pair);
                }
            }
        }
        members.sort_unstable_by(|a, b| self.subjects.id(*a).cmp(self.subjects.id(*b)));
        (members, pairs)
    }

    /// The pairs by which a subject hangs in its operator, as hard pairs of the crew.
    fn hands(&self, subject: u32) -> Vec<Joined> {
        let Some(held) = self.clusters[0].held.get(&self.clusters[0].of[subject as usize]) else { return Vec::new() };
        let mut own: Vec<(u32, u32)> =
            held.joined_by.iter().filter(|(left, right)| *left == subject || *right == subject).copied().collect();
        own.sort_unstable();
        own.dedup();
        let of = self.pairs(subject, Level::Operator);
        let pair =
            |ends: (u32, u32)| of.iter().find(|pair| (pair.left, pair.right) == ends).map(|pair| Joined { hard: true, ..pair.clone() });
        own.into_iter().filter_map(pair).collect()
    }

    fn solve(&self, level: Level, members: &[u32], pairs: &[Joined]) -> Vec<Solved> {
        if members.len() < 2 {
            return Vec::new();
        }
        let numbers: FxHashMap<u32, u32> = members.iter().copied().zip(0..).collect();
        let local = |node: u32| numbers.get(&node).copied();
        let bond =
            |(of, pair): (u32, &Joined)| Some(Bond { a: local(pair.left)?, b: local(pair.right)?, bits: pair.bits, hard: pair.hard, of });
        let bonds: Vec<Bond> = (0..).zip(pairs).filter_map(bond).collect();
        let apart = &self.apart[usize::from(level == Level::Network)];
        let pairs_apart = members.iter().flat_map(|a| apart.get(a).into_iter().flatten().map(move |b| (*a, *b)));
        let apart: Vec<(u32, u32)> = pairs_apart.filter(|(a, b)| a <= b).filter_map(|(a, b)| Some((local(a)?, local(b)?))).collect();
        let (groups, _) = graph::solve(members.len(), &bonds, &apart, &self.settings.joins);
        let told = |group: Group| {
            let own = level == Level::Operator || group.joined_by.iter().any(|at| !pairs[*at as usize].hard);
            let by = group.joined_by.iter().map(|at| (pairs[*at as usize].left, pairs[*at as usize].right)).collect();
            (Group { members: group.members.iter().map(|at| members[*at as usize]).collect(), joined_by: Vec::new() }, by, own)
        };
        groups.into_iter().map(told).collect()
    }

    /// Puts the new clusters of the members seen in the place of their old ones; ids live on.
    fn replace(&mut self, level: Level, seen: &FxHashSet<u32>, fresh: Vec<Solved>) -> Vec<Change> {
        let clusters = &mut self.clusters[usize::from(level == Level::Network)];
        let mut slots: Vec<u32> = seen.iter().map(|member| clusters.of[*member as usize]).filter(|slot| *slot != NONE).collect();
        slots.sort_unstable();
        slots.dedup();
        let mut earlier = Vec::new();
        for slot in slots {
            let Some(old) = clusters.held.remove(&slot) else { continue };
            old.members.iter().for_each(|member| clusters.of[*member as usize] = NONE);
            if let Some(id) = old.id {
                clusters.ids.remove(&id);
                let row = |member: &u32| Cluster {
                    cluster_id: Some(id.clone()),
                    subject_id: Some(self.subjects.id(*member).to_owned()),
                    level: Some(level.word().to_owned()),
                    ..Cluster::default()
                };
                earlier.extend(old.members.iter().map(row));
            }
        }
        let named: Vec<&Group> = fresh.iter().filter(|(_, _, own)| *own).map(|(group, _, _)| group).collect();
        let (ids, changes) = identity::name(level, &named, &self.subjects, &earlier, &|id| clusters.ids.contains(id));
        let mut ids = ids.into_iter();
        for (group, joined_by, own) in fresh {
            let id = if own { ids.next() } else { None };
            clusters.ids.extend(id.clone());
            let slot = clusters.next;
            clusters.next += 1;
            group.members.iter().for_each(|member| clusters.of[*member as usize] = slot);
            clusters.held.insert(slot, Held { id, members: group.members, joined_by });
        }
        changes
    }
}

/// A pair as the table writes it: in the order of keys.
fn written(a: &str, b: &str) -> String {
    let (left, right) = if a <= b { (a, b) } else { (b, a) };
    format!("{left}|{right}")
}
