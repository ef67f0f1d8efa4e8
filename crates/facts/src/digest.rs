//! SHA-256 in lower-case hex, for manifests, packs, lists and stable ids.

use sha2::{Digest as _, Sha256};

/// SHA-256 of the bytes, 64 hex digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// A short stable id from parts: the first 16 hex digits of the SHA-256 over the parts, each ended by a NUL byte.
#[must_use]
pub fn short_id(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    let mut id = hex(&hasher.finalize());
    id.truncate(16);
    id
}

/// Lower-case hex of any bytes.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn agrees_with_the_published_test_vector() {
        // FIPS 180-2, appendix B.1
        assert_eq!(super::sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_ne!(super::short_id(&["a", "bc"]), super::short_id(&["ab", "c"]));
    }
}
