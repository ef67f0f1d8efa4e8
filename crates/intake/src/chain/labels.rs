//! Labels of addresses from what a user has: our table `labels`, TagPacks, official lists, and plain lists of addresses.
//!
//! Must not know what a label means for anybody. Damaged addresses are refused and named; zero and precompile addresses are
//! kept as written (tracing never takes them for a source).

use super::{json_labels, tagpack, whole};
use crate::cell::time;
use crate::lists::{ListLimits, ListRead, read_list};
use crate::options::{ReadOptions, Wants};
use crate::read::read_reference;
use bonafide_facts::identifier::wallet;
use bonafide_facts::tables::money::Label;
use bonafide_facts::text::printable;
use bonafide_facts::{Files, Place, RowId, Tables, Trouble};
use std::collections::BTreeMap;
use std::path::Path;

/// A label as a reader found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub line: u64,
    pub address: String,
    pub chain: String,
    pub category: String,
    pub name: String,
    pub source: String,
    pub said_at: Option<String>,
    pub lead_only: bool,
}

/// What was read.
#[derive(Debug, Clone, Default)]
pub struct LabelsRead {
    /// Labels, in the order of the file.
    pub labels: Vec<Label>,
    /// An official list, when the file was one.
    pub list: Option<ListRead>,
    /// What went wrong.
    pub troubles: Vec<Trouble>,
}

/// Reads labels from a file. `lane` is what a plain list of addresses (one a line, or a CSV with a column `address`) means; a
/// file that says it itself needs none.
///
/// # Errors
/// When the file cannot be read, or is a plain list and no lane was told.
pub fn read_labels(path: &Path, lane: Option<&str>, files: &mut Files) -> Result<LabelsRead, Trouble> {
    let shown = printable(&path.to_string_lossy(), 200);
    if path.is_dir() {
        let list = read_list(path, files, &ListLimits::default())?;
        return Ok(LabelsRead { troubles: list.troubles.clone(), list: Some(list), ..LabelsRead::default() });
    }
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    if matches!(ending.as_str(), "parquet" | "pq" | "jsonl" | "ndjson" | "gz" | "zst") {
        return table(path, files);
    }
    let (bytes, _) = whole(path, 1 << 30)?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_start_matches('\u{feff}');
    let header: Vec<String> = text.lines().next().unwrap_or("").split([',', ';', '\t']).map(super::columns::folded).collect();
    let has = |name: &str| header.iter().any(|cell| cell == name);
    if has("address") && has("category") {
        return table(path, files);
    }
    if matches!(ending.as_str(), "yaml" | "yml") {
        let Some(found) = tagpack::read(text) else {
            let mend = "give a GraphSense TagPack: title, label, tags with address and currency";
            return Err(Trouble::error("bad-tagpack", Some(Place::file(&shown)), "is no TagPack that can be read", mend));
        };
        return Ok(rows(found, files.add(&shown), &shown));
    }
    if ending == "json"
        && let Some(mut found) = json_labels::read(text, file_name(&shown))
    {
        for one in found.iter_mut().filter(|one| lane.is_some() || one.category.is_empty()) {
            lane.ok_or_else(|| no_lane(&shown))?.clone_into(&mut one.category);
            one.lead_only = lane == Some("community");
        }
        return Ok(rows(found, files.add(&shown), &shown));
    }
    if has("address") || plain(text) {
        let lane = lane.ok_or_else(|| no_lane(&shown))?;
        let number = files.add(&shown);
        if has("address") {
            return Ok(rows(of_csv(text, lane, &shown), number, &shown));
        }
        let (found, others): (Vec<Found>, Vec<Found>) =
            of_lines(text, lane, &shown).into_iter().partition(|one| !matches!(wallet::parse(&one.address), Err(wallet::Refused::Unknown)));
        let mut read = rows(found, number, &shown);
        read.troubles.extend(others.iter().map(|one| {
            let what = format!("`{}` is no address: the line is left out", printable(&one.address, 100));
            Trouble::warning("no-address", Some(Place::line(&shown, one.line)), what, "nothing, unless an address was spoilt")
        }));
        return Ok(read);
    }
    let list = read_list(path, files, &ListLimits::default())?;
    Ok(LabelsRead { troubles: list.troubles.clone(), list: Some(list), ..LabelsRead::default() })
}

fn no_lane(shown: &str) -> Trouble {
    let mend = "say what its addresses are: --labels theft=FILE (or listed_dprk, listed_other, law_enforcement, frozen, mixer, bridge, exchange, service, community)";
    Trouble::error("no-lane", Some(Place::file(shown)), "is a plain list of addresses and says nothing of them", mend)
}

/// Our own table.
fn table(path: &Path, files: &mut Files) -> Result<LabelsRead, Trouble> {
    let read = read_reference(path, "labels", &Wants::all(), &ReadOptions::default(), files)?;
    let tables: Tables = read.tables;
    Ok(LabelsRead { labels: tables.rows(), list: None, troubles: read.troubles })
}

/// Whether a text is addresses, one a line; single lines may be something else (a key, a heading) and are told.
fn plain(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).take(50).collect();
    let addresses = lines.iter().filter(|line| !matches!(wallet::parse(line), Err(wallet::Refused::Unknown))).count();
    addresses > 0 && addresses * 2 >= lines.len()
}

fn of_lines(text: &str, lane: &str, shown: &str) -> Vec<Found> {
    let lines = text.lines().enumerate().map(|(line, text)| (line as u64 + 1, text.trim()));
    let found = |(line, address): (u64, &str)| Found {
        line,
        address: address.to_owned(),
        chain: String::new(),
        category: lane.to_owned(),
        name: format!("address in {}", file_name(shown)),
        source: file_name(shown).to_owned(),
        said_at: None,
        lead_only: lane == "community",
    };
    lines.filter(|(_, text)| !text.is_empty() && !text.starts_with('#')).map(found).collect()
}

fn of_csv(text: &str, lane: &str, shown: &str) -> Vec<Found> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let headers: Vec<String> = reader.headers().map(|headers| headers.iter().map(super::columns::folded).collect()).unwrap_or_default();
    let of = |wanted: &[&str]| super::columns::place(&headers, wanted);
    let (address, name, source, chain) = (of(&["address"]), of(&["name", "label", "entity"]), of(&["source"]), of(&["chain", "currency"]));
    let mut found = Vec::new();
    for record in reader.records().flatten() {
        let cell = |column: Option<usize>| column.and_then(|column| record.get(column)).map(str::trim).filter(|cell| !cell.is_empty());
        let Some(address) = cell(address) else { continue };
        found.push(Found {
            line: record.position().map_or(1, csv::Position::line),
            address: address.to_owned(),
            chain: cell(chain).unwrap_or("").to_owned(),
            category: lane.to_owned(),
            name: cell(name).map_or_else(|| format!("address in {}", file_name(shown)), str::to_owned),
            source: cell(source).unwrap_or_else(|| file_name(shown)).to_owned(),
            said_at: None,
            lead_only: lane == "community",
        });
    }
    found
}

fn file_name(shown: &str) -> &str {
    shown.rsplit('/').next().unwrap_or(shown)
}

fn rows(found: Vec<Found>, file: u32, shown: &str) -> LabelsRead {
    let mut read = LabelsRead::default();
    let mut damaged: BTreeMap<&'static str, (u64, u64, String)> = BTreeMap::new();
    for Found { line, address, chain, category, name, source, said_at, lead_only } in found {
        if let Err(reason) = wallet::parse(&address)
            && reason.is_damage()
        {
            damaged.entry(reason.sentence()).or_insert((0, line, address)).0 += 1;
            continue;
        }
        let seen_at = said_at.and_then(|text| time::parse(&text, None).ok());
        read.labels.push(Label {
            row_id: RowId::new(file, line).0,
            chain: Some(chain),
            address: Some(address),
            category: Some(category),
            name: Some(name),
            source: Some(source),
            seen_at,
            lead_only: Some(lead_only),
            ..Label::default()
        });
    }
    for (sentence, (count, line, address)) in damaged {
        let what = format!("label for `{}` is refused: {sentence}", printable(&address, 100));
        let mut trouble =
            Trouble::warning("damaged-label", Some(Place::line(shown, line)), what, "take the addresses from their publisher");
        trouble.count = count;
        read.troubles.push(trouble);
    }
    read
}

/// The lane that words of a TagPack mean, the most particular first. `community` when none is known: a lead, never more.
/// Source of the words: INTERPOL dark web and virtual assets taxonomy, as TagPacks use it.
pub(super) fn lane_of_words(words: &[Option<&str>]) -> &'static str {
    const KNOWN: [(&[&str], &str); 9] = [
        (&["sanction", "ofac"], "listed_other"),
        (&["service_hack", "hack", "theft", "exploit", "stolen"], "theft"),
        (&["black_list", "blacklist", "frozen"], "frozen"),
        (&["seized", "seizure"], "law_enforcement"),
        (&["mixing_service", "mixer", "tornado", "coinjoin", "tumbler"], "mixer"),
        (&["bridge", "swap", "cross_chain"], "bridge"),
        (&["exchange", "cex"], "exchange"),
        (&["hosted_wallet", "payment_processor", "market", "gambling", "miner", "defi", "service", "organization"], "service"),
        (&["user"], "community"),
    ];
    let texts: Vec<String> = words.iter().flatten().map(|word| word.to_lowercase()).collect();
    KNOWN
        .iter()
        .find(|(known, _)| texts.iter().any(|text| known.iter().any(|word| text.contains(word))))
        .map_or("community", |(_, lane)| lane)
}
