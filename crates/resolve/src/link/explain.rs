//! Why two subjects are linked, and why they are not: every piece of evidence with its bits, and the path between them.
//!
//! Must not know how the explanation is printed.

use super::edges::Joined;
use super::graph::Group;
use super::{Level, Linker, Solved};

/// One step of the path that joins two members of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// From whom.
    pub from: String,
    /// To whom.
    pub to: String,
    /// Why, heaviest reason first.
    pub reasons: Vec<String>,
}

/// What is known of two subjects at one level.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The level.
    pub level: Level,
    /// Whether they are in one cluster.
    pub together: bool,
    /// Bits of the pair itself (what counts), sum over independent groups.
    pub bits: f64,
    /// Bits a join needs when no edge joins alone.
    pub needed_bits: f64,
    /// What the two share directly: one line each, with what it counts.
    pub direct: Vec<String>,
    /// How they hang together; empty when they do not.
    pub path: Vec<Step>,
    /// Why they are not together; empty when they are.
    pub why_not: Vec<String>,
}

impl Linker<'_> {
    /// What is known of two subjects, both levels; `None` when one of them is in no table.
    #[must_use]
    pub fn explain(&self, a: &str, b: &str) -> Option<[Explanation; 2]> {
        let (a, b) = (self.subjects.number(a)?, self.subjects.number(b)?);
        Some([self.level(Level::Operator, &self.operator, a, b), self.level(Level::Network, &self.network, a, b)])
    }

    fn level(&self, level: Level, solved: &Solved, a: u32, b: u32) -> Explanation {
        let (left, right) = (a.min(b), a.max(b));
        let pair = solved.pairs.iter().enumerate().find(|(_, pair)| (pair.left, pair.right) == (left, right));
        let group = solved.groups.iter().find(|group| group.members.binary_search(&a).is_ok() && group.members.binary_search(&b).is_ok());
        let of_level = |kind: u8| level == Level::Network || self.settings.of(kind).level == level;
        let edges = pair.map(|(_, pair)| &self.edges[pair.edges.clone()]).unwrap_or_default();
        let joins = &self.settings.joins;
        let needed_bits = if level == Level::Operator { joins.operator_bits } else { joins.network_bits };
        Explanation {
            level,
            together: group.is_some(),
            bits: pair.map_or(0.0, |(_, pair)| pair.bits),
            needed_bits,
            direct: edges.iter().filter(|edge| of_level(edge.kind)).map(|edge| self.reason(edge)).collect(),
            path: group.map(|group| self.path(solved, group, a, b)).unwrap_or_default(),
            why_not: if group.is_some() { Vec::new() } else { self.why_not(level, solved, pair, (left, right), needed_bits) },
        }
    }

    fn why_not(
        &self,
        level: Level,
        solved: &Solved,
        pair: Option<(usize, &Joined)>,
        (left, right): (u32, u32),
        needed: f64,
    ) -> Vec<String> {
        let mut out = Vec::new();
        let (a, b) = (self.subjects.id(left), self.subjects.id(right));
        for one in self.decisions.iter().filter(|one| one.decision.as_deref() == Some("not_same")) {
            let ids = (one.left_id.as_deref().unwrap_or(""), one.right_id.as_deref().unwrap_or(""));
            if ids == (a, b) || ids == (b, a) {
                let text = |cell: &Option<String>| bonafide_facts::text::printable(cell.as_deref().unwrap_or("not told"), 200);
                out.push(format!("{} decided they are not the same: {}", text(&one.by), text(&one.why)));
            }
        }
        let Some((at, pair)) = pair else {
            out.push(format!("they share no value, text, image or relation of the {} level", level.word()));
            return out;
        };
        match u32::try_from(at).ok().and_then(|at| solved.refused.get(&at)) {
            Some(true) => out.push("theirs was the only and weak edge between two larger parts: cut as a bridge".into()),
            Some(false) => out.push("joining them would put together two that a person declared not the same".into()),
            None if pair.joins => out.push("the edges that would join them were refused elsewhere in their component".into()),
            None => {}
        }
        if !pair.joins {
            let counts = |edge: &&super::Edge| {
                edge.worth.counts() && edge.bits > 0.0 && (level == Level::Network || self.settings.of(edge.kind).level == level)
            };
            let mut groups: Vec<&str> =
                self.edges[pair.edges.clone()].iter().filter(counts).map(|edge| self.settings.of(edge.kind).group.as_str()).collect();
            groups.sort_unstable();
            groups.dedup();
            let need = self.settings.joins.groups;
            if groups.len() < need {
                out.push(format!(
                    "what counts is of {} independent kind(s) ({}); {need} are needed, or one that joins alone",
                    groups.len(),
                    groups.join(", ")
                ));
            }
            if pair.bits < needed {
                out.push(format!("{:.1} bits of {needed:.1} needed", pair.bits));
            }
        }
        out
    }

    /// The path in the tree of the group.
    fn path(&self, solved: &Solved, group: &Group, a: u32, b: u32) -> Vec<Step> {
        let up = |from: u32| {
            // Every member hangs on another by one edge; following them from anybody ends at the smallest member.
            let mut chain = vec![(from, u32::MAX)];
            let mut at = from;
            while let Ok(place) = group.members.binary_search(&at) {
                if place == 0 || chain.len() > group.members.len() {
                    break;
                }
                let by = group.joined_by[place - 1];
                let pair = &solved.pairs[by as usize];
                at = if pair.left == at { pair.right } else { pair.left };
                chain.push((at, by));
            }
            chain
        };
        let (left, right) = (up(a), up(b));
        let Some((i, j)) =
            left.iter().enumerate().find_map(|(i, (node, _))| right.iter().position(|(other, _)| other == node).map(|j| (i, j)))
        else {
            return Vec::new();
        };
        let step = |from: u32, to: u32, by: u32| Step {
            from: self.subjects.id(from).to_owned(),
            to: self.subjects.id(to).to_owned(),
            reasons: self.edges[solved.pairs[by as usize].edges.clone()].iter().map(|edge| self.reason(edge)).collect(),
        };
        let there = (0..i).map(|at| step(left[at].0, left[at + 1].0, left[at + 1].1));
        let back = (0..j).rev().map(|at| step(right[at + 1].0, right[at].0, right[at + 1].1));
        there.chain(back).collect()
    }
}
