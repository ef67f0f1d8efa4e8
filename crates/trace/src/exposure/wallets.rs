//! Which wallets a run's subjects are paid to: identifiers of kind `wallet`, and payees of payments in coin.
//!
//! Must not know labels or transfers.

use bonafide_facts::identifier::{canonical, wallet};
use bonafide_facts::tables::money::Payment;
use bonafide_facts::tables::who::Identifier;
use bonafide_facts::{RowId, Tables, Trouble};
use std::collections::BTreeMap;

/// One wallet of one subject.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wallet {
    /// Opaque; empty when a person only asks about an address.
    pub subject: String,
    /// Canonical.
    pub address: String,
    /// Rows that give it, rising.
    pub rows: Vec<i64>,
}

/// Wallets by subject and address. An address that is damaged (a base58 address in lower case) or mistyped (wrong checksum)
/// is named as a trouble; it is still looked up as written.
#[must_use]
pub fn payout_wallets(tables: &Tables) -> (Vec<Wallet>, Vec<Trouble>) {
    let mut found: BTreeMap<(String, String), Vec<i64>> = BTreeMap::new();
    let mut damaged: BTreeMap<String, i64> = BTreeMap::new();
    let mut add = |subject: Option<String>, value: Option<String>, row: i64| {
        let (Some(subject), Some(value)) = (subject, value) else { return };
        let Some(address) = canonical("wallet", &value) else { return };
        if let Err(reason) = wallet::parse(&value)
            && reason.is_damage()
        {
            let what = format!("wallet `{}`: {}", bonafide_facts::text::printable(&value, 100), reason.sentence());
            damaged.entry(what).or_insert(row);
        }
        found.entry((subject, address)).or_default().push(row);
    };
    for row in tables.rows::<Identifier>() {
        if row.kind.as_deref() == Some("wallet") {
            add(row.subject_id, row.value, row.row_id);
        }
    }
    for row in tables.rows::<Payment>() {
        if row.method.as_deref() == Some("crypto") && row.direction.as_deref() != Some("from_subject") {
            add(row.subject_id, row.payee_account, row.row_id);
        }
    }
    let wallets = found.into_iter().map(|((subject, address), mut rows)| {
        rows.sort_unstable();
        rows.dedup();
        Wallet { subject, address, rows }
    });
    let troubles = damaged.into_iter().map(|(what, row)| {
        Trouble::warning("damaged-wallet", tables.files.place(RowId(row)), what, "copy the address again from where it was first written")
    });
    (wallets.collect(), troubles.collect())
}
