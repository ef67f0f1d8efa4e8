//! Bech32 (BIP 173), bech32m (BIP 350) and the cash address of Bitcoin Cash: texts whose check digits are a polynomial.
//!
//! Must not know chains.

const LETTERS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

fn digits(text: &str) -> Option<Vec<u8>> {
    text.bytes().map(|letter| u8::try_from(LETTERS.iter().position(|known| *known == letter)?).ok()).collect()
}

/// Whether a lower-case text of at most 108 letters is bech32 or bech32m; a segwit version above 0 asks for the latter.
pub(super) fn is_bech32(text: &str, segwit: bool) -> bool {
    let Some((prefix, data)) = text.rsplit_once('1').filter(|(prefix, data)| !prefix.is_empty() && data.len() > 6 && text.len() <= 108)
    else {
        return false;
    };
    let Some(data) = digits(data) else { return false };
    let spread = prefix.bytes().map(|byte| byte >> 5).chain([0]).chain(prefix.bytes().map(|byte| byte & 31));
    let rest = spread.chain(data.iter().copied()).fold(1_u32, |rest, digit| {
        const ROWS: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
        let top = rest >> 25;
        let next = (rest & 0x01ff_ffff) << 5 ^ u32::from(digit);
        (0..5).filter(|bit| top >> bit & 1 == 1).fold(next, |next, bit| next ^ ROWS[bit])
    });
    match rest {
        1 => !segwit || data[0] == 0,
        0x2bc8_30a3 => !segwit || data[0] > 0,
        _ => false,
    }
}

/// Whether a lower-case text of 42 letters (without its prefix) is a cash address of `bitcoincash`.
pub(super) fn is_cash_address(text: &str) -> bool {
    let Some(data) = digits(text).filter(|data| data.len() == 42) else { return false };
    let prefix = "bitcoincash".bytes().map(|byte| byte & 31).chain([0]);
    let rest = prefix.chain(data).fold(1_u64, |rest, digit| {
        const ROWS: [u64; 5] = [0x98_f2bc_8e61, 0x79_b76d_99e2, 0xf3_3e5f_b3c4, 0xae_2eab_e2a8, 0x1e_4f43_e470];
        let top = rest >> 35;
        let next = (rest & 0x07_ffff_ffff) << 5 ^ u64::from(digit);
        (0..5).filter(|bit| top >> bit & 1 == 1).fold(next, |next, bit| next ^ ROWS[bit])
    });
    rest ^ 1 == 0
}
