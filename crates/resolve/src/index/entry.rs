//! What the index knows of a list entry.
//!
//! Must not know publishers or file formats.

use crate::normal::Schema;
use bonafide_facts::Tables;
use bonafide_facts::identifier::canonical;
use bonafide_facts::tables::world::{ListDate, ListEntry, ListIdentifier, ListName, ListProgramme};
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
}

/// The entries of the reference tables `list_*`, in the order of `list_entries`.
#[must_use]
pub fn from_tables(tables: &Tables) -> Vec<Entry> {
    from_rows(tables.rows(), tables.rows(), tables.rows(), tables.rows(), tables.rows())
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
