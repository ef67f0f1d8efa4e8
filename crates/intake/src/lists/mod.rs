//! Official lists: one reader a publisher, all to the same rows (`list_entries` and its companions).
//!
//! Names, identifiers and dates are kept as printed. Must not know how names are compared. Hostile files are bounded: no entity is expanded, nesting
//! and record size are limited, a bad record is a trouble and never ends the file.

pub mod asked;
pub mod chain;
pub mod dates;
mod delimited;
mod eu_fsf;
mod ftm;
pub mod label;
mod ofac_advanced;
mod ofac_csv;
mod ofac_xml;
mod own_csv;
mod rows;
mod uk;
mod un;
pub mod xml;

use bonafide_facts::Trouble;
use bonafide_facts::place::Place;
use bonafide_facts::tables::world::{ListAddress, ListDate, ListEntry, ListIdentifier, ListName, ListProgramme};
use bonafide_facts::{Files, Tables};
pub(crate) use rows::Rows;
use std::path::{Path, PathBuf};

/// Bounds of one list file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListLimits {
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Bytes of text in one record.
    pub record_bytes: usize,
    /// Nesting of XML elements.
    pub depth: usize,
    /// Entries.
    pub entries: usize,
    /// Troubles kept one by one.
    pub troubles: usize,
}

impl Default for ListLimits {
    fn default() -> Self {
        Self { file_bytes: 1 << 30, record_bytes: 4 << 20, depth: 48, entries: 5_000_000, troubles: 100 }
    }
}

/// What a list file held.
#[derive(Debug, Clone, Default)]
pub struct ListRead {
    /// List id: `ofac-sdn`, `ofac-cons`, `un-sc`, `eu-fsf`, `uk`, or what the file says.
    pub list: String,
    /// Day of publication as the file says, `YYYY-MM-DD`.
    pub published: Option<String>,
    /// Number of entries the file says it has.
    pub announced: Option<u64>,
    /// SHA-256 of the file (of all its parts, in order).
    pub digest: String,
    /// Entries.
    pub entries: Vec<ListEntry>,
    /// Names.
    pub names: Vec<ListName>,
    /// Identifiers.
    pub identifiers: Vec<ListIdentifier>,
    /// Addresses.
    pub addresses: Vec<ListAddress>,
    /// Programmes.
    pub programmes: Vec<ListProgramme>,
    /// Dates.
    pub dates: Vec<ListDate>,
    /// What went wrong.
    pub troubles: Vec<Trouble>,
}

impl ListRead {
    /// Adds the rows to the tables.
    ///
    /// # Errors
    /// When the tables already hold rows of another schema: a broken invariant.
    pub fn add_to(&self, tables: &mut Tables) -> Result<(), Trouble> {
        tables.add_rows(&self.entries)?;
        tables.add_rows(&self.names)?;
        tables.add_rows(&self.identifiers)?;
        tables.add_rows(&self.addresses)?;
        tables.add_rows(&self.programmes)?;
        tables.add_rows(&self.dates)
    }
}

/// A text file of a list, in UTF-8, with its number for row ids.
pub(crate) struct Text {
    pub(crate) name: String,
    pub(crate) number: u32,
    pub(crate) text: String,
}

/// Reads one list from a file, or from a folder that holds one list in several files (OFAC's sdn.csv, alt.csv, add.csv, sdn_comments.csv).
///
/// # Errors
/// When the file cannot be opened, is larger than the limits, or is no list that is known.
pub fn read_list(path: &Path, files: &mut Files, limits: &ListLimits) -> Result<ListRead, Trouble> {
    let mut paths: Vec<PathBuf> = match path.is_dir() {
        true => std::fs::read_dir(path)
            .map_err(|error| open_trouble(path, &error))?
            .filter_map(|item| item.ok().map(|item| item.path()))
            .filter(|path| path.is_file())
            .collect(),
        false => vec![path.to_owned()],
    };
    if paths.is_empty() {
        let place = Some(Place::file(path.display().to_string()));
        return Err(Trouble::error("list-empty", place, "holds no file", "put the publisher's files of one list into it"));
    }
    paths.sort();
    let mut parts = Vec::new();
    for path in paths {
        let bytes = read_bytes(&path, limits)?;
        parts.push((path.display().to_string(), bytes));
    }
    let bytes: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    read_parts(&bytes, files, limits)
}

/// The OFAC list that a file of this name holds: its name says `cons`, or it lies in the store under `ofac-cons`. A folder elsewhere on the way says nothing.
pub(crate) fn ofac_list(name: &str) -> String {
    let mut parts = name.rsplit(['/', '\\']);
    let consolidated = parts.next().is_some_and(|file| file.to_lowercase().contains("cons")) || parts.any(|folder| folder == "ofac-cons");
    if consolidated { "ofac-cons".to_owned() } else { "ofac-sdn".to_owned() }
}

fn open_trouble(path: &Path, error: &std::io::Error) -> Trouble {
    Trouble::error(
        "list-open",
        Some(Place::file(path.display().to_string())),
        format!("cannot be read: {error}"),
        "check the path and its permissions",
    )
}

fn read_bytes(path: &Path, limits: &ListLimits) -> Result<Vec<u8>, Trouble> {
    let size = std::fs::metadata(path).map_err(|error| open_trouble(path, &error))?.len();
    if size > limits.file_bytes {
        let what = format!("is {size} bytes; a list may have {}", limits.file_bytes);
        return Err(Trouble::error(
            "list-too-large",
            Some(Place::file(path.display().to_string())),
            what,
            "give the publisher's file, or raise the limit",
        ));
    }
    std::fs::read(path).map_err(|error| open_trouble(path, &error))
}

/// Reads one list from the bytes of its files (name shown, bytes).
///
/// # Errors
/// When no part is a list that is known, or a part is not well-formed to the end (a truncated list must never replace a whole one).
pub fn read_parts(parts: &[(&str, &[u8])], files: &mut Files, limits: &ListLimits) -> Result<ListRead, Trouble> {
    let mut digests = Vec::new();
    let mut texts = Vec::new();
    let mut troubles = Vec::new();
    for (name, bytes) in parts {
        digests.push(bonafide_facts::digest::sha256(bytes));
        let mut text = decode(name, bytes, &mut troubles);
        if text.trim_start().starts_with('<')
            && let Some((mended, line)) = xml::mended(&text)
        {
            let what = "a `<` that begins no tag is read as text, here and perhaps further down";
            let mend = "look at the entry at its publisher: its text was damaged";
            troubles.push(Trouble::warning("list-xml", Some(Place::line(*name, line)), what, mend));
            text = mended;
        }
        texts.push(Text { name: (*name).to_owned(), number: files.add(*name), text });
    }
    let Some(first) = texts.iter().find(|text| Format::of(&text.text).is_some()) else {
        return Err(unknown(&texts));
    };
    let mut rows = Rows::new(limits);
    rows.read.troubles = troubles;
    match Format::of(&first.text) {
        Some(Format::Un) => un::read(first, &mut rows)?,
        Some(Format::OfacXml) => ofac_xml::read(first, &mut rows)?,
        Some(Format::OfacAdvanced) => ofac_advanced::read(first, &mut rows)?,
        Some(Format::EuFsf) => eu_fsf::read(first, &mut rows)?,
        Some(Format::UkXml) => uk::read_xml(first, &mut rows)?,
        Some(Format::UkCsv) => uk::read_csv(first, &mut rows)?,
        Some(Format::OwnCsv) => own_csv::read(first, &mut rows)?,
        Some(Format::Ftm) => ftm::read(first, &mut rows)?,
        Some(Format::OfacCsv) => ofac_csv::read(&texts, &mut rows)?,
        None => {}
    }
    let mut read = rows.finish();
    if read.entries.is_empty() {
        let place = Some(Place::file(&first.name));
        let mend = "compare the file with its publisher's: nothing can be found on an empty list";
        read.troubles.push(Trouble::warning("list-empty", place, "holds no entry that can be read", mend));
    }
    read.digest = if digests.len() == 1 { digests.remove(0) } else { bonafide_facts::digest::sha256(digests.concat().as_bytes()) };
    Ok(read)
}

/// Why no reader knows the files: the break in JSON or the root of XML is named, for a user looks there first.
fn unknown(texts: &[Text]) -> Trouble {
    let first = texts.first();
    let text = first.map_or("", |first| first.text.trim_start_matches('\u{feff}').trim_start());
    let name = first.map_or("", |first| first.name.as_str());
    if text.starts_with(['{', '[']) {
        // Only the first value: a file of JSON lines has many.
        let broken = serde_json::Deserializer::from_str(text).into_iter::<serde::de::IgnoredAny>().next().and_then(Result::err);
        let skipped = first.map_or(0, |first| first.text.len() - text.len());
        let above = first.map_or(0, |first| memchr::memchr_iter(b'\n', &first.text.as_bytes()[..skipped]).count());
        return match broken {
            Some(error) => {
                let line = (error.line() + above) as u64;
                let what = format!("is JSON that breaks here: {}", bonafide_facts::text::printable(&error.to_string(), 200));
                Trouble::error("list-json", Some(Place::line(name, line)), what, "mend the JSON at this place, or write the file again")
            }
            None => {
                let mend =
                    "give FollowTheMoney entities, one object with `schema` and `properties` a line (jq -c '.[]' writes an array so)";
                Trouble::error("unknown-list", Some(Place::file(name)), "is JSON, but no list that is known", mend)
            }
        };
    }
    let mend = "give OFAC SDN or consolidated (CSV, XML), UN, EU FSF or UK XML or CSV, FollowTheMoney JSON lines, or a CSV with entry_id, schema, name, aliases";
    Trouble::error("unknown-list", first.map(|first| Place::file(&first.name)), "is no list that is known", mend)
}

/// The trouble of a list of which more than a fifth of the rows cannot be read: half a list must not pass for a whole one.
pub(crate) fn damaged(name: &str, line: u64, bad: u64, all: u64) -> Option<Trouble> {
    (bad.saturating_mul(5) > all).then(|| {
        let what = format!("{bad} of {all} rows cannot be read, the first on this line: half a list must not pass for a whole one");
        Trouble::error(
            "list-damaged",
            Some(Place::line(name, line)),
            what,
            "mend the rows, or fetch the file again; the last good list stays in use",
        )
    })
}

/// The file as text: by its BOM, as UTF-16 told by its NULs, as UTF-8; what is neither as its XML declaration says, else as Windows-1252. A file of UTF-8
/// with some damage stays UTF-8: read as anything else, all its names in other scripts would be lost.
fn decode(name: &str, bytes: &[u8], troubles: &mut Vec<Trouble>) -> String {
    let wide = crate::encoding::wide(&bytes[..bytes.len().min(1_024)]);
    let (text, encoding, damaged) = wide.unwrap_or(encoding_rs::UTF_8).decode(bytes);
    if !damaged && encoding == encoding_rs::UTF_8 {
        return text.into_owned();
    }
    let mend = "check a name with accents; ask the publisher for UTF-8";
    if !damaged {
        let what = format!("is not UTF-8; read as {}", encoding.name());
        troubles.push(Trouble::note("list-encoding", Some(Place::file(name)), what, mend));
        return text.into_owned();
    }
    let bad = text.chars().filter(|c| *c == '\u{fffd}').count();
    let good = text.chars().filter(|c| !c.is_ascii() && *c != '\u{fffd}').count();
    if encoding != encoding_rs::UTF_8 || good > bad {
        let line = text.lines().zip(1_u64..).find(|(line, _)| line.contains('\u{fffd}')).map_or(1, |(_, line)| line);
        let what = format!("has {bad} characters that are not {}, the first on this line; each is read as \u{fffd}", encoding.name());
        troubles.push(Trouble::warning(
            "list-encoding",
            Some(Place::line(name, line)),
            what,
            "fetch the file again: it was damaged on its way",
        ));
        return text.into_owned();
    }
    let encoding = declared(bytes).unwrap_or(encoding_rs::WINDOWS_1252);
    let what = format!("is not UTF-8; read as {}", encoding.name());
    troubles.push(Trouble::note("list-encoding", Some(Place::file(name)), what, mend));
    encoding.decode(bytes).0.into_owned()
}

/// The encoding that an XML declaration names.
fn declared(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
    let rest = head.split_once("<?xml")?.1.split_once("?>")?.0.split_once("encoding")?.1;
    let label = rest.split(['"', '\'']).nth(1)?;
    encoding_rs::Encoding::for_label(label.as_bytes()).filter(|encoding| *encoding != encoding_rs::UTF_8)
}

/// The formats, told by their content and never by the file's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Un,
    OfacXml,
    OfacAdvanced,
    EuFsf,
    UkXml,
    UkCsv,
    OwnCsv,
    Ftm,
    OfacCsv,
}

impl Format {
    fn of(text: &str) -> Option<Self> {
        let head: String = text.trim_start_matches('\u{feff}').trim_start().chars().take(4_000).collect();
        if head.starts_with('<') {
            // The root's name, past the declaration, comments and any DTD.
            let roots: [(&str, Self); 6] = [
                ("<CONSOLIDATED_LIST", Self::Un),
                ("<sdnList", Self::OfacXml),
                ("<Sanctions", Self::OfacAdvanced),
                ("<Designations", Self::UkXml),
                ("<export", Self::EuFsf),
                ("<ns2:export", Self::EuFsf),
            ];
            return roots.into_iter().find(|(root, _)| head.contains(root)).map(|(_, format)| format);
        }
        let line = head.lines().next().unwrap_or("");
        if line.starts_with('{') && (head.contains("\"schema\"") || head.contains("\"properties\"")) {
            return Some(Self::Ftm);
        }
        let lower = line.to_lowercase();
        if lower.contains("entry_id") && lower.contains("name") {
            return Some(Self::OwnCsv);
        }
        if head.lines().take(2).any(|line| line.contains("Name 6") && (line.contains("Group ID") || line.contains("Unique ID"))) {
            return Some(Self::UkCsv);
        }
        let cells = line.split(',').count();
        let number = line.split(',').next().is_some_and(|cell| !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit()));
        (number && cells >= 12 && line.contains("-0-")).then_some(Self::OfacCsv)
    }
}

#[cfg(test)]
mod tests;
