//! What other products call our columns, from `adapters/headers.yml`; read only where a file lacks the column itself.
//!
//! Must not know how a file is read, or what a value means.

use crate::plan::folded;
use bonafide_facts::text::printable;
use bonafide_facts::{Table, Trouble};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Table -> column -> headers; `any` for every table.
type Words = BTreeMap<String, BTreeMap<String, Vec<String>>>;

static WORDS: LazyLock<Result<Words, String>> =
    LazyLock::new(|| serde_saphyr::from_str(include_str!("../../../adapters/headers.yml")).map_err(|error| error.to_string()));

/// Tells when the program was built with a broken `adapters/headers.yml`.
pub(crate) fn defect() -> Option<Trouble> {
    let error = WORDS.as_ref().err()?;
    Some(Trouble::warning(
        "adapter-broken",
        None,
        format!("adapters/headers.yml: {}", printable(error, 200)),
        "this is a defect of Bonafide: please report it",
    ))
}

/// The column of `table` that the folded header `key` stands for, where no header is that column itself and no earlier one means it.
pub(crate) fn column(table: &Table, key: &str, names: &[String]) -> Option<&'static str> {
    let column = stands_for(table, key)?;
    let is_itself = |name: &String| folded(name) == column;
    let earlier = names.iter().map(|name| folded(name)).take_while(|name| name != key).any(|name| stands_for(table, &name) == Some(column));
    (!earlier && !names.iter().any(is_itself)).then_some(column)
}

fn stands_for(table: &Table, key: &str) -> Option<&'static str> {
    let words = WORDS.as_ref().ok()?;
    let mut places = [table.name, "any"].into_iter().filter_map(|place| words.get(place)).flatten();
    places
        .find_map(|(column, headers)| table.column(column).filter(|_| headers.iter().any(|header| header == key)))
        .map(|column| column.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_facts::table;

    #[test]
    fn every_word_names_a_column_and_no_header_means_two() {
        for (place, columns) in WORDS.as_ref().unwrap() {
            let known = |column: &str| match place.as_str() {
                "any" => bonafide_facts::tables::TABLES.iter().any(|table| table.column(column).is_some()),
                place => table(place).unwrap_or_else(|| panic!("no table {place}")).column(column).is_some(),
            };
            let mut seen = std::collections::BTreeSet::new();
            for (column, headers) in columns {
                assert!(known(column), "{place}.{column}");
                for header in headers {
                    assert_eq!(*header, folded(header), "{place}.{column}");
                    assert!(seen.insert(header), "{place}: {header} means two columns");
                }
            }
        }
    }

    #[test]
    fn a_column_that_stands_there_itself_wins() {
        let sign_ins = table("sign_ins").unwrap();
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(column(sign_ins, "user_id", &names(&["user_id", "Timestamp"])), Some("subject_id"));
        assert_eq!(column(sign_ins, "user_id", &names(&["user_id", "subject_id"])), None);
        assert_eq!(column(sign_ins, "time", &names(&["timestamp", "time"])), None, "the first header that means it");
        assert_eq!(column(sign_ins, "referrer_id", &names(&["referrer_id"])), None, "a word of another table");
    }
}
