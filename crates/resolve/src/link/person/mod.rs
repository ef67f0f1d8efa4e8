//! The same person twice in a plain table: candidates by key, weights by Fellegi and Sunter, clusters whose members agree on
//! average. For one's own records (dedupe, re-hires), level "person"; personas are the business of the levels above.
//!
//! Must not know risk, origin or any official list.

mod block;
mod compare;
mod key;
mod model;
mod records;
mod score;
mod settings;
#[cfg(test)]
mod tests;

use super::graph::Sets;
use block::Blocks;
use bonafide_facts::Trouble;
pub use compare::within;
pub use model::{Model, probability};
pub use records::Records;
use rustc_hash::FxHashMap;
use score::Scorer;
pub use settings::{By, Comparison, Form, Part, PersonLevel, PersonSettings, Test};

/// Two records that are likely one person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Number of the one record (smaller).
    pub left: u32,
    /// The other.
    pub right: u32,
    /// All bits, the prior among them; probability by [`probability`].
    pub bits: f64,
}

/// What person linkage found.
#[derive(Debug, Clone, PartialEq)]
pub struct Persons {
    /// Pairs above the threshold, heaviest first.
    pub pairs: Vec<Pair>,
    /// For each record the smallest record of its cluster.
    pub cluster: Vec<u32>,
    /// The pairs (positions in `pairs`) that joined two clusters, in that order: the trees that hold the clusters together.
    pub tree: Vec<u32>,
    /// The learned weights.
    pub model: Model,
    /// Candidate pairs that were compared.
    pub candidates: u64,
    /// What was left out.
    pub troubles: Vec<Trouble>,
}

/// Links the records of one table, closed, with each other. The order of records decides their numbers and nothing else that matters:
/// the random pairs behind u are drawn by number.
#[must_use]
pub fn link(records: &Records, settings: &PersonSettings) -> Persons {
    let mut troubles = Vec::new();
    if !records.closed() {
        let what = "the last records of the table were not taken in";
        troubles.push(Trouble::error("records-open", None, what, "this is a defect of the caller: Records::close must come before link"));
        return Persons { pairs: Vec::new(), cluster: Vec::new(), tree: Vec::new(), model: Model::default(), candidates: 0, troubles };
    }
    let blocks = Blocks::new(records, settings);
    if blocks.oversized.0 > 0 {
        let (count, members) = blocks.oversized;
        let what = format!("{count} blocks of more than {} records ({members} in all) were skipped for their key", settings.block);
        troubles.push(Trouble::note("large-block", None, what, "other keys may still find these pairs; raise `block` to look at all"));
    }
    let model = Model::learn(records, settings, &blocks);
    let scorer = Scorer::new(records, settings, &model);
    let least = (settings.link_probability / (1.0 - settings.link_probability)).log2();
    let mut pairs: Vec<Pair> = Vec::new();
    let mut candidates = 0_u64;
    let limit = settings.pairs as u64;
    let complete = (0..blocks.keys.len()).all(|at| {
        blocks.each(records, at, 1, &mut |pair| {
            if pair.first {
                candidates += 1;
                let bits = scorer.bits(pair.left, pair.right, least);
                pairs.extend(bits.map(|bits| Pair { left: pair.a, right: pair.b, bits }));
            }
            candidates < limit
        })
    });
    drop(blocks);
    if !complete {
        let what = format!("{limit} candidate pairs and more; the rest was not compared");
        troubles.push(Trouble::warning("too-many-pairs", None, what, "drop the widest key, or raise `pairs`"));
    }
    pairs.sort_unstable_by(|x, y| y.bits.total_cmp(&x.bits).then((x.left, x.right).cmp(&(y.left, y.right))));
    let (cluster, tree) = clusters(records, settings, &scorer, &pairs);
    Persons { pairs, cluster, tree, model, candidates, troubles }
}

impl Persons {
    /// For each record but the first of its cluster, the pair (position in `pairs`) by which it hangs on the rest.
    #[must_use]
    pub fn joined_by(&self) -> Vec<Option<u32>> {
        let mut ends: Vec<(u32, u32, u32)> = Vec::with_capacity(2 * self.tree.len());
        for at in &self.tree {
            let pair = self.pairs[*at as usize];
            ends.extend([(pair.left, pair.right, *at), (pair.right, pair.left, *at)]);
        }
        ends.sort_unstable();
        let mut by = vec![None; self.cluster.len()];
        let mut stack: Vec<(u32, u32)> = (0..).zip(&self.cluster).filter(|(at, root)| at == *root).map(|(at, _)| (at, u32::MAX)).collect();
        while let Some((at, from)) = stack.pop() {
            let first = ends.partition_point(|end| end.0 < at);
            for (_, next, pair) in ends[first..].iter().take_while(|end| end.0 == at).filter(|end| end.1 != from) {
                by[*next as usize] = Some(*pair);
                stack.push((*next, at));
            }
        }
        by
    }
}

/// Heaviest pair first, two clusters merge when their members' pairs agree on average: no chain of single likenesses makes a blob.
fn clusters(records: &Records, settings: &PersonSettings, scorer: &Scorer, pairs: &[Pair]) -> (Vec<u32>, Vec<u32>) {
    let doublings = (records.len.max(1) as f64 / 40_000.0).log2().max(0.0);
    let least = (settings.merge_bits + settings.merge_bits_per_doubling * doublings).min(0.0);
    let mut sets = Sets::new(records.len);
    let mut members: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    let mut tree = Vec::new();
    for (at, pair) in (0_u32..).zip(pairs) {
        let (a, b) = (sets.root(pair.left), sets.root(pair.right));
        if a == b {
            continue;
        }
        let (left, right) = (
            members.get(&a).map_or(std::slice::from_ref(&a), Vec::as_slice),
            members.get(&b).map_or(std::slice::from_ref(&b), Vec::as_slice),
        );
        if left.len() * right.len() > 1 {
            let mut sum = 0.0;
            let mut n = 0_usize;
            'all: for x in left {
                for y in right {
                    let bits = scorer.bits(records.row(*x), records.row(*y), f64::MIN);
                    sum += bits.unwrap_or(-20.0).clamp(-20.0, 20.0);
                    n += 1;
                    if n >= settings.merge_pairs {
                        break 'all;
                    }
                }
            }
            if sum / (n as f64) < least {
                continue;
            }
        }
        let mut all = left.to_vec();
        all.extend_from_slice(right);
        members.remove(&a.max(b));
        members.insert(a.min(b), all);
        sets.join(a, b);
        tree.push(at);
    }
    ((0..u32::try_from(records.len).unwrap_or(u32::MAX)).map(|record| sets.root(record)).collect(), tree)
}
