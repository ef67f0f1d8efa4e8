//! The EU's consolidated financial sanctions list (FSF XML 1.1; elements sanctionEntity).

use super::rows::midnight;
use super::xml::{Node, records};
use super::{Rows, Text, label};
use bonafide_facts::Trouble;

pub(super) fn read(file: &Text, rows: &mut Rows) -> Result<(), Trouble> {
    rows.read.list = "eu-fsf".into();
    let limits = *rows.limits;
    records(file, &limits, &["sanctionEntity"], &mut |node, line| match node.name.as_str() {
        "sanctionEntity" => entry(file, rows, &node, line),
        _ => rows.read.published = node.attribute("generationDate").get(..10).map(str::to_owned),
    })
}

/// The day of designation where it is printed, else the first publication (or entry into force) of a regulation on the entity.
fn listed_from(node: &Node) -> Option<bonafide_facts::cell::Time> {
    let day = |node: &Node, name: &str| node.attribute(name).get(..10).filter(|day| day.len() == 10).map(str::to_owned);
    let regulations = || node.all("regulation");
    let first = day(node, "designationDate")
        .or_else(|| regulations().filter_map(|regulation| day(regulation, "publicationDate")).min())
        .or_else(|| regulations().filter_map(|regulation| day(regulation, "entryIntoForceDate")).min());
    midnight(&first?)
}

fn whole(alias: &Node) -> String {
    match alias.attribute("wholeName") {
        "" => ["firstName", "middleName", "lastName"]
            .iter()
            .map(|part| alias.attribute(part))
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" "),
        name => name.to_owned(),
    }
}

fn entry(file: &Text, rows: &mut Rows, node: &Node, line: u64) {
    let subject = node.child("subjectType");
    let person = subject.is_some_and(|kind| kind.attribute("classificationCode") == "P" || kind.attribute("code") == "person");
    let schema = if person { "person" } else { "company" };
    let aliases: Vec<&Node> = node.all("nameAlias").collect();
    let primary =
        aliases.iter().find(|alias| alias.attribute("nameLanguage").eq_ignore_ascii_case("en") && alias.attribute("strong") == "true");
    let name = primary.or(aliases.iter().find(|alias| !whole(alias).is_empty())).map(|alias| whole(alias)).unwrap_or_default();
    let number = match node.attribute("logicalId") {
        "" => node.attribute("euReferenceNumber"),
        id => id,
    };
    let id = if number.is_empty() { String::new() } else { format!("eu-{number}") };
    let Some(at) = rows.entry(file, line, &id, schema, &name) else { return };
    if let Some(entry) = rows.last() {
        entry.remarks = Some(node.value("remark").to_owned()).filter(|text| !text.is_empty());
        entry.listed_from = listed_from(node);
        entry.listed_to = midnight(node.attribute("delistingDate").get(..10).unwrap_or(""));
    }
    node.all("regulation").for_each(|regulation| rows.programmes(&at, regulation.attribute("programme")));
    for alias in &aliases {
        rows.name(&at, &whole(alias), "alias", if alias.attribute("strong") == "false" { "weak" } else { "strong" });
    }
    for birth in node.all("birthdate") {
        let printed = born(birth);
        rows.date(file, line, &at, "birth", &printed);
        rows.born_in(&at, town(birth), country(birth));
    }
    for document in node.all("identification") {
        let kind =
            label::kind(document.attribute("identificationTypeDescription")).or(label::kind(document.attribute("identificationTypeCode")));
        let kind = kind.unwrap_or("document_number");
        rows.identifier(file, &at, kind, document.attribute("number"), Some(country(document)));
        rows.identifier(file, &at, kind, document.attribute("latinNumber"), Some(country(document)));
    }
    for address in node.all("address") {
        let street = ["street", "poBox", "zipCode"].map(|part| address.attribute(part)).into_iter().filter(|part| !part.is_empty());
        rows.address(&at, &street.collect::<Vec<_>>().join(", "), town(address), country(address));
        for contact in address.all("contactInfo") {
            if let Some(kind) = label::kind(contact.attribute("key")) {
                rows.identifier(file, &at, kind, contact.attribute("value"), None);
            }
        }
    }
}

/// A birth date as other lists print it: the day, a month, a year or a range of years, with `circa` where it is about right.
fn born(birth: &Node) -> String {
    let (year, month) = (birth.attribute("year"), birth.attribute("monthOfYear"));
    let (from, to) = (birth.attribute("yearRangeFrom"), birth.attribute("yearRangeTo"));
    let known = |text: &str| !matches!(text, "" | "0");
    let printed = match birth.attribute("birthdate") {
        "" if known(from) && known(to) => format!("{from} to {to}"),
        "" if known(year) && known(month) => format!("{year}-{month:0>2}"),
        "" if known(year) => year.to_owned(),
        "" if known(from) => from.to_owned(),
        day => day.to_owned(),
    };
    if birth.attribute("circa") == "true" && !printed.is_empty() { format!("circa {printed}") } else { printed }
}

/// City, else place, else region.
fn town(node: &Node) -> &str {
    ["city", "place", "region"].map(|part| node.attribute(part)).into_iter().find(|part| !part.is_empty()).unwrap_or("")
}

/// The country's code; `00` stands for none.
fn country(node: &Node) -> &str {
    Some(node.attribute("countryIso2Code")).filter(|code| *code != "00").unwrap_or("")
}
