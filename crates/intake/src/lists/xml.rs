//! XML one record at a time: small trees of bounded depth and size, no entity expanded, no external file opened.
//!
//! Must not know any publisher's elements.

use super::{ListLimits, Text};
use bonafide_facts::Trouble;
use bonafide_facts::place::Place;
use bonafide_facts::text::printable;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// An element: name without prefix, attributes, text, children.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// Local name.
    pub name: String,
    /// Attributes in order, local names.
    pub attributes: Vec<(String, String)>,
    /// Its own text, without that of its children.
    pub text: String,
    /// Children in order.
    pub children: Vec<Node>,
}

impl Node {
    /// First child of that name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Children of that name.
    pub fn all<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Children of children: `Names/Name`.
    #[must_use]
    pub fn path<'n>(&'n self, path: &str) -> Vec<&'n Self> {
        let mut found = vec![self];
        for step in path.split('/') {
            found = found.into_iter().flat_map(|node| node.children.iter().filter(|child| child.name == step)).collect();
        }
        found
    }

    /// Trimmed text of the first child of that name; empty when there is none.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| child.text.trim())
    }

    /// An attribute; empty when there is none.
    #[must_use]
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }
}

/// The text with each `<` that can begin no tag (`<0B>`, `a < b`, `<B0@)`) written as `&lt;`, and the line of the first; `None` when there is none.
/// Publishers' own files hold such slips in free text. A file with CDATA is left as it is: there a `<` is text already.
pub(crate) fn mended(text: &str) -> Option<(String, u64)> {
    let stray = |at: &usize| !begins_tag(&text[at + 1..]);
    let first = memchr::memchr_iter(b'<', text.as_bytes()).find(stray)?;
    if text.contains("<![CDATA[") {
        return None;
    }
    let mut out = String::with_capacity(text.len() + 64);
    let mut from = 0;
    for at in memchr::memchr_iter(b'<', text.as_bytes()).filter(stray) {
        out.push_str(&text[from..at]);
        out.push_str("&lt;");
        from = at + 1;
    }
    out.push_str(&text[from..]);
    Some((out, memchr::memchr_iter(b'\n', &text.as_bytes()[..first]).count() as u64 + 1))
}

/// Whether what stands behind a `<` may be a tag: a name, and behind it a blank, `/` or `>` (or the end of the file, which is another trouble).
fn begins_tag(rest: &str) -> bool {
    let name = match rest.chars().next() {
        Some('!' | '?') => return true,
        Some('/') => &rest[1..],
        _ => rest,
    };
    let starts = name.chars().next().is_none_or(|c| c.is_alphabetic() || matches!(c, '_' | ':'));
    let behind = name.chars().find(|c| !c.is_alphanumeric() && !matches!(c, '_' | ':' | '-' | '.'));
    starts && behind.is_none_or(|c| c.is_whitespace() || matches!(c, '/' | '>'))
}

/// Calls `each` with every outermost element that `wanted` names (and its line); the root's attributes come as a node without children.
///
/// # Errors
/// When the file is not well-formed to its end, nests too deep, or a record is larger than the limits.
pub(crate) fn records(file: &Text, limits: &ListLimits, wanted: &[&str], each: &mut dyn FnMut(Node, u64)) -> Result<(), Trouble> {
    let mut reader = Reader::from_str(&file.text);
    // A bare `&` within an address of a web page is a slip of the publisher, not a broken file.
    reader.config_mut().allow_dangling_amp = true;
    let mut state = State { open: Vec::new(), stack: Vec::new(), bytes: 0, line: 1, counted: 0, root: false };
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(file.text.len());
        let event = reader.read_event();
        match event {
            Ok(Event::Start(start)) => state.start(file, limits, wanted, &start, at, each)?,
            Ok(Event::Empty(start)) => {
                state.start(file, limits, wanted, &start, at, each)?;
                state.end(each);
            }
            Ok(Event::End(_)) => state.end(each),
            Ok(Event::Text(text)) => {
                state.text(file, limits, &text, at)?;
            }
            Ok(Event::CData(data)) => {
                state.text(file, limits, &data, at)?;
            }
            Ok(Event::GeneralRef(reference)) => {
                let name = (*reference).to_owned();
                let number = reference.resolve_char_ref().ok().flatten().map(String::from);
                let text = number
                    .or_else(|| quick_xml::escape::resolve_xml_entity(&name).map(str::to_owned))
                    .unwrap_or_else(|| format!("&{name};"));
                state.text(file, limits, &text, at)?;
            }
            Ok(Event::Eof) if state.open.is_empty() && state.root => return Ok(()),
            Ok(Event::Eof) => return Err(broken(file, state.line_at(file, at), "ends before its root element is closed")),
            Ok(_) => {}
            Err(error) => {
                return Err(broken(file, state.line_at(file, at), &format!("is not well-formed: {}", printable(&error.to_string(), 200))));
            }
        }
    }
}

fn broken(file: &Text, line: u64, what: &str) -> Trouble {
    Trouble::error(
        "list-xml",
        Some(Place::line(&file.name, line)),
        what,
        "fetch the file again from its publisher; the last good list stays in use",
    )
}

struct State {
    /// Names of open elements outside a record.
    open: Vec<()>,
    /// Open elements of the record.
    stack: Vec<(Node, u64)>,
    bytes: usize,
    line: u64,
    counted: usize,
    root: bool,
}

impl State {
    fn line_at(&mut self, file: &Text, at: usize) -> u64 {
        if let Some(passed) = file.text.as_bytes().get(self.counted..at) {
            self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
            self.counted = at;
        }
        self.line
    }

    fn start(
        &mut self,
        file: &Text,
        limits: &ListLimits,
        wanted: &[&str],
        start: &BytesStart,
        at: usize,
        each: &mut dyn FnMut(Node, u64),
    ) -> Result<(), Trouble> {
        let line = self.line_at(file, at);
        self.open.push(());
        if self.open.len() > limits.depth {
            return Err(broken(file, line, &format!("nests deeper than {} elements", limits.depth)));
        }
        let name = start.local_name().as_ref().to_owned();
        let is_record = wanted.contains(&name.as_str());
        if !self.stack.is_empty() || is_record || !self.root {
            let node = Node { attributes: attributes(start), name, ..Node::default() };
            self.bytes += node.name.len() + node.attributes.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>() + 32;
            self.bounded(file, limits, line)?;
            if self.stack.is_empty() && !is_record {
                self.root = true;
                self.bytes = 0;
                each(node, line);
            } else {
                self.root = true;
                self.stack.push((node, line));
            }
        }
        Ok(())
    }

    fn bounded(&self, file: &Text, limits: &ListLimits, line: u64) -> Result<(), Trouble> {
        if self.bytes > limits.record_bytes {
            Err(broken(file, line, &format!("has a record of more than {} bytes", limits.record_bytes)))
        } else {
            Ok(())
        }
    }

    fn text(&mut self, file: &Text, limits: &ListLimits, text: &str, at: usize) -> Result<(), Trouble> {
        if let Some((node, _)) = self.stack.last_mut() {
            node.text.push_str(text);
            self.bytes += text.len();
            let line = self.line;
            if self.bytes > limits.record_bytes {
                let line = self.line_at(file, at).max(line);
                return self.bounded(file, limits, line);
            }
        }
        Ok(())
    }

    fn end(&mut self, each: &mut dyn FnMut(Node, u64)) {
        self.open.pop();
        if let Some((node, line)) = self.stack.pop() {
            match self.stack.last_mut() {
                Some((parent, _)) => parent.children.push(node),
                None => {
                    self.bytes = 0;
                    each(node, line);
                }
            }
        }
    }
}

fn attributes(start: &BytesStart) -> Vec<(String, String)> {
    let parsed = start.attributes().take(64).filter_map(Result::ok);
    parsed
        .map(|attribute| {
            let raw = attribute.value.to_string();
            let value = quick_xml::escape::unescape(&raw).map(|value| value.into_owned()).unwrap_or(raw);
            (attribute.key.local_name().as_ref().to_owned(), value)
        })
        .collect()
}
