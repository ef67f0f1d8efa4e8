//! Transfers in memory: one segment for each chain and asset, addresses as numbers by first appearance, time-ordered.
//!
//! Must not know labels, methods or subjects, nor any file format.

use crate::amount::MAX_TOTAL;
pub use crate::chain::chain_name;
use crate::chain::own_coin;
pub use crate::segment::Segment;
pub use bonafide_facts::RawTransfer;
use bonafide_facts::identifier::wallet;
use bonafide_facts::tables::money::Transfer;
use bonafide_facts::{RowId, Tables, Trouble};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasherDefault, DefaultHasher, Hash as _, Hasher as _};

/// A transfer before its segment is ordered.
#[derive(Debug, Clone, Copy)]
struct Draft {
    at: Option<i64>,
    block: i64,
    index: i64,
    transaction: u64,
    row: i64,
    from: u32,
    to: u32,
    amount: u128,
    usd: u128,
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
    /// The same chain, asset, transaction, position, parties and amount twice.
    pub repeated: Skipped,
    /// Negative, or beyond what a segment can hold.
    pub unfit: Skipped,
    /// With neither time nor block.
    pub undated: Skipped,
}

#[derive(Debug, Default)]
struct Open {
    /// As the source wrote them: most rows repeat the one before.
    written: (String, String),
    segment: Segment,
    drafts: Vec<Draft>,
    total: u128,
}

/// Takes transfers one by one, in any order, and makes a [`Ledger`] of them.
#[derive(Debug, Default)]
pub struct Builder {
    ledger: Ledger,
    open: Vec<Open>,
    last: usize,
}

impl Builder {
    /// Goes on from a ledger: its transfers count as read before all that follow.
    #[must_use]
    pub fn onto(ledger: Ledger) -> Self {
        let mut builder = Self { ledger, ..Self::default() };
        for segment in std::mem::take(&mut builder.ledger.segments) {
            let (drafts, total) = (drafts(&segment), segment.amount.iter().sum());
            let kept = Segment { chain: segment.chain.clone(), asset: segment.asset.clone(), names: segment.names, ..Segment::default() };
            builder.open.push(Open { written: (segment.chain, segment.asset), segment: kept, drafts, total });
        }
        builder
    }

    /// Goes on from segments of which only the chain, asset, addresses and the sum of amounts are at hand: addresses keep their
    /// ids, and [`Self::finish`] gives the new transfers alone.
    #[must_use]
    pub fn beside(known: Vec<(Segment, u128)>) -> Self {
        let open = |(segment, total): (Segment, u128)| Open {
            written: (segment.chain.clone(), segment.asset.clone()),
            segment,
            drafts: Vec::new(),
            total,
        };
        Self { open: known.into_iter().map(open).collect(), ..Self::default() }
    }

    /// Takes the transfers of a segment whose addresses go on from those that this builder has of it ([`Self::beside`]).
    pub(crate) fn take_segment(&mut self, fresh: &Segment) {
        let found = self.open.iter_mut().find(|open| open.segment.chain == fresh.chain && open.segment.asset == fresh.asset);
        if let Some(open) = found {
            open.segment.names = fresh.names.clone();
            open.drafts.extend(drafts(fresh));
            open.total = open.total.saturating_add(fresh.amount.iter().sum());
        }
    }

    /// Takes one transfer. What cannot be used is counted in the ledger's fields, never silently lost.
    pub fn add(&mut self, raw: &RawTransfer<'_>) {
        let amount = match u128::try_from(raw.amount) {
            Ok(0) => return self.ledger.zero.add(raw.row),
            Ok(amount) => amount,
            Err(_) => return self.ledger.unfit.add(raw.row),
        };
        if raw.at.is_none() && raw.block.is_none() {
            return self.ledger.undated.add(raw.row);
        }
        let place = self.segment_of(raw);
        let Open { segment, drafts, total, .. } = &mut self.open[place];
        let sum = total.checked_add(amount).filter(|sum| *sum <= MAX_TOTAL);
        let parties = (segment.names.intern(&canonical(raw.from)), segment.names.intern(&canonical(raw.to)));
        let (Some(sum), (Some(from), Some(to))) = (sum, parties) else {
            return self.ledger.unfit.add(raw.row);
        };
        *total = sum;
        let usd = raw.usd.and_then(|usd| u128::try_from(usd).ok()).unwrap_or(Segment::NO_PRICE);
        drafts.push(Draft {
            at: raw.at,
            block: raw.block.unwrap_or(-1),
            index: raw.log_index.unwrap_or(0),
            transaction: digest(raw.transaction, raw.log_index),
            row: raw.row,
            from,
            to,
            amount,
            usd,
        });
    }

    /// The place of the transfer's segment in `open`.
    fn segment_of(&mut self, raw: &RawTransfer<'_>) -> usize {
        let is = |open: &Open| open.written.0 == raw.chain && open.written.1 == raw.asset;
        if self.open.get(self.last).is_some_and(is) {
            return self.last;
        }
        let chain = chain_name(raw.chain);
        let asset = if raw.asset.trim().is_empty() { own_coin(&chain).to_owned() } else { raw.asset.trim().to_uppercase() };
        let found = self.open.iter().position(|open| open.segment.chain == chain && open.segment.asset == asset);
        self.last = found.unwrap_or_else(|| {
            let segment = Segment { chain, asset, ..Segment::default() };
            self.open.push(Open { segment, ..Open::default() });
            self.open.len() - 1
        });
        self.open[self.last].written = (raw.chain.to_owned(), raw.asset.to_owned());
        self.last
    }

    /// Orders all that was taken.
    #[must_use]
    pub fn finish(self) -> Ledger {
        let Self { mut ledger, open, .. } = self;
        for Open { mut segment, mut drafts, .. } in open {
            date_by_block(&mut drafts);
            // Stable: what is equal in all of it keeps the order of the input.
            let key = |draft: &Draft| (draft.at, draft.block, draft.index, draft.row);
            if !drafts.is_sorted_by_key(key) {
                drafts.sort_by_key(key);
            }
            drop_repeated(&mut drafts, &mut ledger.repeated);
            fill(&mut segment, &drafts);
            if !segment.is_empty() {
                ledger.segments.push(segment);
            }
        }
        ledger.segments.sort_by(|left, right| (&left.chain, &left.asset).cmp(&(&right.chain, &right.asset)));
        ledger
    }
}

/// A segment's transfers, as before they were ordered.
fn drafts(segment: &Segment) -> Vec<Draft> {
    let draft = |place: usize| Draft {
        at: Some(segment.at[place]),
        block: segment.block[place],
        index: segment.index[place],
        transaction: segment.transaction[place],
        row: segment.row[place],
        from: segment.from[place],
        to: segment.to[place],
        amount: segment.amount[place],
        usd: segment.usd(place).unwrap_or(Segment::NO_PRICE),
    };
    (0..segment.len()).map(draft).collect()
}

fn fill(segment: &mut Segment, drafts: &[Draft]) {
    let priced = drafts.iter().any(|draft| draft.usd != Segment::NO_PRICE);
    segment.at = drafts.iter().map(|draft| draft.at.unwrap_or(0)).collect();
    segment.block = drafts.iter().map(|draft| draft.block).collect();
    segment.index = drafts.iter().map(|draft| draft.index).collect();
    segment.transaction = drafts.iter().map(|draft| draft.transaction).collect();
    segment.from = drafts.iter().map(|draft| draft.from).collect();
    segment.to = drafts.iter().map(|draft| draft.to).collect();
    segment.amount = drafts.iter().map(|draft| draft.amount).collect();
    segment.row = drafts.iter().map(|draft| draft.row).collect();
    segment.usd = if priced { drafts.iter().map(|draft| draft.usd).collect() } else { Vec::new() };
}

/// Drops what was given twice: within one instant (a transaction has one time) the same transaction and position, parties
/// and amount. Only transfers whose transaction and position are both given can be told to be the same.
fn drop_repeated(drafts: &mut Vec<Draft>, repeated: &mut Skipped) {
    let mut seen: HashSet<(u64, u32, u32, u128), BuildHasherDefault<DefaultHasher>> = HashSet::default();
    let mut now = None;
    drafts.retain(|draft| {
        if draft.at != now {
            now = draft.at;
            seen.clear();
        }
        let fresh = draft.transaction == 0 || seen.insert((draft.transaction, draft.from, draft.to, draft.amount));
        if !fresh {
            repeated.add(draft.row);
        }
        fresh
    });
}

/// 64 bits for a transaction's id and the position in it; 0 when either is not given.
fn digest(transaction: Option<&str>, index: Option<i64>) -> u64 {
    let (Some(transaction), Some(index)) = (transaction, index) else { return 0 };
    let mut hasher = DefaultHasher::new();
    (transaction, index).hash(&mut hasher);
    hasher.finish().max(1)
}

/// As [`wallet::canonical`], without a copy for the form most rows have.
fn canonical(address: &str) -> Cow<'_, str> {
    let plain = |digits: &[u8]| digits.len() == 40 && digits.iter().all(|digit| digit.is_ascii_digit() || (b'a'..=b'f').contains(digit));
    match address.as_bytes() {
        [b'0', b'x', digits @ ..] if plain(digits) => Cow::Borrowed(address),
        _ => Cow::Owned(wallet::canonical(address)),
    }
}

impl Ledger {
    /// Orders transfers into segments.
    pub fn build<'a>(transfers: impl IntoIterator<Item = RawTransfer<'a>>) -> Self {
        let mut builder = Builder::default();
        transfers.into_iter().for_each(|raw| builder.add(&raw));
        builder.finish()
    }

    /// The ledger of the run's `transfers`, and what was left out as troubles.
    #[must_use]
    pub fn of(tables: &Tables) -> (Self, Vec<Trouble>) {
        let mut builder = Builder::default();
        for batch in tables.get("transfers").map(|data| data.batches.as_slice()).unwrap_or_default() {
            let rows: Vec<Transfer> = bonafide_facts::TableRow::from_batch(batch);
            rows.iter().filter_map(raw).for_each(|raw| builder.add(&raw));
        }
        let ledger = builder.finish();
        let troubles = ledger.troubles(&tables.files);
        (ledger, troubles)
    }

    /// What was left out, as troubles.
    #[must_use]
    pub fn troubles(&self, files: &bonafide_facts::Files) -> Vec<Trouble> {
        let notes = [
            (
                &self.zero,
                "zero-transfer",
                "transfers of amount 0 move no coin and were left out",
                "nothing, unless the amounts were lost in an export",
            ),
            (&self.repeated, "repeated-transfer", "the same transfer was given twice and counted once", "remove overlapping exports"),
            (
                &self.unfit,
                "unfit-amount",
                "a negative amount, or a sum of amounts beyond 38 digits, was left out",
                "write amounts in whole units of the asset",
            ),
            (&self.undated, "undated-transfer", "a transfer with neither time nor block was left out", "add the column `at` or `block`"),
        ];
        let mut troubles = Vec::new();
        for (skipped, code, what, mend) in notes {
            if skipped.count > 0 {
                let new = if matches!(code, "zero-transfer" | "repeated-transfer") { Trouble::note } else { Trouble::warning };
                let mut trouble = new(code, files.place(RowId(skipped.first)), what, mend);
                trouble.count = skipped.count;
                troubles.push(trouble);
            }
        }
        troubles
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
        if let (Some(at), true) = (draft.at, draft.block >= 0) {
            let first = known.entry(draft.block).or_insert(at);
            *first = at.min(*first);
        }
    }
    for draft in drafts.iter_mut().filter(|draft| draft.at.is_none()) {
        let block = draft.block.max(0);
        draft.at = known.range(..=block).next_back().or_else(|| known.iter().next()).map(|(_, at)| *at).or(Some(0));
    }
}
