//! The chain of a wallet address, from the address itself: lists name the asset, and one asset lives on several chains.
//!
//! Must not know lists. An address whose checksum fails has no chain: it is kept, and said.

use sha2::{Digest as _, Sha256};

const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The chain of an address; `None` when its form is unknown or its checksum is wrong. Hexadecimal addresses are accepted in any case.
/// Sources: Bitcoin Developer Reference (address prefixes), BIP 173 (bech32), TRON protocol documentation (prefix 0x41), EIP-55, and the chains' own
/// documentation for Litecoin, Dogecoin, Dash, Zcash, XRP, Monero, Solana.
#[must_use]
pub fn of(address: &str) -> Option<&'static str> {
    let address = address.trim();
    if address.len() > 128 || !address.is_ascii() {
        return None;
    }
    let lower = address.to_ascii_lowercase();
    if let Some(hex) = lower.strip_prefix("0x") {
        return (hex.len() == 40 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some("ethereum");
    }
    for (prefix, chain) in
        [("bc1", "bitcoin"), ("ltc1", "litecoin"), ("bitcoincash:", "bitcoin-cash"), ("bnb1", "binance"), ("addr1", "cardano")]
    {
        if lower.starts_with(prefix) {
            return Some(chain);
        }
    }
    if let Some(payload) = base58check(address) {
        return match payload.as_slice() {
            [0x00 | 0x05, rest @ ..] if rest.len() == 20 => Some("bitcoin"),
            [0x30 | 0x32, rest @ ..] if rest.len() == 20 => Some("litecoin"),
            [0x41, rest @ ..] if rest.len() == 20 => Some("tron"),
            [0x1e | 0x16, rest @ ..] if rest.len() == 20 => Some("dogecoin"),
            [0x4c | 0x10, rest @ ..] if rest.len() == 20 => Some("dash"),
            [0x26 | 0x17, rest @ ..] if rest.len() == 20 => Some("bitcoin-gold"),
            [0x1c, 0xb8 | 0xbd, rest @ ..] if rest.len() == 20 => Some("zcash"),
            _ => None,
        };
    }
    let base58 = address.bytes().all(|byte| BASE58.contains(&byte));
    match (address.as_bytes().first(), address.len()) {
        (Some(b'4' | b'8'), 95 | 106) if base58 => Some("monero"),
        (Some(b'r'), 25..=35) if base58 => Some("xrp"),
        // A failed checksum of a 34-letter address is damage, not another chain.
        (_, 36..=44) if base58 && base58_bytes(address, 32).is_some_and(|bytes| bytes.len() == 32) => Some("solana"),
        _ => None,
    }
}

/// The payload of a Base58Check text whose checksum is right.
fn base58check(text: &str) -> Option<Vec<u8>> {
    if !(26..=36).contains(&text.len()) {
        return None;
    }
    let bytes = base58_bytes(text, 0)?;
    let (payload, checksum) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
    let twice = Sha256::digest(Sha256::digest(payload));
    (twice[..4] == *checksum).then(|| payload.to_vec())
}

fn base58_bytes(text: &str, least: usize) -> Option<Vec<u8>> {
    let mut bytes: Vec<u8> = Vec::with_capacity(40);
    for letter in text.bytes() {
        let mut carry = BASE58.iter().position(|known| *known == letter)?;
        for byte in &mut bytes {
            carry += usize::from(*byte) * 58;
            *byte = u8::try_from(carry & 0xff).unwrap_or(0);
            carry >>= 8;
        }
        while carry > 0 {
            bytes.push(u8::try_from(carry & 0xff).unwrap_or(0));
            carry >>= 8;
        }
    }
    bytes.extend(text.bytes().take_while(|letter| *letter == b'1').map(|_| 0));
    while bytes.len() < least {
        bytes.push(0);
    }
    bytes.reverse();
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_names_its_chain() {
        for (address, chain) in [
            // Published examples: the genesis block's address, the TRON null address, BIP 173's example, EIP-55's example.
            ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", Some("bitcoin")),
            ("T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb", Some("tron")),
            ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", Some("bitcoin")),
            ("0x52908400098527886E0F7030069857D2E4169EE7", Some("ethereum")),
            ("0x52908400098527886e0f7030069857d2e4169ee7", Some("ethereum")),
            ("1a1zp1ep5qgefi2dmptftl5slmv7divfna", None),
            ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", None),
            ("hello", None),
            ("", None),
        ] {
            assert_eq!(of(address), chain, "{address}");
        }
    }
}
