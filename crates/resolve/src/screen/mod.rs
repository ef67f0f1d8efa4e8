//! Screening: one queried name (and what is known with it) against the index of listed entries; every hit explains itself.
//!
//! Must not know what a hit leads to: bands, rules and people are elsewhere. Nationality is not a parameter.
//!
//! ```
//! use bonafide_resolve::index::{Index, entry::{Entry, EntryName, NameKind}};
//! use bonafide_resolve::normal::Schema;
//! use bonafide_resolve::screen::{Options, Query, Searcher};
//! let name = EntryName { printed: "MAKHARADZE, Zurab".into(), kind: NameKind::Primary };
//! let entry = Entry { id: "own-1".into(), list: "own".into(), schema: Schema::Person, names: vec![name], ..Entry::default() };
//! let index = Index::build(vec![entry]);
//! let query = Query { name: "Zurab Makharadse".into(), ..Query::default() };
//! let hits = Searcher::new(&index).screen(&query, &Options::default());
//! assert_eq!(hits[0].entry_id, "own-1");
//! let sum: f64 = hits[0].explanation.lines.iter().map(|line| line.contribution).sum();
//! assert!((sum - hits[0].score).abs() < 1e-6);
//! ```

pub mod candidates;
mod chance;
#[cfg(test)]
mod disguises;
pub mod explain;
mod gather;
mod known;
pub mod mark;
pub mod ofac;
pub mod place;
#[cfg(test)]
mod public_pairs;
mod qualifiers;
pub mod score;
pub mod subject_index;
pub mod subjects;
#[cfg(test)]
mod tests;

use crate::index::Index;
use crate::index::entry::Days;
use crate::normal::Schema;
pub use candidates::Searcher;
use explain::Explanation;

/// The version of the matcher, printed with every explanation: it changes whenever a score may change.
pub const MATCHER: &str = concat!("bonafide-names/", env!("CARGO_PKG_VERSION"), "-5");

/// What is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The name as printed.
    pub name: String,
    /// What is named, when known: a person is not compared with companies.
    pub schema: Schema,
    /// Days the birth (or founding) may lie in, when known.
    pub birth: Option<Days>,
    /// (kind, canonical value) of what else is known; an equal one is an exact hit.
    pub identifiers: Vec<(String, String)>,
    /// Towns of birth and residence, when known.
    pub places: Vec<place::Place>,
}

/// How to ask.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Hits at most.
    pub top: usize,
    /// Lowest score, 0 to 1.
    pub threshold: f64,
    /// Candidates that are looked at closely.
    pub candidates: usize,
}

/// The shipped threshold, 0 to 1.
pub const THRESHOLD: f64 = 0.5;

impl Default for Options {
    fn default() -> Self {
        Self { top: 5, threshold: THRESHOLD, candidates: 24 }
    }
}

/// One listed entry that may be meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Entry id.
    pub entry_id: String,
    /// List id.
    pub list: String,
    /// The listed name that fits best, as printed.
    pub name: String,
    /// 0 to 1.
    pub score: f64,
    /// `name`, or the kind of the identifier that is equal.
    pub matched: String,
    /// The account; its contributions sum to the score.
    pub explanation: Explanation,
}

/// Screens one query against an index.
#[must_use]
pub fn screen(index: &Index, query: &Query, options: &Options) -> Vec<Hit> {
    Searcher::new(index).screen(query, options)
}
