//! The proposal as a diff of the pack's rule files, for a person to read.
//!
//! Must not write into a pack.

use super::Counted;
use std::fmt::Write as _;

/// What would change in one rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The file in the pack.
    pub file: String,
    /// Line of the weight, from 1.
    pub line: usize,
    /// As it is.
    pub old: String,
    /// As it would be.
    pub new: String,
}

/// The change of one rule, or `None` when nothing is proposed, it moves less than a twentieth of a bit, or its weight is not
/// one line. `about` says what was counted.
#[must_use]
pub fn change(rule: &Counted, text: &str, about: &str) -> Option<Change> {
    let proposed = rule.proposed.filter(|_| !rule.tiered)?;
    if (proposed.bits - rule.stated.bits).abs() < 0.05 {
        return None;
    }
    let (index, old) = text.lines().enumerate().find(|(_, line)| line.starts_with("weight: {") && line.trim_end().ends_with('}'))?;
    let (_, expert) = old.split_once("from: \"")?;
    let expert = expert.trim_end().strip_suffix("\"}")?;
    let mut from = format!(
        "{about}: fired on {} of {} hidden and {} of {} honest; {:.1} bits plain, {:.1} within quarters of volume; {}.",
        rule.hidden.hits, rule.hidden.of, rule.honest.hits, rule.honest.of, rule.plain.bits, rule.matched.bits, rule.note
    );
    let _ = write!(from, " Expert's {:.1} ({:.1} to {:.1}): {expert}", rule.stated.bits, rule.stated.low, rule.stated.high);
    let new = format!(
        "weight: {{bits: {:.1}, low: {:.1}, high: {:.1}, basis: measured, from: \"{from}\"}}",
        proposed.bits, proposed.low, proposed.high
    );
    Some(Change { file: format!("rules/{}.yml", rule.rule), line: index + 1, old: old.to_owned(), new })
}

/// A unified diff, to be read and applied with `patch -p1` in the pack's folder.
#[must_use]
pub fn diff(changes: &[Change]) -> String {
    changes.iter().fold(String::new(), |mut text, change| {
        let _ = write!(text, "--- a/{0}\n+++ b/{0}\n@@ -{1},1 +{1},1 @@\n-{2}\n+{3}\n", change.file, change.line, change.old, change.new);
        text
    })
}
