//! The weights of facts, read from wordlists/link_dossier.yml, where each has its reason.
//!
//! Must not hold a number of its own.

use bonafide_facts::Trouble;
use serde::Deserialize;

const BUILT_IN: &str = include_str!("../../../../../wordlists/link_dossier.yml");

/// A likeness of at least `least`, 0 to 1, is worth so many bits.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    /// The smallest likeness.
    #[serde(default)]
    pub least: f64,
    /// Bits for (or against).
    pub bits: f64,
    /// The reason for the number.
    pub why: String,
}

/// Grades of names.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameGrades {
    /// One name.
    pub same: Grade,
    /// Nearly.
    pub close: Grade,
    /// One part in common.
    pub part: Grade,
    /// Nothing in common.
    pub other: Grade,
}

/// Grades of days of birth.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateGrades {
    /// The same day.
    pub same: Grade,
    /// The same when day and month are exchanged.
    pub turned: Grade,
    /// Two of three parts.
    pub slip: Grade,
    /// Another day.
    pub other: Grade,
}

/// Grades of addresses.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressGrades {
    /// One home.
    pub same: Grade,
    /// Nearly.
    pub close: Grade,
    /// Elsewhere.
    pub other: Grade,
}

/// Bits of a phone or mailbox.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueGrades {
    /// Equal.
    pub same: f64,
    /// Equal but for what one side left out.
    #[serde(default)]
    pub short: f64,
    /// Different.
    pub other: f64,
    /// Different, of a kind that is renewed.
    #[serde(default)]
    pub renewed: f64,
    /// The reason for the numbers.
    pub why: String,
}

/// The whole file. `Default` is the one that is built in.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DossierSettings {
    /// Names.
    pub name: NameGrades,
    /// Generations that differ.
    pub generation: Grade,
    /// Days of birth.
    pub birth_date: DateGrades,
    /// Addresses.
    pub address: AddressGrades,
    /// Phones.
    pub phone: ValueGrades,
    /// Mailboxes.
    pub email: ValueGrades,
    /// Documents.
    pub document: ValueGrades,
    /// Kinds of documents whose number changes.
    pub renewed: Vec<String>,
    /// Bits that each doubling of the sharers takes.
    pub slope: f64,
    /// Sharers that take nothing.
    pub shared_by: u32,
    /// Bits at which two records join.
    pub likely_bits: f64,
    /// Bits at which two records are never in one cluster.
    pub conflict_bits: f64,
    /// Difference of bits within which a record fits two equally.
    pub ambiguous_bits: f64,
    /// Largest block.
    pub block: usize,
}

impl DossierSettings {
    /// Reads the YAML form.
    ///
    /// # Errors
    /// What is wrong with the text, with its line.
    pub fn read(yaml: &str) -> Result<Self, Trouble> {
        let bad = |what: String| Trouble::error("bad-settings", None, what, "compare with the link_dossier.yml that Bonafide brings");
        serde_saphyr::from_str(yaml).map_err(|error| bad(bonafide_facts::text::printable(&error.to_string(), 400)))
    }
}

impl Default for DossierSettings {
    fn default() -> Self {
        Self::read(BUILT_IN).unwrap_or_else(|trouble| panic!("wordlists/link_dossier.yml: {trouble}"))
    }
}
