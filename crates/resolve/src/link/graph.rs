//! From pairs that join to clusters: hard edges make super-nodes, the soft graph over them is cut at weak bridges, and what a
//! person declared not the same stays apart. Every component is solved by itself, from its members and edges alone.
//!
//! Must not know what an edge stands for.

use super::settings::Joins;
use rustc_hash::FxHashSet;

/// An edge between two nodes by number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bond {
    /// One node.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// Weight.
    pub bits: f64,
    /// Joins alone.
    pub hard: bool,
    /// The caller's number of the edge.
    pub of: u32,
}

/// Union-find with path halving and union by smaller number: the root of a set is its smallest member.
#[derive(Debug)]
pub struct Sets {
    parent: Vec<u32>,
}

impl Sets {
    /// `n` sets of one.
    #[must_use]
    pub fn new(n: usize) -> Self {
        Self { parent: (0..u32::try_from(n).unwrap_or(u32::MAX)).collect() }
    }

    /// The smallest member of the set.
    #[inline]
    pub fn root(&mut self, mut node: u32) -> u32 {
        loop {
            let up = self.parent[node as usize];
            if up == node {
                return node;
            }
            let next = self.parent[up as usize];
            self.parent[node as usize] = next;
            node = next;
        }
    }

    /// Joins two sets; false when they were one.
    #[inline]
    pub fn join(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return false;
        }
        self.parent[a.max(b) as usize] = a.min(b);
        true
    }
}

/// Connected components: for each node the smallest node it is connected with.
#[must_use]
pub fn components(nodes: usize, edges: impl Iterator<Item = (u32, u32)>) -> Vec<u32> {
    let mut sets = Sets::new(nodes);
    for (a, b) in edges {
        sets.join(a, b);
    }
    // A root is smaller than its members, so one pass in order finds every parent already resolved.
    for node in 0..nodes {
        sets.parent[node] = sets.parent[sets.parent[node] as usize];
    }
    sets.parent
}

/// A cluster: members in order and the tree that joined each to the first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Group {
    /// Sorted, at least two.
    pub members: Vec<u32>,
    /// For each member but the first, in order: the edge (`Bond::of`) by which it hangs on the rest.
    pub joined_by: Vec<u32>,
}

/// What solving did against an edge that would have joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// The edge (`Bond::of`).
    pub of: u32,
    /// Cut as a weak bridge, or else refused as a person said "not the same".
    pub bridge: bool,
}

/// Solves one component of nodes `0..n` (numbered in the order of their keys). The same bonds in any order give the same groups.
#[must_use]
pub fn solve(n: usize, bonds: &[Bond], apart: &[(u32, u32)], joins: &Joins) -> (Vec<Group>, Vec<Refused>) {
    let mut order: Vec<Bond> = bonds.to_vec();
    order.sort_unstable_by(|x, y| {
        y.hard.cmp(&x.hard).then(y.bits.total_cmp(&x.bits)).then((x.a.min(x.b), x.a.max(x.b), x.of).cmp(&(
            y.a.min(y.b),
            y.a.max(y.b),
            y.of,
        )))
    });
    let mut refused = Vec::new();
    let order = cut_bridges(n, order, joins, &mut refused);
    // Heaviest first, so the tree is a heaviest spanning tree, and a conflict costs the lightest edges.
    let mut sets = Sets::new(n);
    let mut members: Vec<Vec<u32>> = (0..n).map(|node| vec![u32::try_from(node).unwrap_or(u32::MAX)]).collect();
    let apart: FxHashSet<(u32, u32)> = apart.iter().flat_map(|(a, b)| [(*a, *b), (*b, *a)]).collect();
    let mut tree: Vec<Bond> = Vec::new();
    for bond in order {
        let (a, b) = (sets.root(bond.a), sets.root(bond.b));
        if a == b {
            continue;
        }
        let conflict =
            !apart.is_empty() && members[a as usize].iter().any(|x| members[b as usize].iter().any(|y| apart.contains(&(*x, *y))));
        if conflict {
            refused.push(Refused { of: bond.of, bridge: false });
            continue;
        }
        sets.join(a, b);
        let moved = std::mem::take(&mut members[a.max(b) as usize]);
        members[a.min(b) as usize].extend(moved);
        tree.push(bond);
    }
    (groups(n, &mut sets, &tree), refused)
}

/// Groups of a forest, each hung on its smallest member.
fn groups(n: usize, sets: &mut Sets, tree: &[Bond]) -> Vec<Group> {
    let mut near: Vec<Vec<(u32, u32)>> = vec![Vec::new(); n];
    for bond in tree {
        near[bond.a as usize].push((bond.b, bond.of));
        near[bond.b as usize].push((bond.a, bond.of));
    }
    let mut hung_by = vec![u32::MAX; n];
    let mut all: Vec<Vec<u32>> = vec![Vec::new(); n];
    for node in 0..u32::try_from(n).unwrap_or(u32::MAX) {
        let root = sets.root(node);
        all[root as usize].push(node);
        if root != node {
            continue;
        }
        let mut stack = vec![(node, u32::MAX)];
        while let Some((at, from)) = stack.pop() {
            for (next, of) in &near[at as usize] {
                if *next != from {
                    hung_by[*next as usize] = *of;
                    stack.push((*next, at));
                }
            }
        }
    }
    let group = |members: Vec<u32>| Group { joined_by: members[1..].iter().map(|node| hung_by[*node as usize]).collect(), members };
    all.into_iter().filter(|members| members.len() > 1).map(group).collect()
}

/// Takes out soft edges that alone hold two sizeable parts together, lightest first, until none is left.
fn cut_bridges(n: usize, mut bonds: Vec<Bond>, joins: &Joins, refused: &mut Vec<Refused>) -> Vec<Bond> {
    if n < joins.bridge_members * 2 {
        return bonds;
    }
    let mut hard = Sets::new(n);
    bonds.iter().filter(|bond| bond.hard).for_each(|bond| {
        hard.join(bond.a, bond.b);
    });
    let node: Vec<u32> = (0..u32::try_from(n).unwrap_or(u32::MAX)).map(|at| hard.root(at)).collect();
    loop {
        let mut weak: Vec<(f64, std::cmp::Reverse<u32>, usize)> = bridges(n, &bonds, &node)
            .into_iter()
            .filter(|(at, smaller)| bonds[*at].bits < joins.bridge_bits && *smaller as usize >= joins.bridge_members)
            .map(|(at, smaller)| (bonds[at].bits, std::cmp::Reverse(smaller), at))
            .collect();
        weak.sort_unstable_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)).then(x.2.cmp(&y.2)));
        let Some((_, _, first)) = weak.first() else { return bonds };
        refused.push(Refused { of: bonds[*first].of, bridge: true });
        bonds.remove(*first);
    }
}

/// Bridges of the soft graph over super-nodes, each with the members of its smaller side.
fn bridges(n: usize, bonds: &[Bond], node: &[u32]) -> Vec<(usize, u32)> {
    let mut near: Vec<Vec<(u32, usize)>> = vec![Vec::new(); n];
    for (at, bond) in bonds.iter().enumerate() {
        let (a, b) = (node[bond.a as usize], node[bond.b as usize]);
        if a != b {
            near[a as usize].push((b, at));
            near[b as usize].push((a, at));
        }
    }
    let mut weight = vec![0_u32; n];
    node.iter().for_each(|root| weight[*root as usize] += 1);
    let (mut entered, mut low, mut below) = (vec![0_u32; n], vec![0_u32; n], weight.clone());
    let mut clock = 0;
    let mut out = Vec::new();
    for start in 0..n {
        if node[start] as usize != start || entered[start] != 0 {
            continue;
        }
        let (mut found, mut order) = (Vec::new(), vec![start]);
        clock += 1;
        (entered[start], low[start]) = (clock, clock);
        let mut stack = vec![(start, usize::MAX, 0_usize)];
        while let Some((at, by, next)) = stack.last_mut() {
            let (at, by) = (*at, *by);
            if let Some((to, edge)) = near[at].get(*next).copied() {
                *next += 1;
                let to = to as usize;
                if edge == by {
                    continue;
                }
                if entered[to] == 0 {
                    clock += 1;
                    (entered[to], low[to]) = (clock, clock);
                    order.push(to);
                    stack.push((to, edge, 0));
                } else {
                    low[at] = low[at].min(entered[to]);
                }
            } else {
                stack.pop();
                if let Some((up, _, _)) = stack.last() {
                    low[*up] = low[*up].min(low[at]);
                    below[*up] += below[at];
                    if low[at] > entered[*up] {
                        found.push((by, below[at]));
                    }
                }
            }
        }
        let all = below[start];
        out.extend(found.into_iter().map(|(edge, side)| (edge, side.min(all - side))));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::settings::Settings;
    use proptest::prelude::*;

    fn bond(a: u32, b: u32, bits: f64, hard: bool) -> Bond {
        Bond { a, b, bits, hard, of: a * 100 + b }
    }

    fn members(groups: &[Group]) -> Vec<Vec<u32>> {
        groups.iter().map(|group| group.members.clone()).collect()
    }

    #[test]
    fn components_are_named_by_their_smallest_node() {
        assert_eq!(components(6, [(5, 4), (4, 1), (2, 3)].into_iter()), [0, 1, 2, 2, 1, 1]);
    }

    #[test]
    fn a_weak_bridge_between_two_crews_is_cut_and_a_strong_one_holds() {
        let joins = Settings::default().joins;
        let crew = |from: u32| [bond(from, from + 1, 14.0, true), bond(from + 1, from + 2, 14.0, true)];
        let with = |bits, hard| [crew(0).to_vec(), crew(3).to_vec(), vec![bond(2, 3, bits, hard)]].concat();
        let (cut, refused) = solve(6, &with(13.0, false), &[], &joins);
        assert_eq!(members(&cut), [[0, 1, 2], [3, 4, 5]]);
        assert_eq!(refused, [Refused { of: 203, bridge: true }]);
        assert_eq!(members(&solve(6, &with(19.0, false), &[], &joins).0).len(), 1);
        assert_eq!(members(&solve(6, &with(13.0, true), &[], &joins).0).len(), 1, "a hard edge is no bridge");
        let twice = [with(13.0, false), vec![bond(0, 5, 13.0, false)]].concat();
        assert_eq!(members(&solve(6, &twice, &[], &joins).0).len(), 1, "two edges hold");
    }

    #[test]
    fn not_the_same_costs_the_lightest_edge() {
        let joins = Settings::default().joins;
        let bonds = [bond(0, 1, 14.0, true), bond(1, 2, 12.5, false)];
        let (groups, refused) = solve(3, &bonds, &[(0, 2)], &joins);
        assert_eq!(members(&groups), [[0, 1]]);
        assert_eq!(refused, [Refused { of: 102, bridge: false }]);
    }

    proptest! {
        #[test]
        fn the_order_of_bonds_changes_nothing(
            bonds in prop::collection::vec((0..12_u32, 0..12_u32, 6..20_u32, any::<bool>()), 0..30), seed in any::<u64>()
        ) {
            let joins = Settings::default().joins;
            let mut seen = FxHashSet::default();
            let bonds: Vec<Bond> = bonds.into_iter().filter(|(a, b, _, _)| a < b && seen.insert((*a, *b)))
                .map(|(a, b, bits, hard)| bond(a, b, f64::from(bits), hard)).collect();
            let mut other = bonds.clone();
            other.sort_by_key(|bond| u64::from(bond.of).wrapping_mul(seed | 1));
            prop_assert_eq!(solve(12, &bonds, &[(0, 3)], &joins), solve(12, &other, &[(0, 3)], &joins));
        }
    }
}
