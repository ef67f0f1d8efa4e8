//! Screening of a case folder: every name and identifier of every subject against the lists, as `list_hits`.
//!
//! Must not know rules, bands or decisions. Reads of a subject: `subjects.name`, `subjects.kind`, claims of the attributes name, birth_date, birth_place,
//! address and city, identifiers.

use super::mark::{Compared, of_entry, of_subject};
use super::place::{Place, PlaceKind};
use super::{Hit, Options, Query, Searcher};
use crate::index::Index;
use crate::index::entry::{Days, Entry};
use crate::normal::Schema;
use bonafide_facts::Tables;
use bonafide_facts::identifier::canonical;
use bonafide_facts::tables::derived::ListHit;
use bonafide_facts::tables::who::{Claim, Identifier, Subject};
use std::collections::BTreeMap;

/// Columns that [`list_hits`] reads: (table, columns).
pub const READS: &[(&str, &[&str])] = &[
    ("subjects", &["subject_id", "name", "kind"]),
    ("claims", &["subject_id", "attribute", "value"]),
    ("identifiers", &["subject_id", "kind", "value"]),
];

/// Kinds of identifier that lists hold; equal values of other kinds say nothing.
const KINDS: &[&str] =
    &["wallet", "document_number", "tax_id", "bic", "imo", "mmsi", "email", "phone", "website", "registration", "bank_account", "lei"];

/// Everything known of one subject.
#[derive(Debug, Default)]
struct Known {
    schema: Schema,
    /// (name, row).
    names: Vec<(String, i64)>,
    birth: Option<Days>,
    /// (kind, canonical).
    identifiers: Vec<(String, String)>,
    /// Row of each identifier.
    rows: Vec<i64>,
    places: Vec<Place>,
}

impl Known {
    /// The subject's half of a mark.
    fn mark(&self) -> String {
        let names: Vec<String> = self.names.iter().map(|(name, _)| name.clone()).collect();
        let (identifiers, places) = (&self.identifiers, &self.places);
        of_subject(&Compared { names: &names, schema: self.schema, birth: self.birth.as_ref(), identifiers, places })
    }

    fn live(&mut self, kind: PlaceKind, printed: &str) {
        self.places.extend(Place::read(kind, printed).filter(|place| !self.places.contains(place)));
    }
}

/// The hits of all subjects, in the order of `subjects`, best first. `digests` are those of the lists, by list id.
#[must_use]
pub fn list_hits(tables: &Tables, index: &Index, digests: &BTreeMap<String, String>, options: &Options) -> Vec<ListHit> {
    let (order, known) = gather(tables);
    let mut searcher = Searcher::new(index);
    let entries: BTreeMap<(&str, &str), &Entry> =
        index.entries.iter().rev().map(|entry| ((entry.list.as_str(), entry.id.as_str()), entry)).collect();
    let mut hits = Vec::new();
    for id in order {
        let Some(subject) = known.get(&id) else { continue };
        let mut mark = None;
        let mut best: BTreeMap<(String, String), ListHit> = BTreeMap::new();
        for hit in by_identifier(index, subject).into_iter().chain(by_name(&mut searcher, subject, options)) {
            let key = (hit.list.clone().unwrap_or_default(), hit.entry_id.clone().unwrap_or_default());
            let better = best.get(&key).is_none_or(|known| rank(&hit) > rank(known));
            if better {
                best.insert(key, hit);
            }
        }
        let mut best: Vec<ListHit> = best.into_values().collect();
        best.sort_by(|a, b| rank(b).partial_cmp(&rank(a)).unwrap_or(std::cmp::Ordering::Equal).then_with(|| a.entry_id.cmp(&b.entry_id)));
        for mut hit in best {
            hit.subject_id = Some(id.clone());
            hit.list_digest = hit.list.as_ref().and_then(|list| digests.get(list).cloned());
            if let Some(entry) = entries.get(&(hit.list.as_deref().unwrap_or(""), hit.entry_id.as_deref().unwrap_or(""))) {
                hit.programmes = Some(entry.programmes.join("|"));
                (hit.listed_from, hit.listed_to) = (entry.listed_from.clone(), entry.listed_to.clone());
                hit.mark = Some(format!("{}-{}", mark.get_or_insert_with(|| subject.mark()), of_entry(entry)));
            }
            hits.push(hit);
        }
    }
    hits
}

fn rank(hit: &ListHit) -> (bool, f64) {
    (hit.exact_identifier == Some(true), hit.score.unwrap_or(0.0))
}

fn gather(tables: &Tables) -> (Vec<String>, BTreeMap<String, Known>) {
    let mut order = Vec::new();
    let mut known: BTreeMap<String, Known> = BTreeMap::new();
    for row in tables.rows::<Subject>() {
        let Some(id) = row.subject_id else { continue };
        let subject = known.entry(id.clone()).or_insert_with(|| {
            order.push(id);
            Known::default()
        });
        subject.schema = Schema::from_word(row.kind.as_deref().unwrap_or(""));
        subject.names.extend(row.name.map(|name| (name, row.row_id)));
    }
    for row in tables.rows::<Claim>() {
        let (Some(subject), Some(value)) = (row.subject_id.and_then(|id| known.get_mut(&id)), row.value) else { continue };
        match row.attribute.as_deref() {
            Some("name") if !subject.names.iter().any(|(name, _)| *name == value) => subject.names.push((value, row.row_id)),
            Some("birth_date") if subject.birth.is_none() => subject.birth = days(&value),
            Some("birth_place") => subject.live(PlaceKind::Birth, &value),
            Some("address" | "city") => subject.live(PlaceKind::Address, &value),
            _ => {}
        }
    }
    for row in tables.rows::<Identifier>() {
        let (Some(subject), Some(kind), Some(value)) = (row.subject_id.and_then(|id| known.get_mut(&id)), row.kind, row.value) else {
            continue;
        };
        if kind == "address" {
            subject.live(PlaceKind::Address, &value);
        } else if KINDS.contains(&kind.as_str())
            && let Some(value) = canonical(&kind, &value)
        {
            subject.identifiers.push((kind, value));
            subject.rows.push(row.row_id);
        }
    }
    (order, known)
}

/// `YYYY-MM-DD`, `YYYY-MM` or `YYYY`.
fn days(value: &str) -> Option<Days> {
    let value = value.trim();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match value.len() {
        4 if digits(value) => Some(Days { earliest: format!("{value}-01-01"), latest: format!("{value}-12-31") }),
        7 if digits(&value.replacen('-', "", 1)) => Some(Days { earliest: format!("{value}-01"), latest: format!("{value}-31") }),
        10 if digits(&value.replace('-', "")) => Some(Days { earliest: value.to_owned(), latest: value.to_owned() }),
        _ => None,
    }
}

fn by_identifier(index: &Index, subject: &Known) -> Vec<ListHit> {
    let mut hits = Vec::new();
    for (identifier, row) in subject.identifiers.iter().zip(&subject.rows) {
        let (kind, value) = identifier;
        for number in index.identifiers.get(identifier).into_iter().flatten() {
            let entry = &index.entries[*number as usize];
            hits.push(ListHit {
                entry_id: Some(entry.id.clone()),
                list: Some(entry.list.clone()),
                score: Some(1.0),
                matched_kind: Some(kind.clone()),
                matched_name: entry.names.first().map(|name| name.printed.clone()),
                matched_value: Some(value.clone()),
                exact_identifier: Some(true),
                reasons: Some(format!("the {kind} is equal")),
                evidence: Some(vec![*row]),
                ..ListHit::default()
            });
        }
    }
    hits
}

fn by_name(searcher: &mut Searcher, subject: &Known, options: &Options) -> Vec<ListHit> {
    let mut hits = Vec::new();
    for (name, row) in &subject.names {
        let (birth, places) = (subject.birth.clone(), subject.places.clone());
        let query = Query { name: name.clone(), schema: subject.schema, birth, identifiers: Vec::new(), places };
        hits.extend(searcher.screen(&query, options).into_iter().map(|hit| named(hit, name, *row)));
    }
    hits
}

fn named(hit: Hit, name: &str, row: i64) -> ListHit {
    ListHit {
        entry_id: Some(hit.entry_id),
        list: Some(hit.list),
        score: Some(hit.score),
        matched_kind: Some(hit.matched),
        matched_name: Some(hit.name),
        matched_value: Some(name.to_owned()),
        exact_identifier: Some(false),
        reasons: Some(hit.explanation.sentences().join("|")),
        evidence: Some(vec![row]),
        ..ListHit::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::entry::{Entry, EntryName, NameKind};

    #[test]
    fn names_and_identifiers_of_subjects_become_hits() {
        let name = |printed: &str| EntryName { printed: printed.into(), kind: NameKind::Primary };
        let wallet = ("wallet".to_owned(), "0x52908400098527886e0f7030069857d2e4169ee7".to_owned());
        let entries = vec![
            Entry {
                id: "own-1".into(),
                list: "own".into(),
                schema: Schema::Person,
                names: vec![name("MAKHARADZE, Zurab")],
                identifiers: vec![wallet],
                programmes: vec!["TEST".into()],
                ..Entry::default()
            },
            Entry {
                id: "own-2".into(),
                list: "own".into(),
                schema: Schema::Company,
                names: vec![name("Invented Silver Trading LLC")],
                ..Entry::default()
            },
        ];
        let mut tables = Tables::default();
        let subject = |id: &str, kind: &str, name: &str| Subject {
            row_id: 7,
            subject_id: Some(id.into()),
            kind: Some(kind.into()),
            name: Some(name.into()),
            ..Subject::default()
        };
        tables
            .add_rows(&[
                subject("s1", "person", "Zurab Makharadze"),
                subject("s2", "company", "Quiet Fields Ltd"),
                subject("s3", "person", "Jane Roe"),
            ])
            .unwrap();
        let paid = Identifier {
            row_id: 9,
            subject_id: Some("s3".into()),
            kind: Some("wallet".into()),
            value: Some("0x52908400098527886E0F7030069857D2E4169EE7".into()),
            ..Identifier::default()
        };
        tables.add_rows(&[paid]).unwrap();
        let digests = BTreeMap::from([("own".to_owned(), "abc".to_owned())]);
        let hits = list_hits(&tables, &Index::build(entries), &digests, &Options::default());
        let found: Vec<_> = hits
            .iter()
            .map(|hit| (hit.subject_id.as_deref().unwrap(), hit.entry_id.as_deref().unwrap(), hit.exact_identifier.unwrap()))
            .collect();
        assert_eq!(found, [("s1", "own-1", false), ("s3", "own-1", true)]);
        assert_eq!(hits[0].programmes.as_deref(), Some("TEST"));
        assert_eq!(hits[1].evidence, Some(vec![9]));
        assert!(hits[0].mark != hits[1].mark && hits[0].mark.as_ref().is_some_and(|mark| mark.len() == 41));
        assert_eq!(hits[1].list_digest.as_deref(), Some("abc"));
    }
}
