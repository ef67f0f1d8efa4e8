//! Every table, declared once. Source of the design: the input contract, version 1.
//!
//! No table has a column for nationality, ethnicity, religion, gender, accent or photo-derived origin; see [`FORBIDDEN`].

pub mod derived;
pub mod did;
pub mod money;
pub mod used;
pub mod who;
pub mod world;

use crate::table::Table;
use std::sync::LazyLock;

/// All tables in documented order.
pub static TABLES: LazyLock<Vec<Table>> =
    LazyLock::new(|| [who::CHAPTER, did::CHAPTER, used::CHAPTER, money::CHAPTER, world::CHAPTER, derived::CHAPTER].concat());

/// The table of that name.
#[must_use]
pub fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

/// The table whose name is nearest to `name` (fewest edits), for "did you mean".
#[must_use]
pub fn nearest_table(name: &str) -> &'static str {
    let name = name.to_lowercase();
    TABLES.iter().min_by_key(|table| edits(&name, table.name)).map_or("subjects", |table| table.name)
}

/// Edit distance (insert, delete, replace = 1), on characters.
fn edits(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().take(64).enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let cost = corner + usize::from(a != *b);
            corner = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(corner + 1);
        }
    }
    row[right.len()]
}

/// Column names that are dropped at the door and that no rule may read: nationality, ethnicity, religion, gender,
/// language, accent, photo looks, name origin. Compared after lower-casing and removing everything but letters; a column
/// matches when its name contains one of these words.
pub const FORBIDDEN: &[&str] = &[
    "nationality",
    "citizenship",
    "ethnic",
    "ethnicity",
    "race",
    "religion",
    "faith",
    "gender",
    "sex",
    "language",
    "accent",
    "mothertongue",
    "nameorigin",
    "originofname",
    "skincolor",
    "skincolour",
    "complexion",
    "photoorigin",
    "photolooks",
    "facialfeatures",
    "birthplace",
    "placeofbirth",
    "countryofbirth",
    "birthcountry",
    "maritalstatus",
    "caste",
    "tribe",
];

/// Whether a column name asks for something that is never an input. `race` and `sex` count only as whole words, so that
/// `trace` and `sussex` pass.
#[must_use]
pub fn is_forbidden_column(name: &str) -> bool {
    let words: Vec<String> = split_words(name);
    let joined: String = words.concat();
    FORBIDDEN.iter().any(|forbidden| match forbidden.len() {
        0..=5 => words.iter().any(|word| word == forbidden || *word == format!("{forbidden}s")),
        _ => joined.contains(forbidden),
    })
}

fn split_words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower_before = false;
    for c in name.chars() {
        if !c.is_alphabetic() || (c.is_uppercase() && lower_before) {
            words.push(String::new());
        }
        lower_before = c.is_lowercase();
        if c.is_alphabetic()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::TableRow as _;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_no_table_holds_a_forbidden_column() {
        let mut names = HashSet::new();
        for table in TABLES.iter() {
            assert!(names.insert(table.name), "{} is declared twice", table.name);
            let mut columns = HashSet::new();
            for column in table.columns {
                assert!(columns.insert(column.name), "{}.{} is declared twice", table.name, column.name);
                assert!(!is_forbidden_column(column.name), "{}.{} is forbidden", table.name, column.name);
                assert!(!column.meaning.is_empty(), "{}.{} has no meaning", table.name, column.name);
            }
        }
    }

    #[test]
    fn forbidden_columns_are_told_from_harmless_ones() {
        for name in [
            "Nationality",
            "nationality_code",
            "candidateEthnicity",
            "Race",
            "client_language",
            "sex",
            "Gender (self-reported)",
            "Country of Birth",
            "native_languages",
        ] {
            assert!(is_forbidden_column(name), "{name}");
        }
        for name in
            ["trace", "sussex_office", "transaction", "subject_id", "programming_stack", "interface", "claimed_country", "traceability"]
        {
            assert!(!is_forbidden_column(name), "{name}");
        }
    }

    #[test]
    fn a_misspelt_table_finds_its_neighbour() {
        assert_eq!(nearest_table("sign_in"), "sign_ins");
        assert_eq!(nearest_table("Identifier"), "identifiers");
    }

    #[test]
    fn rows_survive_arrow() {
        let row = did::SignIn {
            row_id: 7,
            subject_id: Some("s1".into()),
            at: Some(crate::cell::Time { micros: 1_650_000_000_000_000, offset_minutes: Some(-300) }),
            rtt_ms: Some(31.5),
            ..Default::default()
        };
        let batch = did::SignIn::to_batch(std::slice::from_ref(&row)).unwrap();
        assert_eq!(batch.schema(), did::SignIn::TABLE.schema());
        assert_eq!(did::SignIn::from_batch(&batch), vec![row]);
    }
}
