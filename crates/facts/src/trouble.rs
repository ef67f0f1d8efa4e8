//! What went wrong with an input: where, what, mend. Readers return rows and troubles; one bad row never ends a run and
//! never vanishes.
//!
//! Must not know how a trouble is printed.

use crate::place::Place;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How much a trouble costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing was lost; the reader assumed something worth knowing (a time without an offset, a guessed delimiter).
    Note,
    /// Something was left out (a row, a cell, a column, a rule); all else was judged.
    Warning,
    /// The run cannot go on.
    Error,
}

/// One trouble. Printed as `place: what`, then `  mend: …`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Trouble {
    /// The (first) place; `None` when there is no file to point at.
    pub place: Option<Place>,
    /// How much it costs.
    pub severity: Severity,
    /// Stable id for counting and tests: kebab-case, e.g. `bad-time`.
    pub code: String,
    /// What is wrong, in one sentence, input text already made printable (see [`crate::text::printable`]).
    pub what: String,
    /// What a person does about it.
    pub mend: String,
    /// How many times the same thing happened in the same file and column; the place is the first of them.
    pub count: u64,
}

impl Trouble {
    /// A trouble seen once.
    #[must_use]
    pub fn new(severity: Severity, code: &str, place: Option<Place>, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { place, severity, code: code.to_owned(), what: what.into(), mend: mend.into(), count: 1 }
    }

    /// Shorthand for [`Severity::Note`].
    #[must_use]
    pub fn note(code: &str, place: Option<Place>, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, place, what, mend)
    }

    /// Shorthand for [`Severity::Warning`].
    #[must_use]
    pub fn warning(code: &str, place: Option<Place>, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, place, what, mend)
    }

    /// Shorthand for [`Severity::Error`].
    #[must_use]
    pub fn error(code: &str, place: Option<Place>, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, place, what, mend)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.what)?;
        if self.count > 1 {
            write!(f, " ({} times; this is the first)", self.count)?;
        }
        write!(f, "\n  mend: {}", self.mend)
    }
}

impl std::error::Error for Trouble {}
