//! The user's own list: CSV with entry_id, schema, name and, when there, list, aliases, weak_aliases, programmes, birth_date, birth_place, identifiers
//! (`kind:value|kind:value`), addresses, listed_from, listed_to, remarks. `|` between several.

use super::rows::first_day;
use super::{Rows, Text, delimited};
use bonafide_facts::Severity;
use bonafide_facts::Trouble;
use bonafide_facts::text::printable;

const COLUMNS: [&str; 14] = [
    "entry_id",
    "schema",
    "name",
    "aliases",
    "weak_aliases",
    "programmes",
    "birth_date",
    "birth_place",
    "identifiers",
    "addresses",
    "listed_from",
    "listed_to",
    "remarks",
    "list",
];

pub(super) fn read(file: &Text, rows: &mut Rows) -> Result<(), Trouble> {
    let stem = std::path::Path::new(&file.name).file_stem().and_then(|stem| stem.to_str()).unwrap_or("own");
    let columns = file.text.lines().next().map_or(0, |line| line.split(',').count());
    let ofac = columns <= 6 && stem.to_lowercase().starts_with("sdn");
    rows.read.list = if ofac { "ofac-sdn".into() } else { stem.to_lowercase().replace([' ', '_'], "-") };
    delimited::rows(file, rows, 0, &COLUMNS, &mut |rows, row| entry(file, rows, row))
}

fn entry(file: &Text, rows: &mut Rows, row: &delimited::Row) {
    let cell = |name: &str| row.get(&[name]);
    let schema = schema(cell("schema"));
    let Some(at) = rows.entry(file, row.line, cell("entry_id"), schema, cell("name")) else { return };
    let mut day = |name: &str| {
        let printed = cell(name);
        let day = first_day(printed);
        if day.is_none() && !printed.is_empty() {
            let what = format!("entry `{}`: {name} `{}` is no day", printable(cell("entry_id"), 40), printable(printed, 40));
            rows.trouble(file, row.line, Severity::Warning, "list-date", what, "write YYYY-MM-DD");
        }
        day
    };
    let (from, to) = (day("listed_from"), day("listed_to"));
    let (list, remarks) = (cell("list").to_owned(), cell("remarks").to_owned());
    if let Some(entry) = rows.last() {
        (entry.listed_from, entry.listed_to) = (from, to);
        entry.remarks = Some(remarks).filter(|text| !text.is_empty());
        if !list.is_empty() {
            entry.list = Some(list);
        }
    }
    cell("aliases").split('|').for_each(|name| rows.name(&at, name, "alias", "strong"));
    cell("weak_aliases").split('|').for_each(|name| rows.name(&at, name, "alias", "weak"));
    rows.programmes(&at, cell("programmes"));
    let what = if schema == "person" { "birth" } else { "founded" };
    cell("birth_date").split('|').for_each(|date| rows.date(file, row.line, &at, what, date));
    cell("birth_place").split('|').for_each(|place| rows.born_in(&at, place, ""));
    for cell in cell("identifiers").split('|').filter(|cell| !cell.trim().is_empty()) {
        match cell.split_once(':') {
            Some((kind, value)) => rows.identifier(file, &at, kind.trim(), value, None),
            None => {
                let what = format!("identifier `{}` does not say its kind", printable(cell, 60));
                rows.trouble(
                    file,
                    row.line,
                    Severity::Warning,
                    "list-identifier",
                    what,
                    "write kind:value, as in wallet:0x… or document_number:…",
                );
            }
        }
    }
    cell("addresses").split('|').for_each(|address| rows.address(&at, address, "", ""));
}

fn schema(word: &str) -> &'static str {
    match word.to_lowercase().as_str() {
        "person" | "individual" => "person",
        "organization" | "organisation" | "company" | "entity" | "legalentity" => "company",
        "vessel" | "ship" => "vessel",
        "aircraft" | "airplane" => "aircraft",
        _ => "unknown",
    }
}
