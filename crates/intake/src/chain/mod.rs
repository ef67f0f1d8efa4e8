//! Transfers of coin from the files that chain extractors, explorers and our own tables write, as a stream: one reader a
//! source, told by its headers and never by the file's name.
//!
//! Must not know labels, methods or judgements. A row that cannot be read is a trouble with its line; addresses and amounts
//! are kept as the chain has them (amounts exact, in 10^-18 of the asset).

mod bitcoin_etl;
mod blocks;
mod blockscout;
mod columns;
mod cryo;
mod document;
mod ethereum_etl;
mod etherscan;
mod flat;
mod json_labels;
mod labels;
mod own;
mod solana;
mod tagpack;
mod tokens;
mod tron;
mod tronscan;
mod value;

use crate::folder::{Form, Found};
use crate::open::{Content, digest};
use crate::options::ReadOptions;
use crate::read::open_records;
use crate::record::Records;
use crate::tally::{NO_COLUMN, Tally};
use blocks::Blocks;
use bonafide_facts::text::printable;
use bonafide_facts::{Files, Place, RawTransfer, Severity, Trouble, table};
use flat::Flat;
pub use labels::{LabelsRead, read_labels};
use std::path::{Path, PathBuf};
use tokens::Tokens;

/// How to read.
#[derive(Debug, Clone, Default)]
pub struct ChainOptions {
    /// Limits, as for case folders.
    pub read: ReadOptions,
    /// Chain of files that do not name one (ethereum-etl, cryo, Etherscan); `ethereum` when `None`.
    pub chain: Option<String>,
}

/// One file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainFile {
    /// As given.
    pub path: String,
    /// Id of the form that was recognised, e.g. `ethereum-etl-token-transfers`.
    pub form: &'static str,
    /// SHA-256 as it lies, 64 hex digits.
    pub sha256: String,
    /// Size as it lies, bytes.
    pub bytes: u64,
    /// Transfers it gave.
    pub transfers: u64,
    /// Records that gave none for a reason in the troubles.
    pub skipped: u64,
    /// Records that are no movement of coin (failed, no value, delegate calls).
    pub idle: u64,
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChainRead {
    /// The files, in the order they were read.
    pub files: Vec<ChainFile>,
    /// What went wrong.
    pub troubles: Vec<Trouble>,
}

/// The forms of transfers that are read: id and title.
#[must_use]
pub fn forms() -> Vec<(&'static str, &'static str)> {
    let own = FLAT.iter().map(|flat| (flat.id, flat.title));
    own.chain([(bitcoin_etl::ID, "bitcoin-etl transactions with their inputs and outputs")]).collect()
}

/// All flat forms, the more particular first.
static FLAT: &[Flat] = &[
    etherscan::TOKENS,
    etherscan::INTERNAL,
    etherscan::NATIVE,
    etherscan::JSON_TOKENS,
    etherscan::JSON_NATIVE,
    etherscan::JSON_INTERNAL,
    blockscout::TOKENS,
    blockscout::INTERNAL,
    blockscout::NATIVE,
    tronscan::JSON_TOKENS,
    tronscan::JSON_NATIVE,
    solana::SOLSCAN,
    tronscan::TOKENS,
    tronscan::NATIVE,
    own::TRANSFERS,
    own::EXPLORER_QUERY,
    cryo::ERC20,
    cryo::NATIVE,
    cryo::TRACES,
    ethereum_etl::TOKENS,
    ethereum_etl::TRACES,
    ethereum_etl::TRANSACTIONS,
    tron::TRANSFERS,
    solana::TRANSFERS,
];

enum What {
    Flat(&'static Flat),
    Bitcoin,
    Blocks,
    Tokens,
}

/// A file of a known form.
struct Known {
    found: Found,
    number: u32,
    what: What,
    /// Digest and size as it lies, when the reader does not see the file itself.
    lies: Option<(String, u64)>,
}

/// Reads the transfers of a file, or of all files of a folder, and hands each to `sink` in the order of the files' names and
/// lines. Files of blocks (number and timestamp) and tokens (address, symbol, decimals) are read first and joined.
///
/// # Errors
/// When the path cannot be read at all or no file in it is known.
pub fn read_transfers(
    path: &Path,
    files: &mut Files,
    options: &ChainOptions,
    sink: &mut dyn FnMut(&RawTransfer<'_>),
) -> Result<ChainRead, Trouble> {
    let mut read = ChainRead::default();
    let mut known = Vec::new();
    for path in list(path, options)? {
        let (found, lies) = match found(&path) {
            Err(trouble) if trouble.code == "bad-document" => {
                read.troubles.push(Trouble { severity: Severity::Warning, ..trouble });
                continue;
            }
            found => found?,
        };
        let number = files.add(&found.name);
        let mut tally = Tally::new(&found.name, options.read.limits.listed_troubles);
        match open_records(&found, &options.read, &score, &mut tally) {
            Ok(mut records) => match recognise(records.as_mut(), &mut tally) {
                Some(what) => known.push(Known { found, number, what, lies }),
                None => tally.whole(
                    Severity::Warning,
                    "unknown-transfers",
                    "no form of transfers that is read has these headers: the file is not read",
                    known_forms(),
                ),
            },
            Err(what) => tally.whole(Severity::Warning, "unreadable-file", what, "export or copy the file again"),
        }
        read.troubles.extend(tally.finish());
    }
    if known.is_empty() {
        let place = Place::file(printable(&path.to_string_lossy(), 200));
        return Err(Trouble::error("nothing-to-read", Some(place), "holds no transfers that can be read", known_forms()));
    }
    read.troubles.extend(drop_twice(&mut known));
    let (mut blocks, mut tokens) = (Blocks::default(), Tokens::bundled());
    for Known { found, what, .. } in &known {
        let mut tally = Tally::new(&found.name, options.read.limits.listed_troubles);
        let form = match what {
            What::Blocks => blocks.read(records(found, options, &mut tally)?, &mut tally).map(|rows| ("blocks", rows)),
            What::Tokens => tokens.read(records(found, options, &mut tally)?, &mut tally).map(|rows| ("tokens", rows)),
            _ => None,
        };
        if let Some((form, (rows, skipped, (sha256, bytes)))) = form {
            read.files.push(ChainFile { path: found.name.clone(), form, sha256, bytes, transfers: 0, skipped, idle: rows });
        }
        read.troubles.extend(tally.finish());
    }
    for Known { found, number, what, lies } in &known {
        let mut tally = Tally::new(&found.name, options.read.limits.listed_troubles);
        let records = records(found, options, &mut tally)?;
        let mut reading = Reading {
            file: *number,
            blocks: &blocks,
            tokens: &tokens,
            options,
            tally: &mut tally,
            sink,
            given: 0,
            skipped: 0,
            idle: 0,
            undated: 0,
        };
        let (form, digest) = match what {
            What::Flat(flat) => (flat.id, flat::read(flat, records, &mut reading)),
            What::Bitcoin => (bitcoin_etl::ID, bitcoin_etl::read(records, &mut reading)),
            What::Blocks | What::Tokens => continue,
        };
        let digest = lies.clone().unwrap_or(digest);
        let (transfers, skipped, idle, undated) = (reading.given, reading.skipped, reading.idle, reading.undated);
        if undated > 0 {
            let what =
                format!("{undated} transfers have a block and no time: their order is that of the blocks, and their days are unknown");
            tally.whole(Severity::Warning, "no-block-times", what, "put the blocks file (number, timestamp) beside the transfers");
        }
        read.files.push(ChainFile { path: found.name.clone(), form, sha256: digest.0, bytes: digest.1, transfers, skipped, idle });
        read.troubles.extend(tally.finish());
    }
    Ok(read)
}

/// Traces hold what transactions and native transfers hold, and more: with both, the same coin would move twice.
fn drop_twice(known: &mut Vec<Known>) -> Vec<Trouble> {
    let id = |what: &What| if let What::Flat(flat) = what { flat.id } else { "" };
    let mut troubles = Vec::new();
    for (traces, within) in [(ethereum_etl::TRACES.id, ethereum_etl::TRANSACTIONS.id), (cryo::TRACES.id, cryo::NATIVE.id)] {
        if !known.iter().any(|one| id(&one.what) == traces) {
            continue;
        }
        known.retain(|Known { found, what, .. }| {
            let twice = id(what) == within;
            if twice {
                let says = "its transfers are in the traces beside it: the file is left out, so that nothing counts twice";
                troubles.push(Trouble::note(
                    "in-traces",
                    Some(Place::file(&found.name)),
                    says,
                    "nothing, if the traces cover the same blocks",
                ));
            }
            !twice
        });
    }
    troubles
}

/// What readers share while one file is read.
pub(crate) struct Reading<'a> {
    file: u32,
    blocks: &'a Blocks,
    tokens: &'a Tokens,
    options: &'a ChainOptions,
    tally: &'a mut Tally,
    sink: &'a mut dyn FnMut(&RawTransfer<'_>),
    given: u64,
    skipped: u64,
    idle: u64,
    undated: u64,
}

impl Reading<'_> {
    fn give(&mut self, transfer: &RawTransfer<'_>) {
        self.given += 1;
        if transfer.at.is_none() {
            self.undated += 1;
        }
        (self.sink)(transfer);
    }

    /// A record that cannot be used.
    fn refuse(&mut self, code: &'static str, line: u64, column: usize, what: impl FnOnce() -> String, mend: &str) {
        self.skipped += 1;
        self.tally.warning(code, line, column, || (what(), mend.to_owned()));
    }
}

fn known_forms() -> String {
    let ids: Vec<&str> = forms().into_iter().map(|(id, _)| id).collect();
    format!("give one of: {}", ids.join(", "))
}

fn score(names: &[String]) -> usize {
    FLAT.iter().map(|flat| flat.matches(names)).max().unwrap_or(0)
}

fn recognise(records: &mut dyn Records, tally: &mut Tally) -> Option<What> {
    // JSON Lines name their columns as they come: look at the first record.
    if records.names().is_empty() {
        records.advance(tally);
    }
    let names: Vec<String> = records.names().iter().map(|name| columns::folded(name)).collect();
    if bitcoin_etl::is(&names) {
        return Some(What::Bitcoin);
    }
    if let Some(flat) = FLAT.iter().find(|flat| flat.fits(&names)) {
        return Some(What::Flat(flat));
    }
    if blocks::is(&names) {
        return Some(What::Blocks);
    }
    tokens::is(&names).then_some(What::Tokens)
}

fn records(found: &Found, options: &ChainOptions, tally: &mut Tally) -> Result<Box<dyn Records>, Trouble> {
    open_records(found, &options.read, &score, tally)
        .map_err(|what| Trouble::error("unreadable-file", Some(Place::file(&found.name)), what, "export or copy the file again"))
}

/// The files of a folder by name, or the file itself.
fn list(path: &Path, options: &ChainOptions) -> Result<Vec<PathBuf>, Trouble> {
    let shown = printable(&path.to_string_lossy(), 200);
    let broken = |error: &std::io::Error| {
        Trouble::error(
            "io",
            Some(Place::file(&shown)),
            format!("it cannot be read: {error}"),
            "check that the path is right and may be used",
        )
    };
    if !path.metadata().map_err(|error| broken(&error))?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path).map_err(|error| broken(&error))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.retain(|path| path.is_file() && path.file_name().is_some_and(|name| Form::of(&name.to_string_lossy()).is_some()));
    paths.sort();
    if paths.len() > options.read.limits.files {
        let what = format!("the folder holds {} files, at most {} are read", paths.len(), options.read.limits.files);
        return Err(Trouble::error("too-many-files", Some(Place::file(&shown)), what, "give a folder for each run, or join the files"));
    }
    Ok(paths)
}

/// The file, and its digest and size where its content is not read as it lies.
#[allow(clippy::type_complexity)] // told in the line above
fn found(path: &Path) -> Result<(Found, Option<(String, u64)>), Trouble> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let form = Form::of(&name).map_or(Form::Csv, |(_, form)| form);
    let Some(table) = table("transfers") else {
        return Err(Trouble::error(
            "unknown-table",
            None,
            "table `transfers` is not declared",
            "this is a defect of Bonafide: please report it",
        ));
    };
    let name = printable(&path.to_string_lossy(), 200);
    let lines = if form == Form::Json { as_lines(path, &name)? } else { None };
    let (content, lies) = lines.map_or_else(|| (Content::Path(path.to_owned()), None), |(lines, lies)| (lines, Some(lies)));
    Ok((Found { name, content, table, form }, lies))
}

/// Bytes of a JSON document that is read; a larger file is taken for JSON Lines.
const DOCUMENT: u64 = 1 << 28;

/// The lines of a JSON document; `None` when the file is no document (or one that is compressed, which is read as lines).
#[allow(clippy::type_complexity)] // the content, and digest and size of the file
fn as_lines(path: &Path, name: &str) -> Result<Option<(Content, (String, u64))>, Trouble> {
    let fits = path.metadata().is_ok_and(|meta| meta.len() <= DOCUMENT);
    if !fits || !path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
        return Ok(None);
    }
    let (bytes, sha256) = whole(path, DOCUMENT)?;
    let size = bytes.len() as u64;
    let Ok(text) = String::from_utf8(bytes) else { return Ok(None) };
    match document::lines(&text) {
        None => Ok(None),
        Some(Ok(lines)) => Ok(Some((Content::Bytes(lines.into_bytes().into()), (sha256, size)))),
        Some(Err(what)) => {
            let mend = "save the explorer's answer again, whole, with its list of transfers";
            Err(Trouble::error("bad-document", Some(Place::file(name)), what, mend))
        }
    }
}

/// The whole file, for formats that are read at once: bytes within the limit.
fn whole(path: &Path, limit: u64) -> Result<(Vec<u8>, String), Trouble> {
    let shown = printable(&path.to_string_lossy(), 200);
    let place = || Some(Place::file(&shown));
    let broken = |error: std::io::Error| {
        Trouble::error("io", place(), format!("it cannot be read: {error}"), "check that the path is right and may be used")
    };
    let size = path.metadata().map_err(broken)?.len();
    if size > limit {
        return Err(Trouble::error("file-too-large", place(), format!("it has {size} bytes, at most {limit} are read"), "split the file"));
    }
    let bytes = std::fs::read(path).map_err(broken)?;
    let sha256 = digest(&Content::Path(path.to_owned())).map(|(sha256, _)| sha256).unwrap_or_default();
    Ok((bytes, sha256))
}

/// The column that means a whole record, for troubles.
const ROW: usize = NO_COLUMN;

/// No chain has an address, a transaction id or an asset's symbol of so many bytes: a longer one is damage or mischief.
const IDENTIFIER_BYTES: usize = 1024;

/// What is said of a transfer with a longer one.
fn too_long(bytes: usize) -> String {
    format!("an address, asset or transaction id has {bytes} bytes, at most {IDENTIFIER_BYTES} are read: the row is skipped")
}
