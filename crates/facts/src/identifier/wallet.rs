//! One wallet, one text: hex and bech32 addresses in lower case, base58 with its case kept; and which chains can have
//! written it.
//!
//! Must not know who holds a wallet. Nothing here asks a network.

mod base58;
mod bech32;
mod keccak;

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
    let value = value.trim();
    let text = canonical(value);
    let found = |chains: &[&'static str]| Ok(Wallet { chains: chains.to_vec(), text: text.clone() });
    if value.len() > 128 || !value.is_ascii() {
        return Err(Refused::Unknown);
    }
    if let Some(digits) = value.strip_prefix("0x").filter(|digits| digits.len() == 40 && digits.bytes().all(|b| b.is_ascii_hexdigit())) {
        return if capitals_fit(digits) { found(&["evm"]) } else { Err(Refused::Checksum) };
    }
    for (prefix, chain, segwit) in BECH32 {
        // Letters that bech32 never uses: a base58 address that only begins like one.
        let other = |letter: &u8| matches!(letter, b'b' | b'i' | b'o' | b'1');
        if text.strip_prefix(prefix).is_some_and(|data| !data.as_bytes().iter().any(other)) {
            let one_case = value == value.to_ascii_lowercase() || value == value.to_ascii_uppercase();
            return if one_case && bech32::is_bech32(&text, *segwit) { found(&[chain]) } else { Err(Refused::Checksum) };
        }
    }
    let cash = value.strip_prefix("bitcoincash:").unwrap_or(value);
    if bech32::is_cash_address(cash) {
        return found(&["bitcoin-cash"]);
    }
    let chains = base58_chains(value);
    if !chains.is_empty() {
        return found(chains);
    }
    // Filecoin writes base32 in lower case; its check digits are not checked here (docs.filecoin.io, "Addresses").
    if value.len() >= 41
        && value.starts_with(['f', 't'])
        && matches!(value.as_bytes()[1], b'1'..=b'3')
        && value.bytes().skip(2).all(|letter| matches!(letter, b'a'..=b'z' | b'2'..=b'7'))
    {
        return found(&["filecoin"]);
    }
    Err(spoilt(value))
}

/// Prefix, chain, whether the rules of segwit hold.
const BECH32: &[(&str, &str, bool)] = &[
    ("bc1", "bitcoin", true),
    ("ltc1", "litecoin", true),
    ("tb1", "bitcoin-testnet", true),
    ("addr1", "cardano", false),
    ("bnb1", "binance-chain", false),
    ("cosmos1", "cosmos", false),
];

/// Chains by the version bytes before a 20-byte hash. Sources: SLIP-0132 and the chains' own `chainparams`; TRON: developers.tron.network,
/// "Address format"; Zcash: protocol specification 5.6.
const VERSIONS: &[(&[u8], &[&str])] = &[
    (&[0x00], &["bitcoin", "bitcoin-cash", "bitcoin-sv"]),
    (&[0x05], &["bitcoin", "bitcoin-cash", "litecoin"]),
    (&[0x41], &["tron"]),
    (&[0x30], &["litecoin"]),
    (&[0x32], &["litecoin"]),
    (&[0x1e], &["dogecoin", "verge"]),
    (&[0x16], &["dogecoin"]),
    (&[0x4c], &["dash"]),
    (&[0x10], &["dash"]),
    (&[0x26], &["bitcoin-gold"]),
    (&[0x17], &["bitcoin-gold"]),
    (&[0x1c, 0xb8], &["zcash"]),
    (&[0x1c, 0xbd], &["zcash"]),
];

fn base58_chains(value: &str) -> &'static [&'static str] {
    if let Some(bytes) = base58::checked(value, base58::BITCOIN) {
        let version = bytes.len().checked_sub(20).map(|end| &bytes[..end]);
        if let Some((_, chains)) = VERSIONS.iter().find(|(known, _)| version == Some(*known)) {
            return chains;
        }
    }
    if value.starts_with('r') && base58::checked(value, base58::XRP).is_some_and(|bytes| bytes.len() == 21 && bytes[0] == 0) {
        return &["xrp"];
    }
    // Public networks of Monero: standard 18, with payment id 19, subaddress 42 (cryptonote_config.h).
    if matches!(value.len(), 95 | 106)
        && let Some(bytes) = base58::monero(value)
        && let Some((body, digits)) = bytes.split_last_chunk::<4>()
        && matches!(body.first(), Some(18 | 19 | 42))
        && keccak::keccak256(body).is_some_and(|hash| hash[..4] == digits[..])
    {
        return &["monero"];
    }
    // A Solana address is a bare key of 32 bytes: nothing in it can be checked but its length. One of 43 letters and digits
    // without a single capital is as good as never drawn (33/58 to the 43rd): its capitals were lost.
    let capitals_lost = value.bytes().any(|letter| letter.is_ascii_lowercase()) && !value.bytes().any(|letter| letter.is_ascii_uppercase());
    if matches!(value.len(), 32..=44) && !capitals_lost && base58::decode(value, base58::BITCOIN).is_some_and(|bytes| bytes.len() == 32) {
        return &["solana"];
    }
    &[]
}

/// Whether the capitals of an EVM address are those of EIP-55; all lower or all upper case says nothing and passes.
fn capitals_fit(digits: &str) -> bool {
    let lower = digits.to_ascii_lowercase();
    if digits == lower || digits == digits.to_ascii_uppercase() {
        return true;
    }
    let Some(hash) = keccak::keccak256(lower.as_bytes()) else { return false };
    let nibble = |place: usize| if place.is_multiple_of(2) { hash[place / 2] >> 4 } else { hash[place / 2] & 15 };
    digits.bytes().enumerate().all(|(place, letter)| !letter.is_ascii_alphabetic() || letter.is_ascii_uppercase() == (nibble(place) >= 8))
}

/// What an address of base58 form that does not check is: lower-cased, mistyped, or nothing known.
fn spoilt(value: &str) -> Refused {
    let known_start = value.starts_with(['1', '3', 'l', 'm', 't', 'd', 'x', 'g', 'r', '4', '8', 'L', 'M', 'T', 'D', 'X', 'G']);
    let by_length = matches!(value.len(), 40..=44) && !value.contains('0'); // a key of 32 bytes
    let form = (matches!(value.len(), 25..=35 | 95 | 106) && known_start || by_length)
        && value.bytes().all(|letter| letter.is_ascii_alphanumeric());
    let has = |test: fn(&u8) -> bool| value.as_bytes().iter().any(test);
    let (upper, lower, digit) = (has(u8::is_ascii_uppercase), has(u8::is_ascii_lowercase), has(u8::is_ascii_digit));
    match form && lower && digit {
        true if !upper && !value.bytes().all(|letter| letter.is_ascii_hexdigit()) => Refused::LowerCased,
        true if upper => Refused::Checksum,
        _ => Refused::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published examples only: EIP-55, BIP 173, BIP 350, the cash address specification, burn and genesis addresses.
    #[test]
    fn published_examples_parse_to_their_chain() {
        for (value, chain) in [
            ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "evm"),
            ("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "evm"),
            ("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "evm"),
            ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "bitcoin"),
            ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "bitcoin"),
            ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "bitcoin"),
            ("bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", "bitcoin-cash"),
            ("T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb", "tron"),
            ("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "xrp"),
            ("11111111111111111111111111111111", "solana"),
            ("f1abjxfbp274xpdqcpuaykwkfb43omjotacm2p3za", "filecoin"),
        ] {
            assert_eq!(parse(value).map(|wallet| wallet.chains[0]), Ok(chain), "{value}");
        }
    }

    #[test]
    fn spoilt_addresses_are_refused_with_the_reason() {
        for (value, reason) in [
            ("1a1zp1ep5qgefi2dmptftl5slmv7divfna", Refused::LowerCased),
            ("t9yd14nj9j7xab4dbgeix9h8unkkhxuwwb", Refused::LowerCased),
            ("tb1bcv3x8mg7pvv4nvm48pghjkcybotypu", Refused::LowerCased),
            ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", Refused::Checksum),
            ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", Refused::Checksum),
            ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", Refused::Checksum),
            ("hello", Refused::Unknown),
            ("", Refused::Unknown),
        ] {
            assert_eq!(parse(value), Err(reason), "{value}");
        }
    }

    /// Every listed address there is (not part of this repository): each file is named after its chain's ticker.
    #[test]
    fn listed_addresses_parse_and_lower_cased_copies_are_refused() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/trace/labels/ofac");
        let Ok(files) = std::fs::read_dir(&root) else {
            eprintln!("SKIPPED: the listed addresses are not present; nothing was tested");
            return;
        };
        let (mut parsed, mut refused, mut damaged, mut kept) = (0, Vec::new(), 0, Vec::new());
        for file in files.flatten().map(|file| file.path()).filter(|path| path.extension().is_some_and(|end| end == "txt")) {
            for address in std::fs::read_to_string(&file).unwrap().split_whitespace() {
                match parse(address) {
                    Ok(wallet) => {
                        parsed += 1;
                        let base58 = !matches!(wallet.chains[0], "evm" | "bitcoin-cash") && wallet.text != address.to_lowercase();
                        match base58.then(|| parse(&address.to_lowercase())) {
                            Some(Err(Refused::LowerCased)) => damaged += 1,
                            Some(other) => kept.push(format!("{address} {other:?}")),
                            None => {}
                        }
                    }
                    Err(reason) => refused.push(format!("{address} {reason:?}")),
                }
            }
        }
        eprintln!("{parsed} parsed, {damaged} lower-cased copies refused");
        // One line of the Monero file is a view key of 64 hex digits, not an address.
        assert_eq!(refused, ["5be5543ff73456ab9f2d207887e2af87322c651ea1a873c5b25b7ffae456c320 Unknown"]);
        assert_eq!(kept, Vec::<String>::new());
        assert!(parsed >= 600 && damaged >= 400, "{parsed} {damaged}");
    }

    /// A data set whose keys were all put in lower case (not part of this repository).
    #[test]
    fn a_lower_cased_data_set_is_recognised_as_damaged() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../../shared/data/trace/labels/thomasgregg/sanctioned-addresses.json");
        let Ok(text) = std::fs::read_to_string(path) else {
            eprintln!("SKIPPED: the lower-cased data set is not present; nothing was tested");
            return;
        };
        let set: serde_json::Value = serde_json::from_str(&text).unwrap();
        let (mut whole, mut damaged, mut unknown) = (0, 0, Vec::new());
        for address in set["addresses"].as_object().unwrap().keys() {
            match parse(address) {
                Ok(wallet) => {
                    assert!(
                        matches!(wallet.chains[0], "evm" | "bitcoin" | "litecoin" | "bitcoin-cash" | "binance-chain"),
                        "{address}: {:?}",
                        wallet.chains
                    );
                    whole += 1;
                }
                Err(Refused::LowerCased) => damaged += 1,
                Err(reason) => unknown.push(format!("{address} {reason:?}")),
            }
        }
        eprintln!("{whole} whole, {damaged} damaged, others {unknown:?}");
        assert!(whole > 100 && damaged > 400 && unknown.len() < 40, "{whole} {damaged} {unknown:?}");
    }
}
