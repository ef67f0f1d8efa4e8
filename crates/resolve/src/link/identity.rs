//! Names of clusters that stay the same from run to run, and what became of those of an earlier run.
//!
//! Must not know why subjects are together.

use super::graph::Group;
use super::settings::Level;
use super::uses::Subjects;
use bonafide_facts::digest::short_id;
use bonafide_facts::tables::derived::Cluster;
use std::collections::{BTreeMap, BTreeSet};

/// What became of a cluster of an earlier run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Its members are now in the cluster `into`, which keeps its own id.
    Merged {
        /// The earlier id.
        id: String,
        /// Where its members are now.
        into: String,
    },
    /// Some of its members are now elsewhere: in `off`, or in no cluster when that is empty.
    Split {
        /// The earlier id.
        id: String,
        /// Clusters that took members from it.
        off: Vec<String>,
    },
    /// None of its members is in a cluster any more.
    Gone {
        /// The earlier id.
        id: String,
    },
}

/// An id for each group. A group takes the id of the earlier cluster most of whose members it has (ties: the smaller id); any
/// other is named after its smallest member, never with an id that `taken_elsewhere` knows.
#[must_use]
pub fn name(
    level: Level,
    groups: &[&Group],
    subjects: &Subjects,
    earlier: &[Cluster],
    taken_elsewhere: &dyn Fn(&str) -> bool,
) -> (Vec<String>, Vec<Change>) {
    let mut old: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in earlier.iter().filter(|row| row.level.as_deref() == Some(level.word())) {
        if let (Some(id), Some(subject)) = (&row.cluster_id, &row.subject_id) {
            old.entry(id).or_default().insert(subject);
        }
    }
    let of_subject: BTreeMap<&str, &str> = old.iter().flat_map(|(id, members)| members.iter().map(|member| (*member, *id))).collect();
    let mut overlaps: Vec<(usize, &str, usize)> = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        let mut shared: BTreeMap<&str, usize> = BTreeMap::new();
        group.members.iter().filter_map(|member| of_subject.get(subjects.id(*member))).for_each(|id| *shared.entry(id).or_default() += 1);
        overlaps.extend(shared.into_iter().map(|(id, n)| (n, id, at)));
    }
    overlaps.sort_by(|x, y| y.0.cmp(&x.0).then(x.1.cmp(y.1)).then(x.2.cmp(&y.2)));
    let mut ids: Vec<Option<String>> = vec![None; groups.len()];
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    for (_, id, at) in &overlaps {
        if ids[*at].is_none() && taken.insert(id) {
            ids[*at] = Some((*id).to_owned());
        }
    }
    let ids: Vec<String> = ids
        .into_iter()
        .zip(groups)
        .map(|(id, group)| id.unwrap_or_else(|| fresh(level, group, subjects, &|id| old.contains_key(id) || taken_elsewhere(id))))
        .collect();
    (ids.clone(), changes(&old, &overlaps, &ids, groups, subjects))
}

/// A new id; never one that an earlier cluster had.
fn fresh(level: Level, group: &Group, subjects: &Subjects, taken: &dyn Fn(&str) -> bool) -> String {
    let smallest = group.members.first().map_or("", |member| subjects.id(*member));
    let id = |again: usize| format!("{}-{}", level.word(), short_id(&[level.word(), smallest, &"+".repeat(again)]));
    (0..).map(id).find(|id| !taken(id)).unwrap_or_default()
}

fn changes(
    old: &BTreeMap<&str, BTreeSet<&str>>,
    overlaps: &[(usize, &str, usize)],
    ids: &[String],
    groups: &[&Group],
    subjects: &Subjects,
) -> Vec<Change> {
    let clustered: BTreeSet<&str> = groups.iter().flat_map(|group| group.members.iter().map(|member| subjects.id(*member))).collect();
    let mut out = Vec::new();
    for (id, members) in old {
        let now: BTreeSet<&String> = overlaps.iter().filter(|(_, other, _)| other == id).map(|(_, _, at)| &ids[*at]).collect();
        let lost = members.iter().any(|member| !clustered.contains(member));
        match now.first() {
            None => out.push(Change::Gone { id: (*id).to_owned() }),
            Some(one) if now.len() == 1 && one.as_str() != *id => out.push(Change::Merged { id: (*id).to_owned(), into: (*one).clone() }),
            _ if now.len() > 1 || lost => {
                let off = now.into_iter().filter(|other| other.as_str() != *id).cloned().collect();
                out.push(Change::Split { id: (*id).to_owned(), off });
            }
            _ => {}
        }
    }
    out
}
