//! A table of persons, column by column: every different value once, with how often it stands.
//!
//! Must not know how values are compared.

use super::settings::{By, Form, Part, PersonSettings};
use crate::documents::words_mix as mix;
use rustc_hash::FxHashMap;

/// No value.
pub const NONE: u32 = u32::MAX;

/// One column.
#[derive(Debug, Default)]
pub struct Column {
    /// Number of the comparison in the settings.
    pub comparison: usize,
    /// Records with each value.
    pub counts: Vec<u32>,
    /// Each different value in its compared form, one after the other.
    text: String,
    /// Where each value ends in `text`.
    ends: Vec<usize>,
    /// Value by hash; a second value of one hash stands at the next.
    numbers: FxHashMap<u64, u32>,
}

/// What a record has in a column: the value by number, and what most comparisons need of it without looking it up.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    /// Number of the value; [`NONE`] when missing.
    pub value: u32,
    /// Length, bytes (64 at most).
    pub len: u8,
    /// Words, 255 at most.
    pub words: u8,
    /// Letters, one bit each.
    pub mask: u64,
    /// The first eight bytes, the first one highest; for texts the hashes of the first four words, 16 bits each.
    pub head: u64,
}

const MISSING: Cell = Cell { value: NONE, len: 0, words: 0, mask: 0, head: 0 };

/// The records. Columns in the order of the settings; those without a header are absent.
#[derive(Debug, Default)]
pub struct Records {
    /// Columns that are there.
    pub columns: Vec<Column>,
    /// Records.
    pub len: usize,
    /// The cells, record by record.
    of: Vec<Cell>,
    /// Scratch for the value at hand.
    at_hand: String,
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
            Ok(Column { comparison, ..Column::default() })
        };
        Ok(Self { columns: roles.iter().map(column).collect::<Result<_, String>>()?, ..Self::default() })
    }

    /// Adds a record: one cell for each role.
    pub fn push<'a>(&mut self, settings: &PersonSettings, cells: impl Iterator<Item = &'a str>) {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            let form = settings.comparisons[column.comparison].form;
            formed(form, cell, &mut self.at_hand);
            self.of.push(column.push(form, &self.at_hand));
        }
        self.len += 1;
    }

    /// Frees what only adding records needs.
    pub fn close(&mut self) {
        self.columns.iter_mut().for_each(|column| column.numbers = FxHashMap::default());
        self.of.shrink_to_fit();
    }

    /// The column of a role.
    #[must_use]
    pub fn column(&self, settings: &PersonSettings, role: &str) -> Option<usize> {
        self.columns.iter().position(|column| settings.comparisons[column.comparison].role == role)
    }
}

impl Column {
    /// A value by number.
    #[inline]
    #[must_use]
    pub fn value(&self, number: u32) -> &str {
        let at = number as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[start..self.ends[at]]
    }

    /// All values, in the order of their numbers.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        (0..u32::try_from(self.ends.len()).unwrap_or(NONE)).map(|number| self.value(number))
    }

    fn push(&mut self, form: Form, value: &str) -> Cell {
        if value.is_empty() {
            return MISSING;
        }
        let mut hash = mix(whole(value));
        let number = loop {
            match self.numbers.get(&hash) {
                Some(number) if self.value(*number) == value => break *number,
                Some(_) => hash = mix(hash),
                None => {
                    let number = u32::try_from(self.ends.len()).unwrap_or(NONE);
                    self.text.push_str(value);
                    self.ends.push(self.text.len());
                    self.counts.push(0);
                    self.numbers.insert(hash, number);
                    break number;
                }
            }
        };
        self.counts[number as usize] += 1;
        let len = u8::try_from(value.len()).unwrap_or(u8::MAX);
        let (head, words) = if form == Form::Text { words(value) } else { (head(value), 1) };
        Cell { value: number, len, words, mask: mask(value), head }
    }
}

fn mask(value: &str) -> u64 {
    value.bytes().fold(0, |mask, byte| mask | 1 << (byte & 63))
}

/// The first eight bytes, the first one highest.
fn head(value: &str) -> u64 {
    value.bytes().chain(std::iter::repeat(0)).take(8).fold(0, |head, byte| head << 8 | u64::from(byte))
}

/// Hashes of the first four words (never 0), and how many words there are.
fn words(value: &str) -> (u64, u8) {
    let mut all = 0;
    let mut count = 0_u8;
    for word in value.split(' ').filter(|word| !word.is_empty()) {
        if count < 4 {
            all |= ((mix(whole(word)) & 0xffff) | 1) << (16 * count);
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
fn formed(form: Form, cell: &str, out: &mut String) {
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

fn ascii(form: Form, bytes: impl Iterator<Item = u8>, out: &mut String) {
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
                out.push(' ');
            }
            gap = false;
            out.push(char::from(byte));
        }
    }
    out.truncate(LONGEST);
}

/// First letter, then consonants with doubles once: `smith` and `smyth` meet.
fn sound(value: &str) -> u64 {
    let mut last = 0;
    value.bytes().enumerate().fold(7, |hash, (at, byte)| {
        let byte = match byte {
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'h' | b'w' if at > 0 => return hash,
            b'c' | b'q' | b'k' => b'k',
            b'z' | b's' => b's',
            b'd' | b't' => b't',
            b'm' | b'n' => b'n',
            b'b' | b'p' => b'p',
            b'v' | b'f' => b'f',
            other => other,
        };
        if byte == last {
            return hash;
        }
        last = byte;
        mix(hash ^ u64::from(byte))
    })
}

fn whole(value: &str) -> u64 {
    value.bytes().fold(11, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// The hash of a key for every record; 0 = the record has none.
#[must_use]
pub fn keys(records: &Records, settings: &PersonSettings, parts: &[Part]) -> Option<Vec<u64>> {
    let mut out = vec![1_u64; records.len];
    for part in parts {
        let at = records.column(settings, &part.of)?;
        let column = &records.columns[at];
        if part.by == By::Names {
            let beside = records.column(settings, "surname")?;
            let other = &records.columns[beside];
            let (a, b): (Vec<u64>, Vec<u64>) = (column.values().map(whole).collect(), other.values().map(whole).collect());
            for (row, key) in records.of.chunks_exact(records.columns.len()).zip(&mut out) {
                let (Some(x), Some(y)) = (a.get(row[at].value as usize), b.get(row[beside].value as usize)) else {
                    *key = 0;
                    continue;
                };
                *key = if *key == 0 { 0 } else { mix(*key ^ x.wrapping_add(*y)) };
            }
            continue;
        }
        let of_value: Vec<u64> = column.values().map(|value| part_of(value, part)).collect();
        for (row, key) in records.of.chunks_exact(records.columns.len()).zip(&mut out) {
            let value = of_value.get(row[at].value as usize).copied().unwrap_or(0);
            *key = if *key == 0 || value == 0 { 0 } else { mix(key.rotate_left(17) ^ value) | 1 };
        }
    }
    Some(out)
}

fn part_of(value: &str, part: &Part) -> u64 {
    let cut = |from: usize, to: usize| value.get(from..to).map_or(0, whole);
    match part.by {
        By::Whole | By::Names => whole(value),
        By::Head => whole(value.get(..part.limit.min(value.len())).unwrap_or(value)),
        By::Sound => sound(value),
        By::Year => cut(0, 4),
        By::Day => cut(4, 8),
    }
}
