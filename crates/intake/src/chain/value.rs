//! Cells of chain files: addresses from text or bytes, whole numbers, exact amounts, block times.
//!
//! Must not know which file they are from.

use crate::cell::{money, time};
use crate::record::{Cells, Raw};
use arrow_array::Array as _;
use arrow_array::cast::AsArray as _;
use arrow_schema::DataType;
use bonafide_facts::digest::hex;
use std::borrow::Cow;

/// A text cell; bytes (as cryo writes addresses and hashes in Parquet) as `0x` and hex digits, as does `\x…` of a database export.
pub(super) fn text<'c>(cells: &'c Cells<'_>, column: Option<usize>) -> Option<Cow<'c, str>> {
    let column = column?;
    if let Some(bytes) = bytes(cells, column) {
        return Some(match std::str::from_utf8(bytes) {
            Ok(text) if text.starts_with("0x") => Cow::Borrowed(text),
            _ => Cow::Owned(format!("0x{}", hex(bytes))),
        });
    }
    let cell = match cells.get(column) {
        Raw::Text(text) => Cow::Borrowed(text.trim()),
        Raw::Made(text) => Cow::Owned(text),
        Raw::Integer(number) => Cow::Owned(number.to_string()),
        Raw::Number(number) => Cow::Owned(number.to_string()),
        Raw::Decimal(value, scale) => Cow::Owned(money::print(value, scale)),
        Raw::Boolean(truth) => Cow::Owned(truth.to_string()),
        Raw::Null | Raw::Time(_) | Raw::Unreadable(_) => return None,
    };
    if let Some(digits) = cell.strip_prefix("\\x") {
        return Some(Cow::Owned(format!("0x{digits}")));
    }
    (!cell.is_empty()).then_some(cell)
}

/// A binary cell of Parquet.
fn bytes<'c>(cells: &'c Cells<'_>, column: usize) -> Option<&'c [u8]> {
    let Cells::Parquet { columns, row } = cells else { return None };
    let array = columns.get(column).and_then(Option::as_ref).filter(|array| !array.is_null(*row))?;
    match array.data_type() {
        DataType::Binary => array.as_binary_opt::<i32>().map(|cells| cells.value(*row)),
        DataType::LargeBinary => array.as_binary_opt::<i64>().map(|cells| cells.value(*row)),
        DataType::BinaryView => array.as_binary_view_opt().map(|cells| cells.value(*row)),
        DataType::FixedSizeBinary(_) => array.as_fixed_size_binary_opt().map(|cells| cells.value(*row)),
        _ => None,
    }
}

/// A whole number.
pub(super) fn integer(cells: &Cells<'_>, column: Option<usize>) -> Option<i64> {
    match cells.get(column?) {
        Raw::Integer(number) => Some(number),
        #[allow(clippy::cast_possible_truncation)] // whole and far below 2^53
        Raw::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => Some(number as i64),
        Raw::Text(text) => {
            let text = text.trim();
            match text.strip_prefix("0x") {
                Some(digits) => i64::from_str_radix(digits, 16).ok(),
                None => text.parse().ok().or_else(|| text.strip_suffix(".0")?.parse().ok()),
            }
        }
        _ => None,
    }
}

/// An instant in microseconds since 1970, UTC.
pub(super) fn instant(cells: &Cells<'_>, column: Option<usize>) -> Option<i64> {
    match cells.get(column?) {
        Raw::Time(at) => Some(at.micros),
        Raw::Integer(number) => time::parse(&number.to_string(), None).ok().map(|at| at.micros),
        Raw::Text(text) => {
            let text = text.trim();
            let plain = text.strip_suffix(" UTC").unwrap_or(text);
            time::parse(plain, None).ok().map(|at| at.micros)
        }
        _ => None,
    }
}

/// Why an amount cannot be used.
pub(super) const BEYOND: &str = "does not fit 38 digits with 18 behind the point";

/// An amount in whole units of the asset.
pub(super) fn whole(cells: &Cells<'_>, column: Option<usize>) -> Result<Option<i128>, String> {
    let Some(column) = column else { return Ok(None) };
    match cells.get(column) {
        Raw::Null => Ok(None),
        Raw::Integer(number) => money::rescale(i128::from(number), 0).map(Some).ok_or_else(|| BEYOND.to_owned()),
        Raw::Decimal(value, scale) => money::rescale(value, scale).map(Some).ok_or_else(|| BEYOND.to_owned()),
        Raw::Number(number) => money::parse(&number.to_string()).map(Some).map_err(|bad| bad.what),
        Raw::Text(text) => money::parse(text.trim()).map(Some).map_err(|bad| bad.what),
        _ => Err("is no amount".to_owned()),
    }
}

/// Up to 36 decimal digits and nothing else, as most amounts are written.
fn plain(digits: &str) -> Option<i128> {
    let digits = digits.as_bytes();
    if digits.is_empty() || digits.len() > 36 {
        return None;
    }
    // By halves that fit 64 bits.
    let half =
        |digits: &[u8]| digits.iter().try_fold(0_i64, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')));
    let (high, low) = digits.split_at(digits.len().saturating_sub(18));
    Some(i128::from(half(high)?) * 1_000_000_000_000_000_000 + i128::from(half(low)?))
}

/// An amount in the smallest unit, of which 10^`decimals` make a whole. The chain's numbers have up to 256 bits: what does
/// not fit 10^-18 units in 38 digits is refused, never rounded.
pub(super) fn raw(cells: &Cells<'_>, column: Option<usize>, decimals: u32) -> Result<Option<i128>, String> {
    let Some(column) = column else { return Ok(None) };
    let scaled = |value: i128| money::rescale(value, i32::try_from(decimals).unwrap_or(i32::MAX));
    let digits = match cells.get(column) {
        _ if bytes(cells, column).is_some() => text(cells, Some(column)).unwrap_or_default(),
        Raw::Text(text) => Cow::Borrowed(text.trim()),
        Raw::Null => return Ok(None),
        Raw::Integer(number) => return scaled(i128::from(number)).map(Some).ok_or_else(|| BEYOND.to_owned()),
        Raw::Decimal(value, scale) => {
            let whole = 10_i128.checked_pow(scale.unsigned_abs()).filter(|one| scale >= 0 && value % one == 0).map(|one| value / one);
            return whole.and_then(scaled).map(Some).ok_or_else(|| BEYOND.to_owned());
        }
        Raw::Number(number) => Cow::Owned(format!("{number}")),
        _ => text(cells, Some(column)).unwrap_or_default(),
    };
    if let Some(value) = plain(&digits) {
        if value == 0 {
            return Ok(Some(0));
        }
        return scaled(value).map(Some).ok_or_else(|| BEYOND.to_owned());
    }
    if let Some(hex) = digits.strip_prefix("0x") {
        let hex = hex.trim_start_matches('0');
        let value = if hex.is_empty() { Some(0) } else { i128::from_str_radix(hex, 16).ok() };
        return value.and_then(scaled).map(Some).ok_or_else(|| BEYOND.to_owned());
    }
    let plain = digits.strip_suffix(".0").unwrap_or(&digits);
    if plain.is_empty() || !plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("is no whole number of the smallest unit".to_owned());
    }
    let trimmed = plain.trim_start_matches('0');
    if trimmed.is_empty() {
        return Ok(Some(0));
    }
    money::scaled(trimmed, -i32::try_from(decimals).unwrap_or(i32::MAX)).map(Some).ok_or_else(|| BEYOND.to_owned())
}
