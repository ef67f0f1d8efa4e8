//! Images that look alike (perceptual hashes few bits apart, found by multi-index) and values that are equal (metadata digest,
//! template).
//!
//! Must not know what an image shows; no face is compared here.

use super::Limits;
use std::collections::{BTreeMap, HashMap};

/// Parses 16 hex digits. `None` when it is no such hash, or so even (a blank page, a plain colour) that it says nothing.
///
/// # Errors
/// The text, when it is not empty and not 16 hex digits.
pub fn perceptual(text: &str, limits: &Limits) -> Result<Option<u64>, ()> {
    let text = text.trim();
    let text = text.strip_prefix("0x").unwrap_or(text);
    if text.is_empty() {
        return Ok(None);
    }
    if text.len() != 16 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(());
    }
    let hash = u64::from_str_radix(text, 16).map_err(|_| ())?;
    let even = limits.plain_image_bits;
    Ok((even..=64 - even).contains(&hash.count_ones()).then_some(hash))
}

/// Pairs of hashes at most `limits.hash_distance` bits apart, each once, with the distance; and how many comparisons the limit left
/// out. `hashes` sorted and different.
#[must_use]
pub fn neighbours(hashes: &[u64], limits: &Limits) -> (Vec<(usize, usize, u32)>, u64) {
    let mut found = Vec::new();
    let mut left_out = 0;
    let mut compared = 0_usize;
    // Eight bits over four parts of 16: some part has at most two of them. Every part is looked up with all its neighbours.
    let radius = limits.hash_distance / 4;
    let mut index: HashMap<(u8, u16), Vec<u32>> = HashMap::new();
    for (at, hash) in hashes.iter().enumerate() {
        for (part, key) in parts(*hash) {
            for near in around(key, radius) {
                for other in index.get(&(part, near)).into_iter().flatten() {
                    compared += 1;
                    if compared > limits.comparisons {
                        left_out += 1;
                        continue;
                    }
                    let other = *other as usize;
                    let distance = (hashes[other] ^ hash).count_ones();
                    if distance <= limits.hash_distance {
                        found.push((other, at, distance));
                    }
                }
            }
        }
        for key in parts(*hash) {
            index.entry(key).or_default().push(u32::try_from(at).unwrap_or(u32::MAX));
        }
    }
    found.sort_unstable();
    found.dedup();
    (found, left_out)
}

#[allow(clippy::cast_possible_truncation)]
fn parts(hash: u64) -> [(u8, u16); 4] {
    [0_u8, 1, 2, 3].map(|part| (part, (hash >> (16 * u32::from(part))) as u16))
}

/// All keys at most `radius` (0 to 2) bits from `key`.
fn around(key: u16, radius: u32) -> impl Iterator<Item = u16> {
    let one = (0..16).filter(move |_| radius >= 1).map(move |a| key ^ (1 << a));
    let two = (0..16).filter(move |_| radius >= 2).flat_map(move |a| (a + 1..16).map(move |b| key ^ (1 << a) ^ (1 << b)));
    std::iter::once(key).chain(one).chain(two)
}

/// Documents by an equal value, in the order of the value.
#[must_use]
pub fn equal<'a, T: Ord + 'a>(values: impl Iterator<Item = (T, u32)>) -> BTreeMap<T, Vec<u32>> {
    let mut groups: BTreeMap<T, Vec<u32>> = BTreeMap::new();
    for (value, doc) in values {
        groups.entry(value).or_default().push(doc);
    }
    groups
}
