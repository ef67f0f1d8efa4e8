//! Two groups compared: Fisher's exact test, and the ratio of two shares with its interval.
//!
//! Must not know who is in a group.

use super::share::{Z, ln_gamma};
use serde::Serialize;

/// Two-sided p of Fisher's exact test on `hits` of `of` against `other_hits` of `other_of`: the chance, all margins given, of a
/// table no likelier than this one.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn fisher(hits: u64, of: u64, other_hits: u64, other_of: u64) -> f64 {
    let (all, total) = (of + other_of, hits + other_hits);
    let ln = |n: u64| ln_gamma(n as f64 + 1.0);
    let choose = |n: u64, k: u64| ln(n) - ln(k) - ln(n - k);
    let chance = |k: u64| (choose(of, k) + choose(other_of, total - k) - choose(all, total)).exp();
    let this = chance(hits);
    let sum: f64 = (total.saturating_sub(other_of)..=of.min(total)).map(chance).filter(|p| *p <= this * (1.0 + 1e-7)).sum();
    sum.min(1.0)
}

/// Two-sided exact sign test: the chance of a split at least as uneven as `a` against `b` when both are equally likely.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn sign_test(a: u64, b: u64) -> f64 {
    let n = a + b;
    let ln = |n: u64| ln_gamma(n as f64 + 1.0);
    let chance = |k: u64| (ln(n) - ln(k) - ln(n - k) - n as f64 * std::f64::consts::LN_2).exp();
    let tail: f64 = (0..=a.min(b)).map(chance).sum();
    if a == b { 1.0 } else { (2.0 * tail).min(1.0) }
}

/// A ratio of two shares with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ratio {
    /// Central estimate.
    pub ratio: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Ratio {
    /// (hits / of) / (other_hits / other_of), half a case added to each cell so that no zero divides (Katz's log interval,
    /// Walter's correction).
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn of(hits: u64, of: u64, other_hits: u64, other_of: u64) -> Self {
        let (a, n, b, m) = (hits as f64 + 0.5, of as f64 + 0.5, other_hits as f64 + 0.5, other_of as f64 + 0.5);
        let ratio = (a / n) / (b / m);
        let error = (1.0 / a - 1.0 / n + 1.0 / b - 1.0 / m).max(0.0).sqrt();
        Self { ratio, low: ratio * (-Z * error).exp(), high: ratio * (Z * error).exp() }
    }
}
