//! YAML as a tree in which every value knows its line, so that each refusal names `file:line`. Scalars stay text as written
//! (`007` is not 7); duplicate keys, anchors, tags and deep nesting are refused.
//!
//! Must not know what a pack or a rule is.

use saphyr_parser::{Event, Parser, ScalarStyle};

/// Deepest nesting a pack file may have.
const MAX_DEPTH: usize = 32;
/// Most values one file may hold.
const MAX_NODES: usize = 200_000;

/// A value and the line it starts on (from 1).
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Line from 1.
    pub line: u64,
    /// The value.
    pub value: Value,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text as written; `plain` when it bore no quotes and was no block (so `~` and the empty text mean "nothing").
    Scalar {
        /// The text.
        text: String,
        /// No quotes, no block.
        plain: bool,
    },
    /// `[a, b]`
    List(Vec<Node>),
    /// `{key: value}`, in file order.
    Map(Vec<(Key, Node)>),
}

/// A key and its line.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// Line from 1.
    pub line: u64,
    /// The text.
    pub text: String,
}

/// Why a file could not be read: line and sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct YamlError {
    /// Line from 1.
    pub line: u64,
    /// What is wrong.
    pub what: String,
}

impl Node {
    /// The text of a scalar; `None` for a list, a map, or nothing (`~`, `null`, empty).
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, plain } if !(*plain && matches!(text.as_str(), "" | "~" | "null")) => Some(text),
            _ => None,
        }
    }

    /// Whether the value is nothing (`~`, `null`, empty).
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, plain: true } if matches!(text.as_str(), "" | "~" | "null"))
    }

    /// The items of a list; a single value counts as a list of one, nothing as an empty one.
    #[must_use]
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ if self.is_nothing() => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// The entries of a map; empty for anything else.
    #[must_use]
    pub fn entries(&self) -> &[(Key, Node)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(name, _)| name.text == key).map(|(_, node)| node)
    }

    /// The number a plain scalar spells.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match &self.value {
            Value::Scalar { text, plain: true } => text.parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        }
    }

    /// The tree as JSON, plain numbers and booleans as such.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        match &self.value {
            Value::List(items) => items.iter().map(Self::json).collect(),
            Value::Map(entries) => serde_json::Value::Object(entries.iter().map(|(key, node)| (key.text.clone(), node.json())).collect()),
            Value::Scalar { text, plain } => match (text.as_str(), plain) {
                ("" | "~" | "null", true) => serde_json::Value::Null,
                ("true", true) => true.into(),
                ("false", true) => false.into(),
                (word, true) if looks_like_number(word) => serde_json::from_str(word).unwrap_or_else(|_| word.into()),
                (word, _) => word.into(),
            },
        }
    }
}

/// Whether a plain scalar is a JSON number (so `2024-01`, `007`, `1.2.3` stay text).
#[must_use]
pub fn looks_like_number(word: &str) -> bool {
    serde_json::from_str::<serde_json::Number>(word).is_ok()
}

/// Reads one document.
///
/// # Errors
/// Bad YAML, a duplicate key, an anchor, alias or tag, more than one document, too deep or too many values.
pub fn read(text: &str) -> Result<Node, YamlError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader { events: Parser::new_from_str(text), nodes: 0 };
    let mut root = None;
    loop {
        let (event, line) = reader.next()?;
        match event {
            Event::StreamEnd => break,
            Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
            _ if root.is_some() => return Err(YamlError { line, what: "a second document in one file".to_owned() }),
            event => root = Some(reader.node(event, line, 0)?),
        }
    }
    root.ok_or(YamlError { line: 1, what: "the file is empty".to_owned() })
}

struct Reader<'a> {
    events: Parser<'a, saphyr_parser::StrInput<'a>>,
    nodes: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, u64), YamlError> {
        match self.events.next() {
            Some(Ok((event, span))) => Ok((event, span.start.line() as u64)),
            Some(Err(error)) => Err(YamlError { line: error.marker().line() as u64, what: format!("not YAML: {}", error.info()) }),
            None => Ok((Event::StreamEnd, 0)),
        }
    }

    fn node(&mut self, event: Event<'a>, line: u64, depth: usize) -> Result<Node, YamlError> {
        self.nodes += 1;
        if depth > MAX_DEPTH || self.nodes > MAX_NODES {
            return Err(YamlError { line, what: format!("more than {MAX_DEPTH} levels or {MAX_NODES} values") });
        }
        let value = match event {
            Event::Scalar(text, style, 0, None) => Value::Scalar { text: text.into_owned(), plain: style == ScalarStyle::Plain },
            Event::SequenceStart(0, None) => self.list(depth)?,
            Event::MappingStart(0, None) => self.map(depth)?,
            _ => return Err(YamlError { line, what: "anchors, aliases and tags are not read here".to_owned() }),
        };
        Ok(Node { line, value })
    }

    fn list(&mut self, depth: usize) -> Result<Value, YamlError> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Value::List(items)),
                (event, line) => items.push(self.node(event, line, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Value, YamlError> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        loop {
            let key = match self.next()? {
                (Event::MappingEnd, _) => return Ok(Value::Map(entries)),
                (Event::Scalar(text, _, 0, None), line) => Key { line, text: text.into_owned() },
                (_, line) => return Err(YamlError { line, what: "a key must be plain text".to_owned() }),
            };
            if entries.iter().any(|(other, _)| other.text == key.text) {
                return Err(YamlError { line: key.line, what: format!("key `{}` is written twice", key.text) });
            }
            let (event, line) = self.next()?;
            let node = self.node(event, line, depth + 1)?;
            entries.push((key, node));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_line_and_their_spelling() {
        let node = read("a: 007\nb:\n  - x: \"~\"\n    y: ~\nsql: |\n  SELECT 1\n  FROM t\n").unwrap();
        assert_eq!(node.get("a").and_then(Node::text), Some("007"));
        let item = &node.get("b").unwrap().items()[0];
        assert_eq!((item.line, item.get("x").unwrap().text(), item.get("y").unwrap().text()), (3, Some("~"), None));
        assert_eq!(node.get("sql").unwrap().text(), Some("SELECT 1\nFROM t\n"));
    }

    #[test]
    fn a_duplicate_key_an_anchor_and_a_bomb_are_refused() {
        assert_eq!(read("a: 1\na: 2").unwrap_err().line, 2);
        assert!(read("a: &x 1\nb: *x").is_err());
        assert!(read(&"[".repeat(100)).is_err());
    }
}
