//! Words for chains and the coin each has of its own.
//!
//! Must not know addresses or amounts.

/// One word for each chain: tickers and other spellings become the name that `transfers` is documented with.
#[must_use]
pub fn chain_name(chain: &str) -> String {
    let word = chain.trim().to_lowercase();
    match word.as_str() {
        "eth" | "ether" | "mainnet" | "ethereum mainnet" => "ethereum",
        "btc" | "xbt" => "bitcoin",
        "trx" => "tron",
        "sol" => "solana",
        "bnb" | "bnb chain" | "binance smart chain" => "bsc",
        "matic" => "polygon",
        "arb" => "arbitrum",
        "ltc" => "litecoin",
        _ => return word,
    }
    .to_owned()
}

/// The coin that fees are paid in.
#[must_use]
pub fn own_coin(chain: &str) -> &'static str {
    match chain {
        "ethereum" | "arbitrum" | "optimism" | "base" => "ETH",
        "bitcoin" => "BTC",
        "tron" => "TRX",
        "solana" => "SOL",
        "bsc" => "BNB",
        "polygon" => "POL",
        "litecoin" => "LTC",
        _ => "COIN",
    }
}
