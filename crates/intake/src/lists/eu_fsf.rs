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
    if let Some(regulation) = node.child("regulation") {
        rows.programmes(&at, regulation.attribute("programme"));
    }
    for alias in &aliases {
        rows.name(&at, &whole(alias), "alias", if alias.attribute("strong") == "false" { "weak" } else { "strong" });
    }
    for birth in node.all("birthdate") {
        let printed = match (birth.attribute("birthdate"), birth.attribute("year")) {
            ("", "") if !birth.attribute("yearRangeFrom").is_empty() => {
                format!("{} to {}", birth.attribute("yearRangeFrom"), birth.attribute("yearRangeTo"))
            }
            ("", year) => year.to_owned(),
            (day, _) => day.to_owned(),
        };
        let printed = if birth.attribute("circa") == "true" && !printed.is_empty() { format!("circa {printed}") } else { printed };
        rows.date(file, line, &at, "birth", &printed);
        let city = if birth.attribute("city").is_empty() { birth.attribute("place") } else { birth.attribute("city") };
        rows.born_in(&at, city, birth.attribute("countryIso2Code"));
    }
    for document in node.all("identification") {
        let kind =
            label::kind(document.attribute("identificationTypeDescription")).or(label::kind(document.attribute("identificationTypeCode")));
        rows.identifier(
            file,
            &at,
            kind.unwrap_or("document_number"),
            document.attribute("number"),
            Some(document.attribute("countryIso2Code")),
        );
    }
    for address in node.all("address") {
        rows.address(&at, address.attribute("street"), address.attribute("city"), address.attribute("countryIso2Code"));
    }
}
