//! Times of blocks: files of blocks with a number and a timestamp (ethereum-etl, cryo).
//!
//! Must not know transfers.

use super::columns::{folded, place};
use super::value;
use crate::record::Records;
use crate::tally::{NO_COLUMN, Tally};
use std::collections::HashMap;

const NUMBER: &[&str] = &["number", "block_number"];
const TIME: &[&str] = &["timestamp", "block_timestamp"];

/// Whether these folded headers are those of a file of blocks.
pub(super) fn is(names: &[String]) -> bool {
    place(names, NUMBER).is_some()
        && place(names, TIME).is_some()
        && place(names, &["miner", "author", "gas_used", "parent_hash", "hash", "block_hash"]).is_some()
        && place(names, &["from", "from_address", "to", "to_address", "value"]).is_none()
        || names.len() == 2 && place(names, NUMBER).is_some() && place(names, TIME).is_some()
}

/// Microseconds since 1970 by block number.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    times: HashMap<i64, i64>,
}

impl Blocks {
    /// The time of a block.
    pub(super) fn time(&self, block: i64) -> Option<i64> {
        self.times.get(&block).copied()
    }

    /// Reads a file: (blocks, records skipped, digest and size).
    #[allow(clippy::type_complexity)] // told in the line above
    pub(super) fn read(&mut self, mut records: Box<dyn Records>, tally: &mut Tally) -> Option<(u64, u64, (String, u64))> {
        let names: Vec<String> = records.names().iter().map(|name| folded(name)).collect();
        let (number, time) = (place(&names, NUMBER), place(&names, TIME));
        records.select(&|column| Some(column) == number || Some(column) == time);
        let (mut rows, mut skipped) = (0, 0);
        while records.advance(tally) {
            let record = records.record();
            if let (Some(block), Some(at)) = (value::integer(&record.cells, number), value::instant(&record.cells, time)) {
                self.times.insert(block, at);
                rows += 1;
            } else {
                skipped += 1;
                let what = || ("the row has no block number or no time: it is skipped".to_owned(), "export the blocks again".to_owned());
                tally.warning("bad-block", record.line, NO_COLUMN, what);
            }
        }
        Some((rows, skipped + records.skipped(), records.finish()))
    }
}
