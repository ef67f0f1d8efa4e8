//! One wallet, one text: hex and bech32 addresses in lower case, base58 with its case kept; and which chains can have
//! written it.
//!
//! Must not know who holds a wallet. Nothing here asks a network.

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

/// An address whose form (and checksum, where its chain has one) is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wallet {
    /// Chains that can have written it, the likeliest first: `evm` (every chain of Ethereum's form), `bitcoin`, `tron`…
    pub chains: Vec<&'static str>,
    /// As [`canonical`].
    pub text: String,
}

/// Why a text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// A base58 address all in lower case: its capitals are lost, and with them the address.
    LowerCased,
    /// The form of a chain, but the check digits do not fit: mistyped or altered.
    Checksum,
    /// No chain that is known writes addresses like this.
    Unknown,
}

impl Refused {
    /// Whether it looks like an address that was spoilt (rather than no address at all).
    #[must_use]
    pub fn is_damage(self) -> bool {
        self != Self::Unknown
    }

    /// One sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::LowerCased => "the capitals of this base58 address were lost; it can no longer be told which address it was",
            Self::Checksum => "the check digits do not fit: the address was mistyped or altered",
            Self::Unknown => "no known chain writes addresses like this",
        }
    }
}

/// Reads an address and checks it.
///
/// # Errors
/// [`Refused`] says why a text is no address.
pub fn parse(value: &str) -> Result<Wallet, Refused> {
    let text = canonical(value);
    if text.strip_prefix("0x").is_some_and(|digits| digits.len() == 40 && digits.bytes().all(|b| b.is_ascii_hexdigit())) {
        return Ok(Wallet { chains: vec!["evm"], text });
    }
    Err(Refused::Unknown)
}
