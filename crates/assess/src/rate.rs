//! What a score means among ordinary people: Bayes' rule on the base rate.
//!
//! Must not know where the base rate comes from.

/// Chance in 0..=1 that a subject with this score is of the kind looked for, when one in `one_in` is: prior odds
/// 1/(n-1), times 2 to the power of the score in bits. Rounded to a millionth, so that it is the same on every machine.
/// `one_in` is finite and above 1.
#[must_use]
pub fn chance(one_in: f64, score_millibits: i64) -> f64 {
    let odds_against = (one_in - 1.0) * (-crate::bits(score_millibits)).exp2();
    let chance = 1.0 / (1.0 + odds_against);
    (chance * 1e6).round() / 1e6
}
