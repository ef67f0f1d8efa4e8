//! Names to be screened, as a stream: CSV, TSV or JSON Lines (plain or compressed, in any encoding) with id or qid, name or query, and when there schema,
//! birth_date, birth_place, address, identifiers. Memory does not grow with the rows.
//!
//! Must not know lists, or how a name is compared.

use super::dates::{self, Span};
use crate::csv::CsvRecords;
use crate::encoding::{Charset, as_utf8};
use crate::json::JsonRecords;
use crate::open::{Content, open};
use crate::options::ReadLimits;
use crate::record::{Raw, Records};
use crate::tally::{NO_COLUMN, Tally, quoted};
use bonafide_facts::{Place, Trouble};
use std::io::Read as _;
use std::path::Path;

/// One row: who or what is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AskedRow {
    /// First line of the row in its file.
    pub line: u64,
    /// The user's key; the number of the row (from 1) when there is none.
    pub id: String,
    /// As printed.
    pub name: String,
    /// person, company, vessel… as printed; empty when not said.
    pub schema: String,
    /// Days the birth (or founding) may lie in.
    pub birth: Option<Span>,
    /// Places of birth, as printed.
    pub birth_places: Vec<String>,
    /// Addresses and towns of residence, as printed.
    pub addresses: Vec<String>,
    /// (kind, value as printed).
    pub identifiers: Vec<(String, String)>,
}

/// Headers by what they mean.
const ID: &[&str] = &["id", "qid", "subject_id"];
const NAME: &[&str] = &["name", "query"];
const SCHEMA: &[&str] = &["schema", "kind"];
const BIRTH: &[&str] = &["birth_date", "dob", "date_of_birth"];
const BORN_IN: &[&str] = &["birth_place", "place_of_birth"];
const LIVES_IN: &[&str] = &["address", "addresses", "city"];
const IDENTIFIERS: &[&str] = &["identifiers"];
/// Most bytes of one cell that are looked at.
const CELL: usize = 64 << 10;

/// A file of names, being read.
pub struct Asked {
    records: Box<dyn Records>,
    tally: Tally,
    rows: u64,
    columns: Columns,
}

/// Which source columns mean what; looked up again only when the file has shown further ones.
#[derive(Default)]
struct Columns {
    known: usize,
    id: Vec<usize>,
    name: Vec<usize>,
    schema: Vec<usize>,
    birth: Vec<usize>,
    born_in: Vec<usize>,
    identifiers: Vec<usize>,
    lives_in: Vec<usize>,
    /// (kind, place) of `identifiers.<kind>`.
    kinds: Vec<(String, usize)>,
}

impl Columns {
    fn of(names: &[String]) -> Self {
        // JSON lines may say `name` in one row and `query` in another: the first that is filled counts.
        let first = |words: &[&str]| words.iter().filter_map(|word| names.iter().position(|name| is(name, word))).collect::<Vec<_>>();
        let kind = |(at, name): (usize, &String)| name.strip_prefix("identifiers.").map(|kind| (kind.to_lowercase(), at));
        Self {
            known: names.len(),
            id: first(ID),
            name: first(NAME),
            schema: first(SCHEMA),
            birth: first(BIRTH),
            born_in: first(BORN_IN),
            identifiers: first(IDENTIFIERS),
            lives_in: (0..names.len()).filter(|at| LIVES_IN.iter().any(|word| is(&names[*at], word))).collect(),
            kinds: names.iter().enumerate().filter_map(kind).collect(),
        }
    }
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Asked").field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl Asked {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be read, is a JSON array, or has no column of names.
    pub fn open(path: &Path) -> Result<Self, Trouble> {
        let shown = path.display().to_string();
        let limits = ReadLimits { cell_bytes: CELL, ..ReadLimits::default() };
        let content = Content::Path(path.to_owned());
        let cannot = |error: std::io::Error| {
            Trouble::error(
                "no-input",
                Some(Place::file(&shown)),
                format!("cannot be read: {error}"),
                "give a name, or a CSV, TSV or JSONL file",
            )
        };
        let start = || open(&content, &limits).and_then(as_utf8).map(|(opened, _)| opened).map_err(cannot);
        let mut head = [0_u8; 256];
        let mut opened = start()?;
        let filled = opened.reader.read(&mut head).map_err(cannot)?;
        let first = head[..filled].iter().find(|byte| !byte.is_ascii_whitespace());
        let mut tally = Tally::new(&shown, limits.listed_troubles);
        let charset = Charset::new(&content, &limits);
        let opened = start()?;
        if first == Some(&b'[') {
            let what = "is a JSON array, which must be read whole";
            return Err(Trouble::error("no-input", Some(Place::line(&shown, 1)), what, "write one JSON object a line (jq -c '.[]')"));
        }
        let json = first == Some(&b'{') || path.extension().is_some_and(|ending| ending == "jsonl" || ending == "ndjson");
        let records: Box<dyn Records> = if json {
            Box::new(JsonRecords::new(opened, charset, &limits))
        } else {
            let all = [ID, NAME, SCHEMA, BIRTH, BORN_IN, LIVES_IN, IDENTIFIERS].concat();
            let known = |names: &[String]| names.iter().filter(|name| all.iter().any(|word| is(name, word))).count();
            let records = CsvRecords::new(opened, charset, &limits, &known, &mut tally);
            if !records.names().iter().any(|name| NAME.iter().any(|word| is(name, word))) {
                let what = if records.names().is_empty() { "holds no row" } else { "has no column `name` or `query`" };
                let mend = "name the column with the names `name`, in the first line";
                return Err(Trouble::error("no-names", Some(Place::line(&shown, records.header_line())), what, mend));
            }
            if records.names().len() > limits.columns {
                let what = format!("its header has {} columns; a file of names may have {}", records.names().len(), limits.columns);
                return Err(Trouble::error(
                    "too-many-columns",
                    Some(Place::line(&shown, records.header_line())),
                    what,
                    "leave out what is not asked for",
                ));
            }
            Box::new(records)
        };
        Ok(Self { records, tally, rows: 0, columns: Columns::default() })
    }

    /// The next row; `None` at the end. What cannot be read is told in [`Asked::finish`].
    pub fn next_row(&mut self) -> Option<AskedRow> {
        if !self.records.advance(&mut self.tally) {
            return None;
        }
        self.rows += 1;
        if self.columns.known != self.records.names().len() {
            self.columns = Columns::of(self.records.names());
        }
        let record = self.records.record();
        let line = record.line;
        let mut cut = false;
        let mut cell = |at: usize| {
            let text = match record.cells.get(at) {
                Raw::Text(text) => text.to_owned(),
                Raw::Made(text) => text,
                Raw::Integer(number) => number.to_string(),
                Raw::Number(number) => number.to_string(),
                Raw::Boolean(value) => value.to_string(),
                _ => String::new(),
            };
            cut |= text.len() > CELL;
            let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= CELL).last().unwrap_or(0);
            if text.len() > CELL { text[..end].to_owned() } else { text }
        };
        let columns = &self.columns;
        let mut first = |places: &[usize]| places.iter().map(|at| cell(*at)).find(|text| !text.trim().is_empty()).unwrap_or_default();
        let (id, name, schema, birth, identifiers) =
            (first(&columns.id), first(&columns.name), first(&columns.schema), first(&columns.birth), first(&columns.identifiers));
        let list = |text: &str| text.split('|').map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        let birth_places = list(&first(&columns.born_in));
        let addresses: Vec<String> = columns.lives_in.iter().flat_map(|at| list(&cell(*at))).collect();
        let mut pairs: Vec<(String, String)> = Vec::new();
        let mut without_kind = None;
        for text in list(&identifiers) {
            match text.split_once(':') {
                Some((kind, value)) => pairs.push((kind.trim().to_lowercase(), value.trim().to_owned())),
                None => without_kind = Some(text),
            }
        }
        // JSON may also say {"identifiers": {"wallet": "0x…"}}.
        for (kind, at) in &columns.kinds {
            pairs.extend(list(&cell(*at)).into_iter().map(|value| (kind.clone(), value)));
        }
        let id = Some(id.trim().to_owned()).filter(|id| !id.is_empty()).unwrap_or_else(|| self.rows.to_string());
        let span = dates::read(&birth);
        self.tell(line, cut, without_kind.as_deref(), Some(birth.trim()).filter(|birth| !birth.is_empty() && span.is_none()));
        if name.trim().is_empty() && pairs.is_empty() {
            self.tally.listed_note("no-name", line, NO_COLUMN, || {
                ("the row has no name and no identifier: nothing can be found for it".to_owned(), "fill in `name`".to_owned())
            });
        }
        Some(AskedRow { line, id, name, schema, birth: span, birth_places, addresses, identifiers: pairs })
    }

    fn tell(&mut self, line: u64, cut: bool, without_kind: Option<&str>, no_date: Option<&str>) {
        if cut {
            self.tally.warning("long-cell", line, NO_COLUMN, || {
                (
                    format!("a cell is longer than {CELL} bytes: what is beyond is not looked at"),
                    "look at the row: no name is that long".to_owned(),
                )
            });
        }
        if let Some(text) = without_kind {
            self.tally.warning("no-kind", line, NO_COLUMN, || {
                (
                    format!("identifier {} does not say its kind and is not compared", quoted(text)),
                    "write kind:value, as in wallet:0x…".to_owned(),
                )
            });
        }
        if let Some(text) = no_date {
            self.tally.warning("no-date", line, NO_COLUMN, || {
                (format!("birth date {} cannot be read and is not compared", quoted(text)), "write YYYY-MM-DD or YYYY".to_owned())
            });
        }
    }

    /// Rows so far, and those that could not be read.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        (self.rows, self.records.skipped())
    }

    /// What went wrong.
    #[must_use]
    pub fn finish(self) -> Vec<Trouble> {
        self.tally.finish()
    }
}

fn is(header: &str, word: &str) -> bool {
    header.trim().eq_ignore_ascii_case(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, bytes: &[u8]) -> Result<(Vec<AskedRow>, Vec<Trouble>), Trouble> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let mut asked = Asked::open(&path)?;
        let rows = std::iter::from_fn(|| asked.next_row()).collect();
        Ok((rows, asked.finish()))
    }

    fn names(name: &str, bytes: &[u8]) -> Vec<(String, String)> {
        read(name, bytes).unwrap().0.into_iter().map(|row| (row.id, row.name)).collect()
    }

    fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
        all.iter().map(|(id, name)| ((*id).to_owned(), (*name).to_owned())).collect()
    }

    #[test]
    fn names_come_from_any_form_of_file() {
        let wide: Vec<u8> = b"\xff\xfe".iter().copied().chain("qid,query\na,김영철\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for (name, bytes, wanted) in [
            (
                "a.csv",
                b"\xef\xbb\xbfID,Extra,NAME\r\nx,1,Jane Roe\r\ny,2,\"Roe, \"\"J\"\" John\"\r\n".to_vec(),
                pairs(&[("x", "Jane Roe"), ("y", "Roe, \"J\" John")]),
            ),
            ("a.csv", b"name\rJane Roe\rJohn Roe".to_vec(), pairs(&[("1", "Jane Roe"), ("2", "John Roe")])),
            ("a.tsv", b"id\tname\n7\tROE, Jane\n".to_vec(), pairs(&[("7", "ROE, Jane")])),
            ("a.csv", wide, pairs(&[("a", "김영철")])),
            ("a.csv", b"id,name\n1,\"Jane\nRoe\"\n1,Twice\n".to_vec(), pairs(&[("1", "Jane\nRoe"), ("1", "Twice")])),
            (
                "a.jsonl",
                b"{\"qid\": 5, \"query\": \"Jane Roe\"}\n\n{\"name\": \"John Roe\", \"x\": [1]}\n".to_vec(),
                pairs(&[("5", "Jane Roe"), ("2", "John Roe")]),
            ),
            (
                "a.jsonl",
                b"{\"id\": \"a\", \"name\": \"Jane Roe\"}\n{\"qid\": \"b\", \"query\": \"John Roe\"}\n".to_vec(),
                pairs(&[("a", "Jane Roe"), ("b", "John Roe")]),
            ),
            ("header.csv", b"id,name\n".to_vec(), Vec::new()),
        ] {
            assert_eq!(names(name, &bytes), wanted, "{}", String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn what_cannot_be_used_is_said_with_its_line() {
        for (bytes, code) in [(&b""[..], "no-names"), (b"id,who\n1,Jane\n", "no-names"), (b"[{\"name\": \"Jane\"}]", "no-input")] {
            assert_eq!(read("a.csv", bytes).unwrap_err().code, code);
        }
        let bytes =
            b"id,name,birth_date,identifiers\n1,Jane,soon,\n2,John,1970,X1\n3,\"open\n4,Mary,,wallet:0xab|email: a@b.c \n5,,,\n6,a,b,c,d\n";
        let (rows, troubles) = read("a.csv", bytes).unwrap();
        assert_eq!(rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["1", "2", "4", "5"]);
        assert_eq!(rows[2].identifiers, [("wallet".to_owned(), "0xab".to_owned()), ("email".to_owned(), "a@b.c".to_owned())]);
        let told: Vec<(String, Option<u64>)> = troubles.into_iter().map(|one| (one.code, one.place.and_then(|place| place.line))).collect();
        let wanted = [("no-date", 2), ("no-kind", 3), ("unclosed-quote", 4), ("no-name", 6), ("long-row", 7)];
        assert_eq!(told, wanted.map(|(code, line)| (code.to_owned(), Some(line))));
    }

    #[test]
    fn names_behind_quotes_that_never_close_are_still_asked_for() {
        let bad = "x\",\"\n".repeat(300_000);
        let (rows, troubles) = read("a.csv", format!("id,name\n{bad}9,Jane Roe\n").as_bytes()).unwrap();
        assert_eq!(rows.last().map(|row| row.name.as_str()), Some("Jane Roe"));
        assert_eq!(troubles.iter().filter(|one| one.code == "unclosed-quote").map(|one| one.count).sum::<u64>(), 300_000);
        let wide = format!("id,name{}\n", ",x".repeat(20_000));
        assert_eq!(read("a.csv", wide.as_bytes()).unwrap_err().code, "too-many-columns");
    }

    #[test]
    fn a_vast_cell_is_cut_and_said() {
        let (rows, troubles) = read("a.csv", format!("id,name\n1,{}\n2,Jane\n", "é".repeat(5 << 20)).as_bytes()).unwrap();
        assert!(rows[0].name.len() <= CELL && rows[1].name == "Jane" && troubles[0].code == "long-cell");
    }

    #[test]
    fn json_says_identifiers_as_an_object_too() {
        let (rows, _) = read(
            "a.jsonl",
            b"{\"name\": \"Jane\", \"identifiers\": {\"wallet\": \"0xab\"}, \"city\": \"Sampletown\", \"birth_place\": [\"A\", \"B\"]}\n",
        )
        .unwrap();
        assert_eq!(rows[0].identifiers, [("wallet".to_owned(), "0xab".to_owned())]);
        assert_eq!((rows[0].addresses.clone(), rows[0].birth_places.len()), (vec!["Sampletown".to_owned()], 2));
    }
}
