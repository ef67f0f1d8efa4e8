//! The table of targets that the bench prints at its end, and the measure that needs no data: hostile names.

use bonafide_resolve::index::Index;
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
