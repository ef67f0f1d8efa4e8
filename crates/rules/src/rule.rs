//! One rule: what it says, asks, weighs and proves itself by.
//!
//! Must not know how rules run, nor what any rule is about. It is read, or refused, in the files beside.

use crate::plan::Planned;
use crate::template::{self, ParamValue, Piece};
use crate::world::World;
use bonafide_facts::{Band, Citation, Place, Weight};
use std::collections::BTreeMap;

pub use reader::read;

mod question;
mod reader;

/// A case: a small world and the subjects the rule must find in it, exactly.
#[derive(Debug, Clone)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// Line of the case.
    pub line: u64,
    /// Subjects the rule must flag, sorted; empty = it must stay quiet.
    pub fires: Vec<String>,
    /// The tables.
    pub(crate) world: World,
}

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Completes "flagged for …".
    pub id: String,
    /// The sentence, with `{{column}}` and `{{param}}`.
    pub says: String,
    /// At least one.
    pub cites: Vec<Citation>,
    /// Independence group.
    pub group: String,
    /// The group in which a finding counts whose row says `one_cause`: one innocent cause (a household, an agency) would explain it
    /// together with findings of other groups, so that all of them count once.
    pub cause: Option<String>,
    /// Bits.
    pub weight: Weight,
    /// `table` or `table.column`.
    pub needs: Vec<String>,
    /// Thresholds and words.
    pub params: BTreeMap<String, ParamValue>,
    /// As written.
    pub sql: String,
    /// Innocent explanations.
    pub innocent: Vec<String>,
    /// What settles it.
    pub clear: Vec<String>,
    /// Stages it applies to; empty = all.
    pub stages: Vec<String>,
    /// Days after which what it saw no longer counts.
    pub expires_days: Option<u32>,
    /// Its proof.
    pub cases: Vec<Case>,
    /// Advisory rows and catalogue ids.
    pub covers: Vec<String>,
    /// Rests on an exact official-list hit on an identifier.
    pub exact_listing: bool,
    /// Highest band it may bring about.
    pub cap: Option<Band>,
    /// Runs and alerts nobody.
    pub shadow: bool,
    /// Laws it may break (see `laws::LAWS`), each with the reason.
    pub breaks: BTreeMap<String, String>,
    /// Where it is written.
    pub place: Place,
    /// Line the SQL begins on.
    pub(crate) sql_line: u64,
    pub(crate) planned: Planned,
    /// Pieces of the sentence, parameters filled in, columns left.
    pub(crate) sentence: Vec<Piece>,
}

impl Rule {
    /// The SQL with its parameters filled in.
    ///
    /// # Errors
    /// A placeholder without a parameter.
    pub fn filled_sql(&self) -> Result<String, String> {
        template::filled(&self.sql, |name| self.params.get(name).map(ParamValue::sql))
    }
}
