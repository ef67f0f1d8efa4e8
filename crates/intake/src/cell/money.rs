//! Exact decimal amounts as an integer of 10^-18 units.
//!
//! Must not know currencies: a sign or code beside the amount is set aside, the currency has its own column.

use super::Bad;
use super::words::ungrouped;
use bonafide_facts::cell::{MONEY_PRECISION, MONEY_SCALE};

/// Beyond the digits an amount may have.
const LIMIT: u128 = 10_u128.pow(MONEY_PRECISION as u32);
const MEND: &str = "write digits with a decimal point, such as 1234.50, and the currency in its own column";

/// Reads an amount: currency signs and codes beside it, thousands separators and accounting brackets are tolerated. A single
/// comma before other than three digits is a decimal comma; a single comma or point that could be either is read as English.
pub(crate) fn parse(text: &str) -> Result<i128, Bad> {
    let bad = || Bad::new("bad-money", text, "is no amount", MEND);
    let bracketed = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let body = bracketed.unwrap_or(text);
    let minus = bracketed.is_some() || body.starts_with(['-', '−']) || body.ends_with('-');
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
    let (Some(start), Some(end)) = (body.find(is_number), body.rfind(is_number)) else { return Err(bad()) };
    let beside = [&body[..start], &body[end + 1..]];
    if !beside.iter().all(|side| side.chars().count() <= 6 && side.chars().all(|c| !c.is_numeric() && !matches!(c, '/' | ':' | '%'))) {
        return Err(bad());
    }
    let digits = &body[start..=end];
    if let Some((mantissa, exponent)) = scientific(text) {
        return scaled(&mantissa, exponent).ok_or_else(|| Bad::new("bad-money", text, "does not fit an exact amount", MEND));
    }
    let (whole, fraction) = split(digits);
    let whole = if whole.is_empty() { "0".to_owned() } else { ungrouped(&whole).ok_or_else(bad)? };
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bad());
    }
    let sign = if minus { "-" } else { "" };
    let places = i32::try_from(fraction.len()).unwrap_or(i32::MAX);
    scaled(&format!("{sign}{whole}{fraction}"), -places)
        .ok_or_else(|| Bad::new("bad-money", text, "does not fit 20 digits before and 18 after the point", MEND))
}

/// `1.5e-7` and the like, as floats are exported: (digits, power of ten).
fn scientific(text: &str) -> Option<(String, i32)> {
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let exponent: i32 = exponent.parse().ok().filter(|power| (-60..=60).contains(power))?;
    mantissa.parse::<f64>().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    Some((format!("{whole}{fraction}"), exponent - i32::try_from(fraction.len()).ok()?))
}

/// Whole part and fraction, by the last point or decimal comma.
fn split(digits: &str) -> (String, String) {
    let point = digits.rfind('.');
    let comma = digits.rfind(',');
    let european = match (point, comma) {
        (Some(point), Some(comma)) => comma > point,
        (None, Some(comma)) => digits.matches(',').count() == 1 && digits.len() - comma - 1 != 3,
        (Some(_), None) if digits.matches('.').count() > 1 => true,
        _ => false,
    };
    let (mark, group) = if european { (',', '.') } else { ('.', ',') };
    let (whole, fraction) = digits.split_once(mark).unwrap_or((digits, ""));
    (whole.replace(group, ","), fraction.to_owned())
}

/// `digits` × 10^`power` in 10^-18 units; `None` when it is not exact or too large.
pub(crate) fn scaled(digits: &str, power: i32) -> Option<i128> {
    let trimmed = digits.trim_end_matches('0');
    let zeros = i32::try_from(digits.len() - trimmed.len()).ok()?;
    if trimmed.is_empty() || trimmed == "-" {
        return Some(0);
    }
    rescale(trimmed.parse().ok()?, -(power.checked_add(zeros)?))
}

/// `value` × 10^-`scale` in 10^-18 units; `None` when it is not exact or too large.
pub(crate) fn rescale(value: i128, scale: i32) -> Option<i128> {
    let power = i32::from(MONEY_SCALE).checked_sub(scale)?;
    if power == 0 {
        return (value.unsigned_abs() < LIMIT).then_some(value);
    }
    let factor = 10_i128.checked_pow(power.unsigned_abs())?;
    let scaled = if power >= 0 { value.checked_mul(factor)? } else { (value % factor == 0).then_some(value / factor)? };
    (scaled.unsigned_abs() < LIMIT).then_some(scaled)
}

/// `value` × 10^-`scale` in plain digits.
pub(crate) fn print(value: i128, scale: i32) -> String {
    let Some(places) = usize::try_from(scale).ok().filter(|places| (1..=40).contains(places)) else {
        return format!("{value}e{}", -i64::from(scale));
    };
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    format!("{}{whole}.{fraction}", if value < 0 { "-" } else { "" })
}
