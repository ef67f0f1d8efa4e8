//! The UK sanctions list: FCDO's XML (root Designations) and CSV (one row a name, grouped by unique or group id).

use super::rows::{At, midnight};
use super::xml::{Node, records};
use super::{Rows, Text, dates, label};
use bonafide_facts::Trouble;
use bonafide_facts::place::RowId;

pub(super) fn read_xml(file: &Text, rows: &mut Rows) -> Result<(), Trouble> {
    rows.read.list = "uk".into();
    let limits = *rows.limits;
    records(file, &limits, &["Designation", "DateGenerated"], &mut |node, line| match node.name.as_str() {
        "Designation" => entry(file, rows, &node, line),
        "DateGenerated" => rows.read.published = dates::read(&node.text).map(|span| span.earliest),
        _ => {}
    })
}

fn schema(word: &str) -> &'static str {
    match word.trim().to_lowercase().as_str() {
        "individual" => "person",
        "ship" => "vessel",
        _ => "company",
    }
}

/// Name 1 to Name 5 are the given names, Name 6 the family or whole name.
fn name(node: &Node) -> String {
    let parts: Vec<&str> = (1..=6)
        .map(|nth| format!("Name{nth}"))
        .filter_map(|part| node.child(&part))
        .map(|part| part.text.trim())
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" ")
}

fn entry(file: &Text, rows: &mut Rows, node: &Node, line: u64) {
    let names = node.path("Names/Name");
    let is_primary = |node: &&&Node| {
        node.value("NameType").to_lowercase().starts_with("primary name") && !node.value("NameType").to_lowercase().contains("variation")
    };
    let primary = names.iter().find(is_primary).or(names.first()).map(|node| name(node)).unwrap_or_default();
    let id = node.value("UniqueID");
    let id = if id.is_empty() { String::new() } else { format!("uk-{id}") };
    let Some(at) = rows.entry(file, line, &id, schema(node.value("IndividualEntityShip")), &primary) else { return };
    if let Some(entry) = rows.last() {
        entry.listed_from = dates::read(node.value("DateDesignated")).and_then(|span| midnight(&span.earliest));
        entry.remarks = Some(node.value("OtherInformation").to_owned()).filter(|text| !text.is_empty());
    }
    rows.programmes(&at, node.value("RegimeName"));
    for alias in &names {
        let weak = alias.value("AliasStrength").to_lowercase().contains("low");
        rows.name(&at, &name(alias), "alias", if weak { "weak" } else { "strong" });
    }
    for native in node.path("NonLatinNames/NonLatinName") {
        rows.name(&at, native.value("NameNonLatinScript"), "original_script", "strong");
    }
    for address in node.path("Addresses/Address") {
        let lines: Vec<&str> = address
            .children
            .iter()
            .filter(|part| part.name.starts_with("AddressLine"))
            .map(|part| part.text.trim())
            .filter(|part| !part.is_empty())
            .collect();
        rows.address(&at, &lines.join(", "), "", address.value("AddressCountry"));
    }
    for date in node.path("IndividualDetails/Individual/DOBs/DOB") {
        rows.date(file, line, &at, "birth", &date.text.replace("dd/", "00/").replace("mm/", "00/"));
    }
    for passport in node.path("IndividualDetails/Individual/PassportDetails/Passport") {
        rows.identifier(&at, "document_number", passport.value("PassportNumber"), None);
    }
    for id in node.path("IndividualDetails/Individual/NationalIdentifierDetails/NationalIdentifier") {
        rows.identifier(&at, "document_number", id.value("NationalIdentifierNumber"), None);
    }
    for number in node.path("EntityDetails/Entity/BusinessRegistrationNumbers/BusinessRegistrationNumber") {
        rows.identifier(&at, "registration", &number.text, None);
    }
    for number in node.path("ShipDetails/Ship/IMONumbers/IMONumber") {
        rows.identifier(&at, "imo", &number.text, None);
    }
    for phone in node.path("PhoneNumbers/PhoneNumber") {
        rows.identifier(&at, "phone", &phone.text, None);
    }
    for email in node.path("EmailAddresses/EmailAddress") {
        rows.identifier(&at, "email", &email.text, None);
    }
}

/// The CSV: a first line with the day of publication may stand before the header; several rows of one id are one entry.
pub(super) fn read_csv(file: &Text, rows: &mut Rows) {
    rows.read.list = "uk".into();
    let text = file.text.trim_start_matches('\u{feff}');
    let skip = text.lines().take_while(|line| !line.contains("Name 6")).count();
    let body = text.split_inclusive('\n').skip(skip).collect::<String>();
    rows.read.published = text.lines().take(skip).flat_map(|line| line.split(',')).find_map(dates::read).map(|span| span.earliest);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(body.as_bytes());
    let Ok(headers) = reader.headers().cloned() else { return };
    let column = |names: &[&str]| headers.iter().position(|header| names.iter().any(|name| header.trim().eq_ignore_ascii_case(name)));
    let id = column(&["Unique ID", "Group ID"]);
    for record in reader.records().filter_map(Result::ok) {
        let line = record.position().map_or(0, csv::Position::line) + skip as u64;
        let cell = |names: &[&str]| column(names).and_then(|at| record.get(at)).unwrap_or("").trim().to_owned();
        let parts: Vec<String> = (1..=6).map(|nth| cell(&[&format!("Name {nth}")])).filter(|part| !part.is_empty()).collect();
        let number = id.and_then(|at| record.get(at)).unwrap_or("").trim();
        let key = if number.is_empty() { String::new() } else { format!("uk-{number}") };
        let at = if rows.has(&key) {
            At { id: key, row: RowId::new(file.number, line).0 }
        } else {
            match rows.entry(
                file,
                line,
                &key,
                schema(&cell(&["Group Type", "Designation Type", "Individual, Entity, Ship"])),
                &parts.join(" "),
            ) {
                Some(at) => at,
                None => continue,
            }
        };
        let weak = cell(&["Alias Quality", "Alias strength"]).to_lowercase().contains("low");
        rows.name(&at, &parts.join(" "), "alias", if weak { "weak" } else { "strong" });
        rows.name(&at, &cell(&["Name Non-Latin Script", "Name non-latin script"]), "original_script", "strong");
        rows.programmes(&at, &cell(&["Regime", "Regime Name"]));
        rows.date(file, line, &at, "birth", &cell(&["DOB", "D.O.B"]).replace("dd/", "00/").replace("mm/", "00/"));
        for (names, kind) in [
            (&["Passport Number"][..], "document_number"),
            (&["National Identification Number", "National Identifier number"][..], "document_number"),
            (&["IMO number"][..], "imo"),
        ] {
            rows.identifier(&at, label::kind(names[0]).filter(|_| kind == "document_number").unwrap_or(kind), &cell(names), None);
        }
        let lines: Vec<String> =
            (1..=6).map(|nth| cell(&[&format!("Address {nth}"), &format!("Address Line {nth}")])).filter(|part| !part.is_empty()).collect();
        rows.address(&at, &lines.join(", "), "", &cell(&["Country", "Address Country"]));
    }
}
