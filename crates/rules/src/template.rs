//! `{{name}}` in SQL and sentences.
//!
//! Must not know where a value comes from.

use crate::yaml::{Node, Value, looks_like_number};

/// A parameter of a rule as written.
#[derive(Debug, Clone, PartialEq)]
pub enum ParamValue {
    /// A number, kept as written.
    Number(String),
    /// Text.
    Text(String),
    /// Several.
    List(Vec<ParamValue>),
}

impl ParamValue {
    /// From YAML: plain numbers are numbers, all other scalars text. `None` for a map or nothing.
    #[must_use]
    pub fn read(node: &Node) -> Option<Self> {
        match &node.value {
            Value::Scalar { text, plain: true } if looks_like_number(text) => Some(Self::Number(text.clone())),
            Value::Scalar { .. } => node.text().map(|text| Self::Text(text.to_owned())),
            Value::List(items) => items.iter().map(Self::read).collect::<Option<_>>().map(Self::List),
            Value::Map(_) => None,
        }
    }

    /// As SQL: numbers bare, text quoted, lists with commas between (`in ({{codes}})`).
    #[must_use]
    pub fn sql(&self) -> String {
        match self {
            Self::Number(number) => number.clone(),
            Self::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Self::List(items) => items.iter().map(Self::sql).collect::<Vec<_>>().join(", "),
        }
    }

    /// As a sentence shows it.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Number(text) | Self::Text(text) => text.clone(),
            Self::List(items) => items.iter().map(Self::shown).collect::<Vec<_>>().join(", "),
        }
    }
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text.
    Text(String),
    /// `{{name}}`.
    Slot(String),
}

/// Cuts a template into its pieces.
///
/// # Errors
/// A `{{` without its `}}`, or a name that is not a word; the sentence says which.
pub fn pieces(template: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else { return Err("`{{` without `}}`".to_owned()) };
        let name = name.trim();
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(format!("`{{{{{name}}}}}` is not a name"));
        }
        pieces.push(Piece::Text(before.to_owned()));
        pieces.push(Piece::Slot(name.to_owned()));
        rest = behind;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
    Ok(pieces)
}

/// Fills a template; `fill` gives the text of a slot or `None` when there is none.
///
/// # Errors
/// A malformed template or a slot without a value.
pub fn filled(template: &str, fill: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut out = String::with_capacity(template.len());
    for piece in pieces(template)? {
        match piece {
            Piece::Text(text) => out.push_str(&text),
            Piece::Slot(name) => out.push_str(&fill(&name).ok_or_else(|| format!("`{{{{{name}}}}}` is not defined"))?),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_cannot_break_out_of_their_quotes() {
        let list = ParamValue::List(vec![ParamValue::Text("o'clock".into()), ParamValue::Number("7".into())]);
        assert_eq!(filled("a in ({{ codes }})", |_| Some(list.sql())).unwrap(), "a in ('o''clock', 7)");
        assert!(filled("{{a}}", |_| None).is_err());
        assert!(pieces("{{a b}}").is_err());
        assert!(pieces("{{a").is_err());
    }
}
