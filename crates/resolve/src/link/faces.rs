//! What a vendor's face comparison said of two subjects: the verdict, as a tie with a weight and a cap of its own. No picture is read here, and
//! "different" stands against nothing: personas carry other people's photographs.
//!
//! Must not know how faces are compared, nor what anybody looks like.

use super::behaviour::Seen;
use super::edges::{Edge, Worth};
use super::settings::Settings;
use super::uses::Subjects;
use bonafide_facts::Tables;
use bonafide_facts::tables::who::FaceMatch;
use bonafide_facts::text::printable;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// Ties of the pairs that a vendor calls the same face. Whoever is matched with many looks like a stock picture, or the vendor errs: more than the
/// cap and he is tied to nobody.
#[must_use]
pub fn found(tables: &Tables, subjects: &Subjects, settings: &Settings) -> Vec<Seen> {
    let Some(number) = settings.kind("face_match") else { return Vec::new() };
    let kind = settings.of(number);
    let mut pairs: BTreeMap<(u32, u32), Vec<FaceMatch>> = BTreeMap::new();
    for one in tables.rows::<FaceMatch>() {
        let ends = [&one.left_id, &one.right_id].map(|id| id.as_deref().and_then(|id| subjects.number(id)));
        let same = one.verdict.as_deref().is_some_and(|verdict| verdict.trim().eq_ignore_ascii_case("same"));
        if let ([Some(a), Some(b)], true) = (ends, same)
            && a != b
        {
            pairs.entry((a.min(b), a.max(b))).or_default().push(one);
        }
    }
    let mut matched: FxHashMap<u32, FxHashSet<u32>> = FxHashMap::default();
    for (a, b) in pairs.keys() {
        matched.entry(*a).or_default().insert(*b);
        matched.entry(*b).or_default().insert(*a);
    }
    let tie = |((left, right), rows): ((u32, u32), Vec<FaceMatch>)| {
        let most = [left, right].iter().filter_map(|end| matched.get(end)).map(FxHashSet::len).max().unwrap_or(1);
        let shared_by = u32::try_from(most + 1).unwrap_or(u32::MAX);
        let bits = (kind.bits - kind.slope * f64::from(shared_by - 1).log2()).max(0.0);
        let (worth, bits) = if shared_by > kind.cap { (Worth::Hub, 0.0) } else { (Worth::Held, bits) };
        let mut says: Vec<String> = rows.iter().map(told).collect();
        says.sort();
        says.dedup();
        let mut rows: Vec<i64> = rows.iter().map(|one| one.row_id).collect();
        rows.sort_unstable();
        let ends = (rows.first().copied().unwrap_or(0), rows.last().copied().unwrap_or(0));
        let edge = Edge { left, right, kind: number, worth, bits, shared_by, key: 0, rows: ends };
        Seen { edge, says: says.join("; "), rows }
    };
    pairs.into_iter().map(tie).collect()
}

/// `Vendor says the same face (score 0.97)`.
fn told(one: &FaceMatch) -> String {
    let vendor = printable(one.vendor.as_deref().unwrap_or("a vendor that is not named"), 40);
    let score = one.score.filter(|score| score.is_finite()).map_or(String::new(), |score| format!(" (score {score})"));
    format!("{vendor} says the same face{score}")
}
