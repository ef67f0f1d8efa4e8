//! A table of persons, column by column: every different value once, with how often it stands.
//!
//! Must not know how values are compared.

use super::settings::{Form, PersonSettings};
use crate::documents::words_mix as mix;
use rustc_hash::FxHashMap;

/// No value.
pub const NONE: u32 = u32::MAX;

const MISSING: Cell = Cell { value: NONE, mask: 0 };

/// One column.
#[derive(Debug, Default)]
pub struct Column {
    /// Number of the comparison in the settings.
    pub comparison: usize,
    form: Form,
    /// Each different value in its compared form (ASCII), one after the other.
    text: Vec<u8>,
    /// The values by number.
    pub values: Vec<Value>,
    /// Value by hash; a second value of one hash stands at the next.
    numbers: FxHashMap<u64, u32>,
    /// Values not yet numbered: their text, where each ends, its hash. They are numbered many at a time, so that memory is waited for together.
    waiting: (Vec<u8>, Vec<(usize, u64)>),
}

/// A value: where it stands in the text of its column, how many records have it, and what most comparisons need of it.
#[derive(Debug, Clone, Copy)]
pub struct Value {
    /// The first eight bytes, the first one highest; for texts the hashes of the first four words, 16 bits each.
    pub head: u64,
    start: usize,
    /// Records that have it.
    pub count: u32,
    /// Letters, one bit each for the first, second and third time (two may share one): an edit changes at most two.
    pub mask: u32,
    /// Length, bytes (64 at most).
    pub len: u8,
    /// Words, 255 at most.
    pub words: u8,
}

/// What a record has in a column: the value by number ([`NONE`] when missing) and its letters, which tell most values apart at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Number of the value.
    pub value: u32,
    /// As [`Value::mask`].
    pub mask: u32,
}

/// Records whose values are numbered together.
const TOGETHER: usize = 256;

/// The records. Columns in the order of the settings; those without a header are absent.
#[derive(Debug, Default)]
pub struct Records {
    /// Columns that are there.
    pub columns: Vec<Column>,
    /// Records.
    pub len: usize,
    /// The cells, record by record.
    of: Vec<Cell>,
    /// Records still to be numbered.
    waiting: usize,
    /// Scratch for the value at hand.
    at_hand: Vec<u8>,
}

impl Records {
    /// The cells of a record, column by column.
    #[inline]
    #[must_use]
    pub fn row(&self, record: u32) -> &[Cell] {
        let width = self.columns.len();
        &self.of[record as usize * width..][..width]
    }

    /// No records yet, of these roles (in the order in which `push` gets the cells).
    ///
    /// # Errors
    /// The first role the settings do not know.
    pub fn new(settings: &PersonSettings, roles: &[String]) -> Result<Self, String> {
        let column = |role: &String| {
            let comparison = settings.comparisons.iter().position(|one| one.role == *role).ok_or_else(|| role.clone())?;
            Ok(Column { comparison, form: settings.comparisons[comparison].form, ..Column::default() })
        };
        Ok(Self { columns: roles.iter().map(column).collect::<Result<_, String>>()?, ..Self::default() })
    }

    /// Adds a record: one cell for each role. After the last one call [`Self::close`].
    pub fn push<'a>(&mut self, settings: &PersonSettings, cells: impl Iterator<Item = &'a str>) {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            formed(settings.comparisons[column.comparison].form, cell, &mut self.at_hand);
            column.waiting.0.extend_from_slice(&self.at_hand);
            column.waiting.1.push((column.waiting.0.len(), whole(&self.at_hand)));
        }
        self.len += 1;
        self.waiting += 1;
        if self.waiting == TOGETHER {
            self.number();
        }
    }

    /// Numbers the values that wait.
    fn number(&mut self) {
        let (width, from) = (self.columns.len(), self.of.len());
        self.of.resize(from + width * self.waiting, MISSING);
        for (at, column) in self.columns.iter_mut().enumerate() {
            column.number(self.of[from..].iter_mut().skip(at).step_by(width));
        }
        self.waiting = 0;
    }

    /// Ends the adding and frees what only that needs.
    pub fn close(&mut self) {
        self.number();
        for column in &mut self.columns {
            column.numbers = FxHashMap::default();
            column.waiting = Default::default();
            column.text.shrink_to_fit();
            column.values.shrink_to_fit();
        }
        self.of.shrink_to_fit();
    }

    /// Whether [`Self::close`] has been called since the last record.
    #[must_use]
    pub fn closed(&self) -> bool {
        self.waiting == 0 && self.of.len() == self.len * self.columns.len()
    }

    /// The column of a role.
    #[must_use]
    pub fn column(&self, settings: &PersonSettings, role: &str) -> Option<usize> {
        self.columns.iter().position(|column| settings.comparisons[column.comparison].role == role)
    }
}

impl Column {
    /// A value by number: lower-case ASCII.
    #[inline]
    #[must_use]
    pub fn text(&self, number: u32) -> &[u8] {
        self.of(&self.values[number as usize])
    }

    #[inline]
    fn of(&self, value: &Value) -> &[u8] {
        &self.text[value.start..][..usize::from(value.len)]
    }

    /// All values, in the order of their numbers.
    pub fn texts(&self) -> impl Iterator<Item = &[u8]> {
        self.values.iter().map(|value| self.of(value))
    }

    /// Numbers the values that wait, one for each cell.
    fn number<'a>(&mut self, cells: impl Iterator<Item = &'a mut Cell>) {
        let (text, ends) = std::mem::take(&mut self.waiting);
        let mut begin = 0;
        for (cell, (end, hash)) in cells.zip(&ends) {
            if *end > begin {
                let value = self.find(&text[begin..*end], *hash);
                *cell = Cell { value, mask: self.values[value as usize].mask };
            }
            begin = *end;
        }
        self.waiting = (text, ends);
        self.waiting.0.clear();
        self.waiting.1.clear();
    }

    fn find(&mut self, text: &[u8], mut hash: u64) -> u32 {
        loop {
            match self.numbers.get(&hash) {
                Some(number) if self.text(*number) == text => {
                    self.values[*number as usize].count += 1;
                    return *number;
                }
                Some(_) => hash = mix(hash),
                None => {
                    let number = u32::try_from(self.values.len()).unwrap_or(NONE);
                    self.values.push(value(self.form, text, self.text.len()));
                    self.text.extend_from_slice(text);
                    self.numbers.insert(hash, number);
                    return number;
                }
            }
        }
    }
}

fn value(form: Form, text: &[u8], start: usize) -> Value {
    let (head, words) = if form == Form::Text { words(text) } else { (head(text), 1) };
    Value { head, start, count: 1, mask: mask(text), len: u8::try_from(text.len()).unwrap_or(u8::MAX), words }
}

/// A bit for the first, the second and the third time of each letter.
fn mask(text: &[u8]) -> u32 {
    let mut times = [0_u8; 32];
    text.iter().fold(0, |mask, byte| {
        let letter = byte & 31;
        let time = times[usize::from(letter)];
        times[usize::from(letter)] = (time + 1).min(2);
        mask | 1 << ((letter + 11 * time) & 31)
    })
}

/// The first eight bytes, the first one highest.
fn head(value: &[u8]) -> u64 {
    value.iter().copied().chain(std::iter::repeat(0)).take(8).fold(0, |head, byte| head << 8 | u64::from(byte))
}

/// Hashes of the first four words (never 0), and how many words there are.
fn words(value: &[u8]) -> (u64, u8) {
    let mut all = 0;
    let mut count = 0_u8;
    for word in value.split(|byte| *byte == b' ').filter(|word| !word.is_empty()) {
        if count < 4 {
            all |= ((whole(word) & 0xffff) | 1) << (16 * count);
        }
        count = count.saturating_add(1);
    }
    (all, count)
}

/// Longest value that is compared, in characters.
const LONGEST: usize = 64;

/// Longest filler word ("not applicable" with its dress), bytes.
const LONGEST_FILLER: usize = 20;

/// Brings a cell to its compared form, in `out`.
fn formed(form: Form, cell: &str, out: &mut Vec<u8>) {
    out.clear();
    let cut = if cell.len() <= LONGEST * 2 { cell } else { cell.char_indices().nth(LONGEST * 2).map_or(cell, |(at, _)| &cell[..at]) };
    if cut.len() <= LONGEST_FILLER
        && !cut.bytes().any(|byte| byte.is_ascii_digit() && byte != b'0')
        && bonafide_facts::identifier::is_filler(cut)
    {
        return;
    }
    if cut.is_ascii() { ascii(form, cut.bytes(), out) } else { ascii(form, any_ascii::any_ascii(cut).bytes(), out) }
}

fn ascii(form: Form, bytes: impl Iterator<Item = u8>, out: &mut Vec<u8>) {
    let mut gap = false;
    for byte in bytes.map(|byte| byte.to_ascii_lowercase()) {
        let kept = match form {
            Form::Word | Form::Code => byte.is_ascii_alphanumeric(),
            Form::Date => byte.is_ascii_digit(),
            Form::Text => byte.is_ascii_graphic() && byte != b',',
        };
        if !kept {
            gap = form == Form::Text;
        } else if out.len() < LONGEST {
            if gap && !out.is_empty() {
                out.push(b' ');
            }
            gap = false;
            out.push(byte);
        }
    }
    out.truncate(LONGEST);
}

/// Hash of a whole value, eight bytes at a time; never 0.
pub fn whole(value: &[u8]) -> u64 {
    let word = |bytes: &[u8]| bytes.iter().rev().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
    let chunks = value.chunks_exact(8);
    let rest = word(chunks.remainder()) ^ (value.len() as u64) << 56;
    mix(chunks.fold(11, |hash, chunk| mix(hash ^ word(chunk))) ^ rest).max(1)
}
