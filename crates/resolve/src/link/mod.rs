//! Who is the same pair of hands (operator), and who belongs to one crew (network): shared values -> edges -> pairs -> clusters.
//! A differing name or birth date never stands against `operator`: personas differ on purpose, and neither is read here.
//!
//! Must not know risk, bands, countries or any official list.

pub mod behaviour;
pub mod bulk;
pub mod dossier;
mod edges;
pub mod exchange;
mod explain;
mod faces;
pub mod graph;
mod identity;
pub mod person;
mod public;
mod settings;
pub mod stored;
#[cfg(test)]
mod tests;
mod uses;
mod values;

use behaviour::Seen;
use bonafide_facts::tables::derived::{Cluster, Link};
use bonafide_facts::tables::who::LinkDecision;
use bonafide_facts::text::printable;
use bonafide_facts::{Tables, Trouble};
use edges::{Edge, Joined, Worth};
pub use explain::{Explanation, Step};
use graph::{Bond, Group};
pub use identity::Change;
use rustc_hash::{FxHashMap, FxHashSet};
pub use settings::{Joins, Level, LinkLimits, Settings, SharedKind};
pub use uses::READS;
use uses::Subjects;

/// Characters of a shared value that a reason shows.
const VALUE_CHARACTERS: usize = 60;

/// What linking adds to the tables.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LinkResult {
    /// Pairs that share evidence, joined or not; ordered by left, right, level.
    pub links: Vec<Link>,
    /// Members of clusters; ordered by level, cluster, subject.
    pub clusters: Vec<Cluster>,
    /// What became of the clusters of an earlier run.
    pub changes: Vec<Change>,
    /// What was left out.
    pub troubles: Vec<Trouble>,
}

/// Links all subjects of the tables. `document_matches` is read when it is there. `earlier` are the clusters of an earlier run,
/// whose ids live on; empty when there is none.
#[must_use]
pub fn link(tables: &Tables, settings: &Settings, earlier: &[Cluster]) -> LinkResult {
    Linker::new(tables, settings).result(earlier)
}

/// One level, solved.
#[derive(Debug, Clone, Default)]
struct Solved {
    pairs: Vec<Joined>,
    groups: Vec<Group>,
    /// Pairs (numbers in `pairs`) that would have joined: true = weak bridge, false = a person said not the same.
    refused: FxHashMap<u32, bool>,
}

/// What is said of an edge that rests on more than one value, and its rows: by kind and pair.
type Notes = FxHashMap<(u8, u32, u32), (String, Vec<i64>)>;

/// All subjects linked, kept so that any two can be explained.
#[derive(Debug)]
pub struct Linker<'a> {
    settings: &'a Settings,
    subjects: Subjects,
    edges: Vec<Edge>,
    values: FxHashMap<(u8, i64), String>,
    notes: Notes,
    operator: Solved,
    network: Solved,
    apart: [Vec<(u32, u32)>; 2],
    decisions: Vec<LinkDecision>,
    troubles: Vec<Trouble>,
}

impl<'a> Linker<'a> {
    /// Reads the tables and solves both levels.
    #[must_use]
    pub fn new(tables: &Tables, settings: &'a Settings) -> Self {
        let mut troubles = Vec::new();
        let subjects = Subjects::read(tables);
        let uses = uses::read(tables, &subjects, settings, &mut troubles);
        let mut edges = edges::of_values(&uses, settings);
        drop(uses);
        edges.extend(edges::direct(tables, &subjects, settings));
        let mut notes = Notes::default();
        for Seen { edge, says, rows } in seen(tables, &subjects, settings, &edges) {
            notes.insert((edge.kind, edge.left, edge.right), (says, rows));
            edges.push(edge);
        }
        let decisions = tables.rows::<LinkDecision>();
        let apart = decide(tables, &subjects, &decisions, settings, &mut edges, &mut troubles);
        edges::order(&mut edges);
        let rows: FxHashSet<i64> =
            edges.iter().take(settings.limits.explained_values).flat_map(|edge| [edge.rows.0, edge.rows.1]).collect();
        let mut values = uses::shown(tables, settings, &rows);
        if let Some(kind) = settings.kind("decision") {
            let text = |cell: &Option<String>| printable(cell.as_deref().unwrap_or("not told"), VALUE_CHARACTERS);
            values.extend(decisions.iter().map(|one| ((kind, one.row_id), format!("by {} ({})", text(&one.by), text(&one.why)))));
        }
        // Two values whose hashes meet by chance (or design) are told apart by what is shown of them.
        edges.retain(|edge| match (values.get(&(edge.kind, edge.rows.0)), values.get(&(edge.kind, edge.rows.1))) {
            (Some(left), Some(right)) => edge.key == 0 || left == right,
            _ => true,
        });
        let mut linker = Self {
            settings,
            subjects,
            edges,
            values,
            notes,
            operator: Solved::default(),
            network: Solved::default(),
            apart,
            decisions,
            troubles,
        };
        linker.operator = linker.solve(Level::Operator, &[]);
        let hands: Vec<Joined> = linker.tree_pairs(&linker.operator);
        linker.network = linker.solve(Level::Network, &hands);
        linker
    }

    /// Solves one level; `more` are pairs that hold already.
    fn solve(&self, level: Level, more: &[Joined]) -> Solved {
        let mut pairs = edges::join(&self.edges, level, self.settings);
        pairs.extend_from_slice(more);
        let joining: Vec<(u32, &Joined)> = (0..).zip(&pairs).filter(|(_, pair)| pair.joins).collect();
        let roots = graph::components(self.subjects.ids.len(), joining.iter().map(|(_, pair)| (pair.left, pair.right)));
        let mut by_root: Vec<(u32, u32)> = joining.iter().map(|(at, pair)| (roots[pair.left as usize], *at)).collect();
        by_root.sort_unstable();
        let mut solved = Solved::default();
        let mut apart: FxHashMap<u32, Vec<(u32, u32)>> = FxHashMap::default();
        for (a, b) in &self.apart[usize::from(level == Level::Network)] {
            apart.entry(roots[*a as usize]).or_default().push((*a, *b));
        }
        for component in by_root.chunk_by(|x, y| x.0 == y.0) {
            let mut members: Vec<u32> =
                component.iter().flat_map(|(_, at)| [pairs[*at as usize].left, pairs[*at as usize].right]).collect();
            members.sort_unstable();
            members.dedup();
            let local = |node: u32| members.binary_search(&node).ok().and_then(|at| u32::try_from(at).ok());
            let bond = |(_, at): &(u32, u32)| {
                let pair = &pairs[*at as usize];
                Some(Bond { a: local(pair.left)?, b: local(pair.right)?, bits: pair.bits, hard: pair.hard, of: *at })
            };
            let bonds: Vec<Bond> = component.iter().filter_map(bond).collect();
            let apart = apart.get(&component[0].0).into_iter().flatten();
            let apart: Vec<(u32, u32)> = apart.filter_map(|(a, b)| Some((local(*a)?, local(*b)?))).collect();
            let (groups, refused) = graph::solve(members.len(), &bonds, &apart, &self.settings.joins);
            solved.refused.extend(refused.into_iter().map(|refused| (refused.of, refused.bridge)));
            let global = |group: Group| Group { members: group.members.iter().map(|at| members[*at as usize]).collect(), ..group };
            solved.groups.extend(groups.into_iter().map(global));
        }
        solved.groups.sort_unstable_by(|x, y| x.members.cmp(&y.members));
        solved.pairs = pairs;
        solved
    }

    /// The pairs that hold a level's groups together, as hard pairs of the next level.
    fn tree_pairs(&self, solved: &Solved) -> Vec<Joined> {
        let mut at: Vec<u32> = solved.groups.iter().flat_map(|group| group.joined_by.iter().copied()).collect();
        at.sort_unstable();
        at.dedup();
        at.into_iter().map(|at| Joined { hard: true, ..solved.pairs[at as usize].clone() }).collect()
    }

    /// Clusters of a level by the numbers of their members (smallest first; [`Self::id`] names them), and how many pairs join at it.
    #[must_use]
    pub fn groups(&self, level: Level) -> (&[Group], usize) {
        let solved = if level == Level::Operator { &self.operator } else { &self.network };
        (&solved.groups, solved.pairs.iter().filter(|pair| pair.joins).count())
    }

    /// The key of a subject by number.
    #[must_use]
    pub fn id(&self, number: u32) -> &str {
        self.subjects.id(number)
    }

    /// The rows; `earlier` are the clusters of an earlier run.
    #[must_use]
    pub fn result(&self, earlier: &[Cluster]) -> LinkResult {
        let mut troubles = self.troubles.clone();
        let mut links: Vec<Link> = Vec::new();
        for (level, solved) in [(Level::Operator, &self.operator), (Level::Network, &self.network)] {
            let own = |pair: &&Joined| self.edges[pair.edges.clone()].iter().any(|edge| self.settings.of(edge.kind).level == level);
            links.extend(solved.pairs.iter().filter(own).map(|pair| self.link(level, pair)));
        }
        links.sort_by(|x, y| {
            (&x.left_id, &x.right_id, &x.level)
                .cmp(&(&y.left_id, &y.right_id, &y.level))
                .then(y.weight_bits.partial_cmp(&x.weight_bits).unwrap_or(std::cmp::Ordering::Equal))
        });
        links.dedup_by(|next, kept| (&next.left_id, &next.right_id, &next.level) == (&kept.left_id, &kept.right_id, &kept.level));
        if links.len() > self.settings.limits.links {
            let what = format!("more than {} links; the rest is left out (clusters are complete)", self.settings.limits.links);
            let mut trouble = Trouble::warning("too-many-links", None, what, "look for a value that everybody shares, or raise the limit");
            trouble.count = (links.len() - self.settings.limits.links) as u64;
            troubles.push(trouble);
            links.truncate(self.settings.limits.links);
        }
        let mut clusters = Vec::new();
        let mut changes = Vec::new();
        for (level, solved) in [(Level::Operator, &self.operator), (Level::Network, &self.network)] {
            // A crew that is one pair of hands only is told at the operator level already.
            let own = |group: &&Group| level == Level::Operator || group.joined_by.iter().any(|at| !solved.pairs[*at as usize].hard);
            let groups: Vec<&Group> = solved.groups.iter().filter(own).collect();
            let (ids, changed) = identity::name(level, &groups, &self.subjects, earlier, &|_| false);
            changes.extend(changed);
            for (group, id) in groups.iter().zip(ids) {
                clusters.extend(self.rows_of(level, solved, group, &id));
            }
        }
        clusters.sort_by(|x, y| (&x.level, &x.cluster_id, &x.subject_id).cmp(&(&y.level, &y.cluster_id, &y.subject_id)));
        LinkResult { links, clusters, changes, troubles }
    }

    fn rows_of(&self, level: Level, solved: &Solved, group: &Group, id: &str) -> Vec<Cluster> {
        let row = |(member, by): (&u32, Option<&u32>)| {
            let pair = by.map(|at| &solved.pairs[*at as usize]);
            Cluster {
                row_id: 0,
                cluster_id: Some(id.to_owned()),
                subject_id: Some(self.subjects.id(*member).to_owned()),
                level: Some(level.word().to_owned()),
                joined_by: pair.map(|pair| format!("{}|{}", self.subjects.id(pair.left), self.subjects.id(pair.right))),
                size: i64::try_from(group.members.len()).ok(),
                evidence: Some(pair.map(|pair| self.evidence(pair)).unwrap_or_default()),
            }
        };
        let by = std::iter::once(None).chain(group.joined_by.iter().map(Some));
        group.members.iter().zip(by).map(row).collect()
    }

    fn evidence(&self, pair: &Joined) -> Vec<i64> {
        let of_edge = |edge: &Edge| match self.note(edge) {
            Some((_, rows)) => rows.clone(),
            None => vec![edge.rows.0, edge.rows.1],
        };
        let mut rows: Vec<i64> = self.edges[pair.edges.clone()].iter().flat_map(of_edge).filter(|row| *row != 0).collect();
        rows.sort_unstable();
        rows.dedup();
        rows.truncate(20);
        rows
    }

    fn link(&self, level: Level, pair: &Joined) -> Link {
        let edges = &self.edges[pair.edges.clone()];
        let counts = |edge: &&Edge| {
            edge.worth.counts() && edge.bits > 0.0 && (level == Level::Network || self.settings.of(edge.kind).level == level)
        };
        let mut kinds: Vec<&str> = edges.iter().filter(counts).map(|edge| reason_kind(&self.settings.of(edge.kind).kind)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        Link {
            row_id: 0,
            left_id: Some(self.subjects.id(pair.left).to_owned()),
            right_id: Some(self.subjects.id(pair.right).to_owned()),
            level: Some(level.word().to_owned()),
            weight_bits: Some((pair.bits * 1000.0).round() / 1000.0),
            reasons: Some(edges.iter().take(12).map(|edge| self.reason(edge)).collect::<Vec<_>>().join("|")),
            joined: Some(
                if !pair.joins {
                    "no"
                } else if pair.hard {
                    "alone"
                } else {
                    "together"
                }
                .to_owned(),
            ),
            kinds: Some(kinds.join("|")),
            shared_by: edges.iter().map(|edge| i64::from(edge.shared_by)).max(),
            evidence: Some(self.evidence(pair)),
        }
    }

    fn note(&self, edge: &Edge) -> Option<&(String, Vec<i64>)> {
        self.notes.get(&(edge.kind, edge.left, edge.right)).filter(|_| edge.key == 0)
    }

    /// One line: what is shared, by how many, and what it counts.
    fn reason(&self, edge: &Edge) -> String {
        let kind = &self.settings.of(edge.kind).kind;
        let note = self.note(edge).map(|(says, _)| says);
        let most = if note.is_some() || kind == "decision" { 3 * VALUE_CHARACTERS } else { VALUE_CHARACTERS };
        let value = note
            .or_else(|| self.values.get(&(edge.kind, edge.rows.0)))
            .map_or(String::new(), |value| format!(" {}", printable(value, most).replace('|', "/")));
        let by = edge.shared_by;
        match edge.worth {
            Worth::Held if note.is_some() => format!("{kind}:{value}, shared by {by}: +{:.1} bits", edge.bits),
            Worth::Held => format!("{kind}{value} shared by {by}: +{:.1} bits", edge.bits),
            Worth::Asserted => format!("{kind}{value} shared by {by}, asserted only: +{:.1} bits, never alone", edge.bits),
            Worth::Planted => format!("{kind}{value} asserted by one and held by the other: shown, joins nobody"),
            Worth::Expired => format!("{kind}{value} used at times too far apart: shown, joins nobody"),
            Worth::Hub if by <= self.settings.of(edge.kind).cap => {
                format!("{kind}{value} shared by {by}: known to belong to many, joins nobody")
            }
            Worth::Hub => format!("{kind}{value} shared by {by}, more than {}: a hub, joins nobody", self.settings.of(edge.kind).cap),
        }
    }
}

/// Ties that only the whole of the tables shows, with the keys of the two: documents, behaviour, faces. What one row more changes in them cannot
/// be told from that row.
#[must_use]
fn of_the_whole(tables: &Tables, settings: &Settings) -> Vec<(String, String, Edge)> {
    let subjects = Subjects::read(tables);
    let mut documents = Tables::default();
    if let Some(data) = tables.get("document_matches")
        && documents.add(data.table, data.schema.clone(), data.batches.clone()).is_err()
    {
        documents = Tables::default();
    }
    let values = if behaviour::observed(tables) {
        edges::of_values(&uses::read(tables, &subjects, settings, &mut Vec::new()), settings)
    } else {
        Vec::new()
    };
    let ties: Vec<Edge> = values.into_iter().chain(edges::direct(tables, &subjects, settings)).collect();
    let own = seen(tables, &subjects, settings, &ties).into_iter().map(|seen| seen.edge);
    let named = |edge: Edge| (subjects.id(edge.left).to_owned(), subjects.id(edge.right).to_owned(), edge);
    edges::direct(&documents, &subjects, settings).into_iter().chain(own).map(named).collect()
}

/// Ties that rest on more than a value: behaviour, and what a vendor says of faces. `edges` are the other ties.
fn seen(tables: &Tables, subjects: &Subjects, settings: &Settings, edges: &[Edge]) -> Vec<Seen> {
    let mut seen = behaviour::join(tables, subjects, settings, edges);
    seen.extend(faces::found(tables, subjects, settings));
    seen
}

/// The word of `links.kinds` for a kind.
fn reason_kind(kind: &str) -> &'static str {
    match kind {
        "text" | "sentence" | "template" => "text",
        "image" | "exif" | "photo_hash" => "image",
        "device" | "mfa_device" | "device_serial" | "machine_name" => "device",
        "bank_account" | "payment_account" | "wallet" => "payment",
        "payer" | "pays_to" => "payroll",
        "sign_in_ip" | "ship_to" | "address" | "phone" | "days_at_one_line" => "place",
        "takes_turns" => "turns",
        "handed_over" => "handover",
        "begins_together" => "rhythm",
        "face_match" => "face",
        "decision" => "decision",
        "referral" | "rating" | "rated_by" => "referral",
        _ => "identifier",
    }
}

/// Puts a person's decisions in: "same" as an edge, "not_same" as pairs to keep apart (operator, network).
fn decide(
    tables: &Tables,
    subjects: &Subjects,
    decisions: &[LinkDecision],
    settings: &Settings,
    edges: &mut Vec<Edge>,
    troubles: &mut Vec<Trouble>,
) -> [Vec<(u32, u32)>; 2] {
    let mut apart = [Vec::new(), Vec::new()];
    for one in decisions {
        let number = |id: &Option<String>| id.as_deref().and_then(|id| subjects.number(id));
        let place = tables.files.place(bonafide_facts::RowId(one.row_id));
        let (Some(a), Some(b)) = (number(&one.left_id), number(&one.right_id)) else {
            troubles.push(Trouble::warning(
                "unknown-subject",
                place,
                "a decision names a subject that is in no table",
                "correct the id, or remove the line",
            ));
            continue;
        };
        let (left, right) = (a.min(b), a.max(b));
        match (one.decision.as_deref(), settings.kind("decision")) {
            (Some("same"), Some(kind)) if a != b => {
                let bits = settings.of(kind).bits;
                edges.push(Edge { left, right, kind, worth: Worth::Held, bits, shared_by: 2, key: 0, rows: (one.row_id, one.row_id) });
            }
            (Some("not_same"), _) => apart[usize::from(one.level.as_deref() == Some("network"))].push((left, right)),
            _ => troubles.push(Trouble::warning(
                "bad-decision",
                place,
                "a decision is neither `same` nor `not_same`",
                "write one of the two words",
            )),
        }
    }
    apart
}
