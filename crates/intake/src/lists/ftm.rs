//! FollowTheMoney entities, one JSON object a line: `{"id", "schema", "properties": {"name": [...], "alias": [...], …}}`.

use super::rows::At;
use super::{Rows, Text};
use bonafide_facts::place::RowId;
use bonafide_facts::{Place, Severity, Trouble};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// Property -> kind of identifier. Source: FollowTheMoney 3.8 model (Thing, LegalEntity, Person, Company, CryptoWallet, Vessel).
const PROPERTIES: &[(&str, &str)] = &[
    ("passportNumber", "document_number"),
    ("idNumber", "document_number"),
    ("socialSecurityNumber", "document_number"),
    ("taxNumber", "tax_id"),
    ("innCode", "tax_id"),
    ("vatCode", "tax_id"),
    ("registrationNumber", "registration"),
    ("uscCode", "registration"),
    ("dunsCode", "registration"),
    ("npiCode", "registration"),
    ("okpoCode", "registration"),
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
    let mut links = Links::default();
    let (mut all, mut bad, mut first_bad) = (0_u64, 0_u64, 0);
    let mut lines = file.text.lines().zip(1_u64..).filter(|(text, _)| !text.trim().is_empty()).peekable();
    while let Some((text, line)) = lines.next() {
        all += 1;
        if text.len() > rows.limits.record_bytes {
            (bad, first_bad) = (bad + 1, if bad == 0 { line } else { first_bad });
            rows.trouble(file, line, Severity::Warning, "list-row", "the line is larger than a record may be".into(), "it was left out");
            continue;
        }
        match serde_json::from_str::<Value>(text) {
            Ok(value) => match value["schema"].as_str().unwrap_or("") {
                "Sanction" => links.sanctions.push((line, value)),
                "Address" => drop(value["id"].as_str().map(|id| links.addresses.insert(id.to_owned(), place(&value)))),
                "Identification" | "Passport" => links.documents.push((line, value)),
                "CryptoWallet" => links.wallets.push((line, value)),
                _ => entity(file, rows, line, &value, &mut links),
            },
            Err(error) if error.is_eof() && !whole && lines.peek().is_none() => {
                let mend = "fetch the file again from its publisher; the last good list stays in use";
                return Err(Trouble::error("list-truncated", Some(Place::line(&file.name, line)), "ends within a record", mend));
            }
            Err(_) => {
                (bad, first_bad) = (bad + 1, if bad == 0 { line } else { first_bad });
                let what = "the line is not JSON".to_owned();
                rows.trouble(file, line, Severity::Warning, "list-row", what, "fetch the file again; the line was left out");
            }
        }
    }
    if let Some(trouble) = super::damaged(&file.name, first_bad, bad, all) {
        return Err(trouble);
    }
    links.resolve(file, rows);
    let sanctions = links.sanctions;
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
    let texts = |value: &Value, name: &str| -> Vec<String> { texts(value, name).into_iter().take(64).map(str::to_owned).collect() };
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

/// What entities point at, or what points at them, kept until the whole file was seen: links may stand before or behind what they link.
#[derive(Default)]
struct Links {
    sanctions: Vec<(u64, Value)>,
    documents: Vec<(u64, Value)>,
    wallets: Vec<(u64, Value)>,
    /// Whole text, city and country of an address.
    addresses: HashMap<String, [String; 3]>,
    /// Entry and the address that it points at.
    lives_at: Vec<(At, String)>,
}

/// The texts of a property.
fn texts<'v>(value: &'v Value, name: &str) -> Vec<&'v str> {
    value["properties"][name].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Whole text, city and country of an address.
fn place(value: &Value) -> [String; 3] {
    let first = |name: &str| texts(value, name).first().map(|text| (*text).to_owned()).unwrap_or_default();
    let full = Some(first("full")).filter(|full| !full.is_empty());
    let parts = || {
        ["street", "street2", "postalCode", "state"].map(first).into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    };
    [full.unwrap_or_else(parts), first("city"), first("country")]
}

impl Links {
    /// Gives addresses, documents and wallets to the entries that hold them. A wallet that nobody on the list holds is an entry of its own.
    fn resolve(&mut self, file: &Text, rows: &mut Rows) {
        for (at, id) in std::mem::take(&mut self.lives_at) {
            if let Some([full, city, country]) = self.addresses.get(&id) {
                rows.address(&at, full, city, country);
            }
        }
        for (line, value) in std::mem::take(&mut self.documents) {
            for holder in texts(&value, "holder").into_iter().take(64).filter(|id| rows.has(id)).map(str::to_owned).collect::<Vec<_>>() {
                document(file, rows, &At { id: holder, row: RowId::new(file.number, line).0 }, &value);
            }
        }
        for (line, value) in std::mem::take(&mut self.wallets) {
            let holders: Vec<&str> = texts(&value, "holder").into_iter().take(64).filter(|id| rows.has(id)).collect();
            if holders.is_empty() {
                entity(file, rows, line, &value, self);
            }
            for holder in holders {
                wallet(file, rows, &At { id: holder.to_owned(), row: RowId::new(file.number, line).0 }, &value);
            }
        }
    }
}

/// A document of an entry: its number, of the kind that its type or its schema says.
fn document(file: &Text, rows: &mut Rows, at: &At, value: &Value) {
    let kind = texts(value, "type").first().and_then(|kind| super::label::kind(kind)).unwrap_or("document_number");
    let country = texts(value, "country").first().copied();
    for number in ["number", "passportNumber"].iter().flat_map(|name| texts(value, name)) {
        rows.identifier(file, at, kind, number, country);
    }
}

fn wallet(file: &Text, rows: &mut Rows, at: &At, value: &Value) {
    texts(value, "publicKey").into_iter().for_each(|key| rows.identifier(file, at, "wallet", key, None));
}

fn entity(file: &Text, rows: &mut Rows, line: u64, value: &Value, links: &mut Links) {
    let schema = match value["schema"].as_str().unwrap_or("") {
        "Person" => "person",
        "Company" | "Organization" | "LegalEntity" | "PublicBody" => "company",
        "Vessel" => "vessel",
        "Airplane" => "aircraft",
        "CryptoWallet" => "unknown",
        // Addresses, ownerships, sanctions and other links are no entries.
        _ => return,
    };
    let texts = |name: &str| texts(value, name);
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
    links.lives_at.extend(texts("addressEntity").into_iter().take(256).map(|id| (at.clone(), id.to_owned())));
    // The nested form has the linked entities in place of their ids.
    for inner in value["properties"].as_object().into_iter().flat_map(|all| all.values()).filter_map(Value::as_array).flatten().take(1_024)
    {
        match inner["schema"].as_str().unwrap_or("") {
            "Address" => {
                let [full, city, country] = place(inner);
                rows.address(&at, &full, &city, &country);
            }
            "Identification" | "Passport" => document(file, rows, &at, inner),
            "CryptoWallet" => wallet(file, rows, &at, inner),
            _ => {}
        }
    }
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
