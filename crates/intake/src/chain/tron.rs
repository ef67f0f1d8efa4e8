//! Transfers on TRON as TronGrid and tron-etl write them: amounts in the smallest unit, addresses in base58check or as `41…`.
//!
//! Source: developers.tron.network, "Get TRC20 transaction info by account address" and "Address format". Must not know
//! other sources.

use super::flat::{Amount, Asset, Chain, Flat, Idle, Without};
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;

/// Token transfers.
pub(super) const TRANSFERS: Flat = Flat {
    id: "tron-transfers",
    title: "TRON transfers (TronGrid, tron-etl)",
    told_by: &["transaction_id", "block_timestamp", "value"],
    chain: Chain::Is("tron"),
    asset: Asset::Contract(&["token_info_address", "token_address", "contract_address"]),
    from: &["from", "from_address", "owner_address"],
    to: &["to", "to_address"],
    amount: &[Amount::RawWith("value", "token_info_decimals"), Amount::RawOfToken("value")],
    usd: &[],
    at: &["block_timestamp"],
    block: &["block_number", "block"],
    transaction: &["transaction_id"],
    index: &["event_index", "log_index"],
    without_index: Without::Nth,
    tree: &[],
    self_named: false,
    idle: &[("type", Idle::IsNot(&["transfer"]))],
};

/// `41` and 20 bytes in hex as the base58check text that people write; anything else as it is.
pub(super) fn written(text: Cow<'_, str>) -> Cow<'_, str> {
    const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let digits = text.strip_prefix("0x").unwrap_or(&text);
    if digits.len() != 42 || !digits.starts_with("41") || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return text;
    }
    let mut bytes: Vec<u8> = (0..21).filter_map(|place| u8::from_str_radix(digits.get(2 * place..2 * place + 2)?, 16).ok()).collect();
    let check = Sha256::digest(Sha256::digest(&bytes));
    bytes.extend(&check[..4]);
    let mut out: Vec<u8> = Vec::with_capacity(34);
    for byte in bytes {
        let mut carry = u32::from(byte);
        for digit in &mut out {
            carry += u32::from(*digit) << 8;
            *digit = (carry % 58) as u8;
            carry /= 58;
        }
        while carry > 0 {
            out.push((carry % 58) as u8);
            carry /= 58;
        }
    }
    Cow::Owned(out.iter().rev().map(|digit| char::from(ALPHABET[usize::from(*digit)])).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_addresses_become_what_people_write() {
        // The null address of TRON (developers.tron.network).
        let null = written(Cow::Borrowed("410000000000000000000000000000000000000000"));
        assert_eq!(null, "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb");
        assert_eq!(written(Cow::Borrowed("T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb")), "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb");
    }
}
