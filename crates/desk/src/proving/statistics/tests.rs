//! The statistics against values worked out elsewhere (R 4: binom::binom.confint, fisher.test), and against themselves.

use super::clusters::agreement;
use super::exact::{Ratio, fisher, sign_test};
use super::ranks::{Ranked, precision_at_prior};
use super::share::Share;

fn near(a: f64, b: f64) {
    assert!((a - b).abs() < 5e-5, "{a} is not {b}");
}

#[test]
fn intervals_are_those_of_the_books() {
    // 8 of 10: Wilson .4901625-.9433178, Clopper-Pearson .4439045-.9747893.
    let wilson = Share::of(8, 10);
    near(wilson.low, 0.490_16);
    near(wilson.high, 0.943_32);
    let exact = Share::exact(8, 10);
    near(exact.low, 0.443_90);
    near(exact.high, 0.974_79);
    // 0 of 755: the rule of three, exactly 1 - .025^(1/755).
    near(Share::exact(0, 755).high, 1.0 - 0.025_f64.powf(1.0 / 755.0));
    near(Share::exact(0, 755).low, 0.0);
    assert_eq!((Share::of(0, 0).low, Share::of(0, 0).high), (0.0, 1.0));
}

#[test]
fn fisher_agrees_with_the_tea_lady() {
    // Fisher (1935): 3 of 4 against 1 of 4 has two-sided p = .4857.
    near(fisher(3, 4, 1, 4), 0.485_71);
    near(fisher(0, 5, 5, 5), 2.0 / 252.0);
    near(fisher(2, 10, 2, 10), 1.0);
}

#[test]
fn a_split_of_pairs_is_judged_by_the_binomial() {
    // R: binom.test(1, 9) gives .0390625, binom.test(0, 5) .0625.
    near(sign_test(1, 8), 0.039_062_5);
    near(sign_test(5, 0), 0.0625);
    near(sign_test(3, 3), 1.0);
    near(sign_test(0, 0), 1.0);
}

#[test]
fn ratios_hold_one_for_equal_shares_and_stay_finite() {
    let equal = Ratio::of(10, 100, 10, 100);
    near(equal.ratio, 1.0);
    assert!(equal.low < 1.0 && equal.high > 1.0);
    assert!(Ratio::of(0, 10, 0, 10).ratio.is_finite());
}

#[test]
fn ties_are_alerted_together_or_not_at_all() {
    let honest = (0..1000).map(|n| (if n < 5 { 9.0 } else { 0.0 }, false));
    let ranked = Ranked::new(honest.chain([(9.0, true), (10.0, true)]));
    let threshold = ranked.threshold(1000);
    assert!(ranked.false_alerts(threshold).hits <= 1);
    assert_eq!(ranked.recall(threshold).hits, 1, "the one that ties with five honest ones is not counted");
    assert_eq!(ranked.recall(ranked.threshold(100)).hits, 2);
    let (auc, low, high) = ranked.auc().unwrap();
    near(auc, (0.5 * (995.0 + 2.5) + 0.5 * 1000.0) / 1000.0);
    assert!(low <= auc && auc <= high);
}

#[test]
fn precision_follows_bayes() {
    let (middle, low, high) = precision_at_prior(Share::of(50, 100), Share::of(1, 1000), 343.0);
    near(middle, 0.5 / 343.0 / (0.5 / 343.0 + 0.001 * 342.0 / 343.0));
    assert!(low < middle && middle < high);
}

#[test]
fn groupings_agree_with_themselves_and_glue_costs_precision() {
    let same = [("a", "x"), ("a", "x"), ("b", "y")];
    assert_eq!(agreement(&same).0.f1, 1.0);
    assert_eq!(agreement(&same).1.f1, 1.0);
    let (pairs, cubed) = agreement(&[("a", "x"), ("a", "x"), ("a", "y")]);
    near(pairs.precision, 1.0 / 3.0);
    near(pairs.recall, 1.0);
    near(cubed.precision, (2.0 / 3.0 * 2.0 + 1.0 / 3.0) / 3.0);
}
