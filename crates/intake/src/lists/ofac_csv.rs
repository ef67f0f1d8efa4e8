//! OFAC's legacy CSV: sdn.csv (12 columns, no header, `-0-` for nothing), alt.csv, add.csv, sdn_comments.csv; and the same four of the consolidated list
//! (cons_prim.csv…). The files are told by the number of their columns.

use super::rows::At;
use super::{Rows, Text, label, ofac_list};
use bonafide_facts::place::RowId;
use bonafide_facts::{Place, Severity, Trouble};
use std::collections::HashMap;

pub(super) fn read(files: &[Text], rows: &mut Rows) -> Result<(), Trouble> {
    let lists: Vec<String> = files.iter().map(|file| ofac_list(&file.name)).collect();
    rows.read.list = lists.iter().find(|list| *list == "ofac-cons").or(lists.first()).cloned().unwrap_or_default();
    let tables: Vec<Table> = files.iter().map(table).collect::<Result<_, _>>()?;
    let of = |columns: usize| files.iter().zip(&tables).filter(move |(_, table)| table.columns == columns);
    for (file, table) in files.iter().zip(&tables).filter(|(_, table)| table.odd > 0) {
        if let Some(trouble) = super::damaged(&file.name, table.first_odd, table.odd, table.odd + table.rows.len() as u64) {
            return Err(trouble);
        }
        let what = format!("{} rows do not have the {} columns of the others; they were left out", table.odd, table.columns);
        rows.trouble(file, table.first_odd, Severity::Warning, "list-row", what, "fetch the file again from its publisher");
    }
    let mut comments: HashMap<&str, String> = HashMap::new();
    for (_, cells) in of(2).flat_map(|(_, table)| &table.rows) {
        comments.entry(&cells[0]).or_default().push_str(&cells[1]);
    }
    for (file, table) in of(12) {
        for (line, cells) in &table.rows {
            entry(file, rows, *line, cells, comments.get(cells[0].as_str()).map_or("", String::as_str));
        }
    }
    for (file, table) in of(6).chain(of(5)) {
        let mut strangers = 0;
        for (line, cells) in &table.rows {
            let at = At { id: format!("ofac-{}", cells[0]), row: RowId::new(file.number, *line).0 };
            if !rows.has(&at.id) {
                strangers += 1;
            } else if ["aka", "fka", "nka"].contains(&cells[2].as_str()) {
                let role = if cells[2] == "fka" { "former" } else { "alias" };
                rows.name(&at, &cells[3], role, "strong");
            } else {
                rows.address(&at, &cells[2], &cells[3], &cells[4]);
            }
        }
        if strangers > 0 {
            let what = format!("{strangers} rows belong to entries that the main file does not have");
            rows.trouble(file, 1, Severity::Note, "list-strangers", what, "fetch all files of the list on the same day");
        }
    }
    Ok(())
}

/// The rows of one file.
struct Table {
    columns: usize,
    rows: Vec<(u64, Vec<String>)>,
    /// Rows with another number of columns, and the line of the first.
    odd: u64,
    first_odd: u64,
}

/// Reads a file; its columns are as many as most of its first rows have.
///
/// # Errors
/// When the last row is cut: a file that does not end must not pass for a whole one.
fn table(file: &Text) -> Result<Table, Trouble> {
    // One record is used for all rows: a new one of the library's takes as much room as the widest row so far.
    let mut record = csv::StringRecord::new();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file.text.as_bytes());
    let mut counts: HashMap<usize, usize> = HashMap::new();
    for _ in 0..50 {
        if !reader.read_record(&mut record).unwrap_or(false) {
            break;
        }
        *counts.entry(record.len()).or_default() += 1;
    }
    let columns = counts.into_iter().max_by_key(|(columns, count)| (*count, *columns)).map_or(0, |(columns, _)| columns);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file.text.as_bytes());
    let mut table = Table { columns, rows: Vec::new(), odd: 0, first_odd: 0 };
    let mut last_odd = None;
    while reader.read_record(&mut record).unwrap_or(false) {
        // The reader takes the LF of a CRLF for the beginning of the next record.
        let behind = |at: &csv::Position| usize::try_from(at.byte()).ok().and_then(|at| file.text.as_bytes().get(at)) == Some(&b'\n');
        let line = record.position().map_or(0, |at| at.line() + u64::from(behind(at)));
        // The end-of-file mark of the old format is a single control character.
        if record.len() == 1 && record.get(0).is_some_and(|cell| cell.chars().all(|c| c.is_control() || c.is_whitespace())) {
            continue;
        }
        let number = record.get(0).is_some_and(|cell| !cell.trim().is_empty() && cell.trim().bytes().all(|byte| byte.is_ascii_digit()));
        last_odd = None;
        if record.len() == columns && number {
            let cell = |cell: &str| if cell.trim() == "-0-" { String::new() } else { cell.trim().to_owned() };
            table.rows.push((line, record.iter().map(cell).collect()));
        } else {
            table.odd += 1;
            table.first_odd = if table.odd == 1 { line } else { table.first_odd };
            last_odd = Some(line);
        }
    }
    // OFAC ends each file with a line end (and a mark); a cut within the last, quoted cell leaves the row its columns.
    let ended = file.text.ends_with(['\n', '\r', '\u{1a}']) && memchr::memchr_iter(b'"', file.text.as_bytes()).count().is_multiple_of(2);
    let last_odd = last_odd.or_else(|| table.rows.last().map(|(line, _)| *line).filter(|_| !ended));
    match last_odd.filter(|_| !table.rows.is_empty()) {
        Some(line) => {
            let mend = "fetch the file again from its publisher; the last good list stays in use";
            Err(Trouble::error("list-truncated", Some(Place::line(&file.name, line)), "ends within a row", mend))
        }
        None => Ok(table),
    }
}

fn entry(file: &Text, rows: &mut Rows, line: u64, cells: &[String], more: &str) {
    let schema = match cells[2].as_str() {
        "individual" => "person",
        "vessel" => "vessel",
        "aircraft" => "aircraft",
        _ => "company",
    };
    let Some(at) = rows.entry(file, line, &format!("ofac-{}", cells[0]), schema, &cells[1]) else { return };
    let remarks = format!("{}{more}", cells[11]);
    if let Some(entry) = rows.last() {
        entry.remarks = Some(remarks.clone()).filter(|text| !text.is_empty());
    }
    rows.programmes(&at, &cells[3]);
    for part in remarks.split(';') {
        remark(file, rows, line, &at, part.trim().trim_end_matches('.').trim());
    }
}

fn remark(file: &Text, rows: &mut Rows, line: u64, at: &At, part: &str) {
    let plain = part.strip_prefix("alt. ").unwrap_or(part);
    if let Some(date) = plain.strip_prefix("DOB ") {
        rows.date(file, line, at, "birth", date);
    } else if let Some(date) = plain.strip_prefix("Organization Established Date ") {
        rows.date(file, line, at, "founded", date);
    } else if let Some((_, day)) = plain.split_once(": ").filter(|_| plain.starts_with("Listing Date")) {
        rows.listed(at, super::dates::read(day).map(|span| span.earliest).as_deref(), None);
    } else if let Some(place) = plain.strip_prefix("POB ") {
        rows.born_in(at, place, "");
    } else if let Some(name) = plain.strip_prefix("a.k.a. ").or_else(|| plain.strip_prefix("f.k.a. ")) {
        // Aliases within remarks are OFAC's weak ones, in quotes.
        let role = if plain.starts_with('f') { "former" } else { "alias" };
        rows.name(at, name.trim_matches(['\'', '"', '.', ' ']), role, "weak");
    } else if let Some(found) = label::read(part) {
        rows.identifier(file, at, found.kind, found.value, found.country);
    }
}
