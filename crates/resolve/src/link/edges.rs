//! From values in use to edges between subjects: rarity, hubs, expiry, and who says so.
//!
//! Must not know how edges are put together into clusters.

use super::settings::{Level, Settings, SharedKind};
use super::uses::{Standing, Subjects, Use};
use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use bonafide_facts::Tables;
use bonafide_facts::table::ROW_ID;
use bonafide_facts::tables::derived::DocumentMatch;

/// What an edge is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worth {
    /// Both sides hold the value: counts fully.
    Held,
    /// Both sides only assert it: counts in part, never alone.
    Asserted,
    /// One side asserts what the other holds: shown, never drags anybody in.
    Planted,
    /// The uses lie too far apart.
    Expired,
    /// Shared by more than the cap: shown, joins nobody.
    Hub,
}

impl Worth {
    /// Whether it may help to join.
    #[must_use]
    pub fn counts(self) -> bool {
        matches!(self, Self::Held | Self::Asserted)
    }
}

/// Two subjects share a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// Number of the one subject (smaller).
    pub left: u32,
    /// The other.
    pub right: u32,
    /// Number of the kind.
    pub kind: u8,
    /// What it is worth.
    pub worth: Worth,
    /// Bits, after rarity and standing.
    pub bits: f64,
    /// How many subjects share the value.
    pub shared_by: u32,
    /// The value.
    pub key: u64,
    /// A row of each side.
    pub rows: (i64, i64),
}

/// One subject's uses of one value.
#[derive(Debug, Clone, Copy)]
struct Holder {
    subject: u32,
    standing: Standing,
    first: i32,
    last: i32,
    row: i64,
}

/// Edges of all shared values. `uses` ordered by value.
#[must_use]
pub fn of_values(uses: &[Use], settings: &Settings) -> Vec<Edge> {
    let mut edges = Vec::new();
    for group in uses.chunk_by(|a, b| a.key == b.key) {
        if group.first().map(|one| one.subject) == group.last().map(|one| one.subject) {
            continue;
        }
        let holders: Vec<Holder> = group.chunk_by(|a, b| a.subject == b.subject).filter_map(holder).collect();
        of_holders(&holders, group[0], settings, &mut edges);
    }
    edges
}

/// Edges of one subject for one value. `uses` of that value, ordered by subject. What more than the cap share joins nobody and gives none.
pub fn of_subject(uses: &[Use], subject: u32, settings: &Settings, edges: &mut Vec<Edge>) {
    let holders: Vec<Holder> = uses.chunk_by(|a, b| a.subject == b.subject).filter_map(holder).collect();
    let (Some(of), Some(own)) = (uses.first(), holders.iter().find(|one| one.subject == subject)) else { return };
    let kind = settings.of(of.kind);
    let shared_by = u32::try_from(holders.len()).unwrap_or(u32::MAX);
    if shared_by > kind.cap {
        return;
    }
    let rarity = rarity(kind, shared_by);
    for other in holders.iter().filter(|one| one.subject != subject) {
        let (left, right) = if own.subject < other.subject { (own, other) } else { (other, own) };
        let (worth, bits) = worth(left, right, false, rarity, kind.expires_days, settings);
        let rows = (left.row, right.row);
        edges.push(Edge { left: left.subject, right: right.subject, kind: of.kind, worth, bits, shared_by, key: of.key, rows });
    }
}

/// Bits of a value that so many share, before it is asked who says so.
fn rarity(kind: &SharedKind, shared_by: u32) -> f64 {
    (kind.bits - kind.slope * f64::from(shared_by - 1).log2()).max(0.0)
}

fn holder(uses: &[Use]) -> Option<Holder> {
    let best = uses.iter().max_by_key(|one| (one.standing, std::cmp::Reverse(one.row)))?;
    // Only uses as sure as the best tell when: an old claim does not stretch an observed use.
    let sure = uses.iter().filter(|one| one.standing == best.standing);
    let (first, last) = sure.fold((i32::MAX, i32::MIN), |(first, last), one| (first.min(one.first), last.max(one.last)));
    Some(Holder { subject: best.subject, standing: best.standing, first, last, row: best.row })
}

fn of_holders(holders: &[Holder], of: Use, settings: &Settings, edges: &mut Vec<Edge>) {
    let kind = settings.of(of.kind);
    let shared_by = u32::try_from(holders.len()).unwrap_or(u32::MAX);
    let hub = shared_by > kind.cap;
    let rarity = rarity(kind, shared_by);
    let reach = if holders.len() > settings.joins.all_pairs { 1 } else { holders.len() };
    for (at, left) in holders.iter().enumerate() {
        for right in holders[at + 1..].iter().take(reach) {
            let (worth, bits) = worth(left, right, hub, rarity, kind.expires_days, settings);
            edges.push(Edge {
                left: left.subject,
                right: right.subject,
                kind: of.kind,
                worth,
                bits,
                shared_by,
                key: of.key,
                rows: (left.row, right.row),
            });
        }
    }
}

fn worth(left: &Holder, right: &Holder, hub: bool, rarity: f64, expires_days: i32, settings: &Settings) -> (Worth, f64) {
    let gap = i64::from(left.first.max(right.first)) - i64::from(left.last.min(right.last));
    let known = left.first.max(right.first) != i32::MIN && left.last.min(right.last) != i32::MAX;
    if hub || left.standing == Standing::Public || right.standing == Standing::Public {
        (Worth::Hub, 0.0)
    } else if known && gap > i64::from(expires_days) {
        (Worth::Expired, 0.0)
    } else if left.standing != right.standing {
        (Worth::Planted, rarity.min(settings.joins.planted_bits))
    } else if left.standing == Standing::Held {
        (Worth::Held, rarity)
    } else {
        (Worth::Asserted, rarity * settings.joins.asserted_share)
    }
}

/// Edges that join subjects directly: documents, referrals, ratings.
#[must_use]
pub fn direct(tables: &Tables, subjects: &Subjects, settings: &Settings) -> Vec<Edge> {
    let mut edges = Vec::new();
    let mut add = |left: &str, right: &str, kind: &str, share: f64, worth: Worth, shared_by: u32, rows: (i64, i64)| {
        let (Some(kind), Some(left), Some(right)) = (settings.kind(kind), subjects.number(left), subjects.number(right)) else { return };
        if left == right {
            return;
        }
        let of = settings.of(kind);
        let rarity = (of.bits * share - of.slope * f64::from(shared_by.max(2) - 1).log2()).max(0.0);
        let (worth, bits) = if shared_by > of.cap { (Worth::Hub, 0.0) } else { (worth, rarity) };
        let (left, right, rows) = if left < right { (left, right, rows) } else { (right, left, (rows.1, rows.0)) };
        edges.push(Edge { left, right, kind, worth, bits, shared_by, key: 0, rows });
    };
    for found in tables.rows::<DocumentMatch>() {
        let (Some(left), Some(right), Some(how)) = (found.left_id, found.right_id, found.how) else { continue };
        let kind = if how == "contained" { "text" } else { how.as_str() };
        let share = if how == "sentence" { 1.0 } else { found.similarity.unwrap_or(0.0).sqrt() };
        let shared_by = u32::try_from(found.shared_by.unwrap_or(2)).unwrap_or(2);
        let rows = found.evidence.unwrap_or_default();
        let rows = (rows.first().copied().unwrap_or(0), rows.get(1).copied().unwrap_or(0));
        add(&left, &right, kind, share, Worth::Asserted, shared_by, rows);
    }
    for (table, left, right, kind) in
        [("referrals", "subject_id", "referred_id", "referral"), ("reviews", "client_id", "subject_id", "rating")]
    {
        for batch in tables.get(table).into_iter().flat_map(|data| &data.batches) {
            let text = |name: &str, row| crate::documents::read::text(batch.column_by_name(name), row);
            let ids = batch.column_by_name(ROW_ID).and_then(|ids| ids.as_primitive_opt::<Int64Type>());
            for row in 0..batch.num_rows() {
                let id = ids.map_or(0, |ids| ids.value(row));
                add(text(left, row), text(right, row), kind, 1.0, Worth::Held, 2, (id, id));
            }
        }
    }
    edges
}

/// What two subjects share at one level, and whether that joins them.
#[derive(Debug, Clone, PartialEq)]
pub struct Joined {
    /// Number of the one subject (smaller).
    pub left: u32,
    /// The other.
    pub right: u32,
    /// Sum over independent groups of the largest edge that counts, bits.
    pub bits: f64,
    /// Whether one edge joins alone.
    pub hard: bool,
    /// Whether the pair joins at all.
    pub joins: bool,
    /// The edges, heaviest first: range in the ordered edges.
    pub edges: std::ops::Range<usize>,
}

/// Orders edges by pair and weight; a repeated value of one kind keeps its heaviest.
pub fn order(edges: &mut Vec<Edge>) {
    edges.sort_unstable_by(|a, b| {
        (a.left, a.right)
            .cmp(&(b.left, b.right))
            .then(b.bits.total_cmp(&a.bits))
            .then((a.worth, a.kind, a.key, a.rows).cmp(&(b.worth, b.kind, b.key, b.rows)))
    });
    edges.dedup_by(|next, kept| {
        (next.left, next.right, next.kind, next.key, next.worth) == (kept.left, kept.right, kept.kind, kept.key, kept.worth)
    });
}

/// Pairs of a level from ordered edges. At the network level everything counts that ties people, the operator kinds too.
#[must_use]
pub fn join(edges: &[Edge], level: Level, settings: &Settings) -> Vec<Joined> {
    let mut out = Vec::new();
    let mut start = 0;
    for pair in edges.chunk_by(|a, b| (a.left, a.right) == (b.left, b.right)) {
        let range = start..start + pair.len();
        start = range.end;
        let of_level = |edge: &&Edge| level == Level::Network || settings.of(edge.kind).level == level;
        if !pair.iter().any(|edge| settings.of(edge.kind).level == level) {
            continue;
        }
        let mut groups: Vec<(&str, Worth)> = Vec::new();
        let (mut bits, mut hard) = (0.0, false);
        for edge in pair.iter().filter(of_level).filter(|edge| edge.worth.counts() && edge.bits > 0.0) {
            let kind = settings.of(edge.kind);
            if !groups.iter().any(|(group, _)| *group == kind.group) {
                groups.push((&kind.group, edge.worth));
                bits += edge.bits;
            }
            hard |= kind.hard && edge.worth == Worth::Held && edge.bits >= settings.joins.hard_bits;
        }
        let enough = if level == Level::Operator { settings.joins.operator_bits } else { settings.joins.network_bits };
        let joins = hard || (groups.len() >= settings.joins.groups && bits >= enough);
        out.push(Joined { left: pair[0].left, right: pair[0].right, bits, hard, joins, edges: range });
    }
    out
}
