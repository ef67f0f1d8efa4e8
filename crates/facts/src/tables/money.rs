//! Money: payments between people and accounts, transfers on chains, labels of addresses.

use crate::table::tables;

tables! { "Money", Input;
    payments Payment "money to and from a subject" {
        payment_id: Text = "the user's own key",
        subject_id: Text true = "whose payment it is",
        at: Time = "when",
        direction: Text = "to_subject or from_subject; to_subject when empty",
        amount: Money = "how much",
        currency: Text = "ISO 4217 or asset code",
        method: Text = "bank, paypal, payoneer, wise, card, crypto…",
        payer_account: Text = "account it came from",
        payee_account: Text = "account it went to",
        payee_name: Text = "name of the payee's account",
        country: Country = "country of the payee's account",
        via: Text = "intermediary",
        reference: Text = "as written",
        transaction: Text = "bank or chain transaction id",
    }
    transfers Transfer "movements of coin on a chain" {
        chain: Text true = "bitcoin, ethereum, tron, solana…",
        at: Time = "block time",
        block: Integer = "block number",
        transaction: Text = "transaction id",
        log_index: Integer = "position within the transaction",
        from_address: Text true = "sender",
        to_address: Text true = "receiver",
        asset: Text = "ETH, USDT, BTC…",
        amount: Money = "in whole units of the asset",
        amount_usd: Money = "value at the time, USD",
    }
    labels Label "what is known of an address" {
        chain: Text true = "bitcoin, ethereum, tron, solana…",
        address: Text true = "the address",
        category: Text true = "sanctioned, theft, mixer, bridge, exchange, deposit, payroll, service…",
        name: Text = "whose it is said to be",
        source: Text = "who says so",
        seen_at: Time = "when it was said",
        listed_from: Time = "since when it holds",
        listed_to: Time = "until when it held",
        lead_only: Boolean = "said by volunteers and not verified: never more than a lead",
    }
}
