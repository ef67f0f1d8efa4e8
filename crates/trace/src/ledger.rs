//! Transfers in memory: one segment for each chain and asset, addresses as numbers by first appearance, time-ordered.
//!
//! Must not know labels, methods or subjects, nor any file format.

use crate::amount::MAX_TOTAL;
pub use crate::chain::chain_name;
use crate::chain::own_coin;
use crate::names::{Batch, Names};
use crate::order::order;
pub use crate::segment::Segment;
pub use bonafide_facts::RawTransfer;
use bonafide_facts::identifier::wallet;
use bonafide_facts::tables::money::Transfer;
use bonafide_facts::{RowId, Tables, Trouble};
use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Addresses that are looked up together.
const TOGETHER: usize = 128;

/// What was left out of a ledger, counted, with the first row of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Skipped {
    /// Rows.
    pub count: u64,
    /// Row id of the first.
    pub first: i64,
}

impl Skipped {
    pub(crate) fn add(&mut self, row: i64) {
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
    /// In the order of the input; parties of the last rows still wait in `parties`.
    segment: Segment,
    /// Senders and receivers in turn.
    parties: Batch,
    /// Positions of transfers without a time.
    undated: Vec<u32>,
    total: u128,
}

impl Open {
    /// Gives the waiting parties their ids.
    fn number_parties(&mut self) {
        let Segment { names, from, to, .. } = &mut self.segment;
        names.intern_all(&mut self.parties, |id| if to.len() == from.len() { from.push(id) } else { to.push(id) });
    }
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
            let (written, total) = ((segment.chain.clone(), segment.asset.clone()), segment.amount.iter().sum());
            builder.open.push(Open { written, segment, total, ..Open::default() });
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
            total,
            ..Open::default()
        };
        Self { open: known.into_iter().map(open).collect(), ..Self::default() }
    }

    /// Takes the transfers of a segment whose addresses go on from those that this builder has of it ([`Self::beside`]).
    pub(crate) fn take_segment(&mut self, fresh: &Segment) {
        let found = self.open.iter_mut().find(|open| open.segment.chain == fresh.chain && open.segment.asset == fresh.asset);
        if let Some(open) = found {
            open.number_parties();
            open.segment.names = fresh.names.clone();
            open.segment.extend(fresh);
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
        let open = &mut self.open[place];
        let Open { segment, parties, undated, total, .. } = open;
        // Positions and ids are u32.
        let fits = segment.len() < u32::MAX as usize && segment.names.len() + parties.len() + 2 < Names::MOST;
        let Some(sum) = total.checked_add(amount).filter(|sum| *sum <= MAX_TOTAL && fits) else {
            return self.ledger.unfit.add(raw.row);
        };
        segment.names.ask(parties, &canonical(raw.from));
        segment.names.ask(parties, &canonical(raw.to));
        *total = sum;
        let usd = raw.usd.and_then(|usd| u128::try_from(usd).ok()).unwrap_or(Segment::NO_PRICE);
        #[allow(clippy::cast_possible_truncation)] // positions are below 2^32
        if raw.at.is_none() {
            undated.push(segment.len() as u32);
        }
        if usd != Segment::NO_PRICE && segment.usd.is_empty() {
            segment.usd = vec![Segment::NO_PRICE; segment.len()];
        }
        if usd != Segment::NO_PRICE || !segment.usd.is_empty() {
            segment.usd.push(usd);
        }
        segment.at.push(raw.at.unwrap_or(0));
        segment.block.push(raw.block.unwrap_or(-1));
        segment.index.push(raw.log_index.unwrap_or(0));
        segment.transaction.push(digest(raw.transaction, raw.log_index));
        segment.amount.push(amount);
        segment.row.push(raw.row);
        if parties.len() >= TOGETHER {
            open.number_parties();
        }
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
        for mut open in open {
            open.number_parties();
            let Open { mut segment, undated, .. } = open;
            order(&mut segment, &undated, &mut ledger.repeated);
            if !segment.is_empty() {
                ledger.segments.push(segment);
            }
        }
        ledger.segments.sort_by(|left, right| (&left.chain, &left.asset).cmp(&(&right.chain, &right.asset)));
        ledger
    }
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
