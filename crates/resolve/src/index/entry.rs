//! What the index knows of a list entry.
//!
//! Must not know publishers or file formats.

use crate::normal::Schema;
use crate::screen::place::{Place, PlaceKind};
use bonafide_facts::Tables;
use bonafide_facts::identifier::canonical;
use bonafide_facts::tables::world::{ListAddress, ListDate, ListEntry, ListIdentifier, ListName, ListProgramme};
use std::collections::BTreeMap;

/// How a listed name is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum NameKind {
    /// The name of the entry.
    #[default]
    Primary,
    /// Also known as.
    Alias,
    /// A weak alias: the publisher warns that it finds many.
    Weak,
    /// In the original script.
    Original,
}

/// One name of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryName {
    /// As printed.
    pub printed: String,
    /// How it is meant.
    pub kind: NameKind,
}

/// A span of days as `YYYY-MM-DD` texts (they compare as dates), both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Days {
    /// First day.
    pub earliest: String,
    /// Last day.
    pub latest: String,
}

impl Days {
    /// Days of the span, roughly (a month has 31, a year 366); at least 1.
    #[must_use]
    pub fn length(&self) -> u32 {
        let number = |day: &str| {
            let part = |from: usize, to: usize| day.get(from..to).and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
            part(0, 4) * 366 + part(5, 7) * 31 + part(8, 10)
        };
        number(&self.latest).saturating_sub(number(&self.earliest)).saturating_add(1).min(366 * 1_000)
    }
}

/// One entry of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// `ofac-<uid>`, `un-<DATAID>`…
    pub id: String,
    /// List id.
    pub list: String,
    /// What is named.
    pub schema: Schema,
    /// All names, the primary first.
    pub names: Vec<EntryName>,
    /// Days of birth or founding that are given.
    pub births: Vec<Days>,
    /// (kind, canonical value).
    pub identifiers: Vec<(String, String)>,
    /// Programmes.
    pub programmes: Vec<String>,
    /// Towns of birth and addresses.
    pub places: Vec<Place>,
    /// Day of listing, `YYYY-MM-DD`, when the publisher gives it.
    pub listed_from: Option<String>,
    /// Day of removal, `YYYY-MM-DD`, of an entry that is no longer listed.
    pub listed_to: Option<String>,
}

impl Entry {
    /// Whether it is on its list on a day (`YYYY-MM-DD`), as far as its own days tell.
    #[must_use]
    pub fn holds_on(&self, day: &str) -> bool {
        self.listed_from.as_deref().is_none_or(|from| from <= day) && self.listed_to.as_deref().is_none_or(|to| day < to)
    }
}

/// Adds the towns of rows of `list_addresses` to the entries they belong to. Countries are left out: they are no evidence.
pub fn add_places(entries: &mut [Entry], rows: Vec<ListAddress>) {
    let at: BTreeMap<String, usize> = entries.iter().enumerate().map(|(at, entry)| (entry.id.clone(), at)).collect();
    for row in rows {
        let Some(entry) = row.entry_id.and_then(|id| at.get(&id)).and_then(|at| entries.get_mut(*at)) else { continue };
        let kind = if row.kind.as_deref() == Some("birth_place") { PlaceKind::Birth } else { PlaceKind::Address };
        // The town where one is named apart; a street is no town.
        if let Some(place) = row.city.or(row.address).and_then(|printed| Place::read(kind, &printed))
            && !entry.places.contains(&place)
        {
            entry.places.push(place);
        }
    }
}

/// The entries of the reference tables `list_*`, in the order of `list_entries`.
#[must_use]
pub fn from_tables(tables: &Tables) -> Vec<Entry> {
    let mut entries = from_rows(tables.rows(), tables.rows(), tables.rows(), tables.rows(), tables.rows());
    add_places(&mut entries, tables.rows());
    entries
}

/// The entries of rows of the list tables, in the order of `listed`. The first entry of an id within one list counts.
#[must_use]
pub fn from_rows(
    listed: Vec<ListEntry>,
    names: Vec<ListName>,
    identifiers: Vec<ListIdentifier>,
    programmes: Vec<ListProgramme>,
    dates: Vec<ListDate>,
) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for row in listed {
        let Some(id) = row.entry_id else { continue };
        if places.contains_key(&id) {
            continue;
        }
        places.insert(id.clone(), entries.len());
        let schema = Schema::from_word(row.schema.as_deref().unwrap_or(""));
        let first = row.name.map(|printed| EntryName { printed, kind: NameKind::Primary }).into_iter().collect();
        entries.push(Entry { id, list: row.list.unwrap_or_default(), schema, names: first, ..Entry::default() });
        if let Some(entry) = entries.last_mut() {
            let day = |time: Option<bonafide_facts::cell::Time>| time.and_then(|time| time.to_string().get(..10).map(str::to_owned));
            (entry.listed_from, entry.listed_to) = (day(row.listed_from), day(row.listed_to));
        }
    }
    for row in names {
        if let (Some(at), Some(printed)) = (row.entry_id.as_ref().and_then(|id| places.get(id)), row.name) {
            let kind = match (row.role.as_deref(), row.strength.as_deref()) {
                (Some("original_script"), _) => NameKind::Original,
                (_, Some("weak")) => NameKind::Weak,
                (Some("primary"), _) => NameKind::Primary,
                _ => NameKind::Alias,
            };
            if !entries[*at].names.iter().any(|name| name.printed == printed) {
                entries[*at].names.push(EntryName { printed, kind });
            }
        }
    }
    for row in identifiers {
        if let (Some(at), Some(kind), Some(value)) = (row.entry_id.as_ref().and_then(|id| places.get(id)), row.kind, row.value)
            && let Some(value) = canonical(&kind, &value)
        {
            entries[*at].identifiers.push((kind, value));
        }
    }
    for row in programmes {
        if let (Some(at), Some(programme)) = (row.entry_id.as_ref().and_then(|id| places.get(id)), row.programme) {
            entries[*at].programmes.push(programme);
        }
    }
    for row in dates {
        if let (Some(at), Some("birth" | "founded"), Some(earliest)) =
            (row.entry_id.as_ref().and_then(|id| places.get(id)), row.what.as_deref(), row.earliest)
        {
            let latest = row.latest.unwrap_or_else(|| earliest.clone());
            entries[*at].births.push(Days { earliest, latest });
        }
    }
    entries
}
