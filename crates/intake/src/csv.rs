//! Splits CSV into records in bounded memory, each with the true line it starts on.
//!
//! Must not know columns or tables. The records are split here and not by a library because an unclosed quote must not swallow the
//! file: a record that cannot be closed is named, and reading goes on at the next line.

use crate::encoding::{Charset, LineText, note_latin};
use crate::open::Opened;
use crate::options::ReadLimits;
use crate::record::{Cells, Record, Records};
use crate::tally::{NO_COLUMN, Tally};
use memchr::{memchr, memchr_iter, memchr2};
use std::io::Read;

const CHUNK: usize = 1 << 18;

/// Records of one delimited file. Cells may be quoted with `"`, `""` inside; lines end with LF, CRLF or (when the file has no LF) CR.
pub(crate) struct CsvRecords {
    opened: Opened,
    limits: ReadLimits,
    delimiter: u8,
    newline: u8,
    buffer: Vec<u8>,
    /// Unread bytes are `buffer[at..]`.
    at: usize,
    ended: bool,
    line: u64,
    /// First line of the record in `text`.
    started: u64,
    names: Vec<String>,
    header_line: u64,
    text: String,
    spans: Vec<(usize, usize)>,
    charset: Charset,
    skipped: u64,
    broken: Option<std::io::Error>,
    /// Bytes looked through for the end of quoted cells that had none.
    in_vain: u64,
}

/// Bytes that may be looked through in vain for the ends of quoted cells, besides as many times the bytes of the file as [`IN_VAIN_TIMES`]. Beyond, a quote
/// ends on its line or its line is skipped: else every line of a hostile file would be searched to the file's end.
const IN_VAIN: u64 = 64 << 20;
const IN_VAIN_TIMES: u64 = 8;

enum Split {
    /// The record takes these bytes (line end included) and lines.
    Done { bytes: usize, lines: u64 },
    /// The quote that opened `lines` further down never closes.
    Unclosed { lines: u64 },
    /// No line end within the limit.
    TooLong,
    /// Nothing left.
    End,
}

impl CsvRecords {
    /// Reads the header. `score` tells how many of a header's names are known, to choose between delimiters.
    pub(crate) fn new(
        opened: Opened,
        charset: Charset,
        limits: &ReadLimits,
        score: &dyn Fn(&[String]) -> usize,
        tally: &mut Tally,
    ) -> Self {
        let mut records = Self {
            opened,
            limits: limits.clone(),
            delimiter: b',',
            newline: b'\n',
            buffer: Vec::new(),
            at: 0,
            ended: false,
            line: 1,
            started: 1,
            names: Vec::new(),
            header_line: 1,
            text: String::new(),
            spans: Vec::new(),
            charset,
            skipped: 0,
            broken: None,
            in_vain: 0,
        };
        records.fill();
        if memchr(b'\n', &records.buffer).is_none() && memchr(b'\r', &records.buffer).is_some() {
            records.newline = b'\r';
        }
        records.read_header(score, tally);
        records
    }

    /// The delimiter that was found.
    pub(crate) fn delimiter(&self) -> char {
        char::from(self.delimiter)
    }

    fn read_header(&mut self, score: &dyn Fn(&[String]) -> usize, tally: &mut Tally) {
        let told = self.told_delimiter();
        let candidates = told.map_or(vec![b',', b';', b'\t', b'|'], |told| vec![told]);
        let (start, line) = (self.at, self.line);
        let mut best: Option<(usize, usize, u8)> = None;
        for (rank, delimiter) in candidates.iter().enumerate() {
            (self.at, self.line, self.delimiter) = (start, line, *delimiter);
            if !self.split_next(tally, true) {
                continue;
            }
            let names = self.cells();
            let points = score(&names) * 100_000 + names.len().min(99_999);
            if best.is_none_or(|(most, _, _)| points > most) {
                best = Some((points, rank, *delimiter));
            }
        }
        (self.at, self.line) = (start, line);
        self.delimiter = best.map_or(b',', |(_, _, delimiter)| delimiter);
        if self.split_next(tally, false) {
            self.names = self.cells();
            self.header_line = self.started;
        }
    }

    fn cells(&self) -> Vec<String> {
        self.spans.iter().map(|(start, end)| self.text.get(*start..*end).unwrap_or_default().to_owned()).collect()
    }

    /// `sep=;` on the first line, as Excel writes it.
    fn told_delimiter(&mut self) -> Option<u8> {
        let line = &self.buffer[..memchr(self.newline, &self.buffer)?];
        let told = line.strip_prefix(b"sep=")?;
        let told = told.strip_suffix(b"\r").unwrap_or(told);
        let [delimiter] = *told else { return None };
        self.at = line.len() + 1;
        self.line = 2;
        Some(delimiter)
    }

    /// Reads more; false when there is no more.
    fn fill(&mut self) -> bool {
        if self.ended {
            return false;
        }
        if self.at > 0 {
            self.buffer.drain(..self.at);
            self.at = 0;
        }
        let had = self.buffer.len();
        self.buffer.resize(had + CHUNK, 0);
        let mut filled = had;
        while filled < self.buffer.len() {
            match self.opened.reader.read(&mut self.buffer[filled..]) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(read) => filled += read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.broken = Some(error);
                    self.ended = true;
                    break;
                }
            }
        }
        self.buffer.truncate(filled);
        filled > had
    }

    /// Finds the end of the record at `self.at`.
    fn find_end(&mut self) -> Split {
        let mut seen = 0;
        loop {
            let rest = &self.buffer[self.at..];
            match memchr2(self.newline, b'"', &rest[seen..]) {
                Some(found) if rest[seen + found] == b'"' => return self.find_quoted_end(),
                Some(found) => return Split::Done { bytes: seen + found + 1, lines: 1 },
                None => seen = rest.len(),
            }
            if seen > self.limits.record_bytes {
                return Split::TooLong;
            }
            if !self.fill() {
                return if self.at == self.buffer.len() {
                    Split::End
                } else {
                    Split::Done { bytes: self.buffer.len() - self.at, lines: 1 }
                };
            }
        }
    }

    /// The same where the record's first line holds a quote: a line end within quotes does not end it.
    fn find_quoted_end(&mut self) -> Split {
        let (mut position, mut lines, mut opened_at) = (0, 0, 0);
        let (mut quoted, mut cell_start, mut just_closed) = (false, true, false);
        let spent = self.in_vain > IN_VAIN + IN_VAIN_TIMES * self.opened.meter.bytes();
        loop {
            while let Some(byte) = self.buffer.get(self.at + position).copied() {
                position += 1;
                if quoted {
                    match byte {
                        b'"' => (quoted, just_closed) = (false, true),
                        byte if byte == self.newline && spent => return Split::Unclosed { lines: opened_at },
                        byte if byte == self.newline => lines += 1,
                        _ => {
                            let rest = &self.buffer[self.at + position..];
                            position += memchr2(b'"', self.newline, rest).unwrap_or(rest.len());
                        }
                    }
                } else if byte == self.newline {
                    return Split::Done { bytes: position, lines: lines + 1 };
                } else if byte == b'"' && (cell_start || just_closed) {
                    // A quote opens a cell, or is the second of a pair within one.
                    opened_at = if cell_start { lines } else { opened_at };
                    quoted = true;
                } else {
                    if just_closed && lines > opened_at && byte != self.delimiter && byte != b'\r' {
                        // A cell over several lines that goes on behind its quote: two stray quotes, with rows of their own between them.
                        self.in_vain += position as u64;
                        return Split::Unclosed { lines: opened_at };
                    }
                    just_closed = false;
                }
                cell_start = !quoted && byte == self.delimiter;
            }
            if position > self.limits.record_bytes {
                self.in_vain += position as u64;
                return if quoted { Split::Unclosed { lines: opened_at } } else { Split::TooLong };
            }
            if !self.fill() {
                self.in_vain += if quoted { position as u64 } else { 0 };
                return match (quoted, position) {
                    (true, _) => Split::Unclosed { lines: opened_at },
                    (false, 0) => Split::End,
                    (false, _) => Split::Done { bytes: position, lines: lines + 1 },
                };
            }
        }
    }

    /// Puts the next non-empty record into `text` and `spans`; its first line is then `started`. False at the end. `trial`: no troubles.
    fn split_next(&mut self, tally: &mut Tally, trial: bool) -> bool {
        loop {
            let line = self.line;
            match self.find_end() {
                Split::End => return false,
                Split::TooLong => self.skip_line(tally, trial, line),
                Split::Unclosed { lines } => {
                    self.refuse_quote(tally, trial, line + lines);
                    self.skip_line_only();
                }
                Split::Done { bytes, lines } => {
                    let end = self.at + bytes;
                    let raw = self.buffer[self.at..end].strip_suffix(&[self.newline]).unwrap_or(&self.buffer[self.at..end]);
                    let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
                    if raw.is_empty() {
                        self.at = end;
                        self.line += lines;
                        continue;
                    }
                    let read = self.charset.line(raw, &mut self.text);
                    let one_line = lines == 1;
                    if read == LineText::Latin && !trial {
                        note_latin(line, tally);
                    }
                    if read == LineText::Bad {
                        self.at = end;
                        self.line += lines;
                        self.refuse_bytes(tally, trial, line);
                        continue;
                    }
                    self.cut();
                    if !one_line && !trial && !self.names.is_empty() && self.spans.len() != self.names.len() {
                        // A stray quote glued several lines together: the lines say so by not having the header's cells.
                        self.in_vain += bytes as u64;
                        self.refuse_quote(tally, trial, line);
                        self.skip_line_only();
                        continue;
                    }
                    self.at = end;
                    self.line += lines;
                    self.started = line;
                    return true;
                }
            }
        }
    }

    fn refuse_quote(&mut self, tally: &mut Tally, trial: bool, line: u64) {
        if trial {
            return;
        }
        self.skipped += 1;
        tally.warning("unclosed-quote", line, NO_COLUMN, || {
            let what = "a quoted cell opens on this line and does not close as a cell: the line is skipped, reading goes on below it";
            (what.to_owned(), "close the quote; write a quote within a cell twice".to_owned())
        });
    }

    fn refuse_bytes(&mut self, tally: &mut Tally, trial: bool, line: u64) {
        if trial {
            return;
        }
        self.skipped += 1;
        tally.warning("bad-utf8", line, NO_COLUMN, || {
            ("the line is not UTF-8, while the file is: the row is skipped".to_owned(), "save the file as UTF-8".to_owned())
        });
    }

    /// Goes behind the next line end, reading as much as it takes.
    fn skip_line_only(&mut self) {
        loop {
            if let Some(found) = memchr(self.newline, &self.buffer[self.at..]) {
                self.at += found + 1;
                self.line += 1;
                return;
            }
            self.at = self.buffer.len();
            if !self.fill() {
                return;
            }
        }
    }

    fn skip_line(&mut self, tally: &mut Tally, trial: bool, line: u64) {
        let limit = self.limits.record_bytes;
        self.skip_line_only();
        if !trial {
            self.skipped += 1;
            tally.warning("record-too-long", line, NO_COLUMN, || {
                (
                    format!("the line is longer than {limit} bytes: it is skipped"),
                    "split the record, or leave the large cell out".to_owned(),
                )
            });
        }
    }

    /// Cuts `text` into cells, unquoting in place.
    fn cut(&mut self) {
        self.spans.clear();
        let bytes = self.text.as_bytes();
        if memchr(b'"', bytes).is_none() {
            let mut start = 0;
            for end in memchr_iter(self.delimiter, bytes) {
                self.spans.push((start, end));
                start = end + 1;
            }
            self.spans.push((start, bytes.len()));
            return;
        }
        let (text, spans) = unquoted(&self.text, self.delimiter);
        self.text = text;
        self.spans = spans;
    }
}

/// Cells of a record with quotes: the text without them, and where each cell lies in it.
fn unquoted(text: &str, delimiter: u8) -> (String, Vec<(usize, usize)>) {
    let delimiter = char::from(delimiter);
    let mut out = String::with_capacity(text.len());
    let mut spans = Vec::new();
    let (mut start, mut quoted, mut fresh) = (0, false, true);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if quoted {
            match (c, rest.peek()) {
                ('"', Some('"')) => {
                    rest.next();
                    out.push('"');
                }
                ('"', _) => quoted = false,
                _ => out.push(c),
            }
        } else if c == '"' && fresh {
            quoted = true;
            fresh = false;
        } else if c == delimiter {
            spans.push((start, out.len()));
            start = out.len();
            fresh = true;
        } else {
            out.push(c);
            fresh = false;
        }
    }
    spans.push((start, out.len()));
    (out, spans)
}

impl Records for CsvRecords {
    fn names(&self) -> &[String] {
        &self.names
    }

    fn header_line(&self) -> u64 {
        self.header_line
    }

    fn advance(&mut self, tally: &mut Tally) -> bool {
        loop {
            if !self.split_next(tally, false) {
                crate::read::broken_stream(self.broken.take(), self.line, tally);
                return false;
            }
            let line = self.started;
            let extra = self.spans.get(self.names.len()..).unwrap_or_default();
            if extra.iter().any(|(start, end)| start != end) {
                let (has, wants) = (self.spans.len(), self.names.len());
                self.skipped += 1;
                tally.warning("long-row", line, NO_COLUMN, || {
                    let what = format!("the row has {has} cells, the header {wants}: the row is skipped, for its cells may be shifted");
                    (what, "quote cells that hold the delimiter".to_owned())
                });
                continue;
            }
            if self.spans.len() < self.names.len() {
                let (has, wants) = (self.spans.len(), self.names.len());
                tally.warning("short-row", line, NO_COLUMN, || {
                    let what = format!("the row has {has} cells, the header {wants}: the missing ones are read as empty");
                    (what, "write a delimiter for each empty cell".to_owned())
                });
            }
            return true;
        }
    }

    fn record(&self) -> Record<'_> {
        Record { line: self.started, cells: Cells::Csv { text: &self.text, spans: &self.spans } }
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
