//! How findings become a band: every number of it comes from the pack's one policy file.
//!
//! Must not hold a default that the pack does not state.

use serde::{Deserialize, Serialize};

/// The `policy:` block of `pack.yml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// One in how many subjects is expected to be what the pack looks for (343 for hiring).
    pub base_rate_one_in: f64,
    /// Where the base rate comes from.
    pub base_rate_from: String,
    /// Independence groups findings may name.
    pub groups: Vec<String>,
    /// A finding of at least this many bits is strong.
    pub strong_bits: f64,
    /// When `note` begins.
    pub note: NotePolicy,
    /// When `review` begins.
    pub review: ReviewPolicy,
    /// When `escalate` begins.
    pub escalate: EscalatePolicy,
    /// How many evidence rows a finding lists (the total is always told).
    pub evidence_rows: usize,
    /// How many next steps a report shows for a subject before "and N more".
    pub next_steps: usize,
}

/// `note`: anything found whose bits are at least this.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotePolicy {
    /// Smallest score, bits.
    pub min_bits: f64,
}

/// `review`: enough independent groups with enough bits in sum, or one strong finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewPolicy {
    /// Smallest number of independent groups with a positive contribution.
    pub min_groups: usize,
    /// Smallest score that goes with it, bits.
    pub min_bits: f64,
    /// Whether one strong finding is enough.
    pub one_strong: bool,
}

/// `escalate`: three groups with a strong one among those that identify, or an exact official-list hit on an identifier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EscalatePolicy {
    /// Smallest number of independent groups with a positive contribution.
    pub min_groups: usize,
    /// Smallest score, bits.
    pub min_bits: f64,
    /// At least one strong finding lies in one of these groups.
    pub strong_in: Vec<String>,
    /// Whether an exact official-list hit on an identifier is enough.
    pub exact_listing: bool,
}
