//! Honest families that are flagged more than three times as often as ordinary people, through which rules, and what a user can do.
//!
//! Must not know what a rule asks; must not change a policy.

use super::FamilyResult;
use crate::proving::sample::Sample;
use bonafide_facts::Band;
use serde::Serialize;
use std::collections::BTreeMap;

/// More than this many times the flag rate of ordinary people is costly.
pub const TIMES: f64 = 3.0;

/// What a user can do about such a family.
pub const MEND: &str = "what you can do: look into the reason once and record it (a row in verifications for the rule, the office, agency or house in places, \
                        ip_ranges or as a company subject), or raise review.min_bits in a pack of your own; `bonafide rules show RULE` says how each rule is cleared";

/// One family that is costly.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Costly {
    /// Id.
    pub family: String,
    /// Whether the whole interval lies above [`TIMES`]; otherwise the counts are too few to say.
    pub shown: bool,
    /// The rules that count most often on its flagged members, and on how many.
    pub rules: Vec<(String, u64)>,
}

/// The costly ones among the families, in their order.
#[must_use]
pub fn of(sample: &Sample, families: &[FamilyResult]) -> Vec<Costly> {
    let above = families.iter().filter_map(|family| Some((family, family.times_ordinary?))).filter(|(_, times)| times.ratio > TIMES);
    above
        .map(|(family, times)| Costly { family: family.family.clone(), shown: times.low > TIMES, rules: rules(sample, &family.family) })
        .collect()
}

/// The three rules that count most often on flagged honest members.
fn rules(sample: &Sample, family: &str) -> Vec<(String, u64)> {
    let mut counts: BTreeMap<usize, u64> = BTreeMap::new();
    let flagged = sample.known().filter(|(subject, hides)| !hides && subject.label.family == family && subject.band >= Band::Review);
    for (subject, _) in flagged {
        let mut counted: Vec<usize> =
            sample.counting(subject, |fired| fired.bits).0.into_iter().map(|finding| subject.findings[finding].rule).collect();
        counted.sort_unstable();
        counted.dedup();
        counted.into_iter().for_each(|rule| *counts.entry(rule).or_default() += 1);
    }
    let mut rules: Vec<(String, u64)> = counts.into_iter().map(|(rule, count)| (sample.rules[rule].id.clone(), count)).collect();
    rules.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    rules.truncate(3);
    rules
}

impl Costly {
    /// `home-lab, through ip-kvm-on-the-network (9), identity-check-failed (4)`.
    #[must_use]
    pub fn words(&self) -> String {
        let rules: Vec<String> = self.rules.iter().map(|(rule, count)| format!("{rule} ({count})")).collect();
        let told = if self.shown { "" } else { ", too few to be sure" };
        let family = bonafide_facts::text::printable(&self.family, 60);
        format!("{family}{told}, through {}", rules.join(", "))
    }
}
