//! Symbols and decimals of tokens by chain and contract: a few that pay is made in, and the user's own file.
//!
//! Must not know transfers.

use super::columns::{folded, place};
use super::value;
use crate::record::Records;
use crate::tally::{NO_COLUMN, Tally};
use bonafide_facts::identifier::wallet;
use std::collections::HashMap;

const BUNDLED: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wordlists/tokens.csv"));

/// Whether these folded headers are those of a file of tokens.
pub(super) fn is(names: &[String]) -> bool {
    ["address", "symbol", "decimals"].iter().all(|wanted| names.iter().any(|name| name == wanted))
}

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// As its contract calls itself.
    pub symbol: String,
    /// 10^this of its smallest unit make a whole.
    pub decimals: u32,
}

/// Tokens by contract. A contract of the user's own file holds on every chain unless the file has a column `chain`.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    by_contract: HashMap<String, Vec<(String, Token)>>,
}

impl Tokens {
    /// Those that come with the program.
    pub(super) fn bundled() -> Self {
        let mut tokens = Self::default();
        for line in BUNDLED.lines().filter(|line| !line.starts_with('#')).skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            if let [chain, address, symbol, decimals, ..] = cells[..]
                && let Ok(decimals) = decimals.parse()
            {
                tokens.add(chain, address, Token { symbol: symbol.to_owned(), decimals });
            }
        }
        tokens
    }

    fn add(&mut self, chain: &str, contract: &str, token: Token) {
        let tokens = self.by_contract.entry(wallet::canonical(contract)).or_default();
        tokens.retain(|(known, _)| known != chain);
        tokens.insert(0, (chain.to_owned(), token));
    }

    /// A token; a spelling of its contract in other case counts as the same.
    pub(super) fn get(&self, chain: &str, contract: &str) -> Option<&Token> {
        let tokens = self.by_contract.get(contract).or_else(|| self.by_contract.get(&wallet::canonical(contract)))?;
        tokens.iter().find(|(known, _)| known.is_empty() || known.eq_ignore_ascii_case(chain)).map(|(_, token)| token)
    }

    /// Reads a file: (tokens, records skipped, digest and size).
    #[allow(clippy::type_complexity)] // told in the line above
    pub(super) fn read(&mut self, mut records: Box<dyn Records>, tally: &mut Tally) -> Option<(u64, u64, (String, u64))> {
        let names: Vec<String> = records.names().iter().map(|name| folded(name)).collect();
        let of = |wanted: &str| place(&names, &[wanted]);
        let (chain, address, symbol, decimals) = (of("chain"), of("address"), of("symbol"), of("decimals"));
        let (mut rows, mut skipped) = (0, 0);
        while records.advance(tally) {
            let record = records.record();
            let cell = |column| value::text(&record.cells, column);
            let number =
                value::integer(&record.cells, decimals).and_then(|number| u32::try_from(number).ok()).filter(|number| *number <= 77);
            if let (Some(address), Some(symbol), Some(decimals)) = (cell(address), cell(symbol), number) {
                self.add(&cell(chain).unwrap_or_default(), &address, Token { symbol: symbol.into_owned(), decimals });
                rows += 1;
            } else {
                skipped += 1;
                let what = || {
                    (
                        "the row has no address, symbol or decimals: it is skipped".to_owned(),
                        "write the token's decimals as a whole number".to_owned(),
                    )
                };
                tally.warning("bad-token", record.line, NO_COLUMN, what);
            }
        }
        Some((rows, skipped + records.skipped(), records.finish()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundled_contracts_have_right_check_digits() {
        let tokens = Tokens::bundled();
        assert!(tokens.by_contract.len() >= 8);
        for contract in tokens.by_contract.keys() {
            assert!(contract == "_" || wallet::parse(contract).is_ok(), "{contract}");
        }
        assert_eq!(tokens.get("tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t").map(|token| token.decimals), Some(6));
        assert_eq!(tokens.get("ethereum", "0xdAC17F958D2ee523a2206206994597C13D831ec7").map(|token| token.decimals), Some(6));
        // The capitals of the published spelling are checked by EIP-55.
        for line in BUNDLED.lines().filter(|line| line.contains(",0x")) {
            let published = line.split(',').nth(1).unwrap();
            assert!(wallet::parse(published).is_ok() && published.to_lowercase() != published, "{published}");
        }
        // Solana's mints have no check digits; this is Tether's as its supported protocols page prints it.
        assert!(tokens.get("solana", "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB").is_some());
    }
}
