//! The clusters of the report: who is held together, and by which links.
//!
//! Must not judge: a cluster is shown, rules decide what it means.

use crate::report::model::{ClusterReport, SubjectReport, Tie};
use bonafide_facts::tables::derived::{Cluster, Link};
use bonafide_facts::text::printable;
use bonafide_facts::{Band, Tables};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Most clusters, members named for one, and links and reasons shown for one.
const MAX_CLUSTERS: usize = 500;
const MAX_MEMBERS: usize = 16;
const MAX_TIES: usize = 40;
const MAX_REASONS: usize = 4;

/// Clusters with a member above `clear`, operators first, then by id.
#[must_use]
pub fn find(subjects: &[SubjectReport], tables: &Tables, left_out: &mut Vec<String>) -> Vec<ClusterReport> {
    let deserving: HashSet<&str> =
        subjects.iter().filter(|subject| subject.band > Band::Clear).map(|subject| subject.subject_id.as_str()).collect();
    let mut members: BTreeMap<(bool, String), Vec<String>> = BTreeMap::new();
    let mut levels: HashMap<String, String> = HashMap::new();
    for row in tables.rows::<Cluster>() {
        let (Some(id), Some(subject), Some(level)) = (row.cluster_id, row.subject_id, row.level) else { continue };
        members.entry((level != "operator", id.clone())).or_default().push(subject);
        levels.insert(id, level);
    }
    members.retain(|_, members| members.iter().any(|member| deserving.contains(member.as_str())));
    if members.len() > MAX_CLUSTERS {
        left_out.push(format!("{} of {} clusters are left out; `bonafide link` writes all", members.len() - MAX_CLUSTERS, members.len()));
    }
    let mut clusters: Vec<ClusterReport> = members
        .into_iter()
        .take(MAX_CLUSTERS)
        .map(|((_, id), mut members)| {
            members.sort();
            let total = members.len() as u64;
            members.truncate(MAX_MEMBERS);
            ClusterReport { level: levels.get(&id).cloned().unwrap_or_default(), id, members, total, ties: Vec::new() }
        })
        .collect();
    ties(&mut clusters, tables);
    clusters
}

/// Puts the links between named members in.
fn ties(clusters: &mut [ClusterReport], tables: &Tables) {
    let mut of: HashMap<(String, String), usize> = HashMap::new();
    for (at, cluster) in clusters.iter().enumerate() {
        of.extend(cluster.members.iter().map(|member| ((cluster.level.clone(), member.clone()), at)));
    }
    for link in tables.rows::<Link>() {
        let (Some(left), Some(right), Some(level)) = (link.left_id, link.right_id, link.level) else { continue };
        let at = |member: &String| of.get(&(level.clone(), member.clone())).copied();
        let (Some(one), Some(other)) = (at(&left), at(&right)) else { continue };
        let joined = link.joined.unwrap_or_else(|| "no".to_owned());
        if one == other && joined != "no" {
            let reasons = link.reasons.unwrap_or_default();
            let reasons =
                reasons.split('|').filter(|reason| !reason.is_empty()).take(MAX_REASONS).map(|reason| printable(reason, 200)).collect();
            clusters[one].ties.push(Tie { left, right, bits: link.weight_bits.unwrap_or(0.0), joined, reasons });
        }
    }
    for cluster in clusters {
        cluster.ties.sort_by(|a, b| b.bits.total_cmp(&a.bits).then_with(|| (&a.left, &a.right).cmp(&(&b.left, &b.right))));
        cluster.ties.truncate(MAX_TIES);
    }
}
