//! JSON Lines: one object a line, its keys as source columns, known as they come.
//!
//! Must not know columns or tables.

use crate::encoding::{Charset, LineText, note_latin};
use crate::open::Opened;
use crate::options::ReadLimits;
use crate::record::{Cells, Raw, Record, Records};
use crate::tally::{NO_COLUMN, Tally, quoted};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};

/// Records of one file of JSON Lines. Nested objects are columns of their own too, with a point between (`actor.alternateId`).
pub(crate) struct JsonRecords {
    reader: BufReader<Box<dyn Read>>,
    opened: Opened,
    charset: Charset,
    limits: ReadLimits,
    line: u64,
    raw: Vec<u8>,
    text: String,
    names: Vec<String>,
    by_name: HashMap<String, usize>,
    values: Vec<Option<Value>>,
    skipped: u64,
    ended: bool,
}

/// Levels of objects that become columns of their own.
const NESTING: usize = 6;

impl JsonRecords {
    pub(crate) fn new(mut opened: Opened, charset: Charset, limits: &ReadLimits) -> Self {
        let reader = std::mem::replace(&mut opened.reader, Box::new(std::io::empty()));
        Self {
            reader: BufReader::with_capacity(1 << 18, reader),
            opened,
            charset,
            limits: limits.clone(),
            line: 0,
            raw: Vec::new(),
            text: String::new(),
            names: Vec::new(),
            by_name: HashMap::new(),
            values: Vec::new(),
            skipped: 0,
            ended: false,
        }
    }

    fn refuse(&mut self, tally: &mut Tally, code: &'static str, what: impl Into<String>, mend: &str) {
        self.skipped += 1;
        let what = what.into();
        tally.warning(code, self.line, NO_COLUMN, || (format!("{what}: the row is skipped"), mend.to_owned()));
    }

    /// Reads one line into `raw`, without its end. False at the end of the file.
    fn read_line(&mut self, tally: &mut Tally) -> bool {
        loop {
            self.raw.clear();
            if self.ended {
                return false;
            }
            let limit = self.limits.record_bytes as u64 + 1;
            match self.reader.by_ref().take(limit).read_until(b'\n', &mut self.raw) {
                Ok(0) => return false,
                Ok(_) => self.line += 1,
                Err(error) => {
                    self.ended = true;
                    crate::read::broken_stream(Some(error), self.line + 1, tally);
                    return false;
                }
            }
            if self.raw.last() == Some(&b'\n') || (self.raw.len() as u64) < limit {
                return true;
            }
            let what = format!("the line is longer than {} bytes", self.limits.record_bytes);
            self.refuse(tally, "record-too-long", what, "split the record, or leave the large value out");
            if let Err(error) = self.reader.skip_until(b'\n') {
                self.ended = true;
                crate::read::broken_stream(Some(error), self.line, tally);
            }
        }
    }

    /// The object of the line in `raw`, or why there is none.
    fn object(&mut self, tally: &mut Tally) -> Result<Map<String, Value>, (&'static str, String)> {
        match self.charset.line(&self.raw, &mut self.text) {
            LineText::Bad => return Err(("bad-utf8", "the line is not UTF-8, while the file is".to_owned())),
            LineText::Latin => note_latin(self.line, tally),
            LineText::Good => {}
        }
        match serde_json::from_str(self.text.trim()) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(other) => Err(("bad-json", format!("{} is no object", quoted(&other.to_string())))),
            Err(error) => Err(("bad-json", format!("{} is no JSON object: {error}", quoted(&self.text)))),
        }
    }

    fn spread(&mut self, prefix: &str, object: Map<String, Value>, depth: usize, tally: &mut Tally) {
        for (key, value) in object {
            let name = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
            match value {
                Value::Null => {}
                Value::Object(inner) if depth < NESTING && !inner.is_empty() => {
                    self.put(&name, Value::Object(Map::new()), tally);
                    self.spread(&name, inner, depth + 1, tally);
                }
                value => self.put(&name, value, tally),
            }
        }
    }

    fn put(&mut self, name: &str, value: Value, tally: &mut Tally) {
        let at = match self.by_name.get(name) {
            Some(at) => *at,
            None if self.names.len() >= self.limits.columns => {
                let most = self.limits.columns;
                tally.warning("too-many-columns", self.line, NO_COLUMN, || {
                    (
                        format!("the file has more than {most} keys: {} is not read", quoted(name)),
                        "leave out what no table needs".to_owned(),
                    )
                });
                return;
            }
            None => {
                self.names.push(name.to_owned());
                self.by_name.insert(name.to_owned(), self.names.len() - 1);
                self.values.push(None);
                self.names.len() - 1
            }
        };
        if let Some(place) = self.values.get_mut(at) {
            *place = Some(value);
        }
    }
}

/// A value as a cell.
pub(crate) fn raw(value: &Value) -> Raw<'_> {
    match value {
        Value::Null => Raw::Null,
        Value::Bool(value) => Raw::Boolean(*value),
        Value::String(text) if text.is_empty() => Raw::Null,
        Value::String(text) => Raw::Text(text),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(value), _) => Raw::Integer(value),
            (None, Some(_)) => Raw::Made(number.to_string()),
            (None, None) => Raw::Unreadable("a number beyond all bounds"),
        },
        Value::Array(items) => list(items),
        Value::Object(_) => Raw::Unreadable("a JSON object where one value is expected"),
    }
}

fn list(items: &[Value]) -> Raw<'_> {
    let mut texts = Vec::with_capacity(items.len());
    for item in items {
        match item {
            Value::Null => {}
            Value::String(text) => texts.push(text.clone()),
            Value::Bool(_) | Value::Number(_) => texts.push(item.to_string()),
            Value::Array(_) | Value::Object(_) => return Raw::Unreadable("a nested JSON list where a plain list is expected"),
        }
    }
    if texts.is_empty() { Raw::Null } else { Raw::Made(texts.join("|")) }
}

impl Records for JsonRecords {
    fn names(&self) -> &[String] {
        &self.names
    }

    fn header_line(&self) -> u64 {
        self.line.max(1)
    }

    fn advance(&mut self, tally: &mut Tally) -> bool {
        loop {
            if !self.read_line(tally) {
                return false;
            }
            while matches!(self.raw.last(), Some(b'\n' | b'\r')) {
                self.raw.pop();
            }
            if self.raw.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            match self.object(tally) {
                Ok(object) => {
                    self.values.iter_mut().for_each(|value| *value = None);
                    self.spread("", object, 1, tally);
                    return true;
                }
                Err((code, what)) => self.refuse(tally, code, what, "write one JSON object a line"),
            }
        }
    }

    fn record(&self) -> Record<'_> {
        Record { line: self.line, cells: Cells::Json(&self.values) }
    }

    fn skipped(&self) -> u64 {
        self.skipped
    }

    fn bytes(&self) -> u64 {
        self.opened.meter.bytes()
    }

    fn finish(self: Box<Self>) -> (String, u64) {
        self.opened.finish()
    }
}
