//! Adapters: YAML files that say how a product's export becomes rows of our tables.
//!
//! Must not know any product; `adapters/*.yml` do. Adding one is its YAML and a sample.

use crate::options::{Progress, ReadOptions};
use crate::plan::{From, Output, drop_forbidden, folded, forbidden};
use crate::read::{CaseRead, read_export};
use crate::sink::Sink;
use crate::tally::Tally;
use bonafide_facts::text::printable;
use bonafide_facts::{Table, Trouble, table};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

include!(concat!(env!("OUT_DIR"), "/adapters.rs"));

/// What an adapter is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdapterInfo {
    /// The word on the command line.
    pub id: String,
    /// One line.
    pub title: String,
    /// Where the export's form is documented.
    pub source: String,
    /// The tables it fills.
    pub tables: Vec<String>,
}

/// One adapter as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Adapter {
    id: String,
    title: String,
    source: String,
    /// Source columns without which the file is of another product.
    needs: Vec<String>,
    tables: Vec<AdapterTable>,
}

/// Rows of one table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct AdapterTable {
    table: String,
    /// Source column -> the words with which a record makes a row.
    #[serde(default)]
    only_if: BTreeMap<String, Vec<String>>,
    columns: BTreeMap<String, AdapterCell>,
}

/// Where a column's value comes from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct AdapterCell {
    /// Source columns; the first the file has.
    #[serde(default)]
    from: Vec<String>,
    /// The same text in each row.
    #[serde(default)]
    constant: Option<String>,
    /// Their word -> ours; `*` for any other.
    #[serde(default)]
    words: BTreeMap<String, String>,
}

fn parse(file: &str, text: &str) -> Result<Adapter, Trouble> {
    serde_saphyr::from_str::<Adapter>(text).map_err(|error| {
        let what = format!("adapters/{file}: {}", printable(&error.to_string(), 200));
        Trouble::error("adapter-broken", None, what, "mend the adapter's YAML")
    })
}

/// All adapters, by id.
#[must_use]
pub fn adapters() -> Vec<AdapterInfo> {
    let info = |adapter: Adapter| AdapterInfo {
        tables: adapter.tables.into_iter().map(|table| table.table).collect(),
        id: adapter.id,
        title: adapter.title,
        source: adapter.source,
    };
    EMBEDDED.iter().filter_map(|(file, text)| parse(file, text).ok()).map(info).collect()
}

/// Reads a product's export through the adapter `id`.
///
/// # Errors
/// When there is no such adapter, the file cannot be read, or it is not this product's export.
pub fn import_adapter(id: &str, path: &Path, options: &ReadOptions, progress: &mut dyn FnMut(Progress)) -> Result<CaseRead, Trouble> {
    for (file, text) in EMBEDDED {
        let adapter = parse(file, text)?;
        if adapter.id == id {
            let read = read_export(path, &adapter, options, progress)?;
            return match read.troubles.iter().find(|trouble| trouble.code == "other-product") {
                Some(trouble) => Err(trouble.clone()),
                None => Ok(read),
            };
        }
    }
    let known = adapters().into_iter().map(|adapter| adapter.id).collect::<Vec<_>>().join(", ");
    Err(Trouble::error("no-adapter", None, format!("no adapter is called `{}`", printable(id, 60)), format!("use one of: {known}")))
}

impl Adapter {
    /// Whether a source column is used.
    pub(crate) fn reads(&self, header: &str) -> bool {
        let key = folded(header);
        let cells = self.tables.iter().flat_map(|table| table.columns.values());
        cells.flat_map(|cell| &cell.from).chain(self.tables.iter().flat_map(|table| table.only_if.keys())).any(|from| folded(from) == key)
    }

    /// Plans a file with these source columns.
    pub(crate) fn plan(
        &self,
        sinks: &mut Vec<Sink>,
        sink_of: &mut dyn FnMut(&mut Vec<Sink>, &'static Table) -> usize,
        names: &[String],
        fresh: usize,
        line: u64,
        tally: &mut Tally,
    ) -> Vec<Output> {
        let usable = |name: &str| {
            names.iter().position(|other| folded(other) == folded(name)).filter(|at| names.get(*at).is_some_and(|name| !forbidden(name)))
        };
        for (source, name) in names.iter().enumerate().skip(fresh).filter(|(_, name)| forbidden(name)) {
            drop_forbidden(name, line, source, tally);
        }
        if let Some(missing) = self.needs.iter().find(|name| usable(name).is_none()).filter(|_| fresh == 0) {
            let what = format!("it is no export of {}: it has no `{missing}`", self.title);
            tally.whole(bonafide_facts::Severity::Error, "other-product", what, "choose the adapter of the product that wrote it");
        }
        let mut outputs = Vec::new();
        for wanted in &self.tables {
            let Some(table) = table(&wanted.table) else { continue };
            let sink = sink_of(sinks, table);
            let Some(columns) = sinks.get(sink).map(|sink| sink.columns.clone()) else { continue };
            let cell = |column: &str| {
                let Some(cell) = wanted.columns.get(column) else { return From::Nothing };
                match (cell.from.iter().find_map(|name| usable(name)), &cell.constant) {
                    (Some(source), _) if cell.words.is_empty() => From::Cell(source),
                    (Some(source), _) => From::Worded(source, cell.words.clone()),
                    (None, Some(text)) => From::Constant(text.clone()),
                    (None, None) => From::Nothing,
                }
            };
            let cells = columns.iter().map(|column| cell(column.name)).collect();
            // A kind the file does not name is a kind no record has.
            let only_if = wanted.only_if.iter().map(|(name, words)| (usable(name).unwrap_or(usize::MAX), words.clone())).collect();
            let lead = table.name == "subjects";
            outputs.push(Output { only_if, lead, once: lead, ..Output::new(sink, cells) });
        }
        outputs
    }
}
