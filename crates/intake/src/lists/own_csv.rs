//! The user's own list: CSV with entry_id, schema, name and, when there, list, aliases, weak_aliases, programmes, birth_date, identifiers
//! (`kind:value|kind:value`), addresses, listed_from, remarks. `|` between several.

use super::rows::midnight;
use super::{Rows, Text};
use bonafide_facts::Severity;

pub(super) fn read(file: &Text, rows: &mut Rows) {
    let stem = std::path::Path::new(&file.name).file_stem().and_then(|stem| stem.to_str()).unwrap_or("own");
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file.text.trim_start_matches('\u{feff}').as_bytes());
    let Ok(headers) = reader.headers().cloned() else { return };
    let column = |name: &str| headers.iter().position(|header| header.trim().eq_ignore_ascii_case(name));
    let places: Vec<Option<usize>> = [
        "entry_id",
        "schema",
        "name",
        "aliases",
        "weak_aliases",
        "programmes",
        "birth_date",
        "identifiers",
        "addresses",
        "listed_from",
        "remarks",
        "list",
    ]
    .iter()
    .map(|name| column(name))
    .collect();
    let ofac = headers.len() <= 6 && stem.to_lowercase().starts_with("sdn");
    rows.read.list = if ofac { "ofac-sdn".into() } else { stem.to_lowercase().replace([' ', '_'], "-") };
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                rows.trouble(
                    file,
                    line,
                    Severity::Warning,
                    "list-row",
                    "the row cannot be read".into(),
                    "check its quotes; it was left out",
                );
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |at: usize| places[at].and_then(|at| record.get(at)).unwrap_or("").trim();
        let (listed, schema) = (cell(11).to_owned(), schema(cell(1)));
        let Some(at) = rows.entry(file, line, cell(0), schema, cell(2)) else { continue };
        if let Some(entry) = rows.last() {
            entry.listed_from = midnight(cell(9));
            entry.remarks = Some(cell(10).to_owned()).filter(|text| !text.is_empty());
            if !listed.is_empty() {
                entry.list = Some(listed);
            }
        }
        cell(3).split('|').for_each(|name| rows.name(&at, name, "alias", "strong"));
        cell(4).split('|').for_each(|name| rows.name(&at, name, "alias", "weak"));
        rows.programmes(&at, cell(5));
        cell(6).split('|').for_each(|date| rows.date(file, line, &at, if schema == "person" { "birth" } else { "founded" }, date));
        for identifier in cell(7).split('|').filter_map(|cell| cell.split_once(':')) {
            rows.identifier(&at, identifier.0.trim(), identifier.1, None);
        }
        cell(8).split('|').for_each(|address| rows.address(&at, address, "", ""));
    }
}

fn schema(word: &str) -> &'static str {
    match word.to_lowercase().as_str() {
        "person" | "individual" => "person",
        "organization" | "organisation" | "company" | "entity" | "legalentity" => "company",
        "vessel" => "vessel",
        "aircraft" | "airplane" => "aircraft",
        _ => "unknown",
    }
}
