//! Learns the weights of name comparison: a seeded search over one weight at a time on the development half of the sets.
//!
//!     cargo run --release -p bonafide-resolve --example screen_learn -- DATA_FOLDER [steps] [seed] > weights.csv
//!
//! Goal: recall at 1% and 0.2% false positives and at the centre, and the mean recall of the categories at 1%, less how unequally the groups of ordinary
//! names pass.
//! The halves are by hash of query and target id (`screen_bench DATA_FOLDER test` shows the other half). `centre` is set last, so that the score
//! 0.5 is passed by 1% at most of every group of 100 rows or more of that half.

#[allow(dead_code)]
#[path = "screen_data/mod.rs"]
mod data;

use bonafide_resolve::compare::weights::{WEIGHTS, Weights};
use bonafide_resolve::index::Index;
use bonafide_resolve::screen::{Options, Query, Searcher};
use data::Data;
use std::collections::BTreeMap;

/// Weights that are not searched: the scale of the score, and what is set by meaning.
const FIXED: &[&str] =
    &["centre", "spread", "edit_share", "edit_most", "descent", "like_even", "like_scale", "list_names", "list_least", "list_size"];

/// What the search starts from.
const START: &str = include_str!("screen_data/start.csv");

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(data) = arguments.first().and_then(|folder| Data::read(std::path::Path::new(folder), Some("dev"))) else {
        println!("skipped: no screening sets");
        return;
    };
    if arguments.get(1).is_some_and(|word| word == "pairs") {
        let number = |at: usize, default: u64| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(default);
        return pairs(&data, number(2, 300), number(3, 7));
    }
    let number = |at: usize, default: u64| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (steps, mut state) = (number(1, 0), number(2, 11));
    let seed = state;
    let mut next = || {
        // A 64-bit LCG (Knuth, TAOCP 2, 3.3.4).
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    let mut best = Weights::read(START);
    let mut goal = measure(&data, &best);
    eprintln!("start {:.4}, centre {}", goal.0, goal.1);
    let names: Vec<&str> = Weights::NAMES.iter().copied().filter(|name| !FIXED.contains(name) && !name.starts_with("like_")).collect();
    for step in 0..steps {
        let name = names[next() % names.len()];
        let factor = [0.6, 0.8, 1.25, 1.6][next() % 4];
        let mut tried = best.clone();
        if let Some(weight) = tried.get_mut(name) {
            *weight = (*weight * factor * 1_000.0).round() / 1_000.0;
        }
        let found = measure(&data, &tried);
        // Less than a thousandth is chance.
        if found.0 > goal.0 + 0.001 {
            eprintln!("{step}: {name} x {factor}: {:.4}, centre {}", found.0, found.1);
            (best, goal) = (tried, found);
        }
    }
    // The centre moves what a name may reach of which a part differs (`most_bits`), so it is set again until it stays.
    for _ in 0..5 {
        best.centre = goal.1;
        goal = measure(&data, &best);
    }
    println!("# Weights of name comparison, in bits (see crates/resolve/src/compare/weights.rs for what each means). Source: exactly what");
    println!(
        "# `cargo run --release -p bonafide-resolve --example screen_learn -- DATA {steps} {seed}` prints: a seeded search of so many steps on the development half"
    );
    println!(
        "# of the screening sets, from the values of crates/resolve/examples/screen_data/start.csv (which says where these come from); longer searches gained on"
    );
    println!(
        "# that half only. `centre`, where the score is one half and the shipped threshold lies, is the lowest at which 1% at most of every group of 100 ordinary"
    );
    println!("# names or more of that half passes.");
    println!("weight,value");
    for name in Weights::NAMES {
        println!("{name},{}", best.get_mut(name).map_or(0.0, |weight| *weight));
    }
}

/// The goal, and the centre.
fn measure(data: &Data, weights: &Weights) -> (f64, f32) {
    let index = Index::build_with(data.entries.clone(), weights.clone());
    let bits = |searcher: &mut Searcher, query: &Query, target: Option<&str>| {
        let options = Options { top: if target.is_some() { 24 } else { 1 }, threshold: 0.0, candidates: 24 };
        let hits = searcher.screen(query, &options);
        hits.iter().find(|hit| target.is_none_or(|target| hit.entry_id == target)).map_or(-9.0, |hit| hit.explanation.bits)
    };
    let negatives = || {
        let mut searcher = Searcher::new(&index);
        let rows = data.negatives.iter();
        let mut scores: Vec<(f64, &str)> = rows.map(|row| (bits(&mut searcher, &row.query, None), row.culture.as_str())).collect();
        scores.sort_by(|a, b| b.0.total_cmp(&a.0));
        scores
    };
    let positives = || {
        let mut searcher = Searcher::new(&index);
        let rows = data.positives.iter().filter(|row| !row.coincides);
        let scores = rows.map(|row| (bits(&mut searcher, &row.query, Some(&row.target)), row.category.as_str()));
        scores.collect::<Vec<(f64, &str)>>()
    };
    let (negatives, scores) = std::thread::scope(|scope| {
        let other = scope.spawn(negatives);
        let scores = positives();
        (other.join().unwrap_or_default(), scores)
    });
    let centre = centre(&negatives);
    #[allow(clippy::cast_precision_loss)]
    let recall = |of: &[f64], at: f64| of.iter().filter(|bits| **bits > at).count() as f64 / of.len() as f64;
    let all: Vec<f64> = scores.iter().map(|(bits, _)| *bits).collect();
    let (one, fifth) = (negatives[negatives.len() / 100].0, negatives[negatives.len() / 500].0);
    let categories = by_group(&scores, 1);
    #[allow(clippy::cast_precision_loss)]
    let each = categories.iter().map(|bits| recall(bits, one)).sum::<f64>() / categories.len() as f64;
    (recall(&all, one) + recall(&all, fifth) + recall(&all, f64::from(centre)) + each - uneven(&negatives), centre)
}

/// Rows of a group of names from which its rate is looked at while learning, and rows from which the centre is set by it.
const ROWS: (usize, usize) = (30, 100);

/// How far the groups are from being stopped equally often: what each has above one and a half times the rate of all, summed, at the scores that 1%, 2% and
/// 4% of all pass (the mean of the three).
#[allow(clippy::cast_precision_loss)]
fn uneven(negatives: &[(f64, &str)]) -> f64 {
    let groups = by_group(negatives, ROWS.0);
    let above = [0.01, 0.02, 0.04].map(|share| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let at = negatives[(negatives.len() as f64 * share) as usize].0;
        let rate = |bits: &Vec<f64>| bits.iter().filter(|bits| **bits > at).count() as f64 / bits.len() as f64;
        groups.iter().map(|bits| (rate(bits) - 1.5 * share).max(0.0)).sum::<f64>()
    });
    above.iter().sum::<f64>() / 3.0
}

/// The bits of each group of so many rows or more, highest first.
fn by_group(scored: &[(f64, &str)], rows: usize) -> Vec<Vec<f64>> {
    let mut groups: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    scored.iter().for_each(|(bits, group)| groups.entry(group).or_default().push(*bits));
    groups.into_values().filter(|bits| bits.len() >= rows).collect()
}

/// The lowest bits, to a hundredth, that 1% at most of every group of 100 rows or more passes.
fn centre(negatives: &[(f64, &str)]) -> f32 {
    let lowest = by_group(negatives, ROWS.1).iter().map(|bits| bits[bits.len() / 100]).fold(f64::MIN, f64::max);
    #[allow(clippy::cast_possible_truncation)]
    let lowest = (lowest * 100.0).ceil() as f32 / 100.0;
    lowest
}

/// Learns how much of two names must agree (the weights `like_…`) from one half, by a hash of the two names, of the public pairs: the mean F1 about the
/// shipped threshold.
fn pairs(data: &Data, steps: u64, mut state: u64) {
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    let of_half = |half: &str| -> Vec<_> { data.pairs.iter().filter(|pair| data::pair_in(pair, Some(half))).collect() };
    let (half, other) = (of_half("dev"), of_half("test"));
    let measure = |weights: &Weights, rows: &[&data::Pair]| {
        let scored: Vec<(f64, bool)> = rows.iter().map(|pair| (data::as_list(pair, weights), pair.3)).collect();
        let at = [0.42, 0.46, 0.5, 0.54, 0.58];
        at.iter().map(|threshold| data::f1(&scored, *threshold)).sum::<f64>() / 5.0
    };
    let mut best = WEIGHTS.clone();
    let mut goal = measure(&best, &half);
    eprintln!("start {goal:.4} other half {:.4}", measure(&best, &other));
    let names: Vec<&str> = Weights::NAMES.iter().copied().filter(|name| name.starts_with("like_") && !FIXED.contains(name)).collect();
    for step in 0..steps {
        let mut tried = best.clone();
        for _ in 0..=next() % 2 {
            let (name, factor) = (names[next() % names.len()], [0.7, 0.85, 0.93, 1.07, 1.18, 1.4][next() % 6]);
            if let Some(weight) = tried.get_mut(name) {
                *weight = (*weight * factor * 1_000.0).round() / 1_000.0;
            }
        }
        let found = measure(&tried, &half);
        if found > goal {
            eprintln!("{step}: {found:.4}");
            (best, goal) = (tried, found);
        }
    }
    println!("# F1 of the half learned from {goal:.4}, of the other {:.4}", measure(&best, &other));
    println!("weight,value");
    for name in Weights::NAMES {
        println!("{name},{}", best.get_mut(name).map_or(0.0, |weight| *weight));
    }
}
