//! What a rule may never be: reading forbidden columns by whatever trick, or being like a row of the pack's refused list.
//!
//! Must not know how rules run.

use crate::yaml::Node;
use bonafide_facts::tables::is_forbidden_column;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use serde::{Deserialize, Serialize};

/// A row of `refused:` in pack.yml: something that will not be a rule, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedRow {
    /// Short name.
    pub id: String,
    /// What such a rule would say.
    pub statement: String,
    /// Why it is refused.
    pub reason: String,
    /// Catalogue ids it stands for.
    #[serde(default)]
    pub covers: Vec<String>,
    /// A rule is like this row when one of these words or phrases stands in its id, sentence, SQL or texts.
    #[serde(default)]
    pub words: Vec<String>,
    /// A rule is like this row when from each of these lists at least one word stands in it.
    #[serde(default)]
    pub together: Vec<Vec<String>>,
}

impl RefusedRow {
    /// The words by which `text` is like this row; `None` when it is not.
    #[must_use]
    pub fn likeness(&self, text: &str) -> Option<String> {
        let text = words(text);
        let stands = |word: &&String| text.contains(&words(word));
        if let Some(word) = self.words.iter().find(stands) {
            return Some(word.clone());
        }
        let hits: Option<Vec<&str>> = self.together.iter().map(|list| list.iter().find(stands).map(String::as_str)).collect();
        hits.filter(|hits| !hits.is_empty()).map(|hits| hits.join(" + "))
    }
}

/// Lower-case words with single spaces, one before and one behind, so that only whole words match.
fn words(text: &str) -> String {
    let mut out = String::from(" ");
    let mut lower_before = false;
    for c in text.chars() {
        if c.is_alphanumeric() {
            if c.is_uppercase() && lower_before {
                out.push(' ');
            }
            lower_before = c.is_lowercase();
            out.extend(c.to_lowercase());
        } else {
            lower_before = false;
            if !out.ends_with(' ') {
                out.push(' ');
            }
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

/// A forbidden word in SQL: which, and on which line of the SQL (from 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forbidden {
    /// The word as written.
    pub word: String,
    /// Line within the SQL, from 1.
    pub line: u64,
}

/// The first identifier (bare, quoted, alias, field) or text in the SQL that names something no rule may read.
#[must_use]
pub fn forbidden_in_sql(sql: &str) -> Option<Forbidden> {
    let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location().ok()?;
    tokens.into_iter().find_map(|token| {
        let word = match token.token {
            Token::Word(word) => word.value,
            Token::SingleQuotedString(text)
            | Token::DoubleQuotedString(text)
            | Token::NationalStringLiteral(text)
            | Token::EscapedStringLiteral(text)
            | Token::UnicodeStringLiteral(text) => text,
            _ => return None,
        };
        is_forbidden_column(&word).then_some(Forbidden { word, line: token.span.start.line })
    })
}

/// The first text among a plan's folded constants that names something no rule may read (`'nation' || 'ality'`).
#[must_use]
pub fn forbidden_literal(literals: &[String]) -> Option<&String> {
    literals.iter().find(|literal| is_forbidden_column(literal))
}

/// Whether an id has the form of an advisory row (`P1`, `C15`, `O3`, `MP5`, `MC4`, `S1`) or a catalogue row (`ID-002`).
#[must_use]
pub fn is_catalogue_id(id: &str) -> bool {
    let digits = |text: &str, most: usize| !text.is_empty() && text.len() <= most && text.chars().all(|c| c.is_ascii_digit());
    match id.split_once('-') {
        Some((area, number)) => (2..=3).contains(&area.len()) && area.chars().all(|c| c.is_ascii_uppercase()) && digits(number, 3),
        None => ["MP", "MC", "P", "C", "O", "S"].iter().any(|area| id.strip_prefix(area).is_some_and(|number| digits(number, 2))),
    }
}

/// Reads the `refused:` list; each row that cannot be read comes back as (line, sentence).
#[must_use]
pub fn read_rows(node: Option<&Node>) -> (Vec<RefusedRow>, Vec<(u64, String)>) {
    let (mut rows, mut bad) = (Vec::new(), Vec::new());
    for item in node.map(Node::items).unwrap_or_default() {
        match serde_json::from_value::<RefusedRow>(item.json()) {
            Ok(row) if row.words.is_empty() && row.together.is_empty() => {
                bad.push((item.line, format!("refused row `{}` has neither words nor together", row.id)))
            }
            Ok(row) => rows.push(row),
            Err(error) => bad.push((item.line, format!("a refused row cannot be read: {error}"))),
        }
    }
    (rows, bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_spelling_hides_a_forbidden_word() {
        for (sql, line) in [
            ("select nationality from claims", 1),
            ("select\n \"Nationality\" from claims", 2),
            ("select value as ethnicity from claims", 1),
            ("select s['gender'] from (select named_struct('a', 1) s)", 1),
            ("select 1 from claims where attribute = 'mother_tongue' or attribute = 'race'", 1),
            ("select client_language from sign_ins", 1),
        ] {
            assert_eq!(forbidden_in_sql(sql).map(|found| found.line), Some(line), "{sql}");
        }
        assert_eq!(
            forbidden_in_sql("select trace, 'the race' as \"transaction\" from t -- nationality").map(|f| f.word).as_deref(),
            Some("the race")
        );
        assert_eq!(forbidden_in_sql("select subject_id, claimed_country from subjects"), None);
        assert_eq!(forbidden_literal(&["nationality".to_owned()]).map(String::as_str), Some("nationality"));
    }

    #[test]
    fn likeness_needs_whole_words() {
        let row = RefusedRow {
            id: "x".into(),
            statement: String::new(),
            reason: String::new(),
            covers: vec![],
            words: vec!["accent".into(), "head of state".into()],
            together: vec![vec!["school".into(), "degree".into()], vec!["region".into()]],
        };
        assert!(row.likeness("Speaks with an Accent").is_some());
        assert!(row.likeness("insults the head-of-state").is_some());
        assert!(row.likeness("accentuated").is_none());
        assert!(row.likeness("the school lies elsewhere").is_none());
        assert_eq!(row.likeness("schoolRegion: school, region").as_deref(), Some("school + region"));
    }

    #[test]
    fn catalogue_ids_have_one_form() {
        for good in ["P1", "C15", "O11", "MP5", "S2", "ID-002", "NW-091"] {
            assert!(is_catalogue_id(good), "{good}");
        }
        for bad in ["", "P", "X1", "ID002", "id-002", "P123", "ID-0020"] {
            assert!(!is_catalogue_id(bad), "{bad}");
        }
    }
}
