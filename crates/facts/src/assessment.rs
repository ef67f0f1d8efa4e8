//! What the findings of one subject amount to.
//!
//! Must not know how the score is reached: that is `assess`.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How much attention a subject deserves. There is no "reject": a person decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// Nothing that counts was found. Not the same as "clean": see what was not observed.
    #[default]
    Clear,
    /// Something was found that alone means little.
    Note,
    /// A person should look.
    Review,
    /// A person should look now, and someone with authority should know.
    Escalate,
}

impl Band {
    /// All bands from lowest to highest.
    pub const ALL: [Self; 4] = [Self::Clear, Self::Note, Self::Review, Self::Escalate];

    /// The word, lower case.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Note => "note",
            Self::Review => "review",
            Self::Escalate => "escalate",
        }
    }
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What one finding added to the score. The contributions of a subject sum to its score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// The finding.
    pub finding_id: String,
    /// Its rule.
    pub rule: String,
    /// Its independence group.
    pub group: String,
    /// What the rule is worth alone, bits.
    pub weight_bits: f64,
    /// What it added, bits: all of it, or 0 when a larger finding of its group already counts.
    pub counted_bits: f64,
    /// Why it counted for less than its weight, when it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The judgement on one subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// The user's key.
    pub subject_id: String,
    /// Sum of the counted contributions, bits, rounded to 1/1000 bit.
    pub score_bits: f64,
    /// The band.
    pub band: Band,
    /// Why this band and not another, one sentence each.
    pub band_reasons: Vec<String>,
    /// Largest first; they sum to `score_bits`.
    pub contributions: Vec<Contribution>,
    /// Chance in 0..=1 that the score means at the policy's base rate, were the bits exact.
    pub chance_at_base_rate: f64,
    /// What a person does next, most telling first.
    pub next_steps: Vec<String>,
}
