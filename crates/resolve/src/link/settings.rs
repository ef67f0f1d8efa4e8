//! What sharing a value says, kind by kind, read from wordlists/link_kinds.yml, where each number has its reason.
//!
//! Must not hold a number of its own.

use bonafide_facts::Trouble;
use serde::Deserialize;

/// The file as it is built in.
const BUILT_IN: &str = include_str!("../../../../wordlists/link_kinds.yml");

/// Which "same" an edge speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The same hands.
    Operator,
    /// The same crew.
    Network,
}

impl Level {
    /// The word of the tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Network => "network",
        }
    }
}

/// One kind of shared value.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedKind {
    /// Its word.
    pub kind: String,
    /// Which "same" it speaks of.
    pub level: Level,
    /// Kinds of one group are not independent.
    pub group: String,
    /// Bits for a value of two subjects.
    pub bits: f64,
    /// Bits each doubling of the sharers takes away.
    pub slope: f64,
    /// More subjects than this make a hub.
    pub cap: u32,
    /// Whether it joins alone.
    pub hard: bool,
    /// Largest gap between two uses, days.
    pub expires_days: i32,
    /// The reason for the numbers.
    pub why: String,
}

/// When edges join.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Joins {
    /// Smallest bits of a hard edge.
    pub hard_bits: f64,
    /// Smallest sum of soft edges, operator level.
    pub operator_bits: f64,
    /// Smallest sum of soft edges, network level.
    pub network_bits: f64,
    /// Independent groups a soft join needs.
    pub groups: usize,
    /// Bits of a value that one side merely asserts and the other truly has.
    pub planted_bits: f64,
    /// Share of the bits when both sides merely assert the value, 0 to 1.
    pub asserted_share: f64,
    /// Smallest part, in members, that a bridge is watched for.
    pub bridge_members: usize,
    /// A bridge of at least these bits holds.
    pub bridge_bits: f64,
    /// A value of more subjects is listed as a chain.
    pub all_pairs: usize,
}

/// Limits; reaching one is a trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkLimits {
    /// Values in use.
    pub uses: usize,
    /// Rows of `links`.
    pub links: usize,
    /// Values shown in reasons.
    pub explained_values: usize,
}

/// The whole file. `Default` is the one that is built in.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// In the order of the file.
    pub kinds: Vec<SharedKind>,
    /// Sources of identifiers that saw the value in use.
    pub observed_sources: Vec<String>,
    /// When edges join.
    pub joins: Joins,
    /// Local parts of mailboxes that belong to an office.
    pub ignored_mailboxes: Vec<String>,
    /// Domains of mailboxes that belong to nobody.
    pub ignored_mail_domains: Vec<String>,
    /// Machine names that many have.
    pub ignored_machines: Vec<String>,
    /// Kinds of `ip_ranges` whose addresses belong to many.
    pub public_networks: Vec<String>,
    /// Kinds of `places` whose addresses receive for many.
    pub public_places: Vec<String>,
    /// When a behaviour is one.
    pub behaviour: super::behaviour::Behaviour,
    /// Limits.
    pub limits: LinkLimits,
}

impl Settings {
    /// Reads the YAML form.
    ///
    /// # Errors
    /// What is wrong with the text, with its line; more than 255 kinds.
    pub fn read(yaml: &str) -> Result<Self, Trouble> {
        let bad = |what: String| Trouble::error("bad-settings", None, what, "compare with the link_kinds.yml that Bonafide brings");
        let settings: Self = serde_saphyr::from_str(yaml).map_err(|error| bad(bonafide_facts::text::printable(&error.to_string(), 400)))?;
        if settings.kinds.len() > 255 { Err(bad("more than 255 kinds".into())) } else { Ok(settings) }
    }

    /// Number of a kind.
    #[must_use]
    pub fn kind(&self, word: &str) -> Option<u8> {
        self.kinds.iter().position(|kind| kind.kind == word).and_then(|at| u8::try_from(at).ok())
    }

    /// The kind of that number.
    #[must_use]
    pub fn of(&self, number: u8) -> &SharedKind {
        &self.kinds[number as usize]
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::read(BUILT_IN).unwrap_or_else(|trouble| panic!("wordlists/link_kinds.yml: {trouble}"))
    }
}
