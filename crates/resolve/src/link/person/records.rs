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
    /// Each different value in its compared form.
    pub values: Vec<Box<str>>,
    /// Letters (a to z, digits folded in) of each value, one bit each.
    pub masks: Vec<u64>,
    /// Records with each value.
    pub counts: Vec<u32>,
    numbers: FxHashMap<Box<str>, u32>,
}

/// The records. Columns in the order of the settings; those without a header are absent.
#[derive(Debug, Default)]
pub struct Records {
    /// Columns that are there.
    pub columns: Vec<Column>,
    /// Records.
    pub len: usize,
    /// The value of each record in each column, record by record; [`NONE`] when missing.
    of: Vec<u32>,
}

impl Records {
    /// The values of a record, column by column.
    #[inline]
    #[must_use]
    pub fn row(&self, record: u32) -> &[u32] {
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
        Ok(Self { columns: roles.iter().map(column).collect::<Result<_, String>>()?, len: 0, of: Vec::new() })
    }

    /// Adds a record: one cell for each role.
    pub fn push<'a>(&mut self, settings: &PersonSettings, cells: impl Iterator<Item = &'a str>) {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            let value = column.push(&form(settings.comparisons[column.comparison].form, cell));
            self.of.push(value);
        }
        self.len += 1;
    }

    /// The column of a role.
    #[must_use]
    pub fn column(&self, settings: &PersonSettings, role: &str) -> Option<usize> {
        self.columns.iter().position(|column| settings.comparisons[column.comparison].role == role)
    }
}

impl Column {
    fn push(&mut self, value: &str) -> u32 {
        if value.is_empty() {
            return NONE;
        }
        let at = match self.numbers.get(value) {
            Some(at) => *at,
            None => {
                let at = u32::try_from(self.values.len()).unwrap_or(NONE);
                self.values.push(value.into());
                self.masks.push(mask(value));
                self.counts.push(0);
                self.numbers.insert(value.into(), at);
                at
            }
        };
        self.counts[at as usize] += 1;
        at
    }
}

fn mask(value: &str) -> u64 {
    value.bytes().fold(0, |mask, byte| mask | 1 << (byte & 63))
}

/// Longest value that is compared, in characters.
const LONGEST: usize = 64;

/// Longest filler word ("not applicable" with its dress), bytes.
const LONGEST_FILLER: usize = 20;

fn form(form: Form, cell: &str) -> String {
    let cut = cell.char_indices().nth(LONGEST * 2).map_or(cell, |(at, _)| &cell[..at]);
    if cut.len() <= LONGEST_FILLER && bonafide_facts::identifier::is_filler(cut) {
        return String::new();
    }
    if cut.is_ascii() { ascii(form, cut.bytes()) } else { ascii(form, any_ascii::any_ascii(cut).bytes()) }
}

fn ascii(form: Form, bytes: impl Iterator<Item = u8>) -> String {
    let mut out = String::with_capacity(24);
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
    out
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
            let (a, b): (Vec<u64>, Vec<u64>) =
                (column.values.iter().map(|value| whole(value)).collect(), other.values.iter().map(|value| whole(value)).collect());
            for (row, key) in records.of.chunks_exact(records.columns.len()).zip(&mut out) {
                let (Some(x), Some(y)) = (a.get(row[at] as usize), b.get(row[beside] as usize)) else {
                    *key = 0;
                    continue;
                };
                *key = if *key == 0 { 0 } else { mix(*key ^ x.wrapping_add(*y)) };
            }
            continue;
        }
        let of_value: Vec<u64> = column.values.iter().map(|value| part_of(value, part)).collect();
        for (row, key) in records.of.chunks_exact(records.columns.len()).zip(&mut out) {
            let value = of_value.get(row[at] as usize).copied().unwrap_or(0);
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
