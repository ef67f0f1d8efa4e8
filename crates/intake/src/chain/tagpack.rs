//! GraphSense TagPacks (YAML): labels with the pack's own defaults.
//!
//! Source: graphsense/graphsense-tagpack-tool, README and config/*.csv (concepts, confidence levels). Must not know lists.

use super::labels::{Found, lane_of_words};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Pack {
    #[serde(default)]
    title: String,
    #[serde(flatten)]
    defaults: Tag,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Debug, Default, Deserialize)]
struct Tag {
    #[serde(default)]
    address: Option<String>,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    category: Option<String>,
    #[serde(default)]
    abuse: Option<String>,
    #[serde(default)]
    confidence: Option<String>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    lastmod: Option<String>,
}

/// Confidence levels at which somebody stands for the tag: an authority, the service itself, or the chain. Below them
/// (crawled, heuristic, unknown) a tag is a lead only.
const FIRM: [&str; 6] = ["authority_data", "service_data", "ledger_immanent", "ownership", "override", "manual_transaction"];

/// The labels of a pack; `None` when the text is no TagPack.
pub(super) fn read(text: &str) -> Option<Vec<Found>> {
    let pack: Pack = serde_saphyr::from_str(text).ok()?;
    if pack.tags.is_empty() || pack.tags.iter().all(|tag| tag.address.is_none()) {
        return None;
    }
    // The library gives no lines: an address is looked for in the text, from the last one on.
    let mut lines = text.lines().enumerate();
    let found = pack.tags.into_iter().filter_map(|tag| {
        let address = tag.address.clone()?;
        let line = lines.by_ref().find(|(_, line)| line.contains(&address)).map_or(1, |(line, _)| line as u64 + 1);
        let pick = |own: &Option<String>, common: &Option<String>| own.clone().or_else(|| common.clone());
        let (label, category) = (pick(&tag.label, &pack.defaults.label), pick(&tag.category, &pack.defaults.category));
        let (abuse, source) = (pick(&tag.abuse, &pack.defaults.abuse), pick(&tag.source, &pack.defaults.source));
        let confidence = pick(&tag.confidence, &pack.defaults.confidence);
        let words = [abuse.as_deref(), category.as_deref(), label.as_deref(), Some(pack.title.as_str())];
        let lead_only = !confidence.as_deref().is_some_and(|level| FIRM.contains(&level));
        let listed_from = pick(&tag.lastmod, &pack.defaults.lastmod);
        Some(Found {
            line,
            address,
            chain: pick(&tag.currency, &pack.defaults.currency).unwrap_or_default(),
            category: lane_of_words(&words).to_owned(),
            name: label.or(category).unwrap_or_else(|| pack.title.clone()),
            source: source.unwrap_or_else(|| pack.title.clone()),
            // `lastmod` is when the pack was changed, not since when it holds: it is when it was said.
            said_at: listed_from,
            lead_only,
        })
    });
    Some(found.collect())
}
