//! What every format prints: one run's judgements with all a person needs to check them, in the order a person works.
//!
//! Must not know how a score is reached nor how it is shown. Text from inputs and packs has already been made printable (see
//! `facts::text::printable`), except `subject_id`, which is the user's key and is kept as it was.

use bonafide_facts::{Band, Basis, Citation, Trouble};
use serde::{Deserialize, Serialize};

/// Version of the form, in every JSON report.
pub const SCHEMA: &str = "bonafide.report/1";

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// Version of the engine.
    pub engine: String,
    /// The rules that judged.
    pub pack: PackNote,
    /// The official lists that were read, by id.
    pub lists: Vec<ListNote>,
    /// The moment the run judges as of, RFC 3339 in UTC.
    pub as_of: String,
    /// How common what the pack looks for is taken to be.
    pub base_rate: BaseRate,
    /// Subjects in each band, over all that were judged.
    pub counts: Counts,
    /// Band downwards, then score downwards, then subject id.
    pub subjects: Vec<SubjectReport>,
    /// Values that several subjects use, rarest first. Shown, never scored: rules decide what sharing means.
    pub shares: Vec<Share>,
    /// Subjects that linking holds together, where one of them is above `clear`. Shown, never scored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clusters: Vec<ClusterReport>,
    /// What went wrong with the inputs.
    pub troubles: Vec<Trouble>,
    /// The files that were read, in the order of reading.
    pub inputs: Vec<InputNote>,
    /// What a limit of the report left out, one sentence each; empty when nothing was.
    pub left_out: Vec<String>,
}

/// The rule pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackNote {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Version.
    pub version: String,
    /// Digest of its files, SHA-256 hex.
    pub digest: String,
    /// Rules that ran.
    pub rules: usize,
}

/// An official list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListNote {
    /// Id.
    pub id: String,
    /// Digest of its file, SHA-256 hex.
    pub digest: String,
}

/// The base rate of the policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BaseRate {
    /// One in how many.
    pub one_in: f64,
    /// Where the number comes from.
    pub from: String,
}

/// How many subjects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// In all.
    pub subjects: u64,
    /// Band `escalate`.
    pub escalate: u64,
    /// Band `review`.
    pub review: u64,
    /// Band `note`.
    pub note: u64,
    /// Band `clear`.
    pub clear: u64,
    /// Of those that are clear: about whom no row was given but their own.
    pub nothing_observed: u64,
    /// Rows that were left out of the judgement; the troubles say why.
    pub rows_skipped: u64,
}

impl Counts {
    /// How many are in a band.
    #[must_use]
    pub fn of(&self, band: Band) -> u64 {
        match band {
            Band::Clear => self.clear,
            Band::Note => self.note,
            Band::Review => self.review,
            Band::Escalate => self.escalate,
        }
    }
}

/// One file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputNote {
    /// Path in the case folder.
    pub path: String,
    /// The table it was read as; `None` when it fits none.
    pub table: Option<String>,
    /// SHA-256 hex.
    pub sha256: String,
    /// Size.
    pub bytes: u64,
    /// Rows kept.
    pub rows: u64,
    /// Rows left out.
    pub skipped: u64,
}

/// The judgement on one subject and what is behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubjectReport {
    /// The user's key, as it was.
    pub subject_id: String,
    /// The name as printed in the input: for display only.
    pub label: String,
    /// The band.
    pub band: Band,
    /// The score, bits; the findings' `counted_bits` sum to it exactly in thousandths.
    pub score_bits: f64,
    /// Chance in 0..=1 that the score means at the base rate, were the bits exact.
    pub chance_at_base_rate: f64,
    /// The same as a sentence.
    pub means: String,
    /// Why this band, a sentence each.
    pub band_reasons: Vec<String>,
    /// Whether any row but the subject's own was given about it.
    pub observed: bool,
    /// Largest counted first; the shadow, cleared and expired ones last.
    pub findings: Vec<FindingReport>,
    /// Rules that could not look, by what they lack.
    pub not_observed: Vec<NotObserved>,
    /// The missing table that might tell most.
    pub most_telling: Option<Telling>,
    /// What a person does next, most telling first.
    pub next_steps: Vec<NextStep>,
    /// How many further steps the policy's limit left out.
    pub more_steps: usize,
    /// Hits on official lists, the best first, those that the allowlist keeps quiet last. Shown: what they count for is in the findings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub list_hits: Vec<HitReport>,
    /// Sign-ins against claimed working hours, for the subjects that deserve a look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Timeline>,
}

impl SubjectReport {
    /// The findings that count, for and against, largest first.
    pub fn counted(&self) -> impl Iterator<Item = &FindingReport> {
        self.findings.iter().filter(|finding| finding.counted_bits != 0.0)
    }
}

/// What became of a hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HitState {
    /// Nobody cleared it.
    Stands,
    /// Somebody cleared it once, and the entry, the subject or the day has changed since.
    Again,
    /// Somebody cleared it, and nothing changed: no rule counts it.
    Quiet,
}

/// A hit on an entry of an official list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HitReport {
    /// The entry.
    pub entry_id: String,
    /// Its list.
    pub list: String,
    /// The listed name.
    pub name: String,
    /// name, or the kind of the identifier that is equal.
    pub kind: String,
    /// The subject's value.
    pub value: String,
    /// 0 to 1.
    pub score: f64,
    /// What became of it.
    pub state: HitState,
    /// Who cleared it, when and why; and what changed since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// Day of listing, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed_from: Option<String>,
    /// Day of removal, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed_to: Option<String>,
    /// The account, a line each.
    pub reasons: Vec<String>,
    /// What a decision in the allowlist names.
    pub mark: String,
}

/// What became of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// It counts, or a larger one of its group does.
    Stands,
    /// Somebody looked into it and found it innocent.
    Cleared,
    /// Its evidence is too old.
    Expired,
    /// Its rule runs on trial.
    Shadow,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingReport {
    /// Stable over runs.
    pub finding_id: String,
    /// Rule id.
    pub rule: String,
    /// Independence group.
    pub group: String,
    /// What it is worth alone, bits.
    pub weight_bits: f64,
    /// What it added to the score, bits.
    pub counted_bits: f64,
    /// Lower end of the weight, bits.
    pub low_bits: f64,
    /// Upper end of the weight, bits.
    pub high_bits: f64,
    /// Counted in data, or set by people.
    pub basis: Basis,
    /// Where the weight comes from.
    pub basis_from: String,
    /// The sentence.
    pub says: String,
    /// Why it added less than its weight, when it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The first places of the evidence.
    pub evidence: Vec<EvidencePlace>,
    /// How many rows the evidence has in all.
    pub evidence_total: u64,
    /// First time in the evidence, RFC 3339 in UTC.
    pub first_at: Option<String>,
    /// Last time in the evidence, RFC 3339 in UTC.
    pub last_at: Option<String>,
    /// Where the rule comes from.
    pub cites: Vec<Citation>,
    /// Innocent explanations.
    pub innocent: Vec<String>,
    /// What settles it.
    pub clear: Vec<String>,
    /// What became of it.
    pub mark: Mark,
    /// Who cleared it, and why, in one sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cleared: Option<String>,
    /// The highest band it may bring about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<Band>,
    /// An exact official-list hit on an identifier.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exact_listing: bool,
}

/// A row of an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidencePlace {
    /// The table, when the file is known to be one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// `file:line`.
    pub place: String,
}

/// Rules that lack the same things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotObserved {
    /// Tables or `table.column`s without a row of this subject.
    pub missing: Vec<String>,
    /// The rules that therefore could not look.
    pub rules: Vec<String>,
}

/// A missing table and what it might tell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Telling {
    /// Table or `table.column`.
    pub table: String,
    /// At most so many bits, for or against.
    pub bits: f64,
    /// How many rules wait for it.
    pub rules: usize,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NextStep {
    /// What to do.
    pub step: String,
    /// The rule whose finding it settles.
    pub rule: String,
    /// The band were that finding cleared.
    pub band_if_cleared: Band,
    /// The score were that finding cleared, bits.
    pub score_if_cleared_bits: f64,
}

/// Sign-ins of one subject by day and local hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    /// The zone the hours are shown in.
    pub zone: String,
    /// Whether the subject claims that zone; else it is UTC for want of a claim.
    pub zone_claimed: bool,
    /// Agreed working hours in that zone, minutes since midnight from..to (to < from: over midnight); `None` = none are claimed.
    pub hours: Option<(u16, u16)>,
    /// First day shown, `YYYY-MM-DD`.
    pub first_day: String,
    /// Last day shown.
    pub last_day: String,
    /// Days since `first_day` and minutes since local midnight, in order; at most [`MAX_POINTS`].
    pub points: Vec<(u32, u16)>,
    /// Sign-ins in all; more than the points when the limit was reached (then the points are the latest).
    pub total: u64,
}

/// Most points a timeline holds.
pub const MAX_POINTS: usize = 1500;

/// A cluster of linked subjects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClusterReport {
    /// Its id, stable over runs.
    pub id: String,
    /// operator or network.
    pub level: String,
    /// The first members by id.
    pub members: Vec<String>,
    /// How many members in all.
    pub total: u64,
    /// Links between the named members, heaviest first.
    pub ties: Vec<Tie>,
}

/// A link between two members of a cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tie {
    /// The one subject.
    pub left: String,
    /// The other.
    pub right: String,
    /// Bits that count.
    pub bits: f64,
    /// alone, together or no, as in the table `links`.
    pub joined: String,
    /// What the two share, one line each.
    pub reasons: Vec<String>,
}

/// A value that several subjects use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Kind of the identifier: email, phone, wallet, device, ip…
    pub kind: String,
    /// The value in its canonical form.
    pub value: String,
    /// The first subjects by id.
    pub subjects: Vec<String>,
    /// How many subjects use it in all.
    pub total: u64,
    /// The first places.
    pub places: Vec<String>,
}
