//! The table of targets that the bench prints at its end, and the measures that need no data: hostile names, and a generated list of a million entries.

use bonafide_resolve::index::Index;
use bonafide_resolve::index::entry::{Entry, EntryName, NameKind};
use bonafide_resolve::normal::Schema;
use bonafide_resolve::screen::{Options, Query, Searcher};
use std::time::Instant;

/// Measure, target as text, what was reached, whether that is enough.
#[derive(Default)]
pub struct Table(Vec<(String, String, String, bool)>);

impl Table {
    /// A measure that must reach at least its target.
    pub fn least(&mut self, measure: &str, target: f64, reached: f64) {
        self.0.push((measure.to_owned(), format!(">= {target}"), format!("{reached:.3}"), reached >= target - 1e-9));
    }

    /// A measure that must stay at or below its target.
    pub fn most(&mut self, measure: &str, target: f64, reached: f64) {
        self.0.push((measure.to_owned(), format!("<= {target}"), format!("{reached:.3}"), reached <= target + 1e-9));
    }

    /// Prints it.
    pub fn print(&self) {
        println!("\n{:58} {:>10} {:>10}", "measure", "target", "reached");
        for (measure, target, reached, met) in &self.0 {
            println!("{measure:58} {target:>10} {reached:>10}  {}", if *met { "met" } else { "MISSED" });
        }
        println!("{} of {} met", self.0.iter().filter(|row| row.3).count(), self.0.len());
    }
}

/// What each hostile name is and how long its answer takes, milliseconds, the best of three.
pub fn hostile(index: &Index) -> Vec<(&'static str, f64)> {
    let names = [
        ("10 kB of one letter", "x".repeat(10_000)),
        ("10 kB of one word", "Kim ".repeat(2_500)),
        ("10,000 zero-width characters", "\u{200b}".repeat(10_000)),
        ("3,000 Hangul syllables", "김".repeat(3_000)),
        ("10,000 Arabic letters", "ا".repeat(10_000)),
        ("one letter", "a".to_owned()),
        ("NULL", "NULL".to_owned()),
        ("0", "0".to_owned()),
        ("nothing", String::new()),
        ("the commonest names ten times", "Mohammad Ali Hussein Ahmad Abdul Rahman Al ".repeat(10)),
    ];
    let time = |name: String| {
        let query = Query { name, ..Query::default() };
        let once = || {
            let mut searcher = Searcher::new(index);
            let from = Instant::now();
            let _ = searcher.screen(&query, &Options::default());
            from.elapsed().as_secs_f64() * 1e3
        };
        (0..3).map(|_| once()).fold(f64::MAX, f64::min)
    };
    names.into_iter().map(|(what, name)| (what, time(name))).collect()
}

/// A list of `size` invented names from a seeded generator, and queries of which half are on it.
pub fn generated(size: usize, queries: usize) -> (Vec<Entry>, Vec<Query>) {
    let mut state = 11_u64;
    let mut next = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % below
    };
    const ONSETS: [&str; 20] = ["b", "ch", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "sh", "t", "v", "y", "z", "kr"];
    const RIMES: [&str; 15] = ["a", "ar", "e", "en", "i", "in", "o", "or", "u", "un", "al", "ek", "ir", "os", "am"];
    // Few syllables make common words, more make rare ones, as in real names.
    let word = move |next: &mut dyn FnMut(usize) -> usize| {
        let length = 2 + usize::from(next(3) > 0) + usize::from(next(5) == 0);
        (0..length).map(|_| format!("{}{}", ONSETS[next(20)], RIMES[next(15)])).collect::<String>()
    };
    let mut names = Vec::with_capacity(size);
    for _ in 0..size {
        let words = 2 + usize::from(next(3) == 0);
        names.push((0..words).map(|_| word(&mut next)).collect::<Vec<_>>().join(" "));
    }
    let asked = (0..queries).map(|at| {
        let name = if at % 2 == 0 { names[next(size)].clone() } else { format!("{} {}", word(&mut next), word(&mut next)) };
        Query { name, schema: Schema::Person, ..Query::default() }
    });
    let asked: Vec<Query> = asked.collect();
    let entry = |(at, printed): (usize, String)| Entry {
        id: format!("gen-{at}"),
        list: "generated".into(),
        schema: Schema::Person,
        names: vec![EntryName { printed, kind: NameKind::Primary }],
        ..Entry::default()
    };
    (names.into_iter().enumerate().map(entry).collect(), asked)
}
