//! Bytes become text: BOMs, UTF-16, and Latin-1 told apart from a broken line of UTF-8.
//!
//! Must not know records or cells.

use crate::open::{Content, Opened, open};
use crate::options::ReadLimits;
use crate::tally::{NO_COLUMN, Tally};
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::io::{self, Cursor, Read};

/// Says that a line was read as Windows-1252.
pub(crate) fn note_latin(line: u64, tally: &mut Tally) {
    tally.note("encoding", line, NO_COLUMN, || {
        (
            "the file is not UTF-8: it is read as Windows-1252 (Latin-1)".to_owned(),
            "save the file as UTF-8, so that nothing is guessed".to_owned(),
        )
    });
}

/// Bytes looked at to tell UTF-16 from bytes.
const SAMPLE: usize = 1024;

/// How lines are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Only ASCII so far.
    Ascii,
    /// The file is UTF-8; other lines are broken.
    Utf8,
    /// The file is Windows-1252 (which holds Latin-1).
    Latin,
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineText {
    /// It is text now.
    Good,
    /// It is text now, read as Windows-1252: it was no UTF-8.
    Latin,
    /// It is not text in the file's encoding.
    Bad,
}

/// The encoding of one file, found out as it is read.
#[derive(Debug, Clone)]
pub(crate) struct Charset {
    content: Content,
    limits: ReadLimits,
    state: State,
}

impl Charset {
    pub(crate) fn new(content: &Content, limits: &ReadLimits) -> Self {
        Self { content: content.clone(), limits: limits.clone(), state: State::Ascii }
    }

    /// Puts the line's text into `text`.
    pub(crate) fn line(&mut self, raw: &[u8], text: &mut String) -> LineText {
        text.clear();
        if self.state == State::Latin {
            text.push_str(&WINDOWS_1252.decode_without_bom_handling(raw).0);
            return if raw.is_ascii() { LineText::Good } else { LineText::Latin };
        }
        if let Ok(good) = std::str::from_utf8(raw) {
            if self.state == State::Ascii && !good.is_ascii() {
                self.state = State::Utf8;
            }
            text.push_str(good);
            return LineText::Good;
        }
        if self.state == State::Utf8 {
            return LineText::Bad;
        }
        self.state = if self.looks_latin() { State::Latin } else { State::Utf8 };
        self.line_again(raw, text)
    }

    fn line_again(&mut self, raw: &[u8], text: &mut String) -> LineText {
        if self.state == State::Latin { self.line(raw, text) } else { LineText::Bad }
    }

    /// Reads the whole file once more: Latin-1 when no line beyond ASCII is UTF-8, and the odd bytes look like letters in words.
    fn looks_latin(&self) -> bool {
        let Ok(mut opened) = open(&self.content, &self.limits) else { return false };
        let (mut utf8_lines, mut latin_lines, mut other_lines) = (0_u64, 0_u64, 0_u64);
        let mut pending = Vec::new();
        let mut chunk = vec![0; 1 << 16];
        let mut judge = |line: &[u8]| match std::str::from_utf8(line) {
            Ok(text) if text.is_ascii() => {}
            Ok(_) => utf8_lines += 1,
            Err(_) if letters_in_words(line) => latin_lines += 1,
            Err(_) => other_lines += 1,
        };
        while let Ok(read @ 1..) = opened.reader.read(&mut chunk) {
            pending.extend_from_slice(&chunk[..read]);
            let Some(end) =
                memchr::memrchr(b'\n', &pending).or_else(|| (pending.len() > self.limits.record_bytes).then(|| pending.len() - 1))
            else {
                continue;
            };
            pending[..end].split(|byte| *byte == b'\n').for_each(&mut judge);
            pending.drain(..=end);
        }
        pending.split(|byte| *byte == b'\n').for_each(&mut judge);
        utf8_lines == 0 && latin_lines > other_lines
    }
}

/// Whether the bytes beyond ASCII are letters of Windows-1252 with an ASCII letter beside them, or its quotes, dashes and signs.
fn letters_in_words(line: &[u8]) -> bool {
    let letter = |at: Option<usize>| at.and_then(|at| line.get(at)).is_some_and(u8::is_ascii_alphabetic);
    line.iter().enumerate().filter(|(_, byte)| !byte.is_ascii()).all(|(at, byte)| match byte {
        0x81 | 0x8d | 0x8f | 0x90 | 0x9d => false,
        0xc0..=0xff | 0x8a | 0x8c | 0x8e | 0x9a | 0x9c | 0x9e | 0x9f => letter(at.checked_sub(1)) || letter(Some(at + 1)),
        _ => true,
    }) && !line.contains(&0)
}

/// Takes off a BOM and turns UTF-16 (told by its BOM, or by its NULs) into UTF-8. Returns the name of the encoding when it was not UTF-8.
pub(crate) fn as_utf8(mut opened: Opened) -> io::Result<(Opened, Option<&'static str>)> {
    let mut head = vec![0; SAMPLE];
    let mut filled = 0;
    while filled < SAMPLE {
        match opened.reader.read(&mut head[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if filled == 0 => return Err(error),
            Err(_) => break,
        }
    }
    head.truncate(filled);
    let (encoding, mark) = match Encoding::for_bom(&head) {
        Some((encoding, mark)) => (Some(encoding).filter(|encoding| *encoding != encoding_rs::UTF_8), mark),
        None => (wide(&head), 0),
    };
    head.drain(..mark);
    let rest = std::mem::replace(&mut opened.reader, Box::new(io::empty()));
    let whole = Cursor::new(head).chain(rest);
    opened.reader = match encoding {
        None => Box::new(whole),
        Some(encoding) => Box::new(Transcoded {
            inner: whole,
            decoder: encoding.new_decoder_without_bom_handling(),
            input: Vec::new(),
            output: Vec::new(),
            given: 0,
            ended: false,
        }),
    };
    Ok((opened, encoding.map(Encoding::name)))
}

/// UTF-16 without a BOM: most bytes at odd (little endian) or even places are NUL.
pub(crate) fn wide(head: &[u8]) -> Option<&'static Encoding> {
    let pairs = head.len() / 2;
    let nuls = |first: usize| head.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    if pairs < 4 {
        None
    } else if nuls(1) * 10 > pairs * 7 && nuls(0) * 10 < pairs {
        Some(UTF_16LE)
    } else if nuls(0) * 10 > pairs * 7 && nuls(1) * 10 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

struct Transcoded<R> {
    inner: R,
    decoder: Decoder,
    input: Vec<u8>,
    output: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Read for Transcoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.output.len() {
            if self.ended {
                return Ok(0);
            }
            self.input.resize(1 << 15, 0);
            let read = self.inner.read(&mut self.input)?;
            self.ended = read == 0;
            self.output.resize(self.decoder.max_utf8_buffer_length(read).unwrap_or(1 << 17), 0);
            let (result, _, written, _) = self.decoder.decode_to_utf8(&self.input[..read], &mut self.output, self.ended);
            debug_assert_eq!(result, CoderResult::InputEmpty);
            self.output.truncate(written);
            self.given = 0;
        }
        let count = buffer.len().min(self.output.len() - self.given);
        buffer[..count].copy_from_slice(&self.output[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}
