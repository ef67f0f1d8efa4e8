//! bitcoin-etl transactions with their inputs and outputs: JSON Lines, CSV with JSON in the cells, Parquet with nested lists.
//!
//! A transaction pools its inputs: each output is paid by each input in proportion, in whole satoshi (the last input pays the
//! rest), so that no coin is made or lost; the fee stays out. Above [`PAIRS`] pairs inputs pay outputs in their order.
//! Sources: blockchain-etl/bitcoin-etl, README (transactions.json); BigQuery crypto_bitcoin.transactions (value as NUMERIC, satoshi); AWS
//! public blockchain data, btc/transactions (one `address`, value as a float in BTC). Must not know other sources.

use super::columns::{folded, place};
use super::{IDENTIFIER_BYTES, ROW, Reading, too_long, value};
use crate::cell::money;
use crate::record::{Cells, Raw, Records};
use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, ArrayRef};
use arrow_schema::DataType;
use bonafide_facts::{RawTransfer, RowId};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Stable id.
pub(super) const ID: &str = "bitcoin-etl-transactions";
/// Pairs of input and output addresses of one transaction that are written out.
const PAIRS: usize = 4096;
/// All the satoshi there can ever be.
const SUPPLY: i128 = 2_100_000_000_000_000;
/// Units of a whole in an exact amount.
const COIN: i128 = 1_000_000_000_000_000_000;

/// Whether these folded headers are its own.
pub(super) fn is(names: &[String]) -> bool {
    ["inputs", "outputs"].iter().all(|wanted| names.iter().any(|name| name == wanted))
        && place(names, &["hash", "transaction_hash"]).is_some()
}

/// Sums by address, in order of first appearance.
type Sides = Vec<(String, i128)>;

/// Reads all records; gives back digest and size.
pub(super) fn read(mut records: Box<dyn Records>, reading: &mut Reading<'_>) -> (String, u64) {
    while records.advance(reading.tally) {
        let names: Vec<String> = records.names().iter().map(|name| folded(name)).collect();
        let of = |wanted: &[&str]| place(&names, wanted);
        let record = records.record();
        let cells = &record.cells;
        let sides = side(cells, of(&["inputs"])).and_then(|inputs| Some((inputs, side(cells, of(&["outputs"]))?)));
        let Some((inputs, outputs)) = sides else {
            let what = || "the inputs or outputs cannot be read: the transaction is skipped".to_owned();
            reading.refuse("bad-transaction", record.line, ROW, what, "export the transactions again with their inputs and outputs");
            continue;
        };
        let block = value::integer(cells, of(&["block_number"]));
        let at = value::instant(cells, of(&["block_timestamp", "timestamp"])).or_else(|| reading.blocks.time(block?));
        if at.is_none() && block.is_none() {
            let what = || "the transaction has neither time nor block: it is skipped".to_owned();
            reading.refuse("undated-transfer", record.line, ROW, what, "add block_number or block_timestamp");
            continue;
        }
        if inputs.is_empty() {
            reading.idle += 1; // a coinbase: coin that nobody paid
            continue;
        }
        let hash = value::text(cells, of(&["hash", "transaction_hash"])).map(Cow::into_owned);
        let names = inputs.iter().chain(&outputs).map(|(address, _)| address.len()).chain(hash.as_ref().map(String::len));
        if let Some(long) = names.max().filter(|length| *length > IDENTIFIER_BYTES) {
            let mend = "export the transactions again with their inputs and outputs";
            reading.refuse("long-identifier", record.line, ROW, || too_long(long), mend);
            continue;
        }
        let row = RowId::new(reading.file, record.line).0;
        // Its place in the block orders it among the others of one moment; its own parts differ by who paid whom.
        let index = value::integer(cells, of(&["index", "transaction_index"])).or(Some(0));
        for (from, to, amount) in paid(&inputs, &outputs) {
            let Some(amount) = money::rescale(amount, 8) else {
                let what = || "an amount does not fit: this output is skipped".to_owned();
                reading.refuse("bad-amount", record.line, ROW, what, "export the transactions again");
                continue;
            };
            let transaction = hash.as_deref();
            reading.give(&RawTransfer {
                chain: "bitcoin",
                asset: "BTC",
                from,
                to,
                at,
                block,
                transaction,
                log_index: index,
                amount,
                usd: None,
                row,
            });
        }
    }
    reading.skipped += records.skipped();
    records.finish()
}

/// Sums as parts come in.
#[derive(Default)]
struct Gathering {
    sums: BTreeMap<String, i128>,
    order: Vec<String>,
}

impl Gathering {
    /// Adds a part. Bare multisignature outputs name several keys; they are one holder. Outputs that name none (OP_RETURN) hold nothing.
    fn add(&mut self, address: String, satoshi: i128) -> Option<()> {
        if address.is_empty() || satoshi <= 0 {
            return Some(());
        }
        if satoshi > SUPPLY {
            return None;
        }
        let sum = self.sums.entry(address.clone()).or_insert_with(|| {
            self.order.push(address);
            0
        });
        *sum = sum.checked_add(satoshi)?;
        Some(())
    }

    fn finish(self) -> Sides {
        let Self { sums, order } = self;
        order.into_iter().filter_map(|address| sums.get(&address).map(|sum| (address.clone(), *sum))).collect()
    }
}

/// One side of a transaction; `None` when it cannot be read.
fn side(cells: &Cells<'_>, column: Option<usize>) -> Option<Sides> {
    let column = column?;
    let parsed;
    let list = match cells {
        Cells::Json(values) => match values.get(column).and_then(Option::as_ref) {
            Some(Value::Array(list)) => list,
            None => return Some(Vec::new()),
            Some(_) => return None,
        },
        Cells::Parquet { columns, row } => {
            let nested = columns.get(column)?.as_ref()?;
            match nested.data_type() {
                DataType::List(_) | DataType::LargeList(_) => return nested_side(nested, *row),
                _ => {
                    let Raw::Text(text) = cells.get(column) else { return Some(Vec::new()) };
                    parsed = serde_json::from_str::<Vec<Value>>(text).ok()?;
                    &parsed
                }
            }
        }
        Cells::Csv { .. } => match cells.get(column) {
            Raw::Null => return Some(Vec::new()),
            Raw::Text(text) => {
                parsed = serde_json::from_str::<Vec<Value>>(text).ok()?;
                &parsed
            }
            _ => return None,
        },
    };
    let mut gathering = Gathering::default();
    for part in list {
        let satoshi = part["value"].as_u64().map(i128::from).or_else(|| part["value"].as_str()?.parse().ok())?;
        let addresses: Vec<&str> =
            part["addresses"].as_array().map(|all| all.iter().filter_map(Value::as_str).collect()).unwrap_or_default();
        gathering.add(addresses.join("+"), satoshi)?;
    }
    Some(gathering.finish())
}

/// One side out of a Parquet list of structs.
fn nested_side(list: &ArrayRef, row: usize) -> Option<Sides> {
    if list.is_null(row) {
        return Some(Vec::new());
    }
    let parts = match list.as_list_opt::<i32>() {
        Some(lists) => lists.value(row),
        None => list.as_list_opt::<i64>()?.value(row),
    };
    let parts = parts.as_struct_opt()?;
    let values = parts.column_by_name("value")?;
    let addresses = parts.column_by_name("addresses").or_else(|| parts.column_by_name("address"))?;
    let mut gathering = Gathering::default();
    for place in 0..parts.len() {
        let satoshi = match crate::parquet_file::raw(values, place) {
            Raw::Null => continue, // a coinbase input
            Raw::Integer(satoshi) => i128::from(satoshi),
            Raw::Decimal(value, scale) => {
                money::rescale(value, scale)?.checked_div(COIN).filter(|whole| money::rescale(*whole, 0) == money::rescale(value, scale))?
            }
            // In BTC; a float holds every whole satoshi there can be (21 million times 10^8 is below 2^53).
            #[allow(clippy::cast_possible_truncation)]
            Raw::Number(coins) if (0.0..=21e6).contains(&coins) => (coins * 1e8).round() as i128,
            Raw::Text(text) => text.parse().ok()?,
            _ => return None,
        };
        let address = match crate::parquet_file::raw(addresses, place) {
            Raw::Text(text) => text.to_owned(),
            Raw::Made(text) => text.replace('|', "+"),
            _ => String::new(),
        };
        gathering.add(address, satoshi)?;
    }
    Some(gathering.finish())
}

/// Who paid whom how much, in satoshi.
fn paid<'s>(inputs: &'s Sides, outputs: &'s Sides) -> Vec<(&'s str, &'s str, i128)> {
    let total: i128 = inputs.iter().map(|(_, satoshi)| satoshi).sum();
    let mut paid = Vec::new();
    if inputs.len() * outputs.len() <= PAIRS {
        let mut left: Vec<i128> = inputs.iter().map(|(_, satoshi)| *satoshi).collect();
        for (to, amount) in outputs {
            let mut rest = *amount;
            for (place, (from, satoshi)) in inputs.iter().enumerate() {
                let part = if place + 1 == inputs.len() { rest } else { (amount * satoshi / total).min(rest).min(left[place]) };
                left[place] -= part;
                rest -= part;
                if part > 0 {
                    paid.push((from.as_str(), to.as_str(), part));
                }
            }
        }
        return paid;
    }
    let mut payers = inputs.iter().map(|(from, satoshi)| (from.as_str(), *satoshi));
    let mut payer = payers.next();
    for (to, amount) in outputs {
        let mut rest = *amount;
        while let (true, Some((from, has))) = (rest > 0, payer) {
            let part = rest.min(has);
            paid.push((from, to.as_str(), part));
            rest -= part;
            payer = if has > part { Some((from, has - part)) } else { payers.next() };
        }
    }
    paid
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{Float64Array, Int64Array, ListArray, StringArray, StructArray};
    use arrow_buffer::OffsetBuffer;
    use arrow_schema::Field;
    use proptest::prelude::*;
    use std::sync::Arc;

    fn list_of(parts: Vec<(&str, ArrayRef)>, lengths: [usize; 2]) -> ArrayRef {
        let parts = StructArray::try_from(parts).unwrap();
        let field = Arc::new(Field::new("item", parts.data_type().clone(), true));
        Arc::new(ListArray::new(field, OffsetBuffer::from_lengths(lengths), Arc::new(parts), None))
    }

    #[test]
    fn nested_parquet_gives_what_json_gives() {
        let keys: ArrayRef = Arc::new(StringArray::from(vec!["a", "b", "c"]));
        let names = Arc::new(Field::new("item", DataType::Utf8, true));
        let addresses: ArrayRef = Arc::new(ListArray::new(names, OffsetBuffer::from_lengths([1, 2]), keys, None));
        let etl = list_of(vec![("addresses", addresses), ("value", Arc::new(Int64Array::from(vec![5, 7])))], [2, 0]);
        assert_eq!(nested_side(&etl, 0), Some(vec![("a".to_owned(), 5), ("b+c".to_owned(), 7)]));
        assert_eq!(nested_side(&etl, 1), Some(vec![]));
        let address: ArrayRef = Arc::new(StringArray::from(vec![Some("a"), None, Some("a")]));
        let aws =
            list_of(vec![("address", address), ("value", Arc::new(Float64Array::from(vec![0.1, 1.0, 20_999_999.976_900_01])))], [1, 2]);
        assert_eq!(nested_side(&aws, 0), Some(vec![("a".to_owned(), 10_000_000)]));
        assert_eq!(nested_side(&aws, 1), Some(vec![("a".to_owned(), 2_099_999_997_690_001)]));
        let much = list_of(
            vec![("address", Arc::new(StringArray::from(vec!["a", "b"]))), ("value", Arc::new(Int64Array::from(vec![i64::MAX, 1])))],
            [1, 1],
        );
        assert_eq!(nested_side(&much, 0), None, "more than there can be");
    }

    proptest! {
        #[test]
        fn outputs_are_paid_to_the_last_satoshi(inputs in proptest::collection::vec(1_i128..1_000_000, 1..80), shares in proptest::collection::vec(1_i128..1_000, 1..80)) {
            let total: i128 = inputs.iter().sum();
            let weight: i128 = shares.iter().sum();
            let inputs: Sides = inputs.into_iter().enumerate().map(|(place, satoshi)| (format!("i{place}"), satoshi)).collect();
            let outputs: Sides = shares.into_iter().enumerate().map(|(place, share)| (format!("o{place}"), total * share / weight)).collect();
            let paid = paid(&inputs, &outputs);
            for (to, amount) in &outputs {
                prop_assert_eq!(paid.iter().filter(|(_, other, _)| other == to).map(|(_, _, part)| part).sum::<i128>(), *amount);
            }
            prop_assert!(paid.iter().all(|(_, _, part)| *part > 0));
        }
    }
}
