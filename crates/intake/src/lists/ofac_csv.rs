//! OFAC's legacy CSV: sdn.csv (12 columns, no header, `-0-` for nothing), alt.csv, add.csv, sdn_comments.csv; and the same four of the consolidated list
//! (cons_prim.csv…). The files are told by the number of their columns.

use super::rows::At;
use super::{Rows, Text, label};
use bonafide_facts::Severity;
use bonafide_facts::place::RowId;

pub(super) fn read(files: &[Text], rows: &mut Rows) {
    let consolidated = files.iter().any(|file| file.name.to_lowercase().contains("cons_"));
    rows.read.list = if consolidated { "ofac-cons".into() } else { "ofac-sdn".into() };
    let comments: std::collections::HashMap<String, String> =
        files.iter().flat_map(|file| table(file, 2)).map(|(_, cells)| (cells[0].clone(), cells[1].clone())).collect();
    for file in files {
        for (line, cells) in table(file, 12) {
            entry(file, rows, line, &cells, comments.get(&cells[0]).map_or("", String::as_str));
        }
    }
    for file in files {
        let mut strangers = 0;
        for (line, cells) in table(file, 5) {
            let at = At { id: format!("ofac-{}", cells[0]), row: RowId::new(file.number, line).0 };
            if !rows.has(&at.id) {
                strangers += 1;
            } else if cells[2].parse::<u32>().is_err() && ["aka", "fka", "nka"].contains(&cells[2].as_str()) {
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
}

/// Rows of a file when most of its first rows have that many columns.
fn table(file: &Text, columns: usize) -> Vec<(u64, Vec<String>)> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file.text.as_bytes());
    let mut found = Vec::new();
    let (mut seen, mut fitting) = (0, 0);
    for record in reader.records().filter_map(Result::ok) {
        seen += 1;
        fitting += usize::from(record.len() == columns);
        if seen == 20 && fitting < 10 {
            return Vec::new();
        }
        let number = record.get(0).is_some_and(|cell| !cell.is_empty() && cell.trim().bytes().all(|byte| byte.is_ascii_digit()));
        // The end-of-file mark of the old format is a single control character.
        if record.len() == columns && number {
            let line = record.position().map_or(0, csv::Position::line);
            found.push((
                line,
                record.iter().map(|cell| cell.trim().to_owned()).map(|cell| if cell == "-0-" { String::new() } else { cell }).collect(),
            ));
        }
    }
    if fitting * 2 < seen { Vec::new() } else { found }
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
    } else if let Some(name) = plain.strip_prefix("a.k.a. ").or_else(|| plain.strip_prefix("f.k.a. ")) {
        // Aliases within remarks are OFAC's weak ones, in quotes.
        let role = if plain.starts_with('f') { "former" } else { "alias" };
        rows.name(at, name.trim_matches(['\'', '"', '.', ' ']), role, "weak");
    } else if let Some(found) = label::read(part) {
        let value = if found.kind == "imo" { found.value.trim_start_matches("IMO").trim() } else { found.value };
        rows.identifier(at, found.kind, value, found.country);
    }
}
