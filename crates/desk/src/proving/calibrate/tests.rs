//! Weights learned from invented counts whose answer is known.

use super::*;
use crate::proving::labels::Label;
use crate::proving::sample::Fired;
use bonafide_assess::Standing;
use bonafide_facts::Band;

/// Rules in the groups identity and payment, 2 bits each (0 to 4); `fires` tells a subject's rules.
fn sample(subjects: impl Iterator<Item = (bool, Vec<usize>)>) -> Sample {
    let (pack, _) = crate::embedded::pack(None).unwrap();
    let groups = ["identity", "payment"].map(|name| pack.policy.groups.iter().position(|group| group == name).unwrap());
    let rule = |id: &str, group: &str| RuleNote { id: id.to_owned(), group: group.to_owned(), bits: 2.0, low: 0.0, high: 4.0 };
    let subject = |(number, (hides, rules)): (usize, (bool, Vec<usize>))| Subject {
        id: format!("s{number}"),
        label: Label {
            hides: Some(hides),
            family: if hides { format!("f{}", number % 3) } else { "ordinary".to_owned() },
            ..Label::default()
        },
        score: 2.0 * rules.len() as f64,
        band: Band::Clear,
        findings: rules
            .into_iter()
            .map(|rule| Fired { rule, group: groups[rule], bits: 2.0, exact_listing: false, cap: None, standing: Standing::Stands })
            .collect(),
        shared: 0,
        volume: 1,
        looked: vec![u64::MAX],
        groups: BTreeMap::new(),
        first_alert: None,
    };
    Sample {
        subjects: subjects.enumerate().map(subject).collect(),
        rules: vec![rule("one", "identity"), rule("two", "payment")],
        policy: pack.policy,
        pack_digest: String::new(),
        clusters: Vec::new(),
        with_baseline: true,
        look_days: None,
        notes: Vec::new(),
    }
}

fn bits(sample: &Sample) -> Vec<Option<f64>> {
    count(sample, |_, _| true).iter().map(|rule| rule.proposed.map(|bits| bits.bits)).collect()
}

#[test]
fn two_groups_that_speak_for_one_reason_are_not_counted_twice() {
    // Both fire together on 60 of 100 hidden and 60 of 900 honest: 9 to one, 3.2 bits for the two of them.
    let together =
        (0..1000).map(|n| (n < 100, if n % 100 < 60 && !(100..900).contains(&n) || (940..960).contains(&n) { vec![0, 1] } else { vec![] }));
    let sample = sample(together);
    let learned: f64 = bits(&sample).into_iter().map(Option::unwrap).sum();
    assert!((2.4..4.2).contains(&learned), "{learned}");
    let each = count(&sample, |_, _| true)[0].matched.bits;
    assert!(2.0 * each > 5.5, "counted each for itself they would say {}", 2.0 * each);
}

#[test]
fn a_rule_that_one_story_tried_keeps_the_experts_weight() {
    // It fires on no hidden family of these, and on honest people: that says nothing of a story nobody has seen.
    let untried = sample((0..1000).map(|n| (n < 100, if n > 980 { vec![0] } else { vec![] })));
    assert_eq!(bits(&untried), [None, None]);
    // But what fires on half of the honest cannot be worth more than a bit.
    let common = sample((0..1000).map(|n| (n < 100, if n > 400 { vec![0] } else { vec![] })));
    assert!(bits(&common)[0].unwrap() < 1.0);
}

/// The sample with the findings of rule 0 on subjects that `weak` names at half a bit in place of two.
fn in_steps(mut sample: Sample, weak: impl Fn(usize) -> bool) -> Sample {
    for (_, subject) in sample.subjects.iter_mut().enumerate().filter(|(number, _)| weak(*number)) {
        subject.findings.iter_mut().for_each(|fired| fired.bits = 0.5);
    }
    sample
}

/// Rule 0 strong on 60 of 100 hidden and 2 of 900 honest, weak on 10 hidden and 200 honest.
fn stepped() -> Sample {
    let fires = |n: usize| n < 70 || (100..302).contains(&n);
    let weak = |n: usize| (60..70).contains(&n) || (102..302).contains(&n);
    in_steps(sample((0..1000).map(|n| (n < 100, if fires(n) { vec![0] } else { vec![] }))), weak)
}

#[test]
fn each_step_of_a_rule_is_learned_by_itself() {
    let counted = count(&stepped(), |_, _| true);
    let steps = &counted[0].steps;
    assert!(counted[0].tiered);
    assert_eq!(steps.iter().map(|step| (step.stated, step.fired)).collect::<Vec<_>>(), [(0.5, (10, 200)), (2.0, (60, 2))]);
    // 10 of 100 against 200 of 900 is less than nothing; 60 of 100 against 2 of 900 is 8 bits.
    assert!(steps[0].kept.bits < 0.4 && steps[1].kept.bits > 3.9, "{steps:?}");
}

#[test]
fn caps_are_kept_unless_loosened_and_then_named() {
    let counted = count(&stepped(), |_, _| true);
    let strong = counted[0].steps[1];
    assert!(strong.kept.bits <= 4.0 && strong.loosened.bits > 4.5, "{strong:?}");
    let text = "id: one\nweight: {bits: 2.0, low: 0.0, high: 4.0, basis: expert, from: \"A reason.\"}\nparams: {min_days: 2, pair_bits: 0.5, many_bits: 2.0}\n";
    let kept = weights::changes(&counted[0], text, "invented", weights::Proposal::Kept);
    assert!(kept.iter().all(|change| change.loosened.is_empty()));
    assert!(kept[0].new.contains("bits: 4.0, low: 0.0, high: 4.0, basis: measured"), "{}", kept[0].new);
    assert_eq!(kept[1].line, 3);
    assert!(kept[1].new.starts_with("params: {min_days: 2, pair_bits: 0.") && kept[1].new.ends_with("many_bits: 4.0}"), "{}", kept[1].new);
    let beyond = weights::changes(&counted[0], text, "invented", weights::Proposal::Loosened);
    let diff = weights::diff(&beyond);
    assert!(diff.starts_with("# loosens an expert's interval: one: 2.0 bits would be "), "{diff}");
    assert!(diff.contains("--- a/rules/one.yml\n+++ b/rules/one.yml\n@@ -2,1 +2,1 @@\n"), "{diff}");
    // A step that only the question states cannot be written by the diff, and the reader is told.
    let bare = weights::changes(&counted[0], &text.replace("pair_bits: 0.5, ", ""), "invented", weights::Proposal::Kept);
    assert!(weights::diff(&bare).contains("# by hand: one: its step of 0.5 bits"), "{}", weights::diff(&bare));
}
