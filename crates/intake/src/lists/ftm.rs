//! FollowTheMoney entities, one JSON object a line: `{"id", "schema", "properties": {"name": [...], "alias": [...], …}}`.

use super::{Rows, Text};
use bonafide_facts::Severity;
use serde_json::Value;

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

pub(super) fn read(file: &Text, rows: &mut Rows) {
    let stem = std::path::Path::new(&file.name).file_stem().and_then(|stem| stem.to_str()).unwrap_or("ftm");
    rows.read.list = stem.to_lowercase().replace([' ', '_'], "-");
    for (text, line) in file.text.lines().zip(1_u64..).filter(|(text, _)| !text.trim().is_empty()) {
        if text.len() > rows.limits.record_bytes {
            rows.trouble(file, line, Severity::Warning, "list-row", "the line is larger than a record may be".into(), "it was left out");
            continue;
        }
        match serde_json::from_str::<Value>(text) {
            Ok(value) => entity(file, rows, line, &value),
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
        texts(property).into_iter().for_each(|value| rows.identifier(&at, kind, value, None));
    }
    texts("birthDate").into_iter().for_each(|date| rows.date(file, line, &at, "birth", date));
    texts("incorporationDate").into_iter().for_each(|date| rows.date(file, line, &at, "founded", date));
    texts("address").into_iter().for_each(|address| rows.address(&at, address, "", ""));
    for programme in texts("program").into_iter().chain(texts("programId")) {
        rows.programmes(&at, programme);
    }
    for dataset in value["datasets"].as_array().into_iter().flatten().filter_map(Value::as_str).take(1) {
        if let Some(entry) = rows.last() {
            entry.list = Some(dataset.to_owned());
        }
    }
}
