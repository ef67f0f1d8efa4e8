//! FollowTheMoney entities, one JSON object a line: `{"id", "schema", "properties": {"name": [...], "alias": [...], …}}`.

use super::rows::At;
use super::{Rows, Text};
use bonafide_facts::place::RowId;
use bonafide_facts::{Place, Severity, Trouble};
use serde_json::Value;
use std::collections::BTreeMap;

/// Property -> kind of identifier. Source: FollowTheMoney 3.8 model (Thing, LegalEntity, Person, Company, CryptoWallet, Vessel).
const PROPERTIES: &[(&str, &str)] = &[
    ("passportNumber", "document_number"),
    ("idNumber", "document_number"),
    ("socialSecurityNumber", "document_number"),
    ("taxNumber", "tax_id"),
    ("innCode", "tax_id"),
    ("vatCode", "tax_id"),
    ("registrationNumber", "registration"),
    ("ogrnCode", "registration"),
    ("leiCode", "lei"),
    ("swiftBic", "bic"),
    ("imoNumber", "imo"),
    ("mmsi", "mmsi"),
    ("publicKey", "wallet"),
    ("email", "email"),
    ("phone", "phone"),
    ("website", "website"),
];

pub(super) fn read(file: &Text, rows: &mut Rows) -> Result<(), Trouble> {
    let stem = std::path::Path::new(&file.name).file_stem().and_then(|stem| stem.to_str()).unwrap_or("ftm");
    rows.read.list = stem.to_lowercase().replace([' ', '_'], "-");
    let whole = file.text.ends_with('\n');
    let mut sanctions = Vec::new();
    let mut lines = file.text.lines().zip(1_u64..).filter(|(text, _)| !text.trim().is_empty()).peekable();
    while let Some((text, line)) = lines.next() {
        if text.len() > rows.limits.record_bytes {
            rows.trouble(file, line, Severity::Warning, "list-row", "the line is larger than a record may be".into(), "it was left out");
            continue;
        }
        match serde_json::from_str::<Value>(text) {
            Ok(value) if value["schema"] == "Sanction" => sanctions.push((line, value)),
            Ok(value) => entity(file, rows, line, &value),
            Err(error) if error.is_eof() && !whole && lines.peek().is_none() => {
                let mend = "fetch the file again from its publisher; the last good list stays in use";
                return Err(Trouble::error("list-truncated", Some(Place::line(&file.name, line)), "ends within a record", mend));
            }
            Err(_) => rows.trouble(
                file,
                line,
                Severity::Warning,
                "list-row",
                "the line is not JSON".into(),
                "fetch the file again; the line was left out",
            ),
        }
    }
    let mut of_entity: BTreeMap<&str, (u64, Vec<&Value>)> = BTreeMap::new();
    for (line, value) in &sanctions {
        for id in value["properties"]["entity"].as_array().into_iter().flatten().filter_map(Value::as_str).take(64) {
            of_entity.entry(id).or_insert_with(|| (*line, Vec::new())).1.push(value);
        }
    }
    for (id, (line, values)) in of_entity {
        measures(rows, &At { id: id.to_owned(), row: RowId::new(file.number, line).0 }, &values);
    }
    Ok(())
}

/// Programmes and days of an entity's sanctions; it is off the list when each of them has ended.
fn measures(rows: &mut Rows, at: &At, sanctions: &[&Value]) {
    if sanctions.is_empty() || !rows.has(&at.id) {
        return;
    }
    let texts = |value: &Value, name: &str| -> Vec<String> {
        value["properties"][name].as_array().into_iter().flatten().filter_map(Value::as_str).take(64).map(str::to_owned).collect()
    };
    let days = |value: &Value, name: &str| -> Vec<String> {
        texts(value, name).iter().filter_map(|day| super::dates::read(day)).map(|span| span.earliest).collect()
    };
    for programme in sanctions.iter().flat_map(|value| [texts(value, "program"), texts(value, "programId")].concat()) {
        rows.programmes(at, &programme);
    }
    let from = sanctions.iter().flat_map(|value| [days(value, "listingDate"), days(value, "startDate")].concat()).min();
    let ends: Vec<Option<String>> = sanctions.iter().map(|value| days(value, "endDate").into_iter().max()).collect();
    let to = ends.iter().max().cloned().flatten().filter(|_| ends.iter().all(Option::is_some));
    rows.listed(at, from.as_deref(), to.as_deref());
}

fn entity(file: &Text, rows: &mut Rows, line: u64, value: &Value) {
    let schema = match value["schema"].as_str().unwrap_or("") {
        "Person" => "person",
        "Company" | "Organization" | "LegalEntity" | "PublicBody" => "company",
        "Vessel" => "vessel",
        "Airplane" => "aircraft",
        "CryptoWallet" => "unknown",
        // Addresses, ownerships, sanctions and other links are no entries.
        _ => return,
    };
    let texts =
        |name: &str| -> Vec<&str> { value["properties"][name].as_array().into_iter().flatten().filter_map(Value::as_str).collect() };
    let names = texts("name");
    let name = names.first().copied().or(value["caption"].as_str()).or(texts("publicKey").first().copied()).unwrap_or("").to_owned();
    let Some(at) = rows.entry(file, line, value["id"].as_str().unwrap_or(""), schema, &name) else { return };
    for (property, role, strength) in
        [("name", "alias", "strong"), ("alias", "alias", "strong"), ("previousName", "former", "strong"), ("weakAlias", "alias", "weak")]
    {
        texts(property).into_iter().for_each(|name| rows.name(&at, name, role, strength));
    }
    for (property, kind) in PROPERTIES {
        texts(property).into_iter().for_each(|value| rows.identifier(file, &at, kind, value, None));
    }
    texts("birthDate").into_iter().for_each(|date| rows.date(file, line, &at, "birth", date));
    texts("incorporationDate").into_iter().for_each(|date| rows.date(file, line, &at, "founded", date));
    texts("birthPlace").into_iter().for_each(|place| rows.born_in(&at, place, ""));
    texts("address").into_iter().for_each(|address| rows.address(&at, address, "", ""));
    for programme in texts("program").into_iter().chain(texts("programId")) {
        rows.programmes(&at, programme);
    }
    let nested: Vec<&Value> =
        value["properties"]["sanctions"].as_array().into_iter().flatten().filter(|one| one.is_object()).take(256).collect();
    measures(rows, &at, &nested);
    for dataset in value["datasets"].as_array().into_iter().flatten().filter_map(Value::as_str).take(1) {
        if let Some(entry) = rows.last() {
            entry.list = Some(dataset.to_owned());
        }
    }
}
