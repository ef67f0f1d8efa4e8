//! Transfers in memory: one segment for each chain and asset, addresses as numbers by first appearance, time-ordered.
//!
//! Must not know labels, methods or subjects.

use crate::amount::MAX_TOTAL;
use bonafide_facts::identifier::wallet;
use bonafide_facts::tables::money::Transfer;
use bonafide_facts::{Tables, Trouble};
use std::collections::{BTreeMap, HashMap, HashSet};

/// One transfer as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RawTransfer<'a> {
    /// Chain, any spelling of [`chain_name`].
    pub chain: &'a str,
    /// Asset; empty means the chain's own coin.
    pub asset: &'a str,
    /// Sender.
    pub from: &'a str,
    /// Receiver.
    pub to: &'a str,
    /// Microseconds since 1970, UTC.
    pub at: Option<i64>,
    /// Block number.
    pub block: Option<i64>,
    /// Transaction id.
    pub transaction: Option<&'a str>,
    /// Position within the block or transaction.
    pub log_index: Option<i64>,
    /// In 10^-18 of the asset.
    pub amount: i128,
    /// Value at the time, in 10^-18 of a dollar.
    pub usd: Option<i128>,
    /// Place of the row.
    pub row: i64,
}

/// The transfers of one asset on one chain, in order. All columns have the same length.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Segment {
    /// Chain, lower case.
    pub chain: String,
    /// Asset, upper case.
    pub asset: String,
    /// Microseconds since 1970; not falling.
    pub at: Vec<i64>,
    /// Sender's id.
    pub from: Vec<u32>,
    /// Receiver's id.
    pub to: Vec<u32>,
    /// In 10^-18 of the asset; never zero.
    pub amount: Vec<u128>,
    /// In 10^-18 of a dollar, when given.
    pub usd: Vec<Option<u128>>,
    /// Row ids.
    pub row: Vec<i64>,
    names: Vec<String>,
    ids: HashMap<String, u32>,
}

impl Segment {
    /// Number of transfers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether it has no transfer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// Addresses by id, in order of first appearance in the input.
    #[must_use]
    pub fn addresses(&self) -> &[String] {
        &self.names
    }

    /// The id of a canonical address; `None` when it is in no transfer ("not found", never "clean").
    #[must_use]
    pub fn find(&self, address: &str) -> Option<usize> {
        self.ids.get(address).map(|id| *id as usize)
    }

    /// The address of an id.
    #[must_use]
    pub fn address(&self, id: usize) -> &str {
        self.names.get(id).map_or("", String::as_str)
    }

    fn intern(&mut self, address: String) -> Option<u32> {
        if let Some(id) = self.ids.get(&address) {
            return Some(*id);
        }
        let id = u32::try_from(self.names.len()).ok()?;
        self.names.push(address.clone());
        self.ids.insert(address, id);
        Some(id)
    }
}

/// A transfer before its segment is ordered.
#[derive(Debug, Clone, Copy)]
struct Draft {
    at: Option<i64>,
    block: Option<i64>,
    log_index: i64,
    row: i64,
    from: u32,
    to: u32,
    amount: u128,
    usd: Option<u128>,
}

/// What was left out of a ledger, counted, with the first row of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Skipped {
    /// Rows.
    pub count: u64,
    /// Row id of the first.
    pub first: i64,
}

impl Skipped {
    fn add(&mut self, row: i64) {
        if self.count == 0 {
            self.first = row;
        }
        self.count += 1;
    }
}

/// All transfers of a run.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// By chain, then asset.
    pub segments: Vec<Segment>,
    /// Transfers of nothing (bait that looks like a known address).
    pub zero: Skipped,
    /// The same chain, transaction, position and parties twice.
    pub repeated: Skipped,
    /// Negative, or beyond what a segment can hold.
    pub unfit: Skipped,
    /// With neither time nor block.
    pub undated: Skipped,
}

impl Ledger {
    /// Orders transfers into segments. Rows that cannot be used are counted in the ledger's fields, never silently lost.
    pub fn build<'a>(transfers: impl IntoIterator<Item = RawTransfer<'a>>) -> Self {
        let mut ledger = Self::default();
        let mut open: BTreeMap<(String, String), (Segment, Vec<Draft>, u128)> = BTreeMap::new();
        let mut seen: HashSet<(&str, i64, &str, &str, i128)> = HashSet::new();
        for raw in transfers {
            let (Ok(amount), false) = (u128::try_from(raw.amount), raw.amount == 0) else {
                if raw.amount == 0 {
                    ledger.zero.add(raw.row)
                } else {
                    ledger.unfit.add(raw.row)
                }
                continue;
            };
            if raw.at.is_none() && raw.block.is_none() {
                ledger.undated.add(raw.row);
                continue;
            }
            if let (Some(transaction), Some(index)) = (raw.transaction, raw.log_index)
                && !seen.insert((transaction, index, raw.from, raw.to, raw.amount))
            {
                ledger.repeated.add(raw.row);
                continue;
            }
            let chain = chain_name(raw.chain);
            let asset = if raw.asset.trim().is_empty() { own_coin(&chain).to_owned() } else { raw.asset.trim().to_uppercase() };
            let (segment, drafts, total) = open.entry((chain, asset)).or_default();
            let sum = total.checked_add(amount).filter(|sum| *sum <= MAX_TOTAL);
            let parties = (segment.intern(wallet::canonical(raw.from)), segment.intern(wallet::canonical(raw.to)));
            let (Some(sum), (Some(from), Some(to))) = (sum, parties) else {
                ledger.unfit.add(raw.row);
                continue;
            };
            *total = sum;
            let usd = raw.usd.and_then(|usd| u128::try_from(usd).ok());
            drafts.push(Draft { at: raw.at, block: raw.block, log_index: raw.log_index.unwrap_or(0), row: raw.row, from, to, amount, usd });
        }
        for ((chain, asset), (mut segment, mut drafts, _)) in open {
            date_by_block(&mut drafts);
            drafts.sort_by_key(|draft| (draft.at, draft.block, draft.log_index, draft.row));
            (segment.chain, segment.asset) = (chain, asset);
            for draft in drafts {
                segment.at.push(draft.at.unwrap_or(0));
                segment.from.push(draft.from);
                segment.to.push(draft.to);
                segment.amount.push(draft.amount);
                segment.usd.push(draft.usd);
                segment.row.push(draft.row);
            }
            if !segment.is_empty() {
                ledger.segments.push(segment);
            }
        }
        ledger
    }

    /// The ledger of the run's `transfers`, and what was left out as troubles.
    #[must_use]
    pub fn of(tables: &Tables) -> (Self, Vec<Trouble>) {
        let rows: Vec<Transfer> = tables.rows();
        let ledger = Self::build(rows.iter().filter_map(raw));
        let place = |skipped: &Skipped| tables.files.place(bonafide_facts::RowId(skipped.first));
        let notes = [
            (
                &ledger.zero,
                "zero-transfer",
                "transfers of amount 0 move no coin and were left out",
                "nothing, unless the amounts were lost in an export",
            ),
            (&ledger.repeated, "repeated-transfer", "the same transfer was given twice and counted once", "remove overlapping exports"),
            (
                &ledger.unfit,
                "unfit-amount",
                "a negative amount, or a sum of amounts beyond 38 digits, was left out",
                "write amounts in whole units of the asset",
            ),
            (&ledger.undated, "undated-transfer", "a transfer with neither time nor block was left out", "add the column `at` or `block`"),
        ];
        let mut troubles = Vec::new();
        for (skipped, code, what, mend) in notes {
            if skipped.count > 0 {
                let new = if matches!(code, "zero-transfer" | "repeated-transfer") { Trouble::note } else { Trouble::warning };
                let mut trouble = new(code, place(skipped), what, mend);
                trouble.count = skipped.count;
                troubles.push(trouble);
            }
        }
        (ledger, troubles)
    }
}

fn raw(row: &Transfer) -> Option<RawTransfer<'_>> {
    Some(RawTransfer {
        chain: row.chain.as_deref()?,
        asset: row.asset.as_deref().unwrap_or(""),
        from: row.from_address.as_deref()?,
        to: row.to_address.as_deref()?,
        at: row.at.map(|at| at.micros),
        block: row.block,
        transaction: row.transaction.as_deref(),
        log_index: row.log_index,
        amount: row.amount?,
        usd: row.amount_usd,
        row: row.row_id,
    })
}

/// A transfer without a time gets that of the nearest earlier block that has one (the first known for those before it).
fn date_by_block(drafts: &mut [Draft]) {
    if drafts.iter().all(|draft| draft.at.is_some()) {
        return;
    }
    let mut known: BTreeMap<i64, i64> = BTreeMap::new();
    for draft in drafts.iter() {
        if let (Some(at), Some(block)) = (draft.at, draft.block) {
            let first = known.entry(block).or_insert(at);
            *first = at.min(*first);
        }
    }
    for draft in drafts.iter_mut().filter(|draft| draft.at.is_none()) {
        let block = draft.block.unwrap_or(0);
        draft.at = known.range(..=block).next_back().or_else(|| known.iter().next()).map(|(_, at)| *at).or(Some(0));
    }
}

/// One word for each chain: tickers and other spellings become the name that `transfers` is documented with.
#[must_use]
pub fn chain_name(chain: &str) -> String {
    let word = chain.trim().to_lowercase();
    match word.as_str() {
        "eth" | "ether" | "mainnet" | "ethereum mainnet" => "ethereum",
        "btc" | "xbt" => "bitcoin",
        "trx" => "tron",
        "sol" => "solana",
        "bsc" | "bnb" | "bnb chain" | "binance smart chain" => "bsc",
        "matic" => "polygon",
        "arb" => "arbitrum",
        "ltc" => "litecoin",
        _ => return word,
    }
    .to_owned()
}

fn own_coin(chain: &str) -> &'static str {
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
