//! What would make a pack better, though nothing of it is wrong enough to refuse.
//!
//! Must not know what the pack looks for.

use crate::pack::Pack;
use crate::rule::Rule;
use bonafide_facts::{Basis, Trouble};

/// Longest sentence that still fits a line of a report, characters with its placeholders.
const LONGEST_SAYS: usize = 220;

/// From how many bits on a rule deserves a second look.
const HEAVY_BITS: f64 = 3.0;

/// Notes on a pack, in the order of its rules.
#[must_use]
pub fn lint(pack: &Pack) -> Vec<Trouble> {
    let mut found: Vec<Trouble> = pack.rules.iter().flat_map(of_rule).collect();
    for group in &pack.policy.groups {
        if !pack.rules.iter().any(|rule| rule.group == *group || rule.cause.as_ref() == Some(group)) {
            found.push(Trouble::note(
                "unused-group",
                None,
                format!("no rule is of the group `{group}`"),
                "write one, or take the group out of the policy",
            ));
        }
    }
    found
}

fn of_rule(rule: &Rule) -> Vec<Trouble> {
    let mut found = Vec::new();
    let mut note = |code: &str, what: String, mend: &str| found.push(Trouble::note(code, Some(rule.place.clone()), what, mend));
    let stem = rule.place.file.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(stem, _)| stem);
    if stem.is_some_and(|stem| stem != rule.id) {
        note("file-name", format!("rule `{}` lies in a file of another name", rule.id), "name the file after the rule");
    }
    if rule.says.chars().count() > LONGEST_SAYS {
        note(
            "long-says",
            format!("rule `{}` says more than {LONGEST_SAYS} characters", rule.id),
            "say it shorter: the evidence shows the rest",
        );
    }
    if rule.covers.is_empty() {
        note("covers-nothing", format!("rule `{}` covers no row of the advisory or the catalogue", rule.id), "name the rows in `covers`");
    }
    if rule.weight.basis == Basis::Expert && rule.weight.high - rule.weight.low < 0.2 {
        note(
            "sure-expert",
            format!("rule `{}` states an expert weight with almost no interval", rule.id),
            "give the range people would still defend",
        );
    }
    if rule.weight.bits >= HEAVY_BITS && rule.innocent.len() < 2 {
        note(
            "few-innocents",
            format!("rule `{}` weighs {} bits and names fewer than two innocent explanations", rule.id, rule.weight.bits),
            "name those a reviewer will meet",
        );
    }
    if rule.cases.iter().filter(|case| case.fires.is_empty()).count() < 2 && rule.weight.bits >= HEAVY_BITS {
        note(
            "few-quiet-cases",
            format!("rule `{}` is strong and has fewer than two quiet cases", rule.id),
            "add the honest look-alikes it can be told from",
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_without_rules_is_noted() {
        let head = "id: p\ntitle: t\nversion: 1\npolicy:\n  base_rate_one_in: 343\n  base_rate_from: test\n  groups: [session]\n  strong_bits: 4\n  note: {min_bits: 0.5}\n  review: {min_groups: 2, min_bits: 4, one_strong: true}\n  escalate: {min_groups: 3, min_bits: 8, strong_in: [session], exact_listing: true}\n  evidence_rows: 20\n  next_steps: 5\n";
        let (pack, troubles) = Pack::load(&[("pack.yml".to_owned(), head.to_owned())]);
        let pack = pack.unwrap_or_else(|| panic!("{troubles:?}"));
        assert!(lint(&pack).iter().any(|trouble| trouble.code == "unused-group"));
    }
}
