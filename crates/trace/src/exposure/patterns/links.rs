//! What several subjects' wallets share, pair by pair, as `links` of the level network: a lead about a crew, which joins nobody by
//! itself.
//!
//! Must not know transfers: it reads the rows of the lane `pattern` only.

use super::Patterns;
use bonafide_facts::tables::derived::{Exposure, Link};
use bonafide_facts::text::printable;
use bonafide_facts::{Severity, Trouble};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of evidence in one link.
const EVIDENCE: usize = 50;

/// Shapes that speak of a pair, and the bits a pair's sharing is worth (experts' judgement, as the rules on them have it).
const SHARED: [(&str, &str, f64); 6] = [
    ("deposit", "one deposit address of an exchange", 3.0),
    ("gather", "coin gathers in one address", 2.0),
    ("gas", "fees first paid from the other's wallet", 2.0),
    ("gas_shared", "first coin for fees from one address", 1.5),
    ("peel", "peeling chains that meet", 1.5),
    ("payer", "one payer", 0.5),
];

/// Who stands at one shared place: subject and evidence.
type Place<'a> = BTreeMap<&'a str, BTreeSet<i64>>;

#[derive(Default)]
struct Pair {
    bits: f64,
    reasons: Vec<String>,
    shared_by: usize,
    evidence: BTreeSet<i64>,
}

/// The links, by pair; what too many share links nobody and is told.
pub(crate) fn links(rows: &[Exposure], bounds: &Patterns) -> (Vec<Link>, Vec<Trouble>) {
    let (mut pairs, mut troubles): (BTreeMap<(&str, &str), Pair>, Vec<Trouble>) = Default::default();
    for (method, says, bits) in SHARED {
        for ((chain, address), people) in places(rows, method) {
            if people.len() > bounds.people {
                let what = format!("{} people share {} on {chain} ({says}): so many link nobody", people.len(), printable(address, 128));
                troubles.push(Trouble::new(
                    Severity::Note,
                    "shared-by-many",
                    None,
                    what,
                    "label the address when it is a service, an exchange or an employer",
                ));
                continue;
            }
            #[allow(clippy::cast_precision_loss)]
            let worth = (bits - (people.len() as f64 / 2.0).log2() / 2.0).max(0.1);
            let all: Vec<(&&str, &BTreeSet<i64>)> = people.iter().collect();
            for (place, (left, left_rows)) in all.iter().enumerate() {
                for (right, right_rows) in &all[place + 1..] {
                    let pair = pairs.entry((left, right)).or_default();
                    pair.bits += worth;
                    pair.reasons.push(format!(
                        "{method}: {says}, {} on {chain}, shared by {}: +{worth:.1} bits",
                        printable(address, 128),
                        people.len()
                    ));
                    pair.shared_by = pair.shared_by.max(people.len());
                    pair.evidence.extend(left_rows.iter().chain(right_rows.iter()));
                }
            }
        }
    }
    let link = |((left, right), mut pair): ((&str, &str), Pair)| {
        pair.reasons.sort();
        pair.reasons.dedup();
        Link {
            left_id: Some(left.to_owned()),
            right_id: Some(right.to_owned()),
            level: Some("network".to_owned()),
            weight_bits: Some(pair.bits),
            reasons: Some(pair.reasons.join("|")),
            joined: Some("no".to_owned()),
            kinds: Some("coin".to_owned()),
            shared_by: i64::try_from(pair.shared_by).ok(),
            evidence: Some(pair.evidence.into_iter().take(EVIDENCE).collect()),
            ..Link::default()
        }
    };
    (pairs.into_iter().map(link).collect(), troubles)
}

/// Who stands where by one shape, by (chain, address).
fn places<'a>(rows: &'a [Exposure], method: &str) -> BTreeMap<(&'a str, &'a str), Place<'a>> {
    let mut places: BTreeMap<(&str, &str), Place<'_>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.lane.as_deref() == Some("pattern") && row.method.as_deref() == Some(method)) {
        let (Some(subject), Some(other)) = (row.subject_id.as_deref(), row.source_address.as_deref()) else { continue };
        let chain = row.chain.as_deref().unwrap_or("");
        let evidence = row.evidence.iter().flatten().copied();
        // A peeling chain meets another anywhere but at its own wallet; any other shape at the address it names.
        let path: Vec<&str> = row.path.as_deref().unwrap_or("").split('|').skip(1).collect();
        for address in if method == "peel" { path } else { vec![other] } {
            places.entry((chain, address)).or_default().entry(subject).or_default().extend(evidence.clone());
        }
        if method == "gas"
            && let Some(funder) = row.source_label.as_deref()
        {
            places.entry((chain, other)).or_default().entry(funder).or_default();
        }
    }
    places.retain(|_, people| people.len() > 1);
    places
}
