//! A share of a count, with its 95% intervals (Wilson 1927 for reading, Clopper and Pearson 1934 where exactness is asked).
//!
//! Must not know what is counted.

use serde::Serialize;

/// 97.5th percentile of the normal distribution: two-sided 95%.
pub const Z: f64 = 1.959_963_984_540_054;

/// `hits` of `of`, as a share with its Wilson interval. With `of` = 0 the interval is 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// Counted.
    pub hits: u64,
    /// Among.
    pub of: u64,
    /// hits / of; 0 when there is nothing to count among.
    pub share: f64,
    /// Lower end, 95%.
    pub low: f64,
    /// Upper end, 95%.
    pub high: f64,
}

impl Share {
    /// With the Wilson interval.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn of(hits: u64, of: u64) -> Self {
        if of == 0 {
            return Self { hits, of, share: 0.0, low: 0.0, high: 1.0 };
        }
        let (n, p) = (of as f64, hits as f64 / of as f64);
        let z2 = Z * Z;
        let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let half = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
        // Rounding must not put an end on the wrong side of the share.
        Self { hits, of, share: p, low: (middle - half).clamp(0.0, p), high: (middle + half).clamp(p, 1.0) }
    }

    /// With the exact interval.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn exact(hits: u64, of: u64) -> Self {
        let mut share = Self::of(hits, of);
        if of > 0 {
            let (k, n) = (hits as f64, of as f64);
            share.low = if hits == 0 { 0.0 } else { beta_quantile(k, n - k + 1.0, 0.025) };
            share.high = if hits == of { 1.0 } else { beta_quantile(k + 1.0, n - k, 0.975) };
        }
        share
    }
}

/// The x below which the beta distribution has this chance, by halving.
fn beta_quantile(a: f64, b: f64, chance: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if beta_below(a, b, middle) < chance { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// The regularised incomplete beta function by its continued fraction (Abramowitz and Stegun 26.5.8, Lentz's method).
fn beta_below(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_below(b, a, 1.0 - x);
    }
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (1.0 - x).ln()).exp() / a;
    let tiny = 1e-300;
    let (mut c, mut d) = (1.0, 1.0 / not_zero(1.0 - (a + b) * x / (a + 1.0), tiny));
    let mut h = d;
    for step in 1..400 {
        let m = f64::from(step);
        for odd in [false, true] {
            let term = if odd {
                -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
            } else {
                m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
            };
            d = 1.0 / not_zero(1.0 + term * d, tiny);
            c = not_zero(1.0 + term / c, tiny);
            h *= c * d;
        }
        if (c * d - 1.0).abs() < 1e-14 {
            break;
        }
    }
    front * h
}

fn not_zero(x: f64, tiny: f64) -> f64 {
    if x.abs() < tiny { tiny } else { x }
}

/// ln Γ(x) for x > 0 (Lanczos, g = 7, nine terms; error below 1e-13).
#[must_use]
pub fn ln_gamma(x: f64) -> f64 {
    const TERMS: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let mut sum = TERMS[0];
    for (index, term) in TERMS.iter().enumerate().skip(1) {
        sum += term / (x + f64::from(u32::try_from(index).unwrap_or(0)));
    }
    let t = x + 7.5;
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}
