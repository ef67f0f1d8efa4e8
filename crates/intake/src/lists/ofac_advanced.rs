//! OFAC's sdn_advanced.xml and cons_advanced.xml (root Sanctions; the UN ASF schema): parties point at reference values, documents and entries point at
//! parties.

use super::rows::At;
use super::xml::{Node, records};
use super::{Rows, Text, dates, label};
use bonafide_facts::Trouble;
use std::collections::HashMap;

/// Reference values: (set, id) -> text.
type Values = HashMap<(String, String), String>;

pub(super) fn read(file: &Text, rows: &mut Rows) -> Result<(), Trouble> {
    rows.read.list = if file.name.to_lowercase().contains("cons") { "ofac-cons".into() } else { "ofac-sdn".into() };
    let limits = *rows.limits;
    let mut values = Values::new();
    let mut places: HashMap<String, At> = HashMap::new();
    let mut identities: HashMap<String, At> = HashMap::new();
    let mut documents: Vec<Node> = Vec::new();
    let wanted = ["ReferenceValueSets", "DateOfIssue", "DistinctParty", "IDRegDocument", "SanctionsEntry"];
    // The reference values are one large record.
    let limits = super::ListLimits { record_bytes: limits.record_bytes * 4, ..limits };
    records(file, &limits, &wanted, &mut |node, line| match node.name.as_str() {
        "ReferenceValueSets" => values = reference(&node),
        "DateOfIssue" if rows.read.published.is_none() => rows.read.published = day(&node),
        "DistinctParty" => party(file, rows, &node, line, &values, &mut places, &mut identities),
        "IDRegDocument" => documents.push(node),
        "SanctionsEntry" => entry(rows, &node, &places),
        _ => {}
    })?;
    for document in documents {
        let Some(at) = identities.get(document.attribute("IdentityID")) else { continue };
        let kind = values.get(&("IDRegDocType".into(), document.attribute("IDRegDocTypeID").into())).and_then(|name| label::kind(name));
        rows.identifier(at, kind.unwrap_or("document_number"), document.value("IDRegistrationNo"), None);
    }
    Ok(())
}

fn reference(sets: &Node) -> Values {
    let items = sets.children.iter().flat_map(|set| &set.children);
    items.map(|item| ((item.name.clone(), item.attribute("ID").to_owned()), item.text.trim().to_owned())).collect()
}

fn day(node: &Node) -> Option<String> {
    let part = |name: &str| node.value(name).parse::<u32>().unwrap_or(0);
    dates::span(part("Year"), part("Month"), part("Day")).map(|span| span.earliest)
}

fn party(
    file: &Text,
    rows: &mut Rows,
    node: &Node,
    line: u64,
    values: &Values,
    places: &mut HashMap<String, At>,
    identities: &mut HashMap<String, At>,
) {
    let value = |set: &str, id: &str| values.get(&(set.to_owned(), id.to_owned())).map_or("", String::as_str).to_owned();
    let Some(profile) = node.child("Profile") else { return };
    let schema = match profile.attribute("PartySubTypeID") {
        "4" => "person",
        "1" => "vessel",
        "2" => "aircraft",
        _ => "company",
    };
    let mut names: Vec<(bool, String, String, bool)> = Vec::new();
    for alias in profile.path("Identity/Alias") {
        let primary = alias.attribute("Primary") == "true";
        let weak = alias.attribute("LowQuality") == "true";
        let role = value("AliasType", alias.attribute("AliasTypeID")).to_lowercase();
        for documented in alias.all("DocumentedName") {
            let parts: Vec<&str> = documented
                .path("DocumentedNamePart/NamePartValue")
                .iter()
                .map(|part| part.text.trim())
                .filter(|part| !part.is_empty())
                .collect();
            // Script 215 is Latin; all others are the original script.
            let latin = documented
                .path("DocumentedNamePart/NamePartValue")
                .first()
                .is_none_or(|part| matches!(part.attribute("ScriptID"), "" | "215"));
            let role = match (latin, role.as_str()) {
                (false, _) => "original_script",
                (true, role) if role.starts_with('f') => "former",
                _ => "alias",
            };
            // The family name comes first here.
            let name = if schema == "person" && latin && parts.len() > 1 {
                format!("{}, {}", parts[0], parts[1..].join(" "))
            } else {
                parts.join(" ")
            };
            names.push((primary && latin, name, role.to_owned(), weak));
        }
    }
    let Some(first) = names.iter().find(|(primary, ..)| *primary).or(names.first()).map(|(_, name, ..)| name.clone()) else { return };
    let number = match node.attribute("FixedRef") {
        "" => profile.attribute("ID"),
        number => number,
    };
    let Some(at) = rows.entry(file, line, &format!("ofac-{number}"), schema, &first) else { return };
    places.insert(profile.attribute("ID").to_owned(), at.clone());
    profile.all("Identity").for_each(|identity| {
        identities.insert(identity.attribute("ID").to_owned(), at.clone());
    });
    for (_, name, role, weak) in &names {
        rows.name(&at, name, role, if *weak { "weak" } else { "strong" });
    }
    for feature in profile.all("Feature") {
        features(rows, feature, &at, &value("FeatureType", feature.attribute("FeatureTypeID")));
    }
}

fn features(rows: &mut Rows, feature: &Node, at: &At, kind: &str) {
    if kind.eq_ignore_ascii_case("Birthdate") {
        for period in feature.path("FeatureVersion/DatePeriod") {
            let point = |path: &str| -> Option<dates::Span> {
                let node = *period.path(path).first()?;
                let part = |name: &str| node.value(name).parse::<u32>().unwrap_or(0);
                dates::span(part("Year"), part("Month"), part("Day"))
            };
            if let (Some(from), Some(to)) = (point("Start/From"), point("End/To")) {
                let precision = if from.earliest == to.latest { "day" } else { "range" };
                rows.span(at, "birth", &dates::Span { earliest: from.earliest, latest: to.latest, precision });
            }
        }
        return;
    }
    if let Some(kind) = label::kind(kind) {
        for detail in feature.path("FeatureVersion/VersionDetail") {
            let text = if kind == "imo" { detail.text.trim().trim_start_matches("IMO").trim() } else { detail.text.trim() };
            rows.identifier(at, kind, text, None);
        }
    }
}

fn entry(rows: &mut Rows, node: &Node, places: &HashMap<String, At>) {
    let Some(at) = places.get(node.attribute("ProfileID")) else { return };
    for measure in node.all("SanctionsMeasure") {
        rows.programmes(at, measure.value("Comment"));
    }
}
