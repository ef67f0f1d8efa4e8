//! One wallet, one text: hex and bech32 addresses in lower case, base58 with its case kept.

/// `0x…` (40 or 64 hex digits) and bech32 (`bc1`, `ltc1`, `tb1`, `addr1`, `bnb1`, `cosmos1`) in lower case; everything else,
/// base58 above all, as written.
#[must_use]
pub fn canonical(value: &str) -> String {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let hex = lower.strip_prefix("0x").is_some_and(|digits| digits.len() >= 40 && digits.bytes().all(|b| b.is_ascii_hexdigit()));
    let bech32 = ["bc1", "tb1", "ltc1", "addr1", "bnb1", "cosmos1"].iter().any(|prefix| lower.starts_with(prefix));
    if hex || bech32 { lower } else { value.to_owned() }
}
