//! The laws of the judgement, as properties over random findings, and a few worked examples.

use crate::{Input, Item, Judgement, Standing, Unseen, assess, chance, gains};
use bonafide_facts::policy::{EscalatePolicy, NotePolicy, ReviewPolicy};
use bonafide_facts::{Band, Policy};
use proptest::prelude::*;

const GROUPS: [&str; 5] = ["behaviour", "device", "identity", "listing", "payment"];
const RULES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

fn policy() -> Policy {
    Policy {
        base_rate_one_in: 343.0,
        base_rate_from: "a test".to_owned(),
        groups: GROUPS.map(str::to_owned).to_vec(),
        strong_bits: 4.0,
        note: NotePolicy { min_bits: 0.5 },
        review: ReviewPolicy { min_groups: 2, min_bits: 4.0, one_strong: true },
        escalate: EscalatePolicy {
            min_groups: 3,
            min_bits: 8.0,
            strong_in: ["identity", "payment", "device"].map(str::to_owned).to_vec(),
            exact_listing: true,
        },
        evidence_rows: 20,
        next_steps: 3,
    }
}

fn item(index: usize, rule: &'static str, group: &'static str, bits: f64) -> Item<'static> {
    Item { index, rule, group, bits, exact_listing: false, cap: None, standing: Standing::Stands }
}

fn judge(findings: &[Item<'static>]) -> Judgement {
    assess(&policy(), &Input { subject: 0, findings: findings.to_vec() }).unwrap()
}

prop_compose! {
    fn any_item()(
        rule in 0..RULES.len(), group in 0..GROUPS.len(), bits in -6.0..6.0f64, listing in prop::bool::weighted(0.05),
        cap in prop::option::weighted(0.3, 0..4usize), standing in 0..8u8,
    ) -> Item<'static> {
        let standing = match standing { 0 => Standing::Cleared, 1 => Standing::Expired, 2 => Standing::Shadow, _ => Standing::Stands };
        Item {
            index: 0, rule: RULES[rule], group: GROUPS[group], bits, exact_listing: listing, cap: cap.map(|at| Band::ALL[at]), standing,
        }
    }
}

fn any_findings() -> impl Strategy<Value = Vec<Item<'static>>> {
    prop::collection::vec(any_item(), 0..12).prop_map(|mut items| {
        items.iter_mut().enumerate().for_each(|(index, item)| item.index = index);
        items
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn contributions_sum_to_the_score_exactly(findings in any_findings()) {
        let judgement = judge(&findings);
        prop_assert_eq!(judgement.contributions.iter().map(|c| c.counted_millibits).sum::<i64>(), judgement.score_millibits);
        prop_assert_eq!(judgement.contributions.len(), findings.len());
        prop_assert!(judgement.contributions.iter().all(|c| c.counted_millibits == 0 || c.counted_millibits == c.weight_millibits));
        prop_assert!(judgement.contributions.iter().all(|c| c.reason.is_none() || c.counted_millibits == 0));
    }

    #[test]
    fn the_order_of_findings_has_no_meaning((findings, shuffled) in any_findings().prop_flat_map(|f| (Just(f.clone()), Just(f).prop_shuffle()))) {
        prop_assert_eq!(judge(&findings), judge(&shuffled));
    }

    #[test]
    fn what_does_not_stand_changes_nothing(findings in any_findings(), extra in any_item(), which in 0..3usize) {
        let before = judge(&findings);
        let standing = [Standing::Cleared, Standing::Expired, Standing::Shadow][which];
        let mut with = findings.clone();
        with.push(Item { index: findings.len(), standing, ..extra });
        let after = judge(&with);
        prop_assert_eq!((after.score_millibits, after.band, &after.band_reasons, &after.next),
            (before.score_millibits, before.band, &before.band_reasons, &before.next));
    }

    #[test]
    fn taking_away_a_finding_for_never_raises_and_one_against_never_lowers(findings in any_findings(), at in any::<prop::sample::Index>()) {
        prop_assume!(!findings.is_empty());
        let (before, at) = (judge(&findings), at.index(findings.len()));
        let mut without = findings.clone();
        let gone = without.remove(at);
        let after = judge(&without);
        if gone.bits > 0.0 {
            prop_assert!(after.score_millibits <= before.score_millibits && after.band <= before.band);
        } else if !gone.exact_listing {
            prop_assert!(after.score_millibits >= before.score_millibits && after.band >= before.band);
        }
    }

    #[test]
    fn a_copy_within_its_group_never_raises(findings in any_findings(), at in any::<prop::sample::Index>(), part in 0.0..=1.0f64) {
        prop_assume!(!findings.is_empty());
        let copied = findings[at.index(findings.len())];
        prop_assume!(copied.bits > 0.0);
        let before = judge(&findings);
        let mut with = findings.clone();
        with.push(Item { index: findings.len(), bits: copied.bits * part, ..copied });
        let after = judge(&with);
        prop_assert_eq!((after.score_millibits, after.band), (before.score_millibits, before.band));
    }

    #[test]
    fn a_capped_finding_never_lifts_above_its_cap(findings in any_findings(), extra in any_item(), cap in 0..4usize) {
        let before = judge(&findings).band;
        let mut with = findings.clone();
        with.push(Item { index: findings.len(), cap: Some(Band::ALL[cap]), ..extra });
        prop_assert!(judge(&with).band <= before.max(Band::ALL[cap]));
    }

    #[test]
    fn tightening_any_cap_never_raises_nor_moves_the_score(findings in any_findings(), at in any::<prop::sample::Index>(), cap in 0..4usize) {
        prop_assume!(!findings.is_empty());
        let mut tighter = findings.clone();
        let item = &mut tighter[at.index(findings.len())];
        item.cap = Some(item.cap.unwrap_or(Band::Escalate).min(Band::ALL[cap]));
        let (before, after) = (judge(&findings), judge(&tighter));
        prop_assert!(after.band <= before.band);
        prop_assert_eq!(after.score_millibits, before.score_millibits);
    }

    #[test]
    fn names_of_rules_decide_nothing(findings in any_findings(), turn in 1..RULES.len()) {
        let renamed: Vec<Item<'static>> = findings.iter().map(|item| {
            let at = RULES.iter().position(|rule| *rule == item.rule).unwrap_or(0);
            Item { rule: RULES[(at + turn) % RULES.len()], ..*item }
        }).collect();
        let (before, after) = (judge(&findings), judge(&renamed));
        prop_assert_eq!((after.score_millibits, after.band), (before.score_millibits, before.band));
    }

    #[test]
    fn the_chance_grows_with_the_score(one_in in 1.01..1e7f64, low in -64_000..64_000i64, more in 0..64_000i64) {
        let (less, greater) = (chance(one_in, low), chance(one_in, low + more));
        prop_assert!((0.0..=1.0).contains(&less) && less <= greater && greater <= 1.0);
    }

    #[test]
    fn what_was_not_observed_never_moves_a_score(findings in any_findings(), bits in -6.0..6.0f64) {
        // `assess` has no parameter for it; `gains` only reads.
        let input = Input { subject: 0, findings };
        let before = assess(&policy(), &input).unwrap();
        let told = gains(&policy(), &input, &[Unseen { group: "device", bits, sources: vec![3, 4] }]).unwrap();
        prop_assert!(told.iter().all(|gain| gain.millibits >= 0));
        prop_assert_eq!(before, assess(&policy(), &input).unwrap());
    }
}

#[test]
fn nothing_found_is_clear_at_the_base_rate() {
    let judgement = judge(&[]);
    assert_eq!((judgement.band, judgement.score_millibits), (Band::Clear, 0));
    assert_eq!(judgement.band_reasons, ["no finding counts"]);
    assert!((judgement.chance_at_base_rate - 0.002_915).abs() < 1e-9, "1 in 343");
}

#[test]
fn each_band_is_reached_as_the_policy_says_and_says_why() {
    let note = judge(&[item(0, "a", "device", 1.2)]);
    assert_eq!(note.band, Band::Note);
    assert_eq!(
        note.band_reasons,
        [
            "1.2 bits in sum; on its own that means little",
            "not review: that asks for 2 independent groups (here 1), 4.0 bits (here 1.2 bits)"
        ]
    );
    let strong = judge(&[item(0, "a", "behaviour", 4.0)]);
    assert_eq!(strong.band, Band::Review);
    assert_eq!(
        strong.band_reasons,
        [
            "one strong finding is enough: `a` with 4.0 bits",
            "not escalate: that asks for 3 independent groups (here 1), 8.0 bits (here 4.0 bits), a strong finding in identity, payment or device"
        ]
    );
    let two = judge(&[item(0, "a", "behaviour", 2.0), item(1, "b", "device", 2.0)]);
    assert_eq!(
        (two.band, two.band_reasons[0].as_str()),
        (Band::Review, "2 independent groups speak for it (behaviour, device) with 4.0 bits in sum")
    );
    let all = judge(&[item(0, "a", "behaviour", 2.0), item(1, "b", "device", 2.0), item(2, "c", "payment", 4.1)]);
    assert_eq!(all.band, Band::Escalate);
    assert_eq!(
        all.band_reasons,
        ["3 independent groups speak for it (behaviour, device, payment) with 8.1 bits in sum, and `c` is strong where it identifies"]
    );
    let listed = judge(&[Item { exact_listing: true, ..item(0, "on-a-list", "listing", 1.0) }]);
    assert_eq!(listed.band, Band::Escalate);
    assert_eq!(listed.band_reasons, ["an exact official-list hit on an identifier (`on-a-list`), for a person to confirm"]);
}

#[test]
fn evidence_against_counts_once_and_silences_its_group() {
    let judgement =
        judge(&[item(0, "a", "device", 3.0), item(1, "b", "device", -2.0), item(2, "c", "device", -3.5), item(3, "d", "payment", 1.0)]);
    assert_eq!(judgement.score_millibits, 500, "3.0 - 3.5 + 1.0; the -2.0 says the same once more");
    assert_eq!(judgement.band, Band::Note, "one speaking group is left: payment");
    assert_eq!(judgement.contributions[2].reason.as_deref(), Some("`c` already counts for the group device"));
}

#[test]
fn caps_of_several_heights_hold_together() {
    let note = Some(Band::Note);
    let review = Some(Band::Review);
    let dust = Item { cap: note, ..item(0, "dust", "payment", 5.0) };
    let name = Item { cap: review, ..item(1, "name-on-list", "identity", 5.0) };
    let plain = item(2, "plain", "device", 1.0);
    assert_eq!(judge(&[dust]).band, Band::Note);
    assert_eq!(judge(&[dust, plain]).band, Band::Note, "dust is not one of the two groups that review asks for");
    assert_eq!(judge(&[dust, name, plain]).band, Band::Review, "three groups and strong ones, but two of them capped");
    assert_eq!(
        judge(&[dust, name, plain]).band_reasons.last().map(String::as_str),
        Some("held at review: `dust` may bring about no more than note, `name-on-list` may bring about no more than review")
    );
    let strong = item(3, "strong", "device", 4.5);
    let other = item(4, "other", "behaviour", 2.0);
    let third = item(5, "third", "payment", 1.6);
    assert_eq!(judge(&[strong, other, third]).band, Band::Escalate);
    assert_eq!(judge(&[strong, other, third, dust, name]).band, Band::Escalate, "capped findings never hold the others down");
}

#[test]
fn what_to_ask_first_is_what_would_help_most() {
    let judgement =
        judge(&[item(0, "a", "behaviour", 2.0), item(1, "b", "device", 4.5), item(2, "c", "payment", 2.5), item(3, "d", "device", 1.0)]);
    assert_eq!(judgement.band, Band::Escalate);
    let order: Vec<(usize, Band, i64)> =
        judgement.next.iter().map(|s| (s.index, s.band_if_cleared, s.score_if_cleared_millibits)).collect();
    assert_eq!(order, [(1, Band::Review, 5500), (2, Band::Review, 6500), (0, Band::Review, 7000), (3, Band::Escalate, 9000)]);
}

#[test]
fn what_is_no_number_is_refused_by_name() {
    for bits in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 64.1, -1e300] {
        let refused = assess(&policy(), &Input { subject: 7, findings: vec![item(0, "odd", "device", bits)] });
        let trouble = refused.expect_err("no judgement on what is no number");
        assert!(trouble.code == "bad-bits" && trouble.what.contains("`odd`") && trouble.what.contains("subject number 7"), "{trouble}");
    }
    let unknown = assess(&policy(), &Input { subject: 0, findings: vec![item(0, "odd", "horoscope", 1.0)] });
    assert_eq!(unknown.expect_err("no such group").code, "unknown-group");
    for one_in in [1.0, 0.0, -3.0, f64::NAN, f64::INFINITY] {
        let bad = Policy { base_rate_one_in: one_in, ..policy() };
        assert_eq!(assess(&bad, &Input::default()).expect_err("no such base rate").code, "bad-policy");
    }
    let bad = Policy { strong_bits: f64::NAN, ..policy() };
    assert_eq!(assess(&bad, &Input::default()).expect_err("no such threshold").code, "bad-policy");
}

#[test]
fn the_chance_is_bayes_rule() {
    // Prior odds 1:342; 10 bits multiply them by 1024: 1024/1366.
    assert!((chance(343.0, 10_000) - 0.749_634).abs() < 1e-9);
    assert!((chance(2.0, 0) - 0.5).abs() < 1e-9);
    assert!(chance(343.0, -5_000_000).abs() < 1e-12 && (chance(343.0, 5_000_000) - 1.0).abs() < 1e-12, "no overflow at the ends");
}

#[test]
fn the_missing_source_that_tells_most_comes_first() {
    let input = Input { subject: 0, findings: vec![item(0, "a", "device", 3.0)] };
    let unseen = [
        Unseen { group: "device", bits: 3.5, sources: vec![0] },
        Unseen { group: "payment", bits: 2.0, sources: vec![1] },
        Unseen { group: "payment", bits: 1.5, sources: vec![1] },
        Unseen { group: "identity", bits: -4.0, sources: vec![0, 2] },
    ];
    let told: Vec<(usize, i64, usize)> =
        gains(&policy(), &input, &unseen).unwrap().iter().map(|gain| (gain.source, gain.millibits, gain.rules)).collect();
    assert_eq!(told, [(0, 2500, 2), (1, 2000, 2), (2, 2000, 1)]);
}
