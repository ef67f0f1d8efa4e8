//! Solving what an addition touched: the components of the subjects affected, level by level, and the clusters put in the place of the old.
//!
//! Must not know how rows enter.

use super::{Added, Held, LEVELS, LinkIndex, NONE, Solved};
use crate::link::edges::{self, Edge, Joined};
use crate::link::graph::{self, Bond, Group};
use crate::link::{Change, Level, identity};
use bonafide_facts::tables::derived::Cluster;
use rustc_hash::{FxHashMap, FxHashSet};

impl LinkIndex {
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
        found.extend([&self.direct, &self.derived].into_iter().filter_map(|ties| ties.get(&subject)).flatten().filter(known));
        edges::order(&mut found);
        edges::join(&found, level, &self.settings)
    }

    /// Solves what is affected, level by level.
    pub(super) fn settle(&mut self, affected: FxHashSet<u32>) -> Added {
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
