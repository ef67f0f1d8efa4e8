//! What is judged: opaque findings, checked and turned into whole millibits.
//!
//! Must not know how they are counted.

use bonafide_facts::text::printable;
use bonafide_facts::{Band, Policy, Trouble};

/// No finding is worth more than this many bits either way: 2^64 to one is beyond anything people can measure, so a larger
/// number is a slip of the pen in a pack. It also keeps every sum exact.
pub const MAX_BITS: f64 = 64.0;

/// Whether a finding still stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Standing {
    /// It counts.
    #[default]
    Stands,
    /// Somebody looked into it and found it innocent: shown, never counted.
    Cleared,
    /// Its evidence is older than its rule allows: shown, never counted.
    Expired,
    /// Its rule only runs on trial: shown apart, never counted.
    Shadow,
}

/// One finding, as far as the judgement may see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Item<'a> {
    /// The caller's own index, given back in the judgement. Breaks ties between equals only.
    pub index: usize,
    /// Rule id: named in reasons, breaks ties, decides nothing else.
    pub rule: &'a str,
    /// Independence group, one of the policy's.
    pub group: &'a str,
    /// log2 of the likelihood ratio: above zero for concealment, below zero against it.
    pub bits: f64,
    /// An exact official-list hit on an identifier.
    pub exact_listing: bool,
    /// The highest band it may bring about; `None` = any.
    pub cap: Option<Band>,
    /// Whether it still stands.
    pub standing: Standing,
}

/// All findings of one subject, in any order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Input<'a> {
    /// The caller's number of the subject, for messages only.
    pub subject: usize,
    /// The findings; the order has no meaning.
    pub findings: Vec<Item<'a>>,
}

/// A finding in whole millibits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weighed<'a> {
    pub item: Item<'a>,
    pub millibits: i64,
}

impl Weighed<'_> {
    /// Whether it may count at all.
    pub fn stands(&self) -> bool {
        self.item.standing == Standing::Stands
    }

    /// The highest band it may bring about.
    pub fn cap(&self) -> Band {
        self.item.cap.unwrap_or(Band::Escalate)
    }
}

/// A policy's or a finding's bits as whole millibits; the caller has checked that they are finite and small.
#[allow(clippy::cast_possible_truncation)]
pub(crate) fn millibits(bits: f64) -> i64 {
    (bits * 1000.0).round() as i64
}

/// The findings in one fixed order (largest first, then rule, then index), whatever order they came in.
pub(crate) fn weigh<'a>(policy: &Policy, input: &Input<'a>) -> Result<Vec<Weighed<'a>>, Trouble> {
    let mut weighed = Vec::with_capacity(input.findings.len());
    for item in &input.findings {
        let rule = printable(item.rule, 80);
        if !(item.bits.is_finite() && item.bits.abs() <= MAX_BITS) {
            return Err(Trouble::error(
                "bad-bits",
                None,
                format!("rule `{rule}` gave subject number {} a weight of {} bits", input.subject, item.bits),
                format!("make the rule's weight a number from -{MAX_BITS} to {MAX_BITS}"),
            ));
        }
        if !policy.groups.iter().any(|group| group == item.group) {
            return Err(Trouble::error(
                "unknown-group",
                None,
                format!("rule `{rule}` names the group `{}`, which the policy does not have", printable(item.group, 80)),
                "name a group of the policy, or add this one to the policy's `groups`",
            ));
        }
        weighed.push(Weighed { item: *item, millibits: millibits(item.bits) });
    }
    weighed.sort_by(|a, b| b.millibits.cmp(&a.millibits).then(a.item.rule.cmp(b.item.rule)).then(a.item.index.cmp(&b.item.index)));
    Ok(weighed)
}

/// Refuses a policy by which nothing can be judged.
pub(crate) fn check_policy(policy: &Policy) -> Result<(), Trouble> {
    let thresholds = [
        ("strong_bits", policy.strong_bits),
        ("note.min_bits", policy.note.min_bits),
        ("review.min_bits", policy.review.min_bits),
        ("escalate.min_bits", policy.escalate.min_bits),
    ];
    for (field, value) in thresholds {
        if !(value.is_finite() && value.abs() <= 1e6) {
            return Err(Trouble::error("bad-policy", None, format!("the policy's `{field}` is {value}"), "write a number of bits"));
        }
    }
    let one_in = policy.base_rate_one_in;
    if one_in.is_finite() && one_in > 1.0 {
        return Ok(());
    }
    Err(Trouble::error(
        "bad-policy",
        None,
        format!("the policy's `base_rate_one_in` is {one_in}"),
        "write how many subjects hold one of the kind looked for: a number above 1",
    ))
}
