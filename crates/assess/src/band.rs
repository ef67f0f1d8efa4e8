//! The band, with caps, and the sentences that explain it.
//!
//! Must not hold a number of its own: each comes from the policy.

use crate::count::Tally;
use crate::input::{Weighed, millibits};
use bonafide_facts::{Band, Policy};

/// The band of the findings without the one at position `without`.
pub(crate) fn band(policy: &Policy, weighed: &[Weighed<'_>], without: Option<usize>) -> Band {
    let mut best = Band::Clear;
    for level in Band::ALL {
        best = best.max(level.min(reached(policy, weighed, level, without)));
    }
    best
}

/// What may be used to argue for a band: findings against always, findings for when their cap allows it.
fn usable(finding: &Weighed<'_>, level: Band) -> bool {
    finding.millibits < 0 || finding.cap() >= level
}

/// An exact official-list hit that may argue for a band, whatever it weighs.
fn listed(finding: &Weighed<'_>, level: Band) -> bool {
    finding.stands() && finding.item.exact_listing && finding.cap() >= level
}

/// The band that the findings usable at a level would reach were there no caps.
fn reached(policy: &Policy, weighed: &[Weighed<'_>], level: Band, without: Option<usize>) -> Band {
    let keep = |position: usize| Some(position) != without && usable(&weighed[position], level);
    let tally = Tally::of(weighed, keep);
    let listed = weighed.iter().enumerate().any(|(position, finding)| keep(position) && listed(finding, level));
    if policy.escalate.exact_listing && listed || escalates(policy, weighed, &tally) {
        Band::Escalate
    } else if reviews(policy, &tally) {
        Band::Review
    } else if tally.score() >= millibits(policy.note.min_bits) && !tally.speaking().is_empty() {
        Band::Note
    } else {
        Band::Clear
    }
}

/// Enough groups, enough bits, and a strong finding where it identifies.
fn escalates(policy: &Policy, weighed: &[Weighed<'_>], tally: &Tally<'_>) -> bool {
    tally.speaking().len() >= policy.escalate.min_groups
        && tally.score() >= millibits(policy.escalate.min_bits)
        && strong_where_it_identifies(policy, weighed, tally).is_some()
}

/// The first strong finding in one of the groups that escalation asks for.
fn strong_where_it_identifies(policy: &Policy, weighed: &[Weighed<'_>], tally: &Tally<'_>) -> Option<usize> {
    let strong = tally.strong(millibits(policy.strong_bits));
    strong.into_iter().find(|position| policy.escalate.strong_in.iter().any(|group| group == weighed[*position].item.group))
}

/// One strong finding, or enough groups with enough bits.
fn reviews(policy: &Policy, tally: &Tally<'_>) -> bool {
    let strong = policy.review.one_strong && !tally.strong(millibits(policy.strong_bits)).is_empty();
    strong || tally.speaking().len() >= policy.review.min_groups && tally.score() >= millibits(policy.review.min_bits)
}

/// Why this band and not the next one: a sentence each.
pub(crate) fn reasons(policy: &Policy, weighed: &[Weighed<'_>], band: Band) -> Vec<String> {
    let tally = Tally::of(weighed, |position| usable(&weighed[position], band));
    let mut all = vec![why(policy, weighed, &tally, band)];
    all.extend(why_not_higher(policy, weighed, &tally, band));
    all.extend(held_down(policy, weighed, band));
    all
}

/// What brought the band about.
fn why(policy: &Policy, weighed: &[Weighed<'_>], tally: &Tally<'_>, band: Band) -> String {
    let strong = tally.strong(millibits(policy.strong_bits));
    let listed = weighed.iter().find(|finding| listed(finding, band));
    match (band, listed) {
        (Band::Clear, _) => "no finding counts".to_owned(),
        (Band::Note, _) => format!("{} in sum; on its own that means little", said(tally.score())),
        (Band::Escalate, Some(finding)) if policy.escalate.exact_listing => {
            format!("an exact official-list hit on an identifier (`{}`), for a person to confirm", finding.item.rule)
        }
        (Band::Review, _) if policy.review.one_strong && !strong.is_empty() => {
            let finding = &weighed[strong[0]];
            format!("one strong finding is enough: `{}` with {}", finding.item.rule, said(finding.millibits))
        }
        (Band::Review, _) => sum_of_groups(tally),
        (Band::Escalate, _) => match strong_where_it_identifies(policy, weighed, tally) {
            Some(position) => format!("{}, and `{}` is strong where it identifies", sum_of_groups(tally), weighed[position].item.rule),
            None => sum_of_groups(tally),
        },
    }
}

/// What the next band asks for and the findings do not give.
fn why_not_higher(policy: &Policy, weighed: &[Weighed<'_>], tally: &Tally<'_>, band: Band) -> Option<String> {
    let (groups, score) = (tally.speaking().len(), tally.score());
    let short = |min_groups: usize, min_bits: f64| {
        let mut lacks = Vec::new();
        if groups < min_groups {
            lacks.push(format!("{min_groups} independent groups (here {groups})"));
        }
        if score < millibits(min_bits) {
            lacks.push(format!("{} (here {})", said(millibits(min_bits)), said(score)));
        }
        lacks
    };
    let (next, mut lacks) = match band {
        Band::Clear => return None,
        Band::Note => (Band::Review, short(policy.review.min_groups, policy.review.min_bits)),
        Band::Review => (Band::Escalate, short(policy.escalate.min_groups, policy.escalate.min_bits)),
        Band::Escalate => return None,
    };
    if band == Band::Review && strong_where_it_identifies(policy, weighed, tally).is_none() {
        lacks.push(format!("a strong finding in {}", one_of(&policy.escalate.strong_in)));
    }
    (!lacks.is_empty()).then(|| format!("not {next}: that asks for {}", lacks.join(", ")))
}

/// Names the caps without which the band were higher.
fn held_down(policy: &Policy, weighed: &[Weighed<'_>], band: Band) -> Option<String> {
    let free: Vec<Weighed<'_>> = weighed.iter().map(|finding| Weighed { item: uncapped(finding), ..*finding }).collect();
    let uncapped_band = self::band(policy, &free, None);
    let holding = weighed
        .iter()
        .filter(|finding| finding.stands() && (finding.millibits > 0 || finding.item.exact_listing) && finding.cap() < uncapped_band);
    let named: Vec<String> =
        holding.map(|finding| format!("`{}` may bring about no more than {}", finding.item.rule, finding.cap())).collect();
    (uncapped_band > band).then(|| format!("held at {band}: {}", named.join(", ")))
}

fn uncapped<'a>(finding: &Weighed<'a>) -> crate::Item<'a> {
    crate::Item { cap: None, ..finding.item }
}

fn sum_of_groups(tally: &Tally<'_>) -> String {
    let groups = tally.speaking();
    let noun = if groups.len() == 1 { "group speaks" } else { "independent groups speak" };
    format!("{} {noun} for it ({}) with {} in sum", groups.len(), groups.join(", "), said(tally.score()))
}

fn one_of(groups: &[String]) -> String {
    match groups {
        [] => "no group".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

/// Millibits as a reader wants them: one decimal, sign only when below zero.
fn said(millibits: i64) -> String {
    format!("{:.1} bits", crate::bits(millibits))
}
