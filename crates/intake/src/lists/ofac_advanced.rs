//! OFAC's sdn_advanced.xml and cons_advanced.xml (root Sanctions; the UN ASF schema): parties point at reference values, documents and entries point at
//! parties.

use super::rows::At;
use super::xml::{Node, records};
use super::{Rows, Text, dates, label, ofac_list};
use bonafide_facts::Trouble;
use bonafide_facts::place::RowId;
use std::collections::HashMap;

/// Reference values: (set, id) -> text.
type Values = HashMap<(String, String), String>;

/// What later records point at.
#[derive(Default)]
struct Known {
    values: Values,
    /// Street lines, city and country of a location.
    locations: HashMap<String, (String, String, String)>,
    /// Entry of a profile.
    profiles: HashMap<String, At>,
    /// Entry of an identity.
    identities: HashMap<String, At>,
}

impl Known {
    fn value(&self, set: &str, id: &str) -> &str {
        self.values.get(&(set.to_owned(), id.to_owned())).map_or("", String::as_str)
    }
}

pub(super) fn read(file: &Text, rows: &mut Rows) -> Result<(), Trouble> {
    rows.read.list = ofac_list(&file.name);
    let limits = *rows.limits;
    let mut known = Known::default();
    // Of a document only what a row needs: its tree would take many times its size in the file.
    let mut documents: Vec<[String; 4]> = Vec::new();
    let wanted = ["ReferenceValueSets", "DateOfIssue", "Location", "DistinctParty", "IDRegDocument", "SanctionsEntry"];
    // The reference values are one large record.
    let limits = super::ListLimits { record_bytes: limits.record_bytes * 4, ..limits };
    records(file, &limits, &wanted, &mut |node, line| match node.name.as_str() {
        "ReferenceValueSets" => known.values = reference(&node),
        "DateOfIssue" if rows.read.published.is_none() => rows.read.published = day(&node),
        "Location" => location(&node, &mut known),
        "DistinctParty" => party(file, rows, &node, line, &mut known),
        "IDRegDocument" => documents.push(document(&node)),
        "SanctionsEntry" => entry(rows, &node, &known),
        _ => {}
    })?;
    for [identity, kind, country, number] in documents {
        let Some(at) = known.identities.get(&identity) else { continue };
        let kind = label::kind(known.value("IDRegDocType", &kind));
        let country = known.value("Country", &country);
        rows.identifier(file, at, kind.unwrap_or("document_number"), &number, Some(country));
    }
    Ok(())
}

/// Identity, kind, country and number of a document.
fn document(node: &Node) -> [String; 4] {
    let attribute = |name: &str| node.attribute(name).to_owned();
    [attribute("IdentityID"), attribute("IDRegDocTypeID"), attribute("IssuedBy-CountryID"), node.value("IDRegistrationNo").to_owned()]
}

fn reference(sets: &Node) -> Values {
    let items = sets.children.iter().flat_map(|set| &set.children);
    items.map(|item| ((item.name.clone(), item.attribute("ID").to_owned()), item.text.trim().to_owned())).collect()
}

fn span(node: &Node) -> Option<dates::Span> {
    let part = |name: &str| node.value(name).parse::<u32>().unwrap_or(0);
    dates::span(part("Year"), part("Month"), part("Day"))
}

fn day(node: &Node) -> Option<String> {
    span(node).map(|span| span.earliest)
}

fn location(node: &Node, known: &mut Known) {
    let (mut lines, mut city) = (Vec::new(), String::new());
    for part in node.all("LocationPart") {
        let text = part.path("LocationPartValue/Value").first().map_or("", |value| value.text.trim());
        match known.value("LocPartType", part.attribute("LocPartTypeID")).to_uppercase().as_str() {
            "CITY" => text.clone_into(&mut city),
            "" => {}
            _ if text.is_empty() => {}
            _ => lines.push(text),
        }
    }
    let country = node.child("LocationCountry").map(|country| known.value("Country", country.attribute("CountryID")).to_owned());
    known.locations.insert(node.attribute("ID").to_owned(), (lines.join(", "), city, country.unwrap_or_default()));
}

/// One name of a party, as it stands under its alias.
struct Named {
    primary: bool,
    name: String,
    role: &'static str,
    strength: &'static str,
}

fn names(profile: &Node, known: &Known, person: bool) -> Vec<Named> {
    let mut names = Vec::new();
    let groups: HashMap<&str, &str> = profile
        .path("Identity/NamePartGroups/MasterNamePartGroup/NamePartGroup")
        .iter()
        .map(|group| (group.attribute("ID"), known.value("NamePartType", group.attribute("NamePartTypeID"))))
        .collect();
    for alias in profile.path("Identity/Alias") {
        let primary = alias.attribute("Primary") == "true";
        let strength = if alias.attribute("LowQuality") == "true" { "weak" } else { "strong" };
        let former = known.value("AliasType", alias.attribute("AliasTypeID")).to_lowercase().starts_with('f');
        for documented in alias.all("DocumentedName") {
            let values = documented.path("DocumentedNamePart/NamePartValue");
            // Script 215 is Latin; all others are the original script.
            let latin = values.first().is_none_or(|part| matches!(part.attribute("ScriptID"), "" | "215"));
            let role = match (latin, former) {
                (false, _) => "original_script",
                (true, true) => "former",
                (true, false) => "alias",
            };
            let name = if person && latin { family_first(&values, &groups, known) } else { printed(&values) };
            names.push(Named { primary: primary && latin, name, role, strength });
        }
    }
    names
}

fn printed(values: &[&Node]) -> String {
    values.iter().map(|part| part.text.trim()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// `LAST, First Middle`: the family name is the part whose group says so; where no group says anything it comes first.
fn family_first(values: &[&Node], groups: &HashMap<&str, &str>, known: &Known) -> String {
    let kind = |part: &Node| {
        let group = groups.get(part.attribute("NamePartGroupID")).copied().filter(|kind| !kind.is_empty());
        group.unwrap_or(known.value("NamePartType", part.attribute("NamePartTypeID"))).to_lowercase()
    };
    let told = values.iter().any(|part| !kind(part).is_empty());
    let is_family = |(nth, part): (usize, &&Node)| if told { kind(part).starts_with("last") } else { nth == 0 };
    let (family, given): (Vec<_>, Vec<_>) = values.iter().enumerate().partition(|(nth, part)| is_family((*nth, part)));
    let join = |parts: Vec<(usize, &&Node)>| printed(&parts.into_iter().map(|(_, part)| *part).collect::<Vec<_>>());
    match (join(family), join(given)) {
        (family, given) if family.is_empty() || given.is_empty() => family + &given,
        (family, given) => format!("{family}, {given}"),
    }
}

fn party(file: &Text, rows: &mut Rows, node: &Node, line: u64, known: &mut Known) {
    let Some(profile) = node.child("Profile") else { return };
    let schema = match profile.attribute("PartySubTypeID") {
        "4" => "person",
        "1" => "vessel",
        "2" => "aircraft",
        _ => "company",
    };
    let names = names(profile, known, schema == "person");
    let first = names.iter().find(|name| name.primary).or(names.first()).map_or("", |name| name.name.as_str());
    let number = match node.attribute("FixedRef") {
        "" => profile.attribute("ID"),
        number => number,
    };
    let id = if number.is_empty() { String::new() } else { format!("ofac-{number}") };
    let Some(at) = rows.entry(file, line, &id, schema, first) else { return };
    if let Some(entry) = rows.last() {
        entry.remarks = Some(node.value("Comment").to_owned()).filter(|text| !text.is_empty());
    }
    known.profiles.insert(profile.attribute("ID").to_owned(), at.clone());
    profile.all("Identity").for_each(|identity| {
        known.identities.insert(identity.attribute("ID").to_owned(), at.clone());
    });
    for name in &names {
        rows.name(&at, &name.name, name.role, name.strength);
    }
    for feature in profile.all("Feature") {
        features(file, rows, feature, &at, known);
    }
}

fn features(file: &Text, rows: &mut Rows, feature: &Node, at: &At, known: &Known) {
    let label = known.value("FeatureType", feature.attribute("FeatureTypeID"));
    for place in feature.path("FeatureVersion/VersionLocation") {
        if let Some((lines, city, country)) = known.locations.get(place.attribute("LocationID")) {
            if label.eq_ignore_ascii_case("Place of Birth") {
                rows.born_in(at, if city.is_empty() { lines } else { city }, country);
            } else {
                rows.address(at, lines, city, country);
            }
        }
    }
    let dated = match label.to_lowercase().as_str() {
        "birthdate" => Some("birth"),
        "organization established date" => Some("founded"),
        _ => None,
    };
    if let Some(what) = dated {
        for period in feature.path("FeatureVersion/DatePeriod") {
            let point = |path: &str| period.path(path).first().and_then(|node| span(node));
            match (point("Start/From"), point("End/To")) {
                (Some(from), Some(to)) if from.earliest <= to.latest => rows.span(at, what, &one_span(from, to)),
                (None, None) => {}
                _ => rows.no_date(file, RowId(at.row).line(), at, what, "a period of dates"),
            }
        }
    } else if label.eq_ignore_ascii_case("Place of Birth") {
        feature.path("FeatureVersion/VersionDetail").iter().for_each(|detail| rows.born_in(at, &detail.text, ""));
    } else if let Some(kind) = label::kind(label) {
        for detail in feature.path("FeatureVersion/VersionDetail") {
            rows.identifier(file, at, kind, detail.text.trim(), None);
        }
    }
}

/// A period from its ends, with the precision that its length has.
fn one_span(from: dates::Span, to: dates::Span) -> dates::Span {
    let year = |day: &str| day.get(..4).map(str::to_owned);
    let whole_year = from.earliest.ends_with("-01-01") && to.latest.ends_with("-12-31") && year(&from.earliest) == year(&to.latest);
    let precision = match (from.earliest == to.latest, whole_year) {
        (true, _) => "day",
        (false, true) => "year",
        (false, false) => "range",
    };
    dates::Span { earliest: from.earliest, latest: to.latest, precision }
}

/// The measures of an entry, and when it came on the list (the first event).
fn entry(rows: &mut Rows, node: &Node, known: &Known) {
    let Some(at) = known.profiles.get(node.attribute("ProfileID")) else { return };
    for measure in node.all("SanctionsMeasure") {
        rows.programmes(at, measure.value("Comment"));
    }
    let from = node.path("EntryEvent/Date").iter().filter_map(|date| day(date)).min();
    let to = node.path("DelistingEvent/Date").iter().filter_map(|date| day(date)).max();
    rows.listed(at, from.as_deref(), to.as_deref());
}
