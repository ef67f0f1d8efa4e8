//! OFAC's plain XML (sdn.xml, consolidated.xml; root sdnList).

use super::xml::{Node, records};
use super::{Rows, Text, chain, dates, label, ofac_list};
use bonafide_facts::Trouble;

pub(super) fn read(file: &Text, rows: &mut Rows) -> Result<(), Trouble> {
    rows.read.list = ofac_list(&file.name);
    let limits = *rows.limits;
    records(file, &limits, &["sdnEntry", "publshInformation", "publishInformation"], &mut |node, line| match node.name.as_str() {
        "sdnEntry" => entry(file, rows, &node, line),
        "publshInformation" | "publishInformation" => {
            // Month first, as OFAC prints it here.
            let parts: Vec<&str> = node.value("Publish_Date").split('/').collect();
            if let [month, day, year] = parts.as_slice() {
                rows.read.published = dates::read(&format!("{year}-{month}-{day}")).map(|span| span.earliest);
            }
            rows.read.announced = node.value("Record_Count").parse().ok();
        }
        _ => {}
    })
}

fn printed(node: &Node) -> String {
    match (node.value("lastName"), node.value("firstName")) {
        (last, "") => last.to_owned(),
        ("", first) => first.to_owned(),
        (last, first) => format!("{last}, {first}"),
    }
}

fn entry(file: &Text, rows: &mut Rows, node: &Node, line: u64) {
    let schema = match node.value("sdnType").to_lowercase().as_str() {
        "individual" => "person",
        "vessel" => "vessel",
        "aircraft" => "aircraft",
        _ => "company",
    };
    let uid = node.value("uid");
    let id = if uid.is_empty() { String::new() } else { format!("ofac-{uid}") };
    let Some(at) = rows.entry(file, line, &id, schema, &printed(node)) else { return };
    if let Some(entry) = rows.last() {
        entry.remarks = Some(node.value("remarks").to_owned()).filter(|text| !text.is_empty());
    }
    node.path("programList/program").into_iter().for_each(|programme| rows.programmes(&at, &programme.text));
    for aka in node.path("akaList/aka") {
        let role = if aka.value("type").starts_with('f') { "former" } else { "alias" };
        rows.name(&at, &printed(aka), role, if aka.value("category") == "weak" { "weak" } else { "strong" });
    }
    for id in node.path("idList/id") {
        let (kind, number) = (id.value("idType"), id.value("idNumber"));
        match label::kind(kind) {
            Some(kind) => rows.identifier(file, &at, kind, number, Some(id.value("idCountry"))),
            None if chain::of(number).is_some() => rows.identifier(file, &at, "wallet", number, None),
            None => {}
        }
    }
    node.path("dateOfBirthList/dateOfBirthItem")
        .into_iter()
        .for_each(|item| rows.date(file, line, &at, "birth", item.value("dateOfBirth")));
    for place in node.path("placeOfBirthList/placeOfBirthItem") {
        rows.born_in(&at, place.value("placeOfBirth"), "");
    }
    for address in node.path("addressList/address") {
        let street: Vec<&str> =
            ["address1", "address2", "address3"].iter().map(|part| address.value(part)).filter(|part| !part.is_empty()).collect();
        rows.address(&at, &street.join(", "), address.value("city"), address.value("country"));
    }
}
