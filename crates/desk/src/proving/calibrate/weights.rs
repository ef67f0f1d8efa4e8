//! The proposal as a diff of the pack's rule files, for a person to read: one within the experts' intervals, and apart from it one
//! that loosens them, which names every interval it would loosen.
//!
//! Must not write into a pack.

use super::{Bits, Counted, Step};
use std::fmt::Write as _;

/// Which of the two proposals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proposal {
    /// Within the experts' intervals.
    Kept,
    /// Beyond them.
    Loosened,
}

/// What would change in one line of a rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The file in the pack.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// As it is.
    pub old: String,
    /// As it would be.
    pub new: String,
    /// Weights that leave the expert's interval, a sentence each.
    pub loosened: Vec<String>,
    /// Weights that stand in the rule's question and not in its parameters, a sentence each: they are not in the diff.
    pub by_hand: Vec<String>,
}

/// Moves smaller than this are none, bits.
const LEAST: f64 = 0.05;

/// The changes of one rule's file (its text), none when nothing moves or the weight is not one line. `about` says what was counted.
#[must_use]
pub fn changes(rule: &Counted, text: &str, about: &str, proposal: Proposal) -> Vec<Change> {
    let of = |step: &Step| if proposal == Proposal::Kept { step.kept } else { step.loosened };
    let mut moved: Vec<(f64, Bits)> = rule.steps.iter().map(|step| (step.stated, of(step))).collect();
    if moved.is_empty() {
        // Lowered because it fires on too many honest people, though hardly any story tried it.
        moved.extend(rule.proposed.filter(|_| !rule.tiered).map(|bits| (rule.stated.bits, bits)));
    }
    moved.retain(|(stated, new)| (new.bits - stated).abs() >= LEAST);
    let Some((index, old)) = text.lines().enumerate().find(|(_, line)| line.starts_with("weight: {") && line.trim_end().ends_with('}'))
    else {
        return Vec::new();
    };
    let expert = old.split_once("from: \"").and_then(|(_, from)| from.trim_end().strip_suffix("\"}"));
    let (Some(expert), false) = (expert, moved.is_empty()) else { return Vec::new() };
    let beyond = |bits: f64| bits < rule.stated.low - 1e-9 || bits > rule.stated.high + 1e-9;
    let loosened = moved.iter().filter(|(_, new)| beyond(new.bits));
    let loosened: Vec<String> = loosened
        .map(|(stated, new)| {
            format!(
                "{}: {stated:.1} bits would be {:.1}, outside the expert's {:.1} to {:.1}",
                rule.rule, new.bits, rule.stated.low, rule.stated.high
            )
        })
        .collect();
    let mut written: Vec<f64> = Vec::new();
    let mut all = vec![weight_line(rule, (index, old), expert, about, (&moved, &mut written))];
    all[0].loosened = loosened;
    if let Some((index, old)) = text.lines().enumerate().find(|(_, line)| line.starts_with("params: {")) {
        let new = params(old, &moved, &mut written);
        if new != old {
            all.push(Change { line: index + 1, old: old.to_owned(), new, loosened: Vec::new(), by_hand: Vec::new(), ..all[0].clone() });
        }
    }
    let by_hand = moved.iter().filter(|(stated, _)| !written.contains(stated));
    all[0].by_hand = by_hand
        .map(|(stated, new)| {
            format!("{}: its step of {stated:.1} bits would be {:.1}; it is worked out in the question", rule.rule, new.bits)
        })
        .collect();
    if written.is_empty() { Vec::new() } else { all }
}

fn weight_line(
    rule: &Counted,
    (index, old): (usize, &str),
    expert: &str,
    about: &str,
    (moved, written): (&[(f64, Bits)], &mut Vec<f64>),
) -> Change {
    let main = moved.iter().find(|(stated, _)| same(*stated, rule.stated.bits));
    written.extend(main.map(|(stated, _)| *stated));
    let mut interval = match main {
        Some((_, new)) if !rule.tiered => *new,
        Some((_, new)) => Bits { bits: new.bits, ..rule.stated },
        None => rule.stated,
    };
    // All steps have to fit between its ends.
    for bits in moved.iter().map(|(_, new)| new.bits).chain([interval.bits]) {
        (interval.low, interval.high) = (interval.low.min(bits), interval.high.max(bits));
    }
    let mut from = format!(
        "{about}: fired on {} of {} hidden and {} of {} honest; {:.1} bits plain, {:.1} within quarters of volume; {}.",
        rule.hidden.hits, rule.hidden.of, rule.honest.hits, rule.honest.of, rule.plain.bits, rule.matched.bits, rule.note
    );
    for (stated, new) in moved.iter().filter(|(stated, _)| !same(*stated, rule.stated.bits)) {
        let _ = write!(from, " Step {stated:.1} to {:.1}.", new.bits);
    }
    let _ = write!(from, " Expert's {:.1} ({:.1} to {:.1}): {expert}", rule.stated.bits, rule.stated.low, rule.stated.high);
    let new = format!(
        "weight: {{bits: {:.1}, low: {:.1}, high: {:.1}, basis: measured, from: \"{from}\"}}",
        interval.bits, interval.low, interval.high
    );
    Change {
        file: format!("rules/{}.yml", rule.rule),
        line: index + 1,
        old: old.to_owned(),
        new,
        loosened: Vec::new(),
        by_hand: Vec::new(),
    }
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < LEAST
}

/// The line of parameters with each `…_bits` that states a weight that moves; what was found is added to `written`.
fn params(line: &str, moved: &[(f64, Bits)], written: &mut Vec<f64>) -> String {
    const NAME: &str = "_bits: ";
    let (mut out, mut rest) = (String::new(), line);
    while let Some(at) = rest.find(NAME) {
        let (before, after) = rest.split_at(at + NAME.len());
        let end = after.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(after.len());
        out += before;
        let found = after[..end].parse::<f64>().ok().and_then(|value| moved.iter().find(|(stated, _)| same(*stated, value)));
        match found {
            Some((stated, new)) => {
                written.push(*stated);
                let _ = write!(out, "{:.1}", new.bits);
            }
            None => out += &after[..end],
        }
        rest = &after[end..];
    }
    out + rest
}

/// A unified diff, to be read and applied with `patch -p1` in the pack's folder; sentences for the reader stand before it.
#[must_use]
pub fn diff(changes: &[Change]) -> String {
    let mut text = String::new();
    for (what, sentences) in [
        ("loosens an expert's interval", changes.iter().flat_map(|change| &change.loosened).collect::<Vec<_>>()),
        ("by hand", changes.iter().flat_map(|change| &change.by_hand).collect()),
    ] {
        sentences.into_iter().for_each(|sentence| {
            let _ = writeln!(text, "# {what}: {sentence}");
        });
    }
    changes.iter().fold(text, |mut text, change| {
        let _ = write!(text, "--- a/{0}\n+++ b/{0}\n@@ -{1},1 +{1},1 @@\n-{2}\n+{3}\n", change.file, change.line, change.old, change.new);
        text
    })
}
