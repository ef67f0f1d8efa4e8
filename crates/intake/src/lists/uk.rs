//! The UK sanctions list: FCDO's XML (root Designations) and CSV (one row a name, grouped by unique or group id).

use super::rows::{At, first_day};
use super::xml::{Node, records};
use super::{Rows, Text, dates, delimited};
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
        entry.listed_from = first_day(node.value("DateDesignated"));
        entry.listed_to = first_day(node.value("DateDelisted"));
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
            .filter(|part| part.name.starts_with("AddressLine") || part.name == "AddressPostalCode")
            .map(|part| part.text.trim())
            .filter(|part| !part.is_empty())
            .collect();
        rows.address(&at, &lines.join(", "), "", address.value("AddressCountry"));
    }
    for date in node.path("IndividualDetails/Individual/DOBs/DOB") {
        rows.date(file, line, &at, "birth", &date.text.replace("dd/", "00/").replace("mm/", "00/"));
    }
    for birth in node.path("IndividualDetails/Individual/BirthDetails/Location") {
        rows.born_in(&at, birth.value("TownOfBirth"), birth.value("CountryOfBirth"));
    }
    for passport in node.path("IndividualDetails/Individual/PassportDetails/Passport") {
        rows.identifier(file, &at, "document_number", passport.value("PassportNumber"), None);
    }
    for id in node.path("IndividualDetails/Individual/NationalIdentifierDetails/NationalIdentifier") {
        rows.identifier(file, &at, "document_number", id.value("NationalIdentifierNumber"), None);
    }
    for number in node.path("EntityDetails/Entity/BusinessRegistrationNumbers/BusinessRegistrationNumber") {
        rows.identifier(file, &at, "registration", &number.text, None);
    }
    for number in node.path("ShipDetails/Ship/IMONumbers/IMONumber") {
        rows.identifier(file, &at, "imo", &number.text, None);
    }
    for phone in node.path("PhoneNumbers/PhoneNumber") {
        rows.identifier(file, &at, "phone", &phone.text, None);
    }
    for number in node.path("ShipDetails/Ship/HullIdentificationNumbers/HullIdentificationNumber") {
        rows.identifier(file, &at, "registration", &number.text, None);
    }
    for website in node.path("Websites/Website") {
        rows.identifier(file, &at, "website", &website.text, None);
    }
    for email in node.path("EmailAddresses/EmailAddress") {
        rows.identifier(file, &at, "email", &email.text, None);
    }
}

/// The CSV: a first line with the day of publication may stand before the header; several rows of one id are one entry, whose own name is that of its row
/// called primary.
pub(super) fn read_csv(file: &Text, rows: &mut Rows) -> Result<(), Trouble> {
    rows.read.list = "uk".into();
    let skip = file.text.lines().take_while(|line| !line.contains("Name 6")).count();
    rows.read.published =
        file.text.lines().take(skip).flat_map(|line| line.split([',', ':'])).find_map(dates::read).map(|span| span.earliest);
    delimited::rows(file, rows, skip, &["Name 6", "Name 1", "Unique ID", "Group ID", "Regime", "DOB"], &mut |rows, row| {
        csv_row(file, rows, row)
    })
}

fn csv_row(file: &Text, rows: &mut Rows, row: &delimited::Row) {
    let parts: Vec<String> = (1..=6).map(|nth| row.get(&[&format!("Name {nth}")]).to_owned()).filter(|part| !part.is_empty()).collect();
    let (name, number) = (parts.join(" "), row.get(&["Unique ID", "Group ID"]));
    let key = if number.is_empty() { String::new() } else { format!("uk-{number}") };
    let kind = row.get(&["Name type", "Alias Type"]).to_lowercase();
    let primary = kind.starts_with("primary name") && !kind.contains("variation");
    let first = !rows.has(&key);
    let at = if !first {
        At { id: key, row: RowId::new(file.number, row.line).0 }
    } else {
        let word = row.get(&["Group Type", "Designation Type", "Individual, Entity, Ship"]);
        match rows.entry(file, row.line, &key, schema(word), &name) {
            Some(at) => at,
            None => return,
        }
    };
    let day = |name: &str| dates::read(row.get(&[name])).map(|span| span.earliest);
    let from = ["Date Designated", "UK Sanctions List Date Designated", "Listed On"].into_iter().filter_map(day).min();
    rows.listed(&at, from.as_deref(), day("Date Delisted").as_deref());
    let weak = row.get(&["Alias Quality", "Alias strength"]).to_lowercase().contains("low");
    let strength = if weak { "weak" } else { "strong" };
    rows.name(&at, &name, "alias", strength);
    if primary || (first && !kind.is_empty()) {
        rows.rename(&at, &name, if primary { "primary" } else { "alias" }, strength);
    }
    rows.name(&at, row.get(&["Name Non-Latin Script"]), "original_script", "strong");
    rows.programmes(&at, row.get(&["Regime", "Regime Name"]));
    rows.date(file, row.line, &at, "birth", &row.get(&["DOB", "D.O.B"]).replace("dd/", "00/").replace("mm/", "00/"));
    rows.born_in(&at, row.get(&["Town of birth"]), row.get(&["Country of birth"]));
    for (names, kind) in [
        (&["Passport Number"][..], "document_number"),
        (&["National Identification Number", "National Identifier number"][..], "document_number"),
        (&["Business registration number (s)", "Business registration number"][..], "registration"),
        (&["Hull identification number (HIN)", "Hull identification number"][..], "registration"),
        (&["IMO number"][..], "imo"),
        (&["Phone number"][..], "phone"),
        (&["Email address"][..], "email"),
        (&["Website"][..], "website"),
    ] {
        rows.identifier(file, &at, kind, row.get(names), None);
    }
    let lines = (1..=6).map(|nth| row.get(&[&format!("Address {nth}"), &format!("Address Line {nth}")]));
    let lines: Vec<&str> = lines.chain([row.get(&["Address Postal Code", "Post/Zip Code"])]).filter(|part| !part.is_empty()).collect();
    rows.address(&at, &lines.join(", "), "", row.get(&["Country", "Address Country"]));
}
