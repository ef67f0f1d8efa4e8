//! Learns the weights of name comparison: a seeded search over one weight at a time on the development half of the sets.
//!
//!     cargo run --release -p bonafide-resolve --example screen_learn -- DATA_FOLDER [steps] [seed] > weights.csv
//!
//! Goal: recall at 1% and 0.2% false positives, and at 1% of the hard categories, less false positives of several cultures and of companies above 1%.
//! The halves are by hash of query and target id (`screen_bench DATA_FOLDER test` shows the other half). `centre` is set last, so that the score
//! 0.5 is passed by 1% of the negatives.

#[allow(dead_code)]
#[path = "screen_data/mod.rs"]
mod data;

use bonafide_resolve::compare::weights::{WEIGHTS, Weights};
use bonafide_resolve::index::Index;
use bonafide_resolve::screen::{Options, Query, Searcher};
use data::Data;
use std::collections::BTreeMap;

/// Weights that are not searched: the scale of the score, and what is set by meaning.
const FIXED: &[&str] = &["centre", "spread", "edit_share", "edit_most", "like_even", "like_scale", "list_names", "list_least", "list_size"];

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
    let (steps, mut state) = (number(1, 60), number(2, 7));
    let mut next = || {
        // A 64-bit LCG (Knuth, TAOCP 2, 3.3.4).
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    let mut best = WEIGHTS.clone();
    let mut goal = measure(&data, &best);
    eprintln!("start {:.4}", goal.0);
    let names: Vec<&str> = Weights::NAMES.iter().copied().filter(|name| !FIXED.contains(name)).collect();
    for step in 0..steps {
        let name = names[next() % names.len()];
        let factor = [0.6, 0.8, 1.25, 1.6][next() % 4];
        let mut tried = best.clone();
        if let Some(weight) = tried.get_mut(name) {
            *weight = (*weight * factor * 1_000.0).round() / 1_000.0;
        }
        let found = measure(&data, &tried);
        if found.0 > goal.0 {
            eprintln!("{step}: {name} x {factor}: {:.4}", found.0);
            (best, goal) = (tried, found);
        }
    }
    best.centre = (goal.1 * 100.0).round() / 100.0;
    println!("weight,value");
    for name in Weights::NAMES {
        println!("{name},{}", best.get_mut(name).map_or(0.0, |weight| *weight));
    }
}

/// The goal, and the bits that 1% of the negatives pass.
fn measure(data: &Data, weights: &Weights) -> (f64, f32) {
    let index = Index::build_with(data.entries.clone(), weights.clone());
    let mut searcher = Searcher::new(&index);
    let mut bits = |query: &Query, target: Option<&str>| {
        let options = Options { top: if target.is_some() { 24 } else { 1 }, threshold: 0.0, candidates: 24 };
        let hits = searcher.screen(query, &options);
        hits.iter().find(|hit| target.is_none_or(|target| hit.entry_id == target)).map_or(-9.0, |hit| hit.explanation.bits)
    };
    let mut negatives: Vec<(f64, &str)> = data.negatives.iter().map(|row| (bits(&row.query, None), row.culture.as_str())).collect();
    negatives.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (one, fifth) = (negatives[negatives.len() / 100].0, negatives[negatives.len() / 500].0);
    let mut groups: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    let (mut at_one, mut at_fifth, mut all) = (0.0, 0.0, 0.0);
    for row in data.positives.iter().filter(|row| !row.coincides) {
        let score = bits(&row.query, Some(&row.target));
        let hit = f64::from(u8::from(score > one));
        at_one += hit;
        at_fifth += f64::from(u8::from(score > fifth));
        all += 1.0;
        let group = groups.entry(&row.category).or_default();
        group.0 += hit;
        group.1 += 1.0;
    }
    let hard = ["script_hangul_synth", "script_native_UN", "initial", "nickname", "typo2", "legal_change"];
    let hard: f64 = hard.iter().filter_map(|name| groups.get(name)).map(|(hits, rows)| hits / rows).sum::<f64>() / 6.0;
    let too_many: f64 = ["ko", "zh", "fa", "ar", "hk_tw", "ru", "org"]
        .iter()
        .map(|culture| {
            let rows = negatives.iter().filter(|(_, other)| other == culture).count().max(1);
            let passed = negatives.iter().filter(|(bits, other)| other == culture && *bits > one).count();
            #[allow(clippy::cast_precision_loss)]
            let share = passed as f64 / rows as f64;
            (share - 0.01).max(0.0)
        })
        .sum();
    #[allow(clippy::cast_possible_truncation)]
    let centre = one as f32;
    (at_one / all + at_fifth / all + 0.5 * hard - 2.0 * too_many, centre)
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
