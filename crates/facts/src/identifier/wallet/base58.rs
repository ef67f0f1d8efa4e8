//! Base58 with check digits, in the alphabets of Bitcoin and of the XRP ledger; Monero's blocks of eight bytes.
//!
//! Must not know chains.

use sha2::{Digest as _, Sha256};

/// Alphabet of Bitcoin and most others.
pub(super) const BITCOIN: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// Alphabet of the XRP ledger.
pub(super) const XRP: &[u8; 58] = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";

/// The bytes of a base58 text of at most 128 digits; `None` when a letter is not of the alphabet.
pub(super) fn decode(text: &str, alphabet: &[u8; 58]) -> Option<Vec<u8>> {
    if text.is_empty() || text.len() > 128 {
        return None;
    }
    let mut low_first: Vec<u8> = Vec::with_capacity(text.len());
    for letter in text.bytes() {
        let mut carry = u32::try_from(alphabet.iter().position(|known| *known == letter)?).ok()?;
        for byte in &mut low_first {
            carry += u32::from(*byte) * 58;
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        while carry > 0 {
            low_first.push((carry & 0xff) as u8);
            carry >>= 8;
        }
    }
    let zeros = text.bytes().take_while(|letter| *letter == alphabet[0]).count();
    low_first.extend(std::iter::repeat_n(0, zeros));
    low_first.reverse();
    Some(low_first)
}

/// The bytes before the four check digits, when those fit (twice SHA-256).
pub(super) fn checked(text: &str, alphabet: &[u8; 58]) -> Option<Vec<u8>> {
    let mut bytes = decode(text, alphabet)?;
    let digits = bytes.split_off(bytes.len().checked_sub(4)?);
    (Sha256::digest(Sha256::digest(&bytes))[..4] == digits[..]).then_some(bytes)
}

/// The bytes of a Monero text: blocks of 11 letters hold 8 bytes, the last of 7 letters holds 5.
pub(super) fn monero(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text.get(..).filter(|text| text.is_ascii())?;
    while !rest.is_empty() {
        let (block, next) = rest.split_at(rest.len().min(11));
        let size = match block.len() {
            11 => 8,
            7 => 5,
            _ => return None,
        };
        let value = decode(block, BITCOIN)?;
        let zeros = value.iter().take_while(|byte| **byte == 0).count();
        let value = &value[zeros..];
        bytes.extend(std::iter::repeat_n(0, size - value.len().min(size)));
        bytes.extend_from_slice(value);
        rest = next;
    }
    Some(bytes)
}
