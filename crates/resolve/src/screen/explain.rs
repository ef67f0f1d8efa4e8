//! The account of a hit: one line per word, and lines for what else raised or lowered it. Contributions sum to the score.
//!
//! Must not know how bits were found.

use crate::compare::word::Relation;

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The queried word; empty when it is missing.
    pub query: String,
    /// The listed word; empty when there is none.
    pub listed: String,
    /// exact, edit, romanisation, script, nickname, initial, abbreviation, legal-form, missing, extra; for the whole hit: one-part-only, chance, rivals,
    /// weak-alias, birth-date, birth-range, birth-place, address, schema, identifier.
    pub relation: &'static str,
    /// What the line adds to the score (negative: takes).
    pub contribution: f64,
}

/// The account of one hit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Explanation {
    /// Word by word, then the whole.
    pub lines: Vec<Line>,
    /// Agreement in bits before it was brought to 0..1.
    pub bits: f64,
    /// How many listed entries agree about as well: a common name has many.
    pub rivals: usize,
    /// The matcher's version.
    pub matcher: &'static str,
}

impl Explanation {
    /// Lines in bits, brought to a score.
    #[must_use]
    pub(crate) fn new(lines: Vec<Line>, score: f64, rivals: usize) -> Self {
        let bits: f64 = lines.iter().map(|line| line.contribution).sum();
        let scale = if bits.abs() < 1e-9 { 0.0 } else { score / bits };
        let lines = lines.into_iter().map(|line| Line { contribution: line.contribution * scale, ..line }).collect();
        Self { lines, bits, rivals, matcher: super::MATCHER }
    }

    /// The lines as sentences, largest first, for tables and `list_hits.reasons`.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let mut lines: Vec<&Line> = self.lines.iter().collect();
        lines.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
        lines.into_iter().map(Line::sentence).collect()
    }
}

impl Line {
    fn sentence(&self) -> String {
        let what = match (self.query.is_empty(), self.listed.is_empty()) {
            (false, false) if self.query == self.listed => format!("`{}`", self.query),
            (false, false) => format!("`{}` and `{}`", self.query, self.listed),
            (false, true) => format!("`{}`", self.query),
            (true, false) => format!("listed `{}`", self.listed),
            (true, true) => "whole name".to_owned(),
        };
        format!("{what}: {} ({:+.3})", self.relation, self.contribution)
    }
}

/// A line of words.
#[must_use]
pub(crate) fn word_line(query: String, listed: String, relation: Relation, bits: f32) -> Line {
    Line { query, listed, relation: relation.word(), contribution: f64::from(bits) }
}
