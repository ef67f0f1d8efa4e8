//! nomenklatura's checks of whole entities (FollowTheMoney properties), each candidate a list of one entry and each query asked of it.
//!
//! Must not read what Bonafide never asks: nationality, country, gender.

use bonafide_facts::identifier::canonical;
use bonafide_resolve::index::Index;
use bonafide_resolve::index::entry::{Days, Entry, EntryName, NameKind};
use bonafide_resolve::normal::Schema;
use bonafide_resolve::screen::place::{Place, PlaceKind};
use bonafide_resolve::screen::{Options, Query, Searcher};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// One check: what is asked, what is listed, whether they are the same.
#[derive(Deserialize)]
pub struct Check {
    #[serde(rename = "match")]
    pub same: bool,
    #[serde(default)]
    pub schema: String,
    #[serde(default)]
    pub label: String,
    query: Properties,
    candidate: Properties,
}

type Properties = BTreeMap<String, Values>;

#[derive(Deserialize)]
#[serde(untagged)]
enum Values {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Checks {
    checks: Vec<Check>,
}

const IDENTIFIERS: [(&str, &str); 6] = [
    ("passportNumber", "document_number"),
    ("idNumber", "document_number"),
    ("taxNumber", "tax_id"),
    ("innCode", "tax_id"),
    ("registrationNumber", "registration"),
    ("imoNumber", "imo"),
];

/// The checks of a data folder; `None` when the file is absent.
///
/// # Errors
/// The file is not of the form.
pub fn read(folder: &Path) -> Option<Result<Vec<Check>, String>> {
    let text = std::fs::read_to_string(folder.join("screen/nomenklatura_entity_bench_checks.yml")).ok()?;
    Some(serde_saphyr::from_str::<Checks>(&text).map(|file| file.checks).map_err(|error| error.to_string()))
}

impl Check {
    /// The best score of a queried name, 0 to 1.
    pub fn score(&self) -> f64 {
        let listed = &self.candidate;
        let names = names(listed).into_iter().map(|printed| EntryName { printed, kind: NameKind::Primary }).collect();
        let (schema, births, identifiers, places) = (self.named(), births(listed), identifiers(listed), places(listed));
        let entry = Entry { id: "1".into(), list: "own".into(), schema, names, births, identifiers, places, ..Entry::default() };
        let index = Index::build(vec![entry]);
        let mut searcher = Searcher::new(&index);
        let options = Options { top: 1, threshold: 0.0, ..Options::default() };
        let queries = names_of(self);
        queries.iter().filter_map(|query| searcher.screen(query, &options).first().map(|hit| hit.score)).fold(0.0, f64::max)
    }

    /// A `LegalEntity` of FollowTheMoney is a person or a company.
    fn named(&self) -> Schema {
        if self.schema == "LegalEntity" { Schema::Unknown } else { Schema::from_word(&self.schema) }
    }

    /// Both sides in one line.
    pub fn sides(&self) -> String {
        format!("{} / {}", names(&self.query).join(" | "), names(&self.candidate).join(" | "))
    }
}

fn names_of(check: &Check) -> Vec<Query> {
    let asked = &check.query;
    let (birth, identifiers, places) = (births(asked).into_iter().next(), identifiers(asked), places(asked));
    let query = Query { schema: check.named(), birth, identifiers, places, ..Query::default() };
    names(asked).into_iter().map(|name| Query { name, ..query.clone() }).collect()
}

fn values<'a>(of: &'a Properties, property: &str) -> &'a [String] {
    match of.get(property) {
        Some(Values::One(value)) => std::slice::from_ref(value),
        Some(Values::Many(values)) => values,
        None => &[],
    }
}

/// The names, and the one that the parts of a name make: `Last, First Second Father's`, as lists print it.
fn names(of: &Properties) -> Vec<String> {
    let mut names: Vec<String> = ["name", "alias", "previousName"].iter().flat_map(|property| values(of, property)).cloned().collect();
    let first = |property: &str| values(of, property).first().map(String::as_str);
    if let Some(last) = first("lastName") {
        let given: Vec<&str> =
            ["firstName", "secondName", "middleName", "fatherName"].iter().filter_map(|property| first(property)).collect();
        names.push(format!("{last}, {}", given.join(" ")));
    }
    names
}

fn births(of: &Properties) -> Vec<Days> {
    let days = |value: &String| match value.len() {
        4 => Some(Days { earliest: format!("{value}-01-01"), latest: format!("{value}-12-31") }),
        7 => Some(Days { earliest: format!("{value}-01"), latest: format!("{value}-31") }),
        10 => Some(Days { earliest: value.clone(), latest: value.clone() }),
        _ => None,
    };
    ["birthDate", "incorporationDate"].iter().flat_map(|property| values(of, property)).filter_map(days).collect()
}

fn identifiers(of: &Properties) -> Vec<(String, String)> {
    let read = |(property, kind): &(&str, &str)| -> Vec<(String, String)> {
        values(of, property).iter().filter_map(|value| Some(((*kind).to_owned(), canonical(kind, value)?))).collect()
    };
    IDENTIFIERS.iter().flat_map(read).collect()
}

fn places(of: &Properties) -> Vec<Place> {
    [("birthPlace", PlaceKind::Birth), ("address", PlaceKind::Address)]
        .iter()
        .flat_map(|(property, kind)| values(of, property).iter().filter_map(|printed| Place::read(*kind, printed)))
        .collect()
}
