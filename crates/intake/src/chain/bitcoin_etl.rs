//! bitcoin-etl transactions with their inputs and outputs, as JSON Lines or CSV with JSON in the cells.
//!
//! A transaction pools its inputs: each output is paid by each input in proportion, in whole satoshi (the last input pays the
//! rest), so that no coin is made or lost; the fee stays out. Above [`PAIRS`] pairs inputs pay outputs in their order.
//! Source: blockchain-etl/bitcoin-etl, README (transactions.json). Must not know other sources.

use super::columns::{folded, place};
use super::{IDENTIFIER_BYTES, ROW, Reading, too_long, value};
use crate::cell::money;
use crate::record::{Cells, Raw, Records};
use bonafide_facts::{RawTransfer, RowId};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Stable id.
pub(super) const ID: &str = "bitcoin-etl-transactions";
/// Pairs of input and output addresses of one transaction that are written out.
const PAIRS: usize = 4096;

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
        for (index, (from, to, amount)) in (0_i64..).zip(paid(&inputs, &outputs)) {
            let Some(amount) = money::rescale(amount, 8) else { continue };
            let transaction = hash.as_deref();
            reading.give(&RawTransfer {
                chain: "bitcoin",
                asset: "BTC",
                from,
                to,
                at,
                block,
                transaction,
                log_index: Some(index),
                amount,
                usd: None,
                row,
            });
        }
    }
    reading.skipped += records.skipped();
    records.finish()
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
        _ => match cells.get(column) {
            Raw::Null => return Some(Vec::new()),
            Raw::Text(text) => {
                parsed = serde_json::from_str::<Vec<Value>>(text).ok()?;
                &parsed
            }
            _ => return None,
        },
    };
    let (mut sums, mut order): (BTreeMap<String, i128>, Vec<String>) = Default::default();
    for part in list {
        let satoshi = part["value"].as_u64().map(i128::from).or_else(|| part["value"].as_str()?.parse().ok())?;
        let addresses: Vec<&str> =
            part["addresses"].as_array().map(|all| all.iter().filter_map(Value::as_str).collect()).unwrap_or_default();
        // Bare multisignature outputs name several keys; they are one holder. Outputs that name none (OP_RETURN) hold nothing.
        let address = addresses.join("+");
        if address.is_empty() || satoshi <= 0 {
            continue;
        }
        let sum = sums.entry(address.clone()).or_insert_with(|| {
            order.push(address);
            0
        });
        *sum = sum.checked_add(satoshi)?;
    }
    Some(order.into_iter().filter_map(|address| sums.get(&address).map(|sum| (address.clone(), *sum))).collect())
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
    use proptest::prelude::*;

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
