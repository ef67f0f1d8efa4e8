//! The UN Security Council consolidated list (XML, schema sc-sanctions.xsd).

use super::rows::{At, midnight};
use super::xml::{Node, records};
use super::{Rows, Text, dates, label};
use bonafide_facts::Trouble;

pub(super) fn read(file: &Text, rows: &mut Rows) -> Result<(), Trouble> {
    rows.read.list = "un-sc".into();
    let limits = *rows.limits;
    records(file, &limits, &["INDIVIDUAL", "ENTITY"], &mut |node, line| match node.name.as_str() {
        "INDIVIDUAL" => entry(file, rows, &node, line, "person", "INDIVIDUAL"),
        "ENTITY" => entry(file, rows, &node, line, "company", "ENTITY"),
        _ => rows.read.published = Some(node.attribute("dateGenerated").chars().take(10).collect()).filter(|day: &String| day.len() == 10),
    })
}

fn entry(file: &Text, rows: &mut Rows, node: &Node, line: u64, schema: &str, kind: &str) {
    let parts: Vec<&str> = ["FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"]
        .iter()
        .map(|part| node.value(part))
        .filter(|part| !part.is_empty())
        .collect();
    let id = node.value("DATAID");
    let id = if id.is_empty() { String::new() } else { format!("un-{id}") };
    let Some(at) = rows.entry(file, line, &id, schema, &parts.join(" ")) else { return };
    if let Some(entry) = rows.last() {
        entry.listed_from = midnight(node.value("LISTED_ON").get(..10).unwrap_or(""));
        entry.listed_to = midnight(node.value("DELISTED_ON").get(..10).unwrap_or(""));
        entry.remarks = Some(node.value("COMMENTS1").to_owned()).filter(|text| !text.is_empty());
    }
    rows.name(&at, node.value("NAME_ORIGINAL_SCRIPT"), "original_script", "strong");
    rows.programmes(&at, node.value("UN_LIST_TYPE"));
    aliases(rows, node, &at, kind);
    births(file, rows, node, line, &at);
    for address in node.all(&format!("{kind}_ADDRESS")) {
        let (street, zip, note) = (address.value("STREET"), address.value("ZIP_CODE"), address.value("NOTE"));
        let lines = [street, if address.value("CITY").is_empty() { "" } else { address.value("STATE_PROVINCE") }, zip, note];
        let lines: Vec<&str> = lines.into_iter().filter(|part| !part.is_empty()).collect();
        rows.address(&at, &lines.join(", "), town(address), address.value("COUNTRY"));
    }
    for place in node.all("INDIVIDUAL_PLACE_OF_BIRTH") {
        rows.born_in(&at, town(place), place.value("COUNTRY"));
    }
    for document in node.all("INDIVIDUAL_DOCUMENT") {
        let country =
            Some(document.value("ISSUING_COUNTRY")).filter(|country| !country.is_empty()).unwrap_or(document.value("COUNTRY_OF_ISSUE"));
        let kind = label::kind(document.value("TYPE_OF_DOCUMENT")).unwrap_or("document_number");
        rows.identifier(file, &at, kind, document.value("NUMBER"), Some(country));
    }
}

fn aliases(rows: &mut Rows, node: &Node, at: &At, kind: &str) {
    for alias in node.all(&format!("{kind}_ALIAS")) {
        let quality = alias.value("QUALITY");
        let role = if quality.eq_ignore_ascii_case("f.k.a.") { "former" } else { "alias" };
        let strength = if quality.eq_ignore_ascii_case("low") { "weak" } else { "strong" };
        for (name, original) in split(alias.value("ALIAS_NAME")) {
            rows.name(at, name, if original { "original_script" } else { role }, strength);
        }
        rows.name(at, alias.value("ALIAS_ORIGINAL_SCRIPT"), "original_script", strength);
    }
}

/// The city, else the province.
fn town(node: &Node) -> &str {
    Some(node.value("CITY")).filter(|city| !city.is_empty()).unwrap_or(node.value("STATE_PROVINCE"))
}

/// The names in one cell, and whether each is the original script of the one before: several stand with `;` between, and one in brackets that is written in
/// another script (`Abubakar (original script: Абубакар)`, `Jin Tiesan (金铁三)`) is a name of its own. Other brackets stay part of the name.
fn split(cell: &str) -> Vec<(&str, bool)> {
    let latin = |text: &str| text.chars().any(|c| c.is_ascii_alphabetic());
    let other = |text: &str| text.chars().any(|c| c.is_alphabetic() && u32::from(c) >= 0x370) && !latin(text);
    if let Some((before, inside)) =
        cell.split_once('(').and_then(|(before, rest)| Some((before, rest.trim_end().trim_end_matches(',').strip_suffix(')')?)))
    {
        let told = inside.split_once("original script:").map(|(_, name)| name);
        let name = told.unwrap_or(inside);
        if other(name) || (other(before) && latin(name)) {
            let mut names: Vec<(&str, bool)> = before.split(';').map(|name| (name, !latin(name))).collect();
            names.extend(name.split(';').map(|name| (name, !latin(name))));
            return names;
        }
    }
    cell.split(';').map(|name| (name, false)).collect()
}

fn births(file: &Text, rows: &mut Rows, node: &Node, line: u64, at: &At) {
    for birth in node.all("INDIVIDUAL_DATE_OF_BIRTH") {
        let (from, to) = (birth.value("FROM_YEAR"), birth.value("TO_YEAR"));
        let printed = match (birth.value("DATE"), birth.value("YEAR")) {
            ("", "") if !from.is_empty() && !to.is_empty() => format!("{from} to {to}"),
            ("", year) => year.to_owned(),
            (date, _) => date.to_owned(),
        };
        let circa = birth.value("TYPE_OF_DATE").eq_ignore_ascii_case("approximately")
            && dates::read(&printed).is_some_and(|span| span.precision != "range");
        rows.date(file, line, at, "birth", &if circa { format!("circa {printed}") } else { printed });
    }
}
