//! Files with one transfer a row: which header means what, as data; one reader for all of them.
//!
//! Must not know any particular source.

use super::columns::{folded, place};
use super::tokens::Tokens;
use super::{ChainOptions, IDENTIFIER_BYTES, ROW, Reading, too_long, tron, value};
use crate::record::{Cells, Records};
use crate::tally::quoted;
use bonafide_facts::{RawTransfer, RowId};
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

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
    /// Position of a row that has none, so that the same transfer in two files counts once.
    pub without_index: Without,
    /// Place of a call in the tree of its transaction: what lies below a failed call moved nothing either.
    pub tree: &'static [&'static str],
    /// Symbols are what the tokens call themselves, without a contract.
    pub self_named: bool,
    /// Rows that move no coin: (header, values that mean it).
    pub idle: &'static [(&'static str, Idle)],
}

/// What tells rows of one transaction apart when no column does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Without {
    /// Nothing: no row can be told to be a repetition.
    Unknown,
    /// The source has one row a transaction.
    One,
    /// Equal rows of one transaction count up within their file: a second export that overlaps has the same ones again.
    Nth,
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
    /// What the user told, else the chain whose coin a header of these beginnings names, else Ethereum.
    OfCoin(&'static [&'static str]),
}

/// Which asset.
#[derive(Debug)]
pub(super) enum Asset {
    /// The chain's own coin.
    Own,
    /// A column has its symbol; empty means the chain's own. A contract written there is looked up.
    Symbol(&'static [&'static str]),
    /// A column has the token's contract.
    Contract(&'static [&'static str]),
}

/// How an amount is written.
#[derive(Debug)]
pub(super) enum Amount {
    /// Whole units of the asset.
    Whole(&'static str),
    /// Whole units; the first header that begins so.
    WholeOf(&'static str),
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
    /// The cell is given at all: an error.
    Given,
    /// The cell is one of these, which mean a failure: nothing below it in the tree of calls moved coin.
    Fails(&'static [&'static str]),
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
            && self.amount.iter().any(|amount| amount.place(names).is_some())
    }
}

impl Amount {
    fn place(&self, names: &[String]) -> Option<usize> {
        match self {
            Self::WholeOf(start) => names.iter().position(|name| name.starts_with(start)),
            Self::Whole(column) | Self::Raw(column, _) | Self::RawWith(column, _) | Self::RawOfToken(column) => place(names, &[column]),
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
    tree: Option<usize>,
    /// Where nothing else says the chain.
    home: &'static str,
}

/// What a file's rows so far leave behind.
#[derive(Debug, Default)]
struct Before {
    /// The transaction last seen to fail somewhere, and the calls that did.
    failed: (String, Vec<Vec<u64>>),
    /// How often a row of this digest was given.
    given: HashMap<u64, i64>,
}

impl<'f> Layout<'f> {
    fn new(flat: &'f Flat, names: &[String]) -> Self {
        let names: Vec<String> = names.iter().map(|name| folded(name)).collect();
        let of = |wanted: &[&str]| place(&names, wanted);
        let amounts = flat.amount.iter().filter_map(|amount| {
            let decimals = if let Amount::RawWith(_, column) = amount { of(&[column]) } else { None };
            Some((amount, amount.place(&names)?, decimals))
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
            tree: of(flat.tree),
            home: home(flat, &names),
            flat,
        }
    }

    fn reads(&self, column: usize) -> bool {
        let one = [self.chain, self.asset, self.from, self.to, self.usd, self.at, self.block, self.transaction, self.index, self.tree];
        one.contains(&Some(column))
            || self.amounts.iter().any(|(_, amount, decimals)| *amount == column || *decimals == Some(column))
            || self.idle.iter().any(|(idle, _)| *idle == column)
    }

    fn is_idle(&self, cells: &Cells<'_>, before: &mut Before) -> bool {
        let idle = self.idle.iter().find(|(column, idle)| {
            let cell = value::text(cells, Some(*column));
            let is = |words: &[&str]| cell.as_ref().is_some_and(|cell| words.iter().any(|word| cell.eq_ignore_ascii_case(word)));
            match idle {
                Idle::Is(words) | Idle::Fails(words) => is(words),
                Idle::IsNot(words) => cell.is_some() && !is(words),
                Idle::Given => cell.is_some(),
            }
        });
        let Some(tree) = self.tree else { return idle.is_some() };
        let call: Vec<u64> = value::text(cells, Some(tree))
            .map(|text| text.split(|letter: char| !letter.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect())
            .unwrap_or_default();
        let transaction = value::text(cells, self.transaction).unwrap_or_default();
        if idle.is_some_and(|(_, idle)| matches!(idle, Idle::Given | Idle::Fails(_))) {
            if before.failed.0 != transaction {
                before.failed = (transaction.into_owned(), Vec::new());
            }
            before.failed.1.push(call);
            return true;
        }
        let below =
            || before.failed.0 == transaction && !transaction.is_empty() && before.failed.1.iter().any(|failed| call.starts_with(failed));
        idle.is_some() || below()
    }

    /// The asset as it is called, its decimals, and the contract that says so.
    fn asset<'c, 'r: 'c>(&self, cells: &'c Cells<'_>, chain: &str, line: u64, reading: &mut Reading<'r>) -> Coin<'c> {
        let own = matches!(self.flat.asset, Asset::Own);
        let Some(written) = (if own { None } else { self.party(cells, self.asset) }) else { return Coin::default() };
        let tokens: &'r Tokens = reading.tokens;
        if let Some(token) = tokens.get(chain, &written) {
            return Coin { name: Cow::Borrowed(&token.symbol), decimals: Some(token.decimals), contract: Some(written) };
        }
        if matches!(self.flat.asset, Asset::Contract(_)) {
            return Coin { name: written.clone(), decimals: None, contract: Some(written) };
        }
        if self.flat.self_named {
            let what = || {
                (
                    "the tokens are told by the symbol they give themselves: a false one cannot be told from the real one".to_owned(),
                    "export again with the token's contract".to_owned(),
                )
            };
            reading.tally.note("self-named-token", line, self.asset.unwrap_or(ROW), what);
        }
        Coin { name: written, decimals: None, contract: None }
    }

    fn party<'c>(&self, cells: &'c Cells<'_>, column: Option<usize>) -> Option<Cow<'c, str>> {
        value::text(cells, column).map(|text| if matches!(self.flat.chain, Chain::Is("tron")) { tron::written(text) } else { text })
    }

    fn chain<'c, 'r: 'c>(&self, cells: &'c Cells<'_>, options: &'r ChainOptions) -> Cow<'c, str> {
        let told = || Cow::Borrowed(options.chain.as_deref().unwrap_or(self.home));
        match self.flat.chain {
            Chain::Is(chain) => Cow::Borrowed(chain),
            Chain::Told | Chain::OfCoin(_) => told(),
            Chain::Column(_) => value::text(cells, self.chain).map_or_else(told, of_number),
        }
    }
}

/// What a row moves.
#[derive(Debug, Default)]
struct Coin<'c> {
    name: Cow<'c, str>,
    decimals: Option<u32>,
    contract: Option<Cow<'c, str>>,
}

/// The chain whose coin a header names. Source: the export pages of Etherscan's sisters.
fn home(flat: &Flat, names: &[String]) -> &'static str {
    let Chain::OfCoin(starts) = flat.chain else { return "ethereum" };
    let coin = starts.iter().find_map(|start| names.iter().find_map(|name| name.strip_prefix(start)));
    match coin {
        Some("bnb") => "bsc",
        Some("pol" | "matic") => "polygon",
        Some("avax") => "avalanche",
        Some("ftm") => "fantom",
        Some("xdai") => "gnosis",
        _ => "ethereum",
    }
}

/// Reads all rows; gives back digest and size.
pub(super) fn read(flat: &Flat, mut records: Box<dyn Records>, reading: &mut Reading<'_>) -> (String, u64) {
    let mut known = records.names().len();
    let mut layout = Layout::new(flat, records.names());
    records.select(&|column| layout.reads(column));
    let mut before = Before::default();
    while records.advance(reading.tally) {
        // JSON Lines name their columns as they come.
        if records.names().len() != known {
            known = records.names().len();
            layout = Layout::new(flat, records.names());
        }
        let record = records.record();
        row(&layout, record.line, &record.cells, &mut before, reading);
    }
    reading.skipped += records.skipped();
    records.finish()
}

fn row(layout: &Layout<'_>, line: u64, cells: &Cells<'_>, before: &mut Before, reading: &mut Reading<'_>) {
    const MEND: &str = "export the file again, or correct the row";
    if layout.is_idle(cells, before) {
        reading.idle += 1;
        return;
    }
    let (Some(from), Some(to)) = (layout.party(cells, layout.from), layout.party(cells, layout.to)) else {
        // Contract creations have no receiver; they move coin seldom and are told apart.
        reading.refuse("no-party", line, ROW, || "the row has no sender or no receiver: it is skipped".to_owned(), MEND);
        return;
    };
    let chain = layout.chain(cells, reading.options);
    let coin = layout.asset(cells, &chain, line, reading);
    let amount = match amount(layout, cells, &coin, line, reading) {
        Ok(0) => {
            reading.idle += 1;
            return;
        }
        Ok(amount) => amount,
        Err(what) => {
            let column = layout.amounts.first().map_or(ROW, |(_, column, _)| *column);
            reading.refuse("bad-amount", line, column, || format!("the amount {what}: the row is skipped"), MEND);
            return;
        }
    };
    let transaction = value::text(cells, layout.transaction);
    let lengths = [from.len(), to.len(), coin.name.len(), chain.len(), transaction.as_ref().map_or(0, |id| id.len())];
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
    let index = value::integer(cells, layout.index).or_else(|| match (layout.flat.without_index, &transaction) {
        (Without::One, _) => Some(0),
        (Without::Nth, Some(transaction)) => Some(nth(before, &[transaction, &from, &to, &coin.name], amount)),
        _ => None,
    });
    let transfer = RawTransfer {
        chain: &chain,
        asset: &coin.name,
        from: &from,
        to: &to,
        at,
        block,
        transaction: transaction.as_deref(),
        log_index: index,
        amount,
        usd: value::whole(cells, layout.usd).ok().flatten(),
        row: RowId::new(reading.file, line).0,
    };
    reading.give(&transfer);
}

/// How many equal rows this file gave before.
fn nth(before: &mut Before, words: &[&str], amount: i128) -> i64 {
    let mut hasher = DefaultHasher::new();
    (words, amount).hash(&mut hasher);
    let count = before.given.entry(hasher.finish()).or_default();
    *count += 1;
    *count - 1
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

/// The amount by the first column that has one; 0 when a column says so.
fn amount(layout: &Layout<'_>, cells: &Cells<'_>, coin: &Coin<'_>, line: u64, reading: &mut Reading<'_>) -> Result<i128, String> {
    let mut zero = Err("is not given".to_owned());
    for (amount, column, with) in &layout.amounts {
        let read = match amount {
            Amount::Whole(_) | Amount::WholeOf(_) => value::whole(cells, Some(*column))?,
            Amount::Raw(_, decimals) => value::raw(cells, Some(*column), *decimals)?,
            Amount::RawWith(..) => {
                let decimals = value::integer(cells, *with).and_then(|decimals| u32::try_from(decimals).ok()).or(coin.decimals);
                value::raw(cells, Some(*column), decimals.unwrap_or_else(|| guessed(coin, line, *column, reading)))?
            }
            Amount::RawOfToken(_) => {
                let decimals = coin.decimals.unwrap_or_else(|| guessed(coin, line, *column, reading));
                value::raw(cells, Some(*column), decimals)?
            }
        };
        match read {
            Some(0) => zero = Ok(0),
            Some(read) => return Ok(read),
            None => {}
        }
    }
    zero
}

/// Decimals of a token that nothing tells: 18, and a note.
fn guessed(coin: &Coin<'_>, line: u64, column: usize, reading: &mut Reading<'_>) -> u32 {
    let token = quoted(coin.contract.as_deref().unwrap_or(""));
    let what = || {
        (
            format!("the decimals of token {token} are not known: its amounts are taken to have 18"),
            "put a tokens file (address, symbol, decimals) beside the transfers".to_owned(),
        )
    };
    reading.tally.note("unknown-token", line, column, what);
    18
}
