//! Files with one transfer a row: which header means what, as data; one reader for all of them.
//!
//! Must not know any particular source.

use super::columns::{folded, place};
use super::{IDENTIFIER_BYTES, ROW, Reading, too_long, tron, value};
use crate::record::{Cells, Records};
use crate::tally::quoted;
use bonafide_facts::{RawTransfer, RowId};
use std::borrow::Cow;

/// A source of one transfer a row. Headers are in folded form; the first that a file has counts.
#[derive(Debug)]
pub(super) struct Flat {
    /// Stable id.
    pub id: &'static str,
    /// One line.
    pub title: &'static str,
    /// Headers that tell this source from all others.
    pub told_by: &'static [&'static str],
    /// Chain.
    pub chain: Chain,
    /// Asset.
    pub asset: Asset,
    /// Sender.
    pub from: &'static [&'static str],
    /// Receiver.
    pub to: &'static [&'static str],
    /// Amount.
    pub amount: &'static [Amount],
    /// Value in dollars.
    pub usd: &'static [&'static str],
    /// Time.
    pub at: &'static [&'static str],
    /// Block.
    pub block: &'static [&'static str],
    /// Transaction id.
    pub transaction: &'static [&'static str],
    /// Position.
    pub index: &'static [&'static str],
    /// Position of a row that has none, so that rows of one transaction are told apart; only for sources with one row a
    /// transaction.
    pub one_per_transaction: bool,
    /// Rows that move no coin: (header, values that mean it).
    pub idle: &'static [(&'static str, Idle)],
}

/// Which chain.
#[derive(Debug)]
pub(super) enum Chain {
    /// Always this one.
    Is(&'static str),
    /// A column says so, else what the user told.
    Column(&'static [&'static str]),
    /// What the user told, else Ethereum.
    Told,
}

/// Which asset.
#[derive(Debug)]
pub(super) enum Asset {
    /// The chain's own coin.
    Own,
    /// A column has its symbol; empty means the chain's own.
    Symbol(&'static [&'static str]),
    /// A column has the token's contract.
    Contract(&'static [&'static str]),
}

/// How an amount is written.
#[derive(Debug)]
pub(super) enum Amount {
    /// Whole units of the asset.
    Whole(&'static str),
    /// The smallest unit, of which 10^n make a whole.
    Raw(&'static str, u32),
    /// The smallest unit; a column has the decimals.
    RawWith(&'static str, &'static str),
    /// The smallest unit of a token by its contract.
    RawOfToken(&'static str),
}

/// When a row moves no coin.
#[derive(Debug)]
pub(super) enum Idle {
    /// The cell is one of these.
    Is(&'static [&'static str]),
    /// The cell is given and none of these.
    IsNot(&'static [&'static str]),
    /// The cell is given at all.
    Given,
}

impl Flat {
    /// How many of its telling headers a file has.
    pub(super) fn matches(&self, names: &[String]) -> usize {
        self.told_by.iter().filter(|told| names.iter().any(|name| folded(name) == **told)).count()
    }

    /// Whether these folded headers are its own.
    pub(super) fn fits(&self, names: &[String]) -> bool {
        self.told_by.iter().all(|told| names.iter().any(|name| name == told))
            && place(names, self.from).is_some()
            && place(names, self.to).is_some()
            && self.amount.iter().any(|amount| names.iter().any(|name| name == amount.column()))
    }
}

impl Amount {
    fn column(&self) -> &'static str {
        match self {
            Self::Whole(column) | Self::Raw(column, _) | Self::RawWith(column, _) | Self::RawOfToken(column) => column,
        }
    }
}

/// A flat source's headers in one file.
struct Layout<'f> {
    flat: &'f Flat,
    chain: Option<usize>,
    asset: Option<usize>,
    from: Option<usize>,
    to: Option<usize>,
    amounts: Vec<(&'f Amount, usize, Option<usize>)>,
    usd: Option<usize>,
    at: Option<usize>,
    block: Option<usize>,
    transaction: Option<usize>,
    index: Option<usize>,
    idle: Vec<(usize, &'f Idle)>,
}

impl<'f> Layout<'f> {
    fn new(flat: &'f Flat, names: &[String]) -> Self {
        let names: Vec<String> = names.iter().map(|name| folded(name)).collect();
        let of = |wanted: &[&str]| place(&names, wanted);
        let amounts = flat.amount.iter().filter_map(|amount| {
            let decimals = if let Amount::RawWith(_, column) = amount { of(&[column]) } else { None };
            Some((amount, of(&[amount.column()])?, decimals))
        });
        Self {
            chain: if let Chain::Column(wanted) = flat.chain { of(wanted) } else { None },
            asset: match flat.asset {
                Asset::Own => None,
                Asset::Symbol(wanted) | Asset::Contract(wanted) => of(wanted),
            },
            from: of(flat.from),
            to: of(flat.to),
            amounts: amounts.collect(),
            usd: of(flat.usd),
            at: of(flat.at),
            block: of(flat.block),
            transaction: of(flat.transaction),
            index: of(flat.index),
            idle: flat.idle.iter().filter_map(|(column, idle)| Some((of(&[column])?, idle))).collect(),
            flat,
        }
    }

    fn reads(&self, column: usize) -> bool {
        let one = [self.chain, self.asset, self.from, self.to, self.usd, self.at, self.block, self.transaction, self.index];
        one.contains(&Some(column))
            || self.amounts.iter().any(|(_, amount, decimals)| *amount == column || *decimals == Some(column))
            || self.idle.iter().any(|(idle, _)| *idle == column)
    }

    fn is_idle(&self, cells: &Cells<'_>) -> bool {
        self.idle.iter().any(|(column, idle)| {
            let cell = value::text(cells, Some(*column));
            let is = |words: &[&str]| cell.as_ref().is_some_and(|cell| words.iter().any(|word| cell.eq_ignore_ascii_case(word)));
            match idle {
                Idle::Is(words) => is(words),
                Idle::IsNot(words) => cell.is_some() && !is(words),
                Idle::Given => cell.is_some(),
            }
        })
    }
}

/// Reads all rows; gives back digest and size.
pub(super) fn read(flat: &Flat, mut records: Box<dyn Records>, reading: &mut Reading<'_>) -> (String, u64) {
    let mut known = records.names().len();
    let mut layout = Layout::new(flat, records.names());
    records.select(&|column| layout.reads(column));
    while records.advance(reading.tally) {
        // JSON Lines name their columns as they come.
        if records.names().len() != known {
            known = records.names().len();
            layout = Layout::new(flat, records.names());
        }
        let record = records.record();
        row(&layout, record.line, &record.cells, reading);
    }
    reading.skipped += records.skipped();
    records.finish()
}

fn row(layout: &Layout<'_>, line: u64, cells: &Cells<'_>, reading: &mut Reading<'_>) {
    const MEND: &str = "export the file again, or correct the row";
    if layout.is_idle(cells) {
        reading.idle += 1;
        return;
    }
    let party = |column| {
        value::text(cells, column).map(|text| if matches!(layout.flat.chain, Chain::Is("tron")) { tron::written(text) } else { text })
    };
    let (Some(from), Some(to)) = (party(layout.from), party(layout.to)) else {
        // Contract creations have no receiver; they move coin seldom and are told apart.
        reading.refuse("no-party", line, ROW, || "the row has no sender or no receiver: it is skipped".to_owned(), MEND);
        return;
    };
    let told = reading.options.chain.as_deref().unwrap_or("ethereum");
    let chain: Cow<'_, str> = match layout.flat.chain {
        Chain::Is(chain) => Cow::Borrowed(chain),
        Chain::Told => Cow::Borrowed(told),
        Chain::Column(_) => value::text(cells, layout.chain).map_or(Cow::Borrowed(told), of_number),
    };
    let written = if matches!(layout.flat.asset, Asset::Own) { None } else { party(layout.asset) };
    let contract = if matches!(layout.flat.asset, Asset::Contract(_)) { written.as_deref() } else { None };
    let token = contract.and_then(|contract| reading.token(&chain, contract));
    let asset = token.map_or(written.as_deref().unwrap_or(""), |token| &token.symbol);
    let amount = match amount(layout, cells, token.map(|token| token.decimals), contract, line, reading) {
        Ok(Some(amount)) => amount,
        Ok(None) => {
            reading.idle += 1;
            return;
        }
        Err(what) => {
            reading.refuse(
                "bad-amount",
                line,
                layout.amounts.first().map_or(ROW, |(_, column, _)| *column),
                || format!("the amount {what}: the row is skipped"),
                MEND,
            );
            return;
        }
    };
    let transaction = value::text(cells, layout.transaction);
    let lengths = [from.len(), to.len(), asset.len(), chain.len(), transaction.as_ref().map_or(0, |id| id.len())];
    if let Some(long) = lengths.into_iter().find(|length| *length > IDENTIFIER_BYTES) {
        reading.refuse("long-identifier", line, ROW, || too_long(long), MEND);
        return;
    }
    let block = value::integer(cells, layout.block);
    let at = value::instant(cells, layout.at).or_else(|| reading.blocks.time(block?));
    if at.is_none() && block.is_none() {
        let what = || {
            format!(
                "the row has neither time nor block ({}): it is skipped",
                quoted(value::text(cells, layout.at).as_deref().unwrap_or(""))
            )
        };
        reading.refuse("undated-transfer", line, layout.at.unwrap_or(ROW), what, "add a column with the block or its time");
        return;
    }
    let index = value::integer(cells, layout.index).or(layout.flat.one_per_transaction.then_some(0));
    let row = RowId::new(reading.file, line).0;
    let usd = value::whole(cells, layout.usd).ok().flatten();
    let transfer = RawTransfer {
        chain: &chain,
        asset,
        from: &from,
        to: &to,
        at,
        block,
        transaction: transaction.as_deref(),
        log_index: index,
        amount,
        usd,
        row,
    };
    reading.give(&transfer);
}

/// A chain by its number. Source: EIP-155 and ethereum-lists/chains.
fn of_number(written: Cow<'_, str>) -> Cow<'_, str> {
    Cow::Borrowed(match written.as_ref() {
        "1" => "ethereum",
        "10" => "optimism",
        "56" => "bsc",
        "137" => "polygon",
        "8453" => "base",
        "42161" => "arbitrum",
        _ => return written,
    })
}

/// The amount by the first column that has one.
fn amount(
    layout: &Layout<'_>,
    cells: &Cells<'_>,
    decimals: Option<u32>,
    contract: Option<&str>,
    line: u64,
    reading: &mut Reading<'_>,
) -> Result<Option<i128>, String> {
    for (amount, column, with) in &layout.amounts {
        let read = match amount {
            Amount::Whole(_) => value::whole(cells, Some(*column))?,
            Amount::Raw(_, decimals) => value::raw(cells, Some(*column), *decimals)?,
            Amount::RawWith(..) => {
                let decimals = value::integer(cells, *with).and_then(|decimals| u32::try_from(decimals).ok());
                value::raw(cells, Some(*column), decimals.unwrap_or(18))?
            }
            Amount::RawOfToken(_) => {
                if decimals.is_none() {
                    let what = || {
                        (
                            format!(
                                "the decimals of token {} are not known: its amounts are taken to have 18",
                                quoted(contract.unwrap_or(""))
                            ),
                            "put a tokens file (address, symbol, decimals) beside the transfers".to_owned(),
                        )
                    };
                    reading.tally.note("unknown-token", line, *column, what);
                }
                value::raw(cells, Some(*column), decimals.unwrap_or(18))?
            }
        };
        if let Some(read) = read.filter(|read| *read != 0) {
            return Ok(Some(read));
        }
    }
    Ok(None)
}
