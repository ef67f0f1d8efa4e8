//! One rule's result on one subject, with all a person needs to check it.
//!
//! Must not know how findings are weighed together.

use crate::place::RowId;
use serde::{Deserialize, Serialize};

/// Where a statement about the world comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citation {
    /// Title as printed.
    pub title: String,
    /// Who published it.
    pub by: String,
    /// Day of publication, `YYYY-MM-DD` (or `YYYY-MM`, `YYYY` when no more is known).
    pub date: String,
    /// Section, page or row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What a weight rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Counted in data; the interval is a confidence interval.
    Measured,
    /// Set by people; the interval is what they would still defend.
    Expert,
}

/// Bits for (positive) or against (negative) concealment: log2 of the likelihood ratio.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    /// Central estimate, bits.
    pub bits: f64,
    /// Lower end, bits.
    pub low: f64,
    /// Upper end, bits.
    pub high: f64,
    /// Measured or expert.
    pub basis: Basis,
    /// Where the number comes from.
    pub from: String,
}

/// The rows behind a finding.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Evidence {
    /// The first rows by file and line; at most as many as the pack's limit (20 unless told).
    pub rows: Vec<RowId>,
    /// How many rows there are in all, so that the cut is never silent.
    pub total: u64,
}

/// Who found a finding innocent, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cleared {
    /// Who.
    pub by: String,
    /// Why, one line.
    pub reason: String,
    /// Where it is written down, `file:line`.
    pub place: String,
    /// Until when it holds, `YYYY-MM-DD`; `None` = for good.
    pub until: Option<String>,
}

/// One rule's result on one subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable over runs: a digest of rule, subject and the values behind it (never of row numbers).
    pub finding_id: String,
    /// The user's key.
    pub subject_id: String,
    /// Rule id, completes "flagged for …".
    pub rule: String,
    /// Independence group.
    pub group: String,
    /// The rule's weight; `bits` already holds what this finding is worth.
    pub weight: Weight,
    /// The sentence, parameters filled in.
    pub says: String,
    /// The rows behind it.
    pub evidence: Evidence,
    /// First time in the evidence, microseconds since 1970 UTC.
    pub first_at: Option<i64>,
    /// Last time in the evidence, microseconds since 1970 UTC.
    pub last_at: Option<i64>,
    /// At least one.
    pub cites: Vec<Citation>,
    /// Innocent explanations.
    pub innocent: Vec<String>,
    /// What a person does next and what settles it.
    pub clear: Vec<String>,
    /// An exact official-list hit on an identifier or wallet (never on a name): may reach escalate alone, for a person to confirm.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exact_listing: bool,
    /// The highest band this finding may bring about by itself or in sum (`review` for a name hit, `note` for dust); `None` = no cap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<crate::assessment::Band>,
    /// Somebody looked into it and found it innocent (a verification or the ignore file): shown, never counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cleared: Option<Cleared>,
    /// A shadow rule runs and alerts nobody: kept apart, never weighed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
}
