//! The chain of a wallet address, from the address itself: lists name the asset, and one asset lives on several chains.
//!
//! Must not know lists. An address whose check digits do not fit has no chain: it is kept as printed, and said.

use bonafide_facts::identifier::wallet::{Refused, parse};

/// The chain that writes such addresses (the likeliest, when several do), `ethereum` for every chain of its form.
///
/// # Errors
/// Why the address is of no chain that is known: its form, or check digits that do not fit.
pub fn read(address: &str) -> Result<&'static str, Refused> {
    let wallet = parse(address)?;
    match wallet.chains.first() {
        Some(&"evm") => Ok("ethereum"),
        Some(chain) => Ok(chain),
        None => Err(Refused::Unknown),
    }
}

/// The chain of an address; `None` when it is of none.
#[must_use]
pub fn of(address: &str) -> Option<&'static str> {
    read(address).ok()
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
            ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", None),
            ("1a1zp1ep5qgefi2dmptftl5slmv7divfna", None),
            ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", None),
            ("hello", None),
            ("", None),
        ] {
            assert_eq!(of(address), chain, "{address}");
        }
    }
}
